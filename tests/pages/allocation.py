#!/usr/bin/python3
"""The allocation over a real `registrar serve`: set on a page, asked for, drafted with each
explanation, applied as it was seen, replayed, given on, and given out of turn.

Usage: allocation.py BUILD
"""
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
store = it.store
SLUG = "places"
PAGE = f"/staff/conferences/{SLUG}/allocation"


def local(seconds):
    return time.strftime("%Y-%m-%dT%H:%M", time.localtime(seconds))


def ask(number, outlet, klass):
    """One who asked, as registering leaves it."""
    now = int(time.time())
    store("INSERT INTO outlet (name, name_fold, local, created) VALUES (?, ?, 0, ?) "
          "ON CONFLICT DO NOTHING", outlet, outlet.lower(), now)
    store("INSERT INTO person (email, name, created) VALUES (?, ?, ?)",
          f"ask{number}@press.example", f"Asker {number}", now)
    store("INSERT INTO accreditation (person_id, outlet_id, class, state, valid_from, valid_until) "
          "SELECT p.id, o.id, ?, 'active', ?, ? FROM person p, outlet o WHERE p.email = ? "
          "AND o.name_fold = ?", klass, now - 99, now + 9999999, f"ask{number}@press.example",
          outlet.lower())
    store("INSERT INTO registration (reference, conference_id, accreditation_id, state, consented, "
          "created, changed, explanation) SELECT ?, c.id, a.id, 'requested', ?, ?, ?, '' FROM "
          "conference c, accreditation a JOIN person p ON p.id = a.person_id WHERE c.slug = ? AND "
          "p.email = ?", f"R-ASK{number:04}", now, now - 100 + number, now, SLUG,
          f"ask{number}@press.example")


def states():
    return dict(store("SELECT r.reference, r.state FROM registration r JOIN conference c ON "
                      "c.id = r.conference_id WHERE c.slug = ? ORDER BY 1", SLUG))


