"""kill -9 in loops, at moments spread over the whole run of each command that writes: what was there
before is there after, what was acknowledged too, and the command that died lands once, when it is
run again, or goes on where it stopped.

SWITCHBACK_KILLS: so many kills of each command; SWITCHBACK_KILLS_SEED: of their moments.
"""

import os
import random
import re
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import time

from program import PROGRAM, ProgramTest, main

# What a kill leaves is in the page cache: the short form does without a disk, where there is room,
# and so without waiting for syncs; the long one has kills in those, too.
MEMORY = "/dev/shm"
if ("SWITCHBACK_KILLS" not in os.environ and os.access(MEMORY, os.W_OK) and
        shutil.disk_usage(MEMORY).free > 1 << 29):
    tempfile.tempdir = MEMORY
KILLS = int(os.environ.get("SWITCHBACK_KILLS", "3"))
SEED = int(os.environ.get("SWITCHBACK_KILLS_SEED", "1"))
SAMPLES = min(KILLS, 5)  # of what a command takes: one alone may be far off
HISTORY_TOOL = os.path.join(os.path.dirname(__file__), "..", "..", "tools", "make-history")


def scattered(random_source, count):
    """A list as text that takes chunks of its own."""
    hosts = random_source.sample(range(10 << 24, 11 << 24), count)
    return "".join(f"{host >> 24}.{host >> 16 & 255}.{host >> 8 & 255}.{host & 255}:8000\n"
                   for host in sorted(hosts))


class KillTest(ProgramTest):
    sent = 0
    landed = 0

    def setUp(self):
        super().setUp()
        self.random = random.Random(f"{SEED} {self.id()}")
        self.sent = self.landed = 0
        self.moment = 0

    def tearDown(self):
        print(f"{self.id().split('.', 1)[1]}: {self.sent} kills, {self.landed} of them before the "
              f"command ended; the last after {self.moment * 1000:.1f} ms")
        KillTest.sent += self.sent
        KillTest.landed += self.landed
        super().tearDown()

    def copy(self, source, target):
        """The folder `target` becomes what `source` is, in the state that a kill leaves it in."""
        shutil.rmtree(self.path(target), ignore_errors=True)
        shutil.copytree(self.path(source), self.path(target))
        return self.path(target)

    def seconds(self, prepare, *arguments, stdin=""):
        """What the command takes when it is left alone."""
        took = []
        for _ in range(SAMPLES):
            prepare()
            began = time.monotonic()
            self.ok(*arguments, stdin=stdin)
            took.append(time.monotonic() - began)
        return statistics.median(took)

    def killed(self, after, *arguments, stdin=""):
        """Started, and killed so many seconds later. True: it had not ended; else it succeeded."""
        with open(self.path("input"), "w+") as given:
            given.write(stdin)
            given.seek(0)
            child = subprocess.Popen([PROGRAM, *arguments], stdin=given, env=self.env,
                                     cwd=self.folder, stdout=subprocess.DEVNULL,
                                     stderr=subprocess.PIPE)
        time.sleep(after)
        child.send_signal(signal.SIGKILL)
        err = child.communicate()[1]
        self.assertIn(child.returncode, (0, -signal.SIGKILL), err)
        self.sent += 1
        self.landed += child.returncode != 0
        return child.returncode != 0

    def moments(self, seconds):
        """One in each of KILLS equal parts of the time that the command takes, in any order."""
        parts = list(range(KILLS))
        self.random.shuffle(parts)
        for part in parts:
            self.moment = (part + self.random.random()) / KILLS * seconds
            yield self.moment
        # It took far less than before, each time: earlier, then.
        while self.landed == 0 and self.moment > 1e-4:
            self.moment /= 2
            yield self.moment
        self.assertGreater(self.landed, 0, "no kill hit the command")

    def verify(self, store=None):
        self.ok("verify", "--store", store or self.store)

    def make_history(self, name, *options):
        with open(self.path(name), "w") as file:
            subprocess.run([sys.executable, HISTORY_TOOL, *options], stdout=file, check=True)
        return self.path(name)

    def make_store(self, name, *options):
        """A store that was never compacted, of a history of make-history."""
        history = self.make_history(name + ".jsonl", *options)
        self.ok("init", "--environment", "production", "--store", name)
        self.ok("import", history, "--store", name)
        return self.path(name)

    def export(self, store):
        return self.ok("export", "--store", store).out

    def stats(self, store):
        return self.ok("stats", "--format", "json", "--store", store).json


