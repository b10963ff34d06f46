#!/usr/bin/python3
"""Two officers at two doors, a supervisor, a trickster and a network that goes away: what came
between a look and its act, answers used late or twice, officers who are none any more, stops that
travel without the registrar.

Usage: officers.py BUILD
"""
import json
import os
import re
import shutil
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from house import PIN, SUPER_PIN, Desk, House, free_port, word  # noqa: E402
import people  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
NORTH, SOUTH = "north-door", "south-door"
SUPER = {"supervisor": "super1", "pin": SUPER_PIN}
ANSWER_MS = 1000
tap = Tap()
it = House(BUILD)
cards = []


def card():
    return cards.pop(0)


def wait_for(what, words, seconds=15):
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"{words}: not within {seconds} s")


def now(screen):
    return json.loads(screen.raw("/desk/now").body)


def settled(screens):
    """All doors heard, nothing to be sent."""
    for screen in screens:
        wait_for(lambda s=screen: now(s)["online"] and not now(s)["unheard"] and
                 now(s)["unsent"] == 0, "doors hear each other", 30)


# ---- one screen, and what is old on it ----

def numbers(screen):
    first = screen.look(card()["qr"])
    cards.insert(0, card())
    for turn in ("lock", "way"):
        if turn == "lock":
            screen.post("/shift/lock")
            screen.post("/shift/unlock", {"pin": PIN})
        else:
            screen.get("/desk?way=out")
            screen.get("/desk?way=in")
        other = screen.look(cards[0]["qr"])
        before = len(it.entries(NORTH))
        done = screen.act("admit", first)
        tap.ok(done.status == 409 and len(it.entries(NORTH)) == before,
               f"a page from before the desk's {turn} admits nobody else", done.status, word(done))
        first = other
        time.sleep(5.1)


def together(screen, path, values, count=8):
    """The same form so often at once; the statuses."""
    token, found = screen.csrf(), []

    def send():
        found.append(screen.post(path, values, csrf=token).status)

    taps = [threading.Thread(target=send) for _ in range(count)]
    for one in taps:
        one.start()
    for one in taps:
        one.join()
    return sorted(found)


def taps(screen):
    row = card()
    shown = screen.look(row["qr"])
    before = len(it.entries(NORTH))
    found = together(screen, "/desk/admit", {"look": screen.number(shown)})
    tap.equal((found, len(it.entries(NORTH)) - before), ([200] * 8, 1),
              "admit tapped eight times at once is one entry")
    entry = re.search(r'name="entry" value="([\d-]+)"', screen.get("/desk").body.decode()).group(1)
    found = together(screen, "/desk/undo", {"entry": entry})
    tap.equal((found.count(200), len(it.entries(NORTH)) - before), (1, 2), "undo as well")


def names_are_asked(screen):
    row = card()
    for how, shown in (("typed", screen.look(row["code"])),
                       ("picked", pick(screen, row))):
        text = shown.text
        tap.ok(word(shown) == "CHECK" and "Ask the name" in text and "identification" in text,
               f"who was {how} is asked for name and identification", text[:200])


def pick(screen, row):
    import urllib.parse
    found = screen.get("/desk/search?q=" + urllib.parse.quote(row["person"]))
    person = [dict(f.fields)["person"] for f in found.page.forms if f.action == "/desk/pick"][0]
    return screen.post("/desk/pick", {"person": person})


# ---- between a look and its act ----

