/* SPDX-License-Identifier: Apache-2.0 */
#include "store/catalogue.h"

#include "core/arena.h"
#include "core/file.h"
#include "store/catalogue_file.h"

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct davy_catalogue {
    pthread_mutex_t lock;
    davy_catalogue_file *file;
    bool read_only;
    uint64_t damaged;  /* names and sums that were damaged when it was opened */
    atomic_bool dirty; /* entries from first_dirty on, at the latest, are not on disk as they are */
    size_t first_dirty;
    davy_arena texts;
    davy_catalogue_entry *entries; /* by id */
    size_t count, capacity;
    uint32_t *table; /* open addressing: id + 1 at the path's hash, 0 for free */
    size_t table_size;
};

/* The slot of a path, or the free one where it belongs. */
static uint32_t *find_slot(const davy_catalogue *catalogue, const char *path)
{
    size_t mask = catalogue->table_size - 1;
    size_t at = (size_t) davy_checksum(path, strlen(path)) & mask;

    while (catalogue->table[at] != 0 &&
           strcmp(catalogue->entries[catalogue->table[at] - 1].path, path) != 0)
        at = (at + 1) & mask;
    return &catalogue->table[at];
}

/* Twice the room, for entries and for a table at most half full. */
static davy_status grow(davy_catalogue *catalogue)
{
    size_t capacity = catalogue->capacity ? catalogue->capacity * 2 : 64;
    davy_catalogue_entry *entries =
        realloc(catalogue->entries, capacity * sizeof *catalogue->entries);
    uint32_t *table = calloc(capacity * 2, sizeof *table);

    if (entries)
        catalogue->entries = entries;
    if (!entries || !table) {
        free(table);
        return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu signals", capacity);
    }
    free(catalogue->table);
    catalogue->table = table;
    catalogue->table_size = capacity * 2;
    catalogue->capacity = capacity;
    for (size_t i = 0; i < catalogue->count; i++)
        *find_slot(catalogue, catalogue->entries[i].path) = (uint32_t) i + 1;
    return DAVY_OK;
}

static davy_status make_entry(davy_catalogue *catalogue, const char *path, const char *unit,
                              davy_catalogue_entry *entry)
{
    if (catalogue->count == catalogue->capacity) {
        davy_status status = grow(catalogue);

        if (status != DAVY_OK)
            return status;
    }
    entry->id = (davy_signal_id) catalogue->count;
    entry->path = davy_arena_text(&catalogue->texts, path, strlen(path));
    entry->unit = davy_arena_text(&catalogue->texts, unit, strlen(unit));
    if (!entry->path || !entry->unit)
        return davy_fail(DAVY_ERR_NOMEM, "signal '%s'", path);
    return DAVY_OK;
}

static void add_entry(davy_catalogue *catalogue, const davy_catalogue_entry *entry)
{
    *find_slot(catalogue, entry->path) = entry->id + 1;
    catalogue->entries[catalogue->count++] = *entry;
}

/* A signal whose name is damaged keeps its id, under a name that nobody gave. */
static davy_status load_entry(void *context, const char *path, const char *unit)
{
    davy_catalogue *catalogue = context;
    davy_catalogue_entry entry;
    char name[32];
    davy_status status;

    (void) snprintf(name, sizeof name, "damaged/%zu", catalogue->count);
    status = make_entry(catalogue, path ? path : name, path ? unit : "", &entry);
    if (status == DAVY_OK)
        add_entry(catalogue, &entry);
    return status;
}

davy_status davy_catalogue_open(const char *file, bool read_only, davy_catalogue **out)
{
    davy_catalogue *catalogue = calloc(1, sizeof *catalogue);
    davy_status status;

    if (!catalogue)
        return davy_fail(DAVY_ERR_NOMEM, "catalogue '%s'", file);
    pthread_mutex_init(&catalogue->lock, NULL);
    catalogue->read_only = read_only;
    status = grow(catalogue);
    if (status == DAVY_OK)
        status = davy_catalogue_file_open(file, read_only, &catalogue->file);
    if (status == DAVY_OK)
        status =
            davy_catalogue_file_load(catalogue->file, load_entry, catalogue, &catalogue->damaged);
    catalogue->first_dirty = catalogue->count;
    if (status != DAVY_OK) {
        davy_catalogue_close(catalogue);
        return status;
    }
    *out = catalogue;
    return DAVY_OK;
}

void davy_catalogue_close(davy_catalogue *catalogue)
{
    if (!catalogue)
        return;
    davy_catalogue_file_close(catalogue->file);
    pthread_mutex_destroy(&catalogue->lock);
    davy_arena_clear(&catalogue->texts);
    free(catalogue->entries);
    free(catalogue->table);
    free(catalogue);
}

uint64_t davy_catalogue_damaged(const davy_catalogue *catalogue)
{
    return catalogue->damaged;
}

size_t davy_catalogue_count(davy_catalogue *catalogue)
{
    size_t count;

    pthread_mutex_lock(&catalogue->lock);
    count = catalogue->count;
    pthread_mutex_unlock(&catalogue->lock);
    return count;
}

