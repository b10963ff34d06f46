"""Every shape of a request that two programs may read differently is refused; with its defence off
each of them is taken, which shows that the test sees the difference."""
import sys

from live import Server, Tap

HOST = b'Host: localhost\r\n'


def shape(line, head=HOST, body=b''):
    return line + b'\r\n' + head + b'\r\n' + body


# name, defence, bytes, status when refused, statuses with the defence off
SHAPES = [
    ('Content-Length with Transfer-Encoding', 'length',
     shape(b'POST /raw HTTP/1.1',
           HOST + b'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n', b'0\r\n\r\n'),
     400, [200]),
    ('Transfer-Encoding alone', 'length',
     shape(b'POST /raw HTTP/1.1', HOST + b'Transfer-Encoding: chunked\r\n', b'0\r\n\r\n'),
     400, [200]),
    ('Transfer-Encoding of a strange kind', 'length',
     shape(b'GET /hello HTTP/1.1', HOST + b'Transfer-Encoding: xchunked\r\nContent-Length: 0\r\n'),
     400, [200, 0]),
    ('two Content-Lengths that differ', 'length',
     shape(b'POST /raw HTTP/1.1', HOST + b'Content-Length: 3\r\nContent-Length: 4\r\n', b'abcd'),
     400, [200]),
    ('two Content-Lengths that agree', 'length',
     shape(b'POST /raw HTTP/1.1', HOST + b'Content-Length: 3\r\nContent-Length: 3\r\n', b'abc'),
     400, [200]),
    ('two Hosts', 'host',
     shape(b'GET /hello HTTP/1.1', HOST + b'Host: other.example\r\n'), 400, [200]),
    ('two Hosts that agree', 'host', shape(b'GET /hello HTTP/1.1', HOST + HOST), 400, [200]),
    ('a Host that is not ours', 'host',
     shape(b'GET /hello HTTP/1.1', b'Host: evil.example\r\n'), 421, [200]),
    ('a Host with a path', 'host',
     shape(b'GET /hello HTTP/1.1', b'Host: localhost/evil\r\n'), 421, [200]),
    ('a Host that only begins like ours', 'host',
     shape(b'GET /hello HTTP/1.1', b'Host: localhost.evil.example\r\n'), 421, [200]),
    ('HTTP/1.0 without a Host', 'host', shape(b'GET /hello HTTP/1.0', b''), 400, [200]),
    ('TRACE', 'method', shape(b'TRACE /hello HTTP/1.1'), 405, [200]),
    ('CONNECT', 'method', shape(b'CONNECT /hello HTTP/1.1'), 405, [200]),
    ('PUT', 'method', shape(b'PUT /hello HTTP/1.1'), 405, [200]),
    ('a method in small letters', 'method', shape(b'get /hello HTTP/1.1'), 405, [200]),
    ('%00 in the path', 'uri', shape(b'GET /person/a%00b HTTP/1.1'), 400, None),
    ('%0a in the path', 'uri', shape(b'GET /person/a%0Ab HTTP/1.1'), 400, None),
    ('%00 in the query', 'uri', shape(b'GET /find?q=a%00b HTTP/1.1'), 400, None),
    ('// in the path', 'uri', shape(b'GET //hello HTTP/1.1'), 400, [404]),
    ('.. in the path', 'uri', shape(b'GET /person/.. HTTP/1.1'), 400, [200]),
    ('.. spelled %2e%2E', 'uri', shape(b'GET /person/%2e%2E HTTP/1.1'), 400, [200]),
    ('a backslash in the path', 'uri', shape(b'GET /person/a\\b HTTP/1.1'), 400, [200]),
    ('an absolute URI', 'uri', shape(b'GET http://localhost/hello HTTP/1.1'), 400, [404]),
    ('a raw byte above ASCII', 'uri', shape(b'GET /person/\xc3\xa9 HTTP/1.1'), 400, [200]),
    ('an escape that is none', 'uri', shape(b'GET /person/%zz HTTP/1.1'), 400, None),
    ('a bare LF after the request line', 'layout',
     b'GET /hello HTTP/1.1\nHost: localhost\r\n\r\n', 400, [200]),
    ('a bare LF after a header', 'layout',
     b'GET /hello HTTP/1.1\r\nX-One: 1\nHost: localhost\r\n\r\n', 400, [200]),
    ('a bare LF after the last header', 'layout',
     b'GET /hello HTTP/1.1\r\nHost: localhost\n\r\n', 400, [200]),
    ('a bare LF as the end of the head', 'layout',
     b'GET /hello HTTP/1.1\r\nHost: localhost\r\n\n', 400, [200]),
    ('bare LF everywhere', 'layout', b'GET /hello HTTP/1.1\nHost: localhost\n\n', 400, [200]),
    ('a folded header', 'layout',
     b'GET /hello HTTP/1.1\r\nX-One: 1\r\n two\r\nHost: localhost\r\n\r\n', 400, [200]),
    ('a folded last header', 'layout',
     b'GET /hello HTTP/1.1\r\nHost: localhost\r\nX-One: 1\r\n\ttwo\r\n\r\n', 400, [200]),
    ('a NUL in a header', 'layout',
     b'GET /hello HTTP/1.1\r\nHost: localhost\r\nX-One: 1\0Content-Length: 9\r\n\r\n', 400, [200]),
    ('a bare CR in a header', 'layout',
     b'GET /hello HTTP/1.1\r\nHost: localhost\r\nX-One: 1\rtwo\r\n\r\n', 400, [200]),
    ('a blank before the colon', 'layout',
     b'GET /hello HTTP/1.1\r\nHost: localhost\r\nContent-Length : 0\r\n\r\n', 400, [200]),
    ('two spaces in the request line', 'layout',
     b'GET  /hello HTTP/1.1\r\nHost: localhost\r\n\r\n', 400, [200]),
]

