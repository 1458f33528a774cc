from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from hallmark.catalog import Catalog
from hallmark.lineage.store import ingest
from lineage_flights import event, pipeline, record
from lineage_telling import NOON, dataset, made_of, run, run_id

Hallmark = Callable[..., Result]

NASTY = 'x"]; alert(<script>`\\ %s#{}|\n[bold]\x1b[31m\u202e'
LOADED = {"sourceCodeLocation": {"type": "git", "url": "u", "version": "abc", "path": "jobs/load.py"}}
LANDING = dataset("landing/flights", "s3://ops")
OPS = ("airline.public.flights", "postgres://ops.example.com:5432")


@pytest.fixture
def told(catalog: Catalog) -> Catalog:
    """The flights pipeline, a job of another tool that feeds it and has failed since, and a report of its data."""
    record(catalog, pipeline())
    said = {"errorMessage": {"message": "36 h old", "programmingLanguage": "python"}}
    events = [
        *map(event, pipeline()),
        run("ops.load", [LANDING], [dataset(*OPS, owner="operations")], at=-5, job_facets=LOADED),
        run(
            "ops.load",
            [LANDING],
            [dataset(*OPS, assertions={"fresh": False})],
            at=50,
            type="FAIL",
            run_facets=said,
        ),
        run("bi.delays", [dataset("/lake/flights/features", "file")], [dataset("delays", "bigquery")], at=45),
    ]
    assert ingest(catalog.database, events).refused == ()
    return catalog


def test_a_graph_is_two_trees_with_versions_owners_and_what_failed(told: Catalog, hallmark: Hallmark) -> None:
    result = hallmark("lineage", "graph", "flights/clean", "--down", "4")

    assert result.exit_code == 0
    assert (
        result.stdout
        == """\
flights/clean@2  data-engineering

Upstream
└── [flight_delays.clean]
    └── flights/raw@2  data-engineering
        └── [flight_delays.extract]
            └── airline.public.flights  operations  ✗ 1 assertion failed
                └── [ops.load]  ✗ failed  ✗ 1 assertion failed

Downstream
└── [flight_delays.features]
    └── flights/features@2  ml-engineering
        ├── [bi.delays]
        │   └── delays
        └── [flight_delays.train]
            └── flight_delay@7  model  ml
"""
    )


def test_a_graph_may_tell_columns_or_be_one_of_a_column(told: Catalog, hallmark: Hallmark) -> None:
    page = hallmark("lineage", "graph", "flights/features", "--columns", "--up", "2", "--down", "0").stdout
    assert re.search(r"flights/clean\.dep_delay +flights/features\.late +transformation +flight_delays\.features", page)
    assert "all rows of flights/features" in page

    tree = hallmark("lineage", "graph", "flights/features.late").stdout
    assert "├── flights/clean.dep_delay  transformation  [flight_delays.features]" in tree
    assert "└── flight_delay.prediction  transformation  [flight_delays.train]" in tree


def test_a_graph_of_the_past_names_versions_and_runs(told: Catalog, hallmark: Hallmark) -> None:
    for arguments in (
        ("flights/clean@1",),
        ("flights/clean", "--as-of", "1"),
        ("flights/raw", "--as-of", "flights/clean@1"),
    ):
        page = hallmark("lineage", "graph", *arguments, "--down", "0").stdout
        assert "flights/raw@1" in page
        assert re.search(r"\[flight_delays.clean\]  run [0-9a-f]{8}", page)


def test_what_is_shown_twice_is_drawn_once(catalog: Catalog, hallmark: Hallmark) -> None:
    ingest(catalog.database, [run("a", ["x"], ["y", "z"]), run("b", ["y", "z"], ["w"]), run("c", ["w"], ["v"])])

    page = hallmark("lineage", "graph", "x").stdout
    assert page.count("[b]  see above") == 1
    assert page.count("[c]") == 1


def test_a_path_of_any_length_is_drawn_as_far_as_a_reader_goes(catalog: Catalog, hallmark: Hallmark) -> None:
    fan = run("fan", ["seed"], [f"d{n}" for n in range(900)])
    ledger = [dataset("ledger", version=str(n)) for n in range(900)]
    copied = [
        dataset(f"d{n + 1}", columns=made_of({"x": ["d0.x", f"d{n}.x"]}) if n else made_of({"x": ["d0.x"]}))
        for n in range(899)
    ]
    ingest(catalog.database, [fan, *(run(f"j{n}", [f"d{n}"], [each]) for n, each in enumerate(copied))])
    ingest(catalog.database, [run("add", [a], [b], at=n) for n, (a, b) in enumerate(pairwise(ledger))])

    for command, name in (("graph", "seed"), ("graph", "d0.x"), ("why", "ledger")):
        drawn = hallmark("lineage", command, name)
        assert (drawn.exit_code, "not drawn" in drawn.stdout) == (0, True)


