"""The comparison with what a user would pick instead: which system gets which history, the runs,
and whether the answers were the same."""

import dataclasses
import json
import os
import shutil
import time

from report import histories
from report.run import binary, path, run_within, say

OURS = "switchback"
SYSTEMS = (OURS, "sqlite-delta", "sqlite-temporal", "rocksdb-blob", "git", "etcd")
QUESTIONS = ("as_of", "adjacent_diff", "far_diff", "history_busy", "history_median", "restore_one",
             "restore_all")
WORK = path("build", "bench-work")


@dataclasses.dataclass
class Plan:
    """One history, and how many lines of it each system gets (None: all)."""
    history: histories.History
    limits: dict


@dataclasses.dataclass
class Effort:
    cap_seconds: float      # for one process
    row_seconds: float      # of warm questions of one kind
    cold_rounds: int
    queries: int
    restores: int


FULL = Effort(cap_seconds=260, row_seconds=1.5, cold_rounds=3, queries=500, restores=6)
QUICK = Effort(cap_seconds=60, row_seconds=0.3, cold_rounds=2, queries=50, restores=4)
GROWTH = Effort(cap_seconds=60, row_seconds=0.5, cold_rounds=0, queries=200, restores=2)


def plans(quick):
    """Where a system would take too long, it gets the first lines only; the tables say so."""
    everything = {system: None for system in SYSTEMS if system != "etcd"}
    if quick:
        return [Plan(histories.synthetic(2_000), {**everything, "etcd": 500}),
                Plan(histories.large_list(100_000, 50), {**everything, "git": 20}),
                Plan(histories.cloud_ranges(), {**{s: 300 for s in everything}, "etcd": 100})]
    return [Plan(histories.synthetic(100_000), {**everything, "etcd": 3_000}),
            Plan(histories.large_list(1_000_000, 1_000),
                 {**everything, "rocksdb-blob": 200, "git": 20}),
            Plan(histories.asn(), everything),
            Plan(histories.cloud_ranges(), {**everything, "etcd": 300}),
            Plan(histories.large_a_b(), everything)]


def growth_plan(quick):
    """One history in growing lengths: does an answer cost more as history grows?"""
    lengths = (500, 2_000) if quick else (1_000, 10_000, 100_000)
    return histories.synthetic(lengths[-1]), lengths, [s for s in SYSTEMS if s != "etcd"]


# -- One run -------------------------------------------------------------------------------------


def run_one(system, history, limit, effort):
    """The results of one process, or the reason why there are none."""
    say(f"{history.name}: {system}" + (f", first {limit:,} lines" if limit else ""))
    folder, out = os.path.join(WORK, "store"), os.path.join(WORK, "out.json")
    shutil.rmtree(WORK, ignore_errors=True)
    os.makedirs(WORK)
    command = [binary("compare"), "--system", system, "--history", history.file, "--name",
               history.name, "--folder", folder, "--out", out, "--queries", str(effort.queries),
               "--restores", str(effort.restores), "--cold-rounds", str(effort.cold_rounds),
               "--seconds", str(effort.row_seconds)]
    if limit:
        command += ["--limit", str(limit)]
    try:
        took, failure = run_within(effort.cap_seconds, command)
        result = {"system": system, "history": history.name, "limit": limit,
                  "process_seconds": round(took, 1)}
        if failure:
            say(f"{history.name}: {system}: {failure}")
            result["failure"] = failure
        else:
            try:
                with open(out, encoding="utf-8") as file:
                    result.update(json.load(file))
            except (OSError, ValueError) as error:
                result["failure"] = f"failed: its results can't be read: {error}"
        return result
    finally:
        shutil.rmtree(WORK, ignore_errors=True)


# -- Answers -------------------------------------------------------------------------------------


AGREED, DIFFER, NOT_COMPARED = "as switchback's", "differ", "not compared"


def disagreements(ours, theirs):
    """(the questions whose answers differ, those that can't be compared), at the largest number
    that both have answered. No answers are no agreement."""
    differing, unknown = [], []
    for name in QUESTIONS:
        mine, other = ({answer["count"]: answer["hash"] for answer in
                        run.get("questions", {}).get(name, {}).get("answers", ())}
                       for run in (ours, theirs))
        common = mine.keys() & other.keys()
        if not any(mine) or not any(other):
            unknown.append(name)
        elif not any(common) or mine[max(common)] != other[max(common)]:
            differing.append(name)
    return differing, unknown


