"""The store of insured months: what it says is what a full computation over the rows known that day says."""

import json
import os
import signal
import subprocess
import sys
import tempfile
from datetime import date, datetime, timedelta
from pathlib import Path

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peibu.rulebook.months import files
from peibu.rulebook.months.files import StoreError
from peibu.rulebook.months.store import MonthStore, boundaries_of
from tests.rulebook.registers import RECORDS, claims, people_frame, registers, scalar_facts

BATCH = RECORDS | {"corrects": pl.Boolean}
START = date(2020, 11, 1)
JUNE = [(person, "E1", date(2020, month, 1), date(2020, month, 20), "") for person in (1, 2, 3) for month in (5, 6)]
CLAIM = (1, "E1", date(2020, 6, 1), date(2019, 1, 1), date(2020, 6, 30), date(2020, 6, 25))


def batch_frame(rows):
    return pl.DataFrame([(*row, False)[:6] for row in rows], schema=BATCH, orient="row").lazy()


def known_rows(batches, until):
    """The definition: a correction ends what earlier batches say of its month, a withdrawn month leaves nothing."""
    rows = []
    for day, batch in batches:
        if day <= until:
            void = {row[:3] for row in batch if row[5] or row[4] == "withdrawn"}
            rows = [row for row in rows if row[:3] not in void]
            rows += [row[:5] for row in batch if row[4] != "withdrawn"]
    return rows


@st.composite
def histories(draw):
    """Two to four batches on rising days (some on the same day); later ones also correct and withdraw months."""
    day, batches, seen = START, [], []
    for _ in range(draw(st.integers(2, 4))):
        rows = [(*row, draw(st.integers(0, 5)) == 0) for row in draw(registers(8))]
        for row in draw(st.lists(st.sampled_from(seen), max_size=4)) if seen else []:
            kind = draw(st.sampled_from(["withdrawn", "", "arrears", "normal"]))
            rows.append(
                (*row[:3], draw(st.one_of(st.none(), st.dates(date(2020, 1, 1), day))), kind, draw(st.booleans()))
            )
        seen += rows
        batches.append((day, rows))
        day += timedelta(days=draw(st.integers(0, 20)))
    return batches


@settings(max_examples=30, deadline=None)
@given(histories(), claims(), st.integers(0, 5), st.sampled_from([7, 36, 62]), st.data())
def test_store_as_known_on_a_day_equals_the_scalar_form_over_the_rows_known_then(history, asked, late, lookback, data):
    # keys of whole numbers lie on disk as arrays, keys of text as a table
    employer = data.draw(st.sampled_from([pl.col("employer"), pl.col("employer").str.slice(1).cast(pl.Int32)]))
    with tempfile.TemporaryDirectory() as folder:
        store = MonthStore.create(Path(folder) / "store", data.draw(st.sampled_from([[], [2], [2, 3]])))
        for day, rows in history:
            store.refresh(batch_frame(rows).with_columns(employer), known_at=day)
        store.verify()
        for known_at in {START - timedelta(days=1), *(day for day, _rows in history), START + timedelta(days=90)}:
            people = people_frame(asked).lazy().with_columns(employer)
            table = store.insurance_runs(
                people, known_at=known_at, late_after_months=late, lookback=lookback
            ).collect()
            rows = known_rows(history, known_at)
            for claim, got in zip(asked, table.to_dicts(), strict=True):
                expected = scalar_facts(rows, claim, late_after_months=late, lookback=lookback)
                assert {name: got[name] for name in expected} == expected, known_at


@pytest.fixture
def store(tmp_path):
    store = MonthStore.create(tmp_path / "store", [2, 3])
    assert store.refresh(batch_frame(JUNE), known_at=START) == [0, 1, 2]
    return store


def months_of(store, claim=CLAIM, **rest):
    return store.insurance_runs(people_frame([claim]).lazy(), **rest).collect()["insured_months_low"][0]


def current_files(store):
    return sorted(path.name for path in store.folder.glob("part-*/current-*"))


