#!/usr/bin/env python3
"""WordPiece against the package `tokenizers`: on words, on every character of Unicode, and on characters drawn from all planes.

The package's tables of Unicode are older in part than utf8proc's, which Weft has. Characters that the two take for something
else, asked one by one, are counted and left out; on all others the tokens must be equal.

Needs WEFT_BINARY, the built `weft`. Skips (exit code 77) where the interpreter has no such package; WEFT_PYTHON names
another interpreter. With --list the characters that are left out are printed too.
"""
import collections
import ctypes
import ctypes.util
import json
import pathlib
import random
import sys
import tempfile

from weft_tokens import weft_tokens

from tokenizers import Tokenizer, models, normalizers, pre_tokenizers, trainers

# Without U+0000: a file that has one is taken for binary.
CHARACTERS = [chr(code) for code in range(1, 0x110000) if not 0xd800 <= code < 0xe000]
MOST_LEFT_OUT = 1000  # of more than a million: else it is not the tables' age
SETTINGS = [{}, {"do_lower_case": False}, {"strip_accents": False}, {"do_lower_case": False, "strip_accents": True},
            {"tokenize_chinese_chars": False}]


def normalizer(clean=False, ideographs=False, strip=False, lower=False):
    return normalizers.BertNormalizer(clean_text=clean, handle_chinese_chars=ideographs, strip_accents=strip,
                                      lowercase=lower)


class Utf8proc:
    def __init__(self):
        self.library = ctypes.CDLL(ctypes.util.find_library("utf8proc"))
        self.library.utf8proc_unicode_version.restype = ctypes.c_char_p
        self.library.utf8proc_category_string.restype = ctypes.c_char_p
        self.parts = (ctypes.c_int32 * 16)()

    def version(self):
        return self.library.utf8proc_unicode_version().decode()

    def category(self, character):
        return self.library.utf8proc_category_string(ord(character)).decode()

    def lower(self, character):
        return "i\u0307" if character == "\u0130" else chr(self.library.utf8proc_tolower(ord(character)))

    def without_marks(self, character):
        decompose = 1 << 4
        count = self.library.utf8proc_decompose_char(ord(character), self.parts, 16, decompose, ctypes.byref(ctypes.c_int()))
        return "".join(part for part in map(chr, self.parts[:count]) if self.category(part) != "Mn")


def left_out():
    """The characters that the package and utf8proc take for something else: by what, a list."""
    ours = Utf8proc()
    clean, strip, lower = normalizer(clean=True), normalizer(strip=True), normalizer(lower=True)
    words = pre_tokenizers.BertPreTokenizer()
    others = collections.defaultdict(list)
    for character in CHARACTERS:
        category = ours.category(character)
        is_sign = category[0] == "P" or character.isascii() and category[0] == "S"
        is_gone = category in ("Cc", "Cf", "Co") and character not in "\t\n\r" or character == "\ufffd"
        if (clean.normalize_str(f"a{character}b") == "ab") != is_gone:
            others["left out"].append(character)
        if (len(words.pre_tokenize_str(f"a{character}b")) == 3) != is_sign:
            others["punctuation"].append(character)
        if strip.normalize_str(character) != ours.without_marks(character):
            others["accents"].append(character)
        if lower.normalize_str(character) != ours.lower(character):
            others["lower case"].append(character)
    every = set().union(*others.values())
    counts = ", ".join(f"{len(characters)} as {what}" for what, characters in others.items())
    print(f"{len(every)} characters are others to tokenizers than to Unicode {ours.version()}: {counts}")
    if "--list" in sys.argv:
        for what, characters in others.items():
            print(f"{what}:", " ".join(f"{ord(character):x}" for character in characters))
    if len(every) > MOST_LEFT_OUT:
        sys.exit(f"expected at most {MOST_LEFT_OUT}")
    return every


