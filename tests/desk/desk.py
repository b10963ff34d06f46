#!/usr/bin/python3
"""The desk over HTTP: every route, what it refuses, and to whom; a shift from start to end.

Usage: desk.py BUILD SOURCE
"""
import json
import os
import re
import signal
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from house import PIN, SUPER_PIN, TODAY, Desk, House, word  # noqa: E402
from tap import Tap  # noqa: E402

BUILD, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
tap = Tap()
it = House(BUILD)
cards = []  # passes not used yet


def card():
    """A pass that will be let in."""
    return cards.pop(0)["qr"]


def loan():
    """A pass that will not be: it comes back."""
    cards.append(cards.pop(0))
    return cards[-1]["qr"]


# ---- who may open what ----

NOBODY = {"/", "/shift", "/ready", "/ready/card", "/join/:token"}


def routes():
    with open(os.path.join(SOURCE, "gate", "desk", "site.c"), encoding="utf-8") as file:
        return re.findall(r'\{"(GET|POST)", "([^"]+)"', file.read())


def role_walk(desk):
    nobody, locked = desk.browser(), desk.browser()
    locked.sign_in()
    locked.post("/shift/lock")
    known = routes()
    tap.ok(len(known) > 35, "the walk knows every route of the table", len(known))
    for method, pattern in known:
        path = pattern.replace(":token", "x" * 43).replace(":hash", "0" * 64)
        if pattern == "/desk/now":
            tap.equal(nobody.raw(path).status, 403, "GET /desk/now without a shift is refused")
            tap.equal(json.loads(locked.raw(path).body), {"locked": True},
                      "GET /desk/now of a locked desk says only that")
            continue
        if pattern in NOBODY:
            continue
        one = nobody.raw(path) if method == "GET" else nobody.post(path, follow=False)
        tap.ok(one.status == 403 or one.headers.get("Location") == "/shift",
               f"{method} {pattern} without a shift leads to its start", one.status)
        if pattern.startswith("/shift/"):
            continue
        two = locked.raw(path) if method == "GET" else locked.post(path, follow=False)
        tap.ok(two.status == 403 or two.headers.get("Location") == "/shift/unlock",
               f"{method} {pattern} of a locked desk is refused", two.status,
               two.headers.get("Location"))
    locked.post("/shift/unlock", {"pin": PIN})
    locked.post("/shift/end")


# ---- the start of a shift ----

def signing_in(desk):
    screen = desk.browser()
    for values, words in (({"officer": "", "pin": "x", "conference": TODAY}, "sign-in name"),
                          ({"officer": "officer1", "pin": "", "conference": TODAY}, "PIN"),
                          ({"officer": "officer1", "pin": PIN, "conference": ""}, "conference"),
                          ({"officer": "officer1", "pin": PIN, "conference": "nowhere"},
                           "no list of that conference")):
        shown = screen.post("/shift", values)
        tap.ok(shown.status == 422 and words in shown.text, f"a start without {words} is refused",
               shown.status, shown.text[:300])
    wrong = screen.sign_in(pin="wrong")
    unknown = screen.sign_in(officer="nosuch", pin="wrong")
    tap.ok(wrong.status == unknown.status == 422 and "No officer has this name and this PIN" in
           wrong.text and "No officer has this name and this PIN" in unknown.text,
           "a wrong PIN and an unknown name read the same", wrong.text[:200])
    for _ in range(8):
        waits = screen.sign_in(pin="wrong")
        if waits.status == 429:
            break
    waits = screen.sign_in()
    tap.ok(waits.status == 429 and re.search(r"Try again in \d+ second", waits.text),
           "after wrong PINs the right one has to wait, and how long is said", waits.text[:300])
    for _ in range(60):
        time.sleep(0.5)
        shown = screen.sign_in()
        if shown.status != 429:
            break
    tap.ok(shown.url.endswith("/desk") and word(shown) == "Ready", "then the shift begins",
           shown.status, shown.text[:200])
    tap.ok("officer1" in shown.text and "north-door" in shown.text and "Online" in shown.text,
           "the strip names officer, door and state", shown.text[:300])
    tap.equal(it.entries("north-door")[-1][:3], ("boot", "shift-start", "officer1"),
              "the journal has its start, with the officer")
    return screen


