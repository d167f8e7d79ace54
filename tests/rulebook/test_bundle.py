"""A bundle proves a determination years later, and a hostile one does nothing but be refused."""

import hashlib
import io
import json
import shutil
import subprocess
import sys
import zipfile
from datetime import date
from pathlib import Path

import pytest

from peibu.cli.__main__ import main
from peibu.intake.bundles import check_bundle
from peibu.kernel.errors import Refused
from peibu.kernel.packages import MANIFEST, SUMS, pack
from peibu.rulebook import Judgement, RulebookError, list_policies, load_policy
from peibu.rulebook.bundle import DETERMINATION, FOLDER, HEAD, bundle_files, write_bundle, write_bundle_json
from peibu.rulebook.loader import fingerprint_of
from peibu.rulebook.rules_gate import gate
from peibu.rulebook.rules_reader import read_rules, rule_files
from peibu.rulebook.verifier import verify_bundle
from peibu.rulebook.yaml_reader import read_yaml

QD = "qingdao/industrial_internet_2020"
DAY = date(2020, 11, 10)
ROOT = Path(__file__).resolve().parents[2]
LAW = load_policy(QD)
CLAIM = read_yaml(LAW.folder / "cases.yaml")["bases"]["claim"]
JUDGED = LAW.judge("claim", CLAIM, on=DAY, known_at=DAY)


def forged(changes, tmp_path, judged=JUDGED):
    """A bundle whose folder was changed and whose sums, fingerprint and head were made to agree: only its sense is wrong."""
    files = bundle_files(LAW, judged)
    for name, change in changes.items():
        old = files.get(FOLDER + name, b"").decode()
        files[FOLDER + name] = (change(old) if callable(change) else change).encode()
    folder = tmp_path / "forged"
    for path, content in files.items():
        if path.startswith(FOLDER):
            file = folder / path.removeprefix(FOLDER)
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_bytes(content)
    for path in (HEAD, DETERMINATION):
        files[path] = json.dumps(json.loads(files[path]) | {"fingerprint": fingerprint_of(folder)}).encode()
    shutil.rmtree(folder)
    return pack(files)[0]


def with_determination(**changes):
    files = bundle_files(LAW, JUDGED)
    files[DETERMINATION] = json.dumps(json.loads(files[DETERMINATION]) | changes).encode()
    return pack(files)[0]


# Honest bundles


@pytest.mark.parametrize("path", list_policies())
def test_a_determination_of_every_policy_comes_out_the_same(path):
    policy = load_policy(path)
    bases = read_yaml(policy.folder / "cases.yaml")["bases"]
    on = policy.card["in_force"]["from"]
    # every verification reads the whole folder anew: the first and the last subject will do
    for subject, lang in ((next(iter(bases)), "zh"), (list(bases)[-1], "en")):
        judged = policy.judge(subject, bases[subject], on=on, lang=lang)
        found = verify_bundle(write_bundle(policy, judged, lang=lang)[0])
        assert (found.verdict, found.problems, found.notes) == ("identical", (), ())


def test_zip_and_json_say_the_same_confined_or_not():
    zipped, root = write_bundle(LAW, JUDGED, records={"insurance": MONTHS}, employer="甲厂")
    for content in (zipped, write_bundle_json(LAW, JUDGED, records={"insurance": MONTHS}, employer="甲厂").encode()):
        found = check_bundle(content)
        assert found == verify_bundle(content)
        assert found.same
        assert found.root == root
        assert (found.policy, found.subject, found.rules) == (QD, "claim", 12)


MONTHS = [
    {"month": f"2020-{month:02d}", "employer": "甲厂", "paid_on": f"2020-{month:02d}-20"} for month in range(3, 11)
]
DERIVED = (
    "insured_months",
    "arrears_months",
    "late_arrears_months",
    "run_first_month",
    "run_last_month",
    "last_paid_month",
)


