"""GPT-2 as Hugging Face's transformers computes it, for tests/train/huggingface_test.cpp.

Usage: check_huggingface.py logits FOLDER TOKEN...   logits of an exported model, a line a position
       check_huggingface.py make FOLDER VOCABULARY CONTEXT WIDTH LAYERS HEADS   a random model, saved there
"""

import sys

import torch
import transformers


def logits(folder: str, tokens: list[int]) -> None:
    # What is missing in the file would be left at random without a word.
    model, loading = transformers.GPT2LMHeadModel.from_pretrained(folder, output_loading_info=True)
    for problem in ("missing_keys", "unexpected_keys", "mismatched_keys"):
        if loading[problem]:
            sys.exit(f"{problem}: {loading[problem]}")
    with torch.no_grad():
        result = model.eval()(torch.tensor([tokens])).logits[0]
    for row in result.tolist():
        print(*(f"{value:.9g}" for value in row))


def make(folder: str, vocabulary: int, context: int, width: int, layers: int, heads: int) -> None:
    torch.manual_seed(1)
    config = transformers.GPT2Config(
        vocab_size=vocabulary, n_positions=context, n_embd=width, n_layer=layers, n_head=heads
    )
    model = transformers.GPT2LMHeadModel(config)
    # As made, biases are 0 and gains 1: their places would not be tested.
    for parameter in model.parameters():
        torch.nn.init.normal_(parameter, 0.0, 0.3)
    model.save_pretrained(folder)


if __name__ == "__main__":
    if sys.argv[1] == "logits":
        logits(sys.argv[2], [int(token) for token in sys.argv[3:]])
    else:
        make(sys.argv[2], *(int(size) for size in sys.argv[3:]))
