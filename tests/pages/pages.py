#!/usr/bin/python3
"""The pages over a real `registrar serve`: what they take, what they refuse, and to whom.

Usage: pages.py BUILD
"""
import os
import re
import sqlite3
import stat
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import applying  # noqa: E402
import people  # noqa: E402
from programs import Programs, link_in  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)
secrets = []  # that must be nowhere in the store in the end

TODAY, TOMORROW = "today-harbour-street", "tomorrow-road-safety"
APPLY = {"name": "Amina Ọkáfọ̀", "email": "amina@lantern.example", "outlet": "The Lantern",
         "class": "reporter", "proof": "My editor answers at desk@lantern.example"}


def post(browser, path, pairs, csrf=True, headers=None):
    """A form sent by hand, with the CSRF token of the page that holds it."""
    pairs = list(pairs.items() if isinstance(pairs, dict) else pairs)
    if csrf is True:
        pairs.append(("csrf", token(browser)))
    elif csrf:
        pairs.append(("csrf", csrf))
    sent = {"Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{it.port}", "Sec-Fetch-Site": "same-origin"}
    sent.update(headers or {})
    return browser.request("POST", path, body=urllib.parse.urlencode(pairs),
                           headers={n: v for n, v in sent.items() if v is not None})


def token(browser):
    """A CSRF token of this browser: whoever is signed in can sign out of any page."""
    return people.token(browser, ("/sign-in", "/accreditation"))


def sign_in(name, password=None):
    browser = it.browser()
    return browser, people.sign_in(browser, name, password or it.password)


def reporter(email):
    """A browser that is signed in by a mailed link."""
    browser = people.reporter(it, email)
    assert browser.now.url.endswith("/my"), browser.now.url
    return browser


def apply(values, browser=None):
    """An application, confirmed; its reference."""
    browser, before = browser or it.browser(), len(it.mails(values["email"]))
    applying.send(browser, values)
    link = link_in(it.wait_mail(values["email"], before + 1)[-1][1], "confirm")
    done = post(browser, urllib.parse.urlsplit(link).path, {})
    return re.search(r"A-\w{4}-\w{4}", done.text).group(0)


# ---- what every field refuses ----

# Which page asks for what.
ASKED = {"kind": ["class"], "you": ["name", "email"], "outlet": ["outlet"], "proof": ["proof"]}
YOU = [(name, APPLY[name]) for name in ASKED["you"]]
LONG, HIDDEN, BIDI = "n" * 201, "Ann\u200ba", "Ann\u202ea"
BAD_APPLY = [
    ("name", "", "full name"), ("name", "   ", "full name"), ("name", LONG, "200"),
    ("name", HIDDEN, "full name"), ("name", BIDI, "full name"), ("name", "a\x00b", None),
    ("name", "Ann\nBcc: x@y.example", "full name"),
    ("email", "", "e-mail"), ("email", "ana", "e-mail"), ("email", "a@b", "e-mail"),
    ("email", "a@b.example,c@d.example", "e-mail"), ("email", "a@b.example\r\nBcc: c@d.example",
                                                     "e-mail"),
    ("email", "<a@b.example>", "e-mail"), ("email", "a" * 65 + "@b.example", "e-mail"),
    ("email", "a@" + "b." * 130 + "example", "e-mail"),
    ("outlet", "", "outlet"), ("outlet", LONG, "200"), ("outlet", "\ue000", "outlet"),
    ("class", "", "work"), ("class", "chief", "work"), ("class", "0", "work"),
    ("proof", "p" * 4001, "4,000|4000"), ("proof", "\x07", None),
]


