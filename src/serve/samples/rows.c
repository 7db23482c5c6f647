/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/samples/rows.h"

#include <stdlib.h>

#include "serve/limits.h"

/* Pages that one piece of an answer looks at, so that a worker comes back from signals that have
 * nothing in the time asked for, and a client that is gone is seen. */
#define LOADS_MAX 64

typedef struct rows_state {
    davy_samples_writer writer; /* first */
    size_t signal, next;        /* next: row of the page, or step */
    int64_t from_ns;            /* of the next page */
    enum { AT_START, AT_SIGNAL, IN_SIGNAL, AT_END } at;
} rows_state;

static davy_status load(rows_state *state)
{
    davy_samples_writer *writer = &state->writer;
    const davy_samples_query *query = &writer->query;

    state->next = 0;
    if (writer->steps)
        return davy_samples_summarise(query, writer->signal->id, writer->steps, writer->step_count);
    return davy_samples_page_load(query->store, writer->signal->id, &state->from_ns,
                                  writer->signal->to_ns, writer->page);
}

static davy_status begin_signal(rows_state *state, davy_buffer *out)
{
    davy_samples_writer *writer = &state->writer;

    writer->signal = &writer->query.signals[state->signal];
    writer->left_out = 0;
    davy_buffer_reset(&writer->name);
    state->from_ns = writer->signal->from_ns;
    state->at = IN_SIGNAL;
    if (writer->rows->begin_signal)
        writer->rows->begin_signal(writer, out);
    return load(state);
}

static void end_signal(rows_state *state, davy_buffer *out)
{
    if (state->writer.rows->end_signal)
        state->writer.rows->end_signal(&state->writer, out);
    state->at = ++state->signal < state->writer.query.count ? AT_SIGNAL : AT_END;
}

static size_t smaller(size_t a, size_t b)
{
    return a < b ? a : b;
}

/* The next rows of what is loaded; false when there is none left. */
static bool write_rows(rows_state *state, davy_buffer *out)
{
    davy_samples_writer *writer = &state->writer;
    const size_t count = writer->steps ? writer->step_count : writer->page->count;
    const size_t end = smaller(count, state->next + writer->rows->stride);

    if (state->next == count)
        return false;
    if (!writer->steps) {
        writer->samples += end - state->next;
        writer->rows->run(writer, out, state->next, end);
    }
    for (size_t i = state->next; writer->steps && i < end; i++)
        if (writer->steps[i].count > 0 || writer->steps[i].bad > 0)
            writer->rows->step(writer, out, &writer->steps[i]);
    state->next = end;
    return true;
}

static davy_status step(rows_state *state, davy_buffer *out, size_t *loads)
{
    davy_samples_writer *writer = &state->writer;

    switch (state->at) {
    case AT_START:
        if (writer->rows->begin)
            writer->rows->begin(writer, out);
        state->at = writer->query.count > 0 ? AT_SIGNAL : AT_END;
        return DAVY_OK;
    case AT_SIGNAL:
        ++*loads;
        return begin_signal(state, out);
    default:
        break;
    }
    if (write_rows(state, out))
        return DAVY_OK;
    if (writer->page && writer->page->more) {
        ++*loads;
        return load(state);
    }
    end_signal(state, out);
    return DAVY_OK;
}

static davy_status fill(void *context, davy_buffer *out, bool *end)
{
    rows_state *state = context;
    davy_status status = DAVY_OK;
    size_t loads = 0;

    while (status == DAVY_OK && state->at != AT_END && out->length < DAVY_HTTP_STREAM_CHUNK &&
           loads < LOADS_MAX)
        status = step(state, out, &loads);
    if (status == DAVY_OK && state->at == AT_END) {
        if (state->writer.rows->end)
            state->writer.rows->end(&state->writer, out);
        *end = true;
    }
    if (status == DAVY_OK)
        status = davy_buffer_ok(&state->writer.name);
    return status == DAVY_OK ? davy_buffer_ok(out) : status;
}

static void destroy(void *context)
{
    rows_state *state = context;

    davy_arena_clear(&state->writer.query.arena);
    davy_buffer_clear(&state->writer.name);
    free(state->writer.page);
    free(state->writer.steps);
    free(state);
}

davy_status davy_samples_produce_rows(const davy_samples_query *query,
                                      const davy_samples_rows *rows, davy_producer *out)
{
    rows_state *state = calloc(1, sizeof *state);
    davy_samples_writer *writer = &state->writer;
    davy_status status;

    if (!state) {
        davy_arena arena = query->arena;

        davy_arena_clear(&arena);
        return davy_fail(DAVY_ERR_NOMEM, "the samples");
    }
    writer->query = *query;
    writer->rows = rows;
    writer->minute = INT64_MIN;
    status = davy_samples_steps(query, &writer->steps, &writer->step_count);
    if (status == DAVY_OK && !writer->steps) {
        writer->page = malloc(sizeof *writer->page);
        status = writer->page ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "the samples");
    }
    if (status != DAVY_OK) {
        destroy(state);
        return status;
    }
    *out = (davy_producer){.state = state, .fill = fill, .destroy = destroy};
    return DAVY_OK;
}
