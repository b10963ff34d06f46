#!/usr/bin/python3
"""A pass over a real `registrar serve`: its page, pictures, paper and worker, in both languages, for
its holder and nobody else; and the wallets of phones, offered only where they are set up, signed by
an authority of the test's own and judged by openssl and python3-cryptography.

Usage: pass.py BUILD [apple] [google]: the wallets it was built with
"""
import base64
import hashlib
import io
import json
import os
import re
import subprocess
import sys
import urllib.parse
import zipfile

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import padding

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import people  # noqa: E402
from programs import Programs  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
it = Programs(os.path.abspath(sys.argv[1]))
store = it.store
BUILT = sys.argv[2:]
TODAY = "today-harbour-street"
ANA, BO = "ana.ferreira@lumen.example", "siobhan@riverlight.example"
ALPHABET = dict(zip("ABCDEFGHIJKLMNOPQRSTUVWXYZ", (
    "Alfa Bravo Charlie Delta Echo Foxtrot Golf Hotel India Juliett Kilo Lima Mike November Oscar "
    "Papa Quebec Romeo Sierra Tango Uniform Victor Whiskey X-ray Yankee Zulu").split()))
DIGITS = {"en": "zero one two three four five six seven eight nine".split(),
          "fr": "zéro un deux trois quatre cinq six sept huit neuf".split()}


def read_code(picture):
    """What zbar sees in a PNG."""
    done = subprocess.run(["zbarimg", "-q", "--raw", "-S*.disable", "-Sqrcode.enable", picture],
                          capture_output=True, text=True, check=False)
    return done.stdout.strip()


def save(name, body):
    path = it.path(name)
    with open(path, "wb") as out:
        out.write(body)
    return path


def paper(body, name):
    """A PDF at 150 dots an inch, and its words."""
    path = save(name + ".pdf", body)
    subprocess.run(["pdftoppm", "-r", "150", "-png", "-singlefile", path, it.path(name)],
                   check=True)
    words = subprocess.run(["pdftotext", "-layout", path, "-"], capture_output=True, text=True,
                           check=True).stdout
    size = subprocess.run(["pdfinfo", path], capture_output=True, text=True, check=True).stdout
    return it.path(name + ".png"), re.sub(r"\s+", " ", words), size


def in_words(code, language):
    words = [DIGITS[language][int(c)] if c.isdigit() else ALPHABET[c] for c in code]
    return " ".join(words[:4]) + ", " + " ".join(words[4:])


# ---- the page and its files ----

def page(ana, path, code, text):
    shown = ana.get(path)
    body = shown.body.decode()
    tap.ok(shown.status == 200 and f"{code[:4]}-{code[4:]}" in shown.text, "the page shows the code")
    tap.ok(in_words(code, "en") in shown.text, "and says it in words", in_words(code, "en"),
           shown.text)
    for words in ("brightness", "What to bring", "Doors open", "Place", "Print the pass"):
        tap.ok(words in shown.text, f"the page says: {words}")
    policy = shown.headers["Content-Security-Policy"]
    tap.ok("worker-src 'self'" in policy and "script-src 'self'" in policy and
           "unsafe" not in policy, "the policy lets our own worker run and nothing else", policy)
    tap.ok("no-store" in shown.headers["Cache-Control"], "the browser's cache keeps none of it")
    tap.ok(re.search(r'id="pass-copy" hidden', body), "a fresh page does not say that it is a copy")
    french = ana.get(path + "?lang=fr")
    tap.ok('lang="fr"' in french.body.decode() and in_words(code, "fr") in french.text and
           "luminosité" in french.text, "in French, too", in_words(code, "fr"), french.text)
    png = ana.get(path + "/pass.png")
    tap.equal(read_code(save("pass.png", png.body)), text, "the picture is the pass")
    for suffix in ("pass.png", "pass.svg", "pass.pdf"):
        shown = ana.get(f"{path}/{suffix}")
        tap.ok(shown.status == 200 and "no-store" in shown.headers["Cache-Control"],
               f"{suffix} is for its holder and kept by no cache")


