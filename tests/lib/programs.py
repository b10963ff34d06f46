"""Runs the real programs for a test: a registrar with its listeners, a gate, pipes and files."""
import csv
import io
import json
import os
import re
import signal
import sqlite3
import subprocess
import tempfile
import time

from browser import Browser, free_port


def query(path, sql, *values):
    """Rows of a store of a test, changed where sql changes it."""
    db = sqlite3.connect(path, timeout=10)
    with db:
        found = db.execute(sql, values).fetchall()
    db.close()
    return found


def wait(what, seconds=15):
    """What a question gives as soon as it gives anything; None where it does not in time."""
    for _ in range(seconds * 20):
        found = what()
        if found:
            return found
        time.sleep(0.05)
    return None


class Front:
    """A `gate` command of a gate's folder that stays, with its lines."""

    def __init__(self, programs, folder, *arguments, stderr=None):
        self.process = subprocess.Popen(
            [programs.gate_path, arguments[0], "--data", programs.path(folder), *arguments[1:]],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=stderr, text=True)

    def scan(self, text):
        self.process.stdin.write(text + "\n")
        self.process.stdin.flush()
        return json.loads(self.process.stdout.readline())

    def end(self):
        """Its exit status, and what it said where stderr is a pipe."""
        self.process.stdin.close()
        said = self.process.stderr.read() if self.process.stderr else None
        return self.process.wait(timeout=30), said


