#!/usr/bin/python3
"""The registrar's command lines, through the real program. Usage: cli.py BUILD

Every bad option, file and folder: a message that names it and says what to do, a fitting exit
status, nothing half-made. And the same answers while another process serves the folder.
"""
import fcntl
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "lib"))
from browser import free_port  # noqa: E402
from tap import Tap  # noqa: E402

PROGRAM = os.path.join(os.path.abspath(sys.argv[1]), "registrar", "registrar")
tap = Tap()
work = tempfile.mkdtemp(prefix="pressgate-cli-")
data = os.path.join(work, "data")
TODAY = "today-harbour-street"


def run(*arguments, cwd=work, text=None):
    return subprocess.run([PROGRAM, *arguments], cwd=cwd, capture_output=True, text=True,
                          input=text, timeout=60)


def refused(name, code, says, *arguments, **options):
    done = run(*arguments, **options)
    tap.ok(done.returncode == code and says in done.stderr and not done.stdout, name,
           f"exit {done.returncode}, wanted {code} and {says!r}", done.stdout, done.stderr)


def good(name, *arguments, **options):
    done = run(*arguments, **options)
    tap.ok(done.returncode == 0, name, f"exit {done.returncode}", done.stdout, done.stderr)
    return done.stdout


def write(name, text, mode=0o600):
    path = os.path.join(work, name)
    with open(path, "w", encoding="utf-8") as file:
        file.write(text)
    os.chmod(path, mode)
    return path


def misuse():
    refused("no command shows the usage", 2, "Usage")
    refused("an unknown command is named", 2, "'frob'", "frob")
    for command in ("init", "serve", "check", "conference", "conference list", "conference add",
                    "conference show", "staff", "staff add", "staff list", "staff disable",
                    "staff password", "staff pin", "keys", "keys list", "keys rotate",
                    "keys retire", "keys root-public", "gate", "export", "journal"):
        done = run(*command.split(), "--help")
        tap.ok(done.returncode == 0 and "Usage" in done.stdout and not done.stderr,
               f"{command} --help", done.stdout, done.stderr)
    refused("without a data folder nothing runs", 2, "--data", "conference", "list")
    refused("a data option without its value", 2, "--data", "conference", "list", "--data")
    refused("a folder that is not there", 1, "registrar init", "conference", "list", "--data",
            os.path.join(work, "nowhere"))
    os.mkdir(os.path.join(work, "empty"), 0o700)
    refused("a folder that is no registrar's", 1, "settings.ini", "conference", "list", "--data",
            os.path.join(work, "empty"))


def init():
    password = write("password", "correct horse battery staple\n123456\n")
    for name, says, file in (("an empty password file", "first line", write("none", "")),
                             ("a password that is too short", "password", write("short", "abc\n")),
                             ("a PIN that is too short", "pin", write("pin", "long enough\n12\n")),
                             ("a password file that is not there", "No such file", "missing")):
        refused(name, 1, says, "init", "--data", data, "--password-file", file)
    refused("an unknown option", 2, "--smaple", "init", "--data", data, "--smaple")
    refused("a wrong site", 1, "site", "init", "--data", data, "--site", "Not A Host")
    refused("a wrong zone", 1, "America/Toronto", "init", "--data", data, "--zone", "Mars/Base")
    refused("a parent that is not there", 1, "first", "init", "--data", work + "/a/b/c")
    tap.equal(sorted(n for n in os.listdir(work) if n.startswith("data")), [],
              "a refused init leaves nothing")
    good("init makes a sample", "init", "--data", "data", "--sample", "--password-file", password)
    tap.equal(os.stat(data).st_mode & 0o777, 0o700, "the folder is closed to others")
    loose = [n for root, _, names in os.walk(data) for n in names
             if os.stat(os.path.join(root, n)).st_mode & 0o077 and not n.endswith(".crt")]
    tap.equal(loose, [], "and so is every file in it")
    refused("init never overwrites", 1, "not empty", "init", "--data", data)
    plain = good("init without a password file", "init", "--data", work + "/plain")
    words = dict(line.rsplit(" ", 1) for line in plain.splitlines())
    tap.ok(len(words.get("admin password", "")) >= 20 and len(words.get("officer1 pin", "")) >= 6,
           "prints a one-time password and a PIN", plain)


