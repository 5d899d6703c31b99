#!/usr/bin/env python3
"""Tests of the Python package. Needs it installed (pip install ./python), NumPy, and WEFT_BINARY, the built `weft`.

As a ctest entry it skips (exit code 77) where the interpreter has no such package; WEFT_PYTHON names another one.
"""
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import unittest
import zlib

import trees  # first: it may go on in another interpreter
from trees import COUNT, SIZE, epoch_of

import numpy
import weft
from weft.data import DataLoader

try:
    import torch
except ImportError:
    torch = None

RECIPE = """
[run]
seed = 5
epochs = 3
[model]
kind = "resnet"
depth = 8
[data]
kind = "images"
path = "{}"
batch = 8
augment = true
[optimizer]
kind = "sgd"
learning_rate = 0.1
"""

RANK = """
import os
from weft.data import DataLoader
loader = DataLoader("{}", 4, True, seed=5, framework="numpy", memory="4MiB")
rows = sum(len(labels) for epoch in range(3) for _, labels in loader)
stats = loader.stats()
words = ["rank", loader._batches.rank, "of", loader._batches.ranks, "rows", rows, "source",
         stats["bytes_source"] + stats["bytes_read_for_peers"]]
os.write(1, (" ".join(map(str, words)) + "\\n").encode())  # at once: lines of two ranks may mix
"""