# ---- looks and acts ----

def looking(screen):
    before = len(it.entries("north-door"))
    text = card()
    shown = screen.look(text)
    tap.ok(shown.status == 200 and word(shown) in ("ADMIT?", "CHECK"), "a good pass may be let in",
           word(shown), shown.text[:300])
    tap.ok("Not recorded yet" in shown.text, "and is not recorded before the officer acts")
    tap.ok(text not in shown.body.decode(), "the page never carries the pass's text")
    tap.equal(len(it.entries("north-door")), before, "the journal is as before")
    again = screen.look(text)
    tap.equal(screen.number(again), screen.number(shown), "the same code in a moment is one scan")
    done = screen.act("admit", shown)
    tap.ok(word(done) == "ADMITTED" and "Undo" in done.text, "admitted, with an undo",
           done.text[:300])
    entry = it.entries("north-door")[-1]
    tap.equal(entry[:3], ("admit", "ok", "officer1"), "recorded with the officer")
    twice = screen.act("admit", shown)
    tap.ok(twice.status == 200 and word(twice) == "ADMITTED", "sent twice it is done once")
    tap.equal(len(it.entries("north-door")), before + 1, "one entry")
    return text, done


def undoing(screen, text, page):
    entry = re.search(r'name="entry" value="([\d-]+)"', page.body.decode()).group(1)
    done = screen.post("/desk/undo", {"entry": entry})
    tap.ok(done.status == 200 and word(done) == "UNDONE", "an admission is taken back",
           done.status, done.text[:300])
    tap.equal(it.entries("north-door")[-1][:3], ("void", "undo", "officer1"), "and that is recorded")
    again = screen.post("/desk/undo", {"entry": entry})
    tap.ok(again.status == 409 and "taken back already" in again.text, "once only", again.status)
    for bad in ("", "1", "1-x", "99-1", "x", "18446744073709551615-3"):
        shown = screen.post("/desk/undo", {"entry": bad})
        tap.ok(shown.status in (400, 409), f"undo of {bad!r} is refused", shown.status)
    done = screen.act("deny", done, reason="no-identification", words="")
    tap.ok(word(done) == "REFUSED" and "No identification" in done.text,
           "who was taken back can be refused with a reason", done.text[:200])
    time.sleep(5.1)
    shown = screen.look(text)
    tap.ok(word(shown) in ("ADMIT?", "CHECK"), "a refusal does not use up the pass", word(shown))
    screen.act("admit", shown)
    time.sleep(5.1)
    shown = screen.look(text)
    tap.ok(word(shown) == "DUPLICATE" and "north-door" in shown.text and "officer1" in shown.text,
           "a second scan says when, where and by whom", shown.text[:400])
    tap.equal(it.entries("north-door")[-1][:3], ("deny", "already-inside", "officer1"),
              "a machine's denial is recorded at once")
    left = screen.act("exit", shown)
    tap.ok(word(left) == "EXIT", "who is inside can be recorded as leaving", left.text[:200])


def stale(screen):
    first = screen.look(loan())
    second = screen.look(loan())
    for what in ("admit", "deny", "exit", "override", "refer"):
        before = len(it.entries("north-door"))
        shown = screen.act(what, first, **{
            "deny": {"reason": "conduct", "words": ""},
            "override": {"words": "x", "person": "", "supervisor": "", "pin": ""},
            "refer": {"kind": "other", "person": "", "words": ""}}.get(what, {}))
        tap.ok(shown.status == 409 and "Somebody else was scanned since" in shown.text,
               f"{what} of an older look is refused with words", shown.status, shown.text[:200])
        tap.equal(len(it.entries("north-door")), before, "and nothing is recorded")
    tap.equal(screen.number(screen.get("/desk")), screen.number(second), "the newest stays")
    done = screen.act("deny", second, reason="other", words="")
    tap.ok(done.status == 422 and "words" in done.text, "`other` needs words", done.status)
    done = screen.act("deny", second, reason="restricted", words="")
    tap.equal(done.status, 422, "a machine's reason is not an officer's")
    for reason in ("screening-refused", "no-identification", "identity-mismatch",
                   "prohibited-item", "conduct", "service-restricted", "other"):
        shown = screen.look(loan())
        done = screen.act("deny", shown, reason=reason, words="Said so at the door")
        tap.ok(word(done) == "REFUSED" and it.entries("north-door")[-1][:3] ==
               ("deny", reason, "officer1"), f"refused with one tap: {reason}", done.text[:200])