def at_another_door(north, south):
    row = card()
    shown = north.look(row["qr"])
    tap.equal(word(south.act("admit", south.look(row["qr"]))), "ADMITTED", "let in at the other door")
    settled([north, south])
    done = north.act("admit", shown)
    tap.ok(word(done) == "DUPLICATE" and SOUTH in done.text,
           "meanwhile admitted at another door, the pass is refused here", word(done))
    entry = re.search(r'name="entry" value="([\d-]+)"', south.get("/desk").body.decode()).group(1)
    before = len(it.entries(NORTH))
    undone = north.post("/desk/undo", {"entry": entry})
    tap.ok(undone.status == 409 and len(it.entries(NORTH)) == before,
           "the other door's admission is not taken back here", undone.status, undone.text[:200])
    left = north.act("exit", done)
    tap.equal(word(left), "EXIT", "they leave by this door")
    settled([north, south])
    undone = south.post("/desk/undo", {"entry": entry})
    tap.ok(undone.status == 409 and "has moved since" in undone.text,
           "an admission is not taken back once the person left by another door", undone.status)
    time.sleep(5.1)
    again = south.look(row["qr"])
    tap.ok(word(again) == "USED", "without re-entry the pass is used at the door it was not left by",
           word(again), again.text[:200])


def never_in(north):
    row = card()
    north.get("/desk?way=out")
    shown = north.look(row["qr"])
    tap.equal(word(shown), "EXIT", "who leaves and never came is recorded as leaving")
    inside = now(north)["inside"]
    north.get("/desk?way=in")
    shown = north.look(row["qr"])
    tap.ok(word(shown) in ("ADMIT?", "CHECK"), "and may come in", word(shown))
    north.act("admit", shown)
    tap.equal(now(north)["inside"], inside + 1, "and is counted once")


def restricted_meanwhile(north, south):
    row, other = card(), card()
    shown = north.look(row["qr"])
    # Inside already: what a supervisor could override.
    north.act("admit", shown)
    time.sleep(5.1)
    twice = north.look(row["qr"])
    asked = south.look(other["qr"])
    made = it.registrar("restrict add", "--building", "--words", "Gas in the hall")
    wait_for(lambda: now(north)["stop"] and now(south)["stop"], "both doors stop", 5)
    done = south.act("admit", asked)
    tap.ok(word(done) == "STOP" and "Gas in the hall" in done.text,
           "restricted between look and admit: STOP, with the words", word(done))
    before = overrides()
    done = north.act("override", twice, person="", words="I know him", **SUPER)
    tap.ok(done.status == 409 and word(done) == "STOP" and "nobody was let in" in done.text and
           overrides() == before,
           "a supervisor who overrides a duplicate does not override a stop not seen",
           done.status, word(done), done.text[:200])
    it.registrar("restrict lift", re.search(r"\d+", made).group(0))
    wait_for(lambda: not now(north)["stop"] and not now(south)["stop"], "both doors open", 5)
    cards.append(other)


def forged(screen):
    row = card()
    good = row["qr"]
    cards.append(row)
    for name, text in (("a flipped signature", good[:-4] + ("0000" if good[-4:] != "0000" else "1111")),
                       ("a flipped claim", good[:60] + ("A" if good[60] != "A" else "B") + good[61:])):
        shown = screen.look(text)
        if "bad-signature" not in it.entries(NORTH)[-1] and "unknown-key" not in it.entries(NORTH)[-1]:
            tap.note(f"{name}: {it.entries(NORTH)[-1][:2]}")
            continue
        before = len(it.entries(NORTH))
        tap.ok("Override (supervisor)" not in shown.text, f"{name}: no override is offered")
        done = screen.act("override", shown, person="Ana Dias", words="I know her", **SUPER)
        tap.ok(done.status == 409 and "did not sign it" in done.text and
               len(it.entries(NORTH)) == before, f"{name}: nobody is let in on it by a supervisor",
               done.status, done.text[:200])


# ---- questions ----

def answer(staff, kind, words=""):
    """Answers every open question; when it was answered, by this clock."""
    page = staff.get("/staff/referrals")
    forms = [f for f in page.page.forms if "/staff/referrals/" in f.action]
    began = time.monotonic()
    for form in forms:
        staff.submit(form, {"words": words}, button=("answer", kind))
    return began


def ask(screen, row=None, person="Mira Holt"):
    if row is None:
        screen.post("/desk/refer", {"look": 0, "kind": "no-phone", "person": person, "words": ""})
    else:
        screen.act("refer", pick(screen, row), kind="lost-badge", person="", words="")
    wait_for(lambda: now(screen)["unsent"] == 0, "sent")


