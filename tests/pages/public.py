#!/usr/bin/python3
"""The public site over a real `registrar serve`: what anybody reads, and what programs read.

Usage: public.py BUILD
feedparser, expat and icalendar judge the feeds; the weight of each page is counted as a browser
that takes gzip is sent it.
"""
import email
import email.policy
import http.client
import json
import os
import re
import sys
import time
import urllib.parse
import xml.dom.minidom

import feedparser
import icalendar

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from programs import Programs, link_in, query  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
it = Programs(os.path.abspath(sys.argv[1]))
DB = os.path.join(it.data, "registrar.db")
TODAY, TOMORROW, OVER = "today-harbour-street", "tomorrow-road-safety", "last-week-annual-report"
PAGES = ["/", "/past-conferences", "/who-may-come", "/privacy", "/contact", "/announcements", "/accreditation",
         "/sign-in", "/nowhere", f"/conferences/{TODAY}", f"/conferences/{TOMORROW}",
         f"/conferences/{OVER}"]
MOST = 40 * 1024  # bytes of a page with its style and script, as they travel
ODD = "Budget; \"cuts\", a\\b & <c> " + "é漢🎥" * 20


def get(path, **headers):
    return it.browser().request("GET", path,
                                headers={n.replace("_", "-"): v for n, v in headers.items()})


def calendar(path, browser=None):
    """The file's events by UID, once every line of it keeps to RFC 5545, 3.1."""
    answer = (browser or it.browser()).request("GET", path)
    lines = answer.body.split(b"\r\n")
    tap.ok(lines[-1] == b"" and b"\n" not in b"".join(lines) and
           all(len(line) <= 75 for line in lines),
           f"{path}: lines end in CRLF and have 75 octets at most", max(map(len, lines)))
    for line in lines:
        line.decode("utf-8")  # no fold inside of a character
    whole = icalendar.Calendar.from_ical(answer.body)
    return whole, {str(e["UID"]): e for e in whole.walk("VEVENT")}


# ---- pages ----

def pages():
    for path in PAGES:
        for language, other in (("en", "fr"), ("fr", "en")):
            shown = get(path, Accept_Language=language)
            text = shown.body.decode()
            tap.ok(shown.status == (404 if path == "/nowhere" else 200) and
                   f'<html lang="{language}"' in text and f'hreflang="{other}"' in text,
                   f"{path} in {language}", shown.status)
    head = get("/").body.decode().split("</head>")[0]
    for kind in ("application/atom+xml", "application/feed+json", "text/calendar"):
        found = re.search(rf'<link rel="alternate" type="{re.escape(kind)}"[^>]*href="([^"]+)"',
                          head)
        tap.ok(found and get(found.group(1)).kind == kind, f"{kind} is found from a page's head")
    lost = get("/nowhere").page
    tap.ok({"/", "/past-conferences", "/who-may-come", "/my"} <= {a for a, _ in lost.links},
           "a page that is not there leads on")


def plainly():
    shown = get(f"/conferences/{TOMORROW}").text
    register = shown.index("Accredited already")
    for rule, words in (("R1", "accredited media representatives only"),
                        ("R2", "Without consent to screening, entry is denied"),
                        ("R3", "You need to register before you come"),
                        ("R4", "Identification may be requested"), ("R5", "may restrict entry")):
        tap.ok(0 < shown.find(words) < register, f"{rule} is said before one registers")
    who = get("/who-may-come").text
    for words in ("not news gathering", "could not confirm who you are", "appeal",
                  "10 business days", "within 2 hours", "from 6:00 a.m. to midnight"):
        tap.ok(words in who, f"who may come: {words}")
    privacy = get("/privacy").text
    for words in ("Community Safety and Policing Act, 2019", "media@lakemount.example",
                  "365 days after"):
        tap.ok(words in privacy, f"collection notice: {words}")


