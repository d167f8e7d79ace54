"""Files come in, piece by piece or whole: nothing is kept of one that is not complete and in order."""

import datetime as dt
import hashlib
from collections.abc import Iterable
from pathlib import Path

import webvtt
from django.conf import settings
from django.core.files import File
from django.db import transaction

from peibu.accounts.actor import Actor
from peibu.casework.refusals import refusing
from peibu.courses.enums import ItemKind
from peibu.courses.models import Caption, Media, Upload
from peibu.courses.permissions import can_make
from peibu.intake import inspect_upload
from peibu.intake.kinds import decode
from peibu.intake.videos import TYPES, measure_video
from peibu.kernel.errors import Refused
from peibu.kernel.ids import uuid7

PIECE = 4 * 1024**2
DOCUMENT_BYTES = 20 * 1024**2
CAPTION_BYTES = 1024**2
_READ = 1024**2


class OutOfPlace(Refused):
    """A piece that does not begin where the last one ended; `received` says where to go on."""

    def __init__(self, received: int):
        super().__init__("上传位置与已收到的内容不衔接", "out_of_place", "系统会从已收到的位置继续")
        self.received = received


def limit_of(kind: str) -> int:
    """Most bytes of a file of this kind."""
    return settings.COURSE_VIDEO_BYTES if kind == ItemKind.VIDEO else DOCUMENT_BYTES


def _require(by: Actor) -> None:
    verdict = can_make(by)
    if not verdict:
        raise Refused(verdict.reason, "not_your_course", "请使用制作课程的单位的账号")


def begin_upload(*, kind: str, name: str, size: int, fingerprint: str, by: Actor, at: dt.datetime) -> Upload:
    """Start, or find where the same file was left. Refused: too large, empty, no such kind."""
    _require(by)
    if kind not in (ItemKind.VIDEO, ItemKind.DOCUMENT):
        raise Refused("没有这类课程文件", "file_kind", "请上传视频或 PDF 文档")
    if not 0 < size <= limit_of(kind):
        raise Refused(
            f"文件大小应在 1 字节到 {limit_of(kind) >> 20} MB 之间", "file_size", "请压缩或分成几段后重新上传"
        )
    mark = hashlib.sha256(f"{fingerprint}\n{size}".encode()).hexdigest()
    with refusing():
        row, _made = Upload.objects.get_or_create(
            unit=by.unit, kind=kind, fingerprint=mark, media=None,
            defaults={"name": name[:200], "size": size, "begun_by": by.user, "begun_at": at},
        )  # fmt: skip
        return row


def add_piece(*, upload: Upload, offset: int, piece: bytes, by: Actor, at: dt.datetime) -> Upload:
    """The next piece; the last one makes the file whole. A file that is not in order leaves nothing behind."""
    _require(by)
    with transaction.atomic():
        locked = Upload.objects.select_for_update(of=("self",)).select_related("unit__division").get(pk=upload.pk)
        if locked.unit_id != by.unit.pk:
            raise Refused("这不是本单位的上传", "not_your_upload", "请使用制作课程的单位的账号")
        if locked.media_id is not None:
            return locked
        if offset != locked.received or not piece or offset + len(piece) > locked.size:
            raise OutOfPlace(locked.received)
        path = part_of(locked)
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("r+b" if path.exists() else "wb") as file:
            file.truncate(offset)  # what a broken request left after the last whole piece
            file.seek(offset)
            file.write(piece)
        locked.received = offset + len(piece)
        locked.save(update_fields=["received"])
    return _finish(locked, by, at) if locked.received == locked.size else locked


def part_of(upload: Upload) -> Path:
    return Path(settings.UPLOAD_PARTS) / f"{upload.pk}.part"


def _finish(upload: Upload, by: Actor, at: dt.datetime) -> Upload:
    path = part_of(upload)
    try:
        media = keep_file(path=path, kind=upload.kind, name=upload.name, by=by, at=at)
    except Refused:
        upload.delete()
        raise
    finally:
        path.unlink(missing_ok=True)
    upload.media = media
    upload.save(update_fields=["media"])
    return upload


