"""Public notices: working days, immutable, masked, provable; objections hold the money; the end moves the case on."""

import copy
import datetime as dt
import json
import re
import subprocess
import sys

import pytest
from django.db import DatabaseError, transaction

from peibu.casework import merkle
from peibu.casework.actions import move_case
from peibu.casework.models import Case, Document, NoticeLine, Objection, PublicNotice
from peibu.casework.notices import Entry, close_due_notices, full_days, proof_of, publish
from peibu.casework.objections import PER_HOUR, raise_objection
from peibu.casework.results import result_pdf
from peibu.casework.take_down import take_down_old
from peibu.casework.tasks import end_notices, take_down_notices
from peibu.claims.actions.notices import publish_claims
from peibu.claims.facts import judge_payment
from peibu.claims.models import Claim, Entitlement
from peibu.kernel.errors import Refused
from peibu.ledger.models import Account
from peibu.payments.models import Payment
from tests.city import at
from tests.claims.claim_world import FEE, build

pytestmark = pytest.mark.django_db
TEXT = "该同志十月已调离该企业，请核实其参保情况"


def three_people(city):
    world = build(city)
    for name in ("赵甲一", "钱乙二", "孙丙三"):
        world.person(name)
    world.certify()
    return world


@pytest.fixture(scope="module")
def people(worlds):
    return worlds.build(three_people)


@pytest.fixture(scope="module")
def noticed(worlds, people):
    return worlds.build(lambda city, world: world.on_notice(), people)


@pytest.fixture
def world(people, handed):
    return handed(people)


@pytest.fixture
def claim(noticed, handed):
    return handed(noticed)


def fund(role: str) -> int:
    return Account.objects.get(fund__code="skills_action_special_account", role=role).balance_fen


# The tree


@pytest.mark.parametrize("size", [1, 2, 3, 5, 8, 13])
def test_every_leaf_is_proven_and_nothing_else_is(size):
    leaves = [merkle.leaf_hash(f"第{n}行".encode()) for n in range(size)]
    root = merkle.root_of(leaves)
    for index, leaf in enumerate(leaves):
        path = merkle.proof_of(leaves, index)
        assert merkle.is_included(leaf, index, size, path, root)
        assert not merkle.is_included(merkle.leaf_hash("改过".encode()), index, size, path, root)
        assert not merkle.is_included(leaf, index, size, path, bytes(32))
        assert not merkle.is_included(leaf, size, size, path, root)
        if path:
            assert not merkle.is_included(leaf, index, size, path[:-1], root)
            assert not merkle.is_included(leaf, index, size, [bytes(32), *path[1:]], root)


def test_the_known_roots_of_rfc_6962():
    inputs = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
    leaves = [merkle.leaf_hash(bytes.fromhex(one)) for one in inputs]
    assert merkle.root_of(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"


def test_a_downloaded_proof_is_checked_without_the_system(claim, tmp_path):
    line = NoticeLine.objects.get(position=2)
    proof = proof_of(line)
    file = tmp_path / "proof.json"
    for told, expected in ((proof, 0), (proof | {"line": proof["line"].replace("180000", "200000")}, 1)):
        file.write_text(json.dumps(told), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "-m", "peibu.casework.merkle", str(file)], capture_output=True, check=False
        )
        assert done.returncode == expected, done.stderr


# The snapshot


def test_the_notice_ends_after_full_working_days_over_national_day(world):
    claim = world.approved()
    opened = at("2020-09-28 09:00")
    entry = Entry(claim.case, claim.pk, {"name": "张*", "amount_fen": 1})
    notice = publish(
        entries=[entry], policy=claim.policy, title="公示", agency=claim.case.agency, by=world.reviewer, at=opened
    )
    # 29 and 30 September, 9 October, Saturday 10 October (made up), 12 October
    assert notice.ends_on == dt.date(2020, 10, 12)
    assert full_days(notice, on=dt.date(2020, 10, 12)) == 4
    assert full_days(notice, on=dt.date(2020, 10, 13)) == 5


