#!/usr/bin/python3
"""Nobody can find out who has an account: what is answered to a known address and to an unknown one
is the same to the byte, and takes the same time.

Time is compared by the chance that a known address takes longer than an unknown one (the area under
the curve, as Mann and Whitney count it): one half where nothing can be told, one where each request
tells. Requests are paired and in turn, so that whoever else is busy here disturbs both alike.

Usage: accounts.py BUILD
"""
import os
import re
import sqlite3
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import applying  # noqa: E402
from programs import Programs, link_in  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)
PAIRS = 80
ALIKE = 0.17  # how far from one half is still chance, for 80 pairs (more than three deviations)


def known():
    with sqlite3.connect(f"file:{it.data}/registrar.db?mode=ro", uri=True) as base:
        return [e for e, in base.execute("SELECT email FROM person ORDER BY id")]


def area(longer, shorter):
    """The chance that one of the first is longer than one of the second."""
    won = sum((a > b) + (a == b) / 2 for a in longer for b in shorter)
    return won / (len(longer) * len(shorter))


def post(browser, path, pairs, csrf):
    body = urllib.parse.urlencode({**pairs, "csrf": csrf})
    return browser.request("POST", path, body=body, headers={
        "Content-Type": "application/x-www-form-urlencoded", "Origin": f"http://127.0.0.1:{it.port}"})


def token(browser, path):
    return re.search(r'name="csrf" value="([^"]+)"', browser.request("GET", path).body.decode()).group(1)


def plain(answer, *addresses):
    """All of an answer that a stranger sees, without the address that the stranger typed."""
    text = answer.body.decode()
    for address in addresses:
        text = text.replace(address, "ADDRESS")
    kept = {n: v for n, v in answer.headers.items() if n not in ("Date", "Set-Cookie", "Content-Length")}
    return answer.status, sorted(kept.items()), re.sub(r'value="[\w-]{40,}"', "", text)


def timed(browser, path, pairs, csrf):
    begin = time.perf_counter()
    answer = post(browser, path, pairs, csrf)
    return time.perf_counter() - begin, answer


def compare(name, ask, first, second):
    """ask(address, number) -> (seconds, answer) for pairs of addresses; the area."""
    times, wrong = ([], []), []
    for number in range(PAIRS):
        pair = (first(number), second(number))
        turn = (0, 1) if number % 2 else (1, 0)
        answers = [None, None]
        for side in turn:
            took, answers[side] = ask(pair[side], number)
            times[side].append(took)
            time.sleep(0.02)  # the mail before is gone by then
        if plain(answers[0], pair[0]) != plain(answers[1], pair[1]):
            wrong.append((pair, plain(answers[0], pair[0])[:2], plain(answers[1], pair[1])[:2]))
    tap.equal(wrong[:2], [], f"{name}: the same bytes and status")
    found = area(*times)
    middle = [sorted(t)[len(t) // 2] * 1000 for t in times]
    tap.note(f"{name}: medians {middle[0]:.2f} and {middle[1]:.2f} ms, area {found:.3f}")
    return found


def sign_in(people):
    browsers = [it.browser(source=f"127.0.7.{n + 1}") for n in range(PAIRS)]
    tokens = [token(b, "/sign-in") for b in browsers]

    def ask(address, number):
        return timed(browsers[number], "/sign-in", {"email": address}, tokens[number])

    found = compare("asking for a link", ask, lambda n: people[n % len(people)],
                    lambda n: "nobody." + people[n % len(people)])
    tap.ok(abs(found - 0.5) < ALIKE, "asking for a link: a known address takes as long as an unknown one", found)
    # Who asked too often is answered the same, and nothing is written: what an unknown address would
    # be without the rows that are written for it as well.
    for _ in range(3):
        ask("often@nowhere.example", 0)
    found = compare("the control", lambda address, number: ask(
        address, 0 if address == "often@nowhere.example" else number), lambda n: f"else{n}@nowhere.example",
                    lambda n: "often@nowhere.example")
    tap.ok(found > 0.5 + ALIKE, "the control: without what evens them out the time does tell", found)


def apply(people):
    """Sends an application for a known address and for another."""
    def ready(address, number):
        browser = it.browser(source=f"127.0.8.{number + 1}")
        page = applying.walk(browser, {"email": address})
        return browser, dict(page.form("^/accreditation/check$").fields)["csrf"]

    def ask(address, number):
        browser, csrf = ready(address, number)
        return timed(browser, "/accreditation/check", {}, csrf)

    found = compare("applying", ask, lambda n: people[n % len(people)],
                    lambda n: f"new{n % len(people)}@nowhere.example")
    tap.ok(abs(found - 0.5) < ALIKE, "applying: a known address takes as long as an unknown one", found)


def mailed(address, kind):
    """The newest link of this kind, among whatever else was mailed."""
    for _ in range(200):
        found = [text for _, text in it.mails(address) if f"/{kind}/" in text]
        if found:
            return link_in(found[-1], kind)
        time.sleep(0.05)
    raise AssertionError(f"no /{kind}/ for {address}")


def signed_in(own):
    browser = it.browser()
    browser.submit(browser.get("/sign-in").form(r"^(/sign-in)?$"), {"email": own})
    link = mailed(own, "link")
    browser.submit(browser.get(link).form("/link/"))
    return browser


def change_of_address(people, browser):
    """A person asks whether somebody else's address could be hers."""
    csrf = token(browser, "/my/email")
    found = compare("another address", lambda address, number: timed(
        browser, "/my/email", {"email": address}, csrf), lambda n: people[1 + n % (len(people) - 1)],
                    lambda n: f"free{n % (len(people) - 1)}@nowhere.example")
    tap.ok(abs(found - 0.5) < ALIKE, "another address: a known one takes as long as a free one", found)


def announcements(people):
    """Someone asks for announcements to an address that has them, and to one that has not."""
    def ready(number, address):
        browser = it.browser(source=f"127.0.9.{number + 1}")
        form = browser.get("/announcements").form("^/announcements")
        return browser, dict(form.fields)["csrf"], {n: address if n == "email" else form.choices[n][0]
                                                    for n in form.names if n != "csrf" and (
                                                        n == "email" or n in form.choices)}

    for number, address in enumerate(people[:10]):
        browser, csrf, values = ready(100 + number, address)
        post(browser, "/announcements", values, csrf)
        link = mailed(address, "announcements/confirm")
        browser.submit(browser.get(link).form("/announcements/confirm/"))

    def ask(address, number):
        browser, csrf, values = ready(number, address)
        return timed(browser, "/announcements", values, csrf)

    found = compare("announcements", ask, lambda n: people[n % 10], lambda n: f"nobody{n % 10}@nowhere.example")
    tap.ok(abs(found - 0.5) < ALIKE, "announcements: who has them is told by no time", found)


def main():
    tap.ok(area([2, 3], [0, 1]) == 1 and area([1, 2], [1, 2]) == 0.5, "the statistic counts as it says")
    it.init()
    it.start()
    people = known()
    tap.ok(len(people) >= 10, "the sample has people", len(people))
    browser = signed_in(people[0])
    sign_in(people)
    apply(people)
    change_of_address(people, browser)
    announcements(people)
    it.stop()


try:
    tap.run(main)
finally:
    it.close()
