#!/usr/bin/python3
"""A film for Chromium's fake camera: what a camera at a door sees of one pass after another.

    video.py OUT.mjpeg BADGES < SCENES

Each line of SCENES is a JSON object: {"text": "...", "seconds": 2, "width": 300, "angle": 8,
"light": 0.7, "invert": false}; without a text nobody holds anything up. The codes are drawn by
`badges qr`. Chromium plays 30 pictures a second, again from the start when it ends.
"""
import io
import json
import random
import subprocess
import sys

from PIL import Image, ImageEnhance, ImageFilter, ImageOps

SIZE = (1280, 720)
RATE = 30


def code(badges, text):
    drawn = subprocess.run([badges, "qr", "--format", "png"], input=text.encode(),
                           stdout=subprocess.PIPE, check=True).stdout
    return Image.open(io.BytesIO(drawn)).convert("L")


def scene(badges, spec, rng):
    """A grey hall, and a hand that holds a pass somewhere in the middle, not quite straight."""
    hall = Image.new("L", SIZE, 118)
    if spec.get("text"):
        pass_ = code(badges, spec["text"])
        if spec.get("invert"):
            pass_ = ImageOps.invert(pass_)
        width = spec.get("width", 300)
        pass_ = pass_.resize((width, width), Image.LANCZOS)
        card = Image.new("L", (width + 60, width + 120), 235)
        card.paste(pass_, (30, 30))
        card = card.rotate(spec.get("angle", 0), Image.BICUBIC, expand=True, fillcolor=118)
        at = tuple((s - c) // 2 + rng.randint(-40, 40) for s, c in zip(SIZE, card.size))
        hall.paste(card, at)
    hall = hall.filter(ImageFilter.GaussianBlur(0.8))
    hall = ImageEnhance.Brightness(hall).enhance(spec.get("light", 0.8))
    noise = Image.effect_noise(SIZE, 14)
    return Image.blend(hall, noise, 0.06).convert("RGB")


def main():
    out, badges = sys.argv[1:]
    rng = random.Random(1)
    with open(out, "wb") as film:
        for line in sys.stdin:
            spec = json.loads(line)
            kept = io.BytesIO()
            scene(badges, spec, rng).save(kept, "JPEG", quality=80)
            film.write(kept.getvalue() * max(1, round(RATE * spec.get("seconds", 1))))


main()
