/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Files of rollups: used where they are current and nowhere else, whatever is wrong with them, and
 * what they answer once their samples are gone.
 */
#include "store/backup.h"
#include "store/private.h"
#include "store/rollup_make.h"
#include "store/store.h"

#include "../testing.h"
#include "temporary.h"

#include <glob.h>
#include <sqlite3.h>
#include <stdlib.h>
#include <sys/stat.h>

static davy_store *open_store(bool read_only)
{
    davy_store_options options = {.read_only = read_only};
    davy_store *store;

    assert_ok(davy_store_open(temporary, &options, &store));
    return store;
}

/*
 * One signal, a sample a second from a full hour on for two hours; value i % 100 / 10.
 */
#define HOUR_NS  (1767312000LL * DAVY_NS_PER_S) /* 2026-01-02T00:00:00Z */
#define SECONDS  7200
#define NEXT_DAY (HOUR_NS + 86400 * DAVY_NS_PER_S)

static davy_store *make_two_hours(void)
{
    static davy_sample samples[SECONDS];
    davy_store *store = open_store(false);
    davy_signal_id id;

    assert_ok(davy_store_signal(store, "a/b", NULL, &id));
    for (int i = 0; i < SECONDS; i++)
        samples[i] = (davy_sample){HOUR_NS + i * DAVY_NS_PER_S, (double) (i % 100) / 10, id, 0};
    assert_ok(davy_store_append(store, samples, SECONDS));
    assert_ok(davy_store_seal(store));
    assert_ok(davy_store_roll_up(store, NEXT_DAY));
    return store;
}

/* The one file that a pattern under the store names. */
static void find_file(const char *pattern, char path[256])
{
    char whole[256];
    glob_t found;

    (void) snprintf(whole, sizeof whole, "%s/days/%s", temporary, pattern);
    assert_int_equal(glob(whole, 0, NULL, &found), 0);
    assert_int_equal(found.gl_pathc, 1);
    (void) snprintf(path, 256, "%s", found.gl_pathv[0]);
    globfree(&found);
}

static void change(const char *pattern, const char *statement)
{
    char path[256];
    sqlite3 *database;

    find_file(pattern, path);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, statement, NULL, NULL, NULL), SQLITE_OK);
    sqlite3_close(database);
}

/* What the minutes of an hour have together. */
static uint64_t count_minutes(davy_store *store, int64_t from_ns, double *sum)
{
    davy_store_bucket buckets[60];
    uint64_t count = 0;

    *sum = 0;
    assert_ok(davy_store_summarise(store, 0, from_ns, from_ns + 3600 * DAVY_NS_PER_S,
                                   60 * DAVY_NS_PER_S, buckets, 60));
    for (size_t i = 0; i < 60; i++) {
        count += buckets[i].count;
        *sum += buckets[i].count > 0 ? buckets[i].sum : 0;
    }
    return count;
}

#define HOUR_SUM (36 * 495.0) /* 36 times 0 + 0.1 + ... + 9.9 */

static void summaries_need_no_samples_where_rollups_are_current(void **state)
{
    davy_store *store = make_two_hours();
    double sum;

    (void) state;
    davy_store_close(store);
    change("2026-01-02.db", "UPDATE blob SET bytes = x'00'; UPDATE chunk SET head = x'00'");
    store = open_store(false);
    assert_int_equal(count_minutes(store, HOUR_NS, &sum), 3600);
    assert_near(sum, HOUR_SUM, 1e-9);
    /* Half a second later each minute needs samples at its ends, and they are damaged. */
    assert_true(count_minutes(store, HOUR_NS + DAVY_NS_PER_S / 2, &sum) < 3600);
    davy_store_close(store);
}

