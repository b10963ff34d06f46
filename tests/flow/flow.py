#!/usr/bin/python3
"""One pass, from an application to the door, through the real programs.

Usage: flow.py BUILD

apply, confirm, sign in, approve, register, fetch the pass, read it with zbarimg, scan: admitted;
scan again: already inside; cancel: revoked at the next scan; another conference's pass: named;
registrar stopped: still decides; started again: everything is there once; attendance is right;
the journals verify with programs this project did not write.
"""
import json
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import applying  # noqa: E402
from programs import Programs, link_in  # noqa: E402
import tiles  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)

REPORTER = "amina.okafor@lantern.example"


def apply_and_confirm(reporter):
    page = reporter.get("/accreditation")
    tap.equal(page.status, 200, "the application form opens")
    check = applying.walk(reporter, {
        "name": "Amina Ọkáfọ̀", "email": REPORTER, "outlet": "The Lantern", "class": "reporter",
        "proof": "Staff reporter; my editor answers at desk@lantern.example"})
    tap.ok("Check your answers" in check.text and "Amina Ọkáfọ̀" in check.text,
           "all answers are shown before they are sent", check.text)
    sent = reporter.submit(check.form(r"^/accreditation/check$"))
    tap.ok(sent.status == 200 and "sent" in sent.url, "the application is taken", sent.url,
           sent.text)
    subject, text = it.wait_mail(REPORTER, 1)[0]
    link = link_in(text, "confirm")
    for _ in range(2):
        shown = reporter.get(link)
    tap.equal(shown.status, 200, "a mail scanner that opens the link uses nothing up")
    done = reporter.submit(shown.form(r"^(/confirm/.*)?$"))
    tap.ok(done.status == 200, "the address is confirmed by a button", done.text)
    again = reporter.submit(shown.form(r"^(/confirm/.*)?$"))
    tap.ok(again.status >= 400 or "already" in again.text.lower(),
           "a second use of the link confirms nothing", again.status, again.text)
    mails = it.wait_mail(REPORTER, 2)
    tap.ok(len(mails) == 2, "one acknowledgement is mailed", mails)


def approve():
    staff = it.browser()
    refused = staff.get("/staff")
    tap.ok("/staff/sign-in" in refused.url, "the queue asks for a sign-in", refused.url)
    form = refused.form(r"/staff/sign-in")
    wrong = staff.submit(form, {"name": "admin", "password": "wrong horse"})
    tap.ok("/staff/sign-in" in wrong.url and wrong.status >= 400 or wrong.status == 422,
           "a wrong password does not sign in", wrong.status, wrong.url)
    queue = staff.submit(staff.get("/staff/sign-in").form(r"/staff/sign-in"),
                         {"name": "admin", "password": it.password})
    tap.ok(queue.status == 200 and "Amina Ọkáfọ̀" in queue.text, "the application is in the queue",
           queue.url, queue.text)
    address = [a for a, words in queue.page.links if "Amina" in words and "/applications/" in a][0]
    shown = staff.get(address)
    tap.ok("The Lantern" in shown.text, "the file shows the outlet")
    done = staff.submit(shown.form(r"/approve$"))
    tap.equal(done.status, 200, "the application is approved")
    return staff


def register(slug):
    subject, text = it.wait_mail(REPORTER, 3)[2]
    reporter = it.browser()
    signin = None
    try:
        signin = link_in(text, "link")
    except AssertionError:
        page = reporter.get("/sign-in")
        reporter.submit(page.form(r"^(/sign-in)?$"), {"email": REPORTER})
        signin = link_in(it.wait_mail(REPORTER, 4)[3][1], "link")
    mine = reporter.submit(reporter.get(signin).form(r"^(/link/.*)?$"))
    tap.ok(mine.status == 200 and "/my" in mine.url, "the link in the mail signs the reporter in",
           mine.url)
    page = reporter.get(f"/conferences/{slug}")
    form = page.form(rf"/conferences/{slug}/register$")
    consent = {n: form.choices[n][0] for n in form.names if "consent" in n and n in form.choices}
    if consent:
        without = reporter.submit(form, {n: None for n in consent})
        tap.ok(without.status == 422 or "consent" in without.text.lower(),
               "R2: without consent to screening there is no registration", without.text)
        page = reporter.get(f"/conferences/{slug}")
        form = page.form(rf"/conferences/{slug}/register$")
    shown = reporter.submit(form, consent)
    tap.ok(shown.status == 200 and "/registrations/" in shown.url, "one tap registers", shown.url,
           shown.text)
    return reporter, shown


