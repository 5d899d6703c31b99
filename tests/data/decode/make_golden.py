"""Writes golden.txt: what Pillow makes of small images, by scaling a box and by changing colours.

usage: python make_golden.py > golden.txt     (needs pillow and numpy; written with Pillow 13.0)
"""
import numpy
from PIL import Image, ImageEnhance


def picture(height, width):
    y, x, c = numpy.meshgrid(range(height), range(width), range(3), indexing="ij")
    return Image.fromarray(((y * 7 + x * 13 + c * 29 + (y * x) % 17 * 5) % 256).astype(numpy.uint8))


def show(name, *numbers, image):
    print(name, *numbers, *numpy.asarray(image).reshape(-1))


# The image's height and width; the box's top, left, height and width; the result's height and width.
for case in [
    (20, 30, 0, 0, 20, 30, 5, 6),
    (20, 30, 3, 4, 11, 17, 5, 6),
    (20, 30, 2, 1, 7, 5, 9, 12),
    (40, 9, 0, 0, 40, 9, 3, 9),
    (16, 16, 5, 5, 6, 6, 6, 6),
    (33, 47, 1, 0, 31, 46, 8, 7),
    (3, 3, 1, 1, 1, 1, 4, 4),
]:
    height, width, top, left, rows, columns, out_height, out_width = case
    box = picture(height, width).crop((left, top, left + columns, top + rows))
    show("scale", *case, image=box.resize((out_width, out_height), Image.BILINEAR))
for factor in [0.0, 0.37, 0.9, 1.25, 2.5]:
    for name in ["brightness", "contrast", "saturation"]:
        change = {"saturation": "Color"}.get(name, name.capitalize())
        show(name, factor, image=getattr(ImageEnhance, change)(picture(6, 7)).enhance(factor))
