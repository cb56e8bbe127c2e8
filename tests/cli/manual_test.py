"""The manual page: clean roff, and nothing that --help knows is missing from it."""

import os
import re
import shutil
import subprocess

from program import ProgramTest, main

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


def plain(page):
    """The page's text without the marks of roff."""
    page = re.sub(r"\\f[BIR]", "", page)
    for mark, text in (("\\-", "-"), ("\\(aq", "'"), ("\\(ga", "`"), ("\\(ha", "^"), ("\\(ti", "~"),
                       ("\\(dq", '"'), ("\\&", ""), ("\\e", "\\")):
        page = page.replace(mark, text)
    return page


class ManualTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.page = self.ok("man").out
        self.text = plain(self.page)

    def section(self, title):
        return re.search(rf'(?ms)^\.SH "{title}"\n(.*?)(?=^\.SH|\Z)', self.text).group(1)

    def part_of(self, command):
        """What the page says of one command."""
        parts = re.split(r'(?m)^\.SS "', self.section("COMMANDS"))
        found = [part for part in parts if re.match(rf'{command}[ "]', part)]
        self.assertEqual(len(found), 1, command)
        return found[0]

    def commands(self):
        listed = re.search(r"(?ms)^Commands:\n(.*?)\n\n", self.ok("--help").out).group(1)
        return [line.split(None, 1) for line in listed.splitlines()]

    def test_every_command_with_its_usage_details_and_example(self):
        commands = self.commands()
        self.assertGreater(len(commands), 15)
        self.assertEqual(len(commands), self.section("COMMANDS").count(".SS"))
        for command, _ in commands:
            out = self.ok(command, "--help").out
            part = self.part_of(command)
            usage = re.match(r"Usage: switchback (.*?) ?\n\n(.*?\n)\n", out, re.S)
            self.assertTrue(part.startswith(usage.group(1) + '"\n'), part)
            self.assertIn(usage.group(2), part)
            self.assertIn(out[out.index("Example:\n") + len("Example:\n"):], part)

    def test_every_option_of_every_command(self):
        for command, _ in self.commands():
            text = self.part_of(command) + self.section("GLOBAL OPTIONS")
            options = re.findall(r"(?m)^  (?:(-\w) \[ )?(--[\w-]+)(?: \])?(?: (\S+))?",
                                 self.ok(command, "--help").out)
            self.assertTrue(options)
            for short, name, value in options:
                term = re.search(rf"(?m)^\.TP\n(.*{name}(?![\w-]).*)$", text)
                self.assertIsNotNone(term, f"{command} {name}")
                if short:
                    self.assertIn(f"{short}, {name}", term.group(1))
                if value and value.isupper():
                    self.assertIn(f"{name} {value}", term.group(1))

    def test_selectors_exit_codes_and_environment_are_those_of_the_help(self):
        out = self.ok("--help").out
        for title, head in (("SELECTORS", "SELECTOR is"), ("EXIT STATUS", "Exit codes:"),
                            ("ENVIRONMENT", "Environment variables:")):
            table = re.search(rf"(?ms){head}\n(.*?)\n\n", out).group(1).splitlines()
            self.assertGreater(len(table), 4)
            for line in table:
                name, text = line.split(None, 1)
                self.assertIn(f".TP\n{name}\n{text}", self.section(title))

    def test_every_variable_that_the_program_reads(self):
        read = set()
        for folder, _, names in os.walk(os.path.join(ROOT, "cli")):
            for name in names:
                with open(os.path.join(folder, name), encoding="utf-8") as file:
                    read |= set(re.findall(r'(?:getenv|FromEnvironment|IsSet)\("(\w+)"', file.read()))
        self.assertIn("SWITCHBACK_STORE", read)
        # Every program reads these.
        for name in read - {"HOME", "TERM"}:
            self.assertIn(f".TP\n{name}\n", self.section("ENVIRONMENT"))

    def test_commands_for_programs_are_not_in_it(self):
        self.assertNotRegex(self.text, r'(?m)^\.SS "(complete|man)[ "]')

    def test_it_is_clean_roff(self):
        path = self.write("switchback.1", self.page)
        checks = {"groff": ["groff", "-man", "-Tutf8", "-ww", "-z", path],
                  "man": ["man", "--warnings", "-E", "UTF-8", "-l", "-Tutf8", "-Z", path],
                  # It has no date, which is a warning there.
                  "mandoc": ["mandoc", "-T", "lint", "-W", "error", path]}
        there = [check for check in checks if shutil.which(check)]
        for check in there:
            done = subprocess.run(checks[check], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                                  env={**self.env, "LC_ALL": "C.UTF-8"}, check=False)
            self.assertEqual((done.returncode, done.stderr), (0, b""), checks[check])
            if check == "mandoc":
                self.assertEqual(done.stdout, b"")
        if not there:
            self.skipTest("there is no groff, man or mandoc")

    def test_nothing_of_it_is_taken_for_a_request(self):
        known = {".TH", ".SH", ".SS", ".TP", ".PP", ".nf", ".fi", ".nh", ".ad"}
        for line in self.page.splitlines():
            if line.startswith((".", "'")):
                self.assertIn(line.split()[0], known)
        for escape in re.findall(r"\\(.{1,3})", self.page):
            self.assertRegex(escape, r"^(-|f[BIR]|\((aq|ga|ha|ti|dq)|&|e)")


if __name__ == "__main__":
    main()
