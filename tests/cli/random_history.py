"""A history in the form of export, of changes of all kinds."""


def random_history(random_source, revisions):
    """Adds, removes, changes, empties, deletes and births, over a handful of IDs."""
    table = {}
    lines = []
    values = ["", " weight=0", " weight=100", " weight=7 zone=a", " note=\\\"x zone=b"]
    for number in range(revisions):
        changes = {}
        for business in random_source.sample(["a", "b/1", "c:2", "d_3", "394521"],
                                             random_source.choice([1, 1, 1, 2, 4])):
            before = table.get(business)
            if before is not None and random_source.random() < 0.07:
                changes[business] = {"delete": True,
                                     "remove": [k + v for k, v in before.items()]}
                del table[business]
                continue
            after = dict(before or {})
            for _ in range(random_source.choice([0, 1, 1, 3, 60])):
                key = random_source.choice([
                    f"10.0.{random_source.randrange(3)}.{random_source.randrange(256)}:80",
                    f"10.{random_source.randrange(8)}.0.0/16",
                    f"[2001:db8::{random_source.randrange(1, 99):x}]:443"])
                after[key] = random_source.choice(values)
            for key in random_source.sample(sorted(after), len(after) // 4):
                del after[key]
            if before is not None and after == before:
                continue
            old = before or {}
            change = {"add": [k + v for k, v in after.items() if old.get(k) != v],
                      "remove": [k + v for k, v in old.items() if after.get(k) != v]}
            changes[business] = {name: texts for name, texts in change.items()
                                 if texts or (name == "add" and not change["remove"])}
            table[business] = after
        if changes:
            lines.append({"time": f"2026-10-{number // 1440 + 1:02}T{number // 60 % 24:02}:"
                                  f"{number % 60:02}:00.5Z",
                          "author": random_source.choice(["ann", "b\u00e9n", "\u738b"]),
                          "message": random_source.choice(["", "why \"so\"\n", "m"]),
                          "ticket": random_source.choice(["", "OPS-1"]), "changes": changes})
    return lines
