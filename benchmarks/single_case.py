"""One case with its whole explanation: the rulebook, CEL, GoRules zen, and plain Python by hand.

    .venv/bin/python -m benchmarks.single_case [--rounds N]

Every engine judges the same cases by the same 15 rules (benchmarks/policies/bench/fifteen) and gives decision, amount, and
for every rule status, clause, observed values, sentence, fix and missing facts. All outputs are compared, word by word,
before a time is printed. Engines take turns, a few hundred cases each, so that a busy machine is busy for all alike.
"""

from __future__ import annotations

import argparse
import gc
import random
import time
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from benchmarks.single_case_by_hand import judge as judge_by_hand
from benchmarks.single_case_peers import given_to_peers, program
from peibu.rulebook import Policy, load_policy
from peibu.rulebook.yaml_reader import read_yaml

ROOT = Path(__file__).parent / "policies"
DAY = date(2020, 11, 10)
CEL_WORDS = {"and": "&&", "or": "||", "not": "!"}
ZEN_WORDS = {"and": "and", "or": "or", "not": "not"}
Facts = dict[str, Any]
Answer = tuple[Any, ...]


def load() -> Policy:
    """Return the policy of the benchmark."""
    return load_policy("bench/fifteen", root=ROOT)


def base_case(policy: Policy) -> Facts:
    """Return the typed facts of a case that passes."""
    facts = dict(read_yaml(policy.folder / "cases.yaml")["bases"]["claim"])
    return facts | {"last_paid_month": date(2020, 10, 1)}


def make_cases(policy: Policy, count: int, seed: int = 1) -> list[Facts]:
    """Return cases of every kind: half of them as they should be, the others with wrong and missing facts."""
    rng, base, cases = random.Random(seed), base_case(policy), []
    for number in range(count):
        facts = dict(base)
        if number % 2:
            for name in rng.sample(sorted(facts), rng.randint(1, 5)):
                facts[name] = _other(policy, name, facts[name], rng)
        cases.append({name: value for name, value in facts.items() if value is not None})
    return cases


def _other(policy: Policy, name: str, value: Any, rng: random.Random) -> Any:
    if rng.random() < 0.3:
        return None
    if isinstance(value, bool):
        return not value
    if isinstance(value, int):
        return rng.choice([0, 1, 5, 6, 39, 40, 59, 60, 180050, 200001])
    if isinstance(value, date):
        far = {"birth_date": 15_000, "contract_ends_on": 1_500}.get(name, 500)
        moved = value + timedelta(days=rng.randint(-far, far))
        return moved.replace(day=1) if name == "last_paid_month" else moved
    return rng.choice([*policy.slots[name].choices])


def engines(policy: Policy) -> dict[str, tuple[Callable[[Any], Any], Callable[[Facts], Any], Callable[[Any], Answer]]]:
    """Return {name: (judge, what it is handed, how its answer is read for the comparison)}; absent peers are left out."""
    found: dict[str, Any] = {
        "rulebook": (lambda facts: policy.judge("claim", facts, on=DAY), lambda facts: facts, _of_rulebook),
        "plain Python by hand": (judge_by_hand, lambda facts: facts, _of_hand),
    }
    try:
        import cel

        compiled = cel.compile(program(policy, words=CEL_WORDS))
        found["CEL (Rust)"] = (compiled.execute, lambda facts: given_to_peers(policy, facts), _of_peer)
    except ImportError:
        print("CEL is not installed: uv pip install -r requirements/bench.txt")
    try:
        import zen

        expression = zen.compile_expression(program(policy, words=ZEN_WORDS))
        found["GoRules zen (Rust)"] = (expression.evaluate, lambda facts: given_to_peers(policy, facts), _of_peer)
    except ImportError:
        print("zen is not installed: uv pip install -r requirements/bench.txt")
    return found


def _of_rulebook(judgement: Any) -> Answer:
    return _of_hand((judgement.decision, judgement.amount_fen, judgement.findings))


def _of_hand(answer: Any) -> Answer:
    decision, amount, findings = answer
    rows = [(f.rule, f.clause, f.status, dict(f.observed), f.sentence, f.fix, f.missing, f.title) for f in findings]
    return str(decision), amount, rows


def _of_peer(answer: Any) -> Answer:
    rows = []
    for rule in answer["rules"]:
        missing = tuple(name for name in rule["missing"] if name)
        row = (rule["rule"], rule["clause"], rule["status"], dict(rule["observed"]), rule["sentence"], rule["fix"])
        rows.append((*row, missing, rule["title"]))
    statuses = {row[2] for row in rows}
    decision = "fail" if "fail" in statuses else "unknown" if "unknown" in statuses else "pass"
    amount = {"fail": 0, "unknown": None}.get(decision, answer["amount"])
    return decision, None if amount is None else int(amount), rows


def compare(policy: Policy, cases: list[Facts]) -> None:
    """Stop with the first case that two engines answer differently, in one word or number."""
    reference, *others = engines(policy).items()
    for facts in cases:
        wanted = reference[1][2](reference[1][0](reference[1][1](facts)))
        for name, (judge, handed, read) in others:
            found = read(judge(handed(facts)))
            if found != wanted:
                differs = next(pair for pair in zip(wanted, found, strict=True) if pair[0] != pair[1])
                raise SystemExit(f"{name} answers differently:\n{facts}\n{differs[0]}\n{differs[1]}")


def measure(policy: Policy, cases: list[Facts], rounds: int) -> dict[str, list[float]]:
    """Return the microseconds of every judgement, by engine."""
    running = [
        (name, judge, [handed(facts) for facts in cases]) for name, (judge, handed, _r) in engines(policy).items()
    ]
    took: dict[str, list[float]] = {name: [] for name, _judge, _cases in running}
    clock = time.perf_counter_ns
    gc.collect()
    for _round in range(rounds):
        for name, judge, inputs in running:
            for case in inputs:
                began = clock()
                judge(case)
                took[name].append((clock() - began) / 1000)
    return {name: sorted(times) for name, times in took.items()}


def report(title: str, took: dict[str, list[float]]) -> None:
    """Print p50, p99 and the ratio to the rulebook."""
    ours = took["rulebook"][len(took["rulebook"]) // 2]
    print(f"\n{title}\n{'':24}{'p50 µs':>10}{'p99 µs':>10}{'min µs':>10}{'p50 / ours':>12}")
    for name, times in took.items():
        half, late = times[len(times) // 2], times[len(times) * 99 // 100]
        print(f"{name:24}{half:10.1f}{late:10.1f}{times[0]:10.1f}{half / ours:12.2f}")


def main() -> None:
    """Compare, then measure."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    policy = load()
    cases = make_cases(policy, 200)
    compare(policy, make_cases(policy, 2000, seed=2))
    print("2000 cases: every engine gives the same decision, amount and 15 findings, word by word")
    report("cases that pass", measure(policy, [base_case(policy)] * 200, rounds))
    report("cases of every kind", measure(policy, cases, rounds))


if __name__ == "__main__":
    main()
