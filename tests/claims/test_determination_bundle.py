"""The bundle of a line's determination: who may fetch it, that it computes to the same, that a changed byte shows."""

import io
import zipfile

import pytest
from django.urls import reverse

from peibu.casework.determinations import bundle_of, judgement_of
from peibu.casework.models import Determination
from peibu.cli.__main__ import main
from peibu.kernel.errors import Refused
from tests.city import at
from tests.claims.claim_world import build

pytestmark = pytest.mark.django_db


def accepted(city):
    world = build(city)
    world.person("赵甲一")
    world.person("钱乙五月", months=5)
    world.person("孙丙未知", registered=None)
    world.certify()
    claim = world.accepted()
    claim.world = world
    return claim


@pytest.fixture(scope="module")
def built(worlds):
    return worlds.build(accepted)


@pytest.fixture
def claim(built, handed, monkeypatch):
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: at("2020-11-12 09:00"))
    return handed(built)


def fetch(visit, actor, line):
    return visit(actor).get(reverse("desk-claim-line-bundle", args=[line.pk]))


def test_every_line_verifies_offline_and_a_changed_byte_does_not(claim, visit, tmp_path, capsys):
    for line in claim.lines.order_by("position"):
        answer = fetch(visit, claim.world.reviewer, line)
        assert answer.status_code == 200
        assert answer["Content-Type"] == "application/zip"
        assert f"{claim.case.number}-{line.position}.zip" in answer["Content-Disposition"]
        kept = tmp_path / f"{line.position}.zip"
        kept.write_bytes(answer.content)
        assert main(["verify", str(kept)]) == 0, capsys.readouterr()
        assert "一致" in capsys.readouterr().out
        assert line.person.name not in _words(answer.content)
        assert line.person.id_number not in _words(answer.content)
    kept.write_bytes(_other_byte(answer.content))
    assert main(["verify", str(kept)]) == 1
    assert "判定包已被改动" in "".join(capsys.readouterr())


def _words(content):
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def _other_byte(content):
    """The same zip with one digit of the determination changed; the sums are left as they were."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w") as new:
        for name in old.namelist():
            told = old.read(name)
            if name == "determination.json":
                changed = told.replace(b"claimed_on", b"claimed_om", 1)
                assert changed != told
                told = changed
            new.writestr(name, told)
    return out.getvalue()


def test_others_find_nothing_and_the_enterprise_has_its_own(claim, visit, city):
    world, line = claim.world, claim.lines.first()
    other = build(city, firm=4, nth=1)
    assert fetch(visit, other.reviewer, line).status_code == 404
    assert fetch(visit, world.hr, line).status_code == 403
    own = reverse("enterprise-claim-line-bundle", args=[claim.pk, line.position])
    assert visit(world.hr).get(own).content == bundle_of(line.determination)
    assert visit(other.hr).get(own).status_code == 404
    assert visit(world.hr).get(own.replace(f"/{line.position}/", "/99/")).status_code == 404
    assert own in visit(world.hr).get(f"/enterprise/claims/{claim.pk}/").content.decode()
    desk = visit(world.reviewer).get(f"/desk/cases/{claim.case_id}/").content.decode()
    assert reverse("desk-claim-line-bundle", args=[line.pk]) in desk


def test_a_determination_of_other_rules_is_refused_with_a_sentence(claim):
    kept = claim.lines.first().determination
    old = Determination(**{field.attname: getattr(kept, field.attname) for field in Determination._meta.fields})
    old.fingerprint = "f" * 64
    with pytest.raises(Refused, match="指纹与判定的规则版本不同"):
        bundle_of(old)
    assert judgement_of(kept).fingerprint == kept.fingerprint
