"""No program leaves a dump of its memory, whatever the system does with dumps.

A process that may not be dumped is one whose memory its own user may not look at. Each program is
started and looked at by the same user while it waits: for its input, for a password, for a server's
answer. Root may look at everything, so here root does without the right to trace, on both sides.
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
UNTRACED = ["setpriv", "--bounding-set=-sys_ptrace"] if os.geteuid() == 0 else []
PUBLIC = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"  # RFC 8032 TEST 1


def start(*command):
    return subprocess.Popen([*UNTRACED, *command], stdin=subprocess.PIPE,
                            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def hidden(process):
    """Whether the process is closed to its own user, once it runs and waits."""
    for _ in range(20):
        time.sleep(0.1)
        if process.poll() is not None:
            return f"ended with {process.returncode}"
        look = subprocess.run([*UNTRACED, "readlink", "-v", f"/proc/{process.pid}/exe"],
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                              env={**os.environ, "LC_ALL": "C"})
        if look.returncode != 0:
            return "denied" in look.stderr or look.stderr
    return False


def main():
    folder = tempfile.mkdtemp(prefix="pressgate-core-")
    programs = {name: os.path.join(BUILD, name, name) for name in ("badges", "registrar", "gate")}
    fifo = os.path.join(folder, "password")
    os.mkfifo(fifo)
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
