"""`make bench`: how long the busiest pages take, and how heavy they are, against a demo of its own.

Bounded: loopback, four readers, a few hundred requests a page. Numbers compare two versions on one machine; they say
nothing about another machine. With EOFFICE_JOURNEY_URL it measures a demo that runs already. Then how long a staff
sheet of 10,000 rows takes on SQLite and on a private PostgreSQL (`bench_import`), how long it takes to find people
(`bench_people`), to sign a list of letters (`bench_batch`), and to sign and check at all (`bench_signing`).
"""

from __future__ import annotations

import os
import re
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from http.cookiejar import CookieJar
from pathlib import Path
from urllib.parse import urlencode
from urllib.request import HTTPCookieProcessor, OpenerDirector, Request, build_opener

sys.path.insert(0, str(Path(__file__).resolve().parent))

import bench_batch
import bench_import
import bench_people
import bench_signing
import demo

READERS = 4
REQUESTS = 200
LIMIT_INBOX_BYTES = 100 * 1024


def asked(address: str, form: dict[str, str] | None = None) -> Request:
    body = urlencode(form).encode() if form else None
    headers = {"Accept-Encoding": "identity" if form else "gzip", "Referer": address}
    return Request(address, body, headers)  # noqa: S310 - our own loopback address


def signed_in(url: str) -> tuple[OpenerDirector, list[str]]:
    """A session of the member of the cast whose inbox links to the most files, and those links."""
    best: tuple[OpenerDirector, list[str]] | None = None
    start = build_opener().open(f"{url}/demo/").read().decode()
    for person in dict.fromkeys(re.findall(r'name="person"\s+value="(\w+)"', start)):
        opener = build_opener(HTTPCookieProcessor(CookieJar()))
        page = opener.open(f"{url}/demo/").read().decode()
        token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', page)
        assert token is not None
        form = {"person": person, "csrfmiddlewaretoken": token[1]}
        inbox = opener.open(asked(f"{url}/demo/enter/", form)).read().decode()
        links = sorted(set(re.findall(r'href="(/files/\d+/)"', inbox)))
        if best is None or len(links) > len(best[1]):
            best = opener, links
    assert best is not None
    return best


def measure(opener: OpenerDirector, address: str) -> tuple[list[float], int, int]:
    """Sorted times in ms, bytes over the wire, and how many requests a second all readers got together."""

    def one(_number: int) -> float:
        began = time.perf_counter()
        with opener.open(asked(address)) as answer:
            answer.read()
        return (time.perf_counter() - began) * 1000

    with opener.open(asked(address)) as answer:
        size = len(answer.read())
    began = time.perf_counter()
    with ThreadPoolExecutor(READERS) as pool:
        times = sorted(pool.map(one, range(REQUESTS)))
    return times, size, round(REQUESTS / (time.perf_counter() - began))


def bench(url: str) -> int:
    opener, links = signed_in(url)
    pages = [("/healthz", "health"), ("/", "inbox"), ("/search/?q=a", "search"), ("/files/", "files")]
    pages += [(links[0], "file")] if links else []
    print(f"{'page':<10} {'p50 ms':>8} {'p95 ms':>8} {'max ms':>8} {'per s':>6} {'bytes':>8}")
    worst = 0
    for path, name in pages:
        times, size, rate = measure(opener, url + path)
        p95 = times[int(len(times) * 0.95)]
        print(f"{name:<10} {statistics.median(times):8.1f} {p95:8.1f} {times[-1]:8.1f} {rate:6} {size:8}", flush=True)
        if name == "inbox" and size > LIMIT_INBOX_BYTES:
            print(f"the inbox is heavier than {LIMIT_INBOX_BYTES} bytes")
            worst = 1
    return worst


def main() -> int:
    running = os.environ.get("EOFFICE_JOURNEY_URL")
    if running:
        return bench(running.rstrip("/"))
    with demo.demo() as (url, _data):
        worst = bench(url)
    return max(worst, bench_import.main(), bench_people.main(), bench_batch.main(), bench_signing.main())


if __name__ == "__main__":
    raise SystemExit(main())
