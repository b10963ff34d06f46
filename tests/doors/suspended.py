#!/usr/bin/python3
"""A suspended accreditation at the doors, between the real programs: its pass is refused within a
second at a gate that is connected, by its word, and good again once it is restored.

Usage: suspended.py BUILD
"""
import json
import os
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


def email_of(person):
    db = sqlite3.connect(os.path.join(it.data, "registrar.db"))
    found = db.execute("SELECT email FROM person WHERE name = ?", (person,)).fetchall()
    db.close()
    return found[0][0]


class Door(Front):
    """A `gate scan` that stays, connected."""

    def __init__(self, slug):
        super().__init__(it, NAME, "scan", "--conference", slug, "--json", "--officer", "officer1",
                         "--pin-file", it.path("password"))

    def version(self):
        """Of the revocations held."""
        lists = json.loads(it.gate(NAME, "status", "--json"))["lists"]
        return next(one["version"] for one in lists if one["list"] == "revocations")

    def after(self, *command):
        """Runs a command, waits until the gate has heard of it, and says how long that took."""
        before, began = self.version(), time.monotonic()
        said = it.registrar(*command)
        while self.version() == before and time.monotonic() - began < 10:
            time.sleep(0.02)
        tap.note(f"{command[0]}: the door knew after {(time.monotonic() - began) * 1000:.0f} ms")
        return said


def refusals(email):
    for words, code, said in (
            (("suspend", email), 2, "--words"), (("suspend", "--words", "x"), 2, "EMAIL"),
            (("suspend", "nobody@press.example", "--words", "x"), 1, "email"),
            (("restore", email, "--words", "x"), 1, "no suspended accreditation"),
            (("suspend", email, "--outlet", "No Such", "--words", "x"), 1, "outlet")):
        it.registrar("accreditation " + words[0], *words[1:], code=code)
        tap.ok(said in it.said, f"accreditation {' '.join(words)[:40]} is refused: {said}", it.said)


def main():
    it.init()
    it.start()
    slug = next(c["slug"] for c in it.conferences() if "today" in c["slug"])
    it.enrol(NAME)
    it.gate(NAME, "sync", "--once")
    first, other = [p for p in it.export("passes", slug) if p["status"] == "confirmed"][:2]
    email = email_of(first["person"])
    refusals(email)
    door = Door(slug)
    tap.equal(door.scan(other["qr"])["verdict"], "admit", "control: another's pass is admitted")
    done = door.after("accreditation suspend", email, "--words", "Under review")
    tap.equal(done.strip(), "1 suspended", "an accreditation is suspended")
    said = door.scan(first["qr"])
    tap.ok((said["verdict"], said["reason"]) == ("deny", "suspended") and
           "suspended" in said["words"], "its pass is refused as suspended", said)
    it.registrar("accreditation suspend", email, "--words", "Twice", code=1)
    tap.ok("no active accreditation" in it.said, "it is suspended once", it.said)
    door.after("accreditation restore", email, "--words", "Cleared")
    said = door.scan(first["qr"])
    tap.equal((said["verdict"], said["reason"]), ("admit", "ok"),
              "restored, the same pass is admitted")
    door.end()
    it.registrar("journal verify")


try:
    tap.run(main)
finally:
    it.close()