class Programs:
    """The built programs and a folder of this test's own, removed by close()."""

    def __init__(self, build):
        self.registrar_path = os.path.join(build, "registrar", "registrar")
        self.gate_path = os.path.join(build, "gate", "gate")
        self.badges_path = os.path.join(build, "badges", "badges")
        self.folder = tempfile.TemporaryDirectory(prefix="pressgate-test-")
        self.data = self.path("registrar")
        self.password = "correct horse battery staple"
        self.server = self.port = self.device_port = None

    def path(self, *names):
        return os.path.join(self.folder.name, *names)

    def close(self):
        self.stop()
        self.folder.cleanup()

    def run(self, program, *arguments, text=None, code=0, timeout=120):
        """One command; its standard output. The exit status must be code (None: any)."""
        done = subprocess.run([program, *arguments], input=text, capture_output=True,
                              timeout=timeout, encoding="utf-8", errors="surrogateescape")
        if code is not None and done.returncode != code:
            raise AssertionError(f"{os.path.basename(program)} {' '.join(arguments)}: exit "
                                 f"{done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-2000:]}")
        self.said = done.stderr
        return done.stdout

    def registrar(self, command, *arguments, **options):
        """A subcommand of one word or more, on this test's data folder."""
        return self.run(self.registrar_path, *command.split(), "--data", self.data, *arguments,
                        **options)

    def gate(self, folder, command, *arguments, **options):
        return self.run(self.gate_path, *command.split(), "--data", self.path(folder), *arguments,
                        **options)

    def store(self, sql, *values):
        """Rows of the registrar's store, changed where sql changes it."""
        return query(os.path.join(self.data, "registrar.db"), sql, *values)

    def init(self):
        file = self.path("password")
        with open(file, "w", encoding="utf-8") as out:
            out.write(self.password + "\n")
        os.chmod(file, 0o600)
        self.registrar("init", "--sample", "--password-file", file)

    def stranger(self):
        """A good certificate with its key, in one file, that nobody enrolled."""
        pem = self.path("stranger.pem")
        if not os.path.exists(pem):
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt",
                            "ec_paramgen_curve:prime256v1", "-nodes", "-subj", "/CN=stranger",
                            "-days", "2", "-keyout", pem + ".key", "-out", pem + ".crt"],
                           check=True, capture_output=True)
            with open(pem, "w", encoding="ascii") as out:
                for part in (".key", ".crt"):
                    with open(pem + part, encoding="ascii") as file:
                        out.write(file.read())
        return pem

    def mail_by(self, port):
        """Mails go to an SMTP server on that port of loopback."""
        path = os.path.join(self.data, "settings.ini")
        with open(path, encoding="utf-8") as file:
            text = re.sub(r"(?m)^[;#]?\s*server\s*=.*\n", "", file.read())
        if "[mail]" not in text:
            text += "\n[mail]\n"
        with open(path, "w", encoding="utf-8") as file:
            file.write(text.replace("[mail]\n", f"[mail]\nserver = smtp://127.0.0.1:{port}\n"))

    def start(self):
        """Serves, on the same ports after a stop; waits until both listeners answer."""
        self.port = self.port or free_port()
        self.device_port = self.device_port or free_port()
        self.log = open(self.path("serve.log"), "ab")
        self.server = subprocess.Popen(
            [self.registrar_path, "serve", "--data", self.data,
             "--listen", f"127.0.0.1:{self.port}",
             "--device-listen", f"127.0.0.1:{self.device_port}"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log)
        for _ in range(200):
            if self.server.poll() is not None:
                break
            try:
                if self.browser().get("/").status == 200:
                    return
            except OSError:
                pass
            time.sleep(0.05)
        with open(self.path("serve.log"), encoding="utf-8", errors="replace") as file:
            raise AssertionError("registrar serve did not start:\n" + file.read()[-2000:])

    def stop(self, how=signal.SIGTERM):
        if not self.server:
            return None
        self.server.send_signal(how)
        code = self.server.wait(timeout=30)
        self.server = None
        self.log.close()
        return code

    def browser(self, source=None):
        """A browser; source: the loopback address it calls from."""
        return Browser("127.0.0.1", self.port, source)

    def enrol(self, name):
        """A new gate in the folder of that name, by a one-time code."""
        code = json.loads(self.registrar("gate code", name))
        self.gate(name, "enrol", "--url", f"https://127.0.0.1:{self.device_port}",
                  "--code", code["code"], "--pin", code["pin"])
        return code

    def scan(self, folder, slug, *texts, options=(), officer=False):
        """The gate's verdicts for these texts, one object each. officer: the sample's officer is
        signed in, so that names can be read."""
        if officer:
            options = (*options, "--officer", "officer1", "--pin-file", self.path("password"))
        out = self.gate(folder, "scan", "--conference", slug, "--json", *options,
                        text="".join(t + "\n" for t in texts))
        lines = [json.loads(line) for line in out.splitlines()]
        if len(lines) != len(texts):
            raise AssertionError(f"{len(texts)} scanned, {len(lines)} verdicts: {out}")
        return lines

    def conferences(self):
        return [json.loads(x) for x in self.registrar("conference list", "--json").splitlines()]

    def export(self, what, slug, *options):
        """An export as a list of rows; CSV unless --format json is asked for."""
        out = self.registrar(f"export {what}", "--conference", slug, *options)
        return list(csv.DictReader(io.StringIO(out, newline="")))

    def mails(self, recipient=None):
        """What the outbox wrote, newest last, as (subject, text)."""
        import email
        import email.policy
        folder = os.path.join(self.data, "mail")
        found = []
        for name in sorted(os.listdir(folder) if os.path.isdir(folder) else []):
            with open(os.path.join(folder, name), "rb") as file:
                data = file.read()
            if recipient and recipient.isascii() and recipient.encode() not in data:
                continue
            mail = email.message_from_bytes(data, policy=email.policy.default)
            if recipient is None or mail["To"].addresses[0].addr_spec == recipient:
                key = [int(n) for n in re.findall(r"\d+", name)]
                found.append((key, str(mail["Subject"]), mail.get_body(("plain",)).get_content()))
        return [(subject, text) for _, subject, text in sorted(found)]

    def wait_mail(self, recipient, count):
        """The mails of this recipient once there are so many."""
        for _ in range(200):
            found = self.mails(recipient)
            if len(found) >= count:
                return found
            time.sleep(0.05)
        raise AssertionError(f"{len(found)} mails for {recipient}, not {count}: {found}")


def link_in(text, kind):
    """The address of this kind in a mail's text, as a path."""
    found = re.search(rf"https?://[^\s/]+(/{kind}/[A-Za-z0-9_-]+)", text)
    if not found:
        raise AssertionError(f"no /{kind}/ link in: {text}")
    return found.group(1)