static void rollups_that_lack_a_correction_are_not_used(void **state)
{
    davy_store *store = make_two_hours();
    const davy_sample correction = {HOUR_NS + 1800 * DAVY_NS_PER_S, 1000, 0, 0};
    double sum;

    (void) state;
    assert_ok(davy_store_append(store, &correction, 1)); /* in memory */
    assert_int_equal(count_minutes(store, HOUR_NS, &sum), 3600);
    assert_near(sum, HOUR_SUM + 1000, 1e-9);
    assert_ok(davy_store_seal(store));
    assert_int_equal(count_minutes(store, HOUR_NS, &sum), 3600);
    assert_near(sum, HOUR_SUM + 1000, 1e-9);
    assert_ok(davy_store_roll_up(store, NEXT_DAY));
    assert_int_equal(count_minutes(store, HOUR_NS, &sum), 3600);
    assert_near(sum, HOUR_SUM + 1000, 1e-9);
    davy_store_close(store);
}

/* By its own name: who looks for it has hundreds. */
static void expect_first_day_named(void *context, const davy_store_fault *fault)
{
    (void) context;
    assert_string_equal(fault->where, "days/2026-01-02.rollups.db");
}

/* Whatever happens to a file of rollups, samples answer, and the damage is told. */
static void damaged_rollups_are_told_and_not_served(void **state)
{
    static const char *const damages[] = {
        "UPDATE block SET bytes = CAST(substr(bytes, 1, 9) || x'2a' || substr(bytes, 11) AS BLOB)",
        "UPDATE block SET through = through + 1000",
        "UPDATE block SET bytes = x''",
        "DELETE FROM block WHERE id = 8",
        "DELETE FROM total",
    };

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(damages); i++) {
        davy_store *store = make_two_hours();
        uint64_t checked, damaged;
        double sum;

        davy_store_close(store);
        change("*.rollups.db", damages[i]);
        store = open_store(false);
        assert_int_equal(count_minutes(store, HOUR_NS, &sum), 3600);
        assert_near(sum, HOUR_SUM, 1e-9);
        assert_ok(
            davy_store_verify_faults(store, &checked, &damaged, expect_first_day_named, NULL));
        assert_true(damaged > 0);
        davy_store_close(store);
        assert_int_equal(temporary_remove(state), 0);
        assert_int_equal(temporary_make(state), 0);
    }
}

static void a_file_that_is_no_database_is_set_aside_and_made_anew(void **state)
{
    davy_store *store = make_two_hours();
    char path[256];
    double sum;
    FILE *file;

    (void) state;
    davy_store_close(store);
    find_file("*.rollups.db", path);
    file = fopen(path, "w");
    for (int i = 0; i < 5000; i++)
        (void) fputs("no database", file);
    assert_int_equal(fclose(file), 0);
    store = open_store(false);
    assert_int_equal(count_minutes(store, HOUR_NS, &sum), 3600);
    assert_ok(davy_store_roll_up(store, NEXT_DAY));
    find_file("*.rollups.db.damaged-*", path);
    davy_store_close(store);
    change("2026-01-02.db", "UPDATE blob SET bytes = x'00'");
    store = open_store(false);
    assert_ok(davy_store_roll_up(store, NEXT_DAY));
    assert_int_equal(count_minutes(store, HOUR_NS, &sum), 3600);
    davy_store_close(store);
}

/* Retention takes the only day file away. */
static void retire_file(davy_store *store)
{
    const davy_day_file file = {davy_day_of(HOUR_NS), 0};
    uint64_t bytes;

    assert_ok(davy_rollups_outlive(store, file));
    assert_ok(davy_rollups_note_gone(store, file));
    assert_ok(davy_days_remove(store->days, file, &bytes));
}

