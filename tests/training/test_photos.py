"""Photos of a class: only pictures, without embedded data, once; look-alikes of other classes are found."""

import io

import pytest
from PIL import Image, ImageOps

from peibu.casework.models import Document
from peibu.demo.city.photos import draw_photo
from peibu.intake.uploads import hash_distance
from peibu.kernel.errors import Refused
from peibu.training.actions.photos import index_old_photos, keep_photo
from peibu.training.models import PhotoPrint
from peibu.training.queries.photos import near_duplicates, photos_missing, photos_of
from tests.city import at
from tests.classroom import START_OF_TEACHING as START
from tests.classroom import classroom

pytestmark = pytest.mark.django_db


@pytest.fixture
def room(city):
    return classroom(city)


@pytest.fixture
def keep(room):
    def kept(content: bytes, *, name: str = "课堂.jpg", of=room, **also) -> Document:
        return keep_photo(cohort=of.cohort, name=name, content=content, by=of.teacher, at=START, **also)

    return kept


def refused(code: str):
    return pytest.raises(Refused, check=lambda error: error.code == code)


def jpeg(picture: Image.Image, **options) -> bytes:
    sink = io.BytesIO()
    picture.save(sink, "JPEG", quality=80, **options)
    return sink.getvalue()


def test_a_photo_is_kept_without_position_and_with_the_camera_time_as_a_fact(keep, room):
    exif = Image.Exif()
    exif.get_ifd(0x8769)[0x9003] = "2020:10:12 09:30:00"
    exif.get_ifd(0x8825)[1] = "N"
    content = jpeg(Image.open(io.BytesIO(draw_photo(1))), exif=exif)
    assert b"2020:10:12 09:30:00" in content
    row = keep(content, session=room.sessions[0])
    stored = row.file.read()
    assert b"2020:10:12 09:30:00" not in stored
    assert not Image.open(io.BytesIO(stored)).getexif()
    assert row.facts["taken_at"] == "2020-10-12T09:30:00"
    assert (row.facts["session"], row.purpose, row.division) == (
        str(room.sessions[0].pk), "site_photo", room.cohort.division
    )  # fmt: skip
    assert list(photos_of(room.cohort)) == [row]


def test_the_policy_says_how_many_are_missing(keep, room):
    missing = []
    for drawing in (1, 2, 3):
        missing.append(photos_missing(room.cohort, on=START.date()))
        keep(draw_photo(drawing))
    assert [*missing, photos_missing(room.cohort, on=START.date())] == [2, 1, 0, 0]


@pytest.mark.parametrize(
    "content",
    [b"", b"<html><script>alert(1)</script>", b"%PDF-1.7\n", b"GIF89a" + b"\0" * 40, draw_photo(1)[:3000], b"PK\3\4"],
    ids=["empty", "html", "pdf", "gif", "half a picture", "zip"],
)
def test_what_is_not_a_whole_picture_is_refused_with_its_name(keep, content):
    with pytest.raises(Refused, match="照片“课堂.jpg”没有保存") as told:
        keep(content)
    assert told.value.remedy
    assert not Document.objects.filter(purpose="site_photo").exists()


def test_a_picture_with_too_many_pixels_or_bytes_is_refused(keep):
    flat = io.BytesIO()
    Image.new("1", (9000, 9000)).save(flat, "PNG")
    assert len(flat.getvalue()) < 100_000  # small on disk, large in memory
    with refused("photo_unfit"):
        keep(flat.getvalue(), name="大图.png")
    with refused("photo_unfit"):
        keep(draw_photo(1) + b"\0" * (21 << 20))


def test_the_same_file_twice_and_closed_classes_and_foreign_sessions_are_refused(keep, room, city):
    keep(draw_photo(1))
    with refused("photo_twice"):
        keep(draw_photo(1), name="另一个名字.jpg")
    other = classroom(city, number=1)
    with refused("foreign_session"):
        keep(draw_photo(2), session=other.sessions[0])
    with refused("not_your_class"):
        keep_photo(cohort=room.cohort, name="x.jpg", content=draw_photo(2), by=other.teacher, at=START)
    with refused("not_your_class"):
        keep_photo(cohort=room.cohort, name="x.jpg", content=draw_photo(2), by=room.trainees[0], at=START)
    room.cohort.stage = "archived"
    with refused("class_is_closed"):
        keep(draw_photo(2))


@pytest.mark.parametrize("how", ["again", "brighter and cropped", "mirrored", "smaller", "stamped"])
def test_a_photo_handed_in_by_another_class_is_found(keep, city, how):
    original = Image.open(io.BytesIO(draw_photo(5)))
    stamped = original.copy()
    stamped.paste("#ffe34d", (520, 590, 900, 630))
    copies = {
        "again": draw_photo(5),
        "brighter and cropped": draw_photo(5, near_duplicate=True),
        "mirrored": jpeg(ImageOps.mirror(original)),
        "smaller": jpeg(original.resize((480, 320))),
        "stamped": jpeg(stamped),
    }
    mine = keep(draw_photo(5))
    keep(draw_photo(6))
    copy = keep(copies[how], of=classroom(city, number=1))
    found = near_duplicates(copy)
    assert [one.other_id for one in found] == [mine.pk]
    assert found[0].mirrored is (how == "mirrored")
    assert found[0].other_cohort_id == mine.subject_id
    assert [one.other_id for one in near_duplicates(mine)] == [copy.pk]


def test_different_classrooms_and_photos_of_the_same_class_are_no_finding(keep, city):
    for drawing in range(1, 9):
        keep(draw_photo(drawing))
    keep(draw_photo(3, near_duplicate=True))  # two shots of one class may look alike
    other = classroom(city, number=1)
    found = [near_duplicates(keep(draw_photo(drawing), of=other)) for drawing in range(20, 28)]
    assert found == [[]] * 8


def test_pictures_without_structure_are_not_compared(keep, city):
    wall = jpeg(Image.new("RGB", (640, 480), "#777777"))
    screen = jpeg(Image.new("RGB", (640, 480), "#787878"))
    keep(wall)
    assert near_duplicates(keep(screen, of=classroom(city, number=1))) == []


def test_the_retained_file_cannot_be_deleted(keep):
    from django.db import DatabaseError, transaction

    row = keep(draw_photo(1))
    with pytest.raises(DatabaseError), transaction.atomic():
        Document.objects.filter(pk=row.pk).delete()
    assert at("2020-10-12 09:00") == row.uploaded_at


def test_the_database_counts_the_same_differing_bits_as_the_hash_library(keep, city):
    mine = keep(draw_photo(5))
    other = keep(draw_photo(5, near_duplicate=True), of=classroom(city, number=1))
    found = near_duplicates(other)[0]
    assert found.distance == hash_distance(mine.facts["hash"], other.facts["hash"]) or found.distance == hash_distance(
        mine.facts["hash_without_strip"], other.facts["hash_without_strip"]
    )
    assert found.distance > 0


def test_photos_kept_before_the_index_are_found_after_it_is_made_once(keep, city):
    mine = keep(draw_photo(5))
    keep(jpeg(Image.new("RGB", (640, 480), "#777777")))
    copy = keep(draw_photo(5, near_duplicate=True), of=classroom(city, number=1))
    PhotoPrint.objects.all().delete()
    assert near_duplicates(copy) == []
    index_old_photos()
    index_old_photos()
    assert [one.other_id for one in near_duplicates(copy)] == [mine.pk]
    assert PhotoPrint.objects.count() == 2  # the wall has no print
