"""verify: what is damaged, where, what that hits; and the whole part of a damaged store serves."""

import json
import os
import re

from program import ProgramTest, main

IDS = [f"id-{i:03}" for i in range(400)]


class VerifyTest(ProgramTest):
    """400 IDs with three versions each: their rows fill several blocks of a table file."""

    def setUp(self):
        super().setUp()
        self.init()
        lines = []
        for number, name in enumerate(IDS):
            for version in range(3):
                lines.append({"author": "ann", "message": f"m{number}",
                              "changes": {name: {"add": [f"10.{version}.{number // 256}."
                                                         f"{number % 256}:80"]}}})
        self.ok("import", self.history(lines))
        self.ok("compact")

    def tables(self):
        """The table files, with the biggest last: that of the version rows."""
        files = [os.path.join(self.store, name) for name in os.listdir(self.store)
                 if name.endswith(".sst")]
        return sorted(files, key=os.path.getsize)

    def flip(self, file, part):
        """A byte that far into the file, as a part of its length."""
        at = int(os.path.getsize(file) * part)
        with open(file, "r+b") as stream:
            stream.seek(at)
            byte = stream.read(1)
            stream.seek(at)
            stream.write(bytes([byte[0] ^ 0x55]))
        return at

    def damaged(self, *options):
        """The report of a damaged store."""
        ran = self.run_program("verify", "--format", "json", *options)
        self.assertEqual(ran.code, 6, ran.err)
        self.assertEqual(ran.error["reason"], "data_loss")
        self.assertFalse(ran.json["ok"])
        return ran.json

    def test_a_whole_store_is_ok_in_both_ways(self):
        self.assertEqual(self.ok("verify").out, "ok: 400 IDs, 1,200 versions, 1,200 revisions, "
                         "0 chunks, 1,600 endpoints checked\n")
        self.assertEqual(self.ok("verify", "--quick").out, "ok (quick): 400 IDs, 100 versions, "
                         "100 revisions, 0 chunks, 1,200 endpoints checked\n")
        report = self.ok("verify", "--quick", "--format", "json").json
        self.assertEqual((report["ok"], report["quick"], report["damage"]), (True, True, []))
        self.assertFalse(self.ok("verify", "--format", "json").json["quick"])

    def test_a_flipped_byte_is_named_with_its_file_and_with_the_versions_that_it_hits(self):
        file = self.tables()[-1]
        at = self.flip(file, 0.6)
        report = self.damaged()
        place = re.compile(re.escape(os.path.basename(file)) + r" at byte (\d+) \((\d+) bytes\)")
        hit = {}
        for one in report["damage"]:
            found = place.fullmatch(one["where"])
            self.assertTrue(found, one)
            begin, size = map(int, found.groups())
            self.assertTrue(begin <= at < begin + size + 5, one)
            self.assertTrue(one["consequence"])
            if one["id"] is not None:
                hit[one["id"]] = range(one["version"], one["last_version"] + 1)
        self.assertGreater(len(hit), 1)
        self.assertLess(len(hit), len(IDS) - 1)
        # Exactly what it names can't be read.
        for name in [min(hit), max(hit), *IDS[:2], *IDS[-2:]]:
            for version in (1, 2, 3):
                ran = self.run_program("get", f"{name}@{version}")
                self.assertEqual(ran.code, 6 if version in hit.get(name, []) else 0, ran.err)
        text = self.run_program("verify").out
        self.assertIn(f"\n    in {os.path.basename(file)} at byte ", text)
        self.assertRegex(text, r"\n    hits id-\d+ @\d( to @\d)?\n")

    def test_the_whole_part_is_served(self):
        self.flip(self.tables()[-1], 0.6)
        hit = sorted({one["id"] for one in self.damaged()["damage"] if one["id"]})
        whole = [name for name in IDS if name not in hit]
        for name in (whole[0], whole[-1]):
            self.assertEqual(len(self.ok("get", name).out.splitlines()), 3)
            self.assertEqual(len(self.ok("log", name, "--format", "json").lines), 3)
        # Heads are elsewhere, with these lists in them.
        self.assertEqual(len(self.ok("get", "--all").lines), 401)
        for arguments, left in ((["list"], "id"), (["log"], "revision")):
            ran = self.run_program(*arguments, "--format", "json")
            self.assertEqual(ran.code, 6)
            self.assertGreater(len(ran.lines), 100)
            self.assertEqual(ran.error["reason"], "data_loss")
            self.assertTrue(ran.error["items"])
            self.assertIn("left out", ran.error["message"])
            told = [line[left] for line in ran.lines]
            self.assertEqual(len(told), len(set(told)))
            if left == "id":
                self.assertTrue(set(whole) <= set(told))
        self.assertEqual(len(self.ok("list", whole[0][:5] + "*").out.splitlines()), 11)
        self.ok("restore", f"{whole[0]}@1", "--expect", "3", "-m", "back")
        self.assertEqual(len(self.ok("get", whole[0]).out.splitlines()), 1)
        self.fails(6, "restore", f"{hit[1]}@1")
        back = self.ok("restore", "--all", "--to", "r1000", "--ids", whole[0], "--format", "json")
        self.assertEqual([one["id"] for one in back.json["changes"]], [whole[0]])
        self.assertEqual(len(self.ok("get", whole[0]).out.splitlines()), 3)
        self.fails(6, "export")

    def test_a_change_heals_a_damaged_head(self):
        self.flip(self.tables()[0], 0.5)
        report = self.damaged()
        self.assertTrue(all(one["what"].startswith("head row of ") and one["version"] is None
                            for one in report["damage"]), report["damage"][:3])
        hit = [one["id"] for one in report["damage"]]
        self.assertFalse(self.damaged("--quick")["ok"])
        self.assertEqual(len(self.ok("get", hit[0]).out.splitlines()), 3)
        self.assertEqual(len(self.ok("list").out.splitlines()), 401)
        self.assertEqual(len(self.ok("get", "--all").lines), 401)
        lines = "".join(json.dumps({"changes": {name: {"add": ["10.9.0.1"]}}}) + "\n"
                        for name in hit)
        self.ok("apply", self.write("touch.jsonl", lines), "--one-revision")
        self.assertEqual(len(self.ok("get", hit[-1]).out.splitlines()), 4)

    def test_a_file_that_is_gone_is_named(self):
        file = self.tables()[-1]
        os.remove(file)
        report = self.damaged()
        self.assertIn(os.path.basename(file), json.dumps(report["damage"]))


if __name__ == "__main__":
    main()
