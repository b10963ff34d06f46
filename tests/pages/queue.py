#!/usr/bin/python3
"""The review queue over a real `registrar serve`: its order and reasons, filters and pages, who has
what, holds, notes that never leave, limits that hold at registration, second reviewers, two at once,
and the log of looks at files.

Usage: queue.py BUILD SOURCE
"""
import json
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import people  # noqa: E402
from programs import Programs  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
it = Programs(os.path.abspath(sys.argv[1]))
post, store = people.post, it.store
TODAY, TOMORROW = "today-harbour-street", "tomorrow-road-safety"
NOW = int(time.time())


def application(reference, name="Ana Roy", outlet="The Lantern", klass=1, due=NOW + 3600,
                state="submitted", outlet_id=None, person=None, email=None):
    store("INSERT INTO application (reference, state, email, name, outlet, outlet_id, class, proof,"
          " created, submitted, due, person_id) VALUES (?, ?, ?, ?, ?, ?, ?, 'work', ?, ?, ?, ?)",
          reference, state, email or f"{reference.lower()}@x.example", name, outlet, outlet_id, klass,
          NOW - 60, NOW - 60, due, person)
    return f"/staff/applications/{reference}"


def order(page):
    """The references of the list, as they stand."""
    table = page.body.decode().split("<tbody", 1)[-1].split("</tbody>", 1)[0]
    return re.findall(r'body-s">([AQR]-[A-Z0-9-]+)<', table)


GOOD = {"outlet": "0", "months": "12", "message": "Welcome", "note": ""}
NO = {"criterion": "proof-missing", "refusal-message": "Please send work.", "refusal-note": "SECRET-A"}


# ---- order and filters ----

def orders(desk):
    store("DELETE FROM work")
    store("UPDATE conference SET emerging = 0")
    local = store("SELECT id FROM outlet WHERE local = 1 LIMIT 1")
    if not local:
        store("INSERT INTO outlet (name, name_fold, local, created) VALUES ('Lake Post', 'lake post', 1, 1)")
        local = store("SELECT id FROM outlet WHERE local = 1 LIMIT 1")
    application("A-SOON-0001", due=NOW + 600)
    application("A-LATE-0001", due=NOW - 600, name="Bo Late")
    application("A-LOCL-0001", due=NOW + 7200, outlet_id=local[0][0])
    application("A-STUD-0001", due=NOW + 9 * 86400, klass=7, name="Élodie Roy")
    shown = desk.get("/staff")
    tap.equal(order(shown), ["A-LOCL-0001", "A-LATE-0001", "A-SOON-0001", "A-STUD-0001"],
              "local media come first, then what is due first")
    tap.ok("; local media come first" in shown.text and shown.text.count("Overdue") >= 2,
           "the reason and what is overdue are said")
    store("UPDATE conference SET emerging = 1, classes = 128 WHERE slug = ?", TODAY)
    shown = desk.get("/staff")
    tap.equal(order(shown), ["A-STUD-0001", "A-LOCL-0001", "A-LATE-0001", "A-SOON-0001"],
              "whom an emerging matter admits comes before all others")
    tap.ok("; emerging matter first" in shown.text, "and why is said")
    store("UPDATE conference SET emerging = 0, classes = 16777215 WHERE slug = ?", TODAY)
    for asked, found in (("overdue=yes", ["A-LATE-0001"]), ("local=yes", ["A-LOCL-0001"]),
                         ("class=student", ["A-STUD-0001"]), ("find=bo+la", ["A-LATE-0001"]),
                         ("find=locl", ["A-LOCL-0001"]), ("kind=appeal", []), ("who=me", [])):
        tap.equal(order(desk.get("/staff?" + asked)), found, "filter " + asked)
    tap.ok("Nothing fits this filter" in desk.get("/staff?kind=appeal").text, "an empty one says so")
    tap.equal(desk.get("/staff?after=x").status, 400, "a place that is none is refused")
    for i in range(60):
        application(f"A-PAGE-{i:04}", due=NOW + 10000 + i)
    first = desk.get("/staff")
    follow = re.search(r'href="(/staff\?after=[^"]+)"', first.body.decode()).group(1).replace("&amp;", "&")
    second = desk.get(follow)
    both = order(first) + order(second)
    tap.ok(len(order(first)) == 50 and len(both) == 64 and len(set(both)) == 64,
           "two pages have every item once", len(both))
    store("DELETE FROM work WHERE application_id IN (SELECT id FROM application WHERE reference LIKE 'A-PAGE-%')")


# ---- who has it; holds; notes ----