def killed_init():
    """An init that was killed leaves a folder beside; the next one takes it away, and no other."""
    target = os.path.join(work, "killed")
    password = os.path.join(work, "password")
    mine = [os.path.join(work, name) for name in ("killed.abcdef", "killed.keep-me")]
    for folder in mine:
        os.mkdir(folder)
    for _ in range(5):
        if os.path.exists(target):
            shutil.rmtree(target)
        started = subprocess.Popen([PROGRAM, "init", "--data", target, "--sample",
                                    "--password-file", password], stdout=subprocess.DEVNULL,
                                   stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline and not left_over(mine):
            time.sleep(0.002)
        time.sleep(0.02)
        started.kill()
        started.wait()
    tap.ok(left_over(mine), "control: an init that is killed leaves a folder behind")
    if os.path.exists(target):
        shutil.rmtree(target)
    good("init after them", "init", "--data", target, "--password-file", password)
    tap.equal(left_over(mine), [], "takes away what they left")
    tap.ok(all(map(os.path.isdir, mine)), "and nothing that is not theirs")
    tap.ok(".init-unfinished" not in os.listdir(target), "and what it makes has no such mark")
    good("journal export", "journal", "export", os.path.join(work, "out"), "--data", data)
    good("journal verify DIR needs no data folder", "journal", "verify", "out")
    refused("without a folder it does", 2, "--data", "journal", "verify")
    refused("a folder without a journal is said", 1, "no exported journal", "journal", "verify",
            mine[0])


def left_over(mine):
    return [n for n in os.listdir(work) if n.startswith("killed.") and
            os.path.join(work, n) not in mine]


def commands():
    listed = [json.loads(line) for line in
              good("conference list --json", "conference", "list", "--data", data,
                   "--json").splitlines()]
    tap.equal(sorted(listed[0]), ["capacity", "number", "slug", "starts", "title"],
              "each conference has the fields that scripts read")
    tap.equal((listed[0]["number"], listed[0]["slug"]), (1, TODAY), "today's comes first")
    number = good("conference add", "conference", "add", "--data", data, "--title", "Results",
                  "--starts", "2030-09-12T14:00", "--capacity", "2", "--classes",
                  "reporter,camera", "--id-check", "20%", "--emerging").strip()
    shown = good("conference show", "conference", "show", "results", "--data", data)
    tap.ok(f"number      {number}\n" in shown and "2:00 p.m." in shown and
           "classes     reporter,camera" in shown, "shows what was added", shown)
    add = ("conference", "add", "--data", data, "--title", "T", "--starts")
    refused("an unknown verb", 2, "'frob'", "conference", "frob", "--data", data)
    refused("a time that clocks jump over", 1, "starts: 2026-03-08T02:30 does not exist",
            *add, "2026-03-08T02:30")
    refused("a time that comes twice", 1, "2026-11-01T01:30-04:00", *add, "2026-11-01T01:30")
    refused("no start", 1, "starts", "conference", "add", "--data", data, "--title", "T")
    refused("an end before the start", 1, "ends", *add, "2030-01-01T12:00", "--ends",
            "2030-01-01T11:59")
    refused("a capacity in words", 2, "--capacity", *add, "2030-01-01T12:00", "--capacity", "many")
    refused("an unknown class", 2, "'clown'", *add, "2030-01-01T12:00", "--classes", "clown")
    refused("a wrong ID check", 2, "--id-check", *add, "2030-01-01T12:00", "--id-check", "maybe")
    refused("a slug that is taken", 1, "slug", *add, "2030-01-01T12:00", "--slug", "results")
    refused("a conference that is not there", 1, "'nope'", "conference", "show", "nope", "--data",
            data)
    refused("an argument too many", 2, "one conference", "conference", "show", "results", "surplus",
            "--data", data)

    secret = write("secret", "a good long password\n")
    good("staff add", "staff", "add", "desk2", "--role", "communications", "--password-file",
         "secret", "--data", data)
    good("staff add from standard input", "staff", "add", "desk3", "--role", "reviewer",
         "--password-file", "-", "--data", data, text="another long password\n")
    refused("an account twice", 1, "desk2", "staff", "add", "desk2", "--role", "security",
            "--data", data)
    refused("a role that is none", 2, "role", "staff", "add", "x", "--role", "king", "--data", data)
    refused("a name that is none", 1, "name", "staff", "add", "Desk 4", "--role", "security",
            "--data", data)
    refused("a name that the journal gives to focal points", 1, "Choose another", "staff", "add",
            "focal7", "--role", "security", "--data", data)
    good("a name that is only like them", "staff", "add", "focal", "--role", "security", "--data",
         data)
    refused("a password file that is not there", 1, "password-file", "staff", "password", "desk2",
            "--password-file", "missing", "--data", data)
    tap.ok(len(good("a one-time password", "staff", "password", "desk2", "--data",
                    data).strip()) >= 20, "is printed")
    good("staff disable", "staff", "disable", "desk3", "--data", data)
    refused("the last administrator stays", 1, "last administrator", "staff", "disable", "admin",
            "--data", data)
    names = [json.loads(line)["name"] for line in
             good("staff list", "staff", "list", "--json", "--data", data).splitlines()]
    tap.equal(names, sorted(names), "accounts are listed by name")
    os.unlink(secret)

    root = good("keys root-public", "keys", "root-public", "--data", data).strip()
    tap.equal(len(bytes.fromhex(root)), 32, "is 32 bytes in hex")
    refused("the root key stays", 1, "root key", "keys", "rotate", "--use", "root", "--data", data)
    refused("a use that is none", 2, "use", "keys", "rotate", "--use", "front-door", "--data", data)
    refused("a pass key needs its conference", 2, "conference", "keys", "rotate", "--use", "pass",
            "--data", data)
    before = good("keys list", "keys", "list", "--data", data).splitlines()
    old = next(line.split()[0] for line in before if " pass " in line and "conference 1" in line)
    refused("the only key can't be retired", 1, "Rotate first", "keys", "retire", old, "--data",
            data)
    good("a pass key is rotated", "keys", "rotate", "--use", "pass", "--conference", TODAY,
         "--data", data)
    done = run("keys", "retire", old, "--data", data)
    tap.ok(done.returncode == 0 and "anew: 10" in done.stderr,
           "and the old one retired; its passes are issued anew", done.stderr)
    refused("a key id that is none", 2, "hex", "keys", "retire", "xyz", "--data", data)
    refused("a key that is not there", 1, "no key", "keys", "retire", "00" * 8, "--data", data)


def broken():
    key = next(os.path.join(data, "keys", n) for n in os.listdir(data + "/keys")
               if n.startswith("witness"))
    os.chmod(key, 0o644)
    refused("a key that others can read", 1, "chmod 600", "check", "--data", data)
    os.chmod(key, 0o600)
    os.chmod(data, 0o755)
    refused("a folder that others can enter", 1, "chmod 700", "check", "--data", data)
    os.chmod(data, 0o700)
    os.rename(key, key + ".away")
    refused("a key that is gone", 1, "backup", "check", "--data", data)
    os.rename(key + ".away", key)
    settings = os.path.join(data, "settings.ini")
    with open(settings, encoding="utf-8") as file:
        text = file.read()
    write(settings, text + "[mail]\nserver = nonsense\n")
    refused("a wrong setting, with its line", 1, "line", "check", "--data", data)
    write(settings, text.replace("media.lakemount.example", "other.example", 1))
    refused("another site than the journals'", 1, "site", "check", "--data", data)
    write(settings, text)
    store = os.path.join(data, "registrar.db")
    shutil.copy(store, work + "/kept.db")
    with open(store, "r+b") as file:
        file.write(b"this is no database, it is a text of more than sixteen bytes")
    done = run("check", "--data", data)
    tap.ok(done.returncode == 1 and done.stderr, "a store that is none is refused with words",
           done.stderr)
    shutil.copy(work + "/kept.db", store)
    done = run("check", "--data", data)
    tap.ok(done.returncode == 0 and "wrong" not in done.stdout, "all put back: check finds nothing",
           done.stdout, done.stderr)


def start(*more, listen=None, device=None):
    log = open(work + "/serve.log", "w+b")
    ports = listen or f"127.0.0.1:{free_port()}", device or f"127.0.0.1:{free_port()}"
    server = subprocess.Popen([PROGRAM, "serve", "--data", data, "--listen", ports[0],
                               "--device-listen", ports[1], *more],
                              stdout=log, stderr=subprocess.STDOUT)
    for _ in range(200):
        log.seek(0)
        said = log.read().decode()
        if "gates https" in said or server.poll() is not None:
            break
        time.sleep(0.05)
    return server, said, ports


def serving():
    server, said, ports = start()
    tap.ok(server.poll() is None and f"pages http://{ports[0]}\n" in said, "serve says where",
           said)
    here = [good("conference list while it serves", "conference", "list", "--data", data, "--json")]
    refused("a second serve", 1, "in use", "serve", "--data", data)
    refused("a refusal comes back through the socket", 1, "'nope'", "conference", "show", "nope",
            "--data", data)
    refused("and a misuse", 2, "--capacity", "conference", "add", "--title", "x", "--starts",
            "2030-01-01T12:00", "--capacity", "many", "--data", data)
    write("secret", "one more long password\n")
    good("a relative path is the asker's", "staff", "add", "desk5", "--role", "reviewer",
         "--password-file", "secret", "--data", data)
    good("standard input too", "staff", "password", "desk5", "--password-file", "-", "--data", data,
         text="yet another long password\n")
    exported = good("an export streams", "export", "passes", "--conference", TODAY, "--data", data)
    good("check works on an open folder", "check", "--data", data)
    server.send_signal(signal.SIGTERM)
    tap.equal(server.wait(timeout=30), 0, "SIGTERM ends it cleanly")
    tap.equal(good("conference list by itself", "conference", "list", "--data", data, "--json"),
              here[0], "answers the same")
    tap.equal(good("the export by itself", "export", "passes", "--conference", TODAY, "--data",
                   data), exported, "is the same")
    server, _, _ = start()
    server.kill()
    server.wait()
    tap.ok(os.path.exists(data + "/control.sock"), "a killed one leaves its socket")
    good("which keeps nobody out", "conference", "list", "--data", data)
    server, said, _ = start()
    tap.ok(server.poll() is None, "nor the next one", said)
    server.terminate()
    server.wait()


def wrong_listeners():
    taken = socket.socket()
    taken.bind(("127.0.0.1", 0))
    taken.listen()
    port = taken.getsockname()[1]
    for option, name in (("listen", "pages"), ("device", "gates")):
        server, said, _ = start(**{option: f"127.0.0.1:{port}"})
        tap.ok(server.wait(timeout=20) == 1 and "another program" in said,
               f"a port in use for the {name}", said)
    for address, says in (("nonsense", "nonsense"), ("127.0.0.1:99999", "99999"),
                          ("0.0.0.0:0", "clear")):
        server, said, _ = start(listen=address)
        tap.ok(server.wait(timeout=20) == 1 and says in said, f"--listen {address}", said)
    server, said, _ = start("--tls-cert", "x")
    tap.ok(server.wait(timeout=20) == 2 and "together" in said, "a certificate without its key", said)
    server, said, _ = start("--tls-cert", "x", "--tls-key", "y")
    tap.ok(server.wait(timeout=20) == 1 and "x" in said, "a certificate that is not there", said)
    tap.ok(not os.path.exists(data + "/control.sock"), "a refused serve leaves no socket")


def locked():
    lock = open(data + "/registrar.db.lock", "r+b")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        fcntl.lockf(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        pass
    begin = time.monotonic()
    done = run("conference", "list", "--data", data)
    tap.ok(done.returncode == 1 and "another process works on" in done.stderr,
           f"a locked store is said so ({time.monotonic() - begin:.0f} s of patience)", done.stderr)
    lock.close()
    good("and works again when it is free", "conference", "list", "--data", data)


def full_disk():
    """A small file system that fills up; needs root, as a container has it."""
    small = os.path.join(work, "small")
    os.mkdir(small)
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=8m", "tmpfs", small],
                      capture_output=True).returncode:
        tap.note("no tmpfs can be mounted here: the full disk is tried in tests/store only")
        return
    try:
        good("init on a small disk", "init", "--data", small + "/data", "--sample",
             "--password-file", os.path.join(work, "password"))
        filler = os.open(small + "/filler", os.O_CREAT | os.O_WRONLY)
        try:
            while True:
                os.write(filler, b"x" * 4096)
        except OSError:
            os.close(filler)
        done = run("conference", "add", "--title", "T", "--starts", "2030-01-01T12:00", "--data",
                   small + "/data")
        tap.ok(done.returncode == 1 and done.stderr, "a full disk is said so", done.stderr)
        os.unlink(small + "/filler")
        listed = good("with room again", "conference", "list", "--data", small + "/data", "--all")
        tap.equal(len(listed.splitlines()), 3, "nothing was half-written")
        good("and it goes on", "conference", "add", "--title", "T", "--starts",
             "2030-01-01T12:00", "--data", small + "/data")
        refused("init on a full disk", 1, "", "init", "--data", small + "/none", "--password-file",
                os.path.join(work, "none"))
    finally:
        subprocess.run(["umount", small], check=True)


def body():
    misuse()
    init()
    killed_init()
    commands()
    broken()
    serving()
    wrong_listeners()
    locked()
    full_disk()


try:
    tap.run(body)
finally:
    shutil.rmtree(work, ignore_errors=True)
