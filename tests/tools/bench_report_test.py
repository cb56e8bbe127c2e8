#!/usr/bin/env python3
"""tools/bench: its report from made-up results, and that other answers than ours are noticed."""

import contextlib
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True
ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "..")
sys.path.insert(0, os.path.join(ROOT, "bench"))

# pylint: disable=wrong-import-position
from report import micro, page, peers, results as files, run as process, tables  # noqa: E402


def question(us, answers=((1, "a"), (2, "b"))):
    return {"warm_us": us, "warm_p99_us": us * 2, "cold_us": us * 10, "count": 2,
            "answers": [{"count": count, "hash": text} for count, text in answers]}


def run(system, limit=None, us=10.0, answers=((1, "a"), (2, "b")), revisions=100):
    return {"system": system, "history": "made-up", "limit": limit, "revisions": revisions,
            "settings": [{"name": "level", "value": "3"}],
            "import": {"seconds": 1, "revisions_per_second": 100, "bytes": 5000},
            "compact": {"seconds": 0.5}, "bytes": 4000, "bytes_per_revision": 40,
            "peak_memory_bytes": {"import": 1 << 20, "questions": 1 << 21},
            "questions": {name: question(us, answers) for name in peers.QUESTIONS},
            **({} if system == "switchback" else {"answers": peers.AGREED})}


def made_up_results():
    targets = [{"name": "commit-bytes", "what": "bytes a commit", "target": "<= 40",
                "measured": 38.01, "unit": "bytes", "floor": None, "ratio": None, "met": True,
                "note": ""},
               {"name": "open-clean", "what": "open | closed", "target": "< 50 ms",
                "measured": 61.0, "unit": "ms", "floor": {"what": "raw open", "value": 30.5},
                "ratio": 2.0, "met": False, "note": "many files"}]
    benchmarks = [{"name": f"Sweep/AsOfRead/size:{size}", "us": size / 10, "cpu_us": size / 20,
                   "floor": f"Floor/Get/size:{size}"} for size in (100, 1000)]
    benchmarks += [{"name": f"Floor/Get/size:{size}", "us": 1, "cpu_us": 5} for size in (100, 1000)]
    slow = {"system": "git", "history": "made-up", "limit": None, "failure": "over 5 s"}
    return {
        "machine": {"date": "2026-01-01", "revision": "abc", "processor": "P", "cores": 2,
                    "memory_gib": 4, "file_system": "ext", "system": "S", "kernel": "K",
                    "load_at_start": 0.1, "quick": True, "versions": {"GCC": "12"}},
        "targets": {"rows": targets},
        "store_bench": {"context": {}, "benchmarks": benchmarks},
        "compare": {"histories": [
            {"name": "made-up", "title": "made up, 100", "what": "a test", "limit": None,
             "missing": "", "zstd_19_bytes": 2700},
            {"name": "gone", "title": "gone", "what": "not there", "limit": None,
             "missing": "no network"}],
            "runs": [run("switchback", us=5), run("sqlite-delta", us=20), slow,
                     run("switchback", 30, us=4), run("etcd", 30, us=2)],
            "growth": [run("switchback", revisions=10), run("switchback", revisions=100)]},
    }


def write_results(folder, results):
    os.makedirs(folder, exist_ok=True)
    for name, result in results.items():
        with open(os.path.join(folder, f"{name}.json"), "w", encoding="utf-8") as file:
            json.dump(result, file)


def report(folder):
    return subprocess.run([os.path.join(ROOT, "tools", "bench"), "--report", "--out", folder],
                          capture_output=True, text=True, check=False)


