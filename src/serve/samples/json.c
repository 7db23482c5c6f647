/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/samples/rows.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "core/file.h"
#include "serve/api/json.h"
#include "serve/limits.h"

/* Values that are written between two looks at the length of the output. */
#define STRIDE ((size_t) 512)

/* What one reading of a signal saw, to be compared with another reading. */
typedef struct reading {
    uint64_t count;
    uint64_t times;   /* checksum */
    uint64_t quality; /* checksum */
} reading;

typedef enum raw_column { COLUMN_TIMES, COLUMN_VALUES, COLUMN_QUALITY, COLUMN_COUNT } raw_column;

typedef struct samples_writer {
    davy_samples_query query;
    size_t signal;   /* the one being written */
    unsigned column; /* raw_column, or an index of step_columns */
    size_t next;     /* place in the page or in the steps */
    char carried;    /* last byte of the piece before */
    enum { AT_START, AT_SIGNAL, AT_COLUMN, IN_COLUMN, AT_END } at;
    /* raw */
    davy_samples_page *page;
    bool whole;      /* the page holds the whole signal */
    int64_t from_ns; /* of the next page */
    int64_t to_ns;   /* end of this reading */
    reading now, first, values;
    /* steps */
    davy_store_bucket *steps;
    size_t step_count;
} samples_writer;

/* -- Raw ------------------------------------------------------------------------------------------
 */

static uint64_t chain(uint64_t sum, const void *bytes, size_t length)
{
    uint64_t pair[2] = {sum, davy_checksum(bytes, length)};

    return davy_checksum(pair, sizeof pair);
}

static davy_status load_page(samples_writer *writer)
{
    davy_samples_page *page = writer->page;
    davy_status status;

    writer->next = 0;
    status = davy_samples_page_load(writer->query.store, writer->query.signals[writer->signal].id,
                                    &writer->from_ns, writer->to_ns, page);
    if (status != DAVY_OK)
        return status;
    writer->now.count += page->count;
    writer->now.times = chain(writer->now.times, page->times, page->count * sizeof page->times[0]);
    writer->now.quality = chain(writer->now.quality, page->quality, page->count);
    return DAVY_OK;
}

static davy_status begin_reading(samples_writer *writer)
{
    writer->next = 0;
    if (writer->whole)
        return DAVY_OK;
    writer->from_ns = writer->query.signals[writer->signal].from_ns;
    writer->now = (reading){0};
    if (writer->column == COLUMN_TIMES)
        writer->to_ns = writer->query.signals[writer->signal].to_ns;
    return load_page(writer);
}

/* After the last page of a column: was it the same signal as in the columns before? */
static davy_status end_reading(samples_writer *writer)
{
    const reading *now = &writer->now;
    bool same = true;

    if (writer->whole)
        return DAVY_OK;
    if (writer->column == COLUMN_TIMES) {
        writer->first = *now;
        writer->to_ns = writer->from_ns; /* one past the last time that was written */
        return DAVY_OK;
    }
    if (writer->column == COLUMN_VALUES)
        writer->values = *now;
    else
        same = now->quality == writer->values.quality;
    if (!same || now->count != writer->first.count || now->times != writer->first.times)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "samples of '%s' changed while they were read",
                         writer->query.signals[writer->signal].path);
    return DAVY_OK;
}

static void write_raw(samples_writer *writer, davy_buffer *out)
{
    const davy_samples_page *page = writer->page;
    size_t end = writer->next + STRIDE < page->count ? writer->next + STRIDE : page->count;

    for (size_t i = writer->next; i < end; i++)
        switch (writer->column) {
        case COLUMN_TIMES:
            davy_json_integer(out, NULL, page->times[i]);
            break;
        case COLUMN_VALUES:
            davy_json_number(out, NULL, page->values[i]);
            break;
        default:
            davy_json_integer(out, NULL, page->quality[i]);
            break;
        }
    writer->next = end;
}

/* The next stretch of a column; *ended when there is none. */
static davy_status step_raw(samples_writer *writer, davy_buffer *out, bool *ended)
{
    davy_status status;

    if (writer->next < writer->page->count) {
        write_raw(writer, out);
        return DAVY_OK;
    }
    if (writer->page->more)
        return load_page(writer);
    status = end_reading(writer);
    *ended = true;
    return status;
}

/* -- Steps ----------------------------------------------------------------------------------------
 */

static void write_mean(davy_buffer *out, const davy_store_bucket *step)
{
    davy_json_number(out, NULL, step->count > 0 ? step->sum / (double) step->count : NAN);
}

/* 0: nothing bad in it, 1: partly bad, 2: all bad. */
static void write_quality(davy_buffer *out, const davy_store_bucket *step)
{
    davy_json_integer(out, NULL,
                      step->bad == 0    ? DAVY_QUALITY_GOOD
                      : step->count > 0 ? DAVY_QUALITY_UNCERTAIN
                                        : DAVY_QUALITY_BAD);
}

static void write_time(davy_buffer *out, const davy_store_bucket *step)
{
    davy_json_integer(out, NULL, step->time_ns);
}

static void write_min(davy_buffer *out, const davy_store_bucket *step)
{
    davy_json_number(out, NULL, step->min);
}

static void write_max(davy_buffer *out, const davy_store_bucket *step)
{
    davy_json_number(out, NULL, step->max);
}

static void write_first(davy_buffer *out, const davy_store_bucket *step)
{
    davy_json_number(out, NULL, step->first);
}

static void write_last(davy_buffer *out, const davy_store_bucket *step)
{
    davy_json_number(out, NULL, step->last);
}

static void write_count(davy_buffer *out, const davy_store_bucket *step)
{
    davy_json_unsigned(out, NULL, step->count);
}

