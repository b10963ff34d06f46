#!/usr/bin/python3
"""Conferences made at the desk over a real `registrar serve`: from a template, as a copy, as a draft
that is checked and published, moved with new passes, announced once, and cancelled.

Usage: conferences.py BUILD
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
HOME = "/staff/conferences"
TITLE = "Figures on bicycles"
SLUG = "figures-on-bicycles"
FOUND = "A boy aged 15 was found at 12 Harbour Street. Call 416-555-0123."


def local(seconds):
    return time.strftime("%Y-%m-%dT%H:%M", time.localtime(seconds))


START = int(time.time()) // 3600 * 3600 + 3 * 86400


def state():
    found = store("SELECT state FROM conference WHERE slug = ?", SLUG)
    return found[0][0] if found else None


def nowhere_public():
    stranger = it.browser()
    return (stranger.get(f"/conferences/{SLUG}").status == 404
            and TITLE not in stranger.get("/").text
            and TITLE not in stranger.get("/feeds/conferences.json").body.decode())


def made(desk):
    page = desk.get(f"{HOME}/templates")
    tap.ok("Emerging matter" in page.text and "Media Gallery news conference" in page.text,
           "a few templates are there from the start", page.text[:500])
    number = re.search(r'new\?template=(\d+)">New conference<span[^>]*> from Media Gallery',
                       page.body.decode()).group(1)
    page = desk.get(f"{HOME}/new?template={number}")
    form = page.form(f"{HOME}/new")
    for when, words in (("2027-03-14T02:30", "does not exist"), ("2027-11-07T01:30", "comes twice")):
        bad = desk.submit(form, {"title": TITLE, "starts": when})
        tap.ok(bad.status == 422 and words in bad.text, f"{when} {words}", bad.text[:300])
    tap.ok("Choose which" in bad.text and 'name="starts-which"' in bad.body.decode(),
           "which of two times it is is asked for", bad.text[:300])
    bad = desk.submit(form, {"title": "New", "slug": "new", "starts": local(START)})
    tap.ok(bad.status == 422 and "address of the desk" in bad.text,
           "no conference takes the address of a page", bad.text[:300])
    done = desk.submit(form, {"title": TITLE, "summary": FOUND, "starts": local(START)})
    tap.ok(done.status == 200 and "kept as a draft" in done.text and state() == "draft",
           "a conference is made from a template as a draft", done.text[:500])
    row = store("SELECT capacity, per_outlet, starts - doors, ends - starts FROM conference WHERE "
                "slug = ?", SLUG)[0]
    tap.ok(row == (60, 3, 3600, 3600), "with the template's fields", row)
    tap.ok(nowhere_public(), "the public sees no draft, in pages and feeds")


def published(desk):
    page = desk.get(f"{HOME}/{SLUG}/publish")
    body = page.body.decode()
    for words in ("aged 15", "12 Harbour Street", "416-555-0123"):
        tap.ok(f"<mark>{words}</mark>" in body, f"“{words}” is marked in the text", body[-3000:])
    tap.ok("Youth Criminal Justice Act" in page.text and "No check can tell the names" in page.text,
           "with the law behind it, and what no check can do")
    form = page.form(f"{HOME}/{SLUG}/publish")
    bad = desk.submit(form, {"reason-1": "Released by the family"})
    tap.ok(bad.status == 422 and bad.text.count("Say why this may be published") >= 2 and
           state() == "draft" and nowhere_public(),
           "a reason for one finding publishes nothing", bad.text[:500])
    tap.ok('value="Released by the family"' in bad.body.decode(), "what was typed is kept")
    seen = desk.submit(bad.form(f"{HOME}/{SLUG}/publish"),
                       {"reason-2": "A public building", "reason-3": "The desk's number"})
    tap.ok("It is published" in seen.text and state() == "announced", "with reasons for all it is",
           seen.text[:600])
    tap.ok("Released by the family" in seen.text and "youth-age" in seen.text,
           "who decided and why stands on its page", seen.text[-900:])
    kept = store("SELECT part, rule, reason, staff FROM publication ORDER BY id")
    tap.ok(len(kept) == 3 and all(k[3] == "desk1" for k in kept), "and is kept", kept)
    tap.ok(not any(w in str(kept) for w in ("aged 15", "416-555")), "never the words")
    stranger = it.browser()
    tap.ok(TITLE in stranger.get("/").text and
           TITLE in stranger.get("/feeds/conferences.json").body.decode(),
           "the public pages and the feeds have it now")


def register(number):
    now = int(time.time())
    store("INSERT INTO outlet (name, name_fold, local, created) VALUES ('Lumen', 'lumen', 1, ?) "
          "ON CONFLICT DO NOTHING", now)
    store("INSERT INTO person (email, name, created) VALUES (?, 'Ann Example', ?)",
          f"ann{number}@press.example", now)
    store("INSERT INTO accreditation (person_id, outlet_id, class, state, valid_from, valid_until) "
          "SELECT p.id, o.id, 1, 'active', ?, ? FROM person p, outlet o WHERE p.email = ? AND "
          "o.name_fold = 'lumen'", now - 99, now + 9999999, f"ann{number}@press.example")
    store("INSERT INTO registration (reference, conference_id, accreditation_id, state, consented, "
          "created, changed) SELECT ?, c.id, a.id, 'confirmed', ?, ?, ? FROM conference c, "
          "accreditation a JOIN person p ON p.id = a.person_id WHERE c.slug = ? AND p.email = ?",
          f"R-ANN{number:05}", now, now, now, SLUG, f"ann{number}@press.example")
    store("INSERT INTO pass (id, registration_id, conference_id, code, qr, issued, state, "
          "roster_version) SELECT randomblob(16), id, conference_id, ?, ?, ?, 'active', 1 FROM "
          "registration WHERE reference = ?", f"ABCD{number:04}", "Q" * 150, now,
          f"R-ANN{number:05}")


def passes():
    return dict(store("SELECT code, p.state FROM pass p JOIN conference c ON c.id = "
                      "p.conference_id WHERE c.slug = ?", SLUG))


def moved(desk):
    register(1)
    register(2)
    form = desk.get(f"{HOME}/{SLUG}/edit").form(f"{HOME}/{SLUG}/edit")
    page = desk.submit(form, {"starts": local(START + 7200), "doors": local(START + 3600),
                              "ends": local(START + 9000), "summary": FOUND + " Born on 3 May 1971."})
    tap.ok(page.status == 200 and "2 people are told by mail; 2 of them get a new pass" in page.text,
           "before it moves the page says how many get a new pass", page.text[:600])
    tap.ok("A date of birth" in page.text and set(passes().values()) == {"active"} and
           len(passes()) == 2, "and what the check finds; nothing is done yet", page.text[:900])
    ask = page.form(f"{HOME}/{SLUG}/edit")
    bad = desk.submit(ask)
    tap.ok(bad.status == 422 and len(passes()) == 2, "without reasons it does not move", bad.text[:300])
    names = re.findall(r'name="(reason-\d+)"', bad.body.decode())
    done = desk.submit(bad.form(f"{HOME}/{SLUG}/edit"), {n: "As before" for n in names})
    tap.ok("It is changed" in done.text, "with them it does", done.text[:600])
    found = passes()
    tap.ok(len(found) == 4 and sorted(found.values()) == ["active"] * 2 + ["revoked"] * 2 and
           found["ABCD0001"] == "revoked", "each has a new pass and the old one is revoked", found)
    mails = it.wait_mail("ann1@press.example", 1)
    tap.ok(any("with a new pass" in m[0] for m in mails),
           "each gets it by mail", [m[0] for m in mails])


def copied(desk):
    page = desk.get(f"{HOME}/new?copy={SLUG}")
    form = page.form(f"{HOME}/new")
    done = desk.submit(form, {"title": "Figures again", "summary": "", "starts": local(START + 86400)})
    row = store("SELECT state, capacity, starts - doors FROM conference WHERE slug = ?",
                "figures-again")
    tap.ok(done.status == 200 and row == [("draft", 60, 3600)],
           "a copy has the fields of the other and is a draft", (done.status, row))
    page = desk.get(f"{HOME}/templates/new?from={SLUG}")
    kept = desk.submit(page.form(f"{HOME}/templates/new"), {"name": "Bicycles"})
    tap.ok("The template is kept" in kept.text and "Bicycles" in kept.text,
           "a conference is kept as a template", kept.text[:400])
    number = store("SELECT id FROM conference_template WHERE name = 'Bicycles'")[0][0]
    page = desk.get(f"{HOME}/templates/{number}")
    again = desk.submit(page.form(f"{HOME}/templates/{number}"), {"capacity": "9"})
    tap.ok("kept" in again.text and store("SELECT capacity FROM conference_template WHERE id = ?",
                                          number) == [(9,)], "and edited")
    page = desk.get(f"{HOME}/templates/{number}/remove")
    tap.ok("“Bicycles” is removed" in page.text, "its removal is asked about", page.text[:400])
    desk.submit(page.form(f"{HOME}/templates/{number}/remove"))
    tap.ok(not store("SELECT 1 FROM conference_template WHERE id = ?", number), "and done")


def told(desk):
    store("INSERT INTO subscription (email, language, kinds, wanted, key, created, confirmed, "
          "expires) VALUES ('reader@press.example', 'en', 7, 7, ?, 1, 1, 1)", "k" * 43)
    page = desk.get(f"{HOME}/{SLUG}/announce")
    tap.ok("1 address asked" in page.text and f"Subject: {TITLE}" not in page.text and
           f"News conference: {TITLE}" in page.text,
           "announcing shows the mail, and how many get it", page.text[:600])
    form = page.form(f"{HOME}/{SLUG}/announce")
    bad = desk.submit(form)
    tap.ok(bad.status == 422, "what the check finds waits here too", bad.status)
    names = re.findall(r'name="(reason-\d+)"', bad.body.decode())
    done = desk.submit(bad.form(f"{HOME}/{SLUG}/announce"), {n: "As before" for n in names})
    tap.ok("It is announced" in done.text, "then it goes out", done.text[:300])
    mails = it.wait_mail("reader@press.example", 1)
    tap.ok(len(mails) == 1, "one mail", len(mails))
    again = desk.get(f"{HOME}/{SLUG}/announce")
    tap.ok("one mail was written" in again.text and "announced once" in again.text,
           "and once only", again.text[:400])
    week = desk.get(f"{HOME}/week")
    tap.ok(TITLE in week.text and "Send the mails" in week.text, "the week's schedule is shown",
           week.text[:600])
    sent = desk.submit(week.form(f"{HOME}/week"))
    tap.ok(sent.status == 200 and "one mail was written" in sent.text, "and sent once",
           sent.text[:400])


def material(desk):
    page = desk.get(f"{HOME}/{SLUG}/materials")
    form = page.form(f"{HOME}/{SLUG}/materials")
    bad = desk.submit(form, {"kind": "release", "title": "Aged 15: the story",
                             "url": "https://media.example/1"})
    tap.ok(bad.status == 422 and "<mark>Aged 15</mark>" in bad.body.decode(),
           "a release's title is checked", bad.text[:400])
    done = desk.submit(form, {"kind": "release", "title": "The figures",
                              "url": "https://media.example/1"})
    tap.ok("It is published" in done.text and "The figures" in done.text and
           "The figures" in it.browser().get(f"/conferences/{SLUG}").text,
           "material stands on the public page", done.text[:400])
    number = store("SELECT id FROM material")[0][0]
    mail = desk.get(f"{HOME}/{SLUG}/announce?material={number}")
    sent = desk.submit(mail.form(f"{SLUG}/announce"))
    tap.ok("It is announced" in sent.text, "and is announced by mail", sent.text[:300])
    page = desk.get(f"{HOME}/{SLUG}/materials/{number}")
    gone = desk.submit(page.form(f"{HOME}/{SLUG}/materials/{number}"))
    tap.ok("taken back" in gone.text and
           "The figures" not in it.browser().get(f"/conferences/{SLUG}").text, "and taken back")


def cancelled(desk):
    page = desk.get(f"{HOME}/{SLUG}/cancel")
    tap.ok("2 registrations are cancelled" in page.text, "cancelling says what it does",
           page.text[:400])
    ask = desk.submit(page.form(f"{HOME}/{SLUG}/cancel"), {"because": "A storm is coming."})
    tap.ok(ask.status == 200 and state() == "announced" and "A storm is coming" in ask.text,
           "and asks once more", ask.text[:400])
    done = desk.submit(ask.form(f"{HOME}/{SLUG}/cancel"))
    tap.ok("It is cancelled" in done.text and state() == "cancelled" and
           set(passes().values()) == {"revoked"}, "it is cancelled with its passes", done.text[:400])
    mails = it.wait_mail("ann2@press.example", 2)
    tap.ok(any("A storm is coming." in m[1] for m in mails), "each mail says why")
    tap.ok(desk.get(f"{HOME}/{SLUG}/edit").status == 404, "what is cancelled is not edited")


def command_line():
    arguments = ["--title", "Aged 15", "--starts", local(START)]
    it.registrar("conference add", *arguments, code=1)
    tap.ok(not store("SELECT 1 FROM conference WHERE title = 'Aged 15'"),
           "the command line refuses a finding")
    it.registrar("conference add", *arguments, "--publish-anyway", "A play's name")
    tap.ok(store("SELECT reason FROM publication ORDER BY id DESC LIMIT 1") == [("A play's name",)],
           "unless a reason is given, which is kept")
    it.registrar("conference change", "aged-15", "--summary", "Call 416-555-0123", code=1)
    it.registrar("conference change", "aged-15", "--starts", local(START + 60))
    tap.ok(store("SELECT starts FROM conference WHERE slug = 'aged-15'") == [(START + 60,)],
           "and changes times")
    it.registrar("announce", "--conference", "aged-15", code=1)


def main():
    os.environ["TZ"] = "America/Toronto"
    time.tzset()
    it.init()
    it.start()
    one = people.staff(it, "desk1")
    for step in (made, published, moved, copied, told, material, cancelled):
        step(one)
    command_line()


try:
    tap.run(main)
finally:
    it.close()
