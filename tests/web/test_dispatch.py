"""What the dispatcher looks at before a handler runs, and what every reply carries."""
import gzip
import re
import subprocess
import sys

from live import Server, Tap

FORM = 'name=Ann&colour=red'


def csrf_of(server, *lines):
    a = server.get('/say', *lines)
    cookie = (a.header('Set-Cookie') or '').split(';')[0]
    return re.search(rb'csrf=(\S+)', a.body).group(1).decode(), cookie, a


def check_routes(tap, server):
    a = server.get('/nothing')
    tap.ok(a.status == 404 and b'Page not found' in a.body, '404 is a page with words')
    a = server.post('/hello', '')
    tap.ok(a.status == 405 and a.header('Allow') == 'GET, HEAD', '405 names what is allowed',
           a.head)
    a = server.post('/hello', 'x=1')
    tap.ok(a.status == 405 and a.header('Allow') == 'GET, HEAD', 'also with a body', a.head)
    a = server.send(b'HEAD /hello HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n')
    tap.ok(a.status == 200 and a.header('Content-Length') == '6' and not a.body,
           'HEAD is GET without a body', (a.status, a.head, a.body))
    a = server.get('/person/J%C3%BCrgen%20M')
    tap.ok(a.body.decode() == 'J\u00fcrgen M', 'a segment is decoded', a.body)
    for path, why in (('/person/a%2Fb', 'a slash in a segment'), ('/person/%ff', 'bad UTF-8')):
        tap.ok(server.get(path).status == 400, f'400: {why}')
    tap.ok(server.get('/person/').status == 404, '404: an empty segment')
    tap.ok(server.get('/find?q=a%20b').body == b'a b', 'a query parameter is decoded')
    tap.ok(server.get('/find?x=1').status == 400, '400: a parameter nobody declared')
    tap.ok(server.get('/find?q=1&q=2').status == 400, '400: a parameter twice')
    tap.ok(server.get('/hello?q=1').status == 400, '400: a parameter on a page without any')
    a = server.get('/fault')
    tap.ok(a.status == 500 and b'half' not in a.body, 'a fault of ours is a page, not half of one')
    a = server.get('/bad-header')
    tap.ok(a.status == 500 and 'evil' not in a.head, 'a line break in a header is a 500')
    a = server.get('/bad-redirect')
    tap.ok(a.status == 500 and not a.header('Location'), 'a redirect elsewhere is a 500')


def check_forms(tap, server):
    token, cookie, first = csrf_of(server)
    tap.ok(re.fullmatch(r'visitor=[\w-]{43}; Path=/; HttpOnly; SameSite=Lax',
                        first.header('Set-Cookie')) is not None,
           "the visitor's cookie has its attributes", first.header('Set-Cookie'))
    tap.ok(first.header('Cache-Control') == 'no-store', 'a page with a token is not stored')
    with_token = f'{FORM}&csrf={token}'
    lines = (f'Cookie: {cookie}',)
    a = server.post('/say', with_token, *lines)
    tap.ok(a.status == 200 and b'name=Ann;' in a.body, 'a form with its token is taken', a.body)
    a = server.post('/say', f'colour=red&csrf={token}', *lines)
    tap.ok(a.status == 422 and b'Enter the full name' in a.body, 'a missing field is named', a.body)
    for name, body, more in (
            ('without a token', FORM, ()), ('with another token', FORM + '&csrf=' + 'A' * 43, ()),
            ('with a token of another visitor', with_token, ('Cookie: visitor=' + 'A' * 43,)),
            ('without the cookie', with_token, ('X: y',)),
            ('from another origin', with_token, (*lines, 'Origin: https://evil.example')),
            ('from a null origin', with_token, (*lines, 'Origin: null')),
            ('from our host over https', with_token, (*lines, 'Origin: https://localhost')),
            ('from another site', with_token, (*lines, 'Sec-Fetch-Site: cross-site')),
            ('from a sister site', with_token, (*lines, 'Sec-Fetch-Site: same-site'))):
        a = server.post('/say', body, *(more or lines))
        tap.ok(a.status == 403, f'403: a form {name}', a.status)
    a = server.post('/say', with_token, *lines, 'Origin: http://localhost',
                    'Sec-Fetch-Site: same-origin')
    tap.ok(a.status == 200, 'a form of our own origin is taken', a.status)
    a = server.post('/say', with_token + '&x=1', *lines)
    tap.ok(a.status == 400, '400: a field nobody declared', a.status)
    a = server.post('/say', with_token + '&name=Bob', *lines)
    tap.ok(a.status == 400, '400: a field twice', a.status)
    a = server.send(b'POST /say HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/plain\r\n'
                    b'Content-Length: 3\r\n\r\na=1')
    tap.ok(a.status == 415, '415: another type', a.status)


