#!/usr/bin/python3
"""The lists of a conference over a real registrar and gate: every number of the board is the rows
behind its link and the rows of its CSV; the formats agree; what does not agree with the journals is
said, and is not said while all is well (the control).

Usage: lists.py BUILD
"""
import csv
import html
import io
import json
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from programs import Programs  # noqa: E402
from tap import Tap  # noqa: E402

import openpyxl  # noqa: E402

tap = Tap()
it = Programs(os.path.abspath(sys.argv[1]))
store = it.store
LISTS = ("attendance", "entries", "denials", "no-shows", "muster", "guests")
NAMES = ['=HYPERLINK("x")', "+1 Plus", "-2 Minus", "@at", "Élodie Côté", "王小明", "محمد علي"]


def rows_of(answer):
    text = answer.body.decode("utf-8-sig")
    return list(csv.DictReader(io.StringIO(text, newline="")))


def numbers(staff, lists):
    board = staff.request("GET", lists[:-6]).body.decode()
    links = re.findall(r'href="([^"]*/lists/[^"]*\?[^"]*)">(?:<span[^>]*>)?(\d+)', board)
    wrong = []
    for href, number in links:
        href = href.replace("&amp;", "&")
        page = staff.request("GET", href).body.decode()
        shown = re.search(r'<strong>(\d+)</strong> row', page)
        taken = rows_of(staff.request("GET", href.replace("?", "/download?format=csv&")))
        if not shown or int(shown[1]) != int(number) or len(taken) != int(number):
            wrong.append((href, number, shown and shown[1], len(taken)))
    tap.ok(len(links) > 10, "the board's numbers lead to lists", len(links))
    tap.equal(wrong, [], "each is the rows behind it and the rows of its CSV")


def formats(staff, lists):
    def take(name, ending):
        return staff.request("GET", f"{lists}/{name}/download?format={ending}")
    for name in LISTS:
        rows, objects = rows_of(take(name, "csv")), json.loads(take(name, "json").body)
        book = openpyxl.load_workbook(io.BytesIO(take(name, "xlsx").body))
        cells = list(book["List"].iter_rows())
        tap.ok(len(rows) == len(objects) == len(cells) - 1, f"{name}: as many rows in each",
               len(rows), len(objects), len(cells))
        tap.ok(not any(c.data_type == "f" for row in cells for c in row), f"{name}: no formula")
        tap.equal([["" if c.value is None else str(c.value) for c in row] for row in cells[1:]],
                  [[str(v) for v in o.values()] for o in objects], f"{name}: XLSX says what JSON says")
        tap.equal([{k: re.sub(r"^'(?=[=+\-@])", "", v) for k, v in row.items()} for row in rows],
                  [{k: str(v) for k, v in o.items()} for o in objects], f"{name}: so does CSV")
        paper = take(name, "pdf").body
        with open(it.path("list.pdf"), "wb") as file:
            file.write(paper)
        text = subprocess.run(["pdftotext", "-layout", it.path("list.pdf"), "-"],
                              capture_output=True, text=True, check=True).stdout
        plain = [o["person"] for o in objects if o["person"].isascii()]
        tap.ok("Page 1 of 1" in text and all(p in text for p in plain), f"{name}: PDF has each row")
    for query_text, want in (("q=elodie", 1), ("q=%E7%8E%8B", 1), ("q=nobody-such", 0)):
        found = rows_of(staff.request(
            "GET", f"{lists}/attendance/download?format=csv&{query_text}"))
        tap.equal(len(found), want, f"search finds whatever the case and accents: {query_text}")
    for path in ("nothing", "attendance?state=refused", "attendance?class=chief"):
        tap.equal(staff.request("GET", f"{lists}/{path}").status, 404, f"{path} is no list")


def bare(text):
    return re.sub(r"^'(?=[=+\-@])", "", text)


def shown_rows(staff, lists, name):
    """Each row of the page, of two cells: who and of what outlet, or at which door and the entry."""
    page = staff.request("GET", f"{lists}/{name}").body.decode()
    body = re.search(r"<tbody.*?</tbody>", page, re.S)
    labels = ("Door and entry", "Decision") if name in ("entries", "denials") else ("Name", "Outlet")
    found = []
    for row in re.findall(r"<tr.*?</tr>", body[0], re.S) if body else ():
        cells = [re.search(rf'data-label="{label}">(.*?)</t', row, re.S)[1] for label in labels]
        found.append(tuple(html.unescape(re.sub(r"<[^>]*>", "", cell)) for cell in cells))
    return found


def as_shown(name, row):
    if name in ("entries", "denials"):
        return (f"{row['gate']}, epoch {row['epoch']}, entry {row['seq']}", row["decision"])
    known = row["person"] != "" and not row["person"].startswith("(let in")
    return (bare(row["person"]) if known else "Not known here", bare(row["outlet"]))


def imported(path):
    """The rows of a CSV as sqlite3 reads it."""
    done = subprocess.run(["sqlite3", "-json", ":memory:", "-cmd", ".mode csv", "-cmd",
                           f".import {path} t", "-cmd", ".mode json", "SELECT * FROM t ORDER BY rowid"],
                          capture_output=True, text=True, check=True)
    tap.equal(done.stderr, "", "sqlite3 takes it without a word: " + os.path.basename(path))
    return json.loads(done.stdout or "[]")


