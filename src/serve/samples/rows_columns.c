/* SPDX-License-Identifier: Apache-2.0 */
#include "data/columns.h"
#include "serve/samples/rows.h"

/**
 * @file
 * Not rows but blocks of columns, to the bit: docs/query.md.
 */

static void begin(davy_samples_writer *writer, davy_buffer *out)
{
    (void) writer;
    davy_columns_begin(out);
}

static void begin_signal(davy_samples_writer *writer, davy_buffer *out)
{
    davy_columns_signal(out, writer->signal->path, writer->signal->unit);
}

static void run(davy_samples_writer *writer, davy_buffer *out, size_t from, size_t to)
{
    const davy_samples_page *page = writer->page;
    const davy_store_run part = {.signal = writer->signal->id,
                                 .count = to - from,
                                 .times = page->times + from,
                                 .values = page->values + from,
                                 .quality = page->quality + from};

    davy_columns_samples(out, &part);
}

static void end(davy_samples_writer *writer, davy_buffer *out)
{
    davy_columns_end(out, writer->query.count, writer->samples);
}

const davy_samples_rows davy_samples_columns = {.stride = DAVY_SAMPLES_PAGE,
                                                .begin = begin,
                                                .begin_signal = begin_signal,
                                                .run = run,
                                                .end = end};
