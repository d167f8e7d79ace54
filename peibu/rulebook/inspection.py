"""Everything wrong in a policy folder, reported at once: each with file, line, clause where known, and remedy.

The loader stops at the first error: what it lets through can be judged with. This reads the same folder item by item
with the same readers, so that an author mends a folder in one go, and adds what a folder that loads may still lack.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from peibu.rulebook.authoring import FactNames, NumberNames
from peibu.rulebook.card import read_card
from peibu.rulebook.cases import run_examples
from peibu.rulebook.clauses import Clause, read_clauses
from peibu.rulebook.codes import read_codes, read_texts
from peibu.rulebook.coverage import untried
from peibu.rulebook.dated import read_interpretations, read_parameters
from peibu.rulebook.errors import PolicyError
from peibu.rulebook.facts_reader import read_fact_specs, shared_facts
from peibu.rulebook.hints import hints
from peibu.rulebook.limits.reader import read_limits
from peibu.rulebook.loader import WORDS, check_names, check_policy, check_subjects, check_words, load_policy
from peibu.rulebook.plan import outcome_name
from peibu.rulebook.policy import Policy
from peibu.rulebook.processes import check_processes
from peibu.rulebook.rates import read_rates
from peibu.rulebook.rules_gate import gate
from peibu.rulebook.rules_reader import Rule, lint_rules, one_of_each, read_each, rule_files
from peibu.rulebook.yaml_reader import read_yaml

FILES = ("policy", "clauses", "parameters", "facts", "process", "wording", "cases")
OPTIONAL = ("interpretations", "codes", "texts", "rates", "limits")
_EXAMPLE = "compare with the folder that `peibu policy new` writes"


@dataclass(frozen=True)
class Report:
    """What an inspection found. policy: None when the folder does not load. hints: what an author should look at."""

    policy: Policy | None
    errors: tuple[PolicyError, ...]
    hints: tuple[PolicyError, ...] = ()


def inspect_folder(folder: Path, *, cases: bool = False) -> Report:
    """Return every error of the folder at policies/<city>/<policy>; with `cases`, also of its worked examples."""
    found = _Folder(folder)
    errors = _once(found.errors)
    if errors:
        return Report(None, tuple(errors))
    try:
        policy = load_policy(f"{folder.parent.name}/{folder.name}", root=folder.parent.parent)
    except PolicyError as error:
        return Report(None, (error,))
    errors = [*check_policy(policy), *_without_english(policy)]
    if cases:
        errors += [*run_examples(policy), *untried(policy)]
    return Report(policy, tuple(_once(errors)), tuple(hints(policy)))


def _once(errors: Iterable[PolicyError]) -> list[PolicyError]:
    order = sorted(errors, key=lambda error: (error.file, error.line))
    return list({str(error): error for error in order}.values())


class _Folder:
    """Reads a folder piece by piece and keeps what goes wrong."""

    def __init__(self, folder: Path):
        self.folder, self.errors = folder, list[PolicyError]()
        self.files = {name: self._yaml(name) for name in (*FILES, *OPTIONAL)}
        self.codes = self._each("codes", "codes", read_codes)
        self.texts = self._each("texts", "texts", read_texts)
        self.parameters = self._each("parameters", "parameters", read_parameters)
        self.readings = self._each("interpretations", "interpretations", read_interpretations)
        self.dated = {**self.parameters, **self.readings}
        self.rates = self._each(
            "rates", "rates", lambda path, one: read_rates(path, one, self.codes, self.parameters)
        )  # fmt: skip
        self.clauses = self._clauses()
        rows = self.files["clauses"].get("clauses") or []
        # a clause that is told to be unfit is there all the same: what cites it is not told as well
        self.known = {str(row["id"]) for row in rows if isinstance(row, Mapping) and row.get("id")}
        self.facts = self._facts()
        self.card = self._try(read_card, folder / "policy.yaml", default={}) if self.files["policy"] else {}
        self._names()
        self.rules = self._rules()
        self._cited()
        self._processes()
        self._subjects()
        self._wording()
        self._limits()

    def path(self, name: str) -> Path:
        return self.folder / (name if name.endswith(".py") else f"{name}.yaml")

    def _try(
        self, function: Callable[..., Any], *args: Any, item: Any = None, default: Any = None, **more: Any
    ) -> Any:
        """The function's result; what it raises becomes an error that stands at the item."""
        try:
            return function(*args, **more)
        except PolicyError as error:
            self._keep(error, item)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as error:
            told = f"without {error}" if isinstance(error, KeyError) else f"{type(error).__name__}: {error}"
            path = next((arg for arg in args if isinstance(arg, Path)), self.folder)
            self._keep(PolicyError(told, file=path, remedy=_EXAMPLE), item)
        return default

    def _keep(self, error: PolicyError, item: Any = None) -> None:
        line = error.line or getattr(item, "line", 0)
        clause = item.get("clause", "") if isinstance(item, Mapping) else ""
        where = {"file": error.file, "line": line, "clause": error.clause or str(clause or "")}
        self.errors.append(PolicyError(error.problem, remedy=error.remedy or _EXAMPLE, **where))

    def _yaml(self, name: str) -> Mapping[str, Any]:
        content = self._try(read_yaml, self.path(name), optional=name in OPTIONAL, default={})
        if isinstance(content, Mapping):
            return content
        self._keep(PolicyError("not a mapping", file=self.path(name), line=1, remedy=_EXAMPLE))
        return {}

    def _items(self, name: str, part: str) -> Iterator[tuple[str, Any]]:
        items = self.files[name].get(part) or {}
        if not isinstance(items, Mapping):
            told, line = f"{part}: not a mapping", getattr(self.files[name], "line", 1)
            self._keep(PolicyError(told, file=self.path(name), line=line, remedy=_EXAMPLE))
            return
        for key, item in items.items():
            if isinstance(item, Mapping):
                yield key, item
            else:
                line = getattr(items, "line", 1)
                told = f"{part}: {key}: not a mapping"
                self._keep(PolicyError(told, file=self.path(name), line=line, remedy=_EXAMPLE))

    def _each(
        self, name: str, part: str, read: Callable[[Path, Mapping[str, Any]], Mapping[str, Any]]
    ) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in self._items(name, part):
            found |= self._try(read, self.path(name), {part: {key: item}}, item=item, default={})
        return found

    def _clauses(self) -> list[Clause]:
        rows = self.files["clauses"].get("clauses") or []
        found: list[Clause] = []
        for row in rows if isinstance(rows, list) else []:
            found += self._try(read_clauses, self.path("clauses"), [row], item=row, default=[])
        for clause, times in Counter(clause.id for clause in found).items():
            if times > 1:
                line = [item.line for item in found if item.id == clause][-1]
                where: dict[str, Any] = {"file": self.path("clauses"), "line": line, "clause": clause}
                self.errors.append(PolicyError("the clause occurs twice", remedy="keep one", **where))
        if not found and self.files["clauses"]:
            told = PolicyError("no clauses", file=self.path("clauses"), line=1, remedy="write clauses: [{id: ...}]")
            self.errors.append(told)
        return found

    def _facts(self) -> dict[str, Any]:
        path, content = self.path("facts"), self.files["facts"]
        wished = [name for name in content.get("use") or () if isinstance(name, str)]
        used = [name for name in wished if name in shared_facts()]
        for name in wished:
            if name not in used:
                self._try(read_fact_specs, path, {"use": [name]}, self.codes, item=content)
        # facts taken over may need one another: they are read together
        found = self._try(read_fact_specs, path, {"use": used}, self.codes, item=content)
        found = found or {name: shared_facts()[name] for name in ("soft_reasons", *used)}
        for name, item in self._items("facts", "facts"):
            one = {"use": used, "facts": {name: item}}
            found |= self._try(read_fact_specs, path, one, self.codes, item=item, default={})
        return found

    def _names(self) -> None:
        self._try(check_names, self.folder, self.dated, self.codes, self.rates)

    def _rules(self) -> list[Rule]:
        found = [rule for path in rule_files(self.folder) for rule in self._rules_of(path)]
        self._try(one_of_each, self.folder, found)
        return found

    def _rules_of(self, path: Path) -> list[Rule]:
        if not path.is_file():
            self._keep(PolicyError("the file is missing", file=path, remedy="every policy folder needs it"))
            return []
        source = path.read_text(encoding="utf-8")
        linted = lint_rules(source, path)
        told = {problem.line for problem in linted}
        self.errors += linted + [problem for problem in gate(source, path) if problem.line not in told]
        names = (FactNames(self.facts), NumberNames(self.dated, self.codes, self.rates))
        rules, problems = read_each(path, *names, self.dated)
        self.errors += [problem for problem in problems if problem.line not in told]
        return rules

    def _cited(self) -> None:
        cited = [(rule.file, rule.mark.clause, rule.name, rule.line) for rule in self.rules if rule.mark.clause]
        parts = {"parameters": "parameters", "interpretations": "interpretations", "codes": "codes", "texts": "texts"}
        for name, part in (parts | {"rates": "rates", "limits": "limits"}).items():
            items = self.files[name].get(part) or {}
            for key, item in items.items() if isinstance(items, Mapping) else ():
                if isinstance(item, Mapping) and "clause" in item:
                    cited.append((name, str(item["clause"]), key, getattr(item, "line", 0)))
        for name, clause, key, line in cited:
            if self.known and clause not in self.known:
                told = f"{key} cites a clause that clauses.yaml does not have"
                where: dict[str, Any] = {"file": self.path(name), "line": line, "clause": clause}
                self.errors.append(PolicyError(told, remedy="correct the id, or add the clause", **where))

    def _processes(self) -> None:
        for code, process in self._items("process", "processes"):
            self._try(
                check_processes, self.path("process"), {code: process}, self.known, set(self.parameters), item=process
            )

    def _subjects(self) -> None:
        subjects = self.card.get("subjects")
        if not isinstance(subjects, Mapping):
            return
        before = len(self.errors)
        for rule in self.rules:
            self._try(check_subjects, self.folder, [rule], subjects)
        if len(self.errors) == before:
            self._try(check_subjects, self.folder, self.rules, subjects)

    def _wording(self) -> None:
        path, wording = self.path("wording"), self.files["wording"]
        names = {slot for spec in self.facts.values() for slot in spec.slots} | set(self.dated)
        names |= {rule.name for rule in self.rules if rule.mark.kind == "figure"}
        for rule in self.rules:
            outcome = rule.mark.kind == "outcome" and outcome_name(rule) != "payee"
            if rule.mark.kind == "rule" or outcome or rule.name in wording:
                needed = WORDS if rule.mark.kind == "rule" else WORDS[:2]
                words = wording.get(rule.name)
                at = {"clause": rule.mark.clause}
                item = _At(at, getattr(words, "line", 0) or 1)
                self._try(check_words, path, rule.name, words, names, needed, item=item)
        # a rule that could not be read has no name here: its words are judged when it can
        if self.rules and not any(error.file.endswith(".py") for error in self.errors):
            for name in set(wording) - {rule.name for rule in self.rules}:
                line = getattr(wording[name], "line", 0) - 1
                told = f"words for {name!r}, which is no rule"
                self.errors.append(PolicyError(told, file=path, line=max(line, 1), remedy="correct the name"))

    def _limits(self) -> None:
        named = {"facts": self.facts, "parameters": self.parameters, "codes": self.codes, "clauses": self.known}
        for name, item in self._items("limits", "limits"):
            self._try(read_limits, self.path("limits"), {"limits": {name: item}}, item=item, **named)


class _At(dict):
    """A clause and a line for an error that knows neither."""

    def __init__(self, content: Mapping[str, str], line: int):
        super().__init__(content)
        self.line = line


def _without_english(policy: Policy) -> Iterator[PolicyError]:
    path = policy.folder / "wording.yaml"
    clauses = {rule.name: rule.mark.clause for rule in policy.rules}
    for name, words in policy.wording.items():
        absent = [f"{kind}_en" for kind in words if not kind.endswith("_en") and not words.get(f"{kind}_en")]
        absent += [kind[:-3] for kind in words if kind.endswith("_en") and not words.get(kind[:-3])]
        if absent:
            where: dict[str, Any] = {"file": path, "line": getattr(words, "line", 0), "clause": clauses.get(name, "")}
            yield PolicyError(f"rule {name}: without {', '.join(absent)}", remedy="say it in both languages", **where)
    for text in policy.texts.values():
        if not text.body_en:
            told = f"text {text.name}: without body_en"
            yield PolicyError(told, file=policy.folder / "texts.yaml", clause=text.clause, remedy="translate it")