def bad_input():
    browser = it.browser()
    kept = {"name": "Ana Kept", "email": "kept@lantern.example", "outlet": "Kept Outlet",
            "class": "camera", "proof": "Kept proof"}
    applying.walk(browser, kept)
    for field, value, words in BAD_APPLY:
        where = next(page for page, fields in ASKED.items() if field in fields)
        here = {name: kept[name] for name in ASKED[where]}
        shown = post(browser, f"/accreditation/{where}", dict(here, **{field: value}))
        name = f"apply: {field} {value[:24]!r}"
        if words is None and shown.status == 400:
            tap.ok(True, name + " is refused as malformed")
            continue
        page = shown.body.decode()
        said = re.findall(r'error-message">.*?</span>([^<]*)<', page)
        others = [v for f, v in here.items() if f not in (field, "class")]
        tap.ok(shown.status == 422 and len(said) == 1 and f'href="#{field}"' in page and
               re.search(words or ".", said[0], re.I) and
               "Error: " in page.split("</title>")[0] and all(v in page for v in others),
               name + ": a message at the field says so, the rest is kept",
               shown.status, said)
    tap.equal(it.mails("kept@lantern.example"), [], "none of these sent a mail")
    for pairs, words in [
            (YOU + [("role", "admin")], "a field nobody declared"),
            (YOU + [("email", "two@b.example")], "a field twice")]:
        tap.equal(post(browser, "/accreditation/you", pairs).status, 400, words + " is refused")
    big = {"proof": "p" * 70000}
    tap.equal(post(browser, "/accreditation/proof", big).status, 413, "a body over the limit is refused")
    for value in ("", "x", "a@b.example\nX: y"):
        shown = post(browser, "/sign-in", {"email": value})
        tap.equal(shown.status, 422, f"sign-in: email {value!r} is refused")
    for values in ({"name": "", "password": "x"}, {"name": "admin", "password": ""}):
        tap.equal(post(browser, "/staff/sign-in", values).status, 422,
                  f"staff sign-in without {[n for n in values if not values[n]][0]}")


# ---- requests that no page of ours sends ----

def forged():
    browser = it.browser()
    other = it.browser()
    foreign = token(other)
    applying.walk(browser, {})
    for csrf, words in ((None, "without"), ("", "with an empty"), ("x" * 43, "with a made-up"),
                        (foreign, "with another visitor's")):
        shown = post(browser, "/accreditation/you", YOU, csrf=csrf)
        tap.equal(shown.status, 403, f"a form {words} CSRF token is refused")
    for headers, words in (({"Origin": "https://evil.example"}, "another Origin"),
                           ({"Origin": "null"}, "a null Origin"),
                           ({"Sec-Fetch-Site": "cross-site"}, "Sec-Fetch-Site: cross-site"),
                           ({"Sec-Fetch-Site": "same-site"}, "Sec-Fetch-Site: same-site")):
        shown = post(browser, "/accreditation/you", YOU, headers=headers)
        tap.equal(shown.status, 403, f"{words} is refused")
    shown = post(browser, "/accreditation/you", YOU, headers={"Content-Type": "text/plain"})
    tap.equal(shown.status, 415, "another content type is refused")
    tap.equal(it.mails(APPLY["email"]), [], "none of these sent a mail")
    control = post(browser, "/accreditation/you", YOU,
                   headers={"Origin": None, "Sec-Fetch-Site": None})
    tap.equal(control.status, 303, "the control: the same form with its token is taken")


# ---- who may open what ----

def other_peoples(people):
    """Objects of another person are not found, and nothing happens to them."""
    ana = reporter("ana.ferreira@lumen.example")
    reference = re.search(r"/registrations/(R-[\w-]+)", ana.get("/my").body.decode()).group(1)
    base = f"/registrations/{reference}"
    tap.equal(ana.get(base).status, 200, "a person opens her own registration")
    for path in ("", "/pass.png", "/pass.svg", "/cancel"):
        tap.equal(people["person"].request("GET", base + path).status, 404,
                  f"another person's {path or 'registration'} is not found")
    tap.equal(post(people["person"], base + "/cancel", {}).status, 404,
              "another person's registration can't be cancelled")
    tap.equal(people["person"].request("GET", "/registrations/R-0000-0000").status, 404,
              "as one that does not exist")
    for name in ("nobody", "desk1"):
        tap.ok(people[name].request("GET", base + "/pass.png").status in (303, 403),
               f"and {name} is not shown it")
    tap.ok("Registered" in ana.get(base).text, "it stands as it was")
    mine = post(people["person"], f"/conferences/{TOMORROW}/register",
                {"consent": "yes", "accreditation": "1"})
    tap.equal(mine.status, 404, "another person's accreditation registers nobody")
    return ana, base


# ---- nobody can be told apart ----

def same(one, two, name):
    tap.equal((one.status, one.headers.get("Location"), one.text),
              (two.status, two.headers.get("Location"), two.text), name)


