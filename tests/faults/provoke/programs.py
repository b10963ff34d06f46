#!/usr/bin/python3
"""Faults between the real programs: damaged stores, a full disk, wrong clocks, an entry that nobody
can take, news that does not arrive.

Usage: programs.py BUILD
"""
import json
import os
import random
import re
import shutil
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "..", "lib"))
sys.path.insert(0, os.path.join(HERE, ".."))
import faults  # noqa: E402
from programs import Front, Programs, query  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
FAKETIME = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1"
PAGE = 4096
REPAIR_KILLS = 12
tap = Tap()
it = Programs(BUILD)


def registrar_db(sql, *values):
    return query(os.path.join(it.data, "registrar.db"), sql, *values)


def held(name):
    return [bytes(t) for t, in registrar_db(
        "SELECT e.text FROM log_entry e JOIN log l ON l.id = e.log_id WHERE l.device = ? "
        "ORDER BY l.epoch, e.seq", name)]


def own(folder):
    return [bytes(t) for t, in query(it.path(folder, "gate.db"),
                                     "SELECT text FROM entry ORDER BY epoch, seq")]


def sizes(folder):
    return dict(query(it.path(folder, "gate.db"), "SELECT epoch, size FROM log ORDER BY epoch"))


def passes(slug):
    return [p["qr"] for p in it.export("passes", slug) if p["status"] == "confirmed"]


def scan(folder, slug, *texts):
    return it.scan(folder, slug, *texts, options=["--offline"])


def enrolled(name):
    it.enrol(name)
    it.gate(name, "sync", "--once")


def poisoned(slug):
    enrolled("poison")
    enrolled("neighbour")
    scan("poison", slug, "one", "two")
    it.gate("poison", "sync", "--once")
    scan("poison", slug, "three", "four", "five")
    path = it.path("poison", "gate.db")
    bad = own("poison")[-2]
    query(path, "UPDATE entry SET text = ? WHERE text = ?",
          bad.replace(b"decision deny", b"decision dxny"), bad)
    it.gate("poison", "sync", "--once", code=1)
    tap.ok("can't take an entry" in it.said, "an entry that can't be taken is said", it.said)
    tap.ok(own("poison")[-3] in held("poison") or own("poison")[-4] in held("poison"),
           "what was recorded before it arrives")
    scan("poison", slug, "six", "seven")
    it.registrar("restrict add", "--conference", slug, "--words", "Smoke")
    it.gate("poison", "sync", "--once", code=1)
    after = [e for e in own("poison")[-2:] if e not in held("poison")]
    tap.equal(after, [], "what is recorded after it arrives, in another epoch")
    verdict = scan("poison", slug, passes(slug)[0])[0]
    tap.equal(verdict["reason"], "restricted", "and lists come as ever")
    scan("neighbour", slug, "eight")
    it.gate("neighbour", "sync", "--once")
    lost = len(set(own("neighbour")) - set(held("neighbour")))
    tap.equal(lost, 0, "and other gates are not held up")
    stuck = bad.replace(b"decision deny", b"decision dxny") not in held("poison")
    faults.row("poisoned record", "an entry that was damaged", 1, len(after) + lost, 0,
               verdict["reason"] != "restricted")
    faults.contrast("poisoned record", "the record itself is not taken", stuck)
    for line in it.registrar("restrict list").splitlines():
        number = re.match(r"\s*(\d+)", line)
        if number:
            it.registrar("restrict lift", number.group(1), code=None)


def page_of(path, text):
    with open(path, "rb") as file:
        return file.read().find(text) // PAGE


def zero_page(path, number):
    with open(path, "r+b") as file:
        file.seek(number * PAGE)
        file.write(bytes(PAGE))