@pytest.mark.parametrize("format", ["mermaid", "dot", "json", "text"])
def test_no_name_breaks_out_of_a_drawing(catalog: Catalog, hallmark: Hallmark, format: str) -> None:
    columns = made_of({NASTY: ["in.a"], "b": ["in.a JOIN"]})
    ingest(catalog.database, [run(NASTY, ["in"], [dataset(NASTY, columns=columns, assertions={"x": False})])])

    drawn = hallmark("lineage", "graph", "in", "--columns", "--format", format)
    assert drawn.exit_code == 0
    text = drawn.stdout
    if format == "json":
        assert NASTY in {node["name"] for node in json.loads(text)["nodes"]}
        return
    assert "<script>" not in text or format != "mermaid"
    assert "\x1b" not in text
    assert "\u202e" not in text
    if format == "mermaid":
        lines = text.splitlines()
        known = re.compile(
            r'flowchart LR|    (subgraph n\d+\["[\w ./@,+#;-]*"\]|end|n\d+(c\d+)? (-->|-\.->) n\d+(c\d+)?'
            r'|n\d+(\[\(|\(\[)"[\w ./@,+#;-]*"(\)\]|\]\))|    n\d+c\d+\["[\w ./@,+#;-]*"\]'
            r"|classDef failed .*|class n\d+(,n\d+)* failed)"
        )
        assert [line for line in lines if not known.fullmatch(line)] == []
        assert "-.->" in text
    elif format == "dot":
        quoted = re.sub(r'"(?:[^"\\\n]|\\.)*"', '""', text)
        assert not re.search(r"[<>`%]", quoted.replace("->", ""))
        assert quoted.count("{") == quoted.count("}")


def test_impact_names_columns_datasets_models_jobs_and_whom_to_tell(told: Catalog, hallmark: Hallmark) -> None:
    page = hallmark("lineage", "impact", "flights/raw.distance").stdout

    assert page.startswith("flights/raw.distance  reaches 1 column, 3 datasets, 1 model, 4 jobs\n")
    assert "owners  data-engineering (1), ml (1), ml-engineering (1)" in page
    assert re.search(r"direct +1 +flights/clean +distance +data-engineering", page)
    assert re.search(r"indirect +3 +flight_delay \(model\) +all rows +ml", page)
    assert re.search(r"possible +3 +bi\.delays", page)
    answer = json.loads(hallmark("lineage", "impact", "flights/raw.distance", "--json").stdout)
    assert [model["node"]["hallmark"] for model in answer["models"]] == ["flight_delay"]


def test_why_is_a_tree_of_receipts_back_to_the_sources(told: Catalog, hallmark: Hallmark) -> None:
    page = hallmark("lineage", "why", "flight_delay@7").stdout

    assert page.startswith("flight_delay@7  made in 5 steps from 1 source\n")
    assert "flights/features@2  79,194 rows  3 partitions 2013-01 … 2013-03" in page
    assert "by    flight_delays.features for airflow in 3 runs, " in page
    assert "code  dags/flight_delays.py at 3f2a1b9c4d" in page
    assert "suite flights_features ✓ passed, 1 of 1 expectation met" in page
    assert "code  jobs/load.py at abc" in page
    assert "s3://ops:landing/flights  source" in page
    assert json.loads(hallmark("lineage", "why", "flight_delay", "--json").stdout)["version"] == "7"


def test_a_cause_is_told_with_its_assertions_and_the_path_from_it(told: Catalog, hallmark: Hallmark) -> None:
    page = hallmark("lineage", "cause", "delays").stdout

    assert page.startswith("✗ ops.load: 1 assertion failed on ")
    assert ": 36 h old\n" in page
    assert re.search(r"airline\.public\.flights +amount +fresh +17", page)
    assert "                └ delays" in page
    assert hallmark("lineage", "cause", "s3://ops:landing/flights").stdout == (
        "✓ all is well upstream of landing/flights\n"
    )
    assert json.loads(hallmark("lineage", "cause", "landing/flights", "--json").stdout) is None


def test_a_difference_shows_sql_line_by_line(catalog: Catalog, hallmark: Hallmark) -> None:
    for at, sql in ((0, "SELECT a\nFROM x"), (1, "SELECT a\nFROM y\nWHERE b")):
        ingest(catalog.database, [run("sum", ["x"], ["z"], at=at, job_facets={"sql": {"query": sql}})])

    page = hallmark("lineage", "diff", run_id("sum@0"), run_id("sum@1")).stdout
    assert page.endswith(" SELECT a\n-FROM x\n+FROM y\n+WHERE b\n")
    assert "in common" in hallmark("lineage", "diff", run_id("sum@0"), run_id("sum@0")).stdout


def test_a_search_lists_what_there_is_of_a_name(told: Catalog, hallmark: Hallmark) -> None:
    page = hallmark("lineage", "search", "flight", columns=120).stdout

    assert re.search(r"^model +flight_delay +7 +ml ", page, re.MULTILINE)
    assert re.search(r"^dataset +airline\.public\.flights +- +operations .* ✗ 1 assertion failed", page, re.MULTILINE)
    assert "No dataset, model or job has 'zzz'" in hallmark("lineage", "search", "zzz").stdout


