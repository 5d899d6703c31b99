"""Folders of small images, and the packages that the tests need."""
import contextlib
import os
import pathlib
import shutil
import struct
import sys
import tempfile
import threading
import unittest
import zlib

if os.environ.get("WEFT_PYTHON", sys.executable) != sys.executable:
    os.execv(os.environ["WEFT_PYTHON"], [os.environ["WEFT_PYTHON"], *sys.argv])
try:
    import numpy
    import weft  # noqa: F401: whether it is there
    from weft.data import DataLoader
except ImportError as error:
    print(f"skipped: {error}; `pip install ./python` and set WEFT_PYTHON to that interpreter")
    sys.exit(77)

SIZE = 12
COUNT = 47


def write_png(path, pixels):
    """A PNG file of pixels [height, width, 3]."""
    height, width, _ = pixels.shape
    rows = b"".join(b"\0" + pixels[y].tobytes() for y in range(height))

    def chunk(kind, body):
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    path.write_bytes(b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(rows)) +
                     chunk(b"IEND", b""))


def make_tree(root):
    random = numpy.random.default_rng(7)
    for number in range(COUNT):
        folder = root / "train" / ("ant", "bee", "cat")[number % 3]
        folder.mkdir(parents=True, exist_ok=True)
        write_png(folder / f"{number:03}.png", random.integers(0, 256, (SIZE, SIZE, 3), dtype=numpy.uint8))
    shutil.copytree(root / "train", root / "test")


def epoch_of(loader):
    return [(images.copy(), labels.copy()) for images, labels in loader]


def place_of(loader):
    state = loader.state_dict()
    return state["epoch"], state["batch"]


class TreeTest(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.root = pathlib.Path(tempfile.mkdtemp(prefix="weft-python-"))
        make_tree(cls.root)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.root)

    def loader(self, **options):
        return DataLoader(self.root, **{"batch_size": 8, "shuffle": True, "augment": True, "seed": 5, "num_workers": 2,
                                        "framework": "numpy", "memory": "4MiB", **options})

    @contextlib.contextmanager
    def busy(self, loader):
        """While a thread loads from it, epoch after epoch."""
        ended = threading.Event()

        def load():
            while not ended.is_set():
                for _ in loader:
                    pass

        thread = threading.Thread(target=load, daemon=True)
        thread.start()
        try:
            yield
        finally:
            ended.set()
            thread.join(20)
            self.assertFalse(thread.is_alive(), "it hangs")

    def assert_same(self, some, others):
        self.assertEqual(len(some), len(others))
        for (images, labels), (other_images, other_labels) in zip(some, others):
            numpy.testing.assert_array_equal(images, other_images)
            numpy.testing.assert_array_equal(labels, other_labels)
