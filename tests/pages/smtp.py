#!/usr/bin/python3
"""Mail to a real SMTP server on loopback: taken, refused, away and back again.

Usage: smtp.py BUILD
"""
import email
import email.policy
import os
import sqlite3
import sys
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.remove(HERE)  # aiosmtpd needs a module called public, and it is not the one here
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import applying  # noqa: E402
from browser import free_port  # noqa: E402
from mailbox import Mailbox  # noqa: E402
from programs import Programs, link_in, wait  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
it = Programs(os.path.abspath(sys.argv[1]))


def apply(address):
    browser = it.browser()
    return applying.send(browser, {
        "name": "Zoë\u00a0Ünal", "email": address, "outlet": "L’Écho", "class": "reporter",
        "proof": "."})


def outbox():
    """(state, tries, error, body) of each mail."""
    db = sqlite3.connect(f"file:{it.data}/registrar.db?mode=ro", uri=True, timeout=5)
    try:
        return db.execute("SELECT state, tries, error, body FROM outbox ORDER BY id").fetchall()
    finally:
        db.close()


def main():
    port = free_port()
    handler = Mailbox({"gone@": "550 no such mailbox {address}", "later@": "451 come back later"})
    it.init()
    it.mail_by(port)
    it.start()
    apply("early@lantern.example")
    tap.ok(wait(lambda: [r for r in outbox() if r[0] == "waiting" and r[1] == 1], 10),
           "without a server a mail waits for its next try", outbox())
    tap.ok(outbox()[-1][2] and "@" not in outbox()[-1][2], "the note of it has no address",
           outbox()[-1])
    it.stop()
    server = handler.listen(port)
    try:
        it.start()
        apply("zoe@lantern.example")
        tap.ok(wait(lambda: handler.taken, 10), "the server is given the mail")
        envelope = handler.taken[0]
        tap.equal((envelope.mail_from, envelope.rcpt_tos),
                  ("media@lakemount.example", ["zoe@lantern.example"]), "from us, to one person")
        mail = email.message_from_bytes(envelope.original_content, policy=email.policy.default)
        tap.equal([str(d) for d in mail.defects], [], "it parses without a defect")
        tap.ok(mail["Auto-Submitted"] == "auto-generated" and mail["Message-ID"] and
               mail["Date"].datetime is not None, "with the headers it needs")
        link = link_in(mail.get_body(("plain",)).get_content(), "confirm")
        done = it.browser()
        page = done.submit(done.get(link).form("/confirm/"))
        tap.equal(page.status, 200, "its link works: " + urllib.parse.urlsplit(link).path[:9])
        tap.ok(wait(lambda: len(handler.taken) == 2, 10), "and brings the acknowledgement")
        second = email.message_from_bytes(handler.taken[1].original_content,
                                          policy=email.policy.default)
        tap.ok("Zoë" in second.get_body(("plain",)).get_content() and "L’Écho" in second.get_body(("plain",)).get_content(),
               "whose text is as typed", second.get_body(("plain",)).get_content())
        tap.ok(wait(lambda: [r[3] for r in outbox() if r[0] == "sent"] == ["", ""], 10),
               "what was sent has no body in the store", outbox())
        apply("gone@lantern.example")
        tap.ok(wait(lambda: [r for r in outbox() if r[0] == "failed"], 10),
               "a mailbox that does not exist is not tried again", outbox())
        apply("later@lantern.example")
        tap.ok(wait(lambda: [r for r in outbox() if r[0] == "waiting" and r[2] and "451" in r[2]], 10),
               "one that is full is tried later", outbox())
        tap.ok(all("example" not in (r[2] or "") for r in outbox()), "no address in any note",
               outbox())
        refused = apply("a@b.example>\r\nRCPT TO:<evil@lantern.example")
        tap.equal(refused.status, 422, "a recipient with a command in it is refused at the form")
        tap.ok(all("evil" not in c for c in handler.commands), "and never reaches the server",
               handler.commands)
    finally:
        it.stop()
        server.stop()
    with open(it.path("serve.log"), encoding="utf-8", errors="replace") as file:
        log = file.read()
    tap.ok("lantern" not in log and "not sent" in log, "the log tells of it without an address",
           log[-500:])


try:
    tap.run(main)
finally:
    it.close()
