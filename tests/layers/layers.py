#!/usr/bin/python3
"""The arrows between the folders run one way.

Usage: layers.py ROOT
Reads every #include of the project and refuses one that the layer rule does not allow; also an
SQLite type outside schema/, and a rule of the tree's top level. Controls: each rule is tried on a
line that breaks it, and must refuse it. Prints TAP.
"""
import os
import re
import sys

# A folder may include itself and these.
ALLOWED = {
    "schema": set(),
    "badges": set(),
    "web": set(),
    "registrar": {"schema", "badges", "web"},
    "gate": {"schema", "badges", "web"},
    "tests": {"schema", "badges", "web", "registrar", "gate"},
}
TOP = set(ALLOWED) | {"meson.build", "meson.options", "meson_options.txt", "README.md"}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]')
SQLITE = re.compile(r"\bsqlite3(_\w+|\.h)?\b")


def wrong_include(path, line):
    """Says what is wrong with this line of that file, or nothing."""
    found = INCLUDE.match(line)
    if not found:
        return None
    folder, target = path.split("/")[0], found.group(2)
    if found.group(1) == "<":
        return None
    if target.startswith("../") or "/../" in target:
        return f"includes {target} by a relative path; name it from the root"
    first = target.split("/")[0]
    if first not in ALLOWED or first == folder:
        return None
    if first not in ALLOWED[folder]:
        return f"{folder} includes {target}; it may include {sorted(ALLOWED[folder]) or 'only itself'}"
    return None


def wrong_type(path, line):
    """SQLite belongs to schema/ and to the tests that measure it."""
    if path.split("/")[0] in ("schema", "tests") or line.lstrip().startswith(("*", "/*", "//")):
        return None
    return "names an SQLite type or function outside schema/" if SQLITE.search(line) else None


def sources(root):
    for folder in ALLOWED:
        for where, folders, files in os.walk(os.path.join(root, folder)):
            folders[:] = [f for f in folders if f != "node_modules"]
            for name in files:
                if name.endswith((".c", ".h", ".html", ".tmpl")):
                    yield os.path.relpath(os.path.join(where, name), root)


def main(root):
    results = []
    found, read = [], 0
    for path in sorted(sources(root)):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            for number, line in enumerate(file, 1):
                for rule in (wrong_include, wrong_type):
                    if rule is wrong_type and not path.endswith((".c", ".h")):
                        continue
                    said = rule(path, line)
                    if said:
                        found.append(f"{path}:{number}: {said}")
            read += 1
    results.append((not found, f"{read} files include only what their layer may see", found))
    extra = [n for n in os.listdir(root)
             if not n.startswith(".") and n not in TOP and not n.startswith("build")]
    results.append((not extra, "the top level holds the six folders and two files", extra))
    results.append((read > 10, "the walk found the sources", [f"only {read}"]))
    controls = [
        (wrong_include, "gate/sync/sync.c", '#include "registrar/registrar.h"'),
        (wrong_include, "registrar/main.c", '#include "gate/gate.h"'),
        (wrong_include, "badges/pass.c", '#include "schema/store.h"'),
        (wrong_include, "web/http.c", '#include "badges/pass.h"'),
        (wrong_include, "web/http.c", '#include "../badges/pass.h"'),
        (wrong_type, "gate/journal/journal.c", "\tsqlite3_stmt *statement;"),
    ]
    for rule, path, line in controls:
        results.append((bool(rule(path, line)), f"control: refused in {path}: {line.strip()}", []))
    print(f"1..{len(results)}")
    for number, (good, name, details) in enumerate(results, 1):
        print(f"{'ok' if good else 'not ok'} {number} - {name}")
        for detail in details if not good else []:
            print(f"# {detail}")
    return 0 if all(r[0] for r in results) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
