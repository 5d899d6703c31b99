#!/usr/bin/env python3
"""Tests of states of a DataLoader: of which data and order they are. As test_loader.py."""
import json
import pathlib
import shutil
import tempfile
import unittest

import trees  # first: it may go on in another interpreter
from trees import COUNT, epoch_of

import weft
from weft.data import DataLoader


class StateTest(trees.TreeTest):
    def state(self, **options):
        loader = self.loader(**options)
        loop = iter(loader)
        next(loop)
        next(loop)
        return loader.state_dict()

    def assert_refused(self, loader, state, sentence):
        with self.assertRaisesRegex(weft.Error, sentence):
            loader.load_state_dict(state)
        self.assertEqual(trees.place_of(loader), (0, 0))

    def test_a_state_of_another_order_is_refused_by_name(self):
        loader = self.loader()
        for options, sentence in (
                ({"seed": 6}, "^state: made with seed = 6, and this loader has 5; expected the same$"),
                ({"shuffle": False}, "^state: made with shuffle = False, and this loader has True"),
                ({"batch_size": 4}, r"^state: made with batch_size \* world_size = 4, and this loader has 8")):
            self.assert_refused(loader, self.state(**options), sentence)

    def test_other_processes_and_workers_are_of_the_same_order(self):
        state = self.state()
        loader = self.loader(batch_size=4, rank=1, world_size=2, num_workers=1, memory=0)
        loader.load_state_dict(state)
        self.assertEqual(trees.place_of(loader), (0, 2))

    def test_a_state_of_other_data_is_refused(self):
        state = self.state()
        with tempfile.TemporaryDirectory() as folder:
            root = pathlib.Path(folder)
            trees.make_tree(root / "same")
            options = {"batch_size": 8, "shuffle": True, "seed": 5, "framework": "numpy"}
            moved = DataLoader(root / "same", **options)
            moved.load_state_dict(state)
            self.assertEqual(trees.place_of(moved), (0, 2))

            of_that = f"^state: made with other data than {root}/same; expected the same classes, file names and"
            classes = root / "same" / "train"
            (classes / "bee").rename(classes / "bug")
            self.assert_refused(DataLoader(root / "same", **options), state, of_that)
            (classes / "bug").rename(classes / "bee")
            shutil.copy(classes / "bee" / "001.png", classes / "bee" / "004.png")
            self.assert_refused(DataLoader(root / "same", **options), state, of_that)
            (classes / "bee" / "004.png").unlink()
            self.assert_refused(DataLoader(root / "same", **options), state,
                                f"^state: made with the number of samples = {COUNT}, and this loader has {COUNT - 1}")

    def test_a_state_of_an_older_version_is_read(self):
        loader = self.loader()
        expected = epoch_of(loader)
        loader.load_state_dict({"epoch": 0, "batch": 2})
        self.assert_same(epoch_of(loader), expected[2:])

    def test_a_state_is_plain_values_and_told_of_a_closed_loader(self):
        loader = self.loader()
        state = loader.state_dict()
        loader = self.loader()
        loader.close()
        self.assertEqual(json.loads(json.dumps(loader.state_dict())), state)


if __name__ == "__main__":
    unittest.main()
