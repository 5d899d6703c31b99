"""Prints the logits of an exported GPT-2 for the tokens of huggingface_test.cpp, one a line.

Usage: huggingface_logits.py FOLDER
"""

import sys

import torch
from transformers import GPT2LMHeadModel


def main() -> None:
    model = GPT2LMHeadModel.from_pretrained(sys.argv[1]).eval()
    tokens = torch.tensor([[i * 37 % 256 for i in range(model.config.n_positions)]])
    with torch.no_grad():
        for value in model(tokens).logits.flatten().tolist():
            print(f"{value:.9g}")


if __name__ == "__main__":
    main()
