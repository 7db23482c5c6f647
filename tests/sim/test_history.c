/* SPDX-License-Identifier: Apache-2.0 */
#include "history.h"

#include "../testing.h"
#include "core/csv.h"
#include "core/file.h"
#include "core/timestamp.h"

#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define END 1760000000 /* 2025-10-09T08:53:20Z */

static char folder[] = "/tmp/davy-test-history-XXXXXX";

/* Write a history and read its first file back. */
static void write_history(uint64_t seed, int64_t length_s, int64_t period_s, const char *name,
                          davy_buffer *text)
{
    static davy_sim sim;
    davy_sim_history_options options = {
        .folder = folder, .end_s = END, .length_s = length_s, .period_s = period_s};
    char path[256];

    davy_sim_init(&sim, seed, END - length_s, (davy_sim_schedule){0});
    assert_ok(davy_sim_history_write(&sim, &options));
    davy_sim_clear(&sim);
    (void) snprintf(path, sizeof path, "%s/%s", folder, name);
    assert_ok(davy_file_read(path, 64 << 20, text));
    (void) unlink(path);
}

static void the_same_seed_gives_the_same_bytes(void **state)
{
    davy_buffer first = {0}, second = {0}, other = {0};

    (void) state;
    write_history(1, 3600, 1, "plant-20251009T075321Z.csv", &first);
    write_history(1, 3600, 1, "plant-20251009T075321Z.csv", &second);
    write_history(2, 3600, 1, "plant-20251009T075321Z.csv", &other);
    assert_int_equal(first.length, second.length);
    assert_memory_equal(first.bytes, second.bytes, first.length);
    assert_true(other.length != first.length ||
                memcmp(other.bytes, first.bytes, first.length) != 0);
    davy_buffer_clear(&first);
    davy_buffer_clear(&second);
    davy_buffer_clear(&other);
}

/* The last 20 characters of the time of the last row. */
static void assert_rows(const davy_buffer *text, size_t rows, const char *last)
{
    size_t lines = 0;
    const char *row = NULL;

    for (size_t i = 0; i < text->length; i++)
        if (text->bytes[i] == '\n' && ++lines <= rows)
            row = text->bytes + i + 1;
    assert_int_equal(lines, rows + 1);
    assert_memory_equal(row, last, strlen(last));
}

static void the_last_row_stands_at_the_end(void **state)
{
    davy_buffer text = {0};

    (void) state;
    write_history(1, 600, 1, "plant-20251009T084321Z.csv", &text);
    assert_rows(&text, 600, "2025-10-09T08:53:20Z,");
    davy_buffer_reset(&text);
    write_history(1, 600, 60, "plant-20251009T084321Z.csv", &text);
    assert_rows(&text, 10, "2025-10-09T08:53:20Z,");
    davy_buffer_clear(&text);
}

/* Every number of a row is the reading of its transmitter. */
static void rows_hold_the_readings(void **state)
{
    static davy_sim sim;
    davy_sim_history_options options = {
        .folder = folder, .end_s = END, .length_s = 100, .period_s = 1};
    char path[256], signal[DAVY_SIM_PATH_MAX];
    davy_csv *csv;
    const char *const *fields;
    size_t columns;

    (void) state;
    davy_sim_init(&sim, 1, END - 100, (davy_sim_schedule){0});
    assert_ok(davy_sim_history_write(&sim, &options));
    davy_sim_clear(&sim);
    (void) snprintf(path, sizeof path, "%s/plant-20251009T085141Z.csv", folder);
    assert_ok(davy_csv_open(path, &csv));
    (void) davy_csv_header(csv, &columns);
    assert_int_equal(columns, 1 + DAVY_SIM_SIGNALS);
    davy_sim_signal_path(DAVY_SIM_P301_CURRENT, signal);
    assert_string_equal(davy_csv_header(csv, &columns)[1 + DAVY_SIM_P301_CURRENT], signal);
    davy_sim_init(&sim, 1, END - 100, (davy_sim_schedule){0});
    for (int row = 0; row < 100; row++) {
        int64_t time_ns;

        assert_ok(davy_sim_step(&sim));
        assert_ok(davy_csv_next(csv, &fields));
        assert_ok(davy_timestamp_parse(fields[0], &time_ns));
        assert_int_equal(time_ns / 1000000000, sim.plant.time_s);
        for (size_t i = 0; i < DAVY_SIM_SIGNALS; i++)
            assert_near(strtod(fields[1 + i], NULL), sim.instruments.readings[i], 0.0);
    }
    davy_csv_close(csv);
    davy_sim_clear(&sim);
    (void) unlink(path);
}

static void a_folder_that_cannot_be_is_told(void **state)
{
    static davy_sim sim;
    davy_sim_history_options options = {
        .folder = "/dev/null/history", .end_s = END, .length_s = 10, .period_s = 1};

    (void) state;
    davy_sim_init(&sim, 1, END - 10, (davy_sim_schedule){0});
    assert_fails(davy_sim_history_write(&sim, &options), DAVY_ERR_IO, "/dev/null/history");
    davy_sim_clear(&sim);
}

static void truth_tells_faults_that_ended_and_those_that_did_not(void **state)
{
    davy_sim_truth truth = {0};
    davy_buffer text = {0};
    char path[256];

    (void) state;
    (void) snprintf(path, sizeof path, "%s/truth.csv", folder);
    assert_ok(davy_sim_truth_begin(&truth, 0, END));
    davy_sim_truth_end(&truth, 0, END + 60);
    assert_ok(davy_sim_truth_begin(&truth, 1, END + 90));
    assert_ok(davy_sim_truth_write(&truth, path));
    assert_ok(davy_file_read(path, 1 << 20, &text));
    assert_string_equal(text.bytes, "time_start,time_end,fault,asset,signals\n"
                                    "2025-10-09T08:53:20Z,2025-10-09T08:54:20Z,tank-leak,T-101,"
                                    "T-101/level_rate T-101/outflow T-101/inflow\n"
                                    "2025-10-09T08:54:50Z,,sticking-valve,V-401,"
                                    "V-401/position V-401/command V-401/flow\n");
    davy_buffer_clear(&text);
    davy_sim_truth_clear(&truth);
    (void) unlink(path);
}

static int make_folder(void **state)
{
    (void) state;
    return mkdtemp(folder) ? 0 : -1;
}

static int remove_folder(void **state)
{
    (void) state;
    return rmdir(folder);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(the_same_seed_gives_the_same_bytes),
        cmocka_unit_test(the_last_row_stands_at_the_end),
        cmocka_unit_test(rows_hold_the_readings),
        cmocka_unit_test(a_folder_that_cannot_be_is_told),
        cmocka_unit_test(truth_tells_faults_that_ended_and_those_that_did_not),
    };

    return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
