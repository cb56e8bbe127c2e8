"""apply: many IDs in one revision, from one line or from several folded ones."""

import json
import random
import threading

from program import HISTORY, ProgramTest, main, packed
from random_history import random_history


class ApplyTest(ProgramTest):
    """On a store with 394521 at version 3 and 400000 at version 1 (see program.HISTORY)."""

    def setUp(self):
        super().setUp()
        self.init_with_history()

    MOVE = {"message": "move", "changes": {
        "394521": {"add": ["10.40.0.1:8000 weight=100"], "remove": ["10.20.1.2:8000 weight=100"]},
        "400000": {"delete": True, "remove": ["10.30.0.1:8000"]},
        "500000": {"add": ["[2001:db8::1]:443 zone=a"]}}}

    def apply(self, *arguments, **how):
        return self.ok("apply", *arguments, "--format", "json", **how).json

    def file(self, *lines):
        return self.history(lines, "change.jsonl")

    def head(self):
        return self.ok("log", "--format", "json", "--limit", "1").json

    def expect_unchanged(self):
        self.assertEqual(self.head()["revision"], 3)
        self.assertEqual(self.ok("get", "394521", "--format", "json").json["version"], 3)

    def test_many_ids_are_one_revision(self):
        out = self.ok("apply", self.file(self.MOVE)).out
        self.assertEqual(self.hide(out),
                         "394521  @3 -> @4         3 -> 3 endpoints  +1 -1\n"
                         "400000  @1 -> @2    1 endpoint -> deleted  -1     ! 100 % gone\n"
                         "500000  none -> @1      new -> 1 endpoint  +1\n"
                         "r4 in production (STORE) at TIME\n")
        self.assertEqual((self.head()["operation"], self.head()["ids"]), ("apply", 3))
        self.assertEqual(self.ok("get", "500000").out, "[2001:db8::1]:443 zone=a\n")
        self.fails(3, "get", "400000")
        exported = self.ok("export", "--from", "r4").json
        self.assertEqual(exported["changes"], self.MOVE["changes"])

    def test_json(self):
        got = self.apply(self.file(self.MOVE))
        self.assertEqual((got["environment"], got["store"], got["revision"], got["replayed"]),
                         ("production", self.store, 4, False))
        self.assertEqual([(one["id"], one["version"], one["deleted"], one["added"],
                           one["removed"]) for one in got["changes"]],
                         [("394521", 4, False, 1, 1), ("400000", 2, True, 0, 1),
                          ("500000", 1, False, 1, 0)])
        # 400000 lost all that it had.
        self.assertEqual(len(got["warnings"]), 1)

    def test_standard_input_zstd_blank_lines_and_crlf(self):
        text = "\r\n \n" + json.dumps(self.MOVE) + "\r\n\n"
        for number, stdin in enumerate((text, packed(text.encode()))):
            store = self.path(f"store{number}")
            self.ok("init", "--environment", "test", "--store", store)
            self.ok("import", self.history(HISTORY), "--store", store)
            self.assertEqual(self.apply("-", "--store", store, stdin=stdin)["revision"], 4)
        self.fails(2, "apply", self.write("cut", packed(text.encode())[:-3]))

    def test_what_the_line_says_of_itself_counts_unless_the_command_line_says_it(self):
        line = {**self.MOVE, "author": "zoe", "ticket": "T-1", "source": "cmdb",
                "time": "2026-11-20T00:00:00Z"}
        self.apply(self.file(line), "--ticket", "OPS-7")
        got = self.head()
        self.assertEqual((got["author"], got["message"], got["ticket"], got["source"],
                          got["original_time"]),
                         ("zoe", "move", "OPS-7", "cmdb", "2026-11-20T00:00:00Z"))
        self.assertNotEqual(got["time"], got["original_time"])
        again = {"changes": {"500000": {"add": ["10.0.0.9"]}}}
        self.apply(self.file({**again, "author": "zoe"}), "--author", "ben", "-m", "mine")
        self.assertEqual((self.head()["author"], self.head()["message"]), ("ben", "mine"))
        again["changes"]["500000"] = {"remove": ["10.0.0.9"]}
        self.apply(self.file(again))
        self.assertEqual((self.head()["author"], self.head()["message"]), ("ann", ""))

    def test_bad_input_exits_2_with_all_that_is_bad(self):
        bad = {"changes": {"1": {"add": ["10.0.0.999", "10.0.0.1", "10.0.0.1 weight=2"]},
                           "2": {"remove": []}, "3": {"ad": []}},
               "expect": {"4": 1, "1": "two", "3": -1, "5": 1.5}}
        error = self.fails(2, "apply", self.file(bad), "--format", "json").error
        self.assertEqual((error["reason"], error["committed"]), ("invalid_argument", "no"))
        self.assertEqual(error["item_count"], 7, error["items"])
        for item, reason in zip(error["items"],
                                ["ID 1: endpoint '10.0.0.999'", "ID 2: an empty 'remove'",
                                 "ID 3: unknown field 'ad'", "ID 1: 'expect' takes a version",
                                 "ID 3: 'expect' takes", "ID 5: 'expect' takes",
                                 "'expect' names 4, which the line does not change"]):
            self.assertIn(reason, item)
            self.assertTrue(item.startswith(self.path("change.jsonl") + ":1: "), item)
        twice = {"changes": {"1": {"add": ["10.0.0.1", "10.0.0.1 weight=2", "10.0.0.2"],
                                   "remove": ["10.0.0.1", "::1", "10.0.0.3", "0::1"]}}}
        error = self.fails(2, "apply", self.file(twice), "--format", "json").error
        self.assertEqual([item.split("ID 1: ")[1] for item in error["items"]],
                         ["endpoint 10.0.0.1 stands twice in 'add'",
                          "endpoint ::1 stands twice in 'remove'"])
        for text in ("", "\n\n", "no json\n", "{}\n", '{"changes":{}}\n',
                     '{"changes":{"1":{"add":[]}},"expect":{"1":1,"1":1}}\n'):
            self.fails(2, "apply", self.write("bad", text))
        self.fails(2, "apply", self.path("missing"))
        self.fails(2, "apply")
        self.expect_unchanged()

    def test_what_does_not_fit_exits_4_with_all_conflicts(self):
        line = {"changes": {
            "394521": {"add": ["10.20.1.2:8000 weight=100", "10.0.0.1"], "remove": ["10.9.9.9"]},
            "400000": {"delete": True},
            "500000": {"delete": True},
            "600000": {"add": ["10.0.0.1"], "remove": ["10.0.0.1 weight=1"]}}}
        error = self.fails(4, "apply", self.file(line), "--format", "json").error
        self.assertEqual((error["reason"], error["committed"]), ("conflict", "no"))
        self.assertEqual(error["items"], [
            "line 1: 394521 10.9.9.9: to be removed, is not there",
            "line 1: 394521 10.20.1.2:8000: to be added, is there already with weight=100",
            "line 1: 400000: to be deleted, would have 1 of 1 endpoints left by its removes",
            "line 1: 500000: to be deleted, is not there",
            "line 1: 600000 10.0.0.1: to be changed, is not there"])
        self.assertEqual(error["item_count"], 5)
        many = {"changes": {f"id-{i}": {"remove": ["10.0.0.1"]} for i in range(50)}}
        ran = self.fails(4, "apply", self.file(many))
        self.assertEqual(ran.err.count("to be removed, is not there"), 21)
        self.assertIn("... and 30 more", ran.err)
        self.expect_unchanged()

    def test_expectations(self):
        good = {**self.MOVE, "expect": {"394521": 3, "500000": 0}}
        for expect in ({"394521": 2}, {"500000": 1}, {"400000": 0}):
            error = self.fails(4, "apply", self.file({**self.MOVE, "expect": expect}),
                               "--format", "json").error
            self.assertEqual(error["reason"], "conflict")
            self.assertIn(f"{list(expect)[0]}: expected ", error["items"][0])
        self.fails(4, "apply", self.file(good), "--expect", "400000=7")
        self.fails(4, "apply", self.file(good), "--expect-head", "r2")
        # Both say it, and differently.
        error = self.fails(2, "apply", self.file(good), "--expect", "394521=4", "--format",
                           "json").error
        self.assertIn("ID 394521: --expect expects version 4, line 1 version 3", error["items"][0])
        self.fails(2, "apply", self.file(good), "--expect", "3")
        self.fails(2, "apply", self.file(good), "--expect", "700000=3")
        self.expect_unchanged()
        self.apply(self.file(good), "--expect", "394521=3", "--expect", "400000=1",
                   "--expect-head", "r3")
        one = self.file({"changes": {"500000": {"add": ["10.0.0.1"]}}})
        self.fails(4, "apply", one, "--expect", "2")
        self.apply(one, "--expect", "1")

    def test_what_is_so_already(self):
        got = self.apply(self.file({"changes": {"400000": {"add": []}, "394521": {
            "add": ["10.20.1.2:8000 weight=100"], "remove": ["10.20.1.2:8000 weight=100"]}}}))
        self.assertEqual((got["revision"], got["changes"]), (None, []))
        self.assertEqual([(one["id"], one["version"]) for one in got["already"]],
                         [("394521", 3), ("400000", 1)])
        self.expect_unchanged()

    def test_twice(self):
        """A change says from what to what: the second time it does not fit, unless the script names
        its request, which then has its first result again."""
        change = self.file(self.MOVE)
        first = self.apply(change, "--request-id", "move-7")
        ran = self.fails(4, "apply", change)
        self.assertIn("to be added, is there already", ran.err)
        self.ok("set", "500000", "-", stdin="10.0.0.1\n")
        again = self.apply(change, "--request-id", "move-7")
        self.assertTrue(again["replayed"])
        self.assertEqual((again["revision"], again["changes"]),
                         (first["revision"], first["changes"]))
        self.assertEqual(self.head()["revision"], 5)
        other = {**self.MOVE, "changes": {"500000": {"add": ["10.0.0.2"]}}}
        self.assertIn("was used for another change",
                      self.fails(4, "apply", self.file(other), "--request-id", "move-7").err)

    def test_dry_run(self):
        change = self.file(self.MOVE)
        ran = self.ok("apply", change, "--dry-run")
        self.assertEqual(self.hide(ran.out),
                         "394521  @3 -> @4 (dry run)   3 -> 3 endpoints   +1 -1\n"
                         "- 10.20.1.2:8000 weight=100\n"
                         "+ 10.40.0.1:8000 weight=100\n"
                         "400000  @1 -> @2 (dry run)   1 endpoint -> deleted   -1   ! 100 % gone\n"
                         "- 10.30.0.1:8000\n"
                         "500000  none -> @1 (dry run)   new -> 1 endpoint   +1\n"
                         "+ [2001:db8::1]:443 zone=a\n"
                         "dry run: nothing written; would change 3 IDs in production (STORE)\n")
        got = self.apply(change, "--dry-run")
        self.assertEqual((got["revision"], got["dry_run"]), (None, True))
        self.expect_unchanged()
        self.apply(change)
        for diff in got["diffs"]:
            if diff["to"]["exists"]:
                self.assertEqual(self.ok("get", diff["to"]["id"], "--digest").out.strip(),
                                 diff["to"]["digest"])
        self.fails(4, "apply", change, "--dry-run")

    def test_environment(self):
        self.fails(5, "apply", self.file(self.MOVE), "--environment", "test")
        self.expect_unchanged()

    def test_many_ids(self):
        count = 30_000
        line = {"changes": {f"id-{i}": {"add": [f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"]}
                            for i in reversed(range(count))},
                "expect": {f"id-{i}": 0 for i in range(0, count, 3)}}
        self.assertEqual(len(self.apply(self.file(line), "--request-id", "k")["changes"]), count)
        again = self.apply(self.file(line), "--request-id", "k")
        self.assertEqual((again["replayed"], len(again["changes"])), (True, count))
        error = self.fails(4, "apply", self.file(line), "--format", "json").error
        self.assertEqual((len(error["items"]), error["item_count"]), (20, count))
        self.assertTrue(self.ok("verify", "--format", "json").json["ok"])

    def test_two_at_once_are_one_after_the_other_or_held(self):
        """Whoever finds the store held writes nothing; those who had it made one revision each."""
        files = [self.history([{"changes": {"394521": {"add": [f"10.50.{n}.{i}"
                                                              for i in range(200)]}}}], f"c{n}")
                 for n in range(6)]
        codes = {}

        def run(number):
            codes[number] = self.run_program("apply", files[number], "--request-id",
                                             f"k{number}").code
        threads = [threading.Thread(target=run, args=(n,)) for n in range(len(files))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLessEqual(set(codes.values()), {0, 7})
        landed = sum(code == 0 for code in codes.values())
        self.assertGreater(landed, 0)
        self.assertEqual(self.head()["revision"], 3 + landed)
        self.assertEqual(self.ok("get", "394521", "--count").out, f"{3 + 200 * landed}\n")
        # Run again, each of them is there once.
        for number, file in enumerate(files):
            self.assertEqual(self.apply(file, "--request-id", f"k{number}")["replayed"],
                             codes[number] == 0)
        self.assertEqual(self.head()["revision"], 3 + len(files))


class OneRevisionTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()

    def file(self, *lines):
        return self.history(lines, "change.jsonl")

    def fold(self, *arguments):
        return self.ok("apply", "--one-revision", *arguments, "--format", "json").json

    LINES = [
        {"message": "in and out", "changes": {"394521": {"add": ["10.1.0.1", "10.1.0.2"]}}},
        {"changes": {"394521": {"remove": ["10.1.0.1"], "add": ["10.1.0.3 weight=1"]},
                     "400000": {"delete": True, "remove": ["10.30.0.1:8000"]}}},
        {"changes": {"394521": {"remove": ["10.1.0.3 weight=1"], "add": ["10.1.0.3 weight=2"]},
                     "400000": {"add": ["10.30.0.2:8000"]}, "7": {"add": ["::1"]}}},
        {"changes": {"7": {"delete": True, "remove": ["::1"]}}},
    ]

    def test_lines_become_one_revision_with_their_net_effect(self):
        got = self.fold(self.file(*self.LINES))
        self.assertEqual(got["revision"], 4)
        self.assertEqual([(one["id"], one["version"], one["added"], one["removed"])
                          for one in got["changes"]], [("394521", 4, 2, 0), ("400000", 2, 1, 1)])
        self.assertEqual(got["already"], [])
        self.assertEqual(self.ok("get", "394521").out.splitlines()[:2],
                         ["10.1.0.2", "10.1.0.3 weight=2"])
        self.assertEqual(self.ok("get", "400000").out, "10.30.0.2:8000\n")
        self.fails(3, "get", "7")
        newest = self.ok("log", "--format", "json", "--limit", "1").json
        self.assertEqual((newest["message"], newest["ids"]), ("in and out", 2))

    def test_several_lines_need_to_be_folded_on_purpose(self):
        error = self.fails(2, "apply", self.file(*self.LINES), "--format", "json").error
        self.assertEqual(error["reason"], "usage")
        self.assertIn("--one-revision", error["message"])
        self.assertEqual(self.fold(self.file(self.LINES[0]))["revision"], 4)

    def test_a_conflict_within_the_fold_names_line_id_and_endpoint(self):
        again = {"changes": {"394521": {"add": ["10.1.0.2"], "remove": ["10.1.0.1"]},
                             "7": {"delete": True}}}
        error = self.fails(4, "apply", "--one-revision",
                           self.file(*self.LINES[:2], {"changes": {"8": {"add": []}}}, again),
                           "--format", "json").error
        self.assertEqual(error["items"], [
            "line 4: 394521 10.1.0.1: to be removed, is not there",
            "line 4: 394521 10.1.0.2: to be added, is there already with no weight or attributes",
            "line 4: 7: to be deleted, is not there"])
        self.assertEqual(self.ok("log", "--format", "json", "--limit", "1").json["revision"], 3)

    def test_what_a_later_line_takes_back_must_fit_all_the_same(self):
        there_and_back = [{"changes": {"394521": {"add": ["10.20.1.2:8000"]}}},
                          {"changes": {"394521": {"remove": ["10.20.1.2:8000"]}}}]
        error = self.fails(4, "apply", "--one-revision", self.file(*there_and_back), "--format",
                           "json").error
        self.assertEqual(error["items"][0], "line 1: 394521 10.20.1.2:8000: to be added, is there "
                                            "already with weight=100")
        # A delete must empty the list, although a later line makes the ID anew.
        anew = [{"changes": {"394521": {"delete": True, "remove": ["10.20.1.2:8000 weight=100"]}}},
                {"changes": {"394521": {"add": ["10.20.1.2:8000 weight=100"]}}}]
        error = self.fails(4, "apply", "--one-revision", self.file(*anew), "--format",
                           "json").error
        self.assertIn("line 1: 394521: to be deleted, would have 2 of 3 endpoints left",
                      error["items"][0])

    def test_every_bad_line_is_named(self):
        file = self.file(self.LINES[0], {"changes": {"1": {"add": ["x", "y"]}}}, {"chnges": {}},
                         self.LINES[1])
        error = self.fails(2, "apply", "--one-revision", file, "--format", "json").error
        self.assertEqual([item[len(file):len(file) + 4] for item in error["items"]],
                         [":2: ", ":2: ", ":3: ", ":3: "])

    def test_texts_of_the_lines_must_agree(self):
        lines = [{**self.LINES[0], "author": "zoe"}, self.LINES[1],
                 {**self.LINES[2], "message": "other", "author": "zoe"}]
        ran = self.fails(2, "apply", "--one-revision", self.file(*lines))
        self.assertIn("lines 1 and 3 have different texts as 'message'", ran.err)
        self.fold(self.file(*lines), "-m", "both")
        newest = self.ok("log", "--format", "json", "--limit", "1").json
        self.assertEqual((newest["message"], newest["author"]), ("both", "zoe"))

    def test_what_is_expected_is_the_version_before_all_lines(self):
        def lines(*expect):
            return self.file(*({**line, "expect": {"394521": version}}
                               for line, version in zip(self.LINES, expect)))
        self.fails(4, "apply", "--one-revision", lines(2, 2))
        ran = self.fails(2, "apply", "--one-revision", lines(3, 4))
        self.assertIn("ID 394521: line 1 expects version 3, line 2 version 4", ran.err)
        self.assertEqual(self.fold(lines(3, 3))["revision"], 4)

    def test_request_id_and_dry_run(self):
        file = self.file(*self.LINES)
        planned = self.fold(file, "--dry-run")
        self.assertEqual([(one["from"]["id"], one["added"], one["removed"])
                          for one in planned["diffs"]],
                         [("394521", ["10.1.0.2", "10.1.0.3 weight=2"], []),
                          ("400000", ["10.30.0.2:8000"], ["10.30.0.1:8000"])])
        self.assertFalse(self.fold(file, "--request-id", "k")["replayed"])
        self.assertTrue(self.fold(file, "--request-id", "k")["replayed"])
        self.fails(4, "apply", "--one-revision", file)
        self.assertEqual(self.ok("get", "394521", "--digest").out.strip(),
                         planned["diffs"][0]["to"]["digest"])

    def test_a_history_folded_is_the_table_of_its_import(self):
        print("seed 5")
        lines = random_history(random.Random(5), 300)
        history = self.history(lines)
        other = self.path("other")
        # The lines differ in who and why.
        fold = ("apply", "--one-revision", "-m", "all", "--author", "ann", "--ticket", "OPS-1")
        for store, command in ((other, ("import",)), (self.path("folded"), fold)):
            self.ok("init", "--environment", "test", "--store", store)
            self.ok(*command, history, "--store", store)

        def state(store):
            return {one["id"]: self.ok("get", one["id"], "--store", store).out
                    for one in self.ok("list", "--format", "json", "--store", store).lines}
        self.assertEqual(state(self.path("folded")), state(other))
        self.assertEqual(len(self.ok("log", "--store", self.path("folded")).out.splitlines()), 1)


if __name__ == "__main__":
    main()
