"""Writes a whole plan as one Python function: the fast form of `findings.judge_by_closures`.

For each rule the function has a paragraph like this (zh, shortened); facts are f_<slot>, their texts s_<slot>:

    # B3.2 exam_passed
    o9 = {'考试成绩': s_exam_score}
    t12 = None if f_exam_score is None else f_exam_score >= 60
    if t12:
        p9 = new(Finding, ('exam_passed', 'B3.2', PASS, o9, f'成绩{s_exam_score}分', None, False, (), '考试合格'))
    elif t12 is None:
        unknown = True
        p9 = unknown_9(values, o9)
    else:
        failed = True
        p9 = new(Finding, ('exam_passed', 'B3.2', FAIL, o9, f'成绩{s_exam_score}分，低于60分', ...))

`source_of(plan, slots)` gives the text. What is rare (a soft limit exceeded, records incomplete, an amount unknown) is
handed to the closures, which stay the reference: a property test holds the two forms equal.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from peibu.rulebook.expr import Expr
from peibu.rulebook.facts import FactSpec
from peibu.rulebook.findings import (
    Result,
    excuse_of,
    finding,
    generic,
    missing_facts,
    passed,
    unknown_sentence,
)
from peibu.rulebook.judgement import Finding, Status
from peibu.rulebook.phrases import GENERIC
from peibu.rulebook.plan import SOFT_REASONS, Plan, RulePlan, Spoken, Use, slots_of
from peibu.rulebook.scalar import Values
from peibu.rulebook.source import Code, Writer
from peibu.rulebook.wording import DAY_TEXTS, MONTH_TEXTS, show, yuan

Run = Callable[[Values], Result]


def source_of(plan: Plan, slots: Mapping[str, FactSpec]) -> str:
    """Return the Python source of a plan, to be read."""
    return _PlanWriter(plan, slots).write()


def run_of(plan: Plan, slots: Mapping[str, FactSpec]) -> Run:
    """Return the function of a plan: from values that are already read to what the rules come to."""
    writer = _PlanWriter(plan, slots)
    code = compile(writer.write(), f"<plan {plan.subject} {plan.lang}>", "exec")
    exec(code, writer.namespace)  # the source is made of checked expressions and quoted texts only
    return writer.namespace["judge"]


def _unknown_of(rule: RulePlan, lang: str) -> Callable[[Values, dict[str, str]], Finding]:
    """Make the writer of a rule's unknown finding; a sentence about the same missing facts is kept."""
    kept: dict[tuple[str, ...], str] = {}

    def write(values: Values, observed: dict[str, str]) -> Finding:
        missing = missing_facts(rule, values)
        if rule.rates or not missing:
            return finding(rule, Status.UNKNOWN, values, None, lang)
        sentence = kept.get(missing)
        if sentence is None:
            sentence = kept[missing] = unknown_sentence(rule, missing, {}, values, lang)
        head = (rule.name, rule.clause, Status.UNKNOWN, observed)
        return Finding(*head, sentence, None, rule.soft, missing, rule.title)

    return write


def _exceeded_of(rule: RulePlan, lang: str) -> Callable[[Values], tuple[Finding, bool]]:
    """Make the writer of a soft rule's failure: the finding, and whether it is excused."""

    def write(values: Values) -> tuple[Finding, bool]:
        excuse = excuse_of(values.get(SOFT_REASONS) or {}, rule.name)
        return finding(rule, Status.FAIL, values, excuse, lang), not excuse

    return write


