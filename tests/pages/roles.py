#!/usr/bin/python3
"""Who may open what, cell by cell: every route of the server's own table (`registrar routes`) against
everybody who may ask, and everybody's own objects against everybody else. Menus show what opens.

Usage: roles.py BUILD SOURCE
"""
import base64
import hashlib
import http.client
import json
import os
import re
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, HERE)
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from browser import Page  # noqa: E402
from programs import Programs, query  # noqa: E402
from role_table import ANY, ROUTES  # noqa: E402
from tap import Tap  # noqa: E402

BUILD, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
tap = Tap()
it = Programs(BUILD)

# The columns of the walk: accounts of each role, and staff who can go to one page or nowhere.
ROLES = {"admin": "administrator", "desk1": "communications", "rev1": "reviewer", "super2": "supervisor",
         "sec1": "security", "person": "person", "change": "must-change-password",
         "half": "code-waited-for", "set-up": "must-set-up-second-factor"}
# What ends the session that asks, or takes no form of ours.
SKIP = {("POST", "/sign-out"), ("POST", "/my/sign-out-everywhere"), ("POST", "/staff/account/sessions/end")}


class Who:
    """Somebody with a session that this test put into the store, on one connection."""

    def __init__(self, name, staff=None, person=None, stage="whole"):
        self.name, self.cookie, self.csrf = name, "", None
        if staff or person:
            token = os.urandom(32)
            self.cookie = "session=" + base64.urlsafe_b64encode(token).decode().rstrip("=")
            query(f"{it.data}/registrar.db", "INSERT INTO session (hash, staff, person_id, created, seen, stage) "
                  "VALUES (?, ?, ?, ?, ?, ?)", hashlib.sha256(token).digest(), staff, person,
                  int(time.time()), int(time.time()), stage)
        self.line = http.client.HTTPConnection("127.0.0.1", it.port, timeout=30)

    def ask(self, method, path, body=None):
        headers = {"Cookie": self.cookie} if self.cookie else {}
        if body is not None:
            headers.update({"Content-Type": "application/x-www-form-urlencoded",
                            "Origin": f"http://127.0.0.1:{it.port}"})
        for _ in range(2):  # the server closes a connection after a refusal
            try:
                self.line.request(method, path, body=body, headers=headers)
                reply = self.line.getresponse()
                text = reply.read()
                break
            except (http.client.HTTPException, OSError):
                self.line.close()
        for value in reply.headers.get_all("Set-Cookie") or []:
            pair = value.split(";")[0]
            if pair.startswith("visitor=") and "visitor=" not in self.cookie:
                self.cookie = "; ".join(filter(None, (self.cookie, pair)))
        return reply.status, reply.headers.get("Location", ""), text.decode("utf-8", "replace")

    def post(self, path, values=None):
        if not self.csrf:
            for page in ("/", "/sign-in"):
                found = re.search(r'name="csrf" value="([^"]+)"', self.ask("GET", page)[2])
                self.csrf = found.group(1) if found else self.csrf
        return self.ask("POST", path, urllib.parse.urlencode({**(values or {}), "csrf": self.csrf or ""}))


def led_away(status, location):
    """A page that is not for somebody leads to where they can go."""
    return status == 303 and re.search(r"sign-in|/staff/password$|/staff/second-factor$", location)


def walk(people, routes):
    for route in routes:
        method, pattern = route["method"], route["path"]
        allowed = dict(((m, p), a) for m, p, a in ROUTES).get((method, pattern))
        if allowed is None or (method, pattern) in SKIP:
            continue
        path = pattern.replace(":slug", "nowhere").replace(":token", "x" * 43) \
            .replace(":reference", "A-0000-0000").replace(":id", "0")
        path = re.sub(r":[a-z]+", "nosuch", path)
        wrong = []
        for name, who in people.items():
            status, location, _ = who.ask("GET", path) if method == "GET" else who.post(path)
            may = allowed == ANY or name in allowed
            refused = status == 403 or (method == "GET" and led_away(status, location) and
                                        location != path and not (may and "sign-in" not in location))
            if refused == may or status >= 500:
                wrong.append((name, status, location))
        tap.equal(wrong, [], f"{method} {pattern}")


def tables(routes):
    """The server's table, its source and this test's rows are the same."""
    with open(os.path.join(SOURCE, "registrar", "web", "routes.c"), encoding="utf-8") as file:
        source = re.findall(r'\{"(GET|POST)", "([^"]+)"', file.read())
    rows = {(m, p): a for m, p, a in ROUTES}
    tap.equal(sorted((r["method"], r["path"]) for r in routes), sorted(source), "`registrar routes` lists the source")
    tap.equal(sorted(rows), sorted(source), "each route has its row, and each row its route")
    for route in routes:
        allowed = rows.get((route["method"], route["path"]))
        wanted = [] if allowed == ANY else sorted(ROLES[n] for n in allowed or ())
        said = sorted(r for r in route["roles"] if r != "security" or "security" in wanted)
        tap.equal(said, wanted, f"the table's roles of {route['method']} {route['path']}")


