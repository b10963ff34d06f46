"""Templates that must not build: each stops with its own file and line."""
import os
import subprocess
import sys
import tempfile

from live import Tap

HEAD = '{{page p const char *v}}\n'

# what is wrong, the template's lines after the first, the line at fault, a word of the message
BAD = [
    ('a value in an unquoted attribute', '<a class={{v}}>x</a>', 2, 'double quotes'),
    ('a value after text in an unquoted attribute', '<a class=a{{v}}>x</a>', 2, 'double quotes'),
    ('a value in a single-quoted attribute', "<a class='{{v}}'>x</a>", 2, 'double quotes'),
    ('a value as a tag name', '<{{v}}>', 2, 'inside a tag'),
    ('a value in a tag name', '<h{{v}}>', 2, 'inside a tag'),
    ('a value as an attribute', '<a {{v}}>', 2, 'inside a tag'),
    ('a value in an attribute name', '<a da{{v}}="x">', 2, 'inside a tag'),
    ('a value in a comment', '<!-- {{v}} -->', 2, 'comment'),
    ('a value in a script', '<script>var a = "{{v}}";</script>', 2, 'script'),
    ('an inline script', '<p>\n<script>alert(1)</script>', 3, 'inline script'),
    ('a style element', '<style>p{}</style>', 2, '<style>'),
    ('a style attribute', '<p style="color:red">', 2, 'style attributes'),
    ('a value in a style attribute', '<p style="{{v}}">', 2, 'style attributes'),
    ('an event attribute', '<p\nonclick="x()">', 3, 'on...'),
    ('an event attribute in capitals', '<p OnClick="{{v}}">', 2, 'on...'),
    ('srcdoc', '<iframe srcdoc="{{v}}">', 2, 'srcdoc'),
    ('a value as a whole URL', '<a href="{{v}}">x</a>', 2, '{{url'),
    ('a value after a scheme', '<a href="https://{{v}}/">x</a>', 2, 'literal path'),
    ('a value after javascript:', '<a href="javascript:{{v}}">x</a>', 2, 'literal path'),
    ('a value right after the first slash', '<a href="/{{v}}">x</a>', 2, 'literal path'),
    ('a value after two slashes', '<a href="//{{v}}">x</a>', 2, 'literal path'),
    ('a value after {{url}}', '<a href="{{url v}}{{v}}">x</a>', 2, 'literal path'),
    ('{{url}} after text', '<a href="/a/{{url v}}">x</a>', 2, 'must begin'),
    ('{{url}} in text', '<p>{{url v}}</p>', 2, 'href'),
    ('{{asset}} in a class', '<p class="{{asset "x"}}">', 2, 'href'),
    ('text after {{url}}', '<a href="{{url v}}/x">x</a>', 2, '? or #'),
    ('{{call}} in an attribute', '<p class="{{call other v}}">', 2, 'element content'),
    ('{{call}} of a buffer function', '<p>{{call buf_puts v}}</p>', 2, '{{call'),
    ('{{call}} of an expression', '<p>{{call (f) v}}</p>', 2, '{{call'),
    ('a block that ends elsewhere', '<p>\n{{if v}}<a href="{{end}}x">', 3, 'ends elsewhere'),
    ('branches that differ', '{{if v}}<p>{{else}}<p class="{{end}}', 2, 'ends elsewhere'),
    ('a loop that leaves a tag open', '{{for i in 3}}<p {{end}}', 2, 'ends elsewhere'),
    ('a block without end', '<p>\n{{if v}}\nx', 3, 'no {{end}}'),
    ('an end without block', '<p>\n\n{{end}}', 4, 'without a block'),
    ('an else without if', '{{for i in 2}}{{else}}{{end}}', 2, 'without {{if}}'),
    ('two elses', '{{if v}}{{else}}{{else}}{{end}}', 2, 'without {{if}}'),
    ('an attribute glued to a block', '<p{{if v}} hidden{{end}}x>', 2, 'space is missing'),
    ('a statement for a value', '<p>{{v; puts(v)}}</p>', 2, 'not an expression'),
    ('a value that closes its call', '<p>{{v); puts((v}}</p>', 2, 'not an expression'),
    ('a comment of C', '<p>{{v /* }}</p>', 2, 'not an expression'),
    ('an empty directive', '<p>\n{{}}', 3, 'empty'),
    ('a directive without end', '<p>\n\n{{v', 4, 'without }}'),
    ('a bare <', 'a < b', 2, '&lt;'),
    ('a page that ends in a tag', '<p class="x"', 3, 'ends inside'),
    ('a page that ends in a comment', '<!-- x', 3, 'ends inside'),
    ('an include inside a page', '{{include "x.h"}}', 2, 'before the first page'),
    ('a for that is none', '{{for v}}{{end}}', 2, 'for i in'),
    ('a text without quotes', '<p>{{say Hello}}</p>', 2, 'double quotes'),
    ('a text that does not end', '<p>\n{{say "Hello}}</p>', 3, 'does not end'),
    ('a text with markup', '<p>{{say "Hello <b>you"}}</p>', 2, 'without markup'),
    ('a text over two lines', '<p>{{say "Hello\nyou"}}</p>', 2, 'one line'),
    ('a text that begins with a blank', '<p>{{say " Hello"}}</p>', 2, 'a blank'),
    ('a text that names a value it has not', '<p>{{say "Hello %1"}}</p>', 2, 'names no value'),
    ('a text with a bare percent sign', '<p>{{say "50% off"}}</p>', 2, '%%'),
    ('a value that the text does not name', '<p>{{say "Hello" v}}</p>', 2, 'does not name'),
    ('a number in a text without one', '<p>{{say "%n places"}}</p>', 2, 'names no value'),
    ('a statement for a value of a text', '<p>{{say "Hello %1" v;v}}</p>', 2, 'not an expression'),
    ('a text in a URL', '<a href="/x/{{say "here"}}">x</a>', 2, 'no URL'),
    ('a text in an unquoted attribute', '<p title={{say "x"}}>', 2, 'double quotes'),
    ('a text in a comment', '<!-- {{say "x"}} -->', 2, 'comment'),
    ('a name with direction in an attribute', '<p title="{{say "%1" bdi:v}}">', 2, 'markup'),
    ('a plural of one text', '<p>{{say_n 3 "%n places"}}</p>', 2, 'text for many'),
    ('brackets in a text without a link', '<p>{{say "[Read]"}}</p>', 2, 'say_link'),
    ('a link without brackets', '<p>{{say_link "Read" "/x"}}</p>', 2, 'brackets'),
    ('a link with two', '<p>{{say_link "[Read] [this]" "/x"}}</p>', 2, 'brackets'),
    ('a link to a script', '<p>{{say_link "[Read]" "javascript:x()"}}</p>', 2, 'path of ours'),
    ('a link to another host by path', '<p>{{say_link "[Read]" "//evil.example"}}</p>', 2,
     'path of ours'),
    ('a link whose host is a value', '<p>{{say_link "[Read]" "/%1" v}}</p>', 2, 'path of ours'),
    ('a link in an attribute', '<p title="{{say_link "[Read]" "/x"}}">', 2, 'element content'),
    ('an attribute without value', '<a href= class="x">', 2, 'without a value'),
]

