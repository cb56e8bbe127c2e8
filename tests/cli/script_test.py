"""What a rollback script sees that runs twice, at once, or too late: one table over all that write."""

import dataclasses
import functools
import json
import subprocess

from program import PROGRAM, ProgramTest, main
from program_test import REASONS

SAME, NOT_FOUND, CONFLICT = 0, 3, 4  # what a repeat gives that does not name its request


@dataclasses.dataclass
class Write:
    """One command of a script."""

    arguments: tuple
    stdin: str = ""
    again: int = SAME
    stale: tuple = (("--expect-head", "r1"),)  # each is a stale expectation
    keyed: bool = True                         # takes --request-id


STALE_VERSION = (("--expect-head", "r1"), ("--expect", "394521=1"))
FOLD = '{"changes":{"394521":{"add":["10.50.0.1"]}}}\n{"changes":{"7":{"add":["10.7.0.1"]}}}\n'

WRITES = {
    "set": Write(("set", "394521", "-"), "10.40.0.1\n",
                 stale=(*STALE_VERSION, ("--expect", "1"), ("--expect", "0"))),
    "set of a new ID": Write(("set", "7", "-"), "10.40.0.1\n",
                             stale=(("--expect-head", "r2"), ("--expect", "5"))),
    "edit": Write(("edit", "394521", "--add", "10.40.0.1"), again=CONFLICT, stale=STALE_VERSION),
    "edit --if-needed": Write(("edit", "394521", "--add", "10.40.0.1", "--if-needed"),
                              stale=STALE_VERSION),
    "apply": Write(("apply", "-"), FOLD.splitlines()[0] + "\n", again=CONFLICT,
                   stale=STALE_VERSION),
    "apply --one-revision": Write(("apply", "-", "--one-revision"), FOLD, again=CONFLICT,
                   stale=(*STALE_VERSION, ("--expect", "7=1"))),
    "apply --table": Write(("apply", "--table", "table"), stale=(("--expect-head", "r2"),)),
    "delete": Write(("delete", "394521"), again=NOT_FOUND, stale=STALE_VERSION),
    "restore": Write(("restore", "394521@1"), stale=STALE_VERSION),
    "restore --from": Write(("restore", "--from", "-"), "394521@1\n400000@r1\n",
                            stale=(*STALE_VERSION, ("--expect", "400000=9"))),
    "restore --all": Write(("restore", "--all", "--to", "r1")),
    "restore --all to a name": Write(("restore", "--all", "--to", "good")),
    "revert": Write(("revert", "r3"), stale=(("--expect-head", "r1"), ("--expect-head", "r2"))),
    "import": Write(("import", "-"), '{"changes":{"394521":{"add":["10.50.0.1"]}}}\n',
                    keyed=False),
    "snapshot create": Write(("snapshot", "create", "new"), again=CONFLICT, stale=(), keyed=False),
    "snapshot delete": Write(("snapshot", "delete", "good"), again=NOT_FOUND, stale=(),
                             keyed=False),
    "prune": Write(("prune", "--keep-last", "1"), stale=(), keyed=False),
}
KEYED = {name: write for name, write in WRITES.items() if write.keyed}
EXPECTING = {name: write for name, write in WRITES.items() if write.stale}


def each(writes):
    """The test is run with each of the writes, in a store of its own."""
    def with_each(test):
        @functools.wraps(test)
        def run(self):
            for name, write in writes.items():
                with self.subTest(name):
                    self.begin()
                    test(self, write)
        return run
    return with_each