def sheet(ana, path, code, text):
    for language, words in (("en", ["Press pass", "Ana", "At the door", "Doors open"]),
                            ("fr", ["Laissez-passer de presse", "Ana", "À la porte"])):
        ana.get(path + "?lang=" + language)
        answer = ana.get(path + "/pass.pdf")
        tap.equal(answer.kind, "application/pdf", f"the sheet in {language} is a PDF")
        picture, said, size = paper(answer.body, "sheet-" + language)
        tap.equal(read_code(picture), text, "its code reads at 150 dots an inch")
        for one in words + [f"{code[:4]}-{code[4:]}"]:
            tap.ok(one in said, f"it says: {one}", said)
        tap.ok(all(word in said for word in in_words(code, language).split()),
               "and the code in words")
        tap.ok("612 x 792" in size and re.search(r"Pages:\s+1\n", size), "one page of letter size",
               size)
    ana.get(path + "?lang=en")


def worker(ana, path):
    for who, browser in (("its holder", ana), ("a browser that is signed out", it.browser())):
        answer = browser.request("GET", path + "/worker.js")
        tap.ok(answer.status == 200 and answer.kind.endswith("javascript"),
               f"the worker's script is there for {who}", answer.status, answer.kind)
        tap.equal(answer.headers["Service-Worker-Allowed"], path,
                  "and may watch over this registration alone")


def strangers(path):
    bo, nobody = people.reporter(it, BO), it.browser()
    for suffix in ("", "/pass.png", "/pass.svg", "/pass.pdf", "/pass.pkpass", "/google-wallet"):
        tap.equal(bo.request("GET", path + suffix).status, 404,
                  f"another person does not find …{suffix}")
        answer = nobody.request("GET", path + suffix)
        tap.ok(answer.status == 303 and answer.headers["Location"] == "/sign-in",
               f"nobody signed out gets …{suffix}", answer.status)


def any_script(ana, path, text):
    """Names that a narrow font does not have are drawn, and the code beside them still reads."""
    names = ["李小龍 Bruce", "محمد بن راشد", "אברהם שלום", "Владимир Короленко", "अमृता शेरगिल",
             "Nguyễn Thị Minh Khai", "山田 太郎", "김철수", "Ζωή Παπαδοπούλου", "สมชาย ใจดี", "W" * 200,
             "e\u0301" * 100, "አበበ ቢቂላ"]
    kept = store("SELECT name FROM person WHERE email = ?", ANA)[0][0]
    for number, name in enumerate(names):
        store("UPDATE person SET name = ? WHERE email = ?", name, ANA)
        answer = ana.get(path + "/pass.pdf")
        picture, _, _ = paper(answer.body, f"name-{number}")
        fonts = subprocess.run(["pdffonts", it.path(f"name-{number}.pdf")], capture_output=True,
                               text=True, check=True).stdout
        tap.ok(read_code(picture) == text and fonts.count("yes yes") >= 2,
               f"a sheet for {name[:20]}", fonts)
    store("UPDATE person SET name = ? WHERE email = ?", kept, ANA)


# ---- wallets ----

def openssl(*words):
    return subprocess.run(["openssl", *words], capture_output=True, check=False)


def authority():
    """A made-up authority, its intermediate, and a signer of passes, as Apple has them."""
    made = {}
    for name, above in (("root", None), ("above", "root"), ("signer", "above")):
        key, crt, csr, ext = (it.path(f"{name}.{end}") for end in ("key", "crt", "csr", "ext"))
        with open(ext, "w", encoding="ascii") as out:
            out.write("basicConstraints=critical,CA:%s\n" % ("FALSE" if name == "signer" else "TRUE"))
            if name == "signer":
                out.write("extendedKeyUsage=emailProtection\n")
        openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-subj", f"/CN=Made-up {name}",
                "-keyout", key, "-out", csr)
        by = ["-signkey", key] if not above else ["-CA", it.path(above + ".crt"), "-CAkey",
                                                  it.path(above + ".key"), "-CAcreateserial"]
        openssl("x509", "-req", "-in", csr, "-days", "2", "-extfile", ext, "-out", crt, *by)
        made[name] = (key, crt)
    return made


def configure(made, wallets):
    """Adds [wallet] to the settings, and starts with it."""
    lines = {"apple": ["apple-pass-type = pass.example.lakemount.press", "apple-team = A1B2C3D4E5",
                       f"apple-certificate = {made['signer'][1]}", f"apple-key = {made['signer'][0]}",
                       f"apple-intermediate = {made['above'][1]}"],
             "google": ["google-issuer = 3388000000022000000", "google-class = press-pass",
                        "google-account = wallet@press.example", f"google-key = {made['root'][0]}"]}
    path = os.path.join(it.data, "settings.ini")
    with open(path, encoding="utf-8") as file:
        before = file.read().split("\n[wallet]")[0]
    with open(path, "w", encoding="utf-8") as out:
        out.write(before + "\n[wallet]\n" + "\n".join(sum((lines[w] for w in wallets), [])) + "\n")


