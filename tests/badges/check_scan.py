"""check_scan.py BADGES VECTORS: zbarimg and ZXingReader read the program's pictures of passes, and
read the very text."""
import json
import os
import re
import shutil
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from passes import Passes
from tap import Tap

tap = Tap()


def zbar(path):
    done = subprocess.run(["zbarimg", "-q", "--raw", "-Sdisable", "-Sqrcode.enable", path],
                          capture_output=True, timeout=60)
    return done.stdout.decode().removesuffix("\n")


def zxing(path):
    done = subprocess.run(["ZXingReader", "-format", "QRCode", path], capture_output=True,
                          timeout=60)
    found = re.search(r'^Text: +"(.*)"$', done.stdout.decode(), re.MULTILINE)
    return found.group(1) if found else ""


def draw(passes, text, name, *options):
    path = os.path.join(passes.folder.name, name)
    with open(path, "wb") as out:
        subprocess.run([passes.badges, "qr", *options], input=text.encode(), stdout=out, check=True,
                       timeout=60)
    return path


def raster(svg, width):
    png = svg + ".png"
    subprocess.run(["rsvg-convert", "-w", str(width), "-o", png, svg], check=True, timeout=60)
    return png


def main():
    passes = Passes(sys.argv[1])
    with open(sys.argv[2], encoding="utf-8") as file:
        vectors = json.load(file)["vectors"]
    texts = {vector["name"]: vector["qr"] for vector in vectors
             if vector["name"].startswith("valid_")}
    texts.update((f"signed {n}", text) for n, text in enumerate(passes.texts))
    for name, text in texts.items():
        for pixels in ("3", "8"):
            png = draw(passes, text, "code.png", "--format", "png", "--module", pixels)
            tap.equal(zbar(png), text, f"{name}: zbarimg, {pixels} pixels a module")
            tap.equal(zxing(png), text, f"{name}: ZXingReader, {pixels} pixels a module")
    for name in ("valid_min", "valid_worst"):
        svg = draw(passes, texts[name], "code.svg", "--format", "svg")
        if tap.ok(shutil.which("rsvg-convert"), "rsvg-convert is installed"):
            tap.equal(zbar(raster(svg, 600)), texts[name], f"{name}: zbarimg, SVG")
            tap.equal(zxing(raster(svg, 600)), texts[name], f"{name}: ZXingReader, SVG")
    # The control: a picture of another text does not read as this one.
    png = draw(passes, texts["valid_min"], "code.png", "--format", "png")
    tap.ok(zbar(png) != texts["valid_worst"] and zxing(png) != texts["valid_worst"],
           "control: another text's picture is told apart")


tap.run(main)