def stream_and_material():
    tap.ok("from " in get(f"/conferences/{TOMORROW}").text.split("Watch the live stream")[1][:8],
           "R6: before, when the stream begins")
    query(DB, "UPDATE conference SET doors = doors - 90000, starts = starts - 90000,"
              " ends = ends + 3600 WHERE slug = ?", TOMORROW)
    tap.ok("Watch live now" in get(f"/conferences/{TOMORROW}").text and
           "Watch live now" in get("/").text, "R6: during, the stream is on top and on the list")
    query(DB, "UPDATE conference SET doors = doors + 90000, starts = starts + 90000,"
              " ends = ends - 3600 WHERE slug = ?", TOMORROW)
    over = get(f"/conferences/{OVER}").text
    tap.ok("Watch it afterwards" in over, "R6: afterwards, the recording")
    tap.ok("Nothing is published yet" in over, "R7: an empty list says why and what fills it")
    number = it.registrar("conference material add", OVER, "--kind", "photograph", "--title", ODD,
                          "--url", "https://media.lakemount.example/p/1?a=1&b=2").strip()
    shown = get(f"/conferences/{OVER}")
    tap.ok(ODD in shown.text and "Photograph" in shown.text and
           "https://media.lakemount.example/p/1?a=1&b=2" in [a for a, _ in shown.page.links],
           "R7: what is published stands on its page")
    for url, title, words in (
            ("javascript:alert(1)", "x", "https://"), ("http://a.example/", "x", "https://"),
            ("https://a.example/ b", "x", "character"), ("https://a.example/", " ", "missing"),
            ("https://a.example/\"><b>", "x", "character"), ("https://a/" + "a" * 500, "x", "500"),
            ("https://media.lakemount.example/p/1?a=1&b=2", "x", "already"),
            ("https://a.example/", "n" * 201, "200"), ("https://a.example/", "a\u202eb", "shown")):
        it.registrar("conference material add", OVER, "--title", title, "--url", url, code=1)
        tap.ok(words in it.said, f"refused: {url[:30]!r} {title[:10]!r}", it.said)
    it.registrar("conference material add", OVER, "--kind", "gossip", code=2)
    it.registrar("conference material add", "nowhere", "--title", "x", "--url", "https://a.example",
                 code=1)
    tap.ok(number in it.registrar("conference material list", OVER), "the command lists it")
    return number


# ---- feeds ----

def feeds():
    atom = get("/feeds/conferences.atom")
    xml.dom.minidom.parseString(atom.body)
    read = feedparser.parse(atom.body)
    tap.ok(not read.bozo and read.version == "atom10", "Atom: feedparser finds nothing wrong",
           read.get("bozo_exception"))
    titles = [e.title for e in read.entries]
    tap.ok(titles[0] == "Photograph: " + ODD, "Atom: what is published last comes first", titles)
    ids = [e.id for e in read.entries]
    tap.ok(len(ids) == 4 == len(set(ids)) and all(i.startswith("tag:media.lakemount.example,2026:")
                                                  for i in ids), "Atom: identifiers", ids)
    tap.ok(all(e.get("published") and e.get("updated") and e.link.startswith("http")
               for e in read.entries), "Atom: each entry has its times and its link")
    whole = json.loads(get("/feeds/conferences.json").body)
    tap.equal(whole["version"], "https://jsonfeed.org/version/1.1", "JSON Feed: version")
    tap.equal([(i["id"], i["title"]) for i in whole["items"]],
              [(e.id, e.title) for e in read.entries], "JSON Feed: the same entries")
    french = json.loads(get("/feeds/conferences.json?lang=fr").body)
    tap.ok(french["language"] == "fr" and french["items"][0]["title"].startswith("Photographie") and
           french["feed_url"].endswith("?lang=fr"), "a feed in French by its address")
    tap.equal(get("/feeds/conferences.json?lang=xx").status, 200, "an unknown language is no fault")
    tap.equal(get("/feeds/conferences.atom?page=2").status, 400, "an unknown parameter is one")


def conditional():
    for name in ("atom", "json", "ics"):
        path = f"/feeds/conferences.{name}"
        first = get(path)
        etag, when = first.headers["ETag"], first.headers["Last-Modified"]
        tap.ok("max-age=300" in first.headers["Cache-Control"] and etag and when,
               f"{path} may be kept, and asked for again", dict(first.headers))
        known = get(path, If_None_Match=etag)
        tap.ok(known.status == 304 and not known.body and known.headers["ETag"] == etag,
               f"{path}: 304 by ETag")
        tap.equal(get(path, If_Modified_Since=when).status, 304, f"{path}: 304 by date")
        tap.equal(get(path, If_Modified_Since="Fri, 01 Jan 2077 00:00:00 GMT").status, 304,
                  f"{path}: 304 by a later date")
        for old in ("Thu, 01 Jan 1970 00:00:00 GMT", "yesterday", "Fri, 31 Feb 2077 00:00:00 GMT"):
            tap.equal(get(path, If_Modified_Since=old).status, 200, f"{path}: whole since {old}")
        tap.equal(get(path, If_None_Match='"other"', If_Modified_Since=when).status, 200,
                  f"{path}: an ETag goes before the date")


# ---- calendars ----

def reporter(email):
    browser, before = it.browser(), len(it.mails(email))
    browser.submit(browser.get("/sign-in").form(r"^(/sign-in)?$"), {"email": email})
    link = link_in(it.wait_mail(email, before + 1)[-1][1], "link")
    browser.submit(browser.get(link).form("/link/"))
    return browser


