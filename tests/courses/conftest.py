"""The course world for tests of this room."""

import pytest

from tests.courses.course_world import CourseWorld


@pytest.fixture
def world(city, tmp_path, settings) -> CourseWorld:
    return CourseWorld(city, tmp_path, settings)
