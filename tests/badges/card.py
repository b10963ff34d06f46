#!/usr/bin/python3
"""Printed badges out of `badges card`: names of many scripts and any length in their place, a QR
code that decodes from paper of each size, a photograph or a shape that says there is none, and
settings that are refused with their line.

Usage: card.py BADGES
"""
import glob
import io
import json
import os
import re
import subprocess
import sys
import tempfile
import xml.etree.ElementTree

from PIL import Image, ImageDraw

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from tap import Tap  # noqa: E402

BADGES = os.path.abspath(sys.argv[1])
tap = Tap()
folder = tempfile.TemporaryDirectory(prefix="pressgate-test-")

NAMES = [
    "A", "Ж", "Đ", "Li", "王", "Amina Ọkáfọ̀", "Zoë Ferré-Lévesque", "Nguyễn Thị Ánh Tuyết",
    "Łukasz Żółć", "Þórdís Ægisdóttir", "İpek Işıl Çağrı", "Γιώργος Παπαδόπουλος",
    "Ἀθηνᾶ Ὀδυσσέως", "Ольга Щербакова", "Їжакевич Ґалаґан", "Հայկ Նահապետյան",
    "ნინო ჯავახიშვილი", "محمد عبد الله", "فاطمة الزَّهراء", "پژمان گلی", "שרה כהן",
    "דָּוִד בֶּן־גּוּרִיּוֹן", "ܐܦܪܝܡ", "ދިވެހި", "अनुराधा श्रीवास्तव", "রবীন্দ্রনাথ ঠাকুর", "ਗੁਰਪ੍ਰੀਤ ਸਿੰਘ",
    "ગીતા પટેલ", "தமிழ்ச்செல்வன் முருகன்", "నాగేశ్వరరావు", "ಕುವೆಂಪು", "സുബ്രഹ്മണ്യൻ", "ගුණසේකර",
    "สมชาย เข็มกลัด", "ອຸດົມ", "བསྟན་འཛིན", "အောင်ဆန်း", "សុខ ចាន់ថា", "አበበ በቂላ", "ᓄᓇᕗᑦ ᐃᓄᒃ",
    "ᏣᎳᎩ", "ߒߞߏ ߞߊ߲", "ⵜⴰⵎⴰⵣⵉⵖⵜ", "田中さくら", "김민준", "欧陽菲菲", "𠮷野家 高明", "<b>Bold</b> & \"Quote\"",
    "Robert'); DROP TABLE person; x", "Wolfeschlegelsteinhausenbergerdorff",
    "María del Carmen Fernández de Córdoba y Álvarez de las Asturias Bohorques",
    "n" * 199 + "é", "é" * 200, "김" * 200, "م" * 200, "W" * 400, "Ann " * 100,
    "e" + "\u0301" * 120,
]
QR = "PG1:" + "".join("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"[(i * i + 7 * i) % 45]
                      for i in range(200))
CLASSES = ["general", "reporter", "photographer", "camera", "sound", "producer", "freelance",
           "student", "documentary", 12]


def path(name):
    return os.path.join(folder.name, name)


def design(name, text):
    with open(path(name), "w", encoding="utf-8") as out:
        out.write(text)
    return path(name)


def photograph():
    picture = Image.new("RGB", (480, 600), (30, 90, 200))
    ImageDraw.Draw(picture).ellipse((140, 120, 340, 400), fill=(220, 180, 150))
    picture.save(path("face.jpg"), quality=85)
    return path("face.jpg")


def badge(name, **more):
    return {"name": name, "outlet": "Lumen TV", "class": "reporter", "qr": QR,
            "organisation": "Example Service", "conference": "Road safety week: results",
            "when": "Saturday 12 September 2026", "valid": "10 a.m. to 4 p.m.",
            "code": "K7QF-2M9X", **more}


def card(badges, *options, text=None):
    lines = text if text is not None else "".join(json.dumps(b) + "\n" for b in badges)
    return subprocess.run([BADGES, "card", *options], input=lines.encode(), capture_output=True)


