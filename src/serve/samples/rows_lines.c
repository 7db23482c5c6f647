/* SPDX-License-Identifier: Apache-2.0 */
#include <math.h>
#include <string.h>

#include "core/json.h"
#include "serve/samples/rows.h"

/**
 * @file
 * Rows of Influx line protocol: what comes out here goes into POST /api/v2/write and is the same.
 *
 *     T-101,davy_quality=bad level=12.5 1767225600000000000
 *
 * A good sample has no tag. The protocol has no word for NaN and infinities: such samples have no
 * line, and a comment behind the signal's lines tells how many.
 *
 * Source: InfluxData, "Line protocol", InfluxDB v2 documentation (syntax, escapes).
 */

static void append_escaped(davy_buffer *out, const char *text, size_t length, const char *special)
{
    for (size_t i = 0; i < length; i++) {
        if (strchr(special, text[i]))
            davy_buffer_append(out, "\\", 1);
        davy_buffer_append(out, &text[i], 1);
    }
}

/* Names that the protocol cannot say: a line's end, a backslash, which may escape what is behind
 * it, a comment's sign. A site has none. */
static bool has_line(const char *path)
{
    const char *slash = strchr(path, '/');

    return slash && slash > path && slash[1] && path[0] != '#' && !strpbrk(path, "\\\n\r\t");
}

/* "T-101", and behind the split " level=". */
static void begin_signal(davy_samples_writer *writer, davy_buffer *out)
{
    const char *path = writer->signal->path, *slash = strchr(path, '/');

    (void) out;
    if (!has_line(path))
        return;
    append_escaped(&writer->name, path, (size_t) (slash - path), ", ");
    writer->name_split = writer->name.length;
    davy_buffer_append(&writer->name, " ", 1);
    append_escaped(&writer->name, slash + 1, strlen(slash + 1), ", =");
    davy_buffer_append(&writer->name, "=", 1);
}

static void append_line(const davy_samples_writer *writer, davy_buffer *out, size_t i)
{
    const davy_samples_page *page = writer->page;
    const davy_buffer *name = &writer->name;

    davy_buffer_append(out, name->bytes, writer->name_split);
    if (page->quality[i] != DAVY_QUALITY_GOOD) {
        davy_buffer_append_text(out, ",davy_quality=");
        davy_buffer_append_text(out, davy_quality_name(page->quality[i]));
    }
    davy_buffer_append(out, name->bytes + writer->name_split, name->length - writer->name_split);
    davy_json_digits(out, page->values[i]);
    davy_buffer_append(out, " ", 1);
    davy_json_integer_digits(out, page->times[i]);
    davy_buffer_append(out, "\n", 1);
}

static void run(davy_samples_writer *writer, davy_buffer *out, size_t from, size_t to)
{
    const bool line = has_line(writer->signal->path) && !writer->name.failed;

    for (size_t i = from; i < to; i++)
        if (line && isfinite(writer->page->values[i]))
            append_line(writer, out, i);
        else
            writer->left_out++;
}

static void end_signal(davy_samples_writer *writer, davy_buffer *out)
{
    if (writer->left_out == 0)
        return;
    davy_buffer_append_text(out, "# left out: ");
    davy_json_integer_digits(out, (int64_t) writer->left_out);
    davy_buffer_append_text(out, " samples of ");
    append_escaped(out, writer->signal->path, strcspn(writer->signal->path, "\n\r"), "");
    davy_buffer_append_text(out, has_line(writer->signal->path)
                                     ? ", whose values are no finite numbers\n"
                                     : ", whose name has no form in line protocol\n");
}

const davy_samples_rows davy_samples_lines = {
    .stride = 512, .begin_signal = begin_signal, .run = run, .end_signal = end_signal};
