"""Files of courses: what is taken, how long a film is, pieces that go on where they stopped; nothing half-kept."""

import struct
from fractions import Fraction
from pathlib import Path

import pytest

from peibu.courses.actions.uploads import OutOfPlace, add_piece, begin_upload, part_of, receive_file, write_captions
from peibu.courses.models import Media, Upload
from peibu.demo.city.films import draw_film
from peibu.intake.videos import measure_video
from peibu.kernel.errors import Refused
from tests.courses.course_world import CAPTIONS, film, paper


def written(folder: Path, content: bytes, name: str = "x.webm") -> Path:
    path = folder / name
    path.write_bytes(content)
    return path


@pytest.mark.parametrize(("seconds", "step"), [(1, 0.5), (7, 0.25), (61, 1.0), (1260, 10.0)])
def test_a_films_length_is_measured_to_the_millisecond(tmp_path, seconds, step):
    facts = measure_video(written(tmp_path, draw_film(4, seconds=seconds, step=step)), "x.webm")
    assert (facts.kind, facts.milliseconds, facts.width, facts.height) == ("webm", 1000 * seconds, 320, 180)


def test_an_mp4_is_measured_too(tmp_path):
    import av

    path = tmp_path / "x.mp4"
    with av.open(str(path), "w", format="mp4") as target, av.open(str(written(tmp_path, film(1)))) as source:
        stream = target.add_stream("libx264", rate=25)
        stream.width, stream.height, stream.pix_fmt = 320, 180, "yuv420p"
        for number, frame in zip(range(25 * 3), list(source.decode(video=0)) * 4, strict=False):
            frame.pts, frame.time_base = number, Fraction(1, 25)
            target.mux(stream.encode(frame))
        target.mux(stream.encode(None))
    assert measure_video(path, "x.mp4").milliseconds == 3000


def test_a_header_that_lies_gains_nothing(tmp_path):
    """The duration in the header of a WebM (element 0x4489, a float) says ten hours; the packets say forty seconds."""
    content = film(1)
    place = content.index(b"\x44\x89\x88") + 3
    forged = content[:place] + struct.pack(">d", 36_000_000.0) + content[place + 8 :]
    import av

    path = written(tmp_path, forged)
    with av.open(str(path)) as container:
        assert container.duration == 36_000_000_000, "the forgery works on who believes headers"
    assert measure_video(path, "x.webm").milliseconds == 40_000


def test_a_hole_is_no_class_hour(tmp_path):
    with pytest.raises(Refused, match="没有画面和声音"):
        measure_video(written(tmp_path, draw_film(4, seconds=80, step=40.0)), "x.webm")


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "空"), (b"%PDF-1.7 nothing", "PDF"), (b"<html><script>alert(1)</script>", "网页"),
        (b"\x1a\x45\xdf\xa3" + bytes(4000), "不完整或已损坏"), (b"MZ" + bytes(2000), "可执行程序"),
    ],
    ids=["empty", "pdf", "page", "broken", "program"],
)  # fmt: skip
def test_what_is_no_film_is_refused_by_its_content(tmp_path, content, told):
    with pytest.raises(Refused, match=told):
        measure_video(written(tmp_path, content), "好课.mp4")


def test_half_a_film_is_measured_as_what_is_there(tmp_path):
    content = film(1)
    facts = measure_video(written(tmp_path, content[: len(content) // 2]), "x.webm")
    assert facts.milliseconds < 40_000


@pytest.mark.django_db
class TestUploads:
    def begun(self, world, content, **changes):
        told = {
            "kind": "video",
            "name": "一.webm",
            "size": len(content),
            "fingerprint": "一 1",
            "by": world.by,
            "at": world.now,
        }
        return begin_upload(**(told | changes))

    def test_pieces_go_on_where_they_stopped(self, world):
        content = film(1)
        upload = self.begun(world, content)
        add_piece(upload=upload, offset=0, piece=content[:5000], by=world.by, at=world.now)
        again = self.begun(world, content)
        assert (again.pk, again.received) == (upload.pk, 5000)
        with pytest.raises(OutOfPlace) as out:
            add_piece(upload=upload, offset=0, piece=content[:5000], by=world.by, at=world.now)
        assert out.value.received == 5000
        part_of(upload).open("ab").write(b"left over by a broken request")
        done = add_piece(upload=upload, offset=5000, piece=content[5000:], by=world.by, at=world.now)
        assert (done.media.milliseconds, done.media.size) == (40_000, len(content))
        assert done.media.file.read() == content
        assert not part_of(upload).exists()
        assert self.begun(world, content).pk != upload.pk  # the same file for another chapter

    def test_a_whole_file_that_is_no_film_leaves_nothing(self, world):
        upload = self.begun(world, b"x" * 3000)
        with pytest.raises(Refused):
            add_piece(upload=upload, offset=0, piece=b"x" * 3000, by=world.by, at=world.now)
        assert (Media.objects.count(), Upload.objects.count()) == (0, 0)
        assert list(Path(part_of(upload)).parent.glob("*")) == []

    def test_another_unit_adds_nothing(self, world):
        upload = self.begun(world, film(1))
        with pytest.raises(Refused, match="不是本单位"):
            add_piece(
                upload=upload,
                offset=0,
                piece=b"x",
                by=world.city.actor("provider", world.city.unit("z02")),
                at=world.now,
            )

    @pytest.mark.parametrize("size", [0, -1, 5 * 1024**3])
    def test_sizes_have_limits(self, world, size):
        with pytest.raises(Refused, match="文件大小"):
            self.begun(world, b"", size=size)

    def test_documents_are_pdf(self, world):
        kept = receive_file(
            kind="document", name="a.pdf", size=len(paper()), chunks=[paper()], by=world.by, at=world.now
        )
        assert kept.content_type == "application/pdf"
        with pytest.raises(Refused):
            receive_file(kind="document", name="a.pdf", size=9, chunks=[b"not a pdf"], by=world.by, at=world.now)

    @pytest.mark.parametrize(
        ("content", "told"),
        [
            (b"1\n00:00:00,000 --> 00:00:01,000\nSRT\n", "不是 WebVTT"), (b"WEBVTT\n\n", "没有字幕"), (b"", "不是 WebVTT"),
            (b"WEBVTT\n\n00:50.000 --> 00:51.000\nx\n", "比视频长"), (b"WEBVTT\n\n" + b"x" * 2**20, "不是 WebVTT"),
        ],
        ids=["srt", "without", "empty", "long", "large"],
    )  # fmt: skip
    def test_captions_are_webvtt_of_this_film(self, world, content, told):
        media = world.film()
        with pytest.raises(Refused, match=told):
            write_captions(media=media, language="zh", content=content, by=world.by, at=world.now)

    def test_captions_can_be_corrected(self, world):
        media = world.film()
        for text in (CAPTIONS, CAPTIONS.replace("安全".encode(), "规范".encode())):
            write_captions(media=media, language="zh", content=text, by=world.by, at=world.now)
        assert "规范" in media.captions.get().text