def apple(ana, path, code, text, made):
    answer = ana.get(path + "/pass.pkpass")
    tap.ok(answer.kind == "application/vnd.apple.pkpass" and
           "pass.pkpass" in answer.headers["Content-Disposition"], "a .pkpass is offered for saving")
    files = zipfile.ZipFile(io.BytesIO(answer.body))
    tap.ok(files.testzip() is None and set(files.namelist()) == {
        "pass.json", "manifest.json", "signature", "icon.png", "icon@2x.png", "icon@3x.png"},
        "it is a ZIP of what a pass is made of", files.namelist())
    manifest = json.loads(files.read("manifest.json"))
    tap.equal(manifest, {name: hashlib.sha1(files.read(name)).hexdigest()
                         for name in files.namelist() if name not in ("manifest.json", "signature")},
              "the manifest has the SHA-1 of each")
    shown = json.loads(files.read("pass.json"))
    tap.ok(shown["formatVersion"] == 1 and shown["barcodes"][0]["message"] == text and
           shown["barcodes"][0]["altText"] == f"{code[:4]}-{code[4:]}" and
           shown["teamIdentifier"] == "A1B2C3D4E5", "pass.json has the code and the issuer", shown)
    tap.equal(files.read("icon@2x.png")[16:24].hex(), "0000003a0000003a", "the icon is 58 pixels wide")
    signature, signed = save("signature", files.read("signature")), save(
        "manifest.json", files.read("manifest.json"))

    def verify(content, root=made["root"][1]):
        return openssl("cms", "-verify", "-binary", "-inform", "DER", "-in", signature, "-content",
                       content, "-CAfile", root, "-out", "/dev/null")
    good = verify(signed)
    tap.ok(good.returncode == 0, "openssl cms -verify: the signature holds", good.stderr.decode())
    other = save("other.json", files.read("manifest.json").replace(b"icon.png", b"icon.pnG"))
    tap.ok(verify(other).returncode != 0, "and does not for another manifest")
    tap.ok(verify(signed, made["signer"][1]).returncode != 0, "nor under another authority")
    printed = openssl("cms", "-cmsout", "-print", "-inform", "DER", "-in", signature).stdout
    tap.ok(b"signingTime" in printed and b"eContent: <ABSENT>" in printed,
           "it is detached and says when it was made")


def google(ana, path, code, text, made):
    answer = ana.request("GET", path + "/google-wallet")
    url = answer.headers["Location"] or ""
    tap.ok(answer.status == 303 and url.startswith("https://pay.google.com/gp/v/save/"),
           "the link leads to where the pass is added", answer.status, url)
    tap.ok(len(url) < 4096, "and is short enough for a browser", len(url))
    head, body, sign = url.rsplit("/", 1)[1].split(".")

    def decode(part):
        return base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    with open(made["root"][0], "rb") as file:
        key = serialization.load_pem_private_key(file.read(), None).public_key()

    def holds(signed):
        try:
            key.verify(decode(sign), signed.encode(), padding.PKCS1v15(), hashes.SHA256())
            return True
        except Exception:
            return False
    tap.ok(holds(f"{head}.{body}"), "the JWT's signature holds (RS256)")
    tap.ok(not holds(f"{head}.{body[:-1]}{'A' if body[-1] != 'A' else 'B'}"),
           "and does not for another claim")
    claims, header = json.loads(decode(body)), json.loads(decode(head))
    one = claims["payload"]["genericObjects"][0]
    tap.ok(header == {"alg": "RS256", "typ": "JWT"} and claims["aud"] == "google" and
           claims["typ"] == "savetowallet" and claims["iss"] == "wallet@press.example" and
           one["barcode"]["value"] == text and one["classId"] == "3388000000022000000.press-pass" and
           one["barcode"]["alternateText"] == f"{code[:4]}-{code[4:]}", "it names the pass", claims)


