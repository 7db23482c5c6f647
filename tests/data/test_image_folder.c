/* SPDX-License-Identifier: Apache-2.0 */
#include "scratch.h"

#include "data/image_folder.h"

/* Files are empty here, since nothing is decoded. */
static void put_all(const char *const *names, size_t count)
{
    for (size_t i = 0; i < count; i++)
        scratch_put(names[i], "");
}

static davy_image_folder *open_root(const davy_image_folder_options *options)
{
    davy_image_folder *folder = NULL;

    assert_ok(davy_image_folder_open(scratch_root, options, &folder));
    return folder;
}

static const davy_image_folder_options labelled = {.labelled = true};

static void takes_each_folder_for_a_class(void **state)
{
    static const char *const names[] = {
        "smoke/b.JPG",    "smoke/a.png",      "smoke/2024/05/c.jpeg",
        "fire/a.jpg",     ".cache/thumb.jpg", "fire/.hidden.jpg",
        "fire/notes.txt", "README.md",        "lost.jpg"};
    static const char *const sorted[] = {"fire/a.jpg", "smoke/2024/05/c.jpeg", "smoke/a.png",
                                         "smoke/b.JPG"};
    davy_image_folder *folder;

    (void) state;
    put_all(names, DAVY_ARRAY_LENGTH(names));
    folder = open_root(&labelled);
    assert_int_equal(folder->classes.count, 2);
    assert_string_equal(folder->classes.names[0], "fire");
    assert_string_equal(folder->classes.names[1], "smoke");
    assert_int_equal(folder->item_count, 4);
    for (size_t i = 0; i < 4; i++) {
        assert_string_equal(folder->files[i].name, sorted[i]);
        assert_int_equal(folder->items[i].file, i);
        assert_int_equal(folder->items[i].label, i > 0);
        assert_int_equal(folder->items[i].part, DAVY_PART_NONE);
        assert_int_equal(folder->files[i].count, 1);
        assert_int_equal(folder->files[i].first, i);
    }
    assert_int_equal(folder->other_files, 2);
    assert_int_equal(folder->stray, 1);
    assert_false(folder->has_parts);
    assert_int_equal(davy_image_folder_count(folder, 1, DAVY_PART_NONE), 3);
    davy_image_folder_close(folder);
}

static void takes_an_official_split_as_it_is(void **state)
{
    static const char *const names[] = {"train/b/1.jpg", "train/a/1.jpg", "Test/b/2.jpg",
                                        "Test/a/2.jpg",  "val/a/3.jpg",   "val/c/3.jpg"};
    davy_image_folder *folder;

    (void) state;
    put_all(names, DAVY_ARRAY_LENGTH(names));
    folder = open_root(&labelled);
    assert_true(folder->has_parts);
    assert_int_equal(folder->classes.count, 3);
    assert_string_equal(folder->classes.names[2], "c");
    assert_int_equal(davy_image_folder_count(folder, DAVY_IMAGE_NO_LABEL, DAVY_PART_TRAIN), 2);
    assert_int_equal(davy_image_folder_count(folder, DAVY_IMAGE_NO_LABEL, DAVY_PART_TEST), 2);
    assert_int_equal(davy_image_folder_count(folder, 2, DAVY_PART_VALIDATION), 1);
    assert_int_equal(davy_image_folder_count(folder, 0, DAVY_PART_TRAIN), 1);
    davy_image_folder_close(folder);
}

/* A folder named like a part among others is a class. */
static void takes_a_class_named_test_for_a_class(void **state)
{
    static const char *const names[] = {"test/1.jpg", "fault/1.jpg"};
    davy_image_folder *folder;

    (void) state;
    put_all(names, DAVY_ARRAY_LENGTH(names));
    folder = open_root(&labelled);
    assert_false(folder->has_parts);
    assert_string_equal(folder->classes.names[1], "test");
    davy_image_folder_close(folder);
}

static void lists_pictures_without_classes_for_inference(void **state)
{
    static const char *const names[] = {"b.jpg", "a.png", "more/c.jpg"};
    davy_image_folder *folder;

    (void) state;
    put_all(names, DAVY_ARRAY_LENGTH(names));
    folder = open_root(NULL);
    assert_int_equal(folder->item_count, 3);
    assert_int_equal(folder->classes.count, 0);
    assert_string_equal(folder->files[0].name, "a.png");
    assert_string_equal(folder->files[2].name, "more/c.jpg");
    for (size_t i = 0; i < 3; i++)
        assert_int_equal(folder->items[i].label, DAVY_IMAGE_NO_LABEL);
    davy_image_folder_close(folder);
    assert_fails(davy_image_folder_open(scratch_path("more"), &labelled, &folder), DAVY_ERR_INVALID,
                 "has no classes: put the pictures of each class into a folder");
}

