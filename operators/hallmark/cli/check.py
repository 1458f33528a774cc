"""``hallmark check``: hold a file or a Delta table against a suite, for a person or for a build."""

from __future__ import annotations

import json
import sys
from contextlib import redirect_stdout
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

import typer
from rich.text import Text

from hallmark.cli.formats import mark
from hallmark.cli.screen import busy, complain, show, show_json, width
from hallmark.errors import HallmarkError, SourceError

if TYPE_CHECKING:
    from hallmark.quality.result import ValidationResult

__all__ = ["check"]

SAMPLES = 10
_STATUS = {"passed": 0, "warned": 0, "failed": 1, "error": 2}
_SENTENCE = {
    "passed": "passed",
    "warned": "passed, with warnings",
    "failed": "failed: a critical expectation was not met",
    "error": "not checkable: an expectation could not be evaluated",
}

Html = Annotated[
    Path | None,
    typer.Option(metavar="FILE", help="Write a report with examples and histograms, as one HTML page.", dir_okay=False),
]
DataDocs = Annotated[
    Path | None,
    typer.Option(metavar="FOLDER", help="Build Great Expectations' Data Docs of the result.", file_okay=False),
]
Parameters = Annotated[
    list[str] | None,
    typer.Option(
        "--parameter",
        metavar="NAME=VALUE",
        help="Value of a $PARAMETER entry of the suite; a number, true, false or null is taken as JSON has it.",
    ),
]


def check(
    path: Annotated[
        Path,
        typer.Argument(help="Parquet, CSV or JSON lines, or the folder of a Delta table.", show_default=False),
    ],
    suite: Annotated[Path, typer.Option(help="The suite, as YAML or JSON in Great Expectations' format.")],
    format: Annotated[
        Literal["text", "json"], typer.Option(help="json is in the shape of GX's suite result.")
    ] = "text",
    parameter: Parameters = None,
    html: Html = None,
    data_docs: DataDocs = None,
) -> None:
    """Hold a file or a Delta table against a suite of expectations.

    Exit status: 0 all critical expectations are met, 1 one is not, 2 it could not be checked.
    """
    from hallmark.quality.datadocs import require_folder
    from hallmark.quality.report import require_place, verdict

    if html:
        require_place(html)
    if data_docs:
        require_folder(data_docs)
    # Whole rows that fail are for the page alone.
    result = _validated(path, suite, dict(map(_pair, parameter or ())), samples=SAMPLES if html else 0)
    word = verdict(result.outcomes)
    _SHOW[format](path, result, word)
    if html:
        _say(format, "Report", _html_report(html, path, result))
    if data_docs:
        _say(format, "Data Docs", _data_docs(data_docs, path, result))
    if word == "error":
        first = next(o for o in result.outcomes if o.error)
        complain(f"{first.expectation.title} {first.summary}")
    raise typer.Exit(_STATUS[word])


def _validated(path: Path, suite: Path, parameters: dict[str, Any], samples: int) -> ValidationResult:
    """Check, with whatever the libraries print kept off stdout.

    Raises:
        HallmarkError: data or suite cannot be read.
    """
    with busy(f"Checking {path}"), redirect_stdout(sys.stderr):
        from hallmark.quality.validate import validate

        try:
            return validate(path, suite, parameters=parameters, samples=samples)
        except HallmarkError:
            raise
        except Exception as error:  # readers and GX raise many kinds; all mean that there is no verdict
            lines = str(error).strip().splitlines() or ["no message"]
            raise SourceError(
                f"{path} cannot be checked against {suite} ({type(error).__name__}: {lines[0]})",
                "check both files, and the suite's parameters",
            ) from error


def _html_report(file: Path, path: Path, result: ValidationResult) -> Path:
    """Write the page. If the columns cannot be profiled it goes without them, and stderr says so."""
    from hallmark.quality.report import html_report, profile_of, write_report

    with busy(f"Profiling {path}"):
        try:
            profile = profile_of(path)
        except HallmarkError as error:
            complain(f"the report has no columns: {error}")
            profile = None
    write_report(file, html_report(result, name=str(path), profile=profile))
    return file


def _data_docs(folder: Path, path: Path, result: ValidationResult) -> Path:
    with busy("Building Data Docs"), redirect_stdout(sys.stderr):
        from hallmark.quality.datadocs import data_docs

        return data_docs(result, folder, name=path.name)


def _say(format: str, what: str, where: Path) -> None:
    """Tell where something was written; on stderr if stdout is JSON."""
    line = f"{what}: {where}"
    if format == "text":
        show(Text(line, overflow="fold"))
    else:
        sys.stderr.write(f"{line}\n")


def _pair(text: str) -> tuple[str, Any]:
    name, equals, value = text.partition("=")
    if not (name and equals):
        raise typer.BadParameter(f"{text!r} is not of the form name=value", param_hint="--parameter")
    return name, _scalar(value)


def _scalar(text: str) -> Any:
    try:
        value = json.loads(text)
    except ValueError:
        return text
    return text if isinstance(value, (list, dict)) else value


def _show_text(path: Path, result: ValidationResult, word: str) -> None:
    from hallmark.cli.verdicts import counts, verdict_table

    if not result.outcomes:
        show(f"Suite {result.suite_name} has no expectations: nothing was checked.")
        return
    summary = Text.assemble("\n", counts(result.outcomes), "\n", mark(_SENTENCE[word], word))
    show(f"{path} against suite {result.suite_name}\n", verdict_table(result.outcomes, width()), summary)


def _show_json(_path: Path, result: ValidationResult, _word: str) -> None:
    show_json(result.to_json_dict())


_SHOW = {"text": _show_text, "json": _show_json}
