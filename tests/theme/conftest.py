"""Accounts for the tests of the theme."""

import datetime as dt

import pytest
from django.utils import timezone

from peibu.accounts.actions import open_account
from peibu.accounts.enums import Role
from peibu.accounts.models import Assignment, Division, Unit

PASSWORD = "synthetic-pass-2020"


@pytest.fixture
def agency(db):
    district = Division.objects.create(name="测试区", code="370299", kind="district")
    return Unit.objects.create(kind="agency", name="测试区公共就业服务中心", division=district)


@pytest.fixture
def reviewer(agency):
    """An officer with two posts."""
    user = open_account(
        username="reviewer",
        password=PASSWORD,
        name="吴越",
        id_number="synthetic-1",
        role=Role.AGENCY_REVIEWER,
        unit=agency,
        at=timezone.now(),
    )
    hrss = Unit.objects.create(kind="hrss", name="测试区人社局", division=agency.division)
    Assignment.objects.create(user=user, role=Role.HRSS_SUPERVISOR, unit=hrss, valid_from=dt.date(2015, 1, 1))
    return user


@pytest.fixture
def trainee(db):
    return open_account(
        username="trainee",
        password=PASSWORD,
        name="王敏",
        id_number="synthetic-2",
        role=Role.TRAINEE,
        unit=None,
        at=timezone.now(),
    )


def sign_in(client, username, password=PASSWORD, **more):
    return client.post("/sign-in/", {"username": username, "password": password, **more})
