#!/usr/bin/python3
"""Webhooks: what is told, signed, tried again, and where nothing is sent.

Usage: webhook.py BUILD
"""
import hashlib
import hmac
import http.server
import json
import os
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from programs import Programs, wait  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)
store = it.store
TODAY = "today-harbour-street"


class Receiver(http.server.BaseHTTPRequestHandler):
    got, answers, led = [], [], []

    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        Receiver.got.append((dict(self.headers), body))
        status = Receiver.answers.pop(0) if Receiver.answers else 204
        if status == "slow":
            time.sleep(3)
            status = 204
        self.send_response(status)
        if status == 302:
            self.send_header("Location", "/led")
        self.send_header("Content-Length", "0")
        self.end_headers()

    def do_GET(self):
        Receiver.led.append(self.path)
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


def hooks():
    return [json.loads(x) for x in it.registrar("webhook list").splitlines()]


def settings(text):
    with open(it.path("registrar", "settings.ini"), "a", encoding="utf-8") as file:
        file.write(text)


def good(secret, headers, body, now=None):
    """What a receiver does with a delivery."""
    parts = dict(p.split("=", 1) for p in headers["Pressgate-Signature"].split(","))
    wanted = hmac.new(secret.encode(), parts["t"].encode() + b"." + body, hashlib.sha256)
    return (hmac.compare_digest(wanted.hexdigest(), parts["v1"]) and
            abs((now or time.time()) - int(parts["t"])) < 300)


def of_type(kind):
    return [(h, b) for h, b in Receiver.got if json.loads(b)["type"] == kind]


def refused_addresses():
    for url in ("http://hooks.example/x", "https://127.0.0.1/x", "https://[::1]/x",
                "https://10.1.2.3/", "https://169.254.169.254/latest", "https://100.64.0.1/",
                "https://[::ffff:10.0.0.1]/", "https://[fd00::1]/", "ftp://hooks.example/",
                "https://user@hooks.example/", "https://hooks.example/#x", "hooks.example",
                "https://0x7f000001/", "https://2130706433/", "https://hooks.example/a b"):
        it.registrar("webhook add", url, "--event", "entry.admitted", code=1)
        tap.ok("Traceback" not in it.said and len(it.said) > 30, f"{url} is refused", it.said)
    for arguments in (["https://hooks.example/"], ["https://hooks.example/", "--event", "x.y"],
                      ["--event", "entry.left"]):
        it.registrar("webhook add", *arguments, code=2)
    tap.equal(hooks(), [], "and nothing was added")


def guarded(port):
    """A name that leads to this machine: seen only when it is connected to."""
    settings("\n[webhooks]\nhttp = yes\n")
    it.start()
    it.registrar("webhook add", f"http://localhost:{port}/in", "--event", "entry.admitted")
    it.registrar("webhook test", "1")
    row = wait(lambda: store("SELECT tries, state, error FROM webhook_delivery "
                                      "WHERE tries > 0"))
    tap.ok(row and row[0][1] == "waiting" and "public" in row[0][2],
           "a name that leads to this machine is not connected to", row)
    tap.equal(Receiver.got, [], "nothing arrived")
    it.registrar("webhook end", "1")
    tap.equal(hooks(), [], "ended, it is gone")
    tap.equal(store("SELECT count(*) FROM webhook_delivery WHERE state = 'waiting'"),
              [(0,)], "and what waited for it too")
    it.stop()
    settings("private = yes\n")
    it.start()