def test_records_go_along_and_give_the_facts_again(tmp_path, capsys):
    records = {"insurance": {"rows": MONTHS, "covered": ["2020-01-01", "2020-11-30"]}}
    facts = {
        name: str(value) if isinstance(value, date) else value for name, value in CLAIM.items() if name not in DERIVED
    }
    facts |= {"employer": "甲厂", "id": "A1"}
    (tmp_path / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    (tmp_path / "records.json").write_text(json.dumps(records), encoding="utf-8")
    out = tmp_path / "a.zip"
    words = [
        "bundle",
        QD,
        str(tmp_path / "facts.json"),
        "--records",
        str(tmp_path / "records.json"),
        "--out",
        str(out),
    ]
    assert main(words) == 0
    found = check_bundle(out.read_bytes())
    assert (found.verdict, found.notes) == ("identical", ())
    judged = LAW.judge("claim", {**CLAIM, "insured_months": 8, "run_first_month": "2020-03"}, on=DAY)
    assert judged.decision == "pass"
    less = {"insurance": {"rows": MONTHS[2:], "covered": ["2020-01-01", "2020-11-30"]}}
    found = verify_bundle(write_bundle(LAW, judged, records=less, employer="甲厂")[0])
    assert found.verdict == "identical"
    assert any("insured_months_low" in note and "按所附记录为 6" in note for note in found.notes)


def test_a_folder_that_is_not_the_one_that_decided_makes_no_bundle():
    draft = LAW.with_changes(parameters={"pass_mark": 61})
    with pytest.raises(RulebookError, match="指纹"):
        write_bundle(draft, draft.judge("claim", CLAIM, on=DAY))


def test_an_installed_policy_of_another_version_differs_and_says_so():
    draft = LAW.with_changes(parameters={"subsidy_cap_fen": 100})
    found = verify_bundle(write_bundle(LAW, JUDGED)[0], against=draft)
    assert found.verdict == "different"
    assert any("金额（分）：原为 200000，重算为 100" in line for line in found.problems)
    assert LAW.fingerprint[:12] in found.notes[0]


def test_verification_needs_no_django_no_database_no_polars():
    code = (
        "import sys; from peibu.rulebook.verifier import verify_bundle;"
        "assert verify_bundle(sys.stdin.buffer.read()).same;"
        "assert not {'django', 'polars'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], input=write_bundle(LAW, JUDGED)[0], check=True, cwd=ROOT)


# Changed bundles


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"amount_fen": 200_001}, "金额（分）：原为 200001，重算为 200000"),
        ({"decision": "fail"}, "结论：原为 fail，重算为 pass"),
        ({"facts": json.loads(JUDGED.to_json())["facts"] | {"exam_score": 59}}, "exam_passed〔QD97.3.5〕"),
        ({"findings": []}, "规则 exam_passed：原判定中没有"),
    ],
)
def test_a_result_that_does_not_follow_names_what_differs(changes, told):
    found = verify_bundle(with_determination(**changes))
    assert found.verdict == "different"
    assert any(told in line for line in found.problems), found.problems


def test_every_file_that_was_changed_afterwards_is_named():
    content, _root = write_bundle(LAW, JUDGED)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        inside = {name: archive.read(name) for name in archive.namelist()}
    for name in inside:
        if name in (SUMS, MANIFEST):
            continue
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w") as archive:
            for other, data in inside.items():
                archive.writestr(other, data + b" " if other == name else data)
        with pytest.raises(Refused, match=name.replace(".", r"\.")):
            verify_bundle(sink.getvalue())
    told = json.loads(write_bundle_json(LAW, JUDGED))
    told["files"][f"{FOLDER}rules.py"] += "\n"
    with pytest.raises(Refused, match="rules.py"):
        verify_bundle(json.dumps(told).encode())


def test_another_folder_under_the_old_fingerprint_is_tampered():
    files = bundle_files(LAW, JUDGED)
    files[f"{FOLDER}parameters.yaml"] = files[f"{FOLDER}parameters.yaml"].replace(b"200000", b"900000")
    found = verify_bundle(pack(files)[0])
    assert found.verdict == "tampered"
    assert "指纹" in found.problems[0]


def test_a_head_that_does_not_fit_is_tampered():
    for changes in ({"subject": "payment"}, {"policy": "../../etc"}, {"on": "2021-01-01"}):
        assert verify_bundle(with_determination(**changes)).verdict == "tampered"


