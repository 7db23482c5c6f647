/* SPDX-License-Identifier: Apache-2.0 */
#include "store/records.h"

#include "../testing.h"
#include "temporary.h"

#include <sqlite3.h>
#include <unistd.h>

static char file[128];

static int make_file(void **state)
{
    int answer = temporary_make(state);

    (void) snprintf(file, sizeof file, "%s/records.db", temporary);
    return answer;
}

static davy_records *open_records(void)
{
    davy_records *records;

    assert_ok(davy_records_open(file, &records));
    return records;
}

static void append(davy_records *records, davy_record_kind kind, const char *subject, int count)
{
    for (int i = 0; i < count; i++) {
        davy_record record = {.time_ns = i, .kind = kind, .subject = subject, .body = "{}"};

        assert_ok(davy_records_append(records, &record, 1));
    }
}

static void run_sql(const char *sql, int expected)
{
    sqlite3 *database;

    assert_int_equal(sqlite3_open(file, &database), SQLITE_OK);
    assert_int_equal(sqlite3_exec(database, sql, NULL, NULL, NULL), expected);
    sqlite3_close(database);
}

struct seen {
    size_t count;
    uint64_t last;
    char subject[32], body[32];
};

static davy_status see(void *context, const davy_record *record)
{
    struct seen *seen = context;

    assert_true(record->sequence > seen->last);
    seen->count++;
    seen->last = record->sequence;
    (void) snprintf(seen->subject, sizeof seen->subject, "%s", record->subject);
    (void) snprintf(seen->body, sizeof seen->body, "%s", record->body);
    return DAVY_OK;
}

static void records_come_back_as_they_were_after_a_restart(void **state)
{
    davy_records *records = open_records();
    davy_record items[] = {
        {.time_ns = 5, .kind = DAVY_RECORD_ALARM, .subject = "T-1/hi", .body = "{\"a\": 1}"},
        {.time_ns = 6, .kind = DAVY_RECORD_AUDIT, .subject = "anna", .body = "{}"},
    };
    struct seen seen = {0};
    uint64_t checked;

    (void) state;
    assert_ok(davy_records_append(records, items, 2));
    assert_int_equal(items[0].sequence, 1);
    assert_int_equal(items[1].sequence, 2);
    davy_records_close(records);
    records = open_records();
    assert_ok(davy_records_scan(records, DAVY_RECORD_ALARM, NULL, 0, 0, see, &seen));
    assert_int_equal(seen.count, 1);
    assert_string_equal(seen.subject, "T-1/hi");
    assert_string_equal(seen.body, "{\"a\": 1}");
    append(records, DAVY_RECORD_ALARM, "x", 1);
    assert_ok(davy_records_verify(records, &checked));
    assert_int_equal(checked, 3);
    davy_records_close(records);
}

static void a_scan_can_be_narrowed(void **state)
{
    davy_records *records = open_records();
    struct seen seen = {0};

    (void) state;
    append(records, DAVY_RECORD_ALARM, "a", 300); /* more than a page */
    append(records, DAVY_RECORD_AUDIT, "b", 300);
    append(records, DAVY_RECORD_ALARM, "b", 10);
    assert_ok(davy_records_scan(records, 0, NULL, 0, 0, see, &seen));
    assert_int_equal(seen.count, 610);
    seen = (struct seen){0};
    assert_ok(davy_records_scan(records, 0, "b", 0, 0, see, &seen));
    assert_int_equal(seen.count, 310);
    seen = (struct seen){0};
    assert_ok(davy_records_scan(records, DAVY_RECORD_ALARM, "b", 604, 3, see, &seen));
    assert_int_equal(seen.count, 3);
    assert_int_equal(seen.last, 607);
    seen = (struct seen){0};
    assert_ok(davy_records_scan(records, 0, NULL, 0, 256, see, &seen));
    assert_int_equal(seen.count, 256);
    davy_records_close(records);
}

struct echo {
    davy_records *records;
    int left;
};

static davy_status append_once_more(void *context, const davy_record *record)
{
    struct echo *echo = context;

    (void) record;
    if (echo->left-- > 0)
        append(echo->records, DAVY_RECORD_FINDING, "echo", 1);
    return DAVY_OK;
}

