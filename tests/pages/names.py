#!/usr/bin/python3
"""Fifty names of many scripts, from the form to the door: each comes out as it was typed, in NFC,
set apart from the text around it, and harmless to a spreadsheet. What would lie about its order
or hide something is refused in words.

Usage: names.py BUILD
"""
import csv
import html.parser
import io
import json
import os
import re
import subprocess
import sys
import unicodedata
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

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
SLUG = "names-of-many"

NAMES = [
    "Amina Ọkáfọ̀", "Zoë Ferré-Lévesque", "Nguyễn Thị Ánh Tuyết", "Łukasz Żółć", "Þórdís Ægisdóttir",
    "Øyvind Åsen", "Ġorġ Ħaż-Żabbar", "İpek Işıl Çağrı", "Ștefan Țurcanu", "Cañada Güell",
    "Zoe\u0301 decomposed", "T\u0323\u0307wo marks",           # NFD as some keyboards send it
    "D’Arcy O'Brien", "Anne-Marie St. John-Smythe", "Björk", "Ж", "Đ",
    "Γιώργος Παπαδόπουλος", "Ἀθηνᾶ Ὀδυσσέως", "Ольга Щербакова", "Ѓорѓи Ќосев", "Їжакевич Ґалаґан",
    "Հայկ Նահապետյան", "ნინო ჯავახიშვილი", "محمد عبد الله", "فاطمة الزَّهراء", "پژمان گلی",
    "שרה כהן", "דָּוִד בֶּן־גּוּרִיּוֹן", "ܐܦܪܝܡ", "ދިވެހި", "अनुराधा श्रीवास्तव", "রবীন্দ্রনাথ ঠাকুর",
    "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ", "தமிழ்ச்செல்வன் முருகன்", "నాగేశ్వరరావు", "ಕುವೆಂಪು", "സുബ്രഹ്മണ്യൻ", "ගුණසේකර",
    "สมชาย เข็มกลัด", "ອຸດົມ", "བསྟན་འཛིན", "အောင်ဆန်း", "សុខ ចាន់ថា", "አበበ በቂላ", "ᓄᓇᕗᑦ ᐃᓄᒃ",
    "ᐊᓂᔑᓈᐯ ᒪᔅᑲᐧ", "ߒߞߏ ߞߊ߲", "田中さくら", "김민준", "欧陽菲菲", "𠮷野家 高明", "😀 Face", "=1+1 Sum", "-Dash +Plus",
    "@Home", "Robert'); DROP TABLE person;--", "<b>Bold</b> & \"Quote\"", "a, \"b\"",
    "n" * 199 + "é", "é" * 200, "김" * 200,
]
REFUSED = [
    ("n" * 201, "200"), ("n" * 400, "200"), ("e\u0301" * 400, "200"), ("Ann\u202ea", "invisible"),
    ("Ann\u2066a\u2069", "invisible"), ("\u200fAnn", "invisible"), ("Ann\u061cb", "invisible"),
    ("Ann\u200bb", "invisible"), ("👩\u200d🚀", "invisible"), ("Ann\u00adb", "invisible"),
    ("Ann\ufeffb", "invisible"), ("Ann\x1bb", "invisible"), ("Ann\x7fb", "invisible"),
    ("Ann\x85b", "invisible"), ("Ann\nb", "invisible"), ("Ann\u2028b", "invisible"),
    ("\U000e0041nn", "invisible"), ("\ue000", "invisible"), ("\ufdd0", "invisible"), ("", "Enter"),
    (" \u3000\u00a0 ", "Enter"),
]


def nfc(text):
    return unicodedata.normalize("NFC", text)


def email(number):
    return f"n{number}@names.example"


class Isolated(html.parser.HTMLParser):
    """Where a text stands in a page, and whether its direction can reach the text around it."""
    ALONE = {"title", "option", "textarea"}
    VOID = {"meta", "link", "input", "br", "img", "hr", "source", "wbr"}

    def __init__(self, page, name):
        super().__init__(convert_charrefs=True)
        self.name, self.stack, self.whole, self.bare = name, [], 0, []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        if tag not in self.VOID:
            self.stack.append((tag, dict(attributes)))

    def handle_endtag(self, tag):
        while self.stack and self.stack.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if self.name not in data or any("pg-pass__" in a.get("class", "") for _, a in self.stack):
            return  # a pass's typed code may hold a name of one letter
        self.whole += 1
        last = self.stack[-1][0] if self.stack else ""
        if any(t == "bdi" or a.get("dir") == "auto" for t, a in self.stack):
            return
        if last in self.ALONE or data.strip() == self.name and last in ("h1", "h2", "p"):
            return
        self.bare.append((last, data.strip()[:80]))