def check_control_csrf(tap, binary):
    with Server(binary, '--off', 'csrf') as server:
        a = server.post('/say', FORM, 'Origin: https://evil.example')
        tap.ok(a.status == 200, 'control, csrf off: a foreign form gets through', a.status)


def check_session(tap, server):
    a = server.get('/private')
    tap.ok(a.status == 303 and a.header('Location') == '/say', 'no session: sent to sign in')
    token, cookie, _ = csrf_of(server)
    a = server.post('/sign-out', f'csrf={token}', f'Cookie: {cookie}')
    tap.ok(a.status == 403, '403: a POST that needs a session', a.status)
    a = server.post('/sign-in', f'csrf={token}', f'Cookie: {cookie}')
    session = a.header('Set-Cookie').split(';')[0]
    tap.ok(a.status == 303 and a.header('Cache-Control') == 'no-store' and
           re.fullmatch(r'session=[\w-]{43}', session), 'sign-in sets a session', a.head)
    a = server.get('/private', f'Cookie: {session}')
    tap.ok(a.status == 200 and b'Test Person' in a.body, 'the session is found', a.status)
    inner = re.search(rb'csrf=(\S+)', a.body).group(1).decode()
    tap.ok(inner != token, "a session has its own token")
    tap.ok(server.get('/admin', f'Cookie: {session}').status == 403, '403: another role')
    a = server.get('/private', f'Cookie: {session}; session=x')
    tap.ok(a.status == 303, 'a cookie twice is no cookie', a.status)
    a = server.post('/sign-out', f'csrf={token}', f'Cookie: {session}; {cookie}')
    tap.ok(a.status == 403, "403: a visitor's token with a session", a.status)
    a = server.post('/sign-out', f'csrf={inner}', f'Cookie: {session}')
    tap.ok(a.status == 303 and 'Max-Age=0' in a.header('Set-Cookie'), 'sign-out ends it', a.head)
    tap.ok(server.get('/private', f'Cookie: {session}').status == 303, 'the session is gone')


HEADERS = {
    'X-Content-Type-Options': 'nosniff', 'Referrer-Policy': 'same-origin',
    'X-Frame-Options': 'DENY', 'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Resource-Policy': 'same-origin'}


def check_headers(tap, server, secure):
    for path in ('/hello', '/nothing', '/fault', '/private'):
        a = server.get(path)
        policy = a.header('Content-Security-Policy') or ''
        tap.ok(all(a.header(k) == v for k, v in HEADERS.items()) and 'unsafe' not in policy and
               all(p in policy for p in ("default-src 'none'", "frame-ancestors 'none'",
                                         "base-uri 'none'", "form-action 'self'")) and
               (a.header('Strict-Transport-Security') is not None) == secure,
               f'{path} carries every security header{" (TLS)" if secure else ""}', a.head)


def check_bodies(tap, server):
    plain = server.get('/big')
    small = server.get('/big', 'Accept-Encoding: br, gzip')
    tap.ok(small.header('Content-Encoding') == 'gzip' and
           gzip.decompress(small.body) == plain.body and len(small.body) < len(plain.body) / 4,
           'a long page is gzipped for who asks', small.head)
    a = server.get('/big', 'Accept-Encoding: gzip;q=0')
    tap.ok(a.header('Content-Encoding') is None, 'q=0 refuses gzip', a.head)
    a = server.get('/big-personal', 'Accept-Encoding: gzip')
    tap.ok(a.header('Content-Encoding') is None and a.header('Cache-Control') == 'no-store' and
           a.header('ETag') is None, 'a personal page is neither gzipped nor stored', a.head)
    tap.ok(plain.header('ETag') != small.header('ETag'), 'each encoding has its own ETag')
    a = server.get('/big', f'If-None-Match: {plain.header("ETag")}')
    tap.ok(a.status == 304 and not a.body, 'a known ETag: 304', a.status)
    a = server.get('/big', 'If-None-Match: "other"')
    tap.ok(a.status == 200, 'another ETag: the page', a.status)


