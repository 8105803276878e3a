"""Names of certificates are folded for comparing once, not each time: the same few names come back for ever.

asn1crypto compares by RFC 5280's rules (7.1), letter by letter, and pyHanko compares issuers several times for each
signature; it was an eighth of the time of an upgrade. The rules stay asn1crypto's own: only what they made of a text is
remembered.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any, Final

from asn1crypto import x509

_thorough: Final = x509.NameTypeAndValue._ldap_string_prep  # noqa: SLF001 - the one place that is worth it


@lru_cache(maxsize=4096)
def folded(text: str) -> Any:
    """What asn1crypto makes of the text; a text that it refuses is refused again."""
    return _thorough(x509.NameTypeAndValue(), text)


def install() -> None:
    """Make asn1crypto remember. Doing it twice changes nothing."""
    x509.NameTypeAndValue._ldap_string_prep = lambda _self, text: folded(text)  # noqa: SLF001 - as above
