"""Sets one list of 218,000 addresses to its successor of three weeks later: contents, diff and restore."""

import os

from real_data import Store, check, same, sorted_sha256, start, unpack

# From the data's own notes, counted on the files.
LARGE_A = (217_819, "32958f523beca4fe9d4bea593786ce32bd68af65c8037bb2f6a65a346f0e24cb")
LARGE_B = (255_239, "83aa71333a919515d523940536fee0aadfcb1f5dc43ae9b443281899d63d48c1")
LEAVE, COME, CHANGE = 75_280, 112_700, 24_168


def check_list(store, address, expected):
    text = store.run("get", address)
    same(len(text.splitlines()), expected[0], f"endpoints of {address}")
    same(sorted_sha256(text), expected[1], f"checksum of {address}")
    return text


def main():
    program, paths = start("large-a.txt.zst", "large-b.txt.zst")
    store = Store(program)
    for path, expected in zip(paths, (LARGE_A, LARGE_B)):
        text = unpack(path)
        same(sorted_sha256(text), expected[1], f"checksum of {os.path.basename(path)}")
        plain = os.path.join(store.folder.name, os.path.basename(path)[:-len(".zst")])
        with open(plain, "wb") as file:
            file.write(text)
        store.run("set", "feed", plain)
    first = check_list(store, "feed@1", LARGE_A)
    check_list(store, "feed@2", LARGE_B)

    for selectors, added, removed in ((("feed@1", "feed@2"), COME, LEAVE),
                                      (("feed@2", "feed@1"), LEAVE, COME)):
        diff = store.json("diff", *selectors)
        found = (len(diff["added"]), len(diff["removed"]), len(diff["changed"]))
        same(found, (added, removed, CHANGE), f"added, removed, changed of {selectors}")
    # What the diff says, done by hand to the old list, makes the new one.
    diff = store.json("diff", "feed@1", "feed@2")
    lines = set(first.decode().splitlines()) - set(diff["removed"])
    for one in diff["changed"]:
        lines.remove(f"{one['endpoint']} {one['from']}")
        lines.add(f"{one['endpoint']} {one['to']}")
    text = "".join(line + "\n" for line in lines | set(diff["added"])).encode()
    same(sorted_sha256(text), LARGE_B[1], "the old list with the diff applied")

    store.run("restore", "feed@1")
    check_list(store, "feed@3", LARGE_A)
    same(store.run("get", "--digest", "feed@3"), store.run("get", "--digest", "feed@1"), "digest")
    check(store.json("verify")["ok"], "verify finds damage")


main()
