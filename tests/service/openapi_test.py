"""Holds doc/openapi.yaml against itself, against the routes in store/service, and against a running service."""

import copy
import dataclasses
import http.client
import json
import os
import pathlib
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

try:
    import jsonschema
    import yaml
except ImportError as missing:
    print(f"skipped: {missing} (tools/install-dependencies --dev)")
    sys.exit(77)

ROOT = pathlib.Path(__file__).resolve().parents[2]
SERVICE = ROOT / "store" / "service"
METHODS = {"get", "put", "post", "delete", "patch", "head", "options", "trace"}

# Calls that pass over what they do not know.
TAKE_ANYTHING = {"healthz", "readyz", "metrics"}


# -- The contract -----------------------------------------------------------------------------------


class StrictLoader(yaml.SafeLoader):
    """Refuses a key that stands twice, of which others take the last."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        for key in keys:
            if keys.count(key) > 1:
                raise yaml.constructor.ConstructorError(None, None, f"{key!r} stands twice", node.start_mark)
        return super().construct_mapping(node, deep)


def walk(value, place=""):
    """Every value below, with its place as a JSON pointer."""
    yield place, value
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from walk(inner, f"{place}/{str(key).replace('~', '~0').replace('/', '~1')}")


def closed(schema):
    """As `schema`, but without any key that it does not name: what this service sends, it names."""
    schema = copy.deepcopy(schema)
    for _, inner in walk(schema):
        if isinstance(inner, dict) and inner.get("type") == "object":
            inner.setdefault("additionalProperties", False)
    return schema


class Contract:
    def __init__(self):
        with open(ROOT / "doc" / "openapi.yaml") as file:
            self.document = yaml.load(file, StrictLoader)
        # YAML takes what looks like a date for one; in JSON it is a text.
        json.dumps(self.document)
        self.operations = {}
        self.routes = {}
        for path, methods in self.document["paths"].items():
            for method in METHODS & set(methods):
                operation = methods[method]
                name = operation["operationId"]
                assert name not in self.operations, f"{name} stands twice"
                self.operations[name] = operation
                self.routes[name] = (method.upper(), path)
        self.definitions = closed(self.local(self.document["components"]["schemas"]))

    def find(self, pointer):
        value = self.document
        for part in pointer.removeprefix("#/").split("/"):
            part = part.replace("~1", "/").replace("~0", "~")
            value = value[int(part)] if isinstance(value, list) else value[part]
        return value

    def follow(self, value):
        return self.find(value["$ref"]) if "$ref" in value else value

    @staticmethod
    def local(schema):
        """With references as a schema that stands alone has them."""
        schema = copy.deepcopy(schema)
        for _, inner in walk(schema):
            if isinstance(inner, dict) and isinstance(inner.get("$ref"), str):
                inner["$ref"] = inner["$ref"].replace("#/components/schemas/", "#/$defs/")
        return schema

    def faults(self, value, schema):
        """What of `value` is not as the schema says."""
        whole = {"$defs": self.definitions, "allOf": [closed(self.local(schema))]}
        found = jsonschema.Draft202012Validator(whole).iter_errors(value)
        return [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message}" for fault in found]

    def parameters(self, name):
        path = self.document["paths"][self.routes[name][1]]
        both = path.get("parameters", []) + self.operations[name].get("parameters", [])
        return [self.follow(one) for one in both]

    def schemas(self):
        """Every schema, with its place."""
        for place, value in walk(self.document):
            if re.fullmatch(r"/components/schemas/[^/]+", place) or (
                    place.endswith("/schema") and not place.startswith("/components/schemas/")):
                yield place, value


CONTRACT = Contract()


class LintTest(unittest.TestCase):
    maxDiff = None

    def test_is_openapi_3_1(self):
        self.assertEqual(CONTRACT.document["openapi"], "3.1.0")
        for key in ("info", "paths", "components"):
            self.assertIn(key, CONTRACT.document)

    def test_references_resolve(self):
        used = set()
        for place, value in walk(CONTRACT.document):
            if isinstance(value, dict) and "$ref" in value:
                with self.subTest(place=place):
                    self.assertIsNotNone(CONTRACT.find(value["$ref"]))
                used.add(value["$ref"])
        for kind, names in CONTRACT.document["components"].items():
            if kind == "securitySchemes":
                continue
            unused = [name for name in names if f"#/components/{kind}/{name}" not in used]
            self.assertEqual(unused, [], f"{kind} that nothing names")

    def test_schemas_are_schemas(self):
        for place, schema in CONTRACT.schemas():
            with self.subTest(place=place):
                jsonschema.Draft202012Validator.check_schema(CONTRACT.local(schema))

    def test_required_keys_are_described(self):
        for place, schema in walk(CONTRACT.document["components"]["schemas"]):
            if isinstance(schema, dict) and schema.get("type") == "object" and "required" in schema:
                with self.subTest(place=place):
                    self.assertLessEqual(set(schema["required"]), set(schema.get("properties", {})))

    # What a client sends is done in full or refused; what it gets may have more than it knows.
    def test_only_requests_are_closed(self):
        asked = set()
        said = set()
        for operation in CONTRACT.operations.values():
            asked |= self.named(operation.get("requestBody", {}))
            said |= self.named(operation["responses"])
        schemas = CONTRACT.document["components"]["schemas"]
        for name in asked:
            for place, schema in walk(schemas[name]):
                if isinstance(schema, dict) and schema.get("type") == "object":
                    self.assertIs(schema.get("additionalProperties"), False, f"{name}{place}")
        for name in said - asked:
            for place, schema in walk(schemas[name]):
                if isinstance(schema, dict):
                    self.assertNotIn("additionalProperties", schema, f"{name}{place}")

    def named(self, value):
        """The schemas that `value` names, and those that they name."""
        names = set()
        waiting = [value]
        while waiting:
            for _, inner in walk(waiting.pop()):
                if not isinstance(inner, dict) or not isinstance(inner.get("$ref"), str):
                    continue
                if inner["$ref"].startswith("#/components/schemas/"):
                    if inner["$ref"] in names:
                        continue
                    names.add(inner["$ref"])
                waiting.append(CONTRACT.find(inner["$ref"]))
        return {name.rpartition("/")[2] for name in names}

    def test_parameters_of_paths_are_declared(self):
        for name, (_, path) in CONTRACT.routes.items():
            with self.subTest(operation=name):
                declared = [one for one in CONTRACT.parameters(name) if one["in"] == "path"]
                self.assertCountEqual(re.findall(r"\{(\w+)\}", path), [one["name"] for one in declared])
                self.assertTrue(all(one["required"] for one in declared))
                places = [(one["in"], one["name"]) for one in CONTRACT.parameters(name)]
                self.assertCountEqual(places, set(places))

    def test_operations_are_complete(self):
        tags = {tag["name"] for tag in CONTRACT.document["tags"]}
        for name, operation in CONTRACT.operations.items():
            with self.subTest(operation=name):
                self.assertLessEqual(set(operation["tags"]), tags)
                self.assertTrue(operation["summary"])
                self.assertIn("200", operation["responses"])
                for status, response in operation["responses"].items():
                    self.assertRegex(status, r"^[2-5]\d\d$")
                    self.assertTrue(CONTRACT.follow(response)["description"])

    def test_examples_fit(self):
        count = 0
        for place, value, schema in self.examples():
            count += 1
            with self.subTest(place=place):
                self.assertEqual(CONTRACT.faults(value, schema), [])
        self.assertGreater(count, 40)

    @staticmethod
    def examples():
        for place, value in walk(CONTRACT.document):
            if not isinstance(value, dict):
                continue
            if isinstance(value.get("schema"), dict):
                if "example" in value:
                    yield place, value["example"], value["schema"]
                for name, example in value.get("examples", {}).items():
                    yield f"{place}/{name}", example["value"], value["schema"]
            elif place.startswith("/components/schemas/") and isinstance(value.get("examples"), list):
                for i, example in enumerate(value["examples"]):
                    yield f"{place}/{i}", example, value


# -- The source -------------------------------------------------------------------------------------


class SourceTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        access = (SERVICE / "access_table.cc").read_text()
        cls.calls = {call: (name, role) for call, name, role in
                     re.findall(r'\{Call::(k\w+), "([^"]+)", k(\w+), k\w+\}', access)}
        routes = (SERVICE / "routes.cc").read_text()
        cls.routes = {}
        for method, path, call, answer, keys in re.findall(
                r'Route\{"(\w+)",\s*"([^"]+)",\s*Call::(\w+),\s*\w+,\s*(\w+)(?:,\s*"([^"]*)")?', routes):
            cls.routes[cls.calls[call][0]] = (method, path, answer, keys)
        cls.found = routes.count("Route{")

    def test_all_is_found(self):
        self.assertEqual(self.found, len(self.routes))
        self.assertEqual(len(self.calls), len(self.routes))

    def test_routes(self):
        self.assertEqual({name: route[:2] for name, route in self.routes.items()}, CONTRACT.routes)

    def test_roles(self):
        self.assertEqual({name: role.lower() for name, role in self.calls.values()},
                         {name: operation["x-switchback-role"]
                          for name, operation in CONTRACT.operations.items()})

    def test_keys_of_bodies(self):
        for name, (_, _, _, keys) in self.routes.items():
            with self.subTest(operation=name):
                body = CONTRACT.operations[name].get("requestBody", {}).get("content", {})
                schema = CONTRACT.follow(body.get("application/json", {}).get("schema", {}))
                self.assertCountEqual(keys.split(), schema.get("properties", {}))

    def test_parameters(self):
        """What each handler takes, by its OnlyParameters or those of the function it hands on to."""
        taken = {}
        for file in SERVICE.glob("*_call*.cc"):
            for function, text in re.findall(r"(?ms)^(?:Result<void>|\w+<\w+>) (\w+)\((.*?)^}", file.read_text()):
                only = re.search(r"OnlyParameters\(\s*\{([^}]*)\}\)", text)
                if only:
                    taken[function] = re.findall(r'"(\w+)"', only[1])
        for name in ("AnswerListReplace", "AnswerListDelete"):
            taken[name] = taken["CommitOne"]
        for name in ("AnswerVersion", "AnswerVersionSummary", "AnswerBlame"):
            taken[name] = taken["AnswerOfVersion"]
        taken["nullptr"] = []
        for name, (method, _, answer, _) in self.routes.items():
            known = taken["AnswerWatch"] if name == "watch" else taken.get(answer, [])
            declared = [one["name"] for one in CONTRACT.parameters(name) if one["in"] == "query"]
            with self.subTest(operation=name):
                self.assertCountEqual(declared, known)
                if method != "POST" and name not in TAKE_ANYTHING:
                    self.assertIn("AnswerWatch" if name == "watch" else answer, taken)


# -- A running service ------------------------------------------------------------------------------

PROGRAM = os.environ.get("SWITCHBACK_PROGRAM", "")
REVISIONS = 300
IDS = ["394521", "edge/1", "edge/2", "core:a", "core:b", "b.c-d_e", "7", "8", "9", "10"]
PATIENCE = 60  # seconds; only a service that hangs takes them


def history():
    """Lines as `import` takes them: every revision changes one to three IDs."""
    chance = random.Random(7)
    lists = {}
    for number in range(REVISIONS):
        changes = {}
        for business_id in chance.sample(IDS, 1 if number % 7 else 3):
            now = lists.setdefault(business_id, {})
            gone = chance.sample(sorted(now), min(len(now), chance.randrange(3)))
            new = {f"10.20.{chance.randrange(4)}.{chance.randrange(1, 255)}:8000":
                   f" weight={chance.choice([1, 50, 100])} zone=z{chance.randrange(3)}" for _ in range(3)}
            new = {key: value for key, value in new.items() if key not in now}
            changes[business_id] = {"remove": [key + now.pop(key) for key in gone],
                                    "add": [key + value for key, value in new.items()]}
            now.update(new)
            if not gone and not new:
                del changes[business_id]
        if changes:
            yield {"time": f"2026-11-{1 + number // 24:02d}T{number % 24:02d}:00:00Z",
                   "author": "ann", "message": f"change {number}", "changes": changes}


class UnixConnection(http.client.HTTPConnection):
    def __init__(self, path):
        super().__init__("localhost", timeout=PATIENCE)
        self.socket_path = path

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(PATIENCE)
        self.sock.connect(self.socket_path)


@dataclasses.dataclass
class Ask:
    """One request of an operation, and the status that it must get. A function is given what was answered to
    requests with a name."""
    path: dict = dataclasses.field(default_factory=dict)
    query: object = ()  # pairs, or a dict
    body: object = None
    headers: dict = dataclasses.field(default_factory=dict)
    status: int = 200
    name: str = ""
    lines: int = 0  # at least so many
    ends: str = ""  # the reason of an error in the last one


ONE = {"id": "394521"}
SLASH = {"id": "edge/1"}
WHO = {"author": "ann", "message": "a test"}
ADD = {"kind": "add", "endpoint": "10.99.0.1:8000 weight=1"}
CHANGE = {"kind": "set", "endpoint": "10.99.0.1:8000 weight=2"}
STEPS = {"id": "steps", "steps": [{"edits": [ADD], "line": 1}, {"edits": [CHANGE]}]}
EDGES = [{"id": "edge/2", "replace": ["10.3.0.2", "10.3.0.1"]}, {"id": "edge/1", "replace": []}]

# What is asked, in this order: reads, then what changes the store, and at last what drops old versions.
CALLS = {
    "healthz": [Ask()],
    "readyz": [Ask()],
    "metrics": [Ask()],
    "store": [Ask(name="store")],
    "lists.read": [
        Ask(ONE, name="list"),
        Ask(SLASH),
        Ask({"id": "edge/2"}, name="edge"),
        Ask(ONE, {"as": "text"}),
        Ask(ONE, {"as": "binary"}),
        Ask(ONE, headers={"Accept": "text/plain"}),
        Ask(ONE, headers={"Accept": "application/vnd.switchback.list"}),
        Ask(ONE, {"version": 1}),
        Ask(ONE, {"at": "head~1"}),
        Ask(ONE, {"at": "2026-11-05T12:00:00Z", "view": 200}),
        Ask(ONE, headers=lambda seen: {"If-None-Match": f'"{seen["list"]["digest"]}"'}, status=304),
        Ask(ONE, lambda seen: {"newer_than": seen["list"]["version"]}, status=204),
        Ask(ONE, {"newer_than": 1}),
        Ask({"id": "none"}, status=404),
        Ask({"id": "not an ID"}, status=400),
        Ask(ONE, {"version": 100_000}, status=404),
        Ask(ONE, {"view": 100_000}, status=404),
        Ask(ONE, {"version": 1, "at": "head"}, status=400),
        Ask(ONE, {"version": 1, "newer_than": 1}, status=400),
        Ask(ONE, {"as": "xml"}, status=400),
    ],
    "lists.contains": [
        Ask(ONE, lambda seen: {"endpoint": seen["list"]["endpoints"][0]}),
        Ask(SLASH, {"endpoint": "10.99.0.9", "view": 250}),
        Ask(ONE, status=400),
    ],
    "lists.history": [Ask(ONE, lines=20), Ask(ONE, {"from": 3, "view": 200}, lines=3),
                      Ask({"id": "none"}, status=404)],
    "lists.lives": [Ask(ONE, lambda seen: {"endpoint": seen["list"]["endpoints"][0].split()[0]}),
                    Ask(ONE, {"endpoint": "10.99.0.9"})],
    "versions.read": [Ask({**ONE, "version": 2}), Ask({**ONE, "version": 2}, {"view": 200}),
                      Ask({**ONE, "version": 100_000}, status=404), Ask({**ONE, "version": "x"}, status=400)],
    "versions.summary": [Ask({**ONE, "version": 2}), Ask({**ONE, "version": 100_000}, status=404)],
    "versions.blame": [Ask(lambda seen: {**ONE, "version": seen["list"]["version"]}), Ask({**ONE, "version": 1})],
    "resolve": [Ask(query={"at": "head~1", "id": "394521"}), Ask(query={"at": "head~1"}),
                Ask(query={"at": "r5^", "view": 100}), Ask(query={"at": "nothing-like-it"}, status=404)],
    "diff": [
        Ask(query={"from_id": "394521", "from_version": 1, "to_id": "394521", "to_version": 9}),
        Ask(query={"from_id": "394521", "from_version": 0, "to_id": "edge/1", "to_version": 2, "view": 250}),
        Ask(query={"from_id": "394521", "from_version": 1}, status=400),
    ],
    "table": [Ask(lines=len(IDS)), Ask(query={"revision": 100, "glob": "edge/*"}, lines=2),
              Ask(query={"prefix": "core:", "backward": 1, "view": 250}, lines=2),
              Ask(query={"revision": 100_000}, status=404)],
    "table.diff": [Ask(query={"from": 1, "to": 200}, lines=len(IDS) - 2), Ask(query={"from": 200, "to": 0}, lines=1)],
    "log": [Ask(lines=250), Ask(query={"from": 10, "view": 200}, lines=10)],
    "records": [Ask(), Ask(query={"from": 10, "view": 200})],
    "revisions.read": [Ask({"revision": 5}), Ask({"revision": 100_000}, status=404)],
    "revisions.changes": [Ask({"revision": 1}, lines=3), Ask({"revision": 5}, {"view": 100}, lines=1)],
    "net-changes": [Ask(body={"revisions": [1, 8, 9]}, lines=3),
                    Ask(query={"view": 200}, body={"revisions": [1], "glob": "*", "ids": IDS}, lines=3),
                    Ask(body={"revisions": [100_000]}, status=404), Ask(body={}, status=400)],
    "who-has": [Ask(query={"address": "10.20.0.0/14"}, lines=10),
                Ask(query={"address": "10.20.1.0/24:8000", "revision": 200, "glob": "*"}, lines=1),
                Ask(query={"address": "nowhere"}, status=400)],
    "who-ever-had": [Ask(query={"address": "10.20.1.0/24"}, lines=10),
                     Ask(query={"address": "10.20.1.0/24", "glob": "edge/*"}, lines=1)],
    "snapshots.create": [
        Ask(body=lambda seen: {"name": "good", "revision": seen["store"]["revision"], "options": WHO}),
        Ask(body={"name": "good", "revision": 1}, status=409),
        Ask(body={"name": "other", "revision": 100_000}, status=404),
        Ask(body={"name": "other"}, status=400),
    ],
    "snapshots.list": [Ask()],
    "snapshots.delete": [Ask(body={"name": "good", "options": WHO}), Ask(body={"name": "good"}, status=404)],
    "lists.replace": [
        Ask({"id": "new/1"}, {**WHO, "dry_run": 1, "buffered": 0}, body="10.1.0.1:80\n"),
        Ask({"id": "new/1"}, {**WHO, "ticket": "T-1", "source": "console", "request_id": "one"}, body="10.1.0.1:80\n",
            headers={"If-None-Match": "*"}),
        Ask({"id": "new/1"}, {**WHO, "ticket": "T-1", "source": "console", "request_id": "one"}, body="10.1.0.1:80\n",
            headers={"If-None-Match": "*"}),
        Ask({"id": "new/1"}, {"request_id": "one"}, body="10.1.0.2:80\n", status=409),
        Ask({"id": "new/1"}, {"buffered": 1}, body="10.1.0.1:80 weight=1 a=b\n", headers={"If-Match": "*"}),
        Ask({"id": "new/1"}, body="10.1.0.2\n", headers={"If-None-Match": "*"}, status=412),
        Ask({"id": "new/1"}, body="10.1.0.2\n", headers={"If-Match": f'"{"0" * 32}"'}, status=412),
        Ask({"id": "new/2"}, body="10.1.0.2\n", headers={"If-Match": "*"}, status=412),
        Ask({"id": "new/1"}, body="10.1.0.2\n", headers={"Switchback-Environment": "other"}, status=421),
        Ask({"id": "new/1"}, body="10.1.0.2\n", headers={"Switchback-Environment": "test"}),
        Ask({"id": "new/1"}, body="no endpoint\n10.0.0.300\n", status=400),
        Ask({"id": "new/1"}, {"message": "m" * 5000}, body="10.1.0.3\n", status=413),
    ],
    "lists.delete": [
        Ask({"id": "new/1"}, {**WHO, "dry_run": 1}),
        Ask({"id": "new/1"}, WHO, headers={"If-Match": "*"}),
        Ask({"id": "new/1"}, WHO, status=404),
        Ask({"id": "new/1"}, WHO, headers={"If-Match": "*"}, status=412),
    ],
    "commits": [
        Ask(body={"ids": [{"id": "394521", "edits": [ADD]}, STEPS],
                  "options": {**WHO, "operation": "apply", "dry_run": True}, "planned": True}),
        Ask(body={"ids": [{"id": "394521", "edits": [ADD]}, STEPS,
                          {"id": "copied", "replace": ["10.2.0.2", "10.2.0.1 weight=3"], "expect": 0}],
                  "options": {**WHO, "operation": "apply", "ticket": "T-2", "source": "test", "request_id": "two",
                              "durability": "synced", "original_time": "2026-11-20T08:00:00+08:00",
                              "bookmark": {"name": "importer", "value": "17"}}}, name="added"),
        Ask(body={"ids": [{"id": "394521", "edits": [CHANGE]}], "options": WHO}),
        Ask(body={"ids": [{"id": "copied", "delete": True,
                           "removes": [{"kind": "remove", "endpoint": "10.2.0.1 weight=3", "match_value": True},
                                       {"kind": "remove", "endpoint": "10.2.0.2"}]}]}),
        Ask(body={"ids": [{"id": "copied", "copy": 1}, {"id": "394521", "edits": [CHANGE], "if_needed": True}],
                  "options": {"durability": "buffered"}}),
        Ask(body={"ids": [{"id": "394521", "expect": 1, "edits": [ADD]}]}, status=409),
        Ask(body={"ids": [{"id": "394521", "edits": [ADD]}], "options": {"expect_head": 1}}, status=409),
        Ask(body={"ids": [{"id": "none", "delete": True}]}, status=404),
        Ask(body={"ids": [{"id": "394521"}]}, status=400),
        Ask(body={"ids": [{"id": "394521", "edits": [], "no_such_key": 1}]}, status=400),
        Ask(body={"ids": [], "options": {"no_such_key": 1}}, status=400),
        Ask(body={}, status=400),
        Ask(body="no JSON", status=400),
    ],
    "bookmarks.read": [Ask(query={"name": "importer"}), Ask(query={"name": "none"}), Ask(status=400)],
    "revert": [
        Ask(body=lambda seen: {"choice": {"revisions": [seen["added"]["revision"]]}, "options": WHO}, status=409),
        Ask(body=lambda seen: {"choice": {"revisions": [seen["added"]["revision"]], "ids": ["394521", "steps"]},
                               "skip_conflicts": True, "planned": True,
                               "options": {**WHO, "operation": "revert", "dry_run": True}}),
        Ask(body=lambda seen: {"choice": {"revisions": [seen["added"]["revision"]]}, "skip_conflicts": True,
                               "options": {**WHO, "operation": "revert"}}),
        Ask(body={"choice": {"revisions": [100_000]}}, status=404),
    ],
    "restore": [
        Ask(body={"targets": [{"id": "394521", "version": 3}], "options": {**WHO, "dry_run": True}, "planned": True}),
        Ask(body={"targets": [{"id": "394521", "version": 3}], "options": {**WHO, "operation": "restore"}}),
        Ask(body={"targets": [{"id": "394521", "version": 3}], "options": WHO}),
        Ask(body={"targets": [{"id": "394521", "version": 3, "expect": 1}]}, status=409),
        Ask(body={"targets": [{"id": "394521", "version": 100_000}]}, status=404),
    ],
    "restore-table": [
        Ask(body={"revision": 250, "options": {**WHO, "dry_run": True}, "planned": True}),
        Ask(body={"revision": 250, "glob": "edge/*", "options": {**WHO, "operation": "restore-all"}}),
        Ask(body={"revision": 100_000}, status=404),
    ],
    "apply-table": [
        Ask(body={"ids": EDGES, "globs": ["edge/*"],
                  "options": {**WHO, "operation": "apply-table", "dry_run": True}, "planned": True}),
        Ask(body={"ids": EDGES, "globs": ["edge/*"],
                  "options": {**WHO, "operation": "apply-table"}}),
        Ask(body={"ids": [{"id": "edge/1", "delete": True}]}, status=400),
    ],
    "sync": [Ask(body={}), Ask()],
    "watch": [
        Ask(query={"after": 0, "wait_ms": 300}, lines=250, name="watched"),
        Ask(query=lambda seen: {"token": seen["watched"][-3]["token"], "wait_ms": 300}, lines=2),
        Ask(query={"after": 0, "glob": "edge/*", "heartbeat_ms": 100, "wait_ms": 250}, lines=20),
        Ask(query=[("after", 0), ("id", "394521"), ("id", "edge/1"), ("wait_ms", 250)], lines=20),
        Ask(query={"wait_ms": 200}, lines=1),
        Ask(query={"token": "nonsense", "wait_ms": 1}, status=400),
        Ask(query={"after": 100_000, "wait_ms": 1}, status=404),
        Ask(query={"heartbeat_ms": 1}, status=400),
    ],
    "stats": [Ask()],
    "probe": [Ask(lines=1)],
    "verify": [Ask(body={}, lines=1)],
    "backups": [Ask(body=lambda seen: {"folder": seen["folder"] + "/backups", "options": WHO}, lines=1),
                Ask(body={"folder": "backups"}, status=400), Ask(body={}, status=400)],
    "drop-checkpoints": [Ask(body={"remake": True}), Ask()],
    "prune": [
        Ask(body={"policy": {"keep_last": 5}, "options": {**WHO, "dry_run": True}}, lines=len(IDS)),
        Ask(body={"policy": {"keep_last": 5, "keep_since": "2026-11-12T00:00:00+08:00", "glob": "*"},
                  "options": WHO}, lines=2),
        Ask(body={"policy": {}}, status=400),
    ],
    "compact": [Ask(lines=1)],
}

# Of a store that was pruned.
AFTER_PRUNE = {
    "lists.read": [Ask(ONE, {"version": 1}, status=410), Ask(ONE, {"view": 100}, status=410)],
    "lists.contains": [Ask(ONE, {"endpoint": "10.20.1.1:8000", "view": 100}, status=410)],
    "lists.history": [Ask(ONE, lines=5), Ask(ONE, {"view": 100}, status=410)],
    "lists.lives": [Ask(ONE, {"endpoint": "10.20.1.1:8000"}),
                    Ask(ONE, {"endpoint": "10.20.1.1:8000", "view": 100}, status=410)],
    "versions.read": [Ask({**ONE, "version": 1}, status=410)],
    "versions.blame": [Ask({**ONE, "version": 1}, status=410),
                       Ask(lambda seen: {"id": "edge/2", "version": seen["edge"]["version"]})],
    "versions.summary": [Ask({**ONE, "version": 1}, status=410)],
    "resolve": [Ask(query={"at": "r100", "id": "394521"}, status=410)],
    "diff": [Ask(query={"from_id": "394521", "from_version": 1, "to_id": "394521", "to_version": 2},
                 status=410)],
    "table": [Ask(query={"revision": 100}, ends="pruned")],
    "table.diff": [Ask(query={"from": 1, "to": 200}, ends="pruned")],
    "log": [Ask(lines=250)],
    "records": [Ask(lines=1)],
    "revisions.changes": [Ask({"revision": 1}, lines=3)],
    "net-changes": [Ask(body={"revisions": [1]}, ends="pruned")],
    "who-has": [Ask(query={"address": "10.20.0.0/16", "revision": 100}, ends="pruned")],
    "who-ever-had": [Ask(query={"address": "10.20.1.0/24"}, lines=1)],
    "snapshots.create": [Ask(body={"name": "old", "revision": 1}, status=410)],
    "commits": [Ask(body={"ids": [{"id": "394521", "copy": 1}]}, status=410)],
    "restore": [Ask(body={"targets": [{"id": "394521", "version": 1}]}, status=410)],
    "restore-table": [Ask(body={"revision": 100}, status=410)],
    "revert": [Ask(body={"choice": {"revisions": [1]}}, status=410)],
    "watch": [Ask(query={"after": 0, "wait_ms": 200}, ends="pruned")],
    "store": [Ask()],
}


@unittest.skipUnless(os.path.isfile(PROGRAM), "set SWITCHBACK_PROGRAM to the built program (CTest does)")
class ServedTest(unittest.TestCase):
    maxDiff = None

    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp(prefix="switchback-openapi-")
        cls.addClassCleanup(shutil.rmtree, cls.folder, ignore_errors=True)
        env = {"PATH": os.environ["PATH"], "HOME": cls.folder, "SWITCHBACK_STORE": cls.folder + "/routes"}
        env.update({name: os.environ[name] for name in os.environ if name.endswith("SAN_OPTIONS")})
        lines = "".join(json.dumps(line) + "\n" for line in history())

        def run(*arguments, **how):
            subprocess.run([PROGRAM, *arguments], env=env, check=True, stdout=subprocess.DEVNULL, **how)
        run("init", "--environment", "test")
        run("import", "-", input=lines.encode())
        config = cls.folder + "/service.json"
        with open(config, "w") as file:
            file.write('{"tokens": "tokens", "limits": {"max_body_bytes": 1000000}}  // no token is known\n')
        cls.errors = open(cls.folder + "/errors", "w+")
        cls.addClassCleanup(cls.errors.close)
        cls.service = subprocess.Popen(
            [PROGRAM, "serve", "--config", config, "--loopback-http", "127.0.0.1:0", "--format", "json"],
            env=env, stdout=subprocess.PIPE, stderr=cls.errors)
        cls.addClassCleanup(cls.stop)
        line = cls.service.stdout.readline()
        if not line:
            cls.errors.seek(0)
            raise AssertionError(f"it does not serve: {cls.errors.read()}")
        cls.announced = json.loads(line)
        cls.seen = {"folder": cls.folder}

    @classmethod
    def stop(cls):
        cls.service.send_signal(signal.SIGTERM)
        code = cls.service.wait(PATIENCE)
        cls.service.stdout.close()
        if code != 0:
            cls.errors.seek(0)
            raise AssertionError(f"the service exited {code}: {cls.errors.read()[-2000:]}")

    def connection(self):
        connection = UnixConnection(self.announced["socket"])
        self.addCleanup(connection.close)
        return connection

    def resolved(self, value):
        return value(self.seen) if callable(value) else value

    def request(self, connection, name, ask, extra_query=()):
        method, path = CONTRACT.routes[name]
        for key, value in self.resolved(ask.path).items():
            path = path.replace("{" + key + "}", urllib.parse.quote(str(value), safe=""))
        query = self.resolved(ask.query)
        query = list(query.items() if isinstance(query, dict) else query) + list(extra_query)
        if query:
            path += "?" + urllib.parse.urlencode(query)
        body = self.resolved(ask.body)
        if body is not None and not isinstance(body, str):
            body = json.dumps(body)
        connection.request(method, path, body=body, headers=self.resolved(ask.headers))
        return connection.getresponse()

    def check(self, name, response, status):
        """That the answer is what the contract says of this status; returns it."""
        body = response.read()
        what = f"{name}: {body[:1000]!r}"
        self.assertEqual(response.status, status, what)
        self.assertIn(str(status), CONTRACT.operations[name]["responses"], what)
        described = CONTRACT.follow(CONTRACT.operations[name]["responses"][str(status)])
        self.check_headers(response, described, what)
        content = described.get("content")
        if not content:
            self.assertEqual(body, b"", what)
            return None
        kind = response.headers["Content-Type"].partition(";")[0]
        self.assertIn(kind, content, what)
        return self.check_body(kind, body, content[kind]["schema"], what)

    def check_headers(self, response, described, what):
        for header, value in response.headers.items():
            ours = header.lower().startswith("switchback-") or header in (
                "ETag", "Vary", "Retry-After", "Allow", "WWW-Authenticate")
            if not ours:
                continue
            known = {key.lower(): key for key in described.get("headers", {})}
            self.assertIn(header.lower(), known, what)
            schema = CONTRACT.follow(described["headers"][known[header.lower()]])["schema"]
            value = int(value) if schema["type"] == "integer" else value
            self.assertEqual(CONTRACT.faults(value, schema), [], f"{what} {header}")

    def check_body(self, kind, body, schema, what):
        if kind == "application/vnd.switchback.list":
            self.assertEqual(body[:1], b"\x01", what)
            return body
        if kind == "text/plain":
            values = [body.decode()]
        elif kind == "application/x-ndjson":
            self.assertTrue(body == b"" or body.endswith(b"\n"), what)
            values = [json.loads(line) for line in body.splitlines()]
        else:
            values = [json.loads(body)]
        for value in values:
            self.assertEqual(CONTRACT.faults(value, schema), [], f"{what}: {value}")
        return values if kind == "application/x-ndjson" else values[0]

    def check_request(self, name, ask):
        """That the contract takes what the service takes."""
        method, _ = CONTRACT.routes[name]
        body = self.resolved(ask.body)
        content = CONTRACT.operations[name].get("requestBody", {}).get("content", {})
        if method == "POST" and body is not None and ask.status not in (400, 413):
            faults = CONTRACT.faults(body, content["application/json"]["schema"])
            self.assertEqual(faults, [], f"{name}: {body}")
        declared = {(one["in"], one["name"].lower()) for one in CONTRACT.parameters(name)}
        query = self.resolved(ask.query)
        for key in dict(query):
            self.assertIn(("query", key), declared, name)
        for key in self.resolved(ask.headers):
            self.assertIn(("header", key.lower()), declared | {("header", "accept")}, name)

    def ask_all(self, calls):
        connection = self.connection()
        for name, asks in calls.items():
            for i, ask in enumerate(asks):
                with self.subTest(operation=name, request=i):
                    self.check_request(name, ask)
                    answer = self.check(name, self.request(connection, name, ask), ask.status)
                    if name == "watch":
                        connection.close()  # as the service does
                    if ask.lines:
                        self.assertGreaterEqual(len(answer), ask.lines, name)
                        self.assertFalse([line for line in answer if "error" in line], name)
                    if ask.ends:
                        self.assertEqual(answer[-1]["error"]["reason"], ask.ends)
                    if ask.name:
                        self.seen[ask.name] = answer

    # In order: one changes what the next one finds.
    def test_1_every_operation_answers_as_described(self):
        self.assertCountEqual(CALLS, CONTRACT.operations)
        for asks in CALLS.values():
            self.assertTrue(any(ask.status == 200 for ask in asks))
        self.ask_all(CALLS)

    def test_2_a_pruned_store(self):
        self.ask_all(AFTER_PRUNE)

    def test_3_what_is_unknown_is_refused(self):
        connection = self.connection()
        for name, asks in CALLS.items():
            ask = next(ask for ask in asks if ask.status == 200)
            content = CONTRACT.operations[name].get("requestBody", {}).get("content", {})
            with self.subTest(operation=name):
                if "application/json" in content:
                    body = {**(self.resolved(ask.body) or {}), "no_such_key": 1}
                    response = self.request(connection, name, dataclasses.replace(ask, body=body))
                    answer = self.check(name, response, 400)
                    self.assertIn("no_such_key", answer["error"]["message"])
                elif name in TAKE_ANYTHING:
                    self.check(name, self.request(connection, name, ask, [("no_such_parameter", 1)]), 200)
                else:
                    response = self.request(connection, name, ask, [("no_such_parameter", 1)])
                    answer = self.check(name, response, 400)
                    self.assertIn("no_such_parameter", answer["error"]["message"])

    def test_4_paths_and_methods(self):
        connection = self.connection()
        paths = {}
        for method, path in CONTRACT.routes.values():
            paths.setdefault(path, set()).add(method)
        names = {path: name for name, (_, path) in CONTRACT.routes.items()}
        for path, methods in paths.items():
            for method in {"GET", "PUT", "POST", "DELETE"} - methods:
                with self.subTest(method=method, path=path):
                    connection.request(method, re.sub(r"\{\w+\}", "1", path))
                    response = connection.getresponse()
                    self.assertEqual(set(response.headers["Allow"].split(", ")), methods)
                    self.check(names[path], response, 405)
        connection.request("GET", "/v1/no-such-call")
        response = connection.getresponse()
        self.assertEqual(response.status, 404)
        answer = {"$ref": "#/components/schemas/ErrorAnswer"}
        self.check_body("application/json", response.read(), answer, "no such call")

    def test_5_limits_of_http(self):
        for status, body, headers in ((413, "10.0.0.1\n" * 200_000, {}), (431, "", {"X-Long": "x" * 20_000})):
            with self.subTest(status=status):
                connection = self.connection()
                try:
                    connection.request("PUT", "/v1/lists/7", body, headers)
                except BrokenPipeError:
                    pass  # it was refused before all of it was sent
                response = connection.getresponse()
                self.check("lists.replace", response, status)
        connection = self.connection()
        connection.request("GET", "/v1/lists/%zz")
        self.check("lists.read", connection.getresponse(), 400)

    # On plain HTTP everyone reads, and nobody writes unless it is granted.
    def test_6_who_may(self):
        connection = http.client.HTTPConnection("127.0.0.1", self.announced["loopback_port"], timeout=PATIENCE)
        self.addCleanup(connection.close)
        for name, asks in CALLS.items():
            ask = next(ask for ask in asks if ask.status == 200)
            role = CONTRACT.operations[name]["x-switchback-role"]
            with self.subTest(operation=name):
                if role in ("writer", "admin"):
                    self.check(name, self.request(connection, name, ask), 403)
                if role == "anyone":
                    self.check(name, self.request(connection, name, ask), 200)
                else:
                    token = {"Authorization": "Bearer sbt_1f0c9a3e_" + "A" * 43}
                    response = self.request(connection, name, dataclasses.replace(ask, headers=token))
                    self.assertEqual(response.headers["WWW-Authenticate"], "Bearer")
                    self.check(name, response, 401)

    def test_7_metrics_are_described(self):
        connection = self.connection()
        connection.request("GET", "/metrics")
        families = set(re.findall(r"(?m)^# TYPE (\w+) \w+$", connection.getresponse().read().decode()))
        described = set()
        for row in (ROOT / "doc" / "service.md").read_text().splitlines():
            if row.startswith("| `switchback_"):
                described |= set(re.findall(r"`(switchback_\w+)", row.split(" | ")[0]))
        self.assertEqual(families, described)
        board = json.loads((ROOT / "packaging" / "grafana.json").read_text())
        used = set()
        for panel in board["panels"]:
            self.assertTrue(panel["targets"], panel["title"])
            for target in panel["targets"]:
                used |= set(re.findall(r"\bswitchback_\w+", target["expr"]))
        bases = {re.sub(r"_(bucket|count|sum)$", "", name) if name not in families else name for name in used}
        self.assertEqual(bases - families, set())
        self.assertLessEqual(families - bases, {"switchback_sent_bytes_total", "switchback_denied_not_journaled_total", "switchback_connections_total",
                                                "switchback_head_misses_total", "switchback_files"})


if __name__ == "__main__":
    unittest.main(verbosity=1)
