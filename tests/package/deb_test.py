#!/usr/bin/env python3
"""The Debian packages that `cpack` makes: what they say of themselves, what is in them, and that the
program runs from where they are unpacked. Skipped (77) where Debian's tools are missing.

usage: deb_test.py BUILD_FOLDER VERSION
"""

import glob
import gzip
import os
import re
import shutil
import sys
import tempfile
import unittest

from commands import run

TOOLS = ("dpkg", "dpkg-deb", "dpkg-shlibdeps", "file", "cpack")


class DebTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="switchback-deb-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        run("cpack", "--config", os.path.join(BUILD, "CPackConfig.cmake"), "-G", "DEB", "-B",
            cls.folder, cwd=cls.folder)
        cls.packages = {os.path.basename(path).split("_")[0]: path
                        for path in glob.glob(os.path.join(cls.folder, "*.deb"))}
        cls.abi = ".".join(VERSION.split(".")[:2])
        cls.tree = os.path.join(cls.folder, "tree")
        for path in cls.packages.values():
            run("dpkg-deb", "-x", path, cls.tree)

    def field(self, package, name):
        return run("dpkg-deb", "-f", self.packages[package], name).strip()

    def depends(self, package):
        """Package names, and what version of each."""
        found = {}
        for each in self.field(package, "Depends").split(", "):
            name, _, version = each.partition(" ")
            found[name] = version
        return found

    def files(self, package):
        """Paths, without folders, and the mode of each."""
        listed = run("dpkg-deb", "-c", self.packages[package]).splitlines()
        return {line.split()[5][1:]: line.split()[0] for line in listed if not line.startswith("d")}

    def test_three_packages(self):
        self.assertEqual(set(self.packages),
                         {"switchback", f"libswitchback{self.abi}", "libswitchback-dev"})
        machine = run("dpkg", "--print-architecture").strip()
        for package, path in self.packages.items():
            self.assertEqual(os.path.basename(path), f"{package}_{VERSION}_{machine}.deb")
            for name, value in (("Package", package), ("Version", VERSION),
                                ("Architecture", machine), ("Priority", "optional")):
                self.assertEqual(self.field(package, name), value)
            self.assertRegex(self.field(package, "Maintainer"), r"^.+ <.+@.+>$")
            self.assertRegex(self.field(package, "Description"),
                             r"^versioned store for routing tables\n [A-Z]")

    def test_dependencies_of_what_runs_are_those_of_its_binaries(self):
        for package in ("switchback", f"libswitchback{self.abi}"):
            depends = self.depends(package)
            for name in ("libc6", "libstdc++6", "librocksdb7.8", "libfmt9", "libxxhash0", "libssl3"):
                self.assertRegex(depends.get(name, "missing"), r"^\(>= [\d.]+", name)
        # std::expected came with this one.
        self.assertEqual(self.depends("switchback")["libstdc++6"], "(>= 12)")
        program = self.depends("switchback")
        self.assertIn("libzstd1", program)
        self.assertEqual([name for name in program if "switchback" in name], [])
        self.assertNotIn("libzstd1", self.depends(f"libswitchback{self.abi}"))

    def test_dependencies_of_who_builds_against_it(self):
        self.assertEqual(self.depends("libswitchback-dev"),
                         {f"libswitchback{self.abi}": f"(= {VERSION})"})
        suggested = self.field("libswitchback-dev", "Suggests")
        for name in ("librocksdb-dev", "libfmt-dev", "libxxhash-dev", "libssl-dev"):
            self.assertIn(name, suggested)

    def test_other_packages_come_to_depend_on_the_library(self):
        control = os.path.join(self.folder, "control")
        run("dpkg-deb", "-e", self.packages[f"libswitchback{self.abi}"], control)
        with open(os.path.join(control, "shlibs"), encoding="utf-8") as file:
            self.assertEqual(file.read().strip(),
                             f"libswitchback {self.abi} libswitchback{self.abi} (>= {VERSION})")
        with open(os.path.join(control, "triggers"), encoding="utf-8") as file:
            self.assertEqual(file.read(), "activate-noawait ldconfig\n")

    def test_files_of_the_program(self):
        files = self.files("switchback")
        self.assertEqual(set(files), {
            "/usr/bin/switchback", "/usr/share/man/man1/switchback.1.gz",
            "/usr/share/bash-completion/completions/switchback",
            "/usr/share/zsh/vendor-completions/_switchback",
            "/usr/lib/systemd/system/switchback.service", "/usr/share/switchback/grafana.json",
            "/usr/share/doc/switchback/copyright", "/usr/share/doc/switchback/changelog.gz"})
        self.assertEqual(files["/usr/bin/switchback"], "-rwxr-xr-x")

    def test_files_of_the_library(self):
        package = f"libswitchback{self.abi}"
        lib, docs = r"/usr/lib/(?:[\w-]+/)?", f"/usr/share/doc/{package}/"
        names = sorted(self.files(package))
        self.assertEqual(len(names), 4)
        self.assertRegex(names[0], rf"^{lib}libswitchback\.so\.{re.escape(self.abi)}$")
        self.assertRegex(names[1], rf"^{lib}libswitchback\.so\.{re.escape(VERSION)}$")
        self.assertEqual(names[2:], [docs + "changelog.gz", docs + "copyright"])

    def test_files_for_who_builds_against_it(self):
        names = set(self.files("libswitchback-dev"))
        ends = ("/include/switchback/store.h", "/include/switchback/switchback.h",
                "/libswitchback.so", "/libswitchback.a", "/libswitchback_wire.a", "/libswitchback_client.a",
                "/libswitchback_service.a", "/pkgconfig/switchback.pc",
                "/cmake/switchback/switchback-config.cmake")
        for end in ends:
            self.assertEqual(len([name for name in names if name.endswith(end)]), 1, end)
        shared = names & (set(self.files("switchback")) | set(self.files(f"libswitchback{self.abi}")))
        self.assertEqual(shared, set(), "no file is in two packages")

    def test_binaries_are_stripped(self):
        for name in ("usr/bin/switchback", "usr/lib/**/libswitchback.so.*", "usr/lib/**/libswitchback*.a"):
            for path in glob.glob(os.path.join(self.tree, name), recursive=True):
                self.assertNotIn(".debug_info", run("objdump", "-h", path), path)

    def test_the_program_runs_from_the_unpacked_tree(self):
        program = os.path.join(self.tree, "usr/bin/switchback")
        self.assertEqual(run(program, "--version"), f"switchback {VERSION}\n")
        env = {"SWITCHBACK_STORE": os.path.join(self.folder, "store"), "TMPDIR": self.folder}
        endpoints = os.path.join(self.folder, "list.txt")
        with open(endpoints, "w", encoding="utf-8") as file:
            file.write("10.0.0.1:80\n10.0.0.2:80\n")
        run(program, "init", "--environment", "test", env=env)
        run(program, "set", "394521", endpoints, env=env)
        self.assertEqual(run(program, "get", "394521", env=env), "10.0.0.1:80\n10.0.0.2:80\n")
        self.assertTrue(run(program, "verify", env=env).startswith("ok: 1 ID, "))

    def test_the_manual_page_is_the_programs_own(self):
        with gzip.open(os.path.join(self.tree, "usr/share/man/man1/switchback.1.gz"), "rt") as page:
            self.assertEqual(page.read(), run(os.path.join(self.tree, "usr/bin/switchback"), "man"))

    def test_the_tree_is_found_by_pkg_config(self):
        if not shutil.which("pkg-config"):
            self.skipTest("there is no pkg-config")
        found = glob.glob(os.path.join(self.tree, "usr/lib/**/switchback.pc"), recursive=True)
        self.assertEqual(len(found), 1)
        env = {"PKG_CONFIG_PATH": os.path.dirname(found[0])}
        self.assertEqual(run("pkg-config", "--modversion", "switchback", env=env).strip(), VERSION)
        flags = run("pkg-config", "--cflags", "switchback", env=env).strip()
        include = os.path.normpath(flags.removeprefix("-I"))
        self.assertTrue(os.path.isfile(os.path.join(include, "switchback/store.h")), flags)

    def test_lintian_has_no_error_to_name(self):
        if not shutil.which("lintian"):
            self.skipTest("there is no lintian")
        run("lintian", "--fail-on", "error", "--allow-root", *self.packages.values())


if __name__ == "__main__":
    if len(sys.argv) < 3:
        sys.exit(__doc__)
    missing = [tool for tool in TOOLS if not shutil.which(tool)]
    if missing:
        print(f"skipped: there is no {', '.join(missing)}")
        sys.exit(77)
    VERSION = sys.argv.pop(2)
    BUILD = sys.argv.pop(1)
    unittest.main(verbosity=1)
