#!/usr/bin/python3
"""The pages in each language over a real `registrar serve`: what they say, and who gets which.

Usage: languages.py BUILD SOURCE
"""
import html.parser
import http.client
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from applying import answer, send  # noqa: E402
from programs import Programs, link_in, query  # noqa: E402
from tap import Tap  # noqa: E402

BUILD, SOURCE = (os.path.abspath(a) for a in sys.argv[1:3])
tap = Tap()
it = Programs(BUILD)
TODAY, TOMORROW = "today-harbour-street", "tomorrow-road-safety"
READER = "me.tremblay@aurore.example"
# Words that stand in hardly any French text.
ENGLISH = re.compile(r"\b(the|and|you|your|with|is|are|of|to|we|this|it|at|by|when|for)\b", re.I)


class Visible(html.parser.HTMLParser):
    """What a reader sees or hears of a page, piece by piece, in the page's language."""
    SPOKEN = ("alt", "aria-label", "placeholder", "title")
    VOID = ("meta", "link", "input", "img", "br", "hr")

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.pieces, self.open, self.lang, self.switches = [], [], None, []
        self.feed(text)

    def handle_starttag(self, tag, attributes):
        values = dict(attributes)
        if tag == "html":
            self.lang = values.get("lang")
        if "hreflang" in values:
            self.switches.append((values["href"], values["hreflang"], values.get("lang")))
        other = values.get("lang") not in (None, self.lang)
        hidden = tag in ("style", "script") or other or bool(self.open and self.open[-1][1])
        if not hidden:
            self.pieces += [values[name] for name in self.SPOKEN if values.get(name)]
        if tag not in self.VOID:
            self.open.append((tag, hidden))

    def handle_endtag(self, tag):
        while self.open and self.open.pop()[0] != tag:
            pass

    def handle_data(self, data):
        if data.strip() and not (self.open and self.open[-1][1]):
            self.pieces.append(" ".join(data.split()))


def english_texts():
    """Pieces of the English texts, between their values, that French says otherwise."""
    pieces = set()
    with open(os.path.join(SOURCE, "registrar", "languages", "fr.po"), encoding="utf-8") as file:
        for entry in file.read().split("\n\n"):
            found = re.search(r'^msgid "(.*)"$', entry, re.M)
            said = re.search(r'^msgstr(?:\[0\])? "(.*)"$', entry, re.M)
            if found and said and found.group(1) != said.group(1):
                for piece in re.split(r"%[1-9n]|[\[\]]|%\.?\d*s|\\n", found.group(1)):
                    if len(piece.strip()) >= 4:
                        pieces.add(piece.strip())
    return pieces


def data_of(page):
    """The page's text without what people and the sample typed."""
    for own in (*TYPED, *KEPT):
        page = page.replace(own, " ")
    return page


TYPED = ("JSON Feed", "Lakemount Police Service", "Media Gallery, headquarters", "Media Gallery",
         "Collision on Harbour Street: update", "Road safety week: results", "Annual report",
         "Inspector J. Moreau speaks about the investigation, and answers questions. Photographs "
         "follow after the event.", "Figures of the week, and the plan for winter.", "Community Safety and Policing Act, 2019")
KEPT = []  # names of people and outlets


def judge_french(answer, name, texts):
    """A French page says so, and says nothing in English."""
    body = answer.body.decode("utf-8")
    seen = Visible(body)
    pieces = [data_of(piece).strip() for piece in seen.pieces]
    leaks = [piece for piece in pieces if piece in texts or ENGLISH.search(piece)]
    vary = answer.headers.get("Vary") or ""
    tap.ok(seen.lang == "fr" and answer.headers.get("Content-Language") == "fr" and
           "Accept-Language" in vary and "Cookie" in vary, f"{name}: is marked as French",
           seen.lang, answer.headers.items())
    tap.ok(not leaks, f"{name}: no English text", *leaks)
    tap.ok([s[1:] for s in seen.switches] == [("en", "en")], f"{name}: leads to English",
           seen.switches)


def judge_english(answer, name):
    body = answer.body.decode("utf-8")
    seen = Visible(body)
    french = [p for p in seen.pieces if "’" in p or re.search(r"\b(vous|votre|est|les|des)\b", p)]
    tap.ok(seen.lang == "en" and answer.headers.get("Content-Language") == "en",
           f"{name}: is marked as English", seen.lang)
    tap.ok(not french, f"{name}: no French text", *french)
    tap.ok([s[1:] for s in seen.switches] == [("fr", "fr")], f"{name}: leads to French")


