#!/usr/bin/python3
"""The desk prints badges: those not printed yet, one again after a misprint, and one that was lost,
whose pass no door takes any more. What comes out of the printer opens the door.

Usage: badges.py BUILD
"""
import glob
import os
import re
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import people  # noqa: E402
from programs import Programs  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)
rows = it.store
SLUG = "today-harbour-street"
PAGE = f"/staff/conferences/{SLUG}/badges"


def decoded(pdf):
    """The codes on the pages of a PDF, as a scanner reads them off paper."""
    with open(it.path("print.pdf"), "wb") as out:
        out.write(pdf)
    for old in glob.glob(it.path("print-*.ppm")):
        os.unlink(old)
    subprocess.run(["pdftoppm", "-r", "300", it.path("print.pdf"), it.path("print")], check=True)
    done = subprocess.run(["zbarimg", "-q", "--nodbus", "--raw", "-Sdisable", "-Sqrcode.enable",
                           *sorted(glob.glob(it.path("print-*.ppm")))], capture_output=True, text=True)
    return done.stdout.splitlines()


def send(browser, page, action, values=None):
    """A form's answer as it is, a file too."""
    form = next(f for f in page.page.forms if f.method == "POST" and re.search(action, f.action))
    fields = dict(form.fields) | (values or {})
    return browser.post(form.action, fields)


def batch(browser):
    passes = {qr for qr, in rows("SELECT p.qr FROM pass p JOIN conference c ON c.id = p.conference_id "
                                 "WHERE c.slug = ? AND p.state = 'active'", SLUG)}
    page = browser.get(PAGE)
    tap.ok(page.status == 200 and f"{len(passes)} people have a pass; 0 of them printed" in page.text,
           "the page counts who has a pass", page.text[:400])
    design = browser.request("GET", f"/staff/conferences/{SLUG}/badge-design.png")
    tap.ok(design.status == 200 and design.kind == "image/png" and design.body[1:4] == b"PNG",
           "and shows the design")
    before = rows("SELECT count(*) FROM log_entry WHERE reason = 'badges-printed'")[0][0]
    pdf = send(browser, page, r"/badges$", {"size": "letter-8up"})
    tap.ok(pdf.status == 200 and pdf.kind == "application/pdf" and pdf.headers.get("Cache-Control") ==
           "no-store" and f"badges-{SLUG}.pdf" in pdf.headers["Content-Disposition"],
           "they come as a PDF to be saved, and no cache keeps it", pdf.headers)
    tap.equal(set(decoded(pdf.body)), passes, "each pass is on the sheets, and decodes")
    jpegs = subprocess.run(["pdfimages", "-list", it.path("print.pdf")], capture_output=True, text=True)
    faces = rows("SELECT count(*) FROM pass p JOIN registration r ON r.id = p.registration_id JOIN "
                 "accreditation a ON a.id = r.accreditation_id JOIN person n ON n.id = a.person_id JOIN "
                 "conference c ON c.id = p.conference_id WHERE c.slug = ? AND p.state = 'active' AND "
                 "n.photo IS NOT NULL", SLUG)[0][0]
    tap.ok(faces and jpegs.stdout.count(" jpeg ") == faces, "with each photograph", jpegs.stdout, faces)
    tap.equal(rows("SELECT staff, size, badges, (SELECT count(*) FROM badge_print b WHERE b.run_id = u.id)"
                   " FROM badge_run u"), [("admin", "letter-8up", len(passes), len(passes))],
              "who printed what, and how many, is noted")
    tap.equal(rows("SELECT count(*) FROM log_entry WHERE reason = 'badges-printed'")[0][0], before + 1,
              "and stands in the journal")
    again = browser.get(PAGE)
    tap.ok("Every badge was printed" in again.text, "nobody is left to print", again.text[:600])
    forged = browser.get(PAGE + "?which=printed")
    tap.ok(f"Print {len(passes)} badges" in forged.text and "were printed before" in forged.text,
           "those printed can be chosen, with a warning")
    none = browser.get(PAGE + "?which=all&find=nobody+at+all")
    tap.ok("Nobody with a pass fits" in none.text, "a choice that nobody fits says so", none.text[:600])
    outlet = rows("SELECT id, name FROM outlet WHERE name = 'Lumen TV'")[0]
    some = browser.get(PAGE + f"?which=all&outlet={outlet[0]}")
    people = re.findall(r"/badges/(R-[0-9A-Z-]+|[0-9A-Z-]+)\"", some.body.decode())
    tap.ok(0 < len(set(people)) < len(passes), "an outlet's are chosen by it", people)


def one(browser):
    reference, pass_id, qr = rows(
        "SELECT r.reference, hex(p.id), p.qr FROM pass p JOIN registration r ON r.id = p.registration_id "
        "JOIN conference c ON c.id = p.conference_id WHERE c.slug = ? AND p.state = 'active' "
        "ORDER BY r.id LIMIT 1", SLUG)[0]
    mine = f"{PAGE}/{reference}"
    page = browser.get(mine)
    tap.ok(page.status == 200 and "Printed so far" in page.text and "letter-8up" in page.text,
           "a person's page tells what was printed", page.text[:800])
    picture = browser.request("GET", mine + "/badge.png")
    tap.ok(picture.status == 200 and picture.body[1:4] == b"PNG", "and shows the badge")
    person = rows("SELECT a.person_id FROM registration r JOIN accreditation a ON a.id = "
                  "r.accreditation_id WHERE r.reference = ?", reference)[0][0]
    looks = rows("SELECT staff FROM view_log WHERE person_id = ? AND what = 'badge'", person)
    tap.equal(looks, [("admin",)], "the look is in the log of looks")
    tap.ok(not [f for f in page.page.forms if f.action == mine],
           "what was printed has no form for a first print")
    token = dict(next(f for f in page.page.forms if f.action.endswith("/again")).fields)["csrf"]
    second = browser.post(mine, {"csrf": token, "size": "cr80"})
    tap.ok(second.status == 422 and "printed already" in second.text, "and is refused one", second.text[:300])
    refused = send(browser, page, "/again$", {"words": ""})
    tap.ok(refused.status == 422 and "Say what was wrong" in refused.text,
           "a second print asks what was wrong with the first", refused.text[:300])
    pdf = send(browser, page, "/again$", {"words": "Smeared ink"})
    tap.equal(decoded(pdf.body), [qr], "a misprint is printed again with the same pass")
    tap.ok("Smeared ink" in browser.get(mine).text, "and the reason is kept")
    return reference, pass_id, qr


