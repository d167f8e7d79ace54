"""Planted frauds: a few things that must come to light, put into otherwise honest plans."""

import datetime as dt
from dataclasses import dataclass, replace

from peibu.demo.city.plans import ClassPlan
from peibu.demo.city.records import EarlierGrant, Person, PlantedFraud


@dataclass(frozen=True, slots=True)
class Planted:
    classes: tuple[ClassPlan, ...]
    frauds: tuple[PlantedFraud, ...]
    earlier_grants: tuple[EarlierGrant, ...]


def plant(classes: tuple[ClassPlan, ...], people: tuple[Person, ...]) -> Planted:
    """Return the classes with the frauds in them and the list of what was planted."""
    by_stage = {plan.stage: plan for plan in reversed(classes)}
    changed = {plan.key: plan for plan in classes}
    invoice = _same_invoice(changed, by_stage)
    teacher = _two_places(changed, [plan for plan in classes if plan.remark == "shared_teacher"])
    photo = _same_photo(changed, by_stage)
    grants, elsewhere = _paid_elsewhere(by_stage, people)
    frauds = (invoice, teacher, photo, *elsewhere, *_pensioners(classes, people))
    return Planted(tuple(changed[plan.key] for plan in classes), frauds, grants)


def _same_invoice(changed: dict[str, ClassPlan], by_stage: dict[str, ClassPlan]) -> PlantedFraud:
    honest, copy = by_stage["claim_accepted"], by_stage["claim_submitted"]
    claim = replace(copy.claims[0], invoice=replace(copy.claims[0].invoice, number=honest.claims[0].invoice.number))
    changed[copy.key] = replace(copy, claims=(claim, *copy.claims[1:]))
    return PlantedFraud("invoice_reused", "同一发票号码用于两份补贴申请", (honest.claims[0].key, claim.key))


def _two_places(changed: dict[str, ClassPlan], pair: list[ClassPlan]) -> PlantedFraud:
    first, second = pair
    taught = {(s.on, s.start): s.teacher for s in first.sessions}
    index = next(n for n, s in enumerate(second.sessions) if (s.on, s.start) in taught)
    clash = replace(second.sessions[index], teacher=taught[second.sessions[index].on, second.sessions[index].start])
    changed[second.key] = replace(second, sessions=(*second.sessions[:index], clash, *second.sessions[index + 1 :]))
    return PlantedFraud("teacher_two_places", "同一教师同一时段在两个班授课", (clash.teacher, first.key, second.key))


def _same_photo(changed: dict[str, ClassPlan], by_stage: dict[str, ClassPlan]) -> PlantedFraud:
    source, copy = by_stage["archived"], by_stage["claim_notice"]
    photo = replace(copy.photos[1], drawing=source.photos[0].drawing, near_duplicate=True)
    changed[copy.key] = replace(copy, photos=(copy.photos[0], photo, *copy.photos[2:]))
    return PlantedFraud("photo_reused", "培训现场照片与另一班次近似重复", (source.photos[0].key, photo.key))


def _paid_elsewhere(
    by_stage: dict[str, ClassPlan], people: tuple[Person, ...]
) -> tuple[tuple[EarlierGrant, ...], tuple[PlantedFraud, ...]]:
    grants, frauds = [], []
    for stage in ("claim_accepted", "claim_reviewed"):
        plan = by_stage[stage]
        trainees = [people[e.person] for e in plan.enrolments if e.enterprise == plan.enterprises[0]]
        # Somebody without any other flaw, where there is one: the refusal shall rest on the earlier grant alone.
        person = min(trainees, key=lambda p: (p.truth.insurance != "continuous", p.truth.contract != "fixed", p.no))
        paid_by, employer = "演示市外公共就业服务中心", "演示乙商贸有限公司"
        grants.append(EarlierGrant(person.no, person.id_number, paid_by, employer, dt.date(2020, 10, 28), 200_000))
        frauds.append(PlantedFraud("subsidised_elsewhere", "学员已在其他单位享受过本项补贴", (person.key, plan.key)))
    return tuple(grants), tuple(frauds)


def _pensioners(classes: tuple[ClassPlan, ...], people: tuple[Person, ...]) -> tuple[PlantedFraud, ...]:
    return tuple(
        PlantedFraud("retired_trainee", "已领取养老金人员作为在职职工参训", (people[e.person].key, plan.key))
        for plan in classes
        for e in plan.enrolments
        if people[e.person].pension_from
    )