def test_events_come_as_they_were_and_can_be_stored_again(told: Catalog, hallmark: Hallmark, tmp_path: Path) -> None:
    listed = hallmark("lineage", "events", "--job", "ops.load").stdout
    assert re.search(r"✗ FAIL +ops\.load", listed)
    since = (NOON.replace(hour=12, minute=44)).isoformat()
    assert len(json.loads(hallmark("lineage", "events", "--since", since, "--json").stdout)) == 2
    about = json.loads(hallmark("lineage", "events", "--dataset", "flights/features", "--json").stdout)
    assert {each["job"]["name"] for each in about} == {"flight_delays.features", "flight_delays.train", "bi.delays"}

    for one in (["--job", "job:airflow:ops.load"], ["--dataset", "dataset:bigquery:delays"]):
        assert hallmark("lineage", "events", *one).exit_code == 0
    assert hallmark("lineage", "events", "--job", "flights/features").exit_code == 1

    kept = tmp_path / "events.json"
    kept.write_text(hallmark("lineage", "events", "--json", "-n", "1000").stdout)
    again = json.loads(hallmark("lineage", "ingest", str(kept), "--json").stdout)
    assert again == {"read": 13, "stored": 0, "duplicate": 13, "refused": []}


def test_ingest_stores_files_of_each_kind_and_says_what_it_refused_and_where(
    hallmark: Hallmark, tmp_path: Path
) -> None:
    lines, listed, packed = (tmp_path / name for name in ("a.ndjson", "b.json", "c.gz"))
    one, two, three = (run("load", ["raw"], ["orders"], at=n) for n in range(3))
    lines.write_text(f"{json.dumps(one)}\n\n{{broken\n{json.dumps({**two, 'eventTime': 'noon'})}\n")
    listed.write_text(json.dumps([one, two], indent=2))
    packed.write_bytes(gzip.compress(json.dumps(three).encode()))

    result = hallmark("lineage", "ingest", str(lines), str(listed), str(packed))
    assert result.exit_code == 1
    assert re.sub(r" +", " ", result.stdout).startswith("read 6\nstored 3\nduplicate 1\nrefused 2\n")
    assert f"{lines}:3: the event is refused: it is not JSON" in result.stdout
    assert f"{lines}:4: the event is refused: its eventTime is 'noon'" in result.stdout
    assert hallmark("lineage", "graph", "orders").exit_code == 0


def test_ingest_reads_standard_input(catalog: Catalog, tmp_path: Path) -> None:
    from typer.testing import CliRunner

    from hallmark.cli.app import app

    result = CliRunner().invoke(app, ["lineage", "ingest", "-", "--json"], input=json.dumps(run("load", ["raw"])))
    assert (result.exit_code, json.loads(result.stdout)["stored"]) == (0, 1)


ERRORS: dict[tuple[str, ...], tuple[int, str]] = {
    ("graph", "flights/claen"): (1, "did you mean flights/clean"),
    ("graph", "flights/clean@99"): (1, "the newest are 2, 1, 0"),
    ("impact", "flights/clean"): (1, "name one of flights/clean.carrier"),
    ("impact", "flights/clean.distanc"): (1, "did you mean 'distance'?"),
    ("why", "bi.delays"): (1, "name a dataset or a model"),
    ("cause", "nothing like it"): (1, "`hallmark lineage search`"),
    ("diff", "a", "b"): (1, "no event told of a run a"),
    ("events", "--since", "yesterday"): (2, "is no time"),
    ("events", "--job", ""): (1, "no job ''"),
    ("events", "--limit", "99999999999999999999"): (2, "--limit"),
    ("search", "flights", "--limit", "99999999999999999999"): (2, "--limit"),
    ("ingest", "/nowhere.json"): (2, "/nowhere.json cannot be read"),
}


def test_a_mistake_is_one_line_with_what_to_do(told: Catalog, hallmark: Hallmark) -> None:
    for arguments, (status, said) in ERRORS.items():
        result = hallmark("lineage", *arguments)
        assert (result.exit_code, said in result.stderr) == (status, True), (arguments, result.output)


def test_without_a_catalog_there_is_nothing_to_ask(hallmark: Hallmark) -> None:
    result = hallmark("lineage", "graph", "x")
    assert result.exit_code == 1
    assert "No lineage yet" in result.stderr


def test_no_line_is_wider_than_the_terminal_where_names_allow_it(told: Catalog, hallmark: Hallmark) -> None:
    pages: list[list[Any]] = [["impact", "flights/raw.distance"], ["search", "clean"], ["cause", "flights/raw"]]
    texts = [hallmark("lineage", *page, columns=80).stdout for page in pages]
    assert max(len(line) for text in texts for line in text.splitlines()) <= 80


@pytest.mark.parametrize("columns", [20, 80])
def test_names_in_a_tree_stay_whole_at_every_width(catalog: Catalog, hallmark: Hallmark, columns: int) -> None:
    name = "operations/a_dataset_of_a_rather_long_name/hourly_by_airport/and_carrier"
    ingest(catalog.database, [run("load", ["raw"], [dataset(name, owner="data-engineering", version="7")])])

    assert f"{name}@7  data-engineering" in hallmark("lineage", "graph", "raw", columns=columns).stdout
    assert f"{name}@7\n" in hallmark("lineage", "why", name, columns=columns).stdout
