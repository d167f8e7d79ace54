"""A paper drawn from a bank: meets its blueprint, comes again from its seed, never changes once filed."""

from collections import Counter
from decimal import Decimal

import pypdf
import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from hypothesis import given
from hypothesis import strategies as st

from peibu.examining.actions import papers
from peibu.examining.actions.bank import Wording, retire_question, rewrite_question, write_question
from peibu.examining.actions.papers import draw_paper, is_reproducible
from peibu.examining.assembly import Entry, Line, draw
from peibu.examining.models import Drawing, Paper, PaperItem, QuestionVersion
from peibu.kernel.errors import Refused
from peibu.training.actions.exam import file_exam, set_paper
from peibu.training.queries.exams import item_rows
from tests.examining.bank_world import LINES, draft, fill_bank
from tests.training.exam_world import FILED, build

KINDS, TOPICS = ("single", "multiple", "true_false", "short"), ("a", "b", "c")
entries = st.lists(st.tuples(st.sampled_from(KINDS), st.sampled_from(TOPICS), st.integers(1, 3)), max_size=40)
lines = st.lists(
    st.builds(
        Line,
        kind=st.sampled_from(KINDS),
        count=st.integers(1, 6),
        points=st.integers(1, 20).map(lambda n: Decimal(n) / 2),
        topic=st.sampled_from(("", *TOPICS)),
        difficulty=st.integers(0, 3),
    ),
    min_size=1,
    max_size=5,
)


def pool_of(rows) -> list[Entry]:
    return [Entry(str(n), *row) for n, row in enumerate(rows)]


def possible(plan, pool) -> bool:
    """Hall's condition, by brute force over sets of lines: an independent judge of what can be drawn."""
    for chosen in range(1, 2 ** len(plan)):
        some = [line for n, line in enumerate(plan) if chosen >> n & 1]
        fitting = [e for e in pool if any(line.admits(e) for line in some)]
        if len(fitting) < sum(line.count for line in some):
            return False
    return True


@given(entries, lines, st.text(min_size=1, max_size=8))
def test_a_drawn_paper_meets_its_blueprint_or_cannot_be_drawn(rows, plan, seed):
    pool = pool_of(rows)
    try:
        drawn = draw(plan, pool, seed=seed)
    except Refused:
        assert not possible(plan, pool)
        return
    assert possible(plan, pool)
    assert len({row.entry.key for row in drawn}) == len(drawn) == sum(line.count for line in plan)
    place = 0
    for line in plan:
        part = drawn[place : place + line.count]
        assert all(line.admits(row.entry) and row.points == line.points for row in part)
        place += line.count


@given(entries, lines, st.text(min_size=1, max_size=8), st.randoms())
def test_the_same_seed_gives_the_same_paper_in_whatever_order_the_bank_is_read(rows, plan, seed, chance):
    pool = pool_of(rows)
    mixed = list(pool)
    chance.shuffle(mixed)
    if possible(plan, pool):
        assert draw(plan, pool, seed=seed) == draw(plan, mixed, seed=seed)


def test_every_question_has_its_chance():
    pool = pool_of([("single", "a", 1)] * 20)
    plan = [Line(kind="single", count=5, points=Decimal(1))]
    seen = Counter(row.entry.key for n in range(400) for row in draw(plan, pool, seed=str(n)))
    assert len(seen) == 20
    assert all(60 < times < 140 for times in seen.values())  # 100 expected, five standard deviations


@pytest.fixture
def world(city):
    world = build(city)
    fill_bank(world)
    return world


@pytest.mark.django_db
def test_the_drawn_paper_becomes_structure_and_sample_of_the_filing(world):
    exam = draft(world)
    paper = draw_paper(exam=exam, lines=LINES, by=world.provider, at=FILED, seed="s1")
    exam.refresh_from_db()
    assert item_rows(exam) == [("single", 20, 2), ("multiple", 10, 3), ("true_false", 15, 2)]
    assert exam.sample.kind == "pdf"
    assert paper.items.count() == 45
    assert is_reproducible(paper) is True
    again = draw_paper(exam=exam, lines=LINES, by=world.provider, at=FILED, seed="s1")
    other = [row.version_id for row in again.items.order_by("position")]
    third = draw_paper(exam=exam, lines=LINES, by=world.provider, at=FILED, seed="s2")
    assert other != [row.version_id for row in third.items.order_by("position")]
    PaperItem.objects.filter(paper=third, position=1).delete()
    assert is_reproducible(third) is False


@pytest.mark.django_db
def test_share_and_total_of_the_policy_bind_the_blueprint(world):
    exam = draft(world)

    def attempt(*lines):
        draw_paper(exam=exam, lines=lines, by=world.provider, at=FILED)

    with pytest.raises(Refused, match="总分为90分，不是100分"):
        attempt(Line(kind="single", count=30, points=Decimal(3)))
    essays = Line(kind="short", count=4, points=Decimal(11))
    with pytest.raises(Refused, match="按分值只占56%，低于60%（QD97.3.6）"):
        attempt(Line(kind="single", count=28, points=Decimal(2)), essays)
    blanks = Line(kind="blank", count=4, points=Decimal(1))
    wide = Line(kind="short", count=4, points=Decimal(1))
    with pytest.raises(Refused, match="按题数只占50%，低于60%"):
        attempt(Line(kind="single", count=8, points=Decimal("11.5")), blanks, wide)
    with pytest.raises(Refused, match="第1行要50题，还差20题"):
        attempt(Line(kind="single", count=50, points=Decimal(2)))
    assert not Paper.objects.exists()
    attempt(Line(kind="single", count=30, points=Decimal(2)), Line(kind="short", count=4, points=Decimal(10)))