def test_the_comparison_sees_one_lost_batch(store):
    later = [(1, "E1", date(2020, 4, 1), date(2020, 6, 20), "arrears")]
    store.refresh(batch_frame(later), known_at=START + timedelta(days=1))
    assert (months_of(store), months_of(store, known_at=START)) == (3, 2)


def test_payment_counts_from_its_day_on(store):
    assert [months_of(store, (*CLAIM[:5], date(2020, 6, day))) for day in (19, 20)] == [1, 2]


def test_late_payment_of_another_month_waits_for_its_day(store):
    later = [
        (1, "E1", date(2020, 4, 1), date(2020, 6, 22), "arrears"),
        (1, "E1", date(2020, 3, 1), date(2020, 7, 2), ""),
    ]
    store.refresh(batch_frame(later), known_at=START)
    days = [date(2020, 6, 21), date(2020, 6, 22), date(2020, 7, 1), date(2020, 7, 2)]
    assert [months_of(store, (*CLAIM[:5], day)) for day in days] == [2, 3, 3, 4]


def test_late_arrears_are_told_apart_by_any_limit(store):
    store.refresh(batch_frame([(1, "E1", date(2020, 4, 1), date(2020, 6, 22), "arrears")]), known_at=START)
    people = people_frame([CLAIM]).lazy()
    for limit, late in ((1, 1), (2, 0), (24, 0)):
        table = store.insurance_runs(people, late_after_months=limit).select("late_arrears_months_low").collect()
        assert table.item() == late


def test_refresh_touches_only_partitions_with_new_rows(store):
    before = {path: path.stat().st_mtime_ns for path in store.folder.glob("part-*/*")}
    assert store.refresh(batch_frame([(2, "E1", date(2020, 7, 1), None, "normal")]), known_at=START) == [1]
    after = {path: path.stat().st_mtime_ns for path in store.folder.glob("part-*/*") if path in before}
    assert after == before
    assert {path.parent.name for path in store.folder.glob("part-*/*-00002-*")} == {"part-00001"}


def test_empty_batch_is_remembered_and_changes_nothing(store):
    assert store.refresh(batch_frame([]), known_at=START) == []
    assert len(store.batches) == 2
    assert months_of(store) == 2


def test_files_of_the_manifest_before_last_are_removed(store):
    for _ in range(3):
        store.refresh(batch_frame(JUNE), known_at=START)
    kept = {int(name.split("-")[1]) for name in current_files(store)}
    assert kept == {3, 4}


KILLED = """
import os, signal, sys
from datetime import date
from pathlib import Path
import polars as pl
from peibu.rulebook.months import files, store
written = 0
def write_table(*given):
    global written
    written += 1
    if written > int(sys.argv[2]):
        os.kill(os.getpid(), signal.SIGKILL)
    return files.write_table(*given)
store.write_table = write_table
if sys.argv[3] == "manifest":
    files.os.fsync = lambda handle: os.kill(os.getpid(), signal.SIGKILL) if written >= 24 else None
rows = pl.read_parquet(sys.argv[4])
store.MonthStore(Path(sys.argv[1])).refresh(rows.lazy(), known_at=date(2020, 11, 2))
"""


@pytest.mark.parametrize(("writes", "where"), [(0, "file"), (3, "file"), (99, "manifest")])
def test_a_killed_refresh_leaves_the_old_store_valid(store, tmp_path, writes, where):
    rows = [(person, "E1", date(2020, 4, 1), None, "normal") for person in (1, 2, 3)]
    batch_frame(rows).collect().write_parquet(tmp_path / "rows.parquet")
    given = [str(store.folder), str(writes), where, str(tmp_path / "rows.parquet")]
    done = subprocess.run([sys.executable, "-c", KILLED, *given], env=os.environ | {"PYTHONPATH": "."}, check=False)
    assert done.returncode == -signal.SIGKILL
    assert store.batches == [START]
    assert (months_of(store), store.verify()) == (2, 12)
    store.refresh(batch_frame(rows), known_at=START + timedelta(days=1))
    assert (months_of(store), months_of(store, known_at=START)) == (3, 2)