def enumeration():
    known, unknown = "chidi@courier.example", "chidi@nowhere.example"
    browser = it.browser()
    same(post(browser, "/sign-in", {"email": known}), post(browser, "/sign-in", {"email": unknown}),
         "asking for a link: the same for a known and an unknown address")
    one, two = it.browser(), it.browser()
    applying.walk(one, dict(APPLY, email=known))
    applying.walk(two, dict(APPLY, email=unknown))
    same(post(one, "/accreditation/check", {}), post(two, "/accreditation/check", {}),
         "applying: the same for a known and an unknown address")
    it.wait_mail(known, 2)
    tap.equal([s for s, _ in it.mails(unknown) if "sign in" in s], [],
              "nothing is mailed to an unknown address")
    one = post(it.browser(), "/staff/sign-in", {"name": "rev1", "password": "wrong horse battery"})
    two = post(it.browser(), "/staff/sign-in", {"name": "nosuch", "password": "wrong horse battery"})
    tap.equal((one.status, one.text), (two.status, two.text.replace("nosuch", "rev1")),
              "a wrong password and an unknown name: the same page")
    held = {name: [] for name in ("rev1", "nosuch")}
    for _ in range(3):  # in turn, and the quickest of each: others may be busy on this machine
        for name, taken in held.items():
            stranger = it.browser()
            csrf = token(stranger)
            begin = time.monotonic()
            post(stranger, "/staff/sign-in", {"name": name, "password": "wrong horse battery"},
                 csrf=csrf)
            taken.append((time.monotonic() - begin) * 1000)
    there, gone = min(held["rev1"]), min(held["nosuch"])
    tap.ok(0.6 < there / gone < 1.67, "and they take the same time", f"{there:.0f} ms",
           f"{gone:.0f} ms")
    tap.note(f"wrong password {there:.0f} ms, unknown name {gone:.0f} ms")
    people = ["t.wojcik@courier.example", "chan@lakedaily.example", "fatima@aurore.example",
              "me.tremblay@aurore.example", "arul@northernwire.example", "giorgos@lumen.example"]
    times = {"known": [], "unknown": []}
    for address in people:
        for name, email in (("known", address), ("unknown", "x" + address)):
            held = token(browser)
            time.sleep(0.3)  # the mail before is gone by then
            begin = time.monotonic()
            post(browser, "/sign-in", {"email": email}, csrf=held)
            times[name].append(time.monotonic() - begin)
    times = {name: min(found) * 1000 for name, found in times.items()}
    tap.note(f"a link asked for: known {times['known']:.1f} ms, unknown {times['unknown']:.1f} ms")
    tap.ok(abs(times["known"] - times["unknown"]) < 5,
           "asking for a link takes the same time too", times)


def mails_of_strangers():
    """Who asks for another's mails uses up nobody's but their own."""
    email = "giorgos@lumen.example"
    before = len(it.mails(email))
    stranger = it.browser(source="127.0.0.2")
    for _ in range(6):
        post(stranger, "/sign-in", {"email": email})
        time.sleep(0.1)
    sent = len(it.wait_mail(email, before + 3)) - before
    tap.equal(sent, 3, "a stranger causes three mails, no more")
    post(it.browser(), "/sign-in", {"email": email})
    tap.equal(len(it.wait_mail(email, before + 4)) - before, 4, "and the person still gets a link")
    fresh = dict(APPLY, email="fresh@lantern.example")
    for i in range(5):
        applying.send(it.browser(source="127.0.0.2"), dict(fresh, proof=f"spam {i}"))
    twice = it.browser()
    applying.send(twice, fresh)
    post(twice, "/accreditation/check", {})
    mails = it.wait_mail("fresh@lantern.example", 4)
    time.sleep(0.3)
    tap.equal(len(it.mails("fresh@lantern.example")), 4,
              "nor can a stranger stop an application; one sent twice is mailed once")
    shown = it.browser().get(link_in(mails[0][1], "confirm"))
    tap.ok("spam 0" in shown.text and "close this page" in shown.text,
           "whoever confirms sees what somebody else typed", shown.text)


def signed_out():
    """A form of somebody whose session has ended says so, and where to go."""
    for path, where in (("/staff/applications/A-0000-0000/approve", "/staff/sign-in"),
                        (f"/conferences/{TOMORROW}/register", "/sign-in")):
        page = post(it.browser(), path, {})
        tap.ok(page.status == 403 and "<h1" in page.body.decode() and
               "You are not signed in" in page.text and "copy it" in page.text and
               f'href="{where}">Sign in' in page.body.decode(), f"signed out: {path}", page.text)
    page = post(it.browser(), "/accreditation/you", YOU, csrf="x" * 43)
    tap.ok("not taken" in page.text and "account" not in page.text,
           "a form without its token is not said to be about an account", page.text)