def door(qr):
    it.gate("north", "sync", "--once")
    return it.scan("north", SLUG, qr)[0]


def lost(browser, reference, qr):
    mine = f"{PAGE}/{reference}"
    tap.equal(door(qr)["verdict"], "admit", "the control: the badge opens the door before it is lost")
    confirm = browser.get(mine + "/lost")
    tap.ok(confirm.status == 200 and "One pass" in confirm.text, "the loss is confirmed first")
    no = send(browser, confirm, "/lost$", {"words": ""})
    tap.ok(no.status == 422 and "Say how the badge was lost" in no.text, "with a reason")
    tap.equal(rows("SELECT count(*) FROM badge_lost"), [(0,)], "until then nothing happened")
    done = browser.submit(confirm.form(r"/lost$"), {"words": "Left in a taxi"})
    tap.ok("done=replaced" in done.url and "Left in a taxi" in done.text, "then the page says it", done.url)
    state, reason = rows("SELECT p.state, v.reason FROM pass p JOIN revocation v ON v.pass_id = p.id "
                         "WHERE p.qr = ?", qr)[0]
    tap.equal((state, reason), ("revoked", 2), "the old pass is revoked as re-issued")
    pdf = send(browser, browser.get(mine), f"{reference}$")
    fresh = decoded(pdf.body)
    tap.ok(len(fresh) == 1 and fresh[0] != qr, "the new badge has another pass", pdf.text[:300]
           if pdf.kind != "application/pdf" else "")
    verdict = door(qr)
    tap.ok(verdict["verdict"] == "deny" and verdict["reason"] == "revoked", "the lost one is refused", verdict)
    verdict = door(fresh[0])
    tap.ok(verdict["verdict"] in ("admit", "refer"), "and the new one is known there", verdict)


def wrong(browser, reference):
    it.registrar("accreditation suspend", rows(
        "SELECT n.email FROM registration r JOIN accreditation a ON a.id = r.accreditation_id JOIN person n "
        "ON n.id = a.person_id WHERE r.reference = ?", reference)[0][0], "--words", "To be looked at")
    page = browser.get(f"{PAGE}/{reference}")
    none = send(browser, page, "/again$", {"words": "Again"})
    tap.ok(none.status == 422 and "suspended" in none.text, "a suspended person's badge is not printed",
           none.text[:300] if none.page else none.kind)
    tap.ok(f"/badges/{reference}" not in browser.get(PAGE + "?which=all").body.decode(),
           "and not among those to be")
    tap.equal(browser.get(f"/staff/conferences/tomorrow-road-safety/badges/{reference}").status, 404,
              "another conference's address shows nobody's badge")
    tap.equal(browser.get(f"{PAGE}/R-NONE").status, 404, "nor does a number that is none")
    runs = rows("SELECT count(*) FROM badge_run")
    with open(os.path.join(it.data, "badge.ini"), "w", encoding="utf-8") as out:
        out.write("[badge]\nsize = a4\n")
    page = browser.get(PAGE + "?which=all")
    tap.ok("line 2" in page.text and "cr80, a6 or letter-8up" in page.text,
           "a wrong design is said on the page, with line and remedy", page.text[:400])
    refused = send(browser, page, r"/badges$")
    tap.ok(refused.status == 422 and refused.kind == "text/html" and "line 2" in refused.text,
           "and nothing is printed with it", refused.text[:300])
    tap.equal(rows("SELECT count(*) FROM badge_run"), runs, "or noted")
    os.unlink(os.path.join(it.data, "badge.ini"))


def command():
    out = it.path("all.pdf")
    it.registrar("badges print", "--conference", SLUG, "--out", out, "--size", "a6")
    with open(out, "rb") as file:
        tap.ok(file.read(5) == b"%PDF-", "the command prints, while the registrar serves")
    it.registrar("badges print", "--conference", SLUG, "--out", out, code=1)
    tap.ok("File exists" in it.said, "never over another file", it.said)
    it.registrar("badges print", "--conference", SLUG, "--out", it.path("none.pdf"), "--not-printed", code=1)
    tap.ok("Nobody" in it.said and not os.path.exists(it.path("none.pdf")),
           "and where nobody is left no file stays", it.said)
    it.registrar("badges print", "--conference", "nowhere", "--out", it.path("none.pdf"), code=1)
    it.registrar("badges print", "--conference", SLUG, "--size", "a5", "--out", "x", code=2)


def main():
    it.init()
    it.start()
    it.enrol("north")
    browser = people.staff(it, "admin")
    batch(browser)
    reference, _, qr = one(browser)
    lost(browser, reference, qr)
    wrong(browser, reference)
    command()
    it.stop()
    with open(it.path("serve.log"), encoding="utf-8", errors="replace") as file:
        tap.ok("ours" not in file.read(), "no fault of ours in the log")


try:
    tap.run(main)
finally:
    it.close()
