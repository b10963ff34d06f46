#!/usr/bin/python3
"""The device port between the real programs: who is let in, what survives a cut network.

Usage: device.py BUILD
"""
import json
import os
import re
import shutil
import socket
import ssl
import http.client
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
sys.path.insert(0, os.path.join(HERE, "..", "faults"))
sys.path.insert(0, HERE)
from cutter import Cutter  # noqa: E402
from programs import Programs, query  # noqa: E402
import faults  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
CUTS = 25  # each way
tap = Tap()
it = Programs(BUILD)


def code(name):
    return json.loads(it.registrar("gate code", name))


def enrol(folder, made, expect=0, url=None, pin=None, **options):
    return it.gate(folder, "enrol", "--url", url or f"https://127.0.0.1:{it.device_port}",
                   "--code", made["code"], "--pin", pin or made["pin"], code=expect, **options)


def registrar_db(sql, *values):
    return query(os.path.join(it.data, "registrar.db"), sql, *values)


def held(name):
    """The registrar's entries of a gate, as texts."""
    return [t for t, in registrar_db(
        "SELECT e.text FROM log_entry e JOIN log l ON l.id = e.log_id WHERE l.device = ? "
        "ORDER BY l.epoch, e.seq", name)]


def own(folder):
    """A gate's own entries, as texts; nothing has it open."""
    return [t for t, in query(it.path(folder, "gate.db"),
                              "SELECT text FROM entry ORDER BY epoch, seq")]


def context(pem=None, **limits):
    made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    made.check_hostname = False
    made.verify_mode = ssl.CERT_NONE
    for name, value in limits.items():
        setattr(made, name, value)
    if pem:
        made.load_cert_chain(pem)
    return made


def ask(path, pem=None, method="GET", body=None, timeout=40, **limits):
    link = http.client.HTTPSConnection("127.0.0.1", it.device_port, timeout=timeout,
                                       context=context(pem, **limits))
    try:
        link.request(method, path, body)
        answer = link.getresponse()
        return answer.status, answer.read(), dict(answer.getheaders())
    finally:
        link.close()


def enrolment():
    made = code("north-door")
    enrol("wrong", {**made, "code": "0000-0000-0000-0000"}, expect=1)
    tap.ok("wrong, used or older" in it.said, "a wrong code is refused in words", it.said)
    enrol("wrong", {**made, "code": "not a code!"}, expect=1)
    tap.ok("wrong, used or older" in it.said, "and so is a text that is no code", it.said)
    it.gate("wrong", "sync", "--once", code=1)
    tap.ok("enrol" in it.said, "a folder that was not enrolled does not sync", it.said)
    other = made["pin"][:-6] + ("AAAAA=" if made["pin"][-6:] != "AAAAA=" else "BBBBB=")
    enrol("wrong", made, expect=1, pin=other)
    tap.ok("another server answered" in it.said, "a server with another key than the pinned one "
           "is refused", it.said)
    enrol("wrong", made, expect=2, pin="sha256//short")
    tap.ok("--pin" in it.said, "a pin that is none is misuse, and named", it.said)
    enrol("wrong", made, expect=2, url="http://127.0.0.1:1")
    tap.ok("--url" in it.said, "an address without TLS is misuse, and named", it.said)
    enrol("wrong", made, expect=1, url="https://127.0.0.1:1")
    tap.ok("can't be reached" in it.said, "a registrar that is not there is named", it.said)
    said = enrol("north-door", made)
    listed = it.registrar("gate list")
    shown = [line for line in said.splitlines() if line.startswith("fingerprint ")][0][12:]
    tap.ok(shown in listed, "control: the right code and pin enrol; both show one fingerprint",
           said, listed)
    enrol("late", made, expect=1)
    tap.ok("wrong, used or older" in it.said, "a used code enrols no second gate", it.said)
    enrol("north-door", made, expect=1)
    tap.ok("already" in it.said, "an enrolled folder is not enrolled again", it.said)
    old = code("late-door")
    it.stop()
    registrar_db("UPDATE gate SET code_expires = code_expires - 601 WHERE name = 'late-door'")
    it.start()
    enrol("late", old, expect=1)
    tap.ok("wrong, used or older" in it.said, "a code of eleven minutes ago is refused", it.said)
    registrar_db("UPDATE gate SET code_expires = code_expires + 601 WHERE name = 'late-door'")
    enrol("late", old)
    tap.ok(True, "control: with its time given back it is taken")
    it.registrar("gate code", "north-door", code=1)
    tap.ok("another name" in it.said, "a name serves one gate for ever", it.said)
    for bad in ("North", "registrar", "-x", "a" * 33, "ä"):
        it.registrar("gate code", "--", bad, code=1)
    tap.ok("a-z" in it.said, "names that no journal can carry are refused", it.said)


