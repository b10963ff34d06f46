#!/usr/bin/python3
"""The pages about interfaces: tokens and webhooks made, used and ended, and files imported.

Usage: pages.py BUILD
"""
import os
import re
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import people  # noqa: E402
from programs import Programs, wait  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)


def api(token, path="/api/v1/gates"):
    return it.browser().request("GET", path, headers={"Authorization": f"Bearer {token}"})


def count(table):
    return it.store(f"SELECT count(*) FROM {table}")[0][0]


def tokens(admin):
    page = admin.get("/staff/interfaces")
    tap.ok("There is no token yet" in page.text and "No address is told" in page.text,
           "empty lists say what fills them")
    bad = admin.submit(page.form("tokens$"), {"name": "", "days": "0", "network": "x"})
    said = re.findall(r'error-message">.*?</span>([^<]*)<', bad.body.decode())
    tap.ok(bad.status == 422 and len(said) >= 3, "what does not hold is said at the fields", said)
    bad = admin.submit(bad.form("tokens$"), {"name": "Wall", "days": "30", "network": "10.0.0.1/8",
                                             "scopes": ["gates:read"]})
    tap.ok(bad.status == 422 and "no bit set behind" in bad.text and "Wall" in bad.body.decode(),
           "a range that is none too, and what was typed is kept")
    made = admin.submit(bad.form("tokens$"), {"name": "Wall <b>", "days": "30", "network": "",
                                              "scopes": ["gates:read", "metrics:read"]})
    token = re.search(r"pgt_[\w-]{43}", made.text).group(0)
    tap.ok("gates:read metrics:read" in made.text and "Never" in made.text, "it is in the list")
    tap.equal(made.headers["Cache-Control"], "no-store", "the page that shows it is not kept")
    tap.equal(api(token).status, 200, "and opens what it says")
    again = admin.get("/staff/interfaces")
    tap.ok(token not in again.body.decode() and "Never" not in again.text and
           "Wall <b>" in again.text, "it is shown once; its use is shown at once")
    sure = admin.get(again.link("/revoke$"))
    tap.ok("Wall" in sure.text and "refused from now on" in sure.text, "revoking asks first")
    tap.equal(api(token).status, 200, "and until then it stands")
    gone = admin.submit(sure.form("revoke$"))
    tap.ok("Revoked" in gone.text and api(token).status == 401, "then it does not")
    tap.equal(admin.get("/staff/interfaces/tokens/1/revoke").status, 404, "twice is nothing")


def webhooks(admin):
    page = admin.get("/staff/interfaces")
    bad = admin.submit(page.form("webhooks$"), {"url": "https://10.0.0.1/", "events": ["pass.revoked"]})
    tap.ok(bad.status == 422 and "own network" in bad.text, "a private address is refused")
    made = admin.submit(bad.form("webhooks$"), {"url": "https://localhost:9/in",
                                                "events": ["pass.revoked", "entry.left"]})
    tap.ok(re.search(r"pgs_[\w-]{43}", made.text) and "pass.revoked entry.left" in made.text,
           "another is added, and its secret shown")
    one = admin.get(admin.get("/staff/interfaces").link("/webhooks/"))
    tap.ok("Nothing was to be told yet" in one.text, "nothing was told yet")
    sent = admin.submit(one.form("/test$"))
    tap.ok("put into its queue" in sent.text, "a test is sent")
    tap.ok(wait(lambda: "public Internet" in admin.get(one.url).text),
           "and the page says what came of it")
    sure = admin.get(one.link("/end$"))
    tap.ok("1 events that wait" in sure.text, "ending asks first, and says what is dropped")
    gone = admin.submit(sure.form("/end$"))
    tap.ok("No address is told" in gone.text, "it is ended")
    tap.equal(admin.get(one.url).status, 404, "and has no page")


def imports(admin):
    page = admin.get("/staff/import")
    bad = admin.submit(page.form("/staff/import$"), {})
    tap.ok(bad.status == 422 and "Choose a file" in bad.text, "a file is needed")
    good = b"name,local\nPage Wire,yes\n=1+1 Post,no\n"
    before = count("outlet")
    dry = admin.submit(bad.form("/staff/import$"), {"what": "outlets", "file": ("a.csv", good)})
    tap.ok(dry.status == 200 and "this was a dry run" in dry.text and "New: 2." in dry.text,
           "a dry run unless it is said otherwise", dry.text[-300:])
    tap.equal(count("outlet"), before, "it changes nothing")
    done = admin.submit(dry.form("/staff/import$"), {"what": "outlets", "carry-out": "yes",
                                                     "file": ("a.csv", good)})
    tap.ok("New: 2." in done.text and count("outlet") == before + 2, "then it is carried out")
    wrong = admin.submit(done.form("/staff/import$"), {
        "what": "reporters", "carry-out": "yes",
        "file": ("b.csv", b"email,name,outlet,class\nx,<b>Y,Page Wire,reporter\n")})
    tap.ok(wrong.status == 422 and "because of the rows below" in wrong.text and
           "It is no e-mail address" in wrong.text, "a row with a problem stops it, and is named")
    none = admin.submit(wrong.form("/staff/import$"), {"what": "outlets", "file": ("c.csv", b"\xff")})
    tap.ok(none.status == 422 and "not UTF-8" in none.text, "what is no CSV is said")
    large = b"name,address\n" + b"".join(b"Large %d of the %d Coast,%s\n" % (
        i, i * 7919 % 10007, b"x" * 400) for i in range(5000))
    big = admin.submit(none.form("/staff/import$"), {"what": "outlets", "file": ("d.csv", large)})
    tap.ok("this was a dry run. Rows: 5000. New: 5000." in big.text, "two megabytes are read", big.status, big.text[-200:])
    stranger = it.browser().send_files("/staff/import", [("what", "outlets"), ("file", ("d.csv", large))])
    tap.ok(stranger.status in (303, 403, 429), "of nobody else", stranger.status)


def main():
    it.init()
    it.start()
    admin = people.staff(it, "admin")
    tokens(admin)
    webhooks(admin)
    imports(admin)
    it.stop()
    reasons = {r for (r,) in it.store("SELECT reason FROM log_entry")}
    tap.ok({"token-made", "token-ended", "webhook-made", "webhook-ended", "imported"} <= reasons,
           "the journal says who did what", reasons)
    with open(it.path("serve.log"), encoding="utf-8") as log:
        said = log.read()
    tap.ok(" ours " not in said, "no fault of ours in the log", said[-600:])


try:
    tap.run(main)
finally:
    it.close()
