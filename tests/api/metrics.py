#!/usr/bin/python3
"""Numbers and logs: what they say, and that they say nothing of anybody.

Usage: metrics.py BUILD
"""
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import applying  # noqa: E402
import people  # noqa: E402
from programs import Programs  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)
TODAY = "today-harbour-street"
MARK = "Zebulonmarker"
MAIL = "zebulonmarker@lantern.example"
SAMPLE = re.compile(r'^([a-z_]+)(?:\{((?:[a-z]+="[^"]*",?)+)\})? (-?[0-9.]+)$')


def settings(text):
    with open(it.path("registrar", "settings.ini"), "a", encoding="utf-8") as file:
        file.write(text)


def read(text):
    """{(name, labels): value}; each name described once before its samples."""
    found, kinds = {}, {}
    for line in text.splitlines():
        if line.startswith("# TYPE "):
            _, _, name, kind = line.split()
            assert name not in kinds, line
            kinds[name] = kind
        elif not line.startswith("# HELP "):
            name, labels, value = SAMPLE.match(line).groups()
            base = re.sub(r"_(bucket|sum|count)$", "", name)
            assert name in kinds or base in kinds, line
            assert (name, labels) not in found, line
            found[name, labels] = float(value)
    return found


def metrics(token):
    return it.browser().request("GET", "/metrics", headers={"Authorization": f"Bearer {token}"})


def drive(token):
    """Requests of all kinds, each with a marker in it."""
    browser = it.browser()
    applying.send(browser, {"name": f"{MARK} Holt", "email": MAIL, "outlet": f"{MARK} Wire",
                            "class": "reporter", "proof": f"My editor is {MARK}"})
    signing = browser.get("/sign-in")
    browser.submit(signing.form(r"^(/sign-in)?$"), {"email": MAIL})
    staff = it.browser()
    people.sign_in(staff, MARK.lower()[:12], MARK)
    people.sign_in(staff, "admin", it.password)
    for path in ("/staff", f"/staff/restrictions?find={MARK}", f"/staff?{MARK}={MARK}",
                 f"/{MARK}", f"/conferences/{MARK}", f"/link/{MARK}", f"/assets/{MARK}.js",
                 f"/registrations/R-{MARK}"):
        staff.request("GET", path)
    for path in ("/api/v1/conferences", f"/api/v1/conferences/{MARK}", f"/api/v1/{MARK}",
                 f"/api/v1/conferences?after={MARK}", f"/api/v1/outlets?{MARK}=1"):
        for value in (f"Bearer {token}", f"Bearer pgt_{MARK}", None):
            it.browser().request("GET", path, headers={"Authorization": value} if value else {})
    raw = it.browser()
    raw.request("POST", "/sign-in", body=MARK * 20000)
    raw.request("GET", f"/{MARK}/../x")
    raw.request("PUT", f"/{MARK}")
    raw.request("GET", "/", headers={"Host": f"{MARK.lower()}.example"})
    raw.request("GET", "/", headers={"User-Agent": MARK, "Referer": f"http://x/{MARK}"})
    it.enrol("north")
    it.gate("north", "sync", "--once")
    passes = [p["qr"] for p in it.export("passes", TODAY) if p["qr"]]
    it.scan("north", TODAY, passes[0], MARK)
    it.gate("north", "sync", "--once")
    return passes