static void late_samples_fill_only_steps_that_rollups_have_none_of(void **state)
{
    const davy_sample late[] = {
        {HOUR_NS + 1800 * DAVY_NS_PER_S + 5, 1000, 0, 0}, /* a step that has ten */
        {HOUR_NS + SECONDS * DAVY_NS_PER_S, 7, 0, 0},     /* the first that has none */
    };
    davy_store *store = make_two_hours();
    davy_store_bucket bucket;
    double sum;

    (void) state;
    retire_file(store);
    for (int i = 0; i < 2; i++) { /* in memory, then sealed */
        assert_ok(davy_store_append(store, late, DAVY_ARRAY_LENGTH(late)));
        assert_int_equal(count_minutes(store, HOUR_NS, &sum), 3600);
        assert_near(sum, HOUR_SUM, 1e-9);
        assert_ok(
            davy_store_summarise(store, 0, HOUR_NS, NEXT_DAY, 86400 * DAVY_NS_PER_S, &bucket, 1));
        assert_int_equal(bucket.count, SECONDS + 1);
        assert_near(bucket.last, 7, 0);
        assert_ok(davy_store_seal(store));
        assert_ok(davy_store_roll_up(store, NEXT_DAY));
    }
    retire_file(store);
    assert_ok(davy_store_summarise(store, 0, HOUR_NS, NEXT_DAY, 86400 * DAVY_NS_PER_S, &bucket, 1));
    assert_int_equal(bucket.count, SECONDS + 1);
    assert_near(bucket.sum, 2 * HOUR_SUM + 7, 1e-9);
    davy_store_close(store);
}

/* As a person may copy a day to another to look at it. The later day's blocks have a higher
 * sequence than any chunk of the earlier one. */
static void rollups_under_the_name_of_another_day_answer_nothing(void **state)
{
    davy_sample next = {NEXT_DAY, 500, 0, 0};
    davy_store *store = make_two_hours();
    char from[256], to[256], command[640];
    double sum;

    (void) state;
    for (int i = 0; i < 60; i++, next.time_ns += 60 * DAVY_NS_PER_S)
        assert_ok(davy_store_append(store, &next, 1));
    assert_ok(davy_store_seal(store));
    assert_ok(davy_store_roll_up(store, NEXT_DAY + 86400 * DAVY_NS_PER_S));
    davy_store_close(store);
    find_file("2026-01-03.rollups.db", from);
    find_file("2026-01-02.rollups.db", to);
    (void) snprintf(command, sizeof command, "cp '%s' '%s'", from, to);
    assert_int_equal(system(command), 0);
    for (int read_only = 1; read_only >= 0; read_only--) {
        store = open_store(read_only);
        assert_int_equal(count_minutes(store, HOUR_NS, &sum), 3600);
        assert_near(sum, HOUR_SUM, 1e-9);
        if (!read_only)
            assert_ok(davy_store_roll_up(store, NEXT_DAY)); /* made anew */
        assert_int_equal(count_minutes(store, HOUR_NS, &sum), 3600);
        davy_store_close(store);
    }
    find_file("2026-01-02.rollups.db.damaged-*", from);
}

static void what_is_gone_is_found_by_its_hours(void **state)
{
    const davy_signal_id signal = 0;
    davy_store *store = make_two_hours();
    int64_t first_ns, last_ns;

    (void) state;
    retire_file(store);
    davy_store_close(store);
    store = open_store(true);
    assert_fails(davy_store_extent(store, &signal, 1, &first_ns, &last_ns), DAVY_ERR_NOT_FOUND,
                 "none of 1 signals");
    assert_ok(davy_store_summary_extent(store, &signal, 1, &first_ns, &last_ns));
    assert_true(first_ns == HOUR_NS && last_ns == HOUR_NS + SECONDS * DAVY_NS_PER_S - 1);
    davy_store_close(store);
}