def waiting(staff):
    return staff.get("/staff/referrals").text


def told(screen):
    return {a["id"]: a for a in now(screen)["answers"]}


def ids(screen):
    return re.findall(r'name="referral" value="([0-9a-f]{32})"',
                      screen.get("/desk/referrals").body.decode())


def answers_arrive(screen, staff):
    took = []
    for n in range(8):
        ask(screen, person=f"Mira Holt {n}")
        wait_for(lambda: f"Mira Holt {n}" in waiting(staff), "the question is there")
        seen = now(screen)["tag"]
        box = []

        def poll():
            tag = seen
            while True:
                state = json.loads(screen.raw("/desk/now?seen=" + tag).body)
                if state["answers"]:
                    box.append((time.monotonic(), state["answers"]))
                    return
                tag = state["tag"]

        one = threading.Thread(target=poll)
        one.start()
        time.sleep(0.13 * n)
        began = answer(staff, "refuse", "Not today")
        one.join(20)
        took.append((box[0][0] - began) * 1000)
        screen.post("/desk/answered", {"referral": box[0][1][0]["id"], "act": "close"})
    took.sort()
    tap.note("from the answer at the registrar to the officer's screen, ms: " +
             " ".join(f"{t:.0f}" for t in took))
    # How fast depends on the machine: told, not judged.
    if took[-1] > ANSWER_MS:
        tap.note(f"the slowest answer is over the aim of {ANSWER_MS} ms on this machine, now")


def answers_once(north, south, staff):
    row = card()
    ask(north, row)
    wait_for(lambda: "Waiting: 1" in waiting(staff), "one question")
    answer(staff, "admit", "She is expected")
    one = list(wait_for(lambda: told(north), "answered"))[0]
    tap.equal(told(south), {}, "another door is told nothing of it")
    before = len(it.entries(SOUTH))
    stolen = south.post("/desk/answered", {"referral": one, "act": "admit"})
    tap.ok(stolen.status == 409 and len(it.entries(SOUTH)) == before,
           "another door can't use the answer", stolen.status, stolen.text[:200])
    before = len(it.entries(NORTH))
    found = together(north, "/desk/answered", {"referral": one, "act": "admit"})
    tap.equal((found.count(200), len(it.entries(NORTH)) - before), (1, 1),
              "an answer tapped eight times at once lets in once")
    tap.equal(it.entries(NORTH)[-1][:3], ("override", "referred", "officer1"), "as an override")
    again = north.post("/desk/answered", {"referral": one, "act": "admit"})
    tap.ok(again.status == 409 and "done already" in again.text, "and not again", again.status)
    time.sleep(5.1)
    tap.equal(word(north.look(row["qr"])), "DUPLICATE", "its pass is used then")


def overrides(folder=NORTH):
    return [e[0] for e in it.entries(folder)].count("override")


def answers_too_late(north, south, staff):
    row, walker = card(), "Ilan Roth"
    ask(north, row)
    ask(north, person=walker)
    wait_for(lambda: "Waiting: 2" in waiting(staff), "two questions")
    answer(staff, "admit", "Both are expected")
    both = list(wait_for(lambda: len(told(north)) == 2 and told(north), "answered"))
    north.post("/desk/stop", {"scope": "building", "words": "Alarm", **SUPER})
    before = overrides()
    for one in both:
        done = north.post("/desk/answered", {"referral": one, "act": "admit"})
        tap.ok(done.status == 409 and "Entry is restricted now" in done.text and
               overrides() == before, "no answer lets in through a stop",
               done.status, done.text[:200])
    lift(north, "Alarm over")
    settled([north, south])
    tap.equal(word(south.act("admit", south.look(row["qr"]))), "ADMITTED",
              "who was asked about comes in by the other door")
    settled([north, south])
    before = overrides()
    found = [north.post("/desk/answered", {"referral": one, "act": "admit"}) for one in both]
    tap.equal((sorted(f.status for f in found), overrides() - before), ([200, 409], 1),
              "then the answer lets in nobody on the same pass, and the other one does")
    tap.ok(any("is inside already" in f.text for f in found), "and says why")
    for one in ids(north):
        north.post("/desk/answered", {"referral": one, "act": "close"})


