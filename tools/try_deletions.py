#!/usr/bin/python3
"""Tries that nothing else knows a kind: with each registered pair of files deleted, and its test, the rest builds and
passes its tests.

The pairs are those of a recipe's kinds, tokenizers and observers, in the folders that src/weft/CMakeLists.txt makes manifests
of. Not tried: ops, which models call by name, and formats of files and the simulator's policies, which read each other's. A
test of what a missing kind is a part of skips. The tests under mpirun name kinds on purpose and are left out. Each is moved away, the programs that
use kinds are built and run, and it is put back. One takes one to three minutes: this is a command, and no part of ctest.

usage: try_deletions.py [--build FOLDER] [NAME...]   NAME: a pair, as in models/kind/gpt; default: all
       try_deletions.py --list                       what would be tried
       try_deletions.py --self-test                  check the check
"""
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
MANIFEST = re.compile(r"^\s*weft_(?:kinds|manifest)\((\S+)", re.MULTILINE)
REGISTERS = re.compile(r"^void register_", re.MULTILINE)
FOLDERS = ("models/", "tasks/", "optimizers/", "datasets/", "data/text/tokenizer", "train/observer")
PROGRAMS = ("weft", "test_recipe", "test_data", "test_optimizers", "test_datasets", "test_models", "test_tasks", "test_train",
            "test_cli")


def pairs_in(root):
    """ "models/kind/gpt" and so on, sorted."""
    manifests = MANIFEST.findall((root / "src/weft/CMakeLists.txt").read_text(encoding="utf-8"))
    found = []
    for folder in manifests:
        if not folder.startswith(FOLDERS):
            continue
        for path in sorted((root / "src/weft" / folder).rglob("*.cpp")):
            if REGISTERS.search(path.read_text(encoding="utf-8")):
                found.append(path.relative_to(root / "src/weft").with_suffix("").as_posix())
    return sorted(found)


def files_of(root, pair):
    """The pair's own files, its test and its fuzz target."""
    paths = [root / "src/weft" / f"{pair}.{end}" for end in ("h", "cpp")]
    paths += [root / "tests" / f"{pair}_test.cpp", root / "fuzz" / f"fuzz_{pathlib.PurePosixPath(pair).name}.cpp"]
    return [path for path in paths if path.exists()]


class Without:
    """While it lives, the files are away."""

    def __init__(self, files):
        self.files = files
        self.away = pathlib.Path(tempfile.mkdtemp(prefix="weft-deleted-"))

    def __enter__(self):
        for number, path in enumerate(self.files):
            shutil.move(path, self.away / str(number))

    def __exit__(self, *_):
        for number, path in enumerate(self.files):
            shutil.move(self.away / str(number), path)
        self.away.rmdir()


def run(command, log, **more):
    return subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False, **more).returncode


def problem_without(root, build, pair, log):
    """What fails, or None."""
    if run(["cmake", "-S", root, "-B", build], log) != 0:
        return "cmake fails"
    if run(["ninja", "-C", build, *PROGRAMS], log) != 0:
        return "the build fails"
    failed = []
    for name in PROGRAMS[1:]:
        program = build / "tests" / name
        # A page of what there is cannot be the committed one.
        if run([program, "--gtest_filter=-RecipeReference.CommittedReferenceIsUpToDate:*ollectives*",
                "--gtest_brief=1"], log, cwd=build, env={**os.environ, "WEFT_LACKS_KINDS": "1"}) != 0:
            failed.append(name)
    return f"{', '.join(failed)} fail" if failed else None


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "src/weft/models/kind").mkdir(parents=True)
        (root / "tests/models/kind").mkdir(parents=True)
        (root / "src/weft/CMakeLists.txt").write_text("weft_kinds(models/kind Model h f)\nweft_manifest(ops O h f)\n")
        (root / "src/weft/models/kind/a.cpp").write_text("void register_a(K& k) {}\n")
        (root / "src/weft/models/kind/a.h").write_text("")
        (root / "src/weft/models/kind/part.cpp").write_text("int x;\n")
        (root / "tests/models/kind/a_test.cpp").write_text("")
        if pairs_in(root) != ["models/kind/a"] or len(files_of(root, "models/kind/a")) != 3:
            sys.exit(f"try_deletions.py: the self-test found {pairs_in(root)}")
        with Without(files_of(root, "models/kind/a")):
            if files_of(root, "models/kind/a"):
                sys.exit("try_deletions.py: the self-test still finds files that are away")
        if len(files_of(root, "models/kind/a")) != 3:
            sys.exit("try_deletions.py: the self-test lost files")
    print("try_deletions.py: the self-test passed")


def main():
    arguments = sys.argv[1:]
    if arguments == ["--self-test"]:
        self_test()
        return
    build = ROOT / "build"
    if arguments[:1] == ["--build"]:
        build = pathlib.Path(arguments[1]).resolve()
        arguments = arguments[2:]
    pairs = pairs_in(ROOT)
    if arguments == ["--list"]:
        print("\n".join(pairs))
        return
    for name in arguments:
        if name not in pairs:
            sys.exit(f"try_deletions.py: there is no pair {name}; --list names them")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that what is away comes back
    failed = 0
    for pair in arguments or pairs:
        log_path = build / "deletions" / (pair.replace("/", "-") + ".log")
        log_path.parent.mkdir(exist_ok=True)
        with Without(files_of(ROOT, pair)), log_path.open("w", encoding="utf-8") as log:
            problem = problem_without(ROOT, build, pair, log)
        failed += problem is not None
        print(f"{pair}: {problem + ', see ' + str(log_path) if problem else 'the rest builds and passes'}", flush=True)
    subprocess.run(["cmake", "-S", ROOT, "-B", build], stdout=subprocess.DEVNULL, check=False)
    if failed:
        sys.exit(f"try_deletions.py: {failed} pairs are known elsewhere")


if __name__ == "__main__":
    main()