def pages(browser):
    """Each public page and refusal, as (name, answer)."""
    bad_form = {"Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://127.0.0.1:{it.port}"}
    yield "home", browser.get("/")
    yield "a conference", browser.get(f"/conferences/{TODAY}")
    yield "sign-in", browser.get("/sign-in")
    yield "sign-in without an address", browser.submit(
        browser.get("/sign-in").form("^(/sign-in)?$"), {"email": ""})
    yield "sign-in with half an address", browser.submit(
        browser.get("/sign-in").form("^(/sign-in)?$"), {"email": "me@"})
    yield "sign-in, sent", browser.get("/sign-in/sent")
    yield "a link that is dead", browser.get("/link/" + "A" * 43)
    yield "404", browser.get("/nothing-here")
    yield "404 of a conference", browser.get("/conferences/nothing-here")
    yield "400", browser.get("/sign-in?unknown=1")
    yield "403", browser.request("POST", "/sign-in", body="email=a", headers=bad_form)
    yield "405", browser.request("POST", "/", body="", headers=bad_form)
    yield "413", browser.request("POST", "/sign-in", body="email=" + "a" * 3000000,
                                 headers=bad_form)
    yield "415", browser.request("POST", "/sign-in", body="{}",
                                 headers={**bad_form, "Content-Type": "application/json"})


APPLIED = {"class": "documentary", "name": "Zoë Ndiaye", "outlet": "Lumen",
           "email": "zoe.ndiaye@aurore.example", "title": "Veille", "synopsis": "Une nuit au journal",
           "begins": "2027-02-01", "ends": "2027-01-01", "requirements": "Un coin tranquille",
           "proof": "", "site": "www.aurore.example", "choice": "0", "scope": "Un reportage"}
PDF = b"%PDF-1.4\n%%EOF\n"


def questions(browser):
    """The questions of an application, each with nothing in it first, then answered."""
    page = browser.get("/accreditation/kind")
    while not page.url.endswith("/files"):
        name = re.sub(r"^.*/accreditation/|\?.*", "", page.url)
        yield f"apply: {name}", page
        form = page.form(r"^/accreditation/(?!forget)")
        with_button = ("then", "go") if name != "outlet-choice" else None
        if name not in ("proof", "student"):
            yield f"apply: {name}, empty", browser.submit(
                form, {field: "" for field in form.names if field != "then"}, button=with_button)
        page = answer(browser, page, APPLIED)
        if page.status == 422:
            yield "apply: days in the wrong order", page
            page = answer(browser, page, {**APPLIED, "ends": "2027-03-01"})


def answered(browser, files):
    """The rest of an application, from its files to what is sent."""
    def send(page, values, then):
        return browser.submit(page.form(r"^/accreditation/(files|photo)$"), values,
                              button=("then", then))
    yield "apply: files", files
    for values in ({}, {"file": ("a.pdf", PDF)}, {"kind": "letter", "file": ("a.pdf", b"MZ")},
                   {"kind": "letter", "file": ("a.pdf", PDF)}):
        files = send(files, values, "add")
        yield f"apply: files with {len(values)}", files
    photo = send(files, {}, "go")
    yield "apply: photograph", photo
    yield "apply: photograph, broken", send(photo, {"photo": ("a.png", PDF)}, "go")
    yield "apply: all answers", browser.get("/accreditation/check")
    yield "apply: begun", browser.get("/accreditation")
    student = browser.submit(browser.get("/accreditation/kind").form("/kind"), {"class": "student"},
                             button=("then", "go"))
    yield "apply: you", student
    yield "apply: student", browser.get("/accreditation/student")
    yield "apply: come back later?", browser.get("/accreditation/save")
    yield "apply: saved", browser.submit(browser.now.form("/save$"))


def returning(browser, code):
    """The mail that leads back is in the language of the pages, as nothing else is known."""
    (subject, text), = it.wait_mail(APPLIED["email"], 1)
    hello = {"fr": "Poursuivez votre demande", "en": "Go on with your application"}[code]
    tap.ok(subject.startswith(hello) and {"fr": "14 jours", "en": "14 days"}[code] in text and
           (code == "en" or not ENGLISH.search(data_of(re.sub(r"\S+@\S+|https?://\S+", "", text)))),
           f"the link to come back is mailed in the language of the draft: {code}", subject, text)
    link = link_in(text, "return")
    yield "apply: come back", browser.get(link)
    yield "apply: back", browser.submit(browser.now.form("/return/"))
    yield "apply: a link that was used", browser.get(link)


