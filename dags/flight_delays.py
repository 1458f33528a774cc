"""Flight delays: from a monthly feed to a deployed model and its predictions.

A run works on one month: it takes the month's flights and weather, cleans them, joins them to features, learns from
all months before, measures on this one, deploys what is better, and scores. What fails its suite goes no further.

A run is triggered with its month, for the data is of 2013; a pipeline on a living feed has ``schedule="@monthly"`` and
takes the month from ``{{ ds }}``. The Airflow variable ``flight_feed`` names the folder with one sub-folder a month.
"""

from __future__ import annotations

from airflow.sdk import DAG, Param

from hallmark import (
    CleanOperator,
    Dataset,
    DeployOperator,
    EvaluateOperator,
    ExtractOperator,
    ScoreOperator,
    TrainOperator,
    TransformOperator,
)
from hallmark.cleaning import Clip, DropDuplicates, Impute, Keep, Trim
from hallmark.sources import FileSource

MONTHS = [f"2013-{month:02d}" for month in range(1, 13)]
MONTH = "{{ params.month }}"
FEED = "{{ var.value.flight_feed }}"
NULLS = ("", "NA")
KEY = ["year", "month", "day", "carrier", "flight", "origin", "sched_dep_time"]

flights_raw = Dataset(
    "flights/raw",
    suite="suites/flights_raw.yml",
    owner="data-engineering",
    description="Departures from New York's three airports as the source delivers them, a partition a month.",
    schema={
        "year": "BIGINT",
        "month": "BIGINT",
        "day": "BIGINT",
        "dep_time": "BIGINT",
        "sched_dep_time": "BIGINT",
        "dep_delay": "BIGINT",
        "arr_time": "BIGINT",
        "sched_arr_time": "BIGINT",
        "arr_delay": "BIGINT",
        "carrier": "VARCHAR",
        "flight": "BIGINT",
        "tailnum": "VARCHAR",
        "origin": "VARCHAR",
        "dest": "VARCHAR",
        "air_time": "BIGINT",
        "distance": "BIGINT",
        "hour": "BIGINT",
        "minute": "BIGINT",
        "time_hour": "TIMESTAMP WITH TIME ZONE",
    },
)
weather_raw = Dataset(
    "weather/raw",
    suite="suites/weather_raw.yml",
    owner="data-engineering",
    description="Hourly weather at the three airports as the source delivers it, a partition a month.",
    schema={
        "origin": "VARCHAR",
        "year": "BIGINT",
        "month": "BIGINT",
        "day": "BIGINT",
        "hour": "BIGINT",
        "temp": "DOUBLE",
        "dewp": "DOUBLE",
        "humid": "DOUBLE",
        "wind_dir": "BIGINT",
        "wind_speed": "DOUBLE",
        "wind_gust": "DOUBLE",
        "precip": "DOUBLE",
        "pressure": "DOUBLE",
        "visib": "DOUBLE",
        "time_hour": "TIMESTAMP WITH TIME ZONE",
    },
)
planes = Dataset(
    "reference/planes",
    suite="suites/planes.yml",
    owner="data-engineering",
    description="The aircraft register: one row a tail number.",
)
airlines = Dataset(
    "reference/airlines",
    suite="suites/airlines.yml",
    owner="data-engineering",
    description="Carrier codes and names.",
)
airports = Dataset(
    "reference/airports",
    suite="suites/airports.yml",
    owner="data-engineering",
    description="Airports with position, altitude and time zone.",
)
flights_clean = Dataset(
    "flights/clean",
    suite="suites/flights_clean.yml",
    owner="data-engineering",
    description="One row a scheduled departure; cancelled flights stay, without arrival.",
)
weather_clean = Dataset(
    "weather/clean",
    suite="suites/weather_clean.yml",
    owner="data-engineering",
    description="Hourly weather without impossible winds; gaps filled with the month's median of the airport.",
)
features = Dataset(
    "flights/features",
    suite="suites/flights_features.yml",
    owner="ml-engineering",
    description="Flights that arrived, with what was known before they left and whether they came late.",
)
predictions = Dataset(
    "flights/predictions",
    suite="suites/flights_predictions.yml",
    owner="ml-engineering",
    description="How likely each flight was to arrive 15 minutes late or more, by the champion of its month.",
)


