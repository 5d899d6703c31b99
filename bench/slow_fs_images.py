#!/usr/bin/env python3
"""Mosaics of CIFAR-10's images as JPEG files: photographs of some size, made from data that is at hand.

usage: slow_fs_images.py CIFAR_TREE OUT COUNT SIDE     (SIDE tiles a side, of 32 pixels)
"""
import pathlib
import random
import sys

from PIL import Image

tree, out, count, side = pathlib.Path(sys.argv[1]), pathlib.Path(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4])
random.seed(1)
classes = sorted(path.name for path in (tree / "train").iterdir())
tiles = {name: sorted((tree / "train" / name).iterdir()) for name in classes}
for split, images in (("train", count), ("test", len(classes))):
    for number in range(images):
        name = classes[number % len(classes)]
        mosaic = Image.new("RGB", (32 * side, 32 * side))
        for place in range(side * side):
            with Image.open(random.choice(tiles[name])) as tile:
                mosaic.paste(tile, (32 * (place % side), 32 * (place // side)))
        folder = out / split / name
        folder.mkdir(parents=True, exist_ok=True)
        mosaic.save(folder / f"{number:06d}.jpg", quality=92)
