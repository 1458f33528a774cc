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


def dataset(name: str, file: str, owner: str) -> Dataset:
    # The contract says what it is and what its readers may rely on; the suite, what its values are held to.
    return Dataset(name, contract=f"contracts/{file}.yml", suite=f"suites/{file}.yml", owner=owner)


flights_raw = dataset("flights/raw", "flights_raw", "data-engineering")
weather_raw = dataset("weather/raw", "weather_raw", "data-engineering")
planes = dataset("reference/planes", "planes", "data-engineering")
airlines = dataset("reference/airlines", "airlines", "data-engineering")
airports = dataset("reference/airports", "airports", "data-engineering")
flights_clean = dataset("flights/clean", "flights_clean", "data-engineering")
weather_clean = dataset("weather/clean", "weather_clean", "data-engineering")
features = dataset("flights/features", "flights_features", "ml-engineering")
predictions = dataset("flights/predictions", "flights_predictions", "ml-engineering")
evaluation = dataset("flight_delay/evaluation", "flight_delay_evaluation", "ml-engineering")


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
        # What names a row is no feature, nor is a month that was never seen, and arr_delay is the answer itself.
        keys=["flight", "tailnum", "time_hour", "sched_dep_time", "month", "arr_delay"],
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
        output=evaluation,
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
