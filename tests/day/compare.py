#!/usr/bin/python3
"""Holds a list of entries, as CSV, against the journals it was made from, line by line.

Usage: compare.py JOURNALS SLUG LIST.csv [DECISION...]

JOURNALS is what `registrar journal export` wrote. Prints how many lines were compared; each
difference is a line of standard error and makes it exit with 1.
"""
import csv
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
import tiles  # noqa: E402


def recorded(journals, slug, decisions):
    """(device, epoch, seq) -> facts of every entry about the conference."""
    found = {}
    for device in sorted(os.listdir(journals)):
        # The registrar's own journal is of what the desk did.
        if device == "registrar" or not os.path.isdir(os.path.join(journals, device)):
            continue
        for epoch in sorted(os.listdir(os.path.join(journals, device))):
            for facts in tiles.entries(os.path.join(journals, device, epoch)):
                if facts["event"] == slug and (not decisions or facts["decision"] in decisions):
                    found[device, epoch, facts["seq"]] = facts
    return found


def main():
    journals, slug, path, *decisions = sys.argv[1:]
    with open(path, encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    wanted, bad = recorded(journals, slug, decisions), []
    for row in rows:
        where = row["gate"], row["epoch"], row["seq"]
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
