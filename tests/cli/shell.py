"""An interactive shell on a terminal of its own, with keys pressed in it: what a person sees."""

import fcntl
import os
import pty
import re
import select
import struct
import subprocess
import termios
import time

from program import PROGRAM, ProgramTest

PROMPT = "READY> "
PATIENCE = 30  # seconds; only a shell that hangs takes them


class Shell:
    def __init__(self, command, env, folder):
        self.terminal, other = pty.openpty()
        # No line is broken.
        fcntl.ioctl(other, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 1000, 0, 0))
        self.process = subprocess.Popen(
            command, stdin=other, stdout=other, stderr=other, cwd=folder, start_new_session=True,
            env={**env, "TERM": "dumb", "PS1": PROMPT, "PROMPT": PROMPT})
        os.close(other)
        self.seen = ""
        self.wait_for(PROMPT)

    def close(self):
        self.process.kill()
        self.process.wait()
        os.close(self.terminal)

    def press(self, keys):
        os.write(self.terminal, keys.encode())

    def wait_for(self, text):
        """What was printed up to `text`."""
        until = time.monotonic() + PATIENCE
        while text not in self.seen:
            if not select.select([self.terminal], [], [], max(0, until - time.monotonic()))[0]:
                raise AssertionError(f"no {text!r} in {self.seen!r}")
            self.seen += os.read(self.terminal, 65536).decode(errors="replace")
        before, self.seen = self.seen.split(text, 1)
        return re.sub(r"\x1b\[[?\d;]*[A-Za-z]", "", before)  # what is for the terminal

    def run(self, line):
        """What a command prints."""
        # The marker is not what is typed, so its echo is not taken for it.
        self.press(line + "; echo DO''NE\n")
        self.wait_for("DO''NE")
        printed = self.wait_for("DONE")
        self.wait_for(PROMPT)
        return printed

    def complete(self, line, tabs=1):
        """The words of the line after TAB, as the shell then takes them."""
        self.press(line + "\t" * tabs)
        # In front of the line, so that it is printed instead of run.
        self.press("\x01" + "printf '[%s]\\n' ")
        self.press("\x05" + "; echo DO''NE\n")
        self.wait_for("DO''NE")
        printed = self.wait_for("DONE")
        self.wait_for(PROMPT)
        return re.findall(r"(?m)^\[(.*)\]\r?$", printed)

    def listing(self, line):
        """What is shown below the line when TAB is pressed until the shell lists."""
        self.press(line + "\t\t")
        self.press("\x15" + "echo DO''NE\n")
        shown = self.wait_for("DO''NE")
        self.wait_for("DONE")
        self.wait_for(PROMPT)
        return shown


class ShellTest(ProgramTest):
    """A shell that finds the program in its path, and a store to complete from."""

    def start(self, *command):
        self.init_with_history()
        self.ok("set", "a:b", "-", stdin="10.0.0.1\n")
        self.ok("snapshot", "create", "good")
        self.env["PATH"] = os.path.dirname(PROGRAM) + ":" + self.env["PATH"]
        self.shell = Shell(command, self.env, self.folder)
        self.addCleanup(self.shell.close)

    def completes(self, line, *words):
        self.assertEqual(self.shell.complete(line), list(words), line)
