"""An archive package proves itself: intact, or which file is changed, missing or added. No Django in here."""

import io
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from peibu.intake.packages import check_package
from peibu.kernel.errors import Refused
from peibu.kernel.packages import MANIFEST, SUMS, check, file_name, pack, sums

ROOT = Path(__file__).resolve().parents[2]
FILES = {"01-方案/方案.pdf": b"%PDF plan", "02-花名册/名册.xlsx": b"rows" * 900, "readme.txt": b"\x00\x01 text"}


def zipped(files: dict[str, bytes]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return sink.getvalue()


def unzipped(content: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def checks(content: bytes):
    """The same answer from the kernel and from the confined process."""
    here, confined = check(io.BytesIO(content)), check_package("档案.zip", content)
    assert here == confined
    return here


def test_packed_content_is_intact_and_has_one_form():
    content, root = pack(FILES)
    found = checks(content)
    assert (found.wrong, found.root, found.files) == ([], root, 3)
    assert pack(dict(reversed(FILES.items()))) == (content, root)
    # unpacked and packed again by another tool: the content still agrees
    assert checks(zipped(unzipped(content))).root == root


def test_every_single_byte_counts():
    content, root = pack(FILES)
    inside = unzipped(content)
    for name, data in inside.items():
        for place in {0, len(data) // 2, len(data) - 1}:
            changed = data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]
            try:
                found = check(io.BytesIO(zipped(inside | {name: changed})))
            except Refused:
                continue
            assert found.wrong, (name, place)
            if name in FILES:
                assert found.wrong == [f"内容已变：{name}"]
    # a bit that fell over on the disk is seen as well
    place = content.index(b"%PDF plan")
    rotten = content[:place] + b"X" + content[place + 1 :]
    assert checks(rotten).wrong == ["内容已变：01-方案/方案.pdf"]


def test_added_missing_and_renamed_files_are_named():
    inside = unzipped(pack(FILES)[0])
    assert checks(zipped(inside | {"后来.txt": b"x"})).wrong == ["多出文件：后来.txt"]
    less = {name: data for name, data in inside.items() if name != "readme.txt"}
    assert checks(zipped(less)).wrong == ["缺少文件：readme.txt"]
    assert checks(zipped(less | {"README": inside["readme.txt"]})).wrong == [
        "多出文件：README",
        "缺少文件：readme.txt",
    ]


def test_a_replaced_list_does_not_fit_the_root_and_a_new_root_is_another_root():
    content, root = pack(FILES)
    inside = unzipped(content)
    forged = FILES | {"readme.txt": b"forged"}
    half = inside | {"readme.txt": b"forged", SUMS: sums(forged).encode()}
    assert any("指纹不符" in line for line in checks(zipped(half)).wrong)
    # whoever forges everything gets an intact package of another root: that is why the platform shows the root
    whole = checks(pack(forged)[0])
    assert whole.intact
    assert whole.root != root


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_second_file_of_the_same_name_is_noticed():
    content, _root = pack(FILES)
    sink = io.BytesIO(content)
    with zipfile.ZipFile(sink, "a") as archive:
        archive.writestr("readme.txt", b"other")
    assert "文件重名：readme.txt" in checks(sink.getvalue()).wrong


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (zipped({"a.txt": b"x"}), "缺少SHA256SUMS、manifest.json"),
        (zipped({SUMS: b"", "a.txt": b"x"}), f"缺少{MANIFEST}"),
        (pack(FILES)[0][:-40], "已损坏"),
        (b"PK\x03\x04 nothing", "已损坏"),
    ],
    ids=["any zip", "no manifest", "cut off", "not a zip"],
)
def test_what_is_no_package_is_refused_in_words(content, words):
    with pytest.raises(Refused, match=words):
        check(io.BytesIO(content))
    with pytest.raises(Refused):
        check_package("x.zip", content)


def test_a_bomb_is_refused_before_it_is_read():
    bomb = zipped({SUMS: b"", MANIFEST: b"", "zeros": b"\0" * (60 << 20)})
    with pytest.raises(Refused, match="异常庞大"):
        check_package("x.zip", bomb)
    with pytest.raises(Refused, match="不能接收"):
        check_package("x.pdf", b"%PDF-1.7\n%%EOF")


def test_names_are_safe_to_unpack_anywhere():
    assert file_name("../../etc/pass\\wd\n.pdf") == "_.._etc_pass_wd_.pdf"
    assert file_name("...") == "_"
    long = file_name("很" * 200 + ".jpeg")
    assert (len(long), long[-5:]) == (80, ".jpeg")
    for bad in ("../x", "a/../b", "/x", "a\nb", "a\\b", SUMS):
        with pytest.raises(ValueError):
            pack({bad: b""})


def peibu(*words: str) -> subprocess.CompletedProcess:
    # no Django: a settings module that does not exist would fail at once, and an import of django is told
    code = (
        "import sys; from peibu.cli.__main__ import main; code = main(sys.argv[1:]); "
        "assert 'django' not in sys.modules, 'django was loaded'; sys.exit(code)"
    )
    return subprocess.run(
        [sys.executable, "-c", code, "archive-check", *words], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_the_command_needs_no_system(tmp_path):
    content, root = pack(FILES)
    good, bad = tmp_path / "good.zip", tmp_path / "bad.zip"
    good.write_bytes(content)
    bad.write_bytes(zipped(unzipped(content) | {"readme.txt": b"y"}))
    done = peibu(str(good), "--root", root[:16])
    assert (done.returncode, done.stderr) == (0, "")
    assert "完整无改动" in done.stdout
    assert root in done.stdout
    done = peibu(str(bad))
    assert done.returncode == 1
    assert "内容已变：readme.txt" in done.stderr
    assert peibu(str(good), "--root", "0" * 64).returncode == 1
    assert "无法读取" in peibu(str(tmp_path / "none.zip")).stderr