BARE = [
    ('no page', 'just text\n', 1, 'before the first'),
    ('a value before the page', '\n{{v}}\n', 2, 'before the first'),
    ('an empty file', '', 1, 'no {{page'),
    ('a page without a name', '{{page}}\n', 1, 'write {{page'),
    ('a page with a statement', '{{page p int a; int b}}\n', 1, 'write {{page'),
]

GOOD = [
    ('an unquoted literal attribute', '<input type=text>'),
    ('a single-quoted literal attribute', "<p class='a'>{{v}}</p>"),
    ('a doctype', '<!doctype html><p>{{v}}'),
    ('an empty script with a source', '<script src="{{asset "a.js"}}" defer></script><p>{{v}}'),
    ('a value in two attributes', '<a class="{{v}}" href="/a/{{v}}">{{v}}</a>'),
    ('a query after {{url}}', '<a href="{{url v}}?x={{v}}">x</a>'),
    ('a text', '<p title="{{say "Hello %1" v}}">{{say "100%% of \\"%2\\" and %1" v bdi:v}}</p>'),
    ('a plural', '<p>{{say_n 3 "One place for %1" "%n places for %1" v}}</p>'),
    ('links in texts', '<p>{{say_link "See [%1]." "/a/%2?b=%1" v int:7}} {{say_link "[Go]" v}}</p>'),
    ('a value after #', '<a href="#{{v}}">x</a>'),
    ('a conditional attribute', '<p{{if v}} hidden{{end}}>x</p>'),
]


def compile_template(tmpl, folder, text):
    path = os.path.join(folder, 'x.html')
    with open(path, 'w', encoding='utf-8') as out:
        out.write(text)
    made = [os.path.join(folder, 'x.c'), os.path.join(folder, 'x.h')]
    run = subprocess.run([tmpl, path, *made], capture_output=True, text=True, check=False)
    left = [m for m in made if os.path.exists(m)]
    return path, run, left


def main():
    tap = Tap()
    tmpl, compiler, root = sys.argv[1:4]
    with tempfile.TemporaryDirectory() as folder:
        rows = [(n, HEAD + t + '\n', line, w) for n, t, line, w in BAD] + BARE
        for name, text, line, word in rows:
            path, run, left = compile_template(tmpl, folder, text)
            tap.ok(run.returncode == 1 and f'{path}:{line}: error: ' in run.stderr and
                   word in run.stderr and not left, f'does not build: {name}', run.stderr)
        for name, text in GOOD:
            _, run, left = compile_template(tmpl, folder, HEAD + text + '\n')
            tap.ok(run.returncode == 0 and len(left) == 2, f'builds: {name}', run.stderr)
        path, run, left = compile_template(tmpl, folder, HEAD + '<p>\n<b>{{v->nothing}}</b>\n')
        run = subprocess.run([*compiler.split(), '-std=c11', f'-I{root}', '-c', left[0], '-o',
                              os.path.join(folder, 'x.o')], capture_output=True, text=True,
                             check=False)
        tap.ok(run.returncode != 0 and f'{path}:3:' in run.stderr,
               "a C error names the template's line", run.stderr)
    tap.done()


main()
