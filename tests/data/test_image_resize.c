/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/image_resize.h"
#include "resized.h"

#include <stdlib.h>
#include <zlib.h>

/* A picture by rule; make_resized.py has the same. */
static davy_image scene(uint32_t width, uint32_t height)
{
    davy_image image = {0};

    assert_ok(davy_image_init(&image, width, height));
    for (uint32_t y = 0; y < height; y++)
        for (uint32_t x = 0; x < width; x++)
            for (uint32_t c = 0; c < 3; c++)
                image.pixels[((size_t) y * width + x) * 3 + c] =
                    (uint8_t) (x * x * 7 + y * 31 + x * y * (c + 1) + c * 85);
    return image;
}

/* Pillow to the bit; OpenCV rounds once where we round twice. */
static void resizes_as_pillow_and_opencv_do(void **state)
{
    davy_image src = scene(13, 9);

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(resized); i++) {
        const struct resized *wanted = &resized[i];
        const int tolerance = wanted->method == DAVY_RESIZE_BILINEAR ? 0 : 1;
        davy_image dst = {0};

        assert_ok(
            davy_image_resize(&src, NULL, wanted->method, wanted->width, wanted->height, &dst));
        for (size_t k = 0; k < (size_t) wanted->width * wanted->height * 3; k++)
            if (abs(dst.pixels[k] - wanted->pixels[k]) > tolerance)
                fail_msg("case %zu, byte %zu: %d and not %d", i, k, dst.pixels[k],
                         wanted->pixels[k]);
        davy_image_clear(&dst);
    }
    davy_image_clear(&src);
}

static void resizes_a_large_picture_as_pillow_does_to_the_bit(void **state)
{
    static const struct {
        uint32_t width, height;
        uLong crc;
    } cases[] = {{224, 224, RESIZED_224X224}, {1000, 31, RESIZED_1000X31}};
    davy_image src = scene(640, 480);

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_image dst = {0};

        assert_ok(davy_image_resize(&src, NULL, DAVY_RESIZE_BILINEAR, cases[i].width,
                                    cases[i].height, &dst));
        assert_int_equal(crc32(0, dst.pixels, cases[i].width * cases[i].height * 3), cases[i].crc);
        davy_image_clear(&dst);
    }
    davy_image_clear(&src);
}

static void leaves_a_picture_of_the_wanted_size_as_it_is(void **state)
{
    davy_image src = scene(13, 9), dst = {0};

    (void) state;
    for (int method = DAVY_RESIZE_BILINEAR; method <= DAVY_RESIZE_AREA; method++) {
        assert_ok(davy_image_resize(&src, NULL, (davy_resize) method, 13, 9, &dst));
        assert_memory_equal(dst.pixels, src.pixels, 13 * 9 * 3);
        davy_image_clear(&dst);
    }
    davy_image_clear(&src);
}

/* One bright pixel beside the part must not shine into it. */
static void looks_at_nothing_outside_of_the_part(void **state)
{
    const davy_box part = {4, 4, 4, 4};
    davy_image src = {0}, dst = {0};

    (void) state;
    assert_ok(davy_image_init(&src, 12, 12));
    memset(src.pixels, 255, (size_t) 12 * 12 * 3);
    for (size_t y = 4; y < 8; y++)
        memset(src.pixels + (y * 12 + 4) * 3, 50, 12);
    for (int method = DAVY_RESIZE_BILINEAR; method <= DAVY_RESIZE_AREA; method++)
        for (uint32_t side = 1; side < 12; side++) {
            assert_ok(davy_image_resize(&src, &part, (davy_resize) method, side, side, &dst));
            for (size_t i = 0; i < (size_t) side * side * 3; i++)
                assert_int_equal(dst.pixels[i], 50);
            davy_image_clear(&dst);
        }
    davy_image_clear(&src);
}