class ScriptTest(ProgramTest):
    def begin(self):
        """The same small history, in a store of its own."""
        self.doCleanups()
        self.setUp()
        self.init_with_history()
        self.ok("snapshot", "create", "good", "--at", "r1")
        # A table that somebody edited: without the digest, which is of what it was.
        rows = self.ok("get", "--all").lines
        del rows[-1]["digest"]
        rows[-1]["endpoints"] = ["10.30.0.2:8000"]
        self.write("table", "".join(json.dumps(row) + "\n" for row in rows))

    def head(self):
        return self.ok("stats", "--format", "json").json["revisions"]

    def state(self):
        return [self.ok(*command, "--format", "json").out for command in (
            ("log",), ("log", "394521"), ("list",), ("get", "--all"), ("snapshot", "list"))]

    def whole(self):
        self.assertTrue(self.ok("verify", "--format", "json").json["ok"])

    def refused(self, code, write, *more):
        """It exits so, says why by a reason of the list, and that nothing was written."""
        error = self.fails(code, *write.arguments, *more, "--format", "json",
                           stdin=write.stdin).error
        self.assertIn(error["reason"], REASONS)
        self.assertEqual(error["committed"], "no")
        self.assertNotEqual(error["message"], "")
        return error

    def test_every_command_that_writes_stands_in_the_table(self):
        """By what the program says of itself: a command that waits for the lock is one that writes."""
        writers = set()
        for line in self.ok("--help").out.split("Commands:\n")[1].split("\n\n")[0].splitlines():
            command = line.split()[0]
            if "--wait" in self.ok(command, "--help").out:
                writers.add(command)
        # A backup writes to a folder of its own; what is said of it in the journal changes nothing.
        self.assertEqual({write.arguments[0] for write in WRITES.values()},
                         writers - {"init", "compact", "snapshot", "backup", "serve"} | {"snapshot"})

    @each(KEYED)
    def test_twice_with_the_same_request_is_once(self, write):
        before = self.head()
        run = (*write.arguments, "--request-id", "job-1", "--format", "json")
        first = self.ok(*run, stdin=write.stdin).json
        self.assertEqual((first["replayed"], first["revision"]), (False, before + 1))
        # Something else lands meanwhile, and the repeat comes late.
        self.ok("set", "9", "-", stdin="10.9.0.1\n")
        state = self.state()
        again = self.ok(*run, stdin=write.stdin).json
        for what in ("revision", "time", "changes", "dry_run"):
            self.assertEqual(again[what], first[what])
        self.assertTrue(again["replayed"])
        self.assertEqual(self.state(), state)
        # The same name for another request is a mistake, and is said to be one.
        error = self.refused(4, Write(("set", "8", "-"), "10.8.0.1\n"), "--request-id", "job-1")
        self.assertEqual(error["reason"], "conflict")
        self.assertEqual(self.state(), state)
        self.whole()

    @each(WRITES)
    def test_twice_without_a_request_harms_nothing(self, write):
        """The second finds it done, or does not fit and says so; either way nothing is written."""
        self.ok(*write.arguments, stdin=write.stdin)
        state = self.state()
        if write.again == SAME:
            self.ok(*write.arguments, stdin=write.stdin)
        else:
            self.refused(write.again, write)
        self.assertEqual(self.state(), state)
        self.whole()

    @each(KEYED)
    def test_four_at_once_with_the_same_request_land_once(self, write):
        before = self.head()
        children = [subprocess.Popen(
            [PROGRAM, *write.arguments, "--request-id", "job-1", "--wait", "2m", "--format",
             "json"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
            env=self.env, cwd=self.folder, text=True) for _ in range(4)]
        for child in children:  # all have their input before any is waited for
            child.stdin.write(write.stdin)
            child.stdin.flush()
        results = [(child.communicate(), child.returncode) for child in children]
        self.assertEqual([code for _, code in results], [0] * 4, results)
        documents = [json.loads(out) for (out, _), _ in results]
        self.assertEqual({one["revision"] for one in documents}, {before + 1})
        self.assertEqual(sorted(one["replayed"] for one in documents), [False, True, True, True])
        self.assertEqual(self.head(), before + 1)
        self.whole()

    @each(WRITES)
    def test_at_once_without_waiting_the_others_are_told(self, write):
        """Exit 7, reason store_held, nothing written: the script may try again."""
        with self.held():
            state = self.state()
            self.assertEqual(self.refused(7, write)["reason"], "store_held")
            self.assertEqual(self.state(), state)
        self.ok(*write.arguments, stdin=write.stdin)

    @each(WRITES)
    def test_a_stale_expectation_writes_nothing(self, write):
        state = self.state()
        for stale in write.stale:
            # A dry run foretells it.
            for more in ((), ("--dry-run",)):
                error = self.refused(4, write, *stale, *more)
                self.assertEqual(error["reason"], "conflict")
                self.assertIn("expected", error["message"])
            self.assertEqual(self.state(), state)
        if write.keyed and write.stale:
            # What was refused does not use its request's name up.
            self.refused(4, write, *write.stale[0], "--request-id", "job-1")
            done = self.ok(*write.arguments, "--request-id", "job-1", "--format", "json",
                           stdin=write.stdin).json
            self.assertFalse(done["replayed"])

    @each(EXPECTING)
    def test_a_fresh_expectation_holds_once(self, write):
        """What a script read is what it says, and the second to come with it is too late."""
        head = ("--expect-head", f"r{self.head()}")
        self.ok(*write.arguments, *head, stdin=write.stdin)
        state = self.state()
        self.assertEqual(self.refused(4, write, *head)["reason"], "conflict")
        self.assertEqual(self.state(), state)


if __name__ == "__main__":
    main()
