"""The officer's signer: it asks the e-Office for papers, checks them itself, and signs with the officer's token."""

VERSION = "1.0"