def hostile(screen):
    for text in ("", "\r\n"):
        tap.equal(screen.look(text).status, 422, f"{text!r} is no scan")
    for text in ("hello", "ACR1:", "a" * 4000, "\x01\x7f", "\ud7ff\u202e", "<script>alert(1)</script>",
                 "ACR1:" + "Ü" * 100):
        shown = screen.look(text)
        tap.ok(shown.status == 200 and word(shown) == "NO PASS",
               f"{text[:24]!r} is no pass, and wedges nothing", shown.status, word(shown))
    tap.ok("<script>alert" not in screen.look("<script>alert(2)</script>").body.decode(),
           "markup in a code stays text")
    tap.equal(screen.look("a" * 5000).status, 422, "an endless text is refused")
    tap.equal(screen.look("a" * 200000).status, 413, "and a book unread")
    good = loan()
    shown = screen.look(good + "\r\n")
    tap.ok(word(shown) in ("ADMIT?", "CHECK"), "a scanner's own line end is dropped", word(shown))
    for bad in ("x", "-1", "1e3", "99999999999999999999"):
        tap.equal(screen.post("/desk/admit", {"look": bad}).status, 400, f"look {bad!r} is refused")
    tap.equal(screen.post("/desk/admit", {"look": 1, "more": 2}).status, 400,
              "a field nobody declared is refused")
    tap.equal(screen.post("/desk/pick", {"person": "zz"}).status, 400, "no person of that name")
    shown = screen.post("/desk/pick", {"person": "0" * 32})
    tap.ok(word(shown) == "REFER", "a person who is not on the list is referred", word(shown))
    tap.equal(screen.raw("/photo/xyz").status, 404, "no such photo")
    tap.equal(screen.raw("/photo/" + "0" * 64).status, 404, "nor one that is not held")
    tap.equal(screen.raw("/desk?way=sideways").status, 400, "no such way")
    tap.equal(screen.raw("/nothing").status, 404, "no such page")
    tap.equal(screen.raw("/desk/look").status, 405, "a look is posted")