def pages(pdf, dpi=300):
    """Each page as a picture."""
    with tempfile.TemporaryDirectory(dir=folder.name) as out:
        subprocess.run(["pdftoppm", "-r", str(dpi), "-", out + "/p"], input=pdf, check=True)
        return [Image.open(io.BytesIO(open(f, "rb").read())).convert("RGB")
                for f in sorted(glob.glob(out + "/p*.ppm"))]


def decoded(pictures):
    with tempfile.TemporaryDirectory(dir=folder.name) as out:
        for i, picture in enumerate(pictures):
            picture.save(f"{out}/{i:03}.ppm")
        done = subprocess.run(["zbarimg", "-q", "--nodbus", "--raw", "-Sdisable", "-Sqrcode.enable",
                               *sorted(glob.glob(out + "/*.ppm"))], capture_output=True, text=True)
    return done.stdout.splitlines()


def names():
    face = photograph()
    badges = [badge(n, photo=face, **{"class": CLASSES[i % len(CLASSES)]})
              for i, n in enumerate(NAMES)]
    tap.ok(len(set(NAMES)) >= 50, "there are fifty names and more, of 1 to 400 characters")
    done = card(badges)
    tap.ok(done.returncode == 0 and not done.stderr, "each becomes a badge, with letters for all",
           done.stderr)
    text = subprocess.run(["pdftotext", "-", "-"], input=done.stdout, capture_output=True)
    text = text.stdout.decode().split("\f")
    squeezed = [re.sub(r"\s", "", t) for t in text]
    wrong = [n for n, t in zip(NAMES, squeezed)
             if n.isascii() and len(n) < 40 and n.replace(" ", "") not in t]
    tap.equal(wrong, [], "what was typed is found in the file")
    if wrong:
        tap.note(text[NAMES.index(wrong[0])])
    wrong = [n[:9] for n, t in zip(NAMES, squeezed) if len(n) > 150 and n.replace(" ", "") not in t]
    tap.equal([n for n in wrong if ord(n[0]) < 0x600 and len(set(n)) > 1 and "\u0301" not in n], [],
              "and so is the whole of a name that is cut on paper")
    file = path("names.pdf")
    with open(file, "wb") as out:
        out.write(done.stdout)
    fonts = subprocess.run(["pdffonts", file], capture_output=True, text=True).stdout.splitlines()[2:]
    tap.ok(fonts and all(f.split()[-5] == "yes" for f in fonts), "each font is in the file", fonts)
    unknown = card([badge("\U000f0000 Ann")])
    tap.ok(b"no font" in unknown.stderr or b"control or invisible" in unknown.stderr,
           "the control: a character of no font is told", unknown.stderr)
    margins(pages(done.stdout, 150))


def is_white(picture, box):
    return all(low > 235 for low, _ in picture.crop(box).getextrema())


def margins(pictures):
    """Nothing stands in the margins above the band: no letter is cut at the edge."""
    def dirty(p):
        edge = int(2.6 / 25.4 * 150)
        down = p.height - int(13.6 / 25.4 * 150)
        return not (is_white(p, (0, 0, edge, down)) and is_white(p, (p.width - edge, 0, p.width, down))
                    and is_white(p, (0, 0, p.width, edge)))

    wrong = [NAMES[i][:9] for i, p in enumerate(pictures) if dirty(p)]
    tap.equal(wrong, [], "no letter reaches into the margin")
    broken = pictures[0].copy()
    ImageDraw.Draw(broken).line((0, 300, 30, 300), fill=(0, 0, 0))
    tap.ok(dirty(broken), "the control: one that does is seen")


