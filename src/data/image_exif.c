/* SPDX-License-Identifier: Apache-2.0 */
#include "core/status.h"
#include "data/image_codec.h"

#include <string.h>

#define TAG_ORIENTATION 0x0112
#define TYPE_SHORT      3
#define ENTRY_BYTES     12

/* A TIFF block in one of its two byte orders; what lies past the end reads as 0. */
typedef struct exif_block {
    const uint8_t *bytes;
    size_t length;
    bool big_endian;
} exif_block;

static uint32_t number_at(const exif_block *block, size_t at, size_t width)
{
    uint32_t number = 0;

    if (at > block->length || block->length - at < width)
        return 0;
    for (size_t i = 0; i < width; i++)
        number = number << 8 | block->bytes[at + (block->big_endian ? i : width - 1 - i)];
    return number;
}

unsigned davy_exif_orientation(const uint8_t *bytes, size_t length)
{
    exif_block block = {bytes, length, false};
    size_t entries, at;

    if (length < 8 || (memcmp(bytes, "II*\0", 4) != 0 && memcmp(bytes, "MM\0*", 4) != 0))
        return 1;
    block.big_endian = bytes[0] == 'M';
    at = number_at(&block, 4, 4);
    entries = number_at(&block, at, 2); /* at most 65,535, and each must lie in the block */
    at += 2;
    for (size_t i = 0; i < entries && at + ENTRY_BYTES <= length; i++, at += ENTRY_BYTES) {
        const uint32_t value = number_at(&block, at + 8, 2);

        if (number_at(&block, at, 2) != TAG_ORIENTATION)
            continue;
        if (number_at(&block, at + 2, 2) == TYPE_SHORT && number_at(&block, at + 4, 4) == 1 &&
            value >= 1 && value <= 8)
            return value;
        return 1;
    }
    return 1;
}

/* What each orientation asks for: rows and columns change places, then mirrored reading. */
static const struct turn {
    bool transpose, mirror_x, mirror_y;
} turns[] = {
    [1] = {false, false, false}, [2] = {false, true, false}, [3] = {false, true, true},
    [4] = {false, false, true},  [5] = {true, false, false}, [6] = {true, false, true},
    [7] = {true, true, true},    [8] = {true, true, false},
};

davy_status davy_image_turn(davy_image *image, unsigned orientation)
{
    davy_image turned;
    const struct turn *turn;
    davy_status status;
    uint8_t *dst;

    if (orientation <= 1 || orientation >= DAVY_ARRAY_LENGTH(turns))
        return DAVY_OK;
    turn = &turns[orientation];
    status = davy_image_init(&turned, turn->transpose ? image->height : image->width,
                             turn->transpose ? image->width : image->height);
    if (status != DAVY_OK)
        return status;
    dst = turned.pixels;
    for (uint32_t row = 0; row < turned.height; row++)
        for (uint32_t column = 0; column < turned.width; column++, dst += 3) {
            uint32_t x = turn->transpose ? row : column, y = turn->transpose ? column : row;

            x = turn->mirror_x ? image->width - 1 - x : x;
            y = turn->mirror_y ? image->height - 1 - y : y;
            memcpy(dst, image->pixels + ((size_t) y * image->width + x) * 3, 3);
        }
    davy_image_clear(image);
    *image = turned;
    return DAVY_OK;
}