class Answers(unittest.TestCase):
    def judged(self, ours, theirs):
        peers.judge_answers(ours, theirs)
        return theirs.get("answers")

    def test_equal_hashes_at_the_largest_common_count_agree(self):
        theirs = run("git", answers=((1, "a"),))
        self.assertEqual(self.judged(run("switchback"), theirs), "as switchback's")

    def test_another_hash_is_named_with_its_question(self):
        theirs = run("git")
        theirs["questions"]["far_diff"] = question(1, ((2, "x"),))
        self.assertEqual(self.judged(run("switchback"), theirs), "differ: far_diff")
        self.assertEqual(peers.bad_runs({"runs": [theirs], "growth": []}),
                         [(theirs, "answers differ: far_diff")])

    def test_no_answers_are_not_compared_and_are_no_agreement(self):
        every = "not compared: " + ", ".join(peers.QUESTIONS)
        empty, none, zero = run("git", answers=()), run("git"), run("git", answers=((0, "a"),))
        none["questions"] = {}
        for theirs in (empty, none, zero):
            self.assertEqual(self.judged(run("switchback"), theirs), every)
            self.assertEqual(len(peers.bad_runs({"runs": [theirs], "growth": []})), 1)
            self.assertIsNone(peers.warm_us(theirs, "as_of"))
        theirs = run("git")
        theirs["questions"]["as_of"]["count"] = 0
        theirs["answers"] = peers.AGREED
        self.assertEqual(peers.verdict(theirs, "as_of"), peers.NOT_COMPARED)
        self.assertEqual(self.judged(run("switchback", answers=()), run("git")), every)

    def test_a_verdict_without_questions_is_one_on_all(self):
        theirs = run("git")
        for answers in ("not compared: switchback has no result", ""):
            theirs["answers"] = answers
            self.assertEqual(peers.verdict(theirs, "as_of"), peers.NOT_COMPARED)

    def test_times_of_other_answers_count_nowhere(self):
        results = made_up_results()
        for wrong in [run_ for run_ in results["compare"]["runs"] if run_["system"] == "etcd"]:
            wrong["answers"] = "differ: as_of; not compared: far_diff"
        text = tables.questions_table(results["compare"], results["compare"]["histories"][0])
        self.assertIn("| etcd, first 30 (answers differ) | differ | 2.00 µs (20.0 µs) |"
                      " not compared |", text)
        self.assertIn("| switchback, to the best peer, first 30 |  | 2x slower than etcd |  |",
                      text)

    def test_no_common_count_is_not_taken_for_agreement(self):
        theirs = run("git", answers=((3, "c"),))
        self.assertTrue(self.judged(run("switchback"), theirs).startswith("differ"))

    def test_a_run_that_took_too_long_is_no_failure_and_a_crash_is(self):
        slow, crashed = {"failure": "over 5 s"}, {"failure": "failed with exit code 1: x"}
        self.assertEqual(peers.bad_runs({"runs": [slow, crashed], "growth": []}),
                         [(crashed, crashed["failure"])])


class Page(unittest.TestCase):
    def test_all_parts_are_there(self):
        text = page.render(made_up_results(), ["growth", "times-made-up"])
        for wanted in ("38 bytes", "| 2.00 | **no** |", "open \\| closed", "many files",
                       "4x quicker than sqlite-delta", "2x slower than etcd", "over 5 s",
                       "Left out: no network", "etcd, first 30", "performance/growth.svg",
                       "| the JSON lines under zstd -19, no access | 27 |", "level: 3",
                       "| AsOfRead/size:100 | 5.00 µs |"):
            self.assertIn(wanted, text)
        self.assertNotIn("performance/bytes.svg", text)
        self.assertNotIn("$", text)

    def test_parts_that_did_not_run_say_so(self):
        text = page.render({"machine": made_up_results()["machine"]}, [])
        self.assertIn(page.NOT_RUN, text)

    def test_it_says_in_words_where_we_lose(self):
        text = page.render(made_up_results(), [])
        self.assertIn("Warm, switchback is the quickest in all 7 questions.", text)
        self.assertIn("Of the first 30 lines, beside etcd: switchback is the quickest in 0 of 7"
                      " questions, furthest behind in restore one: 2x the time of etcd.", text)
        self.assertIn("without a measurement yet: a subscriber learns", text)
        self.assertIn("blame of one ID", text)
        self.assertIn("no measurement yet.\n", text)

    def test_other_answers_are_no_loss_and_no_win(self):
        results = made_up_results()["compare"]
        for wrong in results["runs"]:
            if wrong["system"] == "etcd":
                wrong["answers"] = "differ: " + ", ".join(peers.QUESTIONS[1:])
        self.assertIn("in 0 of 1 questions, furthest behind in as-of read: 2x the time of etcd.",
                      tables.standings(results, results["histories"][0]))

    def test_growth_is_said_with_the_peer_that_grows_least(self):
        growth = [run("switchback", us=1, revisions=10), run("switchback", us=4, revisions=100),
                  run("git", us=8, revisions=10), run("git", us=12, revisions=100),
                  run("etcd", us=8, revisions=10)]
        self.assertIn("From 10 to 100 revisions the time of switchback grows, and in brackets that"
                      " of the peer that grows least: as-of read 4x (git 1.5x); ",
                      tables.growth_sentence({"growth": growth}))
        growth[3]["answers"] = "differ: as_of"
        self.assertIn("as-of read 4x; adjacent diff 4x (git 1.5x)",
                      tables.growth_sentence({"growth": growth}))

    def test_git_diff_of_the_large_list_is_computed(self):
        runs = [{**run(system, 20, us=us), "history": "large-list"}
                for system, us in (("switchback", 2), ("git", 5000))]
        history = {"name": "large-list", "title": "1M list, 9 versions", "limit": None}
        text = tables.git_diff_line({"histories": [history], "runs": runs})
        self.assertIn("in the first 20 versions git takes 2,500x our time for adjacent versions,"
                      " 2,500x our time for versions far apart;", text)
        runs[1]["answers"] = "differ: adjacent_diff, far_diff"
        self.assertIn("no measurement yet", tables.git_diff_line({"histories": [history],
                                                                  "runs": runs}))

    def test_times_are_written_in_their_unit(self):
        self.assertEqual([tables.time_text(us) for us in (0.0306, 9.5, 12.34, 1234, 2.5e6)],
                         ["0.03 µs", "9.50 µs", "12.3 µs", "1.23 ms", "2.50 s"])


