#!/usr/bin/python3
"""Two requests at once: taps that came twice, one pass at two tablets, a desk that is locked while
it is unlocked, a device that is revoked while somebody signs in on it.

Usage: races.py BUILD
"""
import json
import os
import re
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from house import PIN, SUPER_PIN, Desk, House, word  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
NORTH = "north-door"
BEGINS, ENDS = {"shift-start", "hand-over"}, {"shift-end"}
ROUNDS = 6
tap = Tap()
it = House(BUILD)
cards = []


def at_once(*calls):
    """All of them in the same moment; what each returned."""
    found, gate = [None] * len(calls), threading.Barrier(len(calls))

    def run(n, call):
        gate.wait()
        found[n] = call()

    threads = [threading.Thread(target=run, args=x) for x in enumerate(calls)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def now(screen):
    return json.loads(screen.raw("/desk/now").body)


def since(before):
    return it.entries(NORTH)[before:]


def size():
    return len(it.entries(NORTH))


def moves(entries):
    return [e[0] for e in entries if e[0] in ("admit", "deny", "void", "override", "exit")]


def pair(desk, chief, name):
    made = chief.post("/pair/new", {"supervisor": "", "pin": ""})
    link = re.search(r"https://[\d.:]+(/join/[\w-]+)", made.text).group(1)
    tablet = desk.lan_browser()
    tablet.b.submit(tablet.get(link).form("/join/"), {"name": name})
    return tablet


def poster(screen, path, values, token):
    return lambda: screen.post(path, values, csrf=token, follow=False)


# ---- one look, several taps ----

def double_click(screen, token):
    for _ in range(ROUNDS):
        shown = screen.look(cards[0]["qr"])
        before = size()
        cards.pop(0)
        tap_it = poster(screen, "/desk/admit", {"look": screen.number(shown)}, token)
        found = at_once(tap_it, tap_it)
        tap.ok([f.status for f in found] == [200, 200] and
               [word(f) for f in found] == ["ADMITTED"] * 2 and moves(since(before)) == ["admit"],
               "a double click on admit is one entry, and both answers say so",
               [f.status for f in found], since(before))


def admit_or_deny(screen, token):
    """Two officers at one screen: whatever came first stands, and the page says which."""
    for _ in range(ROUNDS):
        shown = screen.look(cards[0]["qr"])
        cards.pop(0)
        before, number = size(), screen.number(shown)
        at_once(poster(screen, "/desk/admit", {"look": number}, token),
                poster(screen, "/desk/deny", {"look": number, "reason": "conduct", "words": ""},
                       token))
        made = moves(since(before))
        stands = word(screen.get("/desk"))
        # After the denial the admission was not possible any more, nor the other way round.
        tap.ok((made, stands) in ((["admit"], "ADMITTED"), (["deny"], "REFUSED"),
                                  (["deny"], "DENIED")),
               "admit and deny in the same moment: one of the two is recorded, and shown",
               made, stands)


# ---- one pass, several screens ----

def two_tablets(tablets):
    tokens = [tablet.csrf() for tablet in tablets]
    for _ in range(ROUNDS):
        row = cards.pop(0)
        shown = at_once(*[poster(t, "/desk/look", {"text": row["qr"]}, k)
                          for t, k in zip(tablets, tokens)])
        tap.ok(all(word(s) in ("ADMIT?", "CHECK") for s in shown), "two tablets look at one pass",
               [word(s) for s in shown])
        before = size()
        done = at_once(*[poster(t, "/desk/admit", {"look": t.number(s)}, k)
                         for t, s, k in zip(tablets, shown, tokens)])
        made = since(before)
        tap.ok(sorted(word(d) for d in done) == ["ADMITTED", "DUPLICATE"] and
               moves(made).count("admit") == 1, "both admit: one does, the other reads that it "
               "is a duplicate", [word(d) for d in done], made)


# ---- lock and unlock ----

def unlocks(desk, screen):
    """Right and wrong PINs at once, and the lock again."""
    token, before = screen.csrf(), size()
    screen.post("/shift/lock", {}, csrf=token)
    right = poster(screen, "/shift/unlock", {"pin": PIN}, token)
    found = at_once(right, right, right)
    tap.ok([f.status for f in found] == [303] * 3 and "locked" not in now(screen),
           "the right PIN sent three times unlocks, and is no fault", [f.status for f in found])
    shown = screen.look(cards[0]["qr"])
    cards.pop(0)
    tap.ok(word(screen.act("admit", shown)) == "ADMITTED" and moves(since(before)) == ["admit"],
           "and the shift goes on as one", since(before))
    screen.post("/shift/lock", {}, csrf=token)
    found = at_once(right, poster(screen, "/shift/unlock", {"pin": "no"}, token))
    tap.ok(sorted(f.status for f in found) == [303, 422] and "locked" not in now(screen),
           "a wrong PIN beside the right one is refused by itself", [f.status for f in found])


def lock_against_acts(screen):
    """A lock in the middle of acts: nothing is recorded by a locked desk, whatever was first."""
    for _ in range(ROUNDS):
        token, before = screen.csrf(), size()
        found = at_once(
            poster(screen, "/shift/lock", {}, token),
            *[poster(screen, "/desk/look", {"text": f"race {n}"}, token) for n in range(3)])
        looked = [f.status for f in found[1:]]
        made = moves(since(before))
        tap.ok(set(looked) <= {200, 403} and made == ["deny"] * looked.count(200) and
               now(screen) == {"locked": True}, "locked in the middle of scans: what was answered "
               "is recorded, and nothing else", looked, made)
        tap.equal(screen.post("/desk/look", {"text": "later"}, csrf=token, follow=False).status, 403,
                  "and nothing afterwards")
        screen.post("/shift/unlock", {"pin": PIN})


def unlock_against_lock(screen):
    """Whoever comes last wins, and the desk is the one or the other."""
    for _ in range(ROUNDS):
        token = screen.csrf()
        screen.post("/shift/lock", {}, csrf=token)
        at_once(poster(screen, "/shift/unlock", {"pin": PIN}, token),
                lambda t=token: (time.sleep(0.1), screen.post("/shift/lock", {}, t, follow=False)))
        locked = now(screen).get("locked", False)
        status = screen.post("/desk/look", {"text": "which"}, csrf=token, follow=False).status
        tap.equal(status, 403 if locked else 200, "unlocked and locked at once it is one of both")
        if locked:
            screen.post("/shift/unlock", {"pin": PIN})


def shifts(entries):
    """Of each officer, how many shifts were begun and how many ended."""
    turns = {}
    for decision, reason, staff, _ in entries:
        if decision == "boot" and reason in BEGINS | ENDS:
            begun, ended = turns.get(staff, (0, 0))
            turns[staff] = (begun + (reason in BEGINS), ended + (reason in ENDS))
    return turns


def ended_against_hand_over(desk):
    for _ in range(3):
        screen, before = desk.browser(), size()
        screen.sign_in()
        token = screen.csrf()
        at_once(poster(screen, "/shift/end", {}, token),
                poster(screen, "/shift/hand-over", {"officer": "super1", "pin": SUPER_PIN}, token))
        found = shifts(since(before))
        tap.equal(found["officer1"], (1, 1), "a shift that is ended and handed over at once ends "
                  "once")
        stands = screen.raw("/desk").status == 200
        tap.equal(found.get("super1", (0, 0)), (stands, 0),
                  "and the next one has begun, or not, as the screen shows")
        if stands:
            screen.post("/shift/end")


# ---- pairings ----

def joined(desk, chief):
    """One link, eight devices at once: what each was answered."""
    made = chief.post("/pair/new", {"supervisor": "", "pin": ""})
    link = re.search(r"https://[\d.:]+(/join/[\w-]+)", made.text).group(1)
    devices = [desk.lan_browser() for _ in range(8)]
    forms = [d.get(link).form("/join/") for d in devices]
    found = at_once(*[lambda d=d, f=f: d.b.submit(f, {"name": "Racer"}).status
                      for d, f in zip(devices, forms)])
    tap.equal([200 if f == 200 else 403 for f in found], [d.raw("/shift").status for d in devices],
              "who was told so is let in, and nobody else")
    return found


def joins(desk, chief):
    before = size()
    found = joined(desk, chief)
    tap.ok(sorted(found) == [200] + [404] * 7 and
           [e[:2] for e in since(before)].count(("boot", "paired")) == 1,
           "of eight devices with one link one is paired", found, since(before))


def number_of(chief, name):
    line = re.search(name + r'</bdi>.*?name="pairing" value="(\d+)"',
                     chief.get("/pair").body.decode(), re.S)
    return line.group(1) if line else None


def revoked_while_signing_in(desk, chief):
    for n in range(3):
        tablet = pair(desk, chief, f"Lost {n}")
        token, pairing = tablet.csrf(), number_of(chief, f"Lost {n}")
        chief_token = chief.csrf()
        begin = poster(tablet, "/shift", {"officer": "officer1", "pin": PIN,
                                          "conference": "today-harbour-street"}, token)
        at_once(begin, lambda: (time.sleep(0.03 * n),
                                chief.post("/pair/revoke", {"pairing": pairing}, chief_token)))
        before = size()
        tap.equal([tablet.raw(p).status for p in ("/desk", "/shift", "/desk/now")], [403] * 3,
                  "revoked while somebody signs in on it, a device opens nothing")
        tablet.post("/desk/look", {"text": "after"}, csrf=token)
        tap.equal(moves(since(before)), [], "and records nothing")


def revoked_twice(desk, chief):
    pair(desk, chief, "Twice")
    before, token = size(), chief.csrf()
    again = poster(chief, "/pair/revoke", {"pairing": number_of(chief, "Twice")}, token)
    found = sorted(f.status for f in at_once(again, again, again))
    tap.ok(found == [303, 409, 409] and
           [e[1] for e in since(before)].count("unpaired") == 1,
           "revoked three times at once it is revoked once", found, since(before))


def control():
    """Where a link is not used up, one link pairs many: the test would see it."""
    desk = Desk(it, NORTH, lan=True, weak=["links_stay=1"]).start()
    try:
        chief = desk.browser()
        chief.sign_in("super1", SUPER_PIN)
        tap.ok(sorted(joined(desk, chief)) != [200] + [404] * 7,
               "control: with links that stay more than one is paired")
    finally:
        desk.stop()


def main():
    it.open(NORTH, change=lambda: it.crowd(40))
    cards.extend(it.passes())
    desk = Desk(it, NORTH, lan=True).start()
    try:
        screen, chief = desk.browser(), desk.browser()
        screen.sign_in()
        chief.sign_in("super1", SUPER_PIN)
        token = screen.csrf()
        double_click(screen, token)
        admit_or_deny(screen, token)
        tablets = [pair(desk, chief, f"Tablet {n}") for n in range(2)]
        for tablet in tablets:
            tablet.sign_in()
        two_tablets(tablets)
        unlocks(desk, screen)
        lock_against_acts(screen)
        unlock_against_lock(screen)
        ended_against_hand_over(desk)
        joins(desk, chief)
        revoked_while_signing_in(desk, chief)
        revoked_twice(desk, chief)
        tap.equal(desk.stop(), 0, "SIGTERM ends it well")
        tap.ok("ours" not in desk.said(), "no fault of ours is in its log", desk.said()[-500:])
    finally:
        desk.stop()
    control()


try:
    tap.run(main)
finally:
    it.close()