class _PlanWriter:
    def __init__(self, plan: Plan, slots: Mapping[str, FactSpec]):
        self.plan, self.slots, self.lang = plan, slots, plan.lang
        used = dict.fromkeys(slot for item in (*plan.rules, *plan.results) for slot in _reads(item))
        self.writer = Writer({slot: f"f_{slot}" for slot in used})
        self.shown: dict[str, str] = {}
        self.namespace: dict[str, Any] = {
            "new": tuple.__new__,
            "Finding": Finding,
            "Result": Result,
            "PASS": Status.PASS,
            "FAIL": Status.FAIL,
            "UNKNOWN": Status.UNKNOWN,
            "yuan": yuan,
            "day_texts": DAY_TEXTS,
            "month_texts": MONTH_TEXTS,
            "show": show,
            "passed": lambda values, findings: passed(plan, values, findings),
        }

    def write(self) -> str:
        """Write the function; `namespace` then holds everything it names."""
        line = self.writer.line
        for slot, name in self.writer.facts.items():
            line(f"{name} = values[{slot!r}]")
        for spec in {spec.name: spec for rule in self.plan.rules for _label, spec, _slots in rule.observe}.values():
            self._text_of_fact(spec)
        line("failed = unknown = False")
        for number, rule in enumerate(self.plan.rules):
            self._rule(number, rule)
        self._end()
        self.namespace |= self.writer.constants
        return "def judge(values):\n" + "\n".join(self.writer.lines) + "\n"

    # texts of facts

    def _text_of_fact(self, spec: FactSpec) -> None:
        """Write s_<slot>, what a person reads of a fact: of both ends when they differ."""
        first, *other = spec.slots
        self.writer.line(f"s_{first} = {self._text(first)}")
        self.shown[first] = f"s_{first}"
        for slot in other:
            both = f"s_{first} + {GENERIC[self.lang]['to']!r} + ({self._text(slot)})"
            same = f"{self._fact(first)} == {self._fact(slot)}"
            self.writer.line(f"b_{first} = s_{first} if {same} else {both}")

    def _fact(self, slot: str) -> str:
        return self.writer.facts[slot]

    def _text(self, slot: str) -> str:
        """Python that shows a fact; a fact that is not known has a text too."""
        spec, name = self.slots[slot], self._fact(slot)
        labels = spec.choices if self.lang == "zh" else spec.choices_en
        absent = show(None, spec.type, labels, self.lang)
        constant = self.writer.constant
        if spec.type == "boolean":
            return f"{constant({value: show(value, '', {}, self.lang) for value in (True, False, None)})}[{name}]"
        if spec.type == "code":
            return f"{constant({**labels, None: absent})}.get({name}, {name})"
        simple = {} if labels else {"text": name}
        simple |= {
            "integer": f"str({name})",
            "date": f"day_texts[{name}]",
            "month": f"month_texts[{name}]",
            "fen": f"yuan({name}, {self.lang!r})",
        }
        text = simple.get(spec.type) or f"show({name}, {spec.type!r}, {constant(labels)}, {self.lang!r})"
        return f"{absent!r} if {name} is None else {text}"

    # rules

    def _rule(self, number: int, rule: RulePlan) -> None:
        line = self.writer.line
        line(f"# {rule.clause} {rule.name}")
        seen = [f"{label!r}: {'b' if len(own) > 1 else 's'}_{own[0]}" for label, _spec, own in rule.observe]
        line(f"o{number} = {{{', '.join(seen)}}}")
        result = self.writer.expression(rule.expr)
        test = self.writer.name(result.value)
        self.writer.block(f"if {test}:", lambda: self._finding(number, rule, "pass"))
        if result.guards:
            self.namespace[f"unknown_{number}"] = _unknown_of(rule, self.lang)
            self.writer.block(f"elif {test} is None:", lambda: self._unknown(number))
        self.writer.block("else:", lambda: self._failure(number, rule))

    def _unknown(self, number: int) -> None:
        self.writer.line("unknown = True")
        self.writer.line(f"p{number} = unknown_{number}(values, o{number})")

    def _failure(self, number: int, rule: RulePlan) -> None:
        if rule.soft:
            self.namespace[f"exceeded_{number}"] = _exceeded_of(rule, self.lang)
            self.writer.line(f"p{number}, counts = exceeded_{number}(values)")
            self.writer.line("failed = failed or counts")
        else:
            self.writer.line("failed = True")
            self._finding(number, rule, "fail")

    def _finding(self, number: int, rule: RulePlan, kind: str) -> None:
        status = Status(kind)
        sentence = self._sentence(rule.spoken.get(kind), repr(generic(rule, status, self.lang)))
        fix = self._sentence(rule.spoken.get("fix"), "None", may_be_empty=True) if kind == "fail" else "None"
        fields = {
            "rule": repr(rule.name),
            "clause": repr(rule.clause),
            "status": status.name,
            "observed": f"o{number}",
            "sentence": sentence,
            "fix": fix,
            "soft": repr(rule.soft),
            "missing": "()",
            "title": repr(rule.title),
        }
        self.writer.line(f"p{number} = new(Finding, ({', '.join(fields[name] for name in Finding._fields)}))")

    def _sentence(self, spoken: Spoken | None, otherwise: str, *, may_be_empty: bool = False) -> str:
        """Python that gives a sentence, or `otherwise` when a name outside brackets is unknown."""
        if spoken is None:
            return otherwise
        text, needs = self._pieces(spoken.template.parts, spoken.uses)
        sentence = f"({text} if {' and '.join(needs)} else {otherwise})" if needs else text
        certain = any(kind != "maybe" for kind, _content in spoken.template.parts)
        return sentence if certain or may_be_empty else f"({sentence} or {otherwise})"

    def _pieces(self, parts: list[tuple[str, Any]], uses: Mapping[str, Use]) -> tuple[str, list[str]]:
        """An f-string of the parts, and the conditions under which every name in it is known."""
        text, needs = "", []
        for kind, content in parts:
            if kind == "text":
                text += _braced(content)
            elif kind == "maybe":
                inner, conditions = self._pieces(content.parts, uses)
                optional = f"{inner} if {' and '.join(conditions)} else ''" if conditions else inner
                text += f"{{{self.writer.name(optional)}}}"
            else:
                piece, conditions = self._named(uses[content])
                text += piece
                needs += conditions
        return (f"f{text!r}" if "{" in text else repr(text)), [*dict.fromkeys(needs)]

    def _named(self, use: Use) -> tuple[str, list[str]]:
        """The piece of an f-string for one name, and when it is known."""
        expr, arguments = use.expr, (use.kind, use.labels, self.lang)
        if expr.op == "lit":
            return _braced(show(expr.data, *arguments)), []
        if expr.op == "fact":
            name = self.shown.get(expr.data) or self.writer.name(self._text(expr.data))
            return f"{{{name}}}", [f"{self._fact(expr.data)} is not None"]
        value = self.writer.name(self.writer.expression(expr).value)
        more = ", ".join(self.writer.constant(argument) for argument in arguments)
        return f"{{{self.writer.name(f'show({value}, {more})')}}}", [f"{value} is not None"]

    # the end: decision, amount, outcomes

    def _end(self) -> None:
        line = self.writer.line
        line(f"findings = ({''.join(f'p{number}, ' for number in range(len(self.plan.rules)))})")
        line(f"if failed: return Result(FAIL, {0 if self.plan.money else None}, findings, {{}})")
        line("if unknown: return Result(UNKNOWN, None, findings, {})")
        values = {item.name: self._named_result(item.expr) for item in self.plan.results}
        waiting = [f"{code.text} is None" for code in values.values() if code.guards]
        if waiting:
            line(f"if {' or '.join(waiting)}: return passed(values, findings)")
        paid = values[self.plan.money.name].text if self.plan.money else "None"
        outcomes = ", ".join(f"{name!r}: {values[item.name].text}" for name, item in self.plan.outcomes.items())
        line(f"return Result(PASS, {paid}, findings, {{{outcomes}}})")

    def _named_result(self, expr: Expr) -> Code:
        code = self.writer.expression(expr)
        name = self.writer.name(code.value)
        return Code(name, (name,) if code.guards else ())


def _reads(item: RulePlan) -> tuple[str, ...]:
    own = [slot for _label, _spec, slots in item.observe for slot in slots]
    said = [slot for spoken in item.spoken.values() for use in spoken.uses.values() for slot in slots_of(use.expr)]
    return (*item.slots, *own, *said)


def _braced(text: str) -> str:
    return text.replace("{", "{{").replace("}", "}}")
