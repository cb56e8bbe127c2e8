"""revert: takes back what chosen revisions did, and keeps all else."""

import threading

from program import ProgramTest, main


class RevertTest(ProgramTest):
    """A tool hits four IDs, one by one, while good changes keep landing."""

    def setUp(self):
        super().setUp()
        self.init()
        self.pools = {}
        for i in range(1, 6):
            self.pools[str(i)] = [f"10.{i}.0.{j}:8000 weight=100" for j in range(1, 11)]
            self.set(str(i), self.pools[str(i)])                        # r1..r5
        for i in range(1, 5):
            self.set(str(i), ["172.16.9.4:8000 weight=100"], "tool")    # r6..r9
        self.ok("edit", "4", "--add", "10.9.0.1:8000", "--author", "ben", "-m", "good")   # r10
        self.ok("edit", "5", "--remove", "10.5.0.1:8000", "--author", "ben")              # r11

    def set(self, id_, lines, author="ann"):
        self.ok("set", id_, "-", "--author", author, stdin="".join(f"{line}\n" for line in lines))

    def get(self, id_):
        return self.ok("get", id_).out.splitlines()

    def head(self):
        return self.ok("log", "--limit", "1", "--format", "json").json["revision"]

    def test_by_filters_undoes_one_author_in_one_revision_and_keeps_the_rest(self):
        out = self.ok("revert", "--since", "20m", "--author", "tool", "-m", "undo").out
        self.assertEqual(self.hide(out),
                         "takes back 4 revisions of r6..r9\n"
                         "1  @2 -> @3  1 -> 10 endpoints  +10 -1\n"
                         "2  @2 -> @3  1 -> 10 endpoints  +10 -1\n"
                         "3  @2 -> @3  1 -> 10 endpoints  +10 -1\n"
                         "4  @3 -> @4  2 -> 11 endpoints  +10 -1\n"
                         "r12 in production (STORE) at TIME\n")
        for i in "123":
            self.assertEqual(self.get(i), self.pools[i])
        self.assertEqual(set(self.get("4")), {*self.pools["4"], "10.9.0.1:8000"})
        self.assertEqual(self.get("5"), self.pools["5"][1:])
        newest = self.ok("log", "--limit", "1", "--format", "json").json
        self.assertEqual((newest["operation"], newest["author"], newest["message"], newest["ids"]),
                         ("revert", "ann", "undo", 4))

    def test_twice_does_no_harm(self):
        self.ok("revert", "r6..r9")
        again = self.ok("revert", "r6..r9", "--format", "json").json
        self.assertEqual((again["revision"], again["changes"], again["skipped"]), (None, [], []))
        self.assertEqual(again["reverted"], {"revisions": 4, "first_revision": 6,
                                             "last_revision": 9})
        # The same filters now take the revert in too: nothing is left of both together.
        self.assertIsNone(self.ok("revert", "--since", "20m", "--author", "tool",
                                  "--format", "json").json["revision"])

    def test_several_revisions_and_ranges(self):
        self.ok("revert", "r6", "r8..r9")
        self.assertEqual(self.get("1"), self.pools["1"])
        self.assertEqual(self.get("2"), ["172.16.9.4:8000 weight=100"])
        self.assertEqual(self.get("3"), self.pools["3"])

    def test_ids_choose_within_the_revisions(self):
        changes = self.ok("revert", "r6..r9", "--ids", "[12]", "--format", "json").json["changes"]
        self.assertEqual([change["id"] for change in changes], ["1", "2"])
        self.ok("revert", "--author", "tool", "--ids-from", self.write("ids", "3\n"))
        self.assertEqual(self.get("3"), self.pools["3"])
        self.assertEqual(len(self.get("4")), 2)

    def test_a_conflict_lists_all_and_writes_nothing(self):
        self.ok("edit", "1", "--set", "172.16.9.4:8000 weight=7", "--author", "eve")   # r12
        self.ok("delete", "2", "--author", "eve")                                       # r13
        for how in ([], ["--dry-run"]):
            ran = self.fails(4, "revert", "--author", "tool", *how)
            self.assertEqual(ran.err,
                             "switchback: 2 conflicts: others changed what these revisions changed;"
                             " nothing was written; --skip-conflicts takes back the rest\n"
                             "  1 172.16.9.4:8000: weight=100 then, weight=7 now; touched by @3"
                             " (r12)\n"
                             "  2: deleted since, by @3 (r13)\n")
        error = self.fails(4, "revert", "--author", "tool", "--format", "json").error
        self.assertEqual((error["reason"], error["committed"], error["item_count"]),
                         ("conflict", "no", 2))
        self.assertEqual(self.head(), 13)

    def test_every_conflict_is_listed_however_many(self):
        self.set("9", [f"10.9.{j}.1" for j in range(50)], "tool2")
        self.set("9", [f"10.9.{j}.1 weight=1" for j in range(50)], "tool3")
        ran = self.fails(4, "revert", "--author", "tool2")
        self.assertEqual(len(ran.err.splitlines()), 51)

    def test_skip_conflicts_does_the_rest_and_says_what_it_left(self):
        self.ok("edit", "1", "--set", "172.16.9.4:8000 weight=7", "--author", "eve")
        plan = self.ok("revert", "--author", "tool", "--skip-conflicts", "--dry-run",
                       "--format", "json").json
        done = self.ok("revert", "--author", "tool", "--skip-conflicts", "--format", "json").json
        left = [{"id": "1", "endpoint": "172.16.9.4:8000", "then": "weight=100",
                 "now": "weight=7", "version": 3, "revision": 12}]
        self.assertEqual(done["skipped"], left)
        self.assertEqual(plan["skipped"], left)
        self.assertEqual([change["id"] for change in done["changes"]], ["1", "2", "3", "4"])
        self.assertEqual(set(self.get("1")), {*self.pools["1"], "172.16.9.4:8000 weight=7"})

    def test_a_dry_run_shows_the_biggest_first_and_writes_nothing(self):
        self.ok("edit", "3", "--add", *[f"10.3.1.{j}:8000" for j in range(5)], "--author", "tool")
        plan = self.ok("revert", "--author", "tool", "--dry-run", "--format", "json").json
        self.assertEqual([one["to"]["id"] for one in plan["diffs"]], ["3", "1", "2", "4"])
        self.assertEqual(len(plan["diffs"][0]["removed"]), 6)
        self.assertIsNone(plan["revision"])
        self.assertEqual(self.head(), 12)

    def test_of_a_birth_and_of_a_delete(self):
        self.set("7", ["10.7.0.1"])                      # r12
        self.ok("delete", "5")                           # r13
        self.ok("revert", "r12", "r13")
        self.fails(3, "get", "7")
        self.assertEqual(self.get("5"), self.pools["5"][1:])

    def test_author_is_a_filter_and_the_own_one_has_a_name_of_its_own(self):
        ran = self.fails(2, "revert", "r6", "--author", "ann")
        self.assertIn("--revert-author", ran.err)
        self.ok("revert", "r6", "--revert-author", "carl", "--revert-ticket", "OPS-9",
                "--revert-source", "console")
        newest = self.ok("log", "--limit", "1", "--format", "json").json
        self.assertEqual((newest["author"], newest["ticket"], newest["source"]),
                         ("carl", "OPS-9", "console"))

    def test_bad_requests(self):
        self.fails(2, "revert")
        self.fails(2, "revert", "6")
        self.fails(2, "revert", "r9..r6")
        self.fails(2, "revert", "r6..")
        self.fails(2, "revert", "r6", "--limit", "1")
        self.fails(3, "revert", "r99")
        self.fails(3, "revert", "r0")
        self.fails(3, "revert", "--author", "nobody")
        self.fails(5, "revert", "r6", "--environment", "test")
        self.fails(4, "revert", "r6", "--expect-head", "r3")
        self.assertEqual(self.head(), 11)

    def test_a_script_that_runs_twice_or_at_once_reverts_once(self):
        results = []

        def run():
            results.append(self.run_program("revert", "r6..r9", "--request-id", "undo-1",
                                            "--format", "json"))
        threads = [threading.Thread(target=run) for _ in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        # Exit 7 is the lock, held by another of them.
        self.assertTrue({ran.code for ran in results} <= {0, 7})
        done = [ran.json for ran in results if ran.code == 0]
        self.assertEqual({one["revision"] for one in done}, {12})
        self.assertEqual(sum(not one["replayed"] for one in done), 1)
        again = self.ok("revert", "r6..r9", "--request-id", "undo-1", "--format", "json").json
        self.assertTrue(again["replayed"])
        self.fails(4, "revert", "r6..r8", "--request-id", "undo-1")
        self.assertEqual(self.head(), 12)


if __name__ == "__main__":
    main()
