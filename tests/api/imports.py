#!/usr/bin/python3
"""Outlets and reporters out of CSV files: what goes in, what is refused and why, and how fast.

Usage: imports.py BUILD
"""
import os
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from programs import Programs  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)


def file(text, name="in.csv"):
    path = it.path(name)
    with open(path, "wb") as out:
        out.write(text if isinstance(text, bytes) else text.encode())
    return path


def bring(what, text, *options, code=0):
    """What is said of each row, and the last line."""
    out = it.registrar(f"import {what}", file(text), *options, code=code)
    return out.splitlines(), it.said.strip()


def count(table):
    return it.store(f"SELECT count(*) FROM {table}")[0][0]


def outlets():
    before = count("outlet")
    text = ("name,local,site,address,aliases\r\nHarbour Wire,yes,https://hw.example,,HW;The Wire\r\n"
            "\"Quay, Tide & Co\",no,,\"1 Quay\",\r\n=HYPERLINK(1),,,,\r\n")
    rows, said = bring("outlets", text, "--dry-run")
    tap.ok(rows == [] and said.startswith("3 rows: 3 new, 0 changed, 0 as they are, 0 with") and
           "dry run" in said, "a dry run says what would happen", rows, said)
    tap.equal(count("outlet"), before, "and changes nothing")
    _, said = bring("outlets", text)
    tap.ok("3 new" in said and count("outlet") == before + 3, "then it does", said)
    _, said = bring("outlets", text)
    tap.ok("0 new, 0 changed, 3 as they are" in said, "again it changes nothing", said)
    _, said = bring("outlets", "\ufeffADDRESS;Name\n2 Quay;harbour  WIRE\n")
    tap.ok("0 new, 1 changed" in said, "a mark, semicolons, any order and case of names", said)
    tap.equal(it.store("SELECT address FROM outlet WHERE "
                    "name = 'Harbour Wire'"), [("2 Quay",)], "the same outlet, however spelt")
    tap.equal(it.store("SELECT count(*) FROM outlet WHERE "
                    "name = '=HYPERLINK(1)'"), [(1,)], "a formula is a text")
    rows, _ = bring("outlets", "name\nHarbour Wyre\nHabour Wire\nTide Post\nTide Posts\n",
                    "--dry-run")
    tap.ok(len(rows) >= 3 and all("look" in r and "almost" in r for r in rows) and
           rows[0].startswith("row 2, name, look:") and any(r.startswith("row 5") for r in rows),
           "names that are almost others are pointed at", rows)
    rows, said = bring("outlets", "name,local,aliases\nAlpha Post,maybe,\n,yes,\nBeta Courier,,HW\n"
                       "C\u202eWire,,\n" + "n" * 201 + ",,\nGood Wire,,\nX,y,z,1\n", code=1)
    tap.equal([r.split(":")[0] for r in rows], ["row 2, local", "row 3, name", "row 4, aliases",
                                                "row 5, name", "row 6, name", "row 8"],
              "each problem has its row and column")
    tap.ok("1 new" in said and "6 with problems" in said and "Nothing was changed" in said,
           "and one of them stops all", said)
    _, said = bring("outlets", "name,local\nA Wire,maybe\nGood Wire,\n", "--skip-bad")
    tap.ok("1 new" in said and "Nothing" not in said, "unless they are to be skipped", said)
    bring("outlets", "name,aliases\nHalf Courier,Half;HW\n", "--skip-bad")
    tap.equal(it.store("SELECT count(*) FROM outlet WHERE "
                    "name = 'Half Courier'"), [(0,)], "and of such a row nothing is left")


def whole_files():
    for text, words in (
            ("", "empty"), ("name\n", "no row"), ("nam\nx\n", '"nam"'), ("local\nyes\n", '"name"'),
            ("name,name\nx,y\n", "twice"), ("name\n\"x\n", "quotation"),
            ("name\nx\"y\"\n", "quotation"), (b"name\nCaf\xe9\n", "UTF-8"), (b"name\nx\0\n", "UTF-8"),
            ("name\n" + "x" * 5000 + "\n", "bytes"), ("name\n" + "x\n" * 20001, "20000"),
            (b"\xff\xfen\0a\0", "UTF-8"), (b"x" * (5 << 20), "MiB"),
            ("name," * 40 + "\nx\n", "column")):
        _, said = bring("outlets", text, code=1)
        tap.ok(words in said, f"{text[:12]!r}...: the file is refused: {words}", said)
    for arguments in ((), ("outlets",), ("people", file("x")), ("outlets", file("x"), "y")):
        it.registrar("import", *arguments, code=2)
    it.registrar("import outlets", it.path("none.csv"), code=1)
    tap.ok("No such file" in it.said, "no such file")


