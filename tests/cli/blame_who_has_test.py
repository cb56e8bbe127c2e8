"""blame and who-has: where endpoints come from, and which IDs have an address."""

from program import HISTORY, ProgramTest, main


class BlameTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()

    def test_text_names_the_version_that_gave_each_its_value(self):
        self.assertEqual(
            self.ok("blame", "394521").out,
            "@3  r3  2026-11-22T11:46:03+08:00  mig  10.20.1.1:8000 weight=50   "
            "[here since @1] migrate\n"
            "@1  r1  2026-11-22T09:00:00+08:00  ann  10.20.1.2:8000 weight=100  first servers\n"
            "@2  r2  2026-11-22T10:00:00+08:00  ben  10.20.1.4:8000 weight=100  one more\n")

    def test_json_has_the_promised_fields(self):
        self.assertEqual(self.ok("blame", "394521", "--format", "json").lines[0], {
            "endpoint": "10.20.1.1:8000 weight=50", "version": 3, "revision": 3,
            "time": "2026-11-22T03:46:03Z", "author": "mig", "message": "migrate",
            "first_version": 1, "or_before": False})

    def test_of_an_earlier_version(self):
        lines = self.ok("blame", "394521@1", "--format", "json").lines
        self.assertEqual([line["version"] for line in lines], [1, 1, 1])

    def test_an_empty_list_prints_nothing_and_a_deleted_one_is_not_found(self):
        self.ok("set", "1", "-")
        self.assertEqual(self.ok("blame", "1").out, "")
        self.ok("delete", "1")
        self.fails(3, "blame", "1")
        self.fails(3, "blame", "nobody")

    def test_the_life_of_an_endpoint(self):
        self.ok("restore", "394521@1", "--author", "cat", "-m", "back")
        self.ok("set", "394521", "-", "--author", "dan", stdin="10.20.1.3:8000 weight=9\n")
        self.assertEqual(
            self.hide(self.ok("blame", "394521", "10.20.1.3:8000").out),
            "+  @1  r1  TIME  ann  10.20.1.3:8000 weight=100  first servers\n"
            "-  @3  r3  TIME  mig  10.20.1.3:8000             migrate\n"
            "\n"
            "+  @4  r4  TIME  cat  10.20.1.3:8000 weight=100  back\n"
            "~  @5  r5  TIME  dan  10.20.1.3:8000 weight=9\n")

    def test_an_absence_however_short_makes_two_lives(self):
        self.ok("edit", "394521", "--remove", "10.20.1.2:8000")
        self.ok("edit", "394521", "--add", "10.20.1.2:8000 weight=100")
        lives = self.ok("blame", "394521", "10.20.1.2:8000", "--format", "json").lines
        self.assertEqual([(life["from_version"], life["to_version"]) for life in lives],
                         [(1, 4), (5, None)])
        self.assertEqual(lives[0]["to_author"], "ann")
        self.assertEqual(lives[1]["values"], [{"version": 5, "value": "weight=100"}])

    def test_an_endpoint_that_never_was_there_is_not_found_and_a_near_one_is_named(self):
        ran = self.fails(3, "blame", "394521", "10.20.1.2")
        self.assertIn("the list has 10.20.1.2:8000", ran.err)
        self.fails(2, "blame", "394521", "10.20.1.2:8000 weight=1")
        self.fails(2, "blame", "394521", "nonsense")
        self.fails(2, "blame", "394521@1", "10.20.1.2:8000")


class WhoHasTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()
        self.ok("set", "7", "-", "--author", "ben", stdin="10.20.0.0/16\n10.20.1.0/24\n2001:db8::1\n")

    def who(self, *arguments):
        lines = self.ok("who-has", *arguments, "--format", "json").lines
        return [(line["id"], line["endpoint"], line["match"]) for line in lines]

    def test_matches_are_told_apart(self):
        self.assertEqual(self.who("10.20.1.2"),
                         [("394521", "10.20.1.2:8000 weight=100", "exact"),
                          ("7", "10.20.0.0/16", "covering"), ("7", "10.20.1.0/24", "covering")])
        self.assertEqual(self.who("10.20.1.0/24", "--ids", "7"),
                         [("7", "10.20.0.0/16", "covering"), ("7", "10.20.1.0/24", "exact")])
        self.assertEqual([one[2] for one in self.who("10.20.1.0/24", "--ids", "3*")],
                         ["covered"] * 3)
        self.assertEqual(self.who("10.20.1.2:9000"), [])
        self.assertEqual(self.who("2001:db8::/32"), [("7", "2001:db8::1", "covered")])

    def test_text(self):
        self.assertEqual(
            self.hide(self.ok("who-has", "10.20.1.2").out),
            "394521  10.20.1.2:8000 weight=100  exact     since @1  TIME  ann\n"
            "7       10.20.0.0/16               covering  since @1  TIME  ben\n"
            "7       10.20.1.0/24               covering  since @1  TIME  ben\n")

    def test_json_says_since_when(self):
        line = self.ok("who-has", "10.20.1.4", "--ids", "39*", "--format", "json").json
        self.assertEqual(line, {
            "id": "394521", "endpoint": "10.20.1.4:8000 weight=100", "match": "exact",
            "since_version": 2, "since_revision": 2, "since_time": "2026-11-22T02:00:00Z",
            "since_author": "ben", "or_before": False})

    def test_as_of_an_earlier_moment(self):
        self.assertEqual(self.who("10.20.1.3", "--at", "r1"),
                         [("394521", "10.20.1.3:8000 weight=100", "exact")])
        self.assertEqual(self.who("10.20.1.3", "--at", "r3"), [])
        self.fails(3, "who-has", "10.20.1.3", "--at", "r99")

    def test_history_tells_who_brought_it_in_and_took_it_out(self):
        self.ok("restore", "394521@2", "--author", "eve")
        self.assertEqual(
            self.hide(self.ok("who-has", "10.20.1.3", "--history", "--ids", "3*").out),
            "394521  10.20.1.3:8000  exact  @1  TIME  ann  to @3        TIME  mig\n"
            "394521  10.20.1.3:8000  exact  @4  TIME  eve  still there\n")
        lines = self.ok("who-has", "10.20.1.3", "--history", "--ids", "3*",
                        "--format", "json").lines
        self.assertEqual([(line["from_version"], line["to_version"]) for line in lines],
                         [(1, 3), (4, None)])
        self.assertEqual((lines[0]["from_author"], lines[0]["to_author"]), ("ann", "mig"))
        self.fails(2, "who-has", "10.20.1.3", "--history", "--at", "r1")

    def test_nobody_is_no_line_and_exit_0(self):
        self.assertEqual(self.ok("who-has", "192.0.2.1").out, "")
        self.assertEqual(self.ok("who-has", "192.0.2.0/24", "--history").out, "")

    def test_bad_addresses(self):
        for address in ("10.0.0.1/8", "10.0.0.256", "nonsense", "10.0.0.1 weight=1", ""):
            self.fails(2, "who-has", address)

    def test_every_address_of_the_history_is_found(self):
        for text in HISTORY[0]["changes"]["394521"]["add"]:
            address = text.split(":")[0]
            found = self.ok("who-has", address, "--history", "--ids", "394521",
                            "--format", "json").lines
            self.assertEqual(found[0]["from_version"], 1)


if __name__ == "__main__":
    main()
