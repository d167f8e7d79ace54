"""What no linter knows: exact money, escaped pages, bound SQL, one clock, encrypted numbers, no forgotten template."""

import ast
import re
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import models

from peibu.accounts.secrecy import SecretField
from peibu.theme.templatetags.peibu import BLOCKS
from tests.house.test_architecture import ROOT, tracked

CODE = {
    str(file.relative_to(ROOT)): file.read_text(encoding="utf-8")
    for file in tracked("peibu/**.py", "policies/**.py", ":!*/migrations/*")
}
TREES = {name: ast.parse(text) for name, text in CODE.items()}
PAGES = {str(file.relative_to(ROOT)): file.read_text(encoding="utf-8") for file in tracked("peibu/**.html")}


def offences(check: Callable[[ast.AST], Iterator[ast.AST]], trees: dict[str, ast.AST]) -> list[str]:
    return [f"{name}:{node.lineno}" for name, tree in trees.items() for node in check(tree)]


def said_wrong(check: Callable[[ast.AST], Iterator[ast.AST]], line: str) -> bool:
    """Negative controls: is this one line of code noticed?"""
    return any(check(ast.parse(line)))


def _dotted(node: ast.AST) -> str:
    """`a.b.c` of a chain of names, '' for anything else."""
    if isinstance(node, ast.Name):
        return node.id
    return f"{_dotted(node.value)}.{node.attr}" if isinstance(node, ast.Attribute) else ""


def _last(node: ast.AST) -> str:
    return node.attr if isinstance(node, ast.Attribute) else getattr(node, "id", "")


def outside(found: list[str], agreed: dict[str, str]) -> list[str]:
    """Offences outside the agreed files, and agreements that nothing needs any more."""
    files = {place.partition(":")[0] for place in found}
    return [place for place in found if place.partition(":")[0] not in agreed] + sorted(set(agreed) - files)


# Money


def _is_fen(node: ast.AST) -> bool:
    return any(_last(part).endswith("_fen") or _last(part) == "fen" for part in ast.walk(node))


def inexact(tree: ast.AST) -> Iterator[ast.AST]:
    """Money that meets a float: float(x_fen), x_fen / y, x_fen * 0.7, round(x_fen ...)."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and _last(node.func) in ("float", "round") and any(map(_is_fen, node.args)):
            yield node
        sides = ()
        if isinstance(node, ast.BinOp):
            sides = (node.left, node.right)
        elif isinstance(node, ast.AugAssign):
            sides = (node.target, node.value)
        if not any(map(_is_fen, sides)):
            continue
        real = any(isinstance(side, ast.Constant) and isinstance(side.value, float) for side in sides)
        if isinstance(node.op, ast.Div) or real:
            yield node


def test_no_float_meets_money():
    assert offences(inexact, TREES) == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("x = float(row.amount_fen)", True),
        ("x = amount_fen / 100", True),
        ("claim.total_fen /= 3", True),
        ("x = fee_fen * 0.7", True),
        ("x = round(sum(r.amount_fen for r in rows), 2)", True),
        ("x = amount_fen // 100", False),
        ("x = points / 100", False),
        ("x = fee_fen * people", False),
    ],
)
def test_a_float_that_meets_money_is_noticed(line, wrong):
    assert said_wrong(inexact, line) is wrong


def inexact_columns(tables) -> list[str]:
    """Columns of money that are not whole numbers, and any float column at all."""
    return [
        f"{table._meta.label}.{field.name}" for table in tables for field in table._meta.fields
        if isinstance(field, models.FloatField)
        or (field.name.endswith("_fen") and not isinstance(field, models.IntegerField))
    ]  # fmt: skip


def test_every_column_of_money_is_whole_fen():
    ours = _ours()
    assert inexact_columns(ours) == []
    assert any(field.name.endswith("_fen") for table in ours for field in table._meta.fields)
    assert inexact_columns([_table(paid_fen=models.DecimalField(), share=models.FloatField())]) == [
        "house.Sample.paid_fen",
        "house.Sample.share",
    ]


# Pages and SQL

UNESCAPED = {"mark_safe", "SafeString", "SafeText", "RawSQL", "extra", "raw", "autoescape"}
UNESCAPED_FILES = {
    "peibu/portal/views/check_in.py": "the SVG of a QR code, drawn by our own writer from a link we made",
    "peibu/learning/actions/statements.py": "the insert is a constant of the file, every value is bound",
    "peibu/learning/hours/credit.py": "constants of the file, every value is bound",
    "peibu/learning/hours/read.py": "constants of the file, every value is bound",
    "peibu/learning/signals/find.py": "one of the constants of by_time and by_company, every value is bound",
    "peibu/learning/queries/bodies.py": "a constant of the file, every value is bound",
    "peibu/learning/queries/statements.py": "a question is put together from fixed conditions; every value is bound",
    "peibu/learning/tables.py": "the name of a partition is made from a year and a month",
}
UNESCAPED_WORDS = re.compile(r"\|\s*safe\b|\|\s*safeseq\b|{%\s*autoescape\s+off")


def unescaped(tree: ast.AST) -> Iterator[ast.AST]:
    """Calls that switch escaping or binding off; SQL and HTML patterns that are put together at run time."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = _last(node.func)
        # an attribute call `.extra()`/`.raw()` is the ORM's; a bare `raw()` is somebody's function
        if name in UNESCAPED and (isinstance(node.func, ast.Attribute) or name not in ("extra", "raw")):
            yield node
        fixed = node.args and isinstance(node.args[0], ast.Constant)
        if name in ("format_html", "execute", "executemany") and not fixed:
            yield node


