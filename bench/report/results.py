"""Results in files: read with their shape checked, written whole or not at all."""

import json
import os

from report import micro, peers
from report.run import Failed

PARTS = {"micro": micro.PROGRAMS, "targets": ("targets",), "compare": ("compare",)}
NAMES = ("machine", *micro.PROGRAMS, "targets", "compare")


class BadResults(Failed):
    """A results file that can't be read: its name and why."""


# -- Shapes ----------------------------------------------------------------------------------------
# A type, a set of allowed words, [shape] for a list, {name: shape} for an object, where a name with
# "?" may be missing or null, and {str: shape} for an object of any names. Other names are let pass.

NUMBER = (int, float)
MACHINE = {"date": str, "revision": str, "processor": str, "cores": int, "memory_gib": NUMBER,
           "system": str, "kernel": str, "file_system": str, "load_at_start": NUMBER,
           "quick?": bool, "versions": {str: str}}
BENCHMARK = {"name": str, "us": NUMBER, "cpu_us": NUMBER, "floor?": str,
             "items_per_second?": NUMBER}
TARGET = {"name": str, "what": str, "target": str, "measured": NUMBER, "unit": str, "met": bool,
          "floor?": {"what": str, "value": NUMBER}, "ratio?": NUMBER, "note?": str}
QUESTION = {"warm_us": NUMBER, "cold_us?": NUMBER, "count?": int}
RUN = {"system": set(peers.SYSTEMS), "history": str, "limit?": int, "answers?": str,
       "revisions": int, "bytes": NUMBER, "bytes_per_revision": NUMBER,
       "settings?": [{"name": str, "value": str}], "import": {"revisions_per_second": NUMBER},
       "compact": {"seconds": NUMBER}, "peak_memory_bytes": {"import": NUMBER,
                                                             "questions": NUMBER},
       "questions": {str: QUESTION}}
NO_RUN = {"system": set(peers.SYSTEMS), "history": str, "limit?": int, "failure": str}
HISTORY = {"name": str, "title": str, "what": str, "limit?": int, "missing": str,
           "zstd_19_bytes?": NUMBER}


def check(value, shape, where=""):
    """Fails with the place of the first value that has another shape."""
    if shape is RUN and isinstance(value, dict) and "failure" in value:
        shape = NO_RUN
    kind = type(shape) if isinstance(shape, (list, dict)) else shape
    if isinstance(shape, set):
        if value not in tuple(shape):
            raise ValueError(f"{where}: {json.dumps(value)} is none of {', '.join(sorted(shape))}")
    elif not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool):
        names = {list: "a list", dict: "an object", str: "a text", bool: "true or false"}
        raise ValueError(f"{where or 'all of it'} is not {names.get(kind, 'a number')}")
    elif isinstance(shape, list):
        for index, item in enumerate(value):
            check(item, shape[0], f"{where}[{index}]")
    elif isinstance(shape, dict):
        check_names(value, shape, where + "." if where else "")


def check_names(value, shape, above):
    for name, inner in shape.items():
        if name is str:
            for key, item in value.items():
                check(item, inner, above + key)
        elif name.endswith("?"):
            if value.get(name[:-1]) is not None:
                check(value[name[:-1]], inner, above + name[:-1])
        elif name not in value:
            raise ValueError(f"{above}{name} is missing")
        else:
            check(value[name], inner, above + name)


def shape_of(name, value):
    if name == "machine":
        return {"parts": {str: MACHINE}} if isinstance(value, dict) and "parts" in value else \
            MACHINE
    if name == "targets":
        return {"quick?": bool, "rows": [TARGET]}
    if name == "compare":
        return {"quick?": bool, "histories": [HISTORY], "runs": [RUN], "growth": [RUN]}
    return {"benchmarks": [BENCHMARK]}


def not_a_number(text):
    raise ValueError(f"{text} is not a number")


def read(file, name):
    try:
        with open(file, encoding="utf-8") as source:
            value = json.load(source, parse_constant=not_a_number)
        check(value, shape_of(name, value))
    except (ValueError, RecursionError) as error:
        raise BadResults(f"{file}: broken results: {error}") from None
    return value


def load(folder, parts=tuple(PARTS)):
    """{name: results} of the files of these parts, and of machine.json, that are there."""
    names = ["machine"] + [name for part in parts for name in PARTS[part]]
    files = {name: os.path.join(folder, f"{name}.json") for name in names}
    return {name: read(file, name) for name, file in files.items() if os.path.exists(file)}


# -- What each part was measured on ----------------------------------------------------------------


def machines(results):
    """{part: record} of the parts that are there; older results have one record for all."""
    machine = results["machine"]
    found = {}
    for part, names in PARTS.items():
        there = [results[name] for name in names if name in results]
        record = machine["parts"].get(part) if "parts" in machine else machine
        if there:
            quick = any(result.get("quick") for result in there)
            found[part] = {**(record or {}), "quick": quick or bool((record or {}).get("quick"))}
    return found


def with_machine(folder, part, record):
    """What goes into machine.json once `part` was measured, beside the records of the others."""
    file = os.path.join(folder, "machine.json")
    earlier = {}
    if os.path.exists(file):
        try:
            old = read(file, "machine")
        except BadResults:  # a run of all parts makes it anew
            return {"parts": {part: record}}
        earlier = old.get("parts") or {name: old for name in PARTS if any(
            os.path.exists(os.path.join(folder, f"{result}.json")) for result in PARTS[name])}
    return {"parts": {**earlier, part: record}}


# -- Writing ---------------------------------------------------------------------------------------


def compact_json(value, depth=0):
    """Lists and objects of the upper two levels a line an entry: small, and a diff can be read."""
    if depth > 1 or not isinstance(value, (dict, list)) or not value:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    if isinstance(value, dict):
        inner = [f"{json.dumps(key)}: {compact_json(item, depth + 1)}"
                 for key, item in value.items()]
        return "{\n" + ",\n".join(inner) + "\n}"
    return "[\n" + ",\n".join(compact_json(item, depth + 1) for item in value) + "\n]"


def write(file, text):
    part = file + ".part"
    try:
        os.makedirs(os.path.dirname(file), exist_ok=True)
        with open(part, "w", encoding="utf-8") as out:
            out.write(text)
        os.replace(part, file)
    except BaseException:
        if os.path.isfile(part):
            os.remove(part)
        raise
