#!/usr/bin/python3
"""What attackers type, through every parameter of every route: database language, scripts, headers,
paths, broken letters, and forms from other sites.

The routes, their forms and their fields are read out of the source, so that a new one is attacked
without being named here. Nothing may be our fault (5xx), stand in a page as more than text, reach
a header, or change the store where it was refused.

Usage: corpora.py BUILD SOURCE
"""
import collections
import glob
import html.parser
import json
import os
import re
import sqlite3
import sys
import urllib.parse
import xml.etree.ElementTree
from concurrent.futures import ThreadPoolExecutor

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import applying  # noqa: E402
import people  # noqa: E402
from browser import multipart  # noqa: E402
from programs import Programs, link_in  # noqa: E402
from tap import Tap  # noqa: E402

BUILD, SOURCE = (os.path.abspath(a) for a in sys.argv[1:3])
tap = Tap()
it = Programs(BUILD)
MARK = "zq7x"
OWN = "ana.ferreira@lumen.example"

SCRIPTS = [
    f"<{MARK}>", f"<script>{MARK}()</script>", f"\"><{MARK} a=\"", f"'><{MARK} a='", f"\" {MARK}=\"1",
    f"' {MARK}='1", f"x {MARK}=1", f"\" onmouseover=\"{MARK}()", f"--><{MARK}>", f"</title><{MARK}>",
    f"</textarea><{MARK}>", f"</script><{MARK}>", f"]]><{MARK}/>", f"<img src=x onerror={MARK}()>",
    f"<svg/onload={MARK}()>", f"javascript:{MARK}()", f"JaVaScRiPt&#58;{MARK}()", f"data:text/html,<{MARK}>",
    f"https://x.example/\"><{MARK}>", f"//{MARK}.example/", f"&lt;{MARK}&gt;&#60;{MARK}&#62;",
    "<" + MARK + "\u00a0>", f"＜{MARK}＞", f"{{{{{MARK}}}}}", f"${{{MARK}}}", f"<%{MARK}%>", "%s%n%1%9" + MARK,
]
QUERIES = [
    f"{MARK}' OR '1'='1", f"{MARK}\" OR \"1\"=\"1", f"{MARK}'; DROP TABLE person;--",
    f"{MARK}' UNION SELECT email FROM person--", f"{MARK}'/*", f"{MARK}\\' OR 1=1#", "0 OR 1=1",
    "1; DELETE FROM application", f"{MARK}%' ESCAPE '", "-1", "9223372036854775808", "1e309",
]
BROKEN = [
    f"{MARK}\r\nX-{MARK}: 1\r\nSet-Cookie: {MARK}=1", f"{MARK}\r\n\r\n<{MARK}>", f"{MARK}\0<{MARK}>",
    "../../../../etc/passwd", "..\\..\\etc\\passwd", b"\xc0\xae\xc0\xae\xc0\xaf", b"\xe0\x80\xbc" + MARK.encode(),
    b"\xed\xa0\x80", b"\xff\xfe", b"\xf8\x88\x80\x80\x80", "a" * 3000, "\u202e" + MARK,
]
# Out of every hole at once: what is taken of a form and stands in the store.
ALL = f"\"'><{MARK}>--></title></textarea></script><{MARK} a={{{{x}}}}"
CORPUS = [ALL] + SCRIPTS + QUERIES + BROKEN
# A password is hashed at each try, and guessing makes one wait.
FEW = {"/staff/sign-in": 3, "/staff/password": 3}


# ---- the source ----

