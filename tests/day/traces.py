#!/usr/bin/python3
"""Looks for words in every file of a folder, as they stand and as they may be kept: UTF-8, base64 at
any offset, hex, and quoted-printable.

Usage: traces.py FOLDER <words, one a line      Prints each file with what was found; 1 if any was.
"""
import base64
import os
import quopri
import sys


def shapes(word):
    data = word.encode()
    yield data
    yield data.hex().encode()
    yield quopri.encodestring(data).strip()
    for offset in range(3):
        text = base64.b64encode(b"\0" * offset + data)
        # The first and the last characters depend on what stands beside.
        yield text[(offset * 8 + 5) // 6 + 1:-4]


def main():
    words = [line.rstrip("\n") for line in sys.stdin if line.strip()]
    wanted = [(word, shape) for word in words for shape in shapes(word) if len(shape) >= 6]
    found = 0
    for top, _, names in os.walk(sys.argv[1]):
        for name in names:
            path = os.path.join(top, name)
            if not os.path.isfile(path):
                continue
            with open(path, "rb") as file:
                data = file.read()
            for word, shape in wanted:
                if shape in data:
                    print(f"{os.path.relpath(path, sys.argv[1])}: {word}")
                    found = 1
    return found


sys.exit(main())
