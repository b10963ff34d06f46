"""The real `gate scan` on a gate made by hand: every machine reason, bad input, two processes,
sign-in, a damaged store, wrong modes, a full disk.

Usage: test_scan.py GATE WORLD-TOOL"""
import json
import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from sealed import SealedBox  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()

GATE, WORLD = (os.path.abspath(path) for path in sys.argv[1:3])
top = tempfile.TemporaryDirectory(prefix="pressgate-gate-test-")
made = 0


def world(*arguments):
    done = subprocess.run([WORLD, *map(str, arguments)], capture_output=True, text=True)
    if done.returncode:
        raise AssertionError(f"world {arguments}: {done.returncode} {done.stderr}")
    return done.stdout.strip()


def gate_folder(people=10):
    global made
    made += 1
    folder = os.path.join(top.name, f"gate{made}")
    os.mkdir(folder, 0o700)
    world("make", folder, people)
    return folder


def gate(folder, *arguments, text=b"", timeout=60):
    if isinstance(text, str):
        text = text.encode()
    return subprocess.run([GATE, arguments[0], "--data", folder, *arguments[1:]], input=text,
                          capture_output=True, timeout=timeout)


def signed_in():
    """An officer's sign-in: without one names stay sealed."""
    path = os.path.join(top.name, "officer-pin")
    if not os.path.exists(path):
        with open(path, "w") as file:
            file.write("4711\n")
    return "--officer", "officer1", "--pin-file", path


def scan(folder, *texts, options=("--offline",), officer=True):
    """The verdict objects for these texts."""
    data = b"".join((t if isinstance(t, bytes) else t.encode()) + b"\n" for t in texts)
    done = gate(folder, "scan", "--conference", "briefing", "--json", *options,
                *(signed_in() if officer else ()), text=data)
    if done.returncode:
        raise AssertionError(f"scan: {done.returncode} {done.stderr.decode()}")
    return [json.loads(line) for line in done.stdout.splitlines()]


def judged(folder, text):
    verdict = scan(folder, text)[0]
    return verdict["verdict"], verdict["reason"]


