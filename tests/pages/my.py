#!/usr/bin/python3
"""A reporter's own page over a real `registrar serve`: where an application stands, what the desk
asks and the reporter answers, refusals and appeals, renewals and changes of outlet, waiting lists;
and that a person reaches nobody else's.

Usage: my.py BUILD SOURCE
"""
import json
import os
import re
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import people  # noqa: E402
from programs import Programs, link_in  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
it = Programs(os.path.abspath(sys.argv[1]))
post, store = people.post, it.store
SOURCE = os.path.abspath(sys.argv[2])
networks = []
TODAY, TOMORROW = "today-harbour-street", "tomorrow-road-safety"
ANA, BO = "ana.ferreira@lumen.example", "siobhan@riverlight.example"


def reporter(email):
    """A browser of a network of its own that is signed in: one network gets few links."""
    networks.append(email)
    return people.reporter(it, email, f"127.0.1.{len(networks)}")


def number_of(email):
    return store("SELECT id FROM person WHERE email = ?", email)[0][0]


def application(email, reference, class_=1):
    """An application that was confirmed a minute ago."""
    now = int(time.time())
    store("INSERT INTO application (reference, state, email, name, outlet, class, proof, created, "
          "submitted, due, person_id) SELECT ?, 'submitted', email, name, 'The Weekly', ?, 'Proof', "
          "?, ?, ?, id FROM person WHERE email = ?", reference, class_, now - 60, now - 60,
          now + 7140, email)
    return f"/my/applications/{reference}", f"/staff/applications/{reference}"


def refuse(browser, path, note="SECRET-NOTE"):
    return post(browser, path + "/refuse", {
        "criterion": "proof-missing", "refusal-message": "Two published pieces are missing.",
        "refusal-note": note})


def state(reference):
    return store("SELECT state FROM application WHERE reference = ?", reference)[0][0]


# ---- messages, more information ----

def conversation(ana, desk):
    mine, theirs = application(ANA, "A-TALK-0001")
    before = len(it.mails(ANA))
    shown = ana.get(mine)
    tap.ok("looks at it and writes to you by" in shown.text and "You sent the application" in
           shown.text, "the page says what happens next and by when, and what happened", shown.text)
    tap.equal(post(ana, mine + "/answer", {"answer": "x"}).status, 409,
              "there is nothing to answer yet")
    office = len(it.mails(OFFICE))
    tap.equal(post(ana, mine + "/message", {"message": "Is <b>Tuesday</b> too late?"}).status, 303,
              "the reporter writes to the desk")
    sent = it.wait_mail(OFFICE, office + 1)[-1]
    tap.ok("A-TALK-0001" in sent[0] and "Tuesday" not in sent[1],
           "the office is told that there is something, not what", sent)
    seen = desk.get(theirs)
    tap.ok("Is <b>Tuesday</b> too late?" in seen.text and b"<b>Tuesday" not in seen.body,
           "the desk reads it as typed")
    tap.ok("messages wait" in desk.get("/staff").text.lower() or
           "A-TALK-0001" in desk.get("/staff").text, "and finds it in the queue")
    tap.ok("Acknowledged by mail" in desk.get("/staff?kind=message").text, "as acknowledged by mail")
    for field, path in (("message", mine), ("question", theirs)):
        act = "/message" if path == mine else "/ask"
        answer = post(ana if path == mine else desk, path + act, {field: " "})
        tap.ok(answer.status == 422 and f'href="#{field}"' in answer.body.decode(),
               f"an empty {field} is refused at its field", answer.status)
    tap.equal(post(desk, theirs + "/message", {"desk-message": "No, it is not."}).status, 303,
              "the desk writes back")
    tap.equal(post(desk, theirs + "/ask", {"question": "Which outlet pays you?"}).status, 303,
              "and asks for more")
    mails = it.wait_mail(ANA, before + 3)[before:]
    tap.ok("We have your message" in mails[0][0] and "Answer by:" in mails[0][1] and
           "Tuesday" not in mails[0][1], "the message is acknowledged by mail", mails)
    tap.ok(all("A-TALK-0001" in s + t and "Which outlet" not in t and "it is not" not in t
               for s, t in mails), "each by a mail without the words", mails)
    shown = ana.get(mine)
    tap.ok("No, it is not." in shown.text and "Which outlet pays you?" in shown.text and
           "Please answer below by" in shown.text, "the reporter reads both, and by when to answer")
    tap.ok("Answer what we asked" in ana.get("/my").text, "the own page says what to do")
    tap.equal(post(ana, mine + "/answer", {"answer": "The Weekly does."}).status, 303, "answers")
    tap.equal(state("A-TALK-0001"), "submitted", "and the application is the desk's again")
    tap.ok("We have your answer: A-TALK-0001" in it.wait_mail(ANA, before + 4)[-1][0],
           "the answer is acknowledged by mail")
    for _ in range(3):
        post(ana, mine + "/message", {"message": "And?"})
    tap.equal([s for s, _ in it.mails(ANA)[before + 4:] if "We have" in s], [],
              "more messages within the hour are not")
    due = store("SELECT due FROM application WHERE reference = 'A-TALK-0001'")[0][0]
    tap.ok(due > time.time() + 7000, "with a new clock", due - time.time())
    tap.equal(post(ana, mine + "/answer", {"answer": "Again"}).status, 409, "once")
    for _ in range(9):
        post(ana, mine + "/message", {"message": "Hello?"})
    tap.equal(post(ana, mine + "/message", {"message": "Hello?"}).status, 422,
              "after ten in a row it is the desk's turn")
    tap.equal(ana.get(mine + "/withdraw").status, 200, "withdrawing asks first")
    tap.equal(state("A-TALK-0001"), "submitted", "and asking changes nothing")
    post(ana, mine + "/withdraw")
    tap.equal(state("A-TALK-0001"), "withdrawn", "then it is withdrawn")
    tap.ok("Nothing more happens" in ana.get(mine).text, "and the page says so")
    tap.equal(refuse(desk, theirs).status, 409, "nobody decides on it any more")


