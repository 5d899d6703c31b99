#!/usr/bin/env python3
"""PyTorch's DataLoader on the data of slow_fs.sh, one process a host: seconds of each epoch.

usage: slow_fs_torch.py TREE BATCH_OF_A_RANK WORKERS EPOCHS COMPUTE_MS     (RANK, WORLD_SIZE, MASTER_ADDR set)
"""
import os
import pathlib
import sys
import time

import numpy
import torch
from PIL import Image
from torch.utils.data import DataLoader, Dataset
from torch.utils.data.distributed import DistributedSampler

tree, batch, workers, epochs, compute_ms = pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:6])
torch.set_num_threads(1)


class Images(Dataset):
    """What torchvision's ImageFolder does, with the padded crop, mirror and normalisation of the other side."""

    def __init__(self):
        classes = sorted(path.name for path in (tree / "train").iterdir())
        self.samples = [(path, label) for label, name in enumerate(classes)
                        for path in sorted((tree / "train" / name).iterdir())]
        self.mean = torch.tensor([0.49, 0.48, 0.44]).view(3, 1, 1)
        self.deviation = torch.tensor([0.25, 0.24, 0.26]).view(3, 1, 1)

    def __len__(self):
        return len(self.samples)

    def __getitem__(self, index):
        path, label = self.samples[index]
        with Image.open(path) as image:
            pixels = torch.from_numpy(numpy.array(image.convert("RGB"))).permute(2, 0, 1)
        height, width = pixels.shape[1:]
        padded = torch.nn.functional.pad(pixels, (4, 4, 4, 4))
        top, left = torch.randint(0, 9, (2,)).tolist()
        pixels = padded[:, top:top + height, left:left + width]
        if torch.rand(()) < 0.5:
            pixels = pixels.flip(2)
        return (pixels.float() / 255 - self.mean) / self.deviation, label


torch.distributed.init_process_group("gloo")
data = Images()
sampler = DistributedSampler(data, shuffle=True, seed=1)
options = dict(persistent_workers=True, prefetch_factor=4) if workers else {}
loader = DataLoader(data, batch_size=batch, sampler=sampler, num_workers=workers, drop_last=True, **options)
times = []
for epoch in range(epochs):
    sampler.set_epoch(epoch)
    torch.distributed.barrier()
    start = time.perf_counter()
    for _ in loader:
        time.sleep(compute_ms / 1000)
    torch.distributed.barrier()
    times.append(time.perf_counter() - start)
if torch.distributed.get_rank() == 0:
    print(" ".join(f"{seconds:.2f}" for seconds in times), flush=True)