def sending(browser):
    scope = answer(browser, browser.get("/accreditation/student"), APPLIED)
    yield "apply: all answers once more", browser.get("/accreditation/check") if scope else scope
    yield "apply: sent", browser.submit(browser.now.form("/check$"))
    browser.submit(browser.get("/accreditation").form("/forget$"))
    yield "apply: gone", browser.get("/accreditation?gone=yes")


def applying(browser, code):
    """Each page of an application."""
    APPLIED["email"] = f"zoe.{code}@aurore.example"
    for one in questions(browser):
        yield one
    for one in answered(browser, browser.now):
        yield one
    for one in returning(browser, code):
        yield one
    for one in sending(browser):
        yield one


def confirming(browser, email):
    """Sends another application, confirms it and signs in with its address."""
    send(browser, {**APPLIED, "email": email, "ends": "2027-03-01",
                   "proof": "https://www.aurore.example/zoe"})
    link = link_in(it.wait_mail(email, 1)[0][1], "confirm")
    yield "confirm", browser.get(link)
    yield "confirmed", browser.submit(browser.now.form("/confirm/"))
    yield "confirmed twice", browser.get(link)
    browser.submit(browser.get("/sign-in").form("^(/sign-in)?$"), {"email": email})
    browser.get(link_in(it.wait_mail(email, 3)[-1][1], "link"))
    yield "my page with an application", browser.submit(browser.now.form("/link/"))


def own_case(browser, code):
    """An application from its confirmation to its appeal and its approval, with a desk."""
    email, desk = f"cas.{code}@aurore.example", it.browser()
    desk.submit(desk.get("/staff/sign-in").form("/staff/sign-in"),
                {"name": "desk1", "password": it.password})
    yield from confirming(browser, email)
    mine = browser.now.link("^/my/applications/")
    theirs = mine.replace("/my/", "/staff/")
    yield "an application that waits", browser.get(mine)
    yield "an empty message", browser.submit(browser.now.form("/message$"))
    desk.submit(desk.get(theirs).form("/ask$"), {"question": "Quel journal?"})
    yield "my page with a question", browser.get("/my")
    yield "a question", browser.get(mine)
    yield "an empty answer", browser.submit(browser.now.form("/answer$"))
    yield "an answer", browser.submit(browser.now.form("/answer$"), {"answer": "Lumen"})
    desk.submit(desk.get(theirs).form("/message$"), {"desk-message": "Merci, Zoë."})
    desk.submit(desk.get(theirs).form("/refuse$"), {
        "criterion": "proof-missing", "refusal-message": "Il manque un article.",
        "refusal-note": ""})
    yield "a refusal", browser.get(mine)
    yield "an empty appeal", browser.submit(browser.now.form("/appeal$"))
    yield "an appeal", browser.submit(browser.now.form("/appeal$"), {"appeal": "Voici."})
    yield "withdraw?", browser.get(mine + "/withdraw")
    other = it.browser()
    other.submit(other.get("/staff/sign-in").form("/staff/sign-in"),
                 {"name": "admin", "password": it.password})
    other.submit(other.get(theirs).form("/approve$"))
    yield "an approval", browser.get(mine)
    yield from own_records(browser)


def own_records(browser):
    """One's accreditation and data."""
    yield "my page with an accreditation", browser.get("/my")
    yield "another outlet?", browser.get(browser.now.link("/outlet$"))
    yield "another outlet, empty", browser.submit(browser.now.form("/outlet$"),
                                                  {"outlet": "", "proof": ""})
    yield "my data", browser.get("/my/data")
    for name in ("details", "email", "disposal"):
        yield f"my {name}", browser.get(f"/my/{name}")
    yield "my e-mail address, half", browser.submit(
        browser.get("/my/email").form("/my/email"), {"email": "zoe@"})


def case_mails():
    """What was mailed about that application: in the language it was made in."""
    for code, hello in (("fr", "Bonjour"), ("en", "(Dear|Hello)")):
        for subject, text in it.wait_mail(f"cas.{code}@aurore.example", 7):
            text = data_of(re.sub(r"\S+@\S+|https?://\S+", "", f"{subject}\n{text}"))
            tap.ok(re.search(hello, text) and bool(ENGLISH.search(text)) == (code == "en"),
                   f"a mail in {code}: {subject}", text)


def signed_in(browser):
    before = len(it.mails(READER))
    browser.submit(browser.get("/sign-in").form("^(/sign-in)?$"), {"email": READER})
    mail = it.wait_mail(READER, before + 1)[-1]
    button = browser.get(link_in(mail[1], "link"))
    return mail, button


