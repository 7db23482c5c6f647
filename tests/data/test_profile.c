/* SPDX-License-Identifier: Apache-2.0 */
#include "../testing.h"

#include "data/clean_report.h"
#include "data/profile_page.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROWS   240
#define SECOND ((int64_t) 1000000000)

enum { WAVE, COUNT, SAME, CODE, LEVELS, CONSTANT, SWITCH, EMPTY, SPARSE, COLUMNS };

/* A row each second; what the columns hold, their names say. */
static davy_table make(void)
{
    static const char *const names[COLUMNS] = {"wave",  "count",       "same",  "code",  "levels",
                                               "<b>&c", "pump \"on\"", "empty", "sparse"};
    davy_table table = {.rows = ROWS, .columns = COLUMNS, .run_count = 1};

    table.names = calloc(COLUMNS, sizeof *table.names);
    table.values = calloc((size_t) COLUMNS * ROWS, sizeof *table.values);
    table.times = calloc(ROWS, sizeof *table.times);
    table.runs = calloc(ROWS, sizeof *table.runs);
    table.run_names = calloc(1, sizeof *table.run_names);
    table.run_names[0] = strdup("run");
    for (size_t c = 0; c < COLUMNS; c++)
        table.names[c] = strdup(names[c]);
    for (size_t row = 0; row < ROWS; row++) {
        const double wave = sin((double) row / 20);
        const double values[COLUMNS] = {
            wave, (double) row + 1, wave, row % 50 == 9 ? -999 : 20 + wave, (double) (row / 80),
            4,    row % 7 < 3,      NAN,  row % 3 == 0 ? wave * 2 : NAN};

        table.times[row] = (int64_t) row * SECOND;
        for (size_t c = 0; c < COLUMNS; c++)
            table.values[c * ROWS + row] = values[c];
    }
    table.values[100] = 40; /* of the wave: a spike */
    table.values[2 * ROWS + 100] = 40;
    return table;
}

static davy_profile look(const davy_table *table, const davy_clean_range *ranges)
{
    const davy_quality_report ordered = {0};
    davy_profile profile;

    assert_ok(davy_profile_make(table, &ordered, ranges, &profile));
    return profile;
}

static void tells_what_each_column_holds(void **state)
{
    static const davy_column_shape types[COLUMNS] = {
        DAVY_SHAPE_NUMBER, DAVY_SHAPE_WHOLE, DAVY_SHAPE_NUMBER,
        DAVY_SHAPE_NUMBER, DAVY_SHAPE_STEPS, DAVY_SHAPE_CONSTANT,
        DAVY_SHAPE_SWITCH, DAVY_SHAPE_EMPTY, DAVY_SHAPE_NUMBER};
    static const unsigned notes[COLUMNS] = {
        0, DAVY_NOTE_CLOCK, DAVY_NOTE_SAME,  DAVY_NOTE_CODE, 0, DAVY_NOTE_CONSTANT,
        0, DAVY_NOTE_EMPTY, DAVY_NOTE_SPARSE};
    davy_table table = make();
    davy_profile profile = look(&table, NULL);

    (void) state;
    for (size_t c = 0; c < COLUMNS; c++) {
        assert_int_equal(profile.columns[c].type, types[c]);
        assert_int_equal(profile.columns[c].notes, notes[c]);
    }
    assert_int_equal(profile.columns[SAME].same, WAVE);
    assert_near(profile.columns[CODE].code, -999, 0);
    assert_int_equal(profile.columns[CODE].code_rows, 5); /* rows 9, 59, 109, 159, 209 */
    assert_int_equal(profile.columns[SPARSE].present, 80);
    assert_int_equal(profile.columns[SPARSE].missing, 160);
    assert_true(profile.columns[SPARSE].period_ns == 3 * SECOND);
    assert_true(profile.period_ns == SECOND && profile.last_ns == 239 * SECOND);
    assert_int_equal(profile.columns[WAVE].spikes, 1);
    assert_int_equal(profile.found.missing, ROWS + 160);
    davy_profile_clear(&profile);
    davy_table_clear(&table);
}

/* By hand for 1 .. 240: mean 120.5, variance n (n + 1) / 12 = 4820; quantiles as numpy's. */
static void measures_as_textbooks_do(void **state)
{
    davy_table table = make();
    davy_profile profile = look(&table, NULL);
    const davy_column_profile *count = &profile.columns[COUNT];
    size_t bars = 0;

    (void) state;
    assert_near(count->mean, 120.5, 1e-12);
    assert_near(count->deviation, sqrt(4820), 1e-9);
    assert_near(count->low, 1, 0);
    assert_near(count->high, 240, 0);
    assert_near(count->median, 120.5, 1e-12);
    assert_near(count->quarter, 60.75, 1e-12);
    assert_near(count->three_quarters, 180.25, 1e-12);
    for (size_t i = 0; i < DAVY_PROFILE_BARS; i++)
        bars += count->bars[i];
    assert_int_equal(bars, ROWS);
    assert_near((double) count->trace_low[0], 1, 0);
    assert_near((double) count->trace_high[DAVY_PROFILE_TRACE - 1], 240, 0);
    davy_profile_clear(&profile);
    davy_table_clear(&table);
}

