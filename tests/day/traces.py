#!/usr/bin/python3
"""Looks for words in every file of a folder, as they stand and as they may be kept.

Usage: traces.py FOLDER <words, one a line      Prints each file with what was found; 1 if any was.
"""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from shapes import found  # noqa: E402


def main():
    words = [line.rstrip("\n") for line in sys.stdin if line.strip()]
    left = 0
    for path, word in found(sys.argv[1], words):
        print(f"{path}: {word}")
        left = 1
    return left


sys.exit(main())
