#!/usr/bin/env python3
"""Tests of loops over a DataLoader: several at a time, left early, interrupted. As test_loader.py."""
import copy
import gc
import os
import pathlib
import pickle
import shutil
import signal
import tempfile
import threading
import time
import unittest

import trees  # first: it may go on in another interpreter
from trees import epoch_of

import numpy
import weft
from weft.data import DataLoader


def copied(batch):
    return tuple(part.copy() for part in batch)


class PassesTest(trees.TreeTest):
    def epochs(self, *numbers, **options):
        loader = self.loader(**options)
        result = []
        for number in numbers:
            loader.set_epoch(number)
            result.append(epoch_of(loader))
        return result

    def test_a_look_costs_no_epoch(self):
        zero, one = self.epochs(0, 1)
        loader = self.loader()
        for _ in range(2):
            self.assert_same([copied(next(iter(loader)))], zero[:1])
            self.assertEqual(trees.place_of(loader), (0, 0))
        iter(loader)
        self.assert_same(epoch_of(loader), zero)
        self.assert_same(epoch_of(loader), one)
        loader.load_state_dict({"epoch": 0, "batch": 2})
        next(iter(loader))
        self.assert_same(epoch_of(loader), zero[2:])

    def test_nested_loops_are_epochs_of_their_own(self):
        zero, one, two, three = self.epochs(0, 1, 2, 3)
        loader = self.loader()
        outer, inner = [], []
        for number, batch in enumerate(loader):
            outer.append(copied(batch))
            if number < 2:
                inner.append(epoch_of(loader))
        self.assert_same(outer, zero)
        self.assert_same(inner[0], one)
        self.assert_same(inner[1], two)
        self.assert_same(epoch_of(loader), three)

    def test_loops_side_by_side_are_epochs_of_their_own(self):
        zero, one, two = self.epochs(0, 1, 2)
        loader = self.loader()
        pairs = [(copied(a), copied(b)) for a, b in zip(loader, loader)]
        self.assert_same([a for a, _ in pairs], zero)
        self.assert_same([b for _, b in pairs], one)
        self.assert_same(epoch_of(loader), two)

    def test_a_loop_that_somebody_keeps_does_not_change_another(self):
        zero, one = self.epochs(0, 1)
        loader = self.loader()
        kept = iter(loader)
        first = [copied(next(kept)), copied(next(kept))]
        self.assert_same(epoch_of(loader), one)
        self.assert_same(first + [copied(batch) for batch in kept], zero)
        self.assertRaises(StopIteration, next, kept)

    def test_set_epoch_within_a_loop_is_about_the_next_one(self):
        zero, five = self.epochs(0, 5)
        loader = self.loader()
        got = []
        for batch in loader:
            got.append(copied(batch))
            if len(got) == 1:
                loader.set_epoch(5)
        self.assert_same(got, zero)
        self.assert_same(epoch_of(loader), five)

    def test_where_an_exception_left_a_loop_is_where_another_process_goes_on(self):
        zero, one = self.epochs(0, 1)
        loader = self.loader()
        with self.assertRaises(KeyboardInterrupt):
            for number, _ in enumerate(loader):
                if number == 2:
                    raise KeyboardInterrupt
        gc.collect()
        self.assertEqual(trees.place_of(loader), (0, 3))
        other = self.loader()
        other.load_state_dict(loader.state_dict())
        self.assert_same(epoch_of(other), zero[3:])
        self.assert_same(epoch_of(loader), one)

    def test_a_file_that_was_mended_is_read(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            shutil.copytree(self.root / "train", root / "train")
            bad = root / "train" / "ant" / "000.png"
            whole = bad.read_bytes()
            bad.write_bytes(whole[:60] + b"\0" * (len(whole) - 60))
            loader = DataLoader(root, 8, framework="numpy", mean=[0, 0, 0], std=[1, 1, 1])
            for _ in range(2):
                with self.assertRaisesRegex(weft.Error, "ant/000.png"):
                    epoch_of(loader)
            bad.write_bytes(whole)
            self.assertEqual(len(epoch_of(loader)), 6)

    def test_a_closed_loader_ends_its_loops(self):
        loader = self.loader()
        loops = [iter(loader), iter(loader)]
        for loop in loops:
            next(loop)
        loader.close()
        for loop in loops:
            with self.assertRaisesRegex(weft.Error, "the DataLoader was closed"):
                next(loop)

    def test_a_loader_is_neither_copied_nor_sent(self):
        for send in (copy.copy, copy.deepcopy, pickle.dumps):
            with self.assertRaisesRegex(TypeError, "a DataLoader cannot be copied or sent to another process"):
                send(self.loader())

    def interrupted_after(self, action, seconds=0.3):
        """How long an action goes on after Ctrl-C."""
        begun = []

        def press():
            begun.append(time.monotonic())
            os.kill(os.getpid(), signal.SIGINT)

        timer = threading.Timer(seconds, press)
        timer.start()
        try:
            with self.assertRaises(KeyboardInterrupt):
                action()
        finally:
            timer.cancel()
            timer.join()
        return time.monotonic() - begun[0]

    def test_ctrl_c_ends_a_batch_of_any_size_within_a_second(self):
        for size in (8, 100_000, 500_000):
            loader = self.loader(batch_size=size, num_workers=1)

            def loop():
                while True:
                    for _ in loader:
                        pass

            self.assertLess(self.interrupted_after(loop), 1, size)
            loader.close()

    def test_ctrl_c_ends_the_making_of_a_loader_within_a_second(self):
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder) / "a"
            root.mkdir()
            pixels = numpy.random.default_rng(1).integers(0, 256, (1500, 1500, 3), dtype=numpy.uint8)
            trees.write_png(root / "0.png", pixels)
            for number in range(1, 300):
                os.link(root / "0.png", root / f"{number}.png")

            def make():
                while True:
                    DataLoader(folder, 1, size=8, framework="numpy")

            self.assertLess(self.interrupted_after(make, 1), 1)


if __name__ == "__main__":
    unittest.main()
