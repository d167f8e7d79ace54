"""Certificates of one person -> the level held in an occupation, since when, and the certificate of a claim.

A revoked certificate never counts, whenever it was revoked: revocation takes it back from the start (WH63.2.2a, HD2.5.15a).
"""

from __future__ import annotations

from datetime import date
from typing import Any

from peibu.rulebook.derived.kinds import PERSON, Case, Column, RecordKind, Records, Row

LEVELLED = ("vocational_qualification", "skill_level")  # kinds that have a level even when the row does not say which
NO_LEVEL = "none"
CERTIFICATE = ("kind", "number", "issuer", "issued_on", "valid_until")


def derive(records: Records, case: Case) -> dict[str, Any]:
    """Return the level held on the day of application and the certificate that the day of the claim rests on."""
    levels = list(case.specs["held_level"].choices)
    return _held(records, case, levels) | _certificate(records, case)


def _held(records: Records, case: Case, levels: list[str]) -> dict[str, Any]:
    code, day = case.facts["occupation_code"], case.days["day"]
    if code is None:
        return {}
    sure: list[tuple[int, date]] = []
    maybe: list[tuple[int | None, date | None]] = []
    for row in records.rows:
        rank, issued = _rank(row, levels), row.get("issued_on")
        if row.get("occupation") not in (None, code) or rank == 0 or counts(row, day) is False:
            continue
        if row.get("occupation") is None or rank is None or issued is None or counts(row, day) is None:
            maybe.append((rank, issued))
        else:
            sure.append((rank, issued))
    top = len(levels) - 1
    certain = max((rank for rank, _day in sure), default=0)
    possible = max([certain, *(top if rank is None else rank for rank, _day in maybe)])
    held = levels[certain] if certain == possible and (records.complete or certain == top) else None
    return {"held_level": held, "prior_level_since": _since(records, case, levels, sure, maybe)}


def _since(
    records: Records, case: Case, levels: list[str], sure: list[tuple[int, date]], maybe: list[Any]
) -> date | None:
    target = case.facts["target_level"]
    below = levels.index(target) - 1 if target in levels else 0
    first = min((issued for rank, issued in sure if rank == below), default=None)
    if below <= 0 or first is None or not records.complete:
        return None
    earlier = any(rank in (None, below) and (issued is None or issued < first) for rank, issued in maybe)
    return None if earlier else first


def _rank(row: Row, levels: list[str]) -> int | None:
    """Return the place of the row's level, 0 when it has none, None when it has one that nobody knows."""
    level = row.get("level")
    if level is None:
        return None if row.get("kind") in (None, *LEVELLED) else 0
    return levels.index(level)


def counts(row: Row, day: date) -> bool | None:
    """Is the certificate issued by that day, in its term and not revoked? None when the row does not say."""
    issued, until, status = row.get("issued_on"), row.get("valid_until"), row.get("status") or "valid"
    if status == "revoked" or (until is not None and until < day) or (issued is not None and issued > day):
        return False
    return None if status == "unknown" or issued is None else True


def _certificate(records: Records, case: Case) -> dict[str, Any]:
    """The certificate meant by its number; else the best one of the occupation and level asked for."""
    day = case.days["claim_day"]
    rows = [row for row in records.rows if _meant(row, case) and not _later(row, day)]
    best = max(rows, key=lambda row: _order(row, day), default=None)
    valid = False if best is None else counts(best, day)
    held = True if valid else False if valid is False and records.complete else None
    if best is None or (not valid and not records.complete):
        return {"certificate_held": held}
    level = best.get("level") or (None if best.get("kind") in (None, *LEVELLED) else NO_LEVEL)
    found = {f"certificate_{name}": best.get(name) for name in CERTIFICATE}
    return found | {"certificate_held": held, "certificate_level": level, "certificate_valid": valid}


def _meant(row: Row, case: Case) -> bool:
    number = case.facts.get("certificate_number")
    if number is not None:
        return row.get("number") == number
    asked = case.facts.get("occupation_code"), case.facts.get("target_level")
    level = None if row.get("level") == NO_LEVEL else row.get("level")
    found = row.get("occupation"), level
    return all(want is None or have in (None, want) for want, have in zip(asked, found, strict=True))


def _later(row: Row, day: date) -> bool:
    return row.get("issued_on") is not None and row["issued_on"] > day


def _order(row: Row, day: date) -> tuple:
    words = (row.get(name) or "" for name in ("number", "kind", "level", "issuer"))
    return {True: 2, None: 1, False: 0}[counts(row, day)], row.get("issued_on") or date.min, *words, *_last(row)


def _last(row: Row) -> tuple:
    return row.get("valid_until") or date.max, row.get("occupation") or "", row.get("status") or ""


def _check(row: Row) -> str | None:
    issued, until = row.get("issued_on"), row.get("valid_until")
    if issued is not None and until is not None and until < issued:
        return "有效期至早于发证日期，请核对"
    return None


KIND = RecordKind(
    name="qualifications",
    label="证书",
    label_en="certificates",
    key=PERSON,
    columns=(
        Column("number", "text", "证书编号", "certificate number", also=("证书号",)),
        Column("kind", "code", "证书类别", "kind of certificate", choices_from="certificate_kind"),
        Column(
            "occupation",
            "text",
            "职业（工种）编码",
            "occupation code",
            also=("职业编码", "工种编码"),
            help="不知道时留空",
        ),
        Column("level", "code", "等级", "level", choices_from="held_level", help="没有等级的证书填“无”"),
        Column("issuer", "text", "发证机构", "issuer"),
        Column("issued_on", "date", "发证日期", "issued on", help="不知道时留空"),
        Column("valid_until", "date", "有效期至", "valid until", help="长期有效的留空"),
        Column(
            "status",
            "code",
            "状态",
            "status",
            choices={"valid": "有效", "revoked": "已撤销", "unknown": "不明"},
            choices_en={"valid": "valid", "revoked": "revoked", "unknown": "unknown"},
            help="空白视为有效",
        ),
    ),
    gives={
        "held_level": ("occupation_code",),
        "prior_level_since": ("occupation_code", "target_level"),
        "certificate_held": (),
        **{f"certificate_{name}": () for name in (*CERTIFICATE, "level", "valid")},
    },
    uses=("occupation_code", "target_level", "certificate_number"),
    days={
        "day": ("applied_on", "enrolled_on", "claimed_on"),
        "claim_day": ("claimed_on", "applied_on", "enrolled_on"),
    },
    derive=derive,
    check=_check,
)