def office(folder, files, *options):
    """Each file opened by LibreOffice, and what it shows saved as CSV."""
    subprocess.run(["soffice", f"-env:UserInstallation=file://{it.path('office')}", "--headless",
                    *options, "--convert-to", "csv:Text - txt - csv (StarCalc):44,34,76,1,,0,false,true,false",
                    "--outdir", folder, *files], check=True, capture_output=True, timeout=100)
    shown = {}
    for name in files:
        name = os.path.splitext(os.path.basename(name))[0]
        with open(os.path.join(folder, name + ".csv"), encoding="utf-8-sig", newline="") as file:
            shown[name] = list(csv.DictReader(file))
    return shown


def opened(staff, lists):
    """What people open the files with shows the same rows, and no name is worked out."""
    folder, files = it.path("shown"), []
    for name in LISTS:
        for ending in ("xlsx", "csv"):
            files.append(it.path(f"{name}-{ending}.{ending}"))
            with open(files[-1], "wb") as out:
                out.write(staff.request("GET", f"{lists}/{name}/download?format={ending}").body)
    book = openpyxl.Workbook()
    book.active.append(["person"])
    book.active.append(['=HYPERLINK("x")'])
    files.append(it.path("control.xlsx"))
    book.save(files[-1])
    shown = office(folder, [name for name in files if name.endswith("xlsx")])
    shown |= office(folder, [name for name in files if name.endswith("csv")],
                    "--infilter=Text - txt - csv (StarCalc):44,34,76,1")
    tap.ok(shown["control"][0]["person"] != '=HYPERLINK("x")',
           "control: a formula is worked out by what opens it", shown["control"])
    for name in LISTS:
        one, other = shown[name + "-xlsx"], shown[name + "-csv"]
        plain = [{k: bare(v) for k, v in row.items()} for row in imported(it.path(name + "-csv.csv"))]
        tap.equal(one, plain, f"{name}: XLSX in a spreadsheet and CSV in a database are the same rows")
        tap.equal([{k: bare(v) for k, v in row.items()} for row in other], one,
                  f"{name}: so is CSV in a spreadsheet")
        tap.equal([as_shown(name, row) for row in one], shown_rows(staff, lists, name),
                  f"{name}: they are those of its page, in its order")
    for kind in ("xlsx", "csv"):
        mark = "'" if kind == "csv" else ""
        rows = [(row["person"], row["outlet"]) for row in shown["attendance-" + kind]]
        tap.ok((mark + '=HYPERLINK("x")', mark + "+Plus Media") in rows,
               f"what looks like a formula is a text in {kind}", rows)


def said(staff, lists):
    page = staff.request("GET", f"{lists}/entries").body.decode()
    return re.findall(r"<li>([^<]*(?:journal|received)[^<]*)</li>", page), "what the doors signed" in page


def reconciled(staff, lists, slug):
    tap.equal(said(staff, lists), ([], True), "control: what agrees with the journals is said to")
    store("UPDATE log_entry SET staff = 'nobody' WHERE event = ? AND decision = 'admit'", slug)
    tap.ok("was altered" in said(staff, lists)[0][0], "a row changed by hand is said")
    store("UPDATE log_entry SET staff = 'officer1' WHERE staff = 'nobody'")
    tap.equal(said(staff, lists), ([], True), "and no more once it is right again")
    store("UPDATE gate SET seen = seen - 7200, health_at = 0")
    tap.ok("not yet received: north since" in said(staff, lists)[0][0], "a silent gate is said")
    store("DELETE FROM log_entry WHERE event = ? AND decision = 'deny'", slug)
    words = " ".join(said(staff, lists)[0])
    tap.ok("a row was removed" in words, "a row deleted is said", words)
    with open(it.path("said.pdf"), "wb") as file:
        file.write(staff.request("GET", f"{lists}/entries/download?format=pdf").body)
    text = subprocess.run(["pdftotext", it.path("said.pdf"), "-"], capture_output=True, text=True,
                          check=True).stdout
    tap.ok("a row was removed" in text, "and on paper")


def main():
    it.init()
    slug = it.conferences()[0]["slug"]
    people = store("SELECT DISTINCT p.id FROM person p JOIN accreditation a ON a.person_id = p.id "
                   "JOIN registration r ON r.accreditation_id = a.id JOIN conference c ON "
                   "c.id = r.conference_id WHERE c.slug = ? AND r.state = 'confirmed' ORDER BY 1", slug)
    for (person,), name in zip(people, NAMES):
        store("UPDATE person SET name = ? WHERE id = ?", name, person)
    store("UPDATE outlet SET name = '+Plus Media' WHERE id = (SELECT outlet_id FROM accreditation "
          "WHERE person_id = ? ORDER BY id DESC LIMIT 1)", people[0][0])
    it.start()
    it.enrol("north")
    it.gate("north", "sync", "--once")
    passes = [row["qr"] for row in it.export("passes", slug)]
    it.scan("north", slug, *passes[:5], "nonsense", officer=True)
    it.gate("north", "sync", "--once")
    staff = it.browser()
    staff.submit(staff.get("/staff/sign-in").form("/staff/sign-in"),
                 {"name": "admin", "password": it.password})
    lists = f"/staff/conferences/{slug}/lists"
    numbers(staff, lists)
    formats(staff, lists)
    opened(staff, lists)
    reconciled(staff, lists, slug)


try:
    tap.run(main)
finally:
    it.close()
