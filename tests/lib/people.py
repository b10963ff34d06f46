"""People at the registrar's pages, each with a browser: staff by their password, a reporter by the
mailed link, and what they send without a form on screen."""
import re

from programs import link_in, wait


def sign_in(browser, name, password):
    """A member of staff; the page that follows."""
    form = browser.get("/staff/sign-in").form("/staff/sign-in")
    return browser.submit(form, {"name": name, "password": password})


def staff(it, name):
    """A browser in which this member of staff is signed in."""
    browser = it.browser()
    sign_in(browser, name, it.password)
    return browser


def reporter(it, email, source=None):
    """A browser, calling from that address, in which this person is signed in by a mailed link."""
    def links():
        return [text for _, text in it.mails(email) if "/link/" in text]

    browser, before = it.browser(source), len(links())
    browser.submit(browser.get("/sign-in").form(r"^(/sign-in)?$"), {"email": email})
    found = wait(lambda: links()[before:])
    if not found:
        raise AssertionError(f"no link to sign in for {email}")
    browser.submit(browser.get(link_in(found[-1], "link")).form("/link/"))
    return browser


def token(browser, pages=("/", "/sign-in")):
    """A CSRF token of this browser: of the first of these pages that has one."""
    for address in pages:
        found = re.search(r'name="csrf" value="([^"]+)"',
                          browser.request("GET", address).body.decode())
        if found:
            return found.group(1)
    raise AssertionError(f"no CSRF token in {pages}")


def post(browser, path, pairs=None, **options):
    """A form sent by hand with a token; the answer as it is. options: as token() takes them."""
    return browser.post(path, {**(pairs or {}), "csrf": token(browser, **options)})
