"""sealed.py BUILD: the real programs: what lies in a gate's folder names nobody; an officer's PIN, or
passphrase, opens it without a network; what is recorded there is read at the registrar."""
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import shapes  # noqa: E402
from programs import Programs  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
it = Programs(sys.argv[1])
WORDS = "Smoke in the gallery of the harbour"
PHRASE = "river lantern copper ninety"


def found_in(folder, words):
    """Which of the words stand in any file of a folder."""
    return {word for _, word in shapes.found(folder, words)}


def scan(slug, *texts, officer=None, pin=None):
    options = ["--offline"]
    if officer:
        path = it.path("a-pin")
        with open(path, "w", encoding="utf-8") as file:
            file.write(pin + "\n")
        options += ["--officer", officer, "--pin-file", path]
    return it.scan("north", slug, *texts, options=options)


def main():
    it.init()
    it.start()
    slug = it.conferences()[0]["slug"]
    rows = [p for p in it.export("passes", slug) if p["status"] == "confirmed"]
    people = {p["person"] for p in rows} | {p["outlet"] for p in rows}
    it.enrol("north")
    it.registrar("restrict add", "--conference", slug, "--words", WORDS)
    it.gate("north", "sync", "--once")
    shown = scan(slug, rows[0]["qr"], "a text of nobody in particular", officer="officer1",
                 pin=it.password)
    tap.ok(shown[0]["name"] == rows[0]["person"] and WORDS in shown[0]["words"],
           "signed in: the name and the Service's words", shown[0])
    dark = scan(slug, rows[1]["qr"])[0]
    tap.ok(dark["reason"] == "restricted" and dark["name"] is None and dark["outlet"] is None
           and WORDS not in dark["words"], "nobody signed in: decided, and no name", dark)
    tap.ok("nobody is signed in" in it.said, "which is said once", it.said)
    secrets = people | {WORDS, "a text of nobody in particular"}
    tap.equal(found_in(it.path("north"), secrets), set(), "no file of the gate has any of it")
    tap.equal(found_in(it.data, people | {WORDS}), people | {WORDS},
              "control: the same look finds all of it in the registrar's folder")
    it.gate("north", "sync", "--once")
    kept = "\n".join(detail for detail, in it.store("SELECT detail FROM log_detail"))
    tap.ok("a text of nobody in particular" in kept and rows[0]["person"] in kept,
           "the registrar reads what was recorded")

    with open(it.path("phrase"), "w", encoding="utf-8") as file:
        file.write(PHRASE + "\n")
    os.chmod(it.path("phrase"), 0o600)
    it.registrar("staff pin", "officer1", "--pin-file", it.path("phrase"))
    it.gate("north", "sync", "--once")
    it.stop()
    tap.equal(scan(slug, rows[2]["qr"], officer="officer1", pin=PHRASE)[0]["name"],
              rows[2]["person"], "a passphrase set later opens lists fetched anew, offline")
    with open(it.path("a-pin"), "w", encoding="utf-8") as file:
        file.write(it.password + "\n")
    it.gate("north", "scan", "--conference", slug, "--offline", "--officer", "officer1",
            "--pin-file", it.path("a-pin"), text="x\n", code=1)
    tap.ok("no officer has this name" in it.said, "and the old PIN does not", it.said)
    tap.equal(found_in(it.path("north"), secrets), set(), "still no file has any of it")


try:
    tap.run(main)
finally:
    it.close()
