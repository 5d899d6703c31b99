"""Writes golden.txt: what PyTorch (f64) makes of the composites that golden_test.cpp rebuilds.

Run: python tests/ops/golden.py > tests/ops/golden.txt   (PyTorch 2.13)
Operand i of a case is sin(0.37 * element + i), shifted and scaled where a comment says so; the loss is the sum of the
result times cos(0.11 * element). Lines: name, then the values of the result or of a gradient.
"""

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def operand(number, *shape):
    count = torch.Size(shape).numel()
    return torch.sin(0.37 * torch.arange(count) + number).reshape(shape).requires_grad_()


def report(name, result, operands):
    weights = torch.cos(0.11 * torch.arange(result.numel())).reshape(result.shape)
    (result * weights).sum().backward()
    line(name, result.detach())
    for i, tensor in enumerate(operands):
        line(f"{name}.{i}", tensor.grad)


def line(name, tensor):
    print(name, " ".join(repr(v) for v in tensor.flatten().tolist()))


def cross_entropy():
    logits = operand(0, 5, 7)
    targets = torch.tensor([3, 0, -1, 6, 2])
    report("cross_entropy", F.cross_entropy(3 * logits, targets, ignore_index=-1, reduction="sum") / 4, [logits])


def layer_norm():
    x, gamma, beta = operand(0, 2, 3, 5), operand(1, 5), operand(2, 5)
    report("layer_norm", F.layer_norm(x, (5,), gamma, beta, 1e-5), [x, gamma, beta])


def attention():
    qkv = operand(0, 2, 5, 3, 2, 4)  # [B, T, 3, H, D]
    q, k, v = (qkv[:, :, i].transpose(1, 2) for i in range(3))
    out = F.scaled_dot_product_attention(q, k, v, is_causal=True, scale=0.5)
    report("attention", out.transpose(1, 2), [qkv])


def grouped_attention():
    q, k, v = operand(0, 2, 3, 4, 5), operand(1, 2, 6, 2, 5), operand(2, 2, 6, 2, 5)  # [B, T, H, D]
    there = torch.arange(6) < torch.tensor([6, 4]).reshape(2, 1)
    out = F.scaled_dot_product_attention(
        *(x.transpose(1, 2) for x in (q, k, v)), attn_mask=there[:, None, None, :], scale=0.5, enable_gqa=True)
    report("grouped_attention", out.transpose(1, 2), [q, k, v])


def convolution_and_batch_norm():
    x, weight = operand(0, 2, 6, 5, 3), operand(1, 4, 3, 3, 2)  # channels last; [F, C, kernel]
    gamma, beta = operand(2, 4), operand(3, 4)
    mean, variance = torch.zeros(4), torch.ones(4)
    y = F.conv2d(x.permute(0, 3, 1, 2), weight, stride=(2, 1), padding=(1, 1))
    y = F.relu(F.batch_norm(y, mean, variance, gamma, beta, training=True, momentum=0.1, eps=1e-5))
    y = F.max_pool2d(y, 2, stride=2, padding=1)
    report("conv_bn", y.permute(0, 2, 3, 1).contiguous(), [x, weight, gamma, beta])
    line("conv_bn.mean", mean)
    line("conv_bn.variance", variance)


def gelu():
    for kind, name in (("tanh", "gelu_tanh"), ("none", "gelu_erf")):
        x = operand(0, 9)
        report(name, F.gelu(2 * x, approximate=kind), [x])


def tied_embedding():
    table, weight = operand(0, 6, 4), operand(1, 4, 4)
    x = F.embedding(torch.tensor([5, 0, 5, 2]), table)
    report("tied_embedding", F.linear(F.linear(x, weight), table), [table, weight])


def batched_matmul():
    a, b = operand(0, 2, 5, 3), operand(1, 2, 4, 5)
    report("batched_matmul", a.transpose(1, 2) @ b.transpose(1, 2), [a, b])


def softmax():
    x = operand(0, 3, 5)
    report("softmax", F.softmax(4 * x, dim=-1), [x])


def cum_sum():
    for reverse, name in ((False, "cum_sum"), (True, "cum_sum_reverse")):
        x = operand(0, 3, 5)
        y = x.flip(1).cumsum(1).flip(1) if reverse else x.cumsum(1)
        report(name, y, [x])


def reductions():
    """Over the middle axis of [3, 4, 5]; each alone, since their results are one tensor."""
    for name, rule in {
        "sum": lambda x: (x * x).sum(1),
        "max": lambda x: x.amax(1),
        "min": lambda x: x.amin(1),
        "argmax": lambda x: x.max(1).values,
        "argmin": lambda x: x.min(1).values,
        "mean": lambda x: x.mean(1),
        "squares": lambda x: x.var(1, correction=0) * 4,
        "max_exp_sum": lambda x: torch.logsumexp(x, 1),
    }.items():
        x = operand(0, 3, 4, 5)
        report(f"reduce.{name}", rule(x), [x])
    line("reduce.position", operand(0, 3, 4, 5).argmax(1).double())


def tanh():
    x = operand(0, 9)
    report("tanh", torch.tanh(3 * x), [x])


def mse():
    x, target = operand(0, 4, 3), operand(1, 4, 3)
    report("mse", F.mse_loss(x, target), [x])


def mixup():
    x = operand(0, 6, 4)
    labels = torch.tensor([0, 3, 1, 1, 2, 0])
    other = [1, 0, 3, 2, 5, 4]
    z = torch.tanh(0.3 * x + 0.7 * x[other])
    report("mixup", 0.3 * F.cross_entropy(z, labels) + 0.7 * F.cross_entropy(z, labels[other]), [x])


def pools():
    x = operand(0, 2, 6, 5, 3)  # channels last
    y = F.avg_pool2d(x.permute(0, 3, 1, 2), (3, 2), stride=(2, 1), padding=(1, 0))
    report("average_pool", y.permute(0, 2, 3, 1).contiguous(), [x])
    x = operand(0, 2, 6, 5, 3)
    report("global_pool", F.adaptive_avg_pool2d(x.permute(0, 3, 1, 2), 1).flatten(1), [x])


def boxes():
    x = operand(0, 3, 5, 4)
    report("slice", torch.tanh(2 * x[1:3, :, 1:3]), [x])
    x = operand(0, 2, 3)
    report("pad", F.pad(torch.tanh(2 * x), (1, 3, 2, 0)), [x])
    x, y = operand(0, 2, 3, 2), operand(1, 2, 1, 2)
    report("concat", torch.tanh(2 * torch.cat([x, y, x * x], dim=1)), [x, y])
    # Halves of each row exchanged and turned, as rotary embeddings do.
    x = operand(0, 3, 6)
    report("turned_halves", torch.tanh(torch.cat([-x[:, 3:], x[:, :3]], dim=-1)), [x])


def adamw():
    param, other = operand(0, 6), operand(1, 6)
    optimizer = torch.optim.AdamW([param], lr=0.01, betas=(0.9, 0.95), eps=1e-8, weight_decay=0.1)
    for _ in range(3):
        param.grad = other.detach() * 0.5
        optimizer.step()
    line("adamw", param.detach())


for case in (cross_entropy, layer_norm, attention, grouped_attention, convolution_and_batch_norm, gelu, tied_embedding, batched_matmul, softmax, cum_sum, reductions,
             tanh, mse, mixup, pools, boxes, adamw):
    case()