class LoaderTest(trees.TreeTest):
    def test_gives_what_the_cpp_loader_gives(self):
        recipe = self.root / "recipe.toml"
        recipe.write_text(RECIPE.format(self.root))
        out = subprocess.run([os.environ["WEFT_BINARY"], "data", "bench", str(recipe), "--epochs", "3", "--digest",
                              "--no-naive"], check=True, capture_output=True, text=True).stdout
        expected = [line.split()[2:] for line in out.splitlines() if line.startswith("batch ")]
        loader = self.loader(drop_last=True)
        got = [[f"{zlib.crc32(numpy.ascontiguousarray(tensor)):08x}" for tensor in batch]
               for _ in range(3) for batch in loader]
        self.assertEqual(len(expected), 3 * (COUNT // 8))
        self.assertEqual(got, expected)

    def test_every_sample_once_an_epoch_in_another_order(self):
        loader = self.loader(augment=False)
        self.assertEqual(len(loader), 6)
        self.assertEqual(loader.samples, COUNT)
        self.assertEqual(loader.classes, ["ant", "bee", "cat"])
        first, second = epoch_of(loader), epoch_of(loader)
        self.assertEqual([len(labels) for _, labels in first], [8, 8, 8, 8, 8, 7])
        rows = [[image.tobytes() for images, _ in epoch for image in images] for epoch in (first, second)]
        self.assertEqual(len(set(rows[0])), COUNT)
        self.assertEqual(sorted(rows[0]), sorted(rows[1]))
        self.assertNotEqual(rows[0], rows[1])

    def test_batches_that_are_kept_stay_what_they_were(self):
        loader = self.loader()
        copies = []
        kept = []
        for _ in range(3):
            for images, labels in loader:
                kept.append((images, labels))
                copies.append((images.copy(), labels.copy()))
        self.assert_same(kept, copies)
        loader.close()
        del loader
        self.assert_same(kept, copies)

    def test_goes_on_exactly_where_it_was(self):
        whole = self.loader()
        expected = epoch_of(whole) + epoch_of(whole)
        loader = self.loader(num_workers=1)
        iterator = iter(loader)
        begun = [tuple(part.copy() for part in next(iterator)) for _ in range(4)]
        state = loader.state_dict()
        self.assertEqual((state["epoch"], state["batch"]), (0, 4))
        resumed = self.loader()
        resumed.load_state_dict(state)
        self.assert_same(begun + epoch_of(resumed) + epoch_of(resumed), expected)

    def test_a_loop_left_early_begins_the_next_epoch(self):
        loader = self.loader()
        for number, _ in enumerate(loader):
            if number == 1:
                break
        after = epoch_of(loader)
        other = self.loader()
        other.set_epoch(1)
        self.assert_same(after, epoch_of(other))

    def test_processes_without_mpi_share_the_samples(self):
        parts = [epoch_of(self.loader(augment=False, batch_size=4, rank=rank, world_size=2)) for rank in range(2)]
        self.assertEqual([len(part) for part in parts], [6, 6])
        rows = [image.tobytes() for part in parts for images, _ in part for image in images]
        self.assertEqual(len(rows), COUNT)
        self.assertEqual(len(set(rows)), COUNT)
        whole = epoch_of(self.loader(augment=False))
        numpy.testing.assert_array_equal(numpy.concatenate([parts[0][0][0], parts[1][0][0]]), whole[0][0])

    def test_mistakes_are_one_sentence(self):
        for options, sentence in (({"batch_size": 0}, "batch_size = 0: expected at least 1"),
                                  ({"mean": [0.5]}, "mean: expected three numbers, of red, green and blue"),
                                  ({"std": [1, 0, 1]}, r"^std = \[1, 0, 1\]: expected finite numbers above 0$"),
                                  ({"memory": "much"}, "memory"),
                                  ({"rank": 2, "world_size": 2}, "rank = 2, world_size = 2: expected a rank below"),
                                  ({"on_bad": "maybe"}, "on_bad = 'maybe'"),
                                  ({"framework": "jax"}, "framework = 'jax'")):
            with self.assertRaisesRegex(ValueError, sentence):
                self.loader(**options)
        with self.assertRaisesRegex(weft.Error, "none"):
            DataLoader(self.root / "none", framework="numpy")
        closed = self.loader()
        closed.close()
        with self.assertRaisesRegex(ValueError, "closed"):
            len(closed)

    def test_a_bad_file_is_named_or_left_out(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            shutil.copytree(self.root / "train", root / "train")
            bad = root / "train" / "bee" / "004.png"
            bad.write_bytes(bad.read_bytes()[:60])
            options = {"batch_size": 8, "framework": "numpy", "mean": [0, 0, 0], "std": [1, 1, 1]}
            with self.assertRaisesRegex(weft.Error, "bee/004.png"):
                epoch_of(DataLoader(root, **options))
            skipping = DataLoader(root, on_bad="skip", **options)
            labels = numpy.concatenate([labels for _, labels in epoch_of(skipping)])
            self.assertEqual(int((labels < 0).sum()), 1)
            self.assertEqual(skipping.stats()["bad_samples"], 1)

    @unittest.skipIf(torch is None, "no PyTorch")
    def test_torch_gets_channels_first_without_a_copy(self):
        loader = self.loader(framework="torch")
        plain = self.loader()
        for (images, labels), (pixels, ids) in zip(loader, plain):
            self.assertEqual(images.shape, (len(pixels), 3, SIZE, SIZE))
            self.assertEqual(images.dtype, torch.float32)
            self.assertEqual(labels.dtype, torch.int64)
            self.assertTrue(images.is_contiguous(memory_format=torch.channels_last))
            numpy.testing.assert_array_equal(images.permute(0, 2, 3, 1).numpy(), pixels)
            numpy.testing.assert_array_equal(labels.numpy(), ids)
        half = next(iter(self.loader(framework="torch", bfloat16=True)))[0]
        self.assertEqual(half.dtype, torch.bfloat16)

    def test_ranks_of_mpi_share_the_samples_and_their_copies(self):
        if shutil.which("mpirun") is None:
            self.skipTest("no mpirun")
        out = subprocess.run(["mpirun", "--oversubscribe", "--bind-to", "none", "-n", "2", sys.executable, "-c",
                              RANK.format(self.root)],
                             check=True, capture_output=True, text=True, timeout=120,
                             env={**os.environ, "OMPI_ALLOW_RUN_AS_ROOT": "1", "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
                                  "OMPI_MCA_mpi_yield_when_idle": "1"}).stdout
        lines = [line.split() for line in out.splitlines() if line.startswith("rank ")]
        self.assertEqual(sorted(line[1] for line in lines), ["0", "1"], out)
        self.assertEqual({line[3] for line in lines}, {"2"})
        self.assertEqual(sum(int(line[5]) for line in lines), 3 * COUNT)
        data = sum(path.stat().st_size for path in (self.root / "train").rglob("*.png"))
        self.assertEqual(sum(int(line[7]) for line in lines), data, "each file leaves the disk once")


if __name__ == "__main__":
    unittest.main()
