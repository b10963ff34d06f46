"""An application for accreditation, answered page by page as a person without script does."""
import re

COOKIE = "application"

# What each page is answered with, where a test says nothing else.
DEFAULTS = {"class": "reporter", "name": "Amina Ọkáfọ̀", "email": "amina@lantern.example", "phone": "",
            "outlet": "The Lantern", "site": "www.lantern.example", "address": "",
            "scope": "A term paper", "deadline": "2027-03-01", "title": "Night shift",
            "synopsis": "A night at a newsroom", "begins": "2027-01-01", "ends": "2027-02-01",
            "requirements": "A quiet corner", "proof": "My editor answers at desk@lantern.example",
            "choice": "0"}


def answer(browser, page, values):
    """Answers the question on screen; what follows."""
    form = page.form(r"^/accreditation/(?!forget|files/)")
    known = {name: value for name, value in {**DEFAULTS, **values}.items() if name in form.names}
    return browser.submit(form, known, button=("then", "go") if any(
        name == "then" for name, _, _ in form.buttons) else None)


def walk(browser, values, until=r"/accreditation/check$"):
    """From the first page to the one whose address matches; that page."""
    page = browser.get("/accreditation/kind")
    for _ in range(15):
        if re.search(until, page.url):
            return page
        page = answer(browser, page, values)
        if page.status >= 400:
            return page
    raise AssertionError(f"not reached {until}: {page.url}\n{page.text}")


def send(browser, values):
    """The whole application, until it waits for its link."""
    page = walk(browser, values)
    if page.status >= 400:
        return page
    return browser.submit(page.form(r"^/accreditation/check$"))
