"""get and list: current and earlier lists, as text and as JSON."""

from program import HISTORY, ProgramTest, main


class GetTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()

    def test_prints_canonical_text(self):
        self.assertEqual(self.ok("get", "394521").out,
                         "10.20.1.1:8000 weight=50\n"
                         "10.20.1.2:8000 weight=100\n"
                         "10.20.1.4:8000 weight=100\n")

    def test_selectors_name_earlier_versions(self):
        first = "".join(f"{text}\n" for text in HISTORY[0]["changes"]["394521"]["add"])
        for selector in ("1", "head~2", "r1", "r2^", "2026-11-22T01:30:00Z",
                         "2026-11-22T09:00:00+08:00"):
            self.assertEqual(self.ok("get", f"394521@{selector}").out, first, selector)

    def test_a_time_is_echoed_on_standard_error(self):
        ran = self.ok("get", "394521@2026-11-22T02:30:00Z")
        self.assertEqual(ran.err, "switchback: 394521@2026-11-22T10:30:00+08:00 is @2 "
                                  "(r2, 2026-11-22T10:00:00+08:00)\n")
        self.assertEqual(self.ok("get", "394521@2026-11-22T02:30:00Z", "--quiet").err, "")

    def test_json_has_the_promised_fields(self):
        got = self.ok("get", "394521@2", "--format", "json").json
        digest = got.pop("digest")
        self.assertRegex(digest, "^[0-9a-f]{32}$")
        self.assertEqual(got, {"id": "394521", "version": 2, "revision": 2,
                               "time": "2026-11-22T02:00:00Z", "count": 4,
                               "endpoints": [f"10.20.1.{i}:8000 weight=100" for i in range(1, 5)]})

    def test_count_and_digest(self):
        self.assertEqual(self.ok("get", "394521", "--count").out, "3\n")
        digest = self.ok("get", "394521", "--digest").out
        whole = self.ok("get", "394521", "--format", "json").json
        self.assertEqual(digest, whole["digest"] + "\n")
        counted = self.ok("get", "394521", "--count", "--format", "json").json
        self.assertNotIn("endpoints", counted)
        self.assertEqual(counted["count"], 3)
        self.fails(2, "get", "394521", "--count", "--digest")

    def test_what_is_not_there_exits_3_and_what_is_malformed_2(self):
        for address in ("nobody", "394521@0", "394521@9", "394521@r99", "394521@head~9",
                        "394521@no-such-name", "394521@2020-01-01T00:00:00Z", "400000@r1^"):
            self.fails(3, "get", address)
        for address in ("394521@", "394521@head~x", "bad id", "394521@r1^^", "@1"):
            self.fails(2, "get", address)

    def test_an_emptied_list_prints_nothing_and_is_no_error(self):
        self.ok("set", "394521", "-", stdin="")
        self.assertEqual(self.ok("get", "394521").out, "")
        self.assertEqual(self.ok("get", "394521", "--digest").out, "0" * 32 + "\n")
        self.assertEqual(self.ok("get", "394521", "--format", "json").json["endpoints"], [])

    def test_a_deleted_id_exits_3_and_its_history_stays(self):
        gone = {"time": "2026-11-22T04:00:00Z", "author": "ann", "message": "gone",
                "changes": {"400000": {"delete": True, "remove": ["10.30.0.1:8000"]}}}
        self.ok("import", self.history([*HISTORY, gone]))
        self.assertIn("deleted", self.fails(3, "get", "400000").err)
        self.assertEqual(self.ok("get", "400000@1").out, "10.30.0.1:8000\n")
        self.assertNotIn("400000", self.ok("list").out)
        self.assertIn("400000", self.ok("list", "--at", "r3").out)

    def test_a_missing_store_exits_3_and_no_store_named_2(self):
        self.fails(3, "get", "1", "--store", self.path("nowhere"))
        self.fails(2, "get", "1", env={"SWITCHBACK_STORE": ""})


class GetAllTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()
        self.uuid = self.ok("stats", "--format", "json").json["store_uuid"]

    def test_prints_a_header_and_an_id_a_line_in_order(self):
        self.ok("set", "10", "-", stdin="")
        self.ok("set", "z/1", "-", stdin="[2001:db8::1]:443 weight=0 zone=a\n10.0.0.0/8\n")
        self.ok("delete", "400000")
        header, *rows = self.ok("get", "--all").lines
        revision = self.ok("show", "r6", "--format", "json").json
        self.assertEqual(header, {"environment": "production", "store": self.uuid, "revision": 6,
                                  "time": revision["time"], "ids": 3})
        self.assertEqual([(row["id"], row["endpoints"]) for row in rows],
                         [("10", []),
                          ("394521", self.ok("get", "394521").out.splitlines()),
                          ("z/1", ["10.0.0.0/8", "[2001:db8::1]:443 weight=0 zone=a"])])
        for row in rows:
            self.assertEqual(list(row), ["id", "digest", "endpoints"])
            self.assertEqual(row["digest"], self.ok("get", row["id"], "--digest").out.strip())
        self.assertEqual(self.ok("get", "--all").out, self.ok("get", "--all", "--format",
                                                              "json").out)

    def test_at_and_ids(self):
        header, *rows = self.ok("get", "--all", "--at", "r2").lines
        self.assertEqual((header["revision"], header["time"], header["ids"]),
                         (2, "2026-11-22T02:00:00Z", 2))
        self.assertEqual(rows[0]["endpoints"], self.ok("get", "394521@2").out.splitlines())
        header, *rows = self.ok("get", "--all", "--ids", "4*").lines
        self.assertEqual((header["ids"], header["glob"]), (1, "4*"))
        self.assertEqual([row["id"] for row in rows], ["400000"])
        ran = self.ok("get", "--all", "--at", "2026-11-22T02:30:00Z")
        self.assertEqual(ran.lines[0]["revision"], 2)
        self.assertIn("is r2 (", ran.err)

    def test_an_empty_table(self):
        for selector in ("r1^", "2020-01-01T00:00:00Z"):
            self.assertEqual(self.ok("get", "--all", "--at", selector).lines,
                             [{"environment": "production", "store": self.uuid, "revision": 0,
                               "time": None, "ids": 0}])
        self.assertEqual(self.ok("get", "--all", "--ids", "x*").json["ids"], 0)

    def test_usage(self):
        for arguments in ((), ("1", "--all"), ("--all", "--count"), ("--all", "--digest"),
                          ("394521", "--at", "r1"), ("394521", "--ids", "*"),
                          ("--all", "--at", "3")):
            self.fails(2, "get", *arguments)
        self.fails(3, "get", "--all", "--at", "r9")


class ListTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()

    def test_text(self):
        self.assertEqual(self.ok("list").out,
                         "ID      VERSION  REVISION  ENDPOINTS  LAST CHANGE\n"
                         "394521       @3        r3          3  2026-11-22T11:46:03+08:00  mig\n"
                         "400000       @1        r1          1  2026-11-22T09:00:00+08:00  ann\n")

    def test_json(self):
        self.assertEqual(self.ok("list", "--format", "json").lines, [
            {"id": "394521", "version": 3, "revision": 3, "time": "2026-11-22T03:46:03Z",
             "count": 3},
            {"id": "400000", "version": 1, "revision": 1, "time": "2026-11-22T01:00:00Z",
             "count": 1}])

    def test_glob_and_at(self):
        def ids(*arguments):
            return [(one["id"], one["version"])
                    for one in self.ok("list", *arguments, "--format", "json").lines]
        self.assertEqual(ids("39*"), [("394521", 3)])
        self.assertEqual(ids("--at", "r2"), [("394521", 2), ("400000", 1)])
        self.assertEqual(ids("nothing*"), [])
        self.assertEqual(ids("--at", "r1^"), [])
        self.assertEqual(self.ok("list", "nothing*").out, "")


if __name__ == "__main__":
    main()
