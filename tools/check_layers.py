#!/usr/bin/python3
"""Checks that every folder of src/weft includes only itself and folders of lower rank, that no folders at any depth
include each other in a circle, and that a device's library is named in that device's folder alone.

The files that lie in a folder itself are one node, those of each folder in it are others: plan/ and plan/passes/ may not
include each other both ways.

usage: check_layers.py [ROOT]        check the repository at ROOT (default: the one this file is in)
       check_layers.py --self-test   check the check
"""
import pathlib
import re
import sys
import tempfile

RANKS = {
    "base": 0,
    "tensor": 1,
    "expression": 1,  # scalars: it knows no tensor
    "comm": 1,
    "report": 1,  # logs and pages: it knows no engine
    "toml": 1,
    "store": 2,
    "graph": 3,
    "ops": 4,  # know no kernel
    "kernels": 5,  # bind ops to devices
    "machine": 3,  # what a machine can do; loading asks it, and knows no graph
    "price": 4,  # of a node
    "probe": 6,  # above kernels, which it times
    "parallel": 7,  # above price, which strategies ask
    "plan": 8,
    "run": 9,
    "params": 10,
    "data": 11,
    "recipe": 12,  # keys of loading are data's; what its keys choose lies above
    "optimizers": 13,
    "datasets": 13,
    "models": 14,  # ask what data they suit
    "tasks": 15,  # put data, models and optimizers together
    "sim": 16,
    "train": 17,
    "launch": 18,  # starts runs, and starts them again
    "cli": 19,
}
# Lower in rank, and still not to be known: a strategy must not depend on kernels, nor a data source on the engine that
# consumes it.
FORBIDDEN = {
    "parallel": {"kernels"},
    "data": {"graph", "ops", "expression", "kernels", "price", "probe", "parallel", "plan", "run", "params"},
}
# A device is its folder and nothing else.
DEVICE_LIBRARIES = {"kernels/cuda": re.compile("cuda|cublas", re.IGNORECASE)}
SUFFIXES = {".h", ".cpp", ".cu", ".cuh"}
INCLUDE = re.compile(r'^\s*#\s*include\s*"([^"]+)"')


def problem_with(folder, included):
    """Why a file of `folder` may not include the path `included`, or None where it may."""
    parts = included.split("/")
    if parts[0] != "weft" or len(parts) < 3:
        return f'includes "{included}", which does not begin at the root: expected "weft/FOLDER/FILE"'
    other = parts[1]
    if other == folder:
        return None
    if other not in RANKS:
        return f'includes "{included}", but {other}/ has no rank in tools/check_layers.py'
    if RANKS[other] >= RANKS[folder]:
        return (f'includes "{included}", but {folder}/ (rank {RANKS[folder]}) may include only folders of lower '
                f"rank, and {other}/ has rank {RANKS[other]}")
    if other in FORBIDDEN.get(folder, set()):
        return f'includes "{included}", but {folder}/ never includes {other}/'
    return None


def strangers_in(path, line):
    """The device libraries that `line` names though the file `path` of src/weft is outside of their folders."""
    return [f"names {match.group()}, which only {folder}/ may"
            for folder, name in DEVICE_LIBRARIES.items()
            if not path.as_posix().startswith(folder + "/") and (match := name.search(line))]


def problems_in(root):
    """One line for each line of a file that breaks a rule."""
    found = []
    source = root / "src" / "weft"
    for path in sorted(path for path in source.rglob("*") if path.suffix in SUFFIXES):
        folder = path.relative_to(source).parts[0]
        where = path.relative_to(root)
        if folder not in RANKS:
            found.append(f"{where}: {folder}/ has no rank in tools/check_layers.py")
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            match = INCLUDE.match(line)
            problem = match and problem_with(folder, match.group(1))
            problems = [problem] if problem else []
            for each in problems + strangers_in(path.relative_to(source), line):
                found.append(f"{where}:{number}: {each}")
    return found


