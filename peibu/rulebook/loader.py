"""Finds and reads policy folders. Nobody imports a policy: adding one is adding a folder."""

from __future__ import annotations

import hashlib
import os
import re
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from peibu.rulebook.authoring import FactNames, NumberNames
from peibu.rulebook.card import read_card
from peibu.rulebook.clauses import UNITS, read_clauses, strange_units, unrealised
from peibu.rulebook.codes import read_codes, read_texts
from peibu.rulebook.dated import read_interpretations, read_parameters
from peibu.rulebook.delivery import read_delivery
from peibu.rulebook.errors import PolicyError
from peibu.rulebook.facts_reader import read_fact_specs
from peibu.rulebook.funds import read_funds
from peibu.rulebook.limits.reader import read_limits
from peibu.rulebook.plan import outcome_name
from peibu.rulebook.policy import Policy
from peibu.rulebook.processes import check_processes, cited_by
from peibu.rulebook.rates import read_rates
from peibu.rulebook.rules_reader import Rule, one_of_each, read_rules, rule_files
from peibu.rulebook.wording import Template
from peibu.rulebook.yaml_reader import read_yaml

WORDS = ("title", "title_en", "fail", "fail_en")
_WORD_KINDS = {kind + suffix for kind in ("title", "pass", "fail", "fix", "unknown") for suffix in ("", "_en")}
_PATH = re.compile(r"[a-z0-9_]+/[a-z0-9_]+")
_loaded: dict[Path, tuple[tuple, Policy]] = {}


def policies_root() -> Path:
    """Return the folder of all policies: PEIBU_POLICIES, or `policies` beside the programme."""
    chosen = os.environ.get("PEIBU_POLICIES")
    return Path(chosen) if chosen else Path(__file__).resolve().parents[2] / "policies"


def list_policies(root: Path | None = None) -> list[str]:
    """Return the paths (city/policy) of every policy folder."""
    root = root or policies_root()
    return sorted(card.parent.relative_to(root).as_posix() for card in root.glob("*/*/policy.yaml"))


def load_policy(path: str, root: Path | None = None) -> Policy:
    """Read and check a policy folder; a folder that has not changed is read once.

    path: "qingdao/industrial_internet_2020". Raises PolicyError with file, line, clause and remedy.
    """
    root = root or policies_root()
    folder = root / path
    if not _PATH.fullmatch(path) or not (folder / "policy.yaml").is_file():
        known = "、".join(list_policies(root)) or "（无）"
        raise PolicyError(f"没有政策“{path}”", file=folder, remedy=f"可用的政策：{known}")
    files = _files(folder)
    signature = tuple((file, file.stat().st_mtime_ns, file.stat().st_size) for file in files)
    kept = _loaded.get(folder)
    if kept is None or kept[0] != signature:
        _loaded[folder] = kept = (signature, _read(path, folder, files))
    return kept[1]


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.rglob("*") if file.is_file() and "__pycache__" not in file.parts)


def fingerprint_of(folder: Path) -> str:
    """Return the sha256 over names and contents of every file of the folder."""
    digest = hashlib.sha256()
    for file in _files(folder):
        content = file.read_bytes()
        digest.update(f"{file.relative_to(folder).as_posix()}\0{len(content)}\0".encode())
        digest.update(content)
    return digest.hexdigest()


def _read(path: str, folder: Path, files: list[Path]) -> Policy:
    card = read_card(folder / "policy.yaml")
    clauses = read_clauses(folder / "clauses.yaml", read_yaml(folder / "clauses.yaml").get("clauses", ()))
    parameters = read_parameters(folder / "parameters.yaml", read_yaml(folder / "parameters.yaml"))
    readings_file = folder / "interpretations.yaml"
    interpretations = read_interpretations(readings_file, read_yaml(readings_file, optional=True))
    codes = read_codes(folder / "codes.yaml", read_yaml(folder / "codes.yaml", optional=True))
    texts = read_texts(folder / "texts.yaml", read_yaml(folder / "texts.yaml", optional=True))
    specs = read_fact_specs(folder / "facts.yaml", read_yaml(folder / "facts.yaml"), codes)
    processes = read_yaml(folder / "process.yaml").get("processes", {})
    dated = {**parameters, **interpretations}
    rates = read_rates(folder / "rates.yaml", read_yaml(folder / "rates.yaml", optional=True), codes, parameters)
    check_names(folder, dated, codes, rates)
    known = {clause.id for clause in clauses}
    names = (FactNames(specs), NumberNames(dated, codes, rates), dated)
    rules = [rule for file in rule_files(folder) for rule in read_rules(file, *names)]
    one_of_each(folder, rules)
    wording = read_yaml(folder / "wording.yaml")
    cited = [(folder / rule.file, rule.mark.clause, rule.name, rule.line) for rule in rules if rule.mark.clause]
    cited += [(folder / "parameters.yaml", item.clause, item.name, 0) for item in dated.values()]
    cited += [(folder / "codes.yaml", item.clause, item.name, 0) for item in [*codes.values(), *texts.values()]]
    cited += [(folder / "rates.yaml", item.clause, item.name, item.line) for item in rates.values()]
    _clauses_exist(cited, known)
    check_processes(folder / "process.yaml", processes, known, set(parameters))
    check_subjects(folder, rules, card["subjects"])
    _check_wording(folder / "wording.yaml", wording, rules, specs, dated)
    data = (card, clauses, parameters, interpretations, processes, codes, texts, [*specs.values()], rules, wording)
    names_of = {
        "facts": specs,
        "parameters": parameters,
        "readings": interpretations,
        "codes": codes,
        "clauses": known,
    }
    sections = _sections(folder, card, rules, **names_of)
    return Policy(path, folder, fingerprint_of(folder), *data, rates=rates, **sections)


