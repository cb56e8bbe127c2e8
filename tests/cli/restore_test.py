"""restore: earlier versions put back, of some IDs or of the whole table; and the outage."""

import re

from program import ProgramTest, main


class RestoreTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()

    def test_puts_an_earlier_version_back_as_a_new_one(self):
        before = self.ok("get", "394521@1").out
        out = self.ok("restore", "394521@r1", "-m", "undo", "--ticket", "OPS-7").out
        self.assertEqual(self.hide(out), "394521@r1 is @1 (r1, TIME)\n"
                                         "394521  @3 -> @4  3 -> 3 endpoints  +1 -1 ~1\n"
                                         "r4 in production (STORE) at TIME\n")
        self.assertEqual(self.ok("get", "394521").out, before)
        newest = self.ok("log", "394521", "--format", "json").lines[0]
        self.assertEqual((newest["operation"], newest["same_as"], newest["ticket"]),
                         ("restore", 1, "OPS-7"))

    def test_already_so(self):
        self.ok("restore", "394521@1")
        self.assertEqual(self.hide(self.ok("restore", "394521@1").out),
                         "394521@1 is @1 (r1, TIME)\n"
                         "394521  already so: @4, since TIME by ann\n"
                         "nothing to do in production (STORE): no revision made\n")
        got = self.ok("restore", "394521@1", "--format", "json").json
        self.assertEqual((got["revision"], got["changes"]), (None, []))
        self.assertEqual(len(got["already"]), 1)
        already = got["already"][0]
        self.assertEqual((already["id"], already["version"], already["by"]), ("394521", 4, "ann"))
        self.assertRegex(already["since"], r"^\d{4}-\d\d-\d\dT.*Z$")
        self.assertEqual(got["resolved"][0]["version"], 1)

    def test_several_ids_are_one_revision_or_none(self):
        self.ok("set", "400000", "-", stdin="10.9.9.9\n")
        got = self.ok("restore", "394521@1", "400000@1", "--format", "json").json
        self.assertEqual([(one["id"], one["version"]) for one in got["changes"]],
                         [("394521", 4), ("400000", 3)])
        self.ok("set", "400000", "-", stdin="10.9.9.9\n")
        self.fails(3, "restore", "394521@2", "400000@77")
        self.fails(4, "restore", "394521@2", "400000@1", "--expect", "400000=1")
        self.assertEqual(self.ok("get", "394521", "--format", "json").json["version"], 4)

    def test_from_a_file(self):
        targets = self.write("targets", "# both\n394521@1\n\n 400000@1 \n")
        got = self.ok("restore", "--from", targets, "--format", "json").json
        self.assertEqual([one["id"] for one in got["changes"]], ["394521"])
        self.assertEqual([one["id"] for one in got["already"]], ["400000"])
        ran = self.fails(2, "restore", "--from", self.write("bad", "394521@1\n@@\n"))
        self.assertIn("bad:2:", ran.err)

    def test_a_file_with_notes_crlf_and_repeats(self):
        text = ("# what was there before the move\r\n"
                "\t394521@r1  # the pool\r\n"
                "\r\n"
                "400000@1\t# and its neighbour\r\n"
                "394521@r1\r\n"
                "  #400000@9\r\n"
                "400000@1")
        for source, stdin in ((self.write("targets", text), ""), ("-", text)):
            got = self.ok("restore", "--from", source, "--dry-run", "--format", "json",
                          stdin=stdin).json
            self.assertEqual([one["id"] for one in got["resolved"]], ["394521", "400000"])
            self.assertEqual(got["warnings"], ["2 exact duplicates collapsed"])
        self.ok("restore", "--from", self.path("targets"))
        self.assertEqual(self.ok("get", "394521").out, self.ok("get", "394521@1").out)
        self.fails(2, "restore", "--from", self.write("none", "# nothing\n\n"))
        self.fails(2, "restore", "--from", self.path("missing"))

    def test_every_bad_line_of_a_file_is_named(self):
        targets = self.write("targets", "394521@1\n394521@2\n@@\n400000\n# fine\n400000@x~y\n"
                                        "394521@1#note\n394521@r1\n")
        error = self.fails(2, "restore", "--from", targets, "--format", "json").error
        self.assertEqual((error["reason"], error["item_count"]), ("invalid_argument", 6))
        for item, (line, reason) in zip(error["items"], (
                (2, "394521@2: the same ID is on line 1 with another version, 394521@1"),
                (3, "@@: "), (4, "400000: which version? Write 400000@N"), (6, "400000@x~y: "),
                (7, "394521@1#note: "), (8, "394521@r1: the same ID is on line 1"))):
            self.assertTrue(item.startswith(f"{targets}:{line}: {reason}"), item)
        many = self.write("many", "@@\n" * 100)
        self.assertIn("... and 80 more", self.fails(2, "restore", "--from", many).err)
        self.assertEqual(self.ok("get", "394521", "--format", "json").json["version"], 3)

    def test_every_version_that_is_not_there_is_named(self):
        self.ok("delete", "400000")
        targets = self.write("targets", "nobody@1\n394521@1\n400000@2\n394522@r2\n")
        error = self.fails(3, "restore", "--from", targets, "--format", "json").error
        self.assertEqual((error["reason"], error["item_count"], error["committed"]),
                         ("not_found", 3, "no"))
        for item, start in zip(error["items"], (
                ":1: no business ID nobody", ":3: version 2 of 400000 is a deletion",
                ":4: no business ID 394522")):
            self.assertTrue(item.startswith(targets + start), item)
        error = self.fails(3, "restore", "nobody@1", "394521@9", "394521@no-such-name", "--format",
                           "json").error
        self.assertEqual(error["item_count"], 3)
        # One is told in a line.
        ran = self.fails(3, "restore", "394521@1", "400000@2")
        self.assertEqual(ran.err, "switchback: version 2 of 400000 is a deletion: there is no list "
                                  "to restore; to delete the ID, use 'switchback delete'\n")
        # What is malformed comes first.
        self.fails(2, "restore", "nobody@1", "394521@@")
        self.assertEqual(self.ok("get", "394521", "--format", "json").json["version"], 3)

    def test_every_line_that_moves_with_head_is_named(self):
        targets = self.write("targets", "394521@head~1\n400000@1\n")
        error = self.fails(2, "restore", "--from", targets, "--format", "json").error
        self.assertEqual((error["reason"], error["items"]),
                         ("usage", [f"{targets}:1: 394521@head~1 is @2 now: write 394521@2, and "
                                    "give --expect 394521=3"]))
        self.ok("restore", "--from", targets, "--expect", "394521=3")
        targets = self.write("targets", "394521@head~1\n400000@head\n")
        error = self.fails(2, "restore", "--from", targets, "--format", "json").error
        self.assertIn("2 selectors move with every commit", error["message"])
        self.assertEqual(error["item_count"], 2)

    def test_many_from_a_file(self):
        count = 20_000
        first = {f"id-{i}": {"add": [f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"]}
                 for i in range(count)}
        self.ok("apply", self.history([{"changes": first}], "first"))
        then = {name: {"remove": change["add"]} for name, change in first.items()}
        self.ok("apply", self.history([{"changes": then}], "then"))
        targets = self.write("targets", "".join(f"id-{i}@1\n" for i in reversed(range(count))))
        got = self.ok("restore", "--from", targets, "--format", "json").json
        self.assertEqual((len(got["changes"]), len(got["resolved"])), (count, count))
        again = self.ok("restore", "--from", targets, "--format", "json").json
        self.assertEqual((again["revision"], len(again["already"])), (None, count))

    def test_relative_to_head_needs_an_expectation(self):
        ran = self.fails(2, "restore", "394521@head~1", "400000@1")
        self.assertIn("switchback restore 394521@2 400000@1 --expect 394521=3 --expect 400000=1",
                      ran.err)
        command = re.search(r"switchback (restore .*)", ran.err).group(1).split()
        self.ok(*command)
        self.fails(4, *command)
        self.fails(4, "restore", "394521@head~1", "--expect", "3")
        self.ok("restore", "394521@head~1", "--expect", "4")
        self.assertEqual(self.ok("get", "394521", "--format", "json").json["version"], 5)

    def test_the_command_that_is_named_works_for_an_id_like_an_option(self):
        for endpoint in ("10.0.0.1", "10.0.0.2"):
            self.ok("set", "--", "-x", "-", stdin=endpoint + "\n")
        ran = self.fails(2, "restore", "--", "-x@head~1")
        command = re.search(r"switchback (restore .*)", ran.err).group(1).split()
        self.assertEqual(command, ["restore", "--expect=-x=2", "--", "-x@1"])
        self.ok(*command)
        self.assertIn("'switchback log -- -x'", self.fails(2, "restore", "--", "-x").err)
        self.ok("set", "--", "-x", "-", stdin="".join(f"10.0.1.{i}\n" for i in range(9)))
        warned = self.ok("set", "--", "-x", "-", stdin="10.0.1.1\n").err
        taken_back = re.search(r"to take it back: switchback (restore .*)", warned).group(1).split()
        self.ok(*taken_back)
        self.assertEqual(self.ok("get", "--count", "--", "-x").out, "9\n")

    def test_dry_run(self):
        out = self.ok("restore", "394521@2", "--dry-run").out
        self.assertEqual(self.hide(out),
                         "394521@2 is @2 (r2, TIME)\n"
                         "394521  @3 -> @4 (dry run)   3 -> 4 endpoints   +1 ~1\n"
                         "~ 10.20.1.1:8000 weight=50 -> weight=100\n"
                         "+ 10.20.1.3:8000 weight=100\n"
                         "dry run: nothing written; would change 1 ID in production (STORE)\n")
        self.assertEqual(self.ok("get", "394521", "--format", "json").json["version"], 3)

    def test_usage(self):
        self.fails(2, "restore")
        for content in ("", "\n# only a note\n"):
            empty = self.write("empty", content)
            self.assertIn(f"{empty}: nothing to restore: expected lines of ID@SELECTOR, found none",
                          self.fails(2, "restore", "--from", empty).err)
        self.fails(2, "restore", "394521")
        self.fails(2, "restore", "--all")
        self.fails(2, "restore", "--to", "r1")
        self.fails(2, "restore", "394521@1", "--all", "--to", "r1")
        self.fails(2, "restore", "--all", "--to", "r1", "--expect", "394521=3")
        self.fails(2, "restore", "394521@1", "400000@1", "--expect", "3")
        self.fails(3, "restore", "394521@0")
        self.fails(2, "restore", "394521@1", "394521@2")


class RestoreAllTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()
        self.ok("set", "400000", "-", stdin="10.9.9.9\n")
        self.ok("set", "500", "-", stdin="10.5.0.1\n10.5.0.2\n")

    def table(self, at):
        return {one["id"]: self.ok("get", f"{one['id']}@{one['version']}").out
                for one in self.ok("list", "--at", at, "--format", "json").lines}

    def test_makes_the_table_what_it_was(self):
        wanted = self.table("r2")
        out = self.ok("restore", "--all", "--to", "r2").out
        self.assertEqual(self.hide(out),
                         "r2 is r2, TIME\n"
                         "394521  @3 -> @4        3 -> 4 endpoints  +1 ~1\n"
                         "400000  @2 -> @3         1 -> 1 endpoint  +1 -1\n"
                         "500     @1 -> @2  2 endpoints -> deleted  -2     ! 100 % gone\n"
                         "r6 in production (STORE) at TIME\n")
        self.assertEqual(self.table("head"), wanted)
        self.fails(3, "get", "500")
        newest = self.ok("log", "--format", "json", "--limit", "1").json
        self.assertEqual((newest["operation"], newest["ids"]), ("restore-all", 3))
        again = self.ok("restore", "--all", "--to", "r2", "--format", "json").json
        self.assertIsNone(again["revision"])

    def test_ids_that_match(self):
        got = self.ok("restore", "--all", "--to", "r2", "--ids", "4*", "--format", "json").json
        self.assertEqual([one["id"] for one in got["changes"]], ["400000"])
        self.ok("get", "500")

    def test_dry_run(self):
        got = self.ok("restore", "--all", "--to", "r2", "--dry-run", "--format", "json").json
        self.assertEqual([(one["from"]["id"], one["to"]["exists"]) for one in got["diffs"]],
                         [("394521", True), ("400000", True), ("500", False)])
        self.assertEqual(self.ok("log", "--format", "json", "--limit", "1").json["revision"], 5)

    def test_relative_to_head_needs_the_expected_head(self):
        ran = self.fails(2, "restore", "--all", "--to", "head~1")
        self.assertIn("restore --all --to r4 --expect-head r5", ran.err)
        self.fails(4, "restore", "--all", "--to", "head~1", "--expect-head", "r4")
        self.ok("restore", "--all", "--to", "head~1", "--expect-head", "r5")
        self.fails(3, "restore", "--all", "--to", "r99")
        self.fails(2, "restore", "--all", "--to", "7")


    def test_a_time_before_the_first_revision_deletes_nothing(self):
        for selector in (("2026-11-22T00:59:59Z",), ("head~5", "--expect-head", "r5")):
            ran = self.fails(3, "restore", "--all", "--to", *selector)
            self.assertIn("nothing existed then: the store's first revision is r1 of "
                          "2026-11-22T09:00:00+08:00", ran.err)
        self.fails(3, "restore", "--all", "--to", "2026-11-22T00:59:59Z", "--dry-run")
        self.assertEqual(self.ok("log", "--format", "json", "--limit", "1").json["revision"], 5)
        ran = self.ok("restore", "--all", "--to", "r1^")
        self.assertEqual(self.ok("list").out, "")
        # Many losses are one line, with the way back.
        self.assertEqual(ran.err, "switchback: 3 IDs lost more than half of their list: 394521, "
                                  "400000, 500; to take all of r6 back: switchback restore --all "
                                  "--to r6^ --expect-head r6\n")
        self.ok("restore", "--all", "--to", "r6^", "--expect-head", "r6")
        self.assertEqual(len(self.ok("list").out.splitlines()), 4)


class OutageTest(ProgramTest):
    """The incident: every server of a business replaced by one development machine."""

    def test_found_and_taken_back_in_three_commands(self):
        servers = "".join(f"10.20.{i // 250}.{i % 250 + 1}:8000 weight=100\n" for i in range(812))
        self.init()
        self.ok("set", "394521", "-", "-m", "steady state", stdin=servers)
        for i in range(3):
            self.ok("set", f"4000{i}", "-", stdin=f"10.9.0.{i + 1}\n")
        self.ok("set", "394521", "-", "-m", "migrate test business", "--author", "migration-tool",
                stdin="172.16.9.4:8000 weight=100\n")

        log = self.ok("log", "--since", "1h").out.splitlines()
        self.assertIn("394521", log[0])
        self.assertIn("migration-tool", log[0])
        self.assertIn("+1 -812 !", log[0])
        diff = self.ok("diff", "394521").out
        self.assertTrue(diff.startswith("394521  @1 -> @2   812 -> 1 endpoint   +1 -812"))
        self.ok("restore", "394521@1", "-m", "undo the migration tool", "--expect", "2")

        self.assertEqual(sorted(self.ok("get", "394521").out.splitlines()),
                         sorted(servers.splitlines()))
        self.assertEqual(self.ok("get", "394521", "--digest").out,
                         self.ok("get", "394521@1", "--digest").out)
        self.assertEqual(len(self.ok("log", "394521", "--format", "json").lines), 3)
        self.assertTrue(self.ok("verify", "--format", "json").json["ok"])


if __name__ == "__main__":
    main()
