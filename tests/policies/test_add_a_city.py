"""docs/how-to/add-a-city.md, followed literally: a sixth folder, and nothing else is changed."""

import hashlib
import re
import shlex
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest

from peibu.cli.__main__ import main
from peibu.rulebook import list_policies, load_policy, policies_root
from tests.city import at

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "how-to" / "add-a-city.md"
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)
NEW = "dongling/care_workers_2021"


@dataclass(frozen=True)
class Block:
    """A fenced block: a file to write, commands to run, or what they print."""

    kind: str
    file: str
    text: str


def blocks():
    return [Block(*found) for found in BLOCK.findall(PAGE.read_text(encoding="utf-8"))]


def contents(folder):
    return {
        file.relative_to(folder).as_posix(): hashlib.sha256(file.read_bytes()).hexdigest()
        for file in folder.rglob("*") if file.is_file()
    }  # fmt: skip


@pytest.fixture
def place(tmp_path, monkeypatch):
    """A project folder with a copy of the policies, as the page assumes."""
    shutil.copytree(policies_root(), tmp_path / "policies")
    monkeypatch.setenv("PEIBU_POLICIES", str(tmp_path / "policies"))
    monkeypatch.chdir(tmp_path)
    return tmp_path


def follow(place, capsys, steps):
    """Do what the page says, block by block; each line of a `text` block must have been printed by the block before."""
    printed = ""
    for block in steps:
        if block.kind == "sh":
            printed = ""
            for line in block.text.splitlines():
                name, *words = shlex.split(line)
                assert name == "peibu"
                code = main(words)
                out = capsys.readouterr()
                assert code == 0, f"{line}\n{out.err}"
                printed += out.out
        elif block.kind == "text":
            for line in block.text.splitlines():
                assert line in printed, f"{line!r} was not printed:\n{printed}"
        else:
            assert block.file, f"a {block.kind} block without a file"
            (place / block.file).write_text(block.text, encoding="utf-8")


def test_the_page_has_every_kind_of_step():
    kinds = [block.kind for block in blocks()]
    assert {"sh", "text", "yaml", "python", "json", "csv"} == set(kinds)
    written = {Path(block.file).name for block in blocks() if block.file.startswith(f"policies/{NEW}/")}
    begun = {file.name for file in (ROOT / "peibu" / "rulebook" / "template").iterdir() if file.is_file()}
    assert written == begun  # the page rewrites every file of the example


def test_the_page_is_followed_and_only_the_new_folder_changes(place, capsys):
    before, code = contents(place / "policies"), contents(ROOT / "peibu" / "rulebook")
    follow(place, capsys, blocks())
    after = contents(place / "policies")
    assert {name: after.get(name) for name in before} == before
    assert {name.rsplit("/", 1)[0] for name in after.keys() - before.keys()} == {NEW}
    assert contents(ROOT / "peibu" / "rulebook").keys() >= code.keys()
    assert NEW in list_policies()
    policy = load_policy(NEW)
    assert len(policy.clauses) == 7
    judged = policy.judge("claim", {"hours_attended": 59}, on=policy.card["in_force"]["from"])
    assert "请再学1学时" in next(finding.fix for finding in judged.failed)


@pytest.mark.django_db
def test_the_new_policy_is_in_the_library_and_in_the_self_check(place, capsys, client, city, monkeypatch):
    monkeypatch.setattr("peibu.accounts.clock.now", lambda: at("2021-09-01 09:00"))
    follow(place, capsys, blocks())
    library = client.get("/policies/")
    assert library.status_code == 200
    assert "养老护理员岗前培训补贴" in library.content.decode()
    page = client.get(f"/policies/{NEW}/")
    assert page.status_code == 200
    for word in ("东人社字〔2021〕5号", "DL5.6", "线下学时最低占比", load_policy(NEW).fingerprint):
        assert word in page.content.decode()
    data = client.get(f"/policies/{NEW}/policy.json")
    assert [rule["name"] for rule in data.json()["rules"] if rule["kind"] == "rule"] == [
        "group_covered", "hours_attended", "enough_offline", "certificate_held", "claimed_in_time",
    ]  # fmt: skip
    answers = {"stage": "claim", "trainee_group": "rural_migrant", "veteran": "0", "hours_attended": "59",
               "hours_online": "0", "certificate_held": "1", "certificate_issued_on": "2021-06-30",
               "claimed_on": "2021-09-01"}  # fmt: skip
    check = client.get(f"/self-check/{NEW}/", answers)
    assert check.status_code == 200
    assert "请再学1学时" in check.content.decode()
    assert "DL5.2" in check.content.decode()


def test_a_step_that_fails_would_be_noticed(place, capsys, monkeypatch):
    """The page without its wording file: the rules then have no words, and following it stops."""
    kept = [block for block in blocks() if not block.file.endswith("wording.yaml")]
    with pytest.raises(AssertionError, match=r"wording\.yaml"):
        follow(place, capsys, kept)