def own_pages(browser):
    """What somebody accredited sees; registers and cancels on the way."""
    yield "a conference to register for", browser.get(f"/conferences/{TOMORROW}")
    shown = browser.submit(browser.now.form("/register$"))
    yield "a pass", shown
    yield "a conference with a registration", browser.get(f"/conferences/{TOMORROW}")
    shown = browser.get(browser.now.link(r"^/registrations/"))
    yield "cancel?", browser.get(shown.link("/cancel$"))
    shown = browser.submit(browser.now.form("/cancel$"))
    yield "a registration that is cancelled", shown
    yield from focal_pages(browser)


def make_focal():
    """The reader answers for their outlet, for which somebody applies."""
    store = os.path.join(it.data, "registrar.db")
    (outlet, name), = query(store, "SELECT o.id, o.name FROM accreditation a "
                            "JOIN outlet o ON o.id = a.outlet_id "
                            "JOIN person p ON p.id = a.person_id WHERE p.email = ?", READER)
    it.registrar("outlet focal add", name, READER)
    query(store, "INSERT INTO application (reference, state, email, name, outlet, outlet_id, "
          "class, proof, created, submitted, due, person_id) SELECT 'A-FOCA-0001', 'submitted', "
          "email, name, ?, ?, 1, '', unixepoch(), unixepoch(), unixepoch() + 7200, id FROM person "
          "WHERE email <> ? LIMIT 1", name, outlet, READER)


def focal_pages(browser):
    """What somebody who answers for an outlet sees; vouches, registers and cancels on the way."""
    yield "my page with an outlet", browser.get("/my")
    yield "an outlet", browser.get(browser.now.link("^/my/outlets/"))
    own = browser.now.url
    yield "a word that says nothing", browser.submit(browser.now.form("/vouch/"))
    for word in ("yes", "no"):
        yield f"a word: {word}", browser.submit(browser.now.form("/vouch/"), {"works": word})
    yield "places", browser.get(f"{own}/conferences/{TOMORROW}")
    form = next(form for form in browser.now.page.forms if form.action.endswith("/register"))
    yield "a place", browser.submit(form)
    yield "a place that is cancelled", browser.submit(browser.now.form("/cancel$"))
    tap.ok(re.search("/my/outlets/[0-9]+/conferences/", browser.now.url), "on the outlet's page",
           browser.now.url)


def ask(path, **headers):
    line = http.client.HTTPConnection("127.0.0.1", it.port, timeout=30)
    line.request("GET", path, headers={n.replace("_", "-"): v for n, v in headers.items()})
    reply = line.getresponse()
    reply.read()
    line.close()
    return reply


def who_gets_which():
    for accept, wanted in ((None, "en"), ("fr", "fr"), ("fr-CA,fr;q=0.9,en;q=0.8", "fr"),
                           ("en-CA,fr;q=0.5", "en"), ("de,*;q=0.1", "en"), ("fr;q=0", "en"),
                           ("fr;q=9", "en"), (";;,,==", "en"), ("fr" * 2000, "en"),
                           ("x," * 3000 + "fr", "fr")):
        headers = {"Accept_Language": accept} if accept is not None else {}
        got = ask("/", **headers).getheader("Content-Language")
        tap.equal(got, wanted, f"Accept-Language {str(accept)[:40]!r}")
    got = ask("/", Accept_Language="en", Cookie="lang=fr").getheader("Content-Language")
    tap.equal(got, "fr", "the cookie counts before the header")
    got = ask("/", Accept_Language="fr", Cookie="lang=xx").getheader("Content-Language")
    tap.equal(got, "fr", "a cookie of no language counts for nothing")
    got = ask("/", Accept_Language="fr", Cookie="lang=en; lang=fr").getheader("Content-Language")
    tap.equal(got, "fr", "two cookies of that name count for nothing")
    staff = ask("/staff/sign-in", Accept_Language="fr")
    tap.ok(staff.status == 200 and not staff.getheader("Content-Language"),
           "staff pages are English alone")
    style = ask("/assets/nothing.css", Accept_Language="fr")
    tap.ok("Accept-Language" not in (style.getheader("Vary") or ""), "assets vary by no language")
    one, two = ask("/", Accept_Language="fr"), ask("/", Accept_Language="en")
    tap.ok(one.getheader("ETag") and one.getheader("ETag") != two.getheader("ETag"),
           "each language has a validator of its own")
    again = ask("/", Accept_Language="fr", If_None_Match=one.getheader("ETag"))
    tap.ok(again.status == 304 and "Accept-Language" in again.getheader("Vary"),
           "a page that is known is not sent again, and still says what it varies by")


