"""The demo's people leave their practice sessions; a scan waits for the teacher of the running class."""

import pytest

from peibu.training.models import EntryRequest, SignOut
from peibu.training.presence_terms import sign_out_window
from peibu.training.queries.stays import figures_of
from peibu.training.queries.unfenced import unfenced
from tests.training.story import finished_class

pytestmark = pytest.mark.django_db


def test_past_practice_sessions_have_sign_outs_and_the_figures_show_them(city):
    story = finished_class(city, "taught")
    figures = figures_of(story.cohort, at=story.when["taught"])
    asked = [row for row in figures if sign_out_window(row.session)]
    assert asked
    assert all(row.signed_out for row in asked)
    assert SignOut.objects.filter(attendance__session__cohort=story.cohort).count() == sum(r.signed_out for r in asked)
    assert sum(row.early for row in asked) >= 1


def test_the_end_of_teaching_says_what_was_left_open_and_why(city):
    story = finished_class(city, "taught")
    assert "没有签退记录" in story.cohort.teaching_end.left_open[0]
    assert story.cohort.teaching_end.reason
    assert [row.why for row in unfenced(story.cohort)]  # the first base has given no place on the map


def test_a_running_class_has_a_scan_for_its_teacher(city):
    story = finished_class(city, "running")
    row = EntryRequest.objects.get(session__cohort=story.cohort)
    assert (row.state, row.doubt) == ("asked", "not_proven")
    assert row.code_from < row.received_at
