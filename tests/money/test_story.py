"""Twenty thousand random deeds through the real actions, every invariant looked at after each (PEIBU_STORY_STEPS: more)."""

import os

import pytest

from tests.city import stage
from tests.money.oracle import Oracle
from tests.money.story import Story
from tests.money.town import build_town

STEPS = int(os.environ.get("PEIBU_STORY_STEPS", "2000"))


def tell(seed: int, steps: int) -> Story:
    story = Story(build_town(stage()), seed)
    oracle = Oracle(story)
    for _ in range(steps):
        story.step()
        oracle.look()
    story.everything_read()
    oracle.look()
    oracle.at_the_end()
    return story


@pytest.mark.parametrize("seed", range(10))
def test_nothing_is_lost_or_paid_twice_whatever_people_do(seed, transactional_db):
    story = tell(seed, STEPS)
    done = {told.deed for told in story.told if not told.refused}
    assert {"move:approve", "publish", "object", "batch", "release", "bank_answers", "read_reply"} <= done
