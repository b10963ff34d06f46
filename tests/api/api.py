#!/usr/bin/python3
"""The JSON API over a real `registrar serve`: tokens, scopes, pages, and its document held against
the route table both ways and against what is answered.

Usage: api.py BUILD SOURCE
"""
import http.client
import json
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import people  # noqa: E402
from programs import Programs  # noqa: E402
from schema import wrong  # noqa: E402
from tap import Tap  # noqa: E402

BUILD, SOURCE = os.path.abspath(sys.argv[1]), os.path.abspath(sys.argv[2])
tap = Tap()
it = Programs(BUILD)
ALL = ("conferences:read,conferences:write,registrations:read,people:read,attendance:read,"
       "entries:read,outlets:read,outlets:write,restrictions:read,restrictions:write,gates:read,"
       "metrics:read")
TODAY = "today-harbour-street"
PREFIX = "/api/v1"


class Answer:
    def __init__(self, reply, body):
        self.status, self.headers, self.body = reply.status, reply.headers, body
        self.kind = reply.headers.get("Content-Type", "")

    @property
    def json(self):
        return json.loads(self.body)


def ask(method, path, token=None, body=None, headers=None, raw=None):
    sent = dict(headers or {})
    if token:
        sent["Authorization"] = f"Bearer {token}"
    if body is not None:
        raw = json.dumps(body).encode()
        sent.setdefault("Content-Type", "application/json")
    line = http.client.HTTPConnection("127.0.0.1", it.port, timeout=30)
    try:
        line.request(method, path, body=raw, headers=sent)
        reply = line.getresponse()
        return Answer(reply, reply.read())
    finally:
        line.close()


def new_token(name, scopes, *more):
    return it.registrar("token add", name, "--scope", scopes, *more).strip()


def tokens():
    return [json.loads(x) for x in it.registrar("token list", "--json").splitlines()]


def rows():
    """The routes of the table, with the scopes each needs."""
    with open(os.path.join(SOURCE, "registrar/api/api.c"), encoding="utf-8") as file:
        text = file.read()
    names = {"ATTENDANCE": "attendance:read", "OF_A_PERSON": "attendance:read people:read"}
    found = {}
    for method, path, needs, flags in re.findall(
            r'\{"(GET|POST)", "([^"]+)",\s*([\w ]+),\s*(\w+),', text):
        scope = names.get(needs) or re.sub(r"^SCOPE_(\w+)_(\w+)$", r"\1:\2", needs).lower()
        found[method, path] = ([] if needs == "0" else scope.split(), flags)
    return found


def shown(path):
    return re.sub(r":(\w+)", r"{\1}", path)


def real(path):
    return path.replace(":slug", TODAY).replace(":id", "1")


def document_and_table():
    answer = ask("GET", f"{PREFIX}/openapi.json")
    tap.equal(answer.status, 200, "the document is for everybody")
    document, table = answer.json, rows()
    described = {(method.upper(), path): operation
                 for path, item in document["paths"].items() for method, operation in item.items()}
    tap.ok(len(table) >= 20, "the table was read", table)
    tap.equal(sorted(described), sorted((m, shown(p)) for m, p in table),
              "each route is described, and each path described is a route")
    bad = []
    for (method, path), (needs, flags) in table.items():
        operation = described[method, shown(path)]
        security = operation["security"]
        if sorted(security[0]["token"] if security else []) != sorted(needs):
            bad.append((method, path, "scopes", security))
        given = sorted(p["name"] for p in operation["parameters"] if p["in"] == "path")
        if given != sorted(re.findall(r":(\w+)", path)):
            bad.append((method, path, "parameters", given))
        if ("requestBody" in operation) != (method == "POST"):
            bad.append((method, path, "body"))
        codes = set(operation["responses"])
        if needs and not {"401", "403", "429"} <= codes:
            bad.append((method, path, "codes", codes))
    tap.equal(bad, [], "with its scopes, parameters, body and codes")
    ids = [o["operationId"] for o in described.values()]
    tap.equal(len(ids), len(set(ids)), "each operation has an id of its own")
    return document, described, table