def reporters():
    head = "email,name,outlet,class,until\n"
    text = (head + "ana@hw.example,Ana Reyes,HW,reporter,\n"
            "Bo@HW.example,Bo Ek,the wire,Photographer,2027-03-31\n"
            "cy@hw.example,=cmd|' /C calc'!A0,Harbour Wire,camera,\n")
    _, said = bring("reporters", text, "--dry-run")
    tap.ok("3 new" in said, "a dry run of reporters", said)
    tap.equal(it.store("SELECT count(*) FROM person WHERE "
                    "email LIKE '%@hw.example'"), [(0,)], "leaves nobody behind")
    _, said = bring("reporters", text)
    found = it.store("SELECT p.email, p.name, o.name, a.class, "
                  "a.state FROM person p JOIN accreditation a ON a.person_id = p.id JOIN outlet o "
                  "ON o.id = a.outlet_id WHERE p.email LIKE '%@hw.example' ORDER BY p.email")
    tap.equal(found, [("ana@hw.example", "Ana Reyes", "Harbour Wire", 1, "active"),
                      ("bo@hw.example", "Bo Ek", "Harbour Wire", 2, "active"),
                      ("cy@hw.example", "=cmd|' /C calc'!A0", "Harbour Wire", 3, "active")],
              "they are accredited, by any name of their outlet")
    _, said = bring("reporters", text)
    tap.ok("3 as they are" in said or "1 as they are" in said, "again", said)
    before = count("accreditation")
    bring("reporters", text)
    tap.equal(count("accreditation"), before, "nobody has two")
    rows, said = bring("reporters", head + "ana,Ana,HW,reporter,\nd@x.example,,HW,reporter,\n"
                       "e@x.example,E,Harbor Wire,reporter,\nf@x.example,F,HW,chief,\n"
                       "g@x.example,G,HW,reporter,2020-01-01\ng@x.example,G,HW,reporter,31/3/27\n"
                       "h@x.example,H,HW,reporter,\nh@x.example,H,HW,reporter,\n", code=1)
    tap.equal([r.split(":")[0] for r in rows],
              ["row 2, email", "row 3, name", "row 4, outlet", "row 5, class", "row 6, until",
               "row 7, until", "row 9, email"], "each problem has its row and column")
    tap.ok('Is it "Harbour Wire"?' in rows[2], "an outlet that is almost one is asked about", rows[2])
    tap.equal(it.store("SELECT count(*) FROM person WHERE "
                    "email LIKE '%@x.example'"), [(0,)], "and nobody of them is there")


def many():
    rows = "".join(f"Paper Number {i} of the {i * 7919 % 10007} Coast,,https://p{i}.example\n"
                   for i in range(10000))
    began = time.monotonic()
    _, said = bring("outlets", "name,local,site\n" + rows)
    took = time.monotonic() - began
    tap.ok("10000 new" in said, "10,000 outlets", said)
    people = "".join(f"r{i}@p.example,Reporter {i},Paper Number {i} of the "
                     f"{i * 7919 % 10007} Coast,reporter,\n" for i in range(10000))
    began = time.monotonic()
    _, said = bring("reporters", "email,name,outlet,class,until\n" + people)
    tap.note(f"10,000 outlets in {took:.1f} s, 10,000 reporters in {time.monotonic() - began:.1f} s")
    tap.ok("10000 new" in said, "10,000 reporters", said)
    tap.ok(took < 30 and time.monotonic() - began < 30, "in seconds")


def main():
    it.init()
    outlets()
    whole_files()
    reporters()
    many()


try:
    tap.run(main)
finally:
    it.close()