static void counts_what_is_out_of_range(void **state)
{
    davy_clean_range ranges[COLUMNS];
    davy_table table = make();
    davy_profile profile;

    (void) state;
    for (size_t c = 0; c < COLUMNS; c++)
        ranges[c] = (davy_clean_range){NAN, NAN};
    ranges[WAVE].high = 30;
    ranges[CODE].low = 0;
    profile = look(&table, ranges);
    assert_int_equal(profile.columns[WAVE].outside, 1);
    assert_int_equal(profile.columns[CODE].outside, 5);
    assert_true(profile.columns[CODE].notes & DAVY_NOTE_OUTSIDE);
    assert_int_equal(profile.columns[COUNT].outside, 0);
    davy_profile_clear(&profile);
    davy_table_clear(&table);
}

static void looks_at_nothing_and_at_one_row(void **state)
{
    davy_table none = {.run_count = 0}, one = make(), infinite = make();
    davy_profile profile = look(&none, NULL);

    (void) state;
    assert_int_equal(profile.column_count, 0);
    davy_profile_clear(&profile);
    for (size_t c = 0; c < COLUMNS; c++)
        one.values[c] = c == EMPTY ? NAN : 3;
    one.rows = 1;
    profile = look(&one, NULL);
    assert_int_equal(profile.columns[WAVE].type, DAVY_SHAPE_CONSTANT);
    assert_near(profile.columns[WAVE].deviation, 0, 0);
    assert_true(isnan(profile.columns[EMPTY].mean));
    davy_profile_clear(&profile);
    for (size_t row = 0; row < ROWS; row++)
        infinite.values[row] = row % 2 ? INFINITY : -INFINITY;
    profile = look(&infinite, NULL);
    assert_int_equal(profile.columns[WAVE].infinite, ROWS);
    assert_int_equal(profile.columns[WAVE].type, DAVY_SHAPE_EMPTY);
    davy_profile_clear(&profile);
    davy_table_clear(&one);
    davy_table_clear(&infinite);
}

/* What comes from a header never becomes markup, and every text stands there twice. */
static void the_page_is_whole_and_safe(void **state)
{
    davy_table table = make();
    davy_profile profile = look(&table, NULL);
    const davy_profile_subject subject = {.name = "<script>x</script>.csv",
                                          .table = &table,
                                          .read_as = "--delimiter <",
                                          .left_out = "<i>",
                                          .profile = &profile};
    davy_buffer html = {0};
    size_t en = 0, zh = 0;

    (void) state;
    assert_ok(davy_profile_page(&subject, &html));
    assert_null(strstr(html.bytes, "<script"));
    assert_null(strstr(html.bytes, "<b>&c"));
    assert_null(strstr(html.bytes, "<i>"));
    assert_non_null(strstr(html.bytes, "&lt;b&gt;&amp;c"));
    assert_non_null(strstr(html.bytes, "--delimiter &lt;"));
    assert_non_null(strstr(html.bytes, "</main></html>"));
    for (const char *at = html.bytes; (at = strstr(at, "lang=\"en\">")) != NULL; at++)
        en++;
    for (const char *at = html.bytes; (at = strstr(at, "lang=\"zh\">")) != NULL; at++)
        zh++;
    assert_int_equal(en, zh + 1); /* the document itself is in English */
    assert_null(strstr(html.bytes, "nan"));
    davy_buffer_clear(&html);
    davy_profile_clear(&profile);
    davy_table_clear(&table);
}

/* Two of a hundred values are as many as a filter of spikes may take without a word. */
static void gives_pause_when_everything_is_a_spike(void **state)
{
    davy_cleaning cleaning;
    davy_clean_tally tally = {.steps = 2, .columns = 1, .rows_before = 100, .rows_after = 100};
    size_t changed[] = {50, 2};

    (void) state;
    assert_ok(davy_cleaning_parse("hold,hampel", &cleaning));
    tally.changed = changed;
    assert_null(davy_clean_caution(&cleaning, &tally));
    changed[1] = 3;
    assert_non_null(davy_clean_caution(&cleaning, &tally));
    davy_cleaning_clear(&cleaning);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(tells_what_each_column_holds),
        cmocka_unit_test(measures_as_textbooks_do),
        cmocka_unit_test(counts_what_is_out_of_range),
        cmocka_unit_test(looks_at_nothing_and_at_one_row),
        cmocka_unit_test(the_page_is_whole_and_safe),
        cmocka_unit_test(gives_pause_when_everything_is_a_spike),
    };

    return cmocka_run_group_tests_name("data: a look at a table", tests, NULL, NULL);
}