def steps(desk, other):
    path = application("A-STEP-0001")
    shown = desk.get(path).text
    tap.ok("Ana Roy is refused at once" in shown and "You can't take a refusal back" in shown and
           "a-step-0001@x.example" in shown and "It can be undone" in shown,
           "both decisions say what happens, to whom, and whether it can be undone", shown)
    tap.equal(post(desk, path + "/take").status, 303, "an item is taken")
    tap.equal(order(desk.get("/staff?who=me")), ["A-STEP-0001"], "and is mine")
    tap.equal(post(desk, path + "/assign", {"to": "rev1"}).status, 303, "given to a colleague")
    tap.equal(order(other.get("/staff?who=me")), ["A-STEP-0001"], "it is theirs")
    tap.equal(post(desk, path + "/assign", {"to": "super2"}).status, 422,
              "who does not review gets none")
    tap.equal(post(other, path + "/put-back").status, 303, "it is put back")
    day = time.strftime("%Y-%m-%d", time.localtime(NOW + 5 * 86400))
    tap.equal(post(desk, path + "/hold", {"hold-until": "2020-01-01", "hold-reason": "x"}).status, 422,
              "a day that is over is refused")
    tap.equal(post(desk, path + "/hold", {"hold-until": day, "hold-reason": "letter promised"}).status,
              303, "it is held")
    tap.ok("A-STEP-0001" not in order(desk.get("/staff")) and
           order(desk.get("/staff?show=held")) == ["A-STEP-0001"], "and stands with what is held")
    store("UPDATE work SET held_until = ? WHERE held_until IS NOT NULL", NOW - 1)
    tap.ok("A-STEP-0001" in order(desk.get("/staff")), "it comes back by itself")
    tap.equal(post(desk, path + "/pre-approve").status, 303, "it is pre-approved")
    tap.ok("Pre-approved" in desk.get("/staff").text, "which the queue shows")
    for words in ("SECRET-ONE", "SECRET-TWO"):
        post(desk, path + "/note", {"internal-note": words})
    shown = desk.get(path).text
    tap.ok("SECRET-ONE" in shown and "SECRET-TWO" in shown and "letter promised" in shown and
           "pre-approved it" in shown and "put it back" in shown, "the page has notes and history")


# ---- a second reviewer ----

def setting(value):
    it.stop()
    path = os.path.join(it.data, "settings.ini")
    with open(path, encoding="utf-8") as file:
        text = re.sub(r"(?m)^second-reviewer = .*$", f"second-reviewer = {value}", file.read())
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    it.start()


def second(desk, other, third):
    ana = store("SELECT id, email FROM person ORDER BY id LIMIT 1")[0]
    path = application("A-TWOS-0001", person=ana[0], email=ana[1])
    state = lambda: store("SELECT state FROM application WHERE reference = 'A-TWOS-0001'")[0][0]
    mails = len(it.mails(ana[1]))
    done = post(desk, path + "/refuse", NO)
    tap.equal((done.headers.get("Location"), state()), ("/staff?done=proposed", "submitted"),
              "a refusal is proposed, and nothing decided")
    tap.equal(post(desk, path + "/confirm").status, 403, "who proposed does not confirm")
    tap.equal(state(), "submitted", "and nothing is decided by it")
    late = post(other, path + "/approve", dict(GOOD, message="TYPED-WORDS"))
    tap.ok(late.status == 409 and "TYPED-WORDS" in late.body.decode(),
           "a decision beside a proposal is refused, and what was typed stands")
    tap.equal(post(other, path + "/send-back", {"why": "SECRET-BACK"}).status, 303, "it is sent back")
    tap.equal(post(desk, path + "/confirm").status, 409, "then nothing is there to confirm")
    post(desk, path + "/refuse", NO)
    tap.equal(len(it.mails(ana[1])), mails, "nobody was written to so far")
    tap.equal((post(other, path + "/confirm").headers.get("Location"), state()),
              ("/staff?done=refused", "refused"), "another one confirms it")
    person = people.reporter(it, ana[1], "127.0.1.7")
    tap.equal(post(person, "/my/applications/A-TWOS-0001/appeal", {"appeal": "I do work"}).status, 303,
              "it is appealed")
    for who, words in ((desk, "proposed"), (other, "confirmed")):
        tap.equal(post(who, path + "/approve", GOOD).status, 403,
                  f"who {words} the refusal does not decide the appeal")
        tap.equal(post(who, path + "/refuse", NO).status, 403, "neither way")
    tap.equal(post(third, path + "/approve", GOOD).headers.get("Location"), "/staff?done=approved",
              "somebody else does")
    own = person.get("/my/applications/A-TWOS-0001").body.decode() + \
        person.get("/my/data").body.decode() + person.request("GET", "/my/data.json").body.decode() + \
        "".join(text for _, text in it.mails())
    tap.ok("SECRET" not in own, "no page of the person, export or mail has a note")
    return person, ana


def given_role(desk):
    store("INSERT INTO person (email, name, created) VALUES ('role@x.example', 'Role Given', 1)")
    number = store("SELECT id FROM person WHERE email = 'role@x.example'")[0][0]
    path = application("A-ROLE-0001", person=number, email="role@x.example", name="Role Given")
    state = lambda: store("SELECT state FROM application WHERE reference = 'A-ROLE-0001'")[0][0]
    done = post(desk, path + "/approve", dict(GOOD, **{"class": "camera"}))
    tap.equal((done.headers.get("Location"), state()), ("/staff?done=proposed", "submitted"),
              "a role that needs two is not given by one because another was asked for")


def alone(desk):
    path = application("A-ALON-0001")
    tap.equal(post(desk, path + "/refuse", NO).headers.get("Location"), "/staff?done=refused",
              "the control: where no second reviewer is asked for one decides alone")


