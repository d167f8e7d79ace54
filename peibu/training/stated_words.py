"""Stated facts as a person reads them, in the policy's words."""

from collections.abc import Iterable, Mapping

from peibu.rulebook import FactSpec, Policy


def words_of(spec: FactSpec, value: object) -> str:
    """A stated value as text; empty when nothing is stated."""
    if value is None or value == "":
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, list | tuple):
        return "、".join(spec.choices.get(code, code) for code in value)
    return spec.choices.get(str(value), str(value))


def stated_rows(policy: Policy, names: Iterable[str], values: Mapping[str, object]) -> list[tuple[str, str]]:
    """Facts as label and text; what is not stated is empty."""
    return [(policy.fact_specs[name].label, words_of(policy.fact_specs[name], values.get(name))) for name in names]
