"""Locks, decisions and tracked files: pinned, numbered, and free of addresses that only one machine knows."""

import json
import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# split so that this file does not match itself
FOREIGN = re.compile(
    "|".join(
        first + second
        for first, second in [
            (r"pypi\.", "org"),
            ("pythonhosted", r"\.org"),
            (r"registry\.", r"npmjs"),
            (r"registry\.", r"yarnpkg"),
            (r"npm", r"mirror\.com"),
            (r"deb\.", r"debian\.org"),
            (r"(?<![\w.])/wo", r"rk/(main|wt|shared|venv)\b"),
            (r"(?<![\w.])/ro", r"ot/\."),
            (r"(?<![\w.])/ho", r"me/\w+/"),
        ]
    )
)


def tracked_texts() -> dict[str, str]:
    names = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    texts = {}
    for name in filter(None, names.split("\0")):
        try:
            texts[name] = (ROOT / name).read_text(encoding="utf-8")
        except (UnicodeDecodeError, FileNotFoundError, IsADirectoryError):
            continue
    return texts


def foreign(texts: dict[str, str]) -> list[str]:
    return [
        f"{name}:{number}"
        for name, text in texts.items()
        for number, line in enumerate(text.splitlines(), 1)
        if FOREIGN.search(line)
    ]


def unpinned(text: str) -> list[str]:
    """Requirements without version and hash."""
    entries = re.sub(r"\\\n", " ", text).splitlines()
    entries = [entry for entry in entries if entry.strip() and not entry.startswith("#")]
    return [entry for entry in entries if "==" not in entry or "--hash=sha256:" not in entry]


def pins(name: str) -> dict[str, str]:
    text = (ROOT / "requirements" / name).read_text(encoding="utf-8")
    return dict(re.findall(r"^([\w.\-\[\],]+)==([\w.]+)", text, re.MULTILINE))


def test_no_tracked_file_names_a_package_registry_or_a_machine():
    assert foreign(tracked_texts()) == []


def test_foreign_addresses_are_noticed():
    samples = ["https://pypi" + ".org/simple", "registry.npm" + "js.org", "/work" + "/main/x", "/root" + "/.cache"]
    assert foreign({"sample": "\n".join(samples)}) == ["sample:1", "sample:2", "sample:3", "sample:4"]


def links(listing: str) -> list[str]:
    """Symbolic links in the output of `git ls-files --stage`; 120000 is git's mode of a link."""
    return [line.split("\t")[1] for line in listing.splitlines() if line.startswith("120000 ")]


def test_no_symbolic_link_is_tracked():
    """A link points to where it was made: on another machine to nothing, or to itself."""
    listing = subprocess.run(["git", "ls-files", "--stage"], cwd=ROOT, capture_output=True, check=True).stdout.decode()
    assert links(listing) == []
    assert links("120000 d0452aea 0\ta/vendor\n100644 d0452aea 0\ta/b.py\n") == ["a/vendor"]


@pytest.mark.parametrize("file", sorted((ROOT / "requirements").glob("*.txt")), ids=lambda file: file.name)
def test_python_packages_are_pinned_by_hash(file):
    text = file.read_text(encoding="utf-8")
    assert unpinned(text) == []
    assert not re.search(r"^\s*--(index-url|extra-index-url|find-links|trusted-host)", text, re.MULTILINE)
    assert (file.with_suffix(".in")).exists()


def test_an_unpinned_package_is_noticed():
    assert unpinned("a==1 \\\n    --hash=sha256:00\nb>=2\n") == ["b>=2"]


def test_the_development_set_contains_what_runs():
    development = pins("dev.txt")
    for name in ("run.txt", "setup.txt"):
        assert pins(name)
        assert {key: development.get(key) for key in pins(name)} == pins(name)


def test_front_end_lock_has_checksums_and_no_addresses():
    text = (ROOT / "package-lock.json").read_text(encoding="utf-8")
    packages = {name: facts for name, facts in json.loads(text)["packages"].items() if name}
    assert "resolved" not in text
    assert "://" not in re.sub(r'"url": "[^"]*"', "", text)
    assert packages
    assert [name for name, facts in packages.items() if not facts.get("integrity", "").startswith("sha512-")] == []


def test_decisions_are_numbered_once_and_titled():
    files = sorted((ROOT / "docs" / "adr").glob("*.md"))
    numbers = [file.name[:4] for file in files]
    assert files
    assert all(re.fullmatch(r"\d{4}-[a-z0-9-]+\.md", file.name) for file in files)
    assert len(set(numbers)) == len(numbers)
    for file in files:
        title = file.read_text(encoding="utf-8").split("\n", 1)[0]
        found = re.fullmatch(rf"# (?:ADR )?{file.name[:4]}[:.]? (.+)", title)
        assert found, f"{file.name}: {title}"
        words = re.findall(r"[a-z0-9]+", found.group(1).lower())
        assert set(file.stem[5:].split("-")) <= set(words), f"{file.name}: {title}"
