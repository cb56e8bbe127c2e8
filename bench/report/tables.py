"""Results as Markdown tables."""

from report import peers

QUESTION_HEADS = {
    "as_of": "as-of read", "adjacent_diff": "adjacent diff", "far_diff": "far diff",
    "history_busy": "history, busy ID", "history_median": "history, median ID",
    "restore_one": "restore one", "restore_all": "restore all",
}


def scaled(value, units):
    """`value` in the largest of units [(factor, name)] that leaves it at 1 or more."""
    for factor, name in units:
        if value >= factor or factor == units[-1][0]:
            number = value / factor
            digits = 0 if number >= 100 else 1 if number >= 10 else 2
            text = f"{number:,.{digits}f}"
            return f"{text} {name}".strip()
    return ""


def time_text(us):
    return scaled(us, ((1e6, "s"), (1e3, "ms"), (1, "µs"))) if us else "–"


def bytes_text(count):
    return scaled(count, ((1 << 30, "GiB"), (1 << 20, "MiB"), (1 << 10, "KiB"), (1, "B")))


def number_text(value):
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"


def table(heads, rows, left=1):
    """The first `left` columns read left, the others are numbers."""
    marks = [":--" if i < left else "--:" for i in range(len(heads))]
    lines = [heads, marks, *rows]
    return "\n".join("| " + " | ".join(str(cell).replace("|", "\\|") for cell in line) + " |"
                     for line in lines)


# -- Targets ---------------------------------------------------------------------------------------


# Rows of the design's targets that the targets program may not have: (a word of theirs, the row).
OTHER_TARGETS = (("subscri", "a subscriber learns of a commit (< 1 ms in the same process,"
                             " < 50 ms in another)"),
                 ("blame", "blame of one ID (< 1 ms warm, < 5 ms at first touch)"))


def unmeasured_targets(targets):
    """A line with the design's targets that have no measurement; empty where all have one."""
    known = [f"{row['name']} {row['what']}".lower() for row in targets["rows"]] if targets else []
    missing = [row for word, row in OTHER_TARGETS if not any(word in text for text in known)]
    return f"Targets of the design without a measurement yet: {'; '.join(missing)}." \
        if missing else ""


def git_diff_line(compared):
    """The design's comparison with `git diff` of a list of a million, from runs side by side."""
    head = "Diff of 1M-endpoint versions, against `git diff` (target: more than 1,000 x faster at" \
        " 100 edits apart)"
    for history in compared["histories"] if compared else ():
        if history["name"] != "large-list" or not history["title"].startswith("1M"):
            continue
        for git in runs_of(compared, history):
            if git["system"] != "git" or "failure" in git:
                continue
            ours = next((run for run in runs_of(compared, history) if run["system"] == peers.OURS
                         and run.get("limit") == git.get("limit") and "failure" not in run), None)
            if ours:
                there = [(times_text(peers.warm_us(git, name) / peers.warm_us(ours, name)), words)
                         for name, words in (("adjacent_diff", "for adjacent versions"),
                                             ("far_diff", "for versions far apart"))
                         if peers.warm_us(git, name) and peers.warm_us(ours, name)]
                if there:
                    first = f"in the first {git['limit']:,} versions " if git.get("limit") else ""
                    return f"{head}: {first}git takes " + \
                        ", ".join(f"{ratio} our time {words}" for ratio, words in there) + \
                        "; the text of both answers is included."
    return f"{head}: no measurement yet."


def times_text(ratio):
    return f"{ratio:,.0f}x" if ratio >= 100 else f"{ratio:.3g}x"


def with_unit(value, unit):
    if unit in ("us", "µs"):
        return time_text(value)
    return f"{number_text(value)} {unit}".strip()


def targets_table(targets):
    rows = []
    for row in targets["rows"]:
        floor = row.get("floor")
        ratio = row.get("ratio")
        rows.append((row["what"], row["target"], with_unit(row["measured"], row["unit"]),
                     f"{with_unit(floor['value'], row['unit'])}: {floor['what']}" if floor else "",
                     f"{ratio:.2f}" if ratio else "", "yes" if row["met"] else "**no**"))
    return table(("what", "target", "measured", "floor in the same run", "measured / floor", "met"),
                 rows, left=2)


def target_notes(targets):
    return "\n".join(f"- **{row['name']}**: {row['note']}"
                     for row in targets["rows"] if row.get("note"))


# -- Systems ---------------------------------------------------------------------------------------


