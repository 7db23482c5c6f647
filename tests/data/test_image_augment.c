/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"

#include "data/image_augment.h"

enum { SIDE = 24, COUNT = SIDE * SIDE * 3 };

static float changed[COUNT], again[COUNT];

static void change(const davy_augmentation *augment, uint64_t epoch, uint32_t sample,
                   const davy_image *image, float *dst)
{
    const davy_augmentation_key key = {.seed = 11, .epoch = epoch, .sample = sample};

    assert_ok(davy_augmentation_check(augment));
    davy_image_augment(augment, &key, image->pixels, image->width, image->height, dst);
}

static void leaves_a_picture_as_it_is_when_nothing_is_asked_for(void **state)
{
    davy_image image = scratch_scene(SIDE, SIDE, 4);

    (void) state;
    change(&(davy_augmentation){0}, 0, 0, &image, changed);
    for (size_t i = 0; i < COUNT; i++)
        assert_near(changed[i], image.pixels[i] / 255.0, 1e-6);
    davy_image_clear(&image);
}

static void mirrors_left_and_right_and_top_and_bottom(void **state)
{
    davy_image image = scratch_scene(SIDE, SIDE, 4);

    (void) state;
    change(&(davy_augmentation){.flip = 1}, 0, 0, &image, changed);
    change(&(davy_augmentation){.flip_down = 1}, 0, 0, &image, again);
    for (size_t y = 0; y < SIDE; y++)
        for (size_t x = 0; x < SIDE * 3; x++) {
            const size_t pixel = x / 3, c = x % 3;

            assert_near(changed[y * SIDE * 3 + x],
                        image.pixels[(y * SIDE + SIDE - 1 - pixel) * 3 + c] / 255.0, 1e-5);
            assert_near(again[y * SIDE * 3 + x],
                        image.pixels[((SIDE - 1 - y) * SIDE + pixel) * 3 + c] / 255.0, 1e-5);
        }
    davy_image_clear(&image);
}

/* Half of the pictures, by the law of large numbers: 5 standard deviations of 1000 tosses. */
static void mirrors_as_often_as_it_should(void **state)
{
    davy_image image = scratch_scene(SIDE, SIDE, 4);
    const davy_augmentation augment = {.flip = 0.5F};
    size_t mirrored = 0;

    (void) state;
    for (uint32_t i = 0; i < 1000; i++) {
        change(&augment, 0, i, &image, changed);
        mirrored += fabs(changed[0] - image.pixels[0] / 255.0) > 1e-3;
    }
    assert_in_range(mirrored, 420, 580);
    davy_image_clear(&image);
}

/* A slope along x: whatever is cut out of it, steps between columns shrink with the crop's width,
 * which for the least share 0.25 of the area is a half to one. */
static void cuts_parts_of_the_size_it_should(void **state)
{
    const davy_augmentation augment = {.crop = 0.25F};
    davy_image image = {0};
    float least = 1, most = 0;

    (void) state;
    assert_ok(davy_image_init(&image, SIDE, SIDE));
    for (size_t i = 0; i < COUNT; i++)
        image.pixels[i] = (uint8_t) (i / 3 % SIDE * 10);
    for (uint32_t i = 0; i < 300; i++) {
        change(&augment, 1, i, &image, changed);
        const float step = (changed[18 * 3] - changed[6 * 3]) * 255 / 120;

        assert_in_range((long) (step * 1000), 498, 1001);
        least = fminf(least, step);
        most = fmaxf(most, step);
    }
    assert_true(least < 0.55F && most > 0.95F);
    davy_image_clear(&image);
}

/* A bright disc in the middle does not move when the picture turns; a spot off it does. */
static void turns_about_the_middle(void **state)
{
    const davy_augmentation augment = {.rotate = 30};
    davy_image image = {0};
    double moved = 0;

    (void) state;
    assert_ok(davy_image_init(&image, SIDE, SIDE));
    for (size_t i = 0; i < COUNT; i++) {
        const size_t column = i / 3 % SIDE, row = i / 3 / SIDE;
        const double x = (double) column - 11.5, y = (double) row - 11.5;

        image.pixels[i] = (uint8_t) (200 * exp(-(x * x + y * y) / 30));
        if (x > 6 && y < 3 && y > -3)
            image.pixels[i] = 255;
    }
    for (uint32_t i = 0; i < 50; i++) {
        change(&augment, 1, i, &image, changed);
        assert_near(changed[(12 * SIDE + 12) * 3], image.pixels[(12 * SIDE + 12) * 3] / 255.0,
                    0.02);
        moved += fabs((double) changed[(12 * SIDE + 20) * 3] - 1) > 0.2;
    }
    assert_true(moved > 10 && moved < 45);
    davy_image_clear(&image);
}

/* One grey: brightness scales it, and contrast and saturation have nothing to change. */
static void changes_colours_within_their_limits(void **state)
{
    const davy_augmentation augment = {.brightness = 0.4F, .contrast = 0.5F, .saturation = 0.5F};
    davy_image image = {0};
    float least = 1, most = 0;

    (void) state;
    assert_ok(davy_image_init(&image, SIDE, SIDE));
    memset(image.pixels, 102, COUNT); /* 0.4 */
    for (uint32_t i = 0; i < 300; i++) {
        change(&augment, 1, i, &image, changed);
        for (size_t k = 1; k < COUNT; k++)
            assert_near(changed[k], changed[0], 1e-5);
        least = fminf(least, changed[0]);
        most = fmaxf(most, changed[0]);
    }
    assert_true(least >= 0.24F && least < 0.26F && most <= 0.56F && most > 0.54F);
    davy_image_clear(&image);
}