static void says_what_is_wrong_with_a_folder(void **state)
{
    davy_image_folder *folder = NULL;

    (void) state;
    assert_fails(davy_image_folder_open(scratch_path("none"), NULL, &folder), DAVY_ERR_NOT_FOUND,
                 "/none': No such file");
    assert_fails(davy_image_folder_open(scratch_root, NULL, &folder), DAVY_ERR_INVALID,
                 "holds no picture (0 other files)");
    scratch_put("fire/a.jpg", "");
    assert_fails(davy_image_folder_open(scratch_root, &labelled, &folder), DAVY_ERR_INVALID,
                 "the one class 'fire': to tell classes apart it takes two");
    scratch_put("smoke/a.bmp", "");
    scratch_put("smoke/b.gif", "");
    assert_fails(davy_image_folder_open(scratch_root, &labelled, &folder), DAVY_ERR_INVALID,
                 "class 'smoke' in '");
    assert_non_null(strstr(davy_error(), "holds no JPEG or PNG picture (2 other files"));
    assert_fails(davy_image_folder_open(scratch_path("fire/a.jpg"), NULL, &folder), DAVY_ERR_IO,
                 "Not a directory");
    scratch_put("sm\xFFke/a.jpg", "");
    assert_fails(davy_image_folder_open(scratch_root, &labelled, &folder), DAVY_ERR_INVALID,
                 "not UTF-8");
    assert_null(folder);
}

/* The administrator may read everything, so the reading is done as nobody. */
static void names_a_folder_that_it_may_not_read(void **state)
{
    const uid_t user = geteuid();
    davy_image_folder *folder = NULL;

    (void) state;
    scratch_put("fire/a.jpg", "");
    scratch_put("smoke/a.jpg", "");
    assert_int_equal(chmod(scratch_root, 0755), 0);
    assert_int_equal(chmod(scratch_path("fire"), 0755), 0);
    assert_int_equal(chmod(scratch_path("smoke"), 0), 0);
    if (user == 0)
        assert_int_equal(seteuid(65534), 0);
    assert_fails(davy_image_folder_open(scratch_root, &labelled, &folder), DAVY_ERR_IO,
                 "smoke': Permission denied");
    assert_int_equal(seteuid(user), 0);
}

static void ends_where_links_go_in_a_circle(void **state)
{
    davy_image_folder *folder = NULL;

    (void) state;
    scratch_put("fire/a.jpg", "");
    assert_int_equal(symlink("..", scratch_path("fire/again")), 0);
    assert_fails(davy_image_folder_open(scratch_root, &labelled, &folder), DAVY_ERR_INVALID,
                 "nested deeper than 8: is there a link in a circle?");
}

static void keeps_the_classes_that_are_asked_for(void **state)
{
    static const char *const names[] = {"a/1.jpg", "b/1.jpg", "c/1.jpg", "c/2.jpg"};
    static const char *const wanted[] = {"c", "a"};
    davy_image_folder *folder;

    (void) state;
    put_all(names, DAVY_ARRAY_LENGTH(names));
    folder = open_root(
        &(davy_image_folder_options){.labelled = true, .classes = wanted, .class_count = 2});
    assert_int_equal(folder->classes.count, 2);
    assert_int_equal(folder->item_count, 3);
    assert_string_equal(folder->files[2].name, "c/2.jpg");
    assert_int_equal(folder->items[2].label, 1);
    assert_int_equal(folder->other_classes, 1);
    davy_image_folder_close(folder);
}