def system_text(run):
    name = "**switchback**" if run["system"] == peers.OURS else run["system"]
    return f"{name}, first {run['limit']:,}" if run.get("limit") else name


def mark(run):
    """Beside the name of a run whose answers were not all ours."""
    if "failure" in run or peers.trusted(run):
        return ""
    return " (answers differ)" if peers.DIFFER in peers.verdicts(run) else " (not compared)"


def runs_of(compared, history):
    """Whole runs first, ours on top; then the shortened ones, each limit with ours on top."""
    order = {system: i for i, system in enumerate(peers.SYSTEMS)}
    runs = [run for run in compared["runs"] if run["history"] == history["name"]]
    # At limits that only we ran there is nothing to compare with.
    limits = {run.get("limit") for run in runs if run["system"] != peers.OURS} | {None}
    return sorted((run for run in runs if run.get("limit") in limits),
                  key=lambda run: (-(run.get("limit") or 1e18), order[run["system"]]))


def packed_cell(compared, history):
    revisions = next((run["revisions"] for run in runs_of(compared, history)
                      if "failure" not in run and run.get("limit") == history["limit"]), None)
    packed = history.get("zstd_19_bytes")
    return number_text(packed / revisions) if packed and revisions else ""


def bytes_table(compared):
    there = [history for history in compared["histories"] if not history["missing"]]
    rows = []
    for system in peers.SYSTEMS:
        cells = []
        for history in there:
            run = next((r for r in runs_of(compared, history)
                        if r["system"] == system and r.get("limit") == history["limit"]), None)
            cells.append("" if run is None else run["failure"] if "failure" in run
                         else number_text(run["bytes_per_revision"]) + mark(run))
        if any(cells):
            rows.append((f"**{system}**" if system == peers.OURS else system, *cells))
    rows.append(("the JSON lines under zstd -19, no access",
                 *(packed_cell(compared, history) for history in there)))
    return table(("bytes a revision", *(history["title"] for history in there)), rows)


def question_cell(run, name):
    verdict = peers.verdict(run, name)
    if verdict != peers.AGREED:
        return verdict if run["system"] != peers.OURS else "no answers"
    row = run["questions"][name]
    cold = f" ({time_text(row['cold_us'])})" if row.get("cold_us") else ""
    return time_text(row["warm_us"]) + cold


def best_peer_cell(runs, name):
    """Ours against the quickest peer that got as many lines."""
    warm = {run["system"]: peers.warm_us(run, name) for run in runs if peers.warm_us(run, name)}
    ours = warm.pop(peers.OURS, None)
    if not ours or not warm:
        return ""
    best = min(warm, key=warm.get)
    ratio = warm[best] / ours
    if ratio >= 1:
        return f"{ratio:.3g}x quicker than {best}"
    return f"{1 / ratio:.3g}x slower than {best}"


def standing(runs):
    """A sentence: in how many questions ours is quickest among runs of as many lines, and where it
    is furthest behind. Empty where there is no peer to compare with."""
    compared, behind = 0, []
    for name, head in QUESTION_HEADS.items():
        warm = {run["system"]: peers.warm_us(run, name) for run in runs
                if "failure" not in run and peers.warm_us(run, name)}
        ours = warm.pop(peers.OURS, None)
        if ours and warm:
            compared += 1
            best = min(warm, key=warm.get)
            if warm[best] < ours:
                behind.append((ours / warm[best], head, best))
    if not compared:
        return ""
    count = f"all {compared}" if not behind else f"{compared - len(behind)} of {compared}"
    text = f"switchback is the quickest in {count} questions"
    if behind:
        ratio, head, best = max(behind)
        text += f", furthest behind in {head}: {times_text(ratio)} the time of {best}"
    return text + "."


def standings(compared, history):
    """Those sentences for the whole history and each shortened one."""
    runs = runs_of(compared, history)
    lines = []
    for limit in dict.fromkeys(run.get("limit") for run in runs):
        same = [run for run in runs if run.get("limit") == limit]
        text = standing(same)
        if text:
            names = ", ".join(run["system"] for run in same
                              if run["system"] != peers.OURS and "failure" not in run)
            lines.append(f"Of the first {limit:,} lines, beside {names}: {text}" if limit else
                         f"Warm, {text}")
    return " ".join(lines)


