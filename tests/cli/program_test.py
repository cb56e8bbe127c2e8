"""What holds for every command: options, help, exit codes, errors, standard streams."""

import json
import os
import subprocess

from program import PROGRAM, ProgramTest, main

COMMANDS = ["init", "set", "edit", "apply", "delete", "get", "list", "log", "show", "diff", "blame", "who-has", "restore",
            "revert", "snapshot", "import", "export", "verify", "stats", "prune", "compact", "completion"]
REASONS = {"usage", "invalid_argument", "limit_exceeded", "not_found", "pruned", "already_exists",
           "conflict", "wrong_environment", "refused", "data_loss", "store_held", "io_error", "unknown_outcome"}


class HelpTest(ProgramTest):
    def test_the_program_lists_its_commands(self):
        for arguments in (("--help",), ("-h",), ("help",)):
            out = self.ok(*arguments).out
            for command in COMMANDS:
                self.assertRegex(out, rf"(?m)^  {command} +\S")
        self.assertRegex(self.ok("--version").out, r"^switchback \d+\.\d+\.\d+\n$")
        self.assertIn("version", self.ok("--version", "--format", "json").json)

    def test_each_command_has_help_with_an_example_and_fits_80_columns(self):
        for command in COMMANDS:
            for arguments in ((command, "--help"), ("help", command), ("--help", command)):
                out = self.ok(*arguments).out
                self.assertIn(f"Usage: switchback {command}", out)
                self.assertRegex(out, rf"Example:\n  switchback .*{command}")
            self.assertLessEqual(max(map(len, out.splitlines())), 88, command)


class OptionsTest(ProgramTest):
    def test_global_options_stand_before_or_after_the_command(self):
        self.init_with_history()
        plain = self.ok("get", "394521", "--format", "json").out
        none = {"SWITCHBACK_STORE": ""}
        for arguments in (("--store", self.store, "--format", "json", "get", "394521"),
                          ("get", "--store", self.store, "394521", "--format=json"),
                          (f"--store={self.store}", "get", "--format", "json", "394521"),
                          ("--format", "json", "get", "394521", "--store", self.store + "/")):
            self.assertEqual(self.ok(*arguments, env=none).out, plain)
        # Nor is the value of a command's own option taken for the command.
        self.assertEqual(self.ok("--limit", "1", "log").out, self.ok("log", "--limit", "1").out)
        self.assertEqual(self.ok("--at", "r1", "list").out, self.ok("list", "--at", "r1").out)
        # The option wins over the variable.
        self.ok("get", "394521", "--store", self.store, env={"SWITCHBACK_STORE": "/nowhere"})

    def test_what_is_unknown_exits_2_with_the_nearest_name(self):
        self.init()
        self.assertIn("did you mean 'restore'?", self.fails(2, "restroe", "1@1").err)
        self.assertIn("did you mean '--since'?", self.fails(2, "log", "--sinc", "1h").err)
        self.assertIn("no option '--no-such-thing'",
                      self.fails(2, "log", "--no-such-thing").err)
        self.assertIn("no command given", self.fails(2).err)
        self.assertIn("one argument too many", self.fails(2, "verify", "now").err)
        self.fails(2, "--unknown", "list")
        self.fails(2, "list", "--format", "xml")
        self.fails(2, "set")
        self.fails(2, "get", "1", "--store")
        self.fails(2, "get", "1", "--count=maybe")

    def test_an_empty_text_is_no_value(self):
        """It is what a script with a variable that is not set gives."""
        self.init_with_history()
        for arguments in (["prune", "--keep-last", "1", "--ids", ""], ["revert", "--ticket", ""],
                          ["restore", "--all", "--to", "r1", "--ids", ""],
                          ["set", "1", "-", "--request-id", ""], ["log", "--author", ""]):
            error = self.fails(2, *arguments, "--format", "json").error
            self.assertEqual(error["reason"], "usage")
            self.assertIn("empty text", error["message"])
        self.ok("set", "1", "-", "-m", "", stdin="10.0.0.1\n")

    def test_a_folder_with_files_of_others_is_made_no_store(self):
        os.mkdir(self.store)
        for name in ("LOCK", "precious"):
            with open(os.path.join(self.store, name), "w", encoding="utf-8"):
                pass
        self.fails(4, "init", "--environment", "test")
        self.assertEqual(sorted(os.listdir(self.store)), ["LOCK", "precious"])

    def test_errors_are_json_where_json_is_asked_for(self):
        for code, arguments in ((2, ("no-command",)), (2, ("get",)), (3, ("get", "1"))):
            for spelled in (("--format", "json"), ("--format=json",)):
                error = self.fails(code, *arguments, *spelled).error
                self.assertEqual(set(error), {"exit", "reason", "message", "committed",
                                              "last_revision", "items", "item_count"})
                self.assertEqual((error["exit"], error["committed"], error["last_revision"]),
                                 (code, "no", None))
                self.assertIn(error["reason"], REASONS)
        self.assertEqual(self.fails(2, "get", "--format", "json").error["reason"], "usage")
        self.assertEqual(self.fails(3, "get", "1", "--format", "json").error["reason"],
                         "not_found")

    def test_quiet(self):
        self.assertEqual(self.ok("init", "--environment", "test", "--quiet").out, "")
        ran = self.ok("set", "1", "-", "-q", stdin="10.0.0.1\n10.0.0.1\n")
        self.assertEqual((ran.out, ran.err), ("", ""))
        self.assertEqual(self.ok("get", "1", "-q").out, "10.0.0.1\n")
        self.assertNotEqual(self.fails(3, "get", "2", "-q").err, "")


class StreamsTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init()
        self.ok("set", "1", "-", stdin="".join(
            f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}\n" for i in range(400_000)))

    def run_with_stdout(self, stdout, *arguments, stdin=b""):
        return subprocess.run([PROGRAM, *arguments], stdout=stdout, stderr=subprocess.PIPE,
                              input=stdin, env=self.env, cwd=self.folder, check=False)

    def test_a_full_disk_is_told(self):
        with open("/dev/full", "w") as full:
            for arguments in (("get", "1"), ("list",), ("log", "--format", "json"), ("--help",)):
                ran = self.run_with_stdout(full, *arguments)
                self.assertEqual(ran.returncode, 8, arguments)
                self.assertIn(b"No space left", ran.stderr)

    def test_a_reader_that_left_is_no_success(self):
        read_end, write_end = os.pipe()
        os.close(read_end)
        with os.fdopen(write_end, "w") as pipe:
            ran = self.run_with_stdout(pipe, "get", "1")
        self.assertEqual(ran.returncode, 8)
        self.assertEqual(ran.stderr, b"")

    def test_a_write_that_landed_says_so_even_if_it_can_not_be_printed(self):
        with open("/dev/full", "w") as full:
            ran = self.run_with_stdout(full, "set", "2", "-", "--format", "json",
                                       stdin=b"10.0.0.1\n")
        self.assertEqual(ran.returncode, 8)
        error = json.loads(ran.stderr)["error"]
        self.assertEqual((error["reason"], error["committed"], error["last_revision"]),
                         ("io_error", "yes", 2))
        self.assertEqual(self.ok("get", "2").out, "10.0.0.1\n")

    def test_closed_standard_output(self):
        ran = subprocess.run(["sh", "-c", f'"{PROGRAM}" get 1 >&-'], capture_output=True,
                             env=self.env, cwd=self.folder, check=False)
        self.assertEqual(ran.returncode, 8)


class CareTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()

    def test_verify(self):
        self.assertRegex(self.ok("verify").out,
                         r"^ok: 2 IDs, 4 versions, 3 revisions, \d+ chunks?, \d+ endpoints "
                         r"checked\n$")
        got = self.ok("verify", "--format", "json").json
        self.assertEqual((got["ok"], got["damage"], got["checked"]["versions"]), (True, [], 4))

    def test_stats(self):
        out = self.ok("stats").out
        self.assertIn("production: 2 IDs, 4 versions, 3 revisions, 4 endpoints now", out)
        got = self.ok("stats", "--format", "json").json
        self.assertEqual((got["ids"], got["versions"], got["revisions"]), (2, 4, 3))
        on_disk = sum(os.path.getsize(os.path.join(folder, name))
                      for folder, _, names in os.walk(self.store) for name in names)
        self.assertAlmostEqual(got["bytes"]["total"], on_disk, delta=on_disk / 2)

    def test_compact(self):
        self.assertRegex(self.hide(self.ok("compact").out),
                         r"^production \(STORE\): [\d.]+ \w+ -> [\d.]+ \w+\n$")
        got = self.ok("compact", "--format", "json").json
        self.assertEqual(set(got), {"environment", "store", "store_uuid", "bytes_before",
                                    "bytes_after"})
        self.fails(5, "compact", "--environment", "test")
        self.assertEqual(len(self.ok("get", "394521").out.splitlines()), 3)

    def test_damage_exits_6_or_is_not_there(self):
        tables = [os.path.join(folder, name) for folder, _, names in os.walk(self.store)
                  for name in names if name.endswith((".sst", ".log")) and
                  os.path.getsize(os.path.join(folder, name)) > 200]
        self.assertTrue(tables)
        for table in tables:
            with open(table, "r+b") as file:
                file.seek(os.path.getsize(table) // 3)
                byte = file.read(1)
                file.seek(-1, os.SEEK_CUR)
                file.write(bytes([byte[0] ^ 0x55]))
        ran = self.run_program("verify", "--format", "json")
        self.assertEqual(ran.code, 6, ran.err)
        self.assertEqual(json.loads(ran.err)["error"]["reason"], "data_loss")

    def test_verify_reports_a_store_that_can_not_be_opened(self):
        with open(os.path.join(self.store, "CURRENT"), "w") as file:
            file.write("x")
        ran = self.run_program("verify", "--format", "json")
        self.assertEqual((ran.code, ran.error["reason"]), (6, "data_loss"))
        got = ran.json
        self.assertEqual((got["ok"], got["damage_count"], set(got["checked"].values())),
                         (False, 1, {0}))
        self.assertIn("CURRENT", got["damage"][0]["what"])
        ran = self.run_program("verify")
        self.assertEqual(ran.code, 6)
        self.assertTrue(ran.out.startswith("DAMAGED: 0 IDs, "), ran.out)

    def test_a_holder_exits_7_and_is_named_while_reads_go_on(self):
        with self.held() as holder:
            ran = self.fails(7, "set", "1", "-", "--format", "json", stdin="10.0.0.1\n")
            self.assertIn(f"process {holder.pid} ", ran.error["message"])
            self.assertEqual((ran.error["reason"], ran.error["committed"]), ("store_held", "no"))
            self.ok("get", "394521")
            self.ok("verify")
            self.ok("set", "1", "-", "--dry-run", stdin="10.0.0.1\n")


class SnapshotTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()

    def test_create_use_list_and_delete(self):
        self.assertEqual(self.hide(self.ok("snapshot", "create", "good", "--at", "r2", "-m",
                                           "known good").out),
                         "snapshot good created in production (STORE): r2\n")
        self.assertEqual(self.ok("get", "394521@good").out, self.ok("get", "394521@2").out)
        self.assertIn("is @2 (r2", self.ok("get", "394521@good").err)
        listed = self.ok("snapshot", "list", "--format", "json").json
        self.assertEqual((listed["name"], listed["revision"], listed["message"]),
                         ("good", 2, "known good"))
        self.assertRegex(self.ok("snapshot", "list").out, r"^good  r2  \S+  ann  known good\n$")
        self.fails(4, "snapshot", "create", "good")
        self.ok("restore", "394521@good")
        self.ok("snapshot", "delete", "good")
        self.assertEqual(self.ok("snapshot", "list").out, "")
        self.fails(3, "snapshot", "delete", "good")
        self.fails(3, "get", "394521@good")

    def test_names(self):
        for name in ("head", "r5", "12", "15m", "11:45", "bad name", "head~1"):
            self.fails(2, "snapshot", "create", name)
        self.fails(3, "snapshot", "create", "x", "--at", "r99")
        self.fails(2, "snapshot")
        self.fails(2, "snapshot", "rename", "a")


if __name__ == "__main__":
    main()