class Provenance(unittest.TestCase):
    def test_parts_of_one_run_share_their_rows(self):
        text = page.render(made_up_results(), [])
        self.assertIn("| date | 2026-01-01 |", text)
        self.assertIn("**A quick run: smaller", text)

    def test_parts_of_other_runs_have_rows_of_their_own_and_keep_their_warning(self):
        results = made_up_results()
        old = results["machine"]
        results["machine"] = {"parts": {"micro": old, "targets": old, "compare": {
            **old, "date": "2026-02-02", "quick": False}}}
        text = page.render(results, [])
        self.assertIn("| date: micro benchmarks, targets | 2026-01-01 |", text)
        self.assertIn("| date: comparison | 2026-02-02 |", text)
        self.assertIn("| processor | P, 2 cores |", text)
        self.assertIn("**A quick run of the micro benchmarks and the targets: smaller", text)
        results["machine"]["parts"].pop("targets")
        self.assertIn("| date: targets | not recorded |", page.render(results, []))

    def test_one_part_again_keeps_the_records_of_the_others(self):
        results = made_up_results()
        with tempfile.TemporaryDirectory() as folder:
            write_results(folder, results)
            new = {**results["machine"], "date": "new"}
            found = files.with_machine(folder, "targets", new)["parts"]
            self.assertEqual({part: record["date"] for part, record in found.items()},
                             {"micro": "2026-01-01", "targets": "new", "compare": "2026-01-01"})
            files.write(os.path.join(folder, "machine.json"), files.compact_json({"parts": found}))
            with open(os.path.join(folder, "compare.json"), "w", encoding="ascii") as out:
                out.write("{")
            self.assertNotIn("compare", files.load(folder, ["micro", "targets"]))
            again = files.with_machine(folder, "compare", new)["parts"]
            self.assertEqual({part: record["date"] for part, record in again.items()},
                             {"micro": "2026-01-01", "targets": "new", "compare": "new"})


class Broken(unittest.TestCase):
    def test_a_broken_file_is_named_in_one_line(self):
        for name, text, why in (
                ("compare", "{", "Expecting"), ("compare", "[]", "all of it is not an object"),
                ("targets", '{"rows": [{"name": 1}]}', "rows[0].name is not a text"),
                ("machine", '{"date": "d"}', "revision is missing"),
                ("store_bench", '{"benchmarks": [{"name": "a", "us": true, "cpu_us": 1}]}',
                 "benchmarks[0].us is not a number"),
                ("compare", '{"histories": [], "growth": [], "runs": [{"system": "x"}]}',
                 'runs[0].system: "x" is none of'),
                ("targets", "\udcff", "decode"), ("targets", "NaN", "NaN is not a number")):
            with tempfile.TemporaryDirectory() as folder:
                write_results(os.path.join(folder, "results"), made_up_results())
                file = os.path.join(folder, "results", f"{name}.json")
                with open(file, "w", encoding="utf-8", errors="surrogateescape") as out:
                    out.write(text)
                done = report(folder)
                self.assertEqual(done.returncode, 1, done.stderr)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertIn(f"{name}.json: broken results: ", done.stderr)
                self.assertIn(why, done.stderr)


# Starts a program that makes a scratch folder and a process with a session of its own.
ENDED = """
import sys
sys.path.insert(0, sys.argv[1])
from report import run
run.catch_signals()
try:
    with run.scratch_folder() as folder:
        script = ('mktemp -d "$TMPDIR/x-XXXXXX" >/dev/null; setsid sleep 600 & '
                  'echo $$ $! >"$0.part"; mv "$0.part" "$0"; sleep 600')
        print(run.run_within(float(sys.argv[3]), ["sh", "-c", script, sys.argv[2]])[1])
except run.Interrupted as end:
    print(end)
    sys.exit(end.exit_code)
"""


