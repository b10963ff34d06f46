"""A registrar, gates and their desks for a test, with the real programs."""
import os
import re
import signal
import ssl
import subprocess
import sys
import time
import urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from browser import Answer, Browser, free_port  # noqa: E402
from programs import Programs  # noqa: E402

TODAY, TOMORROW = "today-harbour-street", "tomorrow-road-safety"
PIN, SUPER_PIN = "correct horse battery staple", "four green gates open"


class TlsBrowser(Browser):
    """The same over TLS, on the local network's side; the certificate is pinned by its print."""

    def request(self, method, address, body=None, headers=None):
        import http.client
        parts = urllib.parse.urlsplit(address)
        target = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
        sent = {"Host": f"{self.host}:{self.port}"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{n}={v}" for n, v in self.cookies.items())
        sent.update(headers or {})
        if "Origin" in sent:
            sent["Origin"] = sent["Origin"].replace("http://", "https://")
        context = ssl.create_default_context()
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
        line = http.client.HTTPSConnection(self.host, self.port, timeout=30, context=context)
        try:
            line.request(method, target, body=body, headers=sent)
            reply = line.getresponse()
            for value in reply.headers.get_all("Set-Cookie") or []:
                self.keep(value)
            return Answer(reply.status, reply.headers, reply.read(), address)
        finally:
            line.close()


class Desk:
    """`gate desk` on one folder."""

    def __init__(self, it, folder, *options, lan=False, weak=None):
        self.it, self.folder, self.options = it, folder, list(options)
        self.program = [it.weak_path, *weak] if weak is not None else [it.gate_path]
        self.port, self.lan_port = free_port(), free_port() if lan else None
        self.process = None

    def start(self):
        self.log = self.it.path(self.folder + ".desk.log")
        lan = ["--lan", f"127.0.0.1:{self.lan_port}"] if self.lan_port else []
        with open(self.log, "wb") as out:
            self.process = subprocess.Popen(
                [*self.program, "desk", "--data", self.it.path(self.folder), "--listen",
                 f"127.0.0.1:{self.port}", *lan, *self.options],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        for _ in range(200):
            if "gate desk: running" in self.said() or self.process.poll() is not None:
                break
            time.sleep(0.05)
        if self.process.poll() is not None:
            raise AssertionError("gate desk did not start:\n" + self.said())
        return self

    def said(self):
        with open(self.log, encoding="utf-8", errors="replace") as file:
            return file.read()

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return None
        self.process.send_signal(how)
        code = self.process.wait(timeout=30)
        self.process = None
        return code

    def browser(self):
        return Screen(Browser("127.0.0.1", self.port))

    def lan_browser(self):
        return Screen(TlsBrowser("127.0.0.1", self.lan_port))


class Screen:
    """A browser on the desk's pages, with the shortcuts of this test."""

    def __init__(self, browser):
        self.b = browser

    def get(self, path):
        return self.b.get(path)

    def raw(self, path, headers=None):
        return self.b.request("GET", path, headers=headers)

    def csrf(self):
        page = self.b.get("/ready")
        return re.search(r'name="csrf" value="([^"]+)"', page.body.decode()).group(1)

    def post(self, path, pairs=None, csrf=True, headers=None, follow=True):
        pairs = list((pairs or {}).items()) if not isinstance(pairs, list) else list(pairs)
        if csrf is True:
            pairs.append(("csrf", self.csrf()))
        elif csrf:
            pairs.append(("csrf", csrf))
        sent = {"Content-Type": "application/x-www-form-urlencoded",
                "Origin": f"http://{self.b.host}:{self.b.port}", "Sec-Fetch-Site": "same-origin"}
        sent.update(headers or {})
        answer = self.b.request("POST", path, body=urllib.parse.urlencode(pairs),
                                headers={n: v for n, v in sent.items() if v is not None})
        return self.b.follow(answer) if follow else answer

    def sign_in(self, officer="officer1", pin=PIN, conference=TODAY):
        return self.post("/shift", {"officer": officer, "pin": pin, "conference": conference})

    def look(self, text):
        return self.post("/desk/look", {"text": text})

    def number(self, page=None):
        found = re.search(r'data-look="(\d+)"', (page or self.get("/desk")).body.decode())
        return int(found.group(1)) if found else 0

    def act(self, what, page, **values):
        return self.post(f"/desk/{what}", {"look": self.number(page), **values})


def word(page):
    """The word that fills the screen."""
    found = re.search(r'class="(?:verdict__word|ready__word)[^"]*"[^>]*>([^<]*)<',
                      page.body.decode())
    return found.group(1) if found else None


class House(Programs):
    """A registrar with its sample, and a gate that has its lists."""

    def __init__(self, build):
        super().__init__(build)
        self.weak_path = os.path.join(build, "tests", "desk", "desk_weak")
        self.people_path = os.path.join(build, "tests", "doors", "people")

    def open(self, *gates, change=None):
        """change: called before the registrar serves, to change its data."""
        self.init()
        if change:
            change()
        pin = self.path("super.pin")
        with open(pin, "w", encoding="utf-8") as out:
            out.write(SUPER_PIN + "\n")
        os.chmod(pin, 0o600)
        self.registrar("staff pin", "super1", "--pin-file", pin)
        self.start()
        for name in gates:
            self.enrol(name)
        for name in gates:
            self.gate(name, "sync", "--once")
        return self

    def crowd(self, count, slug=TODAY):
        """So many more people with a pass, while nothing serves the registrar's folder."""
        subprocess.run([self.people_path, self.data, slug, str(count)], check=True)

    def passes(self, slug=TODAY):
        return [row for row in self.export("passes", slug) if row["status"] == "confirmed"]

    def entries(self, folder):
        """This gate's journal as (decision, reason, staff, pass), oldest first."""
        out = self.path(f"journal-{time.monotonic_ns()}")
        self.gate(folder, "journal export", out)
        found = []
        for base, _, names in os.walk(out):
            for name in sorted(names):
                if "entries" in base or "entries" in name:
                    found.append(os.path.join(base, name))
        lines = []
        for path in sorted(found):
            with open(path, "rb") as file:
                data = file.read()
            while data:
                size = int.from_bytes(data[:2], "big")
                text, data = data[2:2 + size].decode(), data[2 + size:]
                fields = dict(line.split(" ", 1) for line in text.splitlines()[1:])
                lines.append(fields)
        lines.sort(key=lambda f: (f["time"], int(f["seq"])))
        return [(f["decision"], f["reason"], f["staff"], f["pass"]) for f in lines]