static void a_visitor_may_append(void **state)
{
    davy_records *records = open_records();
    struct echo echo = {records, 3};
    uint64_t checked;

    (void) state;
    append(records, DAVY_RECORD_ALARM, "a", 2);
    assert_ok(davy_records_scan(records, 0, NULL, 0, 0, append_once_more, &echo));
    assert_ok(davy_records_verify(records, &checked));
    assert_int_equal(checked, 4); /* the page of two was read before the visits */
    davy_records_close(records);
}

static void records_are_never_changed_or_removed(void **state)
{
    davy_records *records = open_records();

    (void) state;
    append(records, DAVY_RECORD_ALARM, "a", 3);
    davy_records_close(records);
    run_sql("UPDATE record SET body = 'x' WHERE sequence = 2", SQLITE_CONSTRAINT);
    run_sql("DELETE FROM record WHERE sequence = 2", SQLITE_CONSTRAINT);
}

static void assert_broken_by(const char *sql, const char *words)
{
    davy_records *records = open_records();
    uint64_t checked;

    append(records, DAVY_RECORD_ALARM, "a", 5);
    davy_records_close(records);
    run_sql("DROP TRIGGER record_update; DROP TRIGGER record_delete", SQLITE_OK);
    run_sql(sql, SQLITE_OK);
    records = open_records();
    assert_fails(davy_records_verify(records, &checked), DAVY_ERR_CORRUPT, words);
    davy_records_close(records);
}

static void a_changed_body_breaks_the_chain(void **state)
{
    (void) state;
    assert_broken_by("UPDATE record SET body = '{ }' WHERE sequence = 3", "record 3");
}

static void a_changed_time_breaks_the_chain(void **state)
{
    (void) state;
    assert_broken_by("UPDATE record SET time_ns = 77 WHERE sequence = 5", "record 5");
}

static void a_missing_record_breaks_the_chain(void **state)
{
    (void) state;
    assert_broken_by("DELETE FROM record WHERE sequence = 2", "record 3");
}

/* The chain of what is left is whole: only "FILE-head" knows that there was more. */
static void records_cut_off_the_end_are_missed(void **state)
{
    (void) state;
    assert_broken_by("DELETE FROM record WHERE sequence > 3", "records up to 5 were once there");
}

static void a_reader_misses_them_before_any_writer_came(void **state)
{
    davy_records *records = open_records();
    uint64_t checked;

    (void) state;
    append(records, DAVY_RECORD_ALARM, "a", 5);
    davy_records_close(records);
    run_sql("DROP TRIGGER record_delete; DELETE FROM record WHERE sequence = 5", SQLITE_OK);
    assert_ok(davy_records_open_read_only(file, &records));
    assert_fails(davy_records_verify(records, &checked), DAVY_ERR_CORRUPT,
                 "ends with record 4 and had reached 5");
    davy_records_close(records);
}

/* Whoever cuts the end and has it grow again is found too, and the evidence outlives restarts. */
static void the_evidence_stays_until_a_person_removes_it(void **state)
{
    char broken[160];
    davy_records *records = open_records();
    uint64_t checked;

    (void) state;
    append(records, DAVY_RECORD_ALARM, "a", 5);
    davy_records_close(records);
    run_sql("DROP TRIGGER record_delete; DELETE FROM record WHERE sequence = 5", SQLITE_OK);
    records = open_records();
    assert_true(davy_records_are_cut(records));
    append(records, DAVY_RECORD_ALARM, "b", 3);
    davy_records_close(records);
    records = open_records();
    assert_true(davy_records_are_cut(records));
    assert_fails(davy_records_verify(records, &checked), DAVY_ERR_CORRUPT, "head.broken");
    assert_int_equal(checked, 7);
    (void) snprintf(broken, sizeof broken, "%s-head.broken", file);
    assert_int_equal(unlink(broken), 0);
    assert_ok(davy_records_verify(records, &checked));
    davy_records_close(records);
}

static void write_head(const char *text)
{
    char path[160];
    FILE *head;

    (void) snprintf(path, sizeof path, "%s-head", file);
    head = fopen(path, "w");
    assert_non_null(head);
    assert_true(fputs(text, head) >= 0);
    assert_int_equal(fclose(head), 0);
}

