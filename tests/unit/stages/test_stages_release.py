"""What becomes of rows that were set apart: released through the gate, or discarded, each once and on record."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from laboratory import Laboratory, Sample, out_of_reach

from hallmark.dataset import Column, Dataset
from hallmark.errors import CatalogError, ConflictError, GateError, StageError
from hallmark.receipt import CodeVersion, Receipt
from hallmark.stages.dataset_target import DatasetTarget
from hallmark.stages.job import Job
from hallmark.stages.quarantine import Batch, batches, declared, discard, release, rows, settle
from hallmark.storage import publishing
from hallmark.storage.snapshot import snapshot

RAW = Dataset("flights/raw", personal=("b",))
ASIDE = RAW.quarantine
POSITIVE = ("expect_column_values_to_be_between", {"column": "a", "min_value": 1})
SMALL = ("expect_column_values_to_be_between", {"column": "a", "min_value": -9})
ROWS = "SELECT * FROM (VALUES (1, 'x'), (-2, 'x'), (3, NULL), (-4, NULL)) t(a, b)"


def sift(lab: Laboratory, sql: str = ROWS, *, partition: str | None = "mon", limit: float = 1.0, **run: Any) -> Receipt:
    target = DatasetTarget(RAW, partition, lab.suite(POSITIVE), "quarantine", limit)
    return lab.run(Sample(target, sql), task=f"clean {partition}", **run)


def known(lab: Laboratory, dataset: Dataset = RAW) -> Dataset:
    found = lab.catalog.dataset(dataset.name)
    assert found is not None
    return declared(found)


def there(lab: Laboratory, dataset: Dataset = RAW) -> list[Batch]:
    return batches(known(lab, dataset), lab.settings, lab.catalog)


def let_go(lab: Laboratory, batch: Batch, suite: str | None = None, **changes: Any) -> Receipt:
    catalog = changes.pop("catalog", lab.catalog)
    chosen = suite or lab.suite(SMALL)
    return release(known(lab), batch, settings=lab.settings, catalog=catalog, principal="ada", suite=chosen)


def throw_away(lab: Laboratory, batch: Batch, reason: str = "test data") -> Receipt:
    return discard(known(lab), batch, reason=reason, settings=lab.settings, catalog=lab.catalog, principal="ada")


def test_a_batch_tells_how_many_rows_a_run_set_apart_and_what_they_failed(lab: Laboratory) -> None:
    receipt = sift(lab)
    [batch] = there(lab)
    assert (batch.receipt, batch.partition, batch.rows, batch.standing) == (receipt.id, "mon", 2, "open")
    assert batch.failed == {f"a: {POSITIVE[0]}": 2}
    assert (batch.dag_id, batch.task_id, batch.run_id) == ("flights", "clean mon", "monday")
    assert batch.set_apart_at == receipt.finished_at
    assert batch.to_dict()["set_apart_at"].endswith("+00:00")


def test_nothing_is_listed_where_nothing_was_set_apart(lab: Laboratory) -> None:
    sift(lab, "SELECT 1 AS a, 'x' AS b")
    assert there(lab) == []
    assert rows(RAW, lab.settings) == []


def test_rows_are_shown_with_their_personal_values_masked(lab: Laboratory) -> None:
    sift(lab)
    sift(lab, "SELECT * FROM (VALUES (1, 'z'), (-7, 'z')) t(a, b)", partition="tue")
    shown = rows(known(lab), lab.settings)
    assert sorted((r["a"], r["b"], r["partition"]) for r in shown) == [
        (-7, "[masked]", "tue"),
        (-4, None, "mon"),
        (-2, "[masked]", "mon"),
    ]
    newest = there(lab)[0].receipt
    assert [r["a"] for r in rows(known(lab), lab.settings, newest)] == [-7]
    assert len(rows(known(lab), lab.settings, limit=1)) == 1


@pytest.mark.parametrize("partition", ["mon", "a b/50%", None])
def test_rows_that_pass_now_are_published_beside_those_that_are_there(lab: Laboratory, partition: str | None) -> None:
    sift(lab, partition=partition)
    [batch] = there(lab)
    receipt = let_go(lab, batch)
    assert lab.rows(RAW, "a, b") == [(-2, "x"), (-4, None), (1, "x"), (3, None)]
    assert (receipt.state, receipt.rows_out, receipt.principal, receipt.run.kind) == ("published", 4, "ada", "release")
    assert [(v.name, v.version, v.rows) for v in receipt.inputs] == [(RAW.name, "0", 2), (ASIDE.name, "0", 2)]
    assert receipt.gate is not None and receipt.gate["success"]
    assert receipt.parameters["batch"] == batch.receipt
    edges = {(e.location.rsplit("/", 1)[-1], e.column, e.subtype) for e in receipt.columns.fields["a"]}
    assert {column for _, column, _ in edges} == {"a"}
    assert len(edges) == 2
    assert (there(lab), lab.rows(ASIDE)) == ([], [])
    assert lab.catalog.receipt(receipt.id) == receipt
    assert lab.left_over(RAW) == lab.left_over(ASIDE) == set()


def test_the_removal_after_a_release_is_on_record_too(lab: Laboratory) -> None:
    sift(lab)
    let_go(lab, there(lab)[0])
    [removal] = lab.catalog.receipts(dataset=ASIDE.name)
    assert removal.message == "ada released 2 rows to flights/raw@1 [mon]"
    assert removal.output is not None
    assert (removal.state, removal.output.version, removal.output.rows) == ("published", "1", 0)


def test_rows_that_still_fail_are_refused_and_stay(lab: Laboratory) -> None:
    sift(lab)
    [batch] = there(lab)
    with pytest.raises(GateError, match=r"stage quarantine release of dataset flights/raw: the gate refused .* 2 of 4"):
        let_go(lab, batch, lab.suite(POSITIVE))
    assert lab.rows(RAW, "a") == [(1,), (3,)]
    assert there(lab) == [batch]
    assert lab.last("refused").run.run_id == batch.receipt
    assert lab.left_over(RAW) == lab.left_over(ASIDE) == set()

    assert let_go(lab, batch).run.try_number == 2
    assert there(lab) == []


def test_the_partition_as_a_whole_must_pass_with_the_rows(lab: Laboratory) -> None:
    sift(lab)
    count = ("expect_table_row_count_to_be_between", {"max_value": 3})
    with pytest.raises(GateError, match="observed 4"):
        let_go(lab, there(lab)[0], lab.suite(SMALL, count))


def test_other_partitions_and_other_batches_stay_as_they_are(lab: Laboratory) -> None:
    sift(lab)
    sift(lab, "SELECT * FROM (VALUES (1, 'z'), (-7, 'z')) t(a, b)", partition="tue")
    monday = next(b for b in there(lab) if b.partition == "mon")
    let_go(lab, monday)
    assert lab.rows(RAW, "a", partition="tue") == [(1,)]
    assert [(b.partition, b.standing) for b in there(lab)] == [("tue", "open")]
    assert lab.rows(ASIDE, "a") == [(-7,)]


def test_a_stage_that_runs_again_sets_the_rows_apart_again(lab: Laboratory) -> None:
    sift(lab)
    let_go(lab, there(lab)[0])
    assert lab.rows(RAW, "a") == [(-2,), (-4,), (1,), (3,)]
    target = DatasetTarget(RAW, "mon", lab.suite(POSITIVE), "quarantine", 1.0)
    lab.run(Sample(target, ROWS), task="clean again")
    assert lab.rows(RAW, "a") == [(1,), (3,)]
    assert [b.standing for b in there(lab)] == ["open"]


def test_the_dataset_keeps_its_declaration(lab: Laboratory) -> None:
    sift(lab)
    before = lab.catalog.dataset(RAW.name)
    let_go(lab, there(lab)[0])
    after = lab.catalog.dataset(RAW.name)
    assert before is not None and after is not None
    assert (after.schema, after.suite, after.classification, after.partition_by) == (
        before.schema,
        before.suite,
        before.classification,
        before.partition_by,
    )


def test_rows_of_a_run_that_published_nothing_cannot_be_released(lab: Laboratory) -> None:
    lab.publish(RAW, "SELECT 9 AS a, 'z' AS b", "mon")
    with pytest.raises(GateError):
        sift(lab, limit=0.1)
    [batch] = there(lab)
    assert batch.standing == "refused"
    with pytest.raises(StageError, match="published nothing, so the rows that were good are missing too"):
        let_go(lab, batch)
    assert lab.rows(RAW, "a") == [(9,)]


def test_rows_of_a_partition_that_was_published_again_cannot_be_released(lab: Laboratory) -> None:
    sift(lab)
    lab.publish(RAW, "SELECT 2 AS a, 'x' AS b", "mon")
    [batch] = there(lab)
    assert batch.standing == "superseded"
    with pytest.raises(StageError, match="another run has published their partition since"):
        let_go(lab, batch)
    assert throw_away(lab, batch).state == "published"
    assert there(lab) == []


def test_another_partitions_publication_does_not_supersede_a_batch(lab: Laboratory) -> None:
    sift(lab)
    lab.publish(RAW, "SELECT 2 AS a, 'x' AS b", "tue")
    assert [b.standing for b in there(lab)] == ["open"]


class Crash(Exception):
    pass


def test_a_crash_between_publication_and_removal_does_not_publish_twice(
    lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    sift(lab)
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "remove", _crash)
        with pytest.raises(Crash):
            let_go(lab, there(lab)[0])
    [batch] = there(lab)
    assert batch.standing == "released"
    assert lab.rows(RAW, "a") == [(-2,), (-4,), (1,), (3,)]

    receipt = let_go(lab, batch)
    assert (receipt.state, receipt.message) == (
        "skipped",
        "the rows were published before and were only to be taken out of quarantine",
    )
    assert (lab.rows(RAW, "a"), lab.version(RAW)) == ([(-2,), (-4,), (1,), (3,)], 1)
    assert there(lab) == []


def test_a_crash_before_the_publication_was_recorded_does_not_publish_twice(
    lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    sift(lab)
    [batch] = there(lab)
    with monkeypatch.context() as patched:
        patched.setattr(DatasetTarget, "publish", _published_and_gone(DatasetTarget.publish))
        with pytest.raises(CatalogError):
            let_go(lab, batch)
    assert lab.last().state == "audited"
    assert [b.standing for b in there(lab)] == ["open"]

    receipt = let_go(lab, batch)
    assert (receipt.state, receipt.run.try_number) == ("published", 1)
    assert (lab.rows(RAW, "a"), lab.version(RAW)) == ([(-2,), (-4,), (1,), (3,)], 1)
    assert there(lab) == []


def test_somebody_who_looked_before_the_release_does_not_publish_twice(
    lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    sift(lab)
    [batch] = there(lab)
    with monkeypatch.context() as patched:
        patched.setattr(publishing, "remove", _crash)
        with pytest.raises(Crash):
            let_go(lab, batch)
    assert batch.standing == "open"
    assert let_go(lab, batch).state == "skipped"
    assert lab.version(RAW) == 1


def test_a_release_that_another_run_overtakes_is_a_conflict_and_the_rows_stay(
    lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    sift(lab)
    [batch] = there(lab)
    original = DatasetTarget.publish

    def overtaken(self: DatasetTarget, job: Job, draft: Any, base: Any) -> Any:
        monkeypatch.setattr(DatasetTarget, "publish", original)
        lab.publish(RAW, "SELECT 5 AS a, 'x' AS b", "mon")
        return original(self, job, draft, base)

    monkeypatch.setattr(DatasetTarget, "publish", overtaken)
    with pytest.raises(ConflictError):
        let_go(lab, batch)
    assert lab.rows(RAW, "a") == [(5,)]
    assert [b.standing for b in there(lab)] == ["superseded"]


def test_a_batch_is_discarded_with_a_reason_on_record(lab: Laboratory) -> None:
    sift(lab)
    sift(lab, "SELECT * FROM (VALUES (1, 'z'), (-7, 'z')) t(a, b)", partition="tue")
    tuesday, monday = there(lab)
    receipt = throw_away(lab, monday)
    assert receipt.message == "ada discarded 2 rows: test data"
    assert receipt.output is not None
    assert (receipt.output.name, receipt.output.version, receipt.output.partition) == (ASIDE.name, "2", "mon")
    assert lab.catalog.receipt(receipt.id) == receipt
    assert there(lab) == [tuesday]
    assert lab.rows(RAW, "a") == [(1,), (1,), (3,)]
    assert lab.rows(ASIDE, "a", version=1) == [(-2,), (-4,), (-7,)]


def test_a_batch_is_discarded_once(lab: Laboratory) -> None:
    sift(lab)
    [batch] = there(lab)
    throw_away(lab, batch)
    with pytest.raises(StageError, match="in no file of their own"):
        throw_away(lab, batch)
    with pytest.raises(StageError, match="in no file of their own"):
        let_go(lab, batch)
    assert lab.rows(RAW, "a") == [(1,), (3,)]


def test_a_discard_needs_a_reason(lab: Laboratory) -> None:
    sift(lab)
    with pytest.raises(StageError, match="no reason was given"):
        throw_away(lab, there(lab)[0], "  ")
    assert len(there(lab)) == 1


def test_files_that_are_gone_cannot_be_removed(lab: Laboratory) -> None:
    sift(lab)
    found = snapshot(lab.location(ASIDE))
    assert found is not None
    paths = [f.path for f in found.files]
    assert publishing.remove(found.table, paths, receipt="one", name=ASIDE.name) == 1
    with pytest.raises(ConflictError, match="took the same files out"):
        publishing.remove(found.table, paths, receipt="two", name=ASIDE.name)
    assert lab.version(ASIDE) == 1


def test_without_a_catalog_nothing_is_discarded(lab: Laboratory) -> None:
    sift(lab)
    [batch] = there(lab)
    with pytest.raises(CatalogError):
        discard(known(lab), batch, reason="r", settings=lab.settings, catalog=out_of_reach(), principal="ada")
    assert there(lab) == [batch]


def test_a_discard_whose_process_died_after_its_commit_is_put_on_record(
    lab: Laboratory, monkeypatch: pytest.MonkeyPatch
) -> None:
    sift(lab)
    remove = publishing.remove

    def removed_and_gone(*given: Any, **named: Any) -> int:
        remove(*given, **named)
        raise Crash

    monkeypatch.setattr(publishing, "remove", removed_and_gone)
    with pytest.raises(Crash):
        throw_away(lab, there(lab)[0])
    assert there(lab) == []
    assert [r.state for r in lab.catalog.receipts(dataset=ASIDE.name)] == ["audited"]

    [settled] = settle(known(lab), lab.settings, lab.catalog)
    assert settled.output is not None
    assert (settled.state, settled.output.version) == ("published", "1")
    assert settled.message == "ada discarded 2 rows: test data"
    assert lab.catalog.receipt(settled.id) == settled
    assert settle(known(lab), lab.settings, lab.catalog) == []


def test_the_datasets_own_suite_is_found_beside_the_dag_file(lab: Laboratory, tmp_path: Path) -> None:
    checked = Dataset("checked", suite="suites/own.yml")
    (tmp_path / "suites").mkdir()
    own = tmp_path / "suites" / "own.yml"
    own.write_text(Path(lab.suite(POSITIVE)).read_text())

    class Dag(Sample):
        def code(self) -> CodeVersion:
            return CodeVersion(str(tmp_path / "dag.py"), "0" * 64)

    lab.run(Dag(DatasetTarget(checked, None, str(own), "quarantine", 1.0), "SELECT unnest([1, -1]) AS a"))
    [batch] = there(lab, checked)
    given = {"settings": lab.settings, "catalog": lab.catalog, "principal": "ada"}
    with pytest.raises(GateError):
        release(known(lab, checked), batch, **given)  # type: ignore[arg-type]
    own.write_text(Path(lab.suite(SMALL)).read_text())
    assert release(known(lab, checked), batch, **given).parameters["suite"] == str(own)  # type: ignore[arg-type]
    assert lab.rows(checked) == [(-1,), (1,)]


def test_without_a_suites_file_the_rows_are_held_against_what_their_run_was(lab: Laboratory) -> None:
    sift(lab)
    with pytest.raises(GateError, match="a: expect_column_values_to_be_between: 2 of 4 unexpected"):
        release(known(lab), there(lab)[0], settings=lab.settings, catalog=lab.catalog, principal="ada")
    assert lab.version(RAW) == 0


def test_the_keys_of_the_dataset_are_held_although_the_suite_does_not_name_them(lab: Laboratory) -> None:
    keyed = Dataset("keyed", schema=(Column("a", "INTEGER"), Column("k", "INTEGER")), primary_key=("k",))
    target = DatasetTarget(keyed, None, lab.suite(POSITIVE), "quarantine", 1.0)
    lab.run(Sample(target, "SELECT * FROM (VALUES (1, 1), (-1, 2)) t(a, k)"))
    [batch] = there(lab, keyed)
    given = {"settings": lab.settings, "catalog": lab.catalog, "principal": "ada", "suite": lab.suite(SMALL)}
    receipt = release(known(lab, keyed), batch, **given)  # type: ignore[arg-type]
    assert receipt.gate is not None
    assert {r["expectation_config"]["type"] for r in receipt.gate["results"]} == {
        "expect_column_values_to_be_between",
        "expect_column_values_to_be_unique",
        "expect_column_values_to_not_be_null",
    }
    assert lab.rows(keyed, "k") == [(1,), (2,)]


def test_the_contract_alone_is_a_gate(lab: Laboratory) -> None:
    strict = Dataset("strict", schema=(Column("a", "INTEGER", nullable=False),))
    lab.run(Sample(DatasetTarget(strict, None, None, "quarantine", 1.0), "SELECT unnest([1, NULL]) AS a"))
    with pytest.raises(GateError, match="expect_column_values_to_not_be_null"):
        release(
            known(lab, strict),
            there(lab, strict)[0],
            settings=lab.settings,
            catalog=lab.catalog,
            principal="ada",
        )


def test_a_column_that_the_rows_lack_is_null_and_types_are_the_datasets(lab: Laboratory) -> None:
    wide = Dataset("wide", schema=(Column("a", "BIGINT"),), allow_new_columns=True)
    suite = lab.suite(POSITIVE)
    for day, sql in enumerate(["SELECT unnest([1, -1]) AS a", "SELECT unnest([1, -2]) AS a, DATE '2013-01-01' AS d"]):
        lab.run(Sample(DatasetTarget(wide, f"{day}", suite, "quarantine", 1.0), sql), task=f"day {day}")
    for batch in there(lab, wide):
        release(
            known(lab, wide),
            batch,
            settings=lab.settings,
            catalog=lab.catalog,
            principal="ada",
            suite=lab.suite(SMALL),
        )
    assert lab.rows(wide, "a, d IS NULL, partition") == [
        (-1, True, "0"),
        (-2, False, "1"),
        (1, False, "1"),
        (1, True, "0"),
    ]


def _crash(*_: Any, **__: Any) -> int:
    raise Crash


def _published_and_gone(publish: Any) -> Any:
    def gone(self: DatasetTarget, job: Job, draft: Any, base: Any) -> Any:
        version = publish(self, job, draft, base)
        job.catalog = out_of_reach()
        return version

    return gone