@pytest.mark.django_db
def test_a_filed_paper_never_changes(world):
    exam = draft(world)
    paper = draw_paper(exam=exam, lines=LINES, by=world.provider, at=FILED)
    set_paper(exam=exam, items=[("single", 50, Decimal(2))], by=world.provider, at=FILED)
    with pytest.raises(Refused, match="与已组成的试卷不一致"):
        file_exam(exam=exam, by=world.provider, at=FILED)
    paper = draw_paper(exam=exam, lines=LINES, by=world.provider, at=FILED)
    file_exam(exam=exam, by=world.provider, at=FILED)
    with pytest.raises(Refused, match="不能再改"):
        draw_paper(exam=exam, lines=LINES, by=world.provider, at=FILED)
    for attempt in (
        lambda: paper.items.all().delete(),
        lambda: paper.items.update(points=1),
        lambda: Paper.objects.filter(pk=paper.pk).update(seed="x"),
    ):
        with pytest.raises(IntegrityError, match="a_filed_paper_never_changes"), transaction.atomic():
            attempt()


@pytest.mark.django_db
def test_a_question_changes_by_versions_and_papers_keep_theirs(world):
    exam = draft(world)
    paper = draw_paper(exam=exam, lines=LINES, by=world.provider, at=FILED, seed="v")
    held = paper.items.select_related("version__question").get(position=1).version
    new = Wording(
        kind="single", topic="安全", difficulty=1, points=Decimal(2), stem="改", options=["是", "否"], answer=[1]
    )
    second = rewrite_question(question=held.question, wording=new, by=world.provider, at=FILED)
    assert rewrite_question(question=held.question, wording=new, by=world.provider, at=FILED) == second
    assert (held.number, second.number, paper.items.get(position=1).version) == (1, 2, held)
    assert is_reproducible(paper) is None  # the bank is another one now: nobody can tell
    with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
        QuestionVersion.objects.filter(pk=held.pk).update(stem="x")
    retire_question(question=held.question, by=world.provider, at=FILED)
    stranger = build(world.city, nth_provider=1, salt=700).provider
    with pytest.raises(Refused, match="不属于本单位"):
        rewrite_question(question=held.question, wording=new, by=stranger, at=FILED)
    with pytest.raises(Refused, match="只有负责命题的单位"):
        write_question(policy=world.city.policy, wording=new, by=world.reviewer, at=FILED)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"stem": " "}, "没有题干"),
        ({"points": Decimal("0.3")}, "0.5的整数倍"),
        ({"options": ["一"]}, "2至8个"),
        ({"options": ["一", "一"]}, "相同"),
        ({"answer": []}, "没有答案"),
        ({"answer": [2]}, "不在选项之中"),
        ({"answer": [0, 1]}, "只能有一个答案"),
        ({"kind": "multiple", "answer": [0]}, "至少有两个答案"),
        ({"kind": "short", "answer": []}, "没有参考答案"),
    ],
)
def test_an_unsound_question_is_refused(world, change, told):
    sound = {
        "kind": "single", "topic": "t", "difficulty": 1, "points": Decimal(1), "stem": "s", "options": ["一", "二"],
        "answer": [0],
    }  # fmt: skip
    with pytest.raises(Refused, match=told):
        write_question(policy=world.city.policy, wording=Wording(**(sound | change)), by=world.provider, at=FILED)
    assert write_question(policy=world.city.policy, wording=Wording(**sound), by=world.provider, at=FILED).number == 1


@pytest.mark.django_db
def test_the_sample_asks_none_of_the_papers_questions_or_says_so(world, monkeypatch):
    shown = []
    pdf = papers.sample_pdf

    def seen(exam, rows, **told):
        shown.append(({version.pk for version, _points in rows}, told["shared"]))
        return pdf(exam, rows, **told)

    monkeypatch.setattr(papers, "sample_pdf", seen)
    exam = draft(world)
    few = [Line(kind="single", count=15, points=Decimal(4)), Line(kind="true_false", count=10, points=Decimal(4))]
    paper = draw_paper(exam=exam, lines=few, by=world.provider, at=FILED)
    sample, shared = shown.pop()
    assert not shared
    assert not sample & {item.version_id for item in paper.items.all()}
    draw_paper(exam=exam, lines=LINES, by=world.provider, at=FILED)  # 20 of 30: there are not as many left
    assert shown.pop()[1]
    exam.refresh_from_db()
    with exam.sample.file.open("rb") as file:
        assert "可能含有正式试卷的题目" in "".join(page.extract_text() for page in pypdf.PdfReader(file).pages)


@pytest.mark.django_db
def test_trying_until_it_suits_is_seen(world):
    exam = draft(world)
    for seed in ("", "mine", "mine again"):
        draw_paper(exam=exam, lines=LINES, by=world.provider, at=FILED, seed=seed)
    rows = list(Drawing.objects.filter(exam=exam, what="paper"))
    assert [row.chosen for row in rows] == [False, True, True]
    assert [row.seed for row in rows[1:]] == ["mine", "mine again"]
    assert {row.drawn_by for row in rows} == {world.provider.user}
    assert rows[-1].pool == Paper.objects.get().pool
    with pytest.raises(Refused):
        draw_paper(exam=exam, lines=[Line(kind="single", count=99, points=Decimal(1))], by=world.provider, at=FILED)
    for attempt in (lambda: rows[0].delete(), lambda: Drawing.objects.update(seed="x")):
        with pytest.raises(ProgrammingError, match="Cannot update or delete"), transaction.atomic():
            attempt()
    assert Drawing.objects.count() == 3
