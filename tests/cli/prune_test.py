"""prune: old versions go on request only, and say so when they are asked for."""

import json

from program import ProgramTest, main


class PruneTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init()
        for i in range(1, 7):
            self.ok("set", "a", "-", "-m", f"step {i}",
                    stdin="".join(f"10.0.0.{j}\n" for j in range(i * 2)))      # r1..r6
        self.ok("set", "b", "-", stdin="10.1.0.1\n")                            # r7
        self.ok("set", "b", "-", stdin="10.1.0.2\n")                            # r8

    def test_a_dry_run_lists_what_would_go_and_writes_nothing(self):
        before = self.ok("log", "a").out
        self.assertRegex(self.hide(self.ok("prune", "--keep-last", "2", "--dry-run").out),
                         r"^ID  DROPPED  KEPT  OLDEST KEPT\n"
                         r"a         4     2  @5\n"
                         r"dry run: would drop 4 versions of 1 ID in production \(STORE\): \d+ B of"
                         r" rows; 4 kept\n$")
        plan = self.ok("prune", "--keep-last", "1", "--dry-run", "--format", "json").json
        self.assertEqual(plan["pruned"], [
            {"id": "a", "dropped": 5, "kept": 1, "oldest_kept": 6},
            {"id": "b", "dropped": 1, "kept": 1, "oldest_kept": 2}])
        self.assertEqual((plan["ids"], plan["dropped"], plan["kept"]), (2, 6, 2))
        self.assertEqual(self.ok("log", "a").out, before)
        self.assertTrue(self.ok("verify", "--format", "json").json["ok"])

    def test_what_was_dropped_says_so(self):
        done = self.ok("prune", "--keep-last", "2", "-m", "old", "--format", "json").json
        self.assertEqual((done["dropped"], done["dry_run"], done["pruned"]), (4, False, []))
        ran = self.fails(3, "get", "a@2", "--format", "json")
        self.assertEqual(ran.error["reason"], "pruned")
        for arguments in (["get", "a@1"], ["get", "a@r3"], ["get", "a@head~3"], ["blame", "a@4"],
                          ["diff", "a@1"], ["restore", "a@2"], ["list", "--at", "r3"],
                          ["diff", "--all", "r2"], ["export"],
                          ["restore", "--all", "--to", "r2"], ["revert", "r3"],
                          ["snapshot", "create", "old", "--at", "r3"]):
            self.fails(3, *arguments)
        self.assertEqual(len(self.ok("get", "a@5").out.splitlines()), 10)
        self.assertEqual(len(self.ok("get", "a").out.splitlines()), 12)
        self.assertEqual(self.ok("diff", "a").out.splitlines()[0],
                         "a  @5 -> @6   10 -> 12 endpoints   +2")
        self.assertTrue(self.ok("verify", "--format", "json").json["ok"])
        stats = self.ok("stats", "--format", "json").json
        self.assertEqual((stats["versions"], stats["pruned_versions"]), (4, 4))

    def test_that_it_happened_stays_on_record(self):
        self.ok("prune", "--keep-last", "2")
        log = self.ok("log", "--format", "json").lines
        self.assertEqual([line["revision"] for line in log], list(range(8, 0, -1)))
        self.assertEqual(log[5]["message"], "step 3")
        self.assertEqual((log[5]["added"], log[5]["author"]), (2, "ann"))
        self.assertEqual(len(self.ok("log").out.splitlines()), 8)
        self.assertEqual(self.ok("log", "a").out.splitlines()[2], "(@1 to @4 were pruned)")
        self.assertEqual([line["version"] for line in
                          self.ok("log", "a", "--format", "json").lines], [6, 5])
        self.assertIn("a  @3  what it changed was pruned", self.ok("show", "r3").out)
        self.assertEqual(self.ok("show", "r3", "--format", "json").json["changes"],
                         [{"id": "a", "version": 3, "pruned": True}])
        # What the oldest version kept changed is known, though not the version before it.
        self.assertIn("a  @4 -> @5   8 -> 10 endpoints   +2", self.ok("show", "r5").out)

    def test_snapshots_pin(self):
        self.ok("snapshot", "create", "good", "--at", "r2")
        done = self.ok("prune", "--keep-last", "1", "--format", "json").json
        self.assertEqual((done["dropped"], done["pins"]), (5, 1))
        self.assertEqual(len(self.ok("get", "a@good").out.splitlines()), 4)
        self.assertEqual(self.ok("log", "a").out.splitlines()[1], "(@3 to @5 were pruned)")
        self.ok("restore", "--all", "--to", "good")
        self.assertEqual(len(self.ok("get", "a").out.splitlines()), 4)
        self.fails(3, "get", "b")
        self.assertTrue(self.ok("verify", "--format", "json").json["ok"])

    def test_blame_says_that_it_may_be_older(self):
        self.ok("prune", "--keep-last", "1")
        line = self.ok("blame", "a", "--format", "json").lines[0]
        self.assertEqual((line["version"], line["or_before"]), (6, True))
        self.assertIn("[or before: pruned]", self.ok("who-has", "10.0.0.1").out)

    def test_a_stay_that_may_have_been_dropped_is_not_said_never_to_have_been(self):
        self.ok("set", "c", "-", stdin="10.9.0.1\n")
        self.ok("set", "c", "-", stdin="10.9.0.2\n")
        never = self.fails(3, "blame", "c", "10.9.9.9", "--format", "json")
        self.assertEqual(never.error["reason"], "not_found")
        self.assertEqual(self.ok("who-has", "10.9.0.1", "--history").err, "")
        self.ok("prune", "--keep-last", "1")
        ran = self.fails(3, "blame", "c", "10.9.0.1", "--format", "json")
        self.assertEqual(ran.error["reason"], "pruned")
        self.assertIn("versions were pruned", self.ok("blame", "c", "10.9.0.2").err)
        self.assertIn("versions were pruned", self.ok("who-has", "10.9.0.1", "--history").err)

    def test_numbering_goes_on_and_old_requests_are_known(self):
        self.ok("set", "c", "-", "--request-id", "q", stdin="10.2.0.1\n")
        self.ok("set", "c", "-", stdin="10.2.0.2\n")
        self.ok("prune", "--keep-last", "1")
        again = self.ok("set", "c", "-", "--request-id", "q", "--format", "json",
                        stdin="10.2.0.1\n").json
        self.assertTrue(again["replayed"])
        version = self.ok("set", "a", "-", "--format", "json", stdin="10.9.0.1\n").json["changes"][0]
        self.assertEqual(version["version"], 7)

    def test_the_space_comes_back(self):
        # Addresses without a rule, so that each version takes chunks of its own.
        def scattered(seed):
            state, lines = seed, set()
            while len(lines) < 6000:
                state = (state * 6364136223846793005 + 1442695040888963407) % 2**64
                lines.add(f"10.{state >> 56}.{state >> 48 & 255}.{state >> 40 & 255}\n")
            return "".join(sorted(lines))
        for seed in range(5):
            self.ok("set", "big", "-", stdin=scattered(seed))
        before = json.loads(self.ok("compact", "--format", "json").out)["bytes_after"]
        done = self.ok("prune", "--keep-last", "1", "--format", "json").json
        self.assertGreater(done["chunks"], 10)
        after = self.ok("compact", "--format", "json").json["bytes_after"]
        self.assertLess(after, before // 2)
        self.assertTrue(self.ok("verify", "--format", "json").json["ok"])

    def test_bad_requests(self):
        self.fails(2, "prune")
        self.fails(2, "prune", "--keep-last", "0")
        self.fails(2, "prune", "--keep-last", "-1")
        self.fails(2, "prune", "--keep-last", "many")
        self.fails(2, "prune", "--keep-since", "yesterday")
        self.fails(5, "prune", "--keep-last", "1", "--environment", "test")
        self.assertEqual(self.ok("prune", "--keep-since", "1h", "--format", "json").json["dropped"],
                         0)


if __name__ == "__main__":
    main()
