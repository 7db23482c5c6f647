#!/usr/bin/python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the small pictures of tests/data/pictures and of the fuzz corpora, all of them computed.

    tests/data/make_pictures.py      writes the files anew; needs Debian's python3-pil

Beside each picture, NAME.jpg or NAME.png, stand the bytes that must be read from it, with ".rgb". For JPEG they
are what Pillow 9.4.0 reads (turned by ImageOps.exif_transpose, CMYK converted by Image.convert);
for PNG they follow from the samples by the definitions, and Pillow is asked for its agreement.
"""
import io
import pathlib
import struct
import zlib

from PIL import Image, ImageOps

HERE = pathlib.Path(__file__).parent / "pictures"
CORPUS = pathlib.Path(__file__).parents[2] / "fuzz" / "corpus"
WIDTH, HEIGHT = 19, 13
ADAM7 = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]


def scene(width=WIDTH, height=HEIGHT):
    """A slope in each colour and a bright spot: no two rows, columns or corners are alike."""
    return [[(x * 255 // (width - 1), y * 255 // (height - 1),
              240 if (x - 4) ** 2 + (y - 3) ** 2 < 6 else (x * y * 7) % 200)
             for x in range(width)] for y in range(height)]


def photograph(width=WIDTH, height=HEIGHT):
    picture = Image.new("RGB", (width, height))
    picture.putdata([pixel for row in scene(width, height) for pixel in row])
    return picture


def keep(name, file, rgb):
    (HERE / name).write_bytes(file)
    (HERE / (name + ".rgb")).write_bytes(bytes(rgb))
    folder = CORPUS / ("jpeg" if name.endswith("jpg") else "png")
    folder.mkdir(parents=True, exist_ok=True)
    (folder / name.rsplit(".", 1)[0]).write_bytes(file)


def jpeg(name, picture, **options):
    file = io.BytesIO()
    picture.save(file, "JPEG", **{"quality": 90, **options})
    read = ImageOps.exif_transpose(Image.open(file)).convert("RGB")
    keep(name + ".jpg", file.getvalue(), read.tobytes())


def jpegs():
    rgb = photograph()
    jpeg("rgb", rgb, subsampling=0)
    jpeg("half_colours", rgb, subsampling=2)
    jpeg("progressive", rgb, progressive=True)
    jpeg("grey", rgb.convert("L"))
    jpeg("cmyk", rgb.convert("CMYK"), quality=95)
    for orientation in range(1, 9):
        exif = Image.Exif()
        exif[0x010F] = "davy"
        exif[0x0112] = orientation
        jpeg(f"orientation_{orientation}", photograph(9, 6), exif=exif.tobytes())


def chunk(kind, data):
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def pack(samples, depth):
    """One row of samples as bytes."""
    if depth == 16:
        return b"".join(struct.pack(">H", sample) for sample in samples)
    bits = "".join(format(sample, f"0{depth}b") for sample in samples)
    bits += "0" * (-len(bits) % 8)
    return bytes(int(bits[i:i + 8], 2) for i in range(0, len(bits), 8))


def png_bytes(rows, depth, colour, interlaced=False, before=b"", after=b""):
    """A PNG file of rows of pixels, each a tuple of samples."""
    height, width = len(rows), len(rows[0])
    data = b""
    for x0, y0, dx, dy in ADAM7 if interlaced else [(0, 0, 1, 1)]:
        for row in rows[y0::dy] if x0 < width else []:
            data += b"\0" + pack([sample for pixel in row[x0::dx] for sample in pixel], depth)
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, interlaced)
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + before +
            chunk(b"IDAT", zlib.compress(data, 9)) + after + chunk(b"IEND", b""))


def png(name, rows, depth, colour, expected, agrees=True, **options):
    """@param agrees  Pillow reads the same bytes, where it has the same rules"""
    file = png_bytes(rows, depth, colour, **options)
    wanted = bytes(sample for row in expected for pixel in row for sample in pixel)
    if agrees:
        assert Image.open(io.BytesIO(file)).convert("RGB").tobytes() == wanted, name
    keep(name + ".png", file, wanted)


def over_white(colour, alpha):
    return tuple(int(c * alpha / 255 + 255 - alpha + 0.5) for c in colour)


def pngs():
    rgb = scene()
    grey = [[(p[0],) for p in row] for row in rgb]
    png("rgb", rgb, 8, 2, rgb)
    png("interlaced", rgb, 8, 2, rgb, interlaced=True)
    png("rgb_16", [[tuple(c * 256 + 77 for c in p) for p in row] for row in rgb], 16, 2, rgb)
    png("grey", grey, 8, 0, [[p * 3 for p in row] for row in grey])
    png("grey_16", [[(p[0] * 256 + 200,) for p in row] for row in grey], 16, 0,
        [[p * 3 for p in row] for row in grey], agrees=False)  # Pillow keeps 32-bit numbers
    for depth in (1, 2, 4):
        most = 2 ** depth - 1
        rows = [[(p[0] * most // 255,) for p in row] for row in grey]
        png(f"grey_{depth}", rows, depth, 0, [[tuple(p * 3) for p in
            [[p[0] * 255 // most] for p in row]] for row in rows], interlaced=depth == 1)
    alpha = [[(x * 31 + y * 17) % 256 for x in range(WIDTH)] for y in range(HEIGHT)]
    png("rgb_alpha", [[p + (a,) for p, a in zip(*both)] for both in zip(rgb, alpha)], 8, 6,
        [[over_white(p, a) for p, a in zip(*both)] for both in zip(rgb, alpha)], agrees=False)
    png("grey_alpha", [[p + (a,) for p, a in zip(*both)] for both in zip(grey, alpha)], 8, 4,
        [[over_white(p * 3, a) for p, a in zip(*both)] for both in zip(grey, alpha)], agrees=False)
    palettes(rgb)
    second = chunk(b"fcTL", struct.pack(">IIIIIHHBB", 1, WIDTH, HEIGHT, 0, 0, 1, 10, 0, 0))
    second += chunk(b"fdAT", struct.pack(">I", 2) + zlib.compress(bytes(HEIGHT * (1 + 3 * WIDTH))))
    before = chunk(b"acTL", struct.pack(">II", 2, 0))
    before += chunk(b"fcTL", struct.pack(">IIIIIHHBB", 0, WIDTH, HEIGHT, 0, 0, 1, 10, 0, 0))
    png("animated", rgb, 8, 2, rgb, before=before, after=second)
    tiff = b"MM\0*" + struct.pack(">IHHHIHHI", 8, 1, 0x0112, 3, 1, 3, 0, 0)
    turned = [row[::-1] for row in rgb[::-1]]
    png("orientation", rgb, 8, 2, turned, agrees=False, before=chunk(b"eXIf", tiff))


def palettes(rgb):
    colours = [(i * 13 % 256, i * 29 % 256, 255 - i * 16) for i in range(16)]
    rows = [[((p[0] + p[1]) // 32 % 16,) for p in row] for row in rgb]
    plte = chunk(b"PLTE", bytes(c for colour in colours for c in colour))
    png("palette", rows, 4, 3, [[colours[p[0]] for p in row] for row in rows], before=plte)
    clear = [255 - i * 20 for i in range(10)]  # the other six are opaque
    alphas = clear + [255] * 6
    png("palette_alpha", rows, 4, 3, [[over_white(colours[p[0]], alphas[p[0]]) for p in row] for row in rows],
        agrees=False, before=plte + chunk(b"tRNS", bytes(clear)))


HERE.mkdir(exist_ok=True)
jpegs()
pngs()
