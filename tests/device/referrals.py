#!/usr/bin/python3
"""Questions from the doors over the device port, and communications' answers.

Usage: referrals.py BUILD
"""
import base64
import ctypes
import ctypes.util
import http.client
import json
import os
import ssl
import sys

import cbor2

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import people  # noqa: E402
from programs import Programs  # noqa: E402
from sealed import SEALBYTES, sodium  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)


def ask(door, path, body=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(it.path(door, "keys", "tls.pem"))
    link = http.client.HTTPSConnection("127.0.0.1", it.device_port, timeout=40, context=context)
    link.request("POST" if body is not None else "GET", path,
                 body if body is None or isinstance(body, (str, bytes)) else json.dumps(body))
    answer = link.getresponse()
    raw = answer.read()
    link.close()
    try:
        return answer.status, json.loads(raw)
    except ValueError:
        return answer.status, raw


def seal(key, letter):
    text = letter if isinstance(letter, bytes) else json.dumps(letter).encode()
    out = ctypes.create_string_buffer(len(text) + SEALBYTES)
    assert sodium.crypto_box_seal(out, text, ctypes.c_ulonglong(len(text)), key) == 0
    return base64.b64encode(out.raw).decode()


def letter(**changes):
    made = {"conference": 1, "kind": "lost-badge", "staff": "officer1", "name": "Noa Berg",
            "outlet": "The Lantern", "words": "At the side door", "made_ms": 1795000000000}
    made.update(changes)
    return {name: value for name, value in made.items() if value is not None}


def main():
    it.init()
    it.start()
    it.enrol("north-door")
    it.enrol("south-door")
    status, raw = ask("north-door", "/device/v1/staff")
    payload = cbor2.loads(cbor2.loads(raw).value[2])
    key = payload[5]
    one, two = "11" * 16, "22" * 16
    good = {"id": one, "letter": seal(key, letter())}
    for words, body, want in (
            ("no JSON", "{", 400), ("nothing", {}, 400), ("a short id", {"id": "11", "letter": ""}, 400),
            ("neither letter nor withdrawal", {"id": one}, 400),
            ("both", {**good, "withdrawn": True}, 400), ("more than that", {**good, "x": 1}, 400),
            ("no base64", {"id": one, "letter": "?"}, 400),
            ("sealed to nobody", {"id": one, "letter": base64.b64encode(b"x" * 90).decode()}, 400),
            ("no question in it", {"id": one, "letter": seal(key, b"{}")}, 400),
            ("a long name", {"id": one, "letter": seal(key, letter(name="n" * 201))}, 400),
            ("a hidden character", {"id": one, "letter": seal(key, letter(words="a\u202eb"))}, 400),
            ("an odd officer", {"id": one, "letter": seal(key, letter(staff="A B"))}, 400),
            ("no such conference", {"id": one, "letter": seal(key, letter(conference=99))}, 404),
            ("too large", {"id": one, "letter": "A" * 9000}, 413),
            ("one withdrawn that was never asked", {"id": one, "withdrawn": True}, 404)):
        tap.equal(ask("north-door", "/device/v1/referral", body)[0], want, f"refused: {words}")
    staff = people.staff(it, "admin")
    tap.ok("Waiting: 0" in staff.get("/staff/referrals").text, "none of these is a question")
    before = ask("north-door", "/device/v1/state")[1]
    tap.equal(ask("north-door", "/device/v1/referral", good), (200, {"answer": ""}), "it is taken")
    tap.equal(ask("north-door", "/device/v1/referral", good), (200, {"answer": ""}), "once")
    tap.equal(ask("south-door", "/device/v1/referral", good)[0], 409, "another gate's number")
    tap.equal(ask("south-door", "/device/v1/referral", {"id": one, "withdrawn": True})[0], 409,
              "nor may it withdraw it")
    page = staff.get("/staff/referrals")
    tap.ok("Waiting: 1" in page.text and "Noa Berg" in page.text and "At the side door" in page.text,
           "communications sees who, where and what", page.text[:600])
    shown = staff.submit(page.form(one), {"words": ""}, button=("answer", "refuse"))
    tap.ok(shown.status == 422, "a refusal without words is refused", shown.status)
    staff.submit(staff.get("/staff/referrals").form(one),
                 {"words": "She is expected"}, button=("answer", "admit"))
    after = ask("north-door", "/device/v1/state")[1]
    tap.ok(after["answers"] > before["answers"] and after["tag"] != before["tag"],
           "the state says that there is an answer")
    tap.equal(ask("south-door", "/device/v1/state")[1]["answers"], 0, "to that gate alone")
    said = ask("north-door", "/device/v1/answers?since=0")[1]
    tap.equal([(a["id"], a["answer"], a["words"], a["by"]) for a in said["answers"]],
              [(one, "admit", "She is expected", "admin")], "the answer arrives")
    tap.equal(ask("north-door", f"/device/v1/answers?since={said['version']}")[1]["answers"], [],
              "and does not come twice")
    tap.equal(ask("south-door", "/device/v1/answers?since=0")[1]["answers"], [],
              "and not to another gate")
    tap.equal(ask("north-door", "/device/v1/referral", good), (200, {"answer": "admit"}),
              "the question again gets how it stands")
    ask("north-door", "/device/v1/referral", {"id": two, "letter": seal(key, letter())})
    tap.equal(ask("north-door", "/device/v1/answers?since=0")[1]["waiting"], [two], "one waits")
    tap.equal(ask("north-door", "/device/v1/referral", {"id": two, "withdrawn": True}),
              (200, {"answer": "withdrawn"}), "and is withdrawn")
    it.stop()
    it.registrar("journal verify")


try:
    tap.run(main)
finally:
    it.close()
