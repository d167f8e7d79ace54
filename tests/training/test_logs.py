"""A forgotten log may be written until the class is archived (QD97.6.2), never after."""

import pytest

from peibu.kernel.errors import Refused
from peibu.training.actions.logs import write_log
from tests.city import at
from tests.classroom import classroom


@pytest.mark.parametrize(("stage", "may"), [("confirmed", True), ("certified", True), ("archived", False)])
def test_a_log_is_open_until_the_class_is_archived(city, stage, may):
    room = classroom(city, stage=stage)
    told = {"session": room.sessions[0], "text": "讲授平台架构", "by": room.provider, "at": at("2020-11-25 09:00")}
    if may:
        assert write_log(**told).text == "讲授平台架构"
        return
    with pytest.raises(Refused) as refusal:
        write_log(**told)
    assert refusal.value.code == "class_is_closed"
    assert room.sessions[0].cohort.logs.count() == 0
