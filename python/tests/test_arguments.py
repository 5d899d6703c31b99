#!/usr/bin/env python3
"""Tests of what a DataLoader says of its arguments, in their names. As test_loader.py."""
import importlib.metadata
import pathlib
import resource
import subprocess
import sys
import tempfile
import unittest
import warnings

import trees  # first: it may go on in another interpreter
from trees import COUNT, epoch_of

import numpy
import weft
from weft.data import DataLoader

MANY = """
import sys
from weft.data import DataLoader
loaders = [DataLoader(sys.argv[1], 8, True, framework="numpy", memory=0, mean=[0, 0, 0], std=[1, 1, 1])
           for _ in range(int(sys.argv[2]))]
loops = [iter(loader) for loader in loaders]
print(sum(len(labels) for loop in loops for _, labels in loop))
"""


class ArgumentsTest(trees.TreeTest):
    def test_wrong_values_are_named_as_python_names_them(self):
        for options, sentence in (
                ({"size": "a"}, "size = 'a': expected a whole number"),
                ({"size": -1}, "size = -1: expected at least 0"),
                ({"batch_size": 2.5}, "batch_size = 2.5: expected a whole number"),
                ({"batch_size": True}, "batch_size = True: expected a whole number"),
                ({"batch_size": None}, "batch_size = None: expected a whole number"),
                ({"batch_size": 2**40}, "batch_size = 1099511627776: expected at most 2147483647"),
                ({"batch_size": 1000, "drop_last": True}, "^batch_size=1000: an epoch has only 47 samples"),
                ({"shuffle": "yes"}, "shuffle = 'yes': expected True or False"),
                ({"drop_last": 2}, "drop_last = 2: expected True or False"),
                ({"augment": None}, "augment = None: expected True or False"),
                ({"num_workers": -1}, "num_workers = -1: expected at least 0"),
                ({"num_workers": 10**6}, "num_workers = 1000000: expected at most 1024"),
                ({"seed": -1}, "seed = -1: expected at least 0"),
                ({"seed": 2**64}, "seed = 18446744073709551616: expected at most"),
                ({"lookahead": 0}, "lookahead = 0: expected at least 1"),
                ({"bad_limit": "many"}, "bad_limit = 'many': expected a whole number"),
                ({"mean": 0.5}, "mean: expected three numbers"),
                ({"mean": [5, 5, 5]}, r"^mean = \[5, 5, 5\]: expected numbers from 0 to 1, as of pixels in \[0, 1\]$"),
                ({"mean": [0, -0.1, 0]}, r"^mean = \[0, -0.1, 0\]: expected numbers from 0 to 1"),
                ({"mean": [float("nan")] * 3}, r"^mean = \[nan, nan, nan\]: expected numbers from 0 to 1"),
                ({"std": [1, float("nan"), 1]}, r"^std = \[1, nan, 1\]: expected finite numbers above 0$"),
                ({"std": [1, float("inf"), 1]}, r"^std = \[1, inf, 1\]: expected finite numbers above 0$"),
                ({"std": "abc"}, "std: expected three numbers"),
                ({"memory": 1.5}, "memory = 1.5: expected a number of bytes, or a size"),
                ({"memory": -1}, "memory = -1: expected a number of bytes, or a size"),
                ({"cache": "/tmp"}, "cache = '/tmp': expected pairs of a directory and a size"),
                ({"cache": [("/tmp", None)]}, "cache = None: expected a number of bytes"),
                ({"on_bad": 3}, 'on_bad = 3: expected "fail", "skip" or "substitute"'),
                ({"framework": None}, 'framework = None: expected "torch", "numpy" or "dlpack"'),
                ({"rank": "0"}, "rank = '0': expected a whole number"),
                ({"world_size": 0}, "world_size = 0: expected at least 1"),
                ({"split": "foo"}, f"split = 'foo': expected a folder in {self.root}"),
                ({"split": 3}, "split = 3: expected the name of a folder")):
            with self.subTest(options), self.assertRaisesRegex(weft.Error, sentence):
                self.loader(**options)
        with self.assertRaisesRegex(weft.Error, "path = 3: expected a path"):
            DataLoader(3)
        with self.assertRaisesRegex(weft.Error, f"split = 'foo': expected a folder in {self.root}/train"):
            DataLoader(self.root / "train", split="foo")

    def test_a_framework_that_is_not_there_is_named_first(self):
        for options, sentence in (
                ("", 'framework="torch" needs PyTorch: pip install torch, or framework="numpy"'),
                (", framework='numpy'", 'framework="numpy" needs NumPy: pip install numpy'),
                (", framework='dlpack'", "/none/here: cannot be opened: No such file or directory")):
            script = ("import sys\n"
                      "sys.modules['torch'] = sys.modules['numpy'] = None  # import: no module of that name\n"
                      "from weft.data import DataLoader\n"
                      f"DataLoader('/none/here'{options})\n")
            done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=120)
            self.assertEqual((done.returncode, done.stderr.splitlines()[-1]), (1, f"weft._weft.Error: {sentence}"))

    def test_numpy_comes_with_the_package(self):
        self.assertTrue(any(need.startswith("numpy") for need in importlib.metadata.requires("weft") or []))

    def test_numpy_has_no_bfloat16(self):
        with self.assertRaisesRegex(weft.Error, '^bfloat16 = True: NumPy has no such numbers, expected framework="torch"'):
            self.loader(bfloat16=True)

    def test_a_batch_beyond_all_memory_is_refused(self):
        for options in ({"batch_size": 2**31 - 1}, {"batch_size": 2**31 - 1, "size": 2**16}):
            loader = self.loader(**options)
            with self.assertRaisesRegex(weft.Error, "bytes for the staging ring are not to be had, .* are left"):
                next(iter(loader))

    def test_a_split_is_the_one_that_was_asked_for(self):
        (self.root / "test" / "bee" / "001.png").unlink()
        self.assertEqual(self.loader().samples, COUNT)
        self.assertEqual(self.loader(split="train").samples, COUNT)
        self.assertEqual(self.loader(split="test").samples, COUNT - 1)
        self.assertEqual(DataLoader(self.root / "test", framework="numpy").samples, COUNT - 1)

    def test_values_of_numpy_are_taken(self):
        loader = self.loader(batch_size=numpy.int64(8), shuffle=numpy.bool_(True), size=numpy.int32(12),
                             mean=numpy.zeros(3), std=numpy.ones(3, numpy.float32), seed=numpy.uint64(2**63))
        self.assertEqual(len(epoch_of(loader)), 6)

    def test_what_is_not_read_is_a_warning(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            trees.make_tree(root)
            (root / "train" / "ant" / "film.gif").write_bytes(b"GIF89a")
            with self.assertWarnsRegex(UserWarning, "1 file left out, film.gif: 1 .gif$") as caught:
                DataLoader(root, framework="numpy")
            self.assertEqual(caught.filename, __file__)
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            DataLoader(self.root, framework="numpy")

    def test_places_are_named(self):
        loader = self.loader()
        for wrong, sentence in ((-1, "epoch = -1: expected at least 0"), (2**30, "epoch = 1073741824: expected at most"),
                                (1.5, "epoch = 1.5: expected a whole number")):
            with self.assertRaisesRegex(weft.Error, sentence):
                loader.set_epoch(wrong)
        for wrong, sentence in (({}, "state = {}: expected what state_dict"), (None, "state = None: expected what"),
                                ({"epoch": 0, "batch": 7}, "batch = 7: expected at most 6")):
            with self.assertRaisesRegex(weft.Error, sentence):
                loader.load_state_dict(wrong)

    def test_a_file_that_is_gone_is_said_of_the_path(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "a").mkdir()
            for name in ("data.path", "b"):
                trees.write_png(root / "a" / f"{name}.png", numpy.zeros((4, 4, 3), numpy.uint8))
            loader = DataLoader(root, framework="numpy", memory=0)
            (root / "a" / "data.path.png").unlink()
            with self.assertRaisesRegex(weft.Error, r"^path: .*a/data.path.png cannot be read"):
                epoch_of(loader)
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            (root / "a").mkdir()
            for number in range(5):
                (root / "a" / f"{number}.png").write_bytes(b"\x89PNG\r\n\x1a\n")
            with self.assertRaisesRegex(weft.Error, "0.png|1.png|2.png|3.png|4.png"):
                DataLoader(root, framework="numpy", size=4)

    def test_images_of_several_sizes_are_said_when_the_loader_is_made(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            for number in range(10):
                side = 30 if number == 7 else 40
                (root / "a").mkdir(exist_ok=True)
                trees.write_png(root / "a" / f"{number}.png", numpy.zeros((side, side, 3), numpy.uint8))
            with self.assertRaises(weft.Error) as caught:
                DataLoader(root, framework="numpy")
            self.assertEqual(str(caught.exception), f"{root}/a/7.png: the image is 30x30, and without a crop it must "
                             "be 40x40; set size, to which images of all sizes are scaled")
            with self.assertRaisesRegex(weft.Error, "too small to cut 40x40 out of it padded by 4; set size, to which"):
                DataLoader(root, augment=True, framework="numpy")
            self.assertEqual(len(epoch_of(DataLoader(root, size=32, framework="numpy"))), 10)
            skipping = DataLoader(root, on_bad="skip", framework="numpy")
            self.assertEqual(sum(len(labels) for _, labels in skipping), 9)

    def test_only_images_are_read(self):
        with tempfile.TemporaryDirectory() as folder:
            path = pathlib.Path(folder) / "x.npz"
            numpy.savez(path, x=numpy.zeros((9, 3)))
            with self.assertRaises(weft.Error) as caught:
                DataLoader(path, framework="numpy")
            self.assertEqual(str(caught.exception), f"path: {path} (numpy): the Python loader has images only; "
                             "expected a folder tree or tar shards of JPEG, PNG, WebP or BMP")
            path = pathlib.Path(folder) / "x.txt"
            path.write_text("no data")
            with self.assertRaisesRegex(weft.Error, "expected one of: a folder of class folders of [^;]*; a .tar archive"):
                DataLoader(path, framework="numpy")

    def test_a_hundred_descriptors_are_enough(self):
        with tempfile.TemporaryDirectory() as folder:
            for shard in range(60):
                with self.subTest(shard):
                    self.make_tar(pathlib.Path(folder) / f"s-{shard:02}.tar", shard)
            for path, count in ((folder, 60), (self.root, COUNT)):
                for loaders in (1, 10):
                    done = subprocess.run([sys.executable, "-c", MANY, path, str(loaders)], capture_output=True,
                                          text=True, timeout=120,
                                          preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (100, 100)))
                    self.assertEqual((done.stdout, done.stderr), (f"{count * loaders}\n", ""))

    def make_tar(self, path, number):
        import io
        import tarfile
        image = sorted((self.root / "train").rglob("*.png"))[number % COUNT]
        with tarfile.open(path, "w") as tar:
            for suffix, data in ((".png", image.read_bytes()), (".cls", b"%d" % (number % 2))):
                member = tarfile.TarInfo(f"{number:03}{suffix}")
                member.size = len(data)
                tar.addfile(member, io.BytesIO(data))


if __name__ == "__main__":
    unittest.main()