def calendars(number):
    uid = "conference-2@media.lakemount.example"
    _, events = calendar("/feeds/conferences.ics")
    tap.equal(sorted(events), [f"conference-{n}@media.lakemount.example" for n in (1, 2, 3)],
              "the calendar has each conference, with a UID that stays")
    before = int(events[uid]["SEQUENCE"])
    start = events[uid]["DTSTART"].dt
    tap.ok(start.utcoffset().total_seconds() == 0 and "TZID" not in events[uid]["DTSTART"].params,
           "times are in UTC")
    it.registrar("conference change", TOMORROW, "--title", ODD, "--place", "Room 2; east, floor 1")
    whole, events = calendar(f"/conferences/{TOMORROW}/calendar.ics")
    tap.ok(str(events[uid]["SUMMARY"]) == ODD and
           str(events[uid]["LOCATION"]).startswith("Room 2; east, floor 1,"),
           "what is escaped comes back as it was", events[uid])
    tap.equal(int(events[uid]["SEQUENCE"]), before + 1, "SEQUENCE rises with a change")
    it.registrar("conference change", TOMORROW, "--title", ODD)
    _, events = calendar("/feeds/conferences.ics")
    tap.equal(int(events[uid]["SEQUENCE"]), before + 1, "and with nothing else")
    it.registrar("conference change", TOMORROW, "--title", " ", code=1)
    it.registrar("conference change", "nowhere", "--title", "x", code=1)
    it.registrar("conference material remove", OVER, number)
    it.registrar("conference material remove", OVER, number, code=1)
    tap.ok(ODD not in get(f"/conferences/{OVER}").text, "what is taken back is gone")


# ---- who is told of a change ----

def letters():
    """Every mail once none waits, as it was written: the oldest first."""
    for _ in range(400):
        if query(DB, "SELECT count(*) FROM outbox WHERE state = 'waiting'") == [(0,)]:
            break
        time.sleep(0.05)
    folder = os.path.join(it.data, "mail")
    found = []
    for name in sorted(os.listdir(folder), key=lambda n: [int(x) for x in re.findall(r"\d+", n)]):
        with open(os.path.join(folder, name), "rb") as file:
            found.append(email.message_from_bytes(file.read(), policy=email.policy.default))
    return found


def addressed(mails):
    return sorted(mail["To"].addresses[0].addr_spec for mail in mails)


def entry(mail):
    """The event that goes with a mail; no other file does."""
    file, = mail.iter_attachments()
    whole = icalendar.Calendar.from_ical(file.get_content())
    tap.ok(str(whole["METHOD"]) == "PUBLISH" == file["Content-Type"].params["method"],
           "a changed entry is published", mail["To"])
    return whole.walk("VEVENT")[0]


def told():
    people = query(DB, "SELECT p.email, r.reference FROM registration r "
                       "JOIN accreditation a ON a.id = r.accreditation_id "
                       "JOIN person p ON p.id = a.person_id WHERE r.conference_id = 2 "
                       "AND r.state IN ('confirmed', 'waitlisted') ORDER BY r.id")
    addresses = sorted(address for address, _ in people)
    earlier = letters()
    first = [mail for mail in earlier if "Changed: " in mail["Subject"]]
    tap.equal(addressed(first), addresses, "a change of title and place reached who is registered")
    query(DB, "UPDATE person SET language = 'fr' WHERE email = ?", people[0][0])
    it.registrar("conference change", TOMORROW, "--place", "Room 3", "--stream", "")
    tap.ok(f"{len(people)} people" in it.said, "the command says how many it tells", it.said)
    mails = letters()[len(earlier):]
    tap.equal(addressed(mails), addresses, "each who is registered is written to, and nobody else")
    for mail in mails:
        text, address = mail.get_body(("plain",)).get_content(), addressed([mail])[0]
        now, was = entry(mail), entry(next(m for m in first if addressed([m]) == [address]))
        tap.ok(now["UID"] == was["UID"] == dict(people)[address] + "@media.lakemount.example" and
               int(now["SEQUENCE"]) > int(was["SEQUENCE"]) and
               str(now["LOCATION"]).startswith("Room 3"), "the same UID, a higher SEQUENCE", now)
        said = (("Le lieu était\u00a0: Room 2; east, floor 1", "maintenant\u00a0: Room 3",
                 "plus de diffusion en direct", "Bonjour") if address == people[0][0] else
                ("The place was: Room 2; east, floor 1", "The place is now: Room 3",
                 "no live stream any more", "Dear"))
        tap.ok(all(words in text for words in said), f"what was and what is: {said[3]}", text)
        tap.ok("title was" not in text and "titre" not in text, "and not what stayed", text)
    count = len(letters())
    it.registrar("conference change", TOMORROW, "--place", "Room 3", "--title", ODD)
    it.registrar("conference change", TOMORROW, "--summary", "Other words.")
    tap.ok("; 0 people" in it.said, "a summary is no reason to write", it.said)
    tap.equal(len(letters()), count, "nor is the same again")


