#!/usr/bin/python3
"""Mails as a receiver gets them: their parts, what goes with them, announcements and their end, and
mail that comes back.

Usage: receive.py BUILD
"""
import email
import email.policy
import html.parser
import json
import os
import re
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from browser import free_port  # noqa: E402
import people  # noqa: E402
from mailbox import Mailbox  # noqa: E402
from programs import Programs, link_in, wait  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
it = Programs(os.path.abspath(sys.argv[1]))
store = it.store


def parse(content):
    mail = email.message_from_bytes(content, policy=email.policy.default)
    for part in mail.walk():
        part.get_payload(decode=True)
        if part.defects:
            raise AssertionError(f"{part.get_content_type()}: {part.defects}")
    return mail


class Server(Mailbox):
    """Its mails are read, and have no defect."""

    def to(self, address):
        return [parse(content) for content in super().to(address)]


class Shape(html.parser.HTMLParser):
    """What an HTML part has: tags, links, and anything a program would fetch or run."""

    def __init__(self, text):
        super().__init__()
        self.tags, self.links, self.fetched, self.language, self.words = [], [], [], None, ""
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        attrs = dict(attrs)
        self.tags.append(tag)
        if tag == "html":
            self.language = attrs.get("lang")
        if tag == "a":
            self.links.append(attrs["href"])
        self.fetched += [v for k, v in attrs.items() if k in ("src", "background", "style") or
                         k.startswith("on")]
        if tag in ("script", "img", "link", "iframe", "form", "object", "style"):
            self.fetched.append(tag)

    def handle_data(self, data):
        self.words += data


def squash(text):
    return re.sub(r"\s+", " ", text).strip()


def sign_in(server, address):
    browser = it.browser()
    before = len(server.to(address))
    browser.submit(browser.get("/sign-in").form("/sign-in"), {"email": address})
    mails = wait(lambda: server.to(address)[before:])
    text = mails[0].get_body(("plain",)).get_content()
    page = browser.submit(browser.get(link_in(text, "link")).form("/link/"))
    return browser, mails[0], page


def registered(server, slug):
    person = store("SELECT p.email, a.id FROM person p JOIN accreditation a ON a.person_id = p.id "
                   "WHERE a.state = 'active' AND a.class = 1 AND NOT EXISTS (SELECT 1 FROM "
                   "registration r JOIN conference c ON c.id = r.conference_id WHERE "
                   "r.accreditation_id = a.id AND c.slug = ?) ORDER BY p.id LIMIT 1", slug)[0][0]
    browser, mail, _ = sign_in(server, person)
    shape = Shape(mail.get_body(("html",)).get_content())
    tap.ok(mail.get_content_type() == "multipart/alternative" and
           [p.get_content_type() for p in mail.iter_parts()] == ["text/plain", "text/html"],
           "a mail without files is its text, then the same as HTML")
    tap.equal(squash(shape.words).replace(squash(str(mail["Subject"])), "", 1).strip(),
              squash(mail.get_body(("plain",)).get_content()), "with the same words")
    tap.ok(shape.language == "en" and not shape.fetched and
           all(x.startswith(f"http://127.0.0.1:{it.port}/") for x in shape.links),
           "in a named language, with nothing to fetch, linked to the site only", shape.links)
    tap.ok("List-Unsubscribe" not in mail and mail["Auto-Submitted"] == "auto-generated",
           "it is no announcement")
    page = browser.get(f"/conferences/{slug}")
    form = page.form(f"/conferences/{slug}/register")
    browser.submit(form, {"consent": "yes"})
    mail = wait(lambda: [m for m in server.to(person) if "registered" in m["Subject"]])[0]
    tap.equal([(p.get_content_type(), p.get_filename()) for p in mail.iter_attachments()],
              [("text/calendar", "calendar.ics"), ("image/png", "pass.png")],
              "who is registered gets a calendar entry and the pass")
    tap.equal(mail.get_content_type(), "multipart/mixed", "beside the text")
    calendar, picture = mail.iter_attachments()
    tap.ok(calendar["Content-Type"].params.get("method") == "PUBLISH" and
           "METHOD:PUBLISH" in calendar.get_content(), "the entry says that it is one")
    folder = it.path("pass.png")
    with open(folder, "wb") as file:
        file.write(picture.get_content())
    code = it.run("/usr/bin/zbarimg", "-q", "--raw", folder).strip()
    known = [r[0] for r in store("SELECT qr FROM pass")]
    tap.ok(code in known, "the picture is the pass, as it is stored", code[:20])
    tap.ok(wait(lambda: store("SELECT count(*) FROM outbox_attachment") == [(0,)]),
           "what was sent keeps no files")
    reference = re.search(r"/registrations/([A-Z0-9-]+)", mail.get_body(("plain",)).get_content())
    page = browser.get(f"/registrations/{reference.group(1)}/cancel")
    browser.submit(page.form("/cancel"))
    mail = wait(lambda: [m for m in server.to(person) if "cancelled" in m["Subject"]])[0]
    files = list(mail.iter_attachments())
    tap.ok(len(files) == 1 and files[0]["Content-Type"].params.get("method") == "CANCEL" and
           "STATUS:CANCELLED" in files[0].get_content(), "who cancelled gets the entry's end, no pass")


