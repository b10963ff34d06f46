#!/usr/bin/python3
"""Uploads between the real programs, one of which is killed on their way, again and again.

Usage: kill_upload.py BUILD
"""
import os
import random
import signal
import sqlite3
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
sys.path.insert(0, os.path.join(HERE, "..", "faults"))
sys.path.insert(0, HERE)
from cutter import Cutter  # noqa: E402
from programs import Programs  # noqa: E402
import faults as table  # noqa: E402
from tap import Tap  # noqa: E402

KILLS = 250 // (50 if os.environ.get("PRESSGATE_TESTS_SHORT") else 1)
SEED = 20261122
BLOCK = 50       # kills, and then everything is sent
FEW = (20, 40)   # entries added before each kill: an upload of more than 8 KiB
MANY = 1100      # added at the start of a block: more than one batch
BEGUN = 4096     # bytes up; a handshake and a question for lists stay below it
WAIT_MS = 15     # the longest wait between a part of the upload and the kill
PATIENCE_S = 3   # without an upload the kill comes all the same
tap = Tap()
it = Programs(os.path.abspath(sys.argv[1]))


class Watcher(Cutter):
    """Forwards everything; kills a process once a connection carried so many bytes up."""

    def aim(self, process, count, wait):
        self.count, self.wait = count, wait
        self.fired, self.lock = threading.Event(), threading.Lock()
        self.begun = False
        self.process = process

    def arm(self, cut):
        super().arm(cut)
        self.process = None

    def shoot(self, begun):
        with self.lock:
            if not self.fired.is_set():
                self.begun = begun and self.process.poll() is None
                self.process.kill()
                self.fired.set()

    def forward(self, number, count, way, source, sink):
        try:
            while data := source.recv(1024):
                count[way] += len(data)
                sink.sendall(data)
                if way == 0 and self.process and count[0] >= self.count:
                    threading.Timer(self.wait, self.shoot, (True,)).start()
                    self.count = 1 << 40
        except OSError:
            pass
        for side in (source, sink):
            try:
                side.shutdown(2)
            except OSError:
                pass


def query(path, sql):
    """Looks only: closing it tidies nothing away that the next start has to cope with."""
    db = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    found = db.execute(sql).fetchall()
    db.close()
    return found


def state():
    """Both sides as they stand."""
    gate, registrar = it.path("kill", "gate.db"), os.path.join(it.data, "registrar.db")
    ours = "JOIN log l ON l.id = x.log_id WHERE l.device = 'kill-door'"
    return {
        "receipts": set(query(registrar, f"SELECT l.epoch, x.size FROM receipt x {ours}")),
        "held": query(registrar, f"SELECT l.epoch, x.seq, x.text FROM log_entry x {ours} "
                      "ORDER BY l.epoch, x.seq"),
        "received": dict(query(gate, "SELECT epoch, received FROM log")),
        "own": query(gate, "SELECT epoch, seq, text FROM entry ORDER BY epoch, seq"),
    }


def faults(before, now, scanned):
    """What is lost, doubled or out of place; scanned: entries acknowledged since before."""
    found, own, held = [], now["own"], now["held"]
    sizes = {epoch: 0 for epoch in now["received"]}
    for epoch, _, _ in held:
        sizes[epoch] = sizes.get(epoch, 0) + 1
    if held != own[:len(held)]:
        found.append("the registrar's entries are no beginning of the gate's")
    if len(set(held)) != len(held) or len({t for _, _, t in held}) != len(held):
        found.append("an entry is there twice")
    if own[:len(before["own"])] != before["own"] or len(own) < len(before["own"]) + scanned:
        found.append("the gate lost an entry it had decided on")
    if held[:len(before["held"])] != before["held"]:
        found.append("the registrar lost an entry it had shown")
    if not before["receipts"] <= now["receipts"]:
        found.append("the registrar lost a receipt")
    for epoch, size in [*now["received"].items(), *now["receipts"]]:
        if size > sizes.get(epoch, 0):
            found.append(f"epoch {epoch}: a receipt for {size}, {sizes.get(epoch, 0)} held")
    for epoch, size in before["received"].items():
        if now["received"].get(epoch, 0) < size:
            found.append(f"epoch {epoch}: the gate forgot a receipt")
    return found


def unsent(now):
    return len(now["own"]) - sum(now["received"].values())


