#!/usr/bin/python3
"""The conference page, rendered from the store, against a bare libmicrohttpd server that sends the
same bytes: requests a second, in turns, 16 connections kept alive.

Usage: bench_page.py BUILD
"""
import os
import re
import statistics
import subprocess
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "lib"))
from programs import Programs  # noqa: E402

BUILD = os.path.abspath(sys.argv[1])
SHORT = bool(os.environ.get("PRESSGATE_BENCH_SHORT"))
TARGET = 0.4


def rate(url):
    out = subprocess.run(["wrk", "-t1", "-c16", f"-d{1 if SHORT else 3}s", url],
                         capture_output=True, text=True, check=True).stdout
    if re.search(r"Non-2xx or 3xx responses|Socket errors", out):
        raise SystemExit(f"bench_page: the server refused requests:\n{out}")
    return float(re.search(r"Requests/sec:\s+([\d.]+)", out).group(1))


def main():
    it = Programs(BUILD)
    floor = None
    try:
        it.init()
        it.start()
        slug = it.conferences()[0]["slug"]
        page = f"http://127.0.0.1:{it.port}/conferences/{slug}"
        answer = it.browser().request("GET", page)
        with open(it.path("page.html"), "wb") as file:
            file.write(answer.body)
        floor = subprocess.Popen(
            [os.path.join(BUILD, "tests", "bench", "floor_http"), it.path("page.html")],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        bare = f"http://127.0.0.1:{int(floor.stdout.readline())}/"
        ours, theirs = [], []
        for _ in range(3 if SHORT else 7):
            theirs.append(rate(bare))
            ours.append(rate(page))
        got = statistics.median(ours) / statistics.median(theirs)
        met = "met" if got >= TARGET else "MISSED"
        print(f"{'conference page / bare server, requests a second':<44} {got:8.2f}x    >= "
              f"{TARGET:6.2f}x    {met:<6} {statistics.median(ours):.0f}/s against a floor of "
              f"{statistics.median(theirs):.0f}/s, {len(answer.body)} bytes")
    finally:
        if floor:
            floor.stdin.close()
            floor.wait()
        it.close()


main()