def edges_in(source):
    """For each folder, at any depth, the folders that its files include, each with a file that does."""
    edges = {}
    for path in sorted(path for path in source.rglob("*") if path.suffix in SUFFIXES):
        folder = path.parent.relative_to(source).as_posix()
        for line in path.read_text(encoding="utf-8").splitlines():
            match = INCLUDE.match(line)
            if not match or not match.group(1).startswith("weft/"):
                continue
            other = pathlib.PurePosixPath(match.group(1)).parent.relative_to("weft").as_posix()
            if other != folder:
                edges.setdefault(folder, {}).setdefault(other, path.relative_to(source).as_posix())
    return edges


def circle_in(edges):
    """The shortest list of folders each of which includes the next, and the last the first; None where there is none."""
    shortest = None
    for start in sorted(edges):
        before = {start: None}
        queue = [start]
        for folder in queue:  # it grows
            for other in edges.get(folder, {}):
                if other == start:
                    circle = []
                    while folder is not None:
                        circle.insert(0, folder)
                        folder = before[folder]
                    if shortest is None or len(circle) < len(shortest):
                        shortest = circle
                    queue.clear()
                    break
                if other not in before:
                    before[other] = folder
                    queue.append(other)
            if not queue:
                break
    return shortest


def circle_problem(root):
    """One line about a circle, or None."""
    edges = edges_in(root / "src" / "weft")
    circle = circle_in(edges)
    if circle is None:
        return None
    steps = [f"{edges[folder][other]} includes {other}/" for folder, other in zip(circle, circle[1:] + circle[:1])]
    return "a circle of folders: " + ", ".join(steps)


def self_test():
    """Each kind of problem is found, and nothing else."""
    files = {
        "src/weft/base/check.h": "#include <string>\n",
        "src/weft/base/bad.cpp": '#include "weft/tensor/view.h"\n',
        "src/weft/comm/bad.cpp": '#include "weft/tensor/view.h"\n',
        "src/weft/comm/good.cpp": '#include "weft/base/check.h"\n#include "weft/comm/group.h"\n',
        "src/weft/data/bad.cpp": '#include "weft/run/executor.h"\n',
        "src/weft/data/good.cpp": '#include "weft/machine/machine.h"\n',
        "src/weft/ops/sub/bad.cpp": '\n#include "relu.h"\n',
        "src/weft/cli/bad.cpp": '#include "weft/extra/x.h"\n',
        "src/weft/extra/x.h": "",
        "src/weft/graph/bad.h": "// as cublasLt does\n",
        "src/weft/kernels/cuda/bad.cu": '#include "weft/plan/passes/pass.h"\n',
        "src/weft/kernels/cuda/good.cu": "#include <cuda_runtime.h>\n",
        "src/weft/parallel/bad.h": '#include "weft/kernels/matmul.h"\n',
    }
    expected = [
        "src/weft/base/bad.cpp:1",
        "src/weft/cli/bad.cpp:1",
        "src/weft/comm/bad.cpp:1",
        "src/weft/data/bad.cpp:1",
        "src/weft/extra/x.h",
        "src/weft/graph/bad.h:1",
        "src/weft/kernels/cuda/bad.cu:1",
        "src/weft/ops/sub/bad.cpp:2",
        "src/weft/parallel/bad.h:1",
    ]
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        found = sorted(problem.split(": ")[0] for problem in problems_in(root))
    if found != expected:
        sys.exit(f"check_layers.py: the self-test expected {expected}, got {found}")
    for edges, circle in (({"a": {"b": ""}, "b": {"c": ""}, "c": {"b": ""}}, ["b", "c"]),
                          ({"a": {"a/x": ""}, "a/x": {"a/y": ""}, "a/y": {"a": ""}}, ["a", "a/x", "a/y"]),
                          ({"a": {"b": "", "c": ""}, "b": {"c": ""}}, None)):
        if circle_in(edges) != circle:
            sys.exit(f"check_layers.py: the self-test expected the circle {circle}, got {circle_in(edges)}")
    print("check_layers.py: the self-test passed")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    found = problems_in(root)
    if circle := circle_problem(root):
        found.append(circle)
    if found:
        print("\n".join(found))
        sys.exit(f"check_layers.py: {len(found)} lines break the order of the layers")
    print("check_layers.py: every include goes down, at every depth, and every device keeps to its folder")


if __name__ == "__main__":
    main()
