#!/usr/bin/python3
"""What staff are told of an application that may not be what it seems: somebody like the applicant,
a field that only programs see, answers faster than people type. Each is a hint with its reason; none
refuses anything, and the applicant sees the same pages.

Usage: hints.py BUILD
"""
import io
import os
import re
import sys

from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import applying  # noqa: E402
import people  # noqa: E402
from programs import Programs, link_in  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)
rows = it.store
SLOW, TRAP = "faster than people type", "people don’t see"
NAME, PHOTO, EMAIL = "the same name at the same outlet", "the same picture", "the same mailbox"


def picture(seed):
    image = Image.radial_gradient("L").rotate(seed).convert("RGB")
    out = io.BytesIO()
    image.save(out, "PNG")
    return out.getvalue()


def apply(email, name, outlet, photo=None, trap="", slow=True):
    """Applies and confirms; the reference, and what the applicant was shown."""
    browser = it.browser()
    page = applying.walk(browser, {"email": email, "name": name, "outlet": outlet}, until="/you$")
    page = browser.submit(page.form("^/accreditation/you"), {"email": email, "name": name, "homepage": trap},
                          button=("then", "go"))
    page = applying.walk(browser, {"email": email, "name": name, "outlet": outlet, "homepage": trap},
                         until="/photo$")
    if photo:
        browser.submit(page.form(r"^/accreditation/photo"), {"photo": ("a.png", photo)},
                       button=("then", "go"))
    check = browser.get("/accreditation/check")
    if slow:
        rows("UPDATE dossier SET created = created - 300 WHERE token IS NOT NULL")
    browser.submit(check.form("^/accreditation/check$"))
    link = link_in(it.wait_mail(email, 1)[-1][1], "confirm")
    done = browser.submit(browser.get(link).form("/confirm/"))
    return re.search(r"A-\w{4}-\w{4}", done.text).group(0), check.text, done.text


def hints(staff, reference):
    """The page where staff decide; what it says beside the application's own references."""
    page = staff.get(f"/staff/applications/{reference}")
    part = re.search(r"Look at this before you decide(.*?)</ul>", page.body.decode(), re.S)
    return re.sub(r"<[^>]*>", "", part.group(1)) if part else ""


def main():
    it.init()
    it.start()
    staff = people.staff(it, "admin")
    first, check, said = apply("rae.viewed@lantern.example", "Rae Viéwed", "Lumen TV", picture(10))
    tap.equal(hints(staff, first), "", "the control: one like nobody, answered slowly, has no hint")
    for email, name, outlet, photo, words, missing in (
            ("rae@elsewhere.example", "RAE  viewed", "Lumen TV", None, NAME, PHOTO),
            ("other@elsewhere.example", "Rае Viewed", "Lumen TV", None, NAME, PHOTO),  # Cyrillic a, e
            ("raeviewed+2@lantern.example", "R. V.", "Lumen TV", None, EMAIL, NAME),
            ("nobody@elsewhere.example", "Somebody Else", "Radio Aurore", picture(10), PHOTO, NAME)):
        reference, _, told = apply(email, name, outlet, photo)
        found = hints(staff, reference)
        tap.ok(words in found and first in found and missing not in found and SLOW not in found and
               TRAP not in found, f"{name} <{email}>: {words}", found)
        tap.equal(told.replace(reference, first), said, "the applicant is shown the same as anybody")
    for email, name, outlet, photo in (
            ("rae2@elsewhere.example", "Rae Viewed", "Radio Aurore", picture(77)),
            ("rae.viewed@elsewhere.example", "Ray Weaved", "Lumen TV", picture(33))):
        tap.equal(hints(staff, apply(email, name, outlet, photo)[0]), "",
                  f"the control: {name} at {outlet} is like nobody")
    trapped, _, told = apply("bot@elsewhere.example", "Bo Tte", "Lumen TV", trap="https://x.example")
    found = hints(staff, trapped)
    tap.ok(TRAP in found and SLOW not in found, "a field filled in that people don't see", found)
    tap.equal(told.replace(trapped, first), said, "is accepted all the same: the desk decides")
    tap.ok("x.example" not in check and "homepage" not in check, "nor does it stand among the answers")
    hasty, _, told = apply("fast@elsewhere.example", "Fay St", "Lumen TV", slow=False)
    found = hints(staff, hasty)
    tap.ok(SLOW in found and TRAP not in found, "answers faster than people type", found)
    tap.equal(told.replace(hasty, first), said, "are accepted all the same")
    done = staff.submit(staff.get(f"/staff/applications/{hasty}").form("/approve$"))
    tap.ok("done=approved" in done.url, "and approved, if staff think so", done.url)
    it.stop()
    with open(it.path("serve.log"), encoding="utf-8", errors="replace") as file:
        tap.ok("ours" not in file.read(), "no fault of ours in the log")


try:
    tap.run(main)
finally:
    it.close()