/* Others are made anew from the copied samples. */
static void a_backup_has_the_rollups_that_answer_alone(void **state)
{
    davy_sample next = {NEXT_DAY, 5, 0, 0};
    davy_store *store = make_two_hours();
    davy_backup_report report;
    char copy[128], path[256], command[256];
    double sum;

    (void) state;
    assert_ok(davy_store_append(store, &next, 1));
    assert_ok(davy_store_seal(store));
    retire_file(store);
    assert_ok(davy_store_roll_up(store, NEXT_DAY + 10 * 86400 * DAVY_NS_PER_S));
    davy_store_close(store);
    (void) snprintf(copy, sizeof copy, "%s-copy", temporary);
    assert_ok(davy_backup_make(temporary, copy, &report));
    assert_int_equal(report.damaged, 0);
    (void) snprintf(path, sizeof path, "%s/days/2026-01-03.rollups.db", copy);
    assert_int_not_equal(access(path, F_OK), 0);
    assert_ok(davy_store_open(copy, NULL, &store));
    assert_int_equal(count_minutes(store, HOUR_NS, &sum), 3600);
    assert_near(sum, HOUR_SUM, 1e-9);
    davy_store_close(store);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", copy);
    assert_int_equal(system(command), 0);
}

/* Whoever made it ended before it had its tables, and nothing is in it. */
static void a_backup_passes_over_rollups_that_were_never_made(void **state)
{
    davy_backup_report report;
    char copy[128], path[256], command[256];
    sqlite3 *database = NULL;

    (void) state;
    davy_store_close(make_two_hours());
    (void) snprintf(path, sizeof path, "%s/days/2026-01-05.rollups.db", temporary);
    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, "PRAGMA journal_mode=WAL; VACUUM", NULL, NULL, NULL),
                     SQLITE_OK);
    assert_int_equal(sqlite3_close(database), SQLITE_OK);
    (void) snprintf(copy, sizeof copy, "%s-copy", temporary);
    assert_ok(davy_backup_make(temporary, copy, &report));
    assert_int_equal(report.damaged, 0);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", copy);
    assert_int_equal(system(command), 0);
}

static bool wants_no_more_than(void *context)
{
    int *times = context;

    return (*times)-- > 0;
}

/* Two hours of samples in memory are some runs; who waits for none, or for one, is not kept busy.
 */
static void what_nobody_waits_for_ends_soon(void **state)
{
    davy_store *store = make_two_hours();
    double values[DAVY_STORE_STATES_MAX];
    davy_store_state_step step;
    davy_store_bucket bucket;
    size_t states;
    int none = 0;
    const davy_wanted nobody = {wants_no_more_than, &none};

    (void) state;
    for (int patience = 0; patience < 2; patience++) {
        int times = patience;
        const davy_wanted wanted = {wants_no_more_than, &times};

        assert_fails(davy_store_summarise_wanted(store, 0, HOUR_NS + 1, NEXT_DAY,
                                                 NEXT_DAY - HOUR_NS, &bucket, 1, &wanted),
                     DAVY_ERR_TIMEOUT, "nobody waits");
        assert_int_equal(times, -1);
    }
    assert_fails(davy_store_states(store, 0, HOUR_NS + 1, NEXT_DAY, NEXT_DAY - HOUR_NS, values,
                                   &states, &step, 1, &nobody),
                 DAVY_ERR_TIMEOUT, "nobody waits");
    davy_store_close(store);
}

static void a_signal_with_many_values_has_no_states(void **state)
{
    davy_store *store = make_two_hours();
    double values[DAVY_STORE_STATES_MAX];
    davy_store_state_step step;
    size_t states;

    (void) state;
    assert_fails(davy_store_states(store, 0, HOUR_NS, NEXT_DAY, 86400 * DAVY_NS_PER_S, values,
                                   &states, &step, 1, NULL),
                 DAVY_ERR_UNSUPPORTED, "more than 8 different values");
    davy_store_close(store);
}

/* A pump that runs for 900 s and stands for 900 s, told every 7 s for two hours from HOUR_NS on. */
static davy_store *make_pump(void)
{
    davy_store *store = open_store(false);
    davy_signal_id id;

    assert_ok(davy_store_signal(store, "pump/runs", NULL, &id));
    for (int second = 0; second < SECONDS; second += 7) {
        const davy_sample sample = {HOUR_NS + second * DAVY_NS_PER_S, second / 900 % 2 == 0, id, 0};

        assert_ok(davy_store_append(store, &sample, 1));
    }
    assert_ok(davy_store_seal(store));
    assert_ok(davy_store_roll_up(store, NEXT_DAY));
    return store;
}

