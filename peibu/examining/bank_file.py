"""Questions as an Excel file: its columns, and the way from rows to wordings; every error at once, nothing saved here."""

import re
from decimal import Decimal, InvalidOperation

from peibu.examining.actions.bank import TRUE_FALSE, Wording
from peibu.examining.enums import Difficulty
from peibu.examining.papers import LETTERS
from peibu.intake import Column, TableSpec, read_table
from peibu.kernel.errors import Problem
from peibu.training.enums import OBJECTIVE_ITEMS, ItemKind

MAX_ROWS = 2000
OPTION_COLUMNS = 6
_HEADINGS = {"stem": "题干", "points": "分值", "options": "选项A", "answer": "答案"}
_TRUE, _FALSE = {"正确", "对", "√", "是", "T"}, {"错误", "错", "×", "否", "F"}
_LETTERS = re.compile(rf"[{LETTERS}]+")


def question_spec() -> TableSpec:
    """The table as it must arrive."""
    kinds = {str(ItemKind(kind).label): str(kind) for kind in ItemKind.values}
    levels = {str(Difficulty(level).label): str(level) for level in Difficulty.values}
    options = [
        Column(
            name=f"option{n}", label=f"选项{LETTERS[n]}", required=False, max_length=500, help="客观题填写；判断题不填"
        )
        for n in range(OPTION_COLUMNS)
    ]
    return TableSpec(
        title="题库导入表",
        max_rows=MAX_ROWS,
        columns=(
            Column(name="kind", label="题型", kind="choice", choices=kinds),
            Column(name="topic", label="知识点", aliases=("章节",), max_length=60, example="工业互联网平台"),
            Column(name="difficulty", label="难度", kind="choice", choices=levels),
            Column(name="points", label="分值", aliases=("建议分值",), example="2"),
            Column(name="stem", label="题干", aliases=("题目",), max_length=2000, example="平台的核心层是？"),
            *options,
            Column(
                name="answer", label="答案", aliases=("参考答案", "正确答案"), max_length=2000, example="B",
                help="选择题填字母，如 B 或 ACD；判断题填 正确/错误；其他题填参考答案，填空题的几种写法用“；”分开",
            ),
        ),
    )  # fmt: skip


def read_questions(name: str, content: bytes) -> tuple[list[Wording], list[Problem]]:
    """The questions of an uploaded file, or everything that is wrong with it (sheet, row, column, what, what to do)."""
    table = read_table(name, content, question_spec())
    problems = list(table.problems)
    wordings, seen = [], {}
    for number, row in zip(table.row_numbers, table.rows, strict=True):
        wording = _wording(row)
        field, what, todo = (
            ("points", f"分值“{row['points']}”不是数字", "请填写数字，如 2 或 2.5")
            if wording is None
            else wording.problem()
        )
        if what:
            problems.append(Problem(table.sheet, number, _HEADINGS[field], what, "", todo))
            continue
        said = (wording.kind, wording.stem, tuple(wording.options))
        if said in seen:
            told = f"与第 {seen[said]} 行是同一道题"
            problems.append(Problem(table.sheet, number, "题干", told, "", "请删去重复的一行"))
        seen.setdefault(said, number)
        wordings.append(wording)
    return wordings, sorted(problems, key=lambda problem: problem.row or 0)


def _wording(row: dict) -> Wording | None:
    """The row as a question; None when the points are no number. What else is wrong the wording says itself."""
    try:
        points = Decimal(str(row["points"]).strip())
    except InvalidOperation:
        return None
    if not points.is_finite():
        return None
    kind = row["kind"]
    options = TRUE_FALSE if kind == ItemKind.TRUE_FALSE else _options(row) if kind in OBJECTIVE_ITEMS else ()
    return Wording(
        kind=kind,
        topic=row["topic"],
        difficulty=int(row["difficulty"]),
        points=points,
        stem=row["stem"],
        options=options,
        answer=read_answer(kind, row["answer"]),
    )


def _options(row: dict) -> list[str]:
    """The options up to the last one filled in: an empty one between is a mistake to be told."""
    texts = [row.get(f"option{n}") or "" for n in range(OPTION_COLUMNS)]
    while texts and not texts[-1]:
        texts.pop()
    return texts


def read_answer(kind: str, text: str) -> list[int | str]:
    """ "ACD" -> [0, 2, 3]; "正确" -> [0]; other kinds: texts parted by "；". What cannot be read gives no answer."""
    text = (text or "").strip()
    if kind == ItemKind.TRUE_FALSE:
        return [0] if text.upper() in _TRUE or text in _TRUE else [1] if text.upper() in _FALSE else []
    if kind in OBJECTIVE_ITEMS:
        letters = re.sub(r"[\s,，、;；]", "", text).upper()
        return sorted({LETTERS.index(letter) for letter in letters}) if _LETTERS.fullmatch(letters) else []
    if kind == ItemKind.BLANK:
        return [part.strip() for part in re.split(r"[;；]", text) if part.strip()]
    return [text] if text else []
