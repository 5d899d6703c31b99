"""Batches of images at compute speed.

    from weft.data import DataLoader                                   # was: from torch.utils.data import DataLoader
    loader = DataLoader("/data/imagenet", batch_size=64, shuffle=True, size=224, augment=True)

    for epoch in range(90):
        for images, labels in loader:   # float32 [N, 3, H, W] (channels last in memory), int64 [N]
            ...

The seed decides every access, so that files are fetched before a step asks. Copies are kept in memory and in the
directories of ``cache``. Under ``mpirun`` ranks also read from each other's copies; under ``torchrun`` each rank has
its own only.
"""

import atexit
import os
import sys
import weakref

from weft import _weft

__all__ = ["DataLoader"]

_open_loaders = weakref.WeakSet()
_said = set()


def _close_all():
    for loader in list(_open_loaders):
        loader.close()
    _weft.end()


atexit.register(_close_all)


def _say_once(sentence):
    if sentence not in _said:
        _said.add(sentence)
        print(f"weft: {sentence}", file=sys.stderr)


def _bytes(size, what):
    return size if isinstance(size, int) else _weft.parse_bytes(size, what)


def _own_share_of_memory():
    """A quarter of what is free, shared with the processes of this machine."""
    local = os.environ.get("OMPI_COMM_WORLD_LOCAL_SIZE") or os.environ.get("LOCAL_WORLD_SIZE") or "1"
    return _weft.available_memory() // 4 // int(local)


def _arrays(framework):
    """Makers of what a loop gets from pixels [N, H, W, 3] and labels: torch's tensors, or NumPy's arrays."""
    if framework == "torch":
        import torch

        return lambda pixels, labels: (
            torch.from_dlpack(pixels).permute(0, 3, 1, 2),
            torch.from_dlpack(labels).long(),
        )
    if framework == "numpy":
        import numpy

        return lambda pixels, labels: (numpy.from_dlpack(pixels), numpy.from_dlpack(labels))
    if framework == "dlpack":
        return lambda pixels, labels: (pixels, labels)
    raise ValueError(f'framework = {framework!r}: expected "torch", "numpy" or "dlpack"')


class DataLoader:
    """Iterates over (images, labels) of a folder tree ``<class>/*.jpg|png``, or of tar shards.

    Each ``for`` loop is the next epoch; ``set_epoch`` chooses another. All randomness is drawn from
    ``(seed, epoch, sample)``: it depends neither on processes nor on ``num_workers``.

    path: folder, with or without a subfolder ``split``; a tar file, or a folder of them
    batch_size: samples of one process
    shuffle: a new order in each epoch; without it as the files are sorted
    num_workers: threads that decode (there are no worker processes)
    drop_last: leaves out samples that do not fill a batch of all processes; else the last batch is shared out evenly
    size: pixels of a side, to which images are scaled and cut; 0: all images have one size
    augment: random cuts and mirrors (padded by 4 pixels where ``size`` is 0, else ``RandomResizedCrop``)
    mean, std: of red, green, blue, of values in [0, 1]; without: measured on 1000 images
    bfloat16: pixels in bfloat16 (not with framework="numpy")
    memory: bytes, or as "8GiB", for copies of files; without: a quarter of what is free
    cache: directories on fast disks for more copies, as [("/nvme", "100GiB")]
    on_bad: "fail", "skip" or "substitute": what becomes of files that cannot be read; bad_limit: how many may be
    rank, world_size: for launchers that set neither MPI's nor torchrun's variables
    framework: "torch", "numpy" (pixels [N, H, W, 3], labels int32) or "dlpack"

    Tensors lie in the loader's own memory, without a copy; they stay what they are as long as somebody has them.
    Raises weft.Error (a ValueError), with one sentence, where data or options are bad.
    """

    def __init__(self, path, batch_size=1, shuffle=False, *, num_workers=1, drop_last=False, seed=0, split="train",
                 size=0, augment=False, mean=None, std=None, bfloat16=False, memory=None, cache=(), lookahead=32,
                 on_bad="fail", bad_limit=100, rank=None, world_size=None, framework="torch"):
        self._make = _arrays(framework)
        options = _weft.Options()
        options.path = os.fspath(path)
        options.split = split
        options.batch = batch_size
        options.shuffle = shuffle
        options.drop_last = drop_last
        options.seed = seed
        options.size = size
        options.augment = augment
        options.mean = list(mean or ())
        options.deviation = list(std or ())
        options.bfloat16 = bfloat16
        options.memory_bytes = _own_share_of_memory() if memory is None else _bytes(memory, "memory")
        options.cache = [(os.fspath(folder), _bytes(limit, "cache")) for folder, limit in cache]
        options.workers = max(1, num_workers)
        options.lookahead = lookahead
        if on_bad not in ("fail", "skip", "substitute"):
            raise ValueError(f'on_bad = {on_bad!r}: expected "fail", "skip" or "substitute"')
        options.on_bad = getattr(_weft.OnBad, on_bad)
        options.bad_limit = bad_limit
        _weft.begin()
        options.rank, options.ranks = self._place(rank, world_size)
        self._batches = _weft.ImageBatches(options)
        _open_loaders.add(self)
        self._epoch = 0
        self._batch = 0  # of the epoch, the next one

    @staticmethod
    def _place(rank, world_size):
        if rank is not None or world_size is not None:
            return int(rank or 0), int(world_size or 1)
        if "WORLD_SIZE" in os.environ and "OMPI_COMM_WORLD_SIZE" not in os.environ:
            ranks = int(os.environ["WORLD_SIZE"])
            rank = int(os.environ.get("RANK", "0"))
            if ranks > 1 and rank == 0:
                _say_once("started without MPI, so each rank reads the source and its own copies only; under mpirun "
                          "ranks read from each other's")
            return rank, ranks
        return 0, 1

    def __len__(self):
        """Batches of an epoch."""
        return self._open().batches

    def __iter__(self):
        epoch, first = self._epoch, self._batch
        try:
            for batch in range(first, len(self)):
                self._epoch, self._batch = epoch, batch + 1
                arrays = self._make(*self._open().next(epoch * len(self) + batch))
                for notice in self._batches.notices():
                    print(f"weft: {notice}", file=sys.stderr)
                yield arrays
        finally:  # also where the loop is left early
            self._epoch, self._batch = epoch + 1, 0

    def _open(self):
        if self._batches is None:
            raise ValueError("the DataLoader was closed")
        return self._batches

    def set_epoch(self, epoch):
        """The epoch of the next loop."""
        self._epoch, self._batch = int(epoch), 0

    def state_dict(self):
        """Where the loop is: enough to go on exactly there, also with another number of processes or workers."""
        return {"epoch": self._epoch, "batch": self._batch}

    def load_state_dict(self, state):
        """The next loop goes on after the batch at which state_dict() was called."""
        self._epoch, self._batch = int(state["epoch"]), int(state["batch"])

    @property
    def classes(self):
        """Names of the classes, in the order of the labels."""
        return self._open().classes

    @property
    def samples(self):
        """Images of the data set."""
        return self._open().samples

    def stats(self):
        """What loading has done since it last began anew: bytes by origin, milliseconds that loops waited."""
        return self._open().stats()

    def close(self):
        """Ends the loader's threads; batches that are still held stay valid."""
        self._batches = None
