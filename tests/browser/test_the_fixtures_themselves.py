"""Each guard of the browser fixtures must be able to fail."""

import pytest

GOOD = "<!doctype html><html lang='zh'><title>页面</title><main><h1>培训补贴</h1><p>正文</p></main>"


def test_a_console_error_is_noticed(page, complaints):
    page.set_content(GOOD)
    assert complaints == []
    page.evaluate("console.error('broken')")
    page.evaluate("setTimeout(() => { throw new Error('thrown') })")
    page.wait_for_timeout(50)
    assert [entry.split(":")[0] for entry in complaints] == ["console", "script"]
    complaints.clear()


def test_a_failed_request_and_a_missing_file_are_noticed(page, site, complaints):
    page.goto(site + "/static/vendor/htmx/htmx.min.js")
    assert complaints == []
    page.route("**/no-such-page", lambda route: route.fulfill(status=404, body="gone"))
    page.goto(site + "/no-such-page")
    assert [entry.split()[:2] for entry in complaints] == [["response:", "404"]]
    complaints.clear()
    page.set_content(GOOD + "<img alt='图' src='http://127.0.0.1:9/nothing.png'>")
    page.wait_for_timeout(200)
    assert any(entry.startswith("request:") for entry in complaints)
    complaints.clear()


def test_axe_finds_a_violation_and_passes_a_good_page(page, axe):
    page.set_content(GOOD)
    axe(page)
    page.set_content(GOOD.replace("<p>正文</p>", "<img src='data:,'>"))
    with pytest.raises(AssertionError, match="image-alt"):
        axe(page)


def test_the_phone_is_narrow_and_chinese_has_glyphs(phone, desktop):
    phone.set_content(GOOD.replace("<title>", "<meta name=viewport content='width=device-width'><title>"))
    assert phone.evaluate("[innerWidth, matchMedia('(pointer: coarse)').matches]") == [390, True]
    assert desktop.evaluate("[innerWidth, innerHeight]") == [1440, 900]
    desktop.set_content(
        "<span id=a style='font:40px sans-serif'>培</span><span id=b style='font:40px sans-serif'>补</span>"
    )
    # two different missing glyphs would be drawn as the same box
    same = "([...document.querySelectorAll('span')].map(s => s.getBoundingClientRect().width))"
    assert desktop.evaluate(same) == [40, 40]
    pictures = [desktop.locator(name).screenshot() for name in ("#a", "#b")]
    assert pictures[0] != pictures[1]