def shown(page, name, where):
    """A page shows this name, as text that is set apart."""
    found = Isolated(page.body.decode(), nfc(name))
    return [] if found.whole and not found.bare else [(where, name[:20], found.whole, found.bare)]


def in_threads(work, items):
    with ThreadPoolExecutor(4) as pool:
        return list(pool.map(work, items))


def address(number):
    """Each comes from an address of its own."""
    return f"127.0.1.{number + 1}"


# ---- the way of one name ----

def apply(item):
    number, name = item
    browser, wrong = it.browser(source=address(number)), []
    check = applying.walk(browser, {"name": name, "email": email(number), "outlet": "Lumen TV"})
    if check.status != 200:
        return [("form", name[:20], check.text[:300])]
    wrong += shown(check, name, "check your answers")
    browser.submit(check.form(r"^/accreditation/check$"))
    page = browser.get(link_in(it.wait_mail(email(number), 1)[0][1], "confirm"))
    wrong += shown(page, name, "confirm")
    browser.submit(page.form("/confirm/"))
    subject, text = it.wait_mail(email(number), 2)[1]
    if nfc(name) not in re.sub(r"\s+", " ", text):
        wrong.append(("mail", name[:20], text[:200]))
    return wrong


def approve(staff):
    wrong = []
    for number, name in enumerate(NAMES):
        reference, = rows("SELECT reference FROM application WHERE email = ?", email(number))[0]
        page = staff.get(f"/staff/applications/{reference}")
        wrong += shown(page, name, "the staff page")
        done = staff.submit(page.form(r"/approve$"))
        if "done=approved" not in done.url:
            wrong.append(("approve", name[:20], done.text[:300]))
        mine = it.wait_mail(email(number), 3)[2][1]
        if nfc(name) not in re.sub(r"\s+", " ", mine):
            wrong.append(("mail of approval", name[:20], mine[:200]))
    return wrong


def register(item):
    number, name = item
    browser = people.reporter(it, email(number), address(number))
    wrong = shown(browser.now, name, "your page")
    form = browser.get(f"/conferences/{SLUG}").form("/register$")
    page = browser.submit(form, {n: "yes" for n in form.names if n == "consent"})
    if "/registrations/" not in page.url:
        return [("register", name[:20], page.text[:300])]
    wrong += shown(page, name, "the pass page")
    wrong += shown(browser.get("/my/data"), name, "your data")
    kept = browser.request("GET", "/my/data.json").body.decode()
    if nfc(name) not in json_names(kept):
        wrong.append(("your data as JSON", name[:20]))
    pdf = browser.request("GET", page.url.split("?")[0] + "/pass.pdf")
    if pdf.status == 200:
        wrong += on_paper(pdf.body, name)
    return wrong


def json_names(text):
    found = []

    def walk(value):
        if isinstance(value, dict):
            for one in value.values():
                walk(one)
        elif isinstance(value, list):
            for one in value:
                walk(one)
        else:
            found.append(value)
    walk(json.loads(text))
    return found


def on_paper(pdf, name):
    """The letters of the name in a PDF, whatever their order on paper and wherever lines break."""
    text = subprocess.run(["pdftotext", "-", "-"], input=pdf, capture_output=True).stdout.decode()
    want = set(unicodedata.normalize("NFKC", name)) - set(" ")
    # What is drawn in colours is a picture there, and no letter.
    want = {c for c in want if unicodedata.category(c) != "So"}
    missing = want - set(unicodedata.normalize("NFKC", text))
    return [("PDF", name[:20], sorted(missing))] if missing else []


# ---- lists and the door ----

def cells(name):
    """As a spreadsheet gets it: what it would take for a formula has a ' in front."""
    return ("'" if name[0] in "=+-@\t\r" else "") + nfc(name)


def lists(staff):
    passes = it.export("passes", SLUG)
    tap.equal(sorted(p["person"] for p in passes), sorted(cells(n) for n in NAMES),
              "the list of passes has each name, and none is a formula")
    sheet = staff.request("GET", f"/staff/conferences/{SLUG}/attendance.csv").body.decode("utf-8-sig")
    people = [r["person"] for r in csv.DictReader(io.StringIO(sheet, newline=""))]
    tap.equal(sorted(people), sorted(cells(n) for n in NAMES), "so has the list of who is expected")
    tap.ok(not re.search(r'(^|,)"?[=+\-@]', sheet, re.M), "no cell of it begins a formula")
    board = staff.get(f"/staff/conferences/{SLUG}")
    wrong = [w for name in NAMES for w in shown(board, name, "the board")]
    tap.equal(wrong, [], "the board of the conference shows each, set apart")
    return passes


