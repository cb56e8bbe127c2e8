"""Completion as a person at a bash prompt meets it."""

import os
import shutil
import subprocess

from program import PROGRAM, main
from shell import ShellTest


class BashTest(ShellTest):
    def setUp(self):
        super().setUp()
        self.start("bash", "--norc", "--noprofile", "-i")
        self.assertEqual(self.shell.run("source <(switchback completion bash)").strip(), "")

    def test_commands_options_and_their_values(self):
        self.completes("switchback rest", "switchback", "restore")
        self.completes("switchback log --sin", "switchback", "log", "--since")
        self.completes("switchback log --format j", "switchback", "log", "--format", "json")
        self.completes("switchback log --format=j", "switchback", "log", "--format=json")
        self.completes("switchback no-such-command x", "switchback", "no-such-command", "x")

    def test_ids_and_versions(self):
        self.completes("switchback get 39", "switchback", "get", "394521")
        self.completes("switchback get 394521@g", "switchback", "get", "394521@good")
        self.completes("switchback diff 394521@1 394521@h", "switchback", "diff", "394521@1",
                       "394521@head")
        self.completes("switchback restore 39", "switchback", "restore", "394521@")
        self.completes("switchback get a:", "switchback", "get", "a:b")
        self.completes("switchback get a:b@g", "switchback", "get", "a:b@good")
        self.completes("switchback get a", "switchback", "get", "a:b")

    def test_quotes_variables_and_pipes_around(self):
        self.completes('switchback get "39', "switchback", "get", "394521")
        self.completes("SWITCHBACK_STORE=routes switchback get 39",
                       "SWITCHBACK_STORE=routes", "switchback", "get", "394521")
        self.completes("switchback -m 'two words' set 40", "switchback", "-m", "two words", "set",
                       "400000")
        self.assertEqual(self.shell.run("true && switchback get 39\t --count").split(), ["3"])
        self.completes("switchback   get    39", "switchback", "get", "394521")

    def test_files_and_folders(self):
        self.write("servers.txt", "10.0.0.1\n")
        os.mkdir(self.path("a folder"))
        self.completes("switchback set 394521 serv", "switchback", "set", "394521", "servers.txt")
        self.completes("switchback edit 1 --edits serv", "switchback", "edit", "1", "--edits",
                       "servers.txt")
        self.completes("switchback edit 1 --edits=serv", "switchback", "edit", "1",
                       "--edits=servers.txt")
        self.completes("switchback get --store a", "switchback", "get", "--store", "a folder/")
        self.assertEqual(self.shell.run("switchback list > out.txt").strip(), "")
        self.assertEqual(self.shell.complete("switchback list > out"), [])
        self.assertEqual(self.read("out.txt"), "[switchback]\n[list]\n")

    def test_what_fits_is_listed_in_its_order(self):
        shown = self.shell.listing("switchback get 394521@")
        places = [shown.index(word) for word in ("@head", "@3", "@2", "@1", "@good")]
        self.assertEqual(places, sorted(places), shown)
        self.assertNotIn("migrate", shown)

    def test_nothing_is_printed_where_there_is_no_store(self):
        self.shell.run("export SWITCHBACK_STORE=/nowhere")
        shown = self.shell.listing("switchback get 39")
        self.assertNotIn("/nowhere", shown)
        self.shell.run("PATH=/usr/bin:/bin")
        self.assertNotIn("not found", self.shell.listing("switchback get 39"))

    def test_a_program_named_by_its_path(self):
        os.symlink(PROGRAM, self.path("switchback"))
        self.shell.run("PATH=/usr/bin:/bin")
        self.completes("./switchback get 39", "./switchback", "get", "394521")
        self.completes("~/switchback get 39", self.path("switchback"), "get", "394521")

    def test_nothing_that_is_typed_is_run(self):
        self.shell.listing("switchback --store $(touch ran) get 39")
        self.shell.listing("switchback get `touch ran`")
        self.assertFalse(os.path.exists(self.path("ran")))

    def test_the_script_is_clean(self):
        script = self.ok("completion", "bash").out
        subprocess.run(["bash", "-n"], input=script, text=True, check=True)
        if shutil.which("shellcheck"):
            subprocess.run(["shellcheck", "-"], input=script, text=True, check=True)


if __name__ == "__main__":
    main()
