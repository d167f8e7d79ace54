"""Closed by default, GET never writes, a refusal is a sentence."""

import pytest
from django.db import Error

from peibu.accounts.models import Division
from tests.theme.conftest import sign_in

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.urls("tests.theme.probe_urls")]


def test_view_without_declaration_is_not_found(client):
    assert client.get("/undeclared/").status_code == 404
    assert client.get("/reads/").status_code == 200  # the same kind of view, declared, opens


def test_get_that_writes_is_stopped_by_the_database(client):
    with pytest.raises(Error, match="read-only"):
        client.get("/writes/")
    assert not Division.objects.filter(name="写入区").exists()
    assert client.post("/writes/").content == b"written"  # the same view writes by POST
    assert Division.objects.filter(name="写入区").exists()


def test_post_to_a_reading_view_is_refused(client):
    assert client.post("/reads/").status_code == 405


def test_role_decides_who_sees_a_page(client, reviewer):
    assert client.get("/for-reviewers/")["Location"].startswith("/sign-in/?next=")
    sign_in(client, "reviewer")
    assert client.get("/for-reviewers/").content == b"reviewers"
    answer = client.get("/for-finance/")
    assert answer.status_code == 403
    assert "不对您的岗位开放" in answer.content.decode()


def test_account_without_a_post_is_told_so(client, reviewer):
    reviewer.assignments.all().delete()
    sign_in(client, "reviewer")
    answer = client.get("/for-reviewers/")
    assert answer.status_code == 403
    assert "没有任何岗位" in answer.content.decode()


def test_demo_page_exists_only_in_demo_mode(client, settings):
    assert client.get("/in-demo/").status_code == 200
    settings.DEMO = False
    assert client.get("/in-demo/").status_code == 404


def test_refusal_is_a_sentence_with_a_remedy(client):
    answer = client.get("/refuses/")
    assert answer.status_code == 409
    text = answer.content.decode()
    assert "名额已满" in text
    assert "请选择下一期" in text
    assert "<html" in text
    fragment = client.get("/refuses/", headers={"HX-Request": "true"})
    assert "<html" not in fragment.content.decode()
