"""diff: two versions, two IDs, two tables."""

from program import ProgramTest, main


class DiffTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()

    LAST = ("394521  @2 -> @3   4 -> 3 endpoints   -1 ~1\n"
            "~ 10.20.1.1:8000 weight=100 -> weight=50\n"
            "- 10.20.1.3:8000 weight=100\n")

    def test_the_last_change(self):
        self.assertEqual(self.ok("diff", "394521").out, self.LAST)
        self.assertEqual(self.ok("diff", "394521@2").out, self.LAST)
        self.assertEqual(self.ok("diff", "394521@2", "394521@3").out, self.LAST)

    def test_backwards_is_the_inverse(self):
        self.assertEqual(self.ok("diff", "394521@3", "394521@2").out,
                         "394521  @3 -> @2   3 -> 4 endpoints   +1 ~1\n"
                         "~ 10.20.1.1:8000 weight=50 -> weight=100\n"
                         "+ 10.20.1.3:8000 weight=100\n")

    def test_the_first_version(self):
        self.assertEqual(self.ok("diff", "400000").out,
                         "400000  none -> @1   new -> 1 endpoint   +1\n+ 10.30.0.1:8000\n")

    def test_two_ids(self):
        self.assertEqual(self.ok("diff", "400000", "394521@1").out,
                         "400000@1 -> 394521@1   1 -> 3 endpoints   +3 -1\n"
                         "+ 10.20.1.1:8000 weight=100\n"
                         "+ 10.20.1.2:8000 weight=100\n"
                         "+ 10.20.1.3:8000 weight=100\n"
                         "- 10.30.0.1:8000\n")

    def test_json(self):
        got = self.ok("diff", "394521", "--format", "json").json
        for side, version, count in (("from", 2, 4), ("to", 3, 3)):
            whole = self.ok("get", f"394521@{version}", "--format", "json").json
            self.assertEqual(got[side], {"id": "394521", "version": version, "revision": version,
                                         "exists": True, "count": count,
                                         "digest": whole["digest"]})
        self.assertEqual(got["added"], [])
        self.assertEqual(got["removed"], ["10.20.1.3:8000 weight=100"])
        self.assertEqual(got["changed"], [{"endpoint": "10.20.1.1:8000", "from": "weight=100",
                                           "to": "weight=50"}])

    def test_no_value_is_an_empty_text_in_json(self):
        self.ok("set", "7", "-", stdin="10.0.0.1\n")
        self.ok("set", "7", "-", stdin="10.0.0.1 weight=0 zone=a\n")
        got = self.ok("diff", "7", "--format", "json").json
        self.assertEqual(got["changed"],
                         [{"endpoint": "10.0.0.1", "from": "", "to": "weight=0 zone=a"}])
        self.assertIn("~ 10.0.0.1 (no value) -> weight=0 zone=a", self.ok("diff", "7").out)

    def test_exit_code(self):
        self.assertEqual(self.run_program("diff", "394521", "--exit-code").code, 1)
        self.assertEqual(self.run_program("diff", "394521@3", "--exit-code").code, 0)
        self.assertEqual(self.ok("diff", "394521@3").out,
                         "394521  @3 -> @3   3 -> 3 endpoints   no difference\n")

    def test_all(self):
        self.ok("set", "500", "-", stdin="10.9.9.9\n")
        out = self.ok("diff", "--all", "r1").out
        self.assertEqual(out,
                         "394521  @1 -> @3   3 -> 3 endpoints   +1 -1 ~1\n"
                         "~ 10.20.1.1:8000 weight=100 -> weight=50\n"
                         "- 10.20.1.3:8000 weight=100\n"
                         "+ 10.20.1.4:8000 weight=100\n"
                         "\n"
                         "500  none -> @1   new -> 1 endpoint   +1\n"
                         "+ 10.9.9.9\n")
        lines = self.ok("diff", "--all", "r1", "r2", "--format", "json").lines
        self.assertEqual([(one["from"]["id"], one["from"]["version"], one["to"]["version"])
                          for one in lines], [("394521", 1, 2)])
        self.assertEqual(self.run_program("diff", "--all", "r3", "r4", "--exit-code").code, 1)
        self.assertEqual(self.run_program("diff", "--all", "head", "--exit-code").code, 0)

    def test_all_leaves_out_what_is_the_same_again(self):
        self.ok("set", "400000", "-", stdin="10.9.9.9\n")
        self.ok("restore", "400000@1")
        self.assertEqual(self.ok("diff", "--all", "r3").out, "")

    def test_stat(self):
        self.ok("set", "500", "-", stdin="10.9.9.9\n")
        self.assertEqual(self.ok("diff", "--all", "r1", "--stat").out,
                         "394521  @1 -> @3     3 -> 3 endpoints  +1 -1 ~1\n"
                         "500     none -> @1  new -> 1 endpoint  +1\n")
        got = self.ok("diff", "394521", "--stat", "--format", "json").json
        self.assertEqual((got["added"], got["removed"], got["changed"]), (0, 1, 1))

    def test_usage_and_not_found(self):
        self.fails(2, "diff")
        self.fails(2, "diff", "--all")
        self.fails(2, "diff", "a", "b", "c")
        self.fails(3, "diff", "nobody")
        self.fails(3, "diff", "394521@9")
        self.fails(2, "diff", "394521@@")
        self.fails(2, "diff", "--all", "3")

    def test_a_long_diff_says_first_what_it_is_about(self):
        servers = "".join(f"10.{20 + i % 2}.{i // 250}.{i % 250 + 1}:8000 weight=100\n"
                          for i in range(812))
        self.ok("set", "8", "-", stdin=servers)
        self.ok("set", "8", "-", stdin="172.16.9.4:8000 weight=100\n")
        lines = self.ok("diff", "8").out.splitlines()
        self.assertEqual(lines[:7], [
            "8  @1 -> @2   812 -> 1 endpoint   +1 -812   ! 100 % gone",
            "  kept     0 of 812 endpoints (0 %)",
            "  removed  406 in 10.20.0.0/16, 406 in 10.21.0.0/16",
            "           812 on :8000",
            "  added    1 in 172.16.0.0/16",
            "           1 on :8000",
            "- 10.20.0.1:8000 weight=100"])
        self.assertEqual(len(lines), 6 + 813)
        self.assertEqual(lines[-1], "+ 172.16.9.4:8000 weight=100")
        self.assertLessEqual(max(map(len, lines)), 80)


class KeysOnlyTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()

    def test_weights_and_attributes_are_left_out(self):
        self.assertEqual(self.ok("diff", "394521", "--keys-only").out,
                         "394521  @2 -> @3   4 -> 3 endpoints   -1\n"
                         "- 10.20.1.3:8000\n")
        got = self.ok("diff", "394521", "--keys-only", "--format", "json").json
        self.assertEqual((got["added"], got["removed"], got["changed"]),
                         ([], ["10.20.1.3:8000"], []))
        self.ok("edit", "394521", "--set", "10.20.1.1:8000 weight=7 zone=a")
        ran = self.ok("diff", "394521", "--keys-only", "--exit-code")
        self.assertEqual(ran.out, "394521  @3 -> @4   3 -> 3 endpoints   no difference\n")
        self.assertEqual(self.ok("diff", "--all", "r3", "--keys-only", "--exit-code").out, "")
        self.assertEqual(self.run_program("diff", "--all", "r3", "--exit-code").code, 1)


class AgainstTest(ProgramTest):
    """Against a file: what would change if it were set, or applied."""

    def setUp(self):
        super().setUp()
        self.init_with_history()
        self.list = self.write("list.txt", "10.20.1.1:8000 weight=100\n10.20.1.2:8000 weight=100\n"
                                           "10.20.1.9:8000\n")

    def test_a_list(self):
        out = self.ok("diff", "394521", "--against", "list.txt").out
        self.assertEqual(out, "394521  @3 -> list.txt   3 -> 3 endpoints   +1 -1 ~1\n"
                              "~ 10.20.1.1:8000 weight=50 -> weight=100\n"
                              "- 10.20.1.4:8000 weight=100\n"
                              "+ 10.20.1.9:8000\n")
        planned = self.ok("set", "394521", self.list, "--dry-run").out
        self.assertEqual(out.splitlines()[1:], planned.splitlines()[1:-1])
        self.assertEqual(self.ok("diff", "394521@1", "--against", "-", "--stat",
                                 stdin=self.read("list.txt")).out,
                         "394521  @1 -> standard input  3 -> 3 endpoints  +1 -1\n")
        got = self.ok("diff", "394521", "--against", "list.txt", "--format", "json").json
        self.assertEqual((got["from"]["version"], got["from"]["count"]), (3, 3))
        digest = got["to"].pop("digest")
        self.assertEqual(got["to"], {"id": "394521", "version": None, "revision": None,
                                     "exists": True, "count": 3, "file": "list.txt"})
        self.assertEqual((got["added"], got["removed"], len(got["changed"])),
                         (["10.20.1.9:8000"], ["10.20.1.4:8000 weight=100"], 1))
        self.ok("set", "394521", self.list)
        self.assertEqual(self.ok("get", "394521", "--digest").out.strip(), digest)
        self.assertEqual(self.ok("diff", "394521", "--against", "list.txt", "--exit-code").out,
                         "394521  @4 -> list.txt   3 -> 3 endpoints   no difference\n")

    def test_keys_only_and_exit_code(self):
        file = self.write("weights", "10.20.1.1:8000\n10.20.1.2:8000 zone=x\n10.20.1.4:8000\n")
        self.assertEqual(self.run_program("diff", "394521", "--against", file,
                                          "--exit-code").code, 1)
        self.ok("diff", "394521", "--against", file, "--keys-only", "--exit-code")
        ran = self.run_program("diff", "394521", "--against", "list.txt", "--keys-only",
                               "--exit-code")
        self.assertEqual((ran.code, ran.out),
                         (1, "394521  @3 -> list.txt   3 -> 3 endpoints   +1 -1\n"
                             "- 10.20.1.4:8000\n+ 10.20.1.9:8000\n"))

    def test_empty_deleted_and_unknown(self):
        self.ok("delete", "394521")
        self.assertIn("394521  @4 -> list.txt   new -> 3 endpoints   +3\n",
                      self.ok("diff", "394521", "--against", "list.txt").out)
        self.assertIn("1 -> 0 endpoints   -1   ! 100 % gone",
                      self.ok("diff", "400000", "--against", "-").out)
        self.fails(3, "diff", "nobody", "--against", "list.txt")
        self.fails(3, "diff", "400000@9", "--against", "list.txt")

    def test_bad_lists_and_usage(self):
        bad = self.write("bad", "10.0.0.999\nx\n")
        self.assertEqual(self.fails(2, "diff", "394521", "--against", bad, "--format",
                                    "json").error["item_count"], 2)
        self.fails(2, "diff", "394521", "--against", "missing")
        self.fails(2, "diff", "--against", "list.txt")
        self.fails(2, "diff", "394521", "400000", "--against", "list.txt")
        self.fails(2, "diff", "394521", "--against", "list.txt", "--ids", "*")
        self.fails(2, "diff", "394521", "--ids", "*")
        self.fails(2, "diff", "--all", "r1", "r2", "--against", "list.txt")
        ran = self.ok("diff", "394521", "--against", "-", stdin="10.0.0.1\n10.0.0.1\n")
        self.assertIn("1 exact duplicate collapsed", ran.err)

    def table(self, rows, **header):
        header = {"environment": "production", "ids": len(rows), **header}
        self.history([header, *({"id": name, "endpoints": endpoints}
                                for name, endpoints in rows.items())], "table")
        return "table"

    ROWS = {"394521": ["10.20.1.1:8000 weight=50", "10.20.1.2:8000", "10.20.1.4:8000 weight=100"],
            "500000": ["::1"], "600000": []}

    def test_a_table(self):
        table = self.table(self.ROWS)
        self.assertEqual(self.ok("diff", "--all", "--against", table).out,
                         "394521  @3 -> table   3 -> 3 endpoints   ~1\n"
                         "~ 10.20.1.2:8000 weight=100 -> (no value)\n"
                         "\n"
                         "400000  @1 -> table   1 endpoint -> none   -1   ! 100 % gone\n"
                         "- 10.30.0.1:8000\n"
                         "\n"
                         "500000  none -> table   new -> 1 endpoint   +1\n"
                         "+ ::1\n"
                         "\n"
                         "600000  none -> table   new -> 0 endpoints   no difference\n")
        self.assertEqual(self.ok("diff", "--all", "--against", table, "--stat", "--keys-only").out,
                         "400000  @1 -> table    1 endpoint -> none  -1             "
                         "! 100 % gone\n"
                         "500000  none -> table   new -> 1 endpoint  +1\n"
                         "600000  none -> table  new -> 0 endpoints  no difference\n")
        lines = self.ok("diff", "--all", "--against", table, "--format", "json").lines
        self.assertEqual([(one["from"]["id"], one["from"]["version"], one["from"]["exists"],
                           one["to"]["version"], one["to"]["exists"], one["to"]["file"])
                          for one in lines],
                         [("394521", 3, True, None, True, "table"),
                          ("400000", 1, True, None, False, "table"),
                          ("500000", 0, False, None, True, "table"),
                          ("600000", 0, False, None, True, "table")])
        planned = self.ok("apply", "--table", table, "--dry-run", "--format", "json").json["diffs"]
        self.assertEqual([(one["added"], one["removed"], one["changed"], one["to"]["digest"])
                          for one in lines],
                         [(one["added"], one["removed"], one["changed"], one["to"]["digest"])
                          for one in planned])
        self.assertEqual(self.run_program("diff", "--all", "--against", table,
                                          "--exit-code").code, 1)
        self.ok("apply", "--table", table)
        self.assertEqual(self.ok("diff", "--all", "--against", table, "--exit-code").out, "")

    def test_a_table_of_an_earlier_revision_and_of_some_ids(self):
        table = self.table(self.ROWS)
        self.assertIn("394521  @2 -> table   4 -> 3 endpoints   -1 ~2\n",
                      self.ok("diff", "--all", "r2", "--against", table).out)
        self.assertEqual(len(self.ok("diff", "--all", "r1^", "--against", table, "--format",
                                     "json").lines), 3)
        out = self.ok("diff", "--all", "--against", table, "--ids", "[46]*", "--stat").out
        self.assertEqual([line.split()[0] for line in out.splitlines()], ["400000", "600000"])
        part = self.write("part", self.ok("get", "--all", "--ids", "4*").out)
        self.assertEqual(self.ok("diff", "--all", "--against", part, "--exit-code").out, "")
        self.ok("get", "--all", "--at", "r2")
        self.assertEqual(self.ok("diff", "--all", "r2", "--against", "-", "--exit-code",
                                 stdin=self.ok("get", "--all", "--at", "r2").out).out, "")

    def test_another_environment_is_noted(self):
        ran = self.ok("diff", "--all", "--against", self.table(self.ROWS, environment="staging"))
        self.assertIn("table is a table of 'staging', the store's environment is 'production'",
                      ran.err)

    def test_bad_tables_are_refused(self):
        for bad in (self.table(self.ROWS, ids=4), "missing", "list.txt"):
            self.fails(2, "diff", "--all", "--against", bad)
        self.history([{"environment": "production"}], "table")
        self.fails(2, "diff", "--all", "--against", "table")
        # An empty one that says so is a table like any other: nothing is written here.
        self.assertEqual(len(self.ok("diff", "--all", "--against", self.table({}), "--format",
                                     "json").lines), 2)


class ColorTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()

    def test_only_when_asked_for_or_on_a_terminal(self):
        self.assertNotIn("\x1b", self.ok("diff", "394521").out)
        colored = self.ok("diff", "394521", "--color", "always").out
        self.assertIn("\x1b[31m- 10.20.1.3:8000 weight=100\x1b[0m\n", colored)
        self.assertIn("\x1b[33m~ 10.20.1.1:8000", colored)
        self.assertNotIn("\x1b", self.ok("--color=always", "--format=json", "diff", "394521").out)
        self.fails(2, "diff", "394521", "--color", "red")

    def on_terminal(self, *arguments, columns=80, **env):
        """The output of a run whose standard output is a terminal."""
        import fcntl
        import os
        import pty
        import struct
        import subprocess
        import termios
        from program import PROGRAM
        main_end, terminal = pty.openpty()
        fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        child = subprocess.Popen([PROGRAM, *arguments], stdout=terminal, stderr=subprocess.DEVNULL,
                                 stdin=subprocess.DEVNULL, env={**self.env, **env})
        os.close(terminal)
        out = b""
        while True:
            try:
                piece = os.read(main_end, 65536)
            except OSError:
                break
            if not piece:
                break
            out += piece
        os.close(main_end)
        self.assertEqual(child.wait(), 0)
        return out.decode().replace("\r\n", "\n")

    def test_on_a_terminal(self):
        self.assertIn("\x1b[31m", self.on_terminal("diff", "394521"))
        self.assertNotIn("\x1b", self.on_terminal("diff", "394521", NO_COLOR="1"))
        self.assertNotIn("\x1b", self.on_terminal("diff", "394521", TERM="dumb"))
        self.assertNotIn("\x1b", self.on_terminal("diff", "394521", "--color", "never"))
        self.assertNotIn("\x1b", self.on_terminal("diff", "394521", "--format", "json"))
        self.assertIn("\x1b", self.on_terminal("diff", "394521", "--color=always", NO_COLOR="1"))

    def test_a_long_message_does_not_wrap(self):
        self.ok("set", "1", "-", "-m", "\u8def\u7531 " * 60, stdin="10.0.0.1\n")
        for line in self.on_terminal("log", NO_COLOR="1").splitlines():
            columns = sum(2 if ord(c) >= 0x2e80 else 1 for c in line)
            self.assertLessEqual(columns, 80, line)
        self.assertIn(("\u8def\u7531 " * 60).strip(), self.ok("log").out)

    def test_a_long_id_does_not_wrap(self):
        long_id = "business/" + "x" * 100
        self.ok("set", long_id, "-", stdin="".join(f"10.0.0.{i}\n" for i in range(40)))
        self.ok("set", long_id, "-", stdin="10.0.0.1\n")
        for command in (("list",), ("diff", "--all", "r4", "--stat"),
                        ("diff", long_id, "394521", "--stat")):
            out = self.on_terminal(*command, NO_COLOR="1")
            self.assertIn("business/", out)
            for line in out.splitlines():
                self.assertLessEqual(len(line), 80, line)
            self.assertIn(long_id, self.ok(*command).out)
        self.assertRegex(self.on_terminal("list", NO_COLOR="1"),
                         r"business/x+\u2026 .*T\d\d:\d\d:\d\d\+08:00")


if __name__ == "__main__":
    main()
