/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"

#include "data/image_set.h"

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
    set =
        create(folder, &(davy_image_set_options){.width = SIDE, .height = SIDE, .damaged_max = 1});
    assert_ok(davy_image_set_load(set, &report)); /* for inference any number may be damaged */
    assert_int_equal(report.damaged, 2);
    davy_image_set_destroy(set);
    davy_image_folder_close(folder);
}

static void joins_a_copy_with_its_original(void **state)
{
    davy_image_report report;
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
    assert_int_equal(report.leaked, 0);
    assert_string_equal(folder->files[6].name, "fire/copy of 00.png");
    assert_string_equal(folder->files[7].name, "other/00.png");
    assert_int_equal(folder->items[6].group, folder->items[7].group);
    assert_int_not_equal(folder->items[6].group, folder->items[8].group);
    davy_image_set_destroy(set);
    davy_image_folder_close(folder);
}

static void takes_a_copy_of_a_test_picture_out_of_the_training(void **state)
{
    davy_image_report report;
    davy_image_folder *folder;
    davy_image_set *set;

    (void) state;
    for (uint32_t i = 0; i < 4; i++) {
        char name[32];

        (void) snprintf(name, sizeof name, "%s/%s/%u.png", i < 2 ? "train" : "test",
                        i % 2 ? "fire" : "other", i);
        scratch_put_scene(name, 40, 30, i == 3 ? 1 : i); /* 1 and 3 are one picture */
    }
    folder = open_folder();
    set = create(folder, &plain);
    assert_ok(davy_image_set_load(set, &report));
    assert_int_equal(report.leaked, 1);
    assert_int_equal(davy_image_folder_count(folder, DAVY_IMAGE_NO_LABEL, DAVY_PART_TRAIN), 1);
    assert_int_equal(davy_image_folder_count(folder, DAVY_IMAGE_NO_LABEL, DAVY_PART_TEST), 2);
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

/* A thread that reads all pictures in an order of its own. */
typedef struct set_reader {
    davy_image_set *set;
    uint8_t *pixels; /* [12][BYTES] by item */
    size_t turn;
} set_reader;

static void *read_all(void *context)
{
    const set_reader *own = context;

    for (size_t i = 0; i < 12; i++) {
        const size_t item = (i * 5 + own->turn) % 12;

        if (davy_image_set_read(own->set, item, own->pixels + item * BYTES) != DAVY_OK)
            return own->pixels; /* any pointer: it failed */
    }
    return NULL;
}

/* Some have a place in the cache and some have not; some threads fill it and some read. */
static void reads_the_same_on_any_number_of_threads(void **state)
{
    static uint8_t pixels[4][12 * BYTES];
    const davy_image_set_options options = {.width = SIDE, .height = SIDE, .cache_max = 7 * BYTES};
    set_reader readers[4];
    pthread_t threads[4];
    davy_image_folder *folder;
    davy_image_set *set;
    void *answer;

    (void) state;
    put_scenes();
    folder = open_folder();
    set = create(folder, &options);
    for (size_t i = 0; i < 4; i++) {
        readers[i] = (set_reader){set, pixels[i], i};
        assert_int_equal(pthread_create(&threads[i], NULL, read_all, &readers[i]), 0);
    }
    for (size_t i = 0; i < 4; i++) {
        assert_int_equal(pthread_join(threads[i], &answer), 0);
        assert_null(answer);
    }
    for (size_t i = 1; i < 4; i++)
        assert_memory_equal(pixels[i], pixels[0], sizeof pixels[0]);
    davy_image_set_destroy(set);
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
        cmocka_unit_test_setup_teardown(reads_the_same_on_any_number_of_threads, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(takes_a_copy_of_a_test_picture_out_of_the_training,
                                        scratch_make, scratch_remove),
    };

    return cmocka_run_group_tests_name("data: sets of pictures", tests, NULL, NULL);
}
