/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/samples/states.h"

#include <stdlib.h>

#include "serve/limits.h"

typedef struct states_state {
    davy_states_writer writer; /* first */
    size_t signal;
    char carried; /* last byte of the piece before: JSON sees from it whether a comma is due */
    enum { AT_START, AT_SIGNAL, IN_SIGNAL, AT_END } at;
} states_state;

davy_status davy_samples_set_states(davy_samples_query *query, int64_t step_ns, int64_t now_ns)
{
    if (query->to_ns > now_ns)
        query->to_ns = now_ns;
    if (query->from_ns >= query->to_ns)
        return davy_fail(DAVY_ERR_INVALID,
                         "'from' is in the future: times in state are told up to now");
    return davy_samples_set_step(query, step_ns, 1);
}

int64_t davy_states_length(const davy_states_writer *writer, const davy_store_state_step *step)
{
    const uint64_t left = (uint64_t) writer->query.to_ns - (uint64_t) step->time_ns;
    const uint64_t whole = (uint64_t) writer->query.step_ns;

    return (int64_t) (left < whole ? left : whole);
}

int64_t davy_states_unknown(const davy_states_writer *writer, const davy_store_state_step *step)
{
    int64_t unknown_ns = davy_states_length(writer, step);

    for (size_t i = 0; i < writer->states; i++)
        unknown_ns -= step->held_ns[i];
    return unknown_ns;
}

/* Eight at most: each is put in front of those that are larger. */
static void sort_values(davy_states_writer *writer)
{
    for (size_t i = 0; i < writer->states; i++) {
        size_t place = i;

        for (; place > 0 && writer->values[writer->places[place - 1]] > writer->values[i]; place--)
            writer->places[place] = writer->places[place - 1];
        writer->places[place] = i;
    }
}

static davy_status load(davy_states_writer *writer)
{
    const davy_samples_query *query = &writer->query;
    davy_status status = davy_store_states(
        query->store, writer->signal->id, query->from_ns, query->to_ns, query->step_ns,
        writer->values, &writer->states, writer->steps, writer->step_count, &query->wanted);

    writer->next = writer->column = 0;
    writer->too_many = status == DAVY_ERR_UNSUPPORTED;
    writer->shown = writer->too_many ? 0 : writer->step_count;
    if (writer->too_many)
        writer->states = 0;
    sort_values(writer);
    return writer->too_many ? DAVY_OK : status;
}

static davy_status step(states_state *state, davy_buffer *out)
{
    davy_states_writer *writer = &state->writer;
    davy_status status = DAVY_OK;

    switch (state->at) {
    case AT_START:
        writer->form->begin(writer, out);
        state->at = writer->query.count > 0 ? AT_SIGNAL : AT_END;
        return DAVY_OK;
    case AT_SIGNAL:
        writer->signal = &writer->query.signals[state->signal];
        status = load(writer);
        if (status == DAVY_OK)
            writer->form->begin_signal(writer, out);
        state->at = IN_SIGNAL;
        return status;
    default:
        break;
    }
    if (!writer->form->write(writer, out))
        state->at = ++state->signal < writer->query.count ? AT_SIGNAL : AT_END;
    return DAVY_OK;
}

static davy_status fill(void *context, davy_buffer *out, bool *end)
{
    states_state *state = context;
    davy_status status = DAVY_OK;

    if (state->at != AT_START)
        davy_buffer_append(out, &state->carried, 1);
    while (status == DAVY_OK && state->at != AT_END && out->length < DAVY_HTTP_STREAM_CHUNK)
        status = step(state, out);
    if (status == DAVY_OK)
        status = davy_buffer_ok(out);
    if (status != DAVY_OK)
        return status;
    *end = state->at == AT_END;
    if (*end)
        state->writer.form->end(&state->writer, out);
    else
        state->carried = out->bytes[--out->length];
    return davy_buffer_ok(out);
}

static void destroy(void *context)
{
    states_state *state = context;

    davy_arena_clear(&state->writer.query.arena);
    free(state->writer.steps);
    free(state);
}

davy_status davy_samples_states_producer(const davy_samples_query *query,
                                         const davy_samples_form *form, davy_producer *out)
{
    states_state *state = calloc(1, sizeof *state);
    davy_states_writer *writer = &state->writer;
    davy_arena arena = query->arena;

    if (!state || !form->states) {
        davy_arena_clear(&arena);
        free(state);
        return !form->states
                   ? davy_fail(DAVY_ERR_INVALID, "'%s' has no word for times in state", form->name)
                   : davy_fail(DAVY_ERR_NOMEM, "the times in state");
    }
    writer->query = *query;
    writer->form = form->states;
    if (query->count > 0)
        writer->step_count = (size_t) (((uint64_t) query->to_ns - (uint64_t) query->from_ns - 1) /
                                       (uint64_t) query->step_ns) +
                             1;
    writer->steps = calloc(writer->step_count + 1, sizeof *writer->steps);
    if (!writer->steps) {
        destroy(state);
        return davy_fail(DAVY_ERR_NOMEM, "the steps of times in state");
    }
    *out = (davy_producer){.state = state, .fill = fill, .destroy = destroy};
    return DAVY_OK;
}
