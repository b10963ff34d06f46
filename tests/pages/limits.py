#!/usr/bin/python3
"""Limits that slow whoever tries without end, and not the newsroom behind one address.

Usage: limits.py BUILD
"""
import os
import socket
import sys
import time
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import applying  # noqa: E402
import people  # noqa: E402
from programs import Programs, link_in  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)
REPORTERS = 40


def email(number):
    return f"reporter{number}@newsroom.example"


def reporter(number):
    """Applies, confirms and signs in, all from the one address; what was refused."""
    browser = it.browser(source="127.0.4.1")
    sent = applying.send(browser, {"email": email(number), "name": f"Reporter {number}"})
    if not sent.url.endswith("/sent"):
        return [("apply", number, sent.status, sent.text[:200])]
    page = browser.get(link_in(it.wait_mail(email(number), 1)[0][1], "confirm"))
    browser.submit(page.form("/confirm/"))
    it.wait_mail(email(number), 2)
    page = browser.submit(browser.get("/sign-in").form(r"^(/sign-in)?$"), {"email": email(number)})
    if page.status != 200:
        return [("sign in", number, page.status, page.text[:200])]
    link = link_in(it.wait_mail(email(number), 3)[-1][1], "link")
    mine = browser.submit(browser.get(link).form("/link/"))
    return [] if mine.url.endswith("/my") else [("link", number, mine.url)]


def newsroom():
    begin = time.monotonic()
    with ThreadPoolExecutor(8) as pool:
        refused = sum(pool.map(reporter, range(REPORTERS)), [])
    took = time.monotonic() - begin
    tap.equal(refused, [], "forty reporters behind one address apply, confirm and sign in")
    tap.note(f"{REPORTERS} in {took:.0f} s")
    for _ in range(2):  # who has lost the mail asks again
        with ThreadPoolExecutor(8) as pool:
            codes = list(pool.map(lambda n: ask("127.0.4.1", email(n)).status, range(20)))
        tap.equal(set(codes), {303}, "and half of them ask for another link")
    held = [socket.create_connection(("127.0.0.1", it.port), source_address=("127.0.4.1", 0))
            for _ in range(100)]
    tap.equal(it.browser(source="127.0.4.1").get("/").status, 200,
              "a page opens while the newsroom holds a hundred connections")
    for line in held:
        line.close()


def ask(source, address):
    """Asks for a link to sign in, as a program does it."""
    return people.post(it.browser(source=source), "/sign-in", {"email": address}, pages=["/sign-in"])


def attacker():
    """Many addresses of others asked for from one place."""
    codes = []
    for number in range(200):
        answer = ask("127.0.5.1", f"guess{number}@nowhere.example")
        codes.append(answer.status)
        if len(codes) > 3 and codes[-3:] == [429] * 3:
            break
    taken = codes.count(303)
    tap.ok(codes[-1] == 429 and taken <= 125, "one who asks for address after address is slowed", taken,
           codes[-5:])
    tap.ok("minute" in answer.text, "the page says how long", answer.text)
    tap.equal(ask("127.0.4.1", email(30)).status, 303, "the newsroom is not")
    tap.note(f"slowed after {taken}")


def many_networks():
    """One address of somebody's, asked for from sixty places, and the person asks as well."""
    before = len(it.mails(email(39)))
    for number in range(60):
        ask(f"127.0.6.{number + 1}", email(39))
    time.sleep(0.5)
    sent = len(it.mails(email(39))) - before
    tap.ok(sent <= 14, "many places that ask for one person's mails fill no inbox", sent)
    other = ask("127.0.4.1", email(38))
    tap.equal(other.status, 303, "and nobody else is slowed by it")
    tap.note(f"{sent} mails for 60 askers")


def main():
    it.init()
    it.start()
    newsroom()
    attacker()
    many_networks()
    it.stop()


try:
    tap.run(main)
finally:
    it.close()
