/* SPDX-License-Identifier: Apache-2.0 */

/* A table of twice DAVY_BULK_LIMIT, read where there is not memory for one. */
#include "../testing.h"

#include "core/bulk.h"
#include "data/profile.h"
#include "data/table.h"

#include <math.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

enum { COLUMNS = 100, ROWS = 2 * DAVY_BULK_LIMIT / sizeof(double) / COLUMNS };

static char path[] = "/tmp/davy-test-large-XXXXXX";
static const char *const files[] = {path};

/* One digit in each cell, rows of two groups in turn. */
static int write_file(void **state)
{
    const int fd = mkstemp(path);
    FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
    char row[2 * COLUMNS + 8];

    (void) state;
    if (!file)
        return -1;
    (void) fputs("group", file);
    for (int c = 0; c < COLUMNS; c++)
        (void) fprintf(file, ",c%d", c);
    (void) fputc('\n', file);
    for (int r = 0; r < ROWS; r++) {
        char *at = row;

        *at++ = (char) ('a' + r % 2);
        for (int c = 0; c < COLUMNS; c++) {
            *at++ = ',';
            *at++ = (char) ('0' + (r + c) % 10);
        }
        *at++ = '\n';
        (void) fwrite(row, 1, (size_t) (at - row), file);
    }
    return fclose(file);
}

static int remove_file(void **state)
{
    (void) state;
    return unlink(path);
}

/* Bytes of memory that are this process's own now. */
static size_t own_memory(void)
{
    FILE *file = fopen("/proc/self/status", "re");
    size_t kilobytes = 0;
    char line[256];

    assert_non_null(file);
    while (fgets(line, sizeof line, file))
        if (strncmp(line, "VmData:", 7) == 0)
            kilobytes = strtoull(line + 7, NULL, 10);
    (void) fclose(file);
    return kilobytes * 1024;
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

/* Files that are mapped do not count for this limit; memory does. */
static struct rlimit limit_memory(void)
{
    return limit_to(RLIMIT_DATA, own_memory() + DAVY_BULK_LIMIT * 3 / 2);
}

/* Row r of the file is row r / 2 of its group, and the groups stand one behind the other. */
static void assert_whole(const davy_table *table)
{
    assert_int_equal(table->rows, ROWS);
    assert_int_equal(table->columns, COLUMNS);
    for (size_t c = 0; c < COLUMNS; c++)
        for (size_t r = 0; r < ROWS; r++) {
            const size_t row = r / 2 + (r % 2 ? (ROWS + 1) / 2 : 0);

            if (davy_table_at(table, row, c) != (double) ((r + c) % 10))
                fail_msg("row %zu, column %zu: %g", r, c, davy_table_at(table, row, c));
        }
}

static void a_table_larger_than_the_memory_is_read_copied_and_looked_at(void **state)
{
    const davy_table_csv_options options = {.group_column = "group"};
    davy_table table = {0}, copy = {0};
    davy_quality_report found = {0};
    davy_profile profile = {0};
    struct rlimit old;

    (void) state;
#ifdef __SANITIZE_ADDRESS__
    davy_skip_test("the sanitizer's own memory counts for the limit");
#endif
    old = limit_memory();
    assert_null(malloc(2 * DAVY_BULK_LIMIT)); /* the limit limits */
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_ok(davy_table_copy(&table, &copy));
    assert_whole(&copy);
    davy_table_clear(&copy);
    assert_ok(davy_profile_make(&table, &found, NULL, &profile));
    assert_int_equal(setrlimit(RLIMIT_DATA, &old), 0);
    assert_int_equal(profile.columns[7].distinct, 10);
    assert_true(fabs(profile.columns[7].mean - 4.5) < 1e-3); /* digits come alike often */
    davy_profile_clear(&profile);
    davy_table_clear(&table);
}

/* Files of this process end at a megabyte, and there is not memory instead. */
static void a_disk_without_room_is_a_sentence(void **state)
{
    const davy_table_csv_options options = {.group_column = "group"};
    davy_table table = {0};
    struct rlimit size, data;
    davy_status status;

    (void) state;
#ifdef __SANITIZE_ADDRESS__
    davy_skip_test("the sanitizer's own memory counts for the limit");
#endif
    (void) signal(SIGXFSZ, SIG_IGN);
    size = limit_to(RLIMIT_FSIZE, 1000000);
    data = limit_memory();
    status = davy_table_read_csv(files, 1, &options, &table);
    assert_int_equal(setrlimit(RLIMIT_DATA, &data), 0);
    assert_int_equal(setrlimit(RLIMIT_FSIZE, &size), 0);
    assert_int_equal(status, DAVY_ERR_NOMEM);
    assert_non_null(strstr(davy_error(), "GB are needed, and '"));
    assert_non_null(strstr(davy_error(), "does not take them: File too large"));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_table_larger_than_the_memory_is_read_copied_and_looked_at),
        cmocka_unit_test(a_disk_without_room_is_a_sentence),
    };

    return cmocka_run_group_tests_name("table_large", tests, write_file, remove_file);
}
