"""apply --table: the whole table made equal to a file; and what get --all prints, taken back."""

import json
import os
import random
import subprocess
import threading

from program import PROGRAM, ProgramTest, main, packed


class TableTest(ProgramTest):
    """On a store with 394521 at version 3 and 400000 at version 1 (see program.HISTORY)."""

    def setUp(self):
        super().setUp()
        self.init_with_history()

    ROWS = [{"id": "394521", "endpoints": ["10.20.1.1:8000 weight=50", "10.20.1.2:8000 weight=100",
                                           "10.20.1.4:8000 weight=100"]},
            {"id": "500000", "endpoints": ["[2001:db8::1]:443 zone=a"]},
            {"id": "600000", "endpoints": []}]

    def table(self, rows, name="table.jsonl", **header):
        return self.history([{"environment": "production", "ids": len(rows), **header}, *rows],
                            name)

    def apply(self, *arguments, **how):
        return self.ok("apply", "--table", *arguments, "--format", "json", **how).json

    def refused(self, code, *arguments, **how):
        error = self.fails(code, "apply", "--table", *arguments, "--format", "json", **how).error
        self.assertEqual(error["committed"], "no")
        self.assertEqual(self.ok("log", "--format", "json", "--limit", "1").json["revision"], 3)
        return error

    def rows(self, store=None):
        return self.ok("get", "--all", *(("--store", store) if store else ())).lines[1:]

    def test_makes_the_table_what_the_file_says(self):
        out = self.ok("apply", "--table", self.table(self.ROWS), "-m", "as the CMDB has it").out
        self.assertEqual(self.hide(out),
                         "400000  @1 -> @2    1 endpoint -> deleted  -1             ! 100 % gone\n"
                         "500000  none -> @1      new -> 1 endpoint  +1\n"
                         "600000  none -> @1     new -> 0 endpoints  no difference\n"
                         "1 ID already so\n"
                         "r4 in production (STORE) at TIME\n")
        self.assertEqual([(row["id"], row["endpoints"]) for row in self.rows()],
                         [(row["id"], row["endpoints"]) for row in self.ROWS])
        newest = self.ok("log", "--format", "json", "--limit", "1").json
        self.assertEqual((newest["operation"], newest["ids"], newest["message"]),
                         ("apply-table", 3, "as the CMDB has it"))
        self.assertEqual(self.ok("get", "394521", "--format", "json").json["version"], 3)

    def test_twice_finds_nothing_to_do(self):
        table = self.table(self.ROWS)
        got = self.apply(table)
        self.assertEqual((got["revision"], len(got["changes"]), got["already"],
                          got["already_count"]), (4, 3, [], 1))
        again = self.apply(table)
        self.assertEqual((again["revision"], again["changes"], again["already_count"],
                          again["replayed"]), (None, [], 3, False))
        self.assertEqual(self.hide(self.ok("apply", "--table", table).out),
                         "3 IDs already so\n"
                         "nothing to do in production (STORE): no revision made\n")

    def test_request_id(self):
        table = self.table(self.ROWS)
        first = self.apply(table, "--request-id", "k")
        self.ok("set", "700000", "-", stdin="10.0.0.1\n")
        again = self.apply(table, "--request-id", "k")
        self.assertTrue(again["replayed"])
        self.assertEqual((again["revision"], again["changes"]),
                         (first["revision"], first["changes"]))
        self.ok("get", "700000")
        for other in ((self.table(self.ROWS[:2]),), (table, "--ids", "5*")):
            self.assertIn("was used for another change",
                          self.fails(4, "apply", "--table", *other, "--request-id", "k").err)

    def test_only_ids_that_match(self):
        table = self.table(self.ROWS)
        got = self.apply(table, "--ids", "[45]*")
        self.assertEqual([(one["id"], one["deleted"]) for one in got["changes"]],
                         [("400000", True), ("500000", False)])
        self.fails(3, "get", "600000")
        # A part of a table says which, and is never taken for all of it.
        part = self.write("part", self.ok("get", "--all", "--ids", "3*").out)
        self.ok("set", "394521", "-", stdin="10.0.0.1\n")
        got = self.apply(part)
        self.assertEqual([one["id"] for one in got["changes"]], ["394521"])
        self.ok("get", "500000")
        got = self.apply(part, "--ids", "*0", "--allow-empty")
        self.assertIsNone(got["revision"])

    def test_dry_run(self):
        table = self.table(self.ROWS)
        out = self.ok("apply", "--table", table, "--dry-run").out
        self.assertEqual(self.hide(out),
                         "400000  @1 -> @2 (dry run)   1 endpoint -> deleted   -1   ! 100 % gone\n"
                         "- 10.30.0.1:8000\n"
                         "500000  none -> @1 (dry run)   new -> 1 endpoint   +1\n"
                         "+ [2001:db8::1]:443 zone=a\n"
                         "600000  none -> @1 (dry run)   new -> 0 endpoints   no difference\n"
                         "1 ID already so\n"
                         "dry run: nothing written; would change 3 IDs in production (STORE)\n")
        got = self.apply(table, "--dry-run")
        self.assertEqual((got["revision"], [one["to"]["exists"] for one in got["diffs"]]),
                         (None, [False, True, True]))
        self.assertEqual(self.ok("log", "--format", "json", "--limit", "1").json["revision"], 3)

    def test_losses_are_warned_of(self):
        rows = [{"id": "394521", "endpoints": ["10.0.0.1"]}]
        ran = self.ok("apply", "--table", self.table(rows))
        self.assertEqual(ran.err, "switchback: 2 IDs lost more than half of their list: 394521, "
                                  "400000; to take all of r4 back: switchback restore --all --to "
                                  "r4^ --expect-head r4\n")

    def test_another_environment_is_refused_unless_it_is_named(self):
        table = self.table(self.ROWS, environment="staging")
        error = self.refused(5, table)
        self.assertEqual(error["reason"], "wrong_environment")
        self.assertIn("--from-environment staging", error["message"])
        self.refused(5, table, "--from-environment", "test")
        self.refused(5, self.table(self.ROWS, "own"), "--from-environment", "test")
        self.refused(5, table, "--dry-run")
        # That is the table's; the store's own is another matter.
        self.refused(5, table, "--from-environment", "staging", "--environment", "staging")
        self.apply(table, "--from-environment", "staging", "--environment", "production")

    def test_a_table_without_ids_is_refused_unless_it_is_meant(self):
        empty = self.table([])
        for arguments in ((empty,), (self.table(self.ROWS, "full"), "--ids", "x*"),
                          (self.table([], "part", glob="x*"),)):
            self.assertIn("--allow-empty", self.refused(2, *arguments)["message"])
        # Not even then, where it may have been cut off.
        unsaid = self.history([{"environment": "production"}], "unsaid")
        self.assertIn('"ids":0', self.refused(2, unsaid, "--allow-empty")["items"][0])
        self.refused(2, self.write("nothing", ""), "--allow-empty")
        got = self.apply(empty, "--allow-empty")
        self.assertEqual([one["deleted"] for one in got["changes"]], [True, True])
        self.assertEqual(self.ok("list").out, "")

    def test_a_table_cut_off_anywhere_is_refused(self):
        for i in range(30):
            self.ok("set", f"id-{i}", "-", stdin=f"10.0.0.{i} weight={i}\n")
        text = self.ok("get", "--all").out
        for end in [0, 1, *range(20, len(text) - 1, 97)] + \
                [at for at, c in enumerate(text) if c == "\n" and at + 1 < len(text)]:
            for cut in (text[:end], text[:end] + "\n"):
                ran = self.run_program("apply", "--table", "-", "--allow-empty", stdin=cut)
                self.assertEqual((ran.code, ran.out), (2, ""), cut[-80:])
        data = packed(text.encode())
        for end in range(1, len(data), 53):
            self.fails(2, "apply", "--table", self.write("cut.zst", data[:end]), "--allow-empty")
        # And one that has grown.
        more = json.dumps({"id": "zzz", "endpoints": []}) + "\n"
        self.assertIn("its header says 32 IDs, 33 are there",
                      self.fails(2, "apply", "--table", "-", stdin=text + more).err)
        self.assertIsNone(self.apply("-", stdin=text.rstrip("\n"))["revision"])

    def test_a_table_that_does_not_say_its_size_is_taken_with_a_warning(self):
        table = self.history([{"environment": "production"}, *self.ROWS])
        got = self.apply(table)
        self.assertEqual(got["revision"], 4)
        self.assertIn("does not say how many IDs it has", got["warnings"][0])

    def test_bad_input_exits_2_with_every_fault(self):
        rows = [{"id": "1", "endpoints": ["10.0.0.999", "10.0.0.1", 7]},
                {"id": "3", "endpoints": ["10.0.0.1 weight=1", "10.0.0.1"]},
                {"id": "2", "endpoints": [], "digest": "0" * 31 + "1"},
                {"id": "bad id", "endpoints": []},
                {"id": "4", "endpoint": []},
                {"endpoints": []},
                {"id": "5", "endpoints": "10.0.0.1"},
                ["x"],
                {"id": "6", "endpoints": []},
                {"id": "6", "endpoints": []}]
        table = self.table(rows, ids=99, revision="r1", comment="x")
        error = self.refused(2, table)
        reasons = ["1: field 'revision' can't be a string", "1: unknown field 'comment'",
                   "2: ID 1: an endpoint is a string, not a number",
                   "2: ID 1: endpoint '10.0.0.999'",
                   "3: ID 3: '10.0.0.1 weight=1' and '10.0.0.1' are one endpoint",
                   "4: ID 2: digest '00000000000000000000000000000001' is not that of its endpoints",
                   "5: business ID", "6: ID 4: unknown field 'endpoint'",
                   "6: ID 4: field 'endpoints' is missing", "7: field 'id' is missing",
                   "8: ID 5: field 'endpoints' can't be a string",
                   "9: a JSON object is expected, an array was found",
                   "11: ID 6 stands after 6 of line 10"]
        found = [item.removeprefix(table + ":") for item in error["items"]]
        self.assertEqual(error["item_count"], len(found))
        for reason in reasons:
            self.assertTrue(any(item.startswith(reason) for item in found), (reason, found))

    def test_ids_out_of_order_are_named_with_their_lines(self):
        rows = [self.ROWS[1], self.ROWS[0], self.ROWS[2], self.ROWS[0]]
        error = self.refused(2, self.table(rows))
        self.assertEqual(error["item_count"], 2)
        self.assertIn(":3: ID 394521 stands after 500000 of line 2", error["items"][0])
        self.assertIn(":5: ID 394521 stands after 600000 of line 4", error["items"][1])
        # As the message says, sort puts them in order.
        text = self.read("table.jsonl").splitlines()[1:4]
        done = subprocess.run(["sort"], input="\n".join(text), capture_output=True, check=True,
                              text=True, env={**os.environ, "LC_ALL": "C"}).stdout
        header = json.dumps({"environment": "production", "ids": 3}) + "\n"
        self.assertEqual(self.apply("-", stdin=header + done)["revision"], 4)

    def test_ids_that_the_headers_glob_does_not_match(self):
        error = self.refused(2, self.table(self.ROWS, glob="[56]*"))
        self.assertIn("ID 394521 is none that the header's glob '[56]*' matches",
                      error["items"][0])

    def test_endpoints_in_any_order_and_twice(self):
        rows = [{"id": "1", "endpoints": ["::1", "10.0.0.2 zone=b weight=1", "10.0.0.1", "0::1",
                                          "10.0.0.2 weight=1 zone=b"]}]
        got = self.apply(self.table(rows))
        self.assertIn("2 exact duplicates collapsed", got["warnings"])
        self.assertEqual(self.ok("get", "1").out, "10.0.0.1\n10.0.0.2 weight=1 zone=b\n::1\n")

    def test_usage(self):
        table = self.table(self.ROWS)
        for arguments in (("x", "--table", table), ("--table", table, "--one-revision"),
                          ("--table", table, "--expect", "394521=3"), (table, "--ids", "*"),
                          (table, "--allow-empty"), (table, "--from-environment", "x"), ()):
            self.assertEqual(self.fails(2, "apply", *arguments, "--format", "json").error["reason"],
                             "usage", arguments)
        self.refused(2, self.path("missing"))
        self.refused(4, table, "--expect-head", "r2")
        # A change is no table, and a table no change.
        self.refused(2, self.history([{"changes": {"1": {"add": []}}}], "change"))
        self.fails(2, "apply", table, "--one-revision")

    def test_two_at_once(self):
        """Each that had the store made the table its own; the store holds that of the last one."""
        tables = [self.table([{"id": f"id-{i:03}", "endpoints": [f"10.{n}.0.{i % 250}"]}
                              for i in range(n, 400)], f"t{n}") for n in range(5)]
        codes = {}

        def run(number):
            codes[number] = self.run_program("apply", "--table", tables[number]).code
        threads = [threading.Thread(target=run, args=(n,)) for n in range(len(tables))]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.assertLessEqual(set(codes.values()), {0, 7})
        self.assertIn(0, codes.values())
        now = [(row["id"], row["endpoints"]) for row in self.rows()]
        self.assertIn(now, [[(row["id"], row["endpoints"]) for row in
                             map(json.loads, self.read(f"t{n}").splitlines()[1:])]
                            for n, code in codes.items() if code == 0])

    def test_a_large_table_through_a_pipe(self):
        rows = [{"id": f"id-{i:06}", "endpoints": [f"10.{i >> 16}.{i >> 8 & 255}.{i & 255}"]}
                for i in range(30_000)]
        text = self.read(self.table(rows)).encode()
        self.assertEqual(len(self.apply("-", stdin=text)["changes"]), 30_002)
        rows[77]["endpoints"] = ["10.9.9.9"]
        text = self.read(self.table(rows[:20_000] + rows[20_001:])).encode()
        got = self.apply("-", stdin=packed(text), env={"TMPDIR": self.folder})
        self.assertEqual([(one["id"], one["deleted"]) for one in got["changes"]],
                         [("id-000077", False), ("id-020000", True)])
        self.assertEqual(got["already_count"], 29_998)
        self.assertFalse([name for name in os.listdir(self.folder) if name.startswith("switchb")])
        ran = self.fails(8, "apply", "--table", "-", stdin=text, env={"TMPDIR": "/no/such/folder"})
        self.assertIn("TMPDIR", ran.err)
        with open(self.table(rows)) as file:
            done = subprocess.run([PROGRAM, "apply", "--table", "-", "--format", "json"],
                                  stdin=file, env={**self.env, "TMPDIR": "/no/such/folder"},
                                  capture_output=True, check=True)
        self.assertEqual(len(json.loads(done.stdout)["changes"]), 1)
        self.assertTrue(self.ok("verify", "--format", "json").json["ok"])


