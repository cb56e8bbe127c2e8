#!/usr/bin/env python3
"""`switchback serve`: what commands do is the same whether they open the store or ask who serves it;
a restore lands while the store is held; a killed service loses nothing that it acknowledged."""

import contextlib
import json
import os
import signal
import subprocess
import threading
import time
import unittest

import apply_test
import blame_who_has_test
import diff_test
import log_show_test
import program
import restore_test
import revert_test
import write_test
from program import PROGRAM, ProgramTest


class Service:
    """A `switchback serve` of the store, from when it listens on."""

    def __init__(self, env, folder, store, *options):
        self.log = open(os.path.join(folder, "service.log"), "ab")
        self.process = subprocess.Popen([PROGRAM, "--store", store, "--format", "json", "serve", *options],
                                        stdout=subprocess.PIPE, stderr=self.log, env=env)
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(f"serve ended: {self.process.wait()}")
        self.about = json.loads(line)

    def stop(self, how=signal.SIGTERM):
        self.process.send_signal(how)
        code = self.process.wait()
        self.process.stdout.close()
        self.log.close()
        return code


def served(cls):
    """The tests of `cls` with a store that a service holds, once it is made."""

    class Served(cls):
        def setUp(self):
            self.services = {}
            super().setUp()

        def run_program(self, *arguments, env=None, **how):
            ran = super().run_program(*arguments, env=env, **how)
            if "init" in arguments and ran.code == 0 and self.store not in self.services:
                if not os.path.exists(os.path.join(self.store, "CURRENT")):
                    return ran
                service = Service(self.env, self.folder, self.store)
                self.services[self.store] = service
                self.addCleanup(service.stop)
            return ran

    Served.__name__ = cls.__name__ + "Served"
    Served.__qualname__ = Served.__name__
    return Served


for module in (apply_test, blame_who_has_test, diff_test, log_show_test, restore_test, revert_test,
               write_test):
    for name, cls in list(vars(module).items()):
        if isinstance(cls, type) and issubclass(cls, ProgramTest) and cls is not ProgramTest:
            globals()[name + "Served"] = served(cls)
del cls


