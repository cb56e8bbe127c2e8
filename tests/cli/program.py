"""Drives the built program (named by SWITCHBACK_PROGRAM) on a store in a fresh folder."""

import contextlib
import json
import os
import re
import shutil
import subprocess
import tempfile
import time
import unittest

PROGRAM = os.environ.get("SWITCHBACK_PROGRAM", "")
if not os.path.isfile(PROGRAM):
    raise SystemExit("set SWITCHBACK_PROGRAM to the built program (CTest does)")

# A history with fixed times, so that whole outputs can be compared.
HISTORY = [
    {"time": "2026-11-22T01:00:00Z", "author": "ann", "message": "first servers",
     "changes": {"394521": {"add": [f"10.20.1.{i}:8000 weight=100" for i in range(1, 4)]},
                 "400000": {"add": ["10.30.0.1:8000"]}}},
    {"time": "2026-11-22T02:00:00Z", "author": "ben", "message": "one more", "ticket": "OPS-1",
     "source": "console", "changes": {"394521": {"add": ["10.20.1.4:8000 weight=100"]}}},
    {"time": "2026-11-22T03:46:03Z", "author": "mig", "message": "migrate",
     "changes": {"394521": {"add": ["10.20.1.1:8000 weight=50"],
                            "remove": ["10.20.1.1:8000 weight=100", "10.20.1.3:8000 weight=100"]}}},
]


def packed(data, *options):
    """By zstd."""
    return subprocess.run(["zstd", "-q", *options], input=data, capture_output=True,
                          check=True).stdout


class Ran:
    """What one run of the program gave."""

    def __init__(self, code, out, err):
        self.code, self.out, self.err = code, out, err

    @property
    def json(self):
        return json.loads(self.out)

    @property
    def lines(self):
        return [json.loads(line) for line in self.out.splitlines()]

    @property
    def error(self):
        return json.loads(self.err)["error"]


class ProgramTest(unittest.TestCase):
    maxDiff = None

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="switchback-cli-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.store = self.path("routes")
        self.env = {"PATH": os.environ["PATH"], "TZ": "CST-8", "SWITCHBACK_STORE": self.store,
                    "SWITCHBACK_AUTHOR": "ann", "HOME": self.folder}
        for name in ("ASAN_OPTIONS", "UBSAN_OPTIONS", "TSAN_OPTIONS"):
            if name in os.environ:
                self.env[name] = os.environ[name]

    def path(self, name):
        return os.path.join(self.folder, name)

    def write(self, name, text):
        mode = "wb" if isinstance(text, bytes) else "w"
        with open(self.path(name), mode) as file:
            file.write(text)
        return self.path(name)

    def read(self, name):
        with open(self.path(name)) as file:
            return file.read()

    def history(self, lines, name="history.jsonl"):
        return self.write(name, "".join(json.dumps(line) + "\n" for line in lines))

    def run_program(self, *arguments, stdin="", env=None, binary=False):
        """The run, whatever its exit code."""
        if isinstance(stdin, str):
            stdin = stdin.encode()
        done = subprocess.run([PROGRAM, *map(str, arguments)], input=stdin, capture_output=True,
                              env={**self.env, **(env or {})}, cwd=self.folder, check=False)
        self.assertGreaterEqual(done.returncode, 0, f"killed: {arguments} {done.stderr}")
        out = done.stdout if binary else done.stdout.decode()
        return Ran(done.returncode, out, done.stderr.decode())

    def ok(self, *arguments, **how):
        ran = self.run_program(*arguments, **how)
        self.assertEqual(ran.code, 0, f"{arguments}\n{ran.out}\n{ran.err}")
        return ran

    def fails(self, code, *arguments, **how):
        """A failure leaves standard output empty and says something on standard error."""
        ran = self.run_program(*arguments, **how)
        self.assertEqual(ran.code, code, f"{arguments}\n{ran.out}\n{ran.err}")
        self.assertEqual(ran.out, "")
        self.assertNotEqual(ran.err, "")
        return ran

    def init(self, environment="production"):
        return self.ok("init", "--environment", environment)

    def init_with_history(self):
        self.init()
        return self.ok("import", self.history(HISTORY))

    @contextlib.contextmanager
    def held(self):
        """A process that holds the store, and does so until its input is closed."""
        child = subprocess.Popen([PROGRAM, "import", "-"], stdin=subprocess.PIPE, env=self.env,
                                 stdout=subprocess.DEVNULL)
        try:
            # That its line is there says that it has begun.
            child.stdin.write(b'{"changes":{"600":{"add":["10.6.0.1"]}}}\n')
            child.stdin.flush()
            while self.run_program("get", "600").code != 0:
                self.assertIsNone(child.poll())
                time.sleep(0.02)
            yield child
        finally:
            child.stdin.close()
            child.wait()

    def hide(self, text):
        """Times, the store's folder and its UUID, made the same in every run."""
        text = text.replace(self.store, "STORE")
        text = re.sub(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)", "TIME", text)
        return re.sub(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}", "UUID", text)


def main():
    unittest.main(verbosity=1)