def told(port):
    secret = it.registrar("webhook add", f"http://localhost:{port}/in", "--event",
                          "registration.cancelled,pass.revoked,restriction.made,"
                          "restriction.lifted,entry.admitted,entry.denied,"
                          "conference.created").strip()
    tap.ok(secret.startswith("pgs_") and len(secret) == 47, "its secret is shown")
    it.registrar("webhook test", str(hooks()[0]["id"]))
    tap.ok(wait(lambda: of_type("test")), "control: where the settings let it, it arrives")
    headers, body = of_type("test")[0]
    tap.ok(good(secret, headers, body), "signed with HMAC-SHA-256 over time and body")
    tap.ok(not good(secret + "x", headers, body) and not good(secret, headers, body + b" ") and
           not good(secret, headers, body, time.time() + 600),
           "control: another secret, another body or an old delivery does not hold")
    value = json.loads(body)
    tap.equal((headers["Pressgate-Event"], headers["Pressgate-Delivery"]),
              ("test", value["id"]), "the headers say the event and its id")
    it.registrar("restrict add", "--building", "--words", "Marker Wordsmith")
    number = store("SELECT max(id) FROM restriction")[0][0]
    it.registrar("restrict lift", str(number))
    it.enrol("north")
    passes = [p for p in it.export("passes", TODAY) if p["qr"]]
    it.gate("north", "sync", "--once")
    it.scan("north", TODAY, passes[0]["qr"], passes[0]["qr"])
    it.gate("north", "sync", "--once")
    wait(lambda: of_type("entry.denied"))
    tap.ok(of_type("restriction.made") and of_type("restriction.lifted") and
           of_type("entry.admitted") and of_type("entry.denied"), "what happened is told",
           [json.loads(b)["type"] for _, b in Receiver.got])
    entry = json.loads(of_type("entry.admitted")[0][1])["data"]
    row = store("SELECT r.reference FROM pass p JOIN registration r "
                "ON r.id = p.registration_id WHERE hex(p.id) = ?", entry["pass"].upper())
    tap.equal((entry["conference"], [(entry["registration"],)], entry["journal"]["log"]),
              (TODAY, row, "north"), "with references to look it up by")
    everything = b"".join(b for _, b in Receiver.got).decode()
    known = [n for pair in store("SELECT name, email FROM person") for n in pair]
    known += [n for (n,) in store("SELECT name FROM outlet")] + ["Wordsmith"]
    tap.equal([n for n in known if n in everything], [], "and nobody's details")
    tap.ok(all(good(secret, h, b) for h, b in Receiver.got), "every one is signed")


def again():
    """What is not taken is tried again, later and later, for a day."""
    Receiver.answers[:] = [500]
    hook, before = hooks()[0]["id"], len(of_type("test"))
    it.registrar("webhook test", str(hook))
    state = lambda: store("SELECT id, state, tries, next_try - created, status, key "
                          "FROM webhook_delivery ORDER BY id DESC LIMIT 1")[0]
    wait(lambda: state()[2] == 1)
    first = state()
    tap.ok(first[1:3] == ("waiting", 1) and 29 <= first[3] <= 33 and first[4] == 500,
           "a 500 is tried again after 30 seconds", first)
    store("UPDATE webhook_delivery SET next_try = 1 WHERE id = ?", first[0])
    time.sleep(1.5)
    tap.equal(state()[2], 1, "and nothing goes to that address before")
    store("UPDATE webhook SET next_try = 1")
    wait(lambda: state()[1] == "delivered")
    tap.equal(state()[1:3], ("delivered", 2), "then it is taken")
    twice = [h["Pressgate-Delivery"] for h, _ in of_type("test")][before:]
    tap.equal(twice, [first[5]] * 2, "under the same id")
    Receiver.answers[:] = [302]
    it.registrar("webhook test", str(hook))
    wait(lambda: state()[2] == 1 and state()[4] == 302)
    tap.ok(state()[1] == "waiting" and not Receiver.led, "a redirect is not followed", state())
    Receiver.answers[:] = [503]
    store("UPDATE webhook_delivery SET created = created - 86390, next_try = 1 "
          "WHERE state = 'waiting'")
    store("UPDATE webhook SET next_try = 1")
    wait(lambda: state()[1] == "failed")
    tap.equal(state()[1], "failed", "after a day it is marked as failed")
    Receiver.answers[:] = ["slow"]
    it.registrar("webhook test", str(hook))
    began = time.time()
    tap.equal(it.browser().get("/").status, 200, "pages answer while a receiver is slow")
    tap.ok(time.time() - began < 2, "at once")
    it.registrar("webhook test", "99", code=1)


def main():
    it.init()
    it.start()
    it.stop()
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    port = server.server_address[1]
    it.start()
    refused_addresses()
    it.stop()
    guarded(port)
    told(port)
    again()
    began = time.time()
    tap.equal(it.stop(), 0, "it ends well")
    tap.ok(time.time() - began < 5, "and soon, whatever a receiver does", time.time() - began)


try:
    tap.run(main)
finally:
    it.close()