def reasons():
    folder = gate_folder()
    first = scan(folder, world("pass", 0))[0]
    tap.equal((first["verdict"], first["reason"], first["name"], first["outlet"], first["class"],
               first["conference"], first["check"], first["unchecked"]),
              ("admit", "ok", "Ana Ferreira 0", "Lumen TV", "reporter", "briefing", ["screening"],
               []), "a good pass is admitted")
    tap.equal(list(first), ["verdict", "reason", "words", "name", "outlet", "class", "conference",
                            "seq", "check", "unchecked", "pass"], "with these keys")
    again = scan(folder, world("pass", 0))[0]
    tap.ok(again["reason"] == "already-inside" and "north-door" in again["words"]
           and again["verdict"] == "deny" and again["seq"] > first["seq"],
           "the same again: already inside, and where", again)
    tap.equal(judged(folder, "hello"), ("deny", "malformed"), "malformed")
    tap.equal(judged(folder, world("pass", 1, "key=2")), ("deny", "unknown-key"), "unknown key")
    tap.equal(judged(folder, world("pass", 1, "conference=99")), ("deny", "unknown-key"),
              "a key that does not list the conference")
    tap.equal(judged(folder, world("pass", 1, "key=3")), ("deny", "bad-signature"), "bad signature")
    other = scan(folder, world("pass", 1, "conference=8", "key=1"))[0]
    tap.ok(other["reason"] == "wrong-conference" and "Hearing of the tribunal" in other["words"],
           "wrong conference, named", other)
    tap.equal(judged(folder, world("pass", 1, "class=12")), ("deny", "wrong-class"), "wrong class")
    tap.equal(judged(folder, world("pass", 1, "nbf=3600", "exp=7200")), ("deny", "not-yet-valid"),
              "not yet valid")
    tap.equal(judged(folder, world("pass", 1, "nbf=-7200", "exp=-3600")), ("deny", "expired"),
              "expired")
    tap.equal(judged(folder, world("pass", 50)), ("refer", "not-on-roster"), "not on the roster")
    world("set", folder, "person", 2, 1, 3)
    tap.equal(judged(folder, world("pass", 2)), ("refer", "not-on-roster"), "on the waiting list")
    world("set", folder, "revoke", 3, 1)
    world("set", folder, "revoke", 4, 4)
    cancelled = scan(folder, world("pass", 3))[0]
    tap.ok(cancelled["reason"] == "revoked" and "was cancelled" in cancelled["words"], "revoked",
           cancelled)
    tap.equal(judged(folder, world("pass", 4)), ("deny", "suspended"), "suspended")
    for scope, name in ((1, "building"), (2, "conference"), (3, "class"), (4, "outlet"),
                        (5, "pass")):
        world("set", folder, "restrict", scope, 5)
        verdict = scan(folder, world("pass", 5))[0]
        tap.ok(verdict["reason"] == "restricted" and "security incident" in verdict["words"],
               f"restricted: {name}", verdict)
    tap.equal(judged(folder, world("pass", 6)), ("admit", "ok"), "another pass is not restricted")
    world("set", folder, "unrestrict")
    tap.equal(judged(folder, world("pass", 5)), ("admit", "ok"),
              "lifted: a denial has not used the pass up")
    world("set", folder, "presence", 7, 0, 1)
    tap.equal(judged(folder, world("pass", 7)), ("deny", "already-used"), "already used")
    world("set", folder, "reentry", 1)
    tap.equal(judged(folder, world("pass", 7)), ("admit", "ok"), "unless there is re-entry")
    inside = 4
    world("set", folder, "capacity", inside + 1)
    tap.equal([v["reason"] for v in scan(folder, world("pass", 1), world("pass", 8))],
              ["ok", "full"], "full at the last place")
    world("set", folder, "checked", 5 * 3600)
    old = scan(folder, world("pass", 8))[0]
    tap.ok(old["verdict"] == "refer" and old["reason"] == "roster-stale"
           and "5 hours" in old["words"], "roster stale, and how old", old)
    world("set", folder, "checked", 1800)
    amber = scan(folder, world("pass", 8))[0]
    tap.ok(amber["verdict"] == "admit" and amber["unchecked"] == ["cancellations", "roster"],
           "an older list admits and says what was not checked", amber)
    world("set", folder, "newest", 3600)
    suspect = scan(folder, world("pass", 9))[0]
    tap.equal((suspect["verdict"], suspect["reason"]), ("refer", "clock-suspect"), "clock suspect")
    done = gate(folder, "check")
    tap.ok(done.returncode == 1 and b"--accept-clock" in done.stdout, "check says what to do",
           done.stdout)
    done = gate(folder, "check", "--accept-clock")
    tap.equal(done.returncode, 0, "a person says that the clock is right")
    world("set", folder, "checked", 0)
    tap.equal(judged(folder, world("pass", 9)), ("admit", "ok"), "and it goes on")
    verify(folder)


def verify(folder):
    done = gate(folder, "journal", "verify")
    tap.ok(done.returncode == 0 and done.stdout.startswith(b"ok "), "the journal verifies",
           done.stdout + done.stderr)


def details(folder):
    """What the journal keeps behind its entries, by number, opened as the registrar does."""
    box = SealedBox(*world("details-key").split())
    db = sqlite3.connect(os.path.join(folder, "gate.db"))
    with db:
        found = {seq: clear if sealed is None else box.open(sealed)[32:].decode()
                 for seq, clear, sealed in db.execute(
                     "SELECT seq, detail, sealed FROM detail ORDER BY epoch, seq")}
    db.close()
    return found