def test_damaged_file_is_named_and_not_built_upon(store):
    path = next(store.folder.glob("part-00000/current-*-words.npy"))
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    with pytest.raises(StoreError, match=r"current-00001-words\.npy.*sha256"):
        store.verify()
    with pytest.raises(StoreError, match="sha256"):
        store.refresh(batch_frame(JUNE), known_at=START)
    path.unlink()
    with pytest.raises(StoreError, match="缺少文件"):
        store.verify()


def test_batches_come_in_the_order_they_were_learned(store):
    with pytest.raises(StoreError, match="早于上一批的 2020-11-01"):
        store.refresh(batch_frame(JUNE), known_at=START - timedelta(days=1))
    with pytest.raises(TypeError, match="date"):
        store.refresh(batch_frame(JUNE), known_at=datetime(2020, 11, 5))  # noqa: DTZ001  a naive one is refused too
    assert len(store.batches) == 1


def test_rows_without_a_key_are_refused_together(store):
    rows = [(None, "E1", *JUNE[0][2:]), (1, "E1", None, None, ""), (2, None, *JUNE[0][2:]), (2, None, *JUNE[0][2:])]
    with pytest.raises(StoreError, match="person 1 行、employer 2 行、month 1 行"):
        store.refresh(batch_frame(rows), known_at=START)
    with pytest.raises(StoreError, match="缺少列：paid_on"):
        store.refresh(batch_frame(JUNE).drop("paid_on"), known_at=START)
    assert len(store.batches) == 1


def test_one_writer_at_a_time(store):
    with files.one_writer(store.folder), pytest.raises(StoreError, match="正在由另一个进程更新"):
        store.refresh(batch_frame(JUNE), known_at=START)


def test_a_folder_that_is_no_store_says_so(tmp_path, store):
    with pytest.raises(StoreError, match=r"manifest\.json"):
        MonthStore(tmp_path / "nothing")
    with pytest.raises(StoreError, match="不是空目录"):
        MonthStore.create(store.folder)
    with pytest.raises(StoreError, match="由小到大"):
        MonthStore.create(tmp_path / "new", [3, 2])
    manifest = store.folder / "manifest.json"
    manifest.write_text(json.dumps(json.loads(manifest.read_text("utf-8")) | {"format": 0}), "utf-8")
    with pytest.raises(StoreError, match="格式"):
        MonthStore(store.folder)
    manifest.write_text("{", "utf-8")
    with pytest.raises(StoreError, match="第 1 行"):
        MonthStore(store.folder)


def test_boundaries_divide_evenly():
    assert boundaries_of(pl.Series([5, 1, 2, None, 3, 4, 6]), 3) == [3, 5]
    assert boundaries_of(pl.Series(["a"]), 4) == []


APART = {1: 5, 2: 9, 3: 10, 9: 100}  # as text they stand in another order than as numbers


@settings(max_examples=40, deadline=None)
@given(registers(6), claims(), st.lists(st.sampled_from(["10", "5", "9"]), unique=True), st.booleans())
def test_persons_kept_as_text_are_found_whether_asked_as_numbers_or_as_text(rows, asked, boundaries, as_numbers):
    number = pl.col("person").replace(APART)
    with tempfile.TemporaryDirectory() as folder:
        store = MonthStore.create(Path(folder) / "store", sorted(boundaries))
        records = batch_frame(rows).with_columns(number.cast(pl.String))
        store.refresh(records, known_at=START)
        people = people_frame(asked).lazy().with_columns(number if as_numbers else number.cast(pl.String))
        table = store.insurance_runs(people, late_after_months=3, lookback=36).collect()
        kept = [row for row in rows if row[4] != "withdrawn"]
        for claim, got in zip(asked, table.to_dicts(), strict=True):
            expected = scalar_facts(kept, claim, late_after_months=3, lookback=36)
            assert {name: got[name] for name in expected} == expected