/* As a power cut leaves it: the records are synced, the head is not. */
static void a_head_that_lags_accuses_nobody(void **state)
{
    static const char none[] = "00000000000000000000 "
                               "0000000000000000000000000000000000000000000000000000000000000000\n";
    davy_records *records = open_records();
    uint64_t checked;

    (void) state;
    append(records, DAVY_RECORD_ALARM, "a", 2);
    davy_records_close(records);
    write_head(none);
    records = open_records();
    assert_false(davy_records_are_cut(records));
    assert_ok(davy_records_verify(records, &checked));
    davy_records_close(records);
}

/* Whoever takes away the end and what vouches for it is found: it was synced when it was made. */
static void a_head_that_is_missing_or_unreadable_is_told(void **state)
{
    static const char *const heads[] = {NULL, "", "00000000000000000005 zz\n", "garbage"};
    char path[160], broken[160];

    (void) state;
    (void) snprintf(path, sizeof path, "%s-head", file);
    (void) snprintf(broken, sizeof broken, "%s-head.broken", file);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(heads); i++) {
        davy_records *records = open_records();
        uint64_t checked;

        append(records, DAVY_RECORD_ALARM, "a", 2);
        davy_records_close(records);
        if (heads[i])
            write_head(heads[i]);
        else
            assert_int_equal(unlink(path), 0);
        assert_ok(davy_records_open_read_only(file, &records));
        assert_fails(davy_records_verify(records, &checked), DAVY_ERR_CORRUPT,
                     "nothing vouches for its end");
        davy_records_close(records);

        records = open_records();
        assert_true(davy_records_are_cut(records));
        append(records, DAVY_RECORD_ALARM, "b", 1);
        assert_fails(davy_records_verify(records, &checked), DAVY_ERR_CORRUPT,
                     "was missing or unreadable at a start");
        assert_int_equal(unlink(broken), 0);
        assert_ok(davy_records_verify(records, &checked));
        davy_records_close(records);
    }
}

static void a_reader_sees_what_the_writer_appends_and_may_not_write(void **state)
{
    davy_records *records = open_records(), *reader;
    davy_record record = {.kind = DAVY_RECORD_AUDIT, .subject = "a", .body = "{}"};
    struct seen seen = {0};

    (void) state;
    assert_ok(davy_records_open_read_only(file, &reader));
    append(records, DAVY_RECORD_AUDIT, "a", 2);
    assert_ok(davy_records_scan(reader, 0, NULL, 0, 0, see, &seen));
    assert_int_equal(seen.count, 2);
    assert_fails(davy_records_append(reader, &record, 1), DAVY_ERR_DENIED, "reading only");
    davy_records_close(reader);
    davy_records_close(records);
}

/* Two connections stand for two processes: the chain goes on from what is in the file. */
static void two_writers_share_one_chain(void **state)
{
    davy_records *one = open_records(), *two = open_records();
    uint64_t checked;

    (void) state;
    for (int i = 0; i < 5; i++) {
        append(one, DAVY_RECORD_AUDIT, "one", 1);
        append(two, DAVY_RECORD_AUDIT, "two", 1);
    }
    assert_ok(davy_records_verify(two, &checked));
    assert_int_equal(checked, 10);
    davy_records_close(one);
    davy_records_close(two);
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, make_file, temporary_remove)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(records_come_back_as_they_were_after_a_restart),
        TEST(a_scan_can_be_narrowed),
        TEST(a_visitor_may_append),
        TEST(records_are_never_changed_or_removed),
        TEST(a_changed_body_breaks_the_chain),
        TEST(a_changed_time_breaks_the_chain),
        TEST(a_missing_record_breaks_the_chain),
        TEST(records_cut_off_the_end_are_missed),
        TEST(a_reader_misses_them_before_any_writer_came),
        TEST(the_evidence_stays_until_a_person_removes_it),
        TEST(a_head_that_lags_accuses_nobody),
        TEST(a_head_that_is_missing_or_unreadable_is_told),
        TEST(a_reader_sees_what_the_writer_appends_and_may_not_write),
        TEST(two_writers_share_one_chain),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
