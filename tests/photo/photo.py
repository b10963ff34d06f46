"""Photographs between the real programs: set at a registrar that serves, with bombs in between;
fetched by a gate, sealed there, opened after a sign-in; health, and all gates at once.

    photo.py BUILD
"""
import hashlib
import http.client
import json
import os
import sqlite3
import ssl
import subprocess
import sys
import time

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from programs import Programs  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
TOOLS = os.path.join(BUILD, "tests", "photo")
PERSON = "ana.ferreira@lumen.example"
tap = Tap()
it = Programs(BUILD)


def rows(path, sql):
    """A reading of a store, beside whoever has it open; a gate's through a copy."""
    base = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        return base.execute(sql).fetchall()
    finally:
        base.close()


def registrar_rows(sql):
    return rows(os.path.join(it.data, "registrar.db"), sql)


def picture(kind, name):
    path = it.path(name)
    with open(path, "wb") as file:
        subprocess.run([os.path.join(TOOLS, "image_tool"), kind], stdout=file, check=True)
    return path


def ask(path, pem=None, method="GET", body=None):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    if pem:
        context.load_cert_chain(pem)
    connection = http.client.HTTPSConnection("127.0.0.1", it.device_port, context=context,
                                             timeout=30)
    connection.request(method, path, body=body)
    answer = connection.getresponse()
    got = answer.status, answer.getheader("Content-Type"), answer.read()
    connection.close()
    return got


def resident():
    with open(f"/proc/{it.server.pid}/status", encoding="utf-8") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmRSS:"))


def set_and_refused():
    """What is taken, what is refused in words, and a server that goes on meanwhile."""
    out = it.registrar("photo set", PERSON, picture("exif", "exif.jpg"))
    tap.ok(out.startswith("480 x 384,"), "a photograph is set, upright and fitted", out)
    (kept,) = registrar_rows(f"SELECT photo.bytes, photo.hash FROM photo JOIN person ON "
                             f"person.photo = photo.hash WHERE email = '{PERSON}'")
    tap.ok(hashlib.sha256(kept[0]).digest() == kept[1] and b"Exif" not in kept[0] and
           b"Exif-place" in open(it.path("exif.jpg"), "rb").read(),
           "it is kept under its hash, and without what else the file told")
    tap.equal(registrar_rows("SELECT count(*) FROM log_entry WHERE reason = 'photo-set'")[0][0], 1,
              "the journal has it")
    before, pid = resident(), it.server.pid
    for kind, words in (("png-bomb", "24 million"), ("scan-bomb", "layers")):
        path = picture(kind, kind)
        begin = time.monotonic()
        it.registrar("photo set", PERSON, path, code=1)
        took = time.monotonic() - begin
        tap.ok(words in it.said and took < 5, f"{kind}: refused in words", it.said, took)
        tap.equal(it.browser().get("/").status, 200, f"{kind}: the server answers")
    with open(it.path("text.jpg"), "wb") as file:
        file.write(b"no picture at all")
    with open(it.path("half.jpg"), "wb") as file:
        file.write(open(it.path("exif.jpg"), "rb").read()[:4000])
    for name, words in (("text.jpg", "no JPEG"), ("half.jpg", "cut short"), ("none.jpg", "none.jpg")):
        it.registrar("photo set", PERSON, it.path(name), code=1)
        tap.ok(words in it.said, f"{name}: refused in words", it.said)
    it.registrar("photo set", "nobody@example.example", picture("png", "a.png"), code=1)
    tap.ok("nobody with this" in it.said, "a person that is not there is refused", it.said)
    it.registrar("photo set", PERSON, code=2)
    tap.ok("EMAIL FILE" in it.said, "a line that lacks the file is misuse", it.said)
    tap.ok(it.server.pid == pid and it.server.poll() is None and resident() < before + 20000,
           "the server took no harm, and no more memory", before, resident())
    tap.equal(registrar_rows("SELECT count(*) FROM photo")[0][0], 13, "nothing was half-written")


def device_port():
    """Which photographs a gate gets, and who gets any."""
    own = it.path("north", "keys", "tls.pem")
    (bytes_, hash_), = registrar_rows(f"SELECT bytes, photo.hash FROM photo JOIN person ON "
                                      f"person.photo = photo.hash WHERE email = '{PERSON}'")
    status, kind, body = ask(f"/device/v1/photo/{hash_.hex()}", own)
    tap.ok((status, kind, body) == (200, "image/jpeg", bytes_), "a gate gets the photograph",
           status, kind)
    for path, wanted in (("0" * 64, 404), ("zz", 404), (hash_.hex().upper() + "0", 404)):
        tap.equal(ask(f"/device/v1/photo/{path}", own)[0], wanted, f"photo {path[:8]}: 404")
    tap.equal(ask(f"/device/v1/photo/{hash_.hex()}")[0], 403, "without a certificate: 403")
    unseen, = registrar_rows("SELECT n.photo FROM person n WHERE NOT EXISTS (SELECT 1 FROM "
                             "accreditation a JOIN registration r ON r.accreditation_id = a.id JOIN"
                             " pass p ON p.registration_id = r.id WHERE a.person_id = n.id)") or \
        (None,)
    if unseen:
        tap.equal(ask(f"/device/v1/photo/{unseen[0].hex()}", own)[0], 404,
                  "a person on no roster: 404")
    tap.equal(ask("/device/v1/health", method="POST", body=b"{}")[0], 403,
              "health without a certificate: 403")
    for body in (b"", b"{}", b"[]", b'{"version":1}', b"x" * 7000):
        tap.equal(ask("/device/v1/health", own, "POST", body)[0], 400,
                  f"health {body[:12]!r}: 400")
    tap.equal(ask("/device/v1/health", own, "POST", b"x" * 9000)[0], 413, "too much health: 413")


