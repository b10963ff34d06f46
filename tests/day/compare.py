#!/usr/bin/python3
"""Holds a list of entries, as CSV, against the journals it was made from, line by line.

Usage: compare.py JOURNALS SLUG LIST.csv [DECISION...]

JOURNALS is what `registrar journal export` wrote. Prints how many lines were compared; each
difference is a line of standard error and makes it exit with 1.
"""
import csv
import os
import re
import struct
import sys


def texts(folder):
    """The entries of one log, in their order, out of its bundles (c2sp.org/tlog-tiles)."""
    bundles = []
    for top, _, names in os.walk(os.path.join(folder, "tile", "entries")):
        for name in names:
            where = os.path.relpath(os.path.join(top, name), os.path.join(folder, "tile", "entries"))
            number = [int(n) for n in re.findall(r"(\d{3})", where.split(".p")[0])]
            bundles.append((number, "." in where, os.path.join(top, name)))
    for _, _, path in sorted(bundles):
        with open(path, "rb") as file:
            data = file.read()
        at = 0
        while at < len(data):
            size, = struct.unpack_from(">H", data, at)
            yield data[at + 2:at + 2 + size].decode()
            at += 2 + size


def recorded(journals, slug, decisions):
    """(device, epoch, seq) -> facts of every entry about the conference."""
    found = {}
    for device in sorted(os.listdir(journals)):
        # The registrar's own journal is of what the desk did.
        if device == "registrar" or not os.path.isdir(os.path.join(journals, device)):
            continue
        for epoch in sorted(os.listdir(os.path.join(journals, device))):
            for text in texts(os.path.join(journals, device, epoch)):
                facts = dict(line.split(" ", 1) for line in text.splitlines()[1:])
                if facts["event"] == slug and (not decisions or facts["decision"] in decisions):
                    found[device, epoch, facts["seq"]] = facts
    return found


def main():
    journals, slug, path, *decisions = sys.argv[1:]
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted, bad = recorded(journals, slug, decisions), []
    for row in rows:
        where = row["door"] if "door" in row else row["gate"], row["epoch"], row["seq"]
        facts = wanted.pop(where, None)
        if facts is None:
            bad.append(f"no journal has {where}")
        elif (row["decision"], row["reason"]) != (facts["decision"], facts["reason"]):
            bad.append(f"{where}: the list says {row['decision']} {row['reason']}, the journal "
                       f"{facts['decision']} {facts['reason']}")
    bad += [f"not in the list: {where}" for where in wanted]
    print(f"{len(rows)} lines, {len(bad)} differences")
    print(*bad, sep="\n", file=sys.stderr)
    return 1 if bad or not rows else 0


sys.exit(main())