def back_off():
    """Whoever guesses waits; whoever signed in on this browser before does not."""
    known, _ = sign_in("rev1")
    stranger = it.browser()
    codes = [post(stranger, "/staff/sign-in", {"name": "rev1", "password": f"guess {i}"}).status
             for i in range(8)]
    tap.ok(codes[0] == 422 and codes[-1] == 429, "the sixth guess has to wait", codes)
    right = post(stranger, "/staff/sign-in", {"name": "rev1", "password": it.password})
    tap.equal(right.status, 429, "even with the right password")
    tap.ok("minute" in right.text, "the page says how long", right.text)
    known.submit(known.get("/staff").form("/sign-out"))
    form = known.get("/staff/sign-in").form("/staff/sign-in")
    back = known.submit(form, {"name": "rev1", "password": it.password})
    tap.ok(back.url.endswith("/staff"), "the reviewer's own browser is not locked out", back.url)


# ---- links, sessions ----

def links():
    browser, email = it.browser(), "links@lantern.example"
    applying.send(browser, dict(APPLY, email=email))
    path = urllib.parse.urlsplit(link_in(it.wait_mail(email, 1)[0][1], "confirm")).path
    for _ in range(3):
        tap.equal(it.browser().request("GET", path).status, 200, "a GET shows a button")
    tap.equal(it.browser().request("HEAD", path).status, 200, "so does a HEAD")
    tap.equal(len(it.mails(email)), 1, "and nothing has happened")
    tap.equal(it.browser().request("GET", path[:-1] + ("A" if path[-1] != "A" else "E")).status,
              404, "another token shows none")
    first = post(browser, path, {})
    tap.ok(re.search(r"A-\w{4}-\w{4}", first.text), "the POST confirms", first.text)
    again = post(it.browser(), path, {})
    tap.ok("Already" in again.text and re.search(r"A-\w{4}-\w{4}", again.text).group(0) in
           first.text, "a second POST says so", again.text)
    time.sleep(0.3)
    tap.equal(len(it.wait_mail(email, 2)), 2, "one acknowledgement was mailed")
    subject, text = it.mails(email)[1]
    tap.ok(re.search(r"Answer by: +\w+ \d+ \w+ \d{4}, \d+:\d\d [ap]\.m\.", text),
           "it says by when", text)


def unattended():
    """What a page asks by itself keeps nobody signed in."""
    it.registrar("staff add", "watcher", "--role", "communications", "--full-name", "A Watcher",
                 "--password-file", it.path("password"))
    browser = sign_in("watcher")[0]
    store = sqlite3.connect(os.path.join(it.data, "registrar.db"), timeout=10)

    def seen(back=None):
        if back is not None:
            store.execute("UPDATE session SET seen = seen - ? WHERE staff = 'watcher'", (back,))
            store.commit()
        return store.execute("SELECT max(seen) FROM session WHERE staff = 'watcher'").fetchone()[0]

    for path in ("/staff/referrals/now?wait=0", "/staff/gates/now?wait=0"):
        before = seen(back=300)
        answer = browser.request("GET", path)
        tap.ok(answer.status == 200 and seen() == before, f"{path} is no use of a session",
               answer.status, seen() - before)
    before = seen()
    tap.ok(browser.get("/staff").status == 200 and seen() > before, "a page that is opened is")
    seen(back=1801)
    gone = browser.request("GET", "/staff/referrals/now?wait=0")
    tap.ok(gone.status in (303, 403), "and one that nobody used ends, however often its page asks",
           gone.status)
    store.close()


