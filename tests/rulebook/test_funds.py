"""The `funds` section: read whole, or refused with file, line and remedy; items and orders that hang on a reading."""

import re
import shutil
from dataclasses import replace
from datetime import date

import pytest

from peibu.rulebook import PolicyError, list_policies, load_policy
from peibu.rulebook.loader import policies_root
from peibu.rulebook.yaml_reader import read_yaml

HUANGDAO, WEIHAI = "huangdao/skills_action_2020", "weihai/gold_collar_2019"
QINGDAO, JINAN = "qingdao/industrial_internet_2020", "jinan/internet_plus_2020"
ON = date(2020, 6, 1)


def paying(policy) -> set[str]:
    return {subject for rule in policy.rules if rule.mark.kind == "amount" for subject in rule.mark.subjects}


@pytest.mark.parametrize("path", list_policies())
def test_every_document_that_pays_names_its_money_and_an_item_for_each_payment(path):
    policy = load_policy(path)
    on = max(ON, policy.card["in_force"]["from"])
    assert paying(policy)
    assert policy.fund_order(on)
    clauses = {clause.id for clause in policy.clauses}
    assert {source.clause for source in policy.funds.sources} <= clauses
    assert {policy.item_of(subject, on) for subject in paying(policy)} <= set(policy.funds.items)
    assert all(policy.item_of(subject, on) for subject in paying(policy))


def test_weihai_pools_three_funds_of_the_district_the_unemployment_insurance_first():
    order = load_policy(WEIHAI).fund_order(date(2019, 11, 1))
    assert [source.code for source in order] == [
        "unemployment_insurance_action_fund",
        "employment_subsidy_fund",
        "entrepreneurship_fund",
    ]
    assert {(source.held_by, source.clause) for source in order} == {("district", "WH63.3")}


def read_as(policy, name, reading):
    item = policy.interpretations[name]
    other = replace(item, values=(reading,) * len(item.values))
    return replace(policy, interpretations={**policy.interpretations, name: other}, _plans={})


@pytest.mark.parametrize("reading", ["other_approved", "five_groups"])
def test_the_item_of_each_subject_is_the_line_the_rules_ask_for(reading):
    """HD2.5.16a: what the card says and what the rule `item_fits_programme` demands never part."""
    policy = read_as(load_policy(HUANGDAO), "allowance_line_reading", reading)
    programmes = set(policy.codes["programmes"])
    assert paying(policy) <= programmes
    base = read_yaml(policy.folder / "cases.yaml")["bases"]["payment"] | {"approval_document": True}
    for subject in paying(policy):
        item = policy.item_of(subject, ON)
        judged = policy.judge("payment", base | {"paid_programme": subject, "spending_item": item}, on=ON)
        assert (judged.decision, judged.outcomes["spending_line"]) == ("pass", item), subject
        wrong = "gold_collar" if item != "gold_collar" else "domestic"
        told = policy.judge("payment", base | {"paid_programme": subject, "spending_item": wrong}, on=ON)
        assert "item_fits_programme" in {finding.rule for finding in told.failed}
        if subject == "living_allowance":
            assert policy.item_of(subject, ON) == reading


def test_the_list_of_the_special_account_is_the_documents():
    """Thirteen kinds of spending stand in HD2.5.16a."""
    assert len(load_policy(HUANGDAO).funds.items) == 13


def test_jinan_read_otherwise_draws_on_another_fund_and_books_by_kind():
    policy = load_policy(JINAN)
    assert [s.code for s in policy.fund_order(ON)] == ["skills_action_special_account"]
    assert {policy.item_of(subject, ON) for subject in paying(policy)} == {"internet_plus"}
    other = read_as(read_as(policy, "fund_reading", "employment_fund"), "item_reading", "by_kind")
    assert [s.code for s in other.fund_order(ON)] == ["employment_subsidy_fund"]
    assert other.item_of("institution_practice", ON) == "practice"


def test_how_far_first_goes_is_a_reading():
    policy = load_policy(WEIHAI)
    assert not policy.funds_until_empty(date(2019, 11, 1))
    assert read_as(policy, "fund_first_reading", "until_empty").funds_until_empty(date(2019, 11, 1))
    assert not load_policy(QINGDAO).funds_until_empty(date(2020, 11, 1))


# folder, what stands in policy.yaml, what is written instead, what is said
MISTAKES = [
    (QINGDAO, ", item: industrial_internet}", "}", "subject claim comes to an amount, but names no item"),
    (QINGDAO, "item: industrial_internet}", "item: other}", "claim: other is no item of spending_items"),
    (QINGDAO, "items: spending_items", "items: spendings", "no code list"),
    (QINGDAO, "items: spending_items", "item: spending_items", "unknown.*'item'.*without.*'items'"),
    (QINGDAO, "clause: QD97.4.3}", "clause: QD97.9.9}", "no clause 'QD97.9.9'"),
    (QINGDAO, "clause: QD97.4.3}", "clause: QD97.4.3, held_by: nobody}", "unknown held_by"),
    (
        QINGDAO,
        "{code: skills_action_special_account, label: 职业技能提升行动专账资金, ",
        "{code: a, ",
        "without.*'label'",
    ),
    (QINGDAO, "facts: {in_order:", "facts: {in_ordre:", "facts: in_ordre"),
    (QINGDAO, "in_order: fund_is_special_account", "in_order: fund_is_special", "facts: in_order"),
    (WEIHAI, "passing: fund_first_reading", "passing: repeat_reading", "does not read whole_payment"),
    (WEIHAI, "- {code: employment_subsidy_fund,", "- {code: entrepreneurship_fund,", "a fund twice"),
    (JINAN, "    employment_fund:\n", "    employment_funds:\n", "order: not one value for each reading"),
    (
        JINAN,
        "by: item_reading, one_item: internet_plus, by_kind: prejob",
        "by: item_reading, by_kind: prejob",
        "not one value",
    ),
    (JINAN, "by_kind: prejob", "by_kind: prejobb", "prejobb is no item"),
]


@pytest.mark.parametrize(("path", "old", "new", "said"), MISTAKES)
def test_a_mistake_is_told_with_its_file_line_and_remedy(tmp_path, path, old, new, said):
    shutil.copytree(policies_root() / path, tmp_path / path)
    card = tmp_path / path / "policy.yaml"
    text = card.read_text(encoding="utf-8")
    assert old in text
    load_policy(path, tmp_path)
    card.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(PolicyError) as error:
        load_policy(path, tmp_path)
    assert re.search(said, str(error.value))
    assert (error.value.file, bool(error.value.line), bool(error.value.remedy)) == (str(card), True, True)


def test_without_the_section_a_policy_judges_and_pays_nothing_but_items_alone_are_a_mistake(tmp_path):
    shutil.copytree(policies_root() / QINGDAO, tmp_path / QINGDAO)
    card = tmp_path / QINGDAO / "policy.yaml"
    text = card.read_text(encoding="utf-8")
    without = re.sub(r"^funds:\n(?:  .*\n)+", "", text, flags=re.M)
    card.write_text(without, encoding="utf-8")
    with pytest.raises(PolicyError, match="items of claim, but no funds"):
        load_policy(QINGDAO, tmp_path)
    card.write_text(without.replace(", item: industrial_internet", ""), encoding="utf-8")
    policy = load_policy(QINGDAO, tmp_path)
    assert (policy.funds, policy.fund_order(ON), policy.item_of("claim", ON)) == (None, (), "")