def cells(document, described, table):
    """Each route with no token, with each other scope alone, and with its own."""
    single = {scope: new_token(scope, scope) for scope in ALL.split(",")}
    everything = new_token("everything", ALL)
    bad = []
    for (method, path), (needs, _) in table.items():
        body = {} if method == "POST" else None
        if not needs:
            continue
        nobody = ask(method, real(path), body=body)
        if nobody.status != 401 or not nobody.headers["WWW-Authenticate"].startswith("Bearer "):
            bad.append((method, path, "no token", nobody.status))
        for scope, token in single.items():
            got = ask(method, real(path), token, body=body).status
            if (got == 403) != (needs != [scope]):
                bad.append((method, path, scope, got))
        if ask(method, real(path), everything, body=body).status in (401, 403, 500):
            bad.append((method, path, "all scopes"))
    tap.equal(bad, [], "each route opens to a token with its scopes and to no other, cell by cell")
    refused = ask("GET", f"{PREFIX}/conferences", single["gates:read"])
    tap.ok(refused.headers["WWW-Authenticate"].endswith(
        'error="insufficient_scope", scope="conferences:read"'),
        "a 403 names the scope that lacks", refused.headers.items())
    unheld = [w for a in (nobody, refused) for w in wrong(
        document, {"$ref": "#/components/schemas/Problem"}, a.json)]
    tap.equal((unheld, refused.kind), ([], "application/problem+json"), "refusals are problems")
    return everything


def held(document, operation, answer):
    """What does not hold of an answer against its description."""
    said = operation["responses"].get(str(answer.status))
    if not said:
        return [f"{answer.status} is not described"]
    kind, content = next(iter(said["content"].items()))
    if answer.kind.split(";")[0] != kind:
        return [f"{answer.kind} is not {kind}"]
    return wrong(document, content["schema"], answer.json)


def answers(document, described, token):
    def check(method, path, name, body=None, status=200, concrete=None):
        answer = ask(method, concrete or real(path), token, body=body)
        bad = held(document, described[method, shown(path)], answer)
        tap.ok(answer.status == status and not bad, name, answer.status, bad, answer.body[:300])
        return answer.json

    for (method, path), operation in described.items():
        if method != "GET" or path in (f"{PREFIX}/openapi.json", "/metrics"):
            continue
        path = re.sub(r"\{(\w+)\}", r":\1", path)
        value = check("GET", path, f"GET {path} answers as described")
        if path.endswith(("registrations", "people", "entries", "denials", "outlets")):
            tap.ok(value["items"], f"{path}: there is something to hold against it")
    made = check("POST", f"{PREFIX}/conferences", "a draft is made", {
        "title": "Interfaces briefing", "place": "Media Gallery", "classes": ["reporter"],
        "doors": "2026-12-12T13:00:00-05:00", "starts": "2026-12-12T13:30:00-05:00",
        "ends": "2026-12-12T14:30:00-05:00", "capacity": 40}, 201)
    tap.equal((made["state"], made["doors"], made["classes"]),
              ("draft", "2026-12-12T18:00:00Z", ["reporter"]), "as it was asked for")
    outlet = check("POST", f"{PREFIX}/outlets", "an outlet is put",
                   {"name": "Harbour Wire", "aliases": ["HW"], "site": "https://hw.example"})
    check("POST", f"{PREFIX}/outlets/:id", "and changed", {"local": True},
          concrete=f"{PREFIX}/outlets/{outlet['id']}")
    check("POST", f"{PREFIX}/outlets", "another's alias is refused",
          {"name": "Other", "aliases": ["HW"]}, 422)
    one = check("POST", f"{PREFIX}/restrictions", "entry is restricted",
                {"scope": "outlet", "outlet": outlet["id"], "words": "Asked to"}, 201)
    listed = check("GET", f"{PREFIX}/restrictions", "and listed")
    tap.equal([r["id"] for r in listed["items"]], [one["id"]], "it stands")
    tap.ok(listed["items"][0]["made_by"].startswith("api"), "in the token's name")
    check("POST", f"{PREFIX}/restrictions/:id/lift", "and lifted", {},
          concrete=f"{PREFIX}/restrictions/{one['id']}/lift")
    tap.equal(check("GET", f"{PREFIX}/restrictions", "listed again")["items"], [],
              "it stands no more")
    for body, field in [({"title": "x"}, "place"), ({"titel": "x"}, None),
                        ({"title": 5, "place": "x"}, "title"),
                        ({"title": "x", "place": "y", "doors": "2026-02-30T10:00:00Z"}, "doors"),
                        ({"capacity": True}, "capacity"), ({"capacity": 1.0}, "capacity")]:
        said = check("POST", f"{PREFIX}/conferences", f"{body}: 422 says which", body, 422)
        tap.equal(said.get("field"), field, f"{body}: {field}")
    for raw, status in [(b"[]", 400), (b"{", 400), (b'{"title":"a","title":"b"}', 400)]:
        tap.equal(ask("POST", f"{PREFIX}/conferences", token, raw=raw,
                      headers={"Content-Type": "application/json"}).status, status, str(raw))
    tap.equal(ask("POST", f"{PREFIX}/conferences", token, raw=b"title=x", headers={
        "Content-Type": "application/x-www-form-urlencoded"}).status, 415, "a form is none")
    tap.equal(ask("POST", f"{PREFIX}/conferences", token, raw=b" " * 70000, headers={
        "Content-Type": "application/json"}).status, 413, "too large a body")