def subscribe(server, address, kinds, language=None):
    browser = it.browser()
    if language:
        browser.get(f"/announcements?lang={language}")
    before = len(server.to(address))
    form = browser.get("/announcements").form("/announcements")
    answer = browser.submit(form, {"email": address, "kinds": kinds})
    return browser, answer, lambda: server.to(address)[before:]


def announcements(server, slug):
    rows = "SELECT email, kinds FROM subscription ORDER BY id"
    browser, answer, mails = subscribe(server, "reader@weekly.example", ["conferences", "week"])
    mail = wait(mails)[0]
    tap.equal(store(rows), [("reader@weekly.example", 0)], "asking subscribes nobody")
    path = link_in(mail.get_body(("plain",)).get_content(), "announcements/confirm")
    shown = it.browser().get(path)
    tap.equal((shown.status, store(rows)), (200, [("reader@weekly.example", 0)]),
              "nor does opening the link, as mail scanners do")
    tap.equal(it.registrar("announce", "--conference", slug).split()[0], "0",
              "nothing is announced to an address that nobody confirmed")
    store("DELETE FROM announcement")
    reader = it.browser()
    reader.submit(reader.get(path).form("/announcements/confirm/"))
    tap.equal(store(rows), [("reader@weekly.example", 5)], "the button does")
    tap.equal(it.browser().get(path).status, 404, "once")
    same, again, mails = subscribe(server, "reader@weekly.example", ["releases"])
    wait(mails)
    tap.equal((again.status, squash(again.text)), (answer.status, squash(answer.text)),
              "a known address is answered like an unknown one")
    tap.equal(store(rows), [("reader@weekly.example", 5)], "and what it gets stays as it is")
    tap.equal(browser.submit(browser.get("/announcements").form("/announcements"),
                             {"email": "x@weekly.example\r\nBcc: y@weekly.example",
                              "kinds": ["week"]}).status, 422, "a second header is refused")
    tap.equal(browser.submit(browser.get("/announcements").form("/announcements"),
                             {"email": "x@weekly.example"}).status, 422, "so is asking for nothing")

    said = it.registrar("announce", "--conference", slug)
    tap.equal(said.split()[0], "1", "a conference is announced")
    tap.equal(it.registrar("announce", "--conference", slug).split()[0], "0", "once")
    mail = wait(lambda: [m for m in server.to("reader@weekly.example") if m["List-Id"]])[0]
    way = str(mail["List-Unsubscribe"]).strip().strip("<>")
    tap.ok(mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click" and
           "/announcements/stop/" in way and way in mail.get_body(("plain",)).get_content() and
           mail["Precedence"] == "bulk" and mail["Auto-Submitted"] == "auto-generated",
           "with a way out that programs know", mail.items())
    tap.equal(it.registrar("announce", "--week").split()[0], "1", "so is the week")
    tap.equal(it.registrar("announce", "--conference", "no-such", code=1), "", "not what is not there")
    path = urllib.parse.urlsplit(way).path
    tap.equal(it.browser().get(path).status, 200, "opening the way out asks")
    tap.equal(len(store(rows)), 1, "and ends nothing")
    once = it.browser().request("POST", path, "List-Unsubscribe=One-Click",
                                {"Content-Type": "application/x-www-form-urlencoded"})
    tap.equal((once.status, store(rows)), (200, []), "one click without a cookie ends it")

    _, _, mails = subscribe(server, "lecteur@weekly.example", ["week"], "fr")
    mail = wait(mails)[0]
    tap.equal(Shape(mail.get_body(("html",)).get_content()).language, "fr",
              "it is written in the language of the page")
    reader.submit(reader.get(link_in(mail.get_body(("plain",)).get_content(),
                                     "announcements/confirm")).form("/announcements/confirm/"))


def many(server):
    """Each gets one mail, and others write in between."""
    for i in range(230):
        store("INSERT INTO subscription (email, language, kinds, wanted, expires, key, created) "
              "VALUES (?, 'en', 2, 2, 0, ?, 0)", f"r{i}@many.example", f"{i:043d}")
    store("INSERT INTO material (conference_id, kind, title, url, published) SELECT id, 'release', "
          "'Road closures', 'https://media.lakemount.example/r1', 0 FROM conference "
          "WHERE state = 'announced' LIMIT 1")
    number = store("SELECT max(id) FROM material")[0][0]
    tap.equal(it.registrar("announce", "--material", str(number)).split()[0], "230",
              "each of 230 has a mail")
    got = wait(lambda: len([e for e in server.taken if e.rcpt_tos[0].endswith("@many.example")])
               == 230, 60)
    tap.ok(got, "and gets it")
    tap.equal(len({e.rcpt_tos[0] for e in server.taken if e.rcpt_tos[0].endswith("@many.example")}),
              230, "one each")