def not_built(made):
    """Settings that ask for a wallet the program does not have are refused with what to do."""
    path = os.path.join(it.data, "settings.ini")
    with open(path, encoding="utf-8") as file:
        whole = file.read()
    it.stop()
    for wallet in {"apple", "google"}.difference(BUILT):
        configure(made, [wallet])
        it.registrar("serve", code=1)
        tap.ok(f"-Dwallet_{wallet}=enabled" in it.said, f"{wallet} is asked for, and not built",
               it.said)
    with open(path, "w", encoding="utf-8") as out:
        out.write(whole)
    it.start()


def wallets(ana, path, code, text):
    made = authority()
    names = {"apple": ("Add to Apple Wallet", "/pass.pkpass"),
             "google": ("Add to Google Wallet", "/google-wallet")}
    if BUILT != ["apple", "google"]:
        not_built(made)
        return
    for those in ([], ["apple"], ["google"], ["apple", "google"]):
        if those:
            it.stop()
            configure(made, those)
            it.start()
        shown = ana.get(path).text
        for wallet, (words, suffix) in names.items():
            tap.equal(words in shown, wallet in those,
                      f"with {those or 'none'} set up, the page offers {wallet} or does not")
            if wallet not in those:
                tap.equal(ana.request("GET", path + suffix).status, 404, f"{suffix} is not there")
    apple(ana, path, code, text, made)
    google(ana, path, code, text, made)
    os.rename(made["signer"][0], made["signer"][0] + ".gone")
    answer = ana.request("GET", path + "/pass.pkpass")
    with open(it.path("serve.log"), encoding="utf-8") as file:
        said = file.read()
    tap.ok(answer.status == 500 and "signer.key" in said and "BEGIN" not in said,
           "without its key a pass is a fault of ours that names the file", answer.status)
    os.rename(made["signer"][0] + ".gone", made["signer"][0])
    unset()


def unset():
    """A wallet that is half set up stops the start, with what to do."""
    path = os.path.join(it.data, "settings.ini")
    with open(path, encoding="utf-8") as file:
        whole = file.read()
    it.stop()
    for lost in ("apple-key", "google-class"):
        with open(path, "w", encoding="utf-8") as out:
            out.write(re.sub(rf"(?m)^{lost} = .*\n", "", whole))
        it.registrar("serve", code=1)
        tap.ok(lost in it.said and "Add it" in it.said, f"settings without {lost} are refused",
               it.said)
    with open(path, "w", encoding="utf-8") as out:
        out.write(whole)
    it.start()


# ---- the end of a pass ----

def end(ana, path):
    shown = ana.get(path + "/cancel")
    ana.submit(shown.form("/cancel$"))
    shown = ana.get(path)
    tap.ok("data-pass-worker" not in shown.body.decode() and
           re.search(r'src="/assets/pass\.[0-9a-f]+\.js"', shown.body.decode()),
           "a cancelled registration shows no pass, and has its copy forgotten")
    for suffix in ("/pass.png", "/pass.svg", "/pass.pdf", "/pass.pkpass", "/google-wallet"):
        tap.equal(ana.request("GET", path + suffix).status, 404, f"{suffix} is gone")
    answer = ana.request("POST", "/sign-out", body=urllib.parse.urlencode({"csrf": re.search(
        r'name="csrf" value="([^"]+)"', shown.body.decode()).group(1)}), headers={
            "Content-Type": "application/x-www-form-urlencoded",
            "Origin": f"http://127.0.0.1:{it.port}", "Sec-Fetch-Site": "same-origin"})
    tap.equal(answer.headers["Clear-Site-Data"], '"storage"',
              "who signs out has the browser forget what was kept")


def body():
    try:
        it.init()
        it.start()
        ana = people.reporter(it, ANA)
        found = store("SELECT r.reference, p.code, p.qr FROM registration r JOIN pass p ON "
                      "p.registration_id = r.id JOIN accreditation a ON a.id = r.accreditation_id "
                      "JOIN person q ON q.id = a.person_id "
                      "JOIN conference c ON c.id = r.conference_id WHERE q.email = ? AND c.slug = ? AND "
                      "p.state = 'active'", ANA, TODAY)
        reference, code, text = found[0]
        path = f"/registrations/{reference}"
        page(ana, path, code, text)
        sheet(ana, path, code, text)
        worker(ana, path)
        strangers(path)
        any_script(ana, path, text)
        wallets(ana, path, code, text)
        end(ana, path)
    finally:
        it.close()


tap.run(body)
