"""Every component says in words what its colour says."""

import datetime as dt

import pytest
from django.core.paginator import Paginator
from django.template import Context, Template, TemplateSyntaxError

from peibu.kernel.errors import Problem
from peibu.rulebook import Finding, Judgement, Status
from peibu.theme.gallery import SampleForm
from peibu.theme.gallery_samples import TREND, month_samples
from peibu.theme.messages import compile_all
from peibu.theme.states import tone_of

MONDAY = dt.date(2020, 9, 14)


def draw(text, **values):
    return Template(text).render(Context(values))


def finding(status, *, soft=False):
    return Finding("insured", "QD97.2.1", status, {"连续参保": "4 个月"}, "连续参保 4 个月", "再参保 2 个月", soft, ())


def judgement(decision, *findings, amount=None):
    return Judgement(decision, amount, findings, "qingdao/x", "f" * 64, "person", MONDAY)


def test_badge_shows_words_and_colour_and_escapes():
    assert "退回补正" in draw('{% badge "returned" "退回补正" %}')
    assert "tone-red" in draw('{% badge "returned" "退回补正" %}')
    assert "<b>" not in draw("{% badge code label %}", code="x", label="<b>")


@pytest.mark.parametrize(
    ("code", "tone"),
    [
        ("paid", "green"),
        ("to_review", "orange"),
        ("accepted_returned", "red"),
        ("azure", "azure"),
        ("strange", "grey"),
    ],
)
def test_state_has_one_colour(code, tone):
    assert tone_of(code) == tone


def test_money_is_exact_and_nothing_is_a_dash():
    assert draw("{% money fen %}", fen=123450) == "1,234.50"
    assert draw("{% money fen %}", fen=None) == "—"
    assert draw("{% money fen %}", fen=0) == "0.00"


@pytest.mark.parametrize(
    ("due_on", "suspended", "words"),
    [
        (dt.date(2020, 9, 25), False, "剩余 9 个工作日"),
        (MONDAY, False, "今日到期"),
        (dt.date(2020, 9, 9), False, "已超期 3 个工作日"),
        (dt.date(2020, 9, 12), False, "已超期 1 个工作日"),
        (dt.date(2020, 9, 27), False, "剩余 10 个工作日"),  # a make-up Sunday counts
        (MONDAY, True, "时钟暂停"),
        (None, False, "无时限"),
        (dt.date(2031, 1, 6), False, "截止 2031-01-06"),  # a year nobody has announced is not guessed
    ],
)
def test_deadline_counts_working_days(due_on, suspended, words):
    assert words in draw("{% deadline day today stop %}", day=due_on, today=MONDAY, stop=suspended)


def test_findings_say_status_clause_values_and_fix():
    text = draw("{% findings j %}", j=judgement(Status.FAIL, finding(Status.FAIL), finding(Status.UNKNOWN)))
    for words in ("不符合条件", "不符合 1 条", "待核实", "QD97.2.1", "4 个月", "再参保 2 个月"):
        assert words in text


def test_failed_soft_limit_is_not_shown_as_a_refusal():
    text = draw("{% findings j %}", j=judgement(Status.PASS, finding(Status.FAIL, soft=True), amount=200000))
    assert "超一般限额" in text
    assert "不符合" not in text
    assert "2,000.00" in text


def test_stored_findings_are_drawn_like_fresh_ones():
    stored = judgement(Status.FAIL, finding(Status.FAIL)).to_dict()
    assert draw("{% findings j %}", j=stored) == draw(
        "{% findings j %}", j=judgement(Status.FAIL, finding(Status.FAIL))
    )


def test_month_strip_has_words_for_every_square():
    text = draw("{% month_strip months %}", months=month_samples())
    assert text.count("未参保") >= 2
    assert "补缴或欠缴" in text
    assert "没有参保记录" in draw("{% month_strip months %}", months=[])


def test_unknown_month_status_is_an_error():
    with pytest.raises(KeyError):
        draw("{% month_strip months %}", months=[{"month": "2020-01", "status": "strange"}])


def test_quota_full_is_said():
    assert "名额已满" in draw("{% quota_bar q %}", q={"label": "本班", "limit": 80, "used": 80})
    assert "名额已满" not in draw("{% quota_bar q %}", q={"label": "本班", "limit": 80, "used": 79})


def test_timeline_ends_with_the_present_state_and_its_deadline():
    events = [
        {"label": "提交备案", "actor_name": "张敏", "actor_role": "provider", "reason": "补齐教师", "move": "submit"}
    ]
    case = {"state": "submitted", "due_on": dt.date(2020, 9, 16), "suspended": False, "closed_at": None}
    text = draw("{% timeline events case=case state='待审核' %}", events=events, case=case, today=MONDAY)
    for words in ("提交备案", "张敏（培训承接单位经办人）", "补齐教师", "待审核（当前环节）", "剩余 2 个工作日"):
        assert words in text
    closed = {**case, "closed_at": dt.datetime(2020, 9, 15, tzinfo=dt.UTC)}
    assert "当前环节" not in draw("{% timeline events case=case %}", events=events, case=closed, today=MONDAY)


