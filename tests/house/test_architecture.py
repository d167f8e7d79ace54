"""The house keeps its shape: rooms look down, files stay readable, the map tells the truth."""

import ast
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 500
MAP_ROW = re.compile(r"^\| `(\w+)/` \| (.+?) \|$", re.MULTILINE)
IMPORT_LINTER = "from importlinter.cli import lint_imports_command as run; run()"


def tracked(*patterns: str) -> list[Path]:
    # new files count before they are committed, ignored ones never
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z", "--", *patterns]
    names = subprocess.run(command, cwd=ROOT, capture_output=True, check=True).stdout.decode().split("\0")
    return [ROOT / name for name in names if name and (ROOT / name).is_file()]


def too_long(files: list[Path]) -> list[str]:
    return [file.name for file in files if len(file.read_text(encoding="utf-8").splitlines()) > LONGEST_FILE]


def map_of(readme: str) -> dict[str, str]:
    # a bar inside a cell of a Markdown table is written with a backslash
    return {room: text.replace("\\|", "|") for room, text in MAP_ROW.findall(readme)}


def first_lines() -> dict[str, str]:
    """Room -> first line of its package's docstring."""
    rooms = {}
    for file in sorted((ROOT / "peibu").glob("*/__init__.py")):
        text = ast.get_docstring(ast.parse(file.read_text(encoding="utf-8")))
        assert text, f"{file.parent.name} 没有说明"
        rooms[file.parent.name] = text.splitlines()[0]
    return rooms


def test_rooms_look_down_never_up():
    done = subprocess.run([sys.executable, "-c", IMPORT_LINTER], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    assert "0 broken" in done.stdout


def test_the_linter_notices_a_look_upwards(tmp_path):
    for room, line in {"kernel": "import house.config", "config": ""}.items():
        (tmp_path / "house" / room).mkdir(parents=True)
        (tmp_path / "house" / room / "__init__.py").write_text(line)
    (tmp_path / "house" / "__init__.py").write_text("")
    contract = '[[tool.importlinter.contracts]]\nname = "floors"\ntype = "layers"\ncontainers = ["house"]\n'
    (tmp_path / "pyproject.toml").write_text(
        f'[tool.importlinter]\nroot_packages = ["house"]\n{contract}layers = ["config", "kernel"]\n'
    )
    done = subprocess.run([sys.executable, "-c", IMPORT_LINTER], cwd=tmp_path, capture_output=True, check=False)
    assert done.returncode == 1


def test_no_file_is_longer_than_a_reader_can_hold(tmp_path):
    # migrations are written by Django and read by nobody
    assert too_long(tracked("*.py", "*.html", "*.js", "*.css", "*.typ", ":!*/migrations/*")) == []
    (tmp_path / "long.py").write_text("pass\n" * (LONGEST_FILE + 1))
    assert too_long([tmp_path / "long.py"]) == ["long.py"]


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_the_map_of_the_readme_lists_every_room(readme):
    assert set(map_of((ROOT / readme).read_text(encoding="utf-8"))) == set(first_lines())


def test_the_map_of_the_readme_says_what_the_rooms_say():
    assert map_of((ROOT / "README.md").read_text(encoding="utf-8")) == first_lines()


def test_a_map_row_is_recognised():
    assert map_of("| room | what |\n| `kernel/` | Fen \\| yuan. |\n") == {"kernel": "Fen | yuan."}
