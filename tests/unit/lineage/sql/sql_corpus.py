"""Queries that column lineage is held against: TPC-H, TPC-DS and shapes of ten dialects, with the tables they read."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.metadata import files
from pathlib import Path

from hallmark.dataset import Column, DatasetVersion
from hallmark.receipt import ColumnEdge, ColumnLineage

HERE = Path(__file__).parent


@dataclass(frozen=True)
class Query:
    """A query, in whose words it is written, whose tables it reads, and what its lineage must say, if that is known."""

    name: str
    dialect: str
    schema: str
    sql: str
    expected: str = ""

    @property
    def tables(self) -> dict[str, dict[str, str]]:
        return schemas()[self.schema]

    @property
    def relations(self) -> dict[str, DatasetVersion]:
        return relations(self.schema)


@cache
def schemas() -> dict[str, dict[str, dict[str, str]]]:
    """Read ``tables.txt``: the tables of each schema with their columns and types."""
    found: dict[str, dict[str, dict[str, str]]] = {}
    for line in (HERE / "tables.txt").read_text().splitlines():
        if line.startswith("== "):
            tables = found.setdefault(line[3:], {})
        elif ": " in line and found:
            name, columns = line.split(": ")
            tables[name] = dict(column.split(" ", 1) for column in re.split(r", (?![^(]*\))", columns))
    return found


@cache
def relations(schema: str) -> dict[str, DatasetVersion]:
    return {
        table: DatasetVersion(table, "db", table, "1", columns=tuple(Column(c, t) for c, t in columns.items()))
        for table, columns in schemas()[schema].items()
    }


@cache
def tpch() -> tuple[Query, ...]:
    texts = re.split(r"^-- Q\d+:.*\n", (HERE / "tpch.sql").read_text(), flags=re.MULTILINE)[1:]
    return tuple(Query(f"tpch {n}", "postgres", "tpch", text) for n, text in enumerate(texts, 1))


@cache
def tpcds() -> tuple[Query, ...]:
    """Return the queries of the package ``databricks-tpcds``; four of the 99 come in two parts, a and b."""
    texts = {
        file.stem[1:]: file.locate().read_text()
        for file in files("databricks-tpcds") or []
        if re.fullmatch(r"q[1-9]\d?[ab]?\.sql", file.name)
    }
    single = {name: text for name, text in texts.items() if f"{name}a" not in texts}
    return tuple(Query(f"tpcds {name}", "spark", "tpcds", text) for name, text in sorted(single.items()))


def cases(file: str) -> list[Query]:
    """Read queries with what must be said of them: ``# dialect: title``, the SQL, and indented lines."""
    found = []
    for block in (HERE / file).read_text().split("\n\n"):
        title, *lines = block.strip("\n").splitlines()
        if title.startswith("# "):
            dialect, _, rest = title[2:].partition(": ")
            sql = [line for line in lines if not line.startswith("    ")]
            expected = "\n".join(line.strip() for line in lines if line.startswith("    "))
            found.append(Query(f"{dialect}: {rest}", dialect, "flights", "\n".join(sql), expected))
    return found


@cache
def shapes() -> tuple[Query, ...]:
    return tuple(cases("shapes.txt"))


def said(lineage: ColumnLineage) -> str:
    """Write lineage in the notation of the expectations."""

    def side(edges: tuple[ColumnEdge, ...]) -> str:
        order = sorted(edges, key=lambda e: (e.type, e.location, e.column, e.subtype))
        return ", ".join(f"{e.location}.{e.column} {e.subtype}{'!' if e.masking else ''}" for e in order)

    lines = [f"{name} <- {side(edges)}".strip() for name, edges in lineage.fields.items()]
    return "\n".join([*lines, *([f"* <- {side(lineage.dataset)}"] if lineage.dataset else [])])