def report(mail, to, action="failed", status="5.1.1"):
    """A report as Postfix writes it."""
    header = "".join(f"{k}: {v}\r\n" for k, v in mail.items() if k in ("Message-ID", "To", "Subject"))
    return (f"From: MAILER-DAEMON@mx.example\r\nTo: media@lakemount.example\r\n"
            f"Subject: Undelivered Mail Returned to Sender\r\nMIME-Version: 1.0\r\n"
            f"Content-Type: multipart/report; report-type=delivery-status;\r\n"
            f"\tboundary=\"B.1/mx\"\r\n\r\nThis is a MIME message.\r\n\r\n--B.1/mx\r\n"
            f"Content-Type: text/plain\r\n\r\nI'm sorry.\r\n\r\n--B.1/mx\r\n"
            f"Content-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
            f"Final-Recipient: rfc822; {to}\r\nAction: {action}\r\nStatus: {status}\r\n\r\n"
            f"--B.1/mx\r\nContent-Type: text/rfc822-headers\r\n\r\n{header}\r\n--B.1/mx--\r\n")


def bounced():
    return store("SELECT email, status FROM bounce ORDER BY email")


def returned(server):
    address = store("SELECT email FROM person ORDER BY id DESC LIMIT 1")[0][0]
    store("INSERT INTO application (reference, state, email, name, outlet, person_id, class, proof, "
          "created, submitted, due) SELECT 'A-BACK-0001', 'submitted', email, name, 'Weekly', id, 1, "
          "'Proof', 1, 1, 1 FROM person WHERE email = ?", address)
    browser, mail, _ = sign_in(server, address)
    good = report(mail, address)
    for text, why in ((report(mail, address, "delayed", "4.4.1"), "one that is only late"),
                      (report(mail, address, "delivered", "2.0.0"), "one that arrived"),
                      (good.replace("multipart/report", "multipart/alternative"), "another mail"),
                      (good.replace("delivery-status\r\n\r\n", "x\r\n\r\n"), "one without a status"),
                      (re.sub(r"Message-ID: <\w{8}", "Message-ID: <00000000", good), "another's"),
                      ("", "nothing"), ("\n" * 2_000_000, "too much"),
                      (good[:200], "one that was cut off")):
        it.registrar("mail bounce", text=text, code=1)
        tap.equal(bounced(), [], f"noted is not: {why}")
    it.registrar("mail bounce", text=report(mail, address, "failed", "5.7.1"))
    tap.equal(bounced(), [], "nor what is not about the mailbox")
    it.registrar("mail bounce", text=report(mail, "other@lantern.example").replace(
        f"To: {mail['To']}", "To: <other@lantern.example>"), code=1)
    tap.equal(bounced(), [], "nor an address that we did not write to")
    for i in range(0, len(good), 37):
        it.registrar("mail bounce", text=good[:i] + "\x01;\"=" + good[i + 5:], code=None)
    store("DELETE FROM bounce")
    it.registrar("mail bounce", text=good)
    tap.equal(bounced(), [(address, "5.1.1")], "a report of a failure is noted")
    desk = people.staff(it, "desk1")
    tap.ok("Mail comes back" in desk.get("/staff/applications/A-BACK-0001").text, "the desk sees it")
    tap.ok("comes back" not in browser.get("/my").text, "the person's page does not say it")
    store("INSERT INTO outbox (recipient, subject, body, state, next_try, created) "
          "VALUES (?, 'Held', 'Held' || char(10), 'waiting', 0, 0)", address)
    before = len(server.to(address))
    sign_in(server, address)
    tap.equal(bounced(), [], "a link that is used proves the address again")
    tap.ok(wait(lambda: [m for m in server.to(address)[before:] if m["Subject"] == "Held"], 40),
           "and what waited is sent")
    subscribe(server, "gone@weekly.example", ["week"])
    tap.ok(wait(lambda: bounced() == [("gone@weekly.example", "5.1.1")]),
           "a refusal of the recipient is noted alike", bounced())
    subscribe(server, "policy@weekly.example", ["week"])
    tap.ok(wait(lambda: store("SELECT 1 FROM outbox WHERE state = 'failed' AND recipient LIKE "
                              "'policy%'")), "another refusal ends the mail")
    tap.equal(bounced(), [("gone@weekly.example", "5.1.1")], "and is not the mailbox's")


def main():
    port, handler = free_port(), Server({"gone": "550 5.1.1 no such mailbox",
                                         "policy": "550 5.7.1 not from there"})
    it.init()
    it.mail_by(port)
    server = handler.listen(port)
    try:
        it.start()
        slug = json.loads(it.registrar("conference list", "--json").splitlines()[0])["slug"]
        slug = store("SELECT slug FROM conference WHERE state = 'announced' AND starts > ? "
                     "ORDER BY starts DESC LIMIT 1", int(time.time()))[0][0] or slug
        registered(handler, slug)
        announcements(handler, slug)
        many(handler)
        returned(handler)
    finally:
        it.stop()
        server.stop()


try:
    tap.run(main)
finally:
    it.close()
