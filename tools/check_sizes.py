#!/usr/bin/python3
"""Checks that files, functions and file names keep to docs' limits: a file has at most 500 lines, a function at
most 60, and no file is named after a drawer (utils, helpers, common, misc).

An exception is a comment `// size: REASON` (`# size: REASON` in Python and shell) in the comment above the
function, or for a whole file among its first five lines.

usage: check_sizes.py [ROOT]        check the repository at ROOT (default: the one this file is in)
       check_sizes.py --self-test   check the check
"""
import ast
import pathlib
import re
import sys
import tempfile

MAX_FILE_LINES = 500
MAX_FUNCTION_LINES = 60
DRAWERS = {"util", "utils", "helper", "helpers", "common", "misc"}
FOLDERS = ["src", "tests", "bench", "fuzz", "tools", "cmake", "python"]
SUFFIXES = {".h", ".cpp", ".cu", ".cuh", ".py", ".sh", ".cmake", ".txt"}
EXCEPTION = re.compile(r"(//|#)\s*size:\s*\S")

# What may hide a brace: comments, raw strings, strings, characters (not the ' of 1'000), macros.
HIDING = re.compile(
    r"""//[^\n]*
      | /\*.*?\*/
      | R"(?P<delimiter>[^()\s\\]{0,16})\(.*?\)(?P=delimiter)"
      | "(?:\\.|[^"\\\n])*"
      | (?<![0-9A-Za-z_])'(?:\\.|[^'\\\n])+'
      | ^[ \t]*\#(?:[^\n]*\\\n)*[^\n]*
    """, re.VERBOSE | re.DOTALL | re.MULTILINE)
SCOPE = re.compile(r"^(?:\[\[.*?\]\]|inline|static|constexpr|typedef|extern|friend|\s)*"
                   r"\b(?:namespace|class|struct|union|enum)\b")
LAMBDA = re.compile(r"\[[^\[\]]*\]\s*(?:\(\))?\s*(?:mutable|noexcept|->[^=]*|\s)*$")


def without_hidden(text):
    """The text with comments, strings and macros blanked out, every line break kept."""
    def blank(match):
        hidden = match.group(0)
        kept = '""' if hidden[0] in "\"R" else " "
        return kept + "\n" * hidden.count("\n")
    return HIDING.sub(blank, text)


def without_groups(head):
    """A declaration with what stands in parentheses, and template parameters in front, taken out."""
    previous = None
    while previous != head:
        previous = head
        head = re.sub(r"\([^()]*[^()\s][^()]*\)", "()", head)
        head = re.sub(r"\(\s*\(\)[^()]*\)", "()", head)
    while re.match(r"\s*template\s*<", head):
        depth = 0
        for at in range(head.index("<"), len(head)):
            depth += {"<": 1, ">": -1}.get(head[at], 0)
            if depth == 0:
                head = head[at + 1:]
                break
        else:
            return head
    return head.strip()


def kind_of(head):
    """What a brace after `head`, outside of any function, begins: a scope, a function, a member's initial value
    or another list of values."""
    head = without_groups(head)
    if not head or re.fullmatch(r'extern\s*""', head):
        return "scope"
    if SCOPE.match(head) and not re.search(r"\)\s*(?:const|noexcept|\s)*$", head):
        return "scope"
    without_operators = re.sub(r"\boperator\s*(?:\(\)|\[\]|[^\s\w(]+)", "operator_", head)
    if "=" in without_operators:
        return "function" if LAMBDA.search(head) else "value"
    if "(" not in head:
        return "value"
    after = head[head.index(")") + 1:]
    initializers = re.search(r"(?<!:):(?!:)", after)
    if initializers and re.search(r"[\w>]\s*$", after) and not re.search(r"\}\s*$", after):
        return "member"
    return "function"


def end_of_braces(text, at):
    """The place of the brace that closes the one at `at`."""
    depth = 0
    for place in range(at, len(text)):
        depth += {"{": 1, "}": -1}.get(text[place], 0)
        if depth == 0:
            return place
    return len(text) - 1


def cpp_functions(text):
    """(name, first line, last line) of every function in a C++ file. A lambda or a class within a function belongs
    to that function."""
    text = without_hidden(text)
    found = []
    head, begin, at = "", None, 0
    while at < len(text):
        char = text[at]
        if char in ";}" or (char == ":" and re.fullmatch(r"\s*(public|private|protected)", head)):
            head, begin = "", None
        elif char == "{":
            kind = kind_of(head)
            if kind == "scope":
                head, begin = "", None
            else:
                end = end_of_braces(text, at)
                if kind == "function":
                    first = text.count("\n", 0, begin) + 1
                    name = re.search(r"(operator\s*\S{1,3}|[\w:~]+)\s*\(", head)
                    found.append((name.group(1) if name else "lambda", first, text.count("\n", 0, end) + 1))
                    head, begin = "", None
                else:
                    head += "{}"
                at = end
        else:
            if begin is None and not char.isspace():
                begin = at
            head += char
        at += 1
    return found


