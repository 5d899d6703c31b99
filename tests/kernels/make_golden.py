#!/usr/bin/env python3
"""Writes golden.txt beside itself: values that PyTorch computes in f64, for the tests of kernels.

usage: make_golden.py   (needs torch)
"""
import pathlib

import torch


def random(source, *shape):
    # Few digits, so that the text holds them exactly in f32 and f64 alike (multiples of 1/64).
    return torch.randint(-128, 129, shape, generator=source).double() / 64


def optimizers(source, out):
    start = random(source, 19)
    grads = [random(source, 19) for _ in range(3)]
    out["adamw.start"] = start
    for step, grad in enumerate(grads, 1):
        out[f"adamw.grad{step}"] = grad
    for name, make in [
        ("adamw.end", lambda p: torch.optim.AdamW(p, lr=0.01, betas=(0.9, 0.99), eps=1e-8, weight_decay=0.1)),
        ("sgd.end", lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9, weight_decay=0.01)),
    ]:
        param = torch.nn.Parameter(start.clone())
        optimizer = make([param])
        for grad in grads:
            param.grad = grad.clone()
            optimizer.step()
        out[name] = param.detach()


def gelu(source, out):
    x = torch.cat([random(source, 13) * 2, torch.tensor([0.0, 8.0, -8.0, 20.0, -20.0])]).double()
    out["gelu.x"] = x
    for form in ["none", "tanh"]:
        leaf = x.clone().requires_grad_()
        y = torch.nn.functional.gelu(leaf, approximate=form)
        y.sum().backward()
        out[f"gelu.{form}"] = y.detach()
        out[f"gelu.{form}.slope"] = leaf.grad


def cross_entropy(source, out):
    logits = random(source, 4, 7)
    targets = torch.tensor([3, -100, 0, 6])
    out["xent.logits"] = logits
    out["xent.targets"] = targets
    out["xent.loss"] = torch.nn.functional.cross_entropy(logits, targets, reduction="sum")


def batch_norm(source, out):
    layer = torch.nn.BatchNorm1d(5, eps=1e-3, momentum=0.2).double()
    x = random(source, 6, 5).requires_grad_()
    dy = random(source, 6, 5)
    with torch.no_grad():
        for name, value in [("weight", random(source, 5)), ("bias", random(source, 5)),
                            ("running_mean", random(source, 5)), ("running_var", random(source, 5).abs())]:
            getattr(layer, name).copy_(value)
            out[f"bn.{name}"] = value
    y = layer(x)
    y.backward(dy)
    out.update({"bn.x": x.detach(), "bn.dy": dy, "bn.y": y.detach(), "bn.dx": x.grad,
                "bn.dgamma": layer.weight.grad, "bn.dbeta": layer.bias.grad,
                "bn.new_mean": layer.running_mean, "bn.new_var": layer.running_var})


def main():
    source = torch.Generator().manual_seed(1)
    out = {}
    for part in [optimizers, gelu, cross_entropy, batch_norm]:
        part(source, out)
    lines = [" ".join([name] + [f"{v:.12g}" for v in value.flatten().tolist()]) for name, value in out.items()]
    (pathlib.Path(__file__).parent / "golden.txt").write_text("\n".join(lines) + "\n")


if __name__ == "__main__":
    main()
