"""What the tests on real data share: the program on a store of its own, and zstd files."""

import ctypes
import hashlib
import json
import os
import subprocess
import sys
import tempfile

SKIPPED = 77  # CTest's SKIP_RETURN_CODE


def start(*files):
    """The program and the data files by name; leaves with "skipped" where one is missing."""
    program, folder = sys.argv[1:3]
    paths = [os.path.join(folder, name) for name in files]
    missing = [path for path in paths if not os.path.exists(path)]
    if missing:
        print(f"skipped: no {missing[0]} (the folder is set with -DSWITCHBACK_DATA_DIR)")
        sys.exit(SKIPPED)
    return program, paths


def unpack(path):
    """The bytes of a .zst file, by the library that the program itself links."""
    try:
        zstd = ctypes.CDLL("libzstd.so.1")
    except OSError:
        print("skipped: no libzstd.so.1")
        sys.exit(SKIPPED)
    zstd.ZSTD_getFrameContentSize.restype = ctypes.c_ulonglong
    zstd.ZSTD_decompress.restype = ctypes.c_size_t
    with open(path, "rb") as file:
        packed = file.read()
    # A frame need not say its size (the result is then above any real one).
    size = zstd.ZSTD_getFrameContentSize(packed, ctypes.c_size_t(len(packed)))
    size = min(size, 1 << 28)
    out = ctypes.create_string_buffer(size)
    got = zstd.ZSTD_decompress(out, ctypes.c_size_t(size), packed, ctypes.c_size_t(len(packed)))
    check(not zstd.ZSTD_isError(ctypes.c_size_t(got)), f"{path} does not unpack")
    return out.raw[:got]


def check(condition, message):
    if not condition:
        print("FAILED:", message)
        sys.exit(1)


def same(found, expected, what):
    check(found == expected, f"{what}: expected {expected!r}, found {found!r}")


def sorted_sha256(text):
    """SHA-256 over the lines in bytewise order, each with its line feed."""
    return hashlib.sha256(b"".join(sorted(text.splitlines(keepends=True)))).hexdigest()


class Store:
    """A fresh store in a folder that goes with the object."""

    def __init__(self, program):
        self.program = program
        self.folder = tempfile.TemporaryDirectory(prefix="switchback-real-")
        self.path = os.path.join(self.folder.name, "routes")
        self.run("init", "--environment", "test")

    def run(self, *arguments, exit_code=0):
        """What it printed, as bytes."""
        done = subprocess.run([self.program, "--store", self.path, "--quiet", *arguments],
                              capture_output=True, check=False)
        check(done.returncode == exit_code,
              f"{arguments}: exit {done.returncode}, not {exit_code}\n{done.stderr.decode()}")
        return done.stdout

    def json(self, *arguments, exit_code=0):
        return json.loads(self.run(*arguments, "--format", "json", exit_code=exit_code))
