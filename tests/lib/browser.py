"""A small browser for tests: pages, forms and cookies over HTTP, standard library only.

It does what a person's browser without script does: keeps cookies, follows redirects after a
form, sends the hidden fields of a form as they stand. A test names a form by its action.
"""
import html.parser
import http.client
import re
import socket
import urllib.parse


class Form:
    def __init__(self, attributes):
        self.action = attributes.get("action", "")
        self.method = attributes.get("method", "get").upper()
        self.files = attributes.get("enctype") == "multipart/form-data"
        self.fields = []          # (name, value) that would be sent as the page stands
        self.names = set()        # every named control, also unchecked ones
        self.choices = {}         # name -> values of a radio group or a select
        self.buttons = []         # (name, value, text)


class Page(html.parser.HTMLParser):
    """Reads forms, links and visible text out of a page."""

    def __init__(self, text):
        super().__init__(convert_charrefs=True)
        self.forms, self.links, self.words = [], [], []
        self.form = self.area = self.select = self.button = self.link = None
        self.silent = 0
        self.feed(text)
        self.text = re.sub(r"\s+", " ", "".join(self.words)).strip()

    def handle_starttag(self, tag, attributes):
        values = {name: value if value is not None else "" for name, value in attributes}
        if tag in ("style", "script"):
            self.silent += 1
        elif tag == "form":
            self.form = Form(values)
            self.forms.append(self.form)
        elif tag == "a" and "href" in values:
            self.link = [values["href"], ""]
            self.links.append(self.link)
        elif self.form and tag == "input":
            self.input(values)
        elif self.form and tag == "textarea":
            self.area = [values.get("name", ""), ""]
        elif self.form and tag == "select":
            self.select = [values.get("name", ""), None]
            self.form.choices[self.select[0]] = []
        elif self.form and tag == "option" and self.select:
            value = values.get("value", "")
            self.form.choices[self.select[0]].append(value)
            if self.select[1] is None or "selected" in values:
                self.select[1] = value
        elif self.form and tag == "button":
            self.button = [values.get("name", ""), values.get("value", ""), ""]
        self.words.append(" ")

    def input(self, values):
        name, kind = values.get("name", ""), values.get("type", "text").lower()
        if not name or "disabled" in values:
            return
        self.form.names.add(name)
        if kind in ("radio", "checkbox"):
            self.form.choices.setdefault(name, []).append(values.get("value", "on"))
            if "checked" in values:
                self.form.fields.append((name, values.get("value", "on")))
        elif kind == "file":
            self.form.fields.append((name, ("", b"")))
        elif kind == "submit":
            self.form.buttons.append((name, values.get("value", ""), values.get("value", "")))
        else:
            self.form.fields.append((name, values.get("value", "")))

    def handle_endtag(self, tag):
        if tag in ("style", "script"):
            self.silent = max(0, self.silent - 1)
        elif tag == "form":
            self.form = None
        elif tag == "a":
            self.link = None
        elif tag == "textarea" and self.area:
            self.form.names.add(self.area[0])
            self.form.fields.append((self.area[0], self.area[1]))
            self.area = None
        elif tag == "select" and self.select:
            self.form.names.add(self.select[0])
            self.form.fields.append((self.select[0], self.select[1] or ""))
            self.select = None
        elif tag == "button" and self.button:
            self.form.buttons.append(tuple(self.button))
            self.button = None
        self.words.append(" ")

    def handle_data(self, data):
        if self.area:
            self.area[1] += data
        if self.button:
            self.button[2] += data
        if self.link:
            self.link[1] += data
        if not self.silent:
            self.words.append(data)


class Answer:
    def __init__(self, status, headers, body, url):
        self.status, self.headers, self.body, self.url = status, headers, body, url
        self.kind = headers.get("Content-Type", "").split(";")[0]
        self.page = Page(body.decode("utf-8")) if self.kind == "text/html" else None

    @property
    def text(self):
        return self.page.text if self.page else self.body.decode("utf-8", "replace")

    def form(self, action):
        """The one form whose action matches this regular expression."""
        found = [f for f in self.page.forms if re.search(action, f.action)]
        if len(found) != 1:
            raise AssertionError(f"{self.url}: {len(found)} forms match {action}; "
                                 f"there are {[f.action for f in self.page.forms]}")
        return found[0]

    def link(self, pattern):
        """The first link whose address matches."""
        for address, _ in self.page.links:
            if re.search(pattern, address):
                return address
        raise AssertionError(f"{self.url}: no link {pattern} in {self.page.links}")


