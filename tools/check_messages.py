#!/usr/bin/python3
"""Counts the messages of errors in src/ that no test asserts, and fails where their share has grown.

A message is the literal that user_error(), a fail() that calls it, a RecipeComplaint or a refused KeyFit is given. A test
asserts it where its longest stretch between two fields stands in a literal of a file of tests/ or python/tests/, or 24
characters of that stretch do. The number of messages that no test asserts may only fall: tools/unasserted_messages.txt
holds it.

usage: check_messages.py [ROOT]          check the repository at ROOT (default: the one this file is in)
       check_messages.py --list [ROOT]   print the messages that no test asserts
       check_messages.py --write [ROOT]  write the number of today
       check_messages.py --self-test     check the check
"""
import pathlib
import re
import sys
import tempfile

WINDOW = 24
MOST_SHARE = 0.15
LITERAL = re.compile(r'"((?:[^"\\\n]|\\.)*)"')
CALL = re.compile(r"\b(?:user_error\s*\(|fail\s*\(|RecipeComplaint\{[^,;{}]*,\s*(?:fmt::format\()?|KeyFit\{false,\s*(?:fmt::format\()?)")
FIELD = re.compile(r"\{[^{}]*\}")
RAW = re.compile(r'R"(\w*)\((.*?)\)\1"', re.DOTALL)


def unescaped(text):
    return re.sub(r"\\(.)", lambda match: {"n": "\n", "t": "\t"}.get(match.group(1), match.group(1)), text)


def joined_literal(text, at):
    """The adjacent literals that begin at or after `at`, as one, or None where something else comes first."""
    parts = []
    while True:
        gap = re.compile(r"\s*").match(text, at)
        match = LITERAL.match(text, gap.end())
        if not match:
            return "".join(parts) if parts else None
        parts.append(unescaped(match.group(1)))
        at = match.end()


def messages_in(source):
    """(file, line, message) of every call with a literal."""
    found = []
    for path in sorted(path for path in source.rglob("*") if path.suffix in {".cpp", ".h", ".cu"}):
        text = path.read_text(encoding="utf-8")
        for call in CALL.finditer(text):
            message = joined_literal(text, call.end())
            if message is not None:
                found.append((path, text.count("\n", 0, call.start()) + 1, message))
    return found


def fixed_parts(message):
    """The stretches of a message between its fields."""
    plain = message.replace("{{", "\0").replace("}}", "\1")
    return [part.replace("\0", "{").replace("\1", "}") for part in FIELD.split(plain)]


def text_of_tests(root):
    """All literals of all tests, joined as the compiler joins them."""
    texts = []
    for folder in (root / "tests", root / "python" / "tests"):
        for path in sorted(folder.rglob("*")):
            if path.suffix not in {".cpp", ".h", ".py"}:
                continue
            text = path.read_text(encoding="utf-8")
            at = 0
            while (match := LITERAL.search(text, at)) is not None:
                joined, at = [], match.start()
                while (match := LITERAL.match(text, at)) is not None:
                    joined.append(unescaped(match.group(1)))
                    at = re.compile(r"\s*").match(text, match.end()).end()
                texts.append("".join(joined))
            texts += [raw.group(2) for raw in RAW.finditer(text)]
    return "\n".join(texts)


def is_asserted(message, tests):
    """The longest stretch decides: shorter ones, such as ", got ", are everybody's."""
    longest = max(fixed_parts(message), key=len).strip()
    if len(longest) <= WINDOW:
        return len(longest) > 0 and longest in tests
    return any(longest[begin:begin + WINDOW] in tests for begin in range(len(longest) - WINDOW + 1))


def unasserted_in(root):
    tests = text_of_tests(root)
    messages = messages_in(root / "src" / "weft")
    return messages, [entry for entry in messages if not is_asserted(entry[2], tests)]


def check(root):
    messages, unasserted = unasserted_in(root)
    record = root / "tools" / "unasserted_messages.txt"
    allowed = int(record.read_text(encoding="utf-8").split()[0])
    share = len(unasserted) / max(1, len(messages))
    said = f"{len(unasserted)} of {len(messages)} messages ({share:.0%}) are asserted by no test"
    if len(unasserted) > allowed:
        return f"{said}, and {record.name} allows {allowed}; --list names them"
    if len(unasserted) < allowed:
        return f"{said}: fewer than {record.name} says ({allowed}); run tools/check_messages.py --write"
    if share > MOST_SHARE:
        return f"{said}, more than {MOST_SHARE:.0%}"
    print(f"check_messages.py: {said}")
    return None


def self_test():
    with tempfile.TemporaryDirectory() as folder:
        root = pathlib.Path(folder)
        (root / "src/weft/a").mkdir(parents=True)
        (root / "tests").mkdir()
        (root / "tools").mkdir()
        (root / "src/weft/a/a.cpp").write_text(
            'user_error("{}: is no file of ours", x);\nuser_error(\n    "--out {}: the folder "\n    "cannot be made", y);\n'
            'user_error("{}", z);\nuser_error("short one: {}", z);\n'
            'return RecipeComplaint{\n    key, fmt::format("{} is no key of ours", key)};\nreturn RecipeComplaint{"a.b", "no b"};\n'
            'if (!found) fail("{} is not there", name);\nring.fail(error);\n', encoding="utf-8")
        (root / "tests/a_test.cpp").write_text(
            'EXPECT_EQ(error(), "x: is no "\n  "file of ours");\nEXPECT_EQ(e, "short one: x");\n', encoding="utf-8")
        messages, unasserted = unasserted_in(root)
        found = [(line, message) for _, line, message in unasserted]
        expected = [(2, "--out {}: the folder cannot be made"), (5, "{}"), (7, "{} is no key of ours"), (9, "no b"), (10, "{} is not there")]
        if len(messages) != 7 or found != expected:
            sys.exit(f"check_messages.py: the self-test expected {expected}, got {found} of {len(messages)}")
        record = root / "tools/unasserted_messages.txt"
        for allowed, complains in (("4", True), ("6", True), ("5", True)):
            record.write_text(allowed, encoding="utf-8")
            if bool(check(root)) != complains:
                sys.exit(f"check_messages.py: the self-test expected complains={complains} with {allowed} allowed")
    print("check_messages.py: the self-test passed")


def main():
    arguments = sys.argv[1:]
    if arguments == ["--self-test"]:
        self_test()
        return
    option = arguments.pop(0) if arguments and arguments[0].startswith("--") else ""
    root = pathlib.Path(arguments[0] if arguments else pathlib.Path(__file__).resolve().parent.parent)
    if option == "--list":
        for path, line, message in unasserted_in(root)[1]:
            print(f"{path.relative_to(root)}:{line}: {message}")
        return
    if option == "--write":
        number = len(unasserted_in(root)[1])
        (root / "tools" / "unasserted_messages.txt").write_text(f"{number}\n", encoding="utf-8")
        print(f"check_messages.py: {number} messages are asserted by no test")
        return
    if complaint := check(root):
        sys.exit(f"check_messages.py: {complaint}")


if __name__ == "__main__":
    main()
