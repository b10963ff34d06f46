"""Slow clients, large bodies and many connections: none holds the server, and each defence is
shown to be what stops them."""
import select
import socket
import subprocess
import sys
import threading
import time

from live import Server, Tap, answer

REQUEST = b'GET /hello HTTP/1.1\r\nHost: localhost\r\nX-Slow: '


def drip(socks, seconds, byte=b'a', every=0.5):
    """Sends a byte on each socket now and then; gives how many are still open, and when the last
    one closed."""
    alive = set(socks)
    begun = last = time.monotonic()
    while time.monotonic() - begun < seconds and alive:
        for sock in list(alive):
            try:
                sock.send(byte)
            except OSError:
                alive.discard(sock)
        readable, _, _ = select.select(list(alive), [], [], every) if alive else ([], [], [])
        for sock in readable:
            try:
                if sock.recv(4096) == b'':
                    alive.discard(sock)
            except OSError:
                alive.discard(sock)
        if readable:
            last = time.monotonic()
        time.sleep(max(0, every - 0.3))
    return len(alive), last - begun


def serves_meanwhile(server, stop, times):
    """Asks for a page again and again while others are slow."""
    while not stop.is_set():
        begun = time.monotonic()
        status = server.get('/hello').status
        times.append((time.monotonic() - begun, status))
        time.sleep(0.2)


def loris(server, count, seconds, first=REQUEST):
    socks = [socket.create_connection(('127.0.0.1', server.port)) for _ in range(count)]
    for sock in socks:
        sock.sendall(first)
        sock.setblocking(False)
    stop, times = threading.Event(), []
    asker = threading.Thread(target=serves_meanwhile, args=(server, stop, times))
    asker.start()
    alive, last = drip(socks, seconds)
    stop.set()
    asker.join()
    for sock in socks:
        sock.close()
    return alive, last, times


def check_loris(tap, binary):
    wide = ['--per-address', '300', '--idle-seconds', '15']
    with Server(binary, *wide) as server:
        alive, last, times = loris(server, 200, 15)
        tap.ok(alive == 0 and 8 < last < 12, 'of 200 slow heads none outlives the 10 seconds',
               (alive, last))
        worst = max(t for t, _ in times)
        tap.ok(all(s == 200 for _, s in times) and worst < 2 and len(times) > 10,
               f'others are served meanwhile (slowest {worst * 1000:.0f} ms)', times)
    with Server(binary, *wide, '--header-seconds', '2', '--off', 'watchdog') as server:
        alive, _, _ = loris(server, 200, 6)
        tap.ok(alive == 200, 'control, watchdog off: all 200 are still there', alive)


def check_slow_phases(tap, binary):
    """The same with short deadlines, for each phase of a connection."""
    short = ['--header-seconds', '1', '--body-seconds', '2', '--idle-seconds', '3',
             '--reply-seconds', '2', '--per-address', '100']
    body = (b'POST /raw HTTP/1.1\r\nHost: localhost\r\nContent-Length: 90000\r\n\r\n')
    for off in ([], ['--off', 'watchdog']):
        word = 'control, watchdog off: ' if off else ''
        want = 20 if off else 0
        with Server(binary, *short, *off) as server:
            alive, _, _ = loris(server, 20, 4, body)
            tap.ok(alive == want, word + ('slow bodies stay' if off else 'slow bodies end'), alive)
            kept = b'GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n' + REQUEST
            alive, _, _ = loris(server, 20, 6, kept)
            tap.ok(alive == want, word + ('a slow second head stays' if off else
                                          'a slow second head ends'), alive)
    for off in ([], ['--off', 'watchdog']):
        with Server(binary, *short, *off, '--tls') as server:
            alive, _, _ = loris_tls(server)
            tap.ok(alive == (10 if off else 0), ('control, watchdog off: unfinished TLS handshakes '
                   'stay' if off else 'unfinished TLS handshakes end'), alive)


