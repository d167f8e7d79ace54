"""Seeded applications and insurance rows that look like a real register: gaps, arrears, duplicates, two employers, nulls.

Persons come in blocks of BLOCK. A block depends on the seed and its number only, so any partition can be made alone and
again. On average 35 rows of insurance an application; all names and numbers are invented.
"""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import polars as pl

BLOCK = 50_000  # persons
WINDOW = 36  # months of register before and after the claim
AFTER = 2  # of which so many after the claim
KINDS = pl.Enum(["", "normal", "arrears", "unknown"])
CONTRACTS = pl.Enum(["fixed_term", "open_ended", "task_based"])
POSTS = pl.Enum(["production", "technical", "management", "service", "clerical", "other"])
_NULL_DAY = np.iinfo(np.int32).min
_DAY = "datetime64[D]"
_FIRST_DAYS = np.arange("1970-01", "2031-01", dtype="datetime64[M]").astype(_DAY).astype(np.int32)


def block(seed: int, number: int, size: int = BLOCK) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Return (applications, insurance rows) of block `number`, both sorted by person, the rows also by employer."""
    rng = np.random.default_rng([seed, number])
    persons = np.int64(number) * BLOCK * 8 + np.cumsum(rng.integers(1, 8, size))
    people = _people(rng, persons)
    return _applications(rng, people), _insurance(rng, people)


def _dates(days: np.ndarray) -> pl.Series:
    series = pl.Series(days.astype(np.int32))
    return series.set(series == int(_NULL_DAY), None).cast(pl.Date)


def _day(text: str) -> int:
    return int(np.datetime64(text).astype(np.int32))


def _first_days(months: np.ndarray) -> np.ndarray:
    """Return the first day of each month; both count from 1970-01."""
    return _FIRST_DAYS[months]


def _some(rng: np.random.Generator, values: np.ndarray, share: float) -> np.ndarray:
    """Return the values with that share of them unknown."""
    return np.where(rng.random(len(values)) < share, _NULL_DAY, values)


def _people(rng: np.random.Generator, persons: np.ndarray) -> dict[str, np.ndarray]:
    size = len(persons)
    claimed_on = rng.integers(_day("2020-01-06"), _day("2020-12-31"), size).astype(np.int32)
    month = claimed_on.astype(_DAY).astype("datetime64[M]").astype(np.int32)
    employer = rng.integers(1, 20_000, size).astype(np.int32)
    # most have been there for years, some came lately, a few are new
    tenure = np.where(rng.random(size) < 0.75, WINDOW, rng.integers(1, WINDOW, size))
    return {
        "person": persons,
        "employer": employer,
        "claimed_on": claimed_on,
        "month": month,
        "tenure": tenure,
        "earlier_employer": np.where(rng.random(size) < 0.8, employer + 20_000, -1).astype(np.int32),
        "moonlights": rng.random(size) < 0.03,
        "payday": rng.integers(5, 26, size, dtype=np.int32),
    }


def _insurance(rng: np.random.Generator, people: dict[str, np.ndarray]) -> pl.DataFrame:
    size = len(people["person"])
    step = np.arange(WINDOW)
    here = step >= WINDOW - people["tenure"][:, None]
    gap_at, gap_for = rng.integers(0, WINDOW, size), np.where(rng.random(size) < 0.2, rng.integers(1, 5, size), 0)
    gap = (step >= gap_at[:, None]) & (step < (gap_at + gap_for)[:, None])
    gap |= rng.random((size, WINDOW)) < 0.01
    elsewhere = (people["earlier_employer"] > 0)[:, None] & (~here | people["moonlights"][:, None])
    # the earlier employer has the greater number: person, employer and month come out sorted
    who, which, when = np.nonzero(np.stack((here & ~gap, elsewhere), axis=1))
    times = np.where(rng.random(len(who), dtype=np.float32) < 0.01, 2, 1)
    who, which, when = (np.repeat(column.astype(np.int32), times) for column in (who, which, when))
    month = people["month"].astype(np.int32)[who] - (WINDOW - 1 - AFTER) + when
    employer = np.stack((people["employer"], people["earlier_employer"]), axis=1)[who, which]
    paid_on, kind = _payments(rng, month, people["payday"][who])
    columns = {"person": people["person"][who], "employer": employer, "month": _dates(_first_days(month))}
    codes = pl.Series(kind)
    kinds = codes.cat.to(KINDS).set(pl.Series(rng.random(len(who)) < 0.02), None)
    return pl.DataFrame(columns | {"paid_on": _dates(paid_on), "kind": kinds})


def _payments(rng: np.random.Generator, month: np.ndarray, payday: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    size = len(month)
    luck = rng.random(size, dtype=np.float32)
    late = np.where(luck < 0.03, rng.integers(1, 9, size, dtype=np.int32), 0)
    day = np.where(rng.random(size, dtype=np.float32) < 0.1, rng.integers(0, 31, size, dtype=np.int32), payday)
    start = _first_days(month + late)
    paid_on = np.minimum(start + day, _first_days(month + late + 1) - 1)
    paid_on = np.where((luck >= 0.03) & (luck < 0.035), start - 3, paid_on)  # a few days before the month
    paid_on = np.where((luck >= 0.035) & (luck < 0.05), _NULL_DAY, paid_on)
    said = rng.random(size, dtype=np.float32)
    kind = np.where(said < 0.6, 0, np.where(late > 0, 2, 1)).astype(np.uint8)
    kind = np.where((luck >= 0.05) & (luck < 0.053), 3, kind).astype(np.uint8)
    return paid_on, kind


def _applications(rng: np.random.Generator, people: dict[str, np.ndarray]) -> pl.DataFrame:
    # one person in two hundred applies twice
    pick = np.sort(
        np.concatenate((np.arange(len(people["person"])), np.flatnonzero(rng.random(len(people["person"])) < 0.005)))
    )
    size = len(pick)
    claimed_on, month = people["claimed_on"][pick], people["month"][pick]
    ended_on = claimed_on - rng.integers(-2, 100, size)
    started = ended_on - rng.integers(3, 40, size)
    begins = _first_days(month - rng.integers(0, 40, size)) + rng.integers(0, 28, size)
    years = rng.integers(15, 63, size)
    born = started - (years * 365.25).astype(np.int32) + rng.integers(-400, 400, size)
    leap = rng.random(size) < 0.002
    born = np.where(leap, _day("1988-02-29"), born)
    kind = rng.choice(3, size, p=[0.8, 0.15, 0.05]).astype(np.uint8)
    ends = np.where(kind == 1, _NULL_DAY, begins + rng.choice([364, 365, 366, 730, 1095, 200], size))
    text = {
        "contract_kind": pl.Series(kind).cat.to(CONTRACTS),
        "post_kind": pl.Series(rng.choice(6, size, p=[0.3, 0.3, 0.2, 0.1, 0.05, 0.05]).astype(np.uint8)).cat.to(POSTS),
    }
    numbers = {
        "training_hours": (rng.integers(36, 60, size), 0.005),
        "exam_score": (rng.integers(50, 101, size), 0.01),
        "fee_per_person_fen": (rng.integers(0, 300_000, size) * (rng.random(size) < 0.99), 0.01),
        "earlier_subsidies": (rng.choice(2, size, p=[0.97, 0.03]), 0.002),
    }
    flags = {
        "enterprise_listed": 0.97,
        "employment_registered": 0.98,
        "prize_winner": 0.01,
        "certificate_held": 0.96,
        "fee_paid_by_enterprise": 0.97,
    }
    days = {
        "contract_starts_on": begins,
        "contract_ends_on": ends,
        "birth_date": born,
        "class_starts_on": started,
        "training_ended_on": ended_on,
    }
    columns: dict[str, pl.Series | np.ndarray] = {
        "person": people["person"][pick],
        "employer": people["employer"][pick],
    }
    columns |= {
        "reference_month": _dates(_first_days(month)),
        "covered_from": _dates(_first_days(month - (WINDOW - 1 - AFTER) + np.where(rng.random(size) < 0.02, 30, 0))),
        "covered_to": _dates(_first_days(month + AFTER)),
        "paid_by": _dates(claimed_on),
        "claimed_on": _dates(claimed_on),
    }
    columns |= {name: _dates(_some(rng, values, 0.005)) for name, values in days.items()}
    columns |= {name: _unknown(rng, pl.Series(series), 0.005) for name, series in text.items()}
    columns |= {name: _unknown(rng, pl.Series(values), share) for name, (values, share) in numbers.items()}
    columns |= {name: _unknown(rng, pl.Series(rng.random(size) < share), 0.004) for name, share in flags.items()}
    return pl.DataFrame(columns)


def _unknown(rng: np.random.Generator, series: pl.Series, share: float) -> pl.Series:
    return series.set(pl.Series(rng.random(len(series)) < share), None)


def write(folder: Path, seed: int, persons: int, first_block: int = 0) -> None:
    """Write applications-*.parquet and insurance-*.parquet for so many persons, a pair of files a block."""
    folder.mkdir(parents=True, exist_ok=True)
    for index, start in enumerate(range(0, persons, BLOCK)):
        applications, insurance = block(seed, first_block + index, min(BLOCK, persons - start))
        applications.write_parquet(folder / f"applications-{index:05}.parquet", compression="lz4")
        insurance.write_parquet(folder / f"insurance-{index:05}.parquet", compression="lz4")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--persons", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=2019)
    given = parser.parse_args()
    write(given.folder, given.seed, given.persons)


if __name__ == "__main__":
    main()