class Browser:
    def __init__(self, host, port, source=None):
        self.host, self.port, self.cookies = host, port, {}
        self.source = (source, 0) if source else None  # the address it calls from
        self.now = None  # the page on screen

    def request(self, method, address, body=None, headers=None):
        parts = urllib.parse.urlsplit(address)
        target = urllib.parse.urlunsplit(("", "", parts.path or "/", parts.query, ""))
        sent = {"Host": f"{self.host}:{self.port}"}
        if self.cookies:
            sent["Cookie"] = "; ".join(f"{n}={v}" for n, v in self.cookies.items())
        sent.update(headers or {})
        line = http.client.HTTPConnection(self.host, self.port, timeout=30,
                                          source_address=self.source)
        try:
            line.request(method, target, body=body, headers=sent)
            reply = line.getresponse()
            for value in reply.headers.get_all("Set-Cookie") or []:
                self.keep(value)
            return Answer(reply.status, reply.headers, reply.read(), address)
        finally:
            line.close()

    def keep(self, header):
        pair, *attributes = header.split(";")
        name, _, value = pair.strip().partition("=")
        gone = any(a.strip().lower() in ("max-age=0", "max-age=-1") for a in attributes)
        if gone or not value:
            self.cookies.pop(name, None)
        else:
            self.cookies[name] = value

    def follow(self, answer):
        for _ in range(5):
            if answer.status not in (301, 302, 303, 307):
                self.now = answer
                return answer
            target = urllib.parse.urljoin(answer.url, answer.headers["Location"])
            answer = self.request("GET", target)
        raise AssertionError(f"{answer.url}: more than five redirects")

    def get(self, address):
        return self.follow(self.request("GET", address))

    def submit(self, form, values=None, button=None):
        """Sends a form of the page on screen with these values in place of its own."""
        values = dict(values or {})
        unknown = [n for n in values if n not in form.names]
        if unknown:
            raise AssertionError(f"{form.action}: no field {unknown}; there are {form.names}")
        pairs = [(n, v) for n, v in form.fields if n not in values]
        for name, value in values.items():
            for one in value if isinstance(value, list) else [value]:
                if one is not None:
                    pairs.append((name, one))
        if button:
            pairs.append(button)
        target = urllib.parse.urljoin(self.now.url, form.action) if form.action else self.now.url
        if form.files:
            return self.follow(self.send_files(target, pairs))
        if form.method == "GET":
            return self.get(target.split("?")[0] + "?" + urllib.parse.urlencode(pairs))
        return self.follow(self.post(target, pairs))

    def post(self, target, pairs):
        """A form, as a browser sends it; the answer as it is."""
        return self.request("POST", target, body=urllib.parse.urlencode(pairs), headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://{self.host}:{self.port}",
            "Sec-Fetch-Site": "same-origin",
        })

    def send_files(self, target, pairs, headers=None):
        """A form with files, as a browser sends it; a file is (name, bytes)."""
        body, kind = multipart(pairs)
        sent = {"Content-Type": kind, "Origin": f"http://{self.host}:{self.port}",
                "Sec-Fetch-Site": "same-origin"}
        return self.request("POST", target, body=body, headers={**sent, **(headers or {})})


def multipart(pairs, boundary="----pressgate7f3a"):
    """The body and content type of multipart/form-data (RFC 7578)."""
    out = b""
    for name, value in pairs:
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"'
        if isinstance(value, tuple):
            head += f'; filename="{value[0]}"\r\nContent-Type: application/octet-stream'
            value = value[1]
        out += head.encode() + b"\r\n\r\n" + (value.encode() if isinstance(value, str) else value)
        out += b"\r\n"
    return out + f"--{boundary}--\r\n".encode(), f"multipart/form-data; boundary={boundary}"


def free_port():
    with socket.socket() as s:
        s.bind(("127.0.0.1", 0))
        return s.getsockname()[1]