def texts_kept():
    """A copy of a pass's text would open a door: only what opened as no pass is kept."""
    folder = gate_folder()
    opened = [world("pass", 0), world("pass", 0), world("pass", 1, "conference=8", "key=1"),
              world("pass", 1, "class=12"), world("pass", 1, "nbf=-7200", "exp=-3600"),
              world("pass", 50, "named=1"), world("code", 2)]
    shut = ["hello", world("pass", 1, "key=2"), world("pass", 1, "key=3"), "A" * 400]
    verdicts = scan(folder, *opened, *shut)
    tap.equal([v["reason"] for v in verdicts],
              ["ok", "already-inside", "wrong-conference", "wrong-class", "expired",
               "not-on-roster", "ok", "malformed", "unknown-key", "bad-signature", "malformed"],
              "passes that open and texts that do not")
    kept = details(folder)
    whole = " ".join(kept.values())
    # The end of a text is its signature.
    tap.equal([t for t in opened if t in whole or t[-60:] in whole], [],
              "no detail holds the text of a pass that opened")
    tap.equal([json.loads(kept[v["seq"]]).get("text") for v in verdicts[7:10]], shut[:3],
              "what opened as no pass is kept")
    tap.equal(json.loads(kept[verdicts[10]["seq"]])["length"], 400, "with its length, if cut")
    tap.ok(all(v["pass"] for v in verdicts[:7]), "the entry names the pass", verdicts)
    out = os.path.join(top.name, "kept")
    gate(folder, "journal", "export", out)
    found = subprocess.run(["grep", "-rlaF", "-e", opened[0], folder, out], capture_output=True)
    tap.equal(found.stdout, b"", "neither does any file of the gate or its export")


def policies():
    folder = gate_folder()
    world("set", folder, "idcheck", 1)
    tap.equal(scan(folder, world("pass", 0))[0]["check"], ["screening", "identification"],
              "identification always")
    typed = scan(folder, world("code", 1), world("code", 2).replace("-", "").lower())
    tap.equal([(v["verdict"], v["name"], v["check"]) for v in typed],
              [("admit", f"Ana Ferreira {n}", ["screening", "identification", "name"])
               for n in (1, 2)], "typed codes find their passes")
    wrong = world("code", 3)
    wrong = wrong[:-1] + ("0" if wrong[-1] != "0" else "1")
    tap.equal(judged(folder, wrong), ("deny", "malformed"), "a mistyped code")
    tap.equal(judged(folder, world("code", 99)), ("refer", "not-on-roster"), "an unknown code")
    world("set", folder, "preregistration", 0)
    walk_in = scan(folder, world("pass", 99, "named=1"))[0]
    tap.equal((walk_in["verdict"], walk_in["name"], walk_in["unchecked"]),
              ("admit", "Carried 99", ["registration"]),
              "where registration is not required the roster is not")
    flagged = scan(folder, world("pass", 5, "flags=1"))[0]
    tap.equal(flagged["check"], ["screening", "identification"], "a pass that asks for it")


def lines():
    folder = gate_folder()
    qr = world("pass", 0)
    run = ["scan", "--conference", "briefing", "--json", "--offline"]
    for ending, name in ((b"\r\n", "CRLF"), (b"\n", "LF"), (b"\r", "CR at the end"), (b"", "none")):
        done = gate(folder, *run, text=qr.encode() + ending)
        tap.ok(json.loads(done.stdout)["reason"] in ("ok", "already-inside"),
               f"one final {name} is dropped", done.stdout)
    bad = [qr + "\r\r", " " + qr, qr + " ", qr.lower(), "", "\0", qr[:40] + "\0" + qr[41:],
           "A" * 312, "ACR1:" + "A" * 307, "\x1b[2J\x07", b"\xff\xfe\xfd", qr + qr]
    verdicts = scan(folder, *bad)
    tap.equal([v["reason"] for v in verdicts], ["malformed"] * len(bad),
              "anything else is malformed, a verdict a line")
    big = b"A" * 50_000_000
    started = subprocess.Popen([GATE, "scan", "--data", folder, *run[1:]], stdin=subprocess.PIPE,
                               stdout=subprocess.PIPE)
    started.stdin.write(big + b"\n" + world("pass", 1).encode() + b"\n")
    started.stdin.flush()
    answers = [json.loads(started.stdout.readline()) for _ in range(2)]
    with open(f"/proc/{started.pid}/status", encoding="ascii") as file:
        peak = next(int(line.split()[1]) for line in file if line.startswith("VmHWM"))
    started.stdin.close()
    started.wait(timeout=30)
    tap.equal([a["reason"] for a in answers], ["malformed", "ok"],
              "50 MB without an end of line do not wedge it")
    tap.ok(peak < 40_000, "and take no memory", f"{peak} KiB")
    plain = gate(folder, "scan", "--conference", "briefing", "--offline", *signed_in(),
                 text=world("pass", 2) + "\n" + "x\n")
    out = plain.stdout.decode().splitlines()
    tap.ok(out[0].startswith("ADMIT  Ana Ferreira 2 · Lumen TV · reporter · check: screening")
           and out[1].startswith("DENY   - · malformed: This is not a pass.") and
           out[1].endswith("if you typed it, read it again."),
           "the human lines", out)
    verify(folder)


