"""Great Expectations' own Data Docs of a result, for those who know their way about in them."""

from __future__ import annotations

import html
import logging
import os
import re
import shutil
import tempfile
import warnings
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from hallmark.errors import HallmarkError, reason
from hallmark.quality.result import ValidationResult
from hallmark.receipt import plain

__all__ = ["data_docs", "require_folder"]

_logger = logging.getLogger(__name__)

_INDEX = "index.html"
_PARTS = {_INDEX, "static", "expectations", "validations"}
_UNFINISHED = ".hallmark-docs-"
_LONGEST = 2_000
# Headings are made of the one, a table of the other.
_NOT_ESCAPED = ("column", "partition_object")
# GX writes the name of the data in one place as it is and escapes it in another.
_ODD = re.compile(r"[^\w./ :@=-]")
_ELSEWHERE = "name a folder that is not there yet, is empty, or holds Data Docs made before"


def data_docs(result: ValidationResult, folder: str | Path, *, name: str = "data", at: datetime | None = None) -> Path:
    """Build GX's Data Docs of a result: a page of the validation, one of the suite, and an index.

    Expectations whose arguments GX refuses have no place in them; the log names those.

    The pages are GX's: they fetch styles and scripts from elsewhere, and without a network they are plain. Values of
    the data are escaped here, for GX puts unexpected ones into its pages as they are.

    Args:
        result: what the suite found.
        folder: where the site goes. Data Docs that are there already are replaced.
        name: of the data.
        at: when it was checked; now, if not given.

    Returns:
        The path of the index page.

    Raises:
        HallmarkError: the folder holds something else or cannot be written, or GX cannot render the result.
    """
    place = Path(folder)
    require_folder(place)
    is_new = not place.exists()
    try:
        place.mkdir(exist_ok=True)
        # Within its place, which may be a volume of its own.
        with tempfile.TemporaryDirectory(prefix=_UNFINISHED, dir=place) as work:
            built = Path(work).absolute() / "site"
            with _quiet():
                _build(result, built, name, at or datetime.now(UTC))
            _put(built, place)
    except OSError as error:
        raise HallmarkError(f"the Data Docs cannot be written to {place} ({error.strerror})", _ELSEWHERE) from error
    finally:
        if is_new and place.is_dir() and not any(place.iterdir()):
            place.rmdir()
    return place / _INDEX


def require_folder(place: Path) -> None:
    """Refuse a place where no Data Docs can go, before the work is done for them.

    Raises:
        HallmarkError: it is no folder, its parent is not there, or it holds something else.
    """
    if place.exists() and not place.is_dir():
        raise HallmarkError(f"the Data Docs cannot be written to {place}, which is no folder", _ELSEWHERE)
    if not place.absolute().parent.is_dir():
        raise HallmarkError(
            f"the Data Docs cannot be written to {place}: there is no folder {place.parent}", _ELSEWHERE
        )
    if place.is_dir() and not _is_site(place):
        raise HallmarkError(f"the folder {place} holds something else than Data Docs", _ELSEWHERE)


def _is_site(place: Path) -> bool:
    """Tell whether a folder holds Data Docs and nothing else: they are going to be replaced."""
    names = {entry.name for entry in place.iterdir() if not entry.name.startswith(_UNFINISHED)}
    return not names or (_INDEX in names and names <= _PARTS)


def _put(built: Path, place: Path) -> None:
    """Replace the site that is there. The index goes last: what it leads to is there when it is."""
    for part in sorted(entry.name for entry in built.iterdir()):
        if (place / part).is_dir():
            shutil.rmtree(place / part)
    for part in sorted(_PARTS, key=lambda name: name == _INDEX):
        if (built / part).exists():
            (built / part).replace(place / part)


