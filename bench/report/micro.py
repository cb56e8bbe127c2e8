"""Google Benchmark's JSON of list_bench and store_bench, and the names in it.

A name is Area/What/AXIS:VALUE/... ; suffixes such as `real_time` and `threads:N` are axes too.
"""

import dataclasses
import json
import os
import tempfile

from report.run import Failed, binary, run_within, say

PROGRAMS = ("list_bench", "store_bench")
MICROSECONDS = {"ns": 1e-3, "us": 1.0, "ms": 1e3, "s": 1e6}
# What Google Benchmark adds to each result and nobody needs.
NOISE = {"family_index", "per_family_instance_index", "run_name", "run_type", "repetitions",
         "repetition_index", "threads", "time_unit", "real_time", "cpu_time", "name", "label"}


@dataclasses.dataclass
class Point:
    what: str    # "List/Diff"
    axes: dict   # {"size": "1000", "data": "uniform"}
    us: float    # wall clock where the name says so, else CPU time


def run(program, quick, cap_seconds):
    """The stripped results of one program."""
    say(f"micro benchmarks: {program}")
    environment = {**os.environ, "SWITCHBACK_BENCH_QUICK": "1"} if quick else None
    with tempfile.TemporaryDirectory() as folder:
        raw = os.path.join(folder, "raw.json")
        took, failure = run_within(cap_seconds, [binary(program), f"--benchmark_out={raw}",
                                                 "--benchmark_out_format=json"], environment)
        if failure:
            raise Failed(f"{program} {failure}")
        try:
            with open(raw, encoding="utf-8") as file:
                results = json.load(file)
        except (OSError, ValueError) as error:
            raise Failed(f"{program}: its results can't be read: {error}") from None
    say(f"{program}: {len(results['benchmarks'])} results in {took:.0f} s")
    return strip(results)


def strip(results):
    context = {name: value for name, value in results["context"].items()
               if name not in ("host_name", "executable", "caches", "load_avg")}
    kept = []
    for result in results["benchmarks"]:
        scale = MICROSECONDS.get(result.get("time_unit", "ns"), 1)
        if "error_message" in result:
            raise Failed(f"{result['name']}: {result['error_message']}")
        row = {"name": result["name"], "us": round(result["real_time"] * scale, 4),
               "cpu_us": round(result["cpu_time"] * scale, 4)}
        if str(result.get("label", "")).startswith("floor="):
            row["floor"] = result["label"][len("floor="):]
        row.update({name: round(value, 3) if isinstance(value, float) else value
                    for name, value in result.items() if name not in NOISE
                    and name not in ("iterations",)})
        kept.append(row)
    return {"context": context, "benchmarks": kept}


def time_of(row):
    """Wall clock where threads or the disk are waited for, else CPU time: quieter."""
    return row["us"] if "real_time" in row["name"] else row["cpu_us"]


def parse(row):
    words, axes = [], {}
    for part in row["name"].split("/"):
        axis, colon, value = part.partition(":")
        if colon:
            axes[axis] = value
        elif part != "real_time" and part != "process_time" and not part.startswith("iterations"):
            words.append(part)
    return Point("/".join(words), axes, time_of(row))


def points(results):
    """All points of the programs' results that are there."""
    return [parse(row) for program in PROGRAMS
            for row in results.get(program, {}).get("benchmarks", ())]


def series(all_points, what, axis, fixed):
    """[(x, us)] in order of x: the points named `what` whose other axes are as `fixed` says."""
    found = {}
    for point in all_points:
        if point.what != what or axis not in point.axes:
            continue
        others = {name: value for name, value in point.axes.items()
                  if name not in (axis, "iterations")}
        if all(others.get(name) == value for name, value in fixed.items()) and \
                set(others) <= set(fixed):
            found[float(point.axes[axis])] = point.us
    return sorted(found.items())