def student(ana):
    mine, _ = application(ANA, "A-STUD-0001", 7)
    tap.ok("ten business days" in ana.get(mine).text, "R10: a student reads of ten business days")


# ---- refusals ----

def refusals(ana, desk, other):
    mine, theirs = application(ANA, "A-NOPE-0001")
    tap.equal(post(ana, mine + "/appeal", {"appeal": "x"}).status, 409, "nothing to appeal yet")
    refuse(desk, theirs)
    shown = ana.get(mine)
    tap.ok("does not show that you do this work" in shown.text and "Two published pieces" in
           shown.text and "You can do something about it until" in shown.text,
           "the page has criterion, message, and until when to respond", shown.text)
    tap.equal(post(ana, mine + "/respond", {"response": "Here they are."}).status, 303, "a response")
    tap.equal(state("A-NOPE-0001"), "submitted", "has it looked at again")
    refuse(desk, theirs)
    tap.ok("response" not in [f for x in ana.get(mine).page.forms for f in x.names],
           "a second response is not offered")
    tap.equal(post(ana, mine + "/respond", {"response": "Again"}).status, 422, "nor taken")
    tap.equal(post(ana, mine + "/appeal", {"appeal": "You are wrong."}).status, 303, "an appeal")
    tap.equal(state("A-NOPE-0001"), "appealed", "is one")
    answer = post(desk, theirs + "/approve", {"outlet": "0", "months": "12", "message": "",
                                              "note": ""})
    tap.ok(answer.status == 403 and "someone else decides" in answer.text,
           "who refused it does not decide the appeal", answer.status)
    tap.equal(refuse(desk, theirs).status, 403, "in neither way")
    tap.equal(post(desk, theirs + "/ask", {"question": "Why?"}).status, 403, "and asks nothing")
    tap.equal(state("A-NOPE-0001"), "appealed", "nothing was changed")
    tap.equal(refuse(other, theirs).status, 303, "somebody else does")
    shown = ana.get(mine)
    tap.ok("This decision stands" in shown.text, "and that is the end of it")
    tap.equal(post(ana, mine + "/appeal", {"appeal": "Again"}).status, 422, "no second appeal")
    tap.ok("SECRET-NOTE" not in shown.text and
           not any("SECRET-NOTE" in text for _, text in it.mails()),
           "the internal note is on no page of the reporter and in no mail")


# ---- renewal, another outlet ----

