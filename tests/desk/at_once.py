#!/usr/bin/python3
"""A conference whose good scans admit at once: when they do and when the officer is asked all the
same, what is shown twice, and the undo.

Usage: at_once.py BUILD
"""
import hashlib
import os
import re
import sqlite3
import sys
import threading
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from house import SUPER_PIN, TODAY, Desk, House, word  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
NORTH = "north-door"
SHARE = 40  # percent of passes whose identification is looked at
tap = Tap()
it = House(BUILD)
cards = []


def policy():
    link = sqlite3.connect(os.path.join(it.data, "registrar.db"))
    link.execute("UPDATE conference SET admit_at_once = 1, id_check = 2, id_share = ? "
                 "WHERE slug = ?", (SHARE, TODAY))
    link.commit()
    link.close()
    it.crowd(40)


def number_of():
    link = sqlite3.connect(os.path.join(it.data, "registrar.db"))
    found = link.execute("SELECT id FROM conference WHERE slug = ?", (TODAY,)).fetchone()[0]
    link.close()
    return found


def is_drawn(conference, pass_id):
    """As gate/door/decide.h draws, in another language."""
    text = b"pressgate-id/v1\n" + conference.to_bytes(4, "big") + bytes.fromhex(pass_id)
    return int.from_bytes(hashlib.sha256(text).digest()[:4], "big") * 100 < SHARE << 32


def acts():
    return [e for e in it.entries(NORTH) if e[0] in ("admit", "deny", "void", "override")]


def entry_of(page):
    found = re.search(r'name="entry" value="([\d-]+)"', page.body.decode())
    return found.group(1) if found else None


def one_step_or_two(screen):
    """Every pass once; those to be asked for identification wait for the officer."""
    conference, at_once, asked = number_of(), [], []
    for row in list(cards)[:14]:
        before = len(acts())
        shown = screen.look(row["qr"])
        made = acts()[before:]
        if word(shown) == "ADMITTED":
            tap.ok([e[:3] for e in made] == [("admit", "ok", "officer1")] and entry_of(shown),
                   "a good scan is admitted at once, recorded, with an undo", made)
            at_once.append(made[0][3])
            cards.remove(row)
            continue
        tap.ok(word(shown) == "CHECK" and "identification" in shown.text and made == [],
               "where identification is looked at nobody is admitted by the scan alone",
               word(shown), made)
        done = screen.act("admit", shown)
        made = acts()[before:]
        tap.ok(word(done) == "ADMITTED" and len(made) == 1, "but by the officer", word(done), made)
        asked.append(made[0][3])
        cards.remove(row)
    tap.ok(at_once and asked, "both came", len(at_once), len(asked))
    tap.equal([[is_drawn(conference, p) for p in found] for found in (at_once, asked)],
              [[False] * len(at_once), [True] * len(asked)], "it is asked of who is drawn, only")
    return conference


def fresh(screen):
    """A pass that a scan admits at once: its row and the page."""
    while True:
        row = cards.pop(0)
        shown = screen.look(row["qr"])
        if word(shown) == "ADMITTED":
            return row, shown
        tap.note("one whose identification is looked at")


def typed_and_found(screen):
    row = next(r for r in cards
               if sum(c["person"].startswith(r["person"]) for c in it.passes()) == 1)
    before = len(acts())
    shown = screen.look(row["code"])
    tap.ok(word(shown) == "CHECK" and "Ask the name" in shown.text and len(acts()) == before,
           "a typed code is not admitted at once: no signature was seen", word(shown))
    found = screen.get("/desk/search?q=" + urllib.parse.quote(row["person"]))
    person = [dict(f.fields)["person"] for f in found.page.forms if f.action == "/desk/pick"][0]
    shown = screen.post("/desk/pick", {"person": person})
    tap.ok(word(shown) == "CHECK" and len(acts()) == before, "nor who was found by name",
           word(shown))


def twice(screen, other):
    row, shown = fresh(screen)
    before = len(acts())
    again = screen.look(row["qr"])
    tap.ok(word(again) == "ADMITTED" and entry_of(again) == entry_of(shown) and
           screen.number(again) == screen.number(shown) and len(acts()) == before,
           "the same code within five seconds is the same scan", word(again), acts()[before:])
    tap.equal(word(other.look(row["qr"])), "DUPLICATE", "but not on another screen")
    time.sleep(5.1)
    again = screen.look(row["qr"])
    tap.ok(word(again) == "DUPLICATE" and NORTH in again.text and "officer1" in again.text,
           "nor after five seconds: a duplicate, with door and officer", word(again))


