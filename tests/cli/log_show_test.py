"""log and show: who, when, why."""

from program import HISTORY, ProgramTest, main


class LogTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()

    def test_log_of_an_id(self):
        self.assertEqual(
            self.ok("log", "394521").out,
            "@3  r3  2026-11-22T11:46:03+08:00  mig  -1 ~1  = 3  ██████    migrate\n"
            "@2  r2  2026-11-22T10:00:00+08:00  ben  +1     = 4  ████████  one more\n"
            "@1  r1  2026-11-22T09:00:00+08:00  ann  +3     = 3  ██████    first servers\n")

    def test_log_of_the_table(self):
        self.assertEqual(
            self.ok("log").out,
            "r3  2026-11-22T11:46:03+08:00  mig  394521  -1 ~1  migrate\n"
            "r2  2026-11-22T10:00:00+08:00  ben  394521  +1     one more\n"
            "r1  2026-11-22T09:00:00+08:00  ann  2 IDs   +4     first servers\n")

    def test_json_of_an_id_has_the_promised_fields(self):
        newest = self.ok("log", "394521", "--format", "json").lines[0]
        self.assertEqual(newest, {
            "id": "394521", "version": 3, "revision": 3, "time": "2026-11-22T03:46:03Z",
            "author": "mig", "message": "migrate", "ticket": "", "source": "",
            "operation": "import", "count": 3, "added": 0, "removed": 1, "changed": 1,
            "deleted": False, "same_as": None})

    def test_json_of_the_table_has_the_promised_fields(self):
        lines = self.ok("log", "--format", "json").lines
        self.assertEqual([line["revision"] for line in lines], [3, 2, 1])
        self.assertEqual(lines[2]["ids"], 2)
        self.assertEqual(lines[1]["ticket"], "OPS-1")
        self.assertEqual(lines[1]["source"], "console")
        self.assertEqual(set(lines[0]), {"revision", "time", "author", "message", "ticket",
                                         "source", "operation", "ids", "added", "removed",
                                         "changed"})

    def test_filters(self):
        def revisions(*arguments):
            return [one["revision"] for one in self.ok("log", *arguments, "--format", "json").lines]
        self.assertEqual(revisions("--author", "ben"), [2])
        self.assertEqual(revisions("--author", "[ab]*n"), [2, 1])
        self.assertEqual(revisions("--ticket", "OPS-*"), [2])
        self.assertEqual(revisions("--source", "console"), [2])
        self.assertEqual(revisions("--since", "2026-11-22T02:00:00Z"), [3, 2])
        self.assertEqual(revisions("--until", "2026-11-22T02:00:00Z"), [2, 1])
        self.assertEqual(revisions("--until", "2020-01-01T00:00:00Z"), [])
        self.assertEqual(revisions("--limit", "1"), [3])
        self.assertEqual(revisions("--limit", "0"), [])
        self.assertEqual(revisions("--ids", "4*"), [1])
        self.assertEqual(revisions("--ids-from", self.write("ids", "# these\n400000\n\n")), [1])
        self.assertEqual(revisions("394521", "--author", "ann"), [1])
        self.assertEqual(revisions("394521", "--since", "2026-11-22T02:30:00Z"), [3])
        self.assertEqual(revisions("394521@2"), [2, 1])

    def test_records_are_what_was_said_between_revisions(self):
        self.assertEqual(self.ok("log", "--records").out, "")
        self.ok("snapshot", "create", "before-move", "--at", "r1", "-m", "known good", "--author", "ann")
        self.ok("set", "5", "-", stdin="10.0.0.1\n")
        self.ok("snapshot", "delete", "before-move", "--author", "ben", "--ticket", "OPS-2")
        self.ok("prune", "--keep-last", "1", "--ids", "39*", "--author", "ann")
        rows = [line.split(None, 2) for line in self.ok("log", "--records").out.splitlines()]
        self.assertEqual([row[0] for row in rows], ["r4.2", "r4.1", "r3.1"])
        self.assertEqual([row[2] for row in rows],
                         ["ann  prune            39*",
                          "ben  snapshot-delete  before-move r1",
                          "ann  snapshot-create  before-move r1  known good"])

        lines = self.ok("log", "--records", "--format", "json").lines
        self.assertEqual([(one["revision"], one["sub"], one["subject"], one["target"]) for one in lines],
                         [(4, 2, "39*", None), (4, 1, "before-move", 1), (3, 1, "before-move", 1)])
        self.assertEqual(set(lines[0]), {"revision", "sub", "time", "author", "message", "ticket", "source",
                                         "operation", "subject", "target", "origin"})
        self.assertEqual(set(lines[0]["origin"]), {"user", "host", "program", "program_version"})

        def operations(*arguments):
            ran = self.ok("log", "--records", *arguments, "--format", "json")
            return [one["operation"] for one in ran.lines]
        self.assertEqual(operations("--author", "ben"), ["snapshot-delete"])
        self.assertEqual(operations("--ticket", "OPS-*"), ["snapshot-delete"])
        self.assertEqual(operations("--limit", "1"), ["prune"])
        self.assertEqual(operations("--since", "1h"), ["prune", "snapshot-delete", "snapshot-create"])
        self.assertEqual(operations("--until", "2020-01-01T00:00:00Z"), [])
        for extra in (["394521"], ["--by-id"], ["--ids", "*"], ["--ids-from", self.write("ids", "1\n")]):
            self.fails(2, "log", "--records", *extra)

    def test_bad_filters_exit_2(self):
        self.fails(2, "log", "--since", "yesterday")
        self.fails(2, "log", "--limit", "many")
        self.fails(2, "log", "394521", "--ids", "*")
        ran = self.fails(2, "log", "--ids-from", self.write("ids", "ok\nnot an id\n"))
        self.assertIn("ids:2: not an id", ran.err)
        self.fails(3, "log", "nobody")

    def test_foreign_text_cannot_drive_the_terminal(self):
        self.fails(2, "set", "1", "-", "-m", "red \x1b[31m", stdin="10.0.0.1\n")
        self.ok("set", "1", "-", "-m", "two\nlines\ttab \u202e", stdin="10.0.0.1\n")
        line = self.ok("log", "1").out
        self.assertIn("two lines tab \\x202e", line)
        self.assertEqual(line.count("\n"), 1)
        message = self.ok("log", "1", "--format", "json").json["message"]
        self.assertEqual(message, "two\nlines\ttab \u202e")

    def test_a_big_loss_is_marked(self):
        self.ok("set", "5", "-", stdin="".join(f"10.0.0.{i}\n" for i in range(1, 31)))
        self.ok("set", "5", "-", stdin="10.0.0.1\n")
        newest, oldest = self.ok("log", "5").out.splitlines()
        self.assertRegex(newest, r"-29 !   = 1  ▎$")
        self.assertNotIn("!", oldest)

    def test_a_big_loss_is_marked_in_a_revision_of_many_ids_too(self):
        lines = [{"changes": {str(i): {"add": [f"10.{i}.0.{j}" for j in range(9)]} for i in (1, 2)}},
                 {"changes": {"1": {"add": ["10.1.1.1"]},
                              "2": {"remove": [f"10.2.0.{j}" for j in range(8)]}}},
                 {"changes": {"1": {"remove": ["10.1.1.1"]}, "2": {"add": ["10.2.0.0"]}}}]
        self.ok("import", self.history(lines, "more.jsonl"))
        marked = ["!" in line for line in self.ok("log", "--limit", "3").out.splitlines()]
        self.assertEqual(marked, [False, True, False])

    def test_a_cliff_is_seen_in_the_bars(self):
        self.ok("set", "5", "-", stdin="".join(f"10.{i}.0.1\n" for i in range(200)))
        self.ok("set", "5", "-", stdin="10.0.0.1\n")
        self.ok("set", "5", "-")
        bars = [line.split("= ")[1].split()[1:] for line in self.ok("log", "5").out.splitlines()]
        self.assertEqual(bars, [[], ["▏"], ["████████"]])


