#!/usr/bin/python3
"""What is past its term is gone: from the store, its free pages and its WAL, the mails in files, and
from a backup that is put back; the journals verify as before. Each column of the schema has its place
in the inventory, and what is personal in it is told to the person and destroyed with the person.

Usage: records.py BUILD SOURCE
"""
import csv
import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import people  # noqa: E402
import shapes  # noqa: E402
from programs import Programs, query, wait  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
it = Programs(os.path.abspath(sys.argv[1]))
store = it.store
SOURCE = os.path.abspath(sys.argv[2])
CLOCK = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1"
NOW, DAY = int(time.time()), 86400
GIVEN = {}      # marker -> the column it stands in


def later(days, command, *arguments, data=None, code=0):
    """A command with the clock moved."""
    done = subprocess.run([it.registrar_path, *command.split(), "--data", data or it.data, *arguments],
                          env={**os.environ, "LD_PRELOAD": CLOCK, "FAKETIME": f"+{days}d"},
                          capture_output=True, text=True, timeout=60)
    it.said = done.stderr
    if done.returncode != code:
        raise AssertionError(f"{command}: exit {done.returncode}\n{done.stdout}\n{done.stderr}")
    return done.stdout


def inventory():
    with open(os.path.join(SOURCE, "registrar", "records", "inventory.csv"), encoding="utf-8") as file:
        return {(row["table"], row["column"]): row for row in csv.DictReader(file)}


def check_inventory():
    listed = inventory()
    there = set(store("SELECT m.name, c.name FROM sqlite_schema m, pragma_table_info(m.name) c "
                      "WHERE m.type = 'table' AND m.name NOT LIKE 'sqlite%'"))
    tap.equal(sorted(there - set(listed)), [],
              "each column of the schema stands in registrar/records/inventory.csv: personal or not, "
              "under which rule, told to whom")
    tap.equal(sorted(set(listed) - there), [], "and no column that is not there")
    with open(os.path.join(SOURCE, "registrar", "records", "rule.c"), encoding="utf-8") as file:
        rules = set(re.findall(r'\{"([a-z-]+)",', file.read())) | {"staff"}
    personal = [row for row in listed.values() if row["personal"] == "yes"]
    tap.equal([row for row in personal if row["rule"] not in rules or not row["told"]], [],
              "what is personal has a rule, and says who is told")


def mark(table, column, size=0):
    text = f"Mk{len(GIVEN):03}x{table}-{column}".replace("_", "")
    text = text.ljust(size, "x")
    GIVEN[text] = f"{table}.{column}"
    return text


