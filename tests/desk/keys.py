#!/usr/bin/env python3
"""The desk's key pair towards the local network: whose it is, and what a start cut off leaves."""
import os
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from browser import free_port  # noqa: E402
from programs import Programs  # noqa: E402
from tap import Tap  # noqa: E402

tap = Tap()
it = Programs(os.path.abspath(sys.argv[1]))
PAIR = ("desk-127.0.0.1.crt", "desk-127.0.0.1.key")


def fingerprint():
    """Starts the desk, as far as it says who it is, and ends it."""
    desk = subprocess.Popen(
        [it.gate_path, "desk", "--data", it.path("door"), "--listen", f"127.0.0.1:{free_port()}",
         "--lan", f"127.0.0.1:{free_port()}"], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL, text=True)
    said = [line for line in iter(desk.stdout.readline, "") if line.startswith("fingerprint")
            and not desk.terminate()]
    desk.wait(timeout=30)
    return said


def main():
    os.umask(0o022)
    it.init()
    it.start()
    it.enrol("door")
    it.stop()
    keys = [it.path("door", "keys", name) for name in PAIR]
    with open(keys[1], "wb"):
        pass
    os.chmod(keys[1], 0o600)
    first = fingerprint()
    tap.equal(len(first), 1, "half a pair that a start left is made anew")
    tap.equal([os.stat(path).st_mode & 0o777 for path in keys], [0o600] * 2,
              "both files are for nobody else")
    tap.equal(fingerprint(), first, "a device that knows the desk goes on knowing it")


try:
    tap.run(main)
finally:
    it.close()
