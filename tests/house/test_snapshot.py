"""The copy of the database that tests start from (tests/snapshot.py)."""

import pytest

from peibu.accounts.models import Division
from tests.snapshot import ROOT, fingerprint


@pytest.mark.django_db(transaction=True)
def test_what_a_test_commits_is_gone_with_its_copy(snapshot):
    names = set(Division.objects.values_list("name", flat=True))
    Division.objects.filter(pk=Division.objects.first().pk).update(name="x")
    assert "x" in set(Division.objects.values_list("name", flat=True))
    snapshot.restore()
    assert set(Division.objects.values_list("name", flat=True)) == names


def test_a_changed_law_or_model_makes_another_template(tmp_path):
    for folder in ("peibu", "policies", "tests", "requirements"):
        (tmp_path / folder).mkdir()
    for name in ("tests/city.py", "tests/snapshot.py", "requirements/run.txt", "peibu/models.py"):
        (tmp_path / name).write_text("one")
    (tmp_path / "policies" / "rules.yaml").write_text("one")
    first = fingerprint(tmp_path)
    assert fingerprint(tmp_path) == first
    for name in ("tests/city.py", "peibu/models.py", "policies/rules.yaml"):
        (tmp_path / name).write_text("two")
        tables, rest = (
            one != two for one, two in zip(first.split("_"), fingerprint(tmp_path).split("_"), strict=True)
        )
        assert rest
        assert tables == (name == "peibu/models.py")
        (tmp_path / name).write_text("one")
    assert fingerprint(tmp_path) == first
    assert fingerprint(ROOT) != first