static void refuses_a_part_that_reaches_out(void **state)
{
    static const davy_box parts[] = {{0, 0, 14, 9},        {13, 0, 1, 1}, {0, 9, 1, 1},
                                     {0, 0, 0, 4},         {1, 1, 13, 2}, {UINT32_MAX, 0, 2, 2},
                                     {2, 2, UINT32_MAX, 2}};
    davy_image src = scene(13, 9), dst = {0};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(parts); i++)
        assert_fails(davy_image_resize(&src, &parts[i], DAVY_RESIZE_AREA, 4, 4, &dst),
                     DAVY_ERR_INVALID, "does not lie in a picture of 13 x 9");
    assert_fails(davy_image_resize(&src, NULL, DAVY_RESIZE_AREA, 70000, 4, &dst), DAVY_ERR_FULL,
                 "70000 x 4");
    assert_null(dst.pixels);
    davy_image_clear(&src);
}

/* Sides of one pixel and of very many: every weight sums to one, so one colour stays. */
static void keeps_one_colour_at_every_size(void **state)
{
    static const uint32_t sides[] = {1, 2, 3, 100, 4099};
    davy_image dst = {0};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(sides); i++)
        for (size_t k = 0; k < DAVY_ARRAY_LENGTH(sides); k++)
            for (int method = DAVY_RESIZE_BILINEAR; method <= DAVY_RESIZE_AREA; method++) {
                davy_image src = {0};

                assert_ok(davy_image_init(&src, sides[i], 2));
                memset(src.pixels, 255, (size_t) sides[i] * 6);
                assert_ok(davy_image_resize(&src, NULL, (davy_resize) method, sides[k], 3, &dst));
                for (size_t at = 0; at < (size_t) sides[k] * 9; at++)
                    assert_int_equal(dst.pixels[at], 255);
                davy_image_clear(&src);
                davy_image_clear(&dst);
            }
}

/* 20 x 10 into 8 x 8: the middle 10 x 10 of it, or 8 x 4 of it between grey. */
static void puts_a_picture_into_another_shape(void **state)
{
    davy_image src = {0}, dst = {0};
    davy_placement placement;
    davy_box middle;

    (void) state;
    assert_ok(davy_image_init(&src, 20, 10));
    for (size_t y = 0; y < 10; y++) /* black edges, a bright middle */
        memset(src.pixels + (y * 20 + 5) * 3, 200, 30);
    middle = davy_box_centred(&(davy_box){0, 0, 20, 10}, 8, 8);
    assert_int_equal(middle.x, 5);
    assert_int_equal(middle.width, 10);
    assert_int_equal(middle.height, 10);

    assert_ok(
        davy_image_fit(&src, NULL, DAVY_FIT_CROP, DAVY_RESIZE_BILINEAR, 8, 8, &dst, &placement));
    for (size_t i = 0; i < (size_t) 8 * 8 * 3; i++)
        assert_int_equal(dst.pixels[i], 200);
    assert_near(placement.scale_x, 0.8, 1e-12);
    assert_near(placement.left, -4, 1e-12); /* pixel 5 of the picture stands at 0 */
    davy_image_clear(&dst);

    assert_ok(
        davy_image_fit(&src, NULL, DAVY_FIT_LETTERBOX, DAVY_RESIZE_AREA, 8, 8, &dst, &placement));
    assert_int_equal(dst.pixels[0], DAVY_LETTERBOX_GREY);
    assert_int_equal(dst.pixels[(1 * 8 + 7) * 3], DAVY_LETTERBOX_GREY);
    assert_int_equal(dst.pixels[(2 * 8 + 0) * 3], 0);
    assert_int_equal(dst.pixels[(2 * 8 + 4) * 3], 200);
    assert_int_equal(dst.pixels[(6 * 8 + 4) * 3], DAVY_LETTERBOX_GREY);
    assert_near(placement.left, 0, 0);
    assert_near(placement.top, 2, 0);
    assert_near(placement.scale_x, 0.4, 1e-12);
    davy_image_clear(&dst);
    davy_image_clear(&src);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(resizes_as_pillow_and_opencv_do),
        cmocka_unit_test(resizes_a_large_picture_as_pillow_does_to_the_bit),
        cmocka_unit_test(leaves_a_picture_of_the_wanted_size_as_it_is),
        cmocka_unit_test(looks_at_nothing_outside_of_the_part),
        cmocka_unit_test(refuses_a_part_that_reaches_out),
        cmocka_unit_test(keeps_one_colour_at_every_size),
        cmocka_unit_test(puts_a_picture_into_another_shape),
    };

    return cmocka_run_group_tests_name("data: pictures resized", tests, NULL, NULL);
}
