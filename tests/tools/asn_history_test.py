#!/usr/bin/env python3
"""tools/asn-history: prefixes are minimal and exact, lines replay to the tables they came from."""

import importlib.machinery
import importlib.util
import io
import ipaddress
import json
import os
import random
import subprocess
import sys
import tempfile
import unittest

TOOL = os.path.join(os.path.dirname(__file__), "..", "..", "tools", "asn-history")
sys.dont_write_bytecode = True
loader = importlib.machinery.SourceFileLoader("asn_history", TOOL)
tool = importlib.util.module_from_spec(importlib.util.spec_from_loader("asn_history", loader))
loader.exec_module(tool)

IPV4 = "10,20,7,Seven\n21,31,7,Seven\n64,64,8,\"Eight, Inc.\"\n64,127,7,Seven\n"
IPV6 = f"{0x2001 << 112},{(0x2001 << 112) + 7},9,Nine\n"


def make_package(folder, version, ipv4, ipv6, license_text="CC BY 4.0"):
    path = os.path.join(folder, version, "package")
    os.makedirs(path)
    files = {"asn-ipv4-num.csv": ipv4, "asn-ipv6-num.csv": ipv6,
             "package.json": json.dumps({"name": tool.PACKAGE, "version": version})}
    if license_text:
        files["A-LICENSE"] = license_text
    for name, text in files.items():
        with open(os.path.join(path, name), "w", encoding="utf-8") as file:
            file.write(text)
    return os.path.dirname(path)


def run(*arguments):
    return subprocess.run([sys.executable, TOOL, *arguments], capture_output=True, text=True)


def canonical(text):
    network = ipaddress.ip_network(text)
    is_host = network.prefixlen == network.max_prefixlen
    return str(network.network_address if is_host else network)


def replay(lines):
    """The tables after each line, refusing a remove or add that does not fit."""
    table = {}
    for line in lines:
        changes = json.loads(line)["changes"]
        assert changes
        for name, change in changes.items():
            members = table.setdefault(name, set())
            for text in change.get("remove", ()):
                members.remove(text)
            for text in change.get("add", ()):
                assert text not in members
                assert canonical(text) == text, text
                members.add(text)
            assert bool(change.get("delete")) == (not members)
            if not members:
                del table[name]
        yield {name: set(members) for name, members in table.items()}


class Prefixes(unittest.TestCase):
    def test_are_those_of_the_ipaddress_module(self):
        rng = random.Random(4)
        for bits in tool.FAMILY_BITS:
            kind = ipaddress.IPv4Address if bits == 32 else ipaddress.IPv6Address
            ends = [(0, 0), (0, (1 << bits) - 1), ((1 << bits) - 1, (1 << bits) - 1), (1, 2)]
            for _ in range(2000):
                a, b = rng.getrandbits(bits), rng.getrandbits(rng.randrange(1, bits))
                ends.append((a, min(a + b, (1 << bits) - 1)))
            for first, last in ends:
                expected = ipaddress.summarize_address_range(kind(first), kind(last))
                texts = [str(n) if n.prefixlen < bits else str(n[0]) for n in expected]
                found = tool.range_to_prefixes(first, last, bits)
                self.assertEqual([tool.prefix_text(p, bits) for p in found], texts)

    def test_overlapping_repeated_and_adjacent_ranges_become_one(self):
        merged = tool.merge_ranges([(30, 40), (1, 5), (6, 9), (1, 5), (35, 36), (41, 41), (50, 50)])
        self.assertEqual(merged, [(1, 9), (30, 41), (50, 50)])


class History(unittest.TestCase):
    def test_replays_to_each_table(self):
        with tempfile.TemporaryDirectory() as folder:
            one = make_package(folder, "2.3.2025040218", IPV4, IPV6)
            two = make_package(folder, "2.3.2025041118", IPV4.replace("64,64,8", "65,65,8"), "")
            done = run(one, two)
        self.assertEqual(done.returncode, 0, done.stderr)
        lines = done.stdout.splitlines()
        self.assertEqual(json.loads(lines[1])["time"], "2025-04-11T18:00:00Z")
        seven = {"0.0.0.10/31", "0.0.0.12/30", "0.0.0.16/28", "0.0.0.64/26"}
        self.assertEqual(list(replay(lines)), [
            {"AS7": seven, "AS8": {"0.0.0.64"}, "AS9": {"2001::/125"}},
            {"AS7": seven, "AS8": {"0.0.0.65"}}])
        self.assertIn("A-LICENSE: CC BY 4.0", done.stderr)

    def test_generated_table_replays_and_is_the_same_for_a_seed(self):
        done = run("--generate", "3000")
        self.assertEqual(done.returncode, 0, done.stderr)
        tables = list(replay(done.stdout.splitlines()))
        self.assertEqual(len(tables), 3)
        self.assertEqual(len(tables[0]), 3000)
        self.assertGreater(len(tables[0]["AS13335"]), 100)
        self.assertEqual(run("--generate", "3000").stdout, done.stdout)
        self.assertNotEqual(run("--generate", "3000", "--seed", "2").stdout, done.stdout)

    def test_a_revision_without_change_is_not_written(self):
        out = io.StringIO()
        table = {7: ([1 << 8 | 32], [])}
        self.assertEqual(tool.write_revision(out, {"time": "t"}, table, dict(table)), 0)
        self.assertEqual(out.getvalue(), "")


class Refusals(unittest.TestCase):
    def check(self, expected, version="2.3.2025040218", ipv4=IPV4, license_text="yes"):
        with tempfile.TemporaryDirectory() as folder:
            out = os.path.join(folder, "out.jsonl")
            package = make_package(folder, version, ipv4, IPV6, license_text)
            done = run("--out", out, package)
            self.assertFalse(os.path.exists(out), "a refused run left a file")
        self.assertEqual(done.returncode, tool.EXIT_BAD_INPUT)
        self.assertIn(expected, done.stderr)

    def test_a_bad_line_is_named(self):
        self.check("asn-ipv4-num.csv:5:", ipv4=IPV4 + "9,8,7,backwards\n")

    def test_no_license_no_use(self):
        self.check("no license file", license_text=None)

    def test_a_version_without_a_date(self):
        self.check("expected it to end in a date", version="2.3.4")


if __name__ == "__main__":
    unittest.main()
