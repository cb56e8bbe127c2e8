"""backup: create, list, verify, restore and prune; what is refused, and what a failure leaves."""

import fcntl
import os
import pty
import re
import subprocess

from program import PROGRAM, ProgramTest, main


class BackupTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()
        self.backups = self.path("backups")

    def hide(self, text):
        text = re.sub(r"\d+\.\d KiB|\d+ B\b", "SIZE", text.replace(self.backups, "BACKUPS"))
        return super().hide(text)

    def create(self):
        return self.ok("backup", "create", self.backups, "--format", "json").json["backup"]

    def files(self, folder):
        return sorted(os.path.join(top, name) for top, _, names in os.walk(folder)
                      for name in names)

    def damage_one(self, folder):
        """Flips a byte of a file of a backup."""
        path = next(path for path in self.files(folder) if os.path.getsize(path) > 100)
        with open(path, "r+b") as file:
            file.seek(60)
            byte = file.read(1)
            file.seek(60)
            file.write(bytes([byte[0] ^ 0x41]))
        return path

    def test_create_says_what_was_made_of_which_store(self):
        out = self.ok("backup", "create", self.backups, "-m", "nightly").out
        self.assertEqual(self.hide(out), "backup 1 of r3 in production (STORE) made in BACKUPS: "
                                         "SIZE new of SIZE\n")
        got = self.ok("backup", "create", self.backups + "/", "--format", "json").json
        self.assertEqual((got["environment"], got["store"], got["revision"], got["changes"],
                          got["folder"], got["warnings"]),
                         ("production", self.store, None, [], self.backups, []))
        backup = got["backup"]
        self.assertEqual((backup["number"], backup["revision"], backup["environment"],
                          backup["store_uuid"], backup["damage"]),
                         (2, 3, "production", got["store_uuid"], None))
        self.assertLessEqual(backup["new_bytes"], backup["bytes"])
        self.assertEqual(self.ok("backup", "create", self.backups, "--quiet").out, "")
        self.ok("verify")

    def test_list(self):
        self.create()
        self.ok("set", "1", "-", stdin="10.0.0.1\n")
        self.create()
        lines = self.ok("backup", "list", self.backups, "--format", "json").lines
        self.assertEqual([(line["number"], line["revision"]) for line in lines], [(1, 3), (2, 4)])
        self.assertEqual(set(lines[0]), {"number", "revision", "time", "environment", "store_uuid",
                                         "bytes", "new_bytes", "files", "damage"})
        out = self.hide(self.ok("backup", "list", self.backups).out)
        self.assertIn("NUMBER  REVISION  TIME", out)
        self.assertRegex(out, r"\n +2 +r4  TIME +SIZE +SIZE +\d+  production UUID\n")

    def test_verify(self):
        self.create()
        self.assertRegex(self.ok("backup", "verify", self.backups).out,
                         r"^ok: 1 backup, \d+ files, .* checked\n$")
        self.create()
        hit = self.damage_one(os.path.join(self.backups, "private", "2"))
        self.ok("backup", "verify", self.backups, "--number", "1")
        ran = self.run_program("backup", "verify", self.backups, "--format", "json")
        self.assertEqual(ran.code, 6)
        self.assertEqual((ran.json["ok"], ran.json["damage_count"], ran.json["checked"]["backups"]),
                         (False, 1, 2))
        self.assertEqual(ran.json["damage"][0]["number"], 2)
        self.assertIn(os.path.basename(hit), ran.json["damage"][0]["what"])
        self.assertEqual(ran.error["reason"], "data_loss")
        ran = self.run_program("backup", "verify", self.backups)
        self.assertEqual(ran.code, 6)
        self.assertRegex(ran.out, r"^DAMAGED: 2 backups, .*\n  backup 2: ")
        error = self.fails(6, "backup", "restore", self.backups, "--to", self.path("new"),
                           "--format", "json").error
        self.assertEqual(error["reason"], "data_loss")
        self.assertFalse(os.path.exists(self.path("new")))

    def test_a_lost_file_is_listed_and_warned_of(self):
        self.create()
        self.create()
        os.remove(os.path.join(self.backups, "private", "2", "CURRENT"))
        lines = self.ok("backup", "list", self.backups, "--format", "json").lines
        self.assertIsNone(lines[0]["damage"])
        self.assertIn("CURRENT", lines[1]["damage"])
        self.assertIn("DAMAGED", self.ok("backup", "list", self.backups).out)
        self.fails(6, "backup", "restore", self.backups, "--to", "new", "--number", "2")
        self.assertIn("backup 1 ", self.ok("backup", "restore", self.backups, "--to", "new").out)
        ran = self.ok("backup", "create", self.backups)
        self.assertIn("backup 2 is damaged", ran.err)
        self.assertIn("backup 3 of r3", ran.out)

    def test_restore_makes_the_store_of_that_revision(self):
        self.create()
        self.ok("set", "394521", "-", stdin="10.66.6.6\n")
        self.create()
        out = self.ok("backup", "restore", self.backups, "--to", "new", "--number", "1").out
        self.assertEqual(super().hide(out), f"restored backup 1 of production into "
                                            f"{self.path('new')}: up to r3, of TIME\n")
        self.ok("verify", "--store", "new")
        old = self.ok("export", "--store", "new").out
        self.assertTrue(self.ok("export").out.startswith(old))
        self.assertEqual(len(old.splitlines()), 3)
        self.ok("set", "1", "-", "--store", "new", stdin="10.0.0.1\n")
        got = self.ok("backup", "restore", self.backups, "--to", "newest", "--format", "json").json
        self.assertEqual((got["store"], got["revision"], got["changes"], got["backup"]["number"],
                          got["backup"]["revision"]), (self.path("newest"), None, [], 2, 4))
        self.assertEqual(self.ok("get", "394521", "--store", "newest").out, "10.66.6.6\n")

    def test_restore_only_into_a_new_folder(self):
        self.create()
        for to in (self.store, self.backups):
            before = self.files(to)
            error = self.fails(4, "backup", "restore", self.backups, "--to", to, "--format",
                               "json").error
            self.assertEqual(error["reason"], "already_exists")
            self.assertEqual(self.files(to), before)
        os.mkdir(self.path("empty"))
        self.ok("backup", "restore", self.backups, "--to", "empty")
        self.fails(3, "backup", "restore", self.backups, "--to", "new", "--number", "7")
        self.fails(5, "backup", "restore", self.backups, "--to", "new", "--environment", "test")
        self.fails(5, "backup", "restore", self.backups, "--to", "new",
                   env={"SWITCHBACK_ENVIRONMENT": "test"})
        self.assertFalse(os.path.exists(self.path("new")))

    def test_a_folder_of_backups_is_no_place_for_a_store(self):
        self.create()
        before = self.files(self.backups)
        self.fails(2, "backup", "restore", self.backups, "--to", self.backups + "/x")
        self.fails(4, "--store", self.backups, "init", "--environment", "test")
        self.assertEqual(self.files(self.backups), before)
        self.create()

    def test_where_all_are_damaged_it_is_damage(self):
        self.create()
        os.remove(next(path for path in self.files(self.backups) if path.endswith(".log")))
        self.fails(6, "backup", "restore", self.backups, "--to", self.path("new"))

    def test_prune(self):
        for _ in range(4):
            self.create()
        self.assertEqual(self.ok("backup", "prune", self.backups, "--keep", "2").out,
                         "deleted: 1, 2; kept: 3, 4\n")
        got = self.ok("backup", "prune", self.backups, "--keep", "2", "--format", "json").json
        self.assertEqual(got, {"folder": self.backups, "deleted": [], "kept": [3, 4]})
        self.ok("backup", "verify", self.backups)
        self.assertEqual(self.create()["number"], 5)

    def test_usage(self):
        for bad in (("frob", "x"), ("create",), ("create", "a", "b"), ("list", "x", "--keep", "1"),
                    ("create", "x", "--number", "1"), ("create", "x", "--dry-run"),
                    ("prune", "x"), ("prune", "x", "--keep", "0"), ("prune", "x", "--keep", "-1"),
                    ("restore", "x"), ("restore", "x", "--to", "y", "--number", "one"),
                    ("verify", "x", "-m", "why")):
            error = self.fails(2, "backup", *bad, "--format", "json").error
            self.assertEqual(error["reason"], "usage", bad)
        for verb in (("list",), ("verify",), ("prune", "--keep", "1"), ("restore", "--to", "y")):
            self.fails(3, "backup", verb[0], self.path("none"), *verb[1:])
        self.assertEqual(sorted(os.listdir(self.folder)), ["history.jsonl", "routes"])

    def test_what_is_no_place_for_backups_is_refused(self):
        self.fails(2, "backup", "create", os.path.join(self.store, "backups"))
        os.mkdir(self.path("other"))
        self.write("other/notes", "mine")
        self.fails(4, "backup", "create", "other")
        self.assertEqual(os.listdir(self.path("other")), ["notes"])
        self.create()
        self.ok("init", "--environment", "test", "--store", "second")
        error = self.fails(4, "backup", "create", self.backups, "--store", "second", "--format",
                           "json").error
        self.assertEqual(error["reason"], "conflict")
        self.fails(5, "backup", "create", self.backups, "--environment", "test")
        self.fails(3, "backup", "create", self.backups, "--store", "none")

    def test_a_store_that_is_held_is_not_backed_up_past_its_holder(self):
        with open(os.path.join(self.store, "LOCK"), "r+b") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            error = self.fails(7, "backup", "create", self.backups, "--format", "json").error
        self.assertEqual((error["reason"], error["committed"]), ("store_held", "no"))
        self.assertIn(f"process {os.getpid()}", error["message"])
        self.assertFalse(os.path.exists(self.backups))

    def test_backups_that_are_being_changed_are_left_alone(self):
        self.create()
        with open(os.path.join(self.backups, "LOCK"), "r+b") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX, 2)
            error = self.fails(7, "backup", "list", self.backups, "--format", "json").error
            self.assertEqual(error["reason"], "store_held")
            self.fails(7, "backup", "create", self.backups)
        self.ok("backup", "list", self.backups)

    def test_progress_is_for_a_terminal(self):
        """Long work on one; here it is short, so only that nothing is left on the screen."""
        terminal, end = pty.openpty()
        done = subprocess.run([PROGRAM, "backup", "create", self.backups], stdout=subprocess.PIPE,
                              stderr=end, env=self.env, check=True)
        os.close(end)
        os.set_blocking(terminal, False)
        try:
            shown = os.read(terminal, 1000)
        except (BlockingIOError, OSError):
            shown = b""
        os.close(terminal)
        self.assertTrue(shown == b"" or shown.endswith(b"\r\x1b[K"), shown)
        self.assertIn(b"backup 1 of r3", done.stdout)


if __name__ == "__main__":
    main()
