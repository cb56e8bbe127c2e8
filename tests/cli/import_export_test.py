"""import and export: real forms, refusals, going on after an interruption, and the way back."""

import json
import os
import random
import shutil
import signal
import subprocess
import time

from program import HISTORY, PROGRAM, ProgramTest, main, packed
from random_history import random_history


class ImportTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init()

    def line(self, changes, **more):
        return {"time": "2026-11-22T05:00:00Z", "message": "m", "changes": changes, **more}

    def test_line_k_becomes_revision_k_with_its_metadata(self):
        ran = self.ok("import", self.history(HISTORY), "--format", "json").json
        self.assertEqual((ran["revision"], ran["lines"], ran["revisions"], ran["environment"]),
                         (3, 3, 3, "production"))
        for number, line in enumerate(HISTORY, 1):
            got = self.ok("show", f"r{number}", "--format", "json").json
            for field in ("time", "author", "message", "ticket", "source"):
                self.assertEqual(got[field], line.get(field, ""), field)
            self.assertEqual(got["operation"], "import")

    def test_text(self):
        ran = self.ok("import", self.history(HISTORY))
        self.assertRegex(self.hide(ran.out), r"^3 revisions made in [\d.]+ s \([\d,]+/s\); "
                                             r"the last is r3, in production \(STORE\)\n$")
        self.assertEqual(ran.err, "")

    def test_running_it_again_does_nothing(self):
        history = self.history(HISTORY)
        self.ok("import", history)
        self.assertEqual(self.hide(self.ok("import", history).out),
                         "3 lines imported before\n"
                         "nothing left to import into production (STORE)\n")
        got = self.ok("import", history, "--format", "json").json
        self.assertEqual((got["revision"], got["revisions"], got["lines_imported_before"]),
                         (None, 0, 3))
        self.assertEqual(len(self.ok("log").out.splitlines()), 3)

    def test_a_history_that_has_grown_goes_on(self):
        self.ok("import", self.history(HISTORY[:2]))
        self.ok("import", self.history(HISTORY))
        self.assertEqual(len(self.ok("log").out.splitlines()), 3)
        self.assertEqual(self.ok("show", "r3", "--format", "json").json["time"],
                         "2026-11-22T03:46:03Z")

    def test_another_file_starts_at_its_first_line(self):
        self.ok("import", self.history(HISTORY))
        other = self.history([self.line({"9": {"add": ["10.0.0.1"]}})], "other")
        self.ok("import", other)
        got = self.ok("show", "r4", "--format", "json").json
        self.assertEqual(got["original_time"], "2026-11-22T05:00:00Z")
        self.assertNotEqual(got["time"], got["original_time"])
        self.assertEqual(len(self.ok("log").out.splitlines()), 4)
        # And the first one goes on for itself.
        ran = self.ok("import", self.history([*HISTORY, self.line({"8": {"add": ["10.0.0.1"]}})]))
        self.assertIn("3 lines imported before\n1 revision made", ran.out)
        self.ok("import", other)
        self.assertEqual(len(self.ok("log").out.splitlines()), 5)

    def test_a_file_that_begins_alike_is_refused(self):
        self.ok("import", self.history(HISTORY))
        more = self.line({"10": {"add": ["10.0.0.2"]}})
        begun = "3 lines of a history that begins with the same line were taken in before; "
        for lines, reason in (([HISTORY[0], more], "this file has only 2 lines: "),
                              ([HISTORY[0], more, HISTORY[2]],
                               "this file differs from it at or before line 3: ")):
            for options in ((), ("--dry-run",)):
                ran = self.fails(4, "import", self.history(lines, "changed"), *options)
                self.assertIn(begun + reason + "nothing was written", ran.err)
        self.assertEqual(len(self.ok("log").out.splitlines()), 3)

    def test_an_id_that_is_not_there(self):
        ran = self.fails(2, "import", self.history([self.line({"T": {"remove": []}})]))
        self.assertIn("ID T: an empty 'remove'", ran.err)
        self.fails(4, "import", self.history([self.line({"T": {"remove": ["10.0.0.1"]}})]))
        self.fails(4, "import", self.history([self.line({"T": {"delete": True}})]))
        self.assertEqual(self.ok("list").out, "")
        history = [self.line({"T": {"add": []}}), self.line({"T": {"delete": True}})]
        ran = self.fails(4, "import", self.history([*history, history[1]]))
        self.assertIn("line 3: business ID T was deleted by version 2; 2 lines before it are kept",
                      ran.err)

    def test_a_conflict_does_not_say_that_nothing_was_written(self):
        ran = self.fails(4, "import", self.history(
            [*HISTORY, self.line({"394521": {"add": ["10.20.1.2:8000 weight=100"]}})]))
        self.assertIn("3 lines before it are kept", ran.err)
        self.assertNotIn("nothing was written", ran.err)

    def test_standard_input_and_zstd(self):
        data = self.read(self.history(HISTORY)).encode()
        self.ok("import", "-", stdin=packed(data))
        self.assertEqual(len(self.ok("log").out.splitlines()), 3)
        self.ok("import", "-", stdin=data)
        self.assertEqual(len(self.ok("log").out.splitlines()), 3)

    def test_a_broken_zstd_file_exits_2(self):
        data = packed(self.read(self.history(HISTORY)).encode())
        for name, broken in (("cut", data[:-4]), ("garbage", data[:8] + b"\xff" * 40)):
            self.fails(2, "import", self.write(f"{name}.jsonl", broken))
        self.fails(2, "import", self.write("plain.zst", "no json\n"))
        self.fails(2, "import", self.path("missing"))

    def test_malformed_lines_exit_2_and_name_line_and_reason(self):
        good = self.line({"1": {"add": ["10.0.0.1"]}})
        bad = {
            "no JSON": '{"changes":',
            " x'": json.dumps(good) + " x",
            "unknown field 'expect'": json.dumps({**good, "expect": 1}),
            "unknown field 'ad'": json.dumps(self.line({"2": {"ad": []}})),
            "'add' is given twice": '{"changes":{"2":{"add":["10.0.0.1"],"add":["10.0.0.2"]}}}',
            "'2' is given twice": '{"changes":{"2":{"add":[]},"2":{"add":[]}}}',
            "'changes' is empty": json.dumps(self.line({})),
            "'changes' is missing": '{"message":"m"}',
            "'author' can't be a number": json.dumps({**good, "author": 7}),
            "'message' can't be null": json.dumps({**good, "message": None}),
            "string": json.dumps(self.line({"2": {"add": [7]}})),
            "'delete' can only be true": json.dumps(self.line({"2": {"delete": False}})),
            "can't stand beside 'add'": json.dumps(self.line({"2": {"delete": True, "add": []}})),
            "nothing in it": json.dumps(self.line({"2": {}})),
            "field 'time'": json.dumps({**good, "time": "yesterday"}),
            "10.0.0.999": json.dumps(self.line({"2": {"add": ["10.0.0.999"]}})),
            "bad id": json.dumps(self.line({"bad id": {"add": []}})),
            "object": "[]",
        }
        for number, (reason, text) in enumerate(bad.items()):
            name = f"bad{number}"
            ran = self.fails(2, "import", self.write(name, text + "\n"))
            self.assertIn(f"{name}, line 1: ", ran.err)
            self.assertIn(reason, ran.err)
        self.assertEqual(self.ok("log").out, "")

    def test_every_fault_of_a_line_is_named(self):
        text = ('{"autor":{"deep":[1,{"x":2}]},"message":7,"changes":{"bad id":{"add":[[]]},'
                '"1":{"add":["10.0.0.999",8,["10.0.0.1"],"10.0.0.1:0"],"ad":["x"]},'
                '"2":{},"3":[],"4":{"remove":["nonsense"]},"5":{"add":[]},"5":{"add":[]}}}')
        error = self.fails(2, "import", self.write("bad", text + "\n"), "--format", "json").error
        self.assertEqual((error["reason"], error["committed"]), ("invalid_argument", "no"))
        reasons = ["unknown field 'autor'", "field 'message' can't be a number", "bad id",
                   "ID 1: endpoint '10.0.0.999'", "ID 1: an endpoint is a string, not a number",
                   "ID 1: an endpoint is a string, not an array", "ID 1: endpoint '10.0.0.1:0'",
                   "ID 1: unknown field 'ad'", "ID 2: nothing in it",
                   "ID 3: it takes an object, not an array", "ID 4: endpoint 'nonsense'",
                   "'5' is given twice"]
        self.assertEqual(error["item_count"], len(reasons), error["items"])
        for item, reason in zip(error["items"], reasons):
            self.assertIn(reason, item)
        self.assertIn("bad, line 1: 12 faults, the first: unknown field 'autor'", error["message"])
        many = self.line({"1": {"add": ["x"] * 100}})
        error = self.fails(2, "import", self.history([many]), "--format", "json").error
        self.assertEqual((error["item_count"], len(error["items"])), (100, 20))

    def test_what_does_not_fit_exits_4_and_names_line_and_endpoint(self):
        bad = {
            "10.20.1.2:8000": self.line({"394521": {"add": ["10.20.1.2:8000 weight=100"]}}),
            "10.9.9.9": self.line({"394521": {"remove": ["10.9.9.9"]}}),
            "10.20.1.2:8000 ": self.line({"394521": {"remove": ["10.20.1.2:8000 weight=7"]}}),
            "400000": self.line({"400000": {"delete": True, "remove": []}}),
            "changes nothing": self.line({"400000": {"add": []}}),
            "is so already": self.line({"400000": {"add": ["10.30.0.1:8000"],
                                                   "remove": ["10.30.0.1:8000"]}}),
        }
        for endpoint, line in bad.items():
            shutil.rmtree(self.store)
            self.init()
            ran = self.fails(4, "import", self.history([*HISTORY, line, HISTORY[0]]),
                             "--format", "json")
            self.assertIn("line 4: ", ran.error["message"])
            self.assertIn("3 lines before it are kept", ran.error["message"])
            self.assertIn(endpoint.strip(), ran.error["message"] + str(ran.error["items"]))
            self.assertEqual((ran.error["reason"], ran.error["committed"],
                              ran.error["last_revision"]), ("conflict", "partial", 3))
            self.assertEqual(len(self.ok("log").out.splitlines()), 3)
        fixed = self.line({"400000": {"remove": ["10.30.0.1:8000"]}})
        self.ok("import", self.history([*HISTORY, fixed]))
        self.assertEqual(len(self.ok("log").out.splitlines()), 4)

    def test_a_change_is_a_remove_and_an_add(self):
        self.ok("import", self.history(HISTORY))
        newest = self.ok("log", "394521", "--format", "json").lines[0]
        self.assertEqual((newest["added"], newest["removed"], newest["changed"]), (0, 1, 1))

    def test_empty_and_deleted(self):
        self.ok("import", self.history([
            self.line({"1": {"add": []}}),
            self.line({"2": {"add": ["10.0.0.1"]}}),
            self.line({"2": {"delete": True, "remove": ["10.0.0.1"]}}),
            self.line({"2": {"add": ["10.0.0.2"]}}),
        ]))
        self.assertEqual(self.ok("get", "1").out, "")
        self.assertEqual([(one["count"], one["deleted"])
                          for one in self.ok("log", "2", "--format", "json").lines],
                         [(1, False), (0, True), (1, False)])

    def test_a_time_ahead_of_the_clock_exits_2(self):
        ran = self.fails(2, "import", self.history(
            [{**self.line({"1": {"add": []}}), "time": "2099-01-01T00:00:00Z"}]))
        self.assertIn("line 1", ran.err)

    def test_a_clock_that_steps_back_hides_nothing(self):
        lines = [self.line({"1": {"add": [f"10.0.0.{i}"]}}) for i in range(3)]
        lines[1]["time"] = "2026-11-22T04:00:00Z"
        self.ok("import", self.history(lines))
        newest = self.ok("log", "1", "--format", "json").lines
        self.assertEqual(newest[1]["time"], "2026-11-22T04:00:00Z")
        self.assertEqual(newest[1]["effective_time"], "2026-11-22T05:00:00Z")
        self.assertIn("[in effect 2026-11-22T13:00:00+08:00]", self.ok("log", "1").out)
        self.fails(3, "get", "1@2026-11-22T04:30:00Z")

    def test_metadata_of_the_command_goes_to_lines_without(self):
        lines = [self.line({"1": {"add": []}}), self.line({"2": {"add": []}}, author="zoe")]
        self.ok("import", self.history(lines), "--author", "loader", "--source", "old-store")
        authors = [one["author"] for one in self.ok("log", "--format", "json").lines]
        self.assertEqual(authors, ["zoe", "loader"])
        self.assertIn('"source":"old-store"', self.ok("log", "--format", "json").out)

    def test_dry_run_checks_the_form_only(self):
        ran = self.ok("import", self.history(HISTORY), "--dry-run")
        self.assertEqual(self.hide(ran.out),
                         "dry run: 3 lines well formed; nothing written to production (STORE)\n")
        self.assertEqual(self.ok("log").out, "")
        self.fails(2, "import", self.write("bad", "{}\n"), "--dry-run")

    def test_lines_of_many_megabytes(self):
        endpoints = [f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}" for i in range(300_000)]
        self.ok("import", self.history([self.line({"1": {"add": endpoints}})]))
        self.assertEqual(self.ok("get", "1", "--count").out, "300000\n")

    def many_ids(self, count):
        return {f"id-{i}": {"add": [f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}:80 weight={i}"]}
                for i in range(count)}

    def test_a_line_of_many_ids_in_any_order(self):
        changes = self.many_ids(30_000)
        names = list(changes)
        random.Random(1).shuffle(names)
        self.ok("import", self.history([self.line({name: changes[name] for name in names})]))
        self.assertEqual(self.ok("export").lines[0]["changes"], changes)
        self.assertEqual(list(self.ok("export").lines[0]["changes"]), sorted(names))
        half = {name: {"delete": True, "remove": changes[name]["add"]} for name in names[:15_000]}
        self.ok("import", self.history([self.line(half)], "half"))
        self.assertEqual(len(self.ok("list", "--format", "json").lines), 15_000)
        self.assertTrue(self.ok("verify", "--format", "json").json["ok"])

    def test_one_bad_id_of_many_refuses_the_whole_line(self):
        changes = self.many_ids(30_000)
        text = json.dumps(self.line(changes))
        last = '"id-29999": {"add": ["10.0.117.47:80 weight=29999"]}'
        self.assertIn(last, text)
        bad = {
            (2, "'id-29998' is given twice"): last.replace("id-29999", "id-29998"),
            (2, "'id-29998' is given twice "): last.replace("id-29999", "id\\u002d29998"),
            (2, "ID id-29999: endpoint '10.0.117.47:0'"): '"id-29999": {"add": ["10.0.117.47:0"]}',
            (2, "ID id-29999: nothing in it"): '"id-29999": {}',
            (4, "id-29999 10.0.117.47:80: to be removed"): last.replace("add", "remove"),
            (4, "business ID id-29999"): '"id-29999": {"delete": true}',
        }
        for number, ((code, reason), instead) in enumerate(bad.items()):
            ran = self.fails(code, "import", self.write(f"bad{number}",
                                                        text.replace(last, instead) + "\n"))
            self.assertIn(reason.strip(), ran.err)
            self.assertIn("no line was imported", ran.err)
            self.assertEqual(self.ok("log").out + self.ok("list").out, "")
        self.assertTrue(self.ok("verify", "--format", "json").json["ok"])

    def test_lines_after_a_long_one(self):
        short = [self.line({"id-7": {"add": [f"10.200.0.{i}"]}}) for i in range(40)]
        self.ok("import", self.history([short[0], self.line(self.many_ids(300_000) |
                                                            {"id-7": {"add": []}}), *short[1:]]))
        self.assertEqual(len(self.ok("log").out.splitlines()), 41)
        self.assertEqual(self.ok("get", "id-7", "--count").out, "40\n")

    def test_environment_and_head(self):
        history = self.history(HISTORY)
        self.fails(5, "import", history, "--environment", "staging")
        self.fails(4, "import", history, "--expect-head", "r1")
        self.ok("import", history, "--expect-head", "r0")


class RoundTripTest(ProgramTest):
    SEED = 20261122

    def state(self, store):
        """Every version of every ID with its digest, and all metadata."""
        log = self.ok("log", "--format", "json", "--store", store).lines
        ids = {one["id"] for line in range(1, len(log) + 1)
               for one in self.ok("list", "--at", f"r{line}", "--format", "json", "--store",
                                  store).lines} if len(log) < 80 else \
              {"a", "b/1", "c:2", "d_3", "394521"}
        state = {"log": log}
        for one in ids:
            state[one] = self.ok("log", one, "--format", "json", "--store", store).lines
            state[one + "@diffs"] = [
                self.ok("get", f"{one}@{version['version']}", "--digest", "--store", store).out
                for version in state[one] if not version["deleted"]][:40]
        return state

    def test_export_then_import_gives_the_same_store(self):
        print(f"seed {self.SEED}")
        lines = random_history(random.Random(self.SEED), 150)
        self.init()
        self.ok("import", self.history(lines))
        for name in ("export.jsonl", "export.jsonl.zst"):
            self.ok("export", "-o", self.path(name))
            other = self.path("other-" + name)
            self.ok("init", "--environment", "production", "--store", other)
            self.ok("import", self.path(name), "--store", other)
            self.assertEqual(self.state(other), self.state(self.store))
            again = self.ok("export", "--store", other).out
            self.assertEqual(again, self.ok("export").out)
        self.assertFalse([name for name in os.listdir(self.folder) if "partial" in name])
        self.assertTrue(self.ok("verify", "--format", "json").json["ok"])

    def test_restores_and_deletes_are_exported_as_changes(self):
        self.init_with_history()
        self.ok("restore", "394521@1", "-m", "undo")
        self.ok("set", "500", "-", stdin="10.0.0.1\n")
        self.ok("restore", "--all", "--to", "r3")
        lines = self.ok("export").lines
        self.assertEqual(len(lines), 6)
        self.assertEqual(lines[5]["changes"]["500"], {"delete": True, "remove": ["10.0.0.1"]})
        self.assertEqual(lines[0]["changes"], HISTORY[0]["changes"])
        self.assertEqual(lines[2]["changes"], HISTORY[2]["changes"])
        self.assertEqual([list(line["changes"]) for line in self.ok("export", "--ids", "5*").lines],
                         [["500"], ["500"]])
        self.assertEqual(len(self.ok("export", "--from", "r5").lines), 2)

    def test_what_is_no_regular_file_is_written_into(self):
        self.init_with_history()
        wanted = self.ok("export").out
        self.write("target", "an older and longer text\n" * 100)
        os.symlink("target", self.path("link"))
        self.ok("export", "-o", self.path("link"))
        self.assertTrue(os.path.islink(self.path("link")))
        self.assertEqual(self.read("target"), wanted)
        os.mkfifo(self.path("pipe"))
        with subprocess.Popen(["cat", self.path("pipe")], stdout=subprocess.PIPE) as reader:
            self.ok("export", "-o", self.path("pipe"))
            self.assertEqual(reader.stdout.read().decode(), wanted)
        self.fails(2, "export", "-o", self.folder)
        os.symlink("/dev/null", self.path("null"))
        self.ok("export", "-o", self.path("null"))
        self.assertTrue(os.path.islink(self.path("null")))

    def test_a_failed_export_leaves_no_file(self):
        self.init_with_history()
        self.fails(2, "export", "-o", self.path("no/such/folder/x"))
        self.fails(3, "export", "--from", "r99", "-o", self.path("x"))
        self.assertFalse(os.path.exists(self.path("x")))


class InterruptionTest(ProgramTest):
    """kill -9 at random moments, and again, until the import is through."""

    def test_an_interrupted_import_goes_on_without_loss_or_repeat(self):
        source = random.Random(7)
        print("seed 7")
        lines = [{"time": f"2026-11-{i // 1440 + 1:02}T{i // 60 % 24:02}:{i % 60:02}:00Z",
                  "author": "a", "message": f"line {i}",
                  "changes": {f"id-{i % 50}": {"add": [f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"]}}}
                 for i in range(20_000)]
        history = self.history(lines)
        self.init()
        kills = 0
        for _ in range(60):
            child = subprocess.Popen([PROGRAM, "import", history], env=self.env, cwd=self.folder,
                                     stdout=subprocess.PIPE, stderr=subprocess.PIPE)
            time.sleep(source.uniform(0.02, 0.25))
            if child.poll() is None and kills < 12:
                child.send_signal(signal.SIGKILL)
                kills += 1
                child.communicate()
                continue
            out, err = child.communicate()
            self.assertEqual(child.returncode, 0, err)
            break
        self.assertGreater(kills, 0, "the import was never interrupted; make it longer")
        print(f"{kills} kills")
        log = self.ok("log", "--format", "json").lines
        self.assertEqual([one["message"] for one in reversed(log)],
                         [line["message"] for line in lines])
        self.assertEqual([one["time"] for one in reversed(log)], [line["time"] for line in lines])
        self.assertEqual(self.ok("get", "id-7", "--count").out, "400\n")
        self.assertTrue(self.ok("verify", "--format", "json").json["ok"])


if __name__ == "__main__":
    main()
