#!/usr/bin/env python3
"""tools/make-list and tools/make-history: unique, valid, replayable, the same for a seed."""

import ipaddress
import json
import os
import subprocess
import sys
import unittest

TOOLS = os.path.join(os.path.dirname(__file__), "..", "..", "tools")


def run(tool, *arguments):
    done = subprocess.run([sys.executable, os.path.join(TOOLS, tool), *map(str, arguments)],
                          capture_output=True, text=True, check=True)
    return done.stdout.splitlines()


class MakeList(unittest.TestCase):
    def test_hosts_are_unique_and_spread(self):
        lines = run("make-list", "--count", 20_000)
        hosts = [ipaddress.IPv4Address(line.split(":")[0]) for line in lines]
        self.assertEqual(len(set(hosts)), 20_000)
        self.assertTrue(all(line.endswith(":8000 weight=100") for line in lines))
        tops = [0] * 256
        for host in hosts:
            tops[int(host) >> 24] += 1
        self.assertEqual(sum(tops[1:224]), 20_000)
        self.assertGreater(min(tops[1:224]), 40)  # 90 on average
        self.assertLess(max(tops[1:224]), 160)

    def test_seed_decides(self):
        self.assertEqual(run("make-list", "--count", 50), run("make-list", "--count", 60)[:50])
        self.assertNotEqual(run("make-list", "--count", 50),
                            run("make-list", "--count", 50, "--seed", 2))


class MakeHistory(unittest.TestCase):
    def replay(self, lines):
        lists, times, kinds = {}, [], [0, 0, 0]
        for number, line in enumerate(lines):
            revision = json.loads(line)
            times.append(revision["time"])
            self.assertTrue(revision["changes"])
            for name, change in revision["changes"].items():
                members = lists.setdefault(name, set())
                added, removed = set(change.get("add", ())), set(change.get("remove", ()))
                self.assertLessEqual(removed, members)
                self.assertFalse(added & (members - removed))
                members -= removed
                members |= added
                self.assertEqual(len({text.split()[0] for text in members}), len(members))
                if number:
                    kinds[2 if added and removed else 0 if added else 1] += 1
        self.assertEqual(times, sorted(times))
        return lists, kinds

    def test_one_edit_a_commit_replays_in_the_promised_mix(self):
        lines = run("make-history", "--ids", 20, "--endpoints", 50, "--commits", 5000)
        self.assertEqual(len(lines), 5001)
        lists, (inserts, deletes, changes) = self.replay(lines)
        self.assertEqual(len(lists), 20)
        self.assertEqual(inserts + deletes + changes, 5000)
        self.assertAlmostEqual(inserts / 5000, 0.4, delta=0.03)
        self.assertAlmostEqual(deletes / 5000, 0.4, delta=0.03)

    def test_many_edits_on_a_small_list_replay(self):
        self.replay(run("make-history", "--ids", 2, "--endpoints", 3, "--commits", 500,
                        "--edits", 12))

    def test_seed_decides(self):
        small = ("--ids", 3, "--endpoints", 4, "--commits", 20)
        self.assertEqual(run("make-history", *small), run("make-history", *small))
        self.assertNotEqual(run("make-history", *small), run("make-history", *small, "--seed", 2))


if __name__ == "__main__":
    unittest.main()
