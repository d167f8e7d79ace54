"""The demo city has an online class with honest learners and two that are worth a look."""

import pytest

from peibu.demo.city import NOW
from peibu.demo.loader.learning import load_learning
from peibu.demo.loader.online_learning import LEARNERS, TITLE, play_online_learning
from peibu.demo.loader.players import Players
from peibu.learning.models import LearningSignal, OnlineClass, OnlinePlace, SignalReview

pytestmark = pytest.mark.django_db


def test_two_of_the_class_are_worth_a_look(city):
    load_learning(city.loaded, Players(city.loaded), at=NOW)
    play_online_learning(city.loaded, Players(city.loaded), at=NOW)
    row = OnlineClass.objects.get(title=TITLE)
    assert OnlinePlace.objects.filter(course=row.course, known=True).count() == LEARNERS
    people = [city.loaded.people[one.no].key for one in city.city.people[:LEARNERS]]
    told = {(one.code, key) for one in LearningSignal.objects.exclude(code__in=["bulk"]) for key in one.learners}
    assert ("concurrent", people[0]) in told
    assert ("speed", people[1]) in told
    assert {key for _code, key in told} <= set(people[:2]), "nobody honest"
    assert SignalReview.objects.count() == 1
