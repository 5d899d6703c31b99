#!/usr/bin/env python3
"""PyTorch's DataLoader on the data of slow_fs.sh, one process a host: seconds of each epoch.

usage: slow_fs_torch.py TREE BATCH_OF_A_RANK WORKERS EPOCHS COMPUTE_MS     (RANK, WORLD_SIZE, MASTER_ADDR set)
"""
import os
import pathlib
import sys
import time

import torch
from torch.utils.data import DataLoader
from torch.utils.data.distributed import DistributedSampler

from torch_images import Images

tree, batch, workers, epochs, compute_ms = pathlib.Path(sys.argv[1]), *map(int, sys.argv[2:6])
torch.set_num_threads(1)
torch.distributed.init_process_group("gloo")
data = Images(tree / "train")
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
