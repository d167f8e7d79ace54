"""The funds of the demo city: booked through the deeds, corrected by an entry, carried over, and balanced."""

from peibu.demo.loader.funds import fill_funds
from peibu.demo.loader.players import Players
from peibu.ledger import queries
from peibu.ledger.models import Fund


def test_the_city_and_one_district_have_their_money(city):
    fill_funds(city.loaded, Players(city.loaded))
    special = Fund.objects.get(code="skills_action_special_account", division__code="370200")
    assert queries.figures(special, year=2020) == queries.Figures(420_000_000, 0, 0, 420_000_000)
    assert queries.entries(special, kind="reduction").count() == 1
    own = Fund.objects.get(code="skills_action_special_account", division__code="370211")
    assert queries.figures(own).free == 150_000_000
    assert own.items.count() == 13
    insurance = Fund.objects.get(code="unemployment_insurance_action_fund")
    assert [(s.of, s.figures.free, s.figures.carried) for s in queries.by_year(insurance)] == [
        (2020, 80_000_000, 80_000_000),
        (2019, 0, -80_000_000),
    ]
    assert sum(queries.trial_balance().values()) == 0
