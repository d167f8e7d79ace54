"""Exam papers as documents: the sample that is filed, with answers at its end."""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from peibu.examining.models import QuestionVersion
from peibu.papers.plain_papers import Part, plain_pdf
from peibu.training.enums import OBJECTIVE_ITEMS, ItemKind
from peibu.training.models import Exam

LETTERS = "ABCDEFGH"
NUMERALS = "一二三四五六七"


def sample_pdf(
    exam: Exam, rows: Sequence[tuple[QuestionVersion, Decimal]], *, on: dt.date, shared: bool = False
) -> bytes:
    """The sample paper: questions by kind, then the answers. `shared`: it may hold questions of the paper itself."""
    parts, answers, number = [], [], 0
    for place, (kind, group) in enumerate(groupby(rows, key=lambda row: row[0].kind)):
        block = list(group)
        points = sum((each for _version, each in block), Decimal(0))
        paragraphs = []
        for version, each in block:
            number += 1
            paragraphs.append(f"{number}. {version.stem}（{each:f}分）")
            paragraphs += [f"{LETTERS[at]}. {text}" for at, text in enumerate(version.options)]
            answers.append(f"{number}. {answer_text(version)}")
        heading = f"{NUMERALS[place]}、{ItemKind(kind).label}（共{len(block)}题，{points:f}分）"
        parts.append(Part(heading=heading, paragraphs=paragraphs))
    parts.append(Part(heading="参考答案", paragraphs=answers))
    if shared:
        told = "题库题量不足，无法另抽一份完全不同的样卷：本样卷可能含有正式试卷的题目，考前请勿外传。"
        parts.insert(0, Part(heading="说明", paragraphs=[told]))
    return plain_pdf(title=f"{exam.cohort.name}结业考核样卷", parts=parts, dated=on)


def answer_text(version: QuestionVersion) -> str:
    """The right answer in words: letters of options, or the accepted texts."""
    if version.kind in OBJECTIVE_ITEMS:
        return "".join(LETTERS[at] for at in version.answer)
    return "；".join(str(text) for text in version.answer)
