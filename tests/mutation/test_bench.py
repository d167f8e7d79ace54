"""The bench says of a mutant what loading and judging the changed folder says; and it notices a case that is missing."""

import ast
import shutil

import pytest

from peibu.rulebook import PolicyError, load_policy
from peibu.rulebook.cases import run_examples
from peibu.rulebook.scaffold import new_policy
from tests.mutation.mutants import outcomes
from tests.mutation.outcome import DORMANT, KILLED, STILLBORN, SURVIVED
from tests.mutation.slips import slips
from tests.mutation.tally import EQUIVALENT, Tally, of_policy

PATH = "somewhere/example_2024"
IMPORT = "from peibu.rulebook import all_of, any_of, at_least, at_most, between, greatest, has_all, has_any, least, pick, percent_of"


@pytest.fixture
def root(tmp_path, monkeypatch):
    monkeypatch.setenv("PEIBU_POLICIES", str(tmp_path))
    new_policy(PATH, root=tmp_path, prefix="XX")
    return tmp_path


def really(root, number, tree, policy):
    """What becomes of a slip when the whole folder is written, loaded and judged again."""
    path = f"somewhere/mutant_{number}"
    folder = shutil.copytree(root / PATH, root / path)
    module = ast.parse((folder / "rules.py").read_text(encoding="utf-8"))
    for place, node in enumerate(module.body):
        if isinstance(node, ast.FunctionDef) and node.name == tree.name:
            module.body[place] = tree
    (folder / "rules.py").write_text(f"{ast.unparse(module)}\n{IMPORT}\n", encoding="utf-8")
    try:
        return KILLED if run_examples(load_policy(path)) else SURVIVED
    except PolicyError:
        return STILLBORN


def test_the_bench_agrees_with_the_changed_folder(root):
    policy = load_policy(PATH)
    said = [one.verdict for one in outcomes(PATH) if one.file == "rules.py"]
    module = ast.parse((root / PATH / "rules.py").read_text(encoding="utf-8"))
    units = {name: item.unit for name, item in policy.dated.items()}
    trees = [
        slip.tree
        for node in module.body if isinstance(node, ast.FunctionDef)
        for slip in slips(node, policy.fact_specs, units)
    ]  # fmt: skip
    came = [really(root, number, tree, policy) for number, tree in enumerate(trees)]
    assert len(came) == len(said) > 10
    alike = {DORMANT: SURVIVED}
    assert [alike.get(one, one) for one in said] == came
    assert KILLED in came


def test_a_case_that_is_missing_lets_its_mutant_live(root):
    cases = root / PATH / "cases.yaml"
    text = cases.read_text(encoding="utf-8")
    assert "恰好60分" in text
    assert not any("exam_score" in one for one in of_policy(PATH).survivors)
    cases.write_text("\n".join(one for one in text.splitlines() if "恰好60分" not in one) + "\n", encoding="utf-8")
    load_policy.cache_clear() if hasattr(load_policy, "cache_clear") else None
    assert any("f.exam_score > p.pass_mark" in one for one in of_policy(PATH).survivors)


def test_an_excuse_for_a_mutant_that_is_killed_is_refused(root, tmp_path, monkeypatch):
    file = tmp_path / EQUIVALENT.name
    file.write_text(f'{PATH}:\n  "nothing: like -> this": no reason\n', encoding="utf-8")
    monkeypatch.setattr("tests.mutation.tally.EQUIVALENT", file)
    with pytest.raises(ValueError, match="nothing: like"):
        of_policy(PATH)


@pytest.mark.parametrize(("killed", "alive", "too_many"), [(96, 4, False), (95, 5, True)])
def test_one_in_twenty_is_too_many(killed, alive, too_many):
    assert Tally("x", killed, ("survivor",) * alive, {}, {}).too_many is too_many
