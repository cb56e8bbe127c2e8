"""log and show: who, when, why."""

from program import HISTORY, ProgramTest, main


class LogTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()

    def test_log_of_an_id(self):
        self.assertEqual(
            self.ok("log", "394521").out,
            "@3  r3  2026-11-22T11:46:03+08:00  mig  -1 ~1  = 3  migrate\n"
            "@2  r2  2026-11-22T10:00:00+08:00  ben  +1     = 4  one more\n"
            "@1  r1  2026-11-22T09:00:00+08:00  ann  +3     = 3  first servers\n")

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
        self.assertRegex(newest, r"-29 !   = 1$")
        self.assertNotIn("!", oldest)


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
