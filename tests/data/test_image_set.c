/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"

#include "data/image_feed.h"
#include "data/image_set.h"
#include "data/image_split.h"

#include <pthread.h>

enum { SIDE = 32, BYTES = SIDE * SIDE * 3 };

static const davy_image_set_options plain = {
    .width = SIDE, .height = SIDE, .resize = DAVY_RESIZE_BILINEAR};

static davy_image_folder *open_folder(void)
{
    davy_image_folder *folder = NULL;

    assert_ok(davy_image_folder_open(scratch_root, NULL, &folder));
    return folder;
}

static davy_image_set *create(davy_image_folder *folder, const davy_image_set_options *options)
{
    davy_image_set *set = NULL;

    assert_ok(davy_image_set_create(folder, options, &set));
    return set;
}

/* Twelve scenes of two classes, of different sizes. */
static void put_scenes(void)
{
    char name[32];

    for (uint32_t i = 0; i < 12; i++) {
        (void) snprintf(name, sizeof name, "%s/%02u.png", i % 2 ? "fire" : "other", i);
        scratch_put_scene(name, 40 + i * 7, 90 - i * 5, i);
    }
}

static void reads_the_same_with_and_without_a_cache(void **state)
{
    static uint8_t kept[12][BYTES], read_again[BYTES];
    davy_image_set_options options = plain;
    davy_image_report report;
    davy_image_folder *folder;
    davy_image_set *set;

    (void) state;
    put_scenes();
    folder = open_folder();
    set = create(folder, &options);
    assert_int_equal(davy_image_set_bytes(set), BYTES);
    assert_ok(davy_image_set_load(set, &report));
    assert_int_equal(report.files, 12);
    assert_int_equal(report.damaged + report.alike.copies + report.alike.alike, 0);
    assert_int_equal(unlink(folder->files[3].path), 0); /* nothing is read again */
    for (size_t i = 0; i < 12; i++)
        assert_ok(davy_image_set_read(set, i, kept[i]));
    davy_image_set_destroy(set);

    options.cache_max = 5 * BYTES;
    set = create(folder, &options);
    for (int round = 0; round < 2; round++)
        for (size_t i = 0; i < 12; i++)
            if (i != 3) {
                assert_ok(davy_image_set_read(set, i, read_again));
                assert_memory_equal(read_again, kept[i], BYTES);
            }
    assert_fails(davy_image_set_read(set, 3, read_again), DAVY_ERR_NOT_FOUND,
                 folder->files[3].name);
    davy_image_set_destroy(set);
    davy_image_folder_close(folder);
}

static void names_damaged_files_and_goes_on_without_them(void **state)
{
    davy_image_report report;
    davy_image_folder *folder;
    davy_image_set *set;

    (void) state;
    put_scenes();
    scratch_put("fire/03.png", "\x89PNG\r\n\x1A\n and then nothing");
    folder = open_folder();
    set = create(folder, &plain);
    assert_ok(davy_image_set_load(set, &report));
    assert_int_equal(report.damaged, 1);
    assert_non_null(strstr(folder->files[1].problem, "fire/03.png': PNG: "));
    scratch_put("fire/05.png", "text");
    assert_fails(davy_image_set_load(set, &report), DAVY_ERR_CORRUPT, "2 of 12 pictures in '");
    assert_non_null(strstr(davy_error(), "cannot be read; the first: picture '"));
    davy_image_set_destroy(set);
    davy_image_folder_close(folder);
}

static void joins_a_copy_with_its_original(void **state)
{
    davy_image_report report;
    davy_image_split_report split;
    davy_image_folder *folder;
    davy_image_set *set;

    (void) state;
    put_scenes();
    scratch_put_scene("fire/copy of 00.png", 40, 90, 0); /* of class other */
    folder = open_folder();
    set = create(folder, &plain);
    assert_ok(davy_image_set_load(set, &report));
    assert_int_equal(report.alike.copies, 1);
    assert_int_equal(report.alike.disputed, 1);
    for (uint64_t seed = 0; seed < 20; seed++) {
        assert_ok(davy_image_split(folder, &(davy_image_split_options){.test = 0.4, .seed = seed},
                                   &split));
        assert_int_equal(folder->items[6].part, folder->items[7].part);
    }
    assert_string_equal(folder->files[6].name, "fire/copy of 00.png");
    assert_string_equal(folder->files[7].name, "other/00.png");
    davy_image_set_destroy(set);
    davy_image_folder_close(folder);
}