def renewing(ana, desk):
    mine = store("SELECT id, valid_until FROM accreditation WHERE person_id = ?", number_of(ANA))[0]
    base = f"/my/accreditations/{mine[0]}"
    tap.ok(f"{base}/renew" not in ana.get("/my").body.decode(),
           "renewing is not offered long before the end")
    tap.equal(post(ana, base + "/renew", {"proof": "Early"}).status, 422, "nor taken")
    end = int(time.time()) + 59 * 86400
    store("UPDATE accreditation SET valid_until = ? WHERE id = ?", end, mine[0])
    page = ana.get(ana.get("/my").link(base + "/renew"))
    tap.ok("Lumen" in page.text, "the form has what is known", page.text)
    tap.equal(post(ana, base + "/renew", {"proof": ""}).status, 422, "work is asked for")
    sent = post(ana, base + "/renew", {"proof": "Three pieces on the harbour"})
    tap.equal(sent.status, 303, "a renewal is asked for")
    again = post(ana, base + "/renew", {"proof": "Three pieces on the harbour"})
    tap.equal(again.headers["Location"], sent.headers["Location"], "twice is once")
    reference = sent.headers["Location"].split("/")[-1]
    theirs = f"/staff/applications/{reference}"
    tap.ok("This is a renewal" in desk.get(theirs).text, "the desk sees what it is")
    form = desk.get(theirs).form("/approve")
    desk.submit(form, {})
    new = store("SELECT valid_until, state FROM accreditation WHERE id = ?", mine[0])[0]
    tap.ok(new[0] > end + 360 * 86400 and new[1] == "active",
           "approved: it goes on from its end", new, end)


def moving(ana, desk):
    person = number_of(ANA)
    mine = store("SELECT id FROM accreditation WHERE person_id = ?", person)[0][0]
    passes = store("SELECT p.id, p.qr FROM pass p JOIN registration r ON r.id = p.registration_id "
                   "JOIN conference c ON c.id = p.conference_id "
                   "WHERE r.accreditation_id = ? AND p.state = 'active' AND c.ends > ?", mine,
                   int(time.time()))
    tap.ok(passes, "there is a pass to be issued anew")
    sent = post(ana, f"/my/accreditations/{mine}/outlet",
                {"outlet": "The Harbour Courier", "proof": "Ask Mr. Lund"})
    reference = sent.headers["Location"].split("/")[-1]
    outlet = "SELECT o.name FROM accreditation a JOIN outlet o ON o.id = a.outlet_id WHERE a.id = ?"
    tap.ok(store(outlet, mine)[0][0] != "The Harbour Courier", "asking changes nothing")
    page = desk.get(f"/staff/applications/{reference}")
    tap.ok("This is a change of outlet" in page.text, "the desk sees what it is")
    desk.submit(page.form("/approve"), {"outlet": "0"})
    tap.equal(store(outlet, mine)[0][0], "The Harbour Courier", "approved: the accreditation moves")
    for old, _ in passes:
        tap.equal(store("SELECT p.state, v.reason FROM pass p JOIN revocation v ON v.pass_id = p.id "
                        "WHERE p.id = ?", old), [("revoked", 2)], "the old pass is revoked")
    new = store("SELECT p.id FROM pass p JOIN registration r ON r.id = p.registration_id "
                "JOIN conference c ON c.id = p.conference_id "
                "WHERE r.accreditation_id = ? AND p.state = 'active' AND c.ends > ?", mine,
                int(time.time()))
    tap.ok(len(new) == len(passes) and not {p[0] for p in new} & {p[0] for p in passes},
           "and there is a new one for each")
    rows = [r for r in it.export("passes", TODAY) if r["person"] == "Ana Ferreira"]
    tap.ok(any(r["outlet"] == "The Harbour Courier" for r in rows), "for the new outlet", rows)


# ---- the waiting list ----

def waiting():
    store("UPDATE conference SET capacity = confirmed WHERE slug = ?", TOMORROW)
    free = store("SELECT p.email FROM person p JOIN accreditation a ON a.person_id = p.id WHERE "
                 "NOT EXISTS (SELECT 1 FROM registration r JOIN conference c ON "
                 "c.id = r.conference_id WHERE r.accreditation_id = a.id AND c.slug = ?) "
                 "AND p.email NOT IN (?, ?) LIMIT 3",
                 TOMORROW, ANA, BO)
    people = [reporter(email) for email, in free]
    links = [post(p, f"/conferences/{TOMORROW}/register", {"consent": "yes"}).headers["Location"]
             for p in people]
    tap.ok("You are next in line" in people[0].get(links[0]).text, "the first is next in line",
           people[0].get(links[0]).text)
    tap.ok("2 people are before you" in people[2].get(links[2]).text, "the third reads of two",
           people[2].get(links[2]).text)
    tap.ok("2 people are before you" in people[2].get("/my").text, "on the own page too")
    post(people[0], links[0] + "/cancel")
    tap.ok("one person is before you" in people[2].get(links[2]).text, "one leaves: the line moves")


# ---- nobody else's ----

