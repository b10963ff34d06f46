"""What a test provoked, for the table at the end of the test run: see faults.h, table.py."""
import os


def _write(*fields):
    folder = os.environ.get("PRESSGATE_FAULTS")
    if folder:
        with open(os.path.join(folder, f"{os.getpid()}.tsv"), "a", encoding="utf-8") as out:
            out.write("\t".join(map(str, fields)) + "\n")


def row(fault, part, tries, lost=0, corrupt=0, wrong=0):
    _write("row", fault, part, *map(int, (tries, lost, corrupt, wrong)))


def control(fault, part, failed):
    _write("control", fault, part, "fails" if failed else "HOLDS")


def contrast(fault, part, holds):
    _write("contrast", fault, part, "holds" if holds else "FAILS")