/* It changes with the first sample at or after each 900 s: at 0, 903, 1806, 2702, 3605, 4501, 5404
 * and 6300 s. So it ran 903 + 896 s of the first hour, and 5 s of it belong to what began before.
 */
static void check_pump(davy_store *store)
{
    davy_store_state_step hours[2];
    double values[DAVY_STORE_STATES_MAX];
    size_t states, runs;

    assert_ok(davy_store_states(store, 0, HOUR_NS, HOUR_NS + SECONDS * DAVY_NS_PER_S,
                                3600 * DAVY_NS_PER_S, values, &states, hours, 2, NULL));
    assert_int_equal(states, 2);
    runs = values[0] == 1 ? 0 : 1;
    assert_true(values[runs] == 1 && values[1 - runs] == 0);
    assert_int_equal(hours[0].held_ns[runs], (903 + 896) * DAVY_NS_PER_S);
    assert_int_equal(hours[0].held_ns[1 - runs], (903 + 898) * DAVY_NS_PER_S);
    assert_int_equal(hours[1].held_ns[runs], (896 + 896) * DAVY_NS_PER_S);
    assert_int_equal(hours[1].held_ns[1 - runs], (5 + 903 + 900) * DAVY_NS_PER_S);
}

/* Told once on 2 January at 22:00 and never again: from then on it runs, also in a range that
 * begins four days later, and not in one that begins too late to know; before it nothing is known.
 * A bad sample ends it. */
static void what_stands_was_told_before(void **state)
{
    const int64_t day_ns = 86400 * DAVY_NS_PER_S, told_ns = NEXT_DAY - 7200 * DAVY_NS_PER_S;
    const davy_sample bad = {NEXT_DAY + 2 * day_ns, NAN, 0, DAVY_QUALITY_BAD};
    davy_store *store = open_store(false);
    double values[DAVY_STORE_STATES_MAX];
    davy_store_state_step days[2];
    davy_signal_id id;
    size_t states;

    (void) state;
    assert_ok(davy_store_signal(store, "valve/open", NULL, &id));
    assert_ok(davy_store_append(store, &(davy_sample){told_ns, 1, id, 0}, 1));
    for (int sealed = 0; sealed < 2; sealed++) {
        assert_ok(davy_store_states(store, id, NEXT_DAY + 4 * day_ns, NEXT_DAY + 6 * day_ns, day_ns,
                                    values, &states, days, 2, NULL));
        assert_int_equal(states, 1);
        assert_true(values[0] == 1);
        assert_int_equal(days[0].held_ns[0], day_ns);
        assert_int_equal(days[1].held_ns[0], day_ns);
        assert_ok(davy_store_states(store, id, told_ns - day_ns, told_ns + day_ns, day_ns, values,
                                    &states, days, 2, NULL));
        assert_int_equal(days[0].held_ns[0], 0);
        assert_int_equal(days[1].held_ns[0], day_ns);
        assert_ok(davy_store_states(store, id, NEXT_DAY + (DAVY_STORE_STATES_DAYS + 1) * day_ns,
                                    NEXT_DAY + (DAVY_STORE_STATES_DAYS + 2) * day_ns, day_ns,
                                    values, &states, days, 1, NULL));
        assert_int_equal(states, 0);
        assert_ok(davy_store_seal(store));
        assert_ok(davy_store_roll_up(store, NEXT_DAY + 10 * day_ns));
    }
    assert_ok(davy_store_append(store, &bad, 1));
    assert_ok(davy_store_states(store, id, NEXT_DAY + 4 * day_ns, NEXT_DAY + 6 * day_ns, day_ns,
                                values, &states, days, 2, NULL));
    assert_int_equal(states, 0);
    davy_store_close(store);
}

