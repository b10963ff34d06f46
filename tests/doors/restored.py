#!/usr/bin/python3
"""A gate whose folder is put back from an older copy learns from the registrar what it let in
itself since, between the real programs.

Usage: restored.py BUILD
"""
import json
import os
import shutil
import sqlite3
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from programs import Front, Programs  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
NAME = "north-door"
tap = Tap()
it = Programs(BUILD)


class Door(Front):
    """A `gate scan` that stays, with an officer."""

    def __init__(self, slug):
        super().__init__(it, NAME, "scan", "--conference", slug, "--json", "--officer", "officer1",
                         "--pin-file", it.path("password"))

    def status(self):
        return json.loads(it.gate(NAME, "status", "--json"))


def rows(query):
    """Of the gate's store, while nothing has it open."""
    db = sqlite3.connect(it.path(NAME, "gate.db"))
    found = db.execute(query).fetchall()
    db.close()
    return found


def wait_for(what, name, seconds=30):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return tap.ok(True, name)
        time.sleep(0.1)
    return tap.ok(False, name, f"not within {seconds} s")


def put_back(old):
    shutil.rmtree(it.path(NAME))
    shutil.copytree(old, it.path(NAME))


def followed():
    """How much is followed of the gate's own logs."""
    return sum(size for (size,) in rows(f"SELECT size FROM follow WHERE device = '{NAME}'"))


def main():
    it.init()
    it.start()
    slug = next(c["slug"] for c in it.conferences() if "today" in c["slug"])
    it.enrol(NAME)
    it.gate(NAME, "sync", "--once")
    kept, lost, again = [p["qr"] for p in it.export("passes", slug)
                         if p["status"] == "confirmed"][:3]
    door = Door(slug)
    tap.equal(door.scan(kept)["verdict"], "admit", "a pass is admitted before the copy")
    wait_for(lambda: door.status()["unsent"] == 0, "and uploaded")
    door.end()
    old = it.path("old")
    shutil.copytree(it.path(NAME), old)
    door = Door(slug)
    tap.equal([door.scan(p)["verdict"] for p in (lost, again)], ["admit"] * 2, "two more after it")
    wait_for(lambda: door.status()["unsent"] == 0, "and uploaded as well")
    door.end()
    tap.equal(followed(), 0, "of its present epoch a gate follows nothing")
    before = rows("SELECT count(*) FROM movement")

    it.stop()
    put_back(old)
    door = Door(slug)
    said = door.scan(again)
    tap.equal(said["verdict"], "admit",
              "control: put back and without the registrar it admits one of them again")
    it.start()
    wait_for(lambda: door.status()["conflicts"] == 1, "the registrar comes: that is a conflict")
    said = door.scan(lost)
    tap.ok(said["reason"] == "already-inside" and NAME in said["words"] and
           "by officer1" in said["words"],
           "the other is already inside: the words name the gate itself", said)
    tap.equal([door.scan(p)["reason"] for p in (kept, again)], ["already-inside"] * 2,
              "and so are all others")
    wait_for(lambda: door.status()["unsent"] == 0, "it uploads")
    tap.equal(door.status()["alarms"], [], "nothing is wrong with its log")
    door.end()
    found = rows("SELECT first_device, second_device, first_epoch < second_epoch FROM conflict")
    tap.equal(found, [(NAME, NAME, 1)], "one conflict, of one door in two epochs")
    tap.equal(rows("SELECT count(*) FROM movement"), [(before[0][0] + 1,)], "no movement is double")
    tap.ok(followed() > 0, "the earlier epoch is followed")

    put_back(old)
    door = Door(slug)
    wait_for(lambda: door.status()["conflicts"] == 1, "put back once more it has both epochs")
    tap.equal([door.scan(p)["reason"] for p in (kept, lost, again)], ["already-inside"] * 3,
              "and admits none of the passes again")
    door.end()


try:
    tap.run(main)
finally:
    it.close()
