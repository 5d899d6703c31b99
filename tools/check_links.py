#!/usr/bin/python3
"""Checks on linked objects that the loader links no engine.

tests/link/loader.cpp is a program that uses the data layer as the Python loader does. Its symbols, mangled, must be of no
source of the engine: the objects of expression, graph, ops, kernels, price, probe, parallel, plan, run and params define
symbols, and none of those may stand in the program. Inline functions, which many objects have, do not count.

usage: check_links.py NM PROGRAM LIBRARY...   LIBRARY: an archive of the engine
       check_links.py --self-test
"""
import re
import subprocess
import sys

#: A function or variable of one object alone; W and V, which any object may have, are left out.
DEFINED = re.compile(r"^[0-9a-f]+ [TDBR] (\S+)$")


def symbols(nm, path, run=subprocess.run):
    """The mangled names of weft's that `path` defines."""
    text = run([nm, "--defined-only", path], capture_output=True, text=True, check=True).stdout
    names = {match.group(1) for line in text.splitlines() if (match := DEFINED.match(line))}
    return {name for name in names if "4weft" in name}


def strangers(nm, program, libraries, run=subprocess.run):
    mine = symbols(nm, program, run)
    return {library: sorted(mine & symbols(nm, library, run)) for library in libraries}


def self_test():
    texts = {"program": "00 T _ZN4weft4dataEv\n01 T _ZN4weft4planEv\n02 W _ZN4weft6inlineEv\n",
             "libweft_plan.a": "plan.o:\n00 T _ZN4weft4planEv\n01 W _ZN4weft6inlineEv\n", "libweft_run.a": "00 T _ZN4weft3runEv\n"}

    def run(command, **_):
        return subprocess.CompletedProcess(command, 0, texts[command[-1]])

    found = strangers("nm", "program", ["libweft_plan.a", "libweft_run.a"], run)
    if found != {"libweft_plan.a": ["_ZN4weft4planEv"], "libweft_run.a": []}:
        sys.exit(f"check_links.py: the self-test got {found}")
    print("check_links.py: the self-test passed")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    nm, program, *libraries = sys.argv[1:]
    if not symbols(nm, program):
        sys.exit(f"check_links.py: {program} has no symbol of weft's; a stripped program cannot be checked")
    found = {library: names for library, names in strangers(nm, program, libraries).items() if names}
    for library, names in found.items():
        print(f"{library}: {', '.join(names[:5])}{' …' if len(names) > 5 else ''}")
    if found:
        sys.exit(f"check_links.py: the loader links objects of {len(found)} libraries of the engine")
    print(f"check_links.py: the loader links nothing of {len(libraries)} libraries of the engine")


if __name__ == "__main__":
    main()
