"""A Great Expectations suite as a value, read from YAML or JSON in GX's own format."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal, cast

from hallmark.dataset import Column
from hallmark.errors import SuiteError, closest

__all__ = ["Expectation", "Severity", "Suite", "load_suite", "suite_of"]

Severity = Literal["critical", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("critical", "warning", "info")
_NOT_NULL = "expect_column_values_to_not_be_null"
# These ask whether a column is there, so an absent one is an answer, not a mistake in the suite.
_ABOUT_PRESENCE = {
    "expect_column_to_exist",
    "expect_table_columns_to_match_set",
    "expect_table_columns_to_match_ordered_list",
}


@dataclass(frozen=True)
class Expectation:
    """One check: GX's type and kwargs, with ``severity`` saying what a failure does, and the line it stands in."""

    type: str
    kwargs: Mapping[str, Any] = field(default_factory=dict)
    severity: Severity = "critical"
    meta: Mapping[str, Any] = field(default_factory=dict)
    line: int | None = field(default=None, compare=False)

    @property
    def columns(self) -> tuple[str, ...]:
        """The columns it looks at, in the order of its kwargs."""
        named = [self.kwargs.get(key) for key in ("column", "column_A", "column_B")]
        return (*(str(c) for c in named if c), *(str(c) for c in self.kwargs.get("column_list") or ()))

    @property
    def title(self) -> str:
        """Short form for a message: ``distance: expect_column_values_to_be_between``."""
        return f"{', '.join(self.columns)}: {self.type}" if self.columns else self.type

    def to_dict(self) -> dict[str, Any]:
        return {
            "type": self.type,
            "kwargs": dict(self.kwargs),
            "severity": self.severity,
            "meta": dict(self.meta),
        }


@dataclass(frozen=True)
class Suite:
    """A named list of expectations; ``path`` is where it was read, if from a file."""

    name: str
    expectations: tuple[Expectation, ...] = ()
    meta: Mapping[str, Any] = field(default_factory=dict)
    path: str | None = None

    def with_contract(self, columns: Collection[Column]) -> Suite:
        """Add what the contract promises and the suite does not check yet: columns without nulls."""
        checked = {
            e.kwargs.get("column")
            for e in self.expectations
            if e.type == _NOT_NULL and e.severity == "critical" and not e.kwargs.keys() & {"mostly", "row_condition"}
        }
        promised = [
            Expectation(_NOT_NULL, {"column": c.name}, meta={"notes": "from the contract"})
            for c in columns
            if not c.nullable and c.name not in checked
        ]
        return Suite(self.name, (*self.expectations, *promised), self.meta, self.path)

    def with_expectations(self, more: Iterable[Expectation]) -> Suite:
        """Add expectations, but for those that it has already in the same words."""
        have = {(e.type, str(dict(e.kwargs))) for e in self.expectations}
        new = tuple(e for e in more if (e.type, str(dict(e.kwargs))) not in have)
        return Suite(self.name, (*self.expectations, *new), self.meta, self.path)

    def require_columns(self, columns: Collection[str]) -> None:
        """Refuse a suite that looks at columns the data does not have.

        Raises:
            SuiteError: it names the expectation, the column and the closest one there is.
        """
        for expectation in self.expectations:
            for name in expectation.columns:
                if name not in columns and expectation.type not in _ABOUT_PRESENCE:
                    likely = closest(name, columns)
                    raise SuiteError(
                        f"suite {self.name} has {expectation.type} on column {name!r}, which the data does not have",
                        f"did you mean {likely!r}?" if likely else "mend the suite, or bring the column back",
                    )


def load_suite(path: str | Path) -> Suite:
    """Read a suite from a YAML or JSON file.

    Raises:
        SuiteError: the file is missing, is not YAML or JSON, or does not hold a suite.
    """
    import yaml

    file = Path(path)
    try:
        text = file.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SuiteError(
            f"suite file {file} cannot be read ({type(error).__name__})", "check the dataset's suite path"
        ) from error
    try:
        content, lines = (json.loads(text), []) if file.suffix == ".json" else _yaml(text)
    except (yaml.YAMLError, ValueError) as error:
        raise SuiteError(f"suite file {file}{_line(error)} is not valid YAML or JSON", "mend the file") from error
    suite = suite_of(content, str(file))
    placed = tuple(replace(each, line=line) for each, line in zip(suite.expectations, lines, strict=False))
    return replace(suite, expectations=placed or suite.expectations)


def _yaml(text: str) -> tuple[Any, list[int]]:
    """Return what a text of YAML holds, and the lines in which its expectations begin."""
    import yaml

    loader = yaml.SafeLoader(text)
    try:
        root = loader.get_single_node()
        # Read before: building the content leaves the nodes of merged mappings changed.
        lines = [each.start_mark.line + 1 for each in _listed(root)]
        return (loader.construct_document(root) if root is not None else None), lines
    finally:
        loader.dispose()


def _listed(root: Any) -> list[Any]:
    """Return the nodes of a suite's expectations."""
    pairs = root.value if root is not None and root.id == "mapping" else ()
    named = [value for key, value in pairs if key.value == "expectations" and value.id == "sequence"]
    return list(named[-1].value) if named else []


def _line(error: Exception) -> str:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark else getattr(error, "lineno", None)
    return f", line {line}" if line else ""


def suite_of(content: Any, path: str | None = None) -> Suite:
    """Turn a suite in GX's format (``{"name": …, "expectations": [{"type": …, "kwargs": …}]}``) into a value.

    Raises:
        SuiteError: it is not of that shape.
    """
    if isinstance(content, Suite):
        return content
    where = f"suite file {path}" if path else "the suite"
    if not isinstance(content, Mapping) or not isinstance(content.get("expectations"), list):
        raise SuiteError(f"{where} has no list of expectations", "write name: … and expectations: [{type, kwargs}]")
    name = str(content.get("name") or (Path(path).stem if path else "suite"))
    return Suite(name, tuple(_expectations(content["expectations"], where)), _meta(content, where), path)


def _meta(content: Mapping[str, Any], where: str) -> dict[str, Any]:
    meta = content.get("meta") or {}
    if not isinstance(meta, Mapping):
        raise SuiteError(f"{where}: the meta {meta!r} is not a mapping", "write meta: {notes: …}")
    return dict(meta)


def _expectations(items: list[Any], where: str) -> Iterator[Expectation]:
    for position, item in enumerate(items, 1):
        if not isinstance(item, Mapping) or not isinstance(item.get("type"), str):
            raise SuiteError(
                f"{where}: expectation {position} has no type", "give it a type such as expect_column_to_exist"
            )
        kwargs, severity = item.get("kwargs") or {}, item.get("severity") or "critical"
        if not isinstance(kwargs, Mapping):
            raise SuiteError(
                f"{where}: the kwargs of expectation {position} are not a mapping", "write kwargs: {column: …}"
            )
        if severity not in SEVERITIES:
            raise SuiteError(
                f"{where}: expectation {position} has severity {severity!r}", f"use one of {', '.join(SEVERITIES)}"
            )
        yield Expectation(
            item["type"], dict(kwargs), cast(Severity, severity), _meta(item, f"{where}, expectation {position}")
        )