class CommitKillTest(KillTest):
    """One commit: wholly there or not at all, and once, however often it is asked for."""

    def check_commits(self, make):
        """`make(number)` gives arguments and standard input of a commit that changes the store."""
        numbers = iter(range(10**6))

        def ask():
            number = next(numbers)
            arguments, stdin = make(number)
            return [*arguments, "--request-id", f"request-{number}", "-m", f"number {number}"], stdin

        took = []
        for _ in range(SAMPLES):
            arguments, stdin = ask()
            took.append(self.seconds_once(arguments, stdin))
        before = self.state()
        for moment in self.moments(statistics.median(took)):
            arguments, stdin = ask()
            died = self.killed(moment, *arguments, stdin=stdin)
            self.verify()
            now = self.state()
            there = len(now["log"]) == len(before["log"]) + 1
            if not there:
                self.assertEqual(now, before)
            self.assertTrue(there or died, "it was acknowledged")
            again = self.ok(*arguments, "--format", "json", stdin=stdin).json
            self.assertEqual((again["replayed"], again["revision"]), (there, len(before["log"]) + 1))
            after = self.state()
            if there:
                self.assertEqual(after, now)
            self.assertEqual(after["log"][1:], before["log"])
            self.check_landed(int(arguments[-1].split()[-1]), after["table"])
            before = after
        self.verify()

    def state(self):
        # Without the header of the table, which is of the newest revision.
        return {"log": self.ok("log", "--format", "json").lines,
                "table": self.ok("get", "--all").out.partition("\n")[2]}

    def seconds_once(self, arguments, stdin):
        began = time.monotonic()
        self.ok(*arguments, stdin=stdin)
        return time.monotonic() - began

    def check_landed(self, number, table):
        raise NotImplementedError

    def setUp(self):
        super().setUp()
        self.init_with_history()


class SetKillTest(CommitKillTest):
    def test_set(self):
        self.lists = {}

        def make(number):
            self.lists[number] = scattered(self.random, 3000)
            return ["set", "big", "-"], self.lists[number]

        self.check_commits(make)

    def check_landed(self, number, table):
        self.assertEqual(self.ok("get", "big").out, self.lists[number])


class ManyIdsKillTest(CommitKillTest):
    """So many IDs that they are written in slices."""
    IDS = 10_500

    def lines(self, number):
        return [f"many-{i}" for i in range(self.IDS)], f"10.7.{number >> 8}.{number & 255}"

    def test_apply(self):
        def make(number):
            ids, endpoint = self.lines(number)
            changes = ",".join(f'"{one}":{{"add":["{endpoint}"]}}' for one in ids)
            return ["apply", "-"], f'{{"changes":{{{changes}}}}}\n'

        self.check_commits(make)

    def check_landed(self, number, table):
        endpoint = f'"{self.lines(number)[1]}"'
        self.assertEqual(len(re.findall(re.escape(endpoint), table)), self.IDS)


class ImportKillTest(KillTest):
    """What an import had committed when it died is a beginning of the file, and the next one goes on."""

    def check_import(self, history):
        clean = self.path("clean")
        self.ok("init", "--environment", "production", "--store", clean)
        began = time.monotonic()
        self.ok("import", history, "--store", clean)
        seconds = time.monotonic() - began
        whole = self.export(clean).splitlines()
        kinds = {name: self.stats(clean)[name] for name in ("versions_by_kind", "checkpoints")}
        self.assertGreater(kinds["checkpoints"], 10)
        begun = 0
        for moment in self.moments(seconds):
            if begun == 0:
                shutil.rmtree(self.store, ignore_errors=True)
                self.init()
            # Now a fresh import, now one that goes on.
            died = self.killed(moment, "import", history)
            self.verify()
            there = self.export(self.store).splitlines()
            self.assertEqual(there, whole[:len(there)])
            self.assertGreaterEqual(len(there), begun)
            if not died:
                self.assertEqual(len(there), len(whole))
            begun = len(there)
            if begun == len(whole) or self.random.random() < 0.3:
                self.check_goes_on(history, whole, begun, kinds)
                begun = 0
        self.init_if_missing()
        self.check_goes_on(history, whole, len(self.export(self.store).splitlines()), kinds)

    def init_if_missing(self):
        if not os.path.exists(self.store):
            self.init()

    def check_goes_on(self, history, whole, begun, kinds):
        done = self.ok("import", history, "--format", "json").json
        self.assertEqual((done["lines_imported_before"], done["revisions"]),
                         (begun, len(whole) - begun))
        self.assertEqual(self.export(self.store).splitlines(), whole)
        self.assertEqual({name: self.stats(self.store)[name] for name in kinds}, kinds)
        self.verify()

    def test_import(self):
        self.check_import(self.make_history("h.jsonl", "--ids", "20", "--endpoints", "100",
                                            "--commits", "2000", "--edits", "20"))

    def test_import_that_writes_checkpoints_of_long_lists(self):
        self.check_import(self.make_history("h.jsonl", "--ids", "2", "--endpoints", "5000",
                                            "--commits", "300", "--edits", "300"))