class ByIdTest(ProgramTest):
    """Which IDs lost servers, and who did it?"""

    def setUp(self):
        super().setUp()
        self.init()
        self.ok("import", self.history([
            {"author": "ann", "changes": {
                str(i): {"add": [f"10.{i}.0.{j}" for j in range(i * 10)]} for i in (1, 2, 3)}}]))
        self.ok("edit", "2", "--add", "10.9.9.9", "--author", "ben")                       # r2
        for i in (1, 2):
            self.ok("set", str(i), "-", "--author", "tool", stdin="172.16.9.4\n")         # r3 r4
        self.ok("set", "3", "-", "--author", "tool", stdin="172.16.9.4\n")                # r5
        self.ok("restore", "3@1", "--author", "eve")                                       # r6
        self.ok("edit", "1", "--add", "10.9.9.9", "--author", "ben")                       # r7

    def by_id(self, *arguments):
        return self.ok("log", "--by-id", *arguments, "--format", "json").lines

    def test_net_over_the_window_biggest_loss_first(self):
        lines = self.by_id()
        self.assertEqual([(line["id"], line["removed"], line["added"]) for line in lines],
                         [("1", 0, 2), ("2", 0, 1), ("3", 0, 30)])
        lines = [line for line in self.by_id("--author", "tool")]
        self.assertEqual([(line["id"], line["removed"], line["kept"]) for line in lines],
                         [("3", 30, 0), ("2", 21, 0), ("1", 10, 0)])
        self.assertTrue(all(line["big_loss"] for line in lines))

    def test_json_has_the_promised_fields(self):
        self.ok("delete", "3", "--author", "tool")                                         # r8
        line = self.by_id("--ids", "3", "--author", "[et]*")[0]
        self.assertEqual(line, {
            "id": "3", "from_version": 1, "to_version": 4, "existed": True, "exists": False,
            "count_before": 30, "count": 0, "added": 0, "removed": 30, "changed": 0, "kept": 0,
            "big_loss": True, "authors": ["tool", "eve"], "revisions": 3, "first_revision": 5,
            "last_revision": 8})

    def test_text(self):
        self.assertEqual(
            self.ok("log", "--by-id", "--author", "[tb]*").out,
            "3  @1 -> @2   30 -> 1 endpoint  +1 -30  0 % kept !  r5          tool\n"
            "2  @1 -> @3   20 -> 1 endpoint  +1 -20  0 % kept !  r2..r4 (2)  ben, tool\n"
            "1  @1 -> @3  10 -> 2 endpoints  +2 -10  0 % kept !  r3..r7 (2)  tool, ben\n")

    def test_what_came_back_is_no_loss(self):
        line = self.by_id("--ids", "3", "--author", "[te]*")[0]
        self.assertEqual((line["added"], line["removed"], line["changed"]), (0, 0, 0))

    def test_thresholds_judge_the_net(self):
        def ids(*arguments):
            return [line["id"] for line in self.by_id("--author", "tool", *arguments)]
        self.assertEqual(ids("--min-removed", "21"), ["3", "2"])
        self.assertEqual(ids("--min-removed", "22"), ["3"])
        self.assertEqual(ids("--min-removed-percent", "100"), ["3", "2", "1"])
        self.ok("edit", "3", "--remove", "10.3.0.0", "10.3.0.1", "10.3.0.2", "--author", "one")
        by_one = [line["id"] for line in self.by_id("--author", "one", "--min-removed-percent", "10")]
        self.assertEqual(by_one, ["3"])
        self.assertEqual(self.by_id("--author", "one", "--min-removed-percent", "11"), [])
        self.assertEqual(ids("--limit", "1"), ["3"])

    def test_bad_options(self):
        self.fails(2, "log", "--min-removed", "1")
        self.fails(2, "log", "--by-id", "1")
        self.fails(2, "log", "--by-id", "--min-removed-percent", "101")
        self.fails(2, "log", "--by-id", "--min-removed", "-1")


class ShowTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()

    def test_text(self):
        out = self.ok("show", "r2").out
        lines = out.splitlines()
        by = [line for line in lines if line.startswith("by ")]
        self.assertEqual(len(by), 1)
        self.assertIn("with switchback", by[0])
        self.assertEqual("\n".join(line for line in lines if line not in by),
                         "revision 2 of production\n"
                         "time      2026-11-22T10:00:00+08:00\n"
                         "author    ben\n"
                         "operation import\n"
                         "message   one more\n"
                         "ticket    OPS-1\n"
                         "source    console\n"
                         "changes   1 ID   +1\n"
                         "\n"
                         "394521  @1 -> @2   3 -> 4 endpoints   +1\n"
                         "+ 10.20.1.4:8000 weight=100")

    def test_json(self):
        got = self.ok("show", "r1", "--format", "json").json
        self.assertEqual(got["revision"], 1)
        self.assertEqual(got["ids"], 2)
        self.assertEqual(set(got["origin"]), {"user", "host", "program", "program_version"})
        self.assertEqual([change["to"]["id"] for change in got["changes"]], ["394521", "400000"])
        self.assertEqual(got["changes"][0]["added"], HISTORY[0]["changes"]["394521"]["add"])

    def test_a_limit_is_a_number(self):
        for limit in ("-1", "99999999999999999999", "1e3", "+1", "", "x"):
            self.fails(2, "log", f"--limit={limit}")
            self.fails(2, "log", "394521", "--limit", limit)
        self.assertEqual(len(self.ok("log", "--limit", "2").out.splitlines()), 2)

    def test_selectors(self):
        self.assertIn("revision 3 of", self.ok("show", "head").out)
        self.assertIn("revision 2 of", self.ok("show", "2026-11-22T02:10:00Z").out)
        self.fails(3, "show", "r99")
        self.fails(2, "show", "57")
        self.fails(2, "show", "r1^^")


if __name__ == "__main__":
    main()