/* After a failure all of it is still dirty. Under the lock. */
static davy_status save_dirty(davy_catalogue *catalogue)
{
    davy_status status = davy_catalogue_file_save(catalogue->file, catalogue->entries,
                                                  catalogue->first_dirty, catalogue->count);

    if (status == DAVY_OK) {
        catalogue->first_dirty = catalogue->count;
        atomic_store(&catalogue->dirty, false);
    }
    return status;
}

davy_status davy_catalogue_flush(davy_catalogue *catalogue)
{
    davy_status status = DAVY_OK;

    if (!atomic_load(&catalogue->dirty))
        return DAVY_OK;
    pthread_mutex_lock(&catalogue->lock);
    if (atomic_load(&catalogue->dirty))
        status = save_dirty(catalogue);
    pthread_mutex_unlock(&catalogue->lock);
    return status;
}

static void mark_dirty(davy_catalogue *catalogue, davy_signal_id id)
{
    if (id < catalogue->first_dirty)
        catalogue->first_dirty = id;
    atomic_store(&catalogue->dirty, true);
}

davy_status davy_catalogue_reserve(davy_catalogue *catalogue, size_t count)
{
    davy_status status = DAVY_OK;

    while (status == DAVY_OK && catalogue->count < count) {
        const davy_signal_id id = (davy_signal_id) catalogue->count;

        status = load_entry(catalogue, NULL, NULL);
        if (status == DAVY_OK) {
            mark_dirty(catalogue, id);
            catalogue->damaged++;
        }
    }
    return status;
}

static davy_status add(davy_catalogue *catalogue, const char *path, const char *unit,
                       davy_signal_id *id)
{
    davy_catalogue_entry entry;
    davy_status status = make_entry(catalogue, path, unit ? unit : "", &entry);

    if (status != DAVY_OK)
        return status;
    add_entry(catalogue, &entry);
    mark_dirty(catalogue, entry.id);
    *id = entry.id;
    return DAVY_OK;
}

static davy_status change_unit(davy_catalogue *catalogue, davy_catalogue_entry *entry,
                               const char *unit)
{
    const char *copy = davy_arena_text(&catalogue->texts, unit, strlen(unit));

    if (!copy)
        return davy_fail(DAVY_ERR_NOMEM, "unit of signal '%s'", entry->path);
    entry->unit = copy;
    mark_dirty(catalogue, entry->id);
    return DAVY_OK;
}

static davy_status check_path(const char *path)
{
    size_t length = strlen(path);

    if (length == 0 || length >= DAVY_PATH_MAX)
        return davy_fail(DAVY_ERR_INVALID,
                         "signal path '%.40s...' has %zu bytes, 1 to %d are allowed", path, length,
                         DAVY_PATH_MAX - 1);
    return DAVY_OK;
}

davy_status davy_catalogue_put(davy_catalogue *catalogue, const char *path, const char *unit,
                               davy_signal_id *id)
{
    davy_status status = check_path(path);
    uint32_t slot;

    if (status != DAVY_OK)
        return status;
    pthread_mutex_lock(&catalogue->lock);
    slot = *find_slot(catalogue, path);
    if (catalogue->read_only && (slot == 0 || unit)) {
        status =
            davy_fail(DAVY_ERR_DENIED, "signal '%s': the store is open for reading only", path);
    } else if (slot == 0) {
        status = add(catalogue, path, unit, id);
    } else {
        davy_catalogue_entry *entry = &catalogue->entries[slot - 1];

        if (unit && strcmp(unit, entry->unit) != 0)
            status = change_unit(catalogue, entry, unit);
        if (status == DAVY_OK)
            *id = entry->id;
    }
    pthread_mutex_unlock(&catalogue->lock);
    return status;
}

davy_status davy_catalogue_find(davy_catalogue *catalogue, const char *path, davy_signal_id *id)
{
    uint32_t slot;

    pthread_mutex_lock(&catalogue->lock);
    slot = *find_slot(catalogue, path);
    pthread_mutex_unlock(&catalogue->lock);
    if (slot == 0)
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no signal '%s'", path);
    *id = slot - 1;
    return DAVY_OK;
}

static int compare_paths(const void *left, const void *right)
{
    const davy_catalogue_entry *a = left, *b = right;

    return strcmp(a->path, b->path);
}

davy_status davy_catalogue_list(davy_catalogue *catalogue, davy_catalogue_entry **entries,
                                size_t *count)
{
    davy_catalogue_entry *copy;

    pthread_mutex_lock(&catalogue->lock);
    *count = catalogue->count;
    copy = malloc((*count + 1) * sizeof *copy);
    if (copy)
        memcpy(copy, catalogue->entries, *count * sizeof *copy);
    pthread_mutex_unlock(&catalogue->lock);
    if (!copy)
        return davy_fail(DAVY_ERR_NOMEM, "no memory to list %zu signals", *count);
    qsort(copy, *count, sizeof *copy, compare_paths);
    *entries = copy;
    return DAVY_OK;
}
