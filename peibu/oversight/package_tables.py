"""A table of a class's archive package, in the office's habit."""

import datetime as dt

from peibu.papers.office_tables import Column, OfficeTable, office_table
from peibu.training.models import Cohort


def class_table(cohort: Cohort, title: str, columns: list[Column], rows: list[list], on: dt.date) -> bytes:
    """The table as .xlsx under the name of the class; `on`: the day it is printed."""
    return office_table(
        OfficeTable(
            title=f"{cohort.name}{title}",
            columns=columns,
            rows=rows,
            subtitle=(f"承接单位：{cohort.provider.name}", f"打印日期：{on}"),
            totals=False,
            dated=on,
        )
    )
