#!/usr/bin/python3
"""Checks that no two files of src/weft define a type, or a free function of one signature, by one qualified name.

Two types of one name are one name for two things to who reads, and undefined behaviour where one program links both:
inline members of one serve the other, without a word from the linker. The same holds for two functions, of which a
static library gives whichever it finds first. What is in an anonymous namespace, static, or within a function counts
for its file alone. A specialisation counts by its arguments. Files that kernels/ compiles for several instruction sets
are read once.

The script reads braces and heads of declarations, and expands no macro.

usage: check_names.py [ROOT]        check the repository at ROOT (default: the one this file is in)
       check_names.py --self-test   check the check
"""
import pathlib
import re
import sys
import tempfile

SUFFIXES = {".h", ".cpp", ".cu", ".cuh"}
# What is no code: comments, preprocessor lines with their continuations, and literals, which become "".
NOT_CODE = re.compile(
    r'//[^\n]*|/\*.*?\*/|^[ \t]*\#(?:[^\n\\]|\\.)*'
    r'|R"(?P<raw>[^()\s\\]*)\(.*?\)(?P=raw)"|"(?:[^"\\\n]|\\.)*"|(?<![0-9a-fA-F])\'(?:[^\'\\\n]|\\.)+\'',
    re.DOTALL | re.MULTILINE)
TOKEN = re.compile(r'[A-Za-z_]\w*|::|->|\d[\w.\']*|""|\S')
WORD = re.compile(r"[A-Za-z_]\w*$")
KEYS = {"struct", "class", "union", "enum"}
BEFORE = {"inline", "constexpr", "typedef", "export", "friend", "consteval", "__global__", "__device__", "__host__"}


def tokens_of(text):
    return TOKEN.findall(NOT_CODE.sub(lambda match: '""' if match.group()[0] in "\"R'" else " ", text))


def after_group(tokens, at, opening, closing):
    """The place after the group that begins at `at`."""
    depth = 0
    while at < len(tokens):
        depth += (tokens[at] == opening) - (tokens[at] == closing)
        at += 1
        if depth == 0:
            break
    return at


def before_group(tokens, end):
    """The place of the word before the <group> that ends at `end`."""
    depth = 0
    while end > 0:
        end -= 1
        depth += (tokens[end] == ">") - (tokens[end] == "<")
        if depth == 0:
            break
    return max(0, end - 1)


def without_prefix(head):
    """The template heads before a declaration, as text, and what follows them and words such as inline."""
    at, template = 0, ""
    while at < len(head):
        if head[at] == "template" and at + 1 < len(head):
            end = after_group(head, at + 1, "<", ">")
            template += " ".join(head[at:end])
        elif head[at] == "[":
            end = after_group(head, at, "[", "]")
        elif head[at] in BEFORE:
            end = at + 1
        else:
            break
        at = end
    return template, head[at:]


def type_name(rest):
    """The name that the head of a class or an enum gives it; "" for one without; None where it is the head of something
    else, such as a function that returns one."""
    at = 1
    if rest[0] == "enum" and at < len(rest) and rest[at] in KEYS:
        at += 1
    name = ""
    while at < len(rest) and rest[at] not in {":", "final"}:
        if rest[at] == "[":
            at = after_group(rest, at, "[", "]")
        elif rest[at] == "alignas":
            at = after_group(rest, at + 1, "(", ")")
        elif rest[at] == "<":
            end = after_group(rest, at, "<", ">")
            name += "".join(rest[at:end])
            at = end
        elif rest[at] == "::" or (WORD.match(rest[at]) and (not name or name.endswith("::"))):
            name += rest[at]
            at += 1
        else:
            return None
    return name


def parameter_types(tokens):
    """Parameters without their names and default values, as text."""
    parts, depth, part = [], 0, []
    for token in tokens + [","]:
        depth += (token in "(<[{") - (token in ")>]}")
        if token == "," and depth == 0:
            part = part[:part.index("=")] if "=" in part else part
            if len(part) > 1 and WORD.match(part[-1]) and part[-2] != "::":
                part = part[:-1]
            parts.append(" ".join(part))
            part = []
        else:
            part.append(token)
    return ", ".join(parts)


def function_key(template, rest):
    """Name and parameters of the function that begins with these tokens, or None where none does."""
    if "static" in rest or "(" not in rest:
        return None
    opening = rest.index("(")
    if "operator" in rest[:opening]:
        at = rest.index("operator")
        name = "".join(rest[at:opening])
        if rest[opening:opening + 2] == ["(", ")"] and name == "operator":  # the call operator
            name, opening = name + "()", opening + 2
    elif "=" in rest[:opening] or not WORD.match(rest[opening - 1]):
        return None
    else:
        at = opening - 1
        name = rest[at]
    while at > 1 and rest[at - 1] == "::" and (rest[at - 2] == ">" or WORD.match(rest[at - 2])):
        owner = before_group(rest, at - 1) if rest[at - 2] == ">" else at - 2
        name = "".join(rest[owner:at]) + name
        at = owner
    end = after_group(rest, opening, "(", ")")
    suffix = " const" if "const" in rest[end:end + 1] else ""
    return f"{template} {name}({parameter_types(rest[opening + 1:end - 1])}){suffix}".strip()