def misuse():
    folder = gate_folder()
    for arguments, code, words in (
            ((), 2, "--conference"), (("--conference",), 2, ""), (("--nonsense",), 2, ""),
            (("--conference", "briefing", "x"), 2, "standard input"),
            (("--conference", "briefing", "--officer", "officer1"), 2, "--pin-file"),
            (("--conference", "nowhere"), 1, "hearing")):
        done = gate(folder, "scan", *arguments)
        tap.ok(done.returncode == code and words in done.stderr.decode() and not done.stdout,
               f"scan {' '.join(arguments)}", (done.returncode, done.stderr))
    for name in ("", "enrol", "sync", "scan", "journal", "status", "check"):
        done = subprocess.run([GATE, *name.split(), "--help"], capture_output=True)
        tap.ok(done.returncode == 0 and done.stdout and not done.stderr, f"{name} --help")
    done = subprocess.run([GATE], capture_output=True)
    tap.ok(done.returncode == 2 and not done.stdout, "no subcommand")
    done = subprocess.run([GATE, "open"], capture_output=True)
    tap.ok(done.returncode == 2 and b"'open'" in done.stderr, "an unknown one")
    nowhere = gate(os.path.join(top.name, "nowhere"), "scan", "--conference", "briefing")
    tap.ok(nowhere.returncode == 1 and b"gate enrol" in nowhere.stderr, "a gate that is none",
           nowhere.stderr)
    empty = gate_folder(0)
    tap.equal(judged(empty, world("pass", 0)), ("refer", "not-on-roster"), "an empty roster")


def modes():
    folder = gate_folder()
    key = os.path.join(folder, "keys", "journal.key")
    for path, mode, words in ((key, 0o644, "chmod 600"), (key, 0o620, "chmod 600"),
                              (os.path.join(folder, "keys"), 0o755, "chmod 700"),
                              (folder, 0o750, "chmod 700")):
        before = stat.S_IMODE(os.stat(path).st_mode)
        os.chmod(path, mode)
        done = gate(folder, "scan", "--conference", "briefing", "--offline", text="x\n")
        tap.ok(done.returncode == 1 and words in done.stderr.decode() and not done.stdout,
               f"{os.path.relpath(path, folder)} with mode {mode:o} is refused", done.stderr)
        os.chmod(path, before)
    tap.equal(judged(folder, world("pass", 0)), ("admit", "ok"), "and serves when mended")
    found = [os.path.join(at, name) for at, _, names in os.walk(folder) for name in names]
    open_ones = [p for p in found if stat.S_IMODE(os.lstat(p).st_mode) & 0o077]
    tap.equal(open_ones, [], "no file of a gate is open to others")
    os.rename(key, key + ".away")
    done = gate(folder, "status")
    tap.ok(done.returncode == 1 and b"journal.key" in done.stderr, "a missing key is named",
           done.stderr)


def wait_of(done):
    """The seconds that a sign-in is told to wait; 0: it is not."""
    found = re.search(rb"Try again in (\d+) second", done.stderr)
    return int(found.group(1)) if found else 0


