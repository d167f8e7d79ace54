"""The limit: the 15 rules and the insurance run by hand in numpy, for this one policy and this one table layout.

Nothing general is left in it: the numbers stand in the code, keys must be whole numbers, the rows must be sorted by
person and employer, a kind must be one of four, at most 36 months. A value that may be unknown is an int8: 1 yes, 0 no,
-1 unknown; other unknown numbers have a mask. Whoever writes it faster is welcome: the ratio is measured against it.
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import polars as pl

from benchmarks.generate import KINDS, POSTS

YES, NO, UNKNOWN = 1, 0, -1
DECISIONS = ("fail", "unknown", "pass")
_LOOKBACK = 36
_ONE = np.uint64(1)
_BASE = np.datetime64("1900-01", "M")
_FIRST_DAYS = np.arange("1900-01", "2100-02", dtype="datetime64[M]").astype("datetime64[D]").astype(np.int32)
_MONTH_OF = np.repeat(np.arange(len(_FIRST_DAYS) - 1, dtype=np.int16), np.diff(_FIRST_DAYS))
_LENGTHS = np.diff(_FIRST_DAYS).astype(np.int32)
_BLANK, _NORMAL, _ARREARS, _UNANSWERED = (
    KINDS.categories.to_list().index(name) for name in ("", "normal", "arrears", "unknown")
)
NO_DAY = -(2**30)


def judge(folder: Path) -> dict[str, np.ndarray]:
    """Return the columns of the result: rules, decision (index of DECISIONS), amount_fen and the observed facts."""
    people = pl.read_parquet(folder / "applications-*.parquet")
    facts = insurance(people, sorted(folder.glob("insurance-*.parquet")))
    return _rules(people, facts)


def month_of(days: np.ndarray) -> np.ndarray:
    return _MONTH_OF.take(days - _FIRST_DAYS[0], mode="clip")


def day_of(text: str) -> int:
    """Return the number of a day written as 2020-12-31."""
    return int(np.datetime64(text, "D").astype(np.int32))


def _days(table: pl.DataFrame, name: str) -> np.ndarray:
    return table[name].to_physical().fill_null(NO_DAY).to_numpy()


def insurance(people: pl.DataFrame, files: list[Path]) -> dict[str, np.ndarray]:
    size = people.height
    claims = {
        "person": people["person"].to_numpy(),
        "employer": people["employer"].to_numpy(),
        "reference": month_of(_days(people, "reference_month")),
        "paid_by": _days(people, "paid_by"),
    }
    claims["order"] = np.argsort(claims["person"], kind="stable")
    claims["sorted"] = claims["person"][claims["order"]]
    marks = {name: np.zeros(size + 1, np.uint64) for name in ("normal", "arrears", "bare", "unknown")}
    for file in files:
        rows = pl.read_parquet(file, columns=["person", "employer", "month", "paid_on", "kind"])
        for start in range(0, rows.height, 1 << 18):
            _read(rows.slice(start, 1 << 18), claims, marks)
    facts = {
        name: np.empty(size, np.int16) for name in ("low", "high", "arrears_low", "arrears_high", "last", "last_high")
    }
    for start in range(0, size, 1 << 14):
        part = slice(start, min(start + (1 << 14), size))
        _run(
            people[part], {name: words[part] for name, words in marks.items()}, claims["reference"][part], facts, part
        )
    return facts


def _read(rows: pl.DataFrame, claims: dict[str, np.ndarray], marks: dict[str, np.ndarray]) -> None:
    person, employer = rows["person"].to_numpy(), rows["employer"].to_numpy()
    change = (person[1:] != person[:-1]) | (employer[1:] != employer[:-1])
    starts = np.concatenate((np.zeros(1, np.int64), np.flatnonzero(change) + 1))
    lengths = np.diff(starts, append=len(person))
    month, paid_on = month_of(rows["month"].to_physical().to_numpy()), _days(rows, "paid_on")
    kind = rows["kind"].to_physical().fill_null(_BLANK).to_numpy()
    nobody, size = len(claims["person"]), len(claims["sorted"])
    place = np.searchsorted(claims["sorted"], person[starts])
    while True:  # a person's first claim, then the second ...
        inside = np.minimum(place, size - 1)
        claim = claims["order"][inside]
        mine = (place < size) & (claims["sorted"][inside] == person[starts])
        if not mine.any():
            return
        fits = mine & (claims["employer"][claim] == employer[starts])
        if place is not None and fits.mean() < 0.5:  # the few second claims: only their rows
            runs = np.flatnonzero(fits)
            if not len(runs):
                place = np.where(mine, place + 1, size)
                continue
            ends = np.cumsum(lengths[runs])
            picked = np.repeat(starts[runs] - (ends - lengths[runs]), lengths[runs]) + np.arange(ends[-1])
            columns = (month[picked], paid_on[picked], kind[picked])
            _mark(ends - lengths[runs], lengths[runs], claim[runs], columns, claims, marks)
        else:
            _mark(starts, lengths, np.where(fits, claim, nobody), (month, paid_on, kind), claims, marks)
        place = np.where(mine, place + 1, size)


def _mark(
    starts: np.ndarray, lengths: np.ndarray, claim: np.ndarray, columns: tuple, claims: dict, marks: dict
) -> None:
    month, paid_on, kind = columns
    inside = np.minimum(claim, len(claims["person"]) - 1)
    age = np.repeat(claims["reference"][inside], lengths) - month
    seen = (age.view(np.uint16) < _LOOKBACK) & (paid_on <= np.repeat(claims["paid_by"][inside], lengths))
    on_time = (kind == _BLANK) & (paid_on != NO_DAY) & (month_of(paid_on) <= month)
    normal = seen & ((kind == _NORMAL) | on_time)
    bits = normal.astype(np.uint64) << (age.astype(np.uint64) & np.uint64(63))
    np.bitwise_or.at(marks["normal"], claim, np.bitwise_or.reduceat(bits, starts))
    rest = np.flatnonzero(seen & ~normal)
    if not len(rest):
        return
    owner = claim[np.searchsorted(starts, rest, side="right") - 1]
    kinds, bit = kind[rest], _ONE << age[rest].astype(np.uint64)
    arrears = (kinds == _ARREARS) | ((kinds == _BLANK) & (paid_on[rest] != NO_DAY))
    for name, test in (("arrears", arrears), ("unknown", kinds == _UNANSWERED)):
        np.bitwise_or.at(marks[name], owner[test], bit[test])
    bare = (kinds == _BLANK) & ~arrears
    np.bitwise_or.at(marks["bare"], owner[bare], bit[bare])


def _below(count: np.ndarray) -> np.ndarray:
    return (_ONE << count.astype(np.uint64)) - _ONE


def _zeros(word: np.ndarray) -> np.ndarray:
    return np.bitwise_count(~word & (word - _ONE)).astype(np.uint64)


def _run(people: pl.DataFrame, marks: dict, reference: np.ndarray, facts: dict, part: slice) -> None:
    normal, size = marks["normal"], len(reference)
    arrears = marks["arrears"] & ~normal
    bare = marks["bare"] & ~normal & ~arrears
    paid = normal | arrears | bare
    oldest = np.clip(reference - month_of(_days(people, "covered_from")) + 1, 0, _LOOKBACK)
    newest = np.clip(reference - month_of(_days(people, "covered_to")), 0, _LOOKBACK)
    window = _below(np.full(size, _LOOKBACK))
    unknown = (marks["unknown"] | (window & ~(_below(oldest) & ~_below(newest)))) & ~paid
    none, possible = paid == 0, paid | unknown
    last = np.where(none, 0, _zeros(paid)).astype(np.uint64)
    length = _zeros(~(paid >> last))
    after = _below(last)
    gap = ~possible & after
    for step in (1, 2, 4, 8, 16, 32):
        gap |= gap >> np.uint64(step)
    start = np.bitwise_count(gap).astype(np.uint64)
    reach = _zeros(~(possible >> start))
    other = np.bitwise_count(unknown & _below(start))
    short = (unknown & (after >> _ONE)) != 0
    certain = _below(last + length) & ~after
    reached = _below(start + reach) & ~_below(start)
    facts["low"][part] = np.where(none, 0, np.where(short, 1, length))
    facts["high"][part] = np.where(none, np.bitwise_count(unknown), np.maximum(reach, other))
    worst = np.bitwise_count(certain & (arrears | bare))
    facts["arrears_low"][part] = np.where(none, 0, np.where(short, 1, worst))
    facts["arrears_high"][part] = np.where(none | (other > 0), 0, np.bitwise_count(reached & arrears))
    facts["last"][part] = np.where(none, -1, reference - last.astype(np.int16))
    facts["last_high"][part] = np.where(possible == 0, -1, reference - _zeros(possible).astype(np.int16))


def _flag(table: pl.DataFrame, name: str) -> np.ndarray:
    return table[name].cast(pl.Int8).fill_null(UNKNOWN).to_numpy()


def _number(table: pl.DataFrame, name: str) -> tuple[np.ndarray, np.ndarray]:
    return table[name].fill_null(0).to_numpy(), table[name].is_null().to_numpy()


def _told(test: np.ndarray, unknown: np.ndarray) -> np.ndarray:
    return np.where(unknown, np.int8(UNKNOWN), test.astype(np.int8))


def _both(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.where((a == NO) | (b == NO), np.int8(NO), np.minimum(a, b))


def _either(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.where((a == YES) | (b == YES), np.int8(YES), np.minimum(a, b))


def add_months(days: np.ndarray, months: int) -> np.ndarray:
    month = month_of(days).astype(np.int32)
    day = days - _FIRST_DAYS[month]
    return _FIRST_DAYS.take(month + months, mode="clip") + np.minimum(
        day, _LENGTHS.take(month + months, mode="clip") - 1
    )


def _rules(people: pl.DataFrame, facts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    parts = []
    for start in range(0, people.height, 1 << 15):
        part = slice(start, min(start + (1 << 15), people.height))
        parts.append(_judge(people[part], {name: column[part] for name, column in facts.items()}))
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def _judge(table: pl.DataFrame, facts: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    day = {name: _days(table, name) for name in ("contract_starts_on", "contract_ends_on", "birth_date")}
    day |= {name: _days(table, name) for name in ("class_starts_on", "training_ended_on", "claimed_on")}
    no = {name: days == NO_DAY for name, days in day.items()}
    fee, no_fee = _number(table, "fee_per_person_fen")
    hours, no_hours = _number(table, "training_hours")
    score, no_score = _number(table, "exam_score")
    earlier, no_earlier = _number(table, "earlier_subsidies")
    post = table["post_kind"].to_physical().fill_null(255).to_numpy()
    contract = table["contract_kind"].to_physical().fill_null(255).to_numpy()
    ended, claimed, born = day["training_ended_on"], day["claimed_on"], day["birth_date"]
    open_ended = _both(no["contract_ends_on"].astype(np.int8), _told(contract == 1, contract == 255))
    lasting = day["contract_ends_on"] + 1 >= add_months(day["contract_starts_on"], 12)
    no_age = no["birth_date"] | no["class_starts_on"]
    adult = _told(add_months(born, 16 * 12) <= day["class_starts_on"], no_age)
    young = _told(day["class_starts_on"] < add_months(born, 60 * 12), no_age)
    counted = [
        facts["low"] - np.maximum(facts["arrears_low"] - 3, 0),
        facts["high"] - np.maximum(facts["arrears_high"] - 3, 0),
    ]
    insured = np.where(counted[0] >= 6, YES, np.where(counted[1] < 6, NO, UNKNOWN))
    before, no_claim = month_of(claimed) - 1, no["claimed_on"]
    sure = _told(facts["last"] >= before, no_claim | (facts["last"] < 0))
    gone = _told(facts["last_high"] < before, no_claim | (facts["last_high"] < 0))
    first, last = day_of("2020-01-01"), day_of("2020-12-31")
    rules = {
        "enterprise_listed": _flag(table, "enterprise_listed"),
        "post_covered": _told(post < POSTS.categories.to_list().index("clerical"), post == 255),
        "contract_long_enough": _either(open_ended, _told(lasting, no["contract_ends_on"] | no["contract_starts_on"])),
        "employment_registered": _flag(table, "employment_registered"),
        "of_age": _both(adult, young),
        "insured_long_enough": insured.astype(np.int8),
        "still_employed": np.where(sure == YES, YES, np.where(gone == YES, NO, UNKNOWN)).astype(np.int8),
        "enough_class_hours": _either(_told(hours >= 40, no_hours), _flag(table, "prize_winner")),
        "exam_passed": _told(score >= 60, no_score),
        "certificate_held": _flag(table, "certificate_held"),
        "fee_paid_first": _both(_flag(table, "fee_paid_by_enterprise"), _told(fee > 0, no_fee)),
        "no_earlier_subsidy": _told(earlier + 1 <= 1, no_earlier),
        "claimed_after_training": _told(claimed >= ended, no_claim | no["training_ended_on"]),
        "claimed_in_time": _told(claimed <= ended + 90, no_claim | no["training_ended_on"]),
        "within_policy_period": _told((ended >= first) & (ended <= last), no["training_ended_on"]),
    }
    failed, unsure = np.zeros(table.height, bool), np.zeros(table.height, bool)
    for column in rules.values():
        failed |= column == NO
        unsure |= column == UNKNOWN
    decision = np.where(failed, 0, np.where(unsure, 1, 2)).astype(np.int8)
    paid = np.where(decision == 2, np.minimum(fee, 200_000), np.where(decision == 0, 0, -1))
    unpaid = (decision == 2) & no_fee
    decision[unpaid], paid[unpaid] = 1, -1
    return rules | facts | {"decision": decision, "amount_fen": paid}


def month_column(months: pl.Series) -> pl.Series:
    """Return month numbers of this module (-1: none) as dates."""
    numbers = months.to_numpy()
    days = pl.Series(_FIRST_DAYS.take(numbers, mode="clip"))
    return days.set(pl.Series(numbers < 0), None).cast(pl.Date)