class CareKillTest(KillTest):
    """What rewrites files or drops versions changes no content, and can be run again."""

    def test_compact(self):
        made = self.make_store("made", "--ids", "20", "--endpoints", "2000", "--commits", "500",
                               "--edits", "50")
        whole = self.export(made)
        seconds = self.seconds(lambda: self.copy("made", "routes"), "compact")
        for moment in self.moments(seconds):
            self.copy("made", "routes")
            self.killed(moment, "compact")
            self.verify()
            self.assertEqual(self.export(self.store), whole)
            self.ok("compact")
            self.assertEqual(self.export(self.store), whole)
            self.verify()

    KEEP = ("prune", "--keep-last", "5", "-m", "old")

    def kept(self, store, ids):
        """What can still be read, of each ID from its oldest version in `ids` on."""
        kept = [self.ok("get", "--all", "--store", store).out]
        for one, oldest in ids.items():
            kept += [self.ok("get", f"{one}@{version}", "--store", store).out
                     for version in (oldest, oldest + 2)]
            kept += [self.ok("diff", f"{one}@{oldest}", "--store", store).out]
        return kept

    def log(self, store):
        return self.ok("log", "--format", "json", "--store", store).lines

    def check_pruned_in_part(self, whole_log):
        """It is told of every revision; a version is as it was, or said to be pruned."""
        self.assertEqual(self.log(self.store), whole_log)
        for one in ("pool-0", "pool-3"):
            for version in (1, 10, 30):
                ran = self.run_program("get", f"{one}@{version}", "--format", "json")
                if ran.code == 3:
                    self.assertEqual(ran.error["reason"], "pruned")
                else:
                    self.assertEqual(ran.json["digest"], self.digests[one, version])

    def test_prune(self):
        made = self.make_store("made", "--ids", "4", "--endpoints", "3000", "--commits", "300",
                               "--edits", "100")
        ids = {plan["id"]: plan["oldest_kept"]
               for plan in self.ok(*self.KEEP, "--dry-run", "--format", "json", "--store",
                                   made).json["pruned"]}
        self.digests = {(one, version): self.ok("get", f"{one}@{version}", "--digest", "--store",
                                                made).out.strip()
                        for one in ("pool-0", "pool-3") for version in (1, 10, 30)}
        whole_log, kept = self.log(made), self.kept(made, ids)
        clean = self.copy("made", "clean")
        self.assertGreater(self.ok(*self.KEEP, "--format", "json", "--store", clean).json["chunks"],
                           10)
        counts = ("versions", "pruned_versions", "checkpoints", "chunks")
        wanted = [self.stats(clean)[name] for name in counts]
        seconds = self.seconds(lambda: self.copy("made", "routes"), *self.KEEP)
        for moment in self.moments(seconds):
            self.copy("made", "routes")
            self.killed(moment, *self.KEEP)
            self.verify()
            self.check_pruned_in_part(whole_log)
            self.assertEqual(self.kept(self.store, ids), kept)
            self.ok(*self.KEEP)
            self.verify()
            self.assertEqual(self.kept(self.store, ids), kept)
            self.assertEqual([self.stats(self.store)[name] for name in counts], wanted)
            self.assertEqual(self.log(self.store), whole_log)


