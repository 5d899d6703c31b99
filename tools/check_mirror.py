#!/usr/bin/python3
"""Checks that tests/ mirrors src/weft, both ways.

A test tests/PATH/NAME_test.cpp is one of these:
  STEM_test.cpp              of src/weft/PATH/STEM.{h,cpp,cu}
  STEM_BEHAVIOUR_test.cpp    of one behaviour of that file
  FOLDER_test.cpp            of the folder src/weft/PATH as a whole, whose last name is FOLDER
  any other name             whose first comment begins "// Of WHAT: ...", WHAT being files or folders of src/weft, as in
                             "// Of ops/: every op in f32 and bf16" or "// Of graph/graph.h, ops/: ..."
Any test may begin with such a comment, where it is of more than its name says.
tests/mpi and tests/jobs try processes, tests/docs what the documents say, and tests/link what is linked: they mirror nothing.

A source file of more than 100 lines has a test of one of these forms that is of it, or of the header of its name in the
folder above, which it then implements (kernels/attention.h by kernels/cpu/attention.cpp); a test that is only of its folder
does not count. Those that have none are listed in tools/untested.txt. The list only shrinks: a line whose file has a test now,
is short, or is gone, fails, and so do more lines than MOST_UNTESTED, which is lowered with it.

usage: check_mirror.py [ROOT]          check the repository at ROOT (default: the one this file is in)
       check_mirror.py --list [ROOT]   print the source files that have no test
       check_mirror.py --self-test     check the check
"""
import itertools
import pathlib
import re
import sys
import tempfile

LINES = 100
MOST_UNTESTED = 52
SUFFIXES = {".h", ".cpp", ".cu", ".cuh"}
MIRROR_NOTHING = {"mpi", "jobs", "docs", "link"}
OF = re.compile(r"Of ((?:[\w./-]+, )*[\w./-]+): \S")
END = "_test.cpp"


def stems_in(folder):
    return {path.stem for path in folder.glob("*") if path.suffix in SUFFIXES} if folder.is_dir() else set()


def first_comment(path):
    """The lines of the comment that a file begins with, as one."""
    lines = path.read_text(encoding="utf-8").splitlines()
    comment = itertools.takewhile(lambda line: line.startswith("// "), lines)
    return " ".join(line.removeprefix("// ") for line in comment)


def subjects_of(root, test):
    """(the files and folders of src/weft that a test is of, without suffixes, and what is wrong with it or None)."""
    source = root / "src" / "weft"
    path = test.relative_to(root / "tests").parent
    name = test.name.removesuffix(END)
    stems = stems_in(source / path)
    subjects = [(path / name).as_posix()] if name in stems else []
    if match := OF.match(first_comment(test)):
        said = match.group(1).split(", ")
        missing = [each for each in said if not (source / each).exists()]
        problem = f"is of {missing[0]}, which src/weft does not have" if missing else None
        return subjects + [re.sub(r"\.\w+$", "", each).rstrip("/") for each in said], problem
    begun = [stem for stem in stems if name.startswith(stem + "_")]
    if not subjects and begun:
        subjects = [(path / max(begun, key=len)).as_posix()]
    if not subjects and name == path.name and (source / path).is_dir():
        subjects = [path.as_posix()]
    if subjects:
        return subjects, None
    return [], (f'mirrors no file of src/weft/{path}: expected a name that begins with that of one, {path.name}{END}, or '
                'a first comment "// Of FILE-OR-FOLDER: ..."')


def problems_of_tests(root):
    """(complaints about tests, what tests are of)"""
    found, subjects = [], set()
    tests = root / "tests"
    for test in sorted(tests.rglob("*" + END)):
        where = test.relative_to(tests)
        if where.parts[0] in MIRROR_NOTHING:
            continue
        of, problem = subjects_of(root, test)
        subjects.update(of)
        if problem:
            found.append(f"tests/{where.as_posix()} {problem}")
    return found, subjects


def untested_in(root, subjects):
    """The long source files that no test is of."""
    source = root / "src" / "weft"
    untested = []
    for path in sorted(source.rglob("*.cpp")):
        where = path.relative_to(source)
        with path.open(encoding="utf-8") as file:
            is_long = sum(1 for _ in file) > LINES
        above = source / where.parent.parent / (where.stem + ".h")
        implemented = {above.relative_to(source).with_suffix("").as_posix()} if above.exists() else set()
        if is_long and not ({where.with_suffix("").as_posix()} | implemented) & subjects:
            untested.append(where.as_posix())
    return untested


def problems_in(root, most):
    found, subjects = problems_of_tests(root)
    record = root / "tools" / "untested.txt"
    listed = record.read_text(encoding="utf-8").split() if record.exists() else []
    untested = untested_in(root, subjects)
    found += [f"src/weft/{name} has more than {LINES} lines and no test" for name in untested if name not in listed]
    found += [f"tools/untested.txt lists {name}, which is not untested any more: remove the line"
              for name in listed if name not in untested]
    if len(listed) != most:
        found.append(f"tools/untested.txt has {len(listed)} lines, and MOST_UNTESTED is {most}: "
                     f"{'the list only shrinks' if len(listed) > most else 'lower it'}")
    return found


def self_test():
    long = "\n" * (LINES + 1)
    files = {
        "src/weft/a/one.h": "", "src/weft/a/one.cpp": long, "src/weft/a/cpu/one.cpp": long, "src/weft/a/cpu/two.cpp": long,
        "src/weft/a/short.cpp": "", "src/weft/b/three.cpp": long, "src/weft/b/four.cpp": long, "src/weft/b/five.cpp": long,
        "tests/a/one_test.cpp": "", "tests/a/one_law_test.cpp": "", "tests/a/a_test.cpp": "", "tests/a/lost_test.cpp": "// Lost",
        "tests/b/law_test.cpp": "// Of a/one.h,\n// b/three.cpp, a/: a law\n", "tests/b/gone_test.cpp": "// Of b/gone.h: a law\n",
        "tests/mpi/any_test.cpp": "", "tests/gone/gone_test.cpp": "",
        "tools/untested.txt": "b/four.cpp\nb/three.cpp\n",
    }
    expected = ["src/weft/a/cpu/two.cpp", "src/weft/b/five.cpp", "tests/a/lost_test.cpp", "tests/b/gone_test.cpp",
                "tests/gone/gone_test.cpp", "tools/untested.txt lists b/three.cpp,"]
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")
        found = problems_in(root, 2)
        counted = [len(problems_in(root, most)) - len(found) for most in (1, 2, 3)]
    got = sorted(" ".join(problem.split()[:3]) if problem.startswith("tools/") else problem.split()[0] for problem in found)
    if got != expected or counted != [1, 0, 1]:
        sys.exit(f"check_mirror.py: the self-test expected {expected}, got {got} and {counted}")
    print("check_mirror.py: the self-test passed")


def main():
    arguments = sys.argv[1:]
    if arguments == ["--self-test"]:
        self_test()
        return
    option = arguments.pop(0) if arguments[:1] == ["--list"] else ""
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).resolve().parent.parent)
    if option:
        print("\n".join(untested_in(root, problems_of_tests(root)[1])))
        return
    found = problems_in(root, MOST_UNTESTED)
    if found:
        print("\n".join(found))
        sys.exit(f"check_mirror.py: {len(found)} complaints")
    print(f"check_mirror.py: tests mirror the sources; {MOST_UNTESTED} long files have no test of their own")


if __name__ == "__main__":
    main()