def fill(person):
    """A row of each table about a person, with a text of its own in each personal column."""
    m, old = mark, NOW - 10 * DAY
    db = sqlite3.connect(os.path.join(it.data, "registrar.db"), timeout=10)
    one = db.execute("SELECT x.id, x.outlet_id, r.id, p.id, r.conference_id FROM accreditation x JOIN "
                     "registration r ON r.accreditation_id = x.id JOIN pass p ON p.registration_id = "
                     "r.id WHERE x.person_id = ?", (person,)).fetchone()
    accreditation, outlet, registration, pass_id, conference = one

    def put(table, **values):
        return db.execute(f"INSERT INTO {table} ({', '.join(values)}) VALUES "
                          f"({', '.join('?' * len(values))})", tuple(values.values())).lastrowid

    email = "mk-person-email@marked.example"
    GIVEN[email] = "person.email"
    db.execute("UPDATE person SET email = ?, name = ?, phone = ? WHERE id = ?",
               (email, m("person", "name"), m("person", "phone", 30), person))
    application = db.execute(
        "INSERT INTO application (reference, state, email, name, outlet, class, proof, created, submitted,"
        " decided, decided_by, message, note, person_id) VALUES (?, 'approved', ?, ?, ?, 0, ?, ?, ?, ?, "
        "'admin', ?, ?, ?)", ("A-MARKED-1", email, m("application", "name"),
                              m("application", "outlet"), m("application", "proof"), old, old, old,
                              m("application", "message"), m("application", "note"), person)).lastrowid
    dossier = put("dossier", application_id=application, created=old, changed=old)
    put("answer", dossier_id=dossier, name="phone", value=m("answer", "value"))
    put("upload", dossier_id=dossier, name="n" * 43, kind="letter", title=m("upload", "title"),
        type="application/pdf", bytes=("%PDF-1.4 " + m("upload", "bytes")).encode() * 9000, created=old)
    put("correspondence", application_id=application, at=old, kind="message",
        words=m("correspondence", "words"))
    put("vouch", application_id=application, person_id=person, works=1, words=m("vouch", "words"), at=old)
    put("review_note", application_id=application, at=old, staff="admin", words=m("review_note", "words"))
    put("review_step", application_id=application, at=old, staff="admin", kind="taken",
        words=m("review_step", "words"))
    put("view_log", at=old, last=old, staff="admin", role="administrator", person_id=person,
        what="person", why="asked", item=m("view_log", "item"), words=m("view_log", "words"))
    put("view_reason", staff="admin", person_id=person, at=old, words=m("view_reason", "words"))
    gate = put("gate", name="north", state="revoked", created=old)
    put("referral", **{"id": os.urandom(16), "gate_id": gate, "conference_id": conference, "pass": pass_id,
                       "kind": "no-phone", "staff": "o", "name": m("referral", "name"),
                       "outlet": m("referral", "outlet"), "words": m("referral", "words"),
                       "made_ms": old * 1000, "received": old,
                       "answer_words": m("referral", "answer_words")})
    put("restriction", scope=5, pass_id=pass_id, valid_from=old, valid_until=old + 5,
        words=m("restriction", "words"), made_by="admin")
    put("badge_lost", pass_id=pass_id, at=old, staff="admin", words=m("badge_lost", "words"))
    run = put("badge_run", conference_id=conference, at=old, staff="admin", size="a6", badges=1)
    put("badge_print", pass_id=pass_id, run_id=run, cause="misprint", words=m("badge_print", "words"))
    put("place_given", registration_id=registration, staff="admin", reason=m("place_given", "reason"),
        given=old)
    db.execute("UPDATE registration SET reference = ? WHERE id = ?", ("R-MARKED-2", registration))
    db.execute("UPDATE pass SET qr = ?, code = ? WHERE id = ?",
               (m("pass", "qr", 120), "Q7MARKED", pass_id))
    GIVEN["Q7MARKED"] = "pass.code"
    put("outbox", recipient=email, subject=m("outbox", "subject"), body=m("outbox", "body"),
        state="failed", next_try=old, created=old, unsubscribe=m("outbox", "unsubscribe"))
    put("bounce", email=email, status="5.1.1", first=old, last=old)
    put("subscription", email=email, language="en", kinds=0, wanted=1, expires=old, key="k" * 43,
        created=old)
    put("session", hash=os.urandom(32), person_id=person, created=old, seen=old,
        browser=m("session", "browser"), network=m("session", "network"))
    put("link", hash=os.urandom(32), purpose="sign-in", person_id=person, created=old, expires=old)
    put("email_change", hash=os.urandom(32), person_id=person, email=m("email_change", "email"),
        created=old, expires=old)
    put("subject_request", reference="D-" + "7" * 6, person_id=person, kind="disposal", state="refused",
        words=m("subject_request", "words"), message=m("subject_request", "message"), created=old, due=old,
        answered=old)
    put("hold", person_id=person, reason=m("hold", "reason"), lifted_words=m("hold", "lifted_words"),
        made=old, made_by="admin", lifted=old)
    db.commit()
    db.close()
    GIVEN.update({"A-MARKED-1": "application.reference", "R-MARKED-2": "registration.reference"})
    picture = store("SELECT f.bytes FROM person p JOIN photo f ON f.hash = p.photo WHERE p.id = ?", person)
    GIVEN[picture[0][0][-600:-540]] = "photo.bytes"
    it.registrar("accreditation suspend", email, "--words", mark("log_detail", "detail"))
    it.registrar("accreditation restore", email, "--words", "for the test")
    return email


def found(folder):
    """Which columns' markers stand in the files of a folder."""
    return sorted({GIVEN[marker] for _, marker in shapes.found(folder, GIVEN)})