def pages(token):
    path, seen, after = f"{PREFIX}/conferences/{TODAY}/registrations", [], None
    for _ in range(100):
        page = ask("GET", path + "?limit=2" + (f"&after={after}" if after else ""), token).json
        seen += [r["reference"] for r in page["items"]]
        after = page["next"]
        if after is None:
            break
    whole = [r["reference"] for r in ask("GET", path + "?limit=500", token).json["items"]]
    tap.ok(seen == whole and len(seen) == len(set(seen)) > 4, "two at a time is all of them, once",
           seen, whole)
    for bad in ("limit=0", "limit=501", "limit=x", "after=x", "after=1.2", "more=1"):
        tap.equal(ask("GET", f"{path}?{bad}", token).status, 400, f"?{bad} is refused")
    entries, after = [], None
    while True:
        page = ask("GET", f"{PREFIX}/conferences/{TODAY}/entries?limit=2"
                   + (f"&after={after}" if after else ""), token).json
        entries += [(e["gate"], e["epoch"], e["seq"]) for e in page["items"]]
        after = page["next"]
        if after is None:
            break
    held_here = it.store("SELECT l.device, l.epoch, e.seq FROM log_entry e JOIN log l "
                      "ON l.id = e.log_id WHERE e.event = ? AND l.gate_id IS NOT NULL", TODAY)
    tap.ok(sorted(entries) == sorted(map(tuple, held_here)) and len(entries) > 2,
           "and so are a conference's entries", entries, held_here)


def names(document):
    no = new_token("no names", "registrations:read,entries:read,attendance:read")
    people = {n for (n,) in it.store("SELECT name FROM person")}
    paths = [f"{PREFIX}/conferences/{TODAY}/{what}"
             for what in ("registrations", "entries", "denials", "conflicts", "attendance")]
    said = b"".join(ask("GET", path, no).body for path in paths).decode()
    tap.equal([n for n in people if n in said], [], "without people:read nobody is named")
    tap.equal(ask("GET", f"{PREFIX}/conferences/{TODAY}/people", no).status, 403,
              "and people are not listed")
    yes = new_token("names", "registrations:read,people:read")

    def noted():
        return it.store("SELECT count(*) FROM log_entry "
                     "WHERE reason = 'records-exported' AND event = ?", TODAY)[0][0]
    before = noted()
    ask("GET", paths[0], no)
    tap.equal(noted(), before, "what names nobody is not noted in the journal")
    said = ask("GET", paths[0], yes)
    tap.equal(noted(), before + 1, "what names people is")
    ask("GET", paths[0] + "?after=0", yes)
    tap.equal(noted(), before + 2, "each page of it: where to begin is for who asks to say")
    tap.ok(any(n in said.body.decode() for n in people), "control: with it they are")
    tap.equal(said.headers["Cache-Control"], "no-store", "and nothing keeps that answer")


def doors_of_the_api(token):
    open_path = f"{PREFIX}/conferences"
    browser = people.staff(it, "admin")
    tap.equal(browser.request("GET", "/staff/conferences").status, 200, "a session opens pages")
    tap.equal(browser.request("GET", open_path).status, 401, "and none of the API")
    tap.ok(ask("GET", "/staff/conferences", token).status in (302, 303, 403),
           "a token opens no page")
    for header in ("Bearer", "Bearer ", f"Basic {token}", f"Bearer x{token}", f"Bearer {token}x",
                   f"Bearer {token[4:]}", "Bearer pgt_" + "A" * 43):
        got = ask("GET", open_path, headers={"Authorization": header})
        tap.equal(got.status, 401, f"{header[:12]}...: 401")
    tap.ok('error="invalid_token"' in got.headers["WWW-Authenticate"], "says invalid_token")
    tap.equal(ask("GET", open_path, headers={"Authorization": f"bEARER {token}"}).status, 200,
              "the scheme is of any case")
    answer = ask("GET", open_path, token, headers={"Origin": "https://elsewhere.example"})
    tap.equal([h for h in answer.headers if h.lower().startswith("access-control")], [], "no CORS")
    tag = answer.headers["ETag"]
    tap.equal(ask("GET", open_path, token, headers={"If-None-Match": tag}).status, 304,
              "what is the same is not sent again")
    missing = ask("GET", "/api/v1/nothing", token)
    tap.equal((missing.status, missing.kind), (404, "application/problem+json"), "404 is a problem")
    wrong_method = ask("POST", f"{PREFIX}/gates", token, body={})
    tap.equal((wrong_method.status, wrong_method.headers["Allow"]), (405, "GET, HEAD"), "so is 405")
    tap.equal(ask("GET", f"{PREFIX}/conferences/none", token).status, 404, "no such conference")