def strangers(ana, bo):
    mine, _ = application(ANA, "A-MINE-0001")
    number = store("SELECT id FROM accreditation WHERE person_id = ?", number_of(ANA))[0][0]
    before = store("SELECT count(*) FROM correspondence"), state("A-MINE-0001"), \
        store("SELECT count(*) FROM application")
    own = f"/my/accreditations/{number}"
    for path in (mine, mine + "/withdraw", own + "/renew", own + "/outlet"):
        tap.equal(bo.request("GET", path).status, 404, f"another's {path} is not found")
        tap.equal(bo.request("GET", path.replace("MINE-0001", "0000-0000")
                             .replace(f"/{number}/", "/999999/")).status, 404, "as none is")
    for path, pairs in ((mine + "/message", {"message": "x"}), (mine + "/answer", {"answer": "x"}),
                        (mine + "/respond", {"response": "x"}), (mine + "/appeal", {"appeal": "x"}),
                        (mine + "/withdraw", {}), (own + "/renew", {"proof": "x"}),
                        (own + "/outlet", {"outlet": "x", "proof": "x"})):
        tap.equal(post(bo, path, pairs).status, 404, f"nor changed: {path}")
    after = store("SELECT count(*) FROM correspondence"), state("A-MINE-0001"), \
        store("SELECT count(*) FROM application")
    tap.equal(after, before, "nothing happened")
    tap.equal(ana.get(mine).status, 200, "the control: its owner opens it")
    tap.equal(post(ana, mine + "/message", {"message": "x"}).status, 303, "and writes")


# ---- one's own data ----

# Tables that hold nothing about a person, or only what another table's section tells.
NOT_ABOUT = {"meta", "outlet", "conference", "restriction", "key", "keys_object", "staff", "gate",
             "log", "receipt", "equivocation", "outlet_alias", "release", "photo",
             "view_reason",  # a look says it once it is made
             # How the desk works on what is told of elsewhere, and its internal notes.
             "work", "review_step", "review_note", "proposal",
             "log_detail"}  # what entries commit to: apart, sealed or in words of its own
ABOUT = {"person", "application", "correspondence", "accreditation", "registration", "pass",
         "revocation", "log_entry", "referral", "session", "link", "outbox", "email_change",
         "subject_request", "answer", "upload", "dossier", "bounce", "subscription", "view_log"}


