"""``hallmark models`` and ``hallmark model``: what was trained on what, how good it is, and which one is in use."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import RenderableType
from rich.table import Table

from hallmark.cli.formats import NOTHING, count, figure, mark, when
from hallmark.cli.options import AsJson
from hallmark.cli.reach import ask, closest, empty
from hallmark.cli.screen import show, show_json, width
from hallmark.cli.tables import Cell, Heading, facts, section, table, title
from hallmark.ml.evaluation import METRICS

if TYPE_CHECKING:
    from hallmark.catalog import Catalog, ModelDetail, ModelSummary, ModelVersion

__all__ = ["key_metrics", "model", "models", "models_table"]

CHAMPION = "champion"
_KEY_METRICS = 3
_LIST = (
    Heading("model"),
    Heading("latest", right=True),
    Heading("champion", right=True),
    Heading("state"),
    Heading("trained"),
    Heading("metrics of the latest", wraps=True),
    Heading("versions", right=True, spare=True),
)
_VERSIONS = (
    Heading("version", right=True),
    Heading("aliases"),
    Heading("state"),
    Heading("gate"),
    Heading("trained"),
    Heading("trained on"),
    Heading("task", spare=True),
    Heading("run", spare=True),
)


def models(as_json: AsJson = False) -> None:
    """List the models: newest version, champion, and the metrics that matter."""
    found: list[ModelSummary] = ask(lambda catalog: catalog.models(), [])
    if as_json:
        show_json([each.to_dict() for each in found])
    elif found:
        show(models_table(found, width()))
    else:
        show(empty("models"))


def model(
    name: Annotated[str, typer.Argument(help="For example flight_delay.", show_default=False)],
    as_json: AsJson = False,
) -> None:
    """Show one model: its versions with aliases, metrics, and the dataset versions they were trained on."""
    found = ask(lambda catalog: _detail(catalog, name), None)
    if found is None:
        raise closest("model", name, ())
    if as_json:
        show_json(found.to_dict())
    else:
        show(*_page(found, width()))


def models_table(found: Sequence[ModelSummary], width: int) -> Table:
    """Lay out models, one a line."""
    rows = [
        (
            each.name,
            each.latest_version,
            each.aliases.get(CHAMPION, NOTHING),
            mark(each.state),
            when(each.trained_at),
            ", ".join(f"{name} {figure(value)}" for name, value in key_metrics(each.metrics)) or NOTHING,
            count(each.versions_count),
        )
        for each in found
    ]
    return table(_LIST, rows, width)


def key_metrics(metrics: Mapping[str, float]) -> list[tuple[str, float]]:
    """Return the few figures that say how good a model is; any, if none of the known ones is among them."""
    known = [(name, metrics[name]) for name in METRICS if name in metrics]
    return (known or list(metrics.items()))[:_KEY_METRICS]


def _detail(catalog: Catalog, name: str) -> ModelDetail:
    found = catalog.model(name)
    if found is None:
        raise closest("model", name, (each.name for each in catalog.models()))
    return found


def _page(found: ModelDetail, width: int) -> Iterator[RenderableType]:
    yield title(found.name)
    aliases = ", ".join(f"{alias} is version {version}" for alias, version in found.aliases.items())
    newest = found.versions[0]
    yield facts(
        [
            ("where", f"{newest.namespace}/{newest.location}"),
            ("latest", f"version {found.latest_version} of {count(found.versions_count)}, {found.state}"),
            ("aliases", aliases or "none"),
        ]
    )
    yield section("Versions", "", table(_VERSIONS, [_version(each) for each in found.versions], width))
    if any(each.metrics for each in found.versions):
        yield section("Metrics", "", _metrics(found.versions, width))


def _version(each: ModelVersion) -> tuple[Cell, ...]:
    gates = {None: None, True: "passed", False: "failed" if each.state == "refused" else "warned"}
    return (
        each.version,
        "\n".join(each.aliases) or NOTHING,
        mark(each.state),
        mark(gates[each.gate_success]),
        when(each.trained_at),
        "\n".join(version.label for version in each.trained_on) or NOTHING,
        f"{each.dag_id}.{each.stage}",
        each.run_id,
    )


def _metrics(versions: Sequence[ModelVersion], width: int) -> Table:
    """Lay out one line a metric and one column a version, so that versions can be compared."""
    names = dict.fromkeys(name for each in versions for name in each.metrics)
    ordered = [*(name for name in METRICS if name in names), *(name for name in names if name not in METRICS)]
    headings = [
        Heading("metric"),
        *(Heading(f"version {each.version}", right=True, spare=at > 0) for at, each in enumerate(versions)),
    ]
    rows = [
        (name, *(figure(each.metrics[name]) if name in each.metrics else NOTHING for each in versions))
        for name in ordered
    ]
    return table(headings, rows, width)
