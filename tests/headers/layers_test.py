#!/usr/bin/env python3
"""Each folder includes only what lies below it.

Layers of store/, lowest first: types, codec, list, engine, history, api, c. What serves a store and is
a client of that (files, wire, service, client) knows of these the lowest and the public headers. Public headers know no
layer, and nothing but the standard library. The C header is for the layer c and programs in C: in
C++ nothing leans on it. RocksDB is known to the engine, its tests and the micro benchmarks alone; cli and the
benchmarks that compare know nothing of the store but its public headers. The rules are checked on
a made-up tree first, so that a checker gone blind is noticed.

usage: layers_test.py SOURCE_FOLDER
"""

import os
import re
import sys
import tempfile

LAYERS = ("types", "codec", "list", "engine", "history", "api", "c", "files", "wire", "service", "client")
# Components of their own: what they may include beside themselves.
COMPONENTS = {"files": ("types",), "wire": ("types", "codec", "list"), "service": ("types", "list", "files", "wire"),
              "client": ("types", "codec", "list", "files", "wire")}
# Components that stand on the whole library and are not layers below one another.
PUBLIC_ONLY = ("cli", "bench/compare", "tests/c", "tests/cli", "tests/real_data")
C_HEADER = "switchback/switchback.h"
C_HEADER_ALLOWED = ("store/c", "tests/c", "tests/package/c_embedder")
# Benchmarks measure the bare RocksDB beside the store: their floor, and a peer.
ROCKSDB_ALLOWED = ("store/engine", "tests/engine", "tests/faults", "bench")
SOURCE = (".h", ".cc", ".c")
STANDARD = re.compile(r"[a-z0-9_]+$")
STANDARD_OF_C = ("stddef.h", "stdint.h")
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.M)


def is_within(path, folders):
    return any(path.startswith(folder + "/") for folder in folders)


def layer_of_include(name):
    """The layer that an include names, by its first folder; None for anything else."""
    first = name.split("/", 1)[0]
    return first if "/" in name and first in LAYERS else None


def fault(path, bracket, name):
    """Why the file at `path` must not include `name`, or None."""
    if name.startswith("rocksdb/"):
        return None if is_within(path, ROCKSDB_ALLOWED) else "RocksDB is the engine's alone"
    if name == C_HEADER and not is_within(path, C_HEADER_ALLOWED):
        return "the C header is for the layer c and programs in C"
    if name.startswith("switchback/"):
        return None if bracket == '"' else 'public headers are included with ""'
    layer = layer_of_include(name)
    if path.startswith("store/include/"):
        if layer is not None:
            return "a public header knows no layer"
        # Whoever installs the headers needs nothing beside them.
        standard = name in STANDARD_OF_C if path.endswith(C_HEADER) else STANDARD.match(name)
        return None if standard else "a public header needs the standard library alone"
    if layer is None:
        return None
    if is_within(path, PUBLIC_ONLY):
        return "only public headers may be included here"
    own = path.split("/")[1] if path.startswith("store/") else None
    if own in COMPONENTS and layer != own and layer not in COMPONENTS[own]:
        return f"{own} knows nothing of {layer}"
    if own in LAYERS and LAYERS.index(layer) > LAYERS.index(own):
        return f"{own} lies below {layer}"
    return None


def sources(root):
    for top in ("store", "cli", "bench", "tests"):
        for folder, _, names in os.walk(os.path.join(root, top)):
            for name in sorted(names):
                if name.endswith(SOURCE):
                    yield os.path.relpath(os.path.join(folder, name), root)


def faults(root):
    found, count = [], 0
    for path in sources(root):
        with open(os.path.join(root, path), encoding="utf-8") as file:
            text = file.read()
        count += 1
        for match in INCLUDE.finditer(text):
            why = fault(path, *match.groups())
            if why:
                line = text.count("\n", 0, match.start(2)) + 1
                found.append(f'{path}:{line}: includes {match.group(2)}: {why}')
    return found, count


def check_the_checker():
    bad = {
        "store/types/a.cc": '#include "codec/bytes.h"',
        "store/include/switchback/b.h": '#pragma once\n#include "types/ascii.h"',
        "store/include/switchback/c.h": "#include <rocksdb/db.h>",
        "store/include/switchback/m.h": "#include <fmt/format.h>",
        "store/include/switchback/n.h": "#include <xxhash.h>",
        "store/history/d.cc": '  #  include "rocksdb/db.h"',
        "store/list/e.h": '#include "engine/engine.h"',
        "cli/f.cc": '#include "list/script.h"',
        "tests/cli/g.cc": '#include "api/open.h"',
        "store/api/h.cc": "#include <switchback/store.h>",
        "store/api/p.cc": '#include "c/handles.h"',
        "store/include/switchback/switchback.h": "#include <cstdint>",
        "store/include/switchback/q.h": "#include <stdint.h>",
        "cli/r.cc": '#include "switchback/switchback.h"',
        "tests/c/s.c": '#include "c/handles.h"',
        "store/service/v.cc": '#include "api/open.h"',
        "store/wire/x.cc": '#include "files/private_file.h"',
        "store/client/w.cc": '#include "service/http.h"',
    }
    good = {
        "store/engine/i.cc": "#include <rocksdb/db.h>",
        "store/include/switchback/o.h": '#include <cstdint>\n#include "switchback/types.h"',
        "store/api/j.cc": '#include "history/history.h"\n#include <vector>',
        "store/list/k.cc": '#include "switchback/text.h"\n#include "list/chunk.h"',
        "tests/list/l.cc": '#include "list/chunk.h"',
        "store/c/t.cc": '#include "switchback/switchback.h"\n#include "switchback/store.h"',
        "tests/c/u.c": '#include "switchback/switchback.h"',
        "cli/m.cc": '#include "switchback/store.h"\n#include "commands/log.h"',
    }
    with tempfile.TemporaryDirectory() as root:
        for path, text in {**bad, **good}.items():
            os.makedirs(os.path.dirname(os.path.join(root, path)), exist_ok=True)
            with open(os.path.join(root, path), "w", encoding="utf-8") as file:
                file.write(text + "\n")
        found, count = faults(root)
    named = {text.split(":")[0] for text in found}
    if named != set(bad) or count != len(bad) + len(good):
        sys.exit(f"the checker itself is wrong: it blames {sorted(named)}")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    check_the_checker()
    found, count = faults(sys.argv[1])
    if count == 0:
        sys.exit(f"{sys.argv[1]}: no sources found; expected the folder that holds store/")
    print("\n".join(found) or f"{count} files include only what lies below them")
    sys.exit(1 if found else 0)


if __name__ == "__main__":
    main()