def salvage(slug):
    enrolled("salv")
    inside = passes(slug)[:2]
    tap.equal([v["verdict"] for v in scan("salv", slug, *inside)], ["admit"] * 2,
              "two are let in, and then the store is damaged")
    scan("salv", slug, *(f"sent {n}" for n in range(60)))
    it.gate("salv", "sync", "--once")
    scan("salv", slug, *(f"unsent {n}" for n in range(60)))
    before, path = own("salv"), it.path("salv", "gate.db")
    zero_page(path, page_of(path, b"pressgate-entry/v1\nseq 20\n"))
    it.gate("salv", "check", code=1)
    tap.ok("check --repair" in it.gate("salv", "check", code=1), "a damaged page is found")
    shutil.copytree(it.path("salv"), it.path("damaged"))
    it.gate("salv", "check", "--repair", code=None)
    now = own("salv")
    kept = [e for e in before if e in now]
    tap.ok(len(before) - 40 <= len(kept) < len(before),
           f"of {len(before)} entries {len(kept)} verify after the repair")
    it.gate("salv", "sync", "--once", code=None)
    first = min(sizes("salv"))
    sent = query(it.path("salv", "gate.db"),
                 "SELECT text FROM entry WHERE epoch > ? OR seq < ? ORDER BY epoch, seq", first,
                 sizes("salv")[first])
    lost = len({bytes(t) for t, in sent} - set(held("salv")))
    tap.equal(lost, 0, "what is left of the old log and all of the new one are at the registrar")
    tap.ok(any(b"reason salvaged" in e for e in held("salv")), "which is told what could not be "
           "read")
    again = [v["reason"] for v in scan("salv", slug, *inside)]
    tap.equal(again, ["already-inside"] * 2, "who was inside is not let in again")
    it.gate("salv", "sync", "--once")
    it.gate("salv", "journal verify")
    it.registrar("journal verify")
    faults.row("corrupt page", "gate check --repair", 1, lost, 0,
               2 - again.count("already-inside"))
    killed_repair(before, kept)


def killed_repair(before, kept):
    """The repair is killed at any moment; the next one ends it."""
    chance, lost, done = random.Random(20261122), 0, 0
    for n in range(REPAIR_KILLS):
        shutil.rmtree(it.path("mended"), ignore_errors=True)
        shutil.copytree(it.path("damaged"), it.path("mended"))
        repair = subprocess.Popen([it.gate_path, "check", "--repair", "--data",
                                   it.path("mended")], stdout=subprocess.DEVNULL,
                                  stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0, 0.5))
        done += repair.poll() is not None
        repair.kill()
        repair.wait()
        it.gate("mended", "check", "--repair", code=None)
        now = own("mended")
        lost += len([e for e in kept if e not in now])
        it.gate("mended", "journal verify")
    tap.equal(lost, 0, f"{REPAIR_KILLS} repairs were killed ({done} had ended): nothing is lost")
    faults.row("kill", "gate check --repair", REPAIR_KILLS, lost)


def disk_full(slug):
    enrolled("full")
    folder = it.path("small")
    os.mkdir(folder)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=24m,mode=0700", "tmpfs", folder],
                      capture_output=True).returncode != 0:
        tap.note("no file system can be mounted here; the disk in memory has been full instead")
        return
    try:
        shutil.copytree(it.path("full"), os.path.join(folder, "gate"),
                        ignore=shutil.ignore_patterns("*.sock"))
        front = Front(it, os.path.join(folder, "gate"), "scan", "--conference", slug, "--json",
                      "--offline", stderr=subprocess.DEVNULL)
        people = [passes(slug)[n] for n in (2, 3, 4, 7)]  # others are inside by what other gates tell
        tap.equal(front.scan(people[0])["verdict"], "admit", "a gate on a small disk admits")
        wrong = recovered = 0
        for n in range(3):
            fill(os.path.join(folder, "filler"))
            seen = scan_until_refused(front)
            verdict = front.scan(people[1 + n])
            wrong += verdict["verdict"] == "admit" or "paper list" not in verdict["words"]
            os.remove(os.path.join(folder, "filler"))
            recovered += front.scan(people[1 + n])["verdict"] == "admit"
            tap.note(f"refused after {seen} more scans: {verdict['words']}")
        front.end()
        tap.equal((wrong, recovered), (0, 3), "a full disk refers to the paper list, and admits "
                  "again when there is room, without a new start")
        shown = [v for v in own_at(os.path.join(folder, "gate")) if b"decision admit" in v]
        tap.equal(len(shown), 4, "and each admission is in the journal, once")
        faults.row("disk full", "gate scan on a real file system", 3, 4 - len(shown), 0,
                   wrong + 3 - recovered)
        faults.contrast("disk full", "with room the same pass is admitted", recovered == 3)
    finally:
        subprocess.run(["umount", "-l", folder], check=False)


def own_at(folder):
    return [bytes(t) for t, in query(os.path.join(folder, "gate.db"), "SELECT text FROM entry")]


