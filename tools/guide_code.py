#!/usr/bin/python3
"""Takes the files out of the guides (docs/*.md), so that what a reader pastes is what CI compiles and runs.

A fenced block whose info string names a path, as in

    ```cpp src/weft/tasks/metric/rmse.cpp

is that whole file. It exists in the guide only: a path that two blocks name is an error. A path that the repository has is
left out, so that a reader who pastes a guide's files can build and try them; --check, a test, says that they may not stay.
Each is written to OUT/PATH; one that is as it was is not touched, and files of earlier runs that no guide shows any more
are removed. The paths are printed, one a line.

tests/CMakeLists.txt calls this when it configures, and makes the program test_guides of the files. There the manifests of
the folders (cmake/WeftLayers.cmake) are made anew with the guides' files beside those of src/: an op, a loss, a model of a
guide is registered as if it lay in src/, a recipe can name it, and the laws of tests/ that hold for every op, loss, metric
and optimizer are tried on it. No other program has them.

usage: guide_code.py OUT           write the files below OUT, and print their paths
       guide_code.py --check       check that the files of the guides exist in the guides only
       guide_code.py --format      format their C++ in the guides, as clang-format has it
       guide_code.py --self-test   check the extraction
"""
import pathlib
import re
import subprocess
import sys
import tempfile

GUIDES = "*.md"
OPENING = re.compile(r"^(?P<fence>`{3,})(?P<info>[^`]*)$")
FOLDERS = ("src/", "tests/")


class GuideError(Exception):
    """A guide that breaks a rule; the text is one sentence for people."""


def files_of(name, text):
    """{path: content} of the blocks of the guide `name` that name a path."""
    files = {}
    fence, path, lines = None, None, []
    for number, line in enumerate(text.splitlines(), 1):
        if fence is None:
            opening = OPENING.match(line)
            if not opening:
                continue
            fence, begun = opening["fence"], number
            words = opening["info"].split()
            path, lines = (words[1] if len(words) > 1 else None), []
            if path is not None and (not path.startswith(FOLDERS) or ".." in path):
                raise GuideError(f"{name}:{number}: {path} lies neither below src/ nor below tests/")
            if path in files:
                raise GuideError(f"{name}:{number}: {path} is shown twice")
        elif line.strip() == fence:
            if path is not None:
                files[path] = "\n".join(lines) + "\n"
            fence = None
        else:
            lines.append(line)
    if fence is not None:
        raise GuideError(f"{name}:{begun}: the block is not closed")
    return files


def files_in(root):
    """{path: content} of all guides of the repository at `root`."""
    files = {}
    for guide in sorted((root / "docs").glob(GUIDES)):
        name = guide.relative_to(root)
        for path, content in files_of(name, guide.read_text(encoding="utf-8")).items():
            if path in files:
                raise GuideError(f"{name}: {path} is shown by another guide too")
            files[path] = content
    return files


def pasted(files, root):
    """The paths that the repository has too."""
    return [path for path in files if (root / path).exists()]


def write(files, out):
    """Makes `out` hold these files and no others."""
    for folder in FOLDERS:
        for old in (out / folder).rglob("*"):
            if old.is_file() and old.relative_to(out).as_posix() not in files:
                old.unlink()
    for path, content in files.items():
        file = out / path
        if file.is_file() and file.read_text(encoding="utf-8") == content:
            continue
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content, encoding="utf-8")


def format_guides(root):
    """Each C++ file in its guide as clang-format has it."""
    for guide in sorted((root / "docs").glob(GUIDES)):
        text = guide.read_text(encoding="utf-8")
        new = text
        for path, content in files_of(guide.relative_to(root), text).items():
            if path.endswith((".cpp", ".h")):
                formatted = subprocess.run(["clang-format", f"--assume-filename={root / path}"], input=content, text=True,
                                           stdout=subprocess.PIPE, check=True).stdout
                new = new.replace(content, formatted)
        if new != text:
            guide.write_text(new, encoding="utf-8")


GUIDE = """# Adding
```cpp src/weft/a.h
int a();

```
```
no file
```
````md
```cpp src/weft/quoted.h
```
````
```sh
not one either
```
```cpp tests/a_test.cpp
int b();
```
"""
# Guides that are refused, and what of the message says why.
BROKEN = [
    ("```cpp docs/a.h\n```\n", "a.md:1: docs/a.h lies neither"),
    ("```cpp src/../a.h\n```\n", "a.md:1: src/../a.h lies neither"),
    ("```cpp src/a.h\n```\n```cpp src/a.h\n```\n", "a.md:3: src/a.h is shown twice"),
    ("\n```cpp src/a.h\nint a();\n", "a.md:2: the block is not closed"),
]


def message_of(act):
    """The text of the error that `act` ends with; empty where it ends with none."""
    try:
        act()
    except GuideError as error:
        return str(error)
    return ""


def expect(what, got, wanted):
    """Ends the self-test where `got` is something else."""
    if got != wanted:
        sys.exit(f"guide_code.py: the self-test expected of {what}: {wanted!r}, got {got!r}")


def self_test():
    """Blocks with a path are files, others are not; each rule is kept; files are written once and removed."""
    files = files_of("a.md", GUIDE)
    expect("a guide", files, {"src/weft/a.h": "int a();\n\n", "tests/a_test.cpp": "int b();\n"})
    for text, why in BROKEN:
        message = message_of(lambda guide=text: files_of("a.md", guide))
        expect(text, message[:len(why)], why)
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "docs").mkdir()
        (root / "docs" / "add-a.md").write_text(GUIDE, encoding="utf-8")
        (root / "other.md").write_text(GUIDE, encoding="utf-8")
        expect("the folder", files_in(root), files)
        out = root / "out"
        write(files, out)
        first = (out / "src/weft/a.h").stat().st_mtime_ns
        write({"src/weft/a.h": files["src/weft/a.h"]}, out)
        expect("a file that is as it was", (out / "src/weft/a.h").stat().st_mtime_ns, first)
        expect("a file that is gone", (out / "tests/a_test.cpp").exists(), False)
        (root / "docs" / "add-b.md").write_text("```cpp src/weft/a.h\n```\n", encoding="utf-8")
        expect("two guides", "by another guide" in message_of(lambda: files_in(root)), True)
        (root / "docs" / "add-b.md").unlink()
        (root / "tests").mkdir()
        (root / "tests" / "a_test.cpp").write_text("", encoding="utf-8")
        expect("a second copy", pasted(files, root), ["tests/a_test.cpp"])
    print("guide_code.py: the self-test passed")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    if sys.argv[1] == "--self-test":
        self_test()
        return
    root = pathlib.Path(__file__).resolve().parent.parent
    if sys.argv[1] == "--format":
        format_guides(root)
        return
    try:
        files = files_in(root)
    except GuideError as error:
        sys.exit(f"guide_code.py: {error}")
    there = pasted(files, root)
    if sys.argv[1] == "--check":
        if there:
            sys.exit(f"guide_code.py: a guide shows files that are there already: {', '.join(there)}")
        print(f"guide_code.py: the {len(files)} files of the guides exist in the guides only")
        return
    files = {path: content for path, content in files.items() if path not in there}
    write(files, pathlib.Path(sys.argv[1]))
    print("\n".join(files))


if __name__ == "__main__":
    main()