def growth(pid, pem, n=20):
    """MiB by which the process grows while n uploads of 4 MiB stand one byte before their end."""
    def resident():
        with open(f"/proc/{pid}/status", encoding="ascii") as file:
            return int(re.search(r"VmRSS:\s+(\d+)", file.read()).group(1)) / 1024

    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(pem)
    head = (f"POST /device/v1/journal/1 HTTP/1.1\r\nHost: 127.0.0.1:{it.device_port}\r\n"
            f"Content-Length: {4 << 20}\r\n\r\n").encode()
    before, lines = resident(), []
    try:
        for _ in range(n):
            line = context.wrap_socket(socket.create_connection(("127.0.0.1", it.device_port)))
            lines.append(line)
            line.sendall(head + b"x" * ((4 << 20) - 1))
        time.sleep(0.3)
        return resident() - before
    finally:
        for line in lines:
            line.close()


def who_is_let_in(number):
    roster = f"/device/v1/roster/{number}"
    own_pem = it.path("north-door", "keys", "tls.pem")
    status, body, headers = ask(roster, own_pem)
    tap.ok(status == 200 and headers.get("Pressgate-Object") == "roster" and len(body) > 500,
           "an enrolled gate gets the roster", status, headers)
    for path in (roster, "/device/v1/state", "/device/v1/keys", "/device/v1/staff",
                 "/device/v1/revoked"):
        for who, pem in (("an unknown certificate", it.stranger()), ("no certificate", None)):
            status, body, _ = ask(path, pem)
            tap.ok(status == 403 and json.loads(body)["error"] == "unknown",
                   f"{path.split('/')[3]}: {who} gets 403", status, body)
    status, body, _ = ask("/device/v1/journal/1", it.stranger(), "POST", "{}")
    tap.equal(status, 403, "journal: an unknown certificate gets 403")
    status, body, _ = ask("/device/v1/journal/1", own_pem, "POST", "{}")
    tap.equal((status, json.loads(body)["error"]), (400, "request"),
              "journal: an upload that is none is 400")
    status, body, _ = ask("/device/v1/roster/999", own_pem)
    tap.equal(status, 404, "a roster of no conference is 404")
    status, body, _ = ask(roster + "?have=x", own_pem)
    tap.equal(status, 400, "have must be a number")
    try:
        ask(roster, own_pem, maximum_version=ssl.TLSVersion.TLSv1_2)
        tap.ok(False, "TLS 1.2 is refused")
    except (ssl.SSLError, ConnectionError) as error:
        tap.ok(True, "TLS 1.2 is refused", error)
    status, _, _ = ask(roster, own_pem, minimum_version=ssl.TLSVersion.TLSv1_3)
    tap.equal(status, 200, "control: TLS 1.3 is not")
    grown = growth(it.server.pid, it.stranger())
    tap.ok(grown < 30, "80 MiB of strangers' uploads take no memory", f"{grown:.0f} MiB")
    it.stop()
    tool = os.path.join(BUILD, "tests", "device", "open_port")
    port = subprocess.Popen([tool, it.data, f"127.0.0.1:{it.device_port}"],
                            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    port.stdout.readline()
    status, body, _ = ask(roster, it.stranger())
    tap.ok(status == 200 and b"Ferreira" in body,
           "control: without the look-up an unknown certificate would get the roster", status)
    grown = growth(port.pid, it.stranger())
    tap.ok(grown > 60, "control: without the look-up they would", f"{grown:.0f} MiB")
    port.stdin.close()
    port.wait(timeout=30)
    it.start()


def long_poll():
    pem = it.path("north-door", "keys", "tls.pem")
    state = json.loads(ask("/device/v1/state", pem)[1])
    tap.ok(abs(state["now_ms"] / 1000 - time.time()) < 5, "the state tells the time", state)
    start = time.monotonic()
    again = json.loads(ask(f"/device/v1/state?wait=2&seen={state['tag']}", pem)[1])
    took = time.monotonic() - start
    tap.ok(again["tag"] == state["tag"] and 1.8 < took < 5, "a quiet long poll waits", took)
    found = {}

    def wait():
        found["state"] = json.loads(ask(f"/device/v1/state?wait=20&seen={state['tag']}", pem)[1])
        found["at"] = time.monotonic()

    waiter = threading.Thread(target=wait)
    waiter.start()
    time.sleep(0.5)
    it.registrar("gate revoke", "late-door")
    done = time.monotonic()
    waiter.join(timeout=30)
    tap.ok(found["state"]["keys"] > state["keys"] and found["at"] - done < 15,
           "a change ends the wait", found)
    tap.note(f"the change was heard after {found['at'] - done:.3f} s")


def journal_of(folder):
    """Every entry of a gate's own journal."""
    out = it.path(folder + "-journal")
    it.gate(folder, "journal", "export", out)
    return "".join(open(os.path.join(at, name), encoding="latin-1").read()
                   for at, _, names in os.walk(out) for name in names)


def revoked(slug):
    it.gate("late", "sync", "--once", code=1)
    refused = tap.ok("revoked" in it.said, "a revoked gate is told so", it.said)
    it.gate("late", "scan", "--conference", slug, "--offline", text="ACR1:NOTHING\n", code=1)
    wiped = tap.ok("no roster" in it.said, "what it held of people is wiped", it.said)
    tap.ok("reason wiped" in journal_of("late"), "and its journal says so")
    it.gate("late", "sync", "--once", code=1)
    tap.equal(len([e for e in held("late-door") if b"wiped" in e]), 0,
              "but nothing of it is taken any more")
    faults.row("stolen gate", "its next requests", 2, 0, 0, 0 if refused and wiped else 1)
    it.gate("north-door", "sync", "--once")


def restrictions(slug):
    """R5: the Service restricts entry at any time, and the door knows."""
    qr = next(p["qr"] for p in it.export("passes", slug) if p["status"] == "confirmed")
    made = it.registrar("restrict add", "--conference", slug, "--words", "Smoke in the gallery")
    it.gate("north-door", "sync", "--once")
    verdict = it.scan("north-door", slug, qr, officer=True)[0]
    tap.ok(verdict["reason"] == "restricted" and "Smoke in the gallery" in verdict["words"],
           "a restriction reaches the door with its words", verdict)
    it.registrar("restrict lift", made.strip())
    it.gate("north-door", "sync", "--once")
    tap.equal(it.scan("north-door", slug, qr)[0]["verdict"], "admit", "and is lifted there")
    for options in (["--class", "nobody", "--words", "x"], ["--outlet", "Nobody", "--words", "x"],
                    ["--building", "--class", "camera", "--words", "x"], ["--words", "x"],
                    ["--conference", slug, "--words", "x" * 201]):
        it.registrar("restrict add", *options, code=1)
    it.registrar("restrict lift", "999", code=1)
    tap.ok("no such" in it.said, "what does not fit together is refused in words", it.said)


def cut_network(slug):
    """Uploads cut at many places, both ways; each is completed by the next."""
    cutter = Cutter(it.device_port)
    made = code("cut-door")
    it.gate("cut", "enrol", "--url", f"https://127.0.0.1:{cutter.port}", "--code", made["code"],
            "--pin", made["pin"])
    it.gate("cut", "sync", "--once")
    it.scan("cut", slug, "one", "two")
    cutter.arm(None)
    it.gate("cut", "sync", "--once")
    up, down = cutter.bytes[1]
    tap.ok(cutter.seen >= 2 and up > 1000 and down > 500,
           "downloads and uploads go over connections of their own", cutter.bytes)
    cut = complete = lacking = 0
    for way, total in (("up", up), ("down", down)):
        for n in range(CUTS):
            it.scan("cut", slug, f"text {way} {n}")
            cutter.arm((1, way, total * n // CUTS))
            it.gate("cut", "sync", "--once", code=None)
            cut += cutter.was_cut
            lacking += held("cut-door") != own("cut")
            if n % 5 == 4:
                cutter.arm(None)
                it.gate("cut", "sync", "--once")
                complete += held("cut-door") == own("cut")
    tap.ok(cut >= CUTS * 2 - 6, f"{cut} of {CUTS * 2} uploads were cut on their way")
    tap.equal(complete, CUTS * 2 // 5, "each time the next upload completed it")
    cutter.arm(None)
    it.gate("cut", "sync", "--once")
    faults.row("network cut", "uploads at places all over, over TLS", cut,
               len(set(own("cut")) - set(held("cut-door"))),
               len(held("cut-door")) - len(set(held("cut-door"))))
    faults.contrast("network cut", "an upload that was cut is not complete", lacking > 0)
    tap.ok(held("cut-door") == own("cut") and len(own("cut")) > CUTS * 2,
           f"{len(own('cut'))} entries, each there once and as recorded")
    it.gate("cut", "journal verify")
    it.registrar("journal verify")
    tap.ok(True, "and the journals verify on both sides")
    cutter.close()


def batches(slug):
    texts = [f"crowd {n}" for n in range(1100)]
    it.scan("north-door", slug, *texts)
    start = time.monotonic()
    said = it.gate("north-door", "sync", "--once")
    tap.ok("unsent 0" in said and held("north-door") == own("north-door"),
           f"1,100 entries go up in batches of at most 1,000 ({time.monotonic() - start:.2f} s)",
           said)


def restored(slug):
    """A registrar set back to yesterday gets again what it lost."""
    it.stop()
    kept = it.path("kept")
    shutil.copytree(it.data, kept)
    it.start()
    it.scan("north-door", slug, "after the backup")
    it.gate("north-door", "sync", "--once")
    everything = held("north-door")
    it.stop()
    shutil.rmtree(it.data)
    os.rename(kept, it.data)
    it.start()
    tap.ok(len(held("north-door")) < len(everything), "the registrar was set back")
    it.gate("north-door", "sync", "--once", code=None)
    tap.equal(held("north-door")[:len(everything)], everything,
              "the next sync brings what it lost")


def contradiction(slug):
    """The registrar holds another entry: the upload stops with an alarm, downloads go on."""
    it.stop()
    registrar_db("UPDATE log_entry SET text = CAST(replace(CAST(text AS TEXT), 'clock ', "
                 "'clock  ') AS BLOB) WHERE seq = 3 AND log_id = (SELECT id FROM log WHERE "
                 "device = 'north-door' ORDER BY epoch LIMIT 1)")
    query(it.path("north-door", "gate.db"), "UPDATE log SET received = 0")
    it.start()
    before = own("north-door")
    it.gate("north-door", "sync", "--once", code=1)
    tap.ok("ALARM" in it.said and "entry 3" in it.said,
           "another entry at a held place is an alarm", it.said)
    after = own("north-door")
    tap.equal(after[:len(before)], before, "the gate keeps every entry")
    tap.ok(any(b"decision epoch\nreason equivocation\n" in e for e in after[len(before):]),
           "and goes on in a new epoch", after[len(before):])
    tap.equal(len(registrar_db("SELECT 1 FROM equivocation")), 1, "the registrar keeps both")
    code("newest-door")
    it.registrar("gate revoke", "newest-door")
    said = it.gate("north-door", "sync", "--once")
    tap.ok("objects 1" in said and "upload was stopped" in it.said,
           "downloads go on while the upload stands still, which is said again and no failure",
           said, it.said)
    lost = query(it.path("north-door", "gate.db"),
                 "SELECT size - received FROM log WHERE 'upload_stopped_' || epoch IN "
                 "(SELECT key FROM meta)")
    tap.ok(len(lost) == 1 and lost[0][0] > 0 and "unsent 0\n" in said and
           f"stopped {lost[0][0]}\n" in said, "what is stopped is not unsent", said, lost)
    now = json.loads(it.gate("north-door", "status", "--json", code=None))
    tap.equal((now["unsent"], now["stopped"]), (0, lost[0][0]), "nor in the status")
    tap.ok(f"{lost[0][0]} entries of a stopped upload" in
           it.gate("north-door", "status", code=None), "which says how many")
    said = it.gate("north-door", "check", code=None)
    tap.ok(f"upload of an epoch is stopped: {lost[0][0]} entries are not" in said,
           "and so does the check", said)


def main():
    it.init()
    it.start()
    slug, number = next((c["slug"], c["number"]) for c in it.conferences()
                        if "today" in c["slug"])
    enrolment()
    it.gate("north-door", "sync", "--once")
    it.gate("late", "sync", "--once")
    who_is_let_in(number)
    long_poll()
    revoked(slug)
    restrictions(slug)
    cut_network(slug)
    batches(slug)
    restored(slug)
    contradiction(slug)
    tap.equal(it.stop(), 0, "the registrar stops cleanly")


try:
    tap.run(main)
finally:
    it.close()
