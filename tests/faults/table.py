#!/usr/bin/python3
"""Prints what the tests provoked as one table, and fails where a fault was not provoked or did
harm, or where a control held.

Usage: table.py FOLDER [--parts]

A control is the fault without the defence, and must fail. A contrast is the defence without the
fault, and must hold. Each fault has a control.

FOLDER holds the rows the tests wrote (faults.h, faults.py).
"""
import os
import sys

# Each fault, and what must happen.
FAULTS = {
    "kill": "every verdict shown is in the journal",
    "power cut": "every verdict shown is in the journal",
    "fsync fails": "stops admitting within one scan, restarts, verifies",
    "disk full": "refers to the paper list, admits nobody unlogged, recovers by itself",
    "corrupt page": "found, new epoch, salvaged",
    "clock steps": "sync never stalls, nothing expired is admitted after a set-back",
    "network cut": "at any byte of an upload: resumes, no duplicates",
    "duplicate upload": "the same receipt",
    "gap or reorder": "409",
    "poisoned record": "everything else goes on",
    "four gates offline": "the same pass is flagged within 5 s of meeting",
    "revoked while offline": "stands as logged, labelled with the list it was judged by",
    "registrar from an old backup": "noticed at first contact, nothing lost",
    "cloned gate": "equivocation alarm",
    "restored gate": "noticed, a new epoch, what follows arrives",
    "stolen gate": "refused at its next request, discloses nobody",
    "in combination": "the simulator's seeds",
}


def read(folder):
    rows, controls, contrasts = [], [], []
    for name in sorted(os.listdir(folder) if os.path.isdir(folder) else []):
        with open(os.path.join(folder, name), encoding="utf-8") as file:
            for line in file:
                kind, fault, part, *rest = line.rstrip("\n").split("\t")
                if fault not in FAULTS:
                    sys.exit(f"{name}: '{fault}' is no fault of the list in table.py")
                if kind == "row":
                    rows.append((fault, part, [int(n) for n in rest]))
                else:
                    (controls if kind == "control" else contrasts).append((fault, part, rest[0]))
    return rows, controls, contrasts


def line(*columns):
    print("  {:<30} {:>8} {:>6} {:>8} {:>6}  {}".format(*columns))


def show(fault, sums, controls, contrasts):
    fail = sum(what == "fails" for _, what in controls)
    broken = [part for part, what in contrasts if what != "holds"]
    words = f"{fail} of {len(controls)} fail" if controls else "none"
    line(fault, *sums, "; ".join([words, *(f"{part}: NOT so" for part in broken)]))
    return (any(sums[1:]) or sums[0] == 0 or not controls or fail < len(controls) or
            bool(broken))


def main():
    folder, parts = sys.argv[1], "--parts" in sys.argv
    rows, controls, contrasts = read(folder)
    bad = []
    line("fault", "tries", "lost", "corrupt", "wrong", "control")
    for fault in FAULTS:
        mine = [(part, counts) for name, part, counts in rows if name == fault]
        without = [(part, what) for name, part, what in controls if name == fault]
        beside = [(part, what) for name, part, what in contrasts if name == fault]
        if not mine:
            line(fault, "-", "-", "-", "-", "not provoked")
            bad.append(fault)
        elif show(fault, [sum(n) for n in zip(*(counts for _, counts in mine))], without,
                  beside):
            bad.append(fault)
        for part, counts in mine if parts else []:
            line("    " + part, *counts, "")
        for part, what in without + beside if parts else []:
            line("    " + part, "", "", "", "", what)
    if bad:
        print(f"  not as it must be: {', '.join(bad)}")
    return 1 if bad else 0


sys.exit(main())
