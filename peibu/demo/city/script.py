"""The cast list: which classes the demo shows. One line per class; everything else follows from it and the seed."""

from typing import NamedTuple


class Spec(NamedTuple):
    """A class to be made.

    ``claims`` are the states of the claims of its enterprises, the first enterprise's first; ``first_open`` puts the
    class as early as the policy allows instead of as late as its stage allows.
    """

    stage: str
    state: str
    provider: str
    size: int
    fee_fen: int
    topics: tuple[str, ...]
    pattern: int
    claims: tuple[str, ...] = ()
    first_open: bool = False
    trait: str = ""  # too_short | long_span | low_objective | shared_teacher | overdue


_AI, _SM, _CL, _BC, _BD, _SE, _CO = (
    "ai",
    "smart_manufacturing",
    "cloud",
    "blockchain",
    "big_data",
    "security",
    "comprehensive",
)

CAST = (
    Spec("draft", "draft", "p08", 20, 180_000, (_CO, _BD), 0),
    Spec("draft", "draft", "p17", 20, 160_000, (_CO, _SM), 0, trait="too_short"),
    Spec("submitted", "submitted", "p03", 24, 200_000, (_CO, _AI, _SM), 1),
    Spec("submitted", "submitted", "p09", 20, 188_000, (_CO, _CL), 3),
    Spec("returned", "returned", "p13", 20, 150_000, (_CO, _BC), 2),
    Spec("confirmed", "confirmed", "p05", 22, 198_000, (_CO, _SM, _SE), 0),
    Spec("running", "running", "p01", 26, 220_000, (_CO, _AI, _BD), 0, trait="shared_teacher"),
    Spec("running", "running", "p12", 22, 175_000, (_CO, _SM), 1, trait="shared_teacher"),
    Spec("taught", "taught", "p07", 20, 168_000, (_CO, _BD, _CL), 0),
    Spec("exam_filed", "exam_filed", "p06", 22, 196_000, (_CO, _SM), 1),
    Spec("exam_filed", "exam_filed", "p14", 20, 158_000, (_CO, _SE), 0, trait="low_objective"),
    Spec("exam_approved", "exam_approved", "p10", 20, 180_000, (_CO, _AI), 0),
    Spec("exam_done", "exam_done", "p02", 24, 210_000, (_CO, _BD, _AI), 2),
    Spec("scored", "scored", "p18", 20, 120_000, (_CO, _SM), 0, trait="long_span"),
    Spec("certified", "certified", "p16", 22, 140_000, (_CO, _SM, _BD), 0),
    Spec("claim_draft", "certified", "p11", 20, 130_000, (_CO, _CL), 0, ("draft",)),
    Spec("claim_submitted", "certified", "p15", 22, 155_000, (_CO, _SM), 1, ("submitted", "draft")),
    Spec("claim_accepted", "certified", "p04", 26, 208_000, (_CO, _AI, _SE), 0, ("accepted", "submitted")),
    Spec("claim_returned", "certified", "p08", 20, 172_000, (_CO, _BC), 0, ("returned", "accepted")),
    Spec("claim_reviewed", "certified", "p03", 22, 200_000, (_CO, _BD), 1, ("reviewed", "accepted")),
    Spec("claim_approved", "certified", "p05", 20, 190_000, (_CO, _CL, _SE), 0, ("approved", "reviewed")),
    Spec("claim_notice", "certified", "p01", 26, 215_000, (_CO, _SM, _AI), 2, ("notice", "approved")),
    Spec("claim_objected", "certified", "p07", 20, 165_000, (_CO, _BD), 0, ("objected", "notice")),
    Spec("claim_ready", "certified", "p13", 20, 145_000, (_CO, _SM), 0, ("ready", "accepted"), trait="overdue"),
    Spec("claim_paid", "certified", "p06", 24, 205_000, (_CO, _AI, _BC), 1, ("paid", "ready")),
    Spec("archived", "archived", "p02", 24, 180_000, (_CO, _SM, _BD), 0, ("paid", "paid"), first_open=True),
)

# How many working days ago the first claim of a class reached its state.
LAG = {"draft": 1, "returned": 1, "reviewed": 1, "accepted": 1, "notice": 3, "objected": 1, "ready": 2, "paid": 6}
# Enterprises whose class has a planted pensioner: with this cast list, in a class on notice and one under review.
PENSIONER_FIRMS = (9, 17)

RETURN_REASONS = (
    "培训方案未写明第二个实训基地的实训内容，请补充后重新提交。",
    "课程表第三天下午无授课教师，请核对后重新上报。",
)
CLAIM_RETURN_REASON = "发票购买方名称与申请单位不一致，请更换发票后重新提交。"
OBJECTION = "公示名单中有一名学员十月已调离该企业，请核实其在职和参保情况。"
LONG_SPAN_REASON = "参训企业处于年末交付期，经与企业协商每周集中两天授课，跨度超过十五天，申请按例外办理。"

# (kind, items, points each, objective); each paper has 100 points.
PAPERS = (
    (("single", 20, 2, True), ("multiple", 10, 2, True), ("judgement", 10, 1, True), ("short_answer", 3, 10, False)),
    (("single", 30, 2, True), ("judgement", 10, 1, True), ("blank", 5, 2, False), ("case", 1, 20, False)),
    (("single", 25, 2, True), ("multiple", 10, 3, True), ("case", 1, 20, False)),
)
LOW_OBJECTIVE_PAPER = (
    ("single", 20, 2, True),
    ("judgement", 10, 1, True),
    ("short_answer", 3, 10, False),
    ("case", 1, 20, False),
)