def fetch_pass(reporter, shown):
    image = reporter.request("GET", shown.url.split("?")[0].rstrip("/") + "/pass.png")
    tap.equal((image.status, image.kind), (200, "image/png"), "the pass is a PNG")
    path = it.path("pass.png")
    with open(path, "wb") as file:
        file.write(image.body)
    read = subprocess.run(["zbarimg", "--quiet", "--raw", "-Sdisable", "-Sqrcode.enable", path],
                          capture_output=True, text=True, check=True).stdout.rstrip("\n")
    tap.ok(read.startswith("ACR1:"), "zbarimg reads it", read)
    stranger = it.browser().request("GET", shown.url.split("?")[0].rstrip("/") + "/pass.png")
    tap.ok(stranger.status != 200, "nobody else is shown it", stranger.status)
    return read


def status(folder):
    return json.loads(it.gate(folder, "status", "--json"))


def entries(folder):
    """Every entry of a gate's journal, from its own export: (seq, decision, pass)."""
    out = it.path("entries-" + folder)
    shutil.rmtree(out, ignore_errors=True)
    it.gate(folder, "journal export", out)
    return sorted((int(e["seq"]), e["decision"], e["pass"]) for e in tiles.entries(out))


def independent(folder):
    """The exported logs verify with Go's sumdb packages and with openssl."""
    go = os.path.join(BUILD, "tests", "journal", "check_log")
    found = []
    for device in sorted(os.listdir(folder)):
        for epoch in sorted(os.listdir(os.path.join(folder, device))):
            log = os.path.join(folder, device, epoch)
            for command in ([go, log],
                            ["sh", os.path.join(HERE, "..", "journal", "check_openssl.sh"), log]):
                done = subprocess.run(command, capture_output=True, text=True)
                tap.ok(done.returncode == 0,
                       f"{os.path.basename(command[-2])}: {device}/{epoch} verifies",
                       done.stdout + done.stderr)
            found.append(f"{device}/{epoch}")
    return found


