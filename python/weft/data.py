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
import contextlib
import importlib
import operator
import os
import re
import sys
import threading
import warnings
import weakref

from weft import _weft
from weft._weft import Error

__all__ = ["DataLoader"]

_MOST_EPOCHS = 2**30  # of the stream
_MOST_WORKERS = 1024

_open_loaders = weakref.WeakSet()
_said = set()


# Held while loops of several threads begin and end.
_places = threading.RLock()
os.register_at_fork(after_in_child=_places._at_fork_reinit)


def _close_all():
    if _weft.others_leave():
        for loader in list(_open_loaders):
            loader.close()
    _weft.end()


atexit.register(_close_all)


# What decides which samples a place in an epoch counts, as a state names it: in words of the arguments.
_OF_ORDER = {"samples": "the number of samples", "global_batch": "batch_size * world_size", "shuffle": "shuffle",
             "seed": "seed"}


def _say_once(sentence):
    if sentence not in _said:
        _said.add(sentence)
        print(f"weft: {sentence}", file=sys.stderr)


# Sentences of the C++ loader name keys of recipes.
_ARGUMENT_OF_KEY = {"batch": "batch_size", "workers": "num_workers", "deviation": "std"}
_KEY = re.compile(r"(?<![\w./-])data\.([a-z_]+)(?![\w./-])")

_OF_RECIPES = re.compile(r" \(data\.[a-z_]+ in a recipe\)")


def _in_words_of_python(sentence):
    return _KEY.sub(lambda key: _ARGUMENT_OF_KEY.get(key[1], key[1]), _OF_RECIPES.sub("", sentence))


@contextlib.contextmanager
def _errors_in_words_of_python():
    try:
        yield
    except Error as error:
        sentence = _in_words_of_python(str(error))
        if sentence == str(error):
            raise
        raise Error(sentence) from None


def _refuse(name, value, expected):
    raise Error(f"{name} = {value!r}: expected {expected}")


def _whole(name, value, least=None, most=2**63 - 1):
    try:
        number = operator.index(value)
    except TypeError:
        number = None
    if number is None or isinstance(value, bool):
        _refuse(name, value, "a whole number")
    if least is not None and number < least:
        _refuse(name, number, f"at least {least}")
    if number > most:
        _refuse(name, number, f"at most {most}")
    return number


def _flag(name, value):
    is_flag = isinstance(value, (bool, int)) or getattr(getattr(value, "dtype", None), "kind", "") == "b"
    if not is_flag or value not in (0, 1):
        _refuse(name, value, "True or False")
    return bool(value)


def _choice(name, value, *choices):
    if not isinstance(value, str) or value not in choices:
        named = [f'"{choice}"' for choice in choices]
        _refuse(name, value, f"{', '.join(named[:-1])} or {named[-1]}")
    return value


def _colours(name, value):
    if value is None:
        return []
    try:
        numbers = [float(number) for number in value]
    except (TypeError, ValueError):
        numbers = []
    if len(numbers) != 3:
        raise Error(f"{name}: expected three numbers, of red, green and blue")
    return numbers


def _bytes(name, size):
    if isinstance(size, str):
        return _weft.parse_bytes(size, name)
    try:
        return _whole(name, size, 0)
    except Error:
        _refuse(name, size, 'a number of bytes, or a size as "8GiB"')


def _path(name, value):
    try:
        return os.fsdecode(value)
    except TypeError:
        _refuse(name, value, "a path")


def _directories(cache):
    try:
        pairs = [(folder, size) for folder, size in cache]
    except (TypeError, ValueError):
        _refuse("cache", cache, 'pairs of a directory and a size, as [("/nvme", "100GiB")]')
    return [(_path("cache", folder), _bytes("cache", size)) for folder, size in pairs]


def _split(path, split):
    """The subfolder to read: one that was asked for is there; else "train", where there is one."""
    if split is None:
        return "train"
    if not isinstance(split, str):
        _refuse("split", split, "the name of a folder")
    if os.path.exists(path) and not os.path.isdir(os.path.join(path, split)):
        _refuse("split", split, f"a folder in {path}")
    return split


def _own_share_of_memory():
    """A quarter of what is free, shared with the processes of this machine."""
    local = os.environ.get("OMPI_COMM_WORLD_LOCAL_SIZE") or os.environ.get("LOCAL_WORLD_SIZE") or "1"
    return _weft.available_memory() // 4 // int(local)


def _needed(package, sentence):
    try:
        return importlib.import_module(package)
    except ModuleNotFoundError as error:
        if error.name != package:
            raise
        raise Error(sentence) from None


def _arrays(framework, bfloat16):
    """Makers of what a loop gets from pixels [N, H, W, 3] and labels: torch's tensors, or NumPy's arrays."""
    if framework == "torch":
        torch = _needed("torch", 'framework="torch" needs PyTorch: pip install torch, or framework="numpy"')
        return lambda pixels, labels: (
            torch.from_dlpack(pixels).permute(0, 3, 1, 2),
            torch.from_dlpack(labels).long(),
        )
    if framework == "numpy":
        numpy = _needed("numpy", 'framework="numpy" needs NumPy: pip install numpy')
        if bfloat16:
            raise Error('bfloat16 = True: NumPy has no such numbers, expected framework="torch" or "dlpack"')
        return lambda pixels, labels: (numpy.from_dlpack(pixels), numpy.from_dlpack(labels))
    if framework == "dlpack":
        return lambda pixels, labels: (pixels, labels)
    _choice("framework", framework, "torch", "numpy", "dlpack")


