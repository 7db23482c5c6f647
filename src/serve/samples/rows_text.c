/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "core/json.h"
#include "core/timestamp.h"
#include "serve/samples/rows.h"

/**
 * @file
 * Rows for people and spreadsheets: CSV (RFC 4180), and columns of text for a terminal.
 *
 * Numbers have the fewest digits that read back to the same double. CSV has an empty cell for a
 * value that is no number, whatever its payload, and inf and -inf.
 */
#define NS_PER_MINUTE (60 * DAVY_NS_PER_S)

/* As davy_timestamp_format() writes it, quicker for one after another. */
static void append_time(davy_samples_writer *writer, davy_buffer *out, int64_t time_ns, int digits)
{
    const int64_t past = ((time_ns % NS_PER_MINUTE) + NS_PER_MINUTE) % NS_PER_MINUTE;
    const int64_t minute = (time_ns - past) / NS_PER_MINUTE;
    char text[] = "00.000000000Z";
    uint64_t left = (uint64_t) past;

    if (writer->minute != minute) {
        char whole[DAVY_TIMESTAMP_MAX];

        davy_timestamp_format(time_ns, 0, whole);
        memcpy(writer->date, whole, strlen("2026-01-02T03:04:"));
        writer->minute = minute;
    }
    for (size_t i = 12; i-- > 0;)
        if (i != 2) {
            text[i] = (char) ('0' + left % 10);
            left /= 10;
        }
    text[3 + digits] = 'Z';
    davy_buffer_append(out, writer->date, strlen("2026-01-02T03:04:"));
    davy_buffer_append(out, text, (size_t) digits + 4);
}

/* Steps begin at whole milliseconds, or are told to the nanosecond. */
static void append_step_time(davy_samples_writer *writer, davy_buffer *out, int64_t time_ns)
{
    const davy_samples_query *query = &writer->query;
    const bool whole = query->from_ns % DAVY_NS_PER_MS == 0 && query->step_ns % DAVY_NS_PER_MS == 0;

    append_time(writer, out, time_ns, whole ? 3 : 9);
}

/* -- CSV ------------------------------------------------------------------------------------------
 */

void davy_samples_append_cell(davy_buffer *out, const char *text)
{
    if (!strpbrk(text, "\",\r\n")) {
        davy_buffer_append_text(out, text);
        return;
    }
    davy_buffer_append(out, "\"", 1);
    for (; *text; text++) {
        if (*text == '"')
            davy_buffer_append(out, "\"", 1);
        davy_buffer_append(out, text, 1);
    }
    davy_buffer_append(out, "\"", 1);
}

void davy_samples_append_number(davy_buffer *out, double value)
{
    if (isfinite(value))
        davy_json_digits(out, value);
    else if (isinf(value))
        davy_buffer_append_text(out, value > 0 ? "inf" : "-inf");
}

static void csv_begin(davy_samples_writer *writer, davy_buffer *out)
{
    davy_buffer_append_text(out, writer->steps
                                     ? "time,signal,count,bad,min,mean,max,uncertain,anomaly_rate\n"
                                     : "time,signal,value,quality\n");
}

/* ",T-101/level," */
static void csv_begin_signal(davy_samples_writer *writer, davy_buffer *out)
{
    (void) out;
    davy_buffer_append(&writer->name, ",", 1);
    davy_samples_append_cell(&writer->name, writer->signal->path);
    davy_buffer_append(&writer->name, ",", 1);
}

static void csv_run(davy_samples_writer *writer, davy_buffer *out, size_t from, size_t to)
{
    const davy_samples_page *page = writer->page;

    for (size_t i = from; i < to; i++) {
        append_time(writer, out, page->times[i], 9);
        davy_buffer_append(out, writer->name.bytes, writer->name.length);
        davy_samples_append_number(out, page->values[i]);
        davy_buffer_append(out, ",", 1);
        davy_buffer_append_text(out, davy_quality_name(page->quality[i]));
        davy_buffer_append(out, "\n", 1);
    }
}

static void csv_step(davy_samples_writer *writer, davy_buffer *out, const davy_store_bucket *step)
{
    const double figures[] = {step->min, step->sum / (double) step->count, step->max};

    append_step_time(writer, out, step->time_ns);
    davy_buffer_append(out, writer->name.bytes, writer->name.length);
    davy_json_integer_digits(out, (int64_t) step->count);
    davy_buffer_append(out, ",", 1);
    davy_json_integer_digits(out, (int64_t) step->bad);
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(figures); i++) {
        davy_buffer_append(out, ",", 1);
        davy_samples_append_number(out, figures[i]);
    }
    davy_buffer_append(out, ",", 1);
    davy_json_integer_digits(out, (int64_t) step->uncertain);
    davy_buffer_append(out, ",", 1);
    davy_samples_append_number(out, davy_samples_anomaly_rate(step));
    davy_buffer_append(out, "\n", 1);
}

const davy_samples_rows davy_samples_csv = {.stride = 512,
                                            .begin = csv_begin,
                                            .begin_signal = csv_begin_signal,
                                            .run = csv_run,
                                            .step = csv_step};

/* -- Text -----------------------------------------------------------------------------------------
 */

static void text_begin(davy_samples_writer *writer, davy_buffer *out)
{
    if (writer->steps)
        davy_buffer_printf(out, "%-24s  %-32s %8s %6s %12s %12s %12s %9s %12s\n", "time", "signal",
                           "count", "bad", "min", "mean", "max", "uncertain", "anomaly rate");
}

static void text_run(davy_samples_writer *writer, davy_buffer *out, size_t from, size_t to)
{
    const davy_samples_page *page = writer->page;

    for (size_t i = from; i < to; i++) {
        append_time(writer, out, page->times[i], 9);
        davy_buffer_printf(out, "  %-32s ", writer->signal->path);
        if (isnan(page->values[i]))
            davy_buffer_append(out, "-", 1);
        davy_samples_append_number(out, page->values[i]);
        davy_buffer_printf(out, "  %s\n", davy_quality_name(page->quality[i]));
    }
}

static void text_step(davy_samples_writer *writer, davy_buffer *out, const davy_store_bucket *step)
{
    append_step_time(writer, out, step->time_ns);
    davy_buffer_printf(out, "  %-32s %8llu %6llu %12.6g %12.6g %12.6g %9llu %12.6g\n",
                       writer->signal->path, (unsigned long long) step->count,
                       (unsigned long long) step->bad, step->min, step->sum / (double) step->count,
                       step->max, (unsigned long long) step->uncertain,
                       davy_samples_anomaly_rate(step));
}

const davy_samples_rows davy_samples_text = {
    .stride = 512, .begin = text_begin, .run = text_run, .step = text_step};