def read_source():
    """Every route as (method, pattern, open to, names in the query, names in the form, files)."""
    text = {}
    for name in glob.glob(os.path.join(SOURCE, "registrar", "web", "*.c")):
        with open(name, encoding="utf-8") as file:
            text[name] = file.read()
    source = text[os.path.join(SOURCE, "registrar", "web", "routes.c")]
    table = re.search(r"registrar_routes\[\] = \{\n(.*?)\n\};", source, re.S).group(1)
    fields = read_fields(text.values())
    routes = []
    for entry in re.findall(r'\{("(?:GET|POST)",.*?)\},?\n', table + "\n", re.S):
        words = [w.strip() for w in re.split(r",(?![^(]*\))", re.sub(r"\s+", " ", entry))]
        method, pattern = words[0].strip('"'), words[1].strip('"')
        who = "person" if "PERSON" in words[2] else "staff" if words[2] != "0" else "nobody"
        forms = re.findall(r"NO_QUERY|NO_FORM|FORM\((\w+)\)", entry)
        query, form = (fields[name] if name else [] for name in forms)
        routes.append((method, pattern, who, query, form, "ROUTE_FILES" in entry))
    count = len(re.findall(r'^\s+\{"(?:GET|POST)"', table, re.M))
    tap.ok(len(routes) == count > 90, "every route of the table is read", len(routes), count)
    return routes


def read_fields(texts):
    """The names of the fields of each form, as many as it says that it has."""
    found, macros, wrong = {}, {}, []
    for text in texts:
        for name, body in re.findall(r"#define (\w+)((?:[^\n]*\\\n)+[^\n]*)", text):
            macros[name] = re.findall(r'\.name = ("[^"]*"|[A-Z_]+)', body)
    for text in texts:
        names = dict(re.findall(r'#define (\w+)\s+"([\w-]+)"', text))
        names.setdefault("APPLY_THEN_NAME", "then")
        names.setdefault("APPLY_TRAP", "homepage")
        for form, size, body in re.findall(
                r"^const struct form_field (\w+)\[(\w+)\] =\s*\{(.*?)\};$", text, re.M | re.S):
            listed = []
            for word in re.findall(r'\.name = (?:"[^"]*"|[A-Z_]+)|\b[A-Z_]{4,}\b', body):
                if word.startswith(".name"):
                    listed.append(word[8:])
                elif word in macros:
                    listed += macros[word]
            found[form] = [n.strip('"') if '"' in n else names[n] for n in listed]
            if size.isdigit() and int(size) != len(found[form]):
                wrong.append((form, size, found[form]))
    tap.equal(wrong, [], "every field of every form is read")
    return found


# ---- what gets through ----

