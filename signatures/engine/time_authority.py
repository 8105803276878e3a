"""Asking a time authority (RFC 3161). Nothing is retried here: the outbox does that, and shows what is pending."""

from __future__ import annotations

import asyncio
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from typing import Final
from urllib.parse import urlsplit

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from signatures.engine.errors import EvidenceMissing

TimeAuthority = Callable[[bytes], bytes]
"""DER request in, DER answer out."""

SECONDS: Final = 5.0
_ANSWER_MAX: Final = 256 * 1024


def over_http(urls: Sequence[str], *, seconds: float = SECONDS) -> TimeAuthority:
    """The first of the configured authorities that answers; `EvidenceMissing` when none does."""
    for url in urls:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError(f"{url!r} is no http or https address of a time authority.")

    def ask(request: bytes) -> bytes:
        failures: list[str] = []
        for url in urls:
            try:
                return _post(url, request, seconds)
            except (OSError, EvidenceMissing) as error:
                failures.append(f"{urlsplit(url).netloc}: {error}")
        raise EvidenceMissing("No time authority answered. " + "; ".join(failures), code="time-authority-silent")

    return ask


def _post(url: str, request: bytes, seconds: float) -> bytes:
    message = urllib.request.Request(  # noqa: S310 - the scheme was checked above; the address is configuration
        url,
        data=request,
        headers={"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"},
    )
    with urllib.request.urlopen(message, timeout=seconds) as answer:  # noqa: S310 - as above
        if answer.headers.get_content_type() != "application/timestamp-reply":
            raise EvidenceMissing("The answer is no time stamp.", code="time-authority-odd")
        body: bytes = answer.read(_ANSWER_MAX + 1)
    if len(body) > _ANSWER_MAX:
        raise EvidenceMissing("The answer is too large for a time stamp.", code="time-authority-odd")
    return body


class Stamper(TimeStamper):
    """pyHanko's time stamper over a `TimeAuthority`, off the loop and within `seconds` in all."""

    def __init__(self, authority: TimeAuthority, *, seconds: float) -> None:
        super().__init__(include_nonce=True)  # type: ignore[no-untyped-call]
        self._authority = authority
        self._seconds = seconds

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The parsed answer; `EvidenceMissing` when it is late or unreadable."""
        try:
            body = await asyncio.wait_for(asyncio.to_thread(self._authority, req.dump()), timeout=self._seconds)
            answer = tsp.TimeStampResp.load(body, strict=True)
            answer["status"]["status"].native  # noqa: B018 - parsing is lazy; damage must show here
        except TimeoutError as error:
            raise EvidenceMissing("The time authority did not answer in time.", code="time-authority-silent") from error
        except (ValueError, TypeError, KeyError) as error:
            raise EvidenceMissing("The time authority's answer can't be read.", code="time-authority-odd") from error
        return answer