def test_a_notice_shows_allowed_masked_columns_only(claim, world):
    line = NoticeLine.objects.first()
    assert set(line.columns) == {"programme", "policy_number", "enterprise", "cohort", "name", "amount_fen"}
    assert "*" in line.columns["name"]
    for columns in ({"name": "张*", "id_number": "1"}, {"name": "张370202198001011234"}):
        with pytest.raises(Refused, match="不得公开|证件号码"):
            publish(
                entries=[Entry(claim.case, claim.pk, columns)], policy=claim.policy, title="x",
                agency=claim.case.agency, by=world.reviewer, at=at("2020-11-16 09:00"),
            )  # fmt: skip


def test_the_database_keeps_a_published_snapshot(claim):
    notice, line = PublicNotice.objects.get(), NoticeLine.objects.first()
    without_name = {name: value for name, value in line.columns.items() if name != "name"}
    deeds = [
        lambda: NoticeLine.objects.filter(pk=line.pk).update(columns={}),
        lambda: NoticeLine.objects.filter(pk=line.pk).update(columns=without_name, token=""),
        lambda: NoticeLine.objects.filter(pk=line.pk).delete(),
        lambda: PublicNotice.objects.filter(pk=notice.pk).update(ends_on=dt.date(2020, 11, 17)),
        lambda: PublicNotice.objects.filter(pk=notice.pk).update(root="0" * 64),
        lambda: PublicNotice.objects.filter(pk=notice.pk).delete(),
    ]
    for deed in deeds:
        with pytest.raises(DatabaseError), transaction.atomic():
            deed()
    assert PublicNotice.objects.filter(pk=notice.pk).update(taken_down_at=at("2021-06-01 09:00")) == 1
    # even then only the person goes, not a fen of the sum
    with pytest.raises(DatabaseError), transaction.atomic():
        NoticeLine.objects.filter(pk=line.pk).update(columns=without_name | {"amount_fen": 1}, token="")
    assert NoticeLine.objects.filter(pk=line.pk).update(columns=without_name, token="") == 1


def test_several_claims_go_into_one_notice(world, city):
    first = world.approved()
    other = build(city, nth=1)
    other.person("李丁四")
    other.certify()
    second = other.submitted("09900102")
    other.move(second, "accept", other.reviewer, at("2020-11-11 09:00"))
    other.move(second, "review", other.reviewer, at("2020-11-12 09:00"))
    with pytest.raises(Refused, match=second.case.number):
        publish_claims(claims=[first, second], by=world.reviewer, at=at("2020-11-16 09:00"))
    assert not PublicNotice.objects.exists()
    other.move(second, "approve", other.approver, at("2020-11-13 09:00"))
    with pytest.raises(Refused, match="不能发布公示"):
        publish_claims(claims=[first], by=world.approver, at=at("2020-11-16 09:00"))
    notice = publish_claims(claims=[first, second], by=world.reviewer, at=at("2020-11-16 09:00"))
    assert notice.lines.count() == 4
    assert set(Case.objects.filter(notice_lines__notice=notice).values_list("state", flat=True)) == {"notice"}


# The end


def test_only_a_notice_whose_last_day_is_over_moves_the_claim_on(claim, world):
    notice = PublicNotice.objects.get()
    assert notice.ends_on == dt.date(2020, 11, 23)
    assert close_due_notices(at=at("2020-11-23 23:59")) == []
    with pytest.raises(Refused, match="公示"):
        world.move(claim, "end_notice", world.reviewer, at("2020-11-23 23:59"))
    (moved,) = close_due_notices(at=at("2020-11-24 00:05"))
    assert (moved.pk, moved.state) == (claim.case_id, "ready_to_pay")
    notice.refresh_from_db()
    assert notice.state == "closed"
    assert close_due_notices(at=at("2020-11-24 01:05")) == []
    assert result_pdf(notice, on=dt.date(2020, 11, 24)).startswith(b"%PDF")
    with pytest.raises(Refused, match="银行"):
        world.move(claim, "pay", _finance(world), at("2020-11-26 09:00"))
    _bank_says_paid(claim)
    world.move(claim, "pay", _finance(world), at("2020-11-26 09:00"))
    assert set(claim.lines.values_list("state", flat=True)) == {"paid"}


def _bank_says_paid(claim: Claim) -> None:
    claim = Claim.objects.select_related("account").get(pk=claim.pk)
    Payment.objects.create(
        division=claim.division,
        case=claim.case,
        key="k" * 64,
        payee=claim.enterprise,
        payee_name=claim.enterprise.name,
        bank_name=claim.account.bank_name,
        account_number=claim.account.number,
        account_index=claim.account.number_index,
        account_kind="basic",
        amount_fen=claim.approved_fen,
        state="paid",
        intended_at=at("2020-11-25 09:00"),
    )


