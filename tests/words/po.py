#!/usr/bin/python3
"""Each text has its translation, each translation its text, and they hold the same values.

Usage: po.py TEMPLATE.pot LANGUAGE.po
The template is what xgettext finds in the templates' C and in the sources. Controls: the same
checks on a catalogue that lacks an entry, has one too many, or names other values, must complain.
Prints TAP.
"""
import ast
import os
import re
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from tap import Tap  # noqa: E402

KEYWORD = re.compile(r'^(msgctxt|msgid|msgid_plural|msgstr(?:\[\d\])?) (".*")$')
# msgfmt compares what a printf would read, where it is told that one will.
PRINTF = re.compile(r"%[-0-9.]*(s|d|u|l|z)")
# Patterns whose translation may choose among values that English does not show.
CHOOSING = {"time", "whole hour"}


def read(path):
    """{(context, id): {"plural": ..., "forms": [...], "flags": set(), "line": n}}"""
    entries, entry, last, flags = {}, None, None, set()
    with open(path, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            found = KEYWORD.match(line)
            if line.startswith("#,"):
                flags = {flag.strip() for flag in line[2:].split(",")}
            elif found:
                word, text = found.group(1), ast.literal_eval(found.group(2))
                if word in ("msgctxt", "msgid") and (entry is None or "msgid" in entry):
                    entry = {"line": number, "forms": [], "flags": flags}
                    flags = set()
                if word == "msgid":
                    entry["msgid"] = text
                    key = (entry.get("msgctxt"), text)
                elif word.startswith("msgstr"):
                    entry["forms"].append(text)
                    entries.setdefault((entry.get("msgctxt"), entry["msgid"]), entry)
                else:
                    entry[word] = text
                last = word
            elif line.startswith('"'):
                text = ast.literal_eval(line)
                if last.startswith("msgstr"):
                    entry["forms"][-1] += text
                else:
                    # The key was noted with the first form, after all of this.
                    entry[last] += text
            elif not line.strip():
                flags = set()
    return entries


def signs(text):
    """What a translation must hold too: values, links, a mail's values, line ends of a mail."""
    found = re.findall(r"%[1-9n]", text.replace("%%", ""))
    found += re.findall(r"\{\{[a-z_]+\}\}", text)
    found += [c for c in text if c in "[]"]
    return sorted(found)


def compare(context, entry, forms):
    """Complaints about one entry's translation."""
    if context in CHOOSING:
        return [f for f in forms if not set(signs(f)) <= {"%1", "%2", "%3"}]
    wanted = {tuple(sorted(set(signs(entry["msgid"]))))}
    if "msgid_plural" in entry:
        wanted = {tuple(sorted(set(signs(entry["msgid_plural"])))), *wanted}
    bad = [f for f in forms if tuple(sorted(set(signs(f)))) not in wanted]
    if "msgid_plural" not in entry:
        bad += [f for f in forms if f.count("[") != entry["msgid"].count("[")]
    return bad


def complaints(template, language):
    out = []
    for key, entry in template.items():
        if key == (None, ""):
            continue
        got = language.get(key)
        if not got or not all(got["forms"]):
            out.append(f"not translated: {key!r}")
            continue
        if ("msgid_plural" in entry) != ("msgid_plural" in got):
            out.append(f"line {got['line']}: a plural here, none there: {key!r}")
        if PRINTF.search(key[1]) and "c-format" not in got["flags"]:
            out.append(f"line {got['line']}: write \"#, c-format\" above it: {key!r}")
        for bad in compare(key[0], entry, got["forms"]):
            out.append(f"line {got['line']}: other values than the English: {bad!r}")
    out += [f"line {entry['line']}: nobody says this: {key!r}"
            for key, entry in language.items() if key not in template and key != (None, "")]
    return out


def changed(language, key, form):
    """The same catalogue with another translation of one entry."""
    return {**language, key: {**language[key], "forms": [form] * len(language[key]["forms"])}}


def main(tap):
    template, language = read(sys.argv[1]), read(sys.argv[2])
    name = os.path.basename(sys.argv[2])
    tap.ok(len(template) > 60, f"xgettext finds the texts ({len(template)})")
    found = complaints(template, language)
    tap.ok(not found, f"{name} has each text, and no other", *found)
    tap.ok((None, "") in language, f"{name} has a header")
    # Controls.
    key = (None, "Skip to main content")
    less = {k: v for k, v in language.items() if k != key}
    tap.ok(any("not translated" in c for c in complaints(template, less)),
           "control: a missing translation is found")
    tap.ok(any("not translated" in c for c in complaints(template, changed(language, key, ""))),
           "control: an empty translation is found")
    more = {**language, (None, "Nobody"): language[key]}
    tap.ok(any("nobody says" in c for c in complaints(template, more)),
           "control: an unused translation is found")
    for key, form, what in (
            ((None, "Enter the %1"), "Remplissez", "a value left out"),
            ((None, "Enter the %1"), "%1 %2", "a value too many"),
            ((None, "Questions? Write to [%1]."), "Questions : %1", "a link left out"),
            ((None, "in %n minute"), "dans une minute", "a number left out")):
        tap.ok(any("other values" in c for c in complaints(template, changed(language, key, form))),
               f"control: {what} is found")


tap = Tap()
tap.run(lambda: main(tap))