# Hostile bundles

TOP = "from peibu.rulebook import amount, figure, is_in, least, pick, rule, when\n"


def one(body, head="def x(f, p):"):
    return f'{TOP}@rule("QD97.1", "claim")\n{head}\n    return {body}\n'


HOSTILE = {
    "import os": "import os\n" + one("f.a"),
    "from os": "from os import system\n" + one("f.a"),
    "relative import": "from . import loader\n" + one("f.a"),
    "loader through the room": "from peibu.rulebook import load_policy\n" + one("f.a"),
    "renamed word": "from peibu.rulebook import rule as r\n" + one("f.a"),
    "submodule": "from peibu.rulebook.expr import bind\n" + one("f.a"),
    "import inside": f'{TOP}@rule("QD97.1", "claim")\ndef x(f):\n    import os\n    return f.a\n',
    "dunder import": one('__import__("os")'),
    "builtins": one('open("/etc/passwd")'),
    "eval": one('eval("1")'),
    "getattr": one('getattr(f, "_specs")'),
    "dunder of a fact": one("f.__class__"),
    "private of f": one("f._specs"),
    "class walk": one("().__class__.__base__.__subclasses__()"),
    "attribute of a code list": one("p.plan_parts.items"),
    "attribute of a word": one("rule.__globals__"),
    "attribute of a helper": "def h(f):\n    return f.a\n" + one("h.__code__"),
    "format": one('"{0.__class__}".format(f)'),
    "percent": one('"%99999999d" % 1'),
    "text times number": one('"a" * (1 + 1)'),
    "list times number": one('("a",) * (1 + 1)'),
    "named list times number": 'CODES = ("a",)\n' + one("CODES * (1 + 1)"),
    "text through a helper": "def h(x):\n    return x * (1 + 1)\n" + one('h("a")'),
    "power": one("(1 + 1) ** (1 + 1)"),
    "shift": one("1 << 1"),
    "big number": one("99999999999"),
    "lambda": one("(lambda: f.a)()"),
    "comprehension": one("[x for x in f.a]"),
    "generator": one("all_of(*(f.a for b in p.c))"),
    "subscript": one("f.a[0]"),
    "f-string": one('f"{f.a}"'),
    "walrus": one("(y := f.a)"),
    "if": one("f.a if f.b else f.c"),
    "star": one("least(*f.a)"),
    "double star": one("pick(p.a, **f.b)"),
    "default argument": one("f.a", "def x(f, p=open):"),
    "annotation": one("f.a", 'def x(f: open("a")):'),
    "returns annotation": one("f.a", 'def x(f) -> print("a"):'),
    "varargs": one("f.a", "def x(*f):"),
    "decorator call": f'{TOP}@rule(open("x"))\ndef x(f):\n    return f.a\n',
    "other decorator": f"{TOP}@staticmethod\ndef x(f):\n    return f.a\n",
    "class": f"{TOP}class X:\n    pass\n",
    "statement outside": f'{TOP}print("a")\n',
    "loop": f'{TOP}@rule("QD97.1", "claim")\ndef x(f):\n    while 1:\n        pass\n',
    "global": f'{TOP}@rule("QD97.1", "claim")\ndef x(f):\n    global least\n    return f.a\n',
    "two targets": f'{TOP}@rule("QD97.1", "claim")\ndef x(f):\n    a = b = f.c\n    return a\n',
    "unpacking": f'{TOP}@rule("QD97.1", "claim")\ndef x(f):\n    a, b = f.c\n    return a\n',
    "starred target": f'{TOP}@rule("QD97.1", "claim")\ndef x(f):\n    a, *b = f.c, f.d\n    return a\n',
    "dict of anything": f'{TOP}@rule("QD97.1", "claim")\ndef x(f):\n    a = {{f.b: f.c}}\n    return f.d\n',
    "spread of a fact": one("pick(p.a, **f.b)"),
    "spread of a display": one('pick(p.a, **{"a": f.b})'),
    "list tower": TOP + 'L0 = ("a", "b")\n' + "".join(f"L{n} = (*L{n - 1}, *L{n - 1})\n" for n in range(1, 40)),
    "list of a call": TOP + 'L0 = (*open("x"),)\n',
    "list used before": TOP + "L0 = (*L1,)\n",
    "attribute written": f'{TOP}@rule("QD97.1", "claim")\ndef x(f):\n    f.a = f.c\n    return f.a\n',
    "word redefined": f"{TOP}def least(f):\n    return f.a\n",
    "underscore name": f"{TOP}def _x(f):\n    return f.a\n",
    "defined twice": f"{TOP}def x(f):\n    return f.a\ndef x(f):\n    return f.b\n",
    "calls itself": f'{TOP}@rule("QD97.1", "claim")\ndef x(f):\n    return x(f)\n',
    "async": f"{TOP}async def x(f):\n    return f.a\n",
    "yield": f"{TOP}def x(f):\n    yield f.a\n",
    "try": f"{TOP}def x(f):\n    try:\n        return f.a\n    finally:\n        return f.b\n",
    "nested function": f"{TOP}def x(f):\n    def y():\n        return f.a\n    return f.b\n",
    "no python": "def (",
    "null byte": "\0",
    "nested deeply": one("~" * 90 + "f.a"),
    "too large": "#" * 300_000,
    "tower": TOP
    + "def a(x):\n    b = x * x\n    c = b * b\n    d = c * c\n    return d * d\n"
    + one("a(a(a(a(1 + 1))))"),
    "tower of calls": TOP
    + "def t0(f):\n    return f.a\n"
    + "".join(f"def t{n}(f):\n    return t{n - 1}(f) + t{n - 1}(f)\n" for n in range(1, 40)),
}