def lives():
    near = new_token("near", "gates:read", "--network", "127.0.0.0/8")
    far = new_token("far", "gates:read", "--network", "192.0.2.0/24")
    tap.equal(ask("GET", f"{PREFIX}/gates", near).status, 200, "from its network")
    tap.equal(ask("GET", f"{PREFIX}/gates", far).status, 403, "not from another")
    for network in ("192.0.2.1/24", "x", "192.0.2.0/33", "192.0.2.0/", "2001:db8::/129"):
        it.registrar("token add", "bad", "--scope", "gates:read", "--network", network, code=1)
    tap.ok(True, "a range that is none is refused")
    for arguments in (("x",), ("x", "--scope", "gates:none"), ("x", "--scope", ""),
                      ("x", "--scope", "gates:read", "--days", "0")):
        it.registrar("token add", *arguments, code=2)
    number = next(t["id"] for t in tokens() if t["name"] == "near")
    it.registrar("token revoke", str(number))
    tap.equal(ask("GET", f"{PREFIX}/gates", near).status, 401, "revoked, it ends at once")
    it.registrar("token revoke", "99999", code=1)
    short = new_token("short", "gates:read", "--days", "1")
    store = it.path("registrar", "registrar.db")
    it.store("UPDATE api_token SET created = 1, expires = 2 WHERE name = 'short'")
    tap.equal(ask("GET", f"{PREFIX}/gates", short).status, 401, "over its time it opens nothing")
    text = new_token("kept", "gates:read")
    with open(store, "rb") as file, open(store + "-wal", "rb") as wal:
        data = file.read() + wal.read()
    tap.ok(text.encode() not in data and text[4:].encode() not in data and
           text.startswith("pgt_") and len(text) == 47, "the store does not hold a token's text")


def counted():
    token = new_token("counted", "gates:read")
    for _ in range(7):
        ask("GET", f"{PREFIX}/gates", token)
    ask("GET", f"{PREFIX}/conferences", token)
    it.stop()
    found = next(t for t in tokens() if t["name"] == "counted")
    tap.equal(found["uses"], 8, "each use was counted, refused ones too")
    tap.ok(found["used"], "and when the last was")
    path = it.path("registrar", "settings.ini")
    with open(path, "a", encoding="utf-8") as file:
        file.write("\n[api]\nper-minute = 5\n")
    it.start()
    got = [ask("GET", f"{PREFIX}/gates", token) for _ in range(7)]
    tap.equal([a.status for a in got], [200] * 5 + [429] * 2, "a token asks so often in a minute")
    tap.ok(1 <= int(got[-1].headers["Retry-After"]) <= 13, "Retry-After says how long to wait",
           got[-1].headers["Retry-After"])
    other = new_token("other", "gates:read")
    tap.equal(ask("GET", f"{PREFIX}/gates", other).status, 200, "another is not held back")


def main():
    it.init()
    it.start()
    it.enrol("north")
    passes = [p["qr"] for p in it.export("passes", TODAY) if p["qr"]]
    it.gate("north", "sync", "--once")
    it.scan("north", TODAY, passes[0], passes[1], passes[0], "no pass of ours")
    it.gate("north", "sync", "--once")
    document, described, table = document_and_table()
    token = cells(document, described, table)
    answers(document, described, token)
    pages(token)
    names(document)
    doors_of_the_api(token)
    lives()
    counted()
    with open(it.path("serve.log"), encoding="utf-8") as log:
        said = log.read()
    tap.ok(" ours " not in said and "pgt_" not in said, "no fault of ours, no token in the log",
           said[-800:])


try:
    tap.run(main)
finally:
    it.close()