static void stays_between_nothing_and_full_light(void **state)
{
    const davy_augmentation augment = {.flip = 0.5F,
                                       .flip_down = 0.5F,
                                       .crop = 0.1F,
                                       .stretch = 0.9F,
                                       .rotate = 180,
                                       .brightness = 1,
                                       .contrast = 1,
                                       .saturation = 1,
                                       .cutout = 1};

    (void) state;
    for (uint32_t i = 0; i < 100; i++) {
        davy_image image = scratch_scene(1 + i % 24, 1 + i * 7 % 24, i);

        change(&augment, i, i, &image, changed);
        for (size_t k = 0; k < (size_t) image.width * image.height * 3; k++)
            assert_true(changed[k] >= 0 && changed[k] <= 1);
        davy_image_clear(&image);
    }
}

static void lays_a_grey_square_over_a_part(void **state)
{
    const davy_augmentation augment = {.cutout = 0.5F};
    davy_image image = {0};
    size_t largest = 0;

    (void) state;
    assert_ok(davy_image_init(&image, SIDE, SIDE));
    for (uint32_t i = 0; i < 200; i++) {
        size_t grey = 0;

        change(&augment, 1, i, &image, changed);
        for (size_t k = 0; k < COUNT; k += 3)
            grey += changed[k] == 0.5F;
        assert_true(grey <= 13 * 13); /* half a side, a pixel more by its place */
        largest = grey > largest ? grey : largest;
    }
    assert_true(largest > 100);
    davy_image_clear(&image);
}

static void changes_by_seed_epoch_and_sample_alone(void **state)
{
    davy_image image = scratch_scene(SIDE, SIDE, 4);
    const davy_augmentation *augment = &davy_augmentation_photographs;

    (void) state;
    change(augment, 2, 7, &image, changed);
    change(augment, 2, 7, &image, again);
    assert_memory_equal(changed, again, sizeof changed);
    change(augment, 3, 7, &image, again);
    assert_memory_not_equal(changed, again, sizeof changed);
    change(augment, 2, 8, &image, again);
    assert_memory_not_equal(changed, again, sizeof changed);
    davy_image_augment(augment, &(davy_augmentation_key){12, 2, 7}, image.pixels, SIDE, SIDE,
                       again);
    assert_memory_not_equal(changed, again, sizeof changed);
    davy_image_clear(&image);
}

/* Pairs about the middle; the shares of a sample sum to one and its own is the larger. */
static void mixes_pictures_and_their_targets_alike(void **state)
{
    const davy_augmentation augment = {.mixup = 0.4F};
    const uint32_t samples[] = {4, 9, 2};
    float pixels[] = {1, 1, 5, 5, 0, 0}, targets[] = {1, 0, 1, 0, 0, 1};
    double kept = 0;

    (void) state;
    davy_image_mix(&augment, 1, 0, samples, 3, pixels, 2, targets, 2);
    assert_near(pixels[2], 5, 0); /* the one in the middle stays */
    assert_near(pixels[0], targets[0], 1e-6);
    assert_near(pixels[5], targets[4], 1e-6);
    assert_near(targets[0] + targets[1], 1, 1e-6);
    assert_true(targets[0] >= 0.5F && targets[5] >= 0.5F);

    /* The mean of max(b, 1 - b) of Beta(0.4, 0.4) is 0.8398 (numerical integration). */
    for (uint64_t epoch = 0; epoch < 4000; epoch++) {
        float two[] = {1, 0}, shares[] = {1, 0};

        davy_image_mix(&augment, 1, epoch, samples, 2, two, 1, shares, 1);
        kept += (double) two[0];
    }
    assert_near(kept / 4000, 0.8398, 0.008);
}

static void names_a_number_that_is_out_of_range(void **state)
{
    (void) state;
    assert_fails(davy_augmentation_check(&(davy_augmentation){.rotate = 200}), DAVY_ERR_INVALID,
                 "rotate is 200: choose from 0 to 180");
    assert_fails(davy_augmentation_check(&(davy_augmentation){.mixup = NAN}), DAVY_ERR_INVALID,
                 "mixup is nan");
    assert_fails(davy_augmentation_check(&(davy_augmentation){.flip = -0.1F}), DAVY_ERR_INVALID,
                 "flip is");
    assert_ok(davy_augmentation_check(&davy_augmentation_photographs));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(leaves_a_picture_as_it_is_when_nothing_is_asked_for),
        cmocka_unit_test(mirrors_left_and_right_and_top_and_bottom),
        cmocka_unit_test(mirrors_as_often_as_it_should),
        cmocka_unit_test(cuts_parts_of_the_size_it_should),
        cmocka_unit_test(turns_about_the_middle),
        cmocka_unit_test(changes_colours_within_their_limits),
        cmocka_unit_test(stays_between_nothing_and_full_light),
        cmocka_unit_test(lays_a_grey_square_over_a_part),
        cmocka_unit_test(changes_by_seed_epoch_and_sample_alone),
        cmocka_unit_test(mixes_pictures_and_their_targets_alike),
        cmocka_unit_test(names_a_number_that_is_out_of_range),
    };

    return cmocka_run_group_tests_name("data: pictures changed by chance", tests, NULL, NULL);
}
