"""Passes for the checks by other people's programs: made by `badges`, and what they must say."""
import json
import os
import subprocess
import tempfile

BASE45 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"

CLAIMS = [
    {"conference": 0, "nbf": 1600000000, "exp": 4294967295},
    {"conference": 7, "nbf": 1789200000, "exp": 1789286400, "class": 3},
    {"conference": 23, "nbf": 1789200000, "exp": 1789286400, "class": 23, "flags": 1},
    {"conference": 24, "nbf": 1789200000, "exp": 1789286400, "flags": 24},
    {"conference": 256, "nbf": 1789200000, "exp": 1789286400, "flags": 256, "name": "A"},
    {"conference": 65536, "nbf": 1789200000, "exp": 1789286400, "outlet": "Radio Example"},
    {"conference": 4294967295, "nbf": 1789200000, "exp": 1789286400, "class": 23,
     "flags": 65535, "name": "Wilhelmína Šťastná-Przybyszewska 李", "outlet": "Rádio Example 24 bytes!"},
    {"conference": 260412001, "nbf": 1789200000, "exp": 1789286400, "class": 1, "flags": 1,
     "name": "x" * 23, "outlet": "y" * 23},
]


class Passes:
    """A new key, and one pass for each of CLAIMS, signed by the program under test."""

    def __init__(self, badges):
        self.badges = badges
        self.folder = tempfile.TemporaryDirectory(prefix="pressgate-badges-")
        self.secret = os.path.join(self.folder.name, "key")
        told = self.run("keygen", "--secret", self.secret)
        self.public, self.kid = (line.split()[1] for line in told.splitlines())
        lines = "".join(json.dumps(claims) + "\n" for claims in CLAIMS)
        self.texts = self.run("sign", "--secret", self.secret, text=lines).splitlines()
        assert len(self.texts) == len(CLAIMS)

    def run(self, *arguments, text="", code=0):
        done = subprocess.run([self.badges, *arguments], input=text.encode(), capture_output=True,
                              timeout=60)
        if done.returncode != code:
            raise AssertionError(f"badges {arguments}: exit {done.returncode}: "
                                 f"{done.stderr.decode(errors='replace')}")
        return done.stdout.decode()


def base45_decode(text):
    """RFC 9285, written from the RFC."""
    out = bytearray()
    for at in range(0, len(text), 3):
        part = text[at:at + 3]
        value = sum(BASE45.index(char) * 45 ** place for place, char in enumerate(part))
        out += value.to_bytes(2 if len(part) == 3 else 1, "big")
    return bytes(out)


def base45_encode(data):
    out = ""
    for at in range(0, len(data), 2):
        part = data[at:at + 2]
        value = int.from_bytes(part, "big")
        for _ in range(3 if len(part) == 2 else 2):
            out += BASE45[value % 45]
            value //= 45
    return out