def main():
    it.init()
    settings("\n[log]\nformat = json\n")
    it.start()
    token = it.registrar("token add", f"{MARK} monitor", "--scope", ",".join(
        ("metrics:read", "conferences:read", "outlets:read"))).strip()
    before = read(metrics(token).body.decode())
    passes = drive(token)
    problem = json.loads(it.browser().request("GET", "/api/v1/nothing").body)
    answer = metrics(token)
    tap.equal((answer.status, answer.headers["Content-Type"]),
              (200, "text/plain; version=0.0.4; charset=utf-8"), "numbers in Prometheus' format")
    now = read(answer.body.decode())

    def grew(name, labels=None):
        return now.get((name, labels), 0) - before.get((name, labels), 0)

    for labels, least in (('class="api",code="200"', 1), ('class="api",code="401"', 4),
                          ('class="api",code="404"', 1), ('class="staff",code="200"', 2),
                          ('class="none",code="404"', 1), ('class="none",code="421"', 1),
                          ('class="public",code="200"', 3), ('class="gate",code="200"', 3)):
        tap.ok(grew("pressgate_requests_total", labels) >= least, f"{labels} was counted",
               grew("pressgate_requests_total", labels))
    for kind in ("public", "person", "staff", "api", "gate", "none"):
        rising = [v for (n, l), v in now.items() if n == "pressgate_request_seconds_bucket"
                  and f'class="{kind}"' in l]
        tap.ok(rising == sorted(rising) and len(rising) == 11 and rising[-1] ==
               now["pressgate_request_seconds_count", f'class="{kind}"'],
               f"{kind}: buckets rise to the count", rising)
    for name in ("outbox_waiting", "webhook_waiting", "webhook_failed", "applications_waiting",
                 "applications_overdue", "gates_enrolled", "gates_heard", "gates_unsent"):
        tap.ok(("pressgate_" + name, None) in now, f"{name} is told")
    tap.equal(now["pressgate_gates_enrolled", None], 1, "one gate is enrolled")
    tap.ok(now["pressgate_journal_entries", 'log="north"'] >= 2, "its journal has entries")
    tap.ok(grew("pressgate_store_commit_seconds_count") > 3 and
           grew("pressgate_store_commit_seconds_sum") > 0, "commits are counted and timed")
    sets = {n + re.sub(r'"[^"]*"', "", l or "") for n, l in now}
    tap.ok(len(now) < 250 and len(sets) < 30, "the sets of labels are small", len(now), sets)

    tap.equal(it.browser().request("GET", "/metrics").status, 401, "not without a token")
    other = it.registrar("token add", "other", "--scope", "conferences:read").strip()
    tap.equal(metrics(other).status, 403, "nor with one of another scope")
    it.stop()
    settings("\n[metrics]\nloopback = yes\n")
    it.start()
    tap.equal(it.browser().request("GET", "/metrics").status, 200,
              "where the settings let it, this machine's monitor needs none")
    tap.equal(it.browser().request("GET", "/metrics", headers={"X-Forwarded-For": "192.0.2.7"})
              .status, 401, "nobody that a proxy speaks for")
    tap.equal(it.browser().request("GET", "/api/v1/conferences").status, 401,
              "and nothing else opens so")
    it.stop()

    with open(it.path("serve.log"), encoding="utf-8") as file:
        log = file.read()
    lines = [json.loads(x) for x in log.splitlines() if x.startswith("{")]
    tap.equal([x for x in log.splitlines() if not re.match(r"\{|pages |gates ", x)], [],
              "every line is a JSON object")
    asked = [x for x in lines if x["kind"] == "request"]
    tap.ok(len(asked) > 60 and all(
        set(x) == {"time", "kind", "listener", "request", "method", "route", "status", "ms"} and
        re.fullmatch(r"[0-9a-f]{16}", x["request"]) and isinstance(x["ms"], float)
        for x in asked), "each request has its line: id, route, status, ms", asked[:2])
    tap.ok({"/api/v1/conferences/:slug", "/link/:token", None} <= {x["route"] for x in asked},
           "told by the pattern of its route")
    tap.ok({"pages", "gates"} == {x["listener"] for x in asked}, "of both listeners")
    tap.equal(len({x["request"] for x in asked}), len(asked), "under an id of its own")
    tap.ok(problem["request"] in {x["request"] for x in asked},
           "a problem's id finds its line")
    for where, text in (("the log", log), ("the numbers", answer.body.decode())):
        held = [x for x in text.splitlines() for mark in (
            MARK, MARK.lower(), MAIL, token, token[4:], passes[0], it.password) if mark in x]
        tap.equal(held, [], f"{where}: no name, address, token, pass or query")
    with open(it.path("registrar", "registrar.db"), "rb") as file:
        tap.ok(MARK.encode() in file.read(), "control: the markers did arrive")


try:
    tap.run(main)
finally:
    it.close()