def row(page, reference):
    found = re.search(rf'<tr class="govuk-table__row">(?:(?!</tr>).)*{reference}.*?</tr>', page,
                      re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", found.group(0)).split()) if found else ""


def setting(desk):
    page = desk.get(f"{PAGE}/setting")
    form = page.form(f"{PAGE}/setting")
    bad = desk.submit(form, {"mode": "allocation"})
    tap.ok(bad.status == 422 and "Say by when people must ask" in bad.text,
           "without a deadline it is refused", bad.text[:400])
    saved = desk.submit(page.form(f"{PAGE}/setting"), {
        "mode": "allocation", "deadline": local(time.time() + 7200), "pool-1-name": "pool camera",
        "pool-1-places": "1", "pool-1-roles": "camera", "class-camera": "0"})
    tap.ok(saved.status == 200 and "Saved." in saved.text and "pool camera" in saved.text
           and "by pools alone" in saved.text, "pools and limits are set on a page", saved.text[:900])
    again = desk.get(f"{PAGE}/setting").body.decode()
    tap.ok('value="pool camera"' in again and re.search(
        r'value="camera"[^>]*checked|checked[^>]*value="camera"', again),
        "the form shows what stands", again[-3000:])
    public = it.browser().get(f"/conferences/{SLUG}").body.decode()
    tap.ok("Places are given by allocation: ask for one by" in public and "Pool <bdi>pool camera"
           in public, "the public page says until when, and the pools", public[-2500:])


def draft(desk):
    for number, (outlet, klass) in enumerate([
            ("Courier", 1), ("Courier", 1), ("Lumen", 3), ("Wire", 3), ("Aurore", 1), ("Bay", 1)]):
        ask(number, outlet, klass)
    page = desk.get(PAGE).body.decode()
    tap.ok("Place" in row(page, "R-ASK0000") and "place 2 of 3" in row(page, "R-ASK0000"),
           "whoever would get a place is told which", row(page, "R-ASK0000"))
    tap.ok("number 2 of Courier; the limit of an outlet is 1" in row(page, "R-ASK0001"),
           "the second of an outlet is told of its limit", row(page, "R-ASK0001"))
    tap.ok("place 1 of 1 of the pool" in row(page, "R-ASK0002"), "the pool's place is explained",
           row(page, "R-ASK0002"))
    tap.ok("come in by a pool alone" in row(page, "R-ASK0003"), "a class of pools alone waits",
           row(page, "R-ASK0003"))
    tap.ok("All 3 places are taken" in row(page, "R-ASK0005"), "a full room is explained",
           row(page, "R-ASK0005"))
    tap.ok(set(states().values()) == {"requested"}, "looking changes nothing", states())


def apply(desk):
    seen = desk.get(PAGE)
    ask(6, "Harbour", 1)
    stale = desk.submit(seen.form(rf"^{PAGE}$"))
    tap.ok(stale.status == 409 and "Something changed since you looked" in stale.text
           and set(states().values()) == {"requested"}, "what was not seen is not applied",
           stale.status)
    done = desk.submit(stale.form(rf"^{PAGE}$"))
    tap.ok(done.status == 200 and "Everybody is told by mail" in done.text, "the run is applied",
           done.text[:400])
    now = states()
    tap.ok([now[f"R-ASK000{i}"] for i in range(7)] == [
        "confirmed", "waitlisted", "confirmed", "waitlisted", "confirmed", "waitlisted",
        "waitlisted"], "places and waiting list stand as they were shown", now)
    mail = it.wait_mail("ask1@press.example", 1)[0]
    tap.ok("waiting list" in mail[0] and "number 2 of Courier" in " ".join(mail[1].split()),
           "the reason is in the mail", mail)
    mail = it.wait_mail("ask2@press.example", 1)[0]
    tap.ok("You are registered" in mail[0] or "registered" in mail[1], "and so is the pass", mail)


def replay(desk):
    page = desk.get(f"{PAGE}?replay=yes").text
    tap.ok("gives the same for all 7 registrations" in page, "the page decides the run again", "")
    out = it.registrar("allocation replay", SLUG)
    tap.ok("the same for 7 registrations" in out, "so does the command", out)
    store("UPDATE allocation_case SET outcome = 1 WHERE registration_id = (SELECT id FROM "
          "registration WHERE reference = 'R-ASK0001')")
    it.registrar("allocation replay", SLUG, code=1)
    tap.ok("1 of 7 registrations come out otherwise" in it.said,
           "control: a result that was changed is found", it.said)


def after(desk):
    give = desk.get(f"{PAGE}/give?registration=R-ASK0005")
    tap.ok(give.status == 200 and "The room is full" in give.text, "a place out of turn says that "
           "the room is full", give.text[:300])
    refused = desk.submit(give.form(f"{PAGE}/give"), {"reason": ""})
    tap.ok(refused.status == 422 and states()["R-ASK0005"] == "waitlisted",
           "it needs a reason", refused.status)
    desk.submit(refused.form(f"{PAGE}/give"), {"reason": "Sign-language interpreter"})
    page = desk.get(PAGE).body.decode()
    tap.ok(states()["R-ASK0005"] == "confirmed" and "Given by the desk (desk1)" in
           row(page, "R-ASK0005"), "it is given, and said who gave it", row(page, "R-ASK0005"))
    said = store("SELECT count(*) FROM log_detail WHERE detail LIKE '%Sign-language interpreter%'")
    tap.ok(said[0][0] == 1, "the reason is journaled", said)


def limited(desk):
    """Limits that were set while somebody waited."""
    one = [reference for reference, state in states().items() if state == "waitlisted"][-1]
    other = store("SELECT id FROM conference WHERE slug <> ? LIMIT 1", SLUG)[0][0]
    number = store("SELECT accreditation_id FROM registration WHERE reference = ?", one)[0][0]
    give = desk.get(f"{PAGE}/give?registration={one}")
    store("INSERT INTO accreditation_limit (accreditation_id, conference_id) VALUES (?, ?)", number, other)
    refused = desk.submit(give.form(f"{PAGE}/give"), {"reason": "Interpreter"})
    tap.ok("leave this conference out" in refused.text and states()[one] == "waitlisted",
           "no place is given beyond an accreditation's limits", refused.status)
    tap.ok("accreditation" in row(desk.get(PAGE).body.decode(), one),
           "and the list says why", row(desk.get(PAGE).body.decode(), one))


def by_itself():
    it.registrar("conference add", "--title", "Alone", "--slug", "alone", "--starts",
                 local(time.time() + 9000), "--capacity", "5")
    it.registrar("allocation set", "alone", "--deadline", local(time.time() - 60), "--by-itself")
    ran = None
    for _ in range(100):
        ran = store("SELECT r.state, r.made_by FROM allocation_run r JOIN conference c ON "
                    "c.id = r.conference_id WHERE c.slug = 'alone'")
        if ran and ran[0][0] == "applied":
            break
        time.sleep(0.05)
    tap.ok(ran == [("applied", None)], "at its deadline a run is made by itself", ran)


def main():
    it.init()
    os.environ["TZ"] = "America/Toronto"
    time.tzset()
    it.start()
    it.registrar("conference add", "--title", "Places", "--slug", SLUG, "--starts",
                 local(time.time() + 86400), "--capacity", "3", "--per-outlet", "1")
    one = people.staff(it, "desk1")
    setting(one)
    draft(one)
    apply(one)
    replay(one)
    after(one)
    limited(one)
    by_itself()


try:
    tap.run(main)
finally:
    it.close()