def extract(name: str, file: str, output: Dataset, partition: str | None = None) -> ExtractOperator:
    return ExtractOperator(
        task_id=f"extract_{name}",
        source=FileSource(f"{FEED}/{file}", null_values=NULLS),
        output=output,
        partition=partition,
        on_failed_rows="quarantine",
        max_quarantined=0.02,
    )


with DAG(
    "flight_delays",
    schedule=None,
    max_active_runs=1,
    params={
        "month": Param(MONTHS[0], type="string", enum=MONTHS, title="Month", description="Which partition to make")
    },
    default_args={"owner": "data-engineering", "retries": 0},
    tags=["hallmark", "example"],
    doc_md=__doc__,
) as dag:
    flights_in = extract("flights", f"{MONTH}/flights.csv", flights_raw, MONTH)
    weather_in = extract("weather", f"{MONTH}/weather.csv", weather_raw, MONTH)
    planes_in = extract("planes", "planes.csv", planes)
    airlines_in = extract("airlines", "airlines.csv", airlines)
    airports_in = extract("airports", "airports.csv", airports)

    clean_flights = CleanOperator(
        task_id="clean_flights",
        input=flights_raw,
        output=flights_clean,
        partition=MONTH,
        steps=[Trim("tailnum", "dest"), DropDuplicates(KEY)],
    )
    clean_weather = CleanOperator(
        task_id="clean_weather",
        input=weather_raw,
        output=weather_clean,
        partition=MONTH,
        steps=[
            Clip("wind_speed", high=200, outside="null"),
            *(Impute(c, "median", by=["origin"]) for c in ("temp", "dewp", "humid", "wind_speed", "pressure")),
            Keep(
                "origin", "time_hour", "temp", "dewp", "humid", "wind_dir", "wind_speed", "precip", "pressure", "visib"
            ),
        ],
    )
    join = TransformOperator(
        task_id="features",
        inputs={"f": flights_clean, "w": weather_clean, "p": planes, "a": airports},
        output=features,
        sql="sql/features.sql",
        partition=MONTH,
        owner="ml-engineering",
    )
    train = TrainOperator(
        task_id="train",
        input=features,
        model="flight_delay",
        target="late",
        estimator="sklearn.ensemble.HistGradientBoostingClassifier",
        hyperparameters={
            "max_iter": 200,
            "learning_rate": 0.05,
            "min_samples_leaf": 100,
            "l2_regularization": 1.0,
            "early_stopping": False,
            "random_state": 7,
        },
        # A month that was never seen tells a model nothing: it names the row, as the flight's number does.
        keys=["flight", "tailnum", "time_hour", "sched_dep_time", "month"],
        before=MONTH,
        when_empty="skip",
        model_owner="ml-engineering",
        description="Will a flight arrive 15 minutes late or more? Known before departure.",
        owner="ml-engineering",
    )
    evaluate = EvaluateOperator(
        task_id="evaluate",
        model="flight_delay",
        on=features,
        partition=MONTH,
        suite="suites/flight_delay_evaluation.yml",
        slices=["origin", "carrier"],
        owner="ml-engineering",
    )
    deploy = DeployOperator(task_id="deploy", model="flight_delay", alias="champion", owner="ml-engineering")
    score = ScoreOperator(
        task_id="score",
        input=features,
        model="flight_delay",
        output=predictions,
        keep=["carrier", "flight", "origin", "dest", "tailnum", "time_hour", "sched_dep_time"],
        partition=MONTH,
        owner="ml-engineering",
    )

    flights_in >> clean_flights
    weather_in >> clean_weather
    [clean_flights, clean_weather, planes_in, airports_in, airlines_in] >> join >> train >> evaluate >> deploy >> score