def badges(passes):
    """Each name on a printed badge, in letters of a font that is in the file."""
    out = it.path("badges.pdf")
    it.registrar("badges print", "--conference", SLUG, "--out", out)
    text = subprocess.run(["pdftotext", out, "-"], capture_output=True).stdout.decode()
    pages = text.split("\f")[:-1]
    tap.equal(len(pages), len(passes), "each has a badge")
    # In pdftotext's pages a name stands with its typed code.
    by_code = {p["code"]: p["person"] for p in passes}
    plain, wrong = {cells(n): n for n in NAMES}, []
    for page in pages:
        code = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", page).group()
        name = plain[by_code[code]]
        want = {c for c in set(unicodedata.normalize("NFKC", name)) - set(" ")
                if unicodedata.category(c) != "So"}
        missing = want - set(unicodedata.normalize("NFKC", page))
        if missing:
            wrong.append((name[:20], sorted(missing)))
    tap.equal(wrong, [], "with each letter of the name, also of one that is cut on paper")
    fonts = subprocess.run(["pdffonts", out], capture_output=True, text=True).stdout.splitlines()[2:]
    tap.equal([f for f in fonts if f.split()[-5] != "yes"], [], "each font is in the file")


def door(passes):
    it.enrol("north")
    it.gate("north", "sync", "--once")
    verdicts = it.scan("north", SLUG, *[p["qr"] for p in passes], officer=True)
    tap.equal([v for v in verdicts if v["verdict"] != "admit"], [], "the door admits each")
    plain = {cells(n): nfc(n) for n in NAMES}
    wrong = [(v["name"], p["person"]) for v, p in zip(verdicts, passes)
             if v["name"] != plain[p["person"]]]
    tap.equal(wrong, [], "and shows each name out of its sealed roster as it was typed")


def refused():
    browser = it.browser()
    page = applying.walk(browser, {}, until=r"/you$")
    form = page.form(r"^/accreditation/you")
    for name, words in REFUSED:
        got = browser.submit(form, {"name": name, "email": "no@names.example"}, button=("then", "go"))
        body = got.body.decode()
        tap.ok(got.status == 422 and words in got.text and 'href="#name"' in body,
               f"a name like {name[:12]!r} ({len(name)} characters) is refused: {words}", got.status,
               got.text)
    taken = browser.submit(form, {"name": "Ann b", "email": "no@names.example"}, button=("then", "go"))
    tap.ok(taken.url.endswith("/outlet"), "the control: without it the name is taken", taken.url)


def control():
    name = "שרה כהן"
    tap.ok(shown_in(f"<p>Hello {name}, 12</p>", name) and not shown_in(
        f"<p>Hello <bdi>{name}</bdi>, 12</p>", name), "the control: a name that is not set apart is seen")


def shown_in(body, name):
    found = Isolated(body, name)
    return found.bare or not found.whole


def main():
    control()
    tap.ok(len(NAMES) >= 50 and len(set(map(nfc, NAMES))) == len(NAMES), "there are fifty names and more")
    it.init()
    now = datetime.now(ZoneInfo("America/Toronto"))
    it.registrar("conference add", "--title", "Names of many", "--slug", SLUG, "--admit-at-once",
                 "--starts", f"{now + timedelta(minutes=30):%Y-%m-%dT%H:%M}",
                 "--doors", f"{now - timedelta(minutes=30):%Y-%m-%dT%H:%M}")
    it.start()
    refused()
    wrong = sum(in_threads(apply, list(enumerate(NAMES))), [])
    tap.equal(wrong, [], "each name goes through the form, all answers, the mail and its page")
    kept = dict(rows("SELECT email, name FROM application"))
    tap.equal([n for i, n in enumerate(NAMES) if kept.get(email(i)) != nfc(n)], [],
              "and is kept in NFC")
    staff = people.staff(it, "admin")
    tap.equal(approve(staff), [], "staff see each, and each is approved and written to")
    wrong = sum(in_threads(register, list(enumerate(NAMES))), [])
    tap.equal(wrong, [], "each signs in, registers and has a pass with the name")
    passes = lists(staff)
    badges(passes)
    door(passes)
    it.stop()
    with open(it.path("serve.log"), encoding="utf-8", errors="replace") as file:
        tap.ok("ours" not in file.read(), "no fault of ours in the log")


try:
    tap.run(main)
finally:
    it.close()