def main():
    it.init()
    it.start()
    today, tomorrow = it.conferences()[:2]
    listed = [c["slug"] for c in it.conferences()]
    slug = next(c["slug"] for c in it.conferences() if "today" in c["slug"]) \
        if any("today" in s for s in listed) else today["slug"]
    other = next(c for c in it.conferences() if c["slug"] != slug and it.export(
        "passes", c["slug"]))
    tap.ok(today and tomorrow, "the sample has conferences")

    it.enrol("north-door")
    it.gate("north-door", "sync", "--once")

    reporter = it.browser()
    apply_and_confirm(reporter)
    approve()
    reporter, shown = register(slug)
    qr = fetch_pass(reporter, shown)

    it.gate("north-door", "sync", "--once")
    first, second = it.scan("north-door", slug, qr, qr, officer=True)
    tap.equal((first["verdict"], first["name"]), ("admit", "Amina Ọkáfọ̀"), "scanned: admitted")
    tap.equal((second["verdict"], second["reason"]), ("deny", "already-inside"),
              "scanned again: already inside")
    tap.ok("north-door" in second["words"], "and the words say where", second["words"])

    wrong = it.export("passes", other["slug"])[0]
    verdict = it.scan("north-door", slug, wrong["qr"])[0]
    tap.ok(verdict["reason"] == "wrong-conference" and other["title"] in verdict["words"],
           "another conference's pass: the words name that conference", verdict)

    page = reporter.get(shown.url)
    cancel = [f for f in page.page.forms if "cancel" in f.action]
    if not cancel:
        page = reporter.get(page.link("cancel"))
        cancel = [f for f in page.page.forms if "cancel" in f.action or not f.action]
    gone = reporter.submit(cancel[0])
    if gone.page and [f for f in gone.page.forms if f.action.endswith("/cancel")]:
        gone = reporter.submit(gone.form(r"/cancel$"))
    tap.equal(gone.status, 200, "the reporter cancels")
    it.gate("north-door", "sync", "--once")
    verdict = it.scan("north-door", slug, qr)[0]
    tap.equal((verdict["verdict"], verdict["reason"]), ("deny", "revoked"),
              "cancelled: revoked at the next scan")

    passes = [p for p in it.export("passes", slug) if p["status"] == "confirmed"]
    tap.ok(len(passes) >= 4, "the sample has passes to scan", len(passes))
    tap.equal(it.stop(), 0, "the registrar stops cleanly")
    offline = it.scan("north-door", slug, *[p["qr"] for p in passes[:3]])
    tap.equal([v["verdict"] for v in offline], ["admit"] * 3,
              "with the registrar stopped the gate still decides")
    typed = it.scan("north-door", slug, passes[3]["code"], officer=True)[0]
    tap.ok(typed["verdict"] == "admit" and typed["name"] == passes[3]["person"],
           "and a typed code finds its pass", typed)
    waiting = status("north-door")["unsent"]
    tap.ok(waiting >= 4, "unsent entries are counted", waiting)

    it.start()
    it.gate("north-door", "sync", "--once")
    tap.equal(status("north-door")["unsent"], 0, "started again: everything is uploaded")
    it.gate("north-door", "sync", "--once")
    held = entries("north-door")
    tap.equal([s for s, _, _ in held], list(range(len(held))), "no entry is missing at the gate")

    rows = it.export("entries", slug)
    admitted = [p for _, decision, p in held if decision == "admit"]
    tap.equal(sorted(r["pass"] for r in rows), sorted(admitted),
              "the registrar's entries are the gate's, each once")
    denied = [p for _, decision, p in held if decision == "deny"]
    tap.equal(len(it.export("denials", slug)), len(denied), "and so are its denials")
    attended = {r["person"]: r for r in it.export("attendance", slug)}
    tap.ok("Amina Ọkáfọ̀" in attended and attended[passes[0]["person"]]["status"] == "arrived",
           "attendance lists who came", attended.get(passes[0]["person"]))
    missing = [p["person"] for p in passes[4:] if attended[p["person"]]["status"] != "no-show"
               and attended[p["person"]]["status"] != "expected"]
    tap.equal(missing, [], "and who did not")

    ours, theirs = it.path("journals"), it.path("gate-journal")
    it.registrar("journal export", ours)
    it.gate("north-door", "journal export", theirs)
    it.registrar("journal verify")
    it.gate("north-door", "journal verify")
    tap.ok(True, "both programs verify their journals")
    logs = independent(ours)
    tap.ok(len(logs) >= 2, "the registrar holds its own log and the gate's", logs)
    independent(theirs)
    victim = subprocess.run(["find", ours, "-path", "*/tile/entries/*", "-type", "f"],
                            capture_output=True, text=True).stdout.split()[0]
    with open(victim, "r+b") as file:
        data = bytearray(file.read())
        data[len(data) // 2] ^= 1
        file.seek(0)
        file.write(data)
    log = victim.split("/tile/")[0]
    damaged = subprocess.run([os.path.join(BUILD, "tests", "journal", "check_log"), log],
                             capture_output=True)
    tap.ok(damaged.returncode != 0, "control: one flipped bit in an entry is found")
    tap.equal(it.stop(), 0, "the registrar stops cleanly again")


try:
    tap.run(main)
finally:
    it.close()