class Reader:
    """Walks the braces of one file and collects what it defines."""

    def __init__(self, tokens):
        self.tokens = tokens
        self.scopes = []  # (kind, name, head to go on with): kinds are named, hidden, block, list
        self.found = []  # qualified names

    def read(self):
        head = []
        for token in self.tokens:
            if token == "{":
                head = self.open(head)
            elif token == "}":
                kind, _, before = self.scopes.pop() if self.scopes else ("block", "", [])
                head = before + ["{}"] if kind == "list" else []
            elif token == ";" and head.count("(") == head.count(")"):
                head = []
            else:
                head.append(token)
                if head[-2:] in (["public", ":"], ["private", ":"], ["protected", ":"]):
                    head = []
        return self.found

    def push(self, kind, name="", head=()):
        self.scopes.append((kind, name, list(head)))
        return []

    def is_open_to_names(self):
        return all(kind == "named" for kind, _, _ in self.scopes)

    def qualified(self, name):
        return "::".join([scope for _, scope, _ in self.scopes if scope] + [name])

    def open(self, head):
        """What a brace after `head` begins; the head that goes on within it."""
        template, rest = without_prefix(head)
        if head.count("(") != head.count(")"):
            return self.push("list", head=head)
        if rest[:1] == ["namespace"]:
            name = "".join(rest[1:])
            return self.push("named" if name else "hidden", name)
        if rest[:2] == ["extern", '""']:
            return self.push("named")
        if rest and rest[0] in KEYS and (name := type_name(rest)) is not None:
            if name and self.is_open_to_names():
                self.found.append(self.qualified(name))
            return self.push("block" if rest[0] == "enum" else "named" if name else "hidden", name)
        # A member that a constructor's list of members gives its value in braces.
        if ")" in rest and ":" in rest[rest.index(")"):] and (WORD.match(rest[-1]) or rest[-1] == ">"):
            return self.push("list", head=head)
        if self.is_open_to_names() and (key := function_key(template, rest)):
            self.found.append(self.qualified(key))
        return self.push("block")


def definitions_in(root):
    """{qualified name: files that define it}."""
    found = {}
    source = root / "src" / "weft"
    for path in sorted(path for path in source.rglob("*") if path.suffix in SUFFIXES):
        for name in Reader(tokens_of(path.read_text(encoding="utf-8"))).read():
            files = found.setdefault(name, [])
            if path.relative_to(root).as_posix() not in files:
                files.append(path.relative_to(root).as_posix())
    return found


def without_stand_ins(files):
    """The files without each absent.cpp that has a .cu file of its folder among them."""
    compiled = {path.rpartition("/")[0] for path in files if path.endswith(".cu")}
    return [path for path in files if not (path.endswith("/absent.cpp") and path.rpartition("/")[0] in compiled)]


def problems_in(root):
    return [f"{name} is defined by {' and '.join(files)}"
            for name, files in sorted(definitions_in(root).items()) if len(without_stand_ins(files)) > 1]


def self_test():
    """Each kind of collision is found, and nothing else."""
    files = {
        "a.h": "namespace weft {\nstruct Twice final : Base<int> { int x = {1}; };\nclass Declared;\nenum class Kind { a };\n"
               "template <class T> struct Of { struct Part {}; };\ntemplate <> struct Of<int> {};\n"
               "inline int once(int a) { struct Local {}; return a; }\ninline int twice(const Of<int>& a, int b = 1) { return b; }\n"
               "struct Body { Body(int a) : x_{a}, y_(a) {} int x_; int y_; };\nBody make(int a = {}) { return {a}; }\n}\n",
        "b.h": "// struct Twice {};\n#define X \\\n  struct Twice {};\nnamespace weft::part {\nstruct Twice {};\n}\n"
               "namespace weft {\nclass Declared {};\ntemplate <> struct Of<char> {};\ninline int once(long a) { struct Local {}; }\n"
               "namespace {\nstruct Kind {};\nint twice(const Of<int>& x, int y) { return y; }\n}\nstatic int hidden() { return 0; }\n}\n",
        "c.cpp": 'namespace weft {\nclass [[nodiscard]] Twice {};\nenum Kind : int {};\nstruct Of<int>::Part { const char* x = "}"; };\n'
                 "int twice(const Of<int>& first, int second) { return second; }\nstatic int hidden() { return 0; }\n"
                 "Body::Body(long a) : x_{a}, y_(a) {}\nint Body::get() const { return 0; }\nint Body::get() { return 0; }\n"
                 "void Of<int>::from(int) {}\nvoid run() {}\n}\n",
        "d.cpp": "namespace weft {\nvoid Of<char>::from(int) {}\n}\n",
        "gpu/absent.cpp": "namespace weft {\nvoid there() {}\nvoid run() {}\n}\n",
        "gpu/gpu.cu": "namespace weft {\nvoid there() {}\n}\n",
    }
    expected = ["weft::Kind", "weft::Twice", "weft::run()", "weft::twice(const Of < int > &, int)"]
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        for name, text in files.items():
            (root / "src/weft" / name).parent.mkdir(parents=True, exist_ok=True)
            (root / "src/weft" / name).write_text(text, encoding="utf-8")
        found = [problem.split(" is defined by ")[0] for problem in problems_in(root)]
        names = definitions_in(root)
    for name in ("weft::part::Twice", "weft::Of::Part", "weft::Of<int>::Part", "weft::Of<int>", "weft::Body",
                 "weft::Body::Body(int)", "weft::Body::Body(long)", "weft::Body::get() const", "weft::once(int)", "weft::make(int)", "weft::Declared"):
        if name not in names:
            sys.exit(f"check_names.py: the self-test expected {name} among {sorted(names)}")
    if found != expected:
        sys.exit(f"check_names.py: the self-test expected {expected}, got {found}")
    print("check_names.py: the self-test passed")


def main():
    if sys.argv[1:] == ["--self-test"]:
        self_test()
        return
    root = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else pathlib.Path(__file__).resolve().parent.parent)
    found = problems_in(root)
    if found:
        print("\n".join(found))
        sys.exit(f"check_names.py: {len(found)} names are those of two things")
    print("check_names.py: no two files define one name")


if __name__ == "__main__":
    main()