def the_switch():
    for path, to in (("/?lang=fr", "/"), (f"/conferences/{TODAY}?lang=fr", f"/conferences/{TODAY}"),
                     ("/sign-in?a=1&lang=fr&b=%C3%A9", "/sign-in?a=1&b=%C3%A9"),
                     ("/nothing?lang=fr", "/nothing"), ("/?&lang=fr&", "/"),
                     ("/?lang=en&lang=fr", "/")):
        got = ask(path)
        cookie = got.getheader("Set-Cookie") or ""
        tap.ok((got.status, got.getheader("Location")) == (303, to) and
               cookie.startswith("lang=fr; Path=/; HttpOnly; SameSite=Lax; Max-Age=") and
               got.getheader("Cache-Control") == "no-store",
               f"{path} keeps the language and leads to {to}", got.status, got.headers.items())
    for path in ("/?lang=", "/?lang=xx", "/?lang=../../x", "/?lang=fr%0d%0aSet-Cookie:x=1",
                 "/?lang=" + "f" * 1000, "/?lang=FR"):
        got = ask(path)
        tap.ok((got.status, got.getheader("Location")) == (303, "/") and
               not got.getheader("Set-Cookie"), f"{path[:40]} sets nothing", got.headers.items())
    for path in ("//evil.example/?lang=fr", "/\\evil.example?lang=fr", "/%5Cevil.example?lang=fr",
                 "/%2F%2Fevil.example?lang=fr", "/?lang=fr&x=//evil.example"):
        got = ask(path)
        to = got.getheader("Location") or "/"
        tap.ok(got.status in (303, 400, 404) and re.match(r"/(?![/\\])", to),
               f"{path} leads to no other host", got.status, to)
    browser = it.browser()
    browser.get(f"/conferences/{TODAY}")
    shown = browser.get(browser.now.link(r"lang=fr$"))
    tap.ok(shown.url.endswith(f"/conferences/{TODAY}") and Visible(
        shown.body.decode()).lang == "fr" and browser.cookies.get("lang") == "fr",
           "the switch in the header shows the same page in French", shown.url)
    shown = browser.get(shown.link(r"lang=en$"))
    tap.equal(Visible(shown.body.decode()).lang, "en", "and back in English")


def main():
    it.init()
    # The sample's reader of French, as if they had applied in it.
    query(os.path.join(it.data, "registrar.db"),
          "UPDATE person SET language = 'fr' WHERE email = ?", READER)
    KEPT.extend(row[0] for row in query(os.path.join(it.data, "registrar.db"),
                                        "SELECT name FROM outlet UNION SELECT name FROM person"))
    make_focal()
    it.start()
    texts = english_texts()
    tap.ok(len(texts) > 150, f"there are English texts to look for ({len(texts)})")
    who_gets_which()
    the_switch()
    french, english = it.browser(), it.browser()
    french.get("/?lang=fr")
    for path, what in (("/", "home page"), ("/accreditation/kind", "question of an application")):
        leaky = Visible(english.get(path).body.decode())
        tap.ok(any(p in texts or ENGLISH.search(p) for p in map(data_of, leaky.pieces)),
               f"control: the English {what} is full of English")
    KEPT.extend(APPLIED[typed] for typed in ("name", "outlet", "title", "synopsis", "requirements",
                                             "site", "scope"))
    KEPT.extend(("Quel journal?", "Merci, Zoë.", "Il manque un article."))
    for name, shown in (*pages(french), *applying(french, "fr"), *own_case(french, "fr")):
        judge_french(shown, name, texts)
    for name, shown in (*pages(english), *applying(english, "en"), *own_case(english, "en")):
        judge_english(shown, name)
    case_mails()
    french = it.browser()
    french.get("/?lang=fr")
    (subject, text), button = signed_in(french)
    tap.ok(subject.startswith("Votre lien de connexion pour") and "Bonjour Marie-Ève" in text and
           "30 minutes" in text and not ENGLISH.search(data_of(re.sub(r"\S+@\S+|https?://\S+", "",
                                                                     text))),
           "a mail is in the person's language", subject, text)
    judge_french(button, "the link's button", texts)
    french.submit(button.form("/link/"))
    before = len(it.mails(READER))
    for name, shown in own_pages(french):
        judge_french(shown, name, texts)
    mails = it.wait_mail(READER, before + 2)[before:]
    words = " ".join(text for _, text in mails)
    tap.ok(mails[0][0].startswith("Inscription confirmée") and
           re.search(r"\b(lun|mar|mercre|jeu|vendre|same|diman)(di|che) (\d+|1er) \w+ 20\d\d à "
                     r"\d+\u00a0h", words) and "est annulée" in mails[1][0],
           "mails about a registration are in French, dates too", *mails)
    it.stop()


tap.run(main)
