#!/usr/bin/env python3
"""Byte pairs against the package `tokenizers` on a large text: one is trained on it, then both encode it.

Needs WEFT_BINARY, the built `weft`. Skips (exit code 77) where the interpreter has no such package; WEFT_PYTHON names
another interpreter.
"""
import pathlib
import random
import sys
import tempfile

from weft_tokens import weft_tokens

from tokenizers import ByteLevelBPETokenizer

ROOT = pathlib.Path(__file__).resolve().parents[4]


def large_text():
    """All sources and pages of this repository, and letters, signs and spaces of every kind."""
    files = [path for folder in ("src", "docs", "tests") for path in sorted((ROOT / folder).rglob("*"))
             if path.suffix in {".h", ".cpp", ".md", ".py", ".txt"}]
    text = "\n".join(path.read_text(encoding="utf-8", errors="replace") for path in files)
    draw = random.Random(1)
    kinds = [range(0x20, 0x7f), range(0xa0, 0x250), range(0x370, 0x530), range(0x5d0, 0x6ff), range(0x900, 0xdff),
             range(0x2000, 0x2070), range(0x20a0, 0x2bff), range(0x3000, 0x30ff), range(0x4e00, 0x4fff),
             range(0xac00, 0xad00), range(0x1f300, 0x1f650), [0x85, 0x09, 0x0a, 0x0b, 0x0c, 0x0d, 0x180e, 0x1680, 0x200b, 0xfeff]]
    strange = "".join(chr(draw.choice(draw.choice(kinds))) for _ in range(200_000))
    contractions = " ".join(draw.choice(["it's", "we're", "I'll", "they've", "DON'T", "'tis", "o'clock", "I'd", "x'm"])
                            for _ in range(5_000))
    return text + strange + contractions + "   \n\n  \t end  "


def main():
    text = large_text()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        (folder / "text.txt").write_text(text, encoding="utf-8", newline="")
        theirs = ByteLevelBPETokenizer()
        theirs.train([str(folder / "text.txt")], vocab_size=8000, show_progress=False)
        (folder / "tokenizer").mkdir()
        theirs.save_model(str(folder / "tokenizer"))
        ours = weft_tokens(folder, folder / "tokenizer", text)
    expected = theirs.encode(text).ids
    for at, (mine, other) in enumerate(zip(ours, expected)):
        if mine != other:
            sys.exit(f"token {at} is {mine}, and tokenizers has {other}: ..."
                     f"{theirs.decode(expected[max(0, at - 5):at + 5])!r}")
    if len(ours) != len(expected):
        sys.exit(f"{len(ours)} tokens, and tokenizers has {len(expected)}")
    print(f"{len(ours)} tokens of {len(text)} letters are the same")


if __name__ == "__main__":
    main()