class _Pass:
    """One loop over a loader's batches; it is an epoch from its first batch on. Threads that share it take turns."""

    _places = _places  # which are there for loops that outlive this module's names

    def __init__(self, loader):
        self._loader = loader
        self._turn_of_threads = threading.RLock()
        self._is_loading = False
        self._own = None  # batches of its own, where another loop has the loader's
        self._epoch = self._batch = self._given = 0
        self._turn = None  # of the loader, when it began
        self._is_over = False

    def __iter__(self):
        return self

    def __next__(self):
        self._loader._open().here()  # first: nobody gives back a turn that was taken before a fork
        with self._turn_of_threads:
            if self._is_loading:
                raise Error("this loop waits for a batch; expected a signal handler that does not ask it for another")
            self._is_loading = True
            try:
                return self._next_batch()
            finally:
                self._is_loading = False

    def _next_batch(self):
        loader = self._loader
        if self._is_over:
            raise StopIteration
        try:
            if self._turn is None:
                self._begin()
            if self._batch >= len(loader):
                self._end(whole=True)
                raise StopIteration
            arrays = loader._load(self._own or loader._open(), self._epoch * len(loader) + self._batch)
        except BaseException:
            self._end()
            raise
        with self._places:
            self._batch += 1
            self._given += 1
            loader._place = (self._epoch, self._batch)
        return arrays

    def _begin(self):
        loader = self._loader
        with self._places:
            batches = loader._open()
            if loader._user is not None and loader._user() is not None:
                with _errors_in_words_of_python():
                    self._own = batches.another()
                loader._loops.add(self)
            else:
                loader._user = weakref.ref(self)
            self._epoch, self._batch = loader._next
            self._first = self._batch
            loader._next = (self._epoch + 1, 0)
            loader._turn += 1
            self._turn = loader._turn

    def _end(self, whole=False):
        with self._places:
            if self._is_over:
                return
            self._is_over = True
            own, self._own = self._own, None
            self._leave(whole)
        if own is not None:
            own.close()

    def _leave(self, whole):
        loader = self._loader
        if loader._user is not None and loader._user() in (self, None):
            loader._user = None
        if self._turn is None or self._turn != loader._turn:
            return
        if whole:
            loader._place = loader._next
        elif self._given <= 1:  # a look, such as next(iter(loader)), or not even that
            loader._next = loader._place = (self._epoch, self._first)

    def __del__(self):
        self._end()


