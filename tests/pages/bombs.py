#!/usr/bin/python3
"""Files made to do harm, sent as the photograph and as proof by the pages of an application.

The server goes on answering everybody else, takes no memory for them, and what it keeps of a
photograph is the picture alone.

Usage: bombs.py BUILD
"""
import io
import os
import random
import re
import signal
import struct
import sys
import threading
import time
import zipfile
import zlib

from PIL import Image

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
import applying  # noqa: E402
from browser import multipart  # noqa: E402
from programs import Programs  # noqa: E402
from tap import Tap  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
tap = Tap()
it = Programs(BUILD)

PLACE, CAMERA = b"Harbour Street 12", b"Lantern Camera 7"
CHILD_SECONDS = 5          # of processor time that a decoding may take
MEMORY_KB = 64 * 1024      # that the server may grow by, whatever is sent
SLOWEST = 4.0              # seconds to an answer for somebody else, on a busy machine
rng = random.Random(4)


# ---- files ----

def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width, height, idat, extra=b"", colour=0):
    head = struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + extra + chunk(b"IDAT", idat) + \
        chunk(b"IEND", b"")


def zeros(count):
    """A zlib stream of so many zero bytes, which is made without deflating them all."""
    piece = 10 ** 7
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(b"\0" * piece) + packer.flush(zlib.Z_FULL_FLUSH)
    last = zlib.compressobj(9, zlib.DEFLATED, -15)
    rest = last.compress(b"\0" * (count % piece)) + last.flush()
    return b"\x78\xda" + block * (count // piece) + rest + \
        struct.pack(">I", (count % 65521) << 16 | 1)


def png_bomb():
    return png(30000, 30000, zeros(30001 * 30000))


def small_png(extra=b"", side=64):
    row = b"\0" + b"\xc0\x80\x60" * side
    return png(side, side, zlib.compress(row * side), extra, 2)


def text_bomb():
    """Text chunks: one of 3 MB as it stands, and many that unpack to 60 MB each."""
    plain = chunk(b"tEXt", b"Comment\0" + PLACE * 200000)
    packed = chunk(b"zTXt", b"Comment\0\0" + zeros(60 * 10 ** 6))
    return small_png(packed * 10 + chunk(b"tEXt", b"Comment\0" + PLACE)), small_png(plain)


def jpeg(width=800, height=1000, mode="RGB", **options):
    image = Image.effect_noise((width, height), 40).convert(mode)
    out = io.BytesIO()
    image.save(out, "JPEG", quality=80, **options)
    return out.getvalue()


def scan_bomb(scans=1000):
    """A progressive JPEG whose last scan stands in it a thousand times."""
    data = jpeg(1600, 1600, progressive=True)
    last = data.rindex(b"\xff\xda")
    return data[:-2] + data[last:-2][:4000] * (scans - 10) + b"\xff\xd9"


def with_place(progressive=False):
    exif = Image.Exif()
    exif[0x010F] = CAMERA.decode()
    exif[0x8825] = {1: "N", 2: (43.0, 39.0, 12.0), 3: "W", 4: (79.0, 23.0, 0.0),
                    27: PLACE}
    xmp = b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta>" + PLACE + b"</x:xmpmeta>"
    data = jpeg(exif=exif.tobytes(), progressive=progressive)
    segment = b"\xff\xe1" + struct.pack(">H", len(xmp) + 2) + xmp
    comment = b"\xff\xfe" + struct.pack(">H", len(PLACE) + 2) + PLACE
    iptc = b"\xff\xed" + struct.pack(">H", len(PLACE) + 16) + b"Photoshop 3.0\0" + PLACE
    return data[:2] + segment + comment + iptc + data[2:]


def polyglot():
    """A JPEG that is a ZIP as well, with a page and a script in both halves."""
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("run.html", "<script>alert(1)</script>")
    page = b"<html><script>alert('polyglot')</script></html>"
    comment = b"\xff\xfe" + struct.pack(">H", len(page) + 2) + page
    data = jpeg()
    return data[:2] + comment + data[2:] + page + packed.getvalue()


PDF_SCRIPT = (b"%PDF-1.4\n1 0 obj<</Type/Catalog/OpenAction<</S/JavaScript/JS(app.alert\\(1\\))>>>>"
              b"endobj\n<script>alert('polyglot')</script>\n%%EOF\n")


# ---- what the server does meanwhile ----

def status_kb(name):
    with open(f"/proc/{it.server.pid}/status", encoding="utf-8") as file:
        return next(int(line.split()[1]) for line in file if line.startswith(name + ":"))


def seconds():
    """Processor time: of the server itself, and of the children that it has waited for."""
    with open(f"/proc/{it.server.pid}/stat", encoding="utf-8") as file:
        fields = [int(x) for x in file.read().rsplit(")", 1)[1].split()[11:15]]
    tick = os.sysconf("SC_CLK_TCK")
    return (fields[0] + fields[1]) / tick, (fields[2] + fields[3]) / tick


class Others:
    """Somebody else who reads pages until told to stop; how long the slowest answer took."""

    def __init__(self):
        self.answers, self.slowest, self.failed, self.over = 0, 0.0, [], False
        self.thread = threading.Thread(target=self.read)

    def read(self):
        browser = it.browser(source="127.0.0.9")
        while not self.over:
            begin = time.monotonic()
            try:
                if browser.request("GET", "/").status != 200:
                    self.failed.append("status")
            except OSError as error:
                self.failed.append(error)
            self.answers += 1
            self.slowest = max(self.slowest, time.monotonic() - begin)
            time.sleep(0.02)

    def __enter__(self):
        self.thread.start()
        return self

    def __exit__(self, *_):
        time.sleep(0.1)
        self.over = True
        self.thread.join()

    def well(self):
        return self.answers > 0 and not self.failed and self.slowest < SLOWEST


def measured(name, send):
    """Sends a bomb; the page after it, with what it cost checked."""
    grown, (own, children) = status_kb("VmHWM"), seconds()
    with Others() as others:
        page = send()
    grown = status_kb("VmHWM") - grown
    own, children = (after - before for after, before in zip(seconds(), (own, children)))
    tap.ok(others.well() and it.server.poll() is None,
           f"{name}: the server answers others meanwhile", others.answers, others.slowest,
           others.failed)
    tap.ok(grown < MEMORY_KB and own < 3 and children < CHILD_SECONDS + 1,
           f"{name}: memory and processor time are bounded", f"{grown} kB", own, children)
    tap.note(f"{name}: {others.answers} answers, slowest {others.slowest * 1000:.0f} ms; memory "
             f"+{grown} kB; processor {own:.2f} s, decoding {children:.2f} s")
    return page


# ---- the pages ----

def on_page(part, address):
    browser = it.browser()
    page = applying.walk(browser, {"email": f"{address}@lantern.example"}, until=rf"/{part}$")
    return browser, page.form(rf"^/accreditation/{part}(\?change=yes)?$")


def photo(browser, form, data, name="me.jpg"):
    return browser.submit(form, {"photo": (name, data)}, button=("then", "go"))


def segments(data):
    """The markers of a JPEG before its picture, with what stands in each."""
    at, found = 2, []
    while data[at + 1] != 0xDA:
        size = struct.unpack(">H", data[at + 2:at + 4])[0]
        found.append((data[at + 1], data[at + 4:at + 2 + size]))
        at += 2 + size
    return found


def picture_alone(browser, name):
    """What is served of a photograph holds nothing of the file but the picture."""
    kept = browser.request("GET", "/accreditation/photo.jpg").body
    told = [w for w in (PLACE, CAMERA, b"Exif", b"http", b"Photoshop", b"<html", b"<script",
                        b"PK\x03\x04", b"ICC_PROFILE") if w in kept]
    extra = [hex(m) for m, body in segments(kept)
             if m not in (0xE0, 0xDB, 0xC0, 0xC4, 0xFE) or (m == 0xFE and len(body) != 16)]
    image = Image.open(io.BytesIO(kept))
    image.load()
    tap.ok(kept[:4] == b"\xff\xd8\xff\xe0" and kept.endswith(b"\xff\xd9") and not told and
           not extra and not image.getexif(), f"{name}: what is served is the picture alone", told,
           extra)


def refused():
    browser, form = on_page("photo", "bombs")
    many, plain = text_bomb()
    cut = jpeg()
    for name, data, words in (
            ("a PNG of 30,000 x 30,000", png_bomb(), "24 million"),
            ("a JPEG of 1,000 scans", scan_bomb(), "layers"),
            ("a JPEG cut short", cut[:len(cut) // 2], "cut short or damaged"),
            ("a PNG cut short", small_png(side=400)[:-40], "damaged"),
            ("a PNG without a picture", b"\x89PNG\r\n\x1a\n", "damaged"),
            ("a JPEG that says 0 x 0", re.sub(rb"(\xff\xc0\x00.\x08)....", rb"\1\0\0\0\0", cut,
                                              count=1, flags=re.S), "damaged"),
            ("a page named .jpg", b"<html><script>alert(1)</script>", "no JPEG and no PNG"),
            ("a PDF with a script", PDF_SCRIPT, "no JPEG and no PNG"),
            ("a program named .png", b"MZ\x90\0" + bytes(2000), "no JPEG and no PNG"),
            ("noise behind a JPEG's first bytes", b"\xff\xd8\xff\xe0" + rng.randbytes(400000),
             "damaged")):
        page = measured(name, lambda data=data: photo(browser, form, data))
        tap.ok(page.status == 422 and words in page.text, f"{name}: refused in words", page.status,
               page.text)
    tap.equal(browser.request("GET", "/accreditation/photo.jpg").status, 404, "nothing of them is kept")
    for name, data in (("text chunks that unpack to 600 MB", many), ("a text chunk of 3 MB", plain)):
        page = measured(name, lambda data=data: photo(browser, form, data))
        tap.ok(page.url.endswith("/check"), f"{name}: its picture is taken", page.status, page.text)
        picture_alone(browser, name)


def taken():
    """What is odd and yet a photograph is taken, without anything else that the file held."""
    browser, form = on_page("photo", "odd")
    place = with_place()
    tap.ok(PLACE in place and CAMERA in place and
           Image.open(io.BytesIO(place)).getexif().get_ifd(0x8825),
           "the control: the file that is sent tells its place, by Exif, XMP, IPTC and a comment")
    cmyk = jpeg(mode="CMYK")
    for name, data, sent_as in (
            ("a JPEG that tells its place", place, "me.jpg"),
            ("a progressive one that does", with_place(progressive=True), "me.jpg"),
            ("a JPEG in CMYK", cmyk, "me.jpg"),
            ("a JPEG that is a ZIP and a page too", polyglot(), "me.html"),
            ("a PNG named .exe", small_png(), "me.exe"),
            ("a PNG that tells its place", small_png(chunk(b"tEXt", b"Comment\0" + PLACE)), "me.png"),
            ("the largest that is allowed", large(), "a.jpg")):
        page = measured(name, lambda data=data, n=sent_as: photo(browser, form, data, n))
        if tap.ok(page.url.endswith("/check"), f"{name}: taken", page.status, page.text):
            picture_alone(browser, name)


def large():
    """24 million pixels in less than 5 MB."""
    out = io.BytesIO()
    Image.radial_gradient("L").resize((4000, 6000)).convert("RGB").save(
        out, "JPEG", quality=70, progressive=True)
    return out.getvalue()


def content_type():
    """What the sender says that a file is counts for nothing."""
    browser, form = on_page("photo", "kinds")
    csrf = dict(form.fields)["csrf"]
    for said in (b"text/html", b"image/svg+xml", b"application/x-msdownload", b""):
        body, kind = multipart([("csrf", csrf), ("photo", ("a.svg", jpeg())), ("then", "go")])
        body = body.replace(b"application/octet-stream", said)
        answer = browser.request("POST", form.action, body=body, headers={
            "Content-Type": kind, "Origin": f"http://127.0.0.1:{it.port}"})
        served = browser.request("GET", "/accreditation/photo.jpg")
        tap.ok(answer.status in (303, 400) and it.server.poll() is None and
               (answer.status == 400 or served.headers["Content-Type"] == "image/jpeg"),
               f"a photograph sent as {said.decode() or 'nothing'}", answer.status)


def proofs():
    """Proof is kept as it came, and comes back as a download in which nothing runs."""
    browser, form = on_page("files", "proofs")
    for name, data, kept in (
            ("a PDF with a script", PDF_SCRIPT, "application/pdf"),
            ("a JPEG that is a ZIP and a page too", polyglot(), "image/jpeg"),
            ("a PNG of 30,000 x 30,000", png_bomb(), "image/png"),
            ("a page", b"<html><script>alert(1)</script>", None),
            ("a drawing with a script", b"<svg onload=alert(1)>", None),
            ("a page behind blanks, named .pdf", b"  \n<script>alert(1)</script>%PDF-1.4", None)):
        page = measured("proof, " + name, lambda data=data: browser.submit(
            form, {"kind": "sample", "file": ("proof.html", data)}, button=("then", "add")))
        if kept is None:
            tap.ok(page.status == 422 and "no PDF, JPEG or PNG" in page.text,
                   f"proof, {name}: refused in words", page.text)
            continue
        link = [a for a, _ in page.page.links if a.startswith("/accreditation/files/")][-1]
        got = browser.request("GET", link)
        heads = {n.lower(): v for n, v in got.headers.items()}
        tap.ok(got.status == 200 and heads["content-type"] == kept and
               heads["x-content-type-options"] == "nosniff" and
               heads["content-disposition"].startswith("attachment") and
               "html" not in heads["content-disposition"] and
               "sandbox" in heads["content-security-policy"], f"proof, {name}: only a download", heads)


def at_once():
    """Eight people send their bombs at the same moment."""
    bombs = [png_bomb(), scan_bomb(), large(), with_place()] * 2
    ready = [on_page("photo", f"crowd{i}") for i in range(len(bombs))]
    pages = [None] * len(bombs)

    def one(i):
        pages[i] = photo(*ready[i], bombs[i]).status

    def send():
        threads = [threading.Thread(target=one, args=(i,)) for i in range(len(bombs))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    grown, begin = status_kb("VmHWM"), seconds()
    with Others() as others:
        send()
    grown, spent = status_kb("VmHWM") - grown, seconds()[1] - begin[1]
    tap.ok(pages == [422, 422, 200, 200] * 2 and others.well() and grown < 2 * MEMORY_KB and
           spent < CHILD_SECONDS * 4, "eight at once: each has its answer, and others theirs", pages,
           others.slowest, grown, spent)
    tap.note(f"eight at once: others' slowest {others.slowest * 1000:.0f} ms, memory +{grown} kB, "
             f"decoding {spent:.2f} s")


def control():
    """The measure itself: a server that does stand still is seen to."""
    with Others() as others:
        it.server.send_signal(signal.SIGSTOP)
        time.sleep(SLOWEST + 0.5)
        it.server.send_signal(signal.SIGCONT)
    tap.ok(not others.well(), "the control: a server that stands still fails this measure",
           others.slowest)


def main():
    it.init()
    it.start()
    refused()
    taken()
    content_type()
    proofs()
    at_once()
    control()
    photos = it.store("SELECT bytes FROM upload WHERE kind = 'photo'")
    tap.ok(photos and not any(PLACE in bytes_ or b"Exif" in bytes_ for bytes_, in photos),
           "no photograph in the store tells more than it shows", len(photos))
    it.stop()
    with open(it.path("serve.log"), encoding="utf-8", errors="replace") as file:
        tap.ok("ours" not in file.read(), "no fault of ours in the log")


try:
    tap.run(main)
finally:
    it.close()
