"""Images a second of PyTorch's DataLoader over image files with torchvision's transforms.

usage: python decode_torch.py FOLDER padded|resized [WORKERS] [ROUNDS]
       python decode_torch.py --make FOLDER COUNT      writes COUNT photograph-like JPEG files of 500x375
"""
import io
import pathlib
import sys
import time

import numpy
import torch
from PIL import Image

# PyPI's torchvision beside a PyTorch for CPUs only: its own operators do not load, and no transform uses them.
try:
    import torchvision
except RuntimeError:
    for module in [name for name in sys.modules if name.startswith("torchvision")]:
        del sys.modules[module]
    library = torch.library.Library("torchvision", "DEF")
    for name in ["nms", "qnms"]:
        library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
    import torchvision
from torchvision import transforms


class Files(torch.utils.data.Dataset):
    """Files in memory, as Weft's program has them."""

    def __init__(self, folder, transform):
        self.files = [path.read_bytes() for path in sorted(pathlib.Path(folder).rglob("*.jp*g"))]
        self.transform = transform

    def __len__(self):
        return len(self.files)

    def __getitem__(self, index):
        return self.transform(Image.open(io.BytesIO(self.files[index])).convert("RGB"))


def make(folder, count):
    random = numpy.random.default_rng(1)
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    for index in range(count):
        # Noise of every scale, as photographs have it.
        image = numpy.zeros((375, 500, 3))
        for size in [4, 16, 64, 256]:
            noise = random.normal(size=(size * 3 // 4, size, 3)).astype(numpy.float32)
            for channel in range(3):
                layer = Image.fromarray(noise[:, :, channel]).resize((500, 375), Image.BICUBIC)
                image[:, :, channel] += numpy.asarray(layer) * (60 / size**0.5)
        image = Image.fromarray(numpy.clip(image + 128, 0, 255).astype(numpy.uint8))
        image.save(f"{folder}/{index:05}.jpg", quality=90)


def transform_of(crop):
    first = transforms.RandomCrop(32, 4) if crop == "padded" else transforms.RandomResizedCrop(224)
    return transforms.Compose([
        first, transforms.RandomHorizontalFlip(), transforms.ToTensor(),
        transforms.Normalize((0.4914, 0.4822, 0.4465), (0.247, 0.2435, 0.2616)),
    ])


def main(folder, crop, workers=2, rounds=3):
    torch.set_num_threads(1)
    files = Files(folder, transform_of(crop))
    loader = torch.utils.data.DataLoader(files, 128, num_workers=int(workers), persistent_workers=True)
    rates = []
    for _ in range(int(rounds) + 1):  # the first starts the workers
        start = time.perf_counter()
        for _ in loader:
            pass
        rates.append(len(files) / (time.perf_counter() - start))
    rates = sorted(rates[1:])
    print(f"PyTorch {torch.__version__} DataLoader, {workers} workers, torchvision {torchvision.__version__}: "
          f"median {rates[len(rates) // 2]:.0f} images/s, from {rates[0]:.0f} to {rates[-1]:.0f}")


if __name__ == "__main__":
    if sys.argv[1] == "--make":
        make(sys.argv[2], int(sys.argv[3]))
    else:
        main(*sys.argv[1:])