def at_once(desk, other):
    path = application("A-ONCE-0001")
    desk.get(path)
    post(other, path + "/refuse", NO)
    late = post(desk, path + "/approve", dict(GOOD, message="LONG-MESSAGE", note="LONG-NOTE"))
    text = late.body.decode()
    tap.ok(late.status == 409 and "refused it on" in text and "LONG-MESSAGE" in text and
           "LONG-NOTE" in text, "the second of two is told who decided, and loses nothing typed")


# ---- limits ----

def limits(desk):
    ana = store("SELECT p.id, p.email, p.name FROM person p WHERE NOT EXISTS (SELECT 1 FROM "
                "accreditation a WHERE a.person_id = p.id) LIMIT 1")
    if not ana:
        store("INSERT INTO person (email, name, created) VALUES ('lim@x.example', 'Lim Ited', 1)")
        ana = store("SELECT id, email, name FROM person WHERE email = 'lim@x.example'")
    number, email, name = ana[0]
    path = application("A-LIMI-0001", person=number, email=email, name=name, outlet="Limit Weekly")
    only = store("SELECT id FROM conference WHERE slug = ?", TODAY)[0][0]
    done = post(desk, path + "/approve", dict(GOOD, conference=str(only)))
    tap.equal(done.headers.get("Location"), "/staff?done=approved", "approved for one conference only")
    tap.equal(store("SELECT state FROM accreditation WHERE person_id = ?", number)[0][0], "limited",
              "the accreditation is limited")
    person = people.reporter(it, email, "127.0.1.7")
    number_of = store("SELECT id FROM accreditation WHERE person_id = ?", number)[0][0]
    wish = {"accreditation": str(number_of), "consent": "yes"}
    refused = post(person, f"/conferences/{TOMORROW}/register", wish)
    tap.ok(refused.status != 303 and "does not cover this conference" in refused.body.decode(),
           "another conference is refused", refused.status)
    store("DELETE FROM accreditation_limit WHERE accreditation_id = ?", number_of)
    tap.equal(post(person, f"/conferences/{TOMORROW}/register", wish).status, 303,
              "the control: without the limit it is taken")
    store("INSERT INTO accreditation_limit (accreditation_id, conference_id) VALUES (?, ?)", number_of,
          only)
    tap.equal(post(person, f"/conferences/{TODAY}/register", wish).status, 303,
              "the one it is for is taken")


# ---- who looked ----

def looks(desk, admin, person, ana):
    shown = admin.get("/staff/views")
    tap.ok("A-TWOS-0001" in shown.text and "to review application" in shown.text,
           "each look stands in the log with its reason")
    tap.ok("A-TWOS-0001" in admin.get(f"/staff/views?person={ana[0]}").text and
           "A-STEP-0001" not in admin.get(f"/staff/views?person={ana[0]}").text, "by person")
    tap.ok("A-TWOS-0001" not in admin.get("/staff/views?staff=super2").text, "by member of staff")
    mine = json.loads(person.request("GET", "/my/data.json").body)["views"]
    tap.ok(any(v["reference"] == "A-TWOS-0001" and v["side"] == "communications" for v in mine) and
           not any("desk1" in json.dumps(v) for v in mine), "the person reads roles and reasons")
    tap.ok("Who of our staff looked" in person.get("/my/data").text, "and on the page")
    path = f"/staff/people/{ana[0]}"
    asked = desk.get(path)
    tap.ok("Why do you open the file" in asked.text and ana[1] not in asked.text,
           "a file that no work leads to asks for a reason first")
    tap.equal(post(desk, path + "/reason", {"reason": "other", "words": "", "back": path}).status, 422,
              "which is needed")
    tap.equal(post(desk, path + "/reason", {"reason": "inquiry", "words": "called us", "back": path})
              .headers.get("Location"), path, "it is given")
    opened = desk.get(path)
    tap.ok(ana[1] in opened.text, "then the file opens")
    tap.ok("called us" in admin.get(f"/staff/views?person={ana[0]}").text, "and the reason is noted")
    away = post(desk, path + "/reason", {"reason": "inquiry", "words": "", "back": "//evil.example/"})
    tap.equal(away.headers.get("Location"), "/staff", "it leads to pages of ours alone")


def main():
    it.init()
    for name, role in (("rev1", "reviewer"), ("rev2", "reviewer")):
        it.registrar("staff add", name, "--role", role, "--full-name", name.title(),
                     "--password-file", it.path("password"))
    it.start()
    desk, other, third, admin = (people.staff(it, name) for name in ("desk1", "rev1", "rev2", "admin"))
    orders(desk)
    steps(desk, other)
    alone(desk)
    at_once(desk, other)
    limits(desk)
    setting("refusals")
    person, ana = second(desk, other, third)
    looks(desk, admin, person, ana)
    setting("camera")
    given_role(desk)
    with open(it.path("serve.log"), encoding="utf-8", errors="replace") as file:
        tap.equal([line for line in file if " ours " in line], [], "nothing went wrong on our side")


try:
    tap.run(main)
finally:
    it.close()