def growth_sentence(compared):
    """Time at the longest history over that at the shortest: ours, and the peer's that grows least,
    of those that reached the longest."""
    by_length = {(run["system"], run["revisions"]): run for run in compared["growth"]
                 if "failure" not in run}
    lengths = [length for system, length in by_length if system == peers.OURS]
    if not lengths or min(lengths) == max(lengths):
        return ""
    ends = min(lengths), max(lengths)
    parts = []
    for name, head in QUESTION_HEADS.items():
        grown = {}
        for system in peers.SYSTEMS:
            runs = [by_length.get((system, length)) for length in ends]
            times = [peers.warm_us(run, name) if run else None for run in runs]
            if all(times):
                grown[system] = times[1] / times[0]
        ours = grown.pop(peers.OURS, None)
        if ours:
            least = min(grown, key=grown.get) if grown else None
            beside = f" ({least} {grown[least]:.2g}x)" if least else ""
            parts.append(f"{head} {ours:.2g}x{beside}")
    return f"From {ends[0]:,} to {ends[1]:,} revisions the time of switchback grows, and in" \
        f" brackets that of the peer that grows least: {'; '.join(parts)}." if parts else ""


def questions_table(compared, history):
    runs, rows = runs_of(compared, history), []
    for run in runs:
        if "failure" in run:
            rows.append((system_text(run), run["failure"], *[""] * (len(QUESTION_HEADS) - 1)))
        else:
            rows.append((system_text(run) + mark(run),
                         *(question_cell(run, name) for name in QUESTION_HEADS)))
    for limit in dict.fromkeys(run.get("limit") for run in runs):
        same = [run for run in runs if run.get("limit") == limit and "failure" not in run]
        label = "switchback, to the best peer" + (f", first {limit:,}" if limit else "")
        cells = [best_peer_cell(same, name) for name in QUESTION_HEADS]
        if any(cells):
            rows.append((label, *cells))
    return table(("warm (cold)", *QUESTION_HEADS.values()), rows)


def import_table(compared, history):
    rows = []
    for run in runs_of(compared, history):
        if "failure" in run:
            rows.append((system_text(run), run["failure"], "", "", "", "", ""))
            continue
        memory = run["peak_memory_bytes"]
        rows.append((system_text(run), number_text(run["bytes_per_revision"]),
                     bytes_text(run["bytes"]), number_text(run["import"]["revisions_per_second"]),
                     time_text(run["compact"]["seconds"] * 1e6), bytes_text(memory["import"]),
                     bytes_text(memory["questions"]),
                     "" if run["system"] == peers.OURS else peers.verdicts(run)))
    return table(("system", "bytes a revision", "bytes", "import, revisions/s", "compact",
                  "peak memory, import", "peak memory, questions", "answers"), rows)


def growth_table(compared):
    runs = sorted((run for run in compared["growth"] if "failure" not in run),
                  key=lambda run: (peers.SYSTEMS.index(run["system"]), run["revisions"]))
    rows = [(system_text({**run, "limit": None}) + mark(run), f"{run['revisions']:,}",
             *(question_cell(run, name) for name in QUESTION_HEADS)) for run in runs]
    return table(("system", "revisions", *QUESTION_HEADS.values()), rows)


def settings_list(compared):
    """What each system was set to: from its first run that worked."""
    lines = []
    for system in peers.SYSTEMS:
        run = next((run for run in compared["runs"]
                    if run["system"] == system and run.get("settings")), None)
        if run:
            settings = "; ".join(f"{s['name']}: {s['value']}" for s in run["settings"])
            lines.append(f"- **{system}**: {settings}")
    return "\n".join(lines)


# -- Micro benchmarks ------------------------------------------------------------------------------


def micro_table(program, area):
    """All results of one area (the name's first word), with the ratio to each one's floor."""
    times = {row["name"]: row for row in program["benchmarks"]}
    rows = []
    for row in program["benchmarks"]:
        if row["name"].split("/")[0] != area:
            continue
        floor = times.get(row.get("floor"))
        clock = "us" if "real_time" in row["name"] else "cpu_us"
        rate = row.get("items_per_second")
        rows.append((row["name"].split("/", 1)[1].replace("/real_time", ""), time_text(row[clock]),
                     scaled(rate, ((1e6, "M/s"), (1e3, "k/s"), (1, "/s"))) if rate else "",
                     row["floor"].removeprefix("Floor/").split("/size:")[0].split("/edits:")[0]
                     if floor else "",
                     f"{row[clock] / floor[clock]:.2f}" if floor and floor[clock] else ""))
    return table(("benchmark", "time", "rate", "floor", "time / floor"), rows)


def micro_areas(program):
    areas = dict.fromkeys(row["name"].split("/")[0] for row in program["benchmarks"])
    return [area for area in areas if area != "Floor"]
