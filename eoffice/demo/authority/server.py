"""The demo authority over HTTP on the loopback: `/ocsp`, `/crl/…`, `/ca/…`, `/tsa`, and `/` that says what it is."""

from __future__ import annotations

from base64 import b64decode
from collections.abc import Callable, Iterable
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, Final
from urllib.parse import unquote
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

from eoffice.demo.authority import answers
from eoffice.demo.authority.ca import Authority

StartResponse = Callable[[str, list[tuple[str, str]]], Any]
_MAX_REQUEST: Final = 64 * 1024
_TEXT: Final = b"DEMO authority of e-Office: for training only, no legal effect.\n"


class Application:
    """A WSGI application over one authority. `now` is its clock, so that tests can move it."""

    def __init__(self, authority: Authority, *, now: answers.Clock = answers.utc_now) -> None:
        self.authority = authority
        self.now = now

    def __call__(self, environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        status, kind, body = self._answer(environ)
        start_response(status, [("Content-Type", kind), ("Content-Length", str(len(body)))])
        return [body]

    def _answer(self, environ: dict[str, Any]) -> tuple[str, str, bytes]:
        path, method = str(environ.get("PATH_INFO", "/")), environ["REQUEST_METHOD"]
        if method == "POST" and path in {"/ocsp", "/tsa"}:
            length = int(environ.get("CONTENT_LENGTH") or 0)
            if not 0 < length <= _MAX_REQUEST:
                return "413 Content Too Large", "text/plain", b"request too large\n"
            return self._signed(path, environ["wsgi.input"].read(length))
        if method == "GET" and path.startswith("/ocsp/"):
            try:
                request = b64decode(unquote(path.removeprefix("/ocsp/")), validate=True)
            except ValueError:
                request = b""
            return self._signed("/ocsp", request)
        if method == "GET":
            return self._file(path)
        return "405 Method Not Allowed", "text/plain", b"not here\n"

    def _signed(self, path: str, request: bytes) -> tuple[str, str, bytes]:
        if path == "/ocsp":
            body = answers.revocation_answer(self.authority, request, now=self.now)
            return "200 OK", "application/ocsp-response", body
        return "200 OK", "application/timestamp-reply", answers.time_stamp(self.authority, request, now=self.now)

    def _file(self, path: str) -> tuple[str, str, bytes]:
        for name in ("root", "issuing"):
            if path == f"/crl/{name}.crl":
                body = answers.revocation_list(self.authority, name, now=self.now)
                return "200 OK", "application/pkix-crl", body
            if path == f"/ca/{name}.crt":
                return "200 OK", "application/pkix-cert", self.authority.der(name)
        if path == "/":
            return "200 OK", "text/plain", _TEXT
        return "404 Not Found", "text/plain", b"not found\n"


class Server(ThreadingMixIn, WSGIServer):
    """One thread per request; all die with the process."""

    daemon_threads = True
    request_queue_size = 64

    def server_bind(self) -> None:
        """Without the name look-up of the base class, which may wait for a name server."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])
        self.setup_environ()


class _QuietHandler(WSGIRequestHandler):
    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the base class's name
        """Nothing: the demo's supervisor shows one line per service, not one per request."""

    def address_string(self) -> str:
        return str(self.client_address[0])


def serve(application: Application, *, port: int, host: str = "127.0.0.1") -> Server:
    """A bound server; call `serve_forever()`. Port 0 takes any free one (`server.server_port`)."""
    server = make_server(host, port, application, server_class=Server, handler_class=_QuietHandler)
    assert isinstance(server, Server)
    return server
