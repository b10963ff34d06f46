"""The entries of exported journals, read out of their bundles (c2sp.org/tlog-tiles)."""
import os


def entries(folder):
    """What each entry below the folder says, by the name of its line; in no order."""
    for where, _, names in os.walk(folder):
        if "/tile/entries" not in where:
            continue
        for name in names:
            with open(os.path.join(where, name), "rb") as file:
                data = file.read()
            while data:
                size = int.from_bytes(data[:2], "big")
                yield dict(line.split(" ", 1)
                           for line in data[2:2 + size].decode().splitlines()[1:])
                data = data[2 + size:]
