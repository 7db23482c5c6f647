/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Memory that runs out at every allocation in turn: the answer is DAVY_ERR_NOMEM, nothing leaks
 * (the sanitizers look), and when it suffices the work is done. The linker's --wrap puts these
 * functions before the C library's for davy's own code.
 */
#include "scratch.h"

#include "data/image_set.h"
#include "data/split.h"

static long left = -1; /* allocations that still succeed; below 0 all do */

static bool runs_out(void)
{
    if (left < 0)
        return false;
    return left == 0 || left-- == 0;
}

/* The names are the linker's: __wrap_X stands for X, __real_X for the C library's X. */
void *__real_malloc(size_t size);
void *__real_calloc(size_t count, size_t size);
void *__real_realloc(void *memory, size_t size);
void *__real_reallocarray(void *memory, size_t count, size_t size);
char *__real_strdup(const char *text);
char *__real_strndup(const char *text, size_t length);
void *__wrap_malloc(size_t size);
void *__wrap_calloc(size_t count, size_t size);
void *__wrap_realloc(void *memory, size_t size);
void *__wrap_reallocarray(void *memory, size_t count, size_t size);
char *__wrap_strdup(const char *text);
char *__wrap_strndup(const char *text, size_t length);

void *__wrap_malloc(size_t size)
{
    return runs_out() ? NULL : __real_malloc(size);
}

void *__wrap_calloc(size_t count, size_t size)
{
    return runs_out() ? NULL : __real_calloc(count, size);
}

void *__wrap_realloc(void *memory, size_t size)
{
    return runs_out() ? NULL : __real_realloc(memory, size);
}

void *__wrap_reallocarray(void *memory, size_t count, size_t size)
{
    return runs_out() ? NULL : __real_reallocarray(memory, count, size);
}

char *__wrap_strdup(const char *text)
{
    return runs_out() ? NULL : __real_strdup(text);
}

char *__wrap_strndup(const char *text, size_t length)
{
    return runs_out() ? NULL : __real_strndup(text, length);
}

/* A picture as numbers, and in a page. */
static davy_status show(davy_image_set *set, const davy_image_folder *folder)
{
    uint8_t pixels[8 * 8 * 3];
    davy_buffer page = {0};
    davy_image image = {0};
    davy_status status = davy_image_set_read(set, 0, pixels);

    if (status == DAVY_OK)
        status = davy_image_read(folder->files[0].path, NULL, &image, NULL);
    if (status == DAVY_OK)
        status = davy_image_append_uri(&image, &page);
    davy_image_clear(&image);
    davy_buffer_clear(&page);
    return status;
}

/* Two sides of twelve items at most. */
static davy_status split(const davy_image_folder *folder)
{
    const double shares[] = {0.7, 0.3};
    uint32_t groups[12];
    uint8_t part[12];

    for (size_t i = 0; i < folder->item_count; i++)
        groups[i] = folder->items[i].group;
    return davy_split(&(davy_split_options){.groups = groups, .shares = shares, .parts = 2},
                      folder->item_count, part);
}

/* All that a training does with a folder of pictures. */
static davy_status work(void)
{
    const davy_image_folder_options listing = {.labelled = true};
    const davy_image_set_options size = {
        .width = 8, .height = 8, .fit = DAVY_FIT_LETTERBOX, .threads = 1, .cache_max = 600};
    davy_image_report report;
    davy_image_folder *folder = NULL;
    davy_image_set *set = NULL;
    davy_status status = davy_image_folder_open(scratch_root, &listing, &folder);

    if (status == DAVY_OK)
        status = davy_image_set_create(folder, &size, &set);
    if (status == DAVY_OK)
        status = davy_image_set_load(set, &report);
    if (status == DAVY_OK)
        status = split(folder);
    if (status == DAVY_OK)
        status = show(set, folder);
    davy_image_set_destroy(set);
    davy_image_folder_close(folder);
    return status;
}

static void work_with_ever_more(void)
{
    long allocations = -1;
    davy_status status;

    do {
        left = ++allocations;
        status = work();
        left = -1;
        if (status != DAVY_OK && status != DAVY_ERR_NOMEM)
            fail_msg("with %ld allocations: %s", allocations, davy_error());
    } while (status == DAVY_ERR_NOMEM && allocations < 10000);
    assert_ok(status);
    assert_true(allocations > 50);
}

static void folders_of_classes_need_their_memory(void **state)
{
    static const char *const names[] = {"a/1.png", "a/2.png", "a/3.png",
                                        "b/1.png", "b/2.png", "b/3.png"};

    (void) state;
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(names); i++)
        scratch_put_scene(names[i], 20, 14, i);
    work_with_ever_more();
}

static void boxes_need_their_memory(void **state)
{
    char text[1024] = "filename,class,xmin,ymin,xmax,ymax\n";

    (void) state;
    for (uint32_t i = 0; i < 6; i++) {
        char name[32];

        (void) snprintf(name, sizeof name, "images/%u.png", i);
        scratch_put_scene(name, 20, 14, i);
        (void) snprintf(text + strlen(text), sizeof text - strlen(text),
                        "%u.png,%s,0,0,10,10\n%u.png,%s,4,4,20,14\n", i, i % 2 ? "a" : "b", i,
                        i % 2 ? "a" : "b");
    }
    scratch_put("annotations.csv", text);
    work_with_ever_more();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(folders_of_classes_need_their_memory, scratch_make,
                                        scratch_remove),
        cmocka_unit_test_setup_teardown(boxes_need_their_memory, scratch_make, scratch_remove),
    };

    return cmocka_run_group_tests_name("data: pictures without memory", tests, NULL, NULL);
}