static void reads_boxes_of_pictures(void **state)
{
    davy_image_folder *folder;

    (void) state;
    scratch_put("images/a.jpg", "");
    scratch_put("annotations.csv", "filename,width,height,class,xmin,ymin,xmax,ymax\n"
                                   "b.jpg,40,30,helmet,0,0,10,8\n"
                                   "a.jpg,64,48,helmet,12,38.5,62,61\n"
                                   "b.jpg,40,30,head,4,4,40,30\n"
                                   "a.jpg,64,48,head,1,2,8.5,13\n"
                                   "a.jpg,64,48,head,1,2,8,13\n");
    folder = open_root(&labelled);
    assert_true(folder->boxes);
    assert_int_equal(folder->file_count, 2);
    assert_int_equal(folder->item_count, 4);
    assert_int_equal(folder->small_boxes, 1); /* seven pixels wide */
    assert_string_equal(folder->files[0].name, "images/a.jpg");
    assert_int_equal(folder->files[0].width, 64);
    assert_int_equal(folder->files[1].first, 2);
    assert_int_equal(folder->files[1].count, 2);
    assert_int_equal(folder->items[0].label, 1);
    assert_int_equal(folder->items[0].box.x, 12);
    assert_int_equal(folder->items[0].box.y, 38);
    assert_int_equal(folder->items[0].box.width, 50);
    assert_int_equal(folder->items[0].box.height, 23);
    assert_int_equal(folder->items[1].label, 0);
    assert_int_equal(folder->items[1].box.width, 8);
    assert_int_equal(folder->items[2].group, folder->items[3].group);
    assert_int_not_equal(folder->items[1].group, folder->items[2].group);
    davy_image_folder_close(folder);
}

static void names_the_line_of_a_wrong_box(void **state)
{
    static const struct {
        const char *row, *words;
    } cases[] = {
        {"a.jpg,head,5,5,5,20", "line 3: the box from (5, 5) to (5, 20) is empty"},
        {"a.jpg,head,-1,5,9,20", "xmin '-1' is not a number of pixels from 0 to 32768"},
        {"a.jpg,head,1,nan,9,20", "ymin 'nan'"},
        {"a.jpg,head,1,1,1e9,20", "xmax '1e9'"},
        {"a.jpg,head,1,1,9,", "ymax ''"},
        {"../../etc/a.jpg,head,1,1,19,20", "does not lie in the folder"},
        {"/etc/a.jpg,head,1,1,19,20", "does not lie in the folder"},
        {"a.jpg,head,1,1,19", "fields"},
    };
    davy_image_folder *folder = NULL;
    char text[256];

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(cases); i++) {
        (void) snprintf(text, sizeof text,
                        "filename,class,xmin,ymin,xmax,ymax\na.jpg,head,1,1,20,20\n%s\n",
                        cases[i].row);
        scratch_put("annotations.csv", text);
        assert_fails(davy_image_folder_open(scratch_root, NULL, &folder), DAVY_ERR_INVALID,
                     cases[i].words);
    }
    scratch_put("annotations.csv", "file,class\na.jpg,head\n");
    assert_fails(davy_image_folder_open(scratch_root, NULL, &folder), DAVY_ERR_NOT_FOUND,
                 "filename");
    scratch_put("annotations.csv", "filename,class,xmin,ymin,xmax,ymax\n");
    assert_fails(davy_image_folder_open(scratch_root, NULL, &folder), DAVY_ERR_INVALID,
                 "holds no box");
}

/* Figures of the data sets' own descriptions. */
static void lists_the_public_data_sets(void **state)
{
    static const struct {
        const char *name;
        size_t classes, items, files;
    } sets[] = {
        {"fire_images", 2, 976, 976},
        {"neu_surface", 6, 900, 900},
        {"hard_hat", 3, 1468, 400},
    };
    const char *data = getenv("DAVY_DATA");
    char path[512];
    struct stat about;

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(sets); i++) {
        davy_image_folder *folder = NULL;

        (void) snprintf(path, sizeof path, "%s/%s", data ? data : "../shared/data", sets[i].name);
        if (stat(path, &about) != 0)
            davy_skip_test("no data sets: set DAVY_DATA to their folder");
        assert_ok(davy_image_folder_open(path, &labelled, &folder));
        assert_int_equal(folder->classes.count, sets[i].classes);
        assert_int_equal(folder->item_count + folder->small_boxes, sets[i].items);
        assert_int_equal(folder->file_count, sets[i].files);
        davy_image_folder_close(folder);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(takes_each_folder_for_a_class, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(takes_an_official_split_as_it_is, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(takes_a_class_named_test_for_a_class, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(lists_pictures_without_classes_for_inference, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(says_what_is_wrong_with_a_folder, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(names_a_folder_that_it_may_not_read, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(ends_where_links_go_in_a_circle, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(keeps_the_classes_that_are_asked_for, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(reads_boxes_of_pictures, scratch_make, scratch_remove),
        cmocka_unit_test_setup_teardown(names_the_line_of_a_wrong_box, scratch_make,
                                        scratch_remove),
        cmocka_unit_test(lists_the_public_data_sets),
    };

    return cmocka_run_group_tests_name("data: folders of pictures", tests, NULL, NULL);
}
