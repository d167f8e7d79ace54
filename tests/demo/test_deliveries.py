"""The demo shows a Weihai class before its exam and a Jinan class with certificates, both played through the actions."""

import pytest

from peibu.casework.models import Determination
from peibu.claims.models import Claim
from peibu.demo.loader.catalogues import load_catalogues
from peibu.demo.loader.jinan import JINAN, play_jinan
from peibu.demo.loader.online import fill_bank_of_the_body
from peibu.demo.loader.players import Players
from peibu.demo.loader.weihai import EXAM_FROM, WEIHAI, play_weihai
from peibu.demo.loader.whole import BANK_FILLED_AT
from peibu.examining.queries.sittings import online_test
from peibu.training.models import Certificate, Cohort, EntrustmentAgreement
from peibu.training.queries.stays import stays
from tests.city import at

pytestmark = pytest.mark.django_db


@pytest.fixture
def players(city):
    """As the whole loader does it: the catalogues are there before."""
    players = Players(city.loaded)
    load_catalogues(city.loaded, players, at=at("2020-12-10 10:00"))
    return players


def test_the_weihai_class_is_taught_and_waits_for_the_exam_of_the_city_body(players):
    fill_bank_of_the_body(players, at=BANK_FILLED_AT)
    play_weihai(players)
    cohort = Cohort.objects.select_related("exam__case", "exam__body").get(policy=WEIHAI)
    assert (cohort.stage, cohort.exam.case.state, cohort.exam.held_from) == ("taught", "approved", EXAM_FROM)
    assert cohort.exam.body.kind == "appraisal"
    assert online_test(cohort.exam) is not None
    kept = Determination.objects.get(subject_id=cohort.pk)
    assert (kept.decision, kept.facts["class_hours_total_low"]) == ("pass", 210)
    practice = cohort.sessions.filter(kind="practice").first()
    assert {row.departure is not None for row in stays(practice, at=EXAM_FROM)} == {True}


def test_the_jinan_class_has_its_agreement_and_its_certificates(players):
    play_jinan(players)
    cohort = Cohort.objects.get(policy=JINAN)
    made = Certificate.objects.filter(batch__cohort=cohort)
    assert (cohort.stage, made.count()) == ("certified", cohort.seats_taken)
    assert EntrustmentAgreement.objects.get().accepted_at is not None
    assert {row.serial.split("〕")[0] for row in made} == {"济实培〔2020"}
    claim = Claim.objects.get(cohort=cohort, subject="institution_practice")
    assert (claim.enterprise, claim.case.state) == (cohort.provider, "accepted")
    assert {line.state for line in claim.lines.all()} == {"pending"}  # the standard is the bureau's to publish
