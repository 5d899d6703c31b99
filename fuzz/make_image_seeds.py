"""Writes the first inputs of fuzz_image: small images of each kind, and the bytes that choose a transform.

usage: python make_image_seeds.py FOLDER     (needs pillow and numpy)
"""
import io
import os
import sys

import numpy
from PIL import Image

# As Choices reads them: crop, height - 1, width - 1, resize - 1, padding, mirror, cutout, contrast, hue, then
# begin and size of each range of the part, and the seed.
RESIZED = [3, 15, 15, 20, 2, 1, 5, 1, 1, 3, 12, 2, 13, 0, 3, 7]
PADDED = [1, 20, 25, 20, 4, 1, 0, 0, 0, 0, 21, 0, 26, 0, 3, 9]
CENTRE = [2, 19, 19, 29, 0, 0, 0, 0, 0, 5, 10, 5, 10, 0, 3, 1]


def put(folder, name, image, choices, **options):
    file = io.BytesIO()
    image.save(file, **options)
    with open(os.path.join(folder, name), "wb") as out:
        out.write(file.getvalue() + bytes(reversed(choices)))


def main(folder):
    os.makedirs(folder, exist_ok=True)
    y, x, c = numpy.meshgrid(range(24), range(31), range(3), indexing="ij")
    image = Image.fromarray(((y * 7 + x * 5 + c * 40) % 256).astype(numpy.uint8))
    deep = Image.fromarray(numpy.asarray(image)[:, :, 0].astype(numpy.uint16) * 257)
    put(folder, "jpeg_420", image, RESIZED, format="JPEG", quality=60)
    put(folder, "jpeg_progressive", image, CENTRE, format="JPEG", quality=50, progressive=True)
    put(folder, "jpeg_grey", image.convert("L"), PADDED, format="JPEG", quality=50)
    put(folder, "jpeg_cmyk", image.convert("CMYK"), RESIZED, format="JPEG", quality=40)
    put(folder, "jpeg_444", image, PADDED, format="JPEG", quality=60, subsampling=0)
    put(folder, "png_rgb", image, RESIZED, format="PNG")
    put(folder, "png_palette", image.quantize(16), CENTRE, format="PNG")
    put(folder, "png_alpha", image.convert("RGBA"), PADDED, format="PNG")
    put(folder, "png_grey16", deep, RESIZED, format="PNG")
    put(folder, "webp_lossy", image, RESIZED, format="WEBP", quality=50)
    put(folder, "webp_lossless", image, CENTRE, format="WEBP", lossless=True)
    put(folder, "bmp_rgb", image, PADDED, format="BMP")
    put(folder, "bmp_palette", image.quantize(16), CENTRE, format="BMP")


main(sys.argv[1])
