#!/usr/bin/python3
"""Checks that the figures which several pages show are those of docs/figures.json.

A page marks a figure with a comment that no reader sees, right before the value:

    <!--figure:gpt2_f32_ms-->731 ms          the value and its unit
    <!--figure:python_loader bare-->57,000   the value alone, where a heading says the unit

docs/figures.json is the one source: of each name what was measured, value and unit as text, the day on which it was written
down, and the command that gives it. To change a figure, change it there, and then what this script names. A mark that names
no figure, a value that differs, a figure that no page marks, and a measurement in README's table of results that has no mark
are errors.

usage: check_figures.py [ROOT]        check the repository at ROOT (default: the one this file is in)
       check_figures.py --self-test   check the check
"""
import json
import pathlib
import re
import sys
import tempfile

SOURCE = "docs/figures.json"
PAGES = ["README.md", "docs/performance.md", "docs/data.md"]
FIELDS = {"what", "value", "unit", "date", "command"}
MARK = re.compile(r"<!--figure:(?P<name>\w+)(?P<bare> bare)?-->(?P<shown>[^|<\n]*)")
ANY_MARK = re.compile(r"<!--\s*figure")
# In this page's section every number with a unit, in a table, is marked.
RESULTS_PAGE, RESULTS = "README.md", "## Results"
MEASUREMENT = re.compile(r"(?<![\w.,-])\d[\d.,]*\s?(?:ms|s|%|images/s)(?![\w/])")


def figures_of(text):
    """(figures by name, problems) of the source."""
    figures = json.loads(text)
    problems = []
    for name, figure in figures.items():
        if set(figure) != FIELDS:
            problems.append(f"{SOURCE}: {name} has the fields {sorted(figure)}, expected {sorted(FIELDS)}")
        elif not re.fullmatch(r"\d[\d.,]*", figure["value"]) or not re.fullmatch(r"\d{4}-\d\d-\d\d", figure["date"]):
            problems.append(f"{SOURCE}: {name} has the value {figure['value']} of {figure['date']}, expected a number "
                            "and a day as in 2026-11-21")
    return figures, problems


def shows(shown, figure, bare):
    """Whether the text after a mark begins with the figure and nothing of a longer number."""
    unit = "" if bare or not figure["unit"] else r"\s?" + re.escape(figure["unit"]) + r"(?![\w/])"
    return re.match(re.escape(figure["value"]) + r"(?!\d|[.,]\d)" + unit, shown) is not None


def unmarked(line):
    """The measurements of a row of a table that no mark stands before."""
    return [match.group() for match in MEASUREMENT.finditer(line) if not line[:match.start()].endswith("-->")]


def problems_with(page, text, figures, seen):
    """What is wrong with one page; the names that it marks are added to `seen`."""
    problems, section = [], ""
    for number, line in enumerate(text.splitlines(), 1):
        where = f"{page}:{number}"
        section = line if line.startswith("## ") else section
        marks = list(MARK.finditer(line))
        if len(ANY_MARK.findall(line)) != len(marks):
            problems.append(f"{where}: a mark is not as in <!--figure:NAME-->VALUE")
        for mark in marks:
            name = mark["name"]
            seen.add(name)
            if name not in figures:
                problems.append(f"{where}: {SOURCE} has no figure {name}")
            elif not shows(mark["shown"], figures[name], mark["bare"]):
                wanted = figures[name]["value"] + ("" if mark["bare"] else " " + figures[name]["unit"]).rstrip()
                problems.append(f"{where}: {name} is {wanted} in {SOURCE}, got \"{mark['shown'].strip()[:40]}\"")
        if page == RESULTS_PAGE and section == RESULTS and line.startswith("|"):
            problems += [f"{where}: {text} stands in the table of results without a mark" for text in unmarked(line)]
    return problems


def problems_in(root):
    """One line for each problem of the repository at `root`."""
    figures, problems = figures_of((root / SOURCE).read_text(encoding="utf-8"))
    if problems:
        return problems
    seen = set()
    for page in PAGES:
        problems += problems_with(page, (root / page).read_text(encoding="utf-8"), figures, seen)
    problems += [f"{SOURCE}: no page shows {name}" for name in figures if name not in seen]
    return problems


FIGURES = {
    "step": {"what": "a step", "value": "731", "unit": "ms", "date": "2026-11-21", "command": "bench/step.sh"},
    "loss": {"what": "its loss", "value": "1.852", "unit": "", "date": "2026-11-21", "command": "bench/step.sh"},
}
GOOD = "## Results\n| a step | <!--figure:step-->731 ms, loss <!--figure:loss-->1.852 | 2000 steps |\n"
# A README, and what of its one problem the message says; empty where there is none.
SAMPLES = [
    (GOOD, ""),
    (GOOD + "<!--figure:step bare-->731; 5\n", ""),
    (GOOD.replace("731 ms", "732 ms"), 'README.md:2: step is 731 ms in docs/figures.json, got "732 ms, loss'),
    (GOOD.replace("731 ms", "7311 ms"), "step is 731 ms"),
    (GOOD.replace("731 ms", "731 s"), "step is 731 ms"),
    (GOOD.replace("1.852", "1.8521"), "loss is 1.852"),
    (GOOD + "<!--figure:stop-->1\n", "README.md:3: docs/figures.json has no figure stop"),
    (GOOD + "<!-- figure:step-->731 ms\n", "README.md:3: a mark is not as in"),
    (GOOD.replace("<!--figure:loss-->", ""), "docs/figures.json: no page shows loss"),
    (GOOD + "| another | 12.5 s |\n", "README.md:3: 12.5 s stands in the table of results without a mark"),
    (GOOD + "## Else\n| another | 12.5 s |\n", ""),
]
BAD_SOURCES = [
    ({"step": {"value": "731"}}, "step has the fields ['value']"),
    ({"step": {**FIGURES["step"], "value": "about 7"}}, "step has the value about 7 of 2026-11-21"),
    ({"step": {**FIGURES["step"], "date": "today"}}, "step has the value 731 of today"),
]


def problems_of_sample(readme, figures):
    """The problems of a repository that has this README and these figures."""
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "docs").mkdir()
        for page in PAGES:
            (root / page).write_text(readme if page == RESULTS_PAGE else "", encoding="utf-8")
        (root / SOURCE).write_text(json.dumps(figures), encoding="utf-8")
        return problems_in(root)


def self_test():
    """Each kind of problem is found, and nothing else."""
    samples = [(readme, FIGURES, why) for readme, why in SAMPLES]
    samples += [(GOOD, figures, why) for figures, why in BAD_SOURCES]
    for readme, figures, why in samples:
        found = problems_of_sample(readme, figures)
        if len(found) != (1 if why else 0) or (why and why not in found[0]):
            sys.exit(f"check_figures.py: the self-test expected {why!r}, got {found}, in:\n{readme}")
    print("check_figures.py: the self-test passed")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    found = problems_in(root)
    if found:
        print("\n".join(found))
        sys.exit(f"check_figures.py: {len(found)} figures are not those of {SOURCE}")
    print("check_figures.py: all figures that are marked are those of their source")


if __name__ == "__main__":
    main()
