"""Every text that a page shows in Chinese is there in English, whole and with its placeholders. Needs no gettext tools."""

import datetime as dt
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog
from django.utils import translation

from peibu.casework.processes import process_of
from peibu.rulebook import Status, load_policy
from peibu.theme.findings import findings_context
from peibu.theme.messages import LOCALE, ROOMS, collect, compile_all, faults, read, update_all

ENGLISH = LOCALE / "en" / "LC_MESSAGES" / "django.po"
QINGDAO = "qingdao/industrial_internet_2020"


@pytest.fixture(scope="module")
def used() -> Catalog:
    return collect()


@pytest.fixture(scope="module")
def known() -> Catalog:
    return read(ENGLISH)


def test_every_text_of_every_room_is_translated(used, known):
    assert len(used) > 1500
    assert faults(used, known) == []


def test_no_text_stays_in_the_catalogue_when_its_page_is_gone(used, known):
    assert [message.id for message in known if message.id and used.get(message.id, message.context) is None] == []


ONE, MANY = "第 %(n)s 版", "有 %(n)s 条"


def _room(folder: Path) -> Path:
    """Pages with one text, one plural and one text in Python."""
    folder.mkdir(parents=True)
    (folder / "page.html").write_text(
        "<p title=\"{% translate '标题' %}\">{% blocktranslate with n=3 %}第 {{ n }} 版{% endblocktranslate %}</p>\n"
        "    {% blocktranslate count n=x %}有 {{ n }} 条{% plural %}有 {{ n }} 条{% endblocktranslate %}",
        encoding="utf-8",
    )
    (folder / "view.py").write_text("def f():\n    return _('已保存')\n", encoding="utf-8")
    return folder


def _good() -> Catalog:
    good = Catalog(locale="en")
    good.add("标题", "Title")
    good.add("已保存", "Saved")
    good.add(ONE, "Version %(n)s")
    good.add((MANY, MANY), ("One clause", "%(n)s clauses"))
    return good


def test_a_room_with_all_its_texts_has_no_fault(tmp_path):
    assert faults(collect(_room(tmp_path / "room")), _good()) == []


@pytest.mark.parametrize(
    ("message", "translated", "flags", "fault"),
    [
        ("标题", "", (), "no translation"),
        ("已保存", "Saved", ("fuzzy",), "fuzzy"),
        (ONE, "Version %(m)s", (), "placeholders"),
        (ONE, "Version", (), "placeholders"),
        (ONE, "Version %(n)", (), "placeholders"),
        ((MANY, MANY), ("One clause", ""), (), "no translation"),
        ((MANY, MANY), ("One clause", "clauses"), (), "placeholders"),
        ((MANY, MANY), ("%(n)s clause", "%(n)s %(m)s clauses"), (), "placeholders"),
    ],
)
def test_the_check_can_fail(tmp_path, message, translated, flags, fault):
    damaged = _good()
    first = message[0] if isinstance(message, tuple) else message
    damaged.delete(first)
    damaged.add(message, translated, flags=flags)
    told = faults(collect(_room(tmp_path / "room")), damaged)
    assert len(told) == 1
    assert told[0].startswith(fault)


def test_a_text_without_entry_is_told(tmp_path):
    absent = _good()
    absent.delete("已保存")
    assert faults(collect(_room(tmp_path / "room")), absent) == ["no translation: 已保存"]


def test_collecting_adds_the_new_and_drops_the_gone_and_keeps_the_rest(tmp_path):
    folder = tmp_path / "locale" / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    (folder / "django.po").write_text(
        'msgid ""\nmsgstr ""\n"Content-Type: text/plain; charset=utf-8\\n"\n\n'
        'msgid "标题"\nmsgstr "Title"\n\nmsgid "旧话"\nmsgstr "Gone"\n',
        encoding="utf-8",
    )
    told = update_all(tmp_path / "locale", _room(tmp_path / "room"))
    kept = read(folder / "django.po")
    assert kept.get("标题").string == "Title"
    assert kept.get("旧话") is None
    assert sorted(told) == [f"en: no translation: {text}" for text in sorted(["已保存", f"{(MANY, MANY)}", ONE])]


def test_the_compiled_catalogue_speaks_english_and_chinese_stays_itself():
    compile_all()
    with translation.override("en"):
        assert translation.gettext("开班备案") == "Class filing"
        assert translation.ngettext("%(n)s 个问题", "%(n)s 个问题", 1) == "One question"
        assert translation.ngettext("%(n)s 个问题", "%(n)s 个问题", 2) == "%(n)s questions"
    with translation.override("zh-hans"):
        assert translation.gettext("开班备案") == "开班备案"


def test_states_and_moves_follow_the_language_of_the_page(qingdao_day):
    flow = process_of(QINGDAO, "class_filing", on=qingdao_day)
    with translation.override("en"):
        assert flow.said == "Class filing"
        assert flow.states["submitted"].said(for_applicant=True) == "Submitted"
        assert flow.moves["return"].said == "Return"
    with translation.override("zh-hans"):
        assert flow.said == "开班备案"
        assert flow.states["submitted"].said(for_applicant=True) == "已提交，等待审核"
        assert flow.states["submitted"].said() == "待审核"
        assert flow.moves["return"].said == "退回补正"


@pytest.fixture
def qingdao_day():
    return dt.date(2020, 10, 12)


def test_rooms_are_where_the_test_looks():
    assert (ROOMS / "portal").is_dir()
    assert (ROOMS / "desk").is_dir()


def _sentences(judgement) -> str:
    return " ".join(line.sentence for line in findings_context(judgement)["lines"])


def test_findings_are_read_in_english_only_when_the_same_rules_answer_the_same(qingdao_day):
    kept = load_policy(QINGDAO).judge("claim", {"exam_score": 59}, on=qingdao_day)
    assert "考试成绩59分" in _sentences(kept)
    with translation.override("en"):
        assert "考试成绩" not in _sentences(kept)
        assert "59" in _sentences(kept)
        assert "考试成绩59分" in _sentences(kept._replace(fingerprint="f" * 64))
        other = tuple(one._replace(status=Status.PASS) for one in kept.findings)
        assert "考试成绩59分" in _sentences(kept._replace(findings=other))
