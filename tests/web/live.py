"""What the live tests share: starting the test server, raw connections, counting results as TAP."""
import socket
import ssl
import subprocess
import sys
import time


class Server:
    """The test server with some options; ends with the `with` block."""

    def __init__(self, binary, *options):
        self.process = subprocess.Popen([binary, *options], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.port = int(self.process.stdout.readline() or 0)
        self.tls = '--tls' in options
        self.log = ''

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.log = self.process.communicate(timeout=30)[1]
        if self.process.returncode:
            print(f'# server ended with {self.process.returncode}\n# {self.log}')
            sys.exit(1)

    def connect(self, timeout=5):
        sock = socket.create_connection(('127.0.0.1', self.port), timeout=timeout)
        if self.tls:
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
            sock = context.wrap_socket(sock)
        return sock

    def send(self, data, timeout=5):
        """Sends raw bytes and gives (status, head, body, closed)."""
        with self.connect(timeout) as sock:
            try:
                sock.sendall(data)
            except OSError:
                pass
            return answer(sock)

    def get(self, path, *lines, host='localhost'):
        head = ''.join(line + '\r\n' for line in lines)
        return self.send(f'GET {path} HTTP/1.1\r\nHost: {host}\r\n{head}\r\n'.encode())

    def post(self, path, body, *lines):
        head = ''.join(line + '\r\n' for line in lines)
        return self.send((f'POST {path} HTTP/1.1\r\nHost: localhost\r\n'
                          'Content-Type: application/x-www-form-urlencoded\r\n'
                          f'Content-Length: {len(body)}\r\n{head}\r\n{body}').encode())


class Answer:
    def __init__(self, status, head, body, closed):
        self.status, self.head, self.body, self.closed = status, head, body, closed

    def header(self, name):
        found = [line.split(':', 1)[1].strip() for line in self.head.split('\r\n')[1:]
                 if line.lower().startswith(name.lower() + ':')]
        return found[0] if len(found) == 1 else found or None


def answer(sock, wait_close=0.3):
    """Reads one reply; then looks whether the server closes."""
    data = b''
    try:
        while b'\r\n\r\n' not in data:
            piece = sock.recv(65536)
            if not piece:
                return Answer(0, data.decode('latin-1'), b'', True)
            data += piece
        head, body = data.split(b'\r\n\r\n', 1)
        text = head.decode('latin-1')
        length = [int(line.split(':')[1]) for line in text.split('\r\n')
                  if line.lower().startswith('content-length:')]
        while length and len(body) < length[0]:
            piece = sock.recv(65536)
            if not piece:
                break
            body += piece
        status = int(text.split(' ')[1])
        sock.settimeout(wait_close)
        try:
            closed = sock.recv(1) == b''
        except (TimeoutError, socket.timeout):
            closed = False
        return Answer(status, text, body, closed)
    except (ConnectionError, ssl.SSLError, socket.timeout):
        return Answer(0, '', b'', True)


class Tap:
    """Counts checks; each is a line of TAP."""

    def __init__(self):
        self.n = 0
        self.failed = 0

    def ok(self, holds, name, said=''):
        self.n += 1
        self.failed += not holds
        print(('ok' if holds else 'not ok') + f' {self.n} - {name}')
        if not holds:
            print(f'# {said!r}')
        sys.stdout.flush()

    def done(self):
        print(f'1..{self.n}')
        sys.exit(1 if self.failed else 0)


def monotonic():
    return time.monotonic()