def undone(screen):
    row, shown = fresh(screen)
    left = int(re.search(r'data-left="(\d+)"', shown.body.decode()).group(1))
    tap.ok(50 <= left <= 60, "the undo stands for a minute", left)
    inside = int(re.search(r'(\d+) inside', shown.text).group(1)) if "inside" in shown.text else None
    done = screen.post("/desk/undo", {"entry": entry_of(shown)})
    tap.equal((done.status, acts()[-1][0]), (200, "void"), "within it, it takes the admission back")
    tap.ok(inside is None or f"{inside - 1} inside" in done.text, "and nobody is inside for it",
           inside, done.text[:200])
    before = len(acts())
    tap.equal((screen.post("/desk/undo", {"entry": entry_of(shown)}).status, len(acts()) - before),
              (409, 0), "once")
    time.sleep(5.1)
    shown = screen.look(row["qr"])
    tap.equal(word(shown), "ADMITTED", "scanned anew the pass is good")


def refused_at_once_is_not_admitted(screen):
    made = screen.post("/desk/stop", {"scope": "conference", "words": "Smoke",
                                      "supervisor": "super1", "pin": SUPER_PIN})
    row = cards.pop(0)
    shown = screen.look(row["qr"])
    tap.ok(made.status == 200 and word(shown) == "STOP" and acts()[-1][:2] == ("deny", "restricted"),
           "at a stopped door no scan admits", word(shown), acts()[-1])
    stop = [dict(f.fields)["stop"] for f in screen.get("/desk/stop").page.forms
            if f.action == "/desk/lift"]
    screen.post("/desk/lift", {"stop": stop[0], "words": "x", "supervisor": "super1",
                               "pin": SUPER_PIN})
    cards.append(row)


def raced(desk, screens):
    """The same pass at four screens in the same moment."""
    tokens = [screen.csrf() for screen in screens]
    for _ in range(4):
        row, before, shown = cards.pop(0), len(acts()), []

        def scan(screen, token, text=row["qr"], shown=shown):
            shown.append(word(screen.post("/desk/look", {"text": text}, token)))

        threads = [threading.Thread(target=scan, args=x) for x in zip(screens, tokens)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        if "CHECK" in shown:
            tap.equal((shown, len(acts()) - before), (["CHECK"] * 4, 0), "four are asked, none in")
            continue
        tap.ok(sorted(shown) == ["ADMITTED"] + ["DUPLICATE"] * 3 and
               [e[0] for e in acts()[before:]].count("admit") == 1,
               "of four scans at once one admits", shown, acts()[before:])


def late(weak):
    with_time = weak.browser()
    with_time.sign_in()
    _, shown = fresh(with_time)
    time.sleep(1.5)
    before = len(acts())
    done = with_time.post("/desk/undo", {"entry": entry_of(shown)})
    tap.ok(done.status == 409 and len(acts()) == before and "data-left" not in done.body.decode(),
           "after its time an undo is refused, and offered no more", done.status, acts()[before:])


def main():
    it.open(NORTH, change=policy)
    cards.extend(it.passes())
    desk = Desk(it, NORTH).start()
    try:
        screen, other = desk.browser(), desk.browser()
        screen.sign_in()
        other.sign_in()
        one_step_or_two(screen)
        typed_and_found(screen)
        twice(screen, other)
        undone(screen)
        refused_at_once_is_not_admitted(screen)
        more = [desk.browser() for _ in range(2)]
        for one in more:
            one.sign_in()
        raced(desk, [screen, other, *more])
        tap.equal(desk.stop(), 0, "SIGTERM ends it well")
        tap.ok("ours" not in desk.said(), "no fault of ours is in its log", desk.said()[-500:])
    finally:
        desk.stop()
    weak = Desk(it, NORTH, weak=["undo_ms=1200"]).start()
    try:
        late(weak)
    finally:
        weak.stop()


try:
    tap.run(main)
finally:
    it.close()
