/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "core/json.h"
#include "core/timestamp.h"
#include "serve/samples/rows.h"
#include "serve/samples/states.h"

/**
 * @file
 * Times in state as rows: CSV (RFC 4180), and columns of text for a terminal.
 *
 * A row is a state of a step, and one without a state the time of it that no state is known of. A
 * signal with too many values has one row, which has neither state nor time.
 */

typedef void (*write_row)(davy_states_writer *writer, davy_buffer *out, int64_t time_ns,
                          const double *state, int64_t held_ns, int64_t length_ns);

static void append_step_time(const davy_states_writer *writer, davy_buffer *out, int64_t time_ns)
{
    const davy_samples_query *query = &writer->query;
    const bool whole = query->from_ns % DAVY_NS_PER_MS == 0 && query->step_ns % DAVY_NS_PER_MS == 0;
    char text[DAVY_TIMESTAMP_MAX];

    davy_timestamp_format(time_ns, whole ? 3 : 9, text);
    davy_buffer_append_text(out, text);
}

static void write_step(davy_states_writer *writer, davy_buffer *out, write_row row)
{
    const davy_store_state_step *step = &writer->steps[writer->next];
    const int64_t length_ns = davy_states_length(writer, step);
    const int64_t unknown_ns = davy_states_unknown(writer, step);

    if (unknown_ns == length_ns)
        return;
    for (size_t i = 0; i < writer->states; i++) {
        const size_t place = writer->places[i];

        if (step->held_ns[place] > 0)
            row(writer, out, step->time_ns, &writer->values[place], step->held_ns[place],
                length_ns);
    }
    if (unknown_ns > 0)
        row(writer, out, step->time_ns, NULL, unknown_ns, length_ns);
}

static bool write_steps(davy_states_writer *writer, davy_buffer *out, write_row row)
{
    for (size_t i = 0; i < DAVY_STATES_STRIDE && writer->next < writer->shown; i++) {
        write_step(writer, out, row);
        writer->next++;
    }
    return writer->next < writer->shown;
}

static void end(davy_states_writer *writer, davy_buffer *out)
{
    (void) writer;
    (void) out;
}

/* -- CSV ------------------------------------------------------------------------------------------
 */

static void csv_begin(davy_states_writer *writer, davy_buffer *out)
{
    (void) writer;
    davy_buffer_append_text(out, "time,signal,state,held_s,share\n");
}

static void csv_name(davy_states_writer *writer, davy_buffer *out, int64_t time_ns)
{
    append_step_time(writer, out, time_ns);
    davy_buffer_append(out, ",", 1);
    davy_samples_append_cell(out, writer->signal->path);
    davy_buffer_append(out, ",", 1);
}

static void csv_row(davy_states_writer *writer, davy_buffer *out, int64_t time_ns,
                    const double *state, int64_t held_ns, int64_t length_ns)
{
    csv_name(writer, out, time_ns);
    if (state)
        davy_samples_append_number(out, *state);
    davy_buffer_append(out, ",", 1);
    davy_json_digits(out, (double) held_ns / 1e9);
    davy_buffer_append(out, ",", 1);
    davy_json_digits(out, (double) held_ns / (double) length_ns);
    davy_buffer_append(out, "\n", 1);
}

static void csv_begin_signal(davy_states_writer *writer, davy_buffer *out)
{
    if (!writer->too_many)
        return;
    csv_name(writer, out, writer->query.from_ns);
    davy_buffer_append_text(out, ",,\n");
}

static bool csv_write(davy_states_writer *writer, davy_buffer *out)
{
    return write_steps(writer, out, csv_row);
}

const davy_states_form davy_states_csv = {
    .begin = csv_begin, .begin_signal = csv_begin_signal, .write = csv_write, .end = end};

/* -- Text -----------------------------------------------------------------------------------------
 */

static void text_begin(davy_states_writer *writer, davy_buffer *out)
{
    (void) writer;
    davy_buffer_printf(out, "%-24s  %-32s %12s %14s %8s\n", "time", "signal", "state", "held s",
                       "share");
}

static void text_row(davy_states_writer *writer, davy_buffer *out, int64_t time_ns,
                     const double *state, int64_t held_ns, int64_t length_ns)
{
    char number[32] = "-";

    if (state)
        (void) snprintf(number, sizeof number, "%.6g", *state);
    append_step_time(writer, out, time_ns);
    davy_buffer_printf(out, "  %-32s %12s %14.3f %6.2f %%\n", writer->signal->path, number,
                       (double) held_ns / 1e9, 100 * (double) held_ns / (double) length_ns);
}

static void text_begin_signal(davy_states_writer *writer, davy_buffer *out)
{
    if (!writer->too_many)
        return;
    append_step_time(writer, out, writer->query.from_ns);
    davy_buffer_printf(out, "  %-32s more than %d different values: it has no states\n",
                       writer->signal->path, DAVY_STORE_STATES_MAX);
}

static bool text_write(davy_states_writer *writer, davy_buffer *out)
{
    return write_steps(writer, out, text_row);
}

const davy_states_form davy_states_text = {
    .begin = text_begin, .begin_signal = text_begin_signal, .write = text_write, .end = end};