@pytest.mark.parametrize("source", HOSTILE.values(), ids=HOSTILE)
def test_hostile_rules_are_refused_and_never_executed(source, tmp_path, monkeypatch):
    assert gate(source)
    # only the reader's own exec: Python's imports use the builtin one
    stop = "peibu.rulebook.rules_reader.exec"
    monkeypatch.setattr(stop, lambda *_args: pytest.fail("executed"), raising=False)
    found = verify_bundle(forged({"rules.py": source}, tmp_path))
    assert found.verdict == "tampered"
    assert any("rules.py" in line for line in found.problems)


@pytest.mark.parametrize("path", list_policies())
def test_every_policy_of_the_house_passes_the_gate(path):
    for file in rule_files(load_policy(path).folder):
        assert gate(file.read_text(encoding="utf-8")) == []


def test_the_reader_would_have_been_caught_executing(monkeypatch):
    stop = "peibu.rulebook.rules_reader.exec"
    monkeypatch.setattr(stop, lambda *_args: pytest.fail("executed"), raising=False)
    policy = load_policy("qingdao/industrial_internet_2020")
    with pytest.raises(pytest.fail.Exception, match="executed"):
        read_rules(policy.folder / "rules.py", None, None, {})


def test_lists_of_codes_helpers_and_steps_are_allowed():
    spread = 'D = ("a", "b")\nE = (*D, "c")\n@rule("QD97.1", *E)\ndef x(f, p):\n    a, b = f.a, f.b\n'
    assert (
        gate(TOP + spread + '    d = {"one": a, "two": b}\n    w = when(a).then(b)\n    return pick(p.r, **d)\n') == []
    )
    source = TOP + 'CODES = ("a", "b")\ndef h(x, p):\n    low = x - p.n\n    return low.low\n'
    assert gate(source + one("when(is_in(f.a, CODES)).then(h(f.b, p)).otherwise(0)")) == []


LAUGHS = "a: &a [x, x, x]\nb: &b [*a, *a, *a]\nc: &c [*b, *b, *b]\n"


@pytest.mark.parametrize(
    ("changes", "verdict"),
    [
        ({"parameters.yaml": LAUGHS}, "tampered"),
        ({"parameters.yaml": "a: !!python/object/apply:os.system [x]\n"}, "tampered"),
        ({"parameters.yaml": "[" * 100 + "]" * 100}, "tampered"),
        ({"parameters.yaml": "a: \x01"}, "tampered"),
        ({"parameters.yaml": lambda old: old.replace("200000", "9" * 30)}, "uncomputed"),
        ({"parameters.yaml": "parameters: 5"}, "uncomputed"),
        ({"policy.yaml": "[]"}, "uncomputed"),
        ({"wording.yaml": "x"}, "uncomputed"),
    ],
)
def test_hostile_yaml_is_refused(changes, verdict, tmp_path):
    assert verify_bundle(forged(changes, tmp_path)).verdict == verdict


