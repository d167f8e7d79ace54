"""What two versions of a roster differ in: whoever is on both, on one only, or told otherwise (WH63.2.3)."""

import uuid

from hypothesis import given
from hypothesis import strategies as st

from peibu.training.models import RosterPlace
from peibu.training.queries.rosters import difference

KEYS = [uuid.UUID(int=n) for n in range(8)]
rosters = st.dictionaries(st.sampled_from(KEYS), st.sampled_from(["焊工", "钳工"]))


def places(roster):
    return [RosterPlace(position=n, enrolment_id=k, name="某", post=p) for n, (k, p) in enumerate(roster.items(), 1)]


@given(rosters, rosters)
def test_every_person_is_in_exactly_one_part(before, after):
    found = difference(places(before), places(after))
    joined, left = {p.enrolment_id for p in found.joined}, {p.enrolment_id for p in found.left}
    otherwise = {now.enrolment_id for _was, now in found.otherwise}
    assert joined == after.keys() - before.keys()
    assert left == before.keys() - after.keys()
    assert otherwise == {k for k in before.keys() & after.keys() if before[k] != after[k]}
    assert bool(found) == (before != after)


@given(rosters, rosters)
def test_backwards_joined_and_left_change_places(before, after):
    there, back = difference(places(before), places(after)), difference(places(after), places(before))
    assert [p.enrolment_id for p in there.joined] == [p.enrolment_id for p in back.left]
    assert [p.enrolment_id for p in there.left] == [p.enrolment_id for p in back.joined]