def said(name):
    (text, at, since), = registrar_rows(
        f"SELECT health, health_at, health_since FROM gate WHERE name = '{name}'")
    return json.loads(text) if text else None, at, since


def health():
    """A gate that runs says how it stands; the page shows it, and says when it is silent."""
    it.gate("north", "sync", "--once")
    told, at, since = said("north")
    tap.ok(told and told["photos_wanted"] == told["photos_held"] == 11 and told["unsent"] >= 0,
           "health is told, with its photographs", told)
    tap.ok(at >= since > 0, "and since when", at, since)
    gate = subprocess.Popen([it.gate_path, "sync", "--data", it.path("north")],
                            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL)
    try:
        for _ in range(300):
            told, later, _ = said("north")
            if later > at and not any(f["id"] == "registrar" for f in told["findings"]):
                break
            time.sleep(0.1)
        tap.ok(later > at and not any(f["id"] == "registrar" for f in told["findings"]),
               "a gate that runs says that it reaches the registrar", told)
        first = later
        end = time.monotonic() + 25
        while time.monotonic() < end and said("north")[1] <= first:
            time.sleep(0.2)
        tap.ok(first < said("north")[1] <= first + 22, "and says so again within 15 seconds",
               said("north")[1] - first)
        it.registrar("photo remove", PERSON)
        it.registrar("photo set", PERSON, it.path("a.png"))
        (hash_,), = registrar_rows(f"SELECT photo FROM person WHERE email = '{PERSON}'")
        # The change comes by the long poll, the photograph by an errand each 5 seconds at most.
        news, end = time.time() + 6, time.monotonic() + 45
        told, at, _ = said("north")
        while time.monotonic() < end and (at < news or told["photos_held"] < 11):
            time.sleep(0.2)
            told, at, _ = said("north")
    finally:
        gate.terminate()
        tap.equal(gate.wait(timeout=30), 0, "the gate ends well")
    return hash_.hex()


def opened(hash_):
    """What a gate's folder gives with and without a sign-in."""
    def tool(officer, pin, what):
        return subprocess.run([os.path.join(TOOLS, "photo_tool"), it.path("north"), officer, pin,
                               what], capture_output=True, encoding="utf-8", check=False)
    done = tool("-", "-", hash_)
    tap.equal(done.stdout.split()[:1], ["locked"], "nobody signed in: no photograph opens")
    done = tool("officer1", it.password, hash_)
    (bytes_,), = registrar_rows(f"SELECT bytes FROM photo WHERE hash = x'{hash_}'")
    tap.equal(done.stdout.split(), ["ok", str(len(bytes_)), hash_],
              "an officer signs in, and the photograph opens as it was set" + done.stderr)
    tap.equal(tool("officer1", it.password, "0" * 64).stdout.split(), ["none"],
              "one that is on no roster is not there")
    found = []
    pictures = [b for (b,) in registrar_rows("SELECT bytes FROM photo")]
    for folder, _, names in os.walk(it.path("north")):
        for name in names:
            path = os.path.join(folder, name)
            if os.path.isfile(path):
                with open(path, "rb") as file:
                    whole = file.read()
                # From the middle of a picture: JPEG heads are alike, and stand in programs too.
                found += [path for b in pictures if b[1000:1040] in whole or b[-40:] in whole]
                if b"\xff\xd8\xff\xe0\x00\x10JFIF" in whole:
                    found.append(path)
    tap.equal(found, [], "a copy of the gate's disk shows no photograph")
    with open(os.path.join(it.data, "registrar.db"), "rb") as file:
        tap.ok(any(b[1000:1040] in whole for whole in [file.read()] for b in pictures),
               "control: the same search finds them on the registrar's disk")
    old = rows(it.path("north", "gate.db"), "SELECT count(*) FROM photo WHERE hash NOT IN "
               "(SELECT hash FROM photo_want)")
    tap.equal(old[0][0], 0, "what no roster shows any more is gone")
    checked = json.loads(it.gate("north", "check", "--json", code=None))
    states = {f["id"]: f["state"] for f in checked["findings"]}
    tap.ok(states["photos"] == "ok" and states["staff"] == "ok" and states["store"] == "ok",
           "check finds photographs and officers in order", states)


def main():
    it.init()
    it.start()
    it.enrol("north")
    set_and_refused()
    device_port()
    hash_ = health()
    opened(hash_)
    it.stop()


try:
    tap.run(main)
finally:
    it.close()
