"""Completion as a person at a zsh prompt meets it. Skipped (77) where there is no zsh."""

import os
import shutil
import subprocess
import sys

from program import main
from shell import ShellTest


class ZshTest(ShellTest):
    def setUp(self):
        super().setUp()
        self.start("zsh", "-f", "-i")
        self.shell.run("unsetopt prompt_sp prompt_cr; bindkey -e; autoload -Uz compinit")

    def source(self):
        self.shell.run("compinit -D")
        self.assertEqual(self.shell.run("source <(switchback completion zsh)").strip(), "")

    def test_commands_options_and_their_values(self):
        self.source()
        self.completes("switchback rest", "switchback", "restore")
        self.completes("switchback log --sin", "switchback", "log", "--since")
        self.completes("switchback log --format j", "switchback", "log", "--format", "json")
        self.completes("switchback log --format=j", "switchback", "log", "--format=json")

    def test_ids_and_versions(self):
        self.source()
        self.completes("switchback get 39", "switchback", "get", "394521")
        self.completes("switchback get 394521@g", "switchback", "get", "394521@good")
        self.completes("switchback restore 39", "switchback", "restore", "394521@")
        self.completes("switchback get a:", "switchback", "get", "a:b")
        self.completes('switchback -m "two words" get a:b@g', "switchback", "-m", "two words",
                       "get", "a:b@good")
        self.completes('switchback get "39', "switchback", "get", "394521")

    def test_files_and_folders(self):
        self.source()
        self.write("servers.txt", "10.0.0.1\n")
        os.mkdir(self.path("a folder"))
        self.completes("switchback set 394521 serv", "switchback", "set", "394521", "servers.txt")
        self.completes("switchback edit 1 --edits=serv", "switchback", "edit", "1",
                       "--edits=servers.txt")
        # zsh takes the slash back where nothing follows it.
        self.completes("switchback get --store a", "switchback", "get", "--store", "a folder")

    def test_what_fits_is_listed_with_what_it_is(self):
        self.source()
        shown = self.shell.listing("switchback get 394521@")
        places = [shown.index(word) for word in ("@head", "@3 ", "@2 ", "@1 ", "@good")]
        self.assertEqual(places, sorted(places), shown)
        self.assertRegex(shown, r"394521@3 +2026-11-22T11:46:03\+08:00  mig  -1 ~1  migrate")

    def test_nothing_is_printed_where_there_is_no_store(self):
        self.source()
        self.shell.run("export SWITCHBACK_STORE=/nowhere")
        shown = self.shell.listing("switchback get 39")
        self.assertNotIn("/nowhere", shown)
        self.shell.run("PATH=/usr/bin:/bin")
        self.assertNotIn("not found", self.shell.listing("switchback get 39"))

    def test_the_script_is_loaded_from_a_folder_of_functions(self):
        os.mkdir(self.path("functions"))
        self.write("functions/_switchback", self.ok("completion", "zsh").out)
        self.shell.run('fpath=("$PWD/functions" $fpath); compinit -D')
        self.completes("switchback get 39", "switchback", "get", "394521")
        self.completes("switchback get 394521@g", "switchback", "get", "394521@good")

    def test_nothing_that_is_typed_is_run(self):
        self.source()
        self.shell.listing("switchback --store $(touch ran) get 39")
        self.assertFalse(os.path.exists(self.path("ran")))

    def test_the_script_is_clean(self):
        script = self.ok("completion", "zsh").out
        subprocess.run(["zsh", "-n", "/dev/stdin"], input=script, text=True, check=True)


if __name__ == "__main__":
    if not shutil.which("zsh"):
        print("skipped: there is no zsh")
        sys.exit(77)
    main()