def _build(result: ValidationResult, site: Path, name: str, at: datetime) -> None:
    import great_expectations as gx
    from great_expectations.core import RunIdentifier
    from great_expectations.core.expectation_validation_result import expectationSuiteValidationResultSchema
    from great_expectations.data_context.types.resource_identifiers import (
        ExpectationSuiteIdentifier,
        ValidationResultIdentifier,
    )

    suite_name = _file_name(result.suite_name)
    try:
        context = _context(gx, site)
        accepted = _accepted(result)
        context.suites.add(gx.ExpectationSuite(name=suite_name, expectations=list(accepted.values())))
        run = RunIdentifier(run_name=_file_name(name), run_time=at)
        key = ValidationResultIdentifier(ExpectationSuiteIdentifier(suite_name), run, _file_name(name))
        loaded = expectationSuiteValidationResultSchema.load(_as_gx_has_it(result, accepted, suite_name, name, run))
        context.validation_results_store.add(key, loaded)
        context.build_data_docs()
    except OSError:
        raise
    except Exception as error:  # GX raises many kinds; all mean that there are no pages
        raise _unable(type(error).__name__, reason(error)) from error
    # What goes wrong within a page GX logs and leaves out.
    if not any(site.glob("validations/**/*.html")) or not (site / _INDEX).is_file():
        raise _unable("the page is missing", "its renderers do not take this result")


def _unable(what: str, why: str) -> HallmarkError:
    return HallmarkError(
        f"Great Expectations cannot render this result ({what}: {why})", "use the HTML report, which needs no renderer"
    )


def _context(gx: Any, site: Path) -> Any:
    """Return a context that keeps everything in memory but the site."""
    context = gx.get_context(mode="ephemeral")
    for other in list(context.list_data_docs_sites()):
        context.delete_data_docs_site(other)
    context.add_data_docs_site(
        "hallmark",
        {
            "class_name": "SiteBuilder",
            "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(site)},
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "show_how_to_buttons": False,
        },
    )
    return context


def _accepted(result: ValidationResult) -> dict[int, Any]:
    """Return by position the expectations as GX's objects. One that it refuses would cost the whole page."""
    from great_expectations.expectations.expectation_configuration import ExpectationConfiguration

    accepted = {}
    for position, outcome in enumerate(result.outcomes):
        expectation = outcome.expectation
        configured = ExpectationConfiguration(
            type=expectation.type, kwargs=_arguments(plain(expectation.kwargs)), severity=expectation.severity
        )
        try:
            accepted[position] = configured.to_domain_obj()
        except Exception as error:  # pydantic and GX raise many kinds here
            _logger.warning("The Data Docs leave out %s: %s", expectation.title, reason(error))
    return accepted


def _as_gx_has_it(
    result: ValidationResult, kept: Collection[int], suite_name: str, name: str, run: Any
) -> dict[str, Any]:
    """Return the result as GX reads its own from a store."""
    data: dict[str, Any] = plain(result.to_json_dict())
    meta = {"run_id": run.to_json_dict(), "batch_spec": {"data_asset_name": _ODD.sub("_", name)[-_LONGEST:]}}
    return {
        **data,
        "suite_name": suite_name,
        "suite_parameters": {},
        "meta": meta,
        "results": [_harmless(each) for position, each in enumerate(data["results"]) if position in kept],
    }


def _harmless(each: Mapping[str, Any]) -> dict[str, Any]:
    """Escape what GX writes as it is: values and messages, and some of the arguments."""
    config = each["expectation_config"]
    told = each["exception_info"]
    return {
        **each,
        "result": _escaped(each["result"]),
        # The message it escapes; the traceback must be a text, and a result for the record has none.
        "exception_info": {**told, "exception_traceback": _escaped(told["exception_traceback"] or "")},
        "meta": {},
        "expectation_config": {**config, "kwargs": _arguments(config["kwargs"]), "meta": {}},
    }


def _arguments(kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Escape the arguments that GX writes as they are; the others it escapes itself."""
    return {key: _escaped(value) if key in _NOT_ESCAPED else value for key, value in kwargs.items()}


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return html.escape(value[:_LONGEST])
    if isinstance(value, Mapping):
        return {_escaped(key): _escaped(item) for key, item in value.items()}
    return [_escaped(item) for item in value] if isinstance(value, list) else value


def _file_name(text: str) -> str:
    """Return a name that is safe in a path: GX makes folders of it."""
    return re.sub(r"[^A-Za-z0-9_-]+", "_", text)[-80:].strip("_") or "unnamed"


@contextmanager
def _quiet() -> Iterator[None]:
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    chatter = logging.getLogger("great_expectations")
    before, chatter.propagate = chatter.propagate, False
    silent = logging.NullHandler()
    chatter.addHandler(silent)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        chatter.removeHandler(silent)
        chatter.propagate = before
