#!/usr/bin/env python3
"""bench/compare: every system gives the same answers to the same questions about a small history.

usage: compare_test.py COMPARE_PROGRAM
"""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import unittest

COMPARE = ""  # the program, from the command line
NEEDS = {"git": "git", "etcd": "etcd"}  # programs that a system runs
OURS = "switchback"
QUESTIONS = 20
TABLE_RESTORES = 4

# Beside plain edits: an ID born later, one emptied and filled again, a change taken back, a changed
# value and attribute, prefixes, IPv6 with and without a port, several IDs in one revision, a list
# with the same host at two ports.
FIRST = {"web": ["10.0.0.1:80 weight=5", "10.0.0.2:80", "10.0.0.2:81", "192.0.2.0/24"],
         "db/eu": ["2001:db8::/32", "[2001:db8::1]:443 weight=1 zone=a", "10.9.0.1"]}
STEPS = [
    {"web": ([], ["10.0.0.3:80"])},
    {"web": (["10.0.0.1:80 weight=5"], ["10.0.0.1:80 weight=7"]), "late": ([], ["198.51.100.7:1"])},
    {"db/eu": (FIRST["db/eu"], [])},
    {"web": (["10.0.0.3:80"], [])},
    {"late": (["198.51.100.7:1"], ["198.51.100.7:1 weight=0"])},
    {"db/eu": ([], FIRST["db/eu"] + ["203.0.113.0/28:8080 rack=b zone=c"])},
    {"web": ([], ["10.0.0.3:80"])},
    {"db/eu": (["[2001:db8::1]:443 weight=1 zone=a"], ["[2001:db8::1]:443 weight=1 zone=b"])},
]


def history():
    """Lines of the steps above, between many small edits that make chains long."""
    changes = [{id_: ([], texts) for id_, texts in FIRST.items()}, *STEPS]
    for number in range(1, 200):
        text = f"10.1.{number // 100}.{number % 100}:8000 weight={number % 3 + 1}"
        changes.append({f"pool-{number % 3}": ([], [text])})
    for second, change in enumerate(changes):
        parts = {id_: {"remove": removed, "add": added}
                 for id_, (removed, added) in change.items()}
        yield json.dumps({
            "time": f"2026-01-02T03:{second // 60:02}:{second % 60:02}.{second % 4}Z",
            "author": ("ann", "ben")[second % 2], "message": f"step {second}, “quoted” ü",
            "ticket": f"OPS-{second}", "changes": parts})


def run(*arguments):
    return subprocess.run([COMPARE, *map(str, arguments)], capture_output=True, text=True,
                          check=False)


class Compare(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="compare-")
        self.addCleanup(shutil.rmtree, self.folder)
        self.history = os.path.join(self.folder, "history.jsonl")
        with open(self.history, "w", encoding="utf-8") as file:
            file.writelines(line + "\n" for line in history())

    def results(self, system, *more):
        out = os.path.join(self.folder, system + ".json")
        done = run("--system", system, "--history", self.history, "--name", "small", "--folder",
                   os.path.join(self.folder, system), "--out", out, "--queries", QUESTIONS,
                   "--cold-rounds", 1, "--restores", TABLE_RESTORES, "--seconds", 60, *more)
        self.assertEqual(done.returncode, 0, done.stderr)
        with open(out, encoding="utf-8") as file:
            return json.load(file)

    def test_every_system_gives_the_same_answers(self):
        ours = self.results(OURS)
        self.assertEqual(ours["revisions"], len(list(history())))
        for system in run("--list").stdout.split():
            if system == OURS or not shutil.which(NEEDS.get(system, COMPARE)):
                continue
            theirs = self.results(system)
            for name, row in ours["questions"].items():
                with self.subTest(system=system, question=name):
                    asked = TABLE_RESTORES if name == "restore_all" else QUESTIONS + 1
                    self.assertEqual(row["answers"][-1]["count"], asked)
                    self.assertEqual(theirs["questions"][name]["answers"], row["answers"])

    def test_another_seed_asks_other_questions(self):
        answers = []
        for seed in (1, 2):
            answers.append(self.results(OURS, "--seed", seed)["questions"]["as_of"]["answers"])
            shutil.rmtree(os.path.join(self.folder, OURS))
        self.assertNotEqual(*answers)

    def test_a_limit_is_told(self):
        results = self.results(OURS, "--limit", 5)
        self.assertEqual(results["revisions"], 5)
        self.assertEqual(results["lines_in_history"], len(list(history())))

    def test_what_is_wrong_is_named(self):
        done = run("--system", "none", "--history", self.history, "--folder",
                   os.path.join(self.folder, "none"), "--out", os.path.join(self.folder, "o"))
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("no such system: none", done.stderr)
        self.assertEqual(run("--system", OURS).returncode, 2)


if __name__ == "__main__":
    if len(sys.argv) < 2 or not os.path.isfile(sys.argv[1]):
        raise SystemExit("compare_test.py: name the built program `compare`")
    COMPARE = sys.argv.pop(1)
    unittest.main()
