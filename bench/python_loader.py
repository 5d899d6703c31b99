#!/usr/bin/env python3
"""One epoch of a plain PyTorch loop over image files, from a cold and from a warm page cache: images a second.

usage: python_loader.py weft|torch TREE WORKERS
"""
import subprocess
import sys
import time

import torch

from torch_images import DEVIATION, MEAN, Images

which, tree, workers = sys.argv[1], sys.argv[2], int(sys.argv[3])
torch.set_num_threads(1)
if which == "weft":
    from weft.data import DataLoader

    # memory=0: the second epoch reads the files again, as the other side does.
    loader = DataLoader(tree, 128, True, augment=True, mean=MEAN, std=DEVIATION, num_workers=workers, memory=0)
else:
    loader = torch.utils.data.DataLoader(Images(f"{tree}/train"), 128, shuffle=True, num_workers=workers,
                                         persistent_workers=True, prefetch_factor=4)
rates = []
for _ in range(2):
    if not rates:
        subprocess.run("sync; echo 3 > /proc/sys/vm/drop_caches", shell=True, check=True)
    start = time.perf_counter()
    images = sum(len(labels) for _, labels in loader)
    rates.append(images / (time.perf_counter() - start))
print(which, workers, *(f"{rate:.0f}" for rate in rates))
