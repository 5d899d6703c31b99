#!/usr/bin/env python3
"""Tests of threads that use a DataLoader at the same time, and of those that do when Python ends. As test_loader.py."""
import signal
import subprocess
import sys
import threading
import time
import unittest

import trees  # first: it may go on in another interpreter
from trees import COUNT, epoch_of

import weft

LIMIT = 20  # seconds

DAEMON = """
import sys, threading, time
from weft.data import DataLoader

def made():
    return DataLoader({root!r}, 8, True, framework="numpy", memory=0, mean=[0, 0, 0], std=[1, 1, 1])

loader = made()
begun = threading.Event()

def loop():
    while True:
        for _ in {loader}:
            begun.set()

for _ in range({threads}):
    threading.Thread(target=loop, daemon=True).start()
begun.wait()
time.sleep({seconds})
sys.exit(5)
"""


class ThreadsTest(trees.TreeTest):
    def together(self, count, action):
        """What the action gives in each of several threads."""
        results = []

        def act():
            try:
                results.append(action())
            except Exception as error:
                results.append(error)

        threads = [threading.Thread(target=act, daemon=True) for _ in range(count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join(LIMIT)
            self.assertFalse(thread.is_alive(), "it hangs")
        return results

    def test_threads_that_share_a_loop_get_each_batch_once(self):
        expected = epoch_of(self.loader())
        for _ in range(20):
            loop = iter(self.loader())
            parts = self.together(3, lambda: epoch_of(loop))
            got = [batch for part in parts for batch in part]
            self.assertEqual(len(got), len(expected))
            by_pixels = lambda batch: batch[0].tobytes()
            self.assert_same(sorted(got, key=by_pixels), sorted(expected, key=by_pixels))

    def test_loops_of_threads_are_epochs_of_their_own(self):
        loader = self.loader()
        parts = self.together(4, lambda: epoch_of(loader))
        self.assertEqual([sum(len(labels) for _, labels in part) for part in parts], [COUNT] * 4)
        self.assertEqual(len({part[0][0].tobytes() for part in parts}), 4)

    def test_stats_are_told_while_another_thread_loads(self):
        loader = self.loader()
        with self.busy(loader):
            told = self.together(2, lambda: [loader.stats() for _ in range(50)])
        self.assertEqual([len(each) for each in told], [50, 50])

    def test_a_loader_that_another_thread_closes_ends_its_loops(self):
        for _ in range(10):
            loader = self.loader()
            begun = threading.Event()

            def load():
                while True:
                    for _ in loader:
                        begun.set()

            def close():
                begun.wait()
                loader.close()

            closer = threading.Thread(target=close)
            closer.start()
            for error in self.together(2, load):
                self.assertIsInstance(error, weft.Error)
                self.assertEqual(str(error), "the DataLoader was closed")
            closer.join()

    def test_a_signal_handler_is_told_that_the_loop_waits(self):
        loader = self.loader()
        loop = iter(loader)
        said = []

        def ask(number, frame):
            try:
                next(loop, None)
            except weft.Error as error:
                said.append(str(error))

        before = signal.signal(signal.SIGALRM, ask)
        try:
            end = time.monotonic() + LIMIT
            while not said and time.monotonic() < end:
                loop = iter(loader)
                signal.setitimer(signal.ITIMER_REAL, 0.002)
                for _ in loop:
                    pass
        finally:
            signal.setitimer(signal.ITIMER_REAL, 0)
            signal.signal(signal.SIGALRM, before)
        self.assertRegex(said[0] if said else "nothing", "^this loop waits for a batch; expected a signal handler that does not ask it")

    def test_a_daemon_thread_in_a_loop_leaves_the_exit_code_as_it_is(self):
        for loader in ("loader", "made()"):
            for threads in (1, 3):
                for seconds in (0, 0.01, 0.05, 0.2):
                    with self.subTest(loader=loader, threads=threads, seconds=seconds):
                        script = DAEMON.format(root=str(self.root), loader=loader, threads=threads, seconds=seconds)
                        done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True,
                                              timeout=LIMIT)
                        self.assertEqual((done.returncode, done.stderr), (5, ""))


if __name__ == "__main__":
    unittest.main()
