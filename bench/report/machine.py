"""What a run was made on: without it a time says nothing."""

import datetime
import os
import re

from report.run import ROOT, output_of


def first_match(text, pattern):
    found = re.search(pattern, text or "", re.M)
    return found[1].strip() if found else "unknown"


def read(file):
    try:
        with open(file, encoding="utf-8", errors="replace") as source:
            return source.read()
    except OSError:
        return ""


def package(name):
    return output_of("dpkg-query", "-W", "-f", "${Version}", name) or "none"


def file_system():
    return output_of("stat", "-f", "-c", "%T", ROOT) or "unknown"


def describe():
    memory = int(first_match(read("/proc/meminfo"), r"^MemTotal:\s*(\d+)") or 0)
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).strftime("%Y-%m-%d %H:%M UTC"),
        "revision": output_of("git", "describe", "--always", "--dirty") or "unknown",
        "processor": first_match(read("/proc/cpuinfo"), r"^model name\s*:\s*(.*)$"),
        "cores": os.cpu_count(),
        "memory_gib": round(memory / (1 << 20), 1),
        "system": first_match(read("/etc/os-release"), r'^PRETTY_NAME="?([^"\n]*)'),
        "kernel": os.uname().release,
        "file_system": file_system(),
        "load_at_start": round(os.getloadavg()[0], 2),
        "versions": {
            "GCC": package("g++-12").split("-")[0],
            "RocksDB": package("librocksdb7.8"),
            "zstd": package("libzstd1"),
            "xxHash": package("libxxhash0"),
            "git": package("git"),
            "SQLite": package("libsqlite3-0"),
            "etcd": package("etcd-server"),
        },
    }
