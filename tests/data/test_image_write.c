/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/image_write.h"

#include <math.h>
#include <stdlib.h>

static davy_image slope(uint32_t width, uint32_t height)
{
    davy_image image = {0};

    assert_ok(davy_image_init(&image, width, height));
    for (size_t i = 0; i < (size_t) width * height * 3; i++)
        image.pixels[i] = (uint8_t) (i * 7);
    return image;
}

static void reads_again_what_it_wrote(void **state)
{
    static const uint32_t sides[][2] = {{1, 1}, {3, 200}, {160, 90}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(sides); i++) {
        davy_image image = slope(sides[i][0], sides[i][1]), again = {0};
        davy_buffer file = {0};

        assert_ok(davy_image_append_png(&image, &file));
        assert_ok(davy_image_decode(file.bytes, file.length, NULL, &again, NULL));
        assert_int_equal(again.width, image.width);
        assert_int_equal(again.height, image.height);
        assert_memory_equal(again.pixels, image.pixels, (size_t) image.width * image.height * 3);
        davy_buffer_clear(&file);
        davy_image_clear(&again);
        davy_image_clear(&image);
    }
}

static int digit_of(char letter)
{
    static const char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    const char *found = strchr(digits, letter);

    return found ? (int) (found - digits) : 0;
}

/* The text is taken apart again digit by digit (RFC 4648, section 4). */
static void writes_a_uri_that_holds_the_png(void **state)
{
    static const char head[] = "data:image/png;base64,";

    (void) state;
    for (uint32_t width = 1; width < 8; width++) { /* lengths of every rest by three */
        davy_image image = slope(width, 5);
        davy_buffer file = {0}, uri = {0};
        const char *text;

        assert_ok(davy_image_append_png(&image, &file));
        assert_ok(davy_image_append_uri(&image, &uri));
        assert_memory_equal(uri.bytes, head, sizeof head - 1);
        text = uri.bytes + sizeof head - 1;
        assert_int_equal(strlen(text), (file.length + 2) / 3 * 4);
        for (size_t i = 0; i < file.length; i++) {
            const char *four = text + i / 3 * 4;
            const int bits = digit_of(four[0]) << 18 | digit_of(four[1]) << 12 |
                             digit_of(four[2]) << 6 | digit_of(four[3]);

            assert_int_equal((uint8_t) file.bytes[i], bits >> (16 - 8 * (i % 3)) & 255);
        }
        assert_int_equal(strlen(text) - strcspn(text, "="), (3 - file.length % 3) % 3);
        davy_buffer_clear(&file);
        davy_buffer_clear(&uri);
        davy_image_clear(&image);
    }
}

/* A map of 2 x 1 with heat on the right: the left quarter stays, the right one is 60 % white. */
static void lays_heat_where_the_network_looked(void **state)
{
    const float values[] = {0, 5};
    const davy_heat heat = {values, 2, 1};
    davy_image image = {0};

    (void) state;
    assert_ok(davy_image_init(&image, 8, 2));
    memset(image.pixels, 100, (size_t) 8 * 2 * 3);
    davy_image_lay_heat(&image, &heat);
    assert_int_equal(image.pixels[0], 100);
    assert_int_equal(image.pixels[3], 100);
    assert_int_equal(image.pixels[7 * 3], 193); /* 0.4 x 100 + 0.6 x 255 */
    assert_int_equal(image.pixels[7 * 3 + 2], 193);
    /* column 3 is at 3/8 of the way: red is full, yellow begins, nothing is blue */
    assert_true(image.pixels[9] > image.pixels[10] && image.pixels[10] > image.pixels[11]);
    davy_image_clear(&image);
}

static void leaves_a_picture_without_heat_alone(void **state)
{
    const float values[][2] = {{0, 0}, {NAN, NAN}, {INFINITY, 1}, {-1, -2}};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(values); i++) {
        const davy_heat heat = {values[i], 2, 1};
        davy_image image = slope(8, 2), before = slope(8, 2);

        davy_image_lay_heat(&image, &heat);
        assert_memory_equal(image.pixels, before.pixels, 8 * 2 * 3);
        davy_image_clear(&image);
        davy_image_clear(&before);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(reads_again_what_it_wrote),
        cmocka_unit_test(writes_a_uri_that_holds_the_png),
        cmocka_unit_test(lays_heat_where_the_network_looked),
        cmocka_unit_test(leaves_a_picture_without_heat_alone),
    };

    return cmocka_run_group_tests_name("data: pictures written", tests, NULL, NULL);
}