class DataLoader:
    """Iterates over (images, labels) of a folder tree ``<class>/*.jpg|png``, or of tar shards.

    Each ``for`` loop, and each ``iter()``, is a pass from the first batch on, and the next epoch; ``set_epoch``
    chooses another. Several at a time are several epochs (all but the first without copies of files). One that is left
    after its first batch, such as ``next(iter(loader))``, was a look: the next pass is the same epoch. All randomness
    is drawn from ``(seed, epoch, sample)``: it depends neither on processes nor on ``num_workers``.

    A process that is forked leaves its parent's loaders alone, and makes its own.

    path: folder; a tar file, or a folder of them
    split: subfolder to read; without: ``train`` where there is one, else all of ``path``
    batch_size: samples of one process
    shuffle: a new order in each epoch; without it as the files are sorted
    num_workers: threads that decode (there are no worker processes); 0 is 1
    drop_last: leaves out samples that do not fill a batch of all processes; else the last batch is shared out evenly
    size: pixels of a side, to which images are scaled and cut; 0: all images have one size
    augment: random cuts and mirrors (padded by 4 pixels where ``size`` is 0, else ``RandomResizedCrop``)
    mean, std: of red, green, blue, of values in [0, 1]: from 0 to 1, and above 0; without: measured on 1000 images
    bfloat16: pixels in bfloat16 (not with framework="numpy")
    memory: bytes, or as "8GiB", for copies of files; without: a quarter of what is free
    cache: directories on fast disks for more copies, as [("/nvme", "100GiB")]
    on_bad: "fail", "skip" or "substitute": what becomes of files that cannot be read; bad_limit: how many may be
    rank, world_size: for launchers that set neither MPI's nor torchrun's variables
    framework: "torch", "numpy" (pixels [N, H, W, 3], labels int32) or "dlpack"

    What is found and not read (files of other formats, images without a label, other folders) is a UserWarning, once.

    Tensors lie in the loader's own memory, without a copy; they stay what they are as long as somebody has them.
    Raises weft.Error (a ValueError), with one sentence, where data or options are bad.
    """

    def __init__(self, path, batch_size=1, shuffle=False, *, num_workers=1, drop_last=False, seed=0, split=None,
                 size=0, augment=False, mean=None, std=None, bfloat16=False, memory=None, cache=(), lookahead=32,
                 on_bad="fail", bad_limit=100, rank=None, world_size=None, framework="torch"):
        self._batches = None
        options = _weft.Options()
        options.bfloat16 = _flag("bfloat16", bfloat16)
        self._make = _arrays(framework, options.bfloat16)
        options.path = _path("path", path)
        options.split = _split(options.path, split)
        options.batch = _whole("batch_size", batch_size, 1, 2**31 - 1)
        options.shuffle = _flag("shuffle", shuffle)
        options.drop_last = _flag("drop_last", drop_last)
        options.seed = _whole("seed", seed, 0, 2**64 - 1)
        options.size = _whole("size", size, 0, 2**16)
        options.augment = _flag("augment", augment)
        options.mean = _colours("mean", mean)
        options.deviation = _colours("std", std)
        options.memory_bytes = _own_share_of_memory() if memory is None else _bytes("memory", memory)
        options.cache = _directories(cache)
        options.workers = max(1, _whole("num_workers", num_workers, 0, _MOST_WORKERS))
        options.lookahead = _whole("lookahead", lookahead, 1, 2**31 - 1)
        options.on_bad = getattr(_weft.OnBad, _choice("on_bad", on_bad, "fail", "skip", "substitute"))
        options.bad_limit = _whole("bad_limit", bad_limit, 0)
        with _errors_in_words_of_python():
            _weft.begin()
            options.rank, options.ranks = self._rank(rank, world_size)
            self._batches = _weft.ImageBatches(options)
        if self._batches.rank == 0:
            for remark in self._batches.remarks:
                warnings.warn(_in_words_of_python(remark), stacklevel=2)
        _open_loaders.add(self)
        self._path = options.path
        self._data = self._batches.data
        self._key = None  # of the data; read when it is wanted
        self._order = {"samples": self._batches.samples, "global_batch": options.batch * self._batches.ranks,
                       "shuffle": options.shuffle, "seed": options.seed}
        self._next = self._place = (0, 0)  # epoch and batch: of the next loop, and where the last one is
        self._turn = 0  # counts the loops, and what else chooses the next one
        self._user = None  # the loop that has the batches, weakly
        self._loops = weakref.WeakSet()  # that have batches of their own

    @staticmethod
    def _rank(rank, world_size):
        if rank is not None or world_size is not None:
            return (0 if rank is None else _whole("rank", rank, 0, 2**31 - 1),
                    1 if world_size is None else _whole("world_size", world_size, 1, 2**31 - 1))
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
        return _Pass(self)

    def _load(self, batches, number):
        with _errors_in_words_of_python():
            arrays = self._make(*batches.next(number))
            for notice in batches.notices():
                print(f"weft: {_in_words_of_python(notice)}", file=sys.stderr)
            return arrays

    def _open(self):
        if self._batches is None:
            raise Error("the DataLoader was closed")
        return self._batches

    def _go_to(self, epoch, batch):
        with _places:
            self._next = self._place = (epoch, batch)
            self._turn += 1

    def set_epoch(self, epoch):
        """The epoch of the next loop."""
        self._go_to(_whole("epoch", epoch, 0, _MOST_EPOCHS - 1), 0)

    def state_dict(self):
        """Where the loop is: enough to go on exactly there, also with another number of processes or workers. After
        a loop that was left early, by an exception say, where it was left. Beside it stands what decides the order:
        seed, shuffle, the samples of a batch of all processes, and a key of the data."""
        return {**dict(zip(("epoch", "batch"), self._place)), **self._order, "data": self._key_of_data()}

    def load_state_dict(self, state):
        """The next loop goes on after the batch at which state_dict() was called. A state of other data or of another
        order is refused; one that tells neither, of an older version, is taken."""
        try:
            epoch, batch = state["epoch"], state["batch"]
        except (KeyError, TypeError, IndexError):
            _refuse("state", state, 'what state_dict() gives, {"epoch": ..., "batch": ...}')
        place = _whole("epoch", epoch, 0, _MOST_EPOCHS - 1), _whole("batch", batch, 0)
        for name, own in self._order.items():
            if name in state and state[name] != own:
                raise Error(f"state: made with {_OF_ORDER[name]} = {state[name]!r}, and this loader has {own!r}; "
                            "expected the same")
        if "data" in state and state["data"] != self._key_of_data():
            raise Error(f"state: made with other data than {self._path}; expected the same classes, file names and "
                        "contents")
        self._go_to(place[0], _whole("batch", batch, 0, len(self)))

    def _key_of_data(self):
        if self._key is None:
            self._key = f"{self._data.key():016x}"
        return self._key

    def __reduce__(self):
        raise TypeError("a DataLoader cannot be copied or sent to another process; expected one that is made there")

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
        with _errors_in_words_of_python():
            return self._open().stats()

    def close(self):
        """Ends the loader's threads and loops; batches that are still held stay valid."""
        with _places:
            batches, self._batches = self._batches, None
            loops = list(self._loops)
        for loop in loops:
            loop._end()
        if batches is not None:
            batches.close()
