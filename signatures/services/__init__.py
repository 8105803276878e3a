"""The acts of the signing room, one module per thing: `from signatures.services import signing`."""
