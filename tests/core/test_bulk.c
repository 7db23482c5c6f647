/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"

#include "../testing.h"

#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define LARGE (DAVY_BULK_LIMIT + 4096)

/* The file that an address lies in, as the kernel names it; "" for memory. */
static const char *file_of(const void *address)
{
    static char path[256];
    FILE *maps = fopen("/proc/self/maps", "re");
    unsigned long from, to;
    char line[512];

    path[0] = '\0';
    assert_non_null(maps);
    while (fgets(line, sizeof line, maps))
        if (sscanf(line, "%lx-%lx %*s %*s %*s %*s %255s", &from, &to, path) >= 2 &&
            from <= (uintptr_t) address && (uintptr_t) address < to)
            break;
        else
            path[0] = '\0';
    (void) fclose(maps);
    return path[0] == '/' ? path : "";
}

static size_t open_files(void)
{
    size_t count = 0;

    for (int fd = 0; fd < 256; fd++)
        count += lseek(fd, 0, SEEK_CUR) >= 0 || errno != EBADF;
    return count;
}

static void small_blocks_are_memory_and_large_ones_a_file(void **state)
{
    const size_t before = open_files();
    char *small = davy_bulk_alloc(100, 8), *large = davy_bulk_alloc(LARGE / 8, 8);

    (void) state;
    assert_non_null(small);
    assert_non_null(large);
    assert_string_equal(file_of(small), "");
    assert_string_not_equal(file_of(large), "");
    for (size_t i = 0; i < LARGE; i += 512)
        assert_int_equal(large[i], 0);
    memset(large, 1, LARGE);
    davy_bulk_free(small);
    davy_bulk_free(large);
    davy_bulk_free(NULL);
    davy_bulk_free(malloc(10));
    assert_int_equal(open_files(), before);
}

static void a_file_has_no_name_left(void **state)
{
    char *block = davy_bulk_alloc(1, LARGE);
    const char *path = file_of(block);

    (void) state;
    assert_non_null(block);
    assert_int_equal(access(path, F_OK), -1);
    davy_bulk_free(block);
}

/* /dev/shm is a tmpfs: a file there would be memory. */
static void a_folder_that_is_memory_is_passed_over(void **state)
{
    const char *given = getenv("TMPDIR");
    char *block;

    (void) state;
    if (access("/dev/shm", W_OK) != 0)
        davy_skip_test("there is no /dev/shm");
    assert_int_equal(setenv("TMPDIR", "/dev/shm", 1), 0);
    block = davy_bulk_alloc(1, LARGE);
    assert_non_null(block);
    assert_null(strstr(file_of(block), "/dev/shm"));
    davy_bulk_free(block);
    assert_int_equal(given ? setenv("TMPDIR", given, 1) : unsetenv("TMPDIR"), 0);
}

static void a_block_keeps_its_beginning_as_it_grows(void **state)
{
    uint32_t *block = NULL;
    size_t have = 0;

    (void) state;
    /* In memory, out of memory into a file, longer in the file. */
    for (size_t count = 1000; count < 3 * LARGE / 4; have = count, count *= 7) {
        block = davy_bulk_grow(block, have * sizeof *block, count, sizeof *block);
        assert_non_null(block);
        for (size_t i = 0; i < have; i++)
            if (block[i] != i)
                fail_msg("number %zu is %u", i, block[i]);
        for (size_t i = have; i < count; i++)
            block[i] = (uint32_t) i;
    }
    assert_string_not_equal(file_of(block), "");
    davy_bulk_free(block);
}

/* Set a limit of this process; its old one comes back. */
static struct rlimit limit_to(__rlimit_resource_t what, rlim_t most)
{
    struct rlimit old, now;

    assert_int_equal(getrlimit(what, &old), 0);
    now = old;
    now.rlim_cur = most;
    assert_int_equal(setrlimit(what, &now), 0);
    return old;
}

static void a_disk_that_takes_nothing_more_is_a_sentence(void **state)
{
    struct rlimit size, data;
    void *block, *grown, *none;

    (void) state;
#ifdef __SANITIZE_ADDRESS__
    davy_skip_test("the sanitizer's own memory counts for the limit");
#endif
    (void) signal(SIGXFSZ, SIG_IGN);
    block = davy_bulk_alloc(1, LARGE);
    size = limit_to(RLIMIT_FSIZE, LARGE);
    none = davy_bulk_alloc(1, LARGE + 1); /* there is memory for it */
    assert_non_null(none);
    assert_string_equal(file_of(none), "");
    davy_bulk_free(none);
    data = limit_to(RLIMIT_DATA, DAVY_BULK_LIMIT); /* now there is none */
    none = davy_bulk_alloc(1, 2 * LARGE);
    grown = davy_bulk_grow(block, LARGE, 2, LARGE);
    assert_int_equal(setrlimit(RLIMIT_DATA, &data), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &size), 0);
    assert_null(none);
    assert_null(grown);
    assert_non_null(strstr(davy_error(), "does not take them: File too large"));
    memset(block, 1, LARGE);
    davy_bulk_free(block);
}

static void more_than_any_disk_has_is_a_sentence(void **state)
{
    (void) state;
    assert_null(davy_bulk_alloc((size_t) 1 << 50, 1));
    assert_non_null(strstr(davy_error(), "1.13e+06 GB are needed"));
    assert_null(davy_bulk_alloc(SIZE_MAX / 4, 8));
    assert_null(davy_bulk_grow(NULL, 0, SIZE_MAX / 4, 8));
    assert_true(davy_bulk_room() > 0);
}

typedef struct numbered {
    uint32_t key, number;
} numbered;

static int by_key(const void *a, const void *b)
{
    const uint32_t x = ((const numbered *) a)->key, y = ((const numbered *) b)->key;

    return (x > y) - (x < y);
}

/* Two and a half parts, so that one is merged later than the others. */
static void a_large_array_is_sorted_and_equal_ones_keep_their_order(void **state)
{
    const size_t count = DAVY_BULK_LIMIT / sizeof(numbered) * 5 / 2;
    numbered *all = davy_bulk_alloc(count, sizeof *all);

    (void) state;
    assert_non_null(all);
    for (size_t i = 0; i < count; i++)
        all[i] = (numbered){(uint32_t) (i * 2654435761U) >> 28, (uint32_t) i};
    davy_bulk_sort(all, count, sizeof *all, by_key);
    for (size_t i = 1; i < count; i++)
        if (all[i].key < all[i - 1].key ||
            (all[i].key == all[i - 1].key && all[i].number <= all[i - 1].number))
            fail_msg("%zu stands after what is larger or later", i);
    davy_bulk_free(all);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(small_blocks_are_memory_and_large_ones_a_file),
        cmocka_unit_test(a_file_has_no_name_left),
        cmocka_unit_test(a_folder_that_is_memory_is_passed_over),
        cmocka_unit_test(a_block_keeps_its_beginning_as_it_grows),
        cmocka_unit_test(a_disk_that_takes_nothing_more_is_a_sentence),
        cmocka_unit_test(more_than_any_disk_has_is_a_sentence),
        cmocka_unit_test(a_large_array_is_sorted_and_equal_ones_keep_their_order),
    };

    return cmocka_run_group_tests_name("bulk", tests, NULL, NULL);
}
