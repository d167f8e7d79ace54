"""An enterprise on the 555 list with its HR account, its people and the deeds of a sign-up, for tests."""

from peibu.accounts.models import Unit
from peibu.programmes.queries import listed
from peibu.registry.models import Employment, RegisterEntry
from peibu.training.actions.roster import import_roster
from peibu.training.actions.signup import choose_provider, commit_signup, precheck, start_signup
from tests.city import at
from tests.training.rosters import rows_of, xlsx

NOW = at("2020-11-12 10:00")
LATER = at("2020-11-12 15:00")
ON = NOW.date()


class Hr:
    def __init__(self, city, nth=0):
        self.city = city
        listed_now = RegisterEntry.objects.filter(register="list_555", valid_until=None).values("unit")
        units = Unit.objects.filter(pk__in=listed_now, assignments__role="enterprise").distinct().order_by("name")
        self.unit = units[nth]
        self.by = city.actor("enterprise", self.unit)
        self.people = [e.person for e in Employment.objects.filter(unit=self.unit).select_related("person")]
        self.provider = listed(city.policy, "provider", on=ON)[0].unit

    def draft(self):
        return start_signup(policy=self.city.policy, enterprise=self.unit, by=self.by, at=NOW)

    def read(self, signup, content, name="名册.xlsx", by=None):
        return import_roster(signup=signup, name=name, content=content, by=by or self.by, at=NOW)

    def ready(self, people=None):
        """A draft that has been filled, judged and given a provider."""
        signup = self.draft()
        told = self.read(signup, xlsx(rows_of(people or self.people)))
        assert not told.problems, [p.sentence() for p in told.problems]
        precheck(signup=signup, by=self.by, at=NOW)
        return choose_provider(signup=signup, provider=self.provider, by=self.by, at=NOW)

    def commit(self, signup, version="1", by=None, when=LATER):
        return commit_signup(signup=signup, version=version, by=by or self.by, at=when)