def fill(path):
    file = os.open(path, os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        while os.write(file, bytes(4096)):
            pass
    except OSError:
        pass
    os.close(file)


def scan_until_refused(front):
    for n in range(400):
        if front.scan(f"filling {n}")["reason"] == "journal-unavailable":
            return n
    return -1


def at(seconds):
    """The environment of a program whose wall clock is off by so much; boot time is not."""
    return {**os.environ, "LD_PRELOAD": FAKETIME, "FAKETIME": f"{seconds:+d}s",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1"}


def run_at(seconds, *arguments, text=None):
    start = time.monotonic()
    done = subprocess.run([it.gate_path, *arguments], input=text, capture_output=True, text=True,
                          env=at(seconds), timeout=120)
    return done, time.monotonic() - start


def clocks(slug):
    if not os.path.exists(FAKETIME):
        tap.note("libfaketime is not here: clocks are left to the unit tests")
        return
    now = int(time.time())
    steps = {"back a day": -86400, "forward an hour": 3600, "1970": 86400 - now,
             "2106": 4294900000 - now, "back ten minutes": -600}
    people, stalled, admitted = passes(slug), 0, 0
    for n, (name, step) in enumerate(steps.items()):
        folder = f"clock-{n}"
        enrolled(folder)
        done, _ = run_at(step, "scan", "--data", it.path(folder), "--conference", slug, "--json",
                         "--offline", text=f"text {name}\n")
        _, took = run_at(step, "sync", "--data", it.path(folder), "--once")
        arrived = set(own(folder)) <= set(held(folder))
        stalled += not arrived or took > 30
        tap.ok(arrived, f"{name}: what was recorded arrives ({took:.1f} s)", done.stderr)
    enrolled("expiry")
    qr = people[-1]
    ends = query(it.path("expiry", "gate.db"), "SELECT ends FROM conference WHERE slug = ?",
                 slug)[0][0]
    # Rosters are kept for a day after the end, and the pass is good for less.
    ahead, _ = run_at(ends - now + 80000, "scan", "--data", it.path("expiry"), "--conference",
                      slug, "--json", "--offline", text=qr + "\n")
    verdict = json.loads(ahead.stdout)
    tap.equal(verdict["reason"], "expired", "a day on the pass has expired")
    for step in (0, -600, -86400, 86400 - now):
        done, _ = run_at(step, "scan", "--data", it.path("expiry"), "--conference", slug,
                         "--json", "--offline", text=qr + "\n")
        verdict = json.loads(done.stdout)
        admitted += verdict["verdict"] == "admit"
        tap.ok(verdict["verdict"] != "admit", f"nor after the clock is set back ({step} s)",
               verdict)
    enrolled("fresh")
    fresh = scan("fresh", slug, qr)[0]
    tap.equal(fresh["verdict"], "admit", "control: a gate that never saw the later time admits it")
    faults.row("clock steps", "real programs under another clock", len(steps) + 5, 0, stalled,
               admitted)
    faults.control("clock steps", "without what is recorded", fresh["verdict"] == "admit")


def rev_of(entry):
    return int(re.search(rb"\nrev (\d+)\n", entry).group(1))


def barred_offline(slug):
    """Barred at the registrar while the gate does not hear of it."""
    enrolled("unheard")
    qr = passes(slug)[5]
    first = scan("unheard", slug, "not a pass", qr)[1]
    tap.equal(first["verdict"], "admit", "a gate that is cut off admits on the list it holds")
    made = it.registrar("restrict add", "--pass", first["pass"], "--words", "Barred").strip()
    qr2 = passes(slug)[6]
    other = scan("unheard", slug, qr2)[0]
    entry = own("unheard")[-1]
    it.registrar("restrict add", "--pass", other["pass"], "--words", "Barred as well")
    it.gate("unheard", "sync", "--once")
    tap.ok(entry in held("unheard"), "its entries stand at the registrar as logged")
    again = scan("unheard", slug, qr2)[0]
    new = rev_of(own("unheard")[-1])
    tap.ok(new > rev_of(entry), "and say by which list they were judged: "
           f"{rev_of(entry)}, where {new} is held now")
    tap.equal(again["reason"], "restricted", "control: once it is heard the pass is refused")
    faults.row("revoked while offline", "a pass", 1, int(entry not in held("unheard")), 0,
               int(new <= rev_of(entry)))
    faults.contrast("revoked while offline", "the same pass once it is heard",
                   again["reason"] == "restricted")
    it.registrar("restrict lift", made)


def main():
    it.init()
    it.start()
    slug = next(c["slug"] for c in it.conferences() if "today" in c["slug"])
    poisoned(slug)
    salvage(slug)
    disk_full(slug)
    clocks(slug)
    barred_offline(slug)
    tap.equal(it.stop(), 0, "the registrar stops cleanly")


try:
    tap.run(main)
finally:
    it.close()
