/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/change/settings.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

/* A piece of a line. */
struct piece {
    const char *text;
    size_t length;
};

struct line {
    struct piece key, setting, value;
};

struct cursor {
    const char *next; /* what follows the line */
    struct line line;
    bool more; /* there is a line */
};

static bool read_line(const char *text, const char *end, struct line *line)
{
    const char *first = memchr(text, '\t', (size_t) (end - text));
    const char *second = first ? memchr(first + 1, '\t', (size_t) (end - first - 1)) : NULL;

    if (!second)
        return false;
    *line = (struct line){{text, (size_t) (first - text)},
                          {first + 1, (size_t) (second - first - 1)},
                          {second + 1, (size_t) (end - second - 1)}};
    return true;
}

static void advance(struct cursor *cursor)
{
    cursor->more = false;
    while (*cursor->next && !cursor->more) {
        const char *text = cursor->next;
        const char *end = strchr(text, '\n');

        end = end ? end : text + strlen(text);
        cursor->next = *end ? end + 1 : end;
        cursor->more = read_line(text, end, &cursor->line);
    }
}

static int compare(struct piece a, struct piece b)
{
    int order = memcmp(a.text, b.text, a.length < b.length ? a.length : b.length);

    return order != 0 ? order : (a.length > b.length) - (a.length < b.length);
}

static bool is_same(struct piece a, struct piece b)
{
    return compare(a, b) == 0;
}

/* The blank before the unit of a number, or NULL. */
static const char *unit_of(struct piece value)
{
    char *end;

    (void) strtod(value.text,
                  &end); /* ends at the blank, the tab or the line's end at the latest */
    return end > value.text && end < value.text + value.length && *end == ' ' ? end : NULL;
}

/* Both are numbers of one unit, which need not be said twice. */
static size_t shown_length(struct piece before, struct piece after)
{
    const char *a = unit_of(before), *b = unit_of(after);

    if (!a || !b ||
        !is_same((struct piece){a, (size_t) (before.text + before.length - a)},
                 (struct piece){b, (size_t) (after.text + after.length - b)}))
        return before.length;
    return (size_t) (a - before.text);
}

/* "T-101/pressure:hi deadband 5 -> 10 kPa" */
static json_t *sentence(const struct line *line, const struct piece *before,
                        const struct piece *after)
{
    const char *blank = line->setting.length > 0 ? " " : "";

    if (!before)
        return json_sprintf("%.*s%s%.*s new: %.*s", (int) line->key.length, line->key.text, blank,
                            (int) line->setting.length, line->setting.text, (int) after->length,
                            after->text);
    if (!after)
        return json_sprintf("%.*s%s%.*s removed: was %.*s", (int) line->key.length, line->key.text,
                            blank, (int) line->setting.length, line->setting.text,
                            (int) before->length, before->text);
    return json_sprintf("%.*s%s%.*s %.*s -> %.*s", (int) line->key.length, line->key.text, blank,
                        (int) line->setting.length, line->setting.text,
                        (int) shown_length(*before, *after), before->text, (int) after->length,
                        after->text);
}

static json_t *piece_json(const struct piece *piece)
{
    return piece ? json_stringn(piece->text, piece->length) : json_null();
}

static void tell(json_t *changes, const struct line *line, const struct piece *before,
                 const struct piece *after)
{
    static const struct piece limit = {"limit", 5};

    (void) json_array_append_new(
        changes, json_pack("{s:o, s:o, s:o, s:o, s:o}", "condition", piece_json(&line->key),
                           "setting", piece_json(line->setting.length ? &line->setting : &limit),
                           "before", piece_json(before), "after", piece_json(after), "text",
                           sentence(line, before, after)));
}

/* A line that one side has not. Without the line that every condition has, all of it is new or
 * gone, and its other settings need no words. */
static void tell_one(json_t *changes, struct cursor *cursor, bool is_old)
{
    const struct line line = cursor->line;

    tell(changes, &line, is_old ? &line.value : NULL, is_old ? NULL : &line.value);
    do
        advance(cursor);
    while (line.setting.length == 0 && cursor->more && is_same(cursor->line.key, line.key));
}

static void tell_both(json_t *changes, struct cursor *old, struct cursor *new)
{
    if (!is_same(old->line.value, new->line.value))
        tell(changes, &old->line, &old->line.value, &new->line.value);
    advance(old);
    advance(new);
}

static int order_of(const struct cursor *old, const struct cursor *new)
{
    int order;

    if (!old->more || !new->more)
        return old->more ? -1 : 1;
    order = compare(old->line.key, new->line.key);
    return order != 0 ? order : compare(old->line.setting, new->line.setting);
}

json_t *davy_settings_diff(const char *before, const char *after)
{
    struct cursor old = {.next = before}, new = {.next = after};
    json_t *changes = json_array();

    advance(&old);
    advance(&new);
    while (changes && (old.more || new.more)) {
        int order = order_of(&old, &new);

        if (order < 0)
            tell_one(changes, &old, true);
        else if (order > 0)
            tell_one(changes, &new, false);
        else
            tell_both(changes, &old, &new);
    }
    return changes;
}
