"""Imports five years of published cloud ranges and compares every list with checksums that were taken
from the published files themselves."""

import json
import os

from real_data import Store, check, same, sorted_sha256, start

REVISIONS = 3413
VERSIONS = 7091
IDS = 23
LAST_ENDPOINTS = 253_231


def check_lists(store, revision, expected, ids):
    """Every ID as of a revision: as the checksums say, or empty or absent where they name none."""
    for name in ids:
        address = f"{name}@r{revision}"
        if name not in expected:
            listed = store.run("list", name, "--at", f"r{revision}", "--format", "json")
            counts = [json.loads(line)["count"] for line in listed.splitlines()]
            check(counts in ([], [0]), f"{address} is not in the checksums, yet has {counts}")
            continue
        text = store.run("get", address)
        same(len(text.splitlines()), expected[name]["count"], f"endpoints of {address}")
        same(sorted_sha256(text), expected[name]["sha256"], f"checksum of {address}")


def main():
    program, (history, checkpoints) = start("cloud-ranges.jsonl.zst",
                                            "cloud-ranges.checkpoints.json")
    with open(checkpoints, encoding="utf-8") as file:
        states = json.load(file)
    ids = sorted({name for lists in states.values() for name in lists})
    same(len(ids), IDS, "business IDs named by the checksums")

    store = Store(program)
    imported = store.json("import", history)
    same(imported["revision"], REVISIONS, "newest revision")
    same(imported["revisions"], REVISIONS, "revisions made")
    for line, expected in states.items():
        check_lists(store, int(line) + 1, expected, ids)  # lines count from 0, revisions from 1

    stats = store.json("stats")
    same((stats["ids"], stats["versions"], stats["revisions"]), (IDS, VERSIONS, REVISIONS), "stats")
    listed = [json.loads(line) for line in store.run("list", "--format", "json").splitlines()]
    same(sum(one["count"] for one in listed), LAST_ENDPOINTS, "endpoints at the end")
    check(store.json("verify")["ok"], "verify finds damage")

    # Running it again adds nothing; compacting changes no answer.
    same(store.json("import", history)["revision"], None, "revision of a second import")
    store.run("compact")
    for line in (min(states, key=int), max(states, key=int)):
        check_lists(store, int(line) + 1, states[line], ids)

    # All lines as one revision are the same table, and a table that is copied stays the same.
    folded = Store(program)
    applied = folded.json("apply", "--one-revision", history, "-m", "five years at once")
    same((applied["revision"], len(applied["changes"])), (1, IDS), "a history folded")
    check_lists(folded, 1, states[max(states, key=int)], ids)
    table = os.path.join(store.folder.name, "table.jsonl")
    copied = Store(program)
    for number, line in enumerate(sorted(states, key=int), 1):
        with open(table, "wb") as file:
            file.write(store.run("get", "--all", "--at", f"r{int(line) + 1}"))
        same(copied.json("apply", "--table", table)["revision"], number, f"table of line {line}")
        check_lists(copied, number, states[line], ids)
    copied.run("diff", "--all", "--against", table, "--exit-code")
    folded.run("diff", "--all", "--against", table, "--exit-code")
    check(folded.json("verify")["ok"] and copied.json("verify")["ok"], "verify finds damage")

    # Back by one command to the state after the second checksummed line, and that is what is there.
    line = sorted(states, key=int)[1]
    store.run("restore", "--all", "--to", f"r{int(line) + 1}", "--expect-head", f"r{REVISIONS}")
    check_lists(store, REVISIONS + 1, states[line], ids)
    check(store.json("verify")["ok"], "verify finds damage after the restore")


main()
