#!/usr/bin/python3
"""Runs the benchmarks that need a registrar and a gate, and prints a row for each.

Usage: bench_programs.py BUILD
"""
import datetime
import hashlib
import io
import os
import re
import secrets
import sqlite3
import statistics
import subprocess
import sys
import time
import zoneinfo

from PIL import Image

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from programs import Front, Programs  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
SHORT = bool(os.environ.get("PRESSGATE_BENCH_SHORT"))
ROSTER = 25000
DRAIN = 5000 if SHORT else 50000
BADGES = 100 if SHORT else 1000
it = Programs(BUILD)


def row(name, got, target, at_least, unit, details):
    met = "met" if (got >= target if at_least else got <= target) else "MISSED"
    print(f"{name:<44} {got:8.2f}{unit:<4} {'>=' if at_least else '<='} {target:6.2f}{unit:<4} "
          f"{met:<6} {details}", flush=True)


def bench(name, *arguments):
    done = subprocess.run([os.path.join(BUILD, "tests", "bench", name), *arguments])
    if done.returncode != 0:
        raise SystemExit(f"{name} failed")


def rate(url):
    out = subprocess.run(["wrk", "-t1", "-c16", f"-d{1 if SHORT else 3}s", url],
                         capture_output=True, text=True, check=True).stdout
    if re.search(r"Non-2xx or 3xx responses|Socket errors", out):
        raise SystemExit(f"the server refused requests:\n{out}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))


def page(slug):
    """The conference page against a bare server that sends the same bytes, in turns."""
    url = f"http://127.0.0.1:{it.port}/conferences/{slug}"
    answer = it.browser().request("GET", url)
    with open(it.path("page.html"), "wb") as file:
        file.write(answer.body)
    floor = subprocess.Popen(
        [os.path.join(BUILD, "tests", "bench", "floor_http"), it.path("page.html")],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    try:
        bare = f"http://127.0.0.1:{int(floor.stdout.readline())}/"
        ours, theirs = [], []
        for _ in range(3 if SHORT else 7):
            theirs.append(rate(bare))
            ours.append(rate(url))
    finally:
        floor.stdin.close()
        floor.wait()
    mine, best = statistics.median(ours), statistics.median(theirs)
    row("conference page / bare server, requests", mine / best, 0.4, True, "x",
        f"{mine:.0f}/s against a floor of {best:.0f}/s, {len(answer.body)} bytes")


def fill_roster(number):
    """25,000 confirmed registrations, written straight into the store: only their number counts
    here, so their QR texts are no passes."""
    now = int(time.time())
    store = sqlite3.connect(os.path.join(it.data, "registrar.db"))
    with store:
        first = store.execute("SELECT coalesce(max(id), 0) + 1 FROM accreditation").fetchone()[0]
        person = store.execute("SELECT coalesce(max(id), 0) + 1 FROM person").fetchone()[0]
        place = store.execute("SELECT coalesce(max(id), 0) + 1 FROM registration").fetchone()[0]
        outlet = store.execute("SELECT min(id) FROM outlet").fetchone()[0]
        codes = set()
        while len(codes) < ROSTER:
            codes.add("".join(secrets.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ")
                              for _ in range(8)))
        for i, code in enumerate(codes):
            store.execute("INSERT INTO person (id, email, name, created) VALUES (?, ?, ?, ?)",
                          (person + i, f"many{i}@bench.example", f"Person Number {i}", now))
            store.execute("INSERT INTO accreditation (id, person_id, outlet_id, class, state, "
                          "valid_from, valid_until) VALUES (?, ?, ?, 1, 'active', ?, ?)",
                          (first + i, person + i, outlet, now - 1, now + 864000))
            store.execute("INSERT INTO registration (id, reference, conference_id, "
                          "accreditation_id, state, consented, created, changed) "
                          "VALUES (?, ?, ?, ?, 'confirmed', ?, ?, ?)",
                          (place + i, f"BENCH{i:07d}", number, first + i, now, now, now))
            store.execute("INSERT INTO pass (id, registration_id, conference_id, code, qr, issued,"
                          " state, roster_version) VALUES (?, ?, ?, ?, ?, ?, 'active', 2)",
                          (secrets.token_bytes(16), place + i, number, code, "x" * 200, now))
        store.execute("UPDATE conference SET roster_version = roster_version + 2 WHERE id = ?",
                      (number,))
    store.close()


def gate_memory(slug):
    """Peak resident size of a gate that syncs the large roster and scans."""
    it.gate("large", "sync", "--once")
    scanner = subprocess.Popen([it.gate_path, "scan", "--data", it.path("large"), "--conference",
                                slug, "--json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    scanner.stdin.write(b"ACR1:NOTHING\n")
    scanner.stdin.flush()
    scanner.stdout.readline()
    with open(f"/proc/{scanner.pid}/status", encoding="ascii") as file:
        scan = int(re.search(r"VmHWM:\s+(\d+)", file.read()).group(1)) / 1024
    scanner.stdin.close()
    scanner.wait()
    row("gate with a roster of 25,000, scanning", scan, 64, False, "MiB", "peak resident size")
    sync = subprocess.Popen([it.gate_path, "sync", "--data", it.path("large"), "--once"],
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(sync.pid, 0)
    sync.returncode = 0
    row("the same, syncing", usage.ru_maxrss / 1024, 64, False, "MiB", "peak resident size")


def floor_insert(texts):
    """The same texts into a store of their own, as many a commit as the upload has."""
    db = sqlite3.connect(it.path("floor.db"))
    db.execute("PRAGMA journal_mode=WAL")
    db.execute("PRAGMA synchronous=FULL")
    db.execute("CREATE TABLE entry (seq INTEGER PRIMARY KEY, text BLOB NOT NULL)")
    start = time.monotonic()
    for at in range(0, len(texts), 1000):
        with db:
            db.executemany("INSERT INTO entry (text) VALUES (?)", texts[at:at + 1000])
    took = time.monotonic() - start
    db.close()
    return took


def drain(slug):
    """A gate that was cut off for long brings its journal."""
    it.enrol("full")
    it.gate("full", "sync", "--once")
    it.gate("full", "scan", "--conference", slug, "--json", "--offline",
            text="".join(f"text {n}\n" for n in range(DRAIN)), timeout=900)
    start = time.monotonic()
    said = it.gate("full", "sync", "--once", timeout=900)
    took = time.monotonic() - start
    if "unsent 0" not in said:
        raise SystemExit(f"not everything was sent: {said}")
    db = sqlite3.connect(it.path("full", "gate.db"))
    texts = db.execute("SELECT text FROM entry").fetchall()
    db.close()
    floor = floor_insert(texts)
    row(f"{DRAIN:,} entries to the registrar, for 50,000", took * 50000 / len(texts), 60, False,
        "s", f"{took:.2f} s; {took / floor:.0f} times the bare inserts of {floor:.2f} s")


def photographed(slug):
    """People with passes, each with a photograph of its own, written straight into the store."""
    number = next(c["number"] for c in it.conferences() if c["slug"] == slug)
    names = ["Amina Okafor", "Zoë Ferré-Lévesque", "田中さくら", "محمد عبد الله", "Ольга Щербакова",
             "अनुराधा श्रीवास्तव", "María del Carmen Fernández de Córdoba y Álvarez"]
    noise = Image.effect_noise((480, 600), 40).convert("RGB")
    file = io.BytesIO()
    noise.save(file, "JPEG", quality=80)
    jpeg, now = file.getvalue()[:20], int(time.time())
    rest = file.getvalue()[20:]
    store = sqlite3.connect(os.path.join(it.data, "registrar.db"))
    with store:
        outlet = store.execute("SELECT min(id) FROM outlet").fetchone()[0]
        for i in range(BADGES):
            own = jpeg + b"\xff\xfe\x00\x12" + secrets.token_bytes(16) + rest
            digest = hashlib.sha256(own).digest()
            store.execute("INSERT INTO photo (hash, bytes, width, height, made) VALUES (?, ?, 480, 600, ?)",
                          (digest, own, now))
            person = store.execute("INSERT INTO person (email, name, created, photo) VALUES (?, ?, ?, ?)",
                                   (f"badge{i}@bench.example", f"{names[i % 7]} {i}", now, digest)).lastrowid
            grant = store.execute("INSERT INTO accreditation (person_id, outlet_id, class, state, valid_from,"
                                  " valid_until) VALUES (?, ?, ?, 'active', ?, ?)",
                                  (person, outlet, i % 9, now - 1, now + 864000)).lastrowid
            place = store.execute("INSERT INTO registration (reference, conference_id, accreditation_id, "
                                  "state, consented, created, changed) VALUES (?, ?, ?, 'confirmed', ?, ?, ?)",
                                  (f"BADGE{i:07d}", number, grant, now, now, now)).lastrowid
            code = "".join(secrets.choice("0123456789ABCDEFGHJKMNPQRSTVWXYZ") for _ in range(8))
            store.execute("INSERT INTO pass (id, registration_id, conference_id, code, qr, issued, state, "
                          "roster_version) VALUES (?, ?, ?, ?, ?, ?, 'active', 2)",
                          (secrets.token_bytes(16), place, number, code,
                           "ACR1:" + secrets.token_hex(95).upper(), now))
    store.close()
    return len(own)


def badges(slug):
    """A thousand badges, each with a photograph, as one PDF."""
    each = photographed(slug)
    start = time.monotonic()
    printing = subprocess.Popen([it.registrar_path, "badges", "print", "--data", it.data, "--conference",
                                 slug, "--out", it.path("badges.pdf")], stdout=subprocess.DEVNULL)
    _, code, usage = os.wait4(printing.pid, 0)
    took = time.monotonic() - start
    printing.returncode = code
    if code != 0:
        raise SystemExit("the badges were not printed")
    size = os.path.getsize(it.path("badges.pdf"))
    start = time.monotonic()
    db = sqlite3.connect(os.path.join(it.data, "registrar.db"))
    with open(it.path("floor.jpg"), "wb") as out:
        for photo, in db.execute("SELECT bytes FROM photo"):
            out.write(photo)
    db.close()
    floor = time.monotonic() - start
    row(f"{BADGES:,} badges as PDF, for 1,000", took * 1000 / BADGES, 20, False, "s",
        f"{usage.ru_utime + usage.ru_stime:.1f} s of CPU; {took / floor:.0f} times a copy of their "
        f"photographs; {size / BADGES / each:.2f} times their bytes")
    row("the same", usage.ru_maxrss / 1024, 256, False, "MiB", "peak resident size")


class Large(Front):
    def __init__(self, slug):
        super().__init__(it, "large", "scan", "--conference", slug, "--json",
                         stderr=subprocess.DEVNULL)

    def until(self, text, changed):
        """Scans until the verdict is another one; how long that took."""
        start = time.monotonic()
        while not changed(self.scan(text)) and time.monotonic() - start < 20:
            time.sleep(0.005)
        return time.monotonic() - start


def typed_code(pass_id):
    """The typed code of a pass: badges/code.c."""
    bits = int.from_bytes(hashlib.sha256(b"pressgate-code/v1\n" + pass_id).digest()[:5], "big")
    digits, check = [bits >> (35 - 5 * i) & 31 for i in range(7)], 0
    for digit in digits:
        check = (check ^ digit) << 1
        check = check ^ 0x25 if check & 32 else check
    text = "".join("0123456789ABCDEFGHJKMNPQRSTVWXYZ"[d] for d in digits + [check])
    return f"{text[:4]}-{text[4:]}"


def drop_one(number):
    """One pass of the large roster ends; its typed code. The registrar hears of it with the next
    news."""
    db = sqlite3.connect(os.path.join(it.data, "registrar.db"), timeout=10)
    with db:
        pass_id, = db.execute("SELECT id FROM pass WHERE conference_id = ? AND state = 'active' "
                              "AND qr LIKE 'xxx%' LIMIT 1", (number,)).fetchone()
        db.execute("UPDATE conference SET roster_version = roster_version + 1 WHERE id = ?",
                   (number,))
        db.execute("UPDATE pass SET state = 'revoked', roster_version = (SELECT roster_version "
                   "FROM conference WHERE id = ?) WHERE id = ?", (number, pass_id))
    db.close()
    return typed_code(pass_id)


def delta(slug, number):
    """One row of 25,000 changes: from the registrar's command to another verdict at the gate."""
    front, changes, floors = Large(slug), [], []
    front.scan("warm")
    time.sleep(2)
    for _ in range(3 if SHORT else 7):
        code = drop_one(number)
        start = time.monotonic()
        it.registrar("restrict add", "--conference", BENCH_SLUG, "--words", "Bell")
        front.until(code, lambda v: v["reason"] in ENDED)
        changes.append(time.monotonic() - start)
        start = time.monotonic()
        made = it.registrar("restrict add", "--conference", slug, "--words", "Smoke").strip()
        front.until(code, lambda v: v["reason"] == "restricted")
        floors.append(time.monotonic() - start)
        it.registrar("restrict lift", made)
        front.until(code, lambda v: v["reason"] != "restricted")
    front.end()
    took, floor = statistics.median(changes), statistics.median(floors)
    row("one of 25,000 changes, to the verdict", took, 1, False, "s",
        f"{took / floor:.1f} times a restriction's {floor:.2f} s; longest {max(changes):.2f} s")


def main():
    it.init()
    slug = it.conferences()[0]["slug"]  # it is on
    number = it.conferences()[0]["number"]
    start = datetime.datetime.now(zoneinfo.ZoneInfo("America/Toronto"))
    start += datetime.timedelta(hours=3)
    it.registrar("conference add", "--slug", BENCH_SLUG, "--title", "A bench",
                 "--starts", start.strftime("%Y-%m-%dT%H:%M"))
    bench("bench_register", it.data, BENCH_SLUG)
    it.registrar("conference add", "--slug", "hall", "--title", "A large hall",
                 "--starts", start.strftime("%Y-%m-%dT%H:%M"))
    it.start()
    page(slug)
    it.stop()
    it.registrar("conference add", "--slug", "paper", "--title", "Badges on paper",
                 "--starts", start.strftime("%Y-%m-%dT%H:%M"))
    badges("paper")
    it.start()
    it.enrol("large")
    it.stop()
    fill_roster(number)
    root = it.registrar("keys root-public").strip()
    bench("bench_roster", it.data, str(number), str(ROSTER), root)
    it.start()
    gate_memory(slug)
    delta(slug, number)
    drain(slug)
    reconciled(slug)
    it.stop()
    bench("bench_attendance", it.data, "hall")
    it.start()
    lists("hall")
    it.stop()
    bench("bench_queue", it.data)


def spent():
    """CPU seconds that the server took so far."""
    with open(f"/proc/{it.server.pid}/stat", encoding="ascii") as file:
        fields = file.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def served(staff, path, number):
    """CPU seconds of the server for one request of many, and the size of what it sends."""
    start = spent()
    for _ in range(number):
        answer = staff.request("GET", path)
        if answer.status != 200:
            raise SystemExit(f"{path}: {answer.status}")
    return (spent() - start) / number, len(answer.body)


def raw_reads(slug):
    """CPU seconds in which SQLite alone looks at the rows that a list is made from."""
    db = sqlite3.connect(os.path.join(it.data, "registrar.db"))
    start = time.process_time()
    for _ in range(5):
        db.execute("SELECT count(*), sum(time_ms), sum(length(pass)), sum(length(decision)), "
                   "sum(length(reason)), sum(length(staff)) FROM log_entry WHERE event = ?",
                   (slug,)).fetchone()
        db.execute("SELECT count(*), sum(length(n.name)), sum(length(o.name)), sum(a.class), "
                   "sum(length(r.reference)) FROM registration r JOIN conference c ON "
                   "c.id = r.conference_id JOIN accreditation a ON a.id = r.accreditation_id JOIN "
                   "person n ON n.id = a.person_id JOIN outlet o ON o.id = a.outlet_id WHERE "
                   "c.slug = ?", (slug,)).fetchone()
    took = (time.process_time() - start) / 5
    db.close()
    return took


def sign_in():
    staff = it.browser()
    staff.submit(staff.get("/staff/sign-in").form("/staff/sign-in"),
                 {"name": "admin", "password": it.password})
    return staff


def lists(slug):
    """Pages and downloads of a conference of 25,000 registrations and 100,000 entries."""
    staff, board = sign_in(), f"/staff/conferences/{slug}"
    floor = raw_reads(slug)
    served(staff, board, 1)
    for name, path, number, target in (
            ("board", "", 10, 0.15), ("attendance list", "/lists/attendance", 10, 0.15),
            ("entries list", "/lists/entries", 10, 0.15),
            ("entries searched", "/lists/entries?q=number+7&sort=newest", 5, 0.15),
            ("attendance as CSV", "/lists/attendance/download?format=csv", 3, 0.5),
            ("entries as CSV", "/lists/entries/download?format=csv", 3, 0.5),
            ("entries as PDF", "/lists/entries/download?format=pdf", 1, 10),
            ("guest list as PDF", "/lists/guests/download?format=pdf", 1, 10)):
        cpu, size = served(staff, board + path, number)
        row(f"{name} over HTTP, server CPU", cpu, target, False, "s",
            f"{cpu / floor:.2f} times the raw reads' {floor:.3f} s, {size} bytes")


def reconciled(slug):
    """A list page that compares real journals with their heads: at first, and from then on."""
    staff, path = sign_in(), f"/staff/conferences/{slug}/lists/entries"
    floor = raw_reads(slug)
    for name, number in (("first look at", 1), ("page of", 10)):
        cpu, _ = served(staff, path, number)
        row(f"{name} {DRAIN:,} entries compared", cpu, 2 if number == 1 else 0.15, False, "s",
            f"server CPU, {cpu / floor:.2f} times the raw reads' {floor:.3f} s")


ENDED = ("malformed", "not-on-roster", "revoked")
BENCH_SLUG = "bench"
try:
    main()
finally:
    it.close()
