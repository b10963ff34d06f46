#!/usr/bin/python3
"""Staff over HTTP: a second factor from its set-up to its reset, sessions, dates of training and
authorisation, accounts, and sign-in through a trusted proxy.

Usage: staff.py BUILD
"""
import base64
import datetime
import hashlib
import hmac
import os
import re
import struct
import subprocess
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import people  # noqa: E402
from programs import Programs  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)
rows = it.store
NEW = "four green gates open"
SECRET = "0123456789abcdef" * 4


def totp(secret, off=0):
    """RFC 6238, written once more."""
    key = base64.b32decode(secret)
    digest = hmac.new(key, struct.pack(">Q", int(time.time()) // 30 + off), hashlib.sha1).digest()
    at = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[at:at + 4])[0] & 0x7fffffff) % 1000000:06d}"


def sign_in(name, password=None, source=None, browser=None):
    browser = browser or it.browser(source=source)
    return browser, people.sign_in(browser, name, password or it.password)


def code(browser, text):
    """Types a code where a sign-in waits for it."""
    return browser.submit(browser.get("/staff/sign-in/code").form("/sign-in/code$"), {"code": text})


def set_up(browser):
    """The way of a person; the secret and the recovery codes."""
    page = browser.get("/staff/second-factor")
    page = browser.submit(page.form("/begin$"))
    secret = re.search(r'pg-code">([A-Z2-7 ]{39})<', page.body.decode()).group(1).replace(" ", "")
    done = browser.submit(page.form("/set-up$"), {"code": totp(secret)})
    return secret, re.findall(r"<code>([a-z0-9-]{19})</code>", done.body.decode()), done


def unused(name):
    """As if 30 seconds had gone by since the last code."""
    rows("UPDATE staff_factor SET step = 0 WHERE staff = ?", name)


def setting_up():
    browser, _ = sign_in("desk1")
    page = browser.submit(browser.get("/staff/second-factor").form("/begin$"))
    shown = re.search(r'pg-code">([A-Z2-7 ]{39})<', page.body.decode()).group(1)
    picture = browser.request("GET", "/staff/second-factor/qr.svg")
    tap.ok(picture.kind == "image/svg+xml" and "no-store" in picture.headers["Cache-Control"],
           "the QR code is a picture that nobody stores")
    svg = it.path("qr.svg")
    with open(svg, "wb") as file:
        file.write(picture.body)
    subprocess.run(["rsvg-convert", "-w", "400", svg, "-o", it.path("qr.png")], check=False)
    if os.path.exists(it.path("qr.png")):
        read = subprocess.run(["zbarimg", "-q", "--raw", it.path("qr.png")], capture_output=True,
                              text=True, check=False).stdout
        tap.ok(read.startswith("otpauth://totp/") and shown.replace(" ", "") in read and
               "issuer=Lakemount" in read, "which an independent reader reads", read)
    wrong = browser.submit(page.form("/set-up$"), {"code": "000000"})
    tap.ok(wrong.status == 422 and 'href="#code"' in wrong.body.decode() and
           shown in wrong.body.decode(), "a wrong first code is refused, the secret stays", wrong.status)
    tap.equal(sign_in("desk1")[1].url.split("/")[-1], "staff", "a set-up that waits asks nobody")
    secret, codes, done = set_up(browser)
    tap.ok(len(set(codes)) == 10 and "no-store" in done.headers["Cache-Control"],
           "ten recovery codes are shown", codes)
    tap.equal(browser.request("GET", "/staff/second-factor/qr.svg").status, 404,
              "and the secret never again")
    stored = b"".join(open(os.path.join(it.data, name), "rb").read() for name in os.listdir(it.data)
                      if name.startswith("registrar.db"))
    tap.ok(base64.b32decode(secret) not in stored and secret.encode() not in stored and
           not any(c.encode() in stored or c.replace("-", "").encode() in stored for c in codes),
           "neither the secret nor a recovery code is in the store")
    mode = os.stat(os.path.join(it.data, "keys", "factor.key")).st_mode & 0o777
    tap.equal(mode, 0o600, "the key that seals it is a file of the folder's user alone")
    return browser, secret, codes