class Reader(html.parser.HTMLParser):
    """What in a page is more than text, though somebody typed it."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.found, self.script = [], False
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        self.script = tag in ("script", "style")
        if MARK in tag:
            self.found.append(f"<{tag}>")
        for name, value in attributes:
            plain = re.sub(r"[\x00-\x20]", "", value or "").lower()
            if MARK in name or name.startswith("on") or (name == "style" and MARK in plain):
                self.found.append(f"{tag} {name}")
            if name in ("href", "src", "action", "formaction", "data") and re.match(
                    rf"(javascript|vbscript|data):.*{MARK}|//{MARK}", plain):
                self.found.append(f"{tag} {name}={plain[:40]}")

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag):
        self.script = False

    def handle_data(self, data):
        if self.script and MARK in data:
            self.found.append("in a script")

    def handle_comment(self, data):
        if MARK in data:
            self.found.append("in a comment")


def got_through(status, headers, body):
    """What is wrong with an answer, or nothing."""
    kind, found = (headers.get("Content-Type") or "").split(";")[0], []
    if status >= 500 and status != 503:
        found.append(f"status {status}")
    for name, value in headers.items():
        if MARK in name.lower() or (name.lower() == "set-cookie" and MARK in value) or (
                name.lower() == "location" and not re.match(r"/(?!/)|https?://127\.0\.0\.1", value)):
            found.append(f"header {name}: {value[:60]}")
    text = body.decode("utf-8", "replace")
    if "root:x:0" in text or "near \"" in text or "syntax error" in text:
        found.append("a file or an error of ours")
    if kind == "text/html":
        found += Reader(text).found
    elif kind.endswith("xml"):
        try:
            tree = xml.etree.ElementTree.fromstring(text)
            found += [e.tag for e in tree.iter() if MARK in e.tag or any(MARK in a for a in e.attrib)]
        except xml.etree.ElementTree.ParseError as error:
            found.append(f"XML: {error}")
    elif kind.endswith("json"):
        try:
            json.loads(text)
        except ValueError as error:
            found.append(f"JSON: {error}")
    elif kind == "text/calendar" and re.search(rf"^(X-)?{MARK}[:;]", text, re.M | re.I):
        found.append("a line of a calendar")
    return found


def control():
    """The detector sees what gets through a page that escapes nothing."""
    holes = ("<p>{}</p>", '<p a="{}">', "<p a='{}'>", "<p a={}>", '<a href="{}">', "<!-- {} -->",
             "<title>{}</title>", "<textarea>{}</textarea>", "<script>{}</script>")
    for hole in holes:
        found = [p for p in SCRIPTS if got_through(200, {"Content-Type": "text/html"},
                                                   hole.format(p).encode())]
        tap.ok(found, f"the control: an unescaped payload is found in {hole}", hole)
    tap.ok(got_through(200, {f"X-{MARK}": "1"}, b"") and got_through(500, {}, b"") and
           got_through(200, {"Content-Type": "application/atom+xml"}, f"<a><{MARK}/></a>".encode()) and
           not got_through(200, {"Content-Type": "text/html"}, b"<p>&lt;zq7x&gt;</p>"),
           "the control: a header, a fault, a feed; and text that is escaped is none")
    base = sqlite3.connect(":memory:")
    base.execute("CREATE TABLE t(a)")
    base.execute("INSERT INTO t VALUES ('kept')")
    answers = {base.execute(f"SELECT count(*) FROM t WHERE a = '{text}'").fetchone()
               for text in PAIR}
    tap.equal(len(answers), 2, "the control: a statement glued together tells the pair apart")


PAIR = (f"{MARK}' OR 'a'='a", f"{MARK}' AND 'a'='b")


# ---- who sends ----

class Sender:
    """One of each: nobody with a begun application, a person, and staff."""

    def __init__(self):
        self.count, self.statuses, self.lost = 0, collections.Counter(), []
        self.browsers = {"nobody": it.browser(), "person": people.reporter(it, OWN),
                         "staff": people.staff(it, "admin")}
        applying.walk(self.browsers["nobody"], {"email": "zq@lantern.example"}, until="/photo$")
        self.tokens = {}
        for who, browser in self.browsers.items():
            page = browser.get({"nobody": "/sign-in", "person": "/my", "staff": "/staff"}[who])
            self.tokens[who] = re.search(r'name="csrf" value="([^"]+)"', page.body.decode()).group(1)

    def request(self, route, path, query=None, form=None, csrf=True, headers=None):
        who = route[2]
        self.count += 1
        target = path + ("?" + encoded(query) if query else "")
        one = it.browser(source=f"127.0.{2 + self.count // 200 % 200}.{1 + self.count % 200}")
        one.cookies = dict(self.browsers[who].cookies)
        answer = self.ask(one, route, target, form, csrf, headers)
        self.statuses[answer.status] += 1
        if re.search("sign-in$|gone=yes", answer.headers.get("Location", "")) and \
                "sign" not in route[1] and "Cookie" not in (headers or {}):
            self.lost.append((who, *route[:2]))
        return answer

    def ask(self, one, route, target, form, csrf, headers):
        method, _, who, _, _, files = route
        if method == "GET":
            return one.request("GET", target, headers=headers)
        pairs = list((form or {}).items())
        if csrf:
            pairs.append(("csrf", self.tokens[who] if csrf is True else csrf))
        sent = {"Origin": f"http://127.0.0.1:{it.port}", "Sec-Fetch-Site": "same-origin"}
        body, kind = encoded(dict(pairs)), "application/x-www-form-urlencoded"
        if files:
            body, kind = multipart([(n, (str(v)[:20].replace("\r", "").replace("\n", ""), b"x"))
                                    if n in ("file", "photo") else
                                    (n, v if isinstance(v, str) else v.decode("latin-1"))
                                    for n, v in pairs])
        return one.request("POST", target, body=body, headers={
            **sent, "Content-Type": kind, **(headers or {})})


def encoded(values):
    return "&".join(f"{n}={urllib.parse.quote(v, safe='')}" for n, v in values.items())


# What a form takes, by the name of its field.
GOOD = {**applying.DEFAULTS, "consent": "yes", "accreditation": "1", "language": "en", "then": "go",
        "message": "A word", "answer": "An answer", "words": "Some words", "until": "",
        "months": "12", "outlet": "1", "name": "Ana Ferreira", "criterion": "not-news",
        "refusal-message": "Why", "scope": "A paper", "response": "More", "appeal": "Please look again",
        "kind": "letter", "conference": "1", "class": "reporter", "change": "yes", "before": "2026-01-01"}


class Store:
    """Whether the store changed; what looking at a page notes by itself apart."""
    ASIDE = {"session", "view_log", "log", "log_entry", "log_detail", "sqlite_sequence"}

    def __init__(self):
        self.base = sqlite3.connect(f"file:{it.data}/registrar.db?mode=ro", uri=True)
        self.version, self.seen = None, None

    def digest(self):
        tables = [t for t, in self.base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
        # Of a mail only that it is there: when it is sent is not the form's doing.
        return {t: hash(tuple(self.base.execute(f'SELECT {"count(*)" if t == "outbox" else "*"} '
                                                f'FROM "{t}"')))
                for t in tables if t not in self.ASIDE}

    def changed(self):
        """The tables that changed since this was asked before."""
        version = self.base.execute("PRAGMA data_version").fetchone()
        if version == self.version:
            return []
        before, self.seen, self.version = self.seen, self.digest(), version
        return [t for t in self.seen if before and before.get(t) != self.seen[t]]


def applied():
    """Two applications that wait at the desk; one is of the person who is signed in."""
    for email in ("waits@lantern.example", OWN):
        browser = it.browser()
        applying.send(browser, {"email": email, "name": ALL, "outlet": ALL, "proof": ALL,
                                "class": "documentary", "title": ALL, "synopsis": ALL, "phone": ALL[:40],
                                "site": ALL, "address": ALL, "requirements": ALL})
        link = link_in(it.wait_mail(email, 1)[-1][1], "confirm")
        browser.submit(browser.get(link).form("/confirm/"))
        it.wait_mail(email, 2)


def real_values():
    """A value that is there for each part of an address."""
    with sqlite3.connect(f"file:{it.data}/registrar.db?mode=ro", uri=True) as base:
        one = lambda sql: str(base.execute(sql).fetchone()[0])  # noqa: E731
        return {"slug": "tomorrow-road-safety", "id": "1", "token": "x" * 43, "name": "x" * 43,
                "application": one(f"SELECT reference FROM application WHERE email = '{OWN}'"),
                "registration": one(
                    "SELECT r.reference FROM registration r JOIN accreditation a ON a.id = "
                    "r.accreditation_id JOIN person p ON p.id = a.person_id WHERE p.email = "
                    f"'{OWN}' LIMIT 1")}


def path_of(pattern, real, name=None, payload=None):
    def put(found):
        part = found.group(1)
        if part == name:
            return urllib.parse.quote(payload, safe="")
        if part == "reference":
            part = "registration" if pattern.startswith("/registrations") else "application"
        return real.get(part, "x")
    return re.sub(r":(\w+)", put, pattern)


def attacks(route):
    """(what it is put in, name, payload) for all that this route takes."""
    method, pattern, _, query, form, _ = route
    for where, names in (("path", re.findall(r":(\w+)", pattern)), ("query", query), ("form", form)):
        corpus = CORPUS[::max(1, len(CORPUS) // FEW[pattern])] if pattern in FEW else CORPUS
        for name in names:
            for payload in corpus:
                if not (where == "path" and payload in ("a" * 3000,)):
                    yield where, name, payload


def send(sender, route, real, where, name, payload):
    method, pattern, _, query, form, _ = route
    path = path_of(pattern, real, *((name, payload) if where == "path" else ()))
    asked = {name: payload} if where == "query" else None
    filled = {n: GOOD.get(n, "x") for n in form}
    if where == "form":
        filled[name] = payload
    return sender.request(route, path, asked, filled)


# ---- the tests ----

LAST = ("/accreditation/forget", "/sign-out", "/my/sign-out-everywhere")


def gets(sender, routes, real):
    def one(route):
        wrong, count = [], 0
        for where, name, payload in attacks(route):
            answer = send(sender, route, real, where, name, payload)
            count += 1
            wrong += [(route[1], where, name, payload[:40], w)
                      for w in got_through(answer.status, answer.headers, answer.body)]
        for name in route[3]:
            texts = [got.body.decode("utf-8", "replace").replace(html_of(p), "").replace(
                urllib.parse.quote(p, safe=""), "") for p in PAIR
                for got in [sender.request(route, path_of(route[1], real), {name: p})]]
            if plain(texts[0]) != plain(texts[1]):
                wrong.append((route[1], name, "the pair is told apart"))
        return wrong, count
    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(one, [r for r in routes if r[0] == "GET" and "/now" not in r[1]]))
    wrong = sum((w for w, _ in done), [])
    tap.equal(wrong[:12], [], "every part of the address of every page")
    tap.note(f"{sum(c for _, c in done)} addresses asked for")


def html_of(text):
    return text.replace("&", "&amp;").replace("'", "&#39;").replace("<", "&lt;")


def plain(text):
    """Without what differs from one answer to the next."""
    return re.sub(r'value="[\w-]{40,}"|zq7x[^"<]*', "", text)


def posts(sender, routes, real):
    wrong, kept, count, store = [], [], 0, Store()
    store.changed()
    for route in routes:
        if route[0] != "POST" or route[1] in LAST:
            continue
        for where, name, payload in attacks(route):
            answer = send(sender, route, real, where, name, payload)
            count += 1
            wrong += [(route[1], where, name, payload[:40], w)
                      for w in got_through(answer.status, answer.headers, answer.body)]
            changed = store.changed()
            if answer.status >= 400 and changed:
                kept.append((route[1], where, name, payload[:40], answer.status, changed))
    tap.equal(wrong[:12], [], "every field of every form")
    tap.equal(kept[:12], [], "what is refused changes nothing in the store")
    tap.note(f"{count} forms sent")


def stored(sender, routes, real):
    """What was taken stands everywhere as text: every page again, of everybody."""
    wrong, count = [], 0
    with sqlite3.connect(f"file:{it.data}/registrar.db?mode=ro", uri=True) as base:
        many = {"application": [r for r, in base.execute("SELECT reference FROM application WHERE "
                                                         "reference IS NOT NULL")][-30:]}
        held = sum(MARK in str(row) for t, in base.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'").fetchall()
            for row in base.execute(f'SELECT * FROM "{t}"'))
    for route in routes:
        if route[0] != "GET" or "/now" in route[1]:
            continue
        for reference in many["application"] if "/applications/" in route[1] else [real["application"]]:
            answer = sender.request(route, path_of(route[1], {**real, "application": reference}))
            count += 1
            wrong += [(route[1], w) for w in got_through(answer.status, answer.headers, answer.body)]
    tap.ok(held > 20, "the store holds much of what was typed", held)
    tap.equal(wrong[:12], [], f"and on {count} pages of everybody it is text")


def headers(sender, routes, real):
    wrong = []
    get = [r for r in routes if r[0] == "GET" and "/now" not in r[1]]
    for route in get:
        for name in ("Accept-Language", "Referer", "User-Agent", "If-None-Match", "Cookie", "X-Forwarded-For",
                     "X-Forwarded-Host"):
            for payload in (f"<{MARK}>", f"{MARK}' OR 1=1--", "session=" + f"{MARK}'; application=<{MARK}>; lang=<{MARK}>"):
                answer = sender.request(route, path_of(route[1], real), headers={name: payload})
                wrong += [(route[1], name, w) for w in
                          got_through(answer.status, answer.headers, answer.body)]
    tap.equal(wrong[:12], [], "every header that a stranger chooses")
    answer = it.browser().request("GET", f"/?lang=fr%0d%0aX-{MARK}:1")
    tap.equal(got_through(answer.status, answer.headers, answer.body), [], "the switch of language")


# RFC 8058: a mail program presses this button, without cookie or token. The secret in the address is
# what it needs, so without that it changes nothing, which is looked at like the rest.
ONE_CLICK = "/announcements/stop/:key"


def forged(sender, routes, real):
    """Every form without its token, with a wrong one, and from elsewhere."""
    other = it.browser()
    foreign = re.search(r'name="csrf" value="([^"]+)"', other.get("/sign-in").body.decode()).group(1)
    wrong, passed, store = [], [], Store()
    store.changed()
    ways = [(None, {}), ("", {}), ("x" * 43, {}), (foreign, {}), (True, {"Origin": "https://evil.example"}),
            (True, {"Origin": "null"}), (True, {"Sec-Fetch-Site": "cross-site"}),
            (True, {"Sec-Fetch-Site": "same-site"})]
    nowhere = {**real, "application": "A-0000-0000", "registration": "R-0000-0000", "slug": "nowhere",
               "id": "0"}
    count = 0
    for route in routes:
        if route[0] != "POST":
            continue
        form = {n: GOOD.get(n, "x") for n in route[4]}
        for csrf, head in ways:
            answer = sender.request(route, path_of(route[1], real), None, form, csrf, head)
            count += 1
            if (answer.status != 403 and route[1] != ONE_CLICK) or answer.headers.get("Set-Cookie"):
                wrong.append((route[1], csrf, head, answer.status))
        if store.changed():
            wrong.append((route[1], "the store changed"))
        if route[1] in LAST:
            continue
        answer = sender.request(route, path_of(route[1], nowhere), None, form)
        store.changed()
        if answer.status in (403, 415):
            passed.append((route[1], answer.status, answer.text[:200]))
    tap.equal(wrong[:12], [], f"{count} forged forms are refused, and change nothing")
    tap.equal(passed, [], "the control: with its token each form is read")


def main():
    control()
    routes = read_source()
    it.init()
    it.start()
    applied()
    real, sender = real_values(), Sender()
    schema = sqlite3.connect(f"file:{it.data}/registrar.db?mode=ro", uri=True).execute(
        "SELECT sql FROM sqlite_master ORDER BY name").fetchall()
    forged(sender, routes, real)
    headers(sender, routes, real)
    gets(sender, routes, real)
    posts(sender, routes, real)
    stored(sender, routes, real)
    tap.equal(sender.lost[:12], [], "each was signed in, and had begun, through all of it")
    for path in LAST:
        route = next(r for r in routes if r[1] == path)
        answer = sender.request(route, path, None, {})
        tap.equal(answer.status, 303, f"the control: with its token {path} is done")
    tap.equal(sqlite3.connect(f"file:{it.data}/registrar.db?mode=ro", uri=True).execute(
        "SELECT sql FROM sqlite_master ORDER BY name").fetchall(), schema, "every table stands")
    tap.note("answers by status: " + ", ".join(f"{s}: {n}" for s, n in sorted(sender.statuses.items())))
    tap.ok(sender.statuses[429] < sender.count / 20, "few were only told to wait", sender.statuses)
    it.registrar("check")
    tap.ok(True, "the store and its journal are sound")
    it.stop()
    with open(it.path("serve.log"), encoding="utf-8", errors="replace") as file:
        log = file.read()
    tap.ok("ours" not in log and MARK not in log, "no fault of ours, and nothing of it in the log",
           log[-1500:])


try:
    tap.run(main)
finally:
    it.close()