/* A picture of 60 x 40: dark, with a bright field from (20, 10) to (40, 30). */
static void put_field(void)
{
    davy_image image = {0};

    assert_ok(davy_image_init(&image, 60, 40));
    for (size_t y = 10; y < 30; y++)
        memset(image.pixels + (y * 60 + 20) * 3, 240, 60);
    scratch_put_image("images/a.png", &image);
    davy_image_clear(&image);
}

static void cuts_boxes_out_of_their_picture(void **state)
{
    uint8_t pixels[BYTES];
    davy_image_set_options options = plain;
    davy_image_report report;
    davy_image_folder *folder;
    davy_image_set *set;

    (void) state;
    put_field();
    scratch_put("annotations.csv", "filename,class,xmin,ymin,xmax,ymax,width,height\n"
                                   "a.png,field,20,10,40,30,60,40\n"
                                   "a.png,edge,50,30,70,50,60,40\n");
    folder = open_folder();
    set = create(folder, &options);
    assert_ok(davy_image_set_load(set, &report));
    assert_ok(davy_image_set_read(set, 0, pixels));
    for (size_t i = 0; i < BYTES; i++)
        assert_int_equal(pixels[i], 240);
    assert_ok(davy_image_set_read(set, 1, pixels)); /* what of it lies in the picture */
    assert_int_equal(pixels[0], 0);
    davy_image_set_destroy(set);

    options.box_margin = 0.5F; /* 40 x 40 around the field of 20 x 20 */
    set = create(folder, &options);
    assert_ok(davy_image_set_read(set, 0, pixels));
    assert_int_equal(pixels[0], 0);
    assert_int_equal(pixels[(SIDE / 2 * SIDE + SIDE / 2) * 3], 240);
    assert_int_equal(pixels[(SIDE / 2 * SIDE + 3) * 3], 0);
    assert_int_equal(pixels[(SIDE / 2 * SIDE + SIDE - 4) * 3], 0);
    davy_image_set_destroy(set);
    davy_image_folder_close(folder);
}

static void says_when_boxes_do_not_fit_their_picture(void **state)
{
    static const struct {
        const char *row, *words;
    } cases[] = {
        {"a.png,field,20,10,40,30,120,80", "it is 60 x 40 pixels and its boxes are stated for 120"},
        {"a.png,field,100,10,140,30,0,0", "60 x 40 pixels and a box of it begins at (100, 10)"},
        {"b.png,field,20,10,40,30,60,40", "cannot open '"},
    };
    char text[160];

    (void) state;
    put_field();
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        davy_image_report report;
        davy_image_folder *folder;
        davy_image_set *set;

        (void) snprintf(text, sizeof text, "filename,class,xmin,ymin,xmax,ymax,width,height\n%s\n",
                        cases[i].row);
        scratch_put("annotations.csv", text);
        folder = open_folder();
        set = create(folder, &plain);
        assert_fails(davy_image_set_load(set, &report), DAVY_ERR_CORRUPT, cases[i].words);
        davy_image_set_destroy(set);
        davy_image_folder_close(folder);
    }
}

static bool stop_at_four(void *context, size_t done, size_t total)
{
    *(size_t *) context = total;
    return done < 4;
}

static void stops_when_it_is_asked_to(void **state)
{
    size_t total = 0;
    davy_image_set_options options = plain;
    davy_image_report report;
    davy_image_folder *folder;
    davy_image_set *set;

    (void) state;
    put_scenes();
    options.threads = 1;
    options.progress = stop_at_four;
    options.context = &total;
    folder = open_folder();
    set = create(folder, &options);
    assert_fails(davy_image_set_load(set, &report), DAVY_ERR_TIMEOUT, "was interrupted");
    assert_int_equal(total, 12);
    davy_image_set_destroy(set);
    davy_image_folder_close(folder);
}

