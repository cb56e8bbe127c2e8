"""What is offered behind a line that is being typed: `switchback complete`, as the scripts ask it."""

import os
import re

from program import ProgramTest, main


class CompletionTest(ProgramTest):
    def offered(self, *words, env=None):
        """The first line, and the candidates with what is said of them."""
        ran = self.ok("complete", "--", *words, env=env)
        self.assertEqual(ran.err, "")
        first, *rest = ran.out.splitlines()
        return first.split(), [tuple(line.split("\t")) for line in rest]

    def texts(self, *words, env=None):
        return [candidate[0] for candidate in self.offered(*words, env=env)[1]]

    def commands(self):
        listed = re.search(r"(?ms)^Commands:\n(.*?)\n\n", self.ok("--help").out).group(1)
        return [line.split()[0] for line in listed.splitlines()]


class TableTest(CompletionTest):
    """What needs no store."""

    def test_commands_are_those_of_the_help(self):
        self.assertEqual(self.texts(""), self.commands())
        self.assertEqual(self.texts("--store", "/x", "help", ""), self.commands())
        self.assertEqual(self.offered("rest")[1],
                         [("restore", "put earlier versions back, all in one revision")])
        self.assertEqual(self.texts("no-such-command", ""), [])

    def test_commands_for_programs_are_in_no_list_for_people(self):
        for hidden in ("complete", "man"):
            self.assertNotIn(hidden, self.commands())
            self.assertNotIn(hidden, self.texts(hidden[:3]))
            self.ok(hidden, "--help")
        self.assertNotIn("'complete'", self.fails(2, "complet").err)

    def test_options_are_those_of_each_commands_help(self):
        for command in self.commands():
            shown = re.findall(r"(?m)^  (?:-\w \[ )?(--[\w-]+)", self.ok(command, "--help").out)
            self.assertIn("--store", shown)
            self.assertEqual(sorted(self.texts(command, "--")), sorted(shown), command)
        self.assertIn(("--message", "why"), self.offered("set", "1", "--m")[1])

    def test_an_option_is_offered_again_only_if_it_may_be_repeated(self):
        offered = self.texts("set", "-m", "x", "--expect", "1", "--dry-run", "--")
        self.assertIn("--expect", offered)
        self.assertFalse({"--message", "--dry-run"} & set(offered))

    def test_words_of_a_closed_list(self):
        for words in (("list", "--format", ""), ("--format", "")):
            self.assertEqual(self.texts(*words), ["text", "json"])
        self.assertEqual(self.texts("list", "--format=j"), ["--format=json"])
        self.assertEqual(self.texts("get", "1", "--color", "a"), ["auto", "always"])
        self.assertEqual(self.texts("snapshot", ""), ["create", "delete", "list"])
        self.assertEqual(self.texts("completion", ""), ["bash", "zsh"])

    def test_files_and_folders_are_left_to_the_shell(self):
        for words in (("set", "1", ""), ("import", "x"), ("log", "--ids-from", ""), ("export", "-o", ""),
                      ("edit", "1", "--edits=x"), ("restore", "--from", "")):
            self.assertIn("files", self.offered(*words)[0], words)
        self.assertIn("folders", self.offered("get", "--store", "")[0])

    def test_options_are_offered_where_no_argument_can_stand(self):
        self.assertEqual(self.texts("init", "")[:2], ["--environment", "--wait"])
        self.assertEqual(self.texts("get", "1", "")[:2], ["--count", "--digest"])
        self.assertEqual(self.texts("get", "1", "4"), [])
        self.assertEqual(self.texts("init", "x"), [])
        self.assertEqual(self.texts("stats", "--", ""), [])

    def test_without_a_store_there_is_less_and_no_error(self):
        for store in ("", "/nowhere", "/etc/passwd", self.write("file", "x")):
            for words in (("get", ""), ("get", "1@"), ("show", ""), ("snapshot", "delete", "")):
                texts = self.texts(*words, env={"SWITCHBACK_STORE": store})
                self.assertIn(texts, ([], ["1@head"]))
        self.assertFalse(os.path.exists(self.store))

    def test_whatever_is_typed_it_is_no_error(self):
        for words in ((), ("",), ("--",), ("-",), ("--", "--"), ("get", "--no-such="), ("\n",), ("'", "\\"),
                      ("get", "\xff@\t"), ("edit", "--add"), ("set", "--store"), ("--store", "\0"[:0], "get", ""),
                      ("help", "help", ""), ("complete", "--", "get", ""), ("=",), ("get", "x" * 10_000)):
            self.offered(*words)