def registration():
    browser = reporter("t.wojcik@courier.example")
    reference = urllib.parse.urlsplit(browser.get("/my").link("/registrations/R-")).path
    path = next(a for a in {urllib.parse.urlsplit(a).path
                            for a, _ in browser.get("/my").page.links}
                if a.startswith("/registrations/R-") and
                ODD in browser.get(a).text)
    tap.ok(reference and path + "/calendar.ics" in [a for a, _ in browser.get(path).page.links],
           "one's registration has a calendar file")
    whole, events = calendar(path + "/calendar.ics", browser)
    (uid, event), = events.items()
    tap.ok(str(whole["METHOD"]) == "PUBLISH" and str(event["STATUS"]) == "CONFIRMED" and
           uid == path.rsplit("/", 1)[1] + "@media.lakemount.example", "confirmed", event)
    answer = browser.request("GET", path + "/calendar.ics")
    tap.ok("no-store" in answer.headers["Cache-Control"], "it is personal")
    other = reporter("chan@lakedaily.example")
    tap.equal(other.request("GET", path + "/calendar.ics").status, 404, "and nobody else's")
    time.sleep(1.1)  # news is sorted by the second
    it.registrar("conference cancel", TOMORROW)
    tap.ok("4 registrations" in it.said, "cancelling says how many it was", it.said)
    whole, events = calendar(path + "/calendar.ics", browser)
    tap.ok(list(events) == [uid] and str(whole["METHOD"]) == "CANCEL" and
           str(events[uid]["STATUS"]) == "CANCELLED" and
           int(events[uid]["SEQUENCE"]) > int(event["SEQUENCE"]),
           "cancelled: the same UID, a higher SEQUENCE", events[uid])
    _, all_events = calendar("/feeds/conferences.ics")
    tap.equal(str(all_events["conference-2@media.lakemount.example"]["STATUS"]), "CANCELLED",
              "the public calendar says so too")
    entries = feedparser.parse(get("/feeds/conferences.atom").body).entries
    # Others may have changed in the same second.
    tap.ok("Cancelled: " + ODD in [entry.title for entry in entries
                                   if entry.updated == entries[0].updated],
           "and the feed, among the latest", [(entry.title, entry.updated) for entry in entries])
    tap.ok("Cancelled" in browser.get(path).text and ODD in get("/").text and
           "is cancelled" in get(f"/conferences/{TOMORROW}").text,
           "a cancelled conference stays on the list, and says so")
    tap.equal(query(DB, "SELECT count(*) FROM pass WHERE conference_id = 2 AND state = 'active'"),
              [(0,)], "no pass of it is left")
    it.wait_mail("t.wojcik@courier.example", 4)
    it.registrar("conference cancel", OVER, code=1)
    query(DB, "UPDATE conference SET state = 'draft' WHERE slug = ?", TODAY)
    tap.ok(get(f"/conferences/{TODAY}/calendar.ics").status == 404 and TODAY not in
           get("/feeds/conferences.atom").text + get("/feeds/conferences.ics").text +
           get("/").body.decode(), "a draft is nowhere")


# ---- weight ----

def travels(path):
    """How many bytes of a body are sent to who takes gzip."""
    line = http.client.HTTPConnection("127.0.0.1", it.port, timeout=30)
    line.request("GET", path, headers={"Accept-Encoding": "gzip"})
    size = len(line.getresponse().read())
    line.close()
    return size


def weight():
    heaviest = 0
    for path in PAGES:
        text = get(path).body.decode()
        parts = re.findall(r'<(?:script[^>]* src|link rel="(?:stylesheet|icon)" href)="([^"]+)"',
                           text)
        total = travels(path) + sum(travels(p) for p in parts)
        heaviest = max(heaviest, total)
        tap.ok(len(parts) <= 3 and sum(p.endswith((".css", ".js")) for p in parts) <= 2 and
               total <= MOST, f"{path}: {len(parts)} files, {total} bytes", parts, total)
    print(f"# the heaviest page travels in {heaviest} bytes of {MOST}")


def main():
    it.init()
    it.start()
    pages()
    plainly()
    weight()
    number = stream_and_material()
    feeds()
    conditional()
    calendars(number)
    told()
    registration()


try:
    tap.run(main)
finally:
    it.close()