def judge_answers(ours, theirs):
    if "failure" not in theirs:
        if "failure" in ours:
            theirs["answers"] = f"{NOT_COMPARED}: switchback has no result"
            return
        found = zip((DIFFER, NOT_COMPARED), disagreements(ours, theirs))
        theirs["answers"] = "; ".join(f"{verdict}: {', '.join(names)}"
                                      for verdict, names in found if names) or AGREED


def verdict(run, question):
    """Whether a run's answers to a question were ours: AGREED, DIFFER or NOT_COMPARED."""
    if not (run["questions"].get(question) or {}).get("count"):
        return NOT_COMPARED
    if run["system"] == OURS or run.get("answers") == AGREED:
        return AGREED
    named = dict(part.partition(": ")[::2] for part in run.get("answers", "").split("; "))
    for word in (DIFFER, NOT_COMPARED):
        if question in named.get(word, "").split(", "):
            return word
    # A verdict that names no question is one on all of them.
    return AGREED if any(set(names.split(", ")) <= set(QUESTIONS)
                         for names in named.values()) else NOT_COMPARED


def verdicts(run):
    """Those of all its questions, in words."""
    parts = []
    for word in (DIFFER, NOT_COMPARED):
        names = [name for name in QUESTIONS if verdict(run, name) == word]
        parts += [f"{word}: {', '.join(names)}"] if names else []
    return "; ".join(parts) or AGREED


def warm_us(run, question):
    """The time of a question; None where it does not count: other answers than ours, or none."""
    return run["questions"][question]["warm_us"] or None \
        if verdict(run, question) == AGREED else None


def trusted(run):
    """Whether all of its answers were ours."""
    return "failure" not in run and all(verdict(run, name) == AGREED for name in QUESTIONS)


def strip(run):
    """Without the hashes, which have done their work."""
    for row in run.get("questions", {}).values():
        row.pop("answers", None)
    return run


# -- All runs ------------------------------------------------------------------------------------


class Runs:
    """Runs of one effort: ours with each limit a peer has, so that all answers are compared."""

    def __init__(self, effort):
        self.effort = effort
        self.done = {}

    def get(self, system, history, limit):
        key = (system, history.name, limit)
        if key not in self.done:
            self.done[key] = run_one(system, history, limit, self.effort)
        return self.done[key]

    def compared(self, history, limits):
        """{system: limit} with their runs, ours at every limit first. Answers are judged."""
        for limit in dict.fromkeys(limits.values()):
            self.get(OURS, history, limit)
        for system, limit in limits.items():
            if system != OURS:
                judge_answers(self.get(OURS, history, limit), self.get(system, history, limit))
        return [run for (_, name, _), run in self.done.items() if name == history.name]


def describe(plan):
    history = plan.history
    limit = plan.limits[OURS]  # of the runs that stand side by side in plots
    row = {"name": history.name, "title": history.title, "what": history.what, "limit": limit,
           "missing": history.missing}
    if limit:
        row["title"] = f"{history.title.split(',')[0]}, first {limit:,}"
    if not history.missing and not limit:
        row["zstd_19_bytes"] = histories.packed_bytes(history)
    return row


def compare_all(quick):
    """What goes into results/compare.json."""
    started = time.monotonic()
    chosen = plans(quick)
    runs = []
    for plan in chosen:
        if plan.history.missing:
            say(f"{plan.history.name} is left out: {plan.history.missing}")
            continue
        runs += Runs(QUICK if quick else FULL).compared(plan.history, plan.limits)
    growth = compare_growth(quick)
    for run in runs + growth:
        strip(run)
    say(f"compared in {time.monotonic() - started:.0f} s")
    return {"quick": quick, "histories": [describe(plan) for plan in chosen], "runs": runs,
            "growth": growth}


def compare_growth(quick):
    history, lengths, systems = growth_plan(quick)
    found = []
    for length in lengths:
        found += Runs(GROWTH).compared(history, {system: length for system in systems})
    return found


def bad_runs(results):
    """[(run, why)]: other answers than ours, none, or a failure that is no mere lack of time."""
    found = []
    for run in results["runs"] + results["growth"]:
        if "failure" in run:
            if run["failure"].startswith("failed"):
                found.append((run, run["failure"]))
        elif not trusted(run):
            found.append((run, "answers " + verdicts(run)))
    return found
