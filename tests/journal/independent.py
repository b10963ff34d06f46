"""Programs that share no code with this project check exported logs: Go's sumdb packages and openssl.

independent.py MAKE_EXPORT CHECK_LOG CHECK_OPENSSL LIB
"""
import os
import subprocess
import sys
import tempfile

make_export, check_log, check_openssl, lib = sys.argv[1:]
sys.path.insert(0, lib)
from tap import Tap  # noqa: E402

ORIGIN = "police.example/presslog/north-door/k3v9q2"
tap = Tap()


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=300)


def export(base, size, *cosigned):
    return run(make_export, base, str(size), *cosigned).stdout.strip()


def both(folder):
    return run(check_log, folder), run("sh", check_openssl, folder)


def sound(base):
    for size in (0, 1, 2, 255, 256, 257, 600, 66000):
        go, ssl = both(export(os.path.join(base, str(size)), size))
        tap.equal(go.stdout + go.stderr, f"ok {ORIGIN} {size}\n", f"Go agrees with {size} entries")
        tap.equal(ssl.stdout + ssl.stderr, f"ok {ORIGIN}\n", f"openssl verifies {size} entries")
    go, ssl = both(export(os.path.join(base, "cosigned"), 600, "cosigned"))
    tap.equal(go.stdout + go.stderr, f"ok {ORIGIN} 600 cosigned 1789221900\n",
              "Go verifies the cosignature")
    tap.equal(ssl.stdout + ssl.stderr, f"ok {ORIGIN}\nok police.example/witness\n",
              "openssl verifies the cosignature")


def files(folder):
    for top, _, names in os.walk(folder):
        for name in sorted(names):
            yield os.path.join(top, name)


def missed(folder, path, command, step):
    """The positions at which a flipped bit goes unseen by command."""
    with open(path, "rb") as file:
        kept = file.read()
    unseen = []
    for at in range(0, len(kept), step):
        with open(path, "wb") as file:
            file.write(kept[:at] + bytes([kept[at] ^ 1]) + kept[at + 1:])
        if run(*command, folder).returncode == 0:
            unseen.append(at)
    with open(path, "wb") as file:
        file.write(kept)
    return unseen


def controls(base):
    folder = export(os.path.join(base, "control"), 3, "cosigned")
    for path in files(folder):
        name = os.path.relpath(path, folder)
        tap.equal(missed(folder, path, [check_log], 3), [], f"Go sees a flipped bit in {name}")
        if "tile" not in name:
            tap.equal(missed(folder, path, ["sh", check_openssl], 11), [],
                      f"openssl sees a flipped bit in {name}")
    go, ssl = both(folder)
    tap.ok(go.returncode == 0 and ssl.returncode == 0, "restored, both agree again",
           go.stderr, ssl.stderr)


def body():
    with tempfile.TemporaryDirectory(prefix="pressgate-journal-") as base:
        sound(base)
        controls(base)


tap.run(body)
