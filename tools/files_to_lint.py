#!/usr/bin/python3
"""Prints the .cpp files of src/ that clang-tidy must read for what changed since a commit, in the order of their names:
a .cpp itself, and for a header its own .cpp, or the nearest file that includes it, through other headers if need be.
New files count before they are added to git. Exit code 2 where it cannot tell: git does not know the commit as one
before this, or the rules (.clang-tidy) changed.

usage: files_to_lint.py COMMIT [ROOT]
       files_to_lint.py --self-test   check the check
"""
import pathlib
import re
import subprocess
import sys
import tempfile

INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"', re.MULTILINE)
RULES = ".clang-tidy"


class CannotTell(Exception):
    pass


def git(root, *arguments):
    done = subprocess.run(["git", *arguments], cwd=root, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise CannotTell(f"git {arguments[0]}: {done.stderr.strip() or 'no'}")
    return done.stdout.splitlines()


def changed_since(root, commit):
    try:
        git(root, "merge-base", "--is-ancestor", commit, "HEAD")
    except CannotTell:
        raise CannotTell(f"git does not know {commit[:9]} as a commit before this") from None
    names = git(root, "diff", "--name-only", "--diff-filter=d", commit, "--", RULES, "src")
    return names + git(root, "ls-files", "--others", "--exclude-standard", "--", "src")


def readers_by_header(root):
    """Which files of src/ include each header, by the names that git has for them."""
    readers = {}
    for path in sorted((root / "src").rglob("*")):
        if path.suffix not in {".h", ".cpp"}:
            continue
        for included in INCLUDE.findall(path.read_text(encoding="utf-8")):
            readers.setdefault(f"src/{included}", []).append(path.relative_to(root).as_posix())
    return readers


def source_of(root, header, readers):
    """The header's own .cpp, or one of those that are fewest includes away."""
    own = pathlib.PurePosixPath(header).with_suffix(".cpp")
    if (root / own).exists():
        return own.as_posix()
    seen, front = {header}, [header]
    while front:
        above = [reader for name in front for reader in readers.get(name, []) if reader not in seen]
        sources = [reader for reader in above if reader.endswith(".cpp")]
        if sources:
            return min(sources)
        seen.update(above)
        front = above
    return None


def files_to_lint(root, commit):
    changed = changed_since(root, commit)
    if RULES in changed:
        raise CannotTell(f"{RULES} changed")
    readers = readers_by_header(root)
    sources = set()
    for name in changed:
        if name.endswith(".cpp"):
            sources.add(name)
        elif name.endswith(".h"):
            source = source_of(root, name, readers)
            if source is None:
                raise CannotTell(f"no source file includes {name}")
            sources.add(source)
    return sorted(sources)


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)

        def write(name, text):
            (root / name).parent.mkdir(parents=True, exist_ok=True)
            (root / name).write_text(text, encoding="utf-8")

        def commit():
            git(root, "add", "-A")
            git(root, "-c", "user.name=x", "-c", "user.email=x", "commit", "-qm", "x")
            return git(root, "rev-parse", "HEAD")[0]

        git(root, "init", "-q")
        write(RULES, "")
        for name in ("own", "far"):
            write(f"src/{name}.h", "\n")
        write("src/between.h", '#include "far.h"\n')
        write("src/own.cpp", '#include "own.h"\n')
        write("src/reader.cpp", '#include "between.h"\n#include "own.h"\n')
        write("src/other.cpp", "\n")
        first = commit()
        expected = [
            ([], []),
            (["src/own.h"], ["src/own.cpp"]),
            (["src/far.h"], ["src/own.cpp", "src/reader.cpp"]),
            (["src/new.cpp", "README.md"], ["src/new.cpp", "src/own.cpp", "src/reader.cpp"]),
        ]
        for changes, wanted in expected:
            for name in changes:
                write(name, "int x;\n")
            found = files_to_lint(root, first)
            if found != wanted:
                sys.exit(f"files_to_lint.py: the self-test expected {wanted}, got {found}")
        commit()
        if files_to_lint(root, first) != expected[-1][1]:
            sys.exit("files_to_lint.py: the self-test expected committed files to count")
        for name in (RULES, "src/alone.h"):
            write(name, "x\n")
            try:
                found = files_to_lint(root, first)
            except CannotTell:
                (root / name).unlink()
                git(root, "checkout", "-q", "--", ".")
                continue
            sys.exit(f"files_to_lint.py: the self-test expected no answer where {name} changed, got {found}")
        try:
            files_to_lint(root, "0" * 40)
        except CannotTell:
            print("files_to_lint.py: the self-test passed")
            return
        sys.exit("files_to_lint.py: the self-test expected no answer for an unknown commit")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    if len(sys.argv) < 2:
        sys.exit(__doc__)
    root = pathlib.Path(sys.argv[2] if len(sys.argv) > 2 else pathlib.Path(__file__).resolve().parent.parent)
    try:
        for name in files_to_lint(root, sys.argv[1]):
            print(name)
    except CannotTell as error:
        print(f"files_to_lint.py: {error}", file=sys.stderr)
        sys.exit(2)


if __name__ == "__main__":
    main()
