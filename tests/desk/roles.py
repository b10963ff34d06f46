#!/usr/bin/python3
"""Who may open what on the desk, cell by cell: every route of its table against everybody who may
ask. A route without a row here fails, and so does a row without a route.

Usage: roles.py BUILD SOURCE
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
from house import PIN, SUPER_PIN, TODAY, Desk, House  # noqa: E402
from tap import Tap  # noqa: E402

BUILD, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
tap = Tap()
it = House(BUILD)

# in: answered; shift: led to the sign-in; unlock: led to the unlocking; no: 403, and nothing done;
# super: asks for a supervisor's name and PIN; desk: only at the desk itself.
# stranger: a device on the network that is not paired; tablet: one that is, with an officer's shift.
COLUMNS = ("nobody", "officer", "supervisor", "locked", "tablet", "stranger")
TABLE = """
GET  /                    shift   in      in      in      in      no
GET  /shift               in      in      in      in      in      no
POST /shift               in      in      in      in      in      no
POST /shift/lock          no      unlock  unlock  unlock  unlock  no
GET  /shift/unlock        shift   in      in      in      in      no
POST /shift/unlock        no      in      in      in      in      no
GET  /shift/hand-over     shift   in      in      in      in      no
POST /shift/hand-over     no      in      in      in      in      no
GET  /shift/end           shift   in      in      unlock  in      no
POST /shift/end           no      in      in      no      in      no
GET  /desk                shift   in      in      unlock  in      no
POST /desk/look           no      in      in      no      in      no
POST /desk/pick           no      in      in      no      in      no
POST /desk/admit          no      in      in      no      in      no
POST /desk/deny           no      in      in      no      in      no
GET  /desk/override       shift   in      in      unlock  in      no
POST /desk/override       no      super   in      no      super   no
POST /desk/left           no      in      in      no      in      no
POST /desk/exit           no      in      in      no      in      no
POST /desk/undo           no      in      in      no      in      no
GET  /desk/refer          shift   in      in      unlock  in      no
POST /desk/refer          no      in      in      no      in      no
GET  /desk/accept-stale   shift   in      in      unlock  in      no
POST /desk/accept-stale   no      super   in      no      super   no
GET  /desk/search         shift   in      in      unlock  in      no
GET  /desk/referrals      shift   in      in      unlock  in      no
POST /desk/answered       no      in      in      no      in      no
GET  /desk/conflicts      shift   in      in      unlock  in      no
GET  /desk/last           shift   in      in      unlock  in      no
GET  /desk/stop           shift   in      in      unlock  in      no
POST /desk/stop           no      super   in      no      super   no
POST /desk/lift           no      super   in      no      super   no
GET  /desk/now            no      in      in      in      in      no
GET  /pair                shift   in      in      unlock  in      no
POST /pair/new            no      super   in      no      desk    no
GET  /pair/code.svg       shift   in      in      unlock  in      no
POST /pair/revoke         no      in      in      no      in      no
GET  /join/:token         in      in      in      in      in      in
POST /join/:token         in      in      in      in      in      in
GET  /ready               in      in      in      in      in      no
GET  /ready/card          in      in      in      in      in      no
POST /ready/card          in      in      in      in      in      no
GET  /photo/:hash         shift   in      in      unlock  in      no
"""
ROWS = {tuple(line.split()[:2]): line.split()[2:] for line in TABLE.strip().splitlines()}

# A form that the handler takes, where an empty one would say nothing of who may send it.
FORMS = {
    "/desk/look": {"text": "no pass of ours"},
    "/desk/pick": {"person": "0" * 32},
    "/desk/admit": {"look": 0}, "/desk/exit": {"look": 0},
    "/desk/deny": {"look": 0, "reason": "conduct", "words": ""},
    "/desk/override": {"look": 0, "words": "x", "person": "A B", "supervisor": "", "pin": ""},
    "/desk/undo": {"entry": "1-1"},
    "/desk/left": {"person": "0" * 32},
    "/desk/refer": {"look": 0, "kind": "no-phone", "person": "Mira Holt", "words": ""},
    "/desk/accept-stale": {"minutes": 15, "words": "x", "supervisor": "", "pin": ""},
    "/desk/answered": {"referral": "0" * 32, "act": "close"},
    "/desk/stop": {"scope": "conference", "words": "x", "supervisor": "", "pin": ""},
    "/desk/lift": {"stop": "?", "words": "x", "supervisor": "", "pin": ""},
    "/pair/new": {"supervisor": "", "pin": ""},
    "/pair/revoke": {"pairing": 999},
    "/ready/card": {"text": "x"},
    "/shift": {"officer": "", "pin": "", "conference": TODAY},
    "/shift/unlock": {"pin": ""},
    "/shift/hand-over": {"officer": "", "pin": ""},
}
# After these a shift is another than before.
TURNS = {"/shift", "/shift/lock", "/shift/unlock", "/shift/hand-over", "/shift/end"}


def routes():
    with open(os.path.join(SOURCE, "gate", "desk", "site.c"), encoding="utf-8") as file:
        return re.findall(r'\{"([A-Z]+)", "([^"]+)"', file.read())


def said(answer):
    """What an answer came to, in the table's words."""
    where = (answer.headers.get("Location") or "") if answer.status == 303 else ""
    if answer.status == 403:
        return "no"
    if answer.status >= 500:
        return f"failed {answer.status}"
    if answer.status == 422 and "Only a supervisor may do this" in answer.text:
        return "super"
    if answer.status == 409 and answer.text.count("are paired at the desk itself") == 2:
        return "desk"
    return {"/shift": "shift", "/shift/unlock": "unlock"}.get(where, "in")


