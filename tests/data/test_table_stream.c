/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Pieces of a table: the same rows as the whole one, in flat memory.
 */
#include "data/table_stream.h"

#include "../one_file.h"
#include "../testing.h"
#include "core/buffer.h"
#include "core/file.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 20000 };

static const char *const files[] = {path, path};

/* Three units whose rows are mixed, with gaps. */
static void write_units(void)
{
    davy_buffer text = {0};

    davy_buffer_append_text(&text, "unit,t,x,y,word\n");
    for (int i = 0; i < ROWS; i++) {
        davy_buffer_printf(&text, "u%d,%d,%d.25,", i * 7 % 3, i, i);
        davy_buffer_printf(&text, i % 5 ? "%d,w%d\n" : ",\n", i % 11, i % 4);
    }
    assert_ok(davy_file_replace(path, text.bytes, text.length, 0600));
    davy_buffer_clear(&text);
}

/* NULL at the end. */
static const davy_table *next(davy_table_stream *stream)
{
    const davy_table *chunk = NULL;

    assert_ok(davy_table_stream_next(stream, &chunk));
    return chunk;
}

/* The row of the whole table that was read as row `place`. */
static size_t *rows_by_place(const davy_table *table)
{
    size_t *rows = calloc(table->rows, sizeof *rows);

    assert_non_null(rows);
    for (size_t row = 0; row < table->rows; row++)
        rows[table->places[row]] = row;
    return rows;
}

static void expect_same(const davy_table *chunk, const davy_table *whole, const size_t *rows)
{
    for (size_t i = 0; i < chunk->rows; i++) {
        const size_t row = rows[chunk->places[i]];

        assert_int_equal(chunk->runs[i], whole->runs[row]);
        assert_string_equal(chunk->run_names[chunk->runs[i]], whole->run_names[whole->runs[row]]);
        assert_int_equal(chunk->times[i], whole->times[row]);
        for (size_t c = 0; c < chunk->columns; c++) {
            const double a = davy_table_at(chunk, i, c), b = davy_table_at(whole, row, c);

            assert_true(a == b || (isnan(a) && isnan(b)));
        }
    }
}

static void gives_the_rows_of_the_whole_table(void **state)
{
    static const char *const columns[] = {"y", "word", "x"};
    char w0[] = "w0", w1[] = "w1", w2[] = "w2", w3[] = "w3", *words[] = {w0, w1, w2, w3};
    const davy_levels levels[] = {{NULL, 0}, {words, 4}, {NULL, 0}};
    const davy_table_csv_options options = {.columns = columns,
                                            .column_count = 3,
                                            .levels = levels,
                                            .time_column = "t",
                                            .group_column = "unit"};
    davy_table_stream *stream = NULL;
    davy_table whole = {0};
    const davy_table *chunk;
    size_t seen = 0, pieces = 0, *rows;

    (void) state;
    write_units();
    assert_ok(davy_table_read_csv(files, 2, &options, &whole));
    assert_int_equal(whole.rows, 2 * ROWS);
    assert_int_equal(whole.run_count, 6); /* a file has groups of its own */
    rows = rows_by_place(&whole);
    assert_ok(davy_table_stream_open(files, 2, &options, &stream));
    while ((chunk = next(stream))) {
        assert_int_equal(chunk->places[0], seen);
        expect_same(chunk, &whole, rows);
        seen += chunk->rows;
        pieces++;
    }
    assert_int_equal(seen, 2 * ROWS);
    assert_true(pieces > 4);
    assert_int_equal(davy_table_stream_facts(stream)->file_count, 2);
    davy_table_stream_close(stream);
    davy_table_clear(&whole);
    free(rows);
}

static void makes_times_of_a_period_for_every_run(void **state)
{
    const davy_table_csv_options options = {.group_column = "unit", .period_ns = 1000};
    davy_table_stream *stream = NULL;
    int64_t last[3] = {0};
    const davy_table *chunk;

    (void) state;
    write_units();
    assert_ok(davy_table_stream_open(files, 1, &options, &stream));
    while ((chunk = next(stream)))
        for (size_t i = 0; i < chunk->rows; i++) {
            assert_int_equal(chunk->times[i], last[chunk->runs[i]] + 1000);
            last[chunk->runs[i]] = chunk->times[i];
        }
    davy_table_stream_close(stream);
}

static void a_cell_that_does_not_fit_is_told_where_it_comes(void **state)
{
    const davy_table_csv_options options = {.categories = false};
    davy_table_stream *stream = NULL;
    davy_buffer text = {0};
    const davy_table *chunk;
    davy_status status = DAVY_OK;

    (void) state;
    davy_buffer_append_text(&text, "x\n");
    for (int i = 0; i < 9000; i++)
        davy_buffer_printf(&text, "%s\n", i == 8000 ? "Bad" : "1");
    assert_ok(davy_file_replace(path, text.bytes, text.length, 0600));
    davy_buffer_clear(&text);
    assert_ok(davy_table_stream_open(files, 1, &options, &stream));
    for (int i = 0; i < 3 && status == DAVY_OK; i++)
        status = davy_table_stream_next(stream, &chunk);
    assert_int_equal(status, DAVY_ERR_INVALID);
    assert_non_null(strstr(davy_error(), "line 8002: column 'x': 'Bad' is no number"));
    davy_table_stream_close(stream);
}

static void refuses_a_table_beyond_the_room_before_it_is_read(void **state)
{
    davy_table_csv_options options = {.room_max = 100000};
    davy_table table = {0};

    (void) state;
    write_units();
    assert_fails(davy_table_read_csv(files, 1, &options, &table), DAVY_ERR_FULL,
                 "rows of 3 columns take");
    assert_non_null(strstr(davy_error(), "name fewer columns with --columns"));
    options.room_max = 10000000;
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    davy_table_clear(&table);
}

static void keep_note(void *context, const char *sentence)
{
    (void) snprintf(context, 512, "%s", sentence);
}

static void tells_what_it_found(void **state)
{
    char note[512] = "";
    const davy_table_csv_options options = {
        .categories = true, .note = keep_note, .note_context = note};
    davy_table table = {0};
    const char *text = "word,x,when\na,1,2026-01-01\nb,2,2026-01-02\n";

    (void) state;
    assert_ok(davy_file_replace(path, text, strlen(text), 0600));
    assert_ok(davy_table_read_csv(files, 1, &options, &table));
    assert_string_equal(note, "categories with their words: word (2); left out 'when': times as "
                              "year-month-day");
    davy_table_clear(&table);
}

/* What was found before the one that is not there is given back once. */
static void names_a_file_that_is_not_there(void **state)
{
    const char *const patterns[] = {path, path, "no-such-file.csv"};
    const davy_table_csv_options options = {0};
    davy_table table = {0};

    (void) state;
    assert_ok(davy_file_replace(path, "a,b\n1,2\n", 8, 0600));
    assert_fails(davy_table_read_csv(patterns, 3, &options, &table), DAVY_ERR_NOT_FOUND,
                 "no file 'no-such-file.csv'");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(gives_the_rows_of_the_whole_table),
        cmocka_unit_test(makes_times_of_a_period_for_every_run),
        cmocka_unit_test(a_cell_that_does_not_fit_is_told_where_it_comes),
        cmocka_unit_test(refuses_a_table_beyond_the_room_before_it_is_read),
        cmocka_unit_test(tells_what_it_found),
        cmocka_unit_test(names_a_file_that_is_not_there),
    };

    return cmocka_run_group_tests(tests, make_path, remove_path);
}