def sign_in():
    folder = gate_folder()
    pin = os.path.join(top.name, "pin")

    def shift(officer, number):
        with open(pin, "w", encoding="ascii") as file:
            file.write(number + "\n")
        return gate(folder, "scan", "--conference", "briefing", "--offline", "--officer", officer,
                    "--pin-file", pin, text=world("pass", 0) + "\n")

    done = shift("officer1", "4711")
    tap.ok(done.returncode == 0 and done.stdout, "the right PIN begins a shift", done.stderr)
    out = os.path.join(top.name, "signed")
    gate(folder, "journal", "export", out)
    texts = subprocess.run(["grep", "-rac", "staff officer1", out], capture_output=True, text=True)
    tap.ok(":1" in texts.stdout or ":2" in texts.stdout, "its entries name the officer")
    wrong, unknown = shift("officer1", "0000"), shift("nobody", "4711")
    tap.ok(wrong.returncode == unknown.returncode == 1 and wrong.stderr == unknown.stderr
           and not wrong.stdout, "a wrong PIN and an unknown officer look the same", wrong.stderr)
    # Each wait is twice as long as the one before: one that is longer than a command takes here.
    left = 0
    while left < 5:
        time.sleep(left)
        left = wait_of(shift("officer1", "0000"))
    waiting = shift("officer1", "4711")
    tap.ok(waiting.returncode == 1 and wait_of(waiting) > 0,
           "after wrong ones even the right one waits", waiting.stderr)
    time.sleep(wait_of(waiting) + 1)
    tap.equal(shift("officer1", "4711").returncode, 0, "and then begins a shift again")
    missing = gate(folder, "scan", "--conference", "briefing", "--officer", "officer1",
                   "--pin-file", os.path.join(top.name, "none"))
    tap.ok(missing.returncode == 1 and b"none" in missing.stderr, "a PIN file that is not there")


