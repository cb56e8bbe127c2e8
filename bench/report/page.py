"""doc/performance.md: a template with what the results hold. Parts without results say so."""

import os
import string

from report import tables
from report.results import machines

HERE = os.path.dirname(os.path.abspath(__file__))
NOT_RUN = "*(not part of this run)*"
PART_TITLES = {"micro": "micro benchmarks", "targets": "targets", "compare": "comparison"}


def plot(names, name, caption):
    return f"![{caption}](performance/{name}.svg)\n" if name in names else ""


def machine_rows(machine):
    versions = ", ".join(f"{name} {version}" for name, version in machine["versions"].items())
    return {"date": machine["date"], "revision of this code": machine["revision"],
            "processor": f"{machine['processor']}, {machine['cores']} cores",
            "memory": f"{machine['memory_gib']} GiB", "file system": machine["file_system"],
            "system": f"{machine['system']}, Linux {machine['kernel']}", "versions": versions,
            "load when it began": machine["load_at_start"]}


def machine_table(results):
    """What all parts were measured on; where parts differ, a row for each."""
    parts = {part: machine_rows(record) if "date" in record else {}
             for part, record in machines(results).items()}
    if not parts:
        parts = {"": machine_rows(results["machine"])} if "date" in results["machine"] else {}
    rows = []
    for head in dict.fromkeys(head for rows_of_part in parts.values() for head in rows_of_part):
        values = {}
        for part, rows_of_part in parts.items():
            values.setdefault(rows_of_part.get(head, "not recorded"), []).append(part)
        rows += [(head if len(values) == 1 else f"{head}: {', '.join(PART_TITLES[p] for p in of)}",
                  value) for value, of in values.items()]
    return tables.table(("", ""), rows, left=2)


def quick_warning(results):
    """Names the parts that a quick run made, unless all of them were."""
    parts = machines(results)
    quick = [PART_TITLES[part] for part, record in parts.items() if record["quick"]]
    if not quick and (parts or not results["machine"].get("quick")):
        return ""
    of = f" of the {' and the '.join(quick)}" if len(quick) < len(parts) else ""
    return f"**A quick run{of}: smaller stores and few repeats. Don't quote these figures.**\n\n"


def histories_part(compared, plots):
    parts = []
    for history in compared["histories"]:
        what = history["what"][0].upper() + history["what"][1:]
        parts.append(f"### {history['title']}\n\n{what}.\n")
        if history["missing"]:
            parts.append(f"Left out: {history['missing']}.\n")
            continue
        parts.append(tables.standings(compared, history) + "\n")
        parts.append(tables.import_table(compared, history) + "\n")
        parts.append(tables.questions_table(compared, history) + "\n")
        parts.append(plot(plots, f"times-{history['name']}",
                          f"time a question, {history['title']}"))
    return "\n".join(part for part in parts if part.strip())


def micro_part(results):
    parts = []
    for name in ("list_bench", "store_bench"):
        program = results.get(name)
        for area in tables.micro_areas(program) if program else ():
            parts.append(f"<details><summary>{name}: {area}</summary>\n\n"
                         f"{tables.micro_table(program, area)}\n\n</details>\n")
    return "\n".join(parts) or NOT_RUN


def render(results, plots):
    compared, targets = results.get("compare"), results.get("targets")
    with open(os.path.join(HERE, "performance.md.in"), encoding="utf-8") as file:
        template = string.Template(file.read())
    return template.substitute(
        quick=quick_warning(results),
        machine=machine_table(results),
        targets=tables.targets_table(targets) if targets else NOT_RUN,
        target_notes=tables.target_notes(targets) if targets else "",
        other_targets="\n\n".join(filter(None, (tables.git_diff_line(compared),
                                                tables.unmeasured_targets(targets)))),
        bytes=tables.bytes_table(compared) if compared else NOT_RUN,
        bytes_plot=plot(plots, "bytes", "bytes a revision by system"),
        growth=tables.growth_table(compared) if compared else NOT_RUN,
        growth_sentence=tables.growth_sentence(compared) if compared else "",
        growth_plot=plot(plots, "growth", "time a question against the length of the history"),
        histories=histories_part(compared, plots) if compared else NOT_RUN,
        settings=tables.settings_list(compared) if compared else NOT_RUN,
        history_length_plot=plot(plots, "history-length", "cost against history length"),
        list_size_plot=plot(plots, "list-size", "cost against list size"),
        edit_size_plot=plot(plots, "edit-size", "cost against edit size"),
        micro=micro_part(results))
