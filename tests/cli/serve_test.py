#!/usr/bin/env python3
"""`switchback serve`: what commands do is the same whether they open the store or ask who serves it;
a restore lands while the store is held; a killed service loses nothing that it acknowledged."""

import contextlib
import http.client
import json
import os
import signal
import socket
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


def forward_until(listener, port, last):
    """Hands requests on to the port; nobody is there any more once one that begins with `last` is answered."""
    while True:
        client, _ = listener.accept()
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            while request := client.recv(1 << 20):
                server.sendall(request)
                if not request.startswith(last):
                    client.sendall(server.recv(1 << 20))
                    continue
                client.sendall(server.recv(1 << 20))
                listener.close()
                return


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

    def test_a_service_that_goes_right_after_a_write_is_no_missing_id(self):
        self.init()
        self.write("config.json", json.dumps({"loopback_http": "127.0.0.1:0", "loopback_grants": [{"role": "writer"}]}))
        with self.service("--config", self.path("config.json")) as service:
            with socket.create_server(("127.0.0.1", 0)) as gone:
                url = f"http://127.0.0.1:{gone.getsockname()[1]}"
                thread = threading.Thread(target=forward_until, args=(
                    gone, service.about["loopback_port"], b"POST /v1/commits"))
                thread.start()
                failed = self.fails(8, "--server", url, "--format", "json", "set", "a", stdin="10.0.0.1:80\n")
                thread.join()
            self.assertEqual((failed.error["committed"], failed.error["last_revision"]), ("yes", 1))
            self.assertEqual(self.ok("get", "a").out, "10.0.0.1:80\n")

    def test_a_log_that_nobody_reads_holds_up_nothing(self):
        self.init()
        unread, stderr = os.pipe()
        process = subprocess.Popen([PROGRAM, "--store", self.store, "--format", "json", "serve", "--loopback-http", "[::1]:0"],
                                   stdout=subprocess.PIPE, stderr=stderr, env=self.env)
        try:
            os.close(stderr)
            about = json.loads(process.stdout.readline())
            url = f"http://[::1]:{about['loopback_port']}"
            # Some 200 bytes each: a pipe takes 64 KiB.
            connection = http.client.HTTPConnection("::1", about["loopback_port"], timeout=30)
            for _ in range(2000):
                connection.request("GET", "/healthz")
                self.assertEqual(connection.getresponse().read(), b"ok\n")
            connection.close()
            self.assertEqual(self.ok("--server", url, "list").out, "")
            begun = time.monotonic()
            process.send_signal(signal.SIGTERM)
            time.sleep(0.2)
            process.send_signal(signal.SIGTERM)  # once more changes nothing
            self.assertEqual(process.wait(timeout=30), 0)
            self.assertLess(time.monotonic() - begun, 20)
            first = os.read(unread, 1 << 16)
            self.assertEqual(json.loads(first.split(b"\n")[0])["call"], "healthz")
        finally:
            process.kill()
            process.wait()
            process.stdout.close()
            os.close(unread)

    def test_tokens_that_help_nobody_are_told_of_at_the_start(self):
        self.init()
        self.write("tokens", '{"format":1}\nrubbish\n')
        os.chmod(self.path("tokens"), 0o600)
        self.write("config.json", json.dumps({"tokens": "tokens", "loopback_http": "127.0.0.1:0"}))
        for expected in ("tokens line 2", "there is no token yet"):
            with open(self.path("serve.log"), "wb") as log:
                process = subprocess.Popen([PROGRAM, "--store", self.store, "serve", "--config", self.path("config.json")],
                                           stdout=subprocess.PIPE, stderr=log, env=self.env, cwd=self.folder)
                process.stdout.readline()
                process.send_signal(signal.SIGTERM)
                self.assertEqual(process.wait(), 0)
                process.stdout.close()
            self.assertIn(expected, self.read("serve.log"))
            if os.path.exists(self.path("tokens")):
                os.remove(self.path("tokens"))


if __name__ == "__main__":
    program.main()