def lift(screen, words):
    stop = [dict(f.fields).get("stop") for f in screen.get("/desk/stop").page.forms
            if f.action == "/desk/lift"]
    return screen.post("/desk/lift", {"stop": stop[0], "words": words, **SUPER})


# ---- officers who are none any more ----

def put_pin(name, pin):
    path = it.path("new.pin")
    with open(path, "w", encoding="utf-8") as out:
        out.write(pin + "\n")
    os.chmod(path, 0o600)
    it.registrar("staff pin", name, "--pin-file", path)


def officers_change(desk):
    it.registrar("staff add", "temp1", "--role", "security", "--full-name", "Temp One",
                 "--pin-file", it.path("super.pin"), "--one-time")
    it.registrar("staff add", "temp2", "--role", "supervisor", "--full-name", "Temp Two",
                 "--pin-file", it.path("super.pin"), "--one-time")
    one, two = desk.browser(), desk.browser()
    wait_for(lambda: one.sign_in("temp1", SUPER_PIN).status == 200, "the new officer signs in")
    wait_for(lambda: two.sign_in("temp2", SUPER_PIN).status == 200, "the new supervisor signs in")
    row = card()
    shown = one.look(row["qr"])
    tap.ok(word(shown) in ("ADMIT?", "CHECK"), "a pass is looked at", word(shown))
    put_pin("temp1", "another pin of six words here")
    locked = wait_for(lambda: now(one).get("locked"), "a new PIN locks the desk of the old one", 5)
    tap.ok(locked, "a PIN that changes locks the shift begun with the old one")
    done = one.act("admit", shown)
    tap.ok(done.status == 403 and it.entries(NORTH)[-1][0] != "admit", "nobody is let in by it",
           done.status)
    page = one.get("/shift/unlock")
    tap.ok("list of officers has changed" in page.text, "and the page says why", page.text[:300])
    tap.equal(one.post("/shift/unlock", {"pin": SUPER_PIN}).status, 422, "the old PIN opens nothing")
    back = one.post("/shift/unlock", {"pin": "another pin of six words here"})
    tap.equal(word(back), "Ready", "the new one does")
    it.registrar("staff disable", "temp1")
    it.registrar("staff disable", "temp2")
    wait_for(lambda: now(one).get("locked") and now(two).get("locked"), "disabled ends the shift", 5)
    tap.ok("list of officers has changed" in two.get("/shift/unlock").text,
           "a supervisor who was disabled has no shift, and reads why")
    refused = two.post("/shift/unlock", {"pin": SUPER_PIN})
    tap.equal(refused.status, 422, "and can't come back")
    taken = two.post("/shift/hand-over", {"officer": "officer1", "pin": PIN})
    tap.ok(word(taken) == "Ready", "somebody else takes over", taken.status, taken.text[:200])
    two.post("/shift/end")
    cards.append(row)


# ---- stops without the registrar, and a registrar of yesterday ----

