/* SPDX-License-Identifier: Apache-2.0 */

/*
 * A store of format 1 is opened by this davy, which brings its catalogue to format 2, and the
 * program is killed or the power is cut before each call that changes a file. The catalogue is then
 * of the one format or the other and holds its six names, and the next start finishes the work.
 */
#include "disk.h"
#include "shim.h"

#include "store/store.h"

#include "../../testing.h"
#include "../temporary.h"

#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

#define SIGNALS 6
#define CALLS   1000 /* an opening has fewer */

/* In the order of their ids, as data/1 was written; see test_versions.c. */
static const char *const paths[SIGNALS] = {"v/constant", "v/decimal",    "v/float32",
                                           "v/raw",      "v/dictionary", "v/gaps"};

static char folder[128], image[128];

static void copy_store(void)
{
    char command[512];

    (void) snprintf(folder, sizeof folder, "%s/store", temporary);
    (void) snprintf(image, sizeof image, "%s/image", temporary);
    (void) snprintf(command, sizeof command, "rm -rf '%s'/* && cp -r '%s/1' '%s'", temporary, DATA,
                    folder);
    assert_int_equal(system(command), 0);
}

static int version_of(const char *store)
{
    sqlite3_stmt *statement;
    sqlite3 *database;
    char path[192];
    int version;

    (void) snprintf(path, sizeof path, "%s/catalogue.db", store);
    assert_int_equal(sqlite3_open_v2(path, &database, SQLITE_OPEN_READWRITE, NULL), SQLITE_OK);
    assert_int_equal(sqlite3_prepare_v2(database, "PRAGMA user_version", -1, &statement, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_step(statement), SQLITE_ROW);
    version = sqlite3_column_int(statement, 0);
    sqlite3_finalize(statement);
    sqlite3_close(database);
    return version;
}

static void check_names(davy_store *store)
{
    uint64_t checked, damaged;
    davy_signal_id id;

    for (davy_signal_id i = 0; i < SIGNALS; i++) {
        assert_ok(davy_store_find(store, paths[i], &id));
        assert_int_equal(id, i);
    }
    assert_ok(davy_store_verify(store, &checked, &damaged));
    assert_int_equal(damaged, 0);
}

/* Of one format or the other, read by a reader as it is, and finished by the next writer. */
static void check_store(const char *path)
{
    static const davy_store_options read_only = {.read_only = true};
    int version = version_of(path);
    davy_store *store;

    assert_true(version == 1 || version == 2);
    assert_ok(davy_store_open(path, &read_only, &store));
    check_names(store);
    davy_store_close(store);
    assert_int_equal(version_of(path), version);
    assert_ok(davy_store_open(path, NULL, &store));
    check_names(store);
    davy_store_close(store);
    assert_int_equal(version_of(path), 2);
}

/* Open until the machine goes off. @return false: it stayed on to the end */
static bool open_until(uint64_t calls, disk_model *disk)
{
    davy_store *store;
    bool is_off;

    shim_watch(folder);
    shim_listen(disk_hear, disk);
    shim_set_power(calls);
    if (davy_store_open(folder, NULL, &store) == DAVY_OK)
        davy_store_close(store);
    is_off = shim_is_off();
    shim_set_power(SHIM_POWER_ON);
    shim_listen(NULL, NULL);
    shim_watch(NULL);
    return is_off;
}

static bool stop_after(uint64_t calls)
{
    disk_model *disk;
    bool is_off;

    copy_store();
    disk = disk_create(folder);
    is_off = open_until(calls, disk);
    for (int chance = 0; chance < DISK_CHANCES; chance++) {
        char command[192];
        disk_cut cut = {.at = disk_now(disk), .chance = (disk_chance) chance, .seed = calls};

        (void) snprintf(command, sizeof command, "rm -rf '%s'", image);
        assert_int_equal(system(command), 0);
        assert_int_equal(mkdir(image, 0700), 0);
        disk_write_out(disk, &cut, image);
        check_store(image);
    }
    disk_destroy(disk);
    check_store(folder); /* as a kill leaves it */
    return is_off;
}

static void a_migration_can_be_killed_at_every_step(void **state)
{
    uint64_t calls = 0;

    (void) state;
    copy_store();
    assert_int_equal(version_of(folder), 1);
    while (calls < CALLS && stop_after(calls))
        calls++;
    print_message("# killed, and power cut three ways, before each of %llu calls\n",
                  (unsigned long long) calls);
    assert_true(calls > 20 && calls < CALLS);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(a_migration_can_be_killed_at_every_step, temporary_make,
                                        temporary_remove),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