# refused whether by us or by the library, whatever is off
ALWAYS = [
    ('a header without a colon', b'GET /hello HTTP/1.1\r\nHost: localhost\r\nX-One\r\n\r\n'),
    ('a Content-Length with a sign',
     shape(b'POST /raw HTTP/1.1', HOST + b'Content-Length: +3\r\n', b'abc')),
    ('a Content-Length in hex',
     shape(b'POST /raw HTTP/1.1', HOST + b'Content-Length: 0x3\r\n', b'abc')),
    ('a Content-Length list',
     shape(b'POST /raw HTTP/1.1', HOST + b'Content-Length: 3, 3\r\n', b'abc')),
    ('HTTP/0.9', b'GET /hello\r\n\r\n'),
    ('HTTP/2.0', shape(b'GET /hello HTTP/2.0')),
    ('a head of 40 KiB', shape(b'GET /hello HTTP/1.1', HOST + b'X-Big: ' + b'a' * 40960 + b'\r\n')),
    ('a URI of 8 KiB', shape(b'GET /person/' + b'a' * 8192 + b' HTTP/1.1')),
    ('a space in the URI', shape(b'GET /person/a b HTTP/1.1')),
]

FINE = [
    ('a plain request', shape(b'GET /hello HTTP/1.1')),
    ('a Host with a port', shape(b'GET /hello HTTP/1.1', b'Host: localhost:8080\r\n')),
    ('a Host in capitals', shape(b'GET /hello HTTP/1.1', b'HOST: LocalHost\r\n')),
    ('the Host of the options', shape(b'GET /hello HTTP/1.1', b'Host: news.example\r\n')),
    ('an empty header', shape(b'GET /hello HTTP/1.1', HOST + b'X-Empty:\r\nX-Blank: \r\n')),
    ('a value with blanks around it', shape(b'GET /hello HTTP/1.1', HOST + b'X-One:  \t 1 \t\r\n')),
    ('60 headers of 400 bytes', shape(b'GET /hello HTTP/1.1', HOST + b''.join(
        b'X-%d: ' % i + b'v' * 390 + b'\r\n' for i in range(60)))),
    ('cookies', shape(b'GET /hello HTTP/1.1', HOST + b'Cookie: a=1; b="2"; c\r\n')),
    ('a query with escapes', shape(b'GET /find?q=a%20b+c%C3%A9..%2F%2F HTTP/1.1')),
    ('HTTP/1.0 with a Host', shape(b'GET /hello HTTP/1.0')),
]


def check_shapes(tap, binary, tls):
    with Server(binary, *tls) as server:
        for name, _, data, status, _ in SHAPES:
            a = server.send(data)
            tap.ok(a.status == status and a.closed, f'refused and closed: {name}',
                   (a.status, a.closed, a.head))
        for name, data in ALWAYS:
            a = server.send(data)
            tap.ok(a.status in (0, 400, 413, 414, 431, 505) and a.closed, f'refused: {name}',
                   (a.status, a.closed))
        for name, data in FINE:
            a = server.send(data)
            tap.ok(a.status == 200, f'taken: {name}', (a.status, a.head, a.body))


def check_controls(tap, binary, tls):
    for defence in sorted({s[1] for s in SHAPES}):
        with Server(binary, '--off', defence, *tls) as server:
            for name, of, data, _, taken in SHAPES:
                if of != defence or taken is None:
                    continue
                a = server.send(data)
                tap.ok(a.status in taken, f'control, {defence} off, gets through: {name}',
                       (a.status, a.head))


def check_pieces(tap, binary):
    """A head that comes byte by byte, and two at once, are read the same."""
    with Server(binary) as server, server.connect() as sock:
        for byte in shape(b'GET /person/slow HTTP/1.1', HOST + b'X-One: 1\r\n'):
            sock.send(bytes([byte]))
        tap.ok(b'slow' in sock.recv(65536), 'a head byte by byte is taken')
        sock.sendall(shape(b'GET /person/a HTTP/1.1') + shape(b'GET /person/b HTTP/1.1'))
        data = b''
        while data.count(b'HTTP/1.1 200') < 2 or not data.endswith(b'b'):
            data += sock.recv(65536)
        tap.ok(True, 'two requests at once on a kept connection are both answered')
        sock.sendall(b'GET /hello HTTP/1.1\nHost: localhost\r\n\r\n')
        tap.ok(b' 400 ' in sock.recv(65536), 'a bare LF in a later request is refused')


def check_close(tap, binary):
    with Server(binary, '--off', 'close') as server:
        a = server.get('/nothing')
        tap.ok(a.status == 404 and not a.closed, 'control, close off: open after a 404',
               (a.status, a.closed))
    with Server(binary) as server:
        a = server.get('/nothing')
        tap.ok(a.status == 404 and a.closed, 'closed after a 404', (a.status, a.closed))


def main():
    tap = Tap()
    binary = sys.argv[1]
    check_shapes(tap, binary, [])
    check_shapes(tap, binary, ['--tls'])
    check_controls(tap, binary, [])
    check_pieces(tap, binary)
    check_close(tap, binary)
    tap.done()


main()
