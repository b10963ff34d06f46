#!/usr/bin/python3
"""What others script against: the command lines of the design, from outside. Usage: scripts.py BUILD

Written from the design's sentences alone, as someone would who has the programs and not the code:
exact columns and keys, options in any order, data on stdout and words on stderr.
"""
import csv
import io
import json
import os
import re
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from programs import Programs  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
p = Programs(os.path.abspath(sys.argv[1]))
TODAY, TOMORROW = "today-harbour-street", "tomorrow-road-safety"


def options_anywhere():
    lists = (("conference", "list", "--data", p.data, "--json"),
             ("conference", "--data", p.data, "list", "--json"),
             ("conference", "--json", "--data=" + p.data, "list"),
             ("--data", p.data, "conference", "list", "--json"))
    tap.equal(len({p.run(p.registrar_path, *line) for line in lists}), 1,
              "the registrar's options stand where one likes")
    for line in (("gate", "code", "--data", p.data, "east"), ("gate", "--data", p.data, "code", "east"),
                 ("--data", p.data, "gate", "code", "east")):
        code = json.loads(p.run(p.registrar_path, *line))
        tap.ok(sorted(code) == ["code", "pin"] and code["pin"].startswith("sha256//"),
               "gate code prints code and pin", code)
    for line in (("journal", "verify", "--data", p.path("north")),
                 ("--data=" + p.path("north"), "journal", "verify")):
        tap.ok(p.run(p.gate_path, *line).startswith("ok "), "and so do the gate's", line)
    for program, line, says in ((p.registrar_path, ("conference", "list", "--bogus"), "'--bogus'"),
                                (p.registrar_path, ("conference", "list", "surplus"), "'surplus'"),
                                (p.registrar_path, ("export", "passes"), "registrar export: say which")):
        p.run(program, *line, "--data", p.data, code=2)
        tap.ok(says in p.said and "registrar registrar" not in p.said, f"misuse says {says}", p.said)
    p.run(p.gate_path, "scan", "--data", p.path("north"), code=2)
    tap.ok(p.said.startswith("gate scan: "), "and whose misuse it is", p.said)


def help_texts():
    for program, commands in (
            (p.registrar_path, ("init", "serve", "conference list", "gate code", "export passes",
                                "export attendance", "keys list", "journal export")),
            (p.gate_path, ("enrol", "sync", "scan", "journal", "journal export", "status", "check"))):
        for command in commands:
            text = p.run(program, *command.split(), "--help")
            lines = [line for line in text.splitlines() if line.strip()]
            tap.ok(not p.said and lines[0].startswith(
                       f"Usage: {os.path.basename(program)} {command.split()[0]}") and
                   len(lines) == len(set(lines)), f"{command} --help says each thing once", text)


def exports():
    raw = p.registrar("export passes", "--conference", TODAY)
    tap.equal(raw.split("\n", 1)[0].rstrip("\r"), "person,outlet,class,status,qr,code",
              "the header of passes, from the first byte on")
    rows = list(csv.DictReader(io.StringIO(raw, newline="")))
    as_json = json.loads(p.registrar("export passes", "--conference", TODAY, "--format", "json"))
    tap.equal([dict(row) for row in rows], as_json, "CSV and JSON say the same")
    for what in ("attendance", "entries", "denials"):
        text = p.registrar(f"export {what}", "--conference", TODAY, "--format", "csv")
        tap.ok(re.match(r"[a-z]", text) is not None, f"{what} begin with their header", text[:20])
    return rows


def public_keys(rows):
    keys = [json.loads(line) for line in p.registrar("keys list", "--json").splitlines()]
    public = next(k["public"] for k in keys if k["use"] == "pass" and k["conference"] == 1)
    tap.ok(public in p.registrar("keys list"), "the plain list has the public keys too")
    opened = [json.loads(line) for line in
              p.run(p.badges_path, "open", "--public", public, "--conference", "1",
                    text="".join(row["qr"] + "\n" for row in rows)).splitlines()]
    tap.ok(len(opened) == len(rows) and all(o["ok"] for o in opened),
           "badges open reads what was exported, with the listed key", opened)


def tomorrow():
    rows = list(csv.DictReader(io.StringIO(p.registrar("export passes", "--conference", TOMORROW))))
    for text in (rows[0]["qr"], rows[0]["code"]):
        verdict = p.scan("north", TOMORROW, text)[0]
        tap.equal((verdict["verdict"], verdict["reason"]), ("deny", "not-yet-valid"),
                  "a pass of tomorrow's conference opens no door today")
    verdict = p.scan("north", TODAY, rows[0]["qr"])[0]
    tap.ok(verdict["reason"] == "wrong-conference" and "Road safety" in verdict["words"],
           "and at today's it is told apart", verdict)


def interrupted():
    """The process that holds the gate ends while another one scans through it."""
    sync = subprocess.Popen([p.gate_path, "sync", "--data", p.path("north")],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    for _ in range(100):
        if json.loads(p.gate("north", "status", "--json"))["syncing"]:
            break
        time.sleep(0.05)
    scan = subprocess.Popen([p.gate_path, "scan", "--data", p.path("north"), "--conference", TODAY,
                             "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, text=True)
    scan.stdin.write("hello\n")
    scan.stdin.flush()
    first = json.loads(scan.stdout.readline())
    sync.terminate()
    sync.wait(timeout=30)
    _, said = scan.communicate(timeout=30)
    # Said by the scan itself, or, when its owner was gone too soon for that, by who asked for it.
    remedy = "start gate scan again" in said or "run the command again" in said
    tap.ok(first["reason"] == "malformed" and scan.returncode == 1 and remedy,
           "a scan that is cut short says so", scan.returncode, said)


def unread():
    """Nobody reads what is printed."""
    with open("/dev/full", "wb") as full:
        done = subprocess.run([p.registrar_path, "export", "passes", "--data", p.data,
                               "--conference", TODAY], stdout=full, stderr=subprocess.PIPE)
    tap.ok(done.returncode == 1 and b"could not be written: No space" in done.stderr,
           "an export that can't be written says why", done.stderr)


def journals():
    out, held = p.path("out"), p.path("held")
    p.gate("north", "journal export", out)
    tap.ok(p.gate("north", "journal verify", out).startswith("ok "),
           "the gate verifies the folder it exported to")
    tap.ok(p.run(p.gate_path, "journal", "verify", out).startswith("ok "), "without a gate as well")
    p.registrar("journal export", held)
    tap.equal(len(p.run(p.gate_path, "journal", "verify", held).splitlines()), 2,
              "and every log of the registrar's")
    checkpoint = os.path.join(out, "north", os.listdir(os.path.join(out, "north"))[0], "checkpoint")
    with open(checkpoint, "r+b") as file:
        file.seek(60)
        file.write(b"#")
    p.run(p.gate_path, "journal", "verify", out, code=1)
    tap.ok("does not verify" in p.said, "a changed file is found", p.said)
    os.mkdir(p.path("nothing"))
    p.run(p.gate_path, "journal", "verify", p.path("nothing"), code=1)
    tap.ok("no exported journal" in p.said, "a folder without journals is not called good", p.said)


def main():
    p.init()
    p.start()
    p.enrol("north")
    p.gate("north", "sync", "--once")
    options_anywhere()
    help_texts()
    passes = exports()
    public_keys(passes)
    tomorrow()
    interrupted()
    unread()
    p.scan("north", TODAY, passes[0]["qr"])
    p.gate("north", "sync", "--once")
    journals()


try:
    tap.run(main)
finally:
    p.close()
