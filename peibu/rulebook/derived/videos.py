"""Course videos and learning traces -> exact seconds and the traces that every course has (JN6.6.1b, JN6.6.2a)."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

from peibu.rulebook.derived.kinds import TRAINING, Case, Column, RecordKind, Records, Row


def seconds_of_courses(rows: list[Row]) -> dict[str | None, tuple[int, int | None]]:
    """Return {course: (certain, possible) seconds}. A video listed twice counts once."""
    lengths: dict[Any, dict[Any, list[int | None]]] = defaultdict(lambda: defaultdict(list))
    for number, row in enumerate(rows):
        video = number if row.get("video") is None else row["video"]
        lengths[row.get("course")][video].append(row.get("seconds"))
    return {course: _sum(list(videos.values())) for course, videos in lengths.items()}


def _sum(videos: list[list[int | None]]) -> tuple[int, int | None]:
    """Two rows of one video that disagree leave it between the shorter and the longer."""
    low = sum(min((length for length in lengths if length is not None), default=0) for lengths in videos)
    if any(None in lengths for lengths in videos):
        return low, None
    return low, sum(max(length for length in lengths if length is not None) for lengths in videos)


def derive(records: Records, case: Case) -> dict[str, Any]:
    """Return the seconds of all courses together, and the traces found in every one of them."""
    sums = list(seconds_of_courses(list(records.rows)).values())
    low, highs = sum(low for low, _high in sums), [high for _low, high in sums]
    endless = not records.complete or None in highs
    choices = list(case.specs["learning_traces"].choices)
    return {
        "video_seconds": (low, None if endless else sum(highs)),
        "learning_traces": _traces(records, choices),
    }


def _traces(records: Records, choices: list[str]) -> tuple[str, ...] | None:
    """Traces of a course are those of all its rows; a course of which no row speaks is unknown."""
    courses: dict[Any, set[str] | None] = {}
    for row in records.rows:
        had, said = courses.get(row.get("course")), row.get("traces")
        courses[row.get("course")] = had if said is None else (had or set()) | set(said)
    spoken = [traces for traces in courses.values() if traces is not None]
    shared = set(choices).intersection(*spoken) if spoken else None
    silent = not spoken or len(spoken) < len(courses) or not records.complete
    if shared is None or (silent and shared):
        return None
    return tuple(trace for trace in choices if trace in shared)


def _check(row: Row) -> str | None:
    if row.get("seconds") is not None and row["seconds"] < 0:
        return "时长不能为负数"
    return None


KIND = RecordKind(
    name="videos",
    label="课程视频和学习记录",
    label_en="course videos and learning records",
    key=TRAINING,
    columns=(
        Column("course", "text", "课程", "course", also=("课程名称",)),
        Column("video", "text", "视频", "video", also=("视频名称", "视频编号"), help="同一课程的同一视频只计一次"),
        Column(
            "seconds",
            "integer",
            "时长（秒）",
            "seconds",
            also=("时长", "秒数"),
            help="整数秒，或 时:分:秒",
            unit="seconds",
        ),
        Column(
            "traces", "codes", "学习过程记录", "learning traces", choices_from="learning_traces", help="都没有时填“无”"
        ),
    ),
    gives={"video_seconds": (), "learning_traces": ()},
    derive=derive,
    check=_check,
)
