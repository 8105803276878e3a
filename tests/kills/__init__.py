"""SIGKILL in the middle of sign, issue and dispatch; what stands afterwards is whole or plainly undone."""