def stops_travel(north, south):
    backup = it.path("backup")
    it.stop()
    shutil.copytree(it.data, backup)
    it.start()
    settled([north, south])
    it.stop()
    wait_for(lambda: not now(north)["online"] and not now(south)["online"], "both are offline", 60)
    began = time.monotonic()
    done = north.post("/desk/stop", {"scope": "conference", "words": "Threat by phone", **SUPER})
    tap.equal(done.status, 200, "a supervisor stops while the registrar is away")
    wait_for(lambda: now(south)["stop"], "the peer stops", 15)
    tap.note(f"seen by the peer after {(time.monotonic() - began) * 1000:.0f} ms")
    row = card()
    shown = south.look(row["qr"])
    tap.ok(word(shown) == "STOP" and "super1" in shown.text and NORTH in shown.text,
           "the other door stops without the registrar, and says who stopped and where",
           word(shown), shown.text[:300])
    shutil.rmtree(it.data)
    shutil.copytree(backup, it.data)
    it.start()
    settled([north, south])
    listed = wait_for(lambda: "Threat by phone" in it.registrar("restrict list") and
                      it.registrar("restrict list"), "the registrar has it", 20)
    tap.ok("Threat by phone" in listed, "a registrar put back from its backup gets the stop, with "
           "its words")
    time.sleep(5.1)
    shown = south.look(row["qr"])
    tap.ok(word(shown) == "STOP", "and the doors stay stopped", word(shown))
    # Lost once more, after it was on the list.
    it.stop()
    shutil.rmtree(it.data)
    shutil.copytree(backup, it.data)
    it.start()
    wait_for(lambda: "Threat by phone" in it.registrar("restrict list"),
             "a registrar restored again has it again", 40)
    tap.ok(now(south)["stop"] and now(north)["stop"], "and no door opened in between")
    done = lift(south, "Was a joke")
    tap.equal(done.status, 200, "it is lifted at the other end")
    wait_for(lambda: not now(north)["stop"] and not now(south)["stop"], "both are open", 10)
    shown = north.look(row["qr"])
    tap.ok(word(shown) in ("ADMIT?", "CHECK"), "people come in again", word(shown))
    cards.append(row)


def restored_gate(south_desk, north):
    """A door whose folder is put back from an old copy."""
    old = it.path("south-old")
    south_desk.stop()
    shutil.copytree(it.path(SOUTH), old)
    south_desk.start()
    south = south_desk.browser()
    south.sign_in()
    row = card()
    south.act("admit", south.look(row["qr"]))
    settled([north, south])
    south_desk.stop()
    shutil.rmtree(it.path(SOUTH))
    shutil.copytree(old, it.path(SOUTH))
    south_desk.start()
    south = south_desk.browser()
    south.sign_in()
    wait_for(lambda: now(south)["online"], "online again", 30)
    fresh = card()
    tap.equal(word(south.act("admit", south.look(fresh["qr"]))), "ADMITTED", "it goes on")
    settled([north, south])
    tap.ok(("epoch", "restored") in [e[:2] for e in it.entries(SOUTH)],
           "a door put back from a copy begins a new epoch", it.entries(SOUTH)[-8:])
    for text in (row, fresh):
        time.sleep(5.1)
        tap.equal(word(north.look(text["qr"])), "DUPLICATE",
                  "the others know whom it let in, before and after")
    it.registrar("journal verify")


def main():
    it.open(NORTH, SOUTH)
    cards.extend(it.passes())
    ports = {NORTH: free_port(), SOUTH: free_port()}
    desks = {n: Desk(it, n, "--peer-listen", f"127.0.0.1:{p}", "--peer-address",
                     f"127.0.0.1:{p}").start() for n, p in ports.items()}
    try:
        north, south = desks[NORTH].browser(), desks[SOUTH].browser()
        north.sign_in()
        south.sign_in()
        settled([north, south])
        staff = people.staff(it, "admin")
        numbers(north)
        taps(north)
        names_are_asked(north)
        forged(north)
        at_another_door(north, south)
        never_in(north)
        restricted_meanwhile(north, south)
        answers_arrive(north, staff)
        answers_once(north, south, staff)
        answers_too_late(north, south, staff)
        officers_change(desks[NORTH])
        stops_travel(north, south)
        restored_gate(desks[SOUTH], north)
        for name, desk in desks.items():
            tap.equal(desk.stop(), 0, f"SIGTERM ends {name} well")
            tap.ok("ours" not in desk.said(), f"no fault of ours is in the log of {name}",
                   desk.said())
    finally:
        for desk in desks.values():
            desk.stop()


try:
    tap.run(main)
finally:
    it.close()
