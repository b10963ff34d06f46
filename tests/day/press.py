#!/usr/bin/python3
"""Thirty people of the press, as they use the public pages without script: they apply, prove their
address, sign in, register and cancel. A line of JSON in is one wish, a line out is what came of it.

Usage: press.py BUILD DATA PORT

    {"do": "apply"}                                    -> [{"email", "reference", ...}, ...]
    {"do": "register", "slug": S, "emails": [...]}     -> {email: what the page then says}
    {"do": "cancel", "slug": S, "email": E}            -> {email: what the page then says}
"""
import json
import os
import struct
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import applying  # noqa: E402
import people  # noqa: E402
from programs import Programs, link_in  # noqa: E402

# Class, name, outlet. Names that are hard to print stand among them on purpose.
PEOPLE = [
    ("reporter", "Amina Ọkáfọ̀", "Lakemont Courier"), ("reporter", "Zoë Brontë-Łuczak", "Lakemont Courier"),
    ("reporter", "محمد الأمين", "The Lantern"), ("reporter", "王秀英", "Harbour Chinese Daily"),
    ("reporter", "Søren Ångström", "The Lantern"), ("reporter", "=HYPERLINK(\"x\")", "+Plus Media"),
    ("reporter", "O’Brien, Siobhán", "Radio Lac"), ("reporter", "Ελένη Παπαδοπούλου", "The Lantern"),
    ("photographer", "Дарья Соколова", "Lakemont Courier"), ("photographer", "Odile Gagné", "L’Écho du lac"),
    ("photographer", "नेहा शर्मा", "North Shore Pictures"), ("photographer", "Li Wei", "The Lantern"),
    ("camera", "Ada Berg", "Channel Nine North"), ("camera", "Ben Oduya", "Channel Nine North"),
    ("camera", "Cleo Marsh", "Channel Nine North"), ("camera", "Dov Katz", "Lakeside Television"),
    ("camera", "Eun-ji Park", "Lakeside Television"), ("sound", "Farid Haddad", "Channel Nine North"),
    ("sound", "Gwen Pryce", "Radio Lac"), ("producer", "Hugo Tremblay", "Lakeside Television"),
    ("producer", "Ines Duarte", "Radio Lac"), ("freelance", "Jonas Weiß", "Freelance"),
    ("freelance", "K. T. Nguyễn Thị Minh Khai", "Freelance"), ("freelance", "Lola Quint", "Freelance"),
    ("student", "Mo Farrow", "Lakemont College Gazette"), ("student", "Nadia Petrov", "Lakemont College Gazette"),
    ("documentary", "Oren Vale", "Longview Films"), ("documentary", "Pia Lindqvist", "Longview Films"),
    ("reporter", "Q" * 120, "Lakemont Courier"), ("reporter", "Amina Okafo", "Lakemont Courier"),
]


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def face(number):
    """A PNG that no other person has: a light head on a dark ground."""
    width, height = 240, 300
    skin, ground = bytes((214 - number, 172, 140 + number)), bytes((40 + 4 * number, 70, 110))
    rows = b"".join(b"\0" + b"".join(
        skin if ((x - 120) / 60) ** 2 + ((y - 130) / 85) ** 2 < 1 else ground for x in range(width))
        for y in range(height))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) + \
        chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def address(person):
    """Where this person calls from."""
    return f"127.0.7.{person['number']}"


class Press:
    def __init__(self, build, data, port):
        self.it = Programs(build)
        self.it.data, self.it.port = data, port
        self.people = [{"number": n, "class": kind, "name": name, "outlet": outlet,
                        "email": f"press{n}@day.example"}
                       for n, (kind, name, outlet) in enumerate(PEOPLE, 1)]
        self.browsers = {}

    def apply(self, _wish):
        for person in self.people:
            self.apply_one(person)
        known = dict(self.it.store(
            "SELECT email, reference FROM application WHERE email LIKE '%@day.example'"))
        return [{**person, "reference": known.get(person["email"])} for person in self.people]

    def apply_one(self, person):
        browser = self.it.browser(address(person))
        values = {name: person[name] for name in ("class", "name", "email", "outlet")}
        page = applying.walk(browser, values, until=r"/(photo|check)$")
        if page.url.endswith("/photo"):
            form = page.form(r"^/accreditation/photo")
            page = browser.submit(form, {"photo": ("me.png", face(person["number"]))},
                                  button=("then", "go") if any(n == "then" for n, _, _ in form.buttons)
                                  else None)
        if not page.url.endswith("/check"):
            page = applying.walk(browser, values)
        page = browser.submit(page.form(r"^/accreditation/check$"))
        if page.status >= 400:
            raise AssertionError(f"{person['email']}: {page.status} {page.text}")
        text = self.it.wait_mail(person["email"], 1)[0][1]
        browser.submit(browser.get(link_in(text, "confirm")).form("/confirm/"))

    def signed_in(self, email):
        if email not in self.browsers:
            person = next(p for p in self.people if p["email"] == email)
            self.browsers[email] = people.reporter(self.it, email, address(person))
        return self.browsers[email]

    def register(self, wish):
        said = {}
        for email in wish["emails"]:
            browser = self.signed_in(email)
            page = browser.get(f"/conferences/{wish['slug']}")
            page = browser.submit(page.form("/register$"), {"consent": "yes"})
            said[email] = page.text
        return said

    def cancel(self, wish):
        browser = self.signed_in(wish["email"])
        page = browser.get(f"/conferences/{wish['slug']}")
        page = browser.get(page.link("^/registrations/[^/]+$"))
        page = browser.get(page.link("/cancel$"))
        return {wish["email"]: browser.submit(page.form("/cancel$|^$")).text}


def main():
    press = Press(sys.argv[1], sys.argv[2], int(sys.argv[3]))
    for line in sys.stdin:
        wish = json.loads(line)
        print(json.dumps(getattr(press, wish["do"])(wish)), flush=True)


main()
