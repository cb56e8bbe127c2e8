"""--wait: what a write does while another process holds the store."""

import contextlib
import fcntl
import json
import os
import pty
import subprocess
import threading
import time

from program import PROGRAM, ProgramTest, main


class WaitTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()
        self.ok("snapshot", "create", "good")

    def start(self, *arguments, stderr=subprocess.PIPE):
        return subprocess.Popen([PROGRAM, *map(str, arguments)], stdin=subprocess.DEVNULL,
                                stdout=subprocess.PIPE, stderr=stderr, env=self.env,
                                cwd=self.folder)

    def test_without_it_a_held_store_exits_7_at_once(self):
        with self.held() as holder:
            error = self.fails(7, "set", "1", "-", "--format", "json", stdin="10.0.0.1\n").error
            self.assertIn(f"process {holder.pid} ", error["message"])
            self.assertIn("--wait", error["message"])
            self.assertNotIn("waited", error["message"])

    def test_when_the_time_is_up_it_names_the_holder_and_how_long_was_waited(self):
        with self.held() as holder:
            for wait in ("0s", "150ms"):
                error = self.fails(7, "set", "1", "-", "--wait", wait, "--format", "json",
                                   stdin="10.0.0.1\n").error
                self.assertEqual((error["reason"], error["committed"]), ("store_held", "no"))
                self.assertIn(f"process {holder.pid} ", error["message"])
                self.assertRegex(error["message"], r"; waited \d+\.\d s$")
            # It is about writing: what takes no lock doesn't wait.
            self.ok("set", "1", "-", "--wait", "10m", "--dry-run", stdin="10.0.0.1\n")

    def test_every_command_that_writes_waits_until_the_store_is_free(self):
        self.write("list", "10.0.0.1\n")
        self.write("change", '{"changes":{"2":{"add":["10.0.0.2"]}}}\n')
        self.write("more", '{"changes":{"3":{"add":["10.0.0.3"]}}}\n')
        self.write("table", self.ok("get", "--all", "--ids", "39*").out)
        commands = (("set", "1", "list"), ("edit", "4", "--add", "10.0.0.4"),
                    ("apply", "change"), ("apply", "--table", "table"), ("delete", "400000"),
                    ("restore", "394521@1"), ("restore", "--all", "--to", "r3", "--ids", "5*"),
                    ("snapshot", "create", "new"), ("snapshot", "delete", "good"),
                    ("import", "more"), ("compact",))
        with self.held() as holder:
            # However the option is spelled, and wherever it stands.
            children = [self.start(*(("--wait", "5m") if n % 2 else ()), *command,
                                   *(() if n % 2 else ("--wait=300s",)))
                        for n, command in enumerate(commands)]
            time.sleep(0.3)
            for child, command in zip(children, commands):
                self.assertIsNone(child.poll(), command)
            holder.stdin.close()
            for child, command in zip(children, commands):
                out, err = child.communicate()
                self.assertEqual(child.returncode, 0, (command, out, err))
        self.assertEqual([one["id"] for one in self.ok("list", "--format", "json").lines],
                         ["1", "2", "3", "394521", "4", "600"])
        self.assertIn("new", self.ok("snapshot", "list").out)
        self.assertNotIn("good", self.ok("snapshot", "list").out)

    def test_init_waits_too(self):
        store = self.path("begun")
        os.mkdir(store)
        with open(os.path.join(store, "LOCK"), "w") as lock:
            fcntl.lockf(lock, fcntl.LOCK_EX)
            self.fails(7, "init", "--environment", "test", "--store", store)
            self.fails(7, "init", "--environment", "test", "--store", store, "--wait", "100ms")
            child = self.start("init", "--environment", "test", "--store", store, "--wait", "2m")
            time.sleep(0.2)
            self.assertIsNone(child.poll())
        self.assertEqual(child.wait(), 0)
        child.communicate()
        self.ok("list", "--store", store)

    def test_many_at_once_all_land(self):
        codes = []

        def apply(number):
            change = self.history([{"changes": {"394521": {"add": [f"10.50.{number}.1"]}}}],
                                  f"change{number}")
            codes.append(self.run_program("apply", change, "--wait", "5m").code)
        threads = [threading.Thread(target=apply, args=(n,)) for n in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertEqual(codes, [0] * 8)
        self.assertEqual(self.ok("log", "--format", "json", "--limit", "1").json["revision"], 11)
        self.assertEqual(self.ok("get", "394521", "--count").out, "11\n")

    def test_a_terminal_is_told_and_nobody_else(self):
        with self.held():
            for options, told in (((), True), (("--quiet",), False),
                                  (("--format", "json"), False)):
                main_end, terminal = pty.openpty()
                child = self.start("delete", "600", "--wait", "1500ms", *options, stderr=terminal)
                os.close(terminal)
                shown = b""
                with contextlib.suppress(OSError):
                    while piece := os.read(main_end, 65536):
                        shown += piece
                os.close(main_end)
                child.communicate()
                self.assertEqual(child.returncode, 7)
                self.assertEqual(b"waiting, " in shown, told, shown)
            ran = self.fails(7, "delete", "600", "--wait", "700ms")
            self.assertNotIn("waiting", ran.err)
            self.assertEqual(len(ran.err.splitlines()), 1)

    def test_lengths_of_time(self):
        for wait in ("500ms", "0s", "10s", "2m", "1h"):
            self.ok("edit", "1", "--set", "10.0.0.1", "--wait", wait)
        for wait in ("", "10", "s", "-1s", "1.5s", "10 s", "1d", "10S", "9999999999s",
                     "99999999999999999999s"):
            error = self.fails(2, "edit", "1", "--set", "10.0.0.1", f"--wait={wait}", "--format",
                               "json").error
            self.assertEqual(error["reason"], "usage", wait)
        for command in (("compact",), ("init", "--environment", "x"), ("import", "x"),
                        ("snapshot", "create", "x")):
            self.fails(2, *command, "--wait", "soon")
        self.assertEqual(json.loads(self.ok("get", "1", "--format", "json").out)["version"], 1)


if __name__ == "__main__":
    main()
