"""TAP for test programs in Python: each check is a line; the first failure can stop the run."""
import sys
import traceback


class Tap:
    def __init__(self):
        self.count = self.failed = 0

    def ok(self, good, name, *details):
        self.count += 1
        print(f"{'ok' if good else 'not ok'} {self.count} - {name}", flush=True)
        if not good:
            self.failed += 1
            for detail in details:
                for line in str(detail).splitlines()[:40]:
                    print(f"#   {line[:400]}", flush=True)
        return bool(good)

    def equal(self, got, wanted, name):
        return self.ok(got == wanted, name, f"wanted {wanted!r}", f"got    {got!r}")

    def note(self, text):
        print(f"# {text}", flush=True)

    def run(self, body):
        """Runs body(); an exception is one more failure. Prints the plan and exits."""
        try:
            body()
        except BaseException:
            self.ok(False, "the script ran to its end", traceback.format_exc())
        print(f"1..{self.count}", flush=True)
        sys.exit(1 if self.failed else 0)
