/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Pictures in: JPEG and PNG files as rows of red, green and blue.
 *
 * Stage: data. What a file is, is found by its first bytes and never by its name. Whatever it holds
 * (grey, palette, 16 bits, CMYK, transparency, a progressive or interlaced order) becomes 8-bit
 * RGB:
 *
 *   - 16-bit samples keep their upper byte, as OpenCV and Pillow do it;
 *   - what is transparent is laid over white, as it would look on a page;
 *   - CMYK becomes RGB by its complement, without colour profiles; profiles and gamma are ignored;
 *   - the picture is turned upright by its EXIF orientation;
 *   - of an animated PNG the first picture is taken, and told.
 *
 * A file that is cut short or damaged is an error, never a picture with a grey part: half a picture
 * could hide what is to be seen. Sizes are checked before memory is taken for them.
 */

/** Most pixels along one side. */
#define DAVY_IMAGE_SIDE_MAX 32768U

/** Most pixels of a picture, unless a caller asks for fewer: 64 million, 192 MiB of RGB. */
#define DAVY_IMAGE_PIXELS_MAX ((size_t) 64 * 1024 * 1024)

/** Most bytes of a file. */
#define DAVY_IMAGE_BYTES_MAX ((size_t) 64 * 1024 * 1024)

/** A picture. Zeroed is a valid empty one; the pixels belong to whoever holds it. */
typedef struct davy_image {
    uint32_t width, height;
    uint8_t *pixels; /* [height][width][3] red, green, blue */
} davy_image;

/** How to read; NULL or zeroed: whole, with the limits above. */
typedef struct davy_image_options {
    size_t pixels_max; /* fewer pixels than DAVY_IMAGE_PIXELS_MAX; 0: that many */
    /* A JPEG may be read at a half, a quarter or an eighth of its size, which is several times
     * faster, as long as it stays twice as wide and high as this. 0: its own size. */
    uint32_t enough_width, enough_height;
} davy_image_options;

/** What was found in a file. */
typedef struct davy_image_facts {
    const char *format;     /* "JPEG" or "PNG" */
    uint32_t width, height; /* of the upright picture, before it was read smaller */
    unsigned orientation;   /* EXIF 1..8; 1: it was upright */
    unsigned warnings;      /* faults of the file that do not touch the picture */
    bool animated;          /* it has more pictures; the first one was taken */
    bool transparent;       /* it was laid over white */
} davy_image_facts;

/** Refuse a size before anything is allocated by it. @param pixels_max  0: DAVY_IMAGE_PIXELS_MAX */
DAVY_MUST_CHECK davy_status davy_image_check(uint32_t width, uint32_t height, size_t pixels_max);

/** Take memory for a picture of that size, all zero. DAVY_ERR_FULL beyond the limits. */
DAVY_MUST_CHECK davy_status davy_image_init(davy_image *image, uint32_t width, uint32_t height);

/** Give the memory back; zeroed is fine. */
void davy_image_clear(davy_image *image);

/**
 * Read a picture out of the bytes of a file.
 *
 * @param facts  NULL is fine
 * @return DAVY_ERR_UNSUPPORTED for another format, named when it is a known one;
 *         DAVY_ERR_CORRUPT for damage; DAVY_ERR_FULL for more pixels than allowed
 */
DAVY_MUST_CHECK davy_status davy_image_decode(const void *bytes, size_t length,
                                              const davy_image_options *options, davy_image *out,
                                              davy_image_facts *facts);

/** Read a picture file. Every sentence names the file. */
DAVY_MUST_CHECK davy_status davy_image_read(const char *path, const davy_image_options *options,
                                            davy_image *out, davy_image_facts *facts);
