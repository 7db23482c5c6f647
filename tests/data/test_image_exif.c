/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/image_codec.h"

#include <stdlib.h>

/* TIFF 6.0, section 2: byte order, 42, where the directory lies; its entries of 12 bytes: tag, type
 * (3: 16 bits), count, value. Here two entries, of which the second is the orientation, 6. */
static const uint8_t little[] = {'I', 'I', 42, 0, 8, 0,   0, 0, 2, 0,    0x0F, 1, 2,
                                 0,   1,   0,  0, 0, 'd', 0, 0, 0, 0x12, 1,    3, 0,
                                 1,   0,   0,  0, 6, 0,   0, 0, 0, 0,    0,    0};
static const uint8_t big[] = {'M', 'M', 0, 42, 0,    0, 0, 8, 0, 2, 1, 0x0F, 0, 2, 0, 0, 0, 1, 'd',
                              0,   0,   0, 1,  0x12, 0, 3, 0, 0, 0, 1, 0,    6, 0, 0, 0, 0, 0, 0};

enum { BYTES = sizeof little, LITTLE_TYPE = 24, LITTLE_COUNT = 26, LITTLE_VALUE = 30 };

/* With one byte changed; in memory of exactly that length, so that a step past its end is found. */
static unsigned read_changed(const uint8_t *block, size_t length, size_t at, uint8_t value)
{
    uint8_t *copy = malloc(length + 1);
    uint8_t *end = realloc(copy, length ? length : 1);
    unsigned orientation;

    memcpy(end, block, length);
    if (at < length)
        end[at] = value;
    orientation = davy_exif_orientation(end, length);
    free(end);
    return orientation;
}

static void reads_both_orders_of_bytes(void **state)
{
    (void) state;
    assert_int_equal(davy_exif_orientation(little, BYTES), 6);
    assert_int_equal(davy_exif_orientation(big, BYTES), 6);
    for (uint8_t value = 1; value <= 8; value++)
        assert_int_equal(read_changed(little, BYTES, LITTLE_VALUE, value), value);
}

static void takes_what_makes_no_sense_for_upright(void **state)
{
    (void) state;
    assert_int_equal(read_changed(little, BYTES, LITTLE_VALUE, 0), 1);
    assert_int_equal(read_changed(little, BYTES, LITTLE_VALUE, 9), 1);
    assert_int_equal(read_changed(little, BYTES, LITTLE_TYPE, 4), 1);
    assert_int_equal(read_changed(little, BYTES, LITTLE_COUNT, 2), 1);
    assert_int_equal(read_changed(little, BYTES, 0, 'X'), 1);
    assert_int_equal(read_changed(little, BYTES, 8, 1), 1);    /* one entry only */
    assert_int_equal(read_changed(little, BYTES, 7, 0x80), 1); /* a directory far away */
}

static void stays_within_the_block(void **state)
{
    (void) state;
    for (size_t length = 0; length < BYTES; length++)
        assert_int_equal(read_changed(big, length, SIZE_MAX, 0), length < 34 ? 1 : 6);
    for (size_t at = 0; at < BYTES; at++)
        for (int value = 0; value < 256; value++)
            assert_in_range(read_changed(big, BYTES, at, (uint8_t) value), 1, 8);
}

/* Orientation n of EXIF 4.6.4 says where row 0 and column 0 of what is stored lie in the scene. A
 * picture of 3 x 2 with pixels 0 1 2 / 3 4 5 becomes, upright: */
static void turns_by_the_table_of_the_standard(void **state)
{
    static const uint8_t upright[9][6] = {
        [1] = {0, 1, 2, 3, 4, 5}, [2] = {2, 1, 0, 5, 4, 3}, [3] = {5, 4, 3, 2, 1, 0},
        [4] = {3, 4, 5, 0, 1, 2}, [5] = {0, 3, 1, 4, 2, 5}, [6] = {3, 0, 4, 1, 5, 2},
        [7] = {5, 2, 4, 1, 3, 0}, [8] = {2, 5, 1, 4, 0, 3}};

    (void) state;
    for (unsigned orientation = 0; orientation <= 9; orientation++) {
        const uint8_t *expected = upright[orientation >= 1 && orientation <= 8 ? orientation : 1];
        davy_image image = {0};

        assert_ok(davy_image_init(&image, 3, 2));
        for (size_t i = 0; i < 18; i++)
            image.pixels[i] = (uint8_t) (i / 3);
        assert_ok(davy_image_turn(&image, orientation));
        assert_int_equal(image.width, orientation >= 5 && orientation <= 8 ? 2 : 3);
        for (size_t i = 0; i < 18; i++)
            assert_int_equal(image.pixels[i], expected[i / 3]);
        davy_image_clear(&image);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_both_orders_of_bytes),
        cmocka_unit_test(takes_what_makes_no_sense_for_upright),
        cmocka_unit_test(stays_within_the_block),
        cmocka_unit_test(turns_by_the_table_of_the_standard),
    };

    return cmocka_run_group_tests_name("data: orientation", tests, NULL, NULL);
}