def sessions():
    browser = it.browser()
    email = "olena.koval@northernwire.example"
    browser.submit(browser.get("/sign-in").form(r"^(/sign-in)?$"), {"email": email})
    link = link_in(it.wait_mail(email, 1)[-1][1], "link")
    browser.cookies["session"] = "A" * 43
    browser.submit(browser.get(link).form("/link/"))
    held = browser.cookies["session"]
    tap.ok(held != "A" * 43 and len(held) == 43, "signing in makes a new token", held)
    used = it.browser()
    tap.equal(used.request("GET", urllib.parse.urlsplit(link).path).status, 404,
              "a used link is dead")
    tap.equal(post(used, urllib.parse.urlsplit(link).path, {}).status, 404, "for a POST too")
    browser.submit(browser.get("/my").form("/sign-out"))
    browser.cookies["session"] = held
    tap.equal(browser.request("GET", "/my").status, 303, "after signing out the token is dead")
    secrets.extend((held, link.rsplit("/", 1)[1]))
    leaver, shown = sign_in("leaver")
    tap.ok(shown.url.endswith("/staff"), "a reviewer is in", shown.url)
    unattended()
    it.registrar("staff disable", "leaver")
    tap.equal(leaver.request("GET", "/staff").status, 303,
              "a disabled account's session ends at once")
    tap.equal(sign_in("leaver")[1].status, 422, "and it can't sign in")


def password(old):
    new, shown = sign_in("newbie", old)
    tap.ok(shown.url.endswith("/staff/password"), "a one-time password must be changed", shown.url)
    tap.ok(new.get("/staff").url.endswith("/staff/password"), "nothing else opens before")
    rows = [({"old": "wrong", "new": "twelve letters", "again": "twelve letters"}, "old"),
            ({"old": old, "new": "short", "again": "short"}, "new"),
            ({"old": old, "new": "twelve letters", "again": "other letters"}, "again"),
            ({"old": old, "new": old, "again": old}, "new")]
    for values, field in rows:
        shown = post(new, "/staff/password", values)
        tap.ok(shown.status == 422 and f'href="#{field}"' in shown.body.decode(),
               f"password: {field} is refused with a reason", shown.status, shown.text)
    elsewhere = sign_in("newbie", old)[0]
    done = post(new, "/staff/password", {"old": old, "new": "twelve letters",
                                         "again": "twelve letters"})
    tap.equal((done.status, done.headers["Location"]), (303, "/staff/second-factor"),
              "a good one is taken, and a second factor is offered")
    tap.equal(new.get("/staff").status, 200, "and the browser stays signed in")
    tap.equal(elsewhere.request("GET", "/staff/password").status, 303,
              "every other browser is signed out")


# ---- review ----

ODD = ["<script>alert(1)</script>", '"><img src=x onerror=alert(1)>', "' OR 1=1; DROP TABLE person;--",
       "{{v->note}} %s%n", "=HYPERLINK(\"http://evil.example\")", "javascript:alert(1)",
       "Robert'); --", "</textarea><b>", "&lt;b&gt;&amp;"]