def test_nothing_is_shown_unescaped_and_no_sql_is_put_together():
    assert outside(offences(unescaped, TREES), UNESCAPED_FILES) == []


def test_no_template_switches_escaping_off():
    assert [name for name, text in PAGES.items() if UNESCAPED_WORDS.search(text)] == []
    assert UNESCAPED_WORDS.search("{{ name|safe }}")
    assert UNESCAPED_WORDS.search("{% autoescape off %}")
    assert not UNESCAPED_WORDS.search("{{ name|safety }}")


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("mark_safe(text)", True),
        ("rows.extra(where=[w])", True),
        ("Person.objects.raw(sql)", True),
        ("RawSQL(sql, [])", True),
        ("cursor.execute(f'DROP TABLE {name}')", True),
        ("format_html('<b>' + name)", True),
        ("cursor.execute('SELECT %s', [name])", False),
        ("format_html('<b>{}</b>', name)", False),
    ],
)
def test_switching_escaping_off_is_noticed(line, wrong):
    assert said_wrong(unescaped, line) is wrong


# Templates

BY_DJANGO = {"404.html": "Django's own name", "500.html": "Django's own name"}
TEMPLATE = re.compile(r"""["']([\w/.-]+\.html)[,"']""")


def unused(pages: dict[str, str], code: dict[str, str]) -> list[str]:
    """Templates that nothing names: no view, no tag, no panel, no other template."""
    names = {file.partition("/templates/")[2] for file in pages}
    named = {name for text in [*pages.values(), *code.values()] for name in TEMPLATE.findall(text)}
    # component tags name their part behind a constant, PARTS + "badge.html"; tags with a body by their own name
    named |= {f"theme/parts/{name}" for name in TEMPLATE.findall(code["peibu/theme/templatetags/peibu.py"])}
    named |= {f"theme/parts/{name}.html" for name in BLOCKS}
    return sorted(names - named - set(BY_DJANGO))


def test_every_template_is_named_somewhere():
    assert unused(PAGES, CODE) == []
    forgotten = PAGES | {"peibu/desk/templates/desk/forgotten.html": ""}
    assert unused(forgotten, CODE) == ["desk/forgotten.html"]
    assert unused(PAGES, CODE | {"peibu/desk/views/home.py": ""}) == ["desk/cases.html", "desk/home.html"]


# The clock

CLOCKS = {"date.today", "datetime.now", "datetime.utcnow", "datetime.today", "timezone.now", "time.time"}
CLOCK_FILES = {
    "peibu/accounts/clock.py": "the one place that asks the machine (and adds the shift of the demo clock)",
    "peibu/gateways/seal/authority.py": "a certificate's dates are checked by other programs against their own clocks",
    "peibu/casework/models.py": "recorded_at beside the step's own moment: proves when a row really came in",
}