class RoundTripTest(ProgramTest):
    SEED = 20261123

    def random_table(self, source):
        values = ["", " weight=0", " weight=4294967295", " weight=7 zone=a", " note=\\\"x zone=b"]
        keys = [lambda: f"10.0.{source.randrange(3)}.{source.randrange(256)}:80",
                lambda: f"10.{source.randrange(8)}.0.0/16",
                lambda: f"[2001:db8::{source.randrange(1, 99):x}]:443",
                lambda: f"2001:db8:{source.randrange(9)}::/48",
                lambda: f"[2001:db8:{source.randrange(9)}::/48]:53",
                lambda: f"::ffff:1.2.3.{source.randrange(99)}"]
        return {name: {source.choice(keys)(): source.choice(values)
                       for _ in range(source.choice([0, 1, 5, 300]))}
                for name in source.sample(["a", "a/1", "B", "c:2", "d_3", "394521", "z-9", "."], 6)}

    def test_a_table_applied_to_an_empty_store_is_the_same_table(self):
        print(f"seed {self.SEED}")
        source = random.Random(self.SEED)
        self.init()
        other = self.path("other")
        self.ok("init", "--environment", "production", "--store", other)
        for _ in range(12):
            # By other means than a table: some are set, some deleted.
            before = {one["id"] for one in self.ok("list", "--format", "json").lines}
            table = self.random_table(source)
            for name, endpoints in table.items():
                self.ok("set", name, "-", stdin="".join(k + v + "\n" for k, v in endpoints.items()))
            gone = before - set(table)
            if gone:
                self.ok("delete", *gone)
            printed = self.ok("get", "--all").out
            self.ok("apply", "--table", "-", "--store", other, stdin=printed)
            copied = self.ok("get", "--all", "--store", other).out
            self.assertEqual(copied.splitlines()[1:], printed.splitlines()[1:])
            self.assertEqual(len(copied.splitlines()), 1 + len(table))
            # An earlier one, too, as it is printed now.
            revision = source.randrange(1, json.loads(printed.splitlines()[0])["revision"] + 1)
            earlier = self.ok("get", "--all", "--at", f"r{revision}").out
            self.ok("apply", "--table", "-", "--store", other, "--allow-empty", stdin=earlier)
            self.assertEqual(self.ok("get", "--all", "--store", other).out.splitlines()[1:],
                             earlier.splitlines()[1:])
        for store in (self.store, other):
            self.assertTrue(self.ok("verify", "--format", "json", "--store", store).json["ok"])


if __name__ == "__main__":
    main()