def review(people):
    desk = people["desk1"]
    for i, text in enumerate(ODD):
        reference = apply(dict(APPLY, name=text, outlet=text, proof=text,
                               email=f"odd{i}@lantern.example"))
        shown = desk.get(f"/staff/applications/{reference}")
        page = shown.body.decode()
        tap.ok(text in shown.text and ("<" not in text or text not in page) and
               text in desk.get("/staff").text, f"shown as typed: {text!r}", shown.text)
    reference = apply(dict(APPLY, email="review@lantern.example"))
    path = f"/staff/applications/{reference}"
    good = {"outlet": "0", "months": "12", "message": "", "note": ""}
    rows = [({"months": ""}, "months"), ({"months": "0"}, "months"), ({"months": "37"}, "months"),
            ({"months": "a"}, "months"), ({"outlet": "x"}, "outlet"), ({"outlet": "999999"}, "outlet"),
            ({"outlet": ""}, "outlet"), ({"message": "m" * 4001}, "message"),
            ({"note": "\u202e"}, "note")]
    for values, field in rows:
        shown = post(desk, path + "/approve", dict(good, **values))
        tap.ok(shown.status == 422 and f'href="#{field}"' in shown.body.decode(),
               f"approve: {list(values.items())[0]!r:.40} is refused", shown.status)
    for values, field in (({"criterion": ""}, "criterion"), ({"criterion": "dislike"}, "criterion"),
                          ({"refusal-message": ""}, "refusal-message")):
        shown = post(desk, path + "/refuse", dict(
            {"criterion": "not-news", "refusal-message": "Because", "refusal-note": ""}, **values))
        tap.ok(shown.status == 422 and f'href="#{field}"' in shown.body.decode(),
               f"refuse: {values} is refused", shown.status)
    done = post(desk, path + "/refuse", {
        "criterion": "proof-missing", "refusal-message": "Please send two published pieces.",
        "refusal-note": "SECRET-NOTE"})
    tap.equal(done.status, 303, "a refusal with a criterion and a message is taken")
    mails = it.wait_mail("review@lantern.example", 3)
    tap.ok("two published pieces" in mails[2][1] and "does not show" in mails[2][1],
           "the mail has criterion and message", mails[2])
    tap.ok(not any("SECRET-NOTE" in text for _, text in it.mails()), "the note is in no mail")
    tap.equal(post(desk, path + "/approve", good).status, 409, "decided is decided")
    again = post(desk, path + "/refuse", {"criterion": "proof-missing", "refusal-message": "Again",
                                          "refusal-note": ""})
    tap.equal((again.status, again.headers.get("Location")), (303, "/staff?done=refused"),
              "the same button pressed twice is no conflict")
    other = post(people["rev1"], path + "/refuse", {
        "criterion": "proof-missing", "refusal-message": "Me too", "refusal-note": ""})
    tap.equal(other.status, 409, "another's decision is one")
    tap.equal(len(it.mails("review@lantern.example")), 3, "and nobody is written to twice")
    mine = reporter("review@lantern.example").get(f"/my/applications/{reference}")
    tap.ok("Refused" in mine.text and "two published pieces" in mine.text and
           "SECRET-NOTE" not in mine.text, "the applicant sees the message, never the note")
    tap.equal(desk.get("/staff/applications/A-0000-0000").status, 404, "an unknown reference")
    out = it.path("journal")
    it.registrar("journal export", out)
    words = b""
    for where, _, files in os.walk(out):
        for name in files:
            with open(os.path.join(where, name), "rb") as file:
                words += file.read()
    tap.ok(words.count(b"reason record-viewed\n") >= 10 and b"accreditation-refused" in words,
           "each look at a record, and the decision, is in the journal",
           words.count(b"reason record-viewed\n"))
    tap.ok(b"lantern" not in words and "Ọkáfọ̀".encode() not in words, "which names nobody")


# ---- the person's way ----

def registering(people):
    person = people["person"]
    shown = person.request("GET", f"/conferences/{TOMORROW}")
    tap.ok("Agree to screening and register" in shown.text, "the button says what is agreed to")
    without = post(person, f"/conferences/{TOMORROW}/register", {})
    tap.ok(without.status == 422 and "screening" in without.text,
           "R2: without consent there is no registration", without.status)
    tap.equal(post(person, "/conferences/nowhere/register", {"consent": "yes"}).status, 404,
              "an unknown conference")
    over = post(person, "/conferences/last-week-annual-report/register", {"consent": "yes"})
    tap.ok(over.status == 422 and "over" in over.text, "a conference that is over", over.text)
    made = post(person, f"/conferences/{TOMORROW}/register", {"consent": "yes"})
    tap.equal(made.status, 303, "with consent there is one")
    again = post(person, f"/conferences/{TOMORROW}/register", {"consent": "yes"})
    tap.equal(again.headers.get("Location"), made.headers["Location"], "twice is once")
    base = made.headers["Location"]
    page = person.get(base)
    tap.ok(re.search(r"\b[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}\b", page.text),
           "the typed code stands in words below")
    picture = person.request("GET", base + "/pass.png")
    tap.ok(picture.kind == "image/png" and picture.body[:8] == b"\x89PNG\r\n\x1a\n" and
           "no-store" in picture.headers["Cache-Control"], "the pass is a PNG nobody stores")
    svg = person.request("GET", base + "/pass.svg")
    tap.ok(svg.kind == "image/svg+xml" and b"<script" not in svg.body, "and an SVG")
    tap.equal(person.request("GET", base + "/cancel").status, 200, "cancelling asks first")
    tap.ok("Registered" in person.get(base).text, "and asking changes nothing")
    post(person, base + "/cancel", {})
    gone = person.get(base)
    tap.ok("Cancelled" in gone.text and person.request("GET", base + "/pass.png").status == 404,
           "cancelled: no pass any more", gone.text)
    tap.equal(post(person, base + "/cancel", {}).status, 303, "cancelling again is fine")