static void refuses_a_size_that_makes_no_sense(void **state)
{
    davy_image_set_options options = plain;
    davy_image_set *set = NULL;
    davy_image_folder *folder;

    (void) state;
    put_scenes();
    folder = open_folder();
    options.width = 0;
    assert_fails(davy_image_set_create(folder, &options, &set), DAVY_ERR_CORRUPT, "no pixels");
    options.width = 65535;
    assert_fails(davy_image_set_create(folder, &options, &set), DAVY_ERR_FULL, "65535 x 32");
    assert_null(set);
    davy_image_folder_close(folder);
}

/* Batches of one feed, filled by a thread in its own order. */
typedef struct filler {
    const davy_image_feed *feed;
    float *pixels; /* [12][BYTES] by sample */
    uint32_t turn;
} filler;

static void *fill_all(void *context)
{
    const filler *own = context;

    for (uint32_t i = 0; i < 12; i++) {
        const uint32_t index = (i * 5 + own->turn) % 12;
        int64_t label;

        if (davy_image_feed_fill(own->feed, 3, &index, 1, own->pixels + (size_t) index * BYTES,
                                 NULL, &label) != DAVY_OK)
            return own->pixels;    /* any pointer: it failed */
        if (label != (index >= 6)) /* class other stands behind fire */
            return own->pixels;
    }
    return NULL;
}

static void fills_the_same_batches_on_any_number_of_threads(void **state)
{
    static float pixels[4][12 * BYTES];
    const davy_image_set_options options = {.width = SIDE, .height = SIDE, .cache_max = 7 * BYTES};
    davy_image_feed feed = {
        .augment = &davy_augmentation_photographs, .norm = &davy_image_norm_imagenet, .seed = 5};
    filler fillers[4];
    pthread_t threads[4];
    davy_image_folder *folder;
    uint32_t *items;
    void *answer;

    (void) state;
    put_scenes();
    folder = open_folder();
    feed.set = create(folder, &options);
    assert_ok(davy_image_items_of(folder, DAVY_PART_NONE, &items, &feed.count));
    assert_int_equal(feed.count, 12);
    feed.items = items;
    for (uint32_t i = 0; i < 4; i++) {
        fillers[i] = (filler){&feed, pixels[i], i};
        assert_int_equal(pthread_create(&threads[i], NULL, fill_all, &fillers[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], &answer), 0);
        assert_null(answer);
    }
    for (size_t i = 1; i < 4; i++)
        assert_memory_equal(pixels[i], pixels[0], sizeof pixels[0]);
    davy_image_set_destroy(feed.set);
    free(items);
    davy_image_folder_close(folder);
}

static void fills_pictures_as_they_are_without_augmentation(void **state)
{
    const uint32_t items[] = {7, 2}, indices[] = {1, 0};
    static float pixels[2 * BYTES], targets[4];
    static uint8_t kept[BYTES];
    int64_t labels[2];
    davy_image_folder *folder;
    davy_image_feed feed = {.items = items, .count = 2};

    (void) state;
    put_scenes();
    folder = open_folder();
    feed.set = create(folder, &plain);
    assert_ok(davy_image_feed_fill(&feed, 0, indices, 2, pixels, targets, labels));
    for (size_t i = 0; i < 2; i++) {
        const uint32_t item = items[indices[i]];

        assert_int_equal(labels[i], folder->items[item].label);
        assert_float_equal(targets[i * 2 + (size_t) labels[i]], 1, 0);
        assert_float_equal(targets[i * 2 + 1 - (size_t) labels[i]], 0, 0);
        assert_ok(davy_image_set_read(feed.set, item, kept));
        for (size_t k = 0; k < BYTES; k++)
            assert_float_equal(pixels[i * BYTES + k], kept[k] / 255.0, 1e-7);
    }
    davy_image_set_destroy(feed.set);
    davy_image_folder_close(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(reads_the_same_with_and_without_a_cache, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(names_damaged_files_and_goes_on_without_them, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(joins_a_copy_with_its_original, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(cuts_boxes_out_of_their_picture, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(says_when_boxes_do_not_fit_their_picture, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(stops_when_it_is_asked_to, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(refuses_a_size_that_makes_no_sense, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(fills_the_same_batches_on_any_number_of_threads,
                                        scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(fills_pictures_as_they_are_without_augmentation,
                                        scratch_make, scratch_remove),
    };

    return cmocka_run_group_tests_name("data: sets of pictures", tests, NULL, NULL);
}