def test_problems_show_place_reason_and_remedy():
    found = [
        Problem(
            what="日期不存在",
            why="没有 13 月",
            todo="改成真实日期",
            sheet="花名册",
            row=12,
            column="入职日期",
            value="2020.13.02",
        )
    ]
    text = draw("{% problems found '/list.xlsx' %}", found=found)
    for words in ("花名册", "12", "入职日期", "2020.13.02", "日期不存在", "没有 13 月", "改成真实日期", "/list.xlsx"):
        assert words in text
    assert draw("{% problems found %}", found=[]).strip() == ""


def test_chart_carries_its_numbers_as_a_table_and_no_inline_script():
    text = draw('{% chart "c" option 200 "训练人次" %}', option=TREND)
    assert "1330" in text
    assert text.count("<script") == 1
    assert 'type="application/json"' in text
    evil = draw('{% chart "c" option 200 "x" %}', option={"series": [{"name": "</script><script>alert(1)"}]})
    assert "</script><script>" not in evil


def test_field_ties_help_and_error_to_the_input():
    form = SampleForm({"code": ""}, {})
    text = draw("{% field form.code %}", form=form)
    assert 'aria-describedby="id_code-error id_code-help"' in text
    assert 'id="id_code-error"' in text
    assert 'aria-invalid="true"' in text
    assert "aria-invalid" not in draw("{% field form.code %}", form=SampleForm())


def test_every_kind_of_field_has_a_label():
    text = draw("{% form_fields form %}", form=SampleForm())
    for label in ("班级名称", "等级", "授课方式", "花名册", "我已阅读并同意承诺书"):
        assert label in text
    assert "<legend>授课方式" in text


def test_steps_mark_done_current_and_ahead():
    text = draw("{% steps 1 names %}", names=["上传", "核对", "提交"])
    assert text.count('class="done"') == 1
    assert text.count('aria-current="step"') == 1
    assert (
        draw("{% steps 'b' names %}", names=[("a", "上传"), ("b", "核对"), ("c", "提交")]).count('class="done"') == 1
    )


def test_pagination_keeps_the_search(rf):
    page = Paginator(range(100), 10).page(2)
    text = draw("{% pagination page %}", page=page, request=rf.get("/?q=%E6%B5%B7&page=2"))
    assert "?q=%E6%B5%B7&amp;page=3" in text
    assert draw("{% pagination page %}", page=Paginator([], 10).page(1), request=rf.get("/")).strip() == ""


def test_panel_and_confirm_wrap_their_body():
    text = draw('{% panel title more="全部" more_url="/x/" %}<p>里面</p>{% endpanel %}', title="<待办>")
    assert "<p>里面</p>" in text
    assert "&lt;待办&gt;" in text
    text = draw('{% confirm "d" "退回" "确定退回？" "/go/" %}<p>会暂停时钟</p>{% endconfirm %}', csrf_token="token")
    assert "<dialog" in text
    assert "token" in text
    with pytest.raises(TemplateSyntaxError):
        Template('{% panel "x" %}')


def test_finished_job_stops_asking():
    assert "hx-get" in draw("{% job_progress job '/j/' %}", job={"id": 1, "label": "核对", "percent": 10})
    assert "hx-get" not in draw("{% job_progress job '/j/' %}", job={"id": 1, "percent": 100, "done": True})


def test_kpi_of_zero_is_not_alarming():
    assert 'class="due"' in draw("{% kpi_strip i %}", i=[{"label": "今日到期", "value": 1, "tone": "due"}])
    assert 'class="due"' not in draw("{% kpi_strip i %}", i=[{"label": "今日到期", "value": 0, "tone": "due"}])


def test_small_components_render():
    assert "ti-upload" in draw('{% icon "upload" %}')
    assert 'aria-hidden="true"' in draw('{% icon "upload" %}')
    assert "还没有申请" in draw('{% empty "还没有申请" %}')
    assert "1990" not in draw("{{ n|mask_id }}", n="370211199001011234")
    assert draw("{{ n|mask_name }}", n="王敏") == "王*"
    assert "未办成" in draw('{% note "error" "名额已满" %}')


@pytest.mark.django_db
@pytest.mark.parametrize("shell", ["desk", "portal", "phone"])
def test_gallery_has_no_inline_script_or_handler(client, shell):
    text = client.get(f"/theme/gallery/?shell={shell}").content.decode()
    inline = [tag for tag in text.split("<script")[1:] if "src=" not in tag.split(">")[0]]
    assert all('type="application/json"' in tag.split(">")[0] for tag in inline)
    assert " onclick=" not in text


def test_translations_compile_without_empty_texts(tmp_path):
    folder = tmp_path / "en" / "LC_MESSAGES"
    folder.mkdir(parents=True)
    source = 'msgid ""\nmsgstr "Plural-Forms: nplurals=2; plural=(n != 1);\\n"\n\nmsgid "登录"\nmsgstr "Sign in"\n\n'
    source += 'msgid "%d 条"\nmsgid_plural "%d 条"\nmsgstr[0] ""\nmsgstr[1] ""\n'
    (folder / "django.po").write_text(source, encoding="utf-8")
    [written] = compile_all(tmp_path)
    assert b"Sign in" in written.read_bytes()
    assert "条".encode() not in written.read_bytes()