def head_of(store_path):
    db = sqlite3.connect(store_path)
    rows = db.execute("SELECT l.origin, e.seq, e.text FROM log_entry e JOIN log l ON l.id = e.log_id "
                      "ORDER BY 1, 2").fetchall()
    db.close()
    return rows


def export_and_verify(name):
    out = it.path(name)
    it.registrar("journal export", out)
    it.run(it.registrar_path, "journal", "verify", out)
    return it.registrar("journal verify")


def told(email, person):
    out = it.path("subject")
    it.registrar("subject export", email, "--out", out)
    with open(os.path.join(out, "data.json"), encoding="utf-8") as file:
        whole = json.load(file)
    inside = {key: whole.pop(key) for key in ("internal_notes", "journal_details")}
    files = b"".join(open(os.path.join(out, "files", n), "rb").read()
                     for n in os.listdir(os.path.join(out, "files")))
    with open(os.path.join(out, "photo.jpg"), "rb") as file:
        files += file.read()
    own = json.dumps(whole, ensure_ascii=False).encode() + files
    office = json.dumps(inside, ensure_ascii=False).encode()
    listed, missing, leaked = inventory(), [], []
    for marker, where in GIVEN.items():
        raw = marker if isinstance(marker, bytes) else marker.encode()
        row = listed.get(tuple(where.split(".")))
        if row is None:
            continue
        if row["told"] == "self" and raw not in own:
            missing.append(where)
        if row["told"] == "office" and raw not in office:
            missing.append(where)
        if row["told"] == "office" and raw in own:
            leaked.append(where)
    tap.equal(sorted(missing), [], "a person's export has everything personal that the inventory says is "
                                   "told, files and photograph too")
    tap.equal(leaked, [], "what is the office's own stands apart from what the person's page shows")
    it.registrar("subject export", email, "--out", out + ".zip")
    tap.ok(subprocess.run(["/usr/bin/python3", "-m", "zipfile", "-t", out + ".zip"],
                          capture_output=True).returncode == 0, "the same as a ZIP")
    unmarked = sorted(f"{t}.{c}" for (t, c), row in listed.items() if row["told"] in ("self", "office")
                      and f"{t}.{c}" not in GIVEN.values() and c not in ("reference", "language", "code"))
    tap.note("personal columns told by other means: " + ", ".join(unmarked))


def control():
    """Without overwriting, what is deleted is found: the search sees what it is meant to see."""
    path = it.path("loose.db")
    shutil.copy(os.path.join(it.data, "registrar.db"), path)
    db = sqlite3.connect(path)
    db.execute("PRAGMA secure_delete = OFF")
    db.execute("DELETE FROM upload")
    db.execute("UPDATE correspondence SET words = ''")
    db.execute("UPDATE subject_request SET words = ''")
    db.commit()
    db.close()
    with open(path, "rb") as file:
        text = file.read()
    gone = [where for marker, where in GIVEN.items() if isinstance(marker, str)
            and where in ("upload.bytes", "correspondence.words", "subject_request.words")
            and marker.encode() in text]
    tap.ok(gone, "control: deleted without overwriting and packing, pieces are found in free pages",
           gone)


def names(key):
    """What people call files in the folder is theirs to say."""
    folder, back, path = it.path("named"), it.path("named.back"), it.path("named.backup")
    shutil.copytree(it.data, folder, ignore=lambda _, all: [n for n in all if n.endswith("sock")])
    kept = ["settings.ini~", "badge design (2).ini", " lévis.png"]
    for name in kept:
        with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
            out.write(name)
    it.run(it.registrar_path, "backup", "--data", folder, "--out", path, "--key-file", key)
    it.run(it.registrar_path, "restore", "--in", path, "--key-file", key, "--data", back)
    texts = []
    for name in kept:
        with open(os.path.join(back, name), encoding="utf-8") as file:
            texts.append(file.read())
    tap.equal(texts, kept, "a backup with an editor's copy and names with spaces in it comes back")
    with open(os.path.join(folder, "two\nlines"), "w", encoding="utf-8") as out:
        out.write("x")
    it.run(it.registrar_path, "backup", "--data", folder, "--out", path + "2", "--key-file", key, code=1)
    tap.ok("Rename it" in it.said and not os.path.exists(path + "2"),
           "what could not come back is said when the backup is made", it.said)


