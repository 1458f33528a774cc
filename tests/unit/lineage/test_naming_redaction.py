"""Credentials in texts."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hallmark.lineage.redaction import redacted

SECRET = st.text("abcXYZ0189-._~%", min_size=8, max_size=20).map(lambda word: f"hunter{word}")
# A secret as it stands in a text, for every way to write one.
FORMS = [
    "postgresql+psycopg://ada:{}@db:5432/shop",
    "see postgres://ada:x/{}@db/shop, or ask",
    "mysql://ada:p@{}@db/shop",
    "https://{}@git.example/repository",
    "a://u:v@h,https://ada:{}@h/x",
    "https://h/x?token={}&page=2",
    "s3://b/k?X-Amz-Credential=a&X-Amz-Signature={}",
    "https://acct.blob.core.windows.net/c?sv=1&sig={}",
    "DefaultEndpointsProtocol=https;AccountName=a;AccountKey={}==;EndpointSuffix=x",
    "Server=h;Uid=ada;Pwd={};Encrypt=yes",
    "Driver=x;PWD={{{};}};a=b",
    "Password=a&{};x=1",
    "host=db user=ada password={} dbname=x",
    "host=db password='a {}' dbname=x",
    'Password="a {}";x=1',
    "db_password={}",
    "https://h/?api_key={}",
    "https://h/?client_secret={}",
    "spark.hadoop.fs.s3a.secret.key={}",
    '{{"password": "{}", "user": "ada"}}',
    '{{"accessToken":"a\\"{}"}}',
]
PLAIN = [
    "",
    "flights/clean",
    "SELECT a.token = b.token FROM a JOIN b ON a.token=b.token WHERE day='2024-01-01'",
    "abfss://lake@acct.dfs.core.windows.net/x",
    "ssh://git@host/x",
    "http://h:8080/users/ada@example.com",
    "http://[::1]:8080/users/ada@example.com",
    "kafka://b1:9092,b2:9092/x@y",
    "ada@example.com",
    "https://h/x?page=2&keys=3&design=4#part",
    '{"name": "password", "type": "VARCHAR", "fields": {"token": {"inputFields": []}}}',
    "date=2024-01-01/x.parquet",
]


@settings(max_examples=300)
@given(st.sampled_from(FORMS), SECRET, SECRET)
def test_no_secret_survives_in_a_text_or_in_json_that_holds_it(form: str, secret: str, other: str) -> None:
    text = form.format(secret)
    assert secret not in redacted(text) and redacted(redacted(text)) == redacted(text)
    event = json.dumps({"a": text, "b": [form.format(other), "kept"], json.dumps({"c": text}): 1})
    cleaned = redacted(event)
    assert secret not in cleaned and other not in cleaned
    # The JSON is JSON still, with all else that was in it.
    assert json.loads(cleaned)["b"][1] == "kept"


@pytest.mark.parametrize("text", PLAIN)
def test_what_holds_no_credential_comes_back_as_it_is(text: str) -> None:
    assert redacted(text) is text or redacted(text) == text
    assert redacted(json.dumps({text: text})) == json.dumps({text: text})


@given(st.text("abz/:.@ &;,{}[]'\"\\?#\n0", max_size=60))
def test_a_text_without_keys_and_passwords_is_unchanged(text: str) -> None:
    plain = text.replace("://", ":/")
    assert redacted(plain) == plain


@given(
    st.lists(
        st.sampled_from(["password=", "://", "u:", "@", "'", '"', "\\", "{", "}", "&", "a", '"token":', " "]),
        max_size=12,
    )
)
def test_it_is_done_when_it_is_done_once(pieces: list[str]) -> None:
    once = redacted("".join(pieces))
    assert redacted(once) == once


def seconds(text: str) -> float:
    began = time.perf_counter()
    redacted(text)
    return time.perf_counter() - began


def test_a_whole_event_takes_milliseconds() -> None:
    field = {"name": "x", "namespace": "postgres://h:5432", "query": "SELECT a FROM t WHERE b='c'", "key": "team"}
    event = json.dumps([field] * 1000)
    assert len(event) > 90_000 and min(seconds(event) for _ in range(3)) < 0.05


@pytest.mark.parametrize(
    "piece",
    [
        "://a:",
        "://a@",
        "@",
        "password=",
        "a.-%",
        "token='",
        "pwd={",
        "pwd=&",
        '"token":"',
        'token=\\"',
        '"token":',
        "=\\",
    ],
)
def test_a_hostile_text_takes_no_longer_than_its_length(piece: str) -> None:
    assert seconds(f"token={piece * (200_000 // len(piece))}@://") < 0.5
