"""Writes the national working-day table from the development package chinesecalendar.

Run once per year, when the State Council's notice is out and the package knows it:
    python tests/kernel/seed_workdays.py > peibu/kernel/workday_years/cn.csv
"""

import csv
import sys
from datetime import date, timedelta

import chinese_calendar

NAMES = {
    "New Year's Day": "元旦",
    "Spring Festival": "春节",
    "Tomb-sweeping Day": "清明节",
    "Labour Day": "劳动节",
    "Dragon Boat Festival": "端午节",
    "National Day": "国庆节",
    "Mid-autumn Festival": "中秋节",
    "Anti-Fascist 70th Day": "抗战胜利纪念日",
}


def days(first: int = 2004, last: int = 2026):
    """Every day of the years `first` to `last`."""
    day = date(first, 1, 1)
    while day.year <= last:
        yield day
        day += timedelta(1)


def main() -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(["date", "kind", "occasion"])
    for day in days():
        works = chinese_calendar.is_workday(day)
        if works != (day.weekday() < 5):
            occasion = chinese_calendar.get_holiday_detail(day)[1] or chinese_calendar.workdays.get(day, "")
            out.writerow([day.isoformat(), "workday" if works else "holiday", NAMES.get(occasion, occasion)])


if __name__ == "__main__":
    main()