def check_assets(tap, server):
    page = server.get('/nothing').body.decode()
    url = re.search(r'/assets/style\.[0-9a-f]{8}\.css', page).group(0)
    a = server.get(url, 'Accept-Encoding: gzip')
    text = gzip.decompress(a.body)
    tap.ok(a.status == 200 and 'immutable' in a.header('Cache-Control') and
           a.header('Content-Type') == 'text/css; charset=utf-8' and b'govuk' in text,
           'the style is served for ever under its content name', a.head)
    tap.ok(server.get(url).body == text, 'and plain for who takes no gzip')
    known = server.get(url, f'If-None-Match: {server.get(url).header("ETag")}')
    tap.ok(known.status == 304 and not known.body, 'or not at all to who has it', known.head)
    tap.ok(len(a.body) <= 40000, f'the style is {len(a.body)} bytes compressed', len(a.body))
    tap.ok(b'url(http' not in text and b'@import' not in text, 'it loads nothing from elsewhere')
    tap.ok(server.get('/assets/style.00000000.css').status == 404, 'another hash is not found')


def check_proxy(tap, binary):
    with Server(binary, '--proxy') as server:
        a = server.get('/where', 'X-Forwarded-For: 192.0.2.1, 198.51.100.9')
        tap.ok(a.body == b'https://localhost 198.51.100.9', "the proxy's last word counts", a.body)
        a = server.get('/where', 'X-Forwarded-For: 192.0.2.1', 'X-Forwarded-For: 198.51.100.9')
        tap.ok(a.body == b'https://localhost 198.51.100.9',
               'also where it adds a line of its own', a.body)
        a = server.get('/where', 'X-Forwarded-For: 192.0.2.1, evil')
        tap.ok(a.body == b'https://localhost 127.0.0.1', 'what is no address does not', a.body)
        a = server.get('/say')
        tap.ok(a.header('Set-Cookie').startswith('__Host-visitor=') and
               'Secure' in a.header('Set-Cookie'), 'behind a proxy cookies are __Host- and Secure')
    with Server(binary) as server:
        a = server.get('/where', 'X-Forwarded-For: 198.51.100.9')
        tap.ok(a.body == b'http://localhost 127.0.0.1', 'without one the header is not believed',
               a.body)


def check_tls(tap, binary, folder):
    with Server(binary, '--tls', '--ask') as server:
        check_headers(tap, server, True)
        a = server.get('/say')
        tap.ok(a.header('Set-Cookie').startswith('__Host-visitor=') and
               a.header('Set-Cookie').endswith('; Secure'),
               'over TLS cookies are __Host- and Secure')
        tap.ok(server.get('/client').status == 403, 'no client certificate: the handler knows')
        subprocess.run(['openssl', 'req', '-x509', '-newkey', 'ec', '-pkeyopt',
                        'ec_paramgen_curve:P-256', '-nodes', '-keyout', f'{folder}/web_key.pem',
                        '-out', f'{folder}/web_cert.pem', '-subj', '/CN=gate', '-days', '2'],
                       check=True, capture_output=True)
        pin = subprocess.run(
            f'openssl x509 -in {folder}/web_cert.pem -pubkey -noout | openssl pkey -pubin '
            '-outform der | openssl dgst -sha256 -binary | base64', shell=True, check=True,
            capture_output=True, text=True).stdout.strip()
        for tool in (['curl', '-sk', '--cert', f'{folder}/web_cert.pem', '--key',
                      f'{folder}/web_key.pem', f'https://127.0.0.1:{server.port}/client'],):
            said = subprocess.run(tool, capture_output=True, text=True, check=False).stdout
            tap.ok(said == f'sha256//{pin}', "a client's key is recognised by its pin", (said, pin))
        shown = subprocess.run(
            f'openssl s_client -connect 127.0.0.1:{server.port} </dev/null 2>/dev/null | '
            'openssl x509 -noout -text', shell=True, capture_output=True, text=True,
            check=False).stdout
        tap.ok('prime256v1' in shown and 'DNS:localhost' in shown and 'IP Address:127.0.0.1' in
               shown and 'CA:FALSE' in shown, 'our own certificate is P-256 with its names', shown)


def check_log(tap, binary):
    with Server(binary) as server:
        server.get('/person/Secret-Name?token=abc')
        server.get('/person/Secret-Name')
        server.get('/nothing/Secret-Name')
    tap.ok('access: GET /person/:name 200' in server.log and 'Secret' not in server.log,
           'the log holds patterns, never paths', server.log)


def main():
    tap = Tap()
    binary, folder = sys.argv[1:3]
    with Server(binary) as server:
        check_routes(tap, server)
        check_forms(tap, server)
        check_session(tap, server)
        check_headers(tap, server, False)
        check_bodies(tap, server)
        check_assets(tap, server)
    check_control_csrf(tap, binary)
    check_proxy(tap, binary)
    check_tls(tap, binary, folder)
    check_log(tap, binary)
    tap.done()


main()
