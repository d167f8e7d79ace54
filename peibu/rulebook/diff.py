"""Two versions of a policy, clause by clause: what a person must know before the new one is put in force."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from peibu.rulebook.dated import Interpretation, Parameter
from peibu.rulebook.policy import Policy
from peibu.rulebook.rules_reader import Rule
from peibu.rulebook.saying import Speaker
from peibu.rulebook.wording import show

ADDED, REMOVED, CHANGED = "added", "removed", "changed"
AREAS: Mapping[str, tuple[str, str]] = {
    "card": ("封面", "card"),
    "clause": ("条款", "clauses"),
    "number": ("数字", "numbers"),
    "reading": ("解读", "readings"),
    "rate": ("标准表", "rates"),
    "limit": ("次数限制", "limits"),
    "rule": ("规则", "rules"),
    "wording": ("说明文字", "wording"),
    "fact": ("事实", "facts"),
    "code": ("代码表", "code lists"),
    "text": ("承诺文本", "texts"),
    "process": ("流程", "processes"),
}
_MARKS = {ADDED: "＋", REMOVED: "－", CHANGED: "≠"}
_OPEN = ("", "")
Values = Mapping[str, str]


@dataclass(frozen=True)
class Detail:
    """One line of a change: what of the item, as it was and as it is. Empty where it was not, or is no more."""

    what: str
    old: str
    new: str


@dataclass(frozen=True)
class Change:
    """One item of the folder that differs. area: a key of AREAS; kind: added, removed or changed."""

    area: str
    kind: str
    name: str
    clause: str
    label: str
    label_en: str
    details: tuple[Detail, ...]


@dataclass(frozen=True)
class PolicyDiff:
    """Every difference of two versions, in the order of AREAS."""

    old: str
    new: str
    old_fingerprint: str
    new_fingerprint: str
    changes: tuple[Change, ...]

    def by_clause(self) -> dict[str, tuple[Change, ...]]:
        """The changes under the clause they belong to; '' holds those of no clause."""
        clauses = dict.fromkeys(change.clause for change in self.changes)
        return {clause: tuple(item for item in self.changes if item.clause == clause) for clause in clauses}

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return asdict(self)

    def to_text(self) -> str:
        """The differences for a person at a terminal, in Chinese, clause by clause."""
        lines = [f"旧：{self.old}  {self.old_fingerprint[:12]}", f"新：{self.new}  {self.new_fingerprint[:12]}"]
        if not self.changes:
            return "\n".join([*lines, "两个版本没有差别"])
        for clause, changes in self.by_clause().items():
            lines += ["", f"【{clause or '不属于某一条款'}】"]
            for change in changes:
                lines.append(f"{_MARKS[change.kind]} {AREAS[change.area][0]} {change.name}：{change.label}")
                lines += [f"    {_line(detail)}" for detail in change.details]
        return "\n".join(lines)


def _line(detail: Detail) -> str:
    if not detail.old or not detail.new:
        return f"{detail.what}：{'（新增）' if detail.new else '（删除）'}{detail.new or detail.old}"
    return f"{detail.what}：{detail.old}  →  {detail.new}"


@dataclass(frozen=True)
class _Item:
    clause: str
    label: str
    label_en: str
    values: Values


def diff_policies(old: Policy, new: Policy, *, names: tuple[str, str] = _OPEN) -> PolicyDiff:
    """Compare two versions of a policy. names: what to call them; their paths otherwise."""
    changes: list[Change] = []
    for area, items in _READERS.items():
        changes += _changes(area, items(old), items(new))
    order = {clause.id: place for place, clause in enumerate([*new.clauses, *old.clauses])}
    changes.sort(key=lambda change: order.get(change.clause, -1))
    titles = (names[0] or old.path, names[1] or new.path)
    return PolicyDiff(*titles, old.fingerprint, new.fingerprint, tuple(changes))


def _changes(area: str, old: Mapping[str, _Item], new: Mapping[str, _Item]) -> Iterable[Change]:
    for name in dict.fromkeys([*old, *new]):
        was, now = old.get(name), new.get(name)
        one = now or was
        assert one is not None
        kind = ADDED if was is None else REMOVED if now is None else CHANGED
        details = _details(was.values if was else {}, now.values if now else {})
        if details or kind != CHANGED:
            yield Change(area, kind, name, one.clause, one.label, one.label_en, details)


def _details(old: Values, new: Values) -> tuple[Detail, ...]:
    words = dict.fromkeys([*old, *new])
    return tuple(
        Detail(word, old.get(word, ""), new.get(word, "")) for word in words if old.get(word) != new.get(word)
    )


def _flat(value: Any, at: str = "") -> dict[str, str]:
    """Nested YAML as {dotted path: text}."""
    if isinstance(value, Mapping):
        parts = [_flat(item, f"{at}.{key}" if at else str(key)) for key, item in value.items()]
    elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
        parts = [_flat(item, f"{at}.{_key(item, number)}") for number, item in enumerate(value, start=1)]
    else:
        joined = "、".join(map(str, value)) if isinstance(value, list | tuple) else value
        return {at: joined.isoformat() if isinstance(joined, date) else str(joined)}
    return {key: text for part in parts for key, text in part.items()}


def _key(item: Any, number: int) -> str:
    return str(item.get("code", number)) if isinstance(item, Mapping) else str(number)


def _card(policy: Policy) -> dict[str, _Item]:
    return {"card": _Item("", policy.card["title"], policy.card["title_en"], _flat(policy.card))}


def _clauses(policy: Policy) -> dict[str, _Item]:
    found = {}
    for clause in policy.clauses:
        values = {"出处": clause.cite, "类别": clause.kind, "实现": clause.realised, "要求": clause.says_zh}
        values |= {"要求（英文）": clause.says_en, "页面": "、".join(clause.pages)}
        found[clause.id] = _Item(clause.id, clause.says_zh, clause.says_en, values)
    return found


def _dated(items: Mapping[str, Parameter]) -> dict[str, _Item]:
    found = {}
    for item in items.values():
        values = {
            "名称": item.label,
            "英文名称": item.label_en,
            "单位": item.unit,
            "条款": item.clause,
            "备注": item.note,
        }
        labels = item.readings if isinstance(item, Interpretation) else {}
        for place, (start, end) in enumerate(zip(item.starts, item.ends, strict=True)):
            until = f"至{end.isoformat()}" if end else "起"
            shown = "未定" if item.values[place] is None else show(item.values[place], item.unit, labels, "zh")
            if isinstance(item, Interpretation):
                shown += f"（{item.words[place]}：{item.reasons[place]}）"
            values[f"{start.isoformat()}{until}"] = shown
        if isinstance(item, Interpretation):
            values |= {f"读法 {code}": text for code, text in labels.items()} | {"问题": item.question}
        found[item.name] = _Item(item.clause, item.label, item.label_en, values)
    return found


def _rule_items(policy: Policy) -> dict[str, _Item]:
    chinese, english = Speaker(policy), Speaker(policy, "en")
    return {rule.name: _rule(policy, rule, chinese, english) for rule in policy.rules}


def _rule(policy: Policy, rule: Rule, chinese: Speaker, english: Speaker) -> _Item:
    values = {"表达式": chinese.say(rule.expr), "表达式（英文）": english.say(rule.expr), "类型": rule.mark.kind}
    values |= {
        "条款": rule.mark.clause,
        "对象": "、".join(rule.mark.subjects),
        "原则上": "是" if rule.mark.soft else "否",
    }
    # two labels may be alike: the bare tree tells apart what the sentence does not
    values["结构"] = repr(rule.expr)
    words = policy.wording.get(rule.name, {})
    label = rule.says or rule.name
    return _Item(rule.mark.clause, words.get("title", label), words.get("title_en", label), values)


def _wording(policy: Policy) -> dict[str, _Item]:
    clauses = {rule.name: rule.mark.clause for rule in policy.rules}
    return {
        name: _Item(clauses.get(name, ""), words["title"], words["title_en"], dict(words))
        for name, words in policy.wording.items()
    }


def _facts(policy: Policy) -> dict[str, _Item]:
    return {
        spec.name: _Item("", spec.label, spec.label_en, _flat({k: v for k, v in asdict(spec).items() if k != "file"}))
        for spec in policy.facts
    }


def _codes(policy: Policy) -> dict[str, _Item]:
    return {
        item.name: _Item(item.clause, item.label, item.label_en, _flat({"zh": item.items, "en": item.items_en}))
        for item in policy.codes.values()
    }


def _texts(policy: Policy) -> dict[str, _Item]:
    return {
        item.name: _Item(item.clause, item.title, item.title, _flat(asdict(item))) for item in policy.texts.values()
    }


def _processes(policy: Policy) -> dict[str, _Item]:
    return {
        code: _Item(process["clause"], process["title"], process["title_en"], _flat(process))
        for code, process in policy.processes.items()
    }


def _rates(policy: Policy) -> dict[str, _Item]:
    found = {}
    for table in policy.rates.values():
        values = {
            "名称": table.label,
            "单位": table.unit,
            "条款": table.clause,
            "依据": table.source,
            "备注": table.note,
        }
        values |= {"键": "、".join(table.keys), "录入": table.supplied_by, "英文名称": table.label_en}
        for row in table.rows:
            until = f"至{row.end.isoformat()}" if row.end else "起"
            key = "、".join(table.key_labels(row.key))
            values[f"{key} {row.start.isoformat()}{until}"] = f"{show(row.value, table.unit, {}, 'zh')}（{row.cite}）"
        found[table.name] = _Item(table.clause, table.label, table.label_en, values)
    return found


def _limits(policy: Policy) -> dict[str, _Item]:
    found = {}
    for limit in policy.limits.values():
        spec = policy.fact_specs[limit.name]
        values = {key: text for key, text in _flat(asdict(limit)).items() if key != "line"}
        found[limit.name] = _Item(limit.clause, spec.label, spec.label_en, values)
    return found


_READERS: Mapping[str, Callable[[Policy], dict[str, _Item]]] = {
    "card": _card,
    "clause": _clauses,
    "number": lambda policy: _dated(policy.parameters),
    "reading": lambda policy: _dated(policy.interpretations),
    "rate": _rates,
    "limit": _limits,
    "rule": _rule_items,
    "wording": _wording,
    "fact": _facts,
    "code": _codes,
    "text": _texts,
    "process": _processes,
}
