"""Whose address is counted: the reader's behind a trusted proxy, and nobody's word otherwise."""

from __future__ import annotations

import pytest
from django.http import HttpRequest, HttpResponse
from django.test import Client, RequestFactory

from eoffice.core.middleware import ClientAddressMiddleware


def counted(forwarded: str | None, sender: str = "127.0.0.1") -> str:
    seen = []

    def view(request: HttpRequest) -> HttpResponse:
        seen.append(request.META["REMOTE_ADDR"])
        return HttpResponse()

    headers = {} if forwarded is None else {"X-Forwarded-For": forwarded}
    ClientAddressMiddleware(view)(RequestFactory().get("/", headers=headers, REMOTE_ADDR=sender))
    return seen[0]


@pytest.mark.parametrize(
    ("forwarded", "sender", "expected"),
    [
        ("203.0.113.7", "127.0.0.1", "203.0.113.7"),
        ("10.0.0.1, 203.0.113.7", "127.0.0.1", "203.0.113.7"),
        ("2001:db8::7", "127.0.0.1", "2001:db8::7"),
        (None, "127.0.0.1", "127.0.0.1"),
        ("", "127.0.0.1", "127.0.0.1"),
        ("203.0.113.7, unknown", "127.0.0.1", "127.0.0.1"),
        ("203.0.113.7", "198.51.100.4", "198.51.100.4"),
    ],
)
def test_only_the_last_word_of_a_trusted_proxy_counts(settings, forwarded, sender, expected):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    assert counted(forwarded, sender) == expected


def test_without_a_proxy_nobody_is_believed(settings):
    assert settings.TRUSTED_PROXIES == []
    assert counted("203.0.113.7") == "127.0.0.1"


def test_readers_behind_one_proxy_have_limits_of_their_own(settings, db):
    settings.TRUSTED_PROXIES = ["127.0.0.1"]
    address = "/verify/look-up/?reference=1000001&on=2026-11-22&signer=Nobody"

    def answer(reader: str) -> int:
        return Client(headers={"X-Forwarded-For": reader}).get(address).status_code

    assert [answer("203.0.113.7") for _time in range(21)][-1] == 429
    assert answer("203.0.113.8") == 404
