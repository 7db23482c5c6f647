/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json.h"
#include "serve/samples/states.h"

/**
 * @file
 * Times in state as JSON: of a signal the steps, then of each state how long it stood in them, in
 * nanoseconds, then how long none is known. Columns of numbers, as the samples of a signal are.
 */

static void json_begin(davy_states_writer *writer, davy_buffer *out)
{
    davy_json_object(out, NULL);
    davy_json_integer(out, "from", writer->query.from_ns);
    davy_json_integer(out, "to", writer->query.to_ns);
    davy_json_array(out, "signals");
}

static void json_begin_signal(davy_states_writer *writer, davy_buffer *out)
{
    davy_json_object(out, NULL);
    davy_json_text(out, "signal", writer->signal->path);
    davy_json_text(out, "unit", writer->signal->unit);
    davy_json_integer(out, "step", writer->query.step_ns);
    davy_json_boolean(out, "too_many_values", writer->too_many);
}

/* Columns: 0 the times, 1 to `states` the states, then what is not known. */
static void begin_column(davy_states_writer *writer, davy_buffer *out)
{
    if (writer->column == 0) {
        davy_json_array(out, "times");
    } else if (writer->column == writer->states + 1) {
        davy_json_array(out, "unknown");
    } else {
        davy_json_object(out, NULL);
        davy_json_number(out, "value", writer->values[writer->places[writer->column - 1]]);
        davy_json_array(out, "held");
    }
}

static void end_column(davy_states_writer *writer, davy_buffer *out)
{
    davy_json_array_end(out);
    if (writer->column > 0 && writer->column <= writer->states)
        davy_json_object_end(out);
    if (writer->column == 0)
        davy_json_array(out, "states");
    if (writer->column == writer->states)
        davy_json_array_end(out);
    if (writer->column == writer->states + 1)
        davy_json_object_end(out);
    writer->column++;
    writer->next = 0;
}

static void write_cell(davy_states_writer *writer, davy_buffer *out)
{
    const davy_store_state_step *step = &writer->steps[writer->next];
    const int64_t unknown_ns = davy_states_unknown(writer, step);

    if (unknown_ns == davy_states_length(writer, step))
        return;
    davy_json_integer(out, NULL,
                      writer->column == 0 ? step->time_ns
                      : writer->column == writer->states + 1
                          ? unknown_ns
                          : step->held_ns[writer->places[writer->column - 1]]);
}

static bool json_write(davy_states_writer *writer, davy_buffer *out)
{
    if (writer->next == 0)
        begin_column(writer, out);
    for (size_t i = 0; i < DAVY_STATES_STRIDE && writer->next < writer->shown; i++) {
        write_cell(writer, out);
        writer->next++;
    }
    if (writer->next == writer->shown)
        end_column(writer, out);
    return writer->column < writer->states + 2;
}

static void json_end(davy_states_writer *writer, davy_buffer *out)
{
    (void) writer;
    davy_json_array_end(out);
    davy_json_object_end(out);
}

const davy_states_form davy_states_json = {
    .begin = json_begin, .begin_signal = json_begin_signal, .write = json_write, .end = json_end};
