"""The draw: anybody can compute it again, nobody can bend it, everybody has the same chance."""

import json
import subprocess
import sys
from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peibu.kernel import draw

NUMBERS = st.sets(st.from_regex(r"ZJ[0-9]{5}", fullmatch=True), min_size=1, max_size=30)
SEEDS = st.text("0123456789abcdef", min_size=64, max_size=64)


@given(NUMBERS, SEEDS)
def test_the_order_is_a_permutation_that_does_not_depend_on_how_the_pool_is_written(numbers, seed):
    order = draw.order_of(seed, numbers)
    assert sorted(order) == sorted(numbers)
    assert draw.order_of(seed, sorted(numbers, reverse=True)) == order


@given(NUMBERS, SEEDS)
def test_a_published_draw_holds_and_any_change_of_it_is_noticed(numbers, seed):
    told = published(numbers, seed)
    assert draw.problems_of(told) == []
    assert draw.problems_of(told | {"seed": "0" * 63 + "x"})
    assert draw.problems_of(told | {"pool": [*told["pool"], "ZJ99999x"]})
    if len(numbers) > 1:
        assert draw.problems_of(told | {"order": told["order"][::-1]})


def published(numbers, seed) -> dict:
    return {
        "seed": seed, "commitment": draw.commitment_of(seed), "pool": sorted(numbers),
        "pool_sha256": draw.pool_of(numbers), "order": draw.order_of(seed, numbers), "seats": 1,
    }  # fmt: skip


def test_another_pool_gives_another_order_so_that_nobody_can_add_somebody_harmlessly():
    numbers = [f"ZJ{n:05d}" for n in range(12)]
    orders = {tuple(draw.order_of("s", [*numbers, extra])[:5]) for extra in ("ZJ00100", "ZJ00101", "ZJ00102")}
    assert len(orders) == 3


def test_everybody_is_drawn_about_equally_often():
    """4,000 draws of 3 among 10: 1,200 each; chi-square with 9 degrees of freedom below the 99.9 % point."""
    numbers = [f"ZJ{n:05d}" for n in range(10)]
    count = Counter(one for n in range(4000) for one in draw.order_of(f"seed-{n}", numbers)[:3])
    expected = 4000 * 3 / 10
    assert sum((count[one] - expected) ** 2 / expected for one in numbers) < 27.88


@pytest.mark.parametrize(("change", "status"), [({}, 0), ({"seed": "f" * 64}, 1), ({"pool": None}, 2)])
def test_the_one_file_checks_a_downloaded_draw(tmp_path, change, status):
    file = tmp_path / "draw.json"
    file.write_text(json.dumps(published(["ZJ00001", "ZJ00002", "ZJ00003"], "a" * 64) | change), encoding="utf-8")
    done = subprocess.run([sys.executable, draw.__file__, str(file)], capture_output=True, check=False, text=True)
    assert done.returncode == status, done.stderr
