/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/change/lines.h"

#include <jansson.h>
#include <sodium.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

struct line {
    const char *text; /* without the blanks around it; the indentation counts */
    size_t length, indent, number;
    bool same; /* the other file has it too */
};

struct file {
    struct line *lines;
    size_t count;
};

/* Reading ----------------------------------------------------------------------------------- */

static bool read_line(const char *text, size_t length, struct line *line)
{
    const size_t indent = strspn(text, " ");

    while (length > 0 && strchr(" \t\r", text[length - 1]))
        length--;
    if (length <= indent || text[indent] == '#')
        return false;
    line->text = text + indent;
    line->length = length - indent;
    line->indent = indent;
    return true;
}

static bool read_file(const char *text, struct file *file)
{
    size_t count = 1;

    for (const char *at = text; (at = strchr(at, '\n')); at++)
        count++;
    file->lines = calloc(count, sizeof *file->lines);
    for (size_t number = 1; file->lines && *text; number++) {
        const size_t length = strcspn(text, "\n");
        struct line *line = &file->lines[file->count];

        line->number = number;
        file->count += read_line(text, length, line) ? 1 : 0;
        text += length + (text[length] == '\n' ? 1 : 0);
    }
    return file->lines != NULL;
}

static bool is_same(const struct line *a, const struct line *b)
{
    return a->length == b->length && a->indent == b->indent &&
           memcmp(a->text, b->text, a->length) == 0;
}

/* Comparing --------------------------------------------------------------------------------- */

/* What lies between the equal beginnings and the equal ends, and how far each diagonal was reached
 * with so many edits. */
struct search {
    struct line *a, *b;
    long a_count, b_count;
    long *reached[DAVY_LINES_EDITS_MAX + 1]; /* [edits][diagonal + edits], lines of `a` */
};

static bool came_down(const struct search *search, long edits, long diagonal)
{
    const long *last = search->reached[edits - 1] + (edits - 1);

    return diagonal == -edits || (diagonal != edits && last[diagonal - 1] < last[diagonal + 1]);
}

static long first_of(const struct search *search, long edits, long diagonal)
{
    const long *last;

    if (edits == 0)
        return 0;
    last = search->reached[edits - 1] + (edits - 1);
    return came_down(search, edits, diagonal) ? last[diagonal + 1] : last[diagonal - 1] + 1;
}

/* Where a diagonal ends: after the edit, as far as the lines are the same. */
static long follow(const struct search *search, long edits, long diagonal)
{
    long x = first_of(search, edits, diagonal);

    while (x < search->a_count && x - diagonal < search->b_count &&
           is_same(&search->a[x], &search->b[x - diagonal]))
        x++;
    return x;
}

/* The fewest edits that make one of the other; -1: too many, or no memory. */
static long count_edits(struct search *search)
{
    const long end = search->a_count - search->b_count;

    for (long edits = 0; edits <= DAVY_LINES_EDITS_MAX; edits++) {
        long *row = calloc((size_t) (2 * edits + 1), sizeof *row);

        search->reached[edits] = row;
        for (long diagonal = -edits; row && diagonal <= edits; diagonal += 2) {
            row[diagonal + edits] = follow(search, edits, diagonal);
            if (diagonal == end && row[diagonal + edits] >= search->a_count)
                return edits;
        }
        if (!row)
            return -1;
    }
    return -1;
}

/* Back from the end: what was followed without an edit is in both. */
static void mark_same(const struct search *search, long edits)
{
    long x = search->a_count, y = search->b_count;

    for (; edits >= 0; edits--) {
        const long diagonal = x - y, first = first_of(search, edits, diagonal);
        const bool down = edits > 0 && came_down(search, edits, diagonal);

        for (; x > first; x--)
            search->a[x - 1].same = search->b[x - 1 - diagonal].same = true;
        y = x - diagonal - (down ? 1 : 0);
        x -= edits > 0 && !down ? 1 : 0;
    }
}