def two_processes():
    folder = gate_folder()
    first = subprocess.Popen([GATE, "scan", "--data", folder, "--conference", "briefing", "--json",
                              "--offline"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    first.stdin.write(world("pass", 0).encode() + b"\n")
    first.stdin.flush()
    one = json.loads(first.stdout.readline())
    second = scan(folder, world("pass", 0), world("pass", 1))
    tap.equal([one["reason"]] + [v["reason"] for v in second], ["ok", "already-inside", "ok"],
              "a second scan works in the first's process and sees what it did")
    status = json.loads(gate(folder, "status", "--json").stdout)
    tap.equal(status["size"], second[1]["seq"] + 1, "so does status")
    first.stdin.write(world("pass", 1).encode() + b"\n")
    first.stdin.flush()
    tap.equal(json.loads(first.stdout.readline())["reason"], "already-inside",
              "and the first sees what the second did")
    first.send_signal(signal.SIGKILL)
    first.wait()
    tap.equal(judged(folder, world("pass", 2)), ("admit", "ok"),
              "a killed owner leaves the folder to the next")
    gone = subprocess.Popen([GATE, "scan", "--data", folder, "--conference", "briefing", "--json",
                             "--offline"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    gone.stdout.close()
    gone.stdin.write((world("pass", 3) + "\n").encode() * 3)
    gone.stdin.close()
    tap.equal(gone.wait(timeout=30), 1, "a reader that went away ends the scan")
    verify(folder)


def restored():
    folder = gate_folder()
    scan(folder, world("pass", 0))
    copy = folder + "-copy"
    shutil.copytree(folder, copy)
    before = json.loads(gate(folder, "status", "--json").stdout)
    scan(folder, world("pass", 1), world("pass", 2))
    for name in ("gate.db", "gate.db-wal", "gate.db-shm"):
        if os.path.exists(os.path.join(folder, name)):
            os.remove(os.path.join(folder, name))
    shutil.copy(os.path.join(copy, "gate.db"), folder)
    done = scan(folder, world("pass", 3))
    after = json.loads(gate(folder, "status", "--json").stdout)
    tap.ok(after["epoch"] > before["epoch"] and after["epochs"] == 2,
           "an older store put back begins a new epoch", after)
    tap.equal((done[0]["verdict"], done[0]["seq"]), ("admit", 2), "and the gate goes on in it")
    verify(folder)
    copied = json.loads(gate(copy, "status", "--json").stdout)
    tap.ok(copied["epoch"] > before["epoch"], "a copied folder too", copied)
    same = json.loads(gate(folder, "status", "--json").stdout)
    tap.equal(same["epoch"], after["epoch"], "control: an untouched one does not")


def damaged():
    folder = gate_folder()
    scan(folder, world("pass", 0))
    path = os.path.join(folder, "gate.db")
    with open(path, "r+b") as file:
        file.seek(0)
        file.write(b"not a database at all, " * 40)
    done = gate(folder, "scan", "--conference", "briefing", "--offline", text="x\n")
    tap.ok(done.returncode == 1 and b"paper list" in done.stderr and b"--repair" in done.stderr
           and not done.stdout, "a damaged store says what to do", done.stderr)
    tap.ok(os.path.getsize(path) > 0, "and is not touched")
    done = gate(folder, "check", "--repair")
    kept = [name for name in os.listdir(folder) if name.startswith("gate.db.damaged-")]
    tap.ok(kept and b"WRONG" in done.stdout and b"gate sync" in done.stdout,
           "repair keeps it aside and asks for the lists", done.stdout + done.stderr)
    status = json.loads(gate(folder, "status", "--json").stdout)
    tap.ok(status["device"] == "north-door" and status["size"] >= 1, "the gate knows who it is",
           status)
    done = gate(folder, "scan", "--conference", "briefing", "--offline", text="x\n")
    tap.ok(done.returncode == 1 and b"no roster yet" in done.stderr, "and has no roster yet",
           done.stderr)
    out = os.path.join(top.name, "repaired")
    gate(folder, "journal", "export", out)
    texts = subprocess.run(["grep", "-rah", "^reason", out], capture_output=True, text=True).stdout
    tap.ok("reason damaged\n" in texts, "an entry says why the epoch began", texts)


def full_disk():
    if os.geteuid() != 0:
        tap.ok(True, "a full tmpfs # SKIP needs root to mount")
        return
    mount = os.path.join(top.name, "small")
    os.mkdir(mount, 0o700)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=2m,mode=0700", "none", mount],
                          capture_output=True)
    if done.returncode:
        tap.ok(True, "a full tmpfs # SKIP mounting is not allowed here")
        return
    try:
        fill_and_free(mount)
    finally:
        subprocess.run(["umount", "--lazy", mount], check=True)


def fill_and_free(mount):
    world("make", mount, 5)
    scanning = subprocess.Popen([GATE, "scan", "--data", mount, "--conference", "briefing",
                                 "--json", "--offline"], stdin=subprocess.PIPE,
                                stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def ask(text):
        scanning.stdin.write(text.encode() + b"\n")
        scanning.stdin.flush()
        return json.loads(scanning.stdout.readline())

    tap.equal(ask(world("pass", 0))["verdict"], "admit", "before the disk is full")
    filler = os.open(os.path.join(mount, "filler"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        while os.write(filler, b"x" * 4096):
            pass
    except OSError:
        pass
    os.close(filler)
    # The store's own files may have room left inside for some entries more.
    for _ in range(300):
        if ask("fill")["reason"] == "journal-unavailable":
            break
    refused = ask(world("pass", 1))
    tap.ok(refused["verdict"] == "refer" and refused["reason"] == "journal-unavailable"
           and refused["seq"] is None and "paper list" in refused["words"],
           "a full disk refers to the paper list and admits nobody", refused)
    os.remove(os.path.join(mount, "filler"))
    back = ask(world("pass", 1))
    tap.equal((back["verdict"], back["reason"]), ("admit", "ok"),
              "with room again it goes on by itself, and the pass was not used up")
    scanning.stdin.close()
    tap.equal(scanning.wait(timeout=30), 0, "and ended well")
    scanning.stderr.close()
    verify(mount)


def main():
    for part in (reasons, texts_kept, policies, lines, misuse, modes, sign_in, two_processes,
                 restored, damaged, full_disk):
        part()


try:
    tap.run(main)
finally:
    top.cleanup()