def receive_file(*, kind: str, name: str, size: int, chunks: Iterable[bytes], by: Actor, at: dt.datetime) -> Media:
    """A file that came in one request, for browsers without scripts."""
    _require(by)
    if kind not in (ItemKind.VIDEO, ItemKind.DOCUMENT) or not 0 < size <= limit_of(kind):
        raise Refused(
            f"文件大小应在 1 字节到 {limit_of(kind) >> 20} MB 之间", "file_size", "请压缩或分成几段后重新上传"
        )
    folder = Path(settings.UPLOAD_PARTS)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{uuid7()}.part"
    try:
        with path.open("wb") as file:
            for chunk in chunks:
                file.write(chunk)
        return keep_file(path=path, kind=kind, name=name, by=by, at=at)
    finally:
        path.unlink(missing_ok=True)


def keep_file(*, path: Path, kind: str, name: str, by: Actor, at: dt.datetime) -> Media:
    """Look at a whole file by its content, measure it, keep it. Refused with the reason; then nothing is kept."""
    media = Media(
        unit=by.unit, division=by.unit.division, kind=kind, name=Path(name).name[:200] or "课程文件",
        size=path.stat().st_size, uploaded_by=by.user, uploaded_at=at,
    )  # fmt: skip
    if kind == ItemKind.VIDEO:
        facts = measure_video(path, name)
        media.milliseconds, media.content_type, ending = facts.milliseconds, TYPES[facts.kind], facts.kind
    else:
        verdict = inspect_upload(name, path.read_bytes(), ("pdf",))
        if not verdict.ok:
            raise Refused(verdict.problems[0].what, verdict.problems[0].code, verdict.problems[0].todo)
        media.content_type, ending = "application/pdf", "pdf"
    media.sha256 = _hash(path)
    with path.open("rb") as file:
        media.file.save(f"{media.pk}.{ending}", File(file), save=False)
    try:
        with refusing():
            media.save(force_insert=True)
    except Exception:
        media.file.storage.delete(media.file.name)
        raise
    return media


def _hash(path: Path) -> str:
    told = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_READ):
            told.update(block)
    return told.hexdigest()


def write_captions(*, media: Media, language: str, content: bytes, by: Actor, at: dt.datetime) -> Caption:
    """Captions of a video as WebVTT; a corrected file takes the place of the first. Refused: no WebVTT, longer than the
    video, empty."""
    _require(by)
    if media.unit_id != by.unit.pk or media.kind != ItemKind.VIDEO:
        raise Refused("这不是本单位的视频", "not_your_file", "请使用制作课程的单位的账号")
    text = _captions(content, media.milliseconds)
    told = {"text": text, "written_by": by.user, "written_at": at}
    with refusing():
        return Caption.objects.update_or_create(media=media, language=language, defaults=told)[0]


def _captions(content: bytes, milliseconds: int) -> str:
    todo = "请用字幕软件另存为 WebVTT（.vtt，UTF-8）后重新上传"
    text = decode(content) if 0 < len(content) <= CAPTION_BYTES else None
    if text is None or not text.lstrip("\ufeff").startswith("WEBVTT"):
        raise Refused("字幕文件不是 WebVTT，或超过 1 MB", "no_webvtt", todo)
    try:
        lines = list(webvtt.from_string(text.lstrip("\ufeff")))
    except webvtt.errors.MalformedFileError as problem:
        raise Refused("字幕文件有错误，不能读取", "bad_webvtt", todo) from problem
    if not lines:
        raise Refused("字幕文件里没有字幕", "empty_webvtt", todo)
    if lines[-1].start_in_seconds * 1000 > milliseconds:
        raise Refused("字幕比视频长，可能选错了文件", "long_webvtt", "请核对视频和字幕是否对应")
    return text.lstrip("\ufeff")
