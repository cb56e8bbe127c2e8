"""The histories that all systems are compared on, made once in build/bench-data."""

import dataclasses
import json
import os
import shutil
import subprocess
import sys

from report.run import Failed, path, say

DATA = path("build", "bench-data")


@dataclasses.dataclass
class History:
    name: str
    title: str  # for headings and axes
    what: str
    file: str = ""
    missing: str = ""  # why it is not there; empty where it is


def shared_data():
    """The folder of real histories: beside the project, or where the environment says."""
    return os.environ.get("SWITCHBACK_SHARED_DATA", path("..", "shared", "data"))


def write_once(file, write):
    """Calls write(part) unless `file` is there; it appears only when it is complete."""
    if not os.path.exists(file):
        os.makedirs(os.path.dirname(file), exist_ok=True)
        try:
            write(file + ".part")
            os.replace(file + ".part", file)
        except BaseException:
            if os.path.exists(file + ".part"):
                os.remove(file + ".part")
            raise
    return file


def made_up(ids, endpoints, commits, edits):
    file = os.path.join(DATA, f"synthetic-{ids}x{endpoints}-{commits}x{edits}.jsonl")

    def write(part):
        say(f"making {os.path.basename(file)}")
        with open(part, "wb") as out:
            subprocess.run([sys.executable, path("tools", "make-history"), f"--ids={ids}",
                            f"--endpoints={endpoints}", f"--commits={commits}", f"--edits={edits}"],
                           stdout=out, check=True)

    return write_once(file, write)


def synthetic(commits):
    return History("synthetic", f"synthetic, {commits:,} commits",
                   f"1,000 IDs x 100 endpoints, {commits:,} commits of one endpoint, made up"
                   " (tools/make-history)", made_up(1000, 100, commits, 1))


def large_list(endpoints, versions):
    size = f"{endpoints // 1_000_000}M" if endpoints >= 1_000_000 else f"{endpoints // 1000}k"
    return History("large-list", f"{size} list, {versions:,} versions",
                   f"one list of {endpoints:,} endpoints, {versions:,} versions of ten edits,"
                   " made up (tools/make-history)", made_up(1, endpoints, versions, 10))


def asn():
    """The history of the quick start; its packages come from the network, once."""
    history = History("asn", "ASN table, 3 revisions",
                      "who announces every IP range, three revisions of 88,000 to 91,000 IDs"
                      " (tools/asn-history)", path("build", "data", "asn.jsonl"))
    if not os.path.exists(history.file):
        done = subprocess.run([path("tools", "asn-history"), "--out", history.file], check=False,
                              stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
        if done.returncode != 0:
            history.missing = "its packages could not be fetched (no network, or no npm)"
    return history


def cloud_ranges():
    history = History("cloud-ranges", "cloud-ranges, 3,413 revisions",
                      "published lists of cloud providers' ranges, 3,413 real revisions of 23 IDs",
                      os.path.join(shared_data(), "cloud-ranges.jsonl.zst"))
    if not os.path.exists(history.file):
        history.missing = "../shared/data is not there"
    return history


def lines_of_zst(file):
    return subprocess.run(["zstd", "-dcq", file], capture_output=True, text=True,
                          check=True).stdout.splitlines()


def large_a_b():
    """Two published lists as two versions of one ID."""
    history = History("large-a-b", "large-a, large-b",
                      "one published list of 217,819 hosts and of 255,239 three weeks later,"
                      " as two versions", os.path.join(DATA, "large-a-b.jsonl"))
    sources = [os.path.join(shared_data(), f"large-{letter}.txt.zst") for letter in "ab"]
    if not all(map(os.path.exists, sources)):
        history.missing = "../shared/data is not there"
        return history

    def write(part):
        before = set()
        with open(part, "w", encoding="ascii") as out:
            for source, time in zip(sources, ("2018-12-05T00:00:00Z", "2018-12-26T00:00:00Z")):
                after = set(lines_of_zst(source))
                edit = {"add": sorted(after - before), "remove": sorted(before - after)}
                changes = {"ipsum": {name: texts for name, texts in edit.items() if texts}}
                out.write(json.dumps({"time": time, "author": "ipsum", "message": "daily list",
                                      "changes": changes}, separators=(",", ":")) + "\n")
                before = after

    write_once(history.file, write)
    return history


def packed_bytes(history):
    """Bytes of the JSON lines under zstd -19, without any access; None without zstd."""
    memo = os.path.join(DATA, os.path.basename(history.file) + ".zstd-19-bytes")
    if not shutil.which("zstd"):
        return None

    def write(part):
        say(f"zstd -19 of {os.path.basename(history.file)}")
        unpack = f"zstd -dcq {_quoted(history.file)}" if history.file.endswith(".zst") else \
            f"cat {_quoted(history.file)}"
        done = subprocess.run(["bash", "-o", "pipefail", "-c",
                               f"{unpack} | zstd -19 -T0 -q -c | wc -c"],
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"zstd -19 of {history.file}: {done.stderr.strip()}")
        with open(part, "w", encoding="ascii") as out:
            out.write(done.stdout.strip())

    with open(write_once(memo, write), encoding="ascii") as file:
        return int(file.read())


def _quoted(text):
    return "'" + text.replace("'", "'\\''") + "'"