def sizes():
    face = path("face.jpg")
    nine = [badge(n, qr=QR[:-2] + f"{i:02}", photo=face) for i, n in enumerate(NAMES[5:14])]
    for turn in ("portrait", "landscape"):
        own = design(turn + ".ini", f"[badge]\norientation = {turn}\n")
        for size, mm, many, sheets in (("cr80", (53.98, 85.6), nine[:3], 3), ("a6", (105, 148), nine[:3], 3),
                                       ("letter-8up", (215.9, 279.4), nine, 2)):
            want = sorted(b["qr"] for b in many)
            done = card(many, "--design", own, "--size", size)
            pictures = pages(done.stdout)
            if turn == "landscape" and sheets == 3:
                mm = mm[::-1]
            tap.ok(len(pictures) == sheets and all(
                abs(side / 300 * 25.4 - whole) < 0.2 for p in pictures
                for side, whole in zip(p.size, mm)), f"{size}, {turn}: {sheets} pages of that size",
                [p.size for p in pictures])
            tap.equal(sorted(decoded(pictures)), want, f"{size}, {turn}: each code decodes from paper")
    images = subprocess.run(["pdfimages", "-list", "-"], input=card(nine).stdout, capture_output=True)
    tap.equal(images.stdout.decode().count(" jpeg "), 9, "each photograph is in it, its JPEG as it was")
    code_size()