/* It had 100 values in the hours before, 0 to 9.9, and the last stands: 7199 % 100 = 99. */
static void what_stands_may_be_one_of_many(void **state)
{
    davy_store *store = make_two_hours();
    double values[DAVY_STORE_STATES_MAX];
    davy_store_state_step step;
    size_t states;

    (void) state;
    assert_ok(davy_store_states(store, 0, HOUR_NS + SECONDS * DAVY_NS_PER_S, NEXT_DAY,
                                NEXT_DAY - HOUR_NS - SECONDS * DAVY_NS_PER_S, values, &states,
                                &step, 1, NULL));
    assert_int_equal(states, 1);
    assert_near(values[0], 9.9, 1e-12);
    assert_true(step.held_ns[0] == NEXT_DAY - HOUR_NS - SECONDS * DAVY_NS_PER_S);
    davy_store_close(store);
}

static void times_in_state_outlive_their_samples(void **state)
{
    davy_store *store = make_pump();

    (void) state;
    check_pump(store);
    retire_file(store);
    check_pump(store);
    davy_store_close(store);
    store = open_store(true);
    check_pump(store);
    davy_store_close(store);
}

static sqlite3_int64 bytes_of_blocks(const char *path)
{
    sqlite3 *database;
    sqlite3_stmt *select;
    sqlite3_int64 bytes;

    assert_int_equal(sqlite3_open(path, &database), SQLITE_OK);
    assert_int_equal(
        sqlite3_prepare_v2(database, "SELECT sum(length(bytes)) FROM block", -1, &select, NULL),
        SQLITE_OK);
    assert_int_equal(sqlite3_step(select), SQLITE_ROW);
    bytes = sqlite3_column_int64(select, 0);
    sqlite3_finalize(select);
    sqlite3_close(database);
    return bytes;
}

/* A block of four hours at 1 Hz is about half a page of 8 KB, of which each would hold one: then
 * half of the file is nothing. Small pages are filled to the end by a block that needs several
 * (sqlite.org/fileformat2.html, section 1.6). */
static void a_file_is_little_more_than_its_blocks(void **state)
{
    enum { DAY = 86400 };
    static davy_sample samples[DAY];
    davy_store *store = open_store(false);
    uint64_t bits = 1;
    davy_signal_id id;
    struct stat about;
    char path[256];

    (void) state;
    assert_ok(davy_store_signal(store, "a/b", NULL, &id));
    for (int i = 0; i < DAY; i++) {
        bits = bits * 6364136223846793005U + 1442695040888963407U; /* MMIX, Knuth */
        samples[i] = (davy_sample){HOUR_NS + i * DAVY_NS_PER_S, (double) (bits >> 60) / 100, id, 0};
    }
    assert_ok(davy_store_append(store, samples, DAY));
    assert_ok(davy_store_seal(store));
    assert_ok(davy_store_roll_up(store, NEXT_DAY));
    davy_store_close(store);
    find_file("*.rollups.db", path);
    assert_int_equal(stat(path, &about), 0);
    assert_true(about.st_size < bytes_of_blocks(path) * 5 / 4);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, temporary_make, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(a_file_is_little_more_than_its_blocks),
        TEST(summaries_need_no_samples_where_rollups_are_current),
        TEST(rollups_that_lack_a_correction_are_not_used),
        TEST(damaged_rollups_are_told_and_not_served),
        TEST(a_file_that_is_no_database_is_set_aside_and_made_anew),
        TEST(late_samples_fill_only_steps_that_rollups_have_none_of),
        TEST(rollups_under_the_name_of_another_day_answer_nothing),
        TEST(what_is_gone_is_found_by_its_hours),
        TEST(a_backup_has_the_rollups_that_answer_alone),
        TEST(a_backup_passes_over_rollups_that_were_never_made),
        TEST(what_nobody_waits_for_ends_soon),
        TEST(a_signal_with_many_values_has_no_states),
        TEST(what_stands_was_told_before),
        TEST(what_stands_may_be_one_of_many),
        TEST(times_in_state_outlive_their_samples),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
