/* SPDX-License-Identifier: Apache-2.0 */
#include <assert.h>
#include <sodium.h>
#include <string.h>

#include "core/file.h"
#include "serve/samples/samples.h"

/*
 * A cursor is hexadecimal over: byte 0 its version, 4 bytes signal, 8 bytes time, 8 bytes checksum
 * of what was asked, 8 bytes checksum of all these. Nobody but this file reads it.
 */
#define VERSION      1
#define PLACE_BYTES  21
#define CURSOR_BYTES (PLACE_BYTES + 8)

static_assert(2 * CURSOR_BYTES < DAVY_SAMPLES_CURSOR_MAX, "a cursor fits its text");

typedef struct place {
    davy_signal_id signal;
    int64_t time_ns; /* of the next sample of that signal, or earlier */
} place;

static uint64_t asked(const davy_samples_query *query, const char *pattern)
{
    const uint64_t parts[] = {davy_checksum(pattern, strlen(pattern)), (uint64_t) query->from_ns,
                              (uint64_t) query->to_ns};

    return davy_checksum(parts, sizeof parts);
}

static void put(uint8_t *bytes, uint64_t value, size_t count)
{
    for (size_t i = 0; i < count; i++)
        bytes[i] = (uint8_t) (value >> (8 * i));
}

static uint64_t get(const uint8_t *bytes, size_t count)
{
    uint64_t value = 0;

    for (size_t i = 0; i < count; i++)
        value |= (uint64_t) bytes[i] << (8 * i);
    return value;
}

static void write_cursor(const place *at, uint64_t query, char text[DAVY_SAMPLES_CURSOR_MAX])
{
    uint8_t bytes[CURSOR_BYTES] = {VERSION};

    put(bytes + 1, at->signal, 4);
    put(bytes + 5, (uint64_t) at->time_ns, 8);
    put(bytes + 13, query, 8);
    put(bytes + PLACE_BYTES, davy_checksum(bytes, PLACE_BYTES), 8);
    (void) sodium_bin2hex(text, DAVY_SAMPLES_CURSOR_MAX, bytes, sizeof bytes);
}

static davy_status read_cursor(const char *text, uint64_t query, place *at)
{
    uint8_t bytes[CURSOR_BYTES];
    size_t length = 0;
    const char *end;

    if (strlen(text) != 2 * CURSOR_BYTES ||
        sodium_hex2bin(bytes, sizeof bytes, text, 2 * CURSOR_BYTES, NULL, &length, &end) != 0 ||
        length != CURSOR_BYTES || bytes[0] != VERSION ||
        get(bytes + PLACE_BYTES, 8) != davy_checksum(bytes, PLACE_BYTES))
        return davy_fail(DAVY_ERR_INVALID,
                         "the cursor is broken or of another version of davy: ask without it");
    if (get(bytes + 13, 8) != query)
        return davy_fail(DAVY_ERR_INVALID, "the cursor is of another query: repeat 'signals', "
                                           "'from' and 'to' as they were");
    at->signal = (davy_signal_id) get(bytes + 1, 4);
    at->time_ns = (int64_t) get(bytes + 5, 8);
    return DAVY_OK;
}

/* Leave out what is before the place. */
static davy_status begin_at(davy_samples_query *query, const place *at)
{
    size_t i = 0;

    while (i < query->count && query->signals[i].id != at->signal)
        i++;
    if (i == query->count)
        return davy_fail(DAVY_ERR_INVALID, "the signal of the cursor is gone: ask without it");
    query->signals += i;
    query->count -= i;
    if (at->time_ns > query->from_ns)
        query->signals[0].from_ns = at->time_ns;
    return DAVY_OK;
}

/* Counts samples until there are more than a page has. */
struct counter {
    uint64_t left;
    bool full;
    int64_t end_ns; /* when full: the first sample behind the page */
};

static bool count_stretch(void *context, const davy_store_stretch *stretch)
{
    struct counter *counter = context;

    if (stretch->count > counter->left)
        return false;
    counter->left -= stretch->count;
    return true;
}

static davy_status count_run(void *context, const davy_store_run *run)
{
    struct counter *counter = context;

    counter->full = run->count > counter->left;
    if (counter->full)
        counter->end_ns = run->times[counter->left];
    else
        counter->left -= run->count;
    return counter->full ? DAVY_ERR_FULL : DAVY_OK;
}

static davy_status count_signal(davy_store *store, const davy_samples_signal *signal,
                                struct counter *counter)
{
    davy_status status = davy_store_scan_stretches(
        store, signal->id, signal->from_ns, signal->to_ns, count_stretch, count_run, counter);

    return counter->full ? DAVY_OK : status;
}

davy_status davy_samples_cut(davy_samples_query *query, const char *pattern, uint64_t limit,
                             const char *cursor)
{
    const uint64_t hash = asked(query, pattern);
    struct counter counter = {.left = limit};
    davy_status status = DAVY_OK;
    place at = {0};

    if (cursor)
        status = read_cursor(cursor, hash, &at);
    if (cursor && status == DAVY_OK)
        status = begin_at(query, &at);
    query->paged = true;
    for (size_t i = 0; i < query->count && status == DAVY_OK; i++) {
        davy_samples_signal *signal = &query->signals[i];

        status = count_signal(query->store, signal, &counter);
        if (status != DAVY_OK || !counter.full)
            continue;
        at = (place){signal->id, counter.end_ns};
        write_cursor(&at, hash, query->next);
        query->count = i + (counter.end_ns > signal->from_ns);
        signal->to_ns = counter.end_ns;
    }
    return status;
}
