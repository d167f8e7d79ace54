"""Says an expression to a person: 劳动合同结束日期 + 1 天 ≥ ... The tree itself is the source, so the sentence cannot lie."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from peibu.rulebook.expr import Expr
from peibu.rulebook.policy import Policy

_SIGNS = {"eq": "=", "ne": "≠", "lt": "<", "le": "≤", "gt": ">", "ge": "≥"}
_SIGNS |= {"add": "+", "sub": "-", "mul": "×", "floordiv": "÷", "mod": "mod"}
_JOINED = {"and": ("且", "and"), "or": ("或", "or")}
_WORDS: Mapping[str, tuple[str, str]] = {
    "not": ("并非（{0}）", "not ({0})"),
    "known": ("已知{0}", "{0} is known"),
    "at_least": ("{0} 至少 {2}", "{0} is at least {2}"),
    "at_most": ("{0} 至多 {2}", "{0} is at most {2}"),
    "least": ("取最小（{all}）", "the smallest of ({all})"),
    "greatest": ("取最大（{all}）", "the largest of ({all})"),
    "when": ("若 {0} 则 {1}，否则 {2}", "if {0} then {1}, else {2}"),
    "add_days": ("{0} 加 {1} 天", "{0} plus {1} days"),
    "add_months": ("{0} 加 {1} 个月", "{0} plus {1} months"),
    "days_between": ("{0} 到 {1} 的天数", "days from {0} to {1}"),
    "months_between": ("{0} 到 {1} 的月数", "months from {0} to {1}"),
    "years_between": ("{0} 到 {1} 的周年数", "complete years from {0} to {1}"),
    "month_of": ("{0} 所在月", "the month of {0}"),
    "count": ("{0} 的个数", "the number of {0}"),
    "is_in": ("{0} 属于（{data}）", "{0} is one of ({data})"),
    "has_all": ("{0} 含有全部（{data}）", "{0} holds all of ({data})"),
    "has_any": ("{0} 含有任一（{data}）", "{0} holds one of ({data})"),
    "missing": ("{0} 缺少的（{data}）", "what {0} lacks of ({data})"),
    "rank_of": ("{0} 在（{data}）中的位次", "the place of {0} in ({data})"),
    "percent_of": ("{0} 的 {1}%", "{1} % of {0}"),
    "rate": ("按标准表 {data} 查 {all}", "the rate {data} of {all}"),
}
_DEEP = ("and", "or", "when", *_SIGNS)


class Speaker:
    """Names of one policy in one language (zh or en)."""

    def __init__(self, policy: Policy, lang: str = "zh"):
        self._policy, self._english = policy, lang == "en"

    def say(self, expr: Expr) -> str:
        """The expression as one line of text."""
        args = expr.args
        if expr.op in _SIGNS:
            return f"{self._inner(args[0])} {_SIGNS[expr.op]} {self._compared(args)}"
        if expr.op in _JOINED:
            return f" {_JOINED[expr.op][self._english]} ".join(self._inner(arg) for arg in args)
        leaves = {"fact": self.fact, "param": self.number, "lit": self._plain}
        if expr.op in leaves:
            return leaves[expr.op](expr.data)
        return self._pick(expr) if expr.op == "pick" else self._word(expr)

    def fact(self, slot: str) -> str:
        """The label of a fact; of the certain end for a quantity known within bounds."""
        spec = self._policy.slots.get(slot) or self._policy.fact_specs.get(slot)
        return slot if spec is None else spec.label_en if self._english else spec.label

    def number(self, name: str) -> str:
        """The label of a number or reading."""
        item = self._policy.dated.get(name)
        return name if item is None else item.label_en if self._english else item.label

    def _inner(self, expr: Expr) -> str:
        said = self.say(expr)
        if expr.op not in _DEEP:
            return said
        return f"({said})" if self._english else f"（{said}）"

    def _compared(self, args: tuple[Expr, ...]) -> str:
        left, right = args
        if left.op == "fact" and right.op == "lit" and isinstance(right.data, str):
            return self._label(left, right.data) or '""'
        return self._inner(right)

    def _label(self, fact: Expr, code: str) -> str:
        spec = self._policy.slots.get(fact.data) if fact.op == "fact" else None
        labels = {} if spec is None else spec.choices_en if self._english else spec.choices
        return labels.get(code, code)

    def _plain(self, value: Any) -> str:
        if isinstance(value, bool):
            return str(value).lower() if self._english else "是" if value else "否"
        return value.isoformat() if isinstance(value, date) else str(value)

    def _pick(self, expr: Expr) -> str:
        reading = self._policy.dated.get(expr.args[0].data)
        labels = getattr(reading, "readings_en" if self._english else "readings", None) or {}
        options = [
            f"{labels.get(code, code)}: {self.say(option)}"
            for code, option in zip(expr.data, expr.args[1:], strict=True)
        ]
        name = self.number(expr.args[0].data)
        return (
            f"by the reading {name} [{'; '.join(options)}]" if self._english else f"按{name}【{'；'.join(options)}】"
        )

    def _word(self, expr: Expr) -> str:
        said = [self._inner(arg) for arg in expr.args]
        joiner = ", " if self._english else "、"
        codes = expr.data if isinstance(expr.data, tuple) else (expr.data,) if expr.data is not None else ()
        data = joiner.join(self._label(expr.args[0], code) if expr.args else str(code) for code in map(str, codes))
        pattern = _WORDS.get(expr.op)
        if pattern is None:
            return f"{expr.op}({joiner.join([*said, *([data] if data else [])])})"
        return pattern[self._english].format(*said, all=joiner.join(said), data=data)


def speak(policy: Policy, expr: Expr, lang: str = "zh") -> str:
    """The expression of a rule of that policy as text (zh or en)."""
    return Speaker(policy, lang).say(expr)