def public_pages():
    browser = it.browser()
    home = browser.request("GET", "/")
    words = home.body.decode()
    tap.ok(words.find("last-week") > words.find(TOMORROW) > words.find(TODAY) > 0,
           "the list has what is ahead, then what was")
    shown = browser.request("GET", f"/conferences/{TODAY}")
    for words, rule in (("accredited media representatives only", "R1"),
                        ("Without consent to screening, entry is denied", "R2"),
                        ("need to register|without registering", "R3"),
                        ("dentification", "R4"), ("may restrict entry at any time", "R5"),
                        ("live stream|Watch live", "R6")):
        tap.ok(re.search(words, shown.text), f"{rule} is said plainly", shown.text)
    tap.ok("ETag" in shown.headers and "Set-Cookie" not in shown.headers,
           "a public page sets no cookie and can be revalidated")
    tap.equal(browser.request("GET", f"/conferences/{TODAY}",
                              headers={"If-None-Match": shown.headers["ETag"]}).status, 304,
              "unchanged: 304")
    tap.equal(browser.request("GET", "/conferences/nowhere").status, 404, "an unknown slug")
    tap.equal(browser.request("GET", f"/conferences/{TODAY}?x=1").status, 400,
              "a parameter nobody declared")
    tap.equal(browser.request("POST", "/").status, 405, "a method nobody declared")


def board(people):
    shown = people["desk1"].get(f"/staff/conferences/{TODAY}")
    tap.ok("10 expected" in shown.text, "the board counts who is expected", shown.text[:400])
    for query in ("who=inside", "who=missing", "entries=all", "entries=deny&door=north-door",
                  "entries=all&person=1"):
        tap.equal(people["desk1"].get(f"/staff/conferences/{TODAY}?{query}").status, 200,
                  f"the board with {query}")
    for query in ("who=everyone", "entries=x", "person=-1"):
        tap.equal(people["desk1"].request("GET", f"/staff/conferences/{TODAY}?{query}").status, 404,
                  f"the board with {query}")
    file = people["desk1"].request("GET", f"/staff/conferences/{TODAY}/attendance.csv")
    tap.ok(file.kind == "text/csv" and "attachment" in file.headers["Content-Disposition"] and
           file.body.count(b"\r\n") > 10, "the list downloads as CSV", file.body[:200])


def restricting(people):
    """Two taps: choose, and confirm with the reason and until when; and lifted."""
    staff = people["desk1"]
    page = staff.get("/staff/restrictions")
    tap.ok("What stands: 0" in page.text, "nothing is restricted at first")
    found = staff.get("/staff/restrictions?find=ferreira")
    person = found.link("scope=pass")
    tap.ok("No pass fits" in staff.get("/staff/restrictions?find=nosuchperson").text,
           "and who is not found is said")
    for target, words in ((person, "One person"), ("/staff/restrictions/new?scope=building", "people"),
                          ("/staff/restrictions/new?scope=conference&conference=1", "people"),
                          ("/staff/restrictions/new?scope=class&class=1&conference=0", "people"),
                          ("/staff/restrictions/new?scope=outlet&outlet=1&conference=1", "kept out")):
        tap.ok(words in staff.get(target).text, f"the second tap names how many: {target[25:60]}")
    for query in ("scope=pass&pass=xx", "scope=outlet", "scope=everyone", "scope=class&class=24",
                  "scope=conference", "scope=conference&conference=999", f"scope=pass&pass={'0' * 32}"):
        tap.equal(staff.request("GET", f"/staff/restrictions/new?{query}").status, 404,
                  f"nothing to restrict: {query}")
    form = staff.get("/staff/restrictions/new?scope=building").form("/staff/restrictions$")
    for values, words in (({"words": ""}, "Give the reason"), ({"words": "n" * 201}, "200"),
                          ({"words": HIDDEN}, "There is a problem"),
                          ({"words": "x", "until": "2020-01-01T10:00"}, "in the past"),
                          ({"words": "x", "until": "soon"}, "There is a problem")):
        shown = staff.submit(form, values)
        tap.ok(shown.status == 422 and words in shown.text, f"refused: {values}", shown.text[:300])
    tap.ok("What stands: 0" in staff.get("/staff/restrictions").text, "none of these restricts")
    done = staff.submit(form, {"words": "A parcel <b>is looked at</b>"})
    tap.ok("What stands: 1" in done.text and "A parcel <b>is looked at</b>" in done.text and
           b"<b>is" not in done.body, "the building is restricted, its words escaped")
    form = staff.get(person).form("/staff/restrictions$")
    staff.submit(form, {"words": "Conduct", "until": "2036-01-02T10:00"})
    listed = people["super2"].get("/staff/restrictions")
    tap.ok("What stands: 2" in listed.text and "Person: " in listed.text and "2036" in listed.text,
           "a supervisor sees both, and until when", listed.text[:900])
    tap.ok("Restrictions that stand: 2" in staff.get(f"/staff/conferences/{TODAY}").text,
           "the board says that entry is restricted")
    lift = [f for f in listed.page.forms if "/lift" in f.action]
    tap.equal(len(lift), 2, "each can be lifted")
    for form in lift:
        people["super2"].submit(form)
    tap.ok("What stands: 0" in staff.get("/staff/restrictions").text, "and is lifted")
    tap.equal(post(staff, "/staff/restrictions/99/lift", {}).status, 404, "one that is not there")
    tap.equal(post(staff, "/staff/restrictions", {"scope": "pass", "pass": "1"}).status, 400,
              "a form that no page of ours sends")
    for words in ("Conflicts", "There is none"):
        tap.ok(words in staff.get("/staff/conflicts").text, f"the page of conflicts: {words}")
    for path in ("/staff/referrals/zz", f"/staff/referrals/{'0' * 32}"):
        answer = post(staff, path, {"answer": "admit"})
        tap.equal(answer.status, 404, f"no such question: {path}")
    tap.equal(post(staff, f"/staff/referrals/{'0' * 32}", {"answer": "maybe"}).status, 422,
              "an answer that is none")
    tap.ok(re.fullmatch(r'\{"tag":"[0-9-]+"\}\n',
                        staff.request("GET", "/staff/referrals/now?wait=0").body.decode()),
           "the script of the page hears how it stands")


