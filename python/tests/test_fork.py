#!/usr/bin/env python3
"""Tests of processes that are forked while a DataLoader is open: neither side is harmed. As test_loader.py."""
import multiprocessing
import os
import subprocess
import sys
import time
import unittest

import trees  # first: it may go on in another interpreter
from trees import COUNT, epoch_of

from weft.data import DataLoader

LIMIT = 60  # seconds that a child may take


def sums_of(root):
    loader = DataLoader(root, 8, True, seed=5, framework="numpy", memory="4MiB")
    return [float(images.sum()) for epoch in range(2) for images, _ in loader]


class ForkTest(trees.TreeTest):
    def in_child(self, action):
        """The exit code of a forked process that does this and leaves by sys.exit()."""
        child = os.fork()
        if child == 0:
            code = 1
            try:
                action()
                code = 0
            except SystemExit as error:
                code = error.code
            except BaseException as error:
                print("child:", repr(error), file=sys.stderr)
            sys.stderr.flush()
            try:
                # What sys.exit() does, which a test runner would catch.
                import atexit
                atexit._run_exitfuncs()
            finally:
                os._exit(code)
        end = time.monotonic() + LIMIT
        while time.monotonic() < end:
            pid, status = os.waitpid(child, os.WNOHANG)
            if pid:
                return os.waitstatus_to_exitcode(status)
            time.sleep(0.01)
        os.kill(child, 9)
        os.waitpid(child, 0)
        return "it hangs"

    def test_a_child_that_exits_does_not_touch_the_parents_loader(self):
        expected = epoch_of(self.loader())
        loader = self.loader()
        got = []
        for images, labels in loader:
            got.append((images.copy(), labels.copy()))
            self.assertEqual(self.in_child(lambda: sys.exit(0)), 0)
        self.assert_same(got, expected)
        self.assertEqual(len(epoch_of(loader)), 6)

    def test_a_child_does_not_wait_for_a_thread_of_the_parents(self):
        with self.busy(self.loader()):
            for _ in range(5):
                begin = time.monotonic()
                self.assertEqual(self.in_child(lambda: sys.exit(0)), 0)
                self.assertLess(time.monotonic() - begin, 4)  # of the 5 s that a parent waits

    def test_a_child_that_drops_the_parents_loader_does_not_touch_it(self):
        loader = self.loader()
        iterator = iter(loader)
        next(iterator)

        def drop():
            nonlocal loader, iterator
            iterator = None
            loader.close()
            loader = None

        for _ in range(3):
            self.assertEqual(self.in_child(drop), 0)
        self.assertEqual(1 + sum(1 for _ in iterator), 6)

    def test_a_child_is_told_that_a_loader_is_its_parents(self):
        loader = self.loader()
        iterator = iter(loader)
        next(iterator)
        others = [iter(loader)]
        next(others[0])

        def use():
            for loop in (iterator, iter(loader), others[0]):
                try:
                    next(loop)
                    sys.exit(3)
                except ValueError as error:
                    if "this DataLoader belongs to process" not in str(error):
                        sys.exit(4)
            sys.exit(0 if len(loader) == 6 and loader.samples == COUNT else 5)

        self.assertEqual(self.in_child(use), 0)
        self.assertEqual(1 + sum(1 for _ in iterator), 6)

    def test_a_childs_own_loader_works(self):
        expected = sums_of(self.root)
        loader = self.loader()
        iterator = iter(loader)
        next(iterator)

        def use():
            sys.exit(0 if sums_of(self.root) == expected else 3)

        for _ in range(3):
            self.assertEqual(self.in_child(use), 0)
        self.assertEqual(self.in_child(lambda: self.assertEqual(self.in_child(use), 0)), 0, "a child's child")
        self.assertEqual(1 + sum(1 for _ in iterator), 6)

    def test_workers_of_multiprocessing_have_loaders_of_their_own(self):
        expected = sums_of(self.root)
        loader = self.loader()
        iterator = iter(loader)
        next(iterator)
        with multiprocessing.get_context("fork").Pool(3) as pool:
            self.assertEqual(pool.map_async(sums_of, [self.root] * 6).get(LIMIT), [expected] * 6)
        self.assertEqual(1 + sum(1 for _ in iterator), 6)

    def test_programs_are_started_within_a_loop(self):
        loader = self.loader()
        for _ in loader:
            for more in ({}, {"preexec_fn": lambda: None}, {"close_fds": False}):
                self.assertEqual(subprocess.run(["true"], timeout=LIMIT, **more).returncode, 0)
            self.assertEqual(os.system("exit 0"), 0)

    def test_a_cache_is_free_when_the_parent_has_closed_it(self):
        cache = [(self.root / "cache", "4MiB")]
        loader = self.loader(cache=cache)
        epoch_of(loader)
        child = os.fork()
        if child == 0:
            time.sleep(LIMIT)
            os._exit(0)
        try:
            loader.close()
            self.assertEqual(len(epoch_of(self.loader(cache=cache))), 6)
        finally:
            os.kill(child, 9)
            os.waitpid(child, 0)

    def test_a_rank_of_mpis_that_forks_is_told(self):
        script = (
            "import os, sys\n"
            "from weft.data import DataLoader\n"
            "child = os.fork()\n"
            "if child:\n"
            "    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))\n"
            f"DataLoader({str(self.root)!r}, framework='numpy')\n")
        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=LIMIT,
                              env={**os.environ, "OMPI_COMM_WORLD_SIZE": "2"})
        self.assertIn("was forked from a rank of MPI's, which cannot open a DataLoader in it", done.stderr)


if __name__ == "__main__":
    unittest.main()
