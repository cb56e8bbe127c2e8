"""SVG plots through gnuplot: a white ground, so that they read on a dark page too, labelled axes,
and one colour a system throughout."""

import os
import subprocess

from report import micro, peers
from report.run import Failed, say

STYLES = {
    peers.OURS: ("#0072b2", 3.2, 7),
    "sqlite-delta": ("#cc79a7", 1.8, 5),
    "sqlite-temporal": ("#009e73", 1.8, 9),
    "rocksdb-blob": ("#e69f00", 1.8, 11),
    "git": ("#d55e00", 1.8, 13),
    "etcd": ("#808080", 1.8, 4),
}
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#8c564b")
HEAD = """set encoding utf8
set terminal svg size {width},{height} font 'Helvetica,Arial,sans-serif,13' background rgb 'white'
set output '{file}'
set border 3 lc rgb '#606060'
set tics nomirror textcolor rgb '#303030'
set grid ytics lc rgb '#d8d8d8' lw 1 lt 1
set key textcolor rgb '#303030'
"""
# Axis marks that a reader need not decode: 10 us, 1 ms, 1 s; 10 B, 1 KB.
TIME_TICS = ("set ytics ('10 ns' 0.01, '100 ns' 0.1, '1 us' 1, '10 us' 10, '100 us' 1e2,"
             " '1 ms' 1e3, '10 ms' 1e4, '100 ms' 1e5, '1 s' 1e6, '10 s' 1e7, '100 s' 1e8)\n"
             ).replace("us'", "µs'")
BYTE_TICS = ("set ytics ('10 B' 10, '100 B' 100, '1 KB' 1e3, '10 KB' 1e4, '100 KB' 1e5, '1 MB' 1e6,"
             " '10 MB' 1e7, '100 MB' 1e8)\n")
COUNT_TICS = ("set xtics ('1' 1, '10' 10, '100' 1e2, '1k' 1e3, '10k' 1e4, '100k' 1e5, '1M' 1e6,"
              " '10M' 1e7)\n")

# (file, title, axis label, axis of the name, [(legend, what, fixed axes)]); floors are dashed.
MICRO_PLOTS = (
    ("list-size", "Cost against list size (1,100 versions of ten edits)", "endpoints in the list",
     "size", (
         ("read of any version", "Sweep/AsOfRead", {}),
         ("history, 100 versions of it", "Sweep/History", {}),
         ("commit of ten edits, unsynced", "Sweep/Commit", {}),
         ("read of the newest", "Read/Head", {}),
         ("diff of adjacent versions", "Sweep/AdjacentDiff", {}),
         ("floor: RocksDB get of that row", "Floor/RocksDb/GetVersionRow", {}),
         ("contains", "Read/Contains", {}),
     )),
    ("history-length", "Cost against history length (1,000 endpoints, ten edits a version)",
     "versions of the list", "history", (
         ("history, 100 versions of it", "Sweep/History", {}),
         ("read of any version", "Sweep/AsOfRead", {}),
         ("commit of ten edits, unsynced", "Sweep/Commit", {}),
         ("version at a time", "Resolve/Time", {}),
         ("diff of adjacent versions", "Sweep/AdjacentDiff", {}),
         ("floor: RocksDB get of that row", "Floor/RocksDb/GetVersionRow", {}),
     )),
    ("edit-size", "Cost against edit size (a list of 100,000 endpoints)",
     "edits a version", "edits", (
        ("read of any version", "Sweep/AsOfRead", {}),
        ("commit, unsynced", "Sweep/Commit", {}),
        ("history, 100 versions of it", "Sweep/History", {}),
        ("diff of adjacent versions", "Sweep/AdjacentDiff", {}),
        ("decode of a script", "Script/Decode", {}),
        ("floor: RocksDB get of that row", "Floor/RocksDb/GetVersionRow", {}),
    )),
)
QUESTION_TITLES = {
    "as_of": "as-of read", "adjacent_diff": "adjacent diff", "far_diff": "far diff",
    "history_busy": "history,\\nbusy ID", "history_median": "history,\\nmedian ID",
    "restore_one": "restore one", "restore_all": "restore all",
}
GROWTH_QUESTIONS = (("as_of", "As-of read of one list"),
                    ("adjacent_diff", "Diff of adjacent versions"),
                    ("far_diff", "Diff of versions far apart"),
                    ("restore_one", "Restore of one list"))