class Who:
    """One column: a screen in its state, made anew where a request has changed it."""

    def __init__(self, name, browse, form="/ready"):
        """form: a page that this one may open and that has a form."""
        self.name, self.browse, self.form, self.screen = name, browse, form, None

    def ready(self):
        if self.screen is None:
            self.screen = self.browse()
            self.token = re.search(r'name="csrf" value="([^"]+)"',
                                   self.screen.raw(self.form).body.decode()).group(1)
        return self.screen

    def ask(self, method, pattern, form):
        screen = self.ready()
        path = pattern.replace(":token", "x" * 43).replace(":hash", "0" * 64)
        if method == "GET":
            answer = screen.raw(path)
        else:
            answer = screen.post(path, form, csrf=self.token, follow=False)
        if pattern in TURNS and method == "POST":
            self.screen = None
        return said(answer)


def signed_in(screen, officer="officer1", pin=PIN, lock=False):
    shown = screen.sign_in(officer, pin)
    if shown.status != 200:
        raise AssertionError(f"{officer} does not sign in: {shown.text[:200]}")
    if lock:
        screen.post("/shift/lock")
    return screen


def new_link(screen, **who):
    made = screen.post("/pair/new", {"supervisor": "", "pin": "", **who})
    return re.search(r"https://[\d.:]+(/join/[\w-]+)", made.text).group(1)


def join(desk, link, name):
    device = desk.lan_browser()
    device.b.submit(device.get(link).form("/join/"), {"name": name})
    return device


def with_shift(tablet):
    tablet.b.cookies.pop("__Host-gate-session", None)
    return signed_in(tablet)


def standing(screen):
    return [dict(f.fields)["stop"] for f in screen.get("/desk/stop").page.forms
            if f.action == "/desk/lift"]


def form_of(pattern, chief, method):
    form = dict(FORMS.get(pattern, {}))
    if pattern == "/desk/lift" and method == "POST":
        if not standing(chief):
            chief.post("/desk/stop", dict(FORMS["/desk/stop"]))
        form["stop"] = standing(chief)[0]
    return form


def cells(desk):
    chief = signed_in(desk.browser(), "super1", SUPER_PIN)
    tablet = join(desk, new_link(chief), "Tablet")
    link = new_link(chief)
    columns = [
        Who("nobody", desk.browser),
        Who("officer", lambda: signed_in(desk.browser())),
        Who("supervisor", lambda: signed_in(desk.browser(), "super1", SUPER_PIN)),
        Who("locked", lambda: signed_in(desk.browser(), lock=True)),
        Who("tablet", lambda: with_shift(tablet)),
        Who("stranger", desk.lan_browser, link),
    ]
    for (method, pattern), row in ROWS.items():
        found = [who.ask(method, pattern, form_of(pattern, chief, method)) for who in columns]
        tap.equal(dict(zip(COLUMNS, found)), dict(zip(COLUMNS, row)), f"{method} {pattern}")
    for one in standing(chief):
        chief.post("/desk/lift", {"stop": one, "words": "x", "supervisor": "", "pin": ""})


def names_in_the_journal(desk):
    """Who lets a device in, and who ends it."""
    screen = signed_in(desk.browser())
    tablet = join(desk, new_link(screen, supervisor="super1", pin=SUPER_PIN), "Phone")
    tap.ok(("boot", "paired", "super1") in [e[:3] for e in it.entries("north-door")],
           "at an officer's desk a supervisor's word lets a device in, in the supervisor's name")
    line = re.search(r'Phone</bdi>.*?name="pairing" value="(\d+)"',
                     screen.get("/pair").body.decode(), re.S)
    screen.post("/pair/revoke", {"pairing": line.group(1)})
    tap.equal(it.entries("north-door")[-1][:3], ("boot", "unpaired", "officer1"),
              "an officer revokes it, in the officer's name")
    tap.equal(tablet.raw("/shift").status, 403, "at once")


def main():
    found = routes()
    tap.equal(sorted(found), sorted(ROWS), "each route has a row here, and each row its route")
    tap.ok(len(found) > 40 and len(set(found)) == len(found), "no route stands twice", len(found))
    it.open("north-door")
    desk = Desk(it, "north-door", lan=True).start()
    try:
        cells(desk)
        names_in_the_journal(desk)
        tap.equal(desk.stop(), 0, "SIGTERM ends it well")
        tap.ok("ours" not in desk.said(), "no fault of ours is in its log", desk.said()[-500:])
    finally:
        desk.stop()
    weak = Desk(it, "north-door", lan=True, weak=["any_officer=1"]).start()
    try:
        officer = Who("officer", lambda: signed_in(weak.browser()))
        tap.equal(officer.ask("POST", "/pair/new", FORMS["/pair/new"]), "in",
                  "control: where any officer is a supervisor the cell would be another")
    finally:
        weak.stop()


try:
    tap.run(main)
finally:
    it.close()