class ServeTest(ProgramTest):
    @contextlib.contextmanager
    def service(self, *options):
        service = Service(self.env, self.folder, self.store, *options)
        try:
            yield service
        finally:
            if service.process.poll() is None:
                self.assertEqual(service.stop(), 0)

    def test_every_command_says_the_same_over_a_url(self):
        self.init_with_history()
        asks = (["get", "394521"], ["get", "394521@1", "--format", "json"], ["get", "--all"],
                ["list"], ["list", "--format", "json"], ["log"], ["log", "394521", "--format", "json"],
                ["log", "--by-id"], ["show", "r2"], ["diff", "394521"], ["diff", "--all", "r1"],
                ["blame", "394521"], ["who-has", "10.0.0.0/8"], ["who-has", "10.0.0.0/8", "--history"],
                ["export"], ["verify", "--format", "json"], ["verify", "--quick"], ["snapshot", "list"],
                ["get", "nothing"], ["diff", "394521@99"], ["log", "--since", "nonsense"])
        here = {tuple(ask): self.run_program(*ask) for ask in asks}
        with self.service():
            url = {"SWITCHBACK_STORE": "", "SWITCHBACK_SERVER": "unix:" + self.store}
            for ask in asks:
                with self.subTest(ask=ask):
                    there = self.run_program(*ask, env=url)
                    self.assertEqual((there.code, there.out), (here[tuple(ask)].code, here[tuple(ask)].out))
                    self.assertEqual(self.hide(there.err), self.hide(here[tuple(ask)].err))

    def test_writes_by_url_and_by_store_go_to_the_holder(self):
        self.init()
        with self.service():
            self.ok("set", "a", stdin="10.0.0.1:80\n")
            self.ok("--server", "unix:" + self.store, "set", "a", stdin="10.0.0.2:80\n",
                    env={"SWITCHBACK_STORE": ""})
            self.ok("restore", "a@1")
            self.ok("snapshot", "create", "good")
            self.ok("backup", "create", "backups")
            self.ok("prune", "--keep-last", "2")
            self.ok("compact")
            self.assertEqual(self.ok("get", "a").out, "10.0.0.1:80\n")
            self.fails(5, "set", "a", "--environment", "test", stdin="10.0.0.3:80\n")
            self.fails(7, "serve")
        self.ok("verify")
        self.assertEqual([line["operation"] for line in self.ok("log", "--format", "json").lines],
                         ["restore", "set", "set"])

    def test_a_restore_lands_while_a_thousand_commits_a_second_are_made(self):
        self.init()
        self.ok("set", "id", stdin="10.0.0.1:80\n")
        self.ok("set", "id", stdin="10.0.0.2:80\n")
        with self.service():
            load = self.write("load.jsonl", "".join(
                json.dumps({"changes": {f"l{n % 50}": {"add": [f"10.{n // 62500}.{n // 250 % 250}.{n % 250}"]}}}) + "\n"
                for n in range(20000)))
            writer = subprocess.Popen([PROGRAM, "import", load], env=self.env, stdout=subprocess.DEVNULL)
            time.sleep(0.2)
            self.ok("restore", "id@1")
            self.assertEqual(self.ok("get", "id").out, "10.0.0.1:80\n")
            self.assertEqual(writer.wait(), 0)

    def test_a_killed_service_loses_nothing_that_it_acknowledged(self):
        self.init()
        for moment in (0.05, 0.15, 0.3):
            service = Service(self.env, self.folder, self.store)
            acknowledged = {}
            stop = threading.Event()

            def write(writer):
                n = 0
                while not stop.is_set():
                    n += 1
                    ran = subprocess.run(
                        [PROGRAM, "set", f"w{writer}", "--request-id", f"{moment}-{writer}-{n}", "--format", "json"],
                        input=f"10.{writer}.{n // 250}.{n % 250}:80\n".encode(), capture_output=True,
                        env=self.env, check=False)
                    if ran.returncode == 0:
                        acknowledged[writer] = n

            threads = [threading.Thread(target=write, args=(writer,)) for writer in range(3)]
            for thread in threads:
                thread.start()
            time.sleep(moment)
            service.stop(signal.SIGKILL)
            stop.set()
            for thread in threads:
                thread.join()
            for writer, n in acknowledged.items():
                # The next one may have landed and not been answered.
                self.assertIn(self.ok("get", f"w{writer}").out,
                              [f"10.{writer}.{k // 250}.{k % 250}:80\n" for k in (n, n + 1)])
            self.ok("verify")

    def test_tokens_and_curl(self):
        self.init()
        token = self.ok("token", "create", "deploy", "--role", "writer", "--tokens", "tokens").out.strip()
        self.write("token", token + "\n")
        self.assertNotIn(token.split("_")[2], self.read("tokens"))
        self.write("config.json", json.dumps({"tokens": "tokens", "loopback_http": "127.0.0.1:0"}))
        with self.service("--config", self.path("config.json")) as service:
            url = f"http://127.0.0.1:{service.about['loopback_port']}"
            there = {"SWITCHBACK_STORE": "", "SWITCHBACK_SERVER": url}
            self.fails(5, "set", "a", stdin="10.0.0.1:80\n", env=there)
            self.ok("--token-file", "token", "set", "a", stdin="10.0.0.1:80\n", env=there)
            self.ok("token", "revoke", "deploy", "--tokens", "tokens")
            refused = self.fails(5, "--token-file", "token", "set", "a", stdin="10.0.0.2:80\n", env=there)
            self.assertNotIn(token.split("_")[2], refused.err)
            if subprocess.run(["which", "curl"], capture_output=True, check=False).returncode == 0:
                got = subprocess.run(["curl", "-fsS", url + "/v1/lists/a?as=text"], capture_output=True, check=True)
                self.assertEqual(got.stdout, b"10.0.0.1:80\n")
        self.assertNotIn(token, self.read("service.log"))


if __name__ == "__main__":
    program.main()