def python_functions(text):
    """(name, first line, last line) of every function in a Python file."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef)
    return [(node.name, node.lineno, node.end_lineno) for node in ast.walk(ast.parse(text))
            if isinstance(node, kinds)]


def is_excepted(lines, first):
    """True when the comment right above line `first` (from 1) gives a reason."""
    at = first - 2
    while at >= 0 and lines[at].lstrip().startswith(("//", "#", "template", "@")):
        if EXCEPTION.search(lines[at]):
            return True
        at -= 1
    return False


def problems_with(where, text):
    """What is wrong with one file."""
    lines = text.splitlines()
    found = []
    words = set(where.name.split(".")[0].split("_"))
    if words & DRAWERS:
        found.append(f"{where}: a file named {where.name} says nothing; name the one concept that it holds")
    if len(lines) > MAX_FILE_LINES and not any(EXCEPTION.search(line) for line in lines[:5]):
        found.append(f"{where}: {len(lines)} lines, at most {MAX_FILE_LINES} are allowed")
    functions = []
    if where.suffix in (".h", ".cpp", ".cu", ".cuh"):
        functions = cpp_functions(text)
    elif where.suffix == ".py":
        functions = python_functions(text)
    for name, first, last in functions:
        size = last - first + 1
        if size > MAX_FUNCTION_LINES and not is_excepted(lines, first):
            found.append(f"{where}:{first}: {name} has {size} lines, at most {MAX_FUNCTION_LINES} are allowed")
    return found


def problems_in(root):
    """One line for each problem of the repository at `root`."""
    paths = [root / "weft-dev", root / ".ci" / "run"]
    for folder in FOLDERS:
        paths += [path for path in (root / folder).rglob("*") if path.suffix in SUFFIXES]
    found = []
    for path in sorted(paths):
        if path.is_file():
            found += problems_with(path.relative_to(root), path.read_text(encoding="utf-8"))
    return found


def body(lines):
    """A function's body of so many lines."""
    return "{\n" + "  x();\n" * (lines - 2) + "}\n"


# What the self-test expects the detector to see: source, then (name, number of lines) of each function.
SAMPLES = [
    ("int f(int a) " + body(5), [("f", 5)]),
    ("namespace a {\nstruct B : C<D> {\n  int x = 3;\n  B() : x{1}, y_(2) " + body(4) + "};\n}", [("B", 4)]),
    ("B::B(int a)\n    : x(a), y{2} " + body(4), [("B::B", 5)]),
    ("const std::map<int, int> kM = {\n{1, 2},\n{3, 4}};\nvoid g() {}\n", [("g", 1)]),
    ("template <class T, int N = 3>\nbool operator==(const T& a, B b = {}) " + body(3), [("operator==", 4)]),
    ('auto s = "{{{";\nchar c = \'{\'; // {\n/* { */ int n = 1\'000;\nvoid h() noexcept ' + body(3), [("h", 3)]),
    ('const char* t = R"x({ " {)x";\n#define M(a) { \\\n  {\nvoid h() ' + body(3), [("h", 3)]),
    ("void a() { if (x) { for (;;) { auto l = [&](int i) { return i; }; } } }\nvoid b() {}\n", [("a", 1), ("b", 1)]),
    ("constexpr auto kL = [](int x) " + body(6) + ";\n", [("kL", 6)]),
    ("enum class E : uint8_t { a, b };\nstruct alignas(64) S {\n  std::vector<int> v{1, 2};\n  S f() const "
     + body(3) + "};\n", [("f", 3)]),
    ('extern "C" int run(const uint8_t* b, size_t n) ' + body(3) + 'extern "C" {\nvoid z() {}\n}\n',
     [("run", 3), ("z", 1)]),
    ("class A {\n public:\n  explicit A(F<void(int)> f) : f_(std::move(f)) {}\n private:\n  F f_{};\n};\n", [("A", 1)]),
    ("TEST(Suite, Name) " + body(7), [("TEST", 7)]),
    ("auto f(int (*g)(int)) -> std::vector<int> " + body(3), [("f", 3)]),
]


def self_test_files():
    """(name, text, how many problems it has)"""
    long_function = "void f() " + body(MAX_FUNCTION_LINES + 1)
    long_file = "int x;\n" * (MAX_FILE_LINES + 1)
    long_python = "def f():\n" + "    x = 1\n" * MAX_FUNCTION_LINES
    return [
        ("src/a.cpp", long_function, 1),
        ("src/b.cpp", "void f() " + body(MAX_FUNCTION_LINES), 0),
        ("src/c.cpp", "// Does it.\n// size: one table\n" + long_function, 0),
        ("src/d.cpp", "// size: one table\n\n" + long_function, 1),
        ("src/e.h", long_file, 1),
        ("src/f.h", "// size: one table\n" + long_file, 0),
        ("src/string_utils.h", "", 1),
        ("tests/common.cpp", "", 1),
        ("src/commonplace.h", "", 0),
        ("tools/g.py", long_python, 1),
    ]


def self_test():
    """The detector sees the functions of the samples, and each kind of problem is found."""
    for source, expected in SAMPLES:
        got = [(name, last - first + 1) for name, first, last in cpp_functions(source)]
        # A lambda is named after nothing that matters.
        if [size for _, size in got] != [size for _, size in expected] or (
                got != expected and "kL" not in source):
            sys.exit(f"check_sizes.py: the self-test expected {expected}, got {got}, in:\n{source}")
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text, expected in self_test_files():
            path = root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            found = problems_in(root)
            path.unlink()
            if len(found) != expected:
                sys.exit(f"check_sizes.py: the self-test expected {expected} problems in {name}, got {found}")
    print("check_sizes.py: the self-test passed")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    found = problems_in(root)
    if found:
        print("\n".join(found))
        sys.exit(f"check_sizes.py: {len(found)} files or functions are out of bounds")
    print("check_sizes.py: all files and functions are within bounds")


if __name__ == "__main__":
    main()
