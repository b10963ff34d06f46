"""No program leaves a dump of its memory, whatever the system does with dumps.

What /proc shows of a process that may not be dumped belongs to root, so each program is started as
another user and looked at while it waits: for its input, for a password, for a server's answer.
"""
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.join(os.path.dirname(__file__), "..", "lib"))
from tap import Tap  # noqa: E402

tap = Tap()
BUILD = sys.argv[1]
NOBODY = 65534
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"  # RFC 8032 TEST 1


def start(*command):
    user = {"user": NOBODY, "group": NOBODY, "extra_groups": []} if os.geteuid() == 0 else {}
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL,
                            stderr=subprocess.DEVNULL, **user)


def hidden(process):
    """Whether /proc hides the process from its own user, once it runs and waits."""
    for _ in range(50):
        time.sleep(0.1)
        if process.poll() is not None:
            return f"ended with {process.returncode}"
        if os.stat(f"/proc/{process.pid}/environ").st_uid == 0:
            return True
    return False


def main():
    folder = tempfile.mkdtemp(prefix="pressgate-core-")
    os.chmod(folder, 0o777)
    programs = {}
    for name in ("badges", "registrar", "gate"):
        programs[name] = shutil.copy(os.path.join(BUILD, name, name), folder)
        os.chmod(programs[name], 0o755)
    fifo = os.path.join(folder, "password")
    os.mkfifo(fifo)
    os.chmod(fifo, 0o666)
    silent = socket.create_server(("127.0.0.1", 0))
    url = f"https://127.0.0.1:{silent.getsockname()[1]}"
    waits = {
        "badges": ("open", "--public", PUBLIC),
        "registrar": ("init", "--data", os.path.join(folder, "r"), "--password-file", fifo),
        "gate": ("enrol", "--data", os.path.join(folder, "g"), "--url", url, "--code",
                 "0000-0000-0000-0000", "--pin", "sha256//" + "A" * 43 + "="),
    }
    for name, arguments in waits.items():
        process = start(programs[name], *arguments)
        try:
            said = hidden(process)
            tap.ok(said is True, f"{name}: its memory can't be dumped", said)
        finally:
            process.kill()
            process.wait()
    process = start("/bin/cat")
    tap.ok(hidden(process) is False, "control: a program without that is not hidden")
    process.kill()
    process.wait()
    shutil.rmtree(folder)


tap.run(main)