def _sections(folder: Path, card: Mapping[str, Any], rules: list[Rule], **names: Any) -> dict[str, Any]:
    """How classes are run, how often one may be paid, from which money: what a folder may leave out."""
    facts, codes, clauses = names["facts"], names["codes"], names["clauses"]
    dated = {**names["parameters"], **names["readings"]}
    limits = read_yaml(folder / "limits.yaml", optional=True)
    paying = {subject for rule in rules if rule.mark.kind == "amount" for subject in rule.mark.subjects}
    known, file = {"facts": facts, "codes": codes, "clauses": clauses}, folder / "policy.yaml"
    return {
        "delivery": read_delivery(file, card, dated=dated, rules={rule.name for rule in rules}, **known),
        "limits": read_limits(folder / "limits.yaml", limits, parameters=names["parameters"], **known),
        "funds": read_funds(file, card, paying=paying, readings=names["readings"], **known),
    }


def check_names(folder: Path, dated: Mapping, codes: Mapping, rates: Mapping) -> None:
    """A name after `p.` means one thing only."""
    for name, times in Counter([*dated, *codes, *rates]).items():
        if times > 1:
            told = f"the name {name!r} is declared twice (numbers, readings, code lists and rate tables share names)"
            raise PolicyError(told, file=folder, remedy="rename one of them")


def _clauses_exist(cited: list[tuple[Path, str, str, int]], known: set[str]) -> None:
    for file, clause, name, line in cited:
        if clause not in known:
            told = f"{name} cites a clause that clauses.yaml does not have"
            raise PolicyError(told, file=file, line=line, clause=clause, remedy="correct the id, or add the clause")


def check_subjects(folder: Path, rules: list[Rule], subjects: Mapping[str, Any]) -> None:
    """Raise PolicyError for a rule of no or an unknown subject, or two results of one name."""
    for rule in rules:
        strange = set(rule.mark.subjects) - set(subjects)
        if strange or (rule.mark.kind != "figure" and not rule.mark.subjects):
            told = f"{rule.name}: unknown or missing subject {sorted(strange)}"
            remedy = f"one of {', '.join(subjects)} (policy.yaml)"
            raise PolicyError(told, file=folder / rule.file, line=rule.line, clause=rule.mark.clause, remedy=remedy)
    _one_result_each(folder, rules)


def _one_result_each(folder: Path, rules: list[Rule]) -> None:
    seen: dict[tuple[str, str], str] = {}
    for rule in rules:
        if rule.mark.kind not in ("amount", "outcome"):
            continue
        result = "the amount" if rule.mark.kind == "amount" else f"the outcome {outcome_name(rule)!r}"
        for subject in rule.mark.subjects:
            other = seen.setdefault((subject, result), rule.name)
            if other != rule.name:
                told = f"{rule.name}: {other} already gives {result} of {subject}"
                where = {"file": folder / rule.file, "line": rule.line, "clause": rule.mark.clause}
                raise PolicyError(told, remedy="one function per subject and result: join them with when()", **where)


def _check_wording(path: Path, wording: Mapping[str, Any], rules: list[Rule], specs: Mapping, dated: Mapping) -> None:
    figures = {rule.name for rule in rules if rule.mark.kind == "figure"}
    names = {slot for spec in specs.values() for slot in spec.slots} | set(dated) | figures
    for rule in rules:
        if rule.mark.kind == "rule":
            check_words(path, rule.name, wording.get(rule.name), names, WORDS)
        elif rule.name in wording or (rule.mark.kind == "outcome" and outcome_name(rule) != "payee"):
            check_words(path, rule.name, wording.get(rule.name), names, WORDS[:2])
    for name in set(wording) - {rule.name for rule in rules}:
        told, line = f"words for {name!r}, which is no rule", getattr(wording[name], "line", 0)
        raise PolicyError(told, file=path, line=line, remedy="correct the name")


def check_words(path: Path, rule: str, words: Any, names: set[str], needed: tuple[str, ...]) -> None:
    """Raise PolicyError for sentences of a rule that are absent, of an unknown kind, or speak of an unknown name."""
    line = getattr(words, "line", 0)
    absent = [key for key in needed if not (words or {}).get(key)]
    if absent or set(words) - _WORD_KINDS:
        told = f"rule {rule}: without {', '.join(absent)}" if absent else f"rule {rule}: unknown {set(words)}"
        raise PolicyError(told, file=path, line=line, remedy=f"keys: {', '.join(sorted(_WORD_KINDS))}")
    for text in words.values():
        strange = [name for name in Template(text).names if name not in names]
        if strange:
            told = f"rule {rule} speaks of {', '.join(strange)}, which is no fact, number or figure"
            raise PolicyError(told, file=path, line=line, remedy="correct the name")


def check_policy(policy: Policy) -> list[PolicyError]:
    """Return what is still wrong with a policy that loads: clauses nothing realises, units nobody declared."""
    cited = {
        "computed": {rule.mark.clause for rule in policy.rules if rule.mark.clause},
        "parameter": {item.clause for items in (policy.dated, policy.codes, policy.rates) for item in items.values()},
        "process": cited_by(policy.processes) | {text.clause for text in policy.texts.values()},
    }
    file, units = policy.folder / "clauses.yaml", policy.codes[UNITS].items if UNITS in policy.codes else ()
    return unrealised(file, policy.clauses, cited) + strange_units(file, policy.clauses, units)