static void compare(struct file *before, struct file *after)
{
    struct search search = {0};
    size_t first = 0, last = 0;
    long edits;

    for (; first < before->count && first < after->count &&
           is_same(&before->lines[first], &after->lines[first]);
         first++)
        before->lines[first].same = after->lines[first].same = true;
    for (;
         last < before->count - first && last < after->count - first &&
         is_same(&before->lines[before->count - 1 - last], &after->lines[after->count - 1 - last]);
         last++)
        before->lines[before->count - 1 - last].same = after->lines[after->count - 1 - last].same =
            true;
    search.a = before->lines + first;
    search.b = after->lines + first;
    search.a_count = (long) (before->count - first - last);
    search.b_count = (long) (after->count - first - last);
    edits = count_edits(&search);
    mark_same(&search, edits);
    for (size_t i = 0; i <= DAVY_LINES_EDITS_MAX; i++)
        free(search.reached[i]);
}

/* Telling ----------------------------------------------------------------------------------- */

static void tell(json_t *changes, const struct line *line, const char *what)
{
    davy_buffer text = {0};

    davy_buffer_printf(&text, "line %zu %s: ", line->number, what);
    davy_buffer_append(&text, line->text, line->length);
    if (davy_buffer_ok(&text) == DAVY_OK)
        (void) json_array_append_new(
            changes, json_pack("{s:o}", "text", json_stringn(text.bytes, text.length)));
    davy_buffer_clear(&text);
}

static json_t *tell_all(const struct file *before, const struct file *after)
{
    json_t *changes = json_array();
    size_t old = 0, new = 0;

    while (changes && (old < before->count || new < after->count)) {
        if (old < before->count && !before->lines[old].same)
            tell(changes, &before->lines[old++], "removed");
        else if (new < after->count && !after->lines[new].same)
            tell(changes, &after->lines[new ++], "new");
        else
            old++, new ++;
    }
    return changes;
}

json_t *davy_lines_diff(const char *before, const char *after)
{
    struct file old = {0}, new = {0};
    json_t *changes = NULL;

    if (read_file(before, &old) && read_file(after, &new)) {
        compare(&old, &new);
        changes = tell_all(&old, &new);
    }
    free(old.lines);
    free(new.lines);
    return changes;
}

/* Hiding ------------------------------------------------------------------------------------ */

/* Signs that end a URL in YAML, and those that end its host. */
#define URL_ENDS  " \t\r\n\"',}]"
#define HOST_ENDS "/?#" URL_ENDS

/* Of the hash that stands for a path: a changed one is seen, and no more is told of it. */
#define MARK_BYTES ((size_t) 4)

/* "/T0/B1/x" -> "/...6b1c20f4": what it was cannot be read there, and that it changed can. */
static void hide(const char *path, size_t length, davy_buffer *out)
{
    unsigned char mark[crypto_generichash_BYTES_MIN];
    char hex[2 * MARK_BYTES + 1];

    (void) crypto_generichash(mark, sizeof mark, (const unsigned char *) path, length, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, mark, MARK_BYTES);
    davy_buffer_printf(out, "/...%s", hex);
}

void davy_lines_mask(const char *text, size_t length, davy_buffer *out)
{
    const char *at = text, *end = text + length;

    while (at < end) {
        const char *host = memmem(at, (size_t) (end - at), "://", 3);
        const char *path = host ? host + 3 : end;

        while (path < end && *path && !strchr(HOST_ENDS, *path))
            path++;
        davy_buffer_append(out, at, (size_t) (path - at));
        at = path;
        while (at < end && *at && !strchr(URL_ENDS, *at))
            at++;
        if (at > path + 1)
            hide(path, (size_t) (at - path), out);
        else
            davy_buffer_append(out, path, (size_t) (at - path));
        if (at < end && !*at) /* a zero is no text; it stands where it stood */
            davy_buffer_append(out, at++, 1);
    }
}