def half_way(secret, codes):
    other, page = sign_in("desk1")
    tap.ok(page.url.endswith("/staff/sign-in/code"), "the password alone leads to the code", page.url)
    held = dict(other.cookies)
    for path in ("/staff", "/staff/account", "/staff/second-factor", "/staff/password",
                 "/staff/conferences"):
        answer = other.request("GET", path)
        tap.equal((answer.status, answer.headers.get("Location")), (303, "/staff/sign-in/code"),
                  f"half a session does not open {path}")
    csrf = re.search(r'name="csrf" value="([^"]+)"', page.body.decode()).group(1)
    for path in ("/staff/password", "/staff/second-factor/begin", "/staff/account/sessions/end"):
        answer = other.request("POST", path, body=urllib.parse.urlencode({"csrf": csrf}), headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{it.port}"})
        tap.equal(answer.status, 403, f"nor post to {path}")
    used = totp(secret)
    tap.equal(code(other, used).status, 422, "the code that set it up is used up")
    unused("desk1")
    done = code(other, f"{used[:3]} {used[3:]}")
    tap.ok(done.url.endswith("/staff") and done.status == 200, "the control: an unused one opens", done.url)
    session = [n for n in held if n.endswith("session") or n == "session"]
    tap.ok(session and held[session[0]] != other.cookies[session[0]], "under a new token", list(held))
    old = it.browser()
    old.cookies = held
    tap.equal(old.request("GET", "/staff/sign-in/code").status, 303, "and the half session is over")
    again, _ = sign_in("desk1")
    tap.equal(code(again, codes[0].upper().replace("-", " ")).status, 200, "a recovery code opens too")
    again, _ = sign_in("desk1")
    tap.equal(code(again, codes[0]).status, 422, "once")
    late, _ = sign_in("desk1")
    rows("UPDATE session SET created = created - 300, seen = seen - 300 WHERE stage = 'half'")
    answer = late.request("GET", "/staff/sign-in/code")
    tap.equal((answer.status, answer.headers["Location"]), (303, "/staff/sign-in"),
              "after five minutes it begins anew")


def guessing(secret):
    """Wrong codes make their sender wait, and nobody else."""
    thief, _ = sign_in("desk1", source="127.0.4.1")
    answers = [code(thief, f"{n:06d}") for n in range(7)]
    tap.ok(answers[0].status == 422 and "too many tries" in answers[6].text,
           "the sixth wrong code has to wait", answers[6].text[:200])
    unused("desk1")
    tap.ok("too many tries" in code(thief, totp(secret)).text, "even with the right one")
    again, _ = sign_in("desk1", source="127.0.4.1")
    tap.ok("too many tries" in code(again, totp(secret)).text,
           "and the right password in between resets nothing")
    owner, _ = sign_in("desk1", source="127.0.4.2")
    tap.ok(code(owner, totp(secret)).url.endswith("/staff"), "the owner elsewhere is not locked out")


def guessing_from_everywhere(browser, secret):
    """Many networks with some tries each are not many times as many tries."""
    thief, _ = sign_in("desk1", source="127.0.5.1")
    said = []
    for n in range(60):
        other = it.browser(source=f"127.0.5.{n + 1}")
        other.cookies = dict(thief.cookies)
        said.append("too many tries" in code(other, "000001").text)
    tap.ok(not said[10] and said[59] and said.count(False) <= 40,
           "codes that are guessed from many networks have to wait too", said.count(False))
    unused("desk1")
    form = browser.get("/staff/second-factor").form("/second-factor/codes$")
    tap.equal(browser.submit(form, {"code": "000001"}).text.count("too many tries"), 0,
              "the owner's own browser does not")


def own_sessions(browser, secret):
    unused("desk1")
    phone = it.browser()
    plain = phone.request
    phone.request = lambda method, address, body=None, headers=None: plain(
        method, address, body, {**(headers or {}), "User-Agent":
                                "Mozilla/5.0 (Linux; Android 14) Chrome/126.0 Mobile Safari/537.36"})
    sign_in("desk1", browser=phone)
    code(phone, totp(secret))
    page = browser.get("/staff/account")
    tap.ok("Chrome on Android" in page.text and "127.0.0.*" in page.text and
           "This is yours, here" in page.text, "sign-ins are listed in words", page.text[-900:])
    forms = [f for f in page.page.forms if re.search("/sessions/[0-9a-f]{16}/end$", f.action)]
    mine = it.browser()
    sign_in("rev1", browser=mine)
    for form in forms:
        answer = mine.submit(form_of(mine, form.action))
        tap.equal(answer.status, 404, "another's sign-in is not found by its handle")
    tap.equal(phone.get("/staff/account").status, 200, "and stands")
    form = next(f for f in forms if any("Android" in text for _, _, text in f.buttons))
    browser.submit(form)
    tap.equal(phone.request("GET", "/staff/account").status, 303, "its owner ends it")
    sign_in("rev1")
    page = mine.get("/staff/account")
    tap.ok("Signed in now: 2" in page.text, "another of theirs is listed", page.text[-400:])
    done = mine.submit(page.form("/account/sessions/end$"))
    tap.ok("Signed in now: 1" in done.text, "and all others at once", done.text[-400:])


def form_of(browser, action):
    """A form of this browser's own page, sent to another address."""
    form = browser.get("/staff/account").form("/sign-out$")
    form.action = action
    return form


def codes_and_removal(browser, secret, codes):
    page = browser.get("/staff/second-factor")
    tap.ok("recovery codes are left" in page.text, "the page says how many are left", page.text)
    wrong = browser.submit(page.form("/codes$"), {"code": "123456"})
    tap.equal(wrong.status, 422, "new recovery codes ask for a code")
    unused("desk1")
    made = browser.submit(browser.get("/staff/second-factor").form("/codes$"), {"code": totp(secret)})
    fresh = re.findall(r"<code>([a-z0-9-]{19})</code>", made.body.decode())
    tap.ok(len(fresh) == 10 and not set(fresh) & set(codes), "and take the place of the old")
    old, _ = sign_in("desk1")
    tap.equal(code(old, codes[5]).status, 422, "which open nothing any more")
    admin, _ = sign_in("admin")
    page = admin.get("/staff/accounts/desk1/second-factor")
    tap.ok("be sure that it is them" in page.text,
           "a reset says what it does", page.text)
    done = admin.submit(page.form("/second-factor$"))
    tap.ok("is reset" in done.text, "an administrator resets it", done.text[:300])
    tap.equal(browser.request("GET", "/staff/account").status, 303, "all sign-ins end")
    back, page = sign_in("desk1")
    tap.ok(page.url.endswith("/staff"), "and the password alone opens until the next set-up")
    tap.equal(admin.request("GET", "/staff/accounts/admin/second-factor").status, 404,
              "nobody resets their own so")
    rows("UPDATE session SET created = created - 700 WHERE staff = 'desk1'")
    page = back.get("/staff/second-factor")
    tap.ok("ten minutes" in page.text and not [f for f in page.page.forms if "begin" in f.action],
           "long after a sign-in no set-up begins")


def day(off):
    return (datetime.date.today() + datetime.timedelta(days=off)).isoformat()


def dates():
    admin, _ = sign_in("admin")
    person, _ = sign_in("rev1")
    tap.equal(person.get("/staff").status, 200, "before: the queue opens")

    def put(**values):
        page = admin.get("/staff/accounts/rev1/dates")
        return admin.submit(page.form("/dates$"), {n.replace("_", "-"): v for n, v in values.items()})

    for values, field in (({"until": "2026-02-30"}, "until"), ({"trained_until": "soon"}, "trained-until"),
                          ({"from": "2030-01-02", "until": "2030-01-01"}, "until")):
        shown = put(**values)
        tap.ok(shown.status == 422 and f'href="#{field}"' in shown.body.decode(),
               f"dates: {values} is refused", shown.status)
    shown = put(until=day(10))
    tap.ok("Ends soon" in shown.text, "an end within a month is told the administrator", shown.text[:400])
    tap.ok("holds until" in person.get("/staff").text, "and the person, on every page")
    tap.ok("one person ends within 30 days" in admin.get("/staff/accounts").text, "and on the list")
    for values, words in (({"until": day(-1)}, "Your authorisation ended"),
                          ({"until": "", "trained_until": day(-2)}, "Your training ended"),
                          ({"trained_until": "", "from": day(3)}, "You are authorised from")):
        put(**values)
        shown = person.get("/staff")
        tap.ok(shown.status == 403 and words in shown.text,
               f"a session that stands loses its role at once: {words}", shown.status, shown.text[:300])
        _, refused = sign_in("rev1")
        tap.ok(refused.status == 403 and words in refused.text, "and a sign-in says so", refused.text[:300])
        _, wrong = sign_in("rev1", "another password")
        tap.ok(wrong.status == 422 and words not in wrong.text, "to nobody but that person")
    put(**{"from": ""})
    tap.equal(person.get("/staff").status, 200, "the control: within the dates it goes on")


def at_the_door():
    """A gate's list of officers has nobody who is outside of the dates."""
    it.enrol("north-door")
    it.gate("north-door", "sync", "--once")
    slug = "today-harbour-street"
    ok = it.gate("north-door", "scan", "--conference", slug, "--json", "--officer", "officer1",
                 "--pin-file", it.path("password"), text="")
    tap.equal(ok, "", "the control: the officer signs in at the door")
    it.registrar("staff dates", "officer1", "--trained-until", day(-1))
    it.gate("north-door", "sync", "--once")
    it.gate("north-door", "scan", "--conference", slug, "--json", "--officer", "officer1",
            "--pin-file", it.path("password"), text="", code=1)
    tap.ok(it.said, "outside of the training it does not", it.said)
    it.registrar("staff dates", "officer1", "--trained-until", "")
    it.gate("north-door", "sync", "--once")
    it.gate("north-door", "scan", "--conference", slug, "--json", "--officer", "officer1",
            "--pin-file", it.path("password"), text="")
    tap.ok(True, "and trained again it does")


def accounts():
    """Each step, and an entry in the journal for it."""
    admin, _ = sign_in("admin")
    page = admin.get("/staff/accounts/new")
    for values, field in (({"name": "X Y"}, "name"), ({"name": ""}, "name"), ({"full-name": ""}, "full-name"),
                          ({"name": "rev1"}, "name"), ({"role": "chief"}, "role"),
                          ({"name": "api7"}, "name"), ({"name": "daily"}, "name")):
        shown = admin.submit(page.form("/accounts/new$"), dict(
            {"name": "new1", "full-name": "New One", "role": "reviewer"}, **values))
        tap.ok(shown.status == 422 and f'href="#{field}"' in shown.body.decode(),
               f"a new account: {values} is refused", shown.status)
    made = admin.submit(page.form("/accounts/new$"),
                        {"name": "new1", "full-name": "New <One>", "role": "reviewer"})
    one_time = re.search(r'pg-code">([a-z2-9-]{23})<', made.body.decode()).group(1)
    tap.ok("New <One>" in admin.get("/staff/accounts").text, "it is on the list")
    person, page = sign_in("new1", one_time)
    tap.ok(page.url.endswith("/staff/password"), "its one-time password is changed first", page.url)
    for bad in ("password123", "new1new1", "12345678"):
        shown = person.submit(page.form("/staff/password"), {"old": one_time, "new": bad, "again": bad})
        tap.ok(shown.status == 422 and 'href="#new"' in shown.body.decode(), f"not to {bad!r}", shown.status)
    done = person.submit(page.form("/staff/password"), {"old": one_time, "new": NEW, "again": NEW})
    tap.ok(done.url.endswith("/staff/second-factor") and "Not now" in done.text,
           "then a second factor is offered", done.url)

    def step(name, **values):
        page = admin.get(f"/staff/accounts/new1/{name}")
        return admin.submit(page.form(f"/{name}$"), {n.replace("_", "-"): v for n, v in values.items()})

    done = step("role", role="supervisor")
    tap.ok("supervisor" in done.text and person.request("GET", "/staff/account").status == 303,
           "another role ends the sign-ins", done.url)
    person, page = sign_in("new1", NEW)
    tap.ok(page.url.endswith("/staff/conferences") and person.get("/staff").status == 403,
           "and opens what is its own", page.url)
    tap.ok("is disabled" in step("disable").text and sign_in("new1", NEW)[1].status == 422,
           "disabled: no sign-in")
    tap.ok("is enabled" in step("enable").text and sign_in("new1", NEW)[1].status == 200,
           "enabled: as it was")
    again = step("password")
    other = re.search(r'pg-code">([a-z2-9-]{23})<', again.body.decode()).group(1)
    tap.ok(sign_in("new1", NEW)[1].status == 422 and
           sign_in("new1", other)[1].url.endswith("/staff/password"), "a new one-time password")
    tap.ok("are ended" in step("sessions").text, "all sign-ins are ended")
    refused = admin.submit(admin.get("/staff/accounts/admin/disable").form("/disable$"))
    tap.ok(refused.status == 422 and "last administrator" in refused.text, "the last administrator stays")
    tap.equal(admin.request("GET", "/staff/accounts/nosuch").status, 404, "an account that is not there")
    noted = rows("SELECT count(*) FROM log_entry WHERE reason = 'staff-changed'")[0][0]
    it.registrar("staff reset-factor", "new1", code=1)
    tap.ok("no second factor" in it.said, "the command line resets none that is not there", it.said)
    it.registrar("staff role", "new1", "--role", "supervisor", code=1)
    it.registrar("staff dates", "new1", "--until", "2026-02-30", code=1)
    tap.ok("until" in it.said, "nor takes a day that is none", it.said)
    tap.equal(rows("SELECT count(*) FROM log_entry WHERE reason = 'staff-changed'")[0][0], noted,
              "what was refused is in no journal")
    it.registrar("staff role", "new1", "--role", "reviewer")
    it.registrar("staff dates", "new1", "--from", day(0), "--until", day(40))
    it.registrar("staff sign-out", "new1")
    tap.equal(rows("SELECT count(*) FROM log_entry WHERE reason = 'staff-changed'")[0][0], noted + 3,
              "and each change is, once")
    tap.ok(day(40) in it.registrar("staff list"), "the list tells the dates")
    listed = it.registrar("staff list", "--json")
    tap.ok('"name":"new1"' in listed and '"second_factor":false' in listed, "the command line agrees")


def settings(text):
    path = os.path.join(it.data, "settings.ini")
    with open(path, encoding="utf-8") as file:
        held = file.read()
    held = re.sub(r"(?ms)^\[staff\]\n.*?(?=^\[)", "[staff]\n" + text + "\n", held)
    held = held.replace("proxy = no", "proxy = yes")
    with open(path, "w", encoding="utf-8") as file:
        file.write(held)


def secret_file(text, mode=0o600):
    path = it.path("proxy-secret")
    with open(path, "w", encoding="ascii") as file:
        file.write(text + "\n")
    os.chmod(path, mode)
    return path


def asks(headers):
    """What the sign-in page says to whoever comes with these headers, and after the button."""
    browser = it.browser()
    plain = browser.request
    headers = {**headers, "Origin": f"https://127.0.0.1:{it.port}"}  # the proxy ends the TLS
    browser.request = lambda method, address, body=None, extra=None, **more: plain(
        method, address, body, {**(extra or more.get("headers") or {}), **headers})
    page = browser.get("/staff/sign-in")
    forms = [f for f in page.page.forms if f.action == "/staff/sign-in/proxy"]
    if not forms:
        csrf = re.search(r'name="csrf" value="([^"]+)"', browser.get("/sign-in").body.decode()).group(1)
        answer = browser.request("POST", "/staff/sign-in/proxy",
                                 body=urllib.parse.urlencode({"csrf": csrf}),
                                 headers={"Content-Type": "application/x-www-form-urlencoded"})
        return browser, answer
    return browser, browser.submit(forms[0])


def proxy():
    it.stop()
    wanted = ("second-factor = required\nlocal-sign-in = no\nproxy-user-header = X-Forwarded-Email\n"
              "proxy-secret-header = X-Proxy-Secret\nproxy-secret-file = " + it.path("proxy-secret"))
    settings(wanted)
    for text, mode, words in (("short", 0o600, "too short"), (SECRET, 0o644, "chmod 600")):
        secret_file(text, mode)
        try:
            it.start()
            tap.ok(False, f"it starts with a secret that is {words}")
        except AssertionError as said:
            tap.ok(words in str(said), f"the secret's file: {words}", str(said)[-300:])
        it.stop()
    secret_file(SECRET)
    it.registrar("staff proxy-user", "desk1", "--user", "dee@lakemount.example")
    it.start()
    user = {"X-Forwarded-Email": "dee@lakemount.example"}
    wrong = SECRET[:-1] + "0"
    for headers, words in (({}, "nothing"), (user, "the user alone"),
                           ({**user, "X-Proxy-Secret": wrong}, "a wrong secret"),
                           ({**user, "X-Proxy-Secret": ""}, "an empty secret"),
                           ({"X-Proxy-Secret": SECRET}, "the secret alone")):
        browser, answer = asks(headers)
        tap.ok(answer.status == 403 and browser.request("GET", "/staff/account").status == 303,
               f"{words} signs nobody in", answer.status)
    browser, answer = asks({**user, "X-Proxy-Secret": SECRET})
    tap.ok(answer.status == 200 and answer.url.endswith("/staff") and "Communications desk 1" in answer.text,
           "the control: with the secret it does, and its second factor is the proxy's", answer.url)
    tap.ok("through the agency" in browser.get("/staff/account").text, "the sign-in says where it came from")
    for name, words in (("nobody@lakemount.example", "no account for you"), ("officer1", "for the door")):
        browser, answer = asks({"X-Forwarded-Email": name, "X-Proxy-Secret": SECRET})
        tap.ok(answer.status == 403 and words in answer.text, f"{name}: {words}", answer.text[:300])
    rows("UPDATE staff SET must_change = 1 WHERE name = 'admin'")
    browser, answer = asks({"X-Forwarded-Email": "admin", "X-Proxy-Secret": SECRET})
    large = ("name\n" + "".join(f"Outlet {n} {'x' * 60}\n" for n in range(2000))).encode()
    answer = browser.submit(browser.get("/staff/import").form("/staff/import$"),
                            {"what": "outlets", "file": ("a.csv", large)})
    tap.ok(answer.status == 200 and "2000" in answer.text.replace(",", ""),
           "whoever never needed the one-time password imports a large file", answer.status)
    rows("UPDATE staff SET must_change = 0 WHERE name = 'admin'")
    it.registrar("staff disable", "desk1")
    browser, answer = asks({**user, "X-Proxy-Secret": SECRET})
    tap.equal(answer.status, 403, "nor a disabled account")
    it.registrar("staff enable", "desk1")
    page = it.browser().get("/staff/sign-in")
    tap.ok(not [f for f in page.page.forms if f.action == "/staff/sign-in"],
           "local sign-in turned off shows no password field")
    with open(it.path("serve.log"), encoding="utf-8", errors="replace") as file:
        log = file.read()
    tap.ok(SECRET not in log and "dee@" not in log, "neither secret nor name is in the log")


def required():
    """Where it is required, an account without one goes nowhere else."""
    it.stop()
    settings("second-factor = required")
    path = os.path.join(it.data, "settings.ini")
    with open(path, encoding="utf-8") as file:
        held = file.read().replace("proxy = yes", "proxy = no")
    with open(path, "w", encoding="utf-8") as file:
        file.write(held)
    it.start()
    browser, page = sign_in("admin")
    tap.ok(page.url.endswith("/staff/second-factor") and "asks it of everybody" in page.text,
           "required: a sign-in leads to the set-up", page.url)
    for where in ("/staff", "/staff/accounts", "/staff/account", "/staff/password"):
        answer = browser.request("GET", where)
        tap.equal((answer.status, answer.headers.get("Location")), (303, "/staff/second-factor"),
                  f"and {where} does not open")
    secret, _, _ = set_up(browser)
    tap.equal(browser.get("/staff/accounts").status, 200, "set up, everything opens")
    unused("admin")
    moved = browser.submit(browser.get("/staff/second-factor").form("/codes$"), {"code": totp(secret)})
    tap.equal(moved.status, 200, "its codes are renewed")
    for text, words in (("second-factor = maybe", "off, offered or required"),
                        ("local-sign-in = no", "nobody could sign in"),
                        ("proxy-user-header = X-User", "anybody could send")):
        it.stop()
        settings(text)
        with open(path, encoding="utf-8") as file:
            held = file.read().replace("proxy = yes", "proxy = no")
        with open(path, "w", encoding="utf-8") as file:
            file.write(held)
        it.registrar("staff list", code=1)
        tap.ok(words in it.said, f"settings: {text}", it.said)


def main():
    it.init()
    it.registrar("staff add", "rev1", "--role", "reviewer", "--full-name", "Rev One", "--password-file",
                 it.path("password"))
    it.start()
    browser, secret, codes = setting_up()
    half_way(secret, codes)
    guessing(secret)
    guessing_from_everywhere(browser, secret)
    own_sessions(browser, secret)
    codes_and_removal(browser, secret, codes)
    dates()
    at_the_door()
    accounts()
    proxy()
    required()


try:
    tap.run(main)
finally:
    it.close()