def zipped(files, method=zipfile.ZIP_STORED):
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", method) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return sink.getvalue()


def honest():
    with zipfile.ZipFile(io.BytesIO(write_bundle(LAW, JUDGED)[0])) as archive:
        return [(name, archive.read(name)) for name in archive.namelist()]


BAD_NAMES = ("../evil.yaml", "/etc/evil.yaml", "policy/../../evil.yaml", "policy\\evil.yaml", "policy/evil.py", "evil.txt",
             "policy/sub/rules.py", "policy/.hidden", "policy/a.PYC", "policy/__pycache__/x.yaml")  # fmt: skip


@pytest.mark.parametrize("name", BAD_NAMES)
def test_names_that_climb_or_run_are_refused(name):
    with pytest.raises(Refused):
        verify_bundle(zipped([*honest(), (name, b"x")]))
    files = {path: content.decode() for path, content in bundle_files(LAW, JUDGED).items()} | {name: "x"}
    listing = "".join(f"{hashlib.sha256(text.encode()).hexdigest()}  {path}\n" for path, text in files.items())
    with pytest.raises(Refused, match="不应有的文件"):
        verify_bundle(json.dumps({"format": "x", "files": files, SUMS: listing}).encode())


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"PK\x03\x04",
        b"{}",
        b"[" * 100_000,
        b'{"files": {"a": 1}, "SHA256SUMS": ""}',
        b"\xff\xfe",
        zipped([("a", b"0" * (5 << 20))], zipfile.ZIP_DEFLATED),
        zipped([(f"policy/{n}.yaml", b"") for n in range(300)]),
        pack({"policy/a.yaml": b""})[0].replace(b"policy/a.yaml", b"manifest.json"),
        b"x" * (17 << 20),
    ],
    ids=["empty", "stub", "empty json", "deep json", "not text", "not utf-8", "bomb", "many files", "twice", "huge"],
)
def test_what_is_no_bundle_is_refused_with_a_sentence(content):
    for ask in (verify_bundle, check_bundle):
        with pytest.raises(Refused) as caught:
            ask(content)
        assert caught.value.remedy


# The commands


def test_bundle_and_verify_from_the_command_line(tmp_path, capsys):
    facts = {name: value.isoformat() if isinstance(value, date) else value for name, value in CLAIM.items()}
    (tmp_path / "facts.json").write_text(json.dumps(facts), encoding="utf-8")
    for name in ("a.zip", "a.json"):
        out = tmp_path / name
        words = ["bundle", QD, str(tmp_path / "facts.json"), "--out", str(out), "--known-at", "2020-11-10"]
        assert main(words) == 0
        assert main(["verify", str(out)]) == 0
        told = capsys.readouterr().out
        assert "一致" in told
        assert "包内规则版本与本机安装的政策相同" in told
        assert main(["verify", str(out), "--against", QD, "--json"]) == 0
        assert json.loads(capsys.readouterr().out)["verdict"] == "identical"


def test_verify_says_what_is_wrong(tmp_path, capsys):
    file = tmp_path / "a.zip"
    file.write_bytes(with_determination(amount_fen=1))
    assert main(["verify", str(file)]) == 1
    assert "金额（分）：原为 1，重算为 200000" in capsys.readouterr().out
    file.write_bytes(b"x")
    assert main(["verify", str(file)]) == 1
    assert main(["verify", str(tmp_path / "none.zip")]) == 1
    assert main(["verify", str(file), "--against", "no/policy"]) == 1
    assert "不是判定包" in capsys.readouterr().err
    assert main(["bundle", QD, str(file), "--out", str(tmp_path / "a.txt")]) == 1


def test_a_stored_determination_of_an_older_form_still_reads():
    assert Judgement.from_json(JUDGED.to_json()).to_json() == JUDGED.to_json()
