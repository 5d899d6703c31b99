"""What the checks against the package `tokenizers` share: the interpreter that has it, and the tokens that Weft makes."""
import os
import struct
import subprocess
import sys

if os.environ.get("WEFT_PYTHON", sys.executable) != sys.executable:
    os.execv(os.environ["WEFT_PYTHON"], [os.environ["WEFT_PYTHON"], *sys.argv])
try:
    import tokenizers  # noqa: F401
except ImportError as error:
    print(f"skipped: {error}; `pip install tokenizers` and set WEFT_PYTHON to that interpreter")
    sys.exit(77)


def weft_tokens(folder, tokenizer, text):
    """The ids of a text by the tokenizer of that path; files are made in the folder."""
    (folder / "text.txt").write_text(text, encoding="utf-8", newline="")
    subprocess.run([os.environ["WEFT_BINARY"], "data", "make", "tokens", "--text", str(folder / "text.txt"),
                    "--tokenizer", str(tokenizer), "--out", str(folder / "x.tokens")], check=True,
                   stdout=subprocess.DEVNULL)
    data = (folder / "x.tokens").read_bytes()
    width, count = struct.unpack_from("<IQ", data, 8)
    header = 8 + 4 + 8 + 8  # src/weft/data/text/token_file.h
    return list(struct.unpack_from(f"<{count}{'H' if width == 2 else 'I'}", data, header))