def grow(slug, name, count):
    it.scan("kill", slug, *(f"{name} {n}" for n in range(count)), options=["--offline"])
    return count


def one_kill(watcher, chance, n):
    """Starts an upload and kills the gate or the registrar; both are at rest, or serve, after."""
    at_gate, stays = n % 2 == 0, n // 2 % 2 == 0
    watcher.arm(None)
    with open(it.path("sync.log"), "ab") as log:
        gate = subprocess.Popen(
            [it.gate_path, "sync", "--data", it.path("kill"), *([] if stays else ["--once"])],
            stdin=subprocess.DEVNULL, stdout=log, stderr=log)
    watcher.aim(gate if at_gate else it.server, chance.randint(BEGUN, 2 * BEGUN),
                chance.uniform(0, WAIT_MS) / 1000)
    if not watcher.fired.wait(PATIENCE_S):
        watcher.shoot(False)
    if at_gate:
        gate.wait(timeout=30)
    else:
        it.server.wait(timeout=30)
        it.stop(signal.SIGKILL)
        if stays:
            gate.terminate()
        gate.wait(timeout=30)
        it.start()
    return watcher.begun


def drain(watcher):
    """Everything is sent, and every check of both sides holds."""
    watcher.arm(None)
    said = it.gate("kill", "sync", "--once")
    now = state()
    it.gate("kill", "journal verify")
    it.gate("kill", "check")
    it.registrar("journal verify")
    it.registrar("check")
    return "unsent 0" in said and unsent(now) == 0 and now["held"] == now["own"]


def controls(now):
    """The same check of stores with a fault put in."""
    held = now["held"]
    middle = len(held) // 2
    doubled = held[:middle] + held[middle - 1:]
    for name, bad in (("one dropped", held[:middle] + held[middle + 1:]),
                      ("the last one dropped", held[:-1]), ("one doubled", doubled)):
        seen = tap.ok(faults(now, {**now, "held": bad}, 0),
                      f"control: {name} at the registrar is seen")
        table.control("kill", name, seen)
    tap.ok(faults(now, {**now, "own": now["own"][:-1]}, 0), "control: and one dropped at the gate")
    tap.equal(faults(now, now, 0), [], "control: what is whole has no fault")


def main():
    tap.note(f"{KILLS} kills, seed {SEED}")
    chance = random.Random(SEED)
    it.init()
    it.start()
    slug = next(c["slug"] for c in it.conferences() if "today" in c["slug"])
    watcher = Watcher(it.device_port)
    port, it.device_port = it.device_port, watcher.port
    it.enrol("kill-door")
    it.device_port = port
    os.rename(it.path("kill-door"), it.path("kill"))
    it.gate("kill", "sync", "--once")
    bad, hit, drained, ahead, start = [], {True: 0, False: 0}, [], 0, time.monotonic()
    before = state()
    for n in range(KILLS):
        added = grow(slug, f"text {n}", MANY if n % BLOCK == 0 else chance.randint(*FEW))
        begun = one_kill(watcher, chance, n)
        now = state()
        hit[n % 2 == 0] += begun and unsent(now) > 0
        ahead += len(now["held"]) > sum(now["received"].values())
        bad += [f"kill {n}: {fault}" for fault in faults(before, now, added)]
        before = now
        if n % BLOCK == BLOCK - 1 or n == KILLS - 1:
            drained.append(drain(watcher))
            tap.note(f"after {n + 1} kills: {len(bad)} faults, all sent: {drained[-1]}")
    now = state()
    tap.note(f"{KILLS} kills in {time.monotonic() - start:.1f} s, {len(now['own'])} entries; "
             f"under way: {hit[True]} of the gate, {hit[False]} of the registrar; "
             f"{ahead} between the registrar's commit and the gate's")
    tap.equal(bad, [], f"{KILLS} kills: nothing lost, doubled or out of place")
    tap.ok(sum(hit.values()) > KILLS // 5 and all(hit.values()),
           f"{sum(hit.values())} of them found an upload under way", hit)
    tap.equal(drained, [True] * len(drained), "everything is sent afterwards, and both verify")
    table.row("kill", "uploads", KILLS, len(bad))
    controls(now)
    watcher.close()
    tap.equal(it.stop(), 0, "the registrar stops cleanly")


try:
    tap.run(main)
finally:
    it.close()