def mail_files():
    folder = os.path.join(it.data, "mail")
    modes = {stat.S_IMODE(os.stat(os.path.join(folder, n)).st_mode) for n in os.listdir(folder)}
    tap.equal(modes, {0o600}, "mails are files of mode 0600")
    with open(os.path.join(folder, sorted(os.listdir(folder))[0]), "rb") as file:
        head = file.read().split(b"\r\n\r\n")[0].decode("ascii")
    for name in ("Date", "From", "To", "Subject", "Message-ID", "MIME-Version", "Auto-Submitted"):
        tap.equal(len(re.findall(f"^{name}: ", head, re.M)), 1, f"one {name} header")
    with open(it.path("serve.log"), encoding="utf-8", errors="replace") as file:
        log = file.read()
    tap.equal([line for line in log.splitlines() if " ours " in line], [],
              "nothing went wrong on our side")
    tap.ok("@" not in log and "Amina" not in log, "no address and no name in the log", log[-600:])


def main():
    it.init()
    secret = it.path("password")
    for name, role, extra in (("rev1", "reviewer", []), ("leaver", "reviewer", []),
                              ("super2", "supervisor", []), ("sec1", "security", [])):
        it.registrar("staff add", name, "--role", role, "--full-name", name.title(),
                     "--password-file", secret, *extra)
    one_time = it.registrar("staff add", "newbie", "--role", "reviewer", "--full-name", "Newbie",
                            "--one-time").split()[-1]
    it.start()
    public_pages()
    bad_input()
    forged()
    links()
    sessions()
    password(one_time)
    people = {"nobody": it.browser(), "person": reporter("siobhan@riverlight.example")}
    for name in ("admin", "desk1", "rev1", "super2"):
        people[name] = sign_in(name)[0]
    door = sign_in("sec1")[1]
    tap.ok(door.status == 403 and "door" in door.text, "a door account has no pages", door.status)
    other_peoples(people)
    registering(people)
    review(people)
    board(people)
    restricting(people)
    enumeration()
    mails_of_strangers()
    signed_out()
    back_off()
    mail_files()
    tap.equal(it.stop(), 0, "the registrar stops cleanly")
    stored = b""
    for name in os.listdir(it.data):
        if name.startswith("registrar.db"):
            with open(os.path.join(it.data, name), "rb") as file:
                stored += file.read()
    tap.ok(b"siobhan@riverlight.example" in stored and
           not any(s.encode() in stored for s in secrets),
           "neither token nor link secret is in the store")


try:
    tap.run(main)
finally:
    it.close()