def clock_reading(tree: ast.AST) -> Iterator[ast.AST]:
    """The machine's clock, asked for or handed on as a default; also through Django's short forms."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Attribute) and ".".join(_dotted(node).split(".")[-2:]) in CLOCKS:
            yield node
        if not isinstance(node, ast.Call):
            continue
        if _last(node.func) in ("localdate", "localtime", "Now") and not node.args:
            yield node
        if any(word.arg in ("auto_now", "auto_now_add") for word in node.keywords):
            yield node


def test_only_the_clock_asks_the_machine():
    assert outside(offences(clock_reading, TREES), CLOCK_FILES) == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("day = dt.date.today()", True),
        ("field(default=timezone.now)", True),
        ("day = timezone.localdate()", True),
        ("made_at = models.DateTimeField(auto_now_add=True)", True),
        ("day = timezone.localdate(at)", False),
        ("now = clock.now()", False),
        ("wait = time.monotonic()", False),
    ],
)
def test_another_clock_is_noticed(line, wrong):
    assert said_wrong(clock_reading, line) is wrong


# Numbers of people

PRIVATE = re.compile(
    r"(^|_)(id_number|id_card|identity|mobile|phone|telephone|contact|email|address|account_number|card_number)$"
)
PUBLIC_NUMBERS = {
    "registry.Organisation.office_phone": "an office's published number, not a person's",
    "registry.OrganisationEvent.office_phone": "history of the same",
    "training.Venue.address": "where a unit teaches, printed on every timetable",
    "training.VenueEvent.address": "history of the same",
}
OTHER_SECRETS = {
    "registry.BankAccount.number": "an account number under a short name",
    "training.RosterUpload.content": "the whole roster until it is read",
    "training.RosterUpload.wrong_rows": "rows of people",
}
# Encrypted also here; an account that was replaced must stay provable for the payments made to it.
ENCRYPTED_HISTORY = ["registry.BankAccountEvent.number"]
TEXT = (models.CharField, models.TextField, models.JSONField)


def open_numbers(tables) -> list[str]:
    """Columns that hold a person's number, phone, address or account in the clear."""
    return [
        f"{table._meta.label}.{field.name}" for table in tables for field in table._meta.fields
        if isinstance(field, TEXT) and not isinstance(field, SecretField)
        and (PRIVATE.search(field.name) or f"{table._meta.label}.{field.name}" in OTHER_SECRETS)
    ]  # fmt: skip


def _ours() -> list[type[models.Model]]:
    return [table for table in apps.get_models() if table.__module__.startswith("peibu.")]


def _table(**fields) -> type[models.Model]:
    """A table that only this test knows."""
    meta = type("Meta", (), {"app_label": "house", "apps": type(apps)()})
    return type("Sample", (models.Model,), {"__module__": __name__, "Meta": meta, **fields})


def test_numbers_phones_and_accounts_are_encrypted():
    assert set(open_numbers(_ours())) == set(PUBLIC_NUMBERS)
    held = {f"{table._meta.label}.{field.name}" for table in _ours() for field in table._meta.fields}
    assert set(OTHER_SECRETS) - held == set()
    bare = _table(
        mobile=models.CharField(max_length=11), id_number=SecretField(), account_index=models.CharField(max_length=64)
    )
    assert open_numbers([bare]) == ["house.Sample.mobile"]


def secrets_in_history(tables) -> list[str]:
    return [
        f"{table._meta.label}.{field.name}" for table in tables if hasattr(table, "pgh_obj")
        for field in table._meta.fields if isinstance(field, SecretField)
    ]  # fmt: skip


def test_row_history_keeps_no_copy_of_a_secret():
    """A row that was corrected must not live on in the history with its old numbers."""
    assert secrets_in_history(_ours()) == ENCRYPTED_HISTORY
    assert secrets_in_history([_table(pgh_obj=1, mobile=SecretField())]) == ["house.Sample.mobile"]


def test_the_checks_look_at_the_whole_house():
    rooms = {name.split("/")[1] for name in TREES if name.startswith("peibu/") and name.count("/") > 1}
    assert rooms == {path.name for path in (Path(ROOT) / "peibu").iterdir() if (path / "__init__.py").is_file()}
    assert len(PAGES) > 100
