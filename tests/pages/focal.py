#!/usr/bin/python3
"""Focal points over a real `registrar serve`: who is one, what they say of applicants, their crew's
places; and that nobody reaches another outlet's people.

Usage: focal.py BUILD
"""
import os
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
TOMORROW = "tomorrow-road-safety"


def reporter(email, network):
    return people.reporter(it, email, f"127.0.2.{network}")


def post(browser, path, page="/my/data", **pairs):
    return people.post(browser, path, pairs, pages=[page])


def crews():
    """Two outlets with people who stand with them and are registered for nothing tomorrow."""
    rows = store("SELECT a.outlet_id, o.name, a.id, p.email, p.name, p.id FROM accreditation a "
                 "JOIN outlet o ON o.id = a.outlet_id JOIN person p ON p.id = a.person_id "
                 "WHERE a.state = 'active' AND a.valid_until > ? AND a.class = 1 AND NOT EXISTS ("
                 "SELECT 1 FROM registration r JOIN accreditation b ON b.id = r.accreditation_id "
                 "JOIN conference c ON c.id = r.conference_id WHERE b.person_id = p.id "
                 "AND c.slug = ?) ORDER BY a.id", int(time.time()) + 86400, TOMORROW)
    first = rows[0]
    second = next(row for row in rows if row[0] != first[0] and row[5] != first[5])
    third = next(row for row in rows if row[5] not in (first[5], second[5]))
    # The third works with the first.
    store("UPDATE accreditation SET outlet_id = ? WHERE id = ?", first[0], third[2])
    return first, second, (*first[:2], *third[2:])


def application(outlet, person, reference):
    now = int(time.time())
    store("INSERT INTO application (reference, state, email, name, outlet, outlet_id, class, proof, "
          "created, submitted, due, person_id) SELECT ?, 'submitted', email, name, 'X', ?, 1, "
          "'Proof', ?, ?, ?, id FROM person WHERE id = ?", reference, outlet, now - 60, now - 60,
          now + 7140, person)


def command(focal, stranger):
    it.registrar("outlet focal add", focal[1], stranger[3], code=1)
    tap.ok("not accredited with" in it.said, "who does not stand with an outlet can't answer for it",
           it.said)
    it.registrar("outlet focal add", "Nobody Knows", focal[3], code=1)
    it.registrar("outlet focal add", focal[1], code=2)
    for _ in range(2):
        it.registrar("outlet focal add", focal[1], focal[3].upper())
    tap.equal(it.registrar("outlet focal list").splitlines(), [f"{focal[1]}\t{focal[3]}"],
              "staff make a focal point; twice is once")


def vouching(focal, stranger, member, browser, other):
    application(focal[0], stranger[5], "A-OURS-0001")
    application(stranger[0], member[5], "A-THRS-0001")
    application(focal[0], focal[5], "A-SELF-0001")
    own = f"/my/outlets/{focal[0]}"
    tap.ok(own in [a for a, _ in browser.get("/my").page.links], "their page leads to the outlet")
    page = browser.get(own)
    tap.ok("A-OURS-0001" in page.text and member[4] in page.text, "who applies and who belongs to it",
           page.text)
    tap.ok("A-THRS-0001" not in page.text and "A-SELF-0001" not in page.text,
           "not who applies for another outlet, nor oneself", page.text)
    empty = browser.submit(page.form("/vouch/A-OURS-0001$"), {"words": "x"})
    tap.ok(empty.status == 422 and "whether this person works" in empty.text, "an answer is needed")
    browser.submit(page.form("/vouch/A-OURS-0001$"),
                   {"works": "yes", "words": "On our <b>night</b> desk."})
    tap.equal(store("SELECT person_id, works, words FROM vouch"),
              [(focal[5], 1, "On our <b>night</b> desk.")], "the word is kept")
    for path, words in ((f"{own}/vouch/A-THRS-0001", "of another outlet's applicant"),
                        (f"{own}/vouch/A-SELF-0001", "of oneself"),
                        (f"/my/outlets/{stranger[0]}/vouch/A-THRS-0001", "at another outlet"),
                        ("/my/outlets/999999/vouch/A-OURS-0001", "at no outlet"),
                        ("/my/outlets/x/vouch/A-OURS-0001", "at what is no number")):
        tap.equal(post(browser, path, works="yes", words="").status, 404, f"none {words}")
    tap.equal(post(other, f"{own}/vouch/A-OURS-0001", works="no", words="").status, 404,
              "nor from who is no focal point")
    tap.equal(store("SELECT count(*) FROM vouch"), [(1,)], "nothing else was kept")
    seen = people.staff(it, "admin").get("/staff/applications/A-OURS-0001")
    tap.ok("vouches for the applicant" in seen.text and focal[3] in seen.text and
           "On our <b>night</b> desk." in seen.text, "the desk sees who said what and when", seen.text)


