#!/usr/bin/python3
"""`gate desk`, killed between what the officer sends: what a page has shown is in the journal.

Usage: desk_kill.py BUILD
"""
import os
import signal
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
for folder in ("../../lib", "..", "../../desk"):
    sys.path.insert(0, os.path.join(HERE, folder))
import faults  # noqa: E402
from house import TODAY, Desk, House, word  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
KILLS = 6
tap = Tap()
it = House(BUILD)


def admitted(folder):
    return [e for e in it.entries(folder) if e[0] == "admit"]


def main():
    it.init()
    it.start()
    it.enrol("kill-door")
    it.gate("kill-door", "sync", "--once")
    cards = [p["qr"] for p in it.export("passes", TODAY) if p["status"] == "confirmed"]
    shown = lost = wrong = looked = 0
    for n in range(KILLS):
        desk = Desk(it, "kill-door").start()
        screen = desk.browser()
        screen.sign_in()
        page = screen.look(cards[n])
        if n % 2 == 0:
            done = screen.act("admit", page)
            shown += word(done) == "ADMITTED"
        else:
            looked += 1
        desk.stop(signal.SIGKILL)
        lost += max(0, shown - len(admitted("kill-door")))
        wrong += max(0, len(admitted("kill-door")) - shown)
    tap.ok(shown == KILLS // 2, f"{shown} were admitted, and the desk killed at once")
    tap.equal(lost, 0, "each of them is in the journal")
    tap.equal(wrong, 0, f"and none of {looked} that the officer only looked at")
    desk = Desk(it, "kill-door").start()
    screen = desk.browser()
    screen.sign_in()
    again = screen.look(cards[0])
    tap.ok(word(again) not in ("ADMIT?", "CHECK"), "who was admitted is not admitted again",
           word(again))
    desk.stop()
    it.gate("kill-door", "journal verify")
    faults.row("kill", "gate desk, between posts", KILLS, lost, 0, wrong)
    faults.contrast("kill", "a look without the admission leaves no entry", wrong == 0)
    tap.equal(it.stop(), 0, "the registrar stops cleanly")


try:
    tap.run(main)
finally:
    it.close()