def loris_tls(server):
    hello = b'\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03'
    socks = [socket.create_connection(('127.0.0.1', server.port)) for _ in range(10)]
    for sock in socks:
        sock.sendall(hello)
        sock.setblocking(False)
    alive, last = drip(socks, 3)
    return alive, last, []


def check_slow_reader(tap, binary):
    """One place only, taken by a reader of 2 KiB a second: is somebody else served?"""
    for off in ([], ['--off', 'watchdog']):
        with Server(binary, '--reply-seconds', '2', '--connections', '1', *off) as server:
            sock = socket.socket()
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
            sock.connect(('127.0.0.1', server.port))
            sock.sendall(b'GET /huge HTTP/1.1\r\nHost: localhost\r\n\r\n')
            stop = threading.Event()
            reader = threading.Thread(target=read_slowly, args=(sock, stop))
            reader.start()
            time.sleep(0.3)
            status = 0
            begun = time.monotonic()
            while status != 200 and time.monotonic() - begun < 4:
                status = server.get('/hello').status
                time.sleep(0.1)
            stop.set()
            reader.join()
            sock.close()
            tap.ok((status == 200) == (not off), 'control, watchdog off: a slow reader keeps its '
                   'place' if off else 'a slow reader loses its place', status)


def read_slowly(sock, stop):
    while not stop.is_set():
        try:
            sock.recv(100)
        except OSError:
            return
        time.sleep(0.05)


def big_post(server, length):
    sock = server.connect()
    sock.sendall((f'POST /raw HTTP/1.1\r\nHost: localhost\r\nContent-Length: {length}\r\n\r\n')
                 .encode())
    sent = 0
    begun = time.monotonic()
    try:
        while sent < length:
            readable, _, _ = select.select([sock], [], [], 0)
            if readable:
                break
            sent += sock.send(b'x' * min(65536, length - sent))
    except OSError:
        pass
    a = answer(sock)
    sock.close()
    return a, sent, time.monotonic() - begun


def check_large_body(tap, binary):
    ten = 10 << 20
    for tls in ([], ['--tls']):
        with Server(binary, *tls) as server:
            a, sent, took = big_post(server, ten)
            tap.ok(a.status == 413 and sent < ten and a.closed,
                   f'10 MB{" over TLS" if tls else ""}: 413 before the body is sent '
                   f'({sent} bytes, {took * 1000:.0f} ms)', (a.status, sent, a.closed))
            a = server.get('/hello', 'Content-Length: 3')
            tap.ok(a.status == 413, 'a body on GET: 413', a.status)
    # A client that sends everything before it reads must still see why it was refused.
    with Server(binary) as server:
        good = 0
        for _ in range(20):
            sock = server.connect()
            try:
                sock.sendall(b'POST /raw HTTP/1.1\r\nHost: localhost\r\nContent-Length: 400000'
                             b'\r\n\r\n' + b'x' * 400000)
            except OSError:
                pass
            good += answer(sock).status == 413
            sock.close()
        tap.ok(good == 20, 'the 413 arrives also where the client sends first', good)
        a = server.send(b'POST /raw HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100000\r\n\r\n'
                        + b'x' * 100000)
        tap.ok(a.status == 200 and a.body == b'100000\n', 'a body of exactly the limit is taken')
        a = server.send(b'POST /raw HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100001\r\n\r\n'
                        + b'x' * 100001)
        tap.ok(a.status == 413, 'one byte more is refused', a.status)
    with Server(binary, '--off', 'body-limit') as server:
        a, sent, _ = big_post(server, ten)
        tap.ok(a.status == 200 and sent == ten, 'control, limit off: 10 MB are taken', a.status)


def count_open(server, n):
    socks = [socket.create_connection(('127.0.0.1', server.port)) for _ in range(n)]
    time.sleep(0.5)
    served = 0
    for sock in socks:
        try:
            sock.sendall(b'GET /hello HTTP/1.1\r\nHost: localhost\r\n\r\n')
            sock.settimeout(2)
            served += sock.recv(4096) != b''
        except OSError:
            pass
    for sock in socks:
        sock.close()
    return served


