"""A replay as a workbook in the habit of the office: totals, districts, enterprises, causes, samples."""

import datetime as dt

from peibu.kernel.money import yuan
from peibu.oversight.models import PolicyDraft
from peibu.oversight.replayed import Replayed, Row
from peibu.papers.office_tables import Column, OfficeTable, office_workbook
from peibu.rulebook import Policy
from peibu.rulebook.replay import OUTCOMES, Tally

_COUNTS = tuple(Column(OUTCOMES[name][0], "count") for name in OUTCOMES)
_MONEY = (
    Column("原认定金额（元）", "money"),
    Column("试算金额（元）", "money"),
    Column("增加（元）", "money"),
    Column("减少（元）", "money"),
    Column("差额（元）", "money"),
)
DECISIONS = {"pass": "符合", "fail": "不符合", "unknown": "待核实"}


def _figures(tally: Tally) -> list[int]:
    counts = [tally.cases, *(getattr(tally, name) for name in OUTCOMES)]
    return [*counts, tally.before_fen, tally.after_fen, tally.gained_fen, tally.lost_fen, tally.delta_fen]


def _table(title: str, sheet: str, head: str, rows: tuple[Row, ...], told: dict) -> OfficeTable:
    columns = (Column("序号", "serial"), Column(head, width=34), Column("认定件数", "count"), *_COUNTS, *_MONEY)
    return OfficeTable(
        title=title, sheet=sheet, columns=columns, rows=[[row.label, *_figures(row.tally)] for row in rows], **told
    )


def workbook(draft: PolicyDraft, policy: Policy, found: Replayed, changes: list[tuple[str, str, str]], *,
             scope: str, on: dt.date) -> bytes:  # fmt: skip
    """The replay as .xlsx. changes: (what, as it is, as tried); scope: whose figures these are, e.g. 全市."""
    title = f"{policy.card['title']}试算：{draft.name}"
    told = {"subtitle": (f"范围：{scope}", f"试算日期：{on:%Y-%m-%d}"), "dated": on}
    causes = tuple(
        Row(row.key, f"{row.label}〔{'、'.join(row.clauses)}〕" if row.clauses else row.label, row.tally)
        for row in found.causes
    )
    note = "试算只供研究，不改变任何认定；规则不变的认定不在“按原因”表内。"
    return office_workbook(
        [
            OfficeTable(
                title=title, sheet="改动", columns=(Column("序号", "serial"), Column("数字或读法", width=40),
                Column("现行", width=30), Column("试算", width=30)), rows=[list(row) for row in changes],
                totals=False, notes=(f"试算理由：{draft.reason}", note), **told,
            ),
            _table(title, "按区（市）", "区（市）", found.districts, told),
            _table(title, "按企业", "企业", found.enterprises, told),
            _table(title, "按原因", "起作用的规则", causes, told),
            _samples(title, found, told),
        ]
    )  # fmt: skip


def _samples(title: str, found: Replayed, told: dict) -> OfficeTable:
    columns = (
        Column("序号", "serial"), Column("认定", width=26), Column("企业", width=30), Column("变化", width=16),
        Column("原结论", width=10), Column("试算结论", width=10), Column("原金额（元）", width=14),
        Column("试算金额（元）", width=14), Column("说明", width=70),
    )  # fmt: skip
    rows = [
        [one.case, one.enterprise, OUTCOMES[one.outcome][0], DECISIONS[one.before], DECISIONS[one.after],
         _shown(one.before_fen), _shown(one.after_fen), one.sentence]
        for one in found.examples
    ]  # fmt: skip
    return OfficeTable(title=title, sheet="样例", columns=columns, rows=rows, totals=False, **told)


def _shown(fen: int | None) -> str:
    return "待核实" if fen is None else yuan(fen)
