"""How long a video really is: its packets are walked through, what its header says is not believed (JN6.6.1b).

Nothing is decoded. The file stays where it is; the confined process is told its path, because a video may be larger than
any memory.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from typing import Any

from peibu.intake import kinds
from peibu.intake.limits import DEFAULT, Limits
from peibu.intake.sandbox import run_confined
from peibu.kernel.errors import Refused

# What every present browser plays without a licence of its own or a download.
CODECS = {"mp4": {"h264", "av1", "vp9", "aac", "mp3", "opus"}, "webm": {"vp8", "vp9", "av1", "opus", "vorbis"}}
TYPES = {"mp4": "video/mp4", "webm": "video/webm"}
LONGEST_GAP = Fraction(30)
"""Seconds from one picture or sound to the next, or for which the last one stands: a longer one is a hole made to look like class hours."""
_MENDING = "请用常用软件另存为 MP4（H.264 和 AAC）或 WebM（VP9 和 Opus）后重新上传"
_HEAD = 1 << 16


@dataclass(frozen=True, slots=True)
class VideoFacts:
    """kind: mp4 or webm. milliseconds: end of the last picture or sound, counted from the first one, rounded down."""

    kind: str
    milliseconds: int
    width: int
    height: int


def measure_video(path: Path, name: str, limits: Limits = DEFAULT) -> VideoFacts:
    """What a video is and how long it lasts. Raises Refused: no video, not playable in browsers, damaged, with holes."""
    with path.open("rb") as file:
        kind = kinds.sniff(file.read(_HEAD))
    if kind not in CODECS:
        raise kinds.refusal(name, kind)
    roomy = replace(limits, memory_bytes=4 * limits.memory_bytes, cpu_seconds=120, wall_seconds=180)
    return VideoFacts(**run_confined("video", b"", {"path": str(path), "kind": kind}, roomy))


def examine(content: bytes, options: dict[str, Any], limits: Limits) -> dict[str, Any]:
    """The confined part of `measure_video`."""
    import av

    try:
        with av.open(options["path"], format="matroska" if options["kind"] == "webm" else "mp4") as container:
            return _facts(container, options["kind"])
    except (av.FFmpegError, ValueError, ZeroDivisionError) as problem:
        raise Refused("视频文件不完整或已损坏，无法读出时长", "video_damaged", _MENDING) from problem


def _facts(container: Any, kind: str) -> dict[str, Any]:
    streams = [stream for stream in container.streams if stream.type in ("video", "audio")]
    if not container.streams.video:
        raise Refused("文件里没有画面", "video_without_picture", "请上传带画面的视频；录音请先做成视频")
    strange = sorted({stream.codec_context.name for stream in streams} - CODECS[kind] - {"libdav1d"})
    if strange:
        raise Refused(f"视频采用浏览器不能直接播放的编码（{'、'.join(strange)}）", "video_codec", _MENDING)
    picture = container.streams.video[0]
    first, last = _extent(container, streams)
    return {
        "kind": kind, "milliseconds": int((last - first) * 1000), "width": picture.width, "height": picture.height,
    }  # fmt: skip


def _extent(container: Any, streams: list[Any]) -> tuple[Fraction, Fraction]:
    """Seconds of the first and the last moment. Refused when there is nothing in between for too long."""
    spans = sorted(
        (packet.pts * packet.time_base, (packet.pts + (packet.duration or 0)) * packet.time_base)
        for packet in container.demux(streams)
        if packet.pts is not None and packet.size
    )
    if not spans:
        raise Refused("视频里没有任何画面和声音", "video_empty", _MENDING)
    first, last = spans[0][0], max(end for _start, end in spans)
    moments = [start for start, _end in spans] + [last]
    for before, after in pairwise(moments):
        if after - before > LONGEST_GAP:
            told = f"视频从第{int(before - first)}秒起有{int(after - before)}秒没有画面和声音"
            raise Refused(told, "video_with_holes", "请剪去空白部分后重新上传；空白不能计入课时")
    return first, last