static void write_bad(davy_buffer *out, const davy_store_bucket *step)
{
    davy_json_unsigned(out, NULL, step->bad);
}

static void write_uncertain(davy_buffer *out, const davy_store_bucket *step)
{
    davy_json_unsigned(out, NULL, step->uncertain);
}

static void write_anomaly_rate(davy_buffer *out, const davy_store_bucket *step)
{
    davy_json_number(out, NULL, davy_samples_anomaly_rate(step));
}

static const struct {
    const char *name;
    void (*write)(davy_buffer *out, const davy_store_bucket *step);
} step_columns[] = {
    {"times", write_time},
    {"values", write_mean},
    {"quality", write_quality},
    {"min", write_min},
    {"max", write_max},
    {"first", write_first},
    {"last", write_last},
    {"count", write_count},
    {"bad", write_bad},
    {"uncertain", write_uncertain},
    {"anomaly_rate", write_anomaly_rate},
};

static davy_status summarise(samples_writer *writer)
{
    return davy_samples_summarise(&writer->query, writer->query.signals[writer->signal].id,
                                  writer->steps, writer->step_count);
}

static void step_summary(samples_writer *writer, davy_buffer *out, bool *ended)
{
    size_t end =
        writer->next + STRIDE < writer->step_count ? writer->next + STRIDE : writer->step_count;

    for (size_t i = writer->next; i < end; i++)
        if (writer->steps[i].count > 0 || writer->steps[i].bad > 0)
            step_columns[writer->column].write(out, &writer->steps[i]);
    writer->next = end;
    *ended = end == writer->step_count;
}

/* -- The answer -----------------------------------------------------------------------------------
 */

static const char *column_name(const samples_writer *writer)
{
    return step_columns[writer->column].name; /* the raw columns have the first three names */
}

static unsigned column_count(const samples_writer *writer)
{
    return writer->steps ? (unsigned) DAVY_ARRAY_LENGTH(step_columns) : COLUMN_COUNT;
}

static davy_status begin_signal(samples_writer *writer, davy_buffer *out)
{
    const davy_samples_signal *signal = &writer->query.signals[writer->signal];

    davy_json_object(out, NULL);
    davy_json_text(out, "signal", signal->path);
    davy_json_text(out, "unit", signal->unit);
    if (writer->steps)
        davy_json_integer(out, "step", writer->query.step_ns);
    writer->column = 0;
    writer->whole = false;
    return writer->steps ? summarise(writer) : DAVY_OK;
}

static davy_status begin_column(samples_writer *writer, davy_buffer *out)
{
    davy_status status = DAVY_OK;

    davy_json_array(out, column_name(writer));
    writer->next = 0;
    if (!writer->steps) {
        status = begin_reading(writer);
        if (writer->column == COLUMN_TIMES)
            writer->whole = !writer->page->more;
    }
    return status;
}

static davy_status step(samples_writer *writer, davy_buffer *out)
{
    davy_status status = DAVY_OK;
    bool ended = false;

    switch (writer->at) {
    case AT_START:
        davy_json_object(out, NULL);
        if (writer->query.paged)
            davy_json_text(out, "next", writer->query.next[0] ? writer->query.next : NULL);
        davy_json_array(out, "signals");
        writer->at = writer->query.count > 0 ? AT_SIGNAL : AT_END;
        return DAVY_OK;
    case AT_SIGNAL:
        writer->at = AT_COLUMN;
        return begin_signal(writer, out);
    case AT_COLUMN:
        writer->at = IN_COLUMN;
        return begin_column(writer, out);
    default:
        break;
    }
    if (writer->steps)
        step_summary(writer, out, &ended);
    else
        status = step_raw(writer, out, &ended);
    if (!ended || status != DAVY_OK)
        return status;
    davy_json_array_end(out);
    writer->at = AT_COLUMN;
    if (++writer->column == column_count(writer)) {
        davy_json_object_end(out);
        writer->at = ++writer->signal < writer->query.count ? AT_SIGNAL : AT_END;
    }
    return DAVY_OK;
}

static davy_status fill(void *state, davy_buffer *out, bool *end)
{
    samples_writer *writer = state;
    davy_status status = DAVY_OK;

    /* Whether a value needs a comma is seen from the byte before it: one byte goes along. */
    if (writer->at != AT_START)
        davy_buffer_append(out, &writer->carried, 1);
    while (status == DAVY_OK && writer->at != AT_END && out->length < DAVY_HTTP_STREAM_CHUNK)
        status = step(writer, out);
    if (status == DAVY_OK)
        status = davy_buffer_ok(out);
    if (status != DAVY_OK)
        return status;
    if (writer->at == AT_END) {
        davy_json_array_end(out);
        davy_json_object_end(out);
        *end = true;
    } else {
        writer->carried = out->bytes[--out->length];
    }
    return DAVY_OK;
}

static void destroy(void *state)
{
    samples_writer *writer = state;

    davy_arena_clear(&writer->query.arena);
    free(writer->page);
    free(writer->steps);
    free(writer);
}

davy_status davy_samples_produce_json(const davy_samples_query *query, davy_producer *out)
{
    samples_writer *writer = calloc(1, sizeof *writer);
    davy_status status;

    if (!writer) {
        davy_arena arena = query->arena;

        davy_arena_clear(&arena);
        return davy_fail(DAVY_ERR_NOMEM, "the samples");
    }
    writer->query = *query;
    status = davy_samples_steps(query, &writer->steps, &writer->step_count);
    if (status == DAVY_OK && !writer->steps) {
        writer->page = malloc(sizeof *writer->page);
        status = writer->page ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "the samples");
    }
    if (status != DAVY_OK) {
        destroy(writer);
        return status;
    }
    out->state = writer;
    out->fill = fill;
    out->destroy = destroy;
    return DAVY_OK;
}
