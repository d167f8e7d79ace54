"""Signing in and out, locks, posts, language."""

import pytest

from tests.theme.conftest import PASSWORD, sign_in

pytestmark = pytest.mark.django_db


def test_good_password_signs_in_and_leads_to_the_start_page(client, reviewer):
    assert sign_in(client, "reviewer")["Location"] == "/my/"
    assert client.get("/my/")["Location"] == "/desk/"


def test_role_without_start_page_gets_a_personal_page(client, trainee, monkeypatch):
    monkeypatch.setattr("peibu.theme.menu.START", {"trainee": "no-such-page"})
    sign_in(client, "trainee")
    assert "学员" in client.get("/my/").content.decode()


def test_wrong_password_gets_one_sentence(client, reviewer):
    answer = sign_in(client, "reviewer", "wrong")
    assert "账号或密码不正确" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_too_many_wrong_passwords_lock_even_the_right_one(client, reviewer, settings):
    for _try in range(settings.AXES_FAILURE_LIMIT):
        answer = sign_in(client, "reviewer", "wrong")
    assert answer.status_code == 429
    answer = sign_in(client, "reviewer")
    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()
    assert "_auth_user_id" not in client.session


def test_one_wrong_password_less_does_not_lock(client, reviewer, settings):
    for _try in range(settings.AXES_FAILURE_LIMIT - 1):
        sign_in(client, "reviewer", "wrong")
    assert sign_in(client, "reviewer").status_code == 302


@pytest.mark.parametrize("address", ["https://evil.example/", "//evil.example/", "javascript:alert(1)"])
def test_foreign_next_is_ignored(client, reviewer, address):
    assert sign_in(client, "reviewer", next=address)["Location"] == "/my/"
    answer = client.post("/language/", {"language": "en", "next": address})
    assert "evil" not in answer["Location"]
    assert "javascript" not in answer["Location"]


def test_own_next_is_followed(client, reviewer):
    assert sign_in(client, "reviewer", next="/theme/gallery/")["Location"] == "/theme/gallery/"


def test_sign_out_needs_post(client, reviewer):
    sign_in(client, "reviewer")
    client.get("/sign-out/")
    assert "_auth_user_id" in client.session
    client.post("/sign-out/")
    assert "_auth_user_id" not in client.session


def test_signing_out_clears_what_a_trainees_phone_kept_and_only_that(client, reviewer, trainee):
    for account, header in (("trainee", '"storage"'), ("reviewer", None)):
        sign_in(client, account)
        assert client.post("/sign-out/").headers.get("Clear-Site-Data") == header


def test_switching_to_an_own_post_and_not_to_a_foreign_one(client, reviewer, trainee):
    sign_in(client, "reviewer")
    own = reviewer.assignments.get(role="hrss_supervisor")
    client.post("/switch-role/", {"assignment": str(own.id)})
    assert "人社局监考员" in client.get("/theme/gallery/").content.decode()
    foreign = trainee.assignments.get()
    answer = client.post("/switch-role/", {"assignment": str(foreign.id)}, follow=True)
    assert "您没有这个岗位" in answer.content.decode()
    assert client.session["assignment"] == str(own.id)


def test_language_switch_changes_the_words(client, settings):
    assert "跳到主要内容" in client.get("/sign-in/").content.decode()
    client.post("/language/", {"language": "en", "next": "/sign-in/"})
    text = client.get("/sign-in/").content.decode()
    assert 'lang="en"' in text
    assert "Password" in text or "密码" in text  # the compiled catalogue exists only after set-up


def accounts_of_the_demo():
    return [("审核岗", "吴越", "reviewer", PASSWORD, "测试区")]


def test_demo_accounts_are_listed_only_in_demo_mode(client, settings):
    settings.PEIBU_DEMO_ACCOUNTS = ""
    assert "点一下即登录" not in client.get("/sign-in/").content.decode()
    settings.PEIBU_DEMO_ACCOUNTS = "tests.theme.test_sign_in.accounts_of_the_demo"
    assert PASSWORD in client.get("/sign-in/").content.decode()
    settings.DEMO = False
    assert PASSWORD not in client.get("/sign-in/").content.decode()