def draw(folder, name, width, height, script):
    os.makedirs(folder, exist_ok=True)
    file = os.path.join(folder, f"{name}.svg")
    head = HEAD.format(width=width, height=height, file=(file + ".part").replace("'", "''"))
    try:
        done = subprocess.run(["gnuplot", "-"], input=head + script, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise Failed(f"gnuplot, {name}: {done.stderr.strip()[-400:]}")
        os.replace(file + ".part", file)
    except OSError as error:
        if error.filename != "gnuplot":
            raise
        raise Failed("no gnuplot; tools/install-dependencies --bench installs it") from None
    finally:
        if os.path.exists(file + ".part"):
            os.remove(file + ".part")
    return name


def data_block(name, rows):
    lines = "\n".join(" ".join(str(value) for value in row) for row in rows)
    return f"${name} << END\n{lines}\nEND\n"


def line(block, color, width, point, legend, dashed=False):
    title = f"title '{legend}'" if legend else "notitle"
    dash = " dt (8,6)" if dashed else ""
    return (f"${block} using 1:2 with linespoints lc rgb '{color}' lw {width} pt {point} ps 0.7"
            f"{dash} {title}")


# -- Micro benchmarks ------------------------------------------------------------------------------


def micro_plot(folder, points, plot):
    """The name of the plot; None where no benchmark has its axis."""
    name, title, label, axis, wanted = plot
    blocks, lines, places = "", [], []
    for number, (legend, what, fixed) in enumerate(wanted):
        found = micro.series(points, what, axis, fixed)
        if len(found) < 2:
            say(f"plot {name}: no results for {what}")
            continue
        floor = legend.startswith("floor")
        blocks += data_block(f"s{number}", found)
        places += [place for place, _ in found]
        lines.append(line(f"s{number}", "#707070" if floor else PALETTE[number % 7],
                          1.4 if floor else 2.2, 7, legend, floor))
    if not lines:
        return None
    script = (f"set title '{title}'\nset logscale xy\n"
              f"set xrange [{min(places) / 1.6}:{max(places) * 1.6}]\n"
              f"set xlabel '{label}'\nset ylabel 'time'\n"
              + COUNT_TICS + TIME_TICS + "set key outside right center reverse Left\n"
              + blocks + "plot " + ", \\\n  ".join(lines) + "\n")
    return draw(folder, name, 900, 440, script)


# -- Systems ---------------------------------------------------------------------------------------


def legend_labels(systems):
    """One row at the foot, since a key belongs to a single panel."""
    step = 0.9 / len(systems)
    return "".join(f"set label {i + 1} '{system}' at screen {0.09 + i * step:.3f},0.03 left"
                   f" offset 1,0 point pt {STYLES[system][2]} lc rgb '{STYLES[system][0]}' ps 1.1\n"
                   for i, system in enumerate(systems))


def growth_plot(folder, growth):
    """Four questions, one panel each, against the number of revisions."""
    runs = [run for run in growth if "failure" not in run
            and any(peers.warm_us(run, question) for question, _ in GROWTH_QUESTIONS)]
    if not runs:
        return None
    script = ("set multiplot layout 2,2 title 'Does it cost more as history grows?"
              " (1,000 IDs x 100 endpoints, one-endpoint commits)'"
              " font ',15' margins 0.08,0.985,0.15,0.88 spacing 0.09,0.15\n"
              "set logscale xy\n" + COUNT_TICS + TIME_TICS + "unset key\n")
    systems = [s for s in peers.SYSTEMS if any(run["system"] == s for run in runs)]
    lengths = [run["revisions"] for run in runs]
    script += f"set xrange [{min(lengths) / 1.6}:{max(lengths) * 1.6}]\n" + legend_labels(systems)
    for panel, (question, title) in enumerate(GROWTH_QUESTIONS):
        parts = []
        for system in reversed(systems):
            rows = sorted((run["revisions"], peers.warm_us(run, question)) for run in runs
                          if run["system"] == system and peers.warm_us(run, question))
            if rows:
                block = f"p{panel}_{systems.index(system)}"
                script += data_block(block, rows)
                parts.append(line(block, *STYLES[system], system))
        if not parts:
            continue
        script += f"set title '{title}' offset 0,-0.6\n"
        lower = panel > 1
        label = "set xlabel 'revisions in the store' offset 0,0.3\n"
        script += label if lower else "unset xlabel\n"
        script += "plot " + ", \\\n  ".join(parts) + "\nunset label\n"
    return draw(folder, "growth", 900, 640, script + "unset multiplot\n")


def bars(folder, name, title, label, tics, groups, rows, height=420):
    """Clustered bars on a log scale. rows: {system: [value or None, one a group]}."""
    systems = [s for s in peers.SYSTEMS if s in rows]
    values = [v for system in systems for v in rows[system] if v]
    if not values:
        return None
    lines = [(f'"{group}"', *(rows[system][i] or "NaN" for system in systems))
             for i, group in enumerate(groups)]
    floor = 10 ** (len(str(int(max(1, min(values))))) - 2)
    script = (f"set title '{title}'\nset logscale y\nset xrange [-0.6:{len(groups) - 0.4}]\n"
              f"set ylabel '{label}'\nset yrange [{floor}:*]\n"
              + tics + "set style data histogram\nset style histogram clustered gap 1.5\n"
              "set style fill solid 0.92 noborder\nset boxwidth 0.92\n"
              "set xtics scale 0 font ',12'\n"
              "set bmargin 6\nset key at screen 0.5,0.02 center bottom horizontal\n"
              + data_block("d", lines) + "plot "
              + ", \\\n  ".join(f"$d using {i + 2}:xtic(1) lc rgb '{STYLES[s][0]}' title '{s}'"
                                for i, s in enumerate(systems)) + "\n")
    return draw(folder, name, 900, height, script)


def whole_runs(results, history):
    """Those that got as much of the history as ours: only they stand side by side in a plot."""
    return {run["system"]: run for run in results["runs"]
            if "failure" not in run and run["history"] == history["name"] and run.get("limit") == history["limit"]}


def bytes_plot(folder, results):
    there = [h for h in results["histories"] if not h["missing"] and whole_runs(results, h)]
    rows = {}
    for index, history in enumerate(there):
        for system, run in whole_runs(results, history).items():
            if peers.trusted(run):
                rows.setdefault(system, [None] * len(there))[index] = run["bytes_per_revision"]
    titles = [history["title"].replace(", ", ",\\n") for history in there]
    return bars(folder, "bytes", "Bytes on disk a revision, all files, compacted",
                "bytes a revision", BYTE_TICS, titles, rows)


def times_plot(folder, results, history):
    runs = whole_runs(results, history)
    if len(runs) < 2:
        return None
    rows = {system: [peers.warm_us(run, question) for question in QUESTION_TITLES]
            for system, run in runs.items()}
    rows = {system: times for system, times in rows.items() if any(times)}
    return bars(folder, f"times-{history['name']}", f"Time a question, warm: {history['title']}",
                "median time", TIME_TICS, list(QUESTION_TITLES.values()), rows)


def draw_all(folder, results):
    """Every plot that the results suffice for; their names."""
    names = []
    if "compare" in results:
        compared = results["compare"]
        names.append(growth_plot(folder, compared["growth"]))
        names.append(bytes_plot(folder, compared))
        names += [times_plot(folder, compared, history) for history in compared["histories"]]
    points = micro.points(results)
    names += [micro_plot(folder, points, plot) for plot in MICRO_PLOTS if points]
    return [name for name in names if name]
