/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes cursors against a small store: whatever a stranger sends, the page lies within what was
 * asked, has at most `limit` samples, and its own cursor is taken.
 */
#include "serve/samples/samples.h"

#include <assert.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define FROM  10
#define TO    80
#define LIMIT 3

static davy_store *store;
static char folder[] = "/tmp/davy-fuzz-cursor-XXXXXX";

static void drop_store(void)
{
    char command[64];

    davy_store_close(store);
    (void) snprintf(command, sizeof command, "rm -rf '%s'", folder);
    if (system(command) != 0)
        abort();
}

static void must(davy_status status)
{
    if (status != DAVY_OK)
        abort();
}

static void make_store(void)
{
    davy_signal_id id;

    if (!mkdtemp(folder))
        abort();
    must(davy_store_open(folder, NULL, &store));
    (void) atexit(drop_store);
    for (size_t s = 0; s < 3; s++) {
        char path[] = "a/0";

        path[2] = (char) ('0' + s);
        must(davy_store_signal(store, path, "", &id));
        for (int64_t i = 0; i < 5; i++)
            must(davy_store_append(store,
                                   &(davy_sample){.time_ns = 20 * i, .value = 1, .signal = id}, 1));
    }
}

static davy_status count_run(void *context, const davy_store_run *run)
{
    *(size_t *) context += run->count;
    return DAVY_OK;
}

/* The page of a cursor; true and its own cursor when there is another. */
static bool page(const char *cursor, char next[DAVY_SAMPLES_CURSOR_MAX])
{
    davy_samples_query query = {.store = store, .from_ns = FROM, .to_ns = TO};
    size_t count = 0;

    must(davy_samples_select(&query, "a/*"));
    next[0] = '\0';
    if (davy_samples_cut(&query, "a/*", LIMIT, cursor) == DAVY_OK) {
        for (size_t i = 0; i < query.count; i++) {
            assert(query.signals[i].from_ns >= FROM && query.signals[i].to_ns <= TO);
            must(davy_store_scan(store, query.signals[i].id, query.signals[i].from_ns,
                                 query.signals[i].to_ns, count_run, &count));
        }
        assert(count <= LIMIT);
        memcpy(next, query.next, DAVY_SAMPLES_CURSOR_MAX);
    }
    davy_arena_clear(&query.arena);
    return next[0] != '\0';
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char *text = calloc(size + 1, 1);
    char next[DAVY_SAMPLES_CURSOR_MAX], after[DAVY_SAMPLES_CURSOR_MAX];

    if (!text)
        return 0;
    if (!store)
        make_store();
    memcpy(text, data, size);
    if (page(text, next))
        (void) page(next, after);
    free(text);
    return 0;
}
