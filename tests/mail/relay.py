#!/usr/bin/python3
"""A real mail server (OpenSMTPD, on loopback, in a configuration of this test's own) takes the mails,
passes them on, and reports what it could not deliver; its report is read.

Usage: relay.py BUILD. Needs root, as OpenSMTPD does, and that no other one runs.
"""
import email
import email.policy
import fcntl
import os
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from browser import free_port  # noqa: E402
from mailbox import Mailbox  # noqa: E402
from programs import Programs, query, wait  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
it = Programs(os.path.abspath(sys.argv[1]))
SMTPD = "/usr/sbin/smtpd"


def start_relay(port, far):
    """OpenSMTPD listening on port, handing everything to far."""
    path = it.path("smtpd.conf")
    with open(path, "w", encoding="ascii") as file:
        file.write(f"listen on 127.0.0.1 port {port}\n"
                   f'action "on" relay host smtp://127.0.0.1:{far}\n'
                   'match from any for any action "on"\n')
    subprocess.run([SMTPD, "-n", "-f", path], check=True, capture_output=True)
    log = open(it.path("smtpd.log"), "wb")
    server = subprocess.Popen([SMTPD, "-d", "-f", path], stdin=subprocess.DEVNULL, stdout=log,
                              stderr=log)
    log.close()
    return server


def ask(address):
    browser = it.browser()
    form = browser.get("/announcements").form("/announcements")
    browser.submit(form, {"email": address, "kinds": ["conferences"]})


def check(far):
    ask("reader@weekly.example")
    raw = wait(lambda: far.to("reader@weekly.example"), 30)
    tap.ok(raw, "a mail comes through the relay")
    mail = email.message_from_bytes(raw[0], policy=email.policy.default)
    tap.equal([str(d) for p in mail.walk() for d in p.defects], [], "without a defect")
    tap.ok("by" in str(mail["Received"]) and mail["Auto-Submitted"] == "auto-generated",
           "with the relay's own line and ours")
    ask("gone@weekly.example")
    raw = wait(lambda: far.to("media@lakemount.example"), 30)
    tap.ok(raw, "the relay reports what it could not deliver")
    report = email.message_from_bytes(raw[0], policy=email.policy.default)
    tap.ok("message/delivery-status" in [p.get_content_type() for p in report.walk()],
           "in the parts of RFC 3464 (it calls the whole multipart/mixed)")
    db = os.path.join(it.data, "registrar.db")
    tap.equal(query(db, "SELECT email FROM bounce"), [], "the relay took the mail: nothing is known yet")
    said = it.registrar("mail bounce", text=raw[0].decode("ascii", "surrogateescape"), code=None)
    tap.equal(query(db, "SELECT email FROM bounce"), [("gone@weekly.example",)],
              "the report is read, and the address noted: " + said + it.said)


def main():
    lock = open("/run/lock/pressgate-smtpd", "w", encoding="ascii")
    fcntl.flock(lock, fcntl.LOCK_EX)
    port, far_port = free_port(), free_port()
    far = Mailbox({"gone@": "550 5.1.1 no such mailbox"})  # the receivers' server, behind the relay
    it.init()
    it.mail_by(port)
    server = far.listen(far_port)
    relay = start_relay(port, far_port)
    try:
        it.start()
        check(far)
    finally:
        it.stop()
        relay.terminate()
        relay.wait(timeout=20)
        server.stop()
    with open(it.path("smtpd.log"), encoding="utf-8", errors="replace") as file:
        tap.ok("delivery" in file.read(), "OpenSMTPD says that it delivered")


if os.geteuid() != 0 or not os.path.exists(SMTPD):
    it.close()
    print("1..0 # SKIP OpenSMTPD needs root and the package opensmtpd: this was NOT tested")
    sys.exit(0)
try:
    tap.run(main)
finally:
    it.close()