def backups(key, old):
    one = it.path("one.backup")
    it.registrar("backup", "--out", one, "--key-file", key)
    with open(one, "rb") as file:
        whole = file.read()

    def refused(name, data, words, use=key):
        path = it.path(name)
        with open(path, "wb") as out:
            out.write(data)
        it.run(it.registrar_path, "restore", "--in", path, "--key-file", use, "--data", it.path("no"),
               code=1)
        tap.ok(words in it.said and not os.path.exists(it.path("no"))
               and not os.path.exists(it.path("no.restoring")), f"a backup that {name} is refused, and "
               "nothing is left", it.said)

    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    refused("was changed", bytes(changed), "it was changed")
    refused("is cut off", whole[:len(whole) // 2], "cut off")
    refused("lacks its last byte", whole[:-1], "cut off")
    # Cut exactly between two chunks: only the final tag tells.
    first = whole.index(b"\n") + 1 + 24
    refused("ends between two chunks", whole[:first + 65536 + 17], "cut off")
    refused("goes on behind its end", whole + b"x", "goes on behind its end")
    other = it.path("other.key")
    it.registrar("backup", "--new-key", other)
    refused("was made with another key", whole, "another key", use=other)
    later(36, "backup", "--prune", os.path.dirname(one))
    tap.ok(not os.path.exists(one) and os.path.exists(key), "a backup whose term is over is removed, other "
                                                            "files stay")
    tap.ok(not os.path.exists(old), "the older one too")


def main():
    it.init()
    check_inventory()
    person = store("SELECT n.id FROM person n JOIN accreditation x ON x.person_id = n.id JOIN registration r "
                   "ON r.accreditation_id = x.id JOIN pass p ON p.registration_id = r.id "
                   "WHERE n.photo IS NOT NULL ORDER BY n.id LIMIT 1")[0][0]
    email = fill(person)
    tap.equal(sorted(set(GIVEN.values()) - set(found(it.data))), [], "before: each marker is found")
    told(email, person)
    control()
    key, old = it.path("backup.key"), it.path("old.backup")
    it.registrar("backup", "--new-key", key)
    it.registrar("backup", "--out", old, "--key-file", key)
    export_and_verify("journal-before")
    before = head_of(os.path.join(it.data, "registrar.db"))
    counts = "SELECT count(*), count(DISTINCT accreditation_id), sum(state = 'confirmed') FROM registration"
    people, passes = store(counts), store("SELECT id FROM pass ORDER BY id")

    held = store("SELECT email FROM person WHERE id <> ? ORDER BY id LIMIT 1", person)[0][0]
    hold = it.registrar("hold place", "--person", held, "--reason", "A matter before the court").split()[1]
    due = later(900, "purge", "--dry-run")
    tap.ok("a hold covers 1 people" in due and " person:" in due, "a dry run says what is due, and that a "
                                                                  "hold covers somebody", due)
    os.makedirs(os.path.join(it.data, "mail"), exist_ok=True)
    with open(os.path.join(it.data, "mail", "99999.eml"), "w", encoding="utf-8", newline="") as out:
        out.write(f"From: <a@b.example>\r\nTo: <{email}>\r\nSubject: x\r\n\r\nx\r\n")
    receipt = json.loads(later(900, "purge"))
    tap.equal(found(it.data), [], "after the purge no file of the data folder has any of it: store, free "
                                  "pages, WAL, receipts, mails in files")
    tap.equal(store(counts), people, "who was there is counted as before, without a name")
    tap.equal(store("SELECT id FROM pass ORDER BY id"), passes, "and each pass by its number")
    tap.equal(store("SELECT email FROM person WHERE purged IS NULL"), [(held,)],
              "whom a hold covers is there whole")
    ended = [row["rule"] for row in receipt["destroyed"]]
    tap.ok({"person", "photo", "proof", "pass", "journal"} <= set(ended) and receipt["kind"] == "term",
           "the receipt says what kinds, how many, under which rule", ended)
    tap.ok(email not in json.dumps(receipt), "and names nobody")
    row = store("SELECT d.detail FROM log_detail d JOIN log_entry e USING (log_id, seq) "
                "WHERE e.reason = 'records-purged'")[0][0]
    digest = store("SELECT lower(hex(digest)) FROM purge")[0][0]
    tap.ok(digest in row, "its digest stands in the journal")
    export_and_verify("journal-after")
    after = head_of(os.path.join(it.data, "registrar.db"))
    tap.ok(after[:len(before)] == before and len(after) > len(before),
           "no entry of the journals changed, and they verify as before")
    tap.ok("nothing was past" in later(900, "purge"), "a second purge finds nothing")

    it.registrar("hold lift", hold, "--reason", "The matter is closed")
    later(900, "purge")
    tap.equal(store("SELECT count(*) FROM person WHERE purged IS NULL"), [(0,)],
              "once the hold is lifted the rest goes")

    again = it.path("again")
    it.run(it.registrar_path, "restore", "--in", old, "--key-file", key, "--data", again, "--receipts",
           os.path.join(it.data, "receipts"))
    tap.equal(found(again), [], "an older backup that is put back: who was purged since is purged again")
    there = it.path("there")
    it.run(it.registrar_path, "restore", "--in", old, "--key-file", key, "--data", there)
    tap.ok("whoever was erased" in it.said and "person.name" in found(there),
           "control: without the receipts they are back, and that is said", it.said)
    it.run(it.registrar_path, "journal", "verify", "--data", there)
    tap.equal(query(os.path.join(there, "registrar.db"),
                    "SELECT count(*) FROM log WHERE gate_id IS NULL"), [(2,)],
              "what was put back begins a new epoch of the journal")
    names(key)
    backups(key, old)
    shutil.rmtree(it.data)
    erase_and_serve(key)


def aged_look():
    store("INSERT INTO view_log (at, last, staff, role, what, why) VALUES (1, 1, 'admin', "
          "'administrator', 'list', 'asked')")


def pages():
    """What administrators see and do, and how the desk carries out a request."""
    person, name = store("SELECT id, name FROM person WHERE purged IS NULL ORDER BY id DESC LIMIT 1")[0]
    email = store("SELECT email FROM person WHERE id = ?", person)[0][0]
    store("INSERT INTO subject_request (reference, person_id, kind, state, words, created, due) VALUES "
          "('D-TEST-9999', ?, 'disposal', 'waiting', 'All of it', ?, ?)", person, NOW, NOW + 30 * DAY)
    aged_look()
    admin = people.staff(it, "admin")
    page = admin.get("/staff/records")
    tap.ok("1 records are past their term" in page.text, "a page says what is due", page.text[:2000])
    done = admin.submit(page.form("/staff/records/holds"), {
        "scope": "person", "what": "nobody@marked.example", "reason": "x"})
    tap.ok(done.status == 422 and "Nobody has this e-mail address" in done.text,
           "a hold on nobody is refused at its field", done.text[:500])
    admin.submit(admin.get("/staff/records").form("/staff/records/holds"), {
        "scope": "person", "what": email, "reason": "A matter before the court", "until": ""})
    page = admin.get("/staff/records")
    tap.ok(name in page.text and "A matter before the court" in page.text, "a hold stands on the page",
           page.text[:2000])
    desk = people.staff(it, "admin")
    held = desk.get("/staff/requests/D-TEST-9999/erase")
    tap.ok("A legal hold covers this person" in held.text and "Destroy all of it" not in held.text,
           "an erasure under a hold is not offered", held.text[:2000])
    admin.submit(admin.get(page.link("/lift")).form("/lift"), {"words": "The matter is closed"})
    confirm = admin.get("/staff/records/purge")
    tap.ok("Destroy 1 records?" in confirm.text and "1: Who of the staff opened your file" in confirm.text,
           "a purge is confirmed with its numbers", confirm.text[:2000])
    admin.submit(confirm.form("/staff/records/purge"), {})
    tap.ok(wait(lambda: not store("SELECT 1 FROM view_log WHERE last = 1")), "and carried out")
    number = wait(lambda: store("SELECT max(id) FROM purge WHERE ended IS NOT NULL"))[0][0]
    receipt = admin.get(f"/staff/records/receipts/{number}")
    tap.ok("pressgate-purge/v1" in receipt.text, "its receipt is a page", receipt.text[:500])
    preview = desk.get("/staff/requests/D-TEST-9999/erase")
    tap.ok("What stays, and why" in preview.text, "an erasure shows what goes and what stays",
           preview.text[:2000])
    archive = desk.request("GET", "/staff/requests/D-TEST-9999/records.zip")
    tap.ok(archive.body[:2] == b"PK" and b"data.json" in archive.body, "a person's records as a ZIP")
    wait(lambda: "now. The receipt" not in admin.get("/staff/records").text)
    desk.submit(preview.form("/erase"), {"words": "All of it is gone."})
    tap.ok(wait(lambda: store("SELECT 1 FROM person WHERE id = ? AND purged IS NOT NULL", person)),
           "the erasure is carried out")
    tap.equal(store("SELECT state FROM subject_request WHERE reference = 'D-TEST-9999'"), [("done",)],
              "and the request is answered")


def erase_and_serve(key):
    it.init()
    email, person = store("SELECT n.email, n.id FROM person n JOIN accreditation x ON x.person_id = n.id "
                          "JOIN registration r ON r.accreditation_id = x.id JOIN conference c ON c.id = "
                          "r.conference_id WHERE r.state = 'confirmed' AND c.ends > ? ORDER BY n.id",
                          NOW + DAY)[0]
    name = store("SELECT name FROM person WHERE id = ?", person)[0][0]
    it.registrar("hold place", "--person", email, "--reason", "A matter before the court")
    it.registrar("subject erase", email, "--words", "Gone", code=1)
    tap.ok("legal hold" in it.said and store("SELECT count(*) FROM registration r JOIN accreditation x ON "
           "x.id = r.accreditation_id WHERE x.person_id = ? AND r.state = 'confirmed'", person)[0][0] > 0,
           "a hold stops an erasure before anything is cancelled", it.said)
    it.registrar("hold lift", "1", "--reason", "Closed")
    aged_look()
    store("INSERT INTO application (reference, state, email, name, outlet, class, proof, created) VALUES "
          "('A-DRAFT-1', 'draft', ?, ?, 'The Lantern', 1, 'of my own', ?)", email, name, NOW)
    it.start()
    try:
        tap.ok(wait(lambda: store("SELECT 1 FROM purge WHERE made_by = 'daily' AND ended IS NOT NULL"))
               and wait(lambda: store("SELECT 1 FROM meta WHERE key = 'purge_daily'"))
               and not store("SELECT 1 FROM view_log WHERE last = 1"),
               "the rules are carried out daily by serve, with a receipt")
        live = it.path("live.backup")
        it.registrar("backup", "--out", live, "--key-file", key)
        tap.ok(os.path.getsize(live) > 100000, "a backup is made while it serves")
        it.registrar("subject erase", email, "--words", "All of it is gone.")
        tap.equal(store("SELECT name FROM person WHERE id = ?", person), [("purged person",)],
                  "a person is erased on request, while it serves")
        tap.equal(store("SELECT count(*) FROM registration r JOIN accreditation x ON x.id = "
                        "r.accreditation_id JOIN pass p ON p.registration_id = r.id WHERE x.person_id = ? "
                        "AND p.state = 'active' AND r.conference_id IN (SELECT id FROM conference WHERE "
                        "ends > ?)", person, NOW), [(0,)], "the passes were revoked")
        tap.ok(wait(lambda: any("All of it is gone." in text for _, text in it.mails(email))),
               "the person is told", it.mails(email))
        tap.ok(wait(lambda: not store("SELECT 1 FROM outbox WHERE recipient = ?", email)),
               "and the address goes with the last mail")
        pages()
    finally:
        it.stop()
    for file in os.listdir(os.path.join(it.data, "mail")):
        os.remove(os.path.join(it.data, "mail", file))
    GIVEN.clear()
    GIVEN[email], GIVEN[name] = "person.email", "person.name"
    tap.equal(found(it.data), [], "nothing else names the person")


try:
    tap.run(main)
finally:
    it.close()
