"""A transformation written in Python: found, given its inputs in the forms it asks for, and called."""

from __future__ import annotations

import functools
import hashlib
import inspect
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

from hallmark.errors import StageError, reason
from hallmark.lineage.python.declaring import declared_lineage
from hallmark.lineage.python.values import Given
from hallmark.receipt import ColumnLineage
from hallmark.stages.frames import DEFAULT, FORMS, Form, columns_returned, form_of, named
from hallmark.stages.job import Job, Work, log

__all__ = ["Function", "origin_of"]

# What libraries are usually imported as, for annotations whose import only a type checker sees.
_USUAL = {"pa": "pyarrow", "pl": "polars", "pd": "pandas"}
_REMEDY = "state where its columns are from in columns="
# Airflow gives a DAG file's module a name of its own, with a checksum of the file's path.
_OF_DAG = re.compile(r"unusual_prefix_[0-9a-f]+_")


@dataclass(frozen=True)
class Function:
    """A function over the inputs' rows.

    Args:
        given: the function, or its import path.
        arguments: what it gets beside the inputs.
        columns: its lineage as declared, or None.
    """

    given: Callable[..., Any] | str
    arguments: Mapping[str, Any]
    columns: Mapping[str, Sequence[Any]] | None = None

    def work(self, job: Job) -> Work:
        """Call the function and return its rows with their columns' lineage.

        Raises:
            StageError: it cannot be found or called so, returned something else than rows, or its lineage is declared
                wrongly.
        """
        function = _found(self.given)
        frames = _opened(job, function, self.arguments)
        returned = function(**frames, **self.arguments)
        work = form_of(returned).close(job, returned)
        lineage = self._lineage(job, work, returned, frames)
        return work if lineage is None else Work(work.query, sql=work.sql, columns=lineage)

    def _lineage(self, job: Job, work: Work, returned: Any, frames: Mapping[str, Any]) -> ColumnLineage | None:
        """Return the lineage; None where the stage reads it from the SQL that it runs."""
        if self.columns is not None:
            output = columns_returned(job, work)
            undeclared = [name for name in output if name not in self.columns]
            if undeclared:
                log.info("no column lineage of %s: not in columns=", ", ".join(undeclared))
            return declared_lineage(self.columns, job.inputs, output)
        if work.sql is not None:
            return None
        if form_of(returned).is_sql:
            log.warning("no column lineage: the query reads more than the inputs; %s", _REMEDY)
            return ColumnLineage()
        return _traced(job, returned, frames)


def origin_of(given: Callable[..., Any] | str) -> dict[str, Any]:
    """Return a function's import path, and its file with the checksum where it is known, for the receipt."""
    try:
        function = _plain(_found(given))
    except StageError:
        return {"path": str(given)}
    module = _OF_DAG.sub("", getattr(function, "__module__", None) or "")
    name = getattr(function, "__qualname__", type(function).__name__)
    path = given if isinstance(given, str) else f"{module}.{name}"
    try:
        file = inspect.getsourcefile(function)
    except TypeError:
        file = None
    if file is None or not Path(file).is_file():
        return {"path": path}
    return {"path": path, "file": file, "sha256": hashlib.sha256(Path(file).read_bytes()).hexdigest()}


def _plain(function: Callable[..., Any]) -> Any:
    """Return the function inside decorators and partial calls."""
    function = inspect.unwrap(function)
    while isinstance(function, functools.partial):
        function = inspect.unwrap(function.func)
    return function


def _found(given: Callable[..., Any] | str) -> Callable[..., Any]:
    if callable(given):
        return given
    module, _, name = given.replace(":", ".").rpartition(".")
    try:
        found = getattr(import_module(module), name)
    except (ImportError, AttributeError, ValueError) as error:
        raise StageError(
            f"the function {given!r} cannot be imported ({reason(error)})",
            "give its import path, for example features.flights.features, from a folder that Python searches",
        ) from error
    if not callable(found):
        raise StageError(f"{given!r} is a {type(found).__name__}", "name a function")
    checked: Callable[..., Any] = found
    return checked


def _opened(job: Job, function: Callable[..., Any], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Give each input in the form that its parameter asks for."""
    parameters = _parameters(function, list(job.inputs), arguments)
    frames = {}
    for name in job.inputs:
        asked = parameters.get(name, inspect.Parameter.empty)
        open_ = _form(name, asked, getattr(_plain(function), "__globals__", {})).open
        if open_ is None:
            raise StageError(f"the function asks for input {name!r} as {asked}", f"ask for one of {_forms()}")
        try:
            frames[name] = open_(job, name)
        except ImportError as error:
            raise StageError(
                f"the function asks for input {name!r} in a form that is not there ({error})", "install that library"
            ) from error
    return frames


def _parameters(function: Callable[..., Any], inputs: Sequence[str], arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters' annotations, after a check that the function can be called."""
    twice = [name for name in arguments if name in inputs]
    if twice:
        raise StageError(f"arguments= has {twice[0]!r}, which is an input", "rename one of the two")
    try:
        signature = inspect.signature(function)
    except ValueError:
        # A function of a compiled library does not tell its parameters.
        return {}
    try:
        signature.bind(**dict.fromkeys((*inputs, *arguments)))
    except TypeError as error:
        raise StageError(
            f"the function {signature} cannot be called with {', '.join((*inputs, *arguments))} ({error})",
            "name its parameters after the inputs, and give the others in arguments=",
        ) from error
    return {name: one.annotation for name, one in signature.parameters.items()}


def _form(name: str, annotation: Any, names: Mapping[str, Any]) -> Form:
    """Return the form that an annotation asks for; one that is text is read without importing what it names."""
    if annotation in (inspect.Parameter.empty, Any):
        return FORMS[DEFAULT]
    text = annotation.__name__ if isinstance(annotation, type) else str(annotation).strip("'\" ")
    key = named(annotation) if isinstance(annotation, type) else _of_text(text, names)
    if key not in FORMS:
        raise StageError(f"the function asks for input {name!r} as {text}", f"ask for one of {_forms()}")
    return FORMS[key]


def _of_text(text: str, names: Mapping[str, Any]) -> tuple[str, str] | None:
    if text in {"Any", "typing.Any", "object"}:
        return DEFAULT
    first, *rest = text.split(".")
    known = names.get(first)
    if isinstance(known, type) and not rest:
        return named(known)
    library = known.__name__ if isinstance(known, ModuleType) else _USUAL.get(first, first)
    if rest:
        return library.partition(".")[0], rest[-1]
    # A class that only a type checker imports: its name tells it, if no two libraries share it.
    of_name = [key for key in FORMS if key[1] == text]
    return of_name[0] if len(of_name) == 1 else None


def _forms() -> str:
    return ", ".join(".".join(name) for name, form in FORMS.items() if form.open)


def _traced(job: Job, returned: Any, frames: Mapping[str, Any]) -> ColumnLineage:
    from hallmark.lineage.python.tracing import traced

    given = {name: Given(version, frames.get(name)) for name, version in job.inputs.items()}
    found = traced(returned, given)
    if found.told:
        log.warning("no column lineage of %s; %s", found.told, _REMEDY)
    return found.lineage