def strange_words(characters):
    """Words of characters from every block alike, with marks behind letters, and of those that are much used."""
    draw = random.Random(1)
    blocks = collections.defaultdict(list)
    for character in characters:
        blocks[ord(character) >> 7].append(character)
    blocks = [block for number, block in blocks.items() if number < 0x3d0 or draw.random() < 0.05]
    marks = [chr(code) for code in range(0x300, 0x370)] + list("\u1b44\U0001d165\u302e\u0f39")
    letters = []
    for _ in range(300_000):
        letters.append(draw.choice(draw.choice(blocks)))
        if draw.random() < 0.2:
            letters.append(draw.choice(marks))
        if draw.random() < 0.2:
            letters.append(draw.choice(" \n\t\v\u3000.,'-\u2019abcDE"))
    return "".join(letter for letter in letters if letter in characters)


def make_vocabulary(words, texts):
    """Tokens learnt of the words, and the characters that the texts have, by whichever settings, in both forms."""
    tokenizer = Tokenizer(models.WordPiece(unk_token="[UNK]"))
    tokenizer.normalizer, tokenizer.pre_tokenizer = normalizer(True, True, True, True), pre_tokenizers.BertPreTokenizer()
    tokenizer.train_from_iterator(words.splitlines(), trainers.WordPieceTrainer(
        vocab_size=3000, show_progress=False, special_tokens=["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]))
    tokens = dict.fromkeys(sorted(tokenizer.get_vocab(), key=tokenizer.get_vocab().get))
    for lower, strip in ((True, True), (True, False), (False, True), (False, False)):
        for text in texts:
            for character in sorted(set(normalizer(True, False, strip, lower).normalize_str(text)) - {" "}):
                tokens.setdefault(character)
                tokens.setdefault("##" + character)
    return {token: number for number, token in enumerate(tokens)}


def theirs(vocabulary, settings, text):
    lower = settings.get("do_lower_case", True)
    tokenizer = Tokenizer(models.WordPiece(vocabulary, unk_token="[UNK]"))
    tokenizer.normalizer = normalizer(True, settings.get("tokenize_chinese_chars", True),
                                      settings.get("strip_accents", lower), lower)
    tokenizer.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    lines = text.split("\n")
    return [number for line in tokenizer.encode_batch(lines) for number in line.ids]


def ours(folder, vocabulary, settings, text):
    (folder / "bert").mkdir(exist_ok=True)
    (folder / "bert/vocab.txt").write_text("".join(f"{token}\n" for token in vocabulary), encoding="utf-8", newline="")
    (folder / "bert/tokenizer_config.json").write_text(json.dumps(settings))
    return weft_tokens(folder, folder / "bert", text)


def expect_equal(mine, other, vocabulary, what):
    names = list(vocabulary)
    for at, (one, two) in enumerate(zip(mine, other)):
        if one != two:
            sys.exit(f"{what}: token {at} is {names[one]!r}, and tokenizers has {names[two]!r}, after "
                     f"{[names[number] for number in other[max(0, at - 5):at]]}")
    if len(mine) != len(other):
        sys.exit(f"{what}: {len(mine)} tokens, and tokenizers has {len(other)}")
    print(f"{what}: {len(mine)} tokens are the same, {mine.count(vocabulary['[UNK]'])} of them unknown")


def main():
    words = (pathlib.Path(__file__).parent / "many_words.txt").read_text(encoding="utf-8")
    out = left_out()
    characters = [character for character in CHARACTERS if character not in out]
    strange = strange_words(set(characters))
    every = "".join(f"a{character}b{chr(10) if number % 100 == 0 else ' '}" for number, character in enumerate(characters))
    # Of characters that become others the vocabulary has what they become; those that stay are unknown.
    change = "".join(character for character in characters
                     if normalizer(strip=True, lower=True).normalize_str(character) != character)
    vocabulary = make_vocabulary(words, [strange, change, "ab"])
    with tempfile.TemporaryDirectory() as name:
        for settings in SETTINGS:
            for what, text in (("words", words), ("strange words", strange), ("every character", every)):
                expect_equal(ours(pathlib.Path(name), vocabulary, settings, text), theirs(vocabulary, settings, text),
                             vocabulary, f"{json.dumps(settings)} {what}")


if __name__ == "__main__":
    main()