def _finance(world):
    return world.city.actor("finance", world.city.office("agency", world.enterprise.division))


def test_the_hourly_job_ends_notices(claim, monkeypatch):
    _freeze(monkeypatch, "2020-11-24 01:05")
    end_notices(timestamp=0)
    take_down_notices(timestamp=0)
    assert Case.objects.get(pk=claim.case_id).state == "ready_to_pay"
    assert PublicNotice.objects.get().taken_down_at is None


def test_after_its_time_the_list_leaves_the_public_page(claim, client):
    close_due_notices(at=at("2020-11-24 00:05"))
    kept = proof_of(NoticeLine.objects.get(position=1))
    assert take_down_old(at=at("2021-02-23 09:00")) == 0
    assert take_down_old(at=at("2021-02-24 09:00")) == 1
    notice = PublicNotice.objects.get()
    body = client.get(f"/notices/{notice.number}/").content.decode()
    assert "赵*一" not in body
    assert "5,400.00" in body
    assert not NoticeLine.objects.filter(columns__has_key="name").exists()
    assert set(NoticeLine.objects.values_list("token", flat=True)) == {""}
    # what somebody kept still proves its line against the root, and the page gives the path without the person
    assert merkle.is_proven(kept)
    assert kept["root"] == notice.root
    bare = client.get(f"/notices/{notice.number}/proof/1.json").json()
    assert merkle.is_proven(bare)
    assert (bare["path"], bare["leaf"]) == (kept["path"], merkle.leaf_hash(kept["line"].encode()).hex())
    assert not merkle.is_proven(bare | {"leaf": "0" * 64})
    body = client.post("/notices/check/", {"text": json.dumps(kept)}).content.decode()
    assert "核验通过" in body
    assert "赵*一" in body
    changed = kept | {"line": kept["line"].replace("180000", "200000")}
    assert "与内容指纹不符" in client.post("/notices/check/", {"text": json.dumps(changed)}).content.decode()
    assert client.post("/notices/check/", {"text": "{}"}).status_code == 422
    assert Document.objects.get(purpose="notice_result").name == f"{notice.number}公示结果.pdf"
    assert client.get(f"/notices/{notice.number}/result.pdf").status_code == 404


# Objections


def objected(claim: Claim, position: int | None = 2) -> Objection:
    notice = PublicNotice.objects.get()
    line = notice.lines.get(position=position) if position else None
    return raise_objection(notice=notice, line=line, text=TEXT, at=at("2020-11-18 09:00"), address="10.0.0.1")


def settle(world, objection: Objection, how: str) -> None:
    move_case(case=objection.case, move="investigate", by=world.reviewer, at=at("2020-11-19 09:00"), reason="查询参保")
    move_case(case=objection.case, move=how, by=world.second_reviewer, at=at("2020-11-20 09:00"), reason="经核实")


def test_an_open_objection_blocks_the_end_and_the_payment(claim, world):
    objection = objected(claim, None)
    case = Case.objects.get(pk=claim.case_id)
    assert case.state == "objection"
    assert objection.case.due_on == dt.date(2020, 12, 2)
    assert close_due_notices(at=at("2020-11-24 09:00")) == []
    with pytest.raises(Refused, match="未办结"):
        world.move(claim, "settle_objection", world.reviewer, at("2020-11-20 09:00"), "继续")
    failed = {f.rule for f in judge_payment(claim, at=at("2020-11-30 09:00")).failed}
    assert failed == {"no_open_objection"}
    settle(world, objection, "dismiss")
    world.move(claim, "settle_objection", world.reviewer, at("2020-11-20 10:00"), "异议不成立")
    (moved,) = close_due_notices(at=at("2020-11-24 09:00"))
    assert moved.state == "ready_to_pay"
    objection.refresh_from_db()
    assert (objection.state, objection.answer) == ("dismissed", "经核实")


def test_an_upheld_objection_takes_the_person_out_and_lowers_the_amount(claim, world):
    assert fund("committed") == 3 * FEE
    objection = objected(claim)
    settle(world, objection, "uphold")
    claim.refresh_from_db()
    assert claim.approved_fen == 2 * FEE
    assert fund("committed") == 2 * FEE
    line = claim.lines.get(pk=objection.line.subject_id)
    assert (line.state, line.amount_fen) == ("removed", 0)
    assert Entitlement.objects.filter(released_at__isnull=True).count() == 2
    # what was published stays as it was published
    assert PublicNotice.objects.get().lines.count() == 3


