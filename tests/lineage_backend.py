"""A lineage backend that can be told what to answer, in this process or in one of its own that can be killed.

python lineage_backend.py PORT FILE      keeps what it gets in FILE, one event a line
"""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

__all__ = ["Answer", "BackendProcess", "Receiver", "event", "receiving", "types_by_run"]

Answer = tuple[int, Mapping[str, str], str]
CREATED: Answer = (201, {}, "")


def event(run_id: str, type_: str = "START", number: int = 0, job: str = "shop.clean") -> dict[str, Any]:
    """Return a run event; two of the same arguments are the same event."""
    return {
        "eventType": type_,
        "eventTime": f"2026-11-23T06:00:{number % 60:02d}.{number:06d}Z",
        "run": {"runId": run_id, "facets": {}},
        "job": {"namespace": "production", "name": job, "facets": {}},
        "inputs": [],
        "outputs": [{"namespace": "file", "name": "/lake/orders", "facets": {}}],
        "producer": "urn:example",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
    }


def types_by_run(events: list[dict[str, Any]]) -> dict[str, list[str]]:
    """Return the types of each run's events, each at its first arrival."""
    found: dict[str, list[str]] = {}
    for one in events:
        types = found.setdefault(one["run"]["runId"], [])
        if one["eventType"] not in types:
            types.append(one["eventType"])
    return found


class Receiver:
    """What a backend in this process got, and what it answers."""

    def __init__(self) -> None:
        self.events: list[dict[str, Any]] = []
        self.headers: list[Mapping[str, str]] = []
        self.answer: Callable[[dict[str, Any]], Answer] = lambda _event: CREATED
        self.url = ""

    def take(self, body: bytes, headers: Mapping[str, str]) -> Answer:
        answer = self.answer(json.loads(body))
        self.headers.append(headers)
        if answer[0] < 300:
            self.events.append(json.loads(body))
        return answer


@contextmanager
def receiving() -> Iterator[Receiver]:
    receiver = Receiver()
    server = _Server(("127.0.0.1", 0), _handler(receiver.take))
    receiver.url = f"http://127.0.0.1:{server.server_address[1]}"
    Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()


class BackendProcess:
    """A backend in a process of its own; what it has answered with 201 is in its file."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._file, self._process = folder / "received.ndjson", None
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self._port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{self._port}"

    _process: subprocess.Popen[bytes] | None

    def start(self) -> None:
        self._process = subprocess.Popen([sys.executable, "-S", __file__, str(self._port), str(self._file)])
        for _ in range(200):
            try:
                socket.create_connection(("127.0.0.1", self._port), 0.2).close()
            except OSError:
                time.sleep(0.05)
            else:
                return
        raise TimeoutError("the backend did not start")

    def kill(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def answers(self, mode: str) -> None:
        """Let it answer every event with a status, or with nothing at all: ``hang``."""
        self._file.with_suffix(".mode").write_text(mode)

    def received(self) -> list[dict[str, Any]]:
        if not self._file.exists():
            return []
        return [json.loads(line) for line in self._file.read_text().splitlines()]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    allow_reuse_address = True

    def handle_error(self, *_: Any) -> None:
        """Say nothing of those who hang up: here they are killed."""


def _handler(take: Callable[[bytes, Mapping[str, str]], Answer]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            length = int(self.headers["Content-Length"])
            body = self.rfile.read(length)
            if len(body) < length:
                self.close_connection = True
                return
            status, headers, text = take(body, dict(self.headers))
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(text.encode()))}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(text.encode())

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            pass

    return Handler


def _serve(port: int, file: Path) -> None:
    mode = file.with_suffix(".mode")

    def take(body: bytes, _headers: Mapping[str, str]) -> Answer:
        wanted = mode.read_text() if mode.exists() else "201"
        if wanted == "hang":
            time.sleep(3600)
        if wanted == "201":
            descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
            os.write(descriptor, body + b"\n")
            os.close(descriptor)
        return int(wanted), {}, ""

    _Server(("127.0.0.1", port), _handler(take)).serve_forever()


if __name__ == "__main__":
    _serve(int(sys.argv[1]), Path(sys.argv[2]))