def alive(process):
    try:
        with open(f"/proc/{process}/stat", encoding="ascii", errors="replace") as file:
            return file.read().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


class Ends(unittest.TestCase):
    def ended(self, number, cap="60"):
        """(exit code, output) of a run that is sent a signal once its program has started."""
        with tempfile.TemporaryDirectory() as folder:
            scratch, pids = os.path.join(folder, "scratch"), os.path.join(folder, "pids")
            os.mkdir(scratch)
            running = subprocess.Popen(
                [sys.executable, "-B", "-c", ENDED, os.path.join(ROOT, "bench"), pids, cap],
                stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
                env={**os.environ, "TMPDIR": scratch},
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler))
            for _ in range(1000):
                if os.path.exists(pids):
                    break
                time.sleep(0.01)
            if number:
                running.send_signal(number)
            output = running.communicate(timeout=30)[0]
            with open(pids, encoding="ascii") as file:
                self.assertEqual([pid for pid in file.read().split() if alive(pid)], [])
            self.assertEqual(os.listdir(scratch), [])
            return running.returncode, output

    def test_a_signal_ends_all_that_was_started_and_leaves_no_folder(self):
        self.assertEqual(self.ended(signal.SIGINT), (130, "ended by SIGINT\n"))
        self.assertEqual(self.ended(signal.SIGTERM), (143, "ended by SIGTERM\n"))

    def test_so_does_the_cap(self):
        self.assertEqual(self.ended(None, cap="2"), (0, "over 2 s\n"))

    def test_a_second_run_is_refused(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "build", "lock")
            with process.only_one(file):
                with self.assertRaisesRegex(process.Failed, f"process {os.getpid()}"):
                    with process.only_one(file):
                        pass
            with process.only_one(file):
                pass

    def test_what_cannot_be_written_shows_at_the_start(self):
        with tempfile.TemporaryDirectory() as folder:
            file = os.path.join(folder, "file")
            with open(file, "w", encoding="ascii"):
                pass
            tool = os.path.join(ROOT, "tools", "bench")
            for out in (file, os.path.join(file, "below")):
                done = subprocess.run([tool, "--quick", "--out", out, "--build", folder],
                                      capture_output=True, text=True, check=False)
                self.assertEqual(done.returncode, 8)
                self.assertEqual(len(done.stderr.splitlines()), 1, done.stderr)
                self.assertIn(f"can't write to {out}", done.stderr)
            os.mkdir(os.path.join(folder, "page.md"))
            with self.assertRaisesRegex(process.Failed, "page.md: a folder"):
                process.check_writable(folder, "page.md")


class Micro(unittest.TestCase):
    def test_series_go_along_one_axis(self):
        points = micro.points(made_up_results())
        self.assertEqual(micro.series(points, "Sweep/AsOfRead", "size", {}),
                         [(100.0, 5.0), (1000.0, 50.0)])

    def test_strip_keeps_wall_clock_units_and_floors_and_drops_the_host(self):
        raw = {"context": {"host_name": "h", "date": "d"},
               "benchmarks": [{"name": "A/B/real_time", "real_time": 2.0, "cpu_time": 1.0,
                               "time_unit": "ms", "label": "floor=F", "iterations": 3}]}
        stripped = micro.strip(raw)
        self.assertEqual(stripped["context"], {"date": "d"})
        self.assertEqual(stripped["benchmarks"],
                         [{"name": "A/B/real_time", "us": 2000.0, "cpu_us": 1000.0, "floor": "F"}])
        self.assertEqual(micro.parse(stripped["benchmarks"][0]).us, 2000.0)


@unittest.skipUnless(shutil.which("gnuplot"), "no gnuplot")
class Report(unittest.TestCase):
    def test_the_tool_writes_page_and_plots_from_results(self):
        with tempfile.TemporaryDirectory() as folder:
            write_results(os.path.join(folder, "results"), made_up_results())
            done = report(folder)
            self.assertEqual(done.returncode, 0, done.stderr)
            self.assertEqual(sorted(os.listdir(os.path.join(folder, "performance"))),
                             ["bytes.svg", "growth.svg", "list-size.svg", "times-made-up.svg"])


if __name__ == "__main__":
    with contextlib.redirect_stdout(io.StringIO()):
        unittest.main()