def test_the_objection_is_settled_by_two_persons(claim, world):
    objection = objected(claim)
    move_case(case=objection.case, move="investigate", by=world.reviewer, at=at("2020-11-19 09:00"), reason="查询参保")
    with pytest.raises(Refused, match="同一自然人"):
        move_case(case=objection.case, move="dismiss", by=world.reviewer, at=at("2020-11-20 09:00"), reason="x")


def test_objections_end_with_the_notice_and_are_limited_per_address(claim):
    notice = PublicNotice.objects.get()
    with pytest.raises(Refused, match="已于2020-11-23结束"):
        raise_objection(notice=notice, text=TEXT, at=at("2020-11-24 00:00"))
    with pytest.raises(Refused, match="不足"):
        raise_objection(notice=notice, text="不公平", at=at("2020-11-18 09:00"))
    for _n in range(PER_HOUR):
        raise_objection(notice=notice, text=TEXT, at=at("2020-11-23 23:50"), address="10.0.0.9")
    with pytest.raises(Refused, match="过多"):
        raise_objection(notice=notice, text=TEXT, at=at("2020-11-23 23:59"), address="10.0.0.9")
    raise_objection(notice=notice, text=TEXT, at=at("2020-11-23 23:59"), address="10.0.0.8")
    numbers = [int(n[-5:]) for n in Objection.objects.values_list("number", flat=True).order_by("number")]
    assert numbers == list(range(numbers[0], numbers[0] + PER_HOUR + 1))


def test_refusal_after_an_objection_gives_the_money_back(claim, world):
    objection = objected(claim, None)
    settle(world, objection, "uphold")
    claim = world.move(claim, "refuse", world.second_reviewer, at("2020-11-21 09:00"), "弄虚作假")
    assert fund("committed") == 0
    assert claim.approved_fen == 0


# Pages


def _freeze(monkeypatch, text: str) -> None:
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: at(text))


def test_the_public_page_shows_no_number_of_anybody(claim, client, monkeypatch):
    _freeze(monkeypatch, "2020-11-17 10:00")
    notice = PublicNotice.objects.get()
    answer = client.get(f"/notices/{notice.number}/")
    body = answer.content.decode()
    assert "noindex" in answer["X-Robots-Tag"]
    assert 'name="robots"' in body
    assert "赵*一" in body
    assert "赵甲一" not in body
    visible = body.replace(notice.root, "").replace(notice.number, "")
    for line in claim.lines.select_related("person"):
        for secret in (line.person.id_number, line.person.id_number[6:14], line.person.mobile, line.person.name):
            assert secret not in visible
    text = re.sub(r"<[^>]*>|csrf\w*=\S+", " ", visible)
    assert not re.search(r"\d{11,}", text)
    assert client.get("/notices/").status_code == 200
    found = client.get(f"/notices/{notice.number}/?q={notice.lines.get(position=3).token.lower()}").content.decode()
    assert "孙*三" in found
    assert "赵*一" not in found
    proof = client.get(f"/notices/{notice.number}/proof/1.json").json()
    assert merkle.is_proven(proof)
    bad = copy.deepcopy(proof) | {"index": 1}
    assert not merkle.is_proven(bad)


def test_anybody_can_object_on_the_page(claim, client, monkeypatch):
    _freeze(monkeypatch, "2020-11-17 10:00")
    url = f"/notices/{PublicNotice.objects.get().number}/objection/"
    assert client.get(url).status_code == 302
    assert not Objection.objects.exists()
    refused = client.post(url, {"line": "99", "text": TEXT})
    assert refused.status_code == 422
    assert "没有序号99" in refused.content.decode()
    assert client.post(url, {"line": "2", "text": ""}).status_code == 422
    answer = client.post(url, {"line": "2", "text": TEXT, "contact": "内线8001"}, follow=True)
    assert "受理编号" in answer.content.decode()
    kept = Objection.objects.get()
    assert (kept.line.position, kept.contact) == (2, "内线8001")
    assert "内线8001" not in client.get(f"/notices/{kept.notice.number}/").content.decode()