def data(ana, bo):
    mine = ana.request("GET", "/my/data.json")
    everything = json.loads(mine.body)
    tap.ok(mine.kind == "application/json" and "attachment" in mine.headers["Content-Disposition"]
           and "no-store" in mine.headers["Cache-Control"], "the data are one download")
    tap.ok(everything["person"][0]["email"] == ANA and
           any(a["reference"] == "A-TALK-0001" for a in everything["applications"]) and
           any(c["words"] == "The Weekly does." for c in everything["correspondence"]) and
           everything["passes"] and everything["sessions"], "with every kind of record", everything)
    text = mine.body.decode()
    tap.ok("SECRET-NOTE" not in text and BO not in text, "without internal notes, or anybody else")
    tap.ok(BO in bo.request("GET", "/my/data.json").body.decode(), "the control: another's has theirs")
    shown = ana.get("/my/data")
    tap.ok(ANA in shown.text and "The Weekly does." in shown.text and "A-TALK-0001" in shown.text and
           "SECRET-NOTE" not in shown.text, "the page shows the same")
    with open(os.path.join(SOURCE, "schema", "registrar", "subject.sql"), encoding="utf-8") as file:
        told = set(re.findall(r"(?:FROM|JOIN) (\w+)", file.read()))
    person = {t for t, sql in store("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
              if re.search(r"REFERENCES (person|application|accreditation|registration|pass) ", sql)}
    tap.equal(sorted(person - told - NOT_ABOUT), [], "each table that points at a person is told of")
    tap.equal(sorted(ABOUT - told), [], "as is each that holds one's address or pass")


def correcting(desk):
    bo = reporter(BO)
    asked = len(it.mails(BO))
    name = store("SELECT name FROM person WHERE email = ?", BO)[0][0]
    form = bo.get("/my/details").form("/my/details")
    tap.equal(bo.submit(form, {"name": ""}).status, 422, "a name is needed")
    form = bo.get("/my/details").form("/my/details")
    bo.submit(form, {"name": "Siobhán Ní Bhriain", "phone": "555-0142", "language": "fr"})
    tap.equal(store("SELECT name, phone, language FROM person WHERE email = ?", BO),
              [(name, "555-0142", "fr")], "telephone and language change, the name is asked for")
    shown = bo.get("/my/data")
    tap.ok("Siobhán Ní Bhriain" in shown.text, "the request stands on the page")
    got = it.wait_mail(BO, asked + 1)[-1]
    tap.ok("votre demande au sujet de vos données" in got[0] and "Bhriain" not in got[1],
           "the request is acknowledged by mail, in the person's language", got)
    page = desk.get(desk.get("/staff/requests").link("/staff/requests/D-"))
    before = len(it.mails(BO))
    form = page.form("/staff/requests/")
    tap.equal(desk.submit(form, {"answer": "done", "message": ""}).status, 422, "with words only")
    desk.submit(form, {"answer": "done", "message": "We have seen your passport."})
    tap.equal(store("SELECT name FROM person WHERE email = ?", BO), [("Siobhán Ní Bhriain",)],
              "the desk agrees: the name is the new one")
    tap.ok("passport" not in it.wait_mail(BO, before + 1)[-1][1], "the mail does not hold the answer")
    tap.ok("We have seen your passport." in bo.get("/my/data").text, "the page does")
    store("UPDATE person SET language = 'en' WHERE email = ?", BO)


def disposal(desk, ana):
    bo = reporter(BO)
    post(bo, "/my/disposal", {"words": "All of it"})
    reference = store("SELECT reference FROM subject_request WHERE kind = 'disposal'")[0][0]
    tap.equal(post(ana, f"/my/requests/{reference}/withdraw").status, 404,
              "another's request is not found")
    desk.submit(desk.get(f"/staff/requests/{reference}").form("/staff/requests/"), {
        "answer": "done", "message": "Your proof is destroyed; entries are kept until 2027."})
    tap.ok("entries are kept until 2027" in bo.get("/my/data").text, "disposal is asked and answered")
    tap.equal(post(bo, f"/my/requests/{reference}/withdraw").status, 409, "and answered is answered")


def addresses():
    bo, elsewhere = reporter(BO), reporter(BO)
    new = "siobhan.new@riverlight.example"
    before = len(it.mails(BO))
    known = post(bo, "/my/email", {"email": ANA})
    unknown = post(bo, "/my/email", {"email": new})
    tap.equal((known.status, known.headers.get("Location"), known.body),
              (unknown.status, unknown.headers.get("Location"), unknown.body),
              "an address somebody has looks like one nobody has")
    notice = it.wait_mail(BO, before + 2)[-1]
    tap.ok("about to change" in notice[0] and new not in notice[1], "the old address gets a notice")
    link = link_in(it.wait_mail(new, 1)[-1][1], "email")
    bo.get(link)
    tap.equal(store("SELECT count(*) FROM person WHERE email = ?", new), [(0,)],
              "looking at the link changes nothing")
    stranger = it.browser()
    done = stranger.submit(stranger.get(link).form("/email/"))
    tap.ok("Your address is changed" in done.text, "the button does", done.text)
    tap.equal(stranger.request("GET", link).status, 404, "once")
    tap.ok(all(b.request("GET", "/my").status == 303 for b in (bo, elsewhere)),
           "and every session of the person has ended")
    taken = link_in([t for s, t in it.mails(ANA) if "new e-mail" in s][-1], "email")
    tap.equal(stranger.request("GET", taken).status, 404, "an older link of the person is over")
    one, two = reporter(new), reporter(new)
    tap.equal(post(one, "/my/sign-out-everywhere").status, 303, "signing out everywhere")
    tap.ok(all(b.request("GET", "/my").status == 303 for b in (one, two)), "ends all sessions")


def french(ana):
    ana.get("/my?lang=fr")
    shown = ana.get("/my/applications/A-NOPE-0001")
    tap.ok("Ce qui s’est passé" in shown.text and "What happened" not in shown.text,
           "the page in French", shown.text[:600])
    ana.get("/my?lang=en")


def main():
    global OFFICE
    it.init()
    for name in ("rev1",):
        it.registrar("staff add", name, "--role", "reviewer", "--full-name", name.title(),
                     "--password-file", it.path("password"))
    with open(os.path.join(it.data, "settings.ini"), encoding="utf-8") as file:
        OFFICE = re.search(r"^email = (\S+)", file.read(), re.M).group(1)
    it.start()
    desk, other, ana, bo = people.staff(it, "desk1"), people.staff(it, "rev1"), reporter(ANA), reporter(BO)
    conversation(ana, desk)
    student(ana)
    refusals(ana, desk, other)
    french(ana)
    strangers(ana, bo)
    renewing(ana, desk)
    moving(ana, desk)
    waiting()
    data(ana, bo)
    correcting(desk)
    disposal(desk, ana)
    addresses()
    with open(it.path("serve.log"), encoding="utf-8", errors="replace") as file:
        tap.equal([line for line in file if " ours " in line], [], "nothing went wrong on our side")


try:
    tap.run(main)
finally:
    it.close()