class BackupKillTest(KillTest):
    """Backups that were whole stay so; what was cut short is none, and in nobody's way."""

    def setUp(self):
        super().setUp()
        self.make_store("made", "--ids", "20", "--endpoints", "500", "--commits", "300", "--edits",
                        "20")
        self.ok("backup", "create", "safe", "--store", "made")
        self.ok("set", "big", "-", "--store", "made", stdin=scattered(self.random, 20_000))
        self.ok("backup", "create", "safe", "--store", "made")
        self.ok("compact", "--store", "made")  # the next one has new tables to copy
        self.whole = self.export("made")

    def prepare(self):
        self.copy("safe", "backups")
        self.copy("made", "routes")

    def numbers(self):
        lines = self.ok("backup", "list", "backups", "--format", "json").lines
        self.assertEqual([line["damage"] for line in lines], [None] * len(lines))
        self.ok("backup", "verify", "backups")
        return [line["number"] for line in lines]

    def check_restored(self, to, number):
        self.verify(to)
        self.assertTrue(self.whole.startswith(self.export(to)), number)

    def test_create(self):
        seconds = self.seconds(self.prepare, "backup", "create", "backups")
        for moment in self.moments(seconds):
            self.prepare()
            died = self.killed(moment, "backup", "create", "backups")
            numbers = self.numbers()
            self.assertIn(numbers, ([1, 2], [1, 2, 3]) if died else ([1, 2, 3],))
            self.verify()
            self.assertEqual(self.export(self.store), self.whole)
            made = self.ok("backup", "create", "backups", "--format", "json").json
            self.assertEqual((made["backup"]["number"], made["warnings"]), (len(numbers) + 1, []))
            self.assertEqual(self.numbers(), [*numbers, len(numbers) + 1])
            for number in (1, len(numbers) + 1):
                shutil.rmtree(self.path("new"), ignore_errors=True)
                self.ok("backup", "restore", "backups", "--to", "new", "--number", str(number))
                self.check_restored("new", number)
            self.assertEqual(self.export("new"), self.whole)
            self.verify()

    def test_the_first_create(self):
        def prepare():
            shutil.rmtree(self.path("backups"), ignore_errors=True)
            self.copy("made", "routes")

        seconds = self.seconds(prepare, "backup", "create", "backups")
        for moment in self.moments(seconds):
            prepare()
            self.killed(moment, "backup", "create", "backups")
            self.verify()
            self.ok("backup", "create", "backups")
            self.assertIn(self.numbers(), ([1], [1, 2]))

    def test_prune(self):
        arguments = ["backup", "prune", "backups", "--keep", "1"]
        seconds = self.seconds(self.prepare, *arguments)
        for moment in self.moments(seconds):
            self.prepare()
            self.killed(moment, *arguments)
            self.assertIn(self.numbers(), ([1, 2], [2]))
            self.ok(*arguments)
            self.assertEqual(self.numbers(), [2])

    def test_restore(self):
        arguments = ["backup", "restore", "safe", "--to", self.path("new")]

        def prepare():
            shutil.rmtree(self.path("new"), ignore_errors=True)

        seconds = self.seconds(prepare, *arguments)
        wanted = self.export("new")
        for moment in self.moments(seconds):
            prepare()
            died = self.killed(moment, *arguments)
            ran = self.run_program(*arguments, "--format", "json")
            if ran.code != 0:
                self.assertEqual((ran.code, ran.error["reason"]), (4, "already_exists"))
                # Whole by then, or no store yet and never to be taken for one.
                if self.run_program("get", "--all", "--store", "new").code != 0:
                    self.assertTrue(died)
                    self.assertFalse(os.path.exists(self.path("new/CURRENT")))
                    prepare()
                    self.ok(*arguments)
            self.verify("new")
            self.assertEqual(self.export("new"), wanted)


class InitKillTest(KillTest):
    def test_init(self):
        def prepare():
            shutil.rmtree(self.store, ignore_errors=True)

        seconds = self.seconds(prepare, "init", "--environment", "production")
        for moment in self.moments(seconds):
            prepare()
            died = self.killed(moment, "init", "--environment", "production")
            ran = self.run_program("init", "--environment", "production", "--format", "json")
            if ran.code != 0 or not died:
                self.assertEqual((ran.code, ran.error["reason"]), (4, "already_exists"))
            self.verify()
            self.ok("set", "1", "-", stdin="10.0.0.1\n")
            self.assertEqual(self.ok("get", "1").out, "10.0.0.1\n")
            self.verify()


def tearDownModule():
    print(f"kills: {KillTest.sent}, of which {KillTest.landed} landed before the command ended "
          f"(seed {SEED})")


if __name__ == "__main__":
    main()
