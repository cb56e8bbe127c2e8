#!/usr/bin/env python3
"""What `cmake --install` gives to others: installs into a folder, moves that, and builds and runs an
embedder against it, in C++ and in C, by find_package (shared and static) and by pkg-config with the
bare compiler.

usage: install_test.py BUILD_FOLDER C++_COMPILER C_COMPILER
"""

import ctypes
import os
import re
import shutil
import sys
import tempfile
import unittest

from commands import run

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
EMBEDDER = os.path.join(HERE, "embedder")
SERVING_EMBEDDER = os.path.join(HERE, "serving_embedder")
C_EMBEDDER = os.path.join(HERE, "c_embedder")
PRINTED = "r1\n+1 -2\n@3\n10.20.1.1:8000 weight=100\n10.20.1.2:8000\nnot_found\n"


def files_below(folder):
    return {os.path.relpath(os.path.join(at, name), folder)
            for at, _, names in os.walk(folder) for name in names}


class InstallTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="switchback-install-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        first = os.path.join(cls.folder, "first")
        run("cmake", "--install", BUILD, "--prefix", first)
        # Whoever looks for the first folder finds nothing.
        cls.prefix = os.path.join(cls.folder, "moved here")
        os.rename(first, cls.prefix)
        found = run("find", cls.prefix, "-name", "switchback.pc").strip()
        cls.pkgconfig = os.path.dirname(found)
        cls.lib = os.path.dirname(cls.pkgconfig)

    def path(self, name):
        return os.path.join(self.folder, name)

    def check_runs(self, program, env=None):
        store = self.path("store of " + os.path.basename(program))
        self.assertEqual(run(program, store, env=env), PRINTED)
        # The installed program reads what the installed library has written.
        installed = os.path.join(self.prefix, "bin", "switchback")
        self.assertEqual(run(installed, "--store", store, "get", "394521@2"), "172.16.9.4:8000\n")

    def test_everything_is_where_it_is_looked_for(self):
        installed = files_below(self.prefix)
        lib = os.path.relpath(self.lib, self.prefix)
        wanted = {"bin/switchback", "share/man/man1/switchback.1", "share/doc/switchback/LICENSE",
                  "share/bash-completion/completions/switchback",
                  "share/zsh/site-functions/_switchback", f"{lib}/libswitchback.so",
                  f"{lib}/libswitchback.a", f"{lib}/libswitchback_wire.a",
                  f"{lib}/libswitchback_client.a", f"{lib}/libswitchback_service.a", f"{lib}/pkgconfig/switchback.pc",
                  f"{lib}/cmake/switchback/switchback-config.cmake",
                  f"{lib}/cmake/switchback/switchback-config-version.cmake"}
        self.assertLessEqual(wanted, installed)
        public = os.path.join(ROOT, "store", "include")
        self.assertEqual({name for name in installed if name.startswith("include/")},
                         {"include/" + name for name in files_below(public)})
        others = {name for name in installed - wanted
                  if not name.startswith(("include/", f"{lib}/cmake/", f"{lib}/libswitchback.so."))}
        self.assertEqual(others, set())

    def test_pages_are_the_programs_own(self):
        for name, arguments in (("man/man1/switchback.1", ("man",)),
                                ("bash-completion/completions/switchback", ("completion", "bash")),
                                ("zsh/site-functions/_switchback", ("completion", "zsh"))):
            with open(os.path.join(self.prefix, "share", name), encoding="utf-8") as file:
                self.assertEqual(file.read(),
                                 run(os.path.join(self.prefix, "bin/switchback"), *arguments))

    def test_no_file_names_the_folder_that_it_was_built_or_first_installed_in(self):
        for name in files_below(self.prefix):
            if not name.endswith((".cmake", ".pc", ".h", "switchback.1")):
                continue
            with open(os.path.join(self.prefix, name), encoding="utf-8") as file:
                text = file.read()
            for folder in (ROOT, BUILD, self.path("first")):
                self.assertNotIn(folder, text, name)

    def build_by_cmake(self, source, build):
        warnings = "-Wall -Wextra -Wpedantic -Werror"
        run("cmake", "-G", "Ninja", "-S", source, "-B", build, f"-DCMAKE_PREFIX_PATH={self.prefix}",
            f"-DCMAKE_CXX_COMPILER={COMPILER}", f"-DCMAKE_CXX_FLAGS={warnings}",
            f"-DCMAKE_C_COMPILER={C_COMPILER}", f"-DCMAKE_C_FLAGS={warnings}")
        run("cmake", "--build", build)

    def test_an_embedder_finds_it_with_cmake(self):
        build = self.path("embedder build")
        self.build_by_cmake(EMBEDDER, build)
        for name in ("embedder", "embedder_static", "c_embedder_static"):
            self.check_runs(os.path.join(build, name))
        needed = run("objdump", "-p", os.path.join(build, "embedder"))
        self.assertRegex(needed, r"NEEDED +libswitchback\.so\.\d+\.\d+\n")
        self.assertNotRegex(needed, r"NEEDED +lib(rocksdb|fmt|xxhash|crypto)")
        self.assertNotIn("libswitchback", run("objdump", "-p", os.path.join(build, "embedder_static")))

    def test_an_embedder_serves_its_store_and_is_its_own_client(self):
        build = self.path("serving build")
        self.build_by_cmake(SERVING_EMBEDDER, build)
        self.assertEqual(run(os.path.join(build, "serving"), self.path("served store")), "r1\nproduction r1\n")
        needed = run("objdump", "-p", os.path.join(build, "serving"))
        self.assertRegex(needed, r"NEEDED +libswitchback\.so\.\d+\.\d+\n")

    def test_an_embedder_in_c_needs_no_compiler_for_cpp(self):
        build = self.path("c embedder build")
        self.build_by_cmake(C_EMBEDDER, build)
        with open(os.path.join(build, "CMakeCache.txt"), encoding="utf-8") as file:
            self.assertNotRegex(file.read(), r"CMAKE_CXX_COMPILER:(FILEPATH|STRING)")
        self.check_runs(os.path.join(build, "c_embedder"))
        needed = run("objdump", "-p", os.path.join(build, "c_embedder"))
        self.assertRegex(needed, r"NEEDED +libswitchback\.so\.\d+\.\d+\n")
        self.assertNotRegex(needed, r"NEEDED +lib(stdc\+\+|rocksdb|fmt|xxhash|crypto)")

    def test_another_version_is_not_taken_for_it(self):
        build = self.path("wrong version")
        with open(os.path.join(EMBEDDER, "CMakeLists.txt"), encoding="utf-8") as file:
            text = file.read()
        os.makedirs(self.path("newer"))
        shutil.copy(os.path.join(EMBEDDER, "embedder.cc"), self.path("newer"))
        with open(self.path("newer/CMakeLists.txt"), "w", encoding="utf-8") as file:
            file.write(text.replace("switchback 0.1", "switchback 0.99"))
        with self.assertRaisesRegex(AssertionError, "0.99"):
            run("cmake", "-G", "Ninja", "-S", self.path("newer"), "-B", build,
                f"-DCMAKE_PREFIX_PATH={self.prefix}", f"-DCMAKE_CXX_COMPILER={COMPILER}")

    def flags(self, *which):
        if not shutil.which("pkg-config"):
            self.skipTest("there is no pkg-config")
        # Its blanks are quoted for a shell.
        return run("sh", "-c", f'eval "set -- $(pkg-config {" ".join(which)} switchback)"; '
                   'printf "%s\\n" "$@"', env={"PKG_CONFIG_PATH": self.pkgconfig}).split("\n")[:-1]

    def test_an_embedder_finds_it_with_pkg_config(self):
        program = self.path("by pkg-config")
        source = os.path.join(EMBEDDER, "embedder.cc")
        run(COMPILER, "-std=c++23", source, "-o", program, *self.flags("--cflags", "--libs"))
        self.check_runs(program, {"LD_LIBRARY_PATH": self.lib})
        for library in ("-lrocksdb", "-lfmt", "-lxxhash", "-lcrypto"):
            self.assertIn(library, self.flags("--static", "--libs"))
            self.assertNotIn(library, self.flags("--libs"))
        # The headers stand on the standard library alone.
        used = run(COMPILER, "-std=c++23", "-M", source, *self.flags("--cflags"))
        self.assertIn("switchback/store.h", used)
        self.assertNotRegex(used, r"/(fmt|rocksdb|openssl|boost|nlohmann)/|xxhash")

    def test_an_embedder_in_c_finds_it_with_pkg_config(self):
        program = self.path("c by pkg-config")
        source = os.path.join(C_EMBEDDER, "embedder.c")
        run(C_COMPILER, "-std=c99", source, "-o", program, *self.flags("--cflags", "--libs"))
        self.check_runs(program, {"LD_LIBRARY_PATH": self.lib})
        self.assertIn("-lstdc++", self.flags("--static", "--libs"))

    def test_the_library_shows_its_own_names_alone(self):
        shown = run("nm", "-DC", "--defined-only", os.path.join(self.lib, "libswitchback.so"))
        names = [line.split(" ", 2)[2] for line in shown.splitlines()]
        own = re.compile(r"((vtable|typeinfo|typeinfo name|VTT|guard variable) for )?switchback::|switchback_")
        self.assertEqual([name for name in names if not own.match(name)], [])
        for name in ("switchback::Store::Open(", "typeinfo for switchback::Store",
                     "switchback::FormatEndpoint["):
            self.assertTrue(any(each.startswith(name) for each in names), name)

    def test_the_library_has_all_that_the_c_header_declares(self):
        with open(os.path.join(self.prefix, "include/switchback/switchback.h"), encoding="utf-8") as file:
            declared = set(re.findall(r"\b(switchback_\w+)\(", re.sub(r"//.*", "", file.read())))
        self.assertGreater(len(declared), 50)
        shown = run("nm", "-D", "--defined-only", os.path.join(self.lib, "libswitchback.so"))
        exported = set(re.findall(r" T (switchback_\w+)$", shown, re.M))
        self.assertEqual(exported, declared)

    def test_another_language_can_use_it(self):
        library = ctypes.CDLL(os.path.join(self.lib, "libswitchback.so"))
        library.switchback_version.restype = ctypes.c_char_p
        store = ctypes.c_void_p()
        self.assertRegex(library.switchback_version(), rb"^\d+\.\d+\.\d+$")
        nowhere = os.fsencode(self.path("nowhere"))
        self.assertEqual(library.switchback_open(nowhere, None, ctypes.byref(store), None), 3)
        self.assertIsNone(store.value)

    def test_it_installs_below_a_destdir(self):
        root = self.path("root")
        run("cmake", "--install", BUILD, "--prefix", "/opt/sb", "--component", "development",
            "--strip", env={"DESTDIR": root})
        self.assertEqual({name.split("/")[:2] == ["opt", "sb"] for name in files_below(root)}, {True})


if __name__ == "__main__":
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    C_COMPILER = sys.argv.pop(3)
    COMPILER = sys.argv.pop(2)
    BUILD = sys.argv.pop(1)
    unittest.main(verbosity=1)