def code_size():
    """How wide the code is: from its left finder to its right one, on a card of the default design."""
    picture = pages(card([badge("Ann")]).stdout, 600)[0].convert("1")
    dark = [x for x in range(picture.width // 2 - 300, picture.width)
            if picture.getpixel((x, int(25 / 25.4 * 600))) == 0]
    wide = (dark[-1] - dark[0]) / 600 * 25.4
    tap.ok(wide > 20, "a row of the code is found", wide)
    least = min(dark) / 600 * 25.4
    tap.ok(53.98 - 3.1 - least >= 24.9, "the code is 25 mm wide on the small card", least)


def missing():
    with_photo, without = (pages(card([badge("Ann", **more)]).stdout, 150)[0]
                           for more in ({"photo": path("face.jpg")}, {}))
    box = [int(v / 25.4 * 150) for v in (4, 23, 20, 40)]
    blue = with_photo.crop(box).getcolors(100000)
    tap.ok(any(c[2] > c[0] + 90 and n > 500 for n, c in blue), "a photograph is seen on paper")
    grey = without.crop(box).getcolors(100000)
    tap.ok(all(abs(c[0] - c[2]) < 40 for _, c in grey) and len(grey) > 2, "a grey shape stands for none")
    words = subprocess.run(["pdftotext", "-", "-"], input=card([badge("Ann")]).stdout, capture_output=True)
    tap.ok(b"No photo" in words.stdout, "and says so")


def formats():
    png = card([badge("Ann", photo=path("face.jpg"))], "--format", "png")
    picture = Image.open(io.BytesIO(png.stdout)).convert("RGB")
    tap.equal(decoded([picture]), [QR], "a PNG's code decodes")
    svg = card([badge("Ann", photo=path("face.jpg"))], "--format", "svg")
    root = xml.etree.ElementTree.fromstring(svg.stdout)
    images = [e for e in root.iter() if e.tag.endswith("image")]
    tap.ok(len(images) == 1 and any("data:image/jpeg;" in v for v in images[0].attrib.values()),
           "an SVG is whole and has the photograph's JPEG")
    for kind in ("png", "svg"):
        done = card([badge("Ann"), badge("Ben")], "--format", kind)
        tap.ok(done.returncode == 1 and not done.stdout and b"write PDF" in done.stderr,
               f"{kind} of two badges is refused", done.stderr)


def refused():
    cut = path("cut.jpg")
    with open(cut, "wb") as out, open(path("face.jpg"), "rb") as whole:
        out.write(whole.read()[:2000])
    good = json.dumps(badge("Ann")) + "\n"
    for line, words in (
            ('{"name":"","class":"camera"}', "name: is missing"), ('{"class":"camera"}', "name"),
            ('{"name":"A"}', "class: must be"), ('{"name":"A","class":"king"}', "class: must be"),
            ('{"name":"A","class":24}', "class: must be"), ('{"name":7,"class":1}', "name: must be"),
            ('{"name":"A\\u202eb","class":1}', "name: must be"), ("[]", "not a JSON object"),
            ('{"name":"A","class":1,"shoe":"42"}', "'shoe'"), ("{", "not a JSON object"),
            ('{"name":"A","class":1,"photo":"/nowhere.jpg"}', "/nowhere.jpg: No such file"),
            (json.dumps({"name": "A", "class": 1, "photo": cut}), "no JPEG, or cut short"),
            ('{"name":"A","class":1,"qr":"' + "Q" * 3392 + '"}', "qr"),
            ('{"name":"' + "x" * 17000 + '"}', "longer than")):
        done = card(None, text=good + line + "\n")
        tap.ok(done.returncode == 1 and not done.stdout and words in done.stderr.decode()
               and "line 2" in done.stderr.decode(), f"{line[:40]} is refused: {words}", done.stderr)
    tap.ok(card(None, text="").returncode == 1, "no badge at all is refused")


def settings():
    built_in = subprocess.run([BADGES, "card", "--print-design"], capture_output=True, text=True).stdout
    same = card([badge("Ann")], "--format", "svg", "--design", design("own.ini", built_in))
    tap.equal(same.stdout, card([badge("Ann")], "--format", "svg").stdout,
              "the file that is printed is the design that is built in")
    for text, line, words in (
            ("[badge]\nsize = a4\n", 2, "cr80, a6 or letter-8up"),
            ("[badge]\norientation = sideways\n", 2, "portrait or landscape"),
            ("[badge]\nmargin = 1\n", 2, "from 2 to 10"), ("[badge]\nmargin = 3mm\n", 2, "from 2 to 10"),
            ("[badge]\n\nfields = photo shoe\n", 3, "'shoe'"), ("[badge]\ncolour = red\n", 2, "no setting"),
            ("[colours]\nreporter = red\n", 2, "#0072b2"), ("[colours]\nking = #000000\n", 2, "no setting"),
            ("[words]\nreporter =\n", 2, "has no word"), ("[words]\nsound = " + "x" * 60 + "\n", 2, "too long"),
            ("[badge]\nsize = a6\nsize = a6\n", 3, "second time"), ("[badge]\nlogo = none.png\n", 2, "No such"),
            ("[badge]\nlogo = face.jpg\n", 2, "no PNG"), ("hello\n", 1, "Mend the line"),
            ("[texts]\nvalid = a\u202eb\n", 2, "can't be shown")):
        done = card([badge("Ann")], "--design", design("bad.ini", text))
        said = done.stderr.decode()
        tap.ok(done.returncode == 2 and not done.stdout and f"bad.ini, line {line}: " in said
               and words in said, f"{text.strip()!r:.50} is refused with its line: {words}", said)
    logo = Image.new("RGBA", (300, 100), (200, 0, 200, 255))
    logo.save(path("logo.png"))
    own = design("logo.ini", "[badge]\nlogo = logo.png\nfields = qr outlet\n"
                 "[colours]\nreporter = #ffffff\n[words]\nreporter = Presse\n")
    done = card([badge("Ann"), badge("Ben")], "--design", own)
    text = subprocess.run(["pdftotext", "-", "-"], input=done.stdout, capture_output=True).stdout
    tap.ok(b"Presse" in text and b"K7QF" not in text and b"Road safety" not in text,
           "own words, and fields that were left out are not there", text)
    picture = pages(done.stdout, 100)[1]
    tap.ok(any(n > 100 and c[0] > 180 and c[1] < 20 and c[2] > 180 for n, c in
               picture.getcolors(1 << 20)), "the logo stands on each badge", picture.getcolors(1 << 20)[:9])
    tap.equal(decoded(pages(done.stdout)), [QR, QR], "and the codes decode")
    images = subprocess.run(["pdfimages", "-list", "-"], input=done.stdout, capture_output=True)
    objects = {line.split()[10] for line in images.stdout.decode().splitlines()[2:] if " image " in line}
    tap.equal(len(objects), 1, "the logo is in the file once")


def main():
    names()
    sizes()
    missing()
    formats()
    refused()
    settings()


try:
    tap.run(main)
finally:
    folder.cleanup()