def places(focal, stranger, member, browser, other):
    path = f"/my/outlets/{focal[0]}/conferences/{TOMORROW}"
    shown = browser.get(path)
    tap.ok(member[4] in shown.text and stranger[4] not in shown.text, "the crew and nobody else",
           shown.text)
    before = len(it.mails(member[3]))
    tap.equal(post(browser, path + "/register", accreditation=member[2]).status, 422,
              "without consent to screening nobody is registered")
    tap.equal(post(browser, path + "/register", accreditation=member[2], consent="yes").status, 303,
              "a member is registered")
    mine = "SELECT r.state FROM registration r JOIN conference c ON c.id = r.conference_id " \
           "WHERE c.slug = ? AND r.accreditation_id = ?"
    tap.ok(store(mine, TOMORROW, member[2])[0][0] in ("confirmed", "waitlisted"), "in the store")
    tap.ok(it.wait_mail(member[3], before + 1), "and gets the mail")
    for line, accreditation, where, words in (
            (browser, stranger[2], path, "another outlet's member"),
            (browser, 999999, path, "nobody's accreditation"),
            (browser, stranger[2], path.replace(f"/{focal[0]}/", f"/{stranger[0]}/"),
             "a member of an outlet that is not theirs"),
            (other, member[2], path, "a member, by who is no focal point")):
        for verb in ("register", "cancel"):
            tap.equal(post(line, f"{where}/{verb}", accreditation=accreditation,
                           consent="yes").status, 404, f"{verb}: {words}")
    tap.equal(store(mine, TOMORROW, stranger[2]), [], "nobody else was registered")
    tap.equal(post(browser, path + "/cancel", accreditation=member[2]).status, 303, "and cancelled")
    tap.equal(store(mine, TOMORROW, member[2]), [("cancelled",)], "in the store")
    text = it.wait_mail(member[3], before + 2)[-1][1]
    tap.ok("focal point" in store("SELECT explanation FROM registration WHERE accreditation_id = ? "
                                  "ORDER BY id DESC", member[2])[0][0], "it says who did it", text)
    tap.equal(post(browser, path + "/cancel", accreditation=member[2]).status, 404,
              "there is nothing more to cancel")
    tap.equal(store("SELECT count(*) FROM log_entry WHERE staff = ?", f"focal{focal[5]}"), [(2,)],
              "the journal names the focal point, who registered and cancelled")


def ended(focal, browser):
    own = f"/my/outlets/{focal[0]}"
    store("UPDATE accreditation SET state = 'suspended' WHERE id = ?", focal[2])
    tap.equal(browser.request("GET", own).status, 404, "while suspended they answer for nobody")
    store("UPDATE accreditation SET state = 'active' WHERE id = ?", focal[2])
    tap.equal(browser.request("GET", own).status, 200, "control: else they do")
    it.registrar("outlet focal remove", focal[1], focal[3])
    tap.equal(browser.request("GET", own).status, 404, "nor once staff end it")
    tap.ok(own not in browser.get("/my").body.decode(), "and their page leads there no more")
    tap.equal(store("SELECT made_by <> '', ended_by <> '' FROM focal_point"), [(1, 1)],
              "who made and ended it is kept")


def points(person):
    return store("SELECT made_by, ended_by FROM focal_point WHERE person_id = ? ORDER BY id",
                 person)


