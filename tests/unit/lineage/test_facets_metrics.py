from __future__ import annotations

import datetime as dt
import json

import pyarrow as pa
from openlineage.client.serde import Serde

from hallmark.dataset import DatasetVersion
from hallmark.engines.duckdb import columns_of, connect, rows_of
from hallmark.lineage.facets import outputs_of
from hallmark.quality.profile import profile
from hallmark.receipt import Receipt, StageRun


def test_a_profile_goes_out_with_the_figures_that_the_facet_has_places_for() -> None:
    day = dt.date(2013, 1, 1)
    table = pa.table({"x": [1, 2, 2, None], "d": [day, day, None, day], "t": ["a", "b", "b", "b"], "b": [True] * 4})
    with connect() as engine:
        engine.register("written", table)
        found = profile(engine, "written", columns_of(engine, rows_of("written"))).to_dict()
    output = DatasetVersion("shop/orders", "file", "/lake/shop/orders", "1")
    moment = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    receipt = Receipt("r", StageRun("d", "t", "r"), "published", moment, output=output, profile=found)
    facet = json.loads(Serde.to_json(outputs_of(receipt, [output])[0]))["facets"]["dataQualityMetrics"]
    assert facet["rowCount"] == 4
    number = facet["columnMetrics"]["x"]
    assert set(number["quantiles"]) == {"0.05", "0.25", "0.5", "0.75", "0.95"}
    del number["quantiles"]
    assert number == {"nullCount": 1, "distinctCount": 2, "count": 3, "sum": 5.0, "min": 1.0, "max": 2.0}
    assert facet["columnMetrics"]["d"] == {"nullCount": 1, "distinctCount": 1, "count": 3}
    assert facet["columnMetrics"]["t"] == {"nullCount": 0, "distinctCount": 2, "count": 4}
    assert facet["columnMetrics"]["b"] == {"nullCount": 0, "distinctCount": 1, "count": 4}