class StoreTest(CompletionTest):
    def setUp(self):
        super().setUp()
        self.init_with_history()
        self.ok("snapshot", "create", "good", "--at", "r2", "-m", "known good")

    def test_ids(self):
        self.assertEqual(self.offered("get", ""), (["words"], [("394521",), ("400000",)]))
        self.assertEqual(self.texts("get", "39"), ["394521"])
        self.assertEqual(self.texts("log", "4"), ["400000"])
        self.assertEqual(self.texts("delete", "394521", ""), ["394521", "400000"])
        self.assertEqual(self.texts("edit", "--edits", "f", "39"), ["394521"])
        self.assertEqual(self.texts("diff", "394521@1", "40"), ["400000"])
        self.assertEqual(self.texts("get", "5"), [])
        self.ok("delete", "400000")
        self.assertEqual(self.texts("get", "4"), [])

    def test_the_store_that_the_line_names(self):
        here = {"SWITCHBACK_STORE": ""}
        self.assertEqual(self.texts("get", "", env=here), [])
        for words in (("--store", self.store), (f"--store={self.store}",), ("--store", "~/routes"),
                      ("--store", f"'{self.store}'"), ("-q", "--store", f'"{self.store}"')):
            self.assertEqual(self.texts(*words, "get", "3", env=here), ["394521"], words)
            self.assertEqual(self.texts("get", *words, "3", env=here), ["394521"], words)

    def test_an_id_that_needs_a_selector_stays_open(self):
        self.assertEqual(self.offered("restore", "39"), (["words", "open"], [("394521@",)]))
        self.assertEqual(self.texts("restore", "394521@1", "4"), ["400000@"])

    def test_versions_newest_first(self):
        flags, offered = self.offered("get", "394521@")
        self.assertEqual(flags, ["words", "about"])
        self.assertEqual(offered, [
            ("394521@head", "the newest version"),
            ("394521@3", "2026-11-22T11:46:03+08:00  mig  -1 ~1  migrate"),
            ("394521@2", "2026-11-22T10:00:00+08:00  ben  +1  one more"),
            ("394521@1", "2026-11-22T09:00:00+08:00  ann  +3  first servers"),
            ("394521@good", "r2  known good")])
        self.assertEqual(self.texts("restore", "394521@2"), ["394521@2"])
        self.assertEqual(self.texts("diff", "394521@r"), ["394521@r3", "394521@r2", "394521@r1"])
        self.assertEqual(self.texts("get", "394521@g"), ["394521@good"])
        self.assertEqual(self.texts("get", "not an id@"), [])

    def test_revisions_and_snapshots(self):
        self.assertEqual(self.texts("show", "r"), ["r3", "r2", "r1"])
        self.assertEqual(self.texts("export", "--from", ""), ["r3", "r2", "r1"])
        self.assertEqual(self.texts("diff", "--all", ""), ["head", "good", "r3", "r2", "r1"])
        self.assertEqual(self.texts("restore", "--all", "--to", "g"), ["good"])
        self.assertEqual(self.texts("restore", "--all", ""), self.texts("restore", "--all", "--"))
        self.assertEqual(self.texts("list", "--at=go"), ["--at=good"])
        self.assertEqual(self.texts("snapshot", "delete", ""), ["good"])
        self.assertEqual(self.texts("snapshot", "create", ""), [])

    def test_expectations_are_of_the_ids_on_the_line(self):
        self.assertEqual(self.offered("restore", "394521@1", "--expect", ""),
                         (["words", "open"], [("394521=",)]))
        self.assertEqual(self.texts("delete", "394521", "400000", "--expect=4"),
                         ["--expect=400000="])

    def test_a_message_from_the_store_is_one_harmless_line(self):
        self.ok("set", "1", "-", "-m", "one line\nand \u00bbanother\u00ab " + "x" * 200, stdin="10.0.0.1\n")
        about = self.offered("get", "1@1")[1][0]
        self.assertEqual(len(about), 2)
        self.assertIn("one line and \u00bbanother\u00ab xxx", about[1])
        self.assertLess(len(about[1]), 100)

    def test_of_many_ids_the_first_and_the_last(self):
        self.ok("import", self.history([{"changes": {
            f"cust-{i:05}": {"add": ["10.0.0.1"]} for i in range(3000)}}], "many.jsonl"))
        offered = self.texts("get", "c")
        self.assertEqual(len(offered), 100)
        self.assertEqual((offered[0], offered[98], offered[99]),
                         ("cust-00000", "cust-00098", "cust-02999"))
        # What a shell adds is what they all begin with; the first ones alone have more in common.
        self.assertEqual(os.path.commonprefix(offered), "cust-0")
        self.assertEqual(len(self.texts("get", "cust-029")), 100)
        self.assertEqual(len(self.texts("get", "cust-0299")), 10)

    def test_a_damaged_store_is_no_error(self):
        for name in ("CURRENT", "IDENTITY"):
            with open(os.path.join(self.store, name), "w") as file:
                file.write("x")
            self.assertIn(self.texts("get", ""), ([], ["394521", "400000"]))

    def test_a_writer_is_not_waited_for_nor_held_up(self):
        with self.held():
            self.assertEqual(self.texts("get", "6"), ["600"])
            self.fails(7, "delete", "600")

    def test_nothing_is_written(self):
        def files():
            return {name: os.stat(os.path.join(self.store, name)).st_mtime_ns
                    for name in os.listdir(self.store)}
        before = files()
        self.texts("get", "")
        self.texts("get", "394521@")
        self.assertEqual(files(), before)


if __name__ == "__main__":
    main()
