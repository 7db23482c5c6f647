/* SPDX-License-Identifier: Apache-2.0 */
#include "app/data_look.h"

#include "app/table_print.h"
#include "core/quantity.h"
#include "core/timestamp.h"
#include "data/clean_kind.h"
#include "data/clean_report.h"

#include <jansson.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#define TRACE      16 /* characters of a small plot */
#define TEXT_MAX   96
#define NUMBER_MAX 32
#define WORD_MAX   20
#define WORDS_MAX  60 /* characters of the words of a column, and one word more */

/* Of a few strokes of the page's plot: their mean as a block of eight heights. */
static void draw_trace(const davy_column_profile *column, char text[TEXT_MAX])
{
    static const char *const blocks[] = {"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    const double width = column->top - column->bottom;
    size_t used = 0;

    for (size_t i = 0; i < TRACE; i++) {
        const size_t from = i * DAVY_PROFILE_TRACE / TRACE,
                     to = (i + 1) * DAVY_PROFILE_TRACE / TRACE;
        double sum = 0, share;
        size_t count = 0;

        for (size_t k = from; k < to; k++)
            if (!isnan(column->trace_mean[k])) {
                sum += (double) column->trace_mean[k];
                count++;
            }
        share = width > 0 && count > 0 ? (sum / (double) count - column->bottom) / width : 0;
        used += (size_t) snprintf(text + used, TEXT_MAX - used, "%s",
                                  count == 0 ? " " : blocks[(int) fmin(fmax(share, 0) * 8, 7)]);
    }
}

/* "3 words: H, L, M". */
static void list_words(const davy_levels *levels, char text[TEXT_MAX])
{
    size_t used = (size_t) snprintf(text, TEXT_MAX, "%zu words: ", levels->count);

    for (size_t i = 0; i < levels->count && used < WORDS_MAX; i++)
        used += (size_t) snprintf(text + used, TEXT_MAX - used, "%s%s", i > 0 ? ", " : "",
                                  strlen(levels->names[i]) < WORD_MAX ? levels->names[i] : "…");
}

static const char *number_text(double value, char text[NUMBER_MAX])
{
    text[0] = '\0';
    if (isfinite(value))
        (void) snprintf(text, NUMBER_MAX, "%.4g", value);
    return text;
}

static const char *count_text(size_t count, char text[NUMBER_MAX])
{
    text[0] = '\0';
    if (count > 0)
        (void) snprintf(text, NUMBER_MAX, "%zu", count);
    return text;
}

static davy_status print_column(davy_print *print, const davy_profile_subject *subject, size_t c)
{
    const davy_column_profile *column = &subject->profile->columns[c];
    const bool words = column->type == DAVY_SHAPE_WORDS;
    char missing[NUMBER_MAX], low[NUMBER_MAX], median[NUMBER_MAX], high[NUMBER_MAX];
    char spikes[NUMBER_MAX], stuck[NUMBER_MAX], trace[TEXT_MAX];

    if (words)
        list_words(&subject->table->levels[c], trace);
    else
        draw_trace(column, trace);
    return davy_print_row(
        print, (const char *const[]){
                   subject->table->names[c], davy_column_shape_name(column->type),
                   subject->units ? subject->units[c] : "", count_text(column->missing, missing),
                   number_text(words ? NAN : column->low, low),
                   number_text(words ? NAN : column->median, median),
                   number_text(words ? NAN : column->high, high),
                   count_text(column->spikes, spikes), count_text(column->stuck, stuck), trace});
}

static davy_status print_columns(const davy_profile_subject *subject)
{
    static const davy_print_column columns[] = {
        {"column", false, false}, {"type", false, false},
        {"unit", false, false},   {"missing", true, true},
        {"low", true, true},      {"median", true, true},
        {"high", true, true},     {"spikes", true, true},
        {"stuck", true, true},    {"over the rows", false, false},
    };
    davy_print *print;
    davy_status status =
        davy_print_create("columns", columns, DAVY_ARRAY_LENGTH(columns), false, &print);

    if (status != DAVY_OK)
        return status;
    for (size_t c = 0; c < subject->profile->column_count && status == DAVY_OK; c++)
        status = print_column(print, subject, c);
    davy_print_finish(print);
    return status;
}

static void print_extent(const davy_profile *profile)
{
    char first[DAVY_TIMESTAMP_MAX], last[DAVY_TIMESTAMP_MAX], period[NUMBER_MAX];

    (void) printf("%zu rows of %zu columns in %zu %s", profile->rows, profile->column_count,
                  profile->runs, profile->runs == 1 ? "run" : "runs");
    if (profile->period_ns > 0) {
        davy_timestamp_format(profile->first_ns, 0, first);
        davy_timestamp_format(profile->last_ns, 0, last);
        davy_duration_format(profile->period_ns, period, sizeof period);
        (void) printf(", %s to %s, a row every %s", first, last, period);
    }
    (void) printf("\n");
}

static void print_faults(const davy_quality_report *found)
{
    davy_clean_fault faults[DAVY_CLEAN_FAULTS];
    char gap[TEXT_MAX];

    davy_clean_faults(found, faults);
    for (size_t i = 0; i < DAVY_CLEAN_FAULTS; i++)
        if (faults[i].count > 0)
            (void) printf("%zu %s%s.\n", faults[i].count, faults[i].what.en,
                          i + 1 == DAVY_CLEAN_FAULTS ? davy_clean_gap_text(found, gap, sizeof gap)
                                                     : "");
}

/* Whether two columns have a note in common, of a code the same one. */
static bool share_note(const davy_column_profile *a, const davy_column_profile *b,
                       davy_column_note note)
{
    return (a->notes & b->notes & note) && (note != DAVY_NOTE_CODE || a->code == b->code) &&
           note != DAVY_NOTE_SAME;
}

static void print_note(const davy_profile_subject *subject, size_t first, davy_column_note note)
{
    const davy_column_profile *columns = subject->profile->columns;
    const davy_column_profile *column = &columns[first];

    for (size_t c = 0; c < first; c++)
        if (share_note(&columns[c], column, note))
            return; /* told with that column */
    (void) printf("%s", subject->table->names[first]);
    for (size_t c = first + 1; c < subject->profile->column_count; c++)
        if (share_note(&columns[c], column, note))
            (void) printf(", %s", subject->table->names[c]);
    (void) printf(": %s", davy_column_note_words(note).en);
    if (note == DAVY_NOTE_CODE)
        (void) printf(" (%.9g; --clean missing:%.9g)", column->code, column->code);
    if (note == DAVY_NOTE_SAME)
        (void) printf(": %s", subject->table->names[column->same]);
    (void) printf("\n");
}

static void print_notes(const davy_profile_subject *subject)
{
    davy_column_note note;

    for (size_t i = 0; (note = davy_column_note_at(i)) != 0; i++)
        for (size_t c = 0; c < subject->profile->column_count; c++)
            if (subject->profile->columns[c].notes & note)
                print_note(subject, c, note);
}

static void print_cleaning(const davy_profile_subject *subject)
{
    const davy_cleaning *cleaning = subject->cleaning;
    const davy_words *caution;

    if (!subject->cleaned)
        return;
    caution = davy_clean_caution(cleaning, subject->tally);
    (void) printf("\ncleaned by %s\n", cleaning->text);
    for (size_t i = 0; i < cleaning->step_count; i++)
        if (cleaning->steps[i].kind->what.en[0])
            (void) printf("  %-10s %zu %s\n", cleaning->steps[i].kind->name,
                          davy_clean_tally_step(subject->tally, i),
                          cleaning->steps[i].kind->what.en);
    if (subject->tally->rows_before != subject->tally->rows_after)
        (void) printf("  %zu rows became %zu\n", subject->tally->rows_before,
                      subject->tally->rows_after);
    (void) printf("  %zu values are still missing\n", subject->cleaned->found.missing);
    if (caution)
        (void) printf("%s\n", caution->en);
}

davy_status davy_data_print(const davy_profile_subject *subject)
{
    davy_status status;

    print_extent(subject->profile);
    print_faults(&subject->profile->found);
    (void) printf("\n");
    status = print_columns(subject);
    (void) printf("\n");
    print_notes(subject);
    if (subject->read_as)
        (void) printf("Read as %s\n", subject->read_as);
    if (subject->converted)
        (void) printf("Converted: %s\n", subject->converted);
    if (subject->left_out)
        (void) printf("Left out: %s\n", subject->left_out);
    if (!subject->table->times)
        (void) printf("The rows have no time: gaps cannot be told; --time COL names its column.\n");
    print_cleaning(subject);
    return status;
}

static json_t *number(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *notes_json(unsigned notes)
{
    json_t *list = json_array();
    davy_column_note note;

    for (size_t i = 0; (note = davy_column_note_at(i)) != 0; i++)
        if (notes & note)
            json_array_append_new(list, json_string(davy_column_note_words(note).en));
    return list;
}

static json_t *column_json(const davy_profile_subject *subject, const davy_profile *profile,
                           size_t c)
{
    const davy_column_profile *column = &profile->columns[c];
    json_t *object = json_pack(
        "{ss ss ss sI sI sI sI sI sI sI sI}", "name", subject->table->names[c], "type",
        davy_column_shape_name(column->type), "unit", subject->units ? subject->units[c] : "",
        "values", (json_int_t) column->present, "missing", (json_int_t) column->missing, "infinite",
        (json_int_t) column->infinite, "distinct", (json_int_t) column->distinct, "spikes",
        (json_int_t) column->spikes, "stuck", (json_int_t) column->stuck, "out_of_range",
        (json_int_t) column->outside, "period_ns", (json_int_t) column->period_ns);
    json_t *figures = json_pack(
        "{so so so so so so so}", "low", number(column->low), "quarter", number(column->quarter),
        "median", number(column->median), "three_quarters", number(column->three_quarters), "high",
        number(column->high), "mean", number(column->mean), "deviation", number(column->deviation));

    json_object_update_new(object, figures);
    json_object_set_new(object, "notes", notes_json(column->notes));
    if (column->notes & DAVY_NOTE_CODE)
        json_object_set_new(object, "code", number(column->code));
    return object;
}

static json_t *profile_json(const davy_profile_subject *subject, const davy_profile *profile)
{
    const davy_quality_report *found = &profile->found;
    json_t *object =
        json_pack("{sI sI sI sI sI sI sI sI sI}", "rows", (json_int_t) profile->rows, "runs",
                  (json_int_t) profile->runs, "shuffled", (json_int_t) found->shuffled, "repeated",
                  (json_int_t) found->repeated, "missing", (json_int_t) found->missing, "stuck",
                  (json_int_t) found->stuck, "gaps", (json_int_t) found->gaps, "absent_rows",
                  (json_int_t) found->absent, "period_ns", (json_int_t) profile->period_ns);
    json_t *columns = json_array();
    char text[DAVY_TIMESTAMP_MAX];

    if (profile->period_ns > 0) {
        davy_timestamp_format(profile->first_ns, 0, text);
        json_object_set_new(object, "from", json_string(text));
        davy_timestamp_format(profile->last_ns, 0, text);
        json_object_set_new(object, "to", json_string(text));
    }
    for (size_t c = 0; c < profile->column_count; c++)
        json_array_append_new(columns, column_json(subject, profile, c));
    json_object_set_new(object, "columns", columns);
    return object;
}

static json_t *cleaning_json(const davy_profile_subject *subject)
{
    const davy_cleaning *cleaning = subject->cleaning;
    json_t *steps = json_array();

    for (size_t i = 0; i < cleaning->step_count; i++) {
        json_t *cells = json_object();

        for (size_t c = 0; c < subject->tally->columns; c++)
            json_object_set_new(
                cells, subject->table->names[c],
                json_integer(
                    (json_int_t) subject->tally->changed[i * subject->tally->columns + c]));
        json_array_append_new(
            steps,
            json_pack("{ss sI so}", "step", cleaning->steps[i].kind->name, "cells",
                      (json_int_t) davy_clean_tally_step(subject->tally, i), "columns", cells));
    }
    return json_pack("{ss so so}", "recipe", cleaning->text, "steps", steps, "data",
                     profile_json(subject, subject->cleaned));
}

davy_status davy_data_print_json(const davy_profile_subject *subject)
{
    json_t *object = profile_json(subject, subject->profile);

    if (subject->read_as)
        json_object_set_new(object, "read_as", json_string(subject->read_as));
    if (subject->converted)
        json_object_set_new(object, "converted", json_string(subject->converted));
    if (subject->left_out)
        json_object_set_new(object, "left_out", json_string(subject->left_out));
    if (subject->cleaned)
        json_object_set_new(object, "cleaned", cleaning_json(subject));
    return davy_print_json(object);
}
