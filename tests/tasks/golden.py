"""Writes golden.txt: what PyTorch (f64) makes of losses.

Run: python tests/tasks/golden.py > tests/tasks/golden.txt   (PyTorch 2.13)
Predictions are sin(0.37 * element), three times as large for ids. Lines: name, then the value.
"""

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def main():
    logits = 3 * torch.sin(0.37 * torch.arange(35)).reshape(5, 7)
    targets = torch.tensor([3, 0, -1, 6, 2])
    for smoothing in (0.0, 0.1, 0.5):
        value = F.cross_entropy(logits, targets, ignore_index=-1, label_smoothing=smoothing, reduction="sum") / 4
        print(f"label_smoothing.{smoothing}", repr(value.item()))


main()