def forged(desk, screen):
    other = desk.browser()
    other.sign_in()
    for csrf, words in ((None, "without"), ("x" * 43, "with a made-up"),
                        (other.csrf(), "with another session's")):
        shown = screen.post("/desk/look", {"text": "hello"}, csrf=csrf)
        tap.equal(shown.status, 403, f"a form {words} CSRF token is refused")
    for headers in ({"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}):
        shown = screen.post("/desk/look", {"text": "hello"}, headers=headers)
        tap.equal(shown.status, 403, f"{headers} is refused")
    screen.raw("/desk?way=out", headers={"Sec-Fetch-Site": "cross-site"})
    tap.ok("Ready for exits" not in screen.get("/desk").text,
           "another site's link turns no desk round")
    other.post("/shift/end")


# ---- typed codes, search, exits ----

def finding(screen):
    row = cards[-1]
    shown = screen.look(row["code"])
    tap.ok(word(shown) == "CHECK" and row["person"] in shown.text, "a typed code asks for a check",
           word(shown), shown.text[:200])
    row = cards.pop(0)
    surname = row["person"].split()[-1]
    for query in (surname, surname.upper(), row["outlet"][:5].lower()):
        shown = screen.get("/desk/search?" + "q=" + __import__("urllib.parse").parse.quote(query))
        tap.ok(row["person"] in shown.text, f"search finds by {query!r}", shown.text[:300])
    person = [f for f in shown.page.forms if f.action == "/desk/pick"]
    tap.ok(0 < len(person) <= 50, "each with a button", len(person))
    shown = screen.get("/desk/search?q=zzzzqqq")
    tap.ok("Nobody found" in shown.text and "were searched" in shown.text, "nobody is said")
    tap.equal(screen.raw("/desk/search?q=" + "a" * 81).status, 422, "a query too long is refused")
    tap.equal(screen.raw("/desk/search?q=%00").status, 400, "and one that is none")
    shown = screen.get("/desk/search?q=" + __import__("urllib.parse").parse.quote(row["person"]))
    pick = [dict(f.fields)["person"] for f in shown.page.forms if f.action == "/desk/pick"]
    shown = screen.post("/desk/pick", {"person": pick[0]})
    tap.ok(word(shown) == "CHECK" and "Ask the name" in shown.text,
           "who was picked is asked for the name", shown.text[:300])
    done = screen.act("admit", shown)
    tap.equal(word(done), "ADMITTED", "and let in")
    tap.ok("Ready for exits" in screen.get("/desk?way=out").text, "the desk turns to exits")
    shown = screen.look(row["qr"])
    tap.ok(word(shown) == "EXIT" and it.entries("north-door")[-1][:2] == ("exit", "ok"),
           "a scan is an exit then", word(shown))
    before = len(it.entries("north-door"))
    shown = screen.look("no pass at all")
    tap.ok(word(shown) == "NOT READ" and "leave" in shown.text, "nobody is kept from leaving")
    tap.equal(len(it.entries("north-door")), before, "and that is no entry")
    screen.get("/desk?way=in")


# ---- supervisors ----

def overriding(screen):
    base = {"person": "", "supervisor": "", "pin": ""}
    text = card()
    screen.act("admit", screen.look(text))
    time.sleep(5.1)
    shown = screen.look(text)
    for values, words in (({"words": "", **base}, "Say why"),
                          ({"words": "Second gate", **base}, "supervisor"),
                          ({"words": "Second gate", **base, "supervisor": "super1", "pin": "no"},
                           "No supervisor has this name"),
                          ({"words": "Second gate", **base, "supervisor": "officer1", "pin": PIN},
                           "no supervisor")):
        refused = screen.act("override", shown, **values)
        tap.ok(refused.status == 422 and words in refused.text, f"an override: {words}",
               refused.status, refused.text[:300])
    done = screen.act("override", shown, words="Second gate", **{**base, "supervisor": "super1",
                                                                "pin": SUPER_PIN})
    tap.ok(word(done) == "ADMITTED" and it.entries("north-door")[-1][:3] ==
           ("override", "already-inside", "super1"), "a supervisor's word lets in, by name",
           done.status, done.text[:300])
    missing = screen.post("/desk/override", {"look": 0, "words": "", **base})
    tap.ok(missing.status == 422 and "name of the person" in missing.text.lower(),
           "a walk-up needs a name and words", missing.text[:300])
    inside = json.loads(screen.raw("/desk/now").body)["inside"]
    done = screen.post("/desk/override", {"look": 0, "words": "Minister's driver", **base,
                                          "person": "Ana Pe\u00f1a", "supervisor": "super1",
                                          "pin": SUPER_PIN})
    entry = it.entries("north-door")[-1]
    tap.ok(done.status == 200 and "Recorded" in done.text and entry[:3] ==
           ("override", "walk-up", "super1"), "a walk-up is let in and recorded",
           done.status, done.text[:300], entry)
    tap.equal(json.loads(screen.raw("/desk/now").body)["inside"], inside + 1,
              "and counted as inside")
    visitors = screen.get("/desk/override")
    tap.ok(f"{entry[3][:4]}-{entry[3][4:8]}" in visitors.text and
           f"{entry[3][:4]}-{entry[3][4:8]}" in done.text, "listed by the code that was told",
           entry, visitors.text[:400])
    tap.ok("Ana" not in visitors.text and "Ana Pe" not in screen.get("/desk/last").text,
           "without the name, which only the registrar opens")
    screen.post("/desk/left", {"person": entry[3]})
    tap.equal(it.entries("north-door")[-1], ("exit", "ok", "officer1", entry[3]),
              "and leaves with a tap")
    tap.equal(json.loads(screen.raw("/desk/now").body)["inside"], inside, "then not counted")
    tap.equal(screen.post("/desk/left", {"person": entry[3]}).status, 409, "once")
    for bad, status in (("zz", 400), ("0" * 32, 409), ("0" * 31, 400)):
        tap.equal(screen.post("/desk/left", {"person": bad}).status, status, f"nobody: {bad}")
    accept = {"minutes": 30, "words": "Line is down", "supervisor": "super1", "pin": SUPER_PIN}
    tap.equal(screen.post("/desk/accept-stale", {**accept, "minutes": 31}).status, 422,
              "old lists are accepted for the times offered")
    tap.equal(screen.post("/desk/accept-stale", {**accept, "words": ""}).status, 422, "with words")
    tap.equal(screen.post("/desk/accept-stale", {**accept, "pin": ""}).status, 422,
              "by a supervisor")
    done = screen.post("/desk/accept-stale", accept)
    tap.ok("Old lists accepted until" in done.text and it.entries("north-door")[-1][:3] ==
           ("sync", "stale-accepted", "super1"), "then the strip says until when", done.text[:400])


def stopping(screen):
    stop = {"scope": "conference", "words": "Threat at the door", "supervisor": "super1",
            "pin": SUPER_PIN}
    tap.equal(screen.post("/desk/stop", {**stop, "words": ""}).status, 422, "a stop needs words")
    tap.equal(screen.post("/desk/stop", {**stop, "pin": "x"}).status, 422, "and a supervisor")
    tap.equal(screen.post("/desk/stop", {**stop, "scope": "pass"}).status, 409,
              "and, of one pass, the look it is about")
    seen = json.loads(screen.raw("/desk/now").body)["tag"]
    box = {}

    def poll():
        box["at"] = json.loads(screen.raw("/desk/now?seen=" + seen).body), time.monotonic()

    waiting = threading.Thread(target=poll)
    waiting.start()
    time.sleep(0.5)
    began = time.monotonic()
    done = screen.post("/desk/stop", stop)
    waiting.join(30)
    tap.ok(done.status == 200 and "Threat at the door" in done.text, "stopped, with the words",
           done.text[:300])
    now, at = box["at"]
    tap.ok(now["stop"] and "Threat" in now["stop"]["words"] and at - began < 2,
           "the long poll is told at once", now, at - began)
    shown = screen.look(loan())
    tap.ok(word(shown) == "STOP" and "Threat at the door" in shown.text, "scans meet it",
           shown.text[:300])
    lift = [dict(f.fields).get("stop") for f in screen.get("/desk/stop").page.forms
            if f.action == "/desk/lift"]
    tap.equal(screen.post("/desk/lift", {"stop": "nowhere/1/1", "words": "x",
                                         "supervisor": "super1", "pin": SUPER_PIN}).status, 409,
              "what is not there is not lifted")
    done = screen.post("/desk/lift", {"stop": lift[0], "words": "All clear",
                                      "supervisor": "super1", "pin": SUPER_PIN})
    tap.ok("Threat at the door" not in done.text, "lifted", done.status, done.text[:300])
    tap.ok(word(screen.look(loan())) in ("ADMIT?", "CHECK"), "and people come in again")


# ---- lock, hand over, end ----

def locking(desk, screen):
    shown = screen.look(loan())
    name = re.search(r'person__name"><bdi>([^<]+)<', shown.body.decode()).group(1)
    locked = screen.post("/shift/lock")
    tap.ok("Locked" in locked.text and name not in locked.text, "a locked desk shows nobody")
    refused = screen.act("admit", shown)
    tap.ok(refused.status == 403 and "locked" in refused.text, "and does nothing", refused.status)
    tap.equal(screen.post("/shift/unlock", {"pin": "no"}).status, 422, "a wrong PIN opens nothing")
    opened = screen.post("/shift/unlock", {"pin": PIN})
    tap.ok(opened.url.endswith("/desk") and word(opened) == "Ready",
           "unlocked, what was on the screen is gone", opened.text[:200])
    wrong = screen.post("/shift/hand-over", {"officer": "super1", "pin": "no"})
    tap.equal(wrong.status, 422, "nobody takes over with a wrong PIN")
    taken = screen.post("/shift/hand-over", {"officer": "super1", "pin": SUPER_PIN})
    tap.ok("super1 (supervisor)" in taken.text, "handed over", taken.text[:200])
    tap.equal([e[:3] for e in it.entries("north-door")[-2:]],
              [("boot", "shift-end", "officer1"), ("boot", "hand-over", "super1")],
              "both names stand in the journal")
    done = screen.act("override", screen.look("not a pass"), words="Known to me",
                      person="Ola Nord", supervisor="", pin="")
    tap.equal(word(done), "ADMITTED", "a supervisor's own shift needs no second PIN")


def ending(screen):
    asked = screen.get("/shift/end")
    tap.ok("End this shift?" in asked.text, "the end is asked for first")
    ended = screen.post("/shift/end")
    tap.ok("Shift ended" in ended.text and "1 override" in ended.text, "and says what was done",
           ended.text[:500])
    tap.equal(it.entries("north-door")[-1][:3], ("boot", "shift-end", "super1"), "it is recorded")
    tap.ok("Start of shift" in screen.get("/desk").text, "then nothing opens")


def summary(desk):
    screen = desk.browser()
    screen.sign_in()
    screen.act("admit", screen.look(card()))
    shown = screen.look(loan())
    screen.act("deny", shown, reason="conduct", words="")
    screen.look("garbage")
    shown = screen.look(card())
    done = screen.act("admit", shown)
    entry = re.search(r'name="entry" value="([\d-]+)"', done.body.decode()).group(1)
    screen.post("/desk/undo", {"entry": entry})
    screen.post("/desk/override", {"look": 0, "words": "Driver", "person": "A B",
                                   "supervisor": "super1", "pin": SUPER_PIN})
    ended = screen.post("/shift/end")
    for words in ("2 admitted", "2 denied", "1 override", "1 undone", "Conduct", "Not a pass"):
        tap.ok(words in ended.text, f"the summary: {words}", ended.text[:500])


# ---- two at once, and the end of the process ----

def two_at_once(desk):
    one, two = desk.browser(), desk.browser()
    one.sign_in()
    two.sign_in()
    text = card()
    first, second = one.look(text), two.look(text)
    tap.ok(word(first) == word(second), "two screens look at one pass")
    tap.equal(word(one.act("admit", first)), "ADMITTED", "the first lets in")
    late = two.act("admit", second)
    tap.ok(word(late) == "DUPLICATE", "the second is told what changed since",
           word(late), late.text[:200])
    one.post("/shift/end")
    tap.ok(two.get("/desk").url.endswith("/desk"), "one's end is not the other's")
    two.post("/shift/end")


def killed(desk):
    screen = desk.browser()
    screen.sign_in()
    text = card()
    shown = screen.look(text)
    before = len(it.entries("north-door"))
    desk.stop(signal.SIGKILL)
    tap.equal(len(it.entries("north-door")), before, "killed between look and admit: no entry")
    desk.start()
    tap.ok("Start of shift" in screen.get("/desk").text, "a new start asks for a sign-in")
    screen.sign_in()
    done = screen.act("admit", screen.look(text))
    tap.equal(word(done), "ADMITTED", "and the pass is still good")
    screen.post("/shift/end")


# ---- tablets and phones ----

def pairing(desk):
    stranger = desk.lan_browser()
    for path in ("/", "/shift", "/desk", "/ready", "/desk/now"):
        shown = stranger.raw(path)
        tap.ok(shown.status == 403 and "not paired" in shown.text and "conference" not in
               shown.text.lower(), f"a stranger on the network sees of {path} how to be paired",
               shown.status, shown.text[:200])
    screen = desk.browser()
    screen.sign_in()
    alone = screen.post("/pair/new", {"supervisor": "officer1", "pin": PIN})
    tap.ok(alone.status == 422 and "/join/" not in alone.text,
           "an officer's word brings no device in", alone.status)
    made = screen.post("/pair/new", {"supervisor": "super1", "pin": SUPER_PIN})
    link = re.search(r"https://[\d.:]+(/join/[\w-]+)", made.text).group(1)
    tap.ok(re.search(r"(?:[0-9A-F]{2}:){31}[0-9A-F]{2}", made.text), "the fingerprint is shown")
    code = screen.raw("/pair/code.svg")
    tap.ok(code.status == 200 and b"<svg" in code.body, "and a QR code")
    tap.equal(screen.raw(link).status, 404, "the link is of no use on the desk itself")
    tablet = desk.lan_browser()
    for _ in range(2):
        tap.equal(tablet.raw(link).status, 200, "looking at the link changes nothing")
    form = tablet.get(link).form("/join/")
    tap.equal(tablet.b.submit(form, {"name": ""}).status, 422, "a device needs a name")
    joined = tablet.b.submit(tablet.get(link).form("/join/"), {"name": "Tablet at the side door"})
    tap.ok("Start of shift" in joined.text, "joined by its button", joined.status,
           joined.text[:200])
    tap.equal(stranger.raw(link).status, 404, "the link is used up")
    signed = tablet.sign_in()
    tap.equal(word(signed), "Ready", "an officer signs in there")
    tap.ok(any("__Host-gate-pairing" in name for name in tablet.b.cookies), "with a host cookie")
    listed = screen.get("/pair")
    tap.ok("Tablet at the side door" in listed.text and "shift open" in listed.text,
           "the desk lists it", listed.text[:400])
    thief = desk.lan_browser()
    thief.b.cookies = {n: v for n, v in tablet.b.cookies.items() if "session" in n}
    tap.equal(thief.raw("/desk").status, 403, "a session without its pairing opens nothing")
    here = desk.browser()
    here.b.cookies = {n.replace("__Host-", ""): v for n, v in tablet.b.cookies.items()}
    tap.ok(here.get("/desk").url.endswith("/shift"), "nor on the other side")
    tablet.look(loan())
    pairing_id = dict(listed.form("/pair/revoke").fields)["pairing"]
    screen.post("/pair/revoke", {"pairing": pairing_id})
    refused = tablet.raw("/desk")
    tap.ok(refused.status == 403 and "not paired" in refused.text, "revoked, it ends at once",
           refused.status)
    again = screen.post("/pair/revoke", {"pairing": pairing_id})
    tap.equal(again.status, 409, "once")
    for bad in ("0", "-1", "x"):
        tap.equal(screen.post("/pair/revoke", {"pairing": bad}).status, 400, f"no device {bad!r}")
    screen.post("/shift/end")


# ---- a full disk ----

def full_disk():
    mount = it.path("full-door")
    os.mkdir(mount, 0o700)
    done = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m,mode=0700", "none", mount],
                          capture_output=True)
    if done.returncode:
        tap.ok(True, "a full disk # SKIP mounting is not allowed here")
        return
    desk = None
    try:
        it.enrol("full-door")
        it.gate("full-door", "sync", "--once")
        desk = Desk(it, "full-door").start()
        fill_and_free(desk, mount)
    finally:
        if desk:
            desk.stop()
        subprocess.run(["umount", "--lazy", mount], check=True)


def fill_and_free(desk, mount):
    screen = desk.browser()
    screen.sign_in()
    text = loan()
    shown = screen.look(text)
    filler = os.open(os.path.join(mount, "filler"), os.O_WRONLY | os.O_CREAT, 0o600)
    try:
        while os.write(filler, b"x" * 4096):
            pass
    except OSError:
        pass
    os.close(filler)
    # The store's own files may have room left inside for some entries more.
    for n in range(300):
        failed = screen.look(f"fill {n}")
        if failed.status == 503:
            break
    tap.ok(failed.status == 503 and word(failed) == "PAPER LIST" and "paper list" in failed.text,
           "with a full disk a scan says: use the paper list", failed.status, failed.text[:300])
    shown = screen.look(text)
    done = screen.act("admit", shown)
    tap.ok(done.status == 503 and word(done) == "PAPER LIST" and "ADMIT" not in
           re.sub("[a-z]", "", done.text.split("Type the")[0]).split(),
           "nobody is admitted, and no screen goes on showing so", done.status, done.text[:300])
    walk_up = screen.post("/desk/override", {"look": 0, "words": "x", "person": "A B",
                                             "supervisor": "super1", "pin": SUPER_PIN})
    tap.ok(walk_up.status in (422, 503) and "paper list" in walk_up.text, "nor by a supervisor",
           walk_up.status, walk_up.text[:300])
    os.remove(os.path.join(mount, "filler"))
    shown = screen.look("again")
    tap.equal(shown.status, 200, "with room again it goes on by itself")
    time.sleep(5.1)
    tap.equal(word(screen.act("admit", screen.look(text))), "ADMITTED", "and the pass is good")
    screen.act("exit", screen.get("/desk"))


# ---- a desk that nobody uses ----

class Forgotten(threading.Thread):
    """Two screens for more than a minute on a desk that locks itself after one: what a page asks by
    itself goes on at both, and somebody still looks at one of them."""

    def __init__(self):
        super().__init__(daemon=True)
        it.enrol("side-door")
        it.gate("side-door", "sync", "--once")
        self.desk = Desk(it, "side-door", "--lock-after", "1").start()
        self.forgotten, self.used = self.desk.browser(), self.desk.browser()
        for screen in (self.forgotten, self.used):
            screen.sign_in()
        self.failure = None

    def run(self):
        end = time.monotonic() + 64
        try:
            while time.monotonic() < end:
                for screen in (self.forgotten, self.used):
                    screen.raw("/desk", headers={"Pressgate-Renew": "1"})
                    screen.raw("/desk/now?seen=none")
                self.used.get("/desk")
                time.sleep(1)
        except OSError as error:
            self.failure = error

    def judge(self):
        self.join()
        tap.ok(self.failure is None, "both screens were answered all the while", self.failure)
        page = self.forgotten.get("/desk")
        tap.ok(page.url.endswith("/shift/unlock") and "Locked" in page.text,
               "a screen that only renews itself is locked after a minute", page.url)
        page = self.used.get("/desk")
        tap.ok(word(page) == "Ready", "control: one that somebody looks at is not", page.url)
        self.desk.stop()


# ---- the program ----

def program():
    for options, words in ((["--listen", "0.0.0.0:8090"], "in the clear"),
                           (["--listen", "192.0.2.1:80"], "in the clear"),
                           (["--lan", "0.0.0.0:8443"], "name the address"),
                           (["--lan", "nonsense"], "name the address")):
        it.gate("north-door", "desk", *options, code=1)
        tap.ok(words in it.said, f"gate desk {' '.join(options)} is refused with words", it.said)
    for options in (["--lock-after", "0"], ["--lock-after", "x"], ["more"]):
        it.gate("north-door", "desk", *options, code=2)
        tap.ok(it.said, f"gate desk {' '.join(options)} is misuse")


def main():
    it.open("north-door")
    program()
    cards.extend(it.passes())
    tap.note(f"{len(cards)} passes")
    desk = Desk(it, "north-door", lan=True).start()
    forgotten = Forgotten()
    forgotten.start()
    try:
        role_walk(desk)
        screen = signing_in(desk)
        text, page = looking(screen)
        undoing(screen, text, page)
        stale(screen)
        hostile(screen)
        forged(desk, screen)
        finding(screen)
        overriding(screen)
        stopping(screen)
        locking(desk, screen)
        ending(screen)
        summary(desk)
        two_at_once(desk)
        killed(desk)
        pairing(desk)
        full_disk()
        forgotten.judge()
        tap.equal(desk.stop(), 0, "SIGTERM ends it well")
        tap.ok("ours" not in desk.said(), "no fault of ours is in the log", desk.said())
    finally:
        desk.stop()
        forgotten.desk.stop()


try:
    tap.run(main)
finally:
    it.close()