def check_addresses(tap, binary):
    with Server(binary) as server:
        served = count_open(server, 160)
        tap.ok(served == 128, 'of 160 connections from one address 128 are served', served)
    with Server(binary, '--off', 'address-limit') as server:
        served = count_open(server, 160)
        tap.ok(served == 160, 'control, address limit off: all 160 are served', served)
    with Server(binary, '--per-address', '5') as server:
        tap.ok(count_open(server, 20) == 5, 'the limit is the one that was asked for')


def tls_says(server, version):
    run = subprocess.run(['openssl', 's_client', '-connect', f'127.0.0.1:{server.port}', version,
                          '-cipher', 'ALL:@SECLEVEL=0'], input=b'', capture_output=True,
                         timeout=20, check=False)
    return b'Cipher is (NONE)' not in run.stdout and b'New, ' in run.stdout


def check_tls(tap, binary):
    for options, taken in ((['--tls'], '-tls1_2 -tls1_3'), (['--tls', '--tls13'], '-tls1_3')):
        with Server(binary, *options) as server:
            for version in ('-tls1', '-tls1_1', '-tls1_2', '-tls1_3'):
                want = version in taken.split()
                tap.ok(tls_says(server, version) == want,
                       f'{" ".join(options)}: {version[1:]} is {"taken" if want else "refused"}')
    with Server(binary, '--tls', '--off', 'tls') as server:
        tap.ok(tls_says(server, '-tls1_1') and tls_says(server, '-tls1_2'),
               "control, the library's own priorities: TLS 1.1 is taken")


def check_start(tap, binary):
    with Server(binary) as server:
        run = subprocess.run([binary, '--listen', f'127.0.0.1:{server.port}'], input=b'',
                             capture_output=True, check=False)
        tap.ok(run.returncode == 1 and b'another program listens' in run.stderr,
               'a port in use is said in words', run.stderr)
    for listen, said in (('127.0.0.1', b'ADDRESS:PORT'), ('127.0.0.1:70000', b'ADDRESS:PORT'),
                         ('localhost:80', b'ADDRESS:PORT'), ('[::1:80', b'ADDRESS:PORT'),
                         ('192.0.2.7:0', b'does not have this address')):
        run = subprocess.run([binary, '--listen', listen], input=b'', capture_output=True,
                             check=False)
        tap.ok(run.returncode == 1 and said in run.stderr, f'a bad address is said: {listen}',
               run.stderr)


def check_handler_time(tap, binary):
    with Server(binary, '--idle-seconds', '1', '--header-seconds', '1') as server:
        a = server.get('/slow')
        tap.ok(a.status == 200 and a.body == b'slow\n',
               'a handler slower than the idle time-out still answers', a.status)
        server.get('/slow-by-fault')
    tap.ok(server.log.count('ours: GET /slow-by-fault took') == 1 and
           'ours: GET /slow took' not in server.log,
           'a slow handler is logged as our fault, a long poll is not', server.log)
    server = Server(binary)
    sock = server.connect()
    sock.sendall(b'GET /slow HTTP/1.1\r\nHost: localhost\r\n\r\n')
    time.sleep(0.3)
    begun = time.monotonic()
    server.__exit__()
    took = time.monotonic() - begun
    tap.ok(took < 2, f'stopping wakes a handler that waits ({took * 1000:.0f} ms)', took)


def main():
    tap = Tap()
    binary = sys.argv[1]
    check_start(tap, binary)
    check_large_body(tap, binary)
    check_addresses(tap, binary)
    check_tls(tap, binary)
    check_handler_time(tap, binary)
    check_slow_phases(tap, binary)
    check_slow_reader(tap, binary)
    check_loris(tap, binary)
    tap.done()


main()