def menus(people):
    """No menu has a link that its reader may not open, and each role has its own."""
    for name, who in people.items():
        status, location, text = who.ask("GET", "/staff/account")
        if status != 200:
            text = who.ask("GET", "/")[2]
        nav = re.search(r'<nav class="site-nav".*?</nav>', text, re.S)
        links = re.findall(r'href="([^"]+)"', nav.group(0)) if nav else []
        closed = [link for link in links if who.ask("GET", link)[0] != 200]
        tap.equal(closed, [], f"{name}: every item of the menu opens")
        wanted = {"admin": "/staff/accounts", "desk1": "/staff/conferences", "rev1": "/staff",
                  "super2": "/staff/conferences"}.get(name)
        tap.ok(not wanted or wanted in links, f"{name}: {wanted} is there", links)
        tap.ok(name == "admin" or "/staff/accounts" not in links, f"{name}: only administrators see the accounts")


def others_objects():
    """What a person's own pages lead to is not found for another person, and refused to staff."""
    ids = [r[0] for r in query(f"{it.data}/registrar.db",
           "SELECT DISTINCT a.person_id FROM registration r JOIN accreditation a ON a.id = r.accreditation_id "
           "ORDER BY a.person_id LIMIT 2")]
    one, other, staff = Who("one", person=ids[0]), Who("other", person=ids[1]), Who("staff", staff="desk1")
    pages, found = ["/my"], set()
    while pages:
        status, _, text = one.ask("GET", pages.pop())
        if status != 200 or not text.lstrip().startswith("<!doctype"):
            continue
        page = Page(text)
        for address in [a for a, _ in page.links] + [f.action for f in page.forms] + re.findall(r'src="([^"]+)"', text):
            path = urllib.parse.urlsplit(address).path
            if re.match(r"/(my|registrations)/[a-z]*/?.*[0-9]", path) and path not in found:
                found.add(path)
                if not any(f.action == address for f in page.forms):
                    pages.append(path)
    own = {path: one.ask("GET", path)[0] for path in found}
    opened = [path for path, status in own.items() if status == 200 and not path.endswith(".js")]
    tap.ok(len(opened) >= 4, "a person's own pages lead to objects of their own", sorted(found))
    for path in sorted(found):
        if path.endswith(".js"):
            continue
        for who, method, answer in ((other, "GET", other.ask("GET", path)[0]), (staff, "GET", staff.ask("GET", path)[0]),
                                    (other, "POST", other.post(path)[0])):
            tap.ok(answer in ((403, 404, 405) if who is staff or method == "POST" else (404, 405)),
                   f"{who.name}: {method} {re.sub('[0-9A-Z]{4,}', '...', path)}", answer)
    tap.equal([p for p in opened if one.ask("GET", p)[0] != 200], [], "and all of them stand as they were")


def main():
    it.init()
    for name, role in (("rev1", "reviewer"), ("super2", "supervisor"), ("sec1", "security"), ("change", "reviewer"),
                       ("half", "reviewer"), ("setup", "reviewer"), ("outside", "administrator"),
                       ("gone", "administrator")):
        it.registrar("staff add", name, "--role", role, "--full-name", name.title())
    it.registrar("staff dates", "outside", "--until", "2020-01-01")
    path = os.path.join(it.data, "settings.ini")
    with open(path, encoding="utf-8") as file:
        text = file.read().replace("second-factor = offered", "second-factor = required")
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    it.start()
    base = f"{it.data}/registrar.db"
    query(base, "UPDATE staff SET must_change = 1 WHERE name = 'change'")
    for name in ("admin", "desk1", "rev1", "super2", "sec1", "change", "half", "outside", "gone"):
        query(base, "INSERT INTO staff_factor (staff, sealed, state, begun) VALUES (?, zeroblob(60), 'standing', 1)", name)
    people = {"nobody": Who("nobody"), "person": Who("person", person=1), "set-up": Who("set-up", staff="setup"),
              "half": Who("half", staff="half", stage="half")}
    for name in ("admin", "desk1", "rev1", "super2", "sec1", "change", "outside", "gone"):
        people[name] = Who(name, staff=name)
    it.registrar("staff disable", "gone")
    routes = [json.loads(line) for line in it.run(it.registrar_path, "routes", "--json").splitlines()]
    tables(routes)
    menus(people)
    others_objects()
    walk(people, routes)
    # The control: the same account within its dates, and again active, opens what its role opens.
    status = people["outside"].ask("GET", "/staff/accounts")[0]
    it.registrar("staff dates", "outside", "--until", "")
    tap.equal((status, people["outside"].ask("GET", "/staff/accounts")[0]), (403, 200),
              "control: without the dates that cell would be another")
    tap.equal(it.stop(), 0, "the registrar stops cleanly")
    with open(it.path("serve.log"), encoding="utf-8", errors="replace") as file:
        tap.equal([line for line in file if " ours " in line], [], "no fault of ours in the log")


try:
    tap.run(main)
finally:
    it.close()
