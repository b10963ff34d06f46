#!/usr/bin/python3
"""Applying for accreditation, over HTTP and without script: questions, outlets, files, coming back.

Usage: apply.py BUILD
"""
import io
import os
import re
import sqlite3
import struct
import sys
import time
import urllib.parse
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import applying  # noqa: E402
import people  # noqa: E402
from browser import multipart  # noqa: E402
from programs import Programs, link_in  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)
rows = it.store
secrets = []

PDF = b"%PDF-1.4\n% a letter\n%%EOF\n"
JPEG_START = b"\xff\xd8\xff\xe0 not much of a picture"


def png(width, height):
    """A PNG of one colour on the left and another on the right."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + \
            struct.pack(">I", zlib.crc32(kind + data))
    row = b"\0" + b"\xc0\x80\x60" * (width // 2) + b"\x20\x40\xa0" * (width - width // 2)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)) \
        + chunk(b"tEXt", b"Comment\0taken at home") + chunk(b"IDAT", zlib.compress(row * height)) \
        + chunk(b"IEND", b"")


def form_of(page, part):
    return page.form(rf"^/accreditation/{part}(\?change=yes)?$")


def upload(browser, page, name, data, kind="letter", then="add"):
    return browser.submit(form_of(page, "files"), {"kind": kind, "file": (name, data)},
                          button=("then", then))


# ---- the questions ----

def questions():
    browser = it.browser()
    start = browser.get("/accreditation")
    tap.ok("Start now" in start.text and "What we do with what you tell us" in start.text,
           "the first page says what one needs, and why we ask")
    tap.ok(not browser.cookies.get(applying.COOKIE), "looking at it keeps nothing")
    gone = it.browser().get("/accreditation/proof")
    tap.ok(gone.url.endswith("?gone=yes") and "not here any more" in gone.text,
           "a page in the middle leads whoever has not begun to the first", gone.url)
    page = browser.get("/accreditation/kind")
    page = browser.submit(form_of(page, "kind"), {"class": "student"}, button=("then", "go"))
    tap.ok(browser.cookies.get(applying.COOKIE) and "?" not in page.url,
           "the first answer sets a cookie; no address shows it", page.url)
    secrets.append(browser.cookies[applying.COOKIE])
    page = browser.submit(form_of(page, "you"), {"name": "", "email": "zoe@lantern.example",
                                                 "phone": "555-0101"}, button=("then", "go"))
    body = page.body.decode()
    tap.ok(page.status == 422 and 'href="#name"' in body and 'value="zoe@lantern.example"' in body
           and 'value="555-0101"' in body, "an error names its field, and nothing typed is lost")
    page = applying.answer(browser, page, {"name": "Zoë", "email": "zoe@lantern.example"})
    tap.ok(page.url.endswith("/outlet"), "then it goes on", page.url)
    back = browser.get(page.link(r"^/accreditation/you$"))
    tap.ok('value="Zoë"' in back.body.decode(), "the back link shows what was answered")
    check = applying.walk(browser, {"class": "student", "name": "Zoë", "email": "zoe@lantern.example",
                                    "scope": "Policing in small towns"})
    tap.ok("Policing in small towns" in check.text and "Synopsis" not in check.text,
           "a student is asked for the scope, and not for a synopsis", check.text)
    change = browser.get(check.link(r"/kind\?change=yes"))
    page = browser.submit(form_of(change, "kind"), {"class": "documentary"}, button=("then", "go"))
    tap.ok(page.url.endswith("/documentary?change=yes"),
           "a change that opens a question leads to it", page.url)
    wrong = browser.submit(form_of(page, "documentary"), {
        "title": "T", "synopsis": "S", "begins": "2027-02-01", "ends": "2027-01-01",
        "requirements": "R"}, button=("then", "go"))
    tap.ok(wrong.status == 422 and "must not be before" in wrong.text,
           "days in the wrong order are refused", wrong.text)
    page = applying.answer(browser, wrong, {})
    tap.ok(page.url.endswith("/check") and "Policing in small towns" not in page.text and
           "A night at a newsroom" in page.text, "and back to all answers", page.url)
    return browser


def missing():
    browser = it.browser()
    page = applying.walk(browser, {"proof": ""}, until=r"/files$")
    page = browser.submit(form_of(page, "files"), {}, button=("then", "go"))
    tap.ok(page.status == 422 and "shows your work" in page.text,
           "without a link and a file it does not go on", page.status)
    early = browser.get("/accreditation/check")
    tap.ok(early.url.endswith("/files?change=yes"), "nor does the last page open", early.url)
    tap.ok(browser.request("POST", "/accreditation/check").status == 403, "nor by hand")


def once():
    email = "once@lantern.example"
    browser = it.browser()
    check = applying.walk(browser, {"email": email})
    form = form_of(check, "check")
    for _ in range(3):
        sent = browser.submit(form)
    tap.ok(sent.url.endswith("/sent") and email in sent.text, "it is sent", sent.url)
    time.sleep(0.5)
    tap.equal(len(rows("SELECT id FROM application WHERE email = ?", email)), 1,
              "a button pressed three times makes one application")
    tap.equal(len(it.mails(email)), 1, "and one mail")
    old = link_in(it.mails(email)[0][1], "confirm")
    page = browser.get("/accreditation/you?change=yes")
    page = browser.submit(form_of(page, "you"), {"email": "other@lantern.example"},
                          button=("then", "go"))
    browser.submit(form_of(page, "check"))
    new = link_in(it.wait_mail("other@lantern.example", 1)[0][1], "confirm")
    tap.equal(len(rows("SELECT id FROM application WHERE email IN (?, ?)", email,
                       "other@lantern.example")), 1, "another address is the same application")
    tap.equal(browser.get(old).status, 404, "the link sent to the address before confirms nothing")
    stranger = it.browser()
    done = stranger.submit(stranger.get(new).form("/confirm/"))
    tap.ok(re.search(r"A-\w{4}-\w{4}", done.text), "the new one does, and gives a reference")
    after = browser.get("/accreditation")
    tap.ok("Start now" in after.text, "then the cookie opens nothing any more", after.text)
    again = browser.submit(form)
    tap.ok(again.status == 200 and len(rows(
        "SELECT id FROM application WHERE email = 'other@lantern.example'")) == 1,
        "and the old page's button makes no second one", again.url)


# ---- coming back ----

def returning():
    email = "back@lantern.example"
    browser = it.browser()
    page = applying.walk(browser, {"email": email}, until=r"/proof$")
    page = browser.submit(form_of(page, "proof"), {"proof": "half a sent"}, button=("then", "save"))
    tap.ok(page.url.endswith("/save") and email in page.body.decode(), "saving asks where to send it",
           page.url)
    page = browser.submit(form_of(page, "save"))
    tap.ok(page.url.endswith("/saved"), "the link is on its way", page.url)
    link = link_in(it.wait_mail(email, 1)[0][1], "return")
    secrets.append(link.rsplit("/", 1)[1])
    other = it.browser()
    for _ in range(2):
        shown = other.get(link)
    tap.equal(shown.status, 200, "a scanner that opens it uses nothing up")
    page = other.submit(shown.form("/return/"))
    tap.ok(page.url.endswith("/check") and "half a sent" in page.text,
           "on another device the answers are there, what was half typed too", page.url, page.text)
    secrets.append(other.cookies[applying.COOKIE])
    tap.ok("Start now" in browser.get("/accreditation").text, "on the first they are not")
    tap.equal(it.browser().get(link).status, 404, "and the link works once")
    gone = other.submit(other.get("/accreditation").form("/forget$"))
    tap.ok("Start now" in gone.text and not other.cookies.get(applying.COOKIE) and
           not rows("SELECT 1 FROM answer WHERE value = ?", email), "deleted on request", gone.text)


# ---- outlets ----

def outlets():
    for typed, wanted in (("the LAKEMOUNT  courier, inc.", "Lakemount Courier"),
                          ("Rádio Auroré", "Radio Aurore"),
                          ("The Courier of old", "Lakemount Courier")):
        browser = it.browser()
        page = applying.walk(browser, {"outlet": typed}, until=r"/(outlet-choice|outlet-new|proof)$")
        tap.ok(page.url.endswith("/proof"), f"{typed!r} is {wanted}", page.url, page.text)
    browser = it.browser()
    for typed, reason in (("Lakemont Courier", "Spelt almost the same"),
                          ("Lаkemount Cоurier", "written with other letters"),  # Cyrillic a, o
                          ("LC", "initials"), ("Courier", "Every word")):
        page = applying.walk(browser, {"outlet": typed}, until=r"/(outlet-choice|outlet-new|proof)$")
        tap.ok(page.url.endswith("/outlet-choice") and "Lakemount Courier" in page.text and
               reason in page.text, f"{typed!r}: {reason}", page.url, page.text)
    form = form_of(page, "outlet-choice")
    none = browser.submit(form, {})
    tap.ok(none.status == 422 and 'href="#choice"' in none.body.decode(), "one has to be chosen")
    for made_up in ("999", "-1", "x"):
        tap.equal(browser.submit(form_of(none, "outlet-choice"), {"choice": made_up}).status, 422,
                  f"an outlet that was not offered is refused: {made_up}")
    page = browser.submit(form_of(browser.get("/accreditation/outlet-choice"), "outlet-choice"),
                          {"choice": "0"})
    tap.ok(page.url.endswith("/outlet-new"), "none of these: it is asked about", page.url)
    page = browser.submit(form_of(page, "outlet-new"), {"site": ""}, button=("then", "go"))
    tap.ok(page.status == 422 and "web site" in page.text, "a new outlet has a site")
    answer = it.browser().request("GET", "/accreditation/outlets?find=" + urllib.parse.quote("湖山"))
    tap.ok(answer.kind == "application/json" and "湖山日報" in answer.text, "typing suggests",
           answer.text)
    tap.equal(it.browser().request("GET", "/accreditation/outlets?find=x").text, "[]",
              "but not for a single letter")


# ---- files ----

def files():
    browser = it.browser()
    page = applying.walk(browser, {"proof": "", "email": "files@lantern.example"}, until=r"/files$")
    for name, data, words in (("letter.exe", b"MZ\x90\0 a program", "no PDF, JPEG or PNG"),
                              ("letter.pdf", b"<html><script>alert(1)</script>", "no PDF, JPEG or PNG"),
                              ("letter.pdf", b"", "Choose a file"),
                              ("letter.pdf", PDF + b"x" * (5 << 20), "larger than 5")):
        shown = upload(browser, page, name, data)
        tap.ok(shown.status == 422 and words in shown.text and 'href="#file"' in shown.body.decode(),
               f"{name} of {len(data)} bytes: {words}", shown.status, shown.text)
    shown = browser.submit(form_of(page, "files"), {"file": ("a.pdf", PDF)}, button=("then", "add"))
    tap.ok(shown.status == 422 and 'href="#kind"' in shown.body.decode(), "what it is has to be said")
    evil = '../../<b>"brief"</b>.pdf'
    page = upload(browser, page, evil, PDF)
    page = upload(browser, page, "card.jpg", JPEG_START, kind="press-card")
    page = upload(browser, page, "work.png", png(40, 40), kind="sample")
    tap.ok("&lt;b&gt;" in page.body.decode() and "<b>" not in page.body.decode(),
           "a file's name is text", page.text)
    links = [a for a, _ in page.page.links if a.startswith("/accreditation/files/")]
    tap.equal(len(links), 3, "three files are kept")
    got = browser.request("GET", links[0])
    policy = got.headers["Content-Security-Policy"]
    tap.ok(got.body == PDF and got.headers["Content-Type"] == "application/pdf" and
           got.headers["Content-Disposition"].startswith("attachment") and
           got.headers["X-Content-Type-Options"] == "nosniff" and "sandbox" in policy and
           "no-store" in got.headers["Cache-Control"], "and come back as a download that runs nothing",
           dict(got.headers))
    tap.equal(it.browser().request("GET", links[0]).status, 404, "not for a stranger")
    other = it.browser()
    applying.walk(other, {}, until=r"/you$")
    tap.equal(other.request("GET", links[0]).status, 404, "nor for another applicant")
    page = browser.submit(browser.get("/accreditation/files").form(re.escape(links[2]) + "/remove$"))
    tap.equal(len([a for a, _ in page.page.links if a.startswith("/accreditation/files/")]), 2,
              "one is taken away")
    for i in range(6):
        page = upload(browser, page, f"{i}.pdf", PDF)
    full = upload(browser, page, "ninth.pdf", PDF)
    tap.ok(full.status == 422 and "8 files" in full.text, "eight files and no more", full.text)
    return browser, links[0]


def malformed():
    browser = it.browser()
    page = applying.walk(browser, {}, until=r"/files$")
    csrf = dict(form_of(page, "files").fields)["csrf"]
    good = [("csrf", csrf), ("kind", "letter"), ("file", ("a.pdf", PDF)), ("then", "add")]
    where = "/accreditation/files"
    for pairs, status, words in (
            (good[1:], 403, "without its token"), ([("csrf", "x" * 43)] + good[1:], 403, "a wrong token"),
            (good + [("role", "admin")], 400, "a field nobody declared"),
            (good + [("file", ("b.pdf", PDF))], 400, "a file twice"),
            ([*good[:2], ("file", "text"), good[3]], 400, "a file as text"),
            ([good[0], ("kind", ("k", b"letter")), *good[2:]], 400, "text as a file"),
            ([good[0], ("kind", "let\0ter"), *good[2:]], 400, "a NUL in text"),
            (good + [(f"x{i}", "") for i in range(200)], 400, "too many parts")):
        tap.equal(browser.send_files(where, pairs).status, status, f"a form with files: {words}")
    body, kind = multipart(good)
    for sent, of, status, words in ((body[:-30], kind, 400, "cut short"),
                                    (body, "multipart/form-data", 415, "without a boundary"),
                                    (body, "text/plain", 415, "of another type"),
                                    (b"", kind, 403, "empty")):
        answer = browser.request("POST", where, body=sent, headers={
            "Content-Type": of, "Origin": f"http://127.0.0.1:{it.port}"})
        tap.equal(answer.status, status, f"a form with files: {words}")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        tap.equal(browser.send_files(where, good, headers).status, 403, "from another site")
    tap.equal(rows("SELECT count(*) FROM upload u JOIN dossier d ON d.id = u.dossier_id "
                   "WHERE d.id = (SELECT max(id) FROM dossier)"), [(0,)], "none of these kept a file")
    tap.equal(browser.send_files(where, good).status, 303, "the control: the same, whole, is taken")
    stranger = it.browser()
    stranger.get("/sign-in")
    large = multipart([("csrf", "x"), ("file", ("a.pdf", PDF + b"x" * 300000))])
    tap.equal(stranger.request("POST", where, body=large[0], headers={
        "Content-Type": large[1]}).status, 429, "who has not begun may not fill our memory")
    tap.equal(browser.request("POST", where, body=b"x" * 100, headers={
        "Content-Type": kind, "Content-Length": str(6 << 20)}).status, 413, "over the limit at once")


def photo():
    browser = it.browser()
    page = applying.walk(browser, {"email": "photo@lantern.example"}, until=r"/photo$")
    for data, words in ((PDF, "no JPEG and no PNG"), (JPEG_START, "cut short or damaged"),
                        (png(40, 40)[:60], "damaged"), (png(8, 8), "32 pixels")):
        shown = browser.submit(form_of(page, "photo"), {"photo": ("me.jpg", data)},
                               button=("then", "go"))
        tap.ok(shown.status == 422 and words in shown.text, f"a photograph: {words}", shown.status,
               shown.text)
    page = browser.submit(form_of(page, "photo"), {"photo": ("me.png", png(400, 200))},
                          button=("then", "go"))
    tap.ok(page.url.endswith("/check") and "photo.jpg" in page.body.decode(), "one is taken", page.url)
    kept = browser.request("GET", "/accreditation/photo.jpg")
    from PIL import Image
    image = Image.open(io.BytesIO(kept.body))
    tap.equal((image.format, image.size), ("JPEG", (160, 200)), "its middle, 4 wide and 5 high")
    left, right = image.getpixel((20, 100)), image.getpixel((140, 100))
    tap.ok(left[0] > 150 > right[0], "and what is seen stays where it was", left, right)
    tap.ok(b"taken at home" not in kept.body, "without what the file said besides")
    tap.equal(it.browser().request("GET", "/accreditation/photo.jpg").status, 404, "for nobody else")


def reviewed():
    """Staff see what was sent, and what the outlet may be; approving carries it over."""
    email = "reviewed@lantern.example"
    browser = it.browser()
    values = {"email": email, "name": "Rae Viewed", "outlet": "Lakemont Courier", "class": "student",
              "site": "www.lakemont.example", "scope": "Courts of small towns", "phone": "555-0199"}
    page = applying.walk(browser, values, until=r"/files$")
    page = upload(browser, page, "letter.pdf", PDF)
    page = applying.answer(browser, page, {})
    page = browser.submit(form_of(page, "photo"), {"photo": ("me.png", png(400, 500))},
                          button=("then", "go"))
    browser.submit(form_of(page, "check"))
    number = rows("SELECT reference FROM application WHERE email = ?", email)[0][0]
    name = rows("SELECT u.name FROM upload u JOIN dossier d ON d.id = u.dossier_id JOIN application a "
                "ON a.id = d.application_id WHERE a.email = ? AND u.kind = 'letter'", email)[0][0]
    desk, path = people.staff(it, "admin"), f"/staff/applications/{number}"
    tap.equal(desk.request("GET", f"{path}/files/{name}").status, 404,
              "what nobody has confirmed is not for staff")
    link = link_in(it.wait_mail(email, 1)[0][1], "confirm")
    asked = browser.get(link)
    tap.ok("letter.pdf" in asked.text and "Photograph" in asked.text,
           "the page of the link lists the files that go with it", asked.text)
    browser.submit(asked.form("/confirm/"))
    tap.equal(rows("SELECT phone FROM person WHERE email = ?", email), [("555-0199",)],
              "the person has the telephone number that was given")
    shown = desk.get(path)
    for words in ("Courts of small towns", "555-0199", "letter.pdf", "www.lakemont.example",
                  "Spelt almost the same."):
        tap.ok(words in shown.text, f"the page where staff decide says: {words}", shown.text)
    got = desk.request("GET", f"{path}/files/{name}")
    tap.ok(got.body == PDF and got.headers["Content-Disposition"].startswith("attachment") and
           "sandbox" in got.headers["Content-Security-Policy"], "staff download the letter")
    tap.equal(desk.request("GET", f"{path}/photo.jpg").body[:3], b"\xff\xd8\xff", "and see the photograph")
    for who, words in ((it.browser(), "a stranger"), (browser, "the applicant's old cookie")):
        tap.ok(who.request("GET", f"{path}/files/{name}").status in (303, 403), f"but not {words}")
    courier = rows("SELECT id FROM outlet WHERE name = 'Lakemount Courier'")[0][0]
    other = rows("SELECT id FROM outlet WHERE name = 'Lumen TV'")[0][0]
    form = shown.form(r"/approve$")
    done = desk.submit(form, {"outlet": str(courier), "alias": "yes"})
    tap.ok("done=approved" in done.url, "approved, with the outlet it is", done.url, done.text)
    tap.equal(rows("SELECT o.name FROM accreditation a JOIN outlet o ON o.id = a.outlet_id JOIN person p "
                   "ON p.id = a.person_id WHERE p.email = ?", email), [("Lakemount Courier",)],
              "the accreditation is for that one")
    tap.equal(rows("SELECT outlet_id FROM outlet_alias WHERE name = 'Lakemont Courier'"), [(courier,)],
              "which has another name from now on")
    tap.equal(rows("SELECT f.width, f.height FROM person p JOIN photo f ON f.hash = p.photo "
                   "WHERE p.email = ?", email), [(400, 500)], "and the person has the photograph")
    next_one = applying.walk(it.browser(), {"outlet": "lakemont courier"},
                             until=r"/(outlet-choice|outlet-new|proof)$")
    tap.ok(next_one.url.endswith("/proof"), "the next who types it is not asked", next_one.url)
    tap.ok(courier != other, "there are others")


def registry():
    """What a desk seeds the registry with."""
    it.registrar("outlet add", "Press Lantern", "--local", "--site", "https://www.press-lantern.example/")
    it.registrar("outlet alias", "press LANTERN inc.", "PL News")
    lines = it.registrar("outlet list").splitlines()
    tap.ok("Press Lantern (local)" in lines and "PL News = Press Lantern" in lines, "added and listed",
           lines)
    it.registrar("outlet alias", "Lumen TV", "pl news", code=1)
    tap.ok("another outlet" in it.said, "no name is two outlets'", it.said)
    it.registrar("outlet alias", "Nobody Knows", "x", code=1)
    tap.ok("no outlet of this name" in it.said, "an outlet nobody knows has no other names", it.said)
    it.registrar("outlet add", code=2)
    it.registrar("outlet add", "a\u202eb", code=1)
    tap.ok("invisible" in it.said, "a name with a hidden character is refused", it.said)
    before = len(lines)
    it.registrar("outlet add", "THE PRESS LANTERN LTD.")
    tap.equal(len(it.registrar("outlet list").splitlines()), before, "another spelling adds nothing")


def purge():
    """What nobody confirmed goes 14 days after its last change; what was confirmed stays."""
    count = "SELECT count(*) FROM dossier WHERE token IS NOT NULL"
    begun, all_of_them = rows(count)[0][0], rows("SELECT count(*) FROM dossier")[0][0]
    it.stop()
    with sqlite3.connect(f"{it.data}/registrar.db") as store:
        store.execute("UPDATE dossier SET changed = changed - 13 * 86400")
    it.start()
    time.sleep(1)
    tap.equal(rows(count), [(begun,)], "after 13 days all is there")
    it.stop()
    with sqlite3.connect(f"{it.data}/registrar.db") as store:
        store.execute("UPDATE dossier SET changed = changed - 86400")
    it.start()
    for _ in range(50):
        if rows(count) == [(0,)]:
            break
        time.sleep(0.1)
    closed = all_of_them - begun
    tap.equal(rows("SELECT count(*) FROM dossier"), [(closed,)],
              "after 14 what nobody confirmed is gone, the confirmed stays")
    tap.ok(closed > 0 and rows("SELECT count(*) FROM upload u LEFT JOIN dossier d ON "
                               "d.id = u.dossier_id WHERE d.id IS NULL") == [(0,)],
           "with its files", closed)


def main():
    it.init()
    it.registrar("outlet alias", "lakemount courier", "The Courier of Old")
    it.start()
    questions()
    missing()
    once()
    returning()
    outlets()
    files()
    malformed()
    photo()
    reviewed()
    registry()
    purge()
    it.stop()
    with open(os.path.join(it.data, "registrar.db"), "rb") as file:
        store = file.read()
    tap.ok(len(secrets) >= 3 and not any(s.encode() in store for s in secrets),
           "no cookie and no link is in the store")
    with open(it.path("serve.log"), encoding="utf-8", errors="replace") as file:
        log = file.read()
    tap.ok("ours" not in log and "lantern" not in log, "no fault of ours, and nobody named in the log",
           log[-1500:])


try:
    tap.run(main)
finally:
    it.close()
