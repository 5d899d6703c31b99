"""Writes golden.txt: a parameter after five steps of each optimizer, in f64.

Run: python tests/optimizers/golden.py > tests/optimizers/golden.txt   (PyTorch 2.13)
Element i starts as cos(0.21 i); its gradient in step t, from 1, is sin(0.37 i + t). Learning rate 0.01, weight decay 0.1.
adamw, sgd and adafactor are PyTorch's; lion and lamb, which it lacks, follow their papers' algorithms line by line.
"""

import torch

torch.set_default_dtype(torch.float64)
RATE, DECAY, STEPS = 0.01, 0.1, 5


def start(shape):
    return torch.cos(0.21 * torch.arange(torch.Size(shape).numel())).reshape(shape)


def gradient(shape, step):
    return torch.sin(0.37 * torch.arange(torch.Size(shape).numel()) + step).reshape(shape)


def report(name, values):
    print(name, " ".join(repr(v) for v in values.flatten().tolist()))


def of_torch(name, make, shape=(3, 4)):
    weight = torch.nn.Parameter(start(shape))
    optimizer = make([weight])
    for step in range(1, STEPS + 1):
        weight.grad = gradient(shape, step)
        optimizer.step()
    report(name, weight.detach())


def lion(shape=(3, 4), beta1=0.9, beta2=0.99):
    """Chen et al. (2023), algorithm 2."""
    weight, m = start(shape), torch.zeros(shape)
    for step in range(1, STEPS + 1):
        g = gradient(shape, step)
        c = beta1 * m + (1 - beta1) * g
        weight = weight - RATE * (torch.sign(c) + DECAY * weight)
        m = beta2 * m + (1 - beta2) * g
    report("lion", weight)


def lamb(shape=(3, 4), beta1=0.9, beta2=0.999, epsilon=1e-6):
    """You et al. (2020), algorithm 2."""
    weight, m, v = start(shape), torch.zeros(shape), torch.zeros(shape)
    for step in range(1, STEPS + 1):
        g = gradient(shape, step)
        m = beta1 * m + (1 - beta1) * g
        v = beta2 * v + (1 - beta2) * g * g
        r = m / (1 - beta1**step) / (torch.sqrt(v / (1 - beta2**step)) + epsilon)
        u = r + DECAY * weight
        weight = weight - RATE * weight.norm() / u.norm() * u
    report("lamb", weight)


def main():
    of_torch("adamw", lambda w: torch.optim.AdamW(w, lr=RATE, weight_decay=DECAY))
    of_torch("sgd", lambda w: torch.optim.SGD(w, lr=RATE, weight_decay=DECAY, momentum=0.9))
    eps = (1.1920929e-7, 1e-3)
    make = lambda w: torch.optim.Adafactor(w, lr=RATE, weight_decay=DECAY, eps=eps)
    of_torch("adafactor", make)
    of_torch("adafactor.vector", make, (5,))
    lion()
    lamb()


main()
