"""Asking time authorities (RFC 3161), one after the other until one answers well.

Nothing is retried here: the outbox does that, and shows what is pending. Whether an answer is good is judged by the
caller, on the token itself; one that is down, slow, speaks of something else or is not trusted is followed by the next,
and is asked last for a minute, so that a hundred papers do not wait a hundred times for it.
"""

from __future__ import annotations

import asyncio
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from asn1crypto import tsp
from pyhanko.sign.timestamps import TimeStamper

from signatures.engine.errors import EvidenceMissing

TimeAuthority = Callable[[bytes], bytes]
"""DER request in, DER answer out. `over_http` gives one that knows several authorities (`each_of`)."""

SECONDS: Final = 5.0
REST_SECONDS: Final = 60.0
_ANSWER_MAX: Final = 256 * 1024

_resting: dict[str, float] = {}
_lock = threading.Lock()


@dataclass(frozen=True)
class Single:
    """One authority of a list. `name` is the host, for the operator's log."""

    name: str
    ask: TimeAuthority

    def failed(self) -> None:
        """Ask the others first for a while."""
        with _lock:
            _resting[self.name] = time.monotonic() + REST_SECONDS

    def answered(self) -> None:
        with _lock:
            _resting.pop(self.name, None)

    @property
    def rests(self) -> bool:
        with _lock:
            return _resting.get(self.name, 0.0) > time.monotonic()


class Authorities:
    """Several authorities in the order of preference. Called like one, it gives the first answer that comes."""

    def __init__(self, singles: Sequence[Single]) -> None:
        self._singles = tuple(singles)

    @property
    def in_order(self) -> list[Single]:
        """Those that answered lately before those that did not; otherwise as configured."""
        return sorted(self._singles, key=lambda single: single.rests)

    def __call__(self, request: bytes) -> bytes:
        failures: list[str] = []
        for single in self.in_order:
            try:
                answer = single.ask(request)
            except (OSError, EvidenceMissing) as error:
                single.failed()
                failures.append(f"{single.name}: {error}")
            else:
                single.answered()
                return answer
        raise silent(failures)


def over_http(urls: Sequence[str], *, seconds: float = SECONDS) -> Authorities:
    """The configured authorities, each asked within `seconds`. `ValueError` for an address that is none."""
    for url in urls:
        if urlsplit(url).scheme not in {"http", "https"}:
            raise ValueError(f"{url!r} is no http or https address of a time authority.")

    def asking(url: str) -> TimeAuthority:
        return lambda request: _post(url, request, seconds)

    return Authorities([Single(urlsplit(url).netloc + urlsplit(url).path, asking(url)) for url in urls])


def each_of(authority: TimeAuthority) -> list[Single]:
    """The single authorities behind `authority`, the one to be asked first in front."""
    return authority.in_order if isinstance(authority, Authorities) else [Single("authority", authority)]


def silent(failures: Sequence[str]) -> EvidenceMissing:
    return EvidenceMissing("No time authority answered. " + "; ".join(failures), code="time-authority-silent")


def _post(url: str, request: bytes, seconds: float) -> bytes:
    message = urllib.request.Request(  # noqa: S310 - the scheme was checked above; the address is configuration
        url,
        data=request,
        headers={"Content-Type": "application/timestamp-query", "Accept": "application/timestamp-reply"},
    )
    try:
        with urllib.request.urlopen(message, timeout=seconds) as answer:  # noqa: S310 - as above
            if answer.headers.get_content_type() != "application/timestamp-reply":
                raise EvidenceMissing("The answer is no time stamp.", code="time-authority-odd")
            body: bytes = answer.read(_ANSWER_MAX + 1)
    except urllib.error.HTTPError as error:
        error.close()
        raise EvidenceMissing(f"It answered with HTTP {error.code}.", code="time-authority-silent") from None
    if len(body) > _ANSWER_MAX:
        raise EvidenceMissing("The answer is too large for a time stamp.", code="time-authority-odd")
    return body


class Stamper(TimeStamper):
    """pyHanko's time stamper over one `TimeAuthority`, off the loop and within `seconds` in all.

    A token over something else than what was asked never leaves it (`time-stamp-unusable`).
    """

    def __init__(self, authority: TimeAuthority, *, seconds: float) -> None:
        super().__init__(include_nonce=True)  # type: ignore[no-untyped-call]
        self._authority = authority
        self._seconds = seconds

    async def async_request_tsa_response(self, req: tsp.TimeStampReq) -> tsp.TimeStampResp:
        """The parsed answer; `EvidenceMissing` when it is late, unreadable or about something else."""
        try:
            body = await asyncio.wait_for(asyncio.to_thread(self._authority, req.dump()), timeout=self._seconds)
            answer = tsp.TimeStampResp.load(body, strict=True)
            if answer["status"]["status"].native in {"granted", "granted_with_mods"}:
                _require_imprint(answer, req["message_imprint"])
        except TimeoutError as error:
            raise EvidenceMissing("The time authority did not answer in time.", code="time-authority-silent") from error
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise EvidenceMissing("The time authority's answer can't be read.", code="time-authority-odd") from error
        return answer


def _require_imprint(answer: Any, asked: Any) -> None:
    info = answer["time_stamp_token"]["content"]["encap_content_info"]["content"].parsed
    got = info["message_imprint"]
    if (
        got["hashed_message"].native != asked["hashed_message"].native
        or got["hash_algorithm"]["algorithm"].native != asked["hash_algorithm"]["algorithm"].native
    ):
        raise EvidenceMissing("The time stamp is of something else.", code="time-stamp-unusable")
