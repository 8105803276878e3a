"""The demo's certificate authority, time authority and revocation services. For training and tests only.

All of it is made at set-up inside a data folder; nothing of it is in the source tree. Every certificate says DEMO in
its names. Written over `cryptography` and `asn1crypto`, because a static test configuration can't issue a certificate
for a key that an officer makes later, and because a fast time authority must keep its key loaded.
"""

from eoffice.demo.authority.ca import Authority, Issued

__all__ = ["Authority", "Issued"]
