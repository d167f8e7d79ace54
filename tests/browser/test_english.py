"""The pages in English keep their width: nothing sticks out, no word is squeezed to a column of letters."""

import pytest

from tests.browser.conftest import DESKTOP, PHONE

PAGES = ("/", "/policies/", "/lists/", "/notices/", "/offers/", "/verify/", "/about/", "/site-map/", "/sign-in/")
MEASURE = """() => {
  const width = document.documentElement.clientWidth, found = [];
  if (document.documentElement.scrollWidth > width) found.push('the page scrolls sideways');
  for (const one of document.querySelectorAll('dt, dd, th, td, h1, h2, h3, button, .btn, nav a')) {
    const box = one.getBoundingClientRect();
    if (box.width && box.width < 24 && one.textContent.trim().length > 5 && !one.closest('.visually-hidden'))
      found.push('squeezed: ' + one.textContent.trim().slice(0, 40));
  }
  const brand = document.querySelector('.brand'), first = document.querySelector('.top-nav a');
  if (brand && first && first.offsetParent && first.getBoundingClientRect().left < brand.getBoundingClientRect().right)
    found.push('the menu lies on the name');
  return found;
}"""


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_public_pages_in_english_fit(open_page, site, viewport):
    page = open_page(viewport)
    page.context.add_cookies([{"name": "django_language", "value": "en", "url": site}])
    for path in PAGES:
        page.goto(path)
        assert page.locator("html").get_attribute("lang") == "en"
        assert page.evaluate(MEASURE) == [], path


def test_the_measure_can_fail(open_page, site):
    page = open_page(PHONE)
    page.goto("/about/")
    page.evaluate("document.querySelector('h1').style.cssText = 'width:10px;overflow:hidden;display:block'")
    page.evaluate("document.body.insertAdjacentHTML('beforeend', '<div style=\"width:2000px\">wide</div>')")
    told = page.evaluate(MEASURE)
    assert "the page scrolls sideways" in told
    assert any(one.startswith("squeezed") for one in told)