def refused(member, path, other):
    """Who may not use the buttons, and where there is nothing to make."""
    for name, browser, page in (("somebody accredited", other, "/my/data"),
                                ("nobody", it.browser(), "/sign-in"),
                                ("a supervisor", people.staff(it, "super2"), "/staff/password")):
        for way in ("/focal", "/focal/end"):
            tap.equal(post(browser, path + way, page=page).status, 403, f"{name} may not: {way}")
    forged = people.staff(it, "rev1")
    forged.get(path)
    for way in ("/focal", "/focal/end"):
        sent = forged.request("POST", path + way, body="", headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{it.port}", "Sec-Fetch-Site": "same-origin"})
        tap.equal(sent.status, 403, f"nor a form that is not the page's own: {way}")
        sent = post(forged, "/staff/applications/A-NONE-0001" + way, page="/staff/password")
        tap.equal(sent.status, 404, f"nor for an application that is none: {way}")
    tap.equal(points(member[5]), [], "nothing was kept of these")


def by_buttons(focal, member, browser, other):
    path, own = "/staff/applications/A-CREW-0001", f"/my/outlets/{focal[0]}"
    for name, role in (("rev1", "reviewer"), ("super2", "supervisor")):
        it.registrar("staff add", name, "--role", role, "--full-name", name, "--password-file",
                     it.path("password"))
    application(focal[0], member[5], "A-CREW-0001")
    desk = people.staff(it, "desk1")
    early = post(desk, path + "/focal", page="/staff/password")
    tap.ok("Make focal point" not in desk.get(path).text and early.status == 409 and
           not points(member[5]), "an applicant who waits is made none")
    desk.submit(desk.get(path).form("/approve$"), {"outlet": str(focal[0])})
    refused(member, path, other)
    reviewer = people.staff(it, "rev1")
    reviewer.get(path)
    form = reviewer.now.form("/focal$")
    seen = reviewer.submit(form)
    tap.ok(seen.status == 200 and "Take focal point back" in seen.text and
           "Make focal point" not in seen.text, "who was approved is made one", seen.text)
    reviewer.submit(form)
    tap.equal(points(member[5]), [("rev1", None)], "twice is once, with who made it")
    tap.equal(browser.request("GET", own).status, 200, "they answer for the outlet")
    store("UPDATE accreditation SET state = 'suspended' WHERE id = ?", member[2])
    tap.ok("Take focal point back" in desk.get(path).text, "it is taken back while suspended, too")
    form = desk.now.form("/focal/end$")
    seen = desk.submit(form)
    tap.ok("Take focal point back" not in seen.text and "Make focal point" not in seen.text,
           "nobody is made one who does not stand with the outlet", seen.text)
    late = post(desk, path + "/focal", page="/staff/password")
    tap.ok(late.status == 409 and "not accredited" in late.text, "nor with an older page", late.text)
    store("UPDATE accreditation SET state = 'active' WHERE id = ?", member[2])
    again = people.staff(it, "admin")
    tap.equal(post(again, path + "/focal/end", page="/staff/password").status, 303,
              "taken back already: fine")
    tap.equal(points(member[5]), [("rev1", "desk1")], "with who ended it first")
    tap.equal(browser.request("GET", own).status, 404, "they answer for nobody")
    tap.ok("Make focal point" in again.get(path).text, "and may be made one again")


def french(focal, browser):
    browser.get("/my?lang=fr")
    page = browser.get(f"/my/outlets/{focal[0]}")
    tap.ok("personne-ressource" in page.text and "Does this" not in page.text, "in French", page.text)
    browser.get("/my?lang=en")


def main():
    it.init()
    focal, stranger, member = crews()
    command(focal, stranger)
    it.start()
    browser, other = reporter(focal[3], 1), reporter(stranger[3], 2)
    vouching(focal, stranger, member, browser, other)
    places(focal, stranger, member, browser, other)
    french(focal, browser)
    ended(focal, browser)
    by_buttons(focal, member, reporter(member[3], 3), other)
    it.stop()


try:
    tap.run(main)
finally:
    it.close()
