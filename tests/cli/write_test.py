"""init, set and edit: what is written, what is refused, and what every write reports."""

import os

from program import ProgramTest, main

THREE = "10.20.1.1:8000 weight=100\n10.20.1.2:8000 weight=100\n10.20.1.3:8000\n"


class InitTest(ProgramTest):
    def test_makes_a_store_once(self):
        self.assertEqual(self.hide(self.init().out),
                         "made an empty store for production in STORE\n")
        again = self.fails(4, "init", "--environment", "production", "--format", "json")
        self.assertEqual(again.error["reason"], "already_exists")
        self.assertEqual(self.ok("list").out, "")
        self.assertEqual(self.ok("log").out, "")

    def test_needs_an_environment(self):
        self.fails(2, "init")
        self.fails(2, "init", "--environment", "bad name")
        self.assertFalse(os.path.exists(self.store))

    def test_json(self):
        got = self.ok("init", "--environment", "test", "--format", "json").json
        self.assertEqual((got["environment"], got["store"], got["revision"], got["changes"]),
                         ("test", self.store, None, []))


class SetTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init()

    def test_reports_the_diff_the_environment_and_the_store(self):
        self.assertEqual(self.hide(self.ok("set", "394521", "-", stdin=THREE).out),
                         "394521  none -> @1  new -> 3 endpoints  +3\n"
                         "r1 in production (STORE) at TIME\n")
        self.assertEqual(self.hide(self.ok("set", "394521", self.write("f", THREE)).out),
                         "394521  already so: @1, since TIME by ann\n"
                         "nothing to do in production (STORE): no revision made\n")

    def test_json(self):
        got = self.ok("set", "394521", "-", "--format", "json", stdin=THREE).json
        self.assertEqual((got["environment"], got["store"], got["revision"]),
                         ("production", self.store, 1))
        self.assertEqual(got["changes"], [{
            "id": "394521", "version": 1, "from": 0, "deleted": False, "count_before": 0,
            "count": 3, "added": 3, "removed": 0, "changed": 0}])
        again = self.ok("set", "394521", "-", "--format", "json", stdin=THREE).json
        self.assertEqual((again["revision"], again["changes"]), (None, []))
        self.assertEqual([(one["id"], one["version"], one["by"]) for one in again["already"]],
                         [("394521", 1, "ann")])

    def test_metadata(self):
        self.ok("set", "1", "-", "-m", "why", "--author", "zoe", "--ticket", "T-1", "--source",
                "tool", stdin="10.0.0.1\n")
        got = self.ok("log", "1", "--format", "json").json
        self.assertEqual((got["message"], got["author"], got["ticket"], got["source"],
                          got["operation"]), ("why", "zoe", "T-1", "tool", "set"))
        self.ok("set", "2", "-", stdin="10.0.0.1\n", env={"SWITCHBACK_AUTHOR": ""})
        self.assertRegex(self.ok("log", "2", "--format", "json").json["author"], r"^\S+@\S+$")
        self.fails(2, "set", "1", "-", "-m", "x" * 4097, stdin="10.0.0.2\n")
        self.fails(2, "set", "1", "-", "-m", b"\xff".decode(errors="surrogateescape"))

    def test_bad_input_is_refused_whole_with_every_bad_line(self):
        bad = self.write("bad.txt", "10.0.0.1\n10.0.0.300\n\n# fine\n10.0.0.1:0\n<html>\n")
        ran = self.fails(2, "set", "1", bad, "--format", "json")
        self.assertEqual(ran.error["reason"], "invalid_argument")
        self.assertEqual(ran.error["item_count"], 3)
        self.assertEqual([item.split(":")[1] for item in ran.error["items"]], ["2", "5", "6"])
        self.assertEqual(ran.error["committed"], "no")
        self.fails(3, "get", "1")
        many = self.write("many.txt", "junk\n" * 100)
        ran = self.fails(2, "set", "1", many)
        self.assertEqual(ran.err.count("many.txt:"), 20)
        self.assertIn("80 more", ran.err)
        self.fails(2, "set", "1", self.path("missing.txt"))
        self.fails(2, "set", "1", self.folder)

    def test_duplicates_collapse_and_are_counted(self):
        ran = self.ok("set", "1", "-", stdin="10.0.0.1\r\n10.0.0.1/32\r\n")
        self.assertIn("1 exact duplicate", ran.err)
        self.assertEqual(self.ok("get", "1").out, "10.0.0.1\n")
        self.fails(2, "set", "1", "-", stdin="10.0.0.1\n10.0.0.1 weight=3\n")

    def test_expectations(self):
        self.ok("set", "1", "-", "--expect", "0", stdin="10.0.0.1\n")
        self.fails(4, "set", "1", "-", "--expect", "0", stdin="10.0.0.2\n")
        self.fails(4, "set", "1", "-", "--expect", "1=2", stdin="10.0.0.2\n")
        self.ok("set", "1", "-", "--expect", "1=1", stdin="10.0.0.2\n")
        self.fails(4, "set", "1", "-", "--expect-head", "r1", stdin="10.0.0.3\n")
        self.ok("set", "1", "-", "--expect-head", "r2", stdin="10.0.0.3\n")
        for bad in (("--expect", "x"), ("--expect", "other=1"), ("--expect-head", "3"),
                    ("--expect", "3", "--expect", "1=3"), ("--expect", "1=-1")):
            self.fails(2, "set", "1", "-", *bad, stdin="10.0.0.4\n")
        conflict = self.fails(4, "set", "1", "-", "--expect", "1", "--format", "json",
                              stdin="10.0.0.9\n").error
        self.assertEqual((conflict["exit"], conflict["reason"], conflict["committed"]),
                         (4, "conflict", "no"))

    def test_environment(self):
        ran = self.fails(5, "set", "1", "-", "--environment", "staging", stdin="10.0.0.1\n")
        self.assertIn("production", ran.err)
        self.fails(5, "set", "1", "-", stdin="10.0.0.1\n", env={"SWITCHBACK_ENVIRONMENT": "test"})
        self.ok("set", "1", "-", "--environment", "production", stdin="10.0.0.1\n",
                env={"SWITCHBACK_ENVIRONMENT": "test"})
        self.ok("get", "1", env={"SWITCHBACK_ENVIRONMENT": "test"})

    def test_request_id(self):
        first = self.ok("set", "1", "-", "--request-id", "k", "--format", "json",
                        stdin="10.0.0.1\n").json
        self.assertFalse(first["replayed"])
        self.ok("set", "1", "-", stdin="10.0.0.9\n")
        again = self.ok("set", "1", "-", "--request-id", "k", "--format", "json",
                        stdin="10.0.0.1\n").json
        self.assertTrue(again["replayed"])
        self.assertEqual((again["revision"], again["changes"]),
                         (first["revision"], first["changes"]))
        self.assertEqual(self.ok("get", "1").out, "10.0.0.9\n")
        self.fails(4, "set", "1", "-", "--request-id", "k", stdin="10.0.0.2\n")

    def test_dry_run_prints_the_diff_and_writes_nothing(self):
        self.ok("set", "1", "-", stdin="10.0.0.1\n10.0.0.2\n")
        ran = self.ok("set", "1", "-", "--dry-run", stdin="10.0.0.2 weight=1\n10.0.0.3\n")
        self.assertEqual(self.hide(ran.out),
                         "1  @1 -> @2 (dry run)   2 -> 2 endpoints   +1 -1 ~1\n"
                         "- 10.0.0.1\n"
                         "~ 10.0.0.2 (no value) -> weight=1\n"
                         "+ 10.0.0.3\n"
                         "dry run: nothing written; would change 1 ID in production (STORE)\n")
        got = self.ok("set", "1", "-", "--dry-run", "--format", "json",
                      stdin="10.0.0.2 weight=1\n10.0.0.3\n").json
        self.assertEqual((got["revision"], got["dry_run"]), (None, True))
        self.assertEqual(got["diffs"][0]["added"], ["10.0.0.3"])
        self.assertEqual(self.ok("get", "1", "--format", "json").json["version"], 1)
        self.ok("set", "1", "-", stdin="10.0.0.2 weight=1\n10.0.0.3\n")
        self.assertEqual(self.ok("get", "1", "--digest").out.strip(),
                         got["diffs"][0]["to"]["digest"])

    def test_what_counts_as_a_loss(self):
        for before, after, loss in ((3, 1, True), (2, 1, False), (3, 2, False), (1, 0, True),
                                    (12, 5, True), (12, 6, False)):
            self.ok("set", "2", "-", stdin="".join(f"10.0.0.{i}\n" for i in range(before)))
            ran = self.ok("set", "2", "-", stdin="".join(f"10.0.0.{i}\n" for i in range(after)))
            self.assertEqual(("gone" in ran.out, "lost" in ran.err), (loss, loss), (before, after))
        self.ok("set", "2", "-", stdin="10.0.0.1\n")
        self.assertNotIn("gone", self.ok("set", "2", "-", stdin="10.0.0.2\n").out)

    def test_a_loss_of_more_than_half_is_warned_of(self):
        self.ok("set", "1", "-", stdin="".join(f"10.0.0.{i}\n" for i in range(1, 41)))
        ran = self.ok("set", "1", "-", stdin="10.0.0.1\n")
        self.assertIn("1 lost 39 of its 40 endpoints", ran.err)
        self.assertIn("restore 1@1 --expect 2", ran.err)
        self.assertIn("! 97.5 % gone", ran.out)
        self.ok("restore", "1@1")
        ran = self.ok("set", "1", "-", "--format", "json", stdin="10.0.0.1\n")
        self.assertEqual(ran.err, "")
        self.assertEqual(len(ran.json["warnings"]), 1)

    def test_zstd_input_is_told_by_its_magic(self):
        import subprocess
        packed = subprocess.run(["zstd", "-q"], input=THREE.encode(), capture_output=True,
                                check=True).stdout
        self.ok("set", "1", self.write("list.txt", packed))
        self.assertEqual(self.ok("get", "1").out, THREE)
        self.fails(2, "set", "1", self.write("cut", packed[:-3]))

    def test_a_million_endpoints(self):
        text = "".join(f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}:443 weight=100\n"
                       for i in range(1_000_000))
        out = self.ok("set", "1", self.write("large.txt", text)).out
        self.assertIn("new -> 1,000,000 endpoints  +1,000,000", out)
        self.assertEqual(self.ok("get", "1").out, text)
        self.ok("edit", "1", "--remove", "10.0.0.0:443")
        self.assertEqual(self.ok("get", "1", "--count").out, "999999\n")
        got = self.ok("get", "1@1", "--format", "json").json
        self.assertEqual(len(got["endpoints"]), 1_000_000)
        self.assertEqual(self.ok("diff", "1").out,
                         "1  @1 -> @2   1,000,000 -> 999,999 endpoints   -1\n"
                         "- 10.0.0.0:443 weight=100\n")


class DeleteTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init()
        self.ok("set", "394521", "-", stdin=THREE)
        self.ok("set", "400000", "-", stdin="10.0.0.1\n")

    def test_says_that_an_id_is_no_more_and_keeps_its_history(self):
        ran = self.ok("delete", "394521", "-m", "gone", "--ticket", "OPS-7")
        self.assertEqual(self.hide(ran.out),
                         "394521  @1 -> @2  3 endpoints -> deleted  -3  ! 100 % gone\n"
                         "r3 in production (STORE) at TIME\n")
        self.assertIn("to take it back: switchback", ran.err)
        self.fails(3, "get", "394521")
        self.assertEqual(self.ok("get", "394521@1").out, self.ok("get", "394521@r2").out)
        self.assertNotIn("394521", self.ok("list").out)
        newest = self.ok("log", "394521", "--format", "json").lines[0]
        self.assertEqual((newest["operation"], newest["deleted"], newest["message"],
                          newest["ticket"], newest["removed"]), ("delete", True, "gone", "OPS-7", 3))

    def test_a_later_set_goes_on_with_the_numbering_and_a_restore_brings_it_back(self):
        self.ok("delete", "394521")
        self.assertEqual(self.ok("set", "394521", "-", "--format", "json",
                                 stdin="10.9.9.9\n").json["changes"][0]["version"], 3)
        self.ok("delete", "394521")
        self.ok("restore", "394521@1")
        self.assertEqual(self.ok("get", "394521").out.count("\n"), 3)
        self.assertEqual(self.ok("get", "394521", "--format", "json").json["version"], 5)

    def test_several_are_one_revision_or_none(self):
        self.fails(3, "delete", "394521", "500000")
        self.fails(4, "delete", "394521", "400000", "--expect", "400000=7")
        self.fails(2, "delete", "394521", "bad id")
        self.fails(2, "delete", "394521", "394521")
        self.fails(2, "delete")
        self.assertEqual(len(self.ok("list", "--format", "json").lines), 2)
        got = self.ok("delete", "400000", "394521", "--expect", "394521=1", "--expect", "400000=1",
                      "--format", "json").json
        self.assertEqual([(one["id"], one["version"], one["deleted"]) for one in got["changes"]],
                         [("394521", 2, True), ("400000", 2, True)])
        self.assertEqual(got["revision"], 3)
        self.assertEqual(self.ok("list").out, "")

    def test_twice(self):
        first = self.ok("delete", "394521", "--request-id", "job-1", "--format", "json").json
        again = self.ok("delete", "394521", "--request-id", "job-1", "--format", "json").json
        self.assertEqual((again["revision"], again["replayed"]), (first["revision"], True))
        self.assertIn("was deleted by version 2", self.fails(3, "delete", "394521").err)

    def test_dry_run(self):
        out = self.ok("delete", "394521", "--dry-run").out
        self.assertIn("- 10.20.1.1:8000 weight=100\n", out)
        self.assertIn("dry run: nothing written; would change 1 ID", out)
        self.ok("get", "394521")


class EditTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init()
        self.ok("set", "1", "-", stdin=THREE)

    def get(self):
        return self.ok("get", "1").out.splitlines()

    def test_add_remove_and_set(self):
        out = self.ok("edit", "1", "--add", "10.20.1.9:8000 weight=1", "--remove",
                      "10.20.1.1:8000", "--set", "10.20.1.3:8000 zone=b").out
        self.assertEqual(self.hide(out), "1  @1 -> @2  3 -> 3 endpoints  +1 -1 ~1\n"
                                         "r2 in production (STORE) at TIME\n")
        self.assertEqual(self.get(), ["10.20.1.2:8000 weight=100", "10.20.1.3:8000 zone=b",
                                      "10.20.1.9:8000 weight=1"])

    def test_several_after_one_option_and_values_unquoted(self):
        self.ok("edit", "1", "--add", "10.0.0.1", "10.0.0.2", "weight=7", "--remove",
                "10.20.1.1:8000", "--remove", "10.20.1.2:8000")
        self.assertEqual(self.get(), ["10.0.0.1", "10.0.0.2 weight=7", "10.20.1.3:8000"])

    def test_all_or_nothing(self):
        before = self.get()
        for bad in (("--add", "10.20.1.1:8000"), ("--remove", "10.9.9.9"),
                    ("--remove", "10.20.1.1:8000 weight=5"),
                    ("--add", "10.0.0.1", "--remove", "10.9.9.9")):
            error = self.fails(4, "edit", "1", *bad, "--format", "json").error
            self.assertEqual(error["reason"], "conflict")
            self.assertTrue(error["items"])
        self.assertEqual(self.get(), before)
        self.ok("edit", "1", "--remove", "10.20.1.1:8000 weight=100")

    def test_if_needed(self):
        ran = self.ok("edit", "1", "--add", "10.20.1.3:8000", "--remove", "10.9.9.9",
                      "--if-needed", "--format", "json")
        self.assertIsNone(ran.json["revision"])
        # Of an ID that never was, there is nothing to say since when.
        got = self.ok("edit", "2", "--remove", "10.9.9.9", "--if-needed", "--format", "json").json
        self.assertEqual((got["revision"], got["already"]), (None, []))
        self.fails(3, "get", "2")

    def test_edits_file(self):
        edits = self.write("edits", "# move\n+10.0.0.1 weight=1\n\n- 10.20.1.1:8000\n")
        self.ok("edit", "1", "--edits", edits)
        self.assertEqual(self.get(), ["10.0.0.1 weight=1", "10.20.1.2:8000 weight=100",
                                      "10.20.1.3:8000"])
        bad = self.write("bad", "+10.0.0.5\n10.0.0.6\n+10.0.0.777\n")
        error = self.fails(2, "edit", "1", "--edits", bad, "--format", "json").error
        self.assertEqual(error["item_count"], 2)
        self.assertIn(":2: 10.0.0.6: ", error["items"][0])
        self.assertIn(":3: ", error["items"][1])
        self.ok("edit", "1", "--edits", "-", stdin="+10.0.0.5\n")

    def test_creates_an_id(self):
        self.ok("edit", "2", "--add", "10.0.0.1")
        self.assertEqual(self.ok("get", "2").out, "10.0.0.1\n")

    def test_dry_run(self):
        out = self.ok("edit", "1", "--dry-run", "--set", "10.20.1.1:8000 weight=5", "--remove",
                      "10.20.1.3:8000", "--add", "10.30.0.1").out
        self.assertEqual(self.hide(out),
                         "1  @1 -> @2 (dry run)   3 -> 3 endpoints   +1 -1 ~1\n"
                         "~ 10.20.1.1:8000 weight=100 -> weight=5\n"
                         "- 10.20.1.3:8000\n"
                         "+ 10.30.0.1\n"
                         "dry run: nothing written; would change 1 ID in production (STORE)\n")
        self.assertEqual(self.get(), THREE.splitlines())

    def test_usage(self):
        self.fails(2, "edit", "1")
        self.fails(2, "edit", "--add", "10.0.0.1")
        self.assertIn("--add '10.0.0.999'", self.fails(2, "edit", "1", "--add", "10.0.0.999").err)


if __name__ == "__main__":
    main()
