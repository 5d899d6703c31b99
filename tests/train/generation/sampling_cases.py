"""Prints sampling_cases.h: which tokens PyTorch leaves to choose from, and with what probability.

The temperature, top-k and top-p are those of transformers' TemperatureLogitsWarper, TopKLogitsWarper and
TopPLogitsWarper, in that order. Usage: python3 sampling_cases.py > sampling_cases.h
"""

import torch

LOGITS = [2.25, -1.5, 0.75, 3.0, 0.7, -0.125, 1.5, 2.2, -4.0, 0.5, 1.4375, -0.625]
SETTINGS = [
    (1.0, 0, 1.0),
    (0.8, 0, 1.0),
    (0.8, 4, 1.0),
    (1.7, 5, 1.0),
    (1.0, 0, 0.9),
    (0.5, 0, 0.5),
    (2.0, 0, 0.999),
    (1.3, 7, 0.8),
    (0.8, 12, 0.95),
    (1.0, 1, 0.5),
    (1.0, 0, 0.01),
]


def distribution(temperature: float, k: int, p: float) -> torch.Tensor:
    scores = torch.tensor([LOGITS], dtype=torch.float64) / temperature
    if k > 0:
        scores = scores.masked_fill(scores < torch.topk(scores, k)[0][..., -1, None], -torch.inf)
    if p < 1:
        ascending, order = torch.sort(scores, descending=False)
        removed = ascending.softmax(dim=-1).cumsum(dim=-1) <= 1 - p
        removed[..., -1:] = False
        scores = scores.masked_fill(removed.scatter(1, order, removed), -torch.inf)
    return scores.softmax(dim=-1)[0]


def row(numbers: list[float]) -> str:
    return "{" + ", ".join(f"{number:.17g}" for number in numbers) + "}"


def main() -> None:
    print("#pragma once")
    print(f"// Made by sampling_cases.py with PyTorch {torch.__version__}.")
    print("#include <vector>\n")
    print('#include "weft/train/generation/sampling.h"\n')
    print("namespace weft::testing {\n")
    print("// clang-format off")
    print(f"inline const std::vector<double> kLogits{row(LOGITS)};\n")
    print("struct SamplingCase {\n  Sampling sampling;\n  std::vector<double> probabilities;\n};")
    print("inline const std::vector<SamplingCase> kSamplingCases{")
    for setting in SETTINGS:
        print(f"    {{{row(list(setting))},\n     {row(distribution(*setting).tolist())}}},")
    print("};\n// clang-format on\n\n}  // namespace weft::testing")


if __name__ == "__main__":
    main()
