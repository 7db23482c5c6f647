#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes resized.h: what Pillow and OpenCV make of a computed picture.

    tests/data/make_resized.py      needs Debian's python3-pil and python3-opencv
"""
import pathlib
import zlib

import cv2
import numpy
import PIL
from PIL import Image

SIZES = [(5, 4), (20, 6), (7, 9), (26, 2)]


def scene(width, height):
    """The same numbers as scene() of test_image_resize.c."""
    y, x, c = numpy.mgrid[0:height, 0:width, 0:3]
    return ((x * x * 7 + y * 31 + x * y * (c + 1) + c * 85) % 256).astype(numpy.uint8)


def pillow(picture, size):
    return numpy.asarray(Image.fromarray(picture).resize(size, Image.BILINEAR))


METHODS = [
    ("BILINEAR", pillow),
    ("LINEAR", lambda picture, size: cv2.resize(picture, size, interpolation=cv2.INTER_LINEAR)),
    ("AREA", lambda picture, size: cv2.resize(picture, size, interpolation=cv2.INTER_AREA)),
]


def rows(numbers):
    return "".join(f"         {', '.join(str(n) for n in numbers[i:i + 22])},\n" for i in range(0, len(numbers), 22))


with open(pathlib.Path(__file__).parent / "resized.h", "w", encoding="ascii") as file:
    file.write(f"""/* SPDX-License-Identifier: Apache-2.0 */
/* Made by make_resized.py with Pillow {PIL.__version__} (BILINEAR) and OpenCV {cv2.__version__} (LINEAR, AREA). */
#pragma once
#include "data/image_resize.h"

/* clang-format off */
static const struct resized {{
    davy_resize method;
    uint32_t width, height;
    uint8_t pixels[{max(w * h for w, h in SIZES) * 3}];
}} resized[] = {{ /* of scene(13, 9) */
""")
    for name, resize in METHODS:
        for size in SIZES:
            numbers = resize(scene(13, 9), size).flatten().tolist()
            file.write(f"    {{DAVY_RESIZE_{name}, {size[0]}, {size[1]},\n        {{\n{rows(numbers)}        }}}},\n")
    file.write("};\n\n/* CRC-32 of scene(640, 480) made 224 x 224 and 1000 x 31 by Pillow. */\n")
    for size in [(224, 224), (1000, 31)]:
        crc = zlib.crc32(pillow(scene(640, 480), size).tobytes())
        file.write(f"#define RESIZED_{size[0]}X{size[1]} 0x{crc:08X}U\n")
    file.write("/* clang-format on */\n")
