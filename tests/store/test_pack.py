#!/usr/bin/python3
"""The pack tool refuses every mistake in the SQL with the file and line it stands on.

Usage: test_pack.py PACK
Each case is a folder of .sql files and the words its refusal must hold. Prints TAP.
"""
import os
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from tap import Tap  # noqa: E402

START = "CREATE TABLE t (id INTEGER PRIMARY KEY, word TEXT NOT NULL) STRICT;\n"
GOOD = "-- name: word_get\n-- ?1 id\nSELECT word FROM t WHERE id = ?1;\n"

# What is tried, the files beside 0001-start.sql, and the words of the refusal.
REFUSED = [
    ("a gap in the migrations", {"0003-late.sql": "SELECT 1;"},
     "0003-late.sql:1: migration 0003 stands where 0002 belongs"),
    ("a number used twice", {"0001-twice.sql": "SELECT 1;"},
     "0001-twice.sql:1: migration 0001 stands where 0002 belongs"),
    ("a migration with a mistake", {"0002-bad.sql": "CREATE TABEL u (a);"},
     '0002-bad.sql:1: near "TABEL"'),
    ("a migration that ends its transaction", {"0002-bad.sql": "COMMIT;"},
     "0002-bad.sql:1: ends the transaction"),
    ("a migration that leaves a reference hanging",
     {"0002-bad.sql": "CREATE TABLE u (t INTEGER REFERENCES t (id)) STRICT;"
                      "INSERT INTO u VALUES (9);"}, "0002-bad.sql:1: leaves a reference hanging"),
    ("a table that is not STRICT", {"0002-bad.sql": "CREATE TABLE u (a TEXT);"},
     "the table u is not STRICT"),
    ("a name used twice", {"a.sql": GOOD, "b.sql": "\n" + GOOD}, "b.sql:2: word_get is already named at"),
    ("a name in capitals", {"a.sql": "-- name: Word\nSELECT 1;"}, "a.sql:1: a name is a-z"),
    ("words behind a name", {"a.sql": "-- name: word get\nSELECT 1;"}, "a.sql:1: a name is a-z"),
    ("a statement without a name", {"a.sql": "-- words\n\nSELECT 1;"},
     "a.sql:3: a statement without"),
    ("a name without a statement", {"a.sql": GOOD + "-- name: none\n"}, "a.sql:4: none: no statement"),
    ("two statements", {"a.sql": "-- name: two\nSELECT 1; SELECT 2;"},
     "a.sql:1: two: more than one statement"),
    ("a column that is not there", {"a.sql": "\n\n-- name: x\nSELECT absent FROM t;"},
     "a.sql:3: x: no such column: absent"),
    ("text in double quotes", {"a.sql": '-- name: x\nSELECT "nothing" FROM t;'},
     "a.sql:1: x: no such column: nothing"),
    ("a gap in the values", {"a.sql": "-- name: x\nSELECT ?1, ?3;"}, "a.sql:1: x: values are numbered"),
    ("a value without a number", {"a.sql": "-- name: x\nSELECT ?;"}, "a.sql:1: x: values are numbered"),
    ("a value with a name", {"a.sql": "-- name: x\nSELECT :a;"}, "a.sql:1: x: values are numbered"),
    ("a PRAGMA", {"a.sql": "-- name: x\nPRAGMA synchronous = OFF;"}, "a.sql:1: x: not authorized"),
    ("an ATTACH", {"a.sql": "-- name: x\nATTACH ?1 AS y;"}, "a.sql:1: x: not authorized"),
    ("a COMMIT", {"a.sql": "-- name: x\nCOMMIT;"}, "a.sql:1: x: not authorized"),
    ("a DROP TABLE", {"a.sql": "-- name: x\nDROP TABLE t;"}, "a.sql:1: x: not authorized"),
]


def pack(tool, files):
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "sql")
        os.mkdir(source)
        for name, text in files.items():
            with open(os.path.join(source, name), "w", encoding="utf-8") as file:
                file.write(text)
        outs = [os.path.join(folder, name) for name in ("x_db.h", "x_db.c", "x_db.d")]
        done = subprocess.run([tool, "x", "0x1234", source, *outs], capture_output=True, text=True)
        texts = []
        for out in outs:
            texts.append(open(out, encoding="utf-8").read() if os.path.exists(out) else None)
        return done.returncode, done.stderr, texts


def body(tap, tool):
    code, words, (header, source, dep) = pack(tool, {"0001-start.sql": START, "a.sql": GOOD})
    tap.equal(code, 0, "good files are packed")
    tap.equal(words, "", "without a word")
    tap.ok("X_Q_WORD_GET = 0, /* takes 1 */" in header, "the query has its number", header)
    tap.ok("\t * ?1 id\n" in header, "its contract stands in the header", header)
    tap.ok("SELECT word FROM t WHERE id = \\?1" in source, "its text in the C file", source)
    tap.ok("0001-start.sql" in dep and "a.sql" in dep, "both files are watched", dep)
    code, _, (header, source, _) = pack(tool, {
        "0001-start.sql": START, "a.sql": '-- name: odd\n-- ends */ here\nSELECT \'"\\ é\t??/\';'})
    tap.equal(code, 0, "odd characters are packed")
    tap.ok("ends * / here" in header, "a contract can't end its comment", header)
    tap.ok('\\"\\\\ \\303\\251\\t\\?\\?/' in source, "text is escaped for C", source)
    for what, files, wanted in REFUSED:
        code, words, texts = pack(tool, {"0001-start.sql": START, **files})
        tap.ok(code == 1 and wanted in words, f"refused: {what}", f"code {code}", words)
        tap.ok(texts == [None] * 3, f"nothing is written: {what}")
    done = subprocess.run([tool, "x"], capture_output=True, text=True)
    tap.equal(done.returncode, 2, "misuse is told")


if __name__ == "__main__":
    checks = Tap()
    checks.run(lambda: body(checks, sys.argv[1]))
