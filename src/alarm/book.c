/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/book.h"

#include "core/file.h"

#include <stdlib.h>
#include <string.h>

#define NONE SIZE_MAX

void davy_alarm_book_clear(davy_alarm_book *book)
{
    for (size_t i = 0; i < book->count; i++)
        davy_alarm_entry_destroy(book->entries[i]);
    free(book->entries);
    free(book->timed);
    free(book->buckets);
    *book = (davy_alarm_book){0};
}

/* Bucket counts are powers of two. */
static size_t bucket_of(const davy_alarm_book *book, const char *key)
{
    return (size_t) davy_checksum(key, strlen(key)) & (book->bucket_count - 1);
}

davy_alarm_entry *davy_alarm_book_find(const davy_alarm_book *book, const char *key)
{
    if (book->bucket_count == 0)
        return NULL;
    for (size_t i = book->buckets[bucket_of(book, key)]; i != NONE; i = book->entries[i]->next)
        if (strcmp(book->entries[i]->key, key) == 0)
            return book->entries[i];
    return NULL;
}

davy_alarm_entry *davy_alarm_book_by_id(const davy_alarm_book *book, uint64_t id)
{
    /* Ids are given in the order of the book, so the place is nearly always the right one. */
    if (id > 0 && id <= book->count && book->entries[id - 1]->id == id)
        return book->entries[id - 1];
    for (size_t i = 0; i < book->count; i++)
        if (book->entries[i]->id == id)
            return book->entries[i];
    return NULL;
}

static void link_entry(davy_alarm_book *book, size_t index)
{
    size_t *bucket = &book->buckets[bucket_of(book, book->entries[index]->key)];

    book->entries[index]->next = *bucket;
    *bucket = index;
}

/* There is room for all alarms, so that none can miss its timer. */
void davy_alarm_book_time(davy_alarm_book *book, davy_alarm_entry *entry, bool timed)
{
    if (timed == (entry->timed > 0))
        return;
    if (timed) {
        book->timed[book->timed_count++] = entry;
        entry->timed = book->timed_count;
        return;
    }
    book->timed[entry->timed - 1] = book->timed[--book->timed_count];
    book->timed[entry->timed - 1]->timed = entry->timed;
    entry->timed = 0;
}

/* Twice the room: entries and buckets grow together, so chains stay short. */
static davy_status grow(davy_alarm_book *book)
{
    size_t capacity = book->capacity ? 2 * book->capacity : 64;
    davy_alarm_entry **entries = realloc(book->entries, capacity * sizeof(davy_alarm_entry *));
    davy_alarm_entry **timed = realloc(book->timed, capacity * sizeof(davy_alarm_entry *));
    size_t *buckets = malloc(capacity * sizeof *buckets);

    if (entries)
        book->entries = entries;
    if (timed)
        book->timed = timed;
    if (!entries || !timed || !buckets) {
        free(buckets);
        return davy_fail(DAVY_ERR_NOMEM, "%zu alarms", capacity);
    }
    free(book->buckets);
    book->buckets = buckets;
    book->bucket_count = capacity;
    book->capacity = capacity;
    for (size_t i = 0; i < capacity; i++)
        buckets[i] = NONE;
    for (size_t i = 0; i < book->count; i++)
        link_entry(book, i);
    return DAVY_OK;
}

davy_status davy_alarm_book_add(davy_alarm_book *book, const char *key, davy_alarm_entry **out)
{
    davy_alarm_entry *entry;

    if (book->count == book->capacity) {
        davy_status status = grow(book);

        if (status != DAVY_OK)
            return status;
    }
    entry = calloc(1, sizeof *entry);
    if (!entry || !davy_text_replace(&entry->key, key)) {
        free(entry);
        return davy_fail(DAVY_ERR_NOMEM, "alarm '%s'", key);
    }
    entry->rule = &davy_site_rule_plain;
    entry->shelve_max_ns = DAVY_SITE_SHELVE_MAX_NS;
    book->entries[book->count] = entry;
    link_entry(book, book->count);
    book->count++;
    *out = entry;
    return DAVY_OK;
}
