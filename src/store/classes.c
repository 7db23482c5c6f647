/* SPDX-License-Identifier: Apache-2.0 */
#include "store/classes.h"

#include "core/pattern.h"

#include <stdlib.h>
#include <string.h>

void davy_classes_init(davy_classes *classes)
{
    *classes = (davy_classes){.count = 0};
    pthread_mutex_init(&classes->lock, NULL);
    davy_arena_init(&classes->arena, 0);
}

void davy_classes_clear(davy_classes *classes)
{
    pthread_mutex_destroy(&classes->lock);
    davy_arena_clear(&classes->arena);
    free(classes->of_signal);
}

static bool is_default(const davy_site_class *item)
{
    return strcmp(item->name, "default") == 0;
}

static const char *keep_text(davy_arena *arena, const char *text)
{
    return davy_arena_text(arena, text, strlen(text));
}

static davy_status copy_class(davy_arena *arena, const davy_site_class *from, davy_site_class *to)
{
    const char **match = davy_arena_array(arena, from->match_count + 1, sizeof *match);
    bool whole = match != NULL;

    *to = *from;
    to->name = keep_text(arena, from->name);
    to->match = match;
    for (size_t i = 0; i < from->match_count && whole; i++) {
        match[i] = keep_text(arena, from->match[i]);
        whole = match[i] != NULL;
    }
    return whole && to->name ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "classes of retention");
}

davy_status davy_classes_set(davy_classes *classes, davy_days *days, const davy_site_class *items,
                             size_t count)
{
    davy_arena arena;
    davy_site_class *copies;
    uint16_t *ids;
    davy_status status = DAVY_OK;

    davy_arena_init(&arena, 0);
    copies = davy_arena_array(&arena, count + 1, sizeof *copies);
    ids = davy_arena_array(&arena, count + 1, sizeof *ids);
    if (!copies || !ids)
        status = davy_fail(DAVY_ERR_NOMEM, "classes of retention");
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        status = copy_class(&arena, &items[i], &copies[i]);
        if (status == DAVY_OK)
            status = davy_days_class(days, is_default(&items[i]) ? "" : items[i].name, &ids[i]);
    }
    if (status != DAVY_OK) {
        davy_arena_clear(&arena);
        return status;
    }
    pthread_mutex_lock(&classes->lock);
    davy_arena_clear(&classes->arena);
    classes->arena = arena;
    classes->items = copies;
    classes->ids = ids;
    classes->count = count;
    pthread_mutex_unlock(&classes->lock);
    return DAVY_OK;
}

static bool is_matched(const davy_site_class *item, const char *path)
{
    for (size_t i = 0; i < item->match_count; i++)
        if (davy_pattern_matches(item->match[i], path))
            return true;
    return false;
}

/* Under the lock. */
static uint16_t find_class(const davy_classes *classes, const char *path)
{
    for (size_t i = 0; i < classes->count; i++)
        if (is_matched(&classes->items[i], path))
            return classes->ids[i];
    return 0;
}

/* Under the lock. */
static davy_status have_place(davy_classes *classes, size_t signals)
{
    size_t capacity = classes->capacity ? classes->capacity : 64;
    uint16_t *grown;

    while (capacity < signals)
        capacity *= 2;
    if (capacity > classes->capacity) {
        grown = realloc(classes->of_signal, capacity * sizeof *grown);
        if (!grown)
            return davy_fail(DAVY_ERR_NOMEM, "no memory for %zu signals", capacity);
        classes->of_signal = grown;
        classes->capacity = capacity;
    }
    while (classes->signals < signals)
        classes->of_signal[classes->signals++] = 0;
    return DAVY_OK;
}

davy_status davy_classes_name(davy_classes *classes, davy_signal_id signal, const char *path)
{
    davy_status status;

    pthread_mutex_lock(&classes->lock);
    status = have_place(classes, (size_t) signal + 1);
    if (status == DAVY_OK)
        classes->of_signal[signal] = find_class(classes, path);
    pthread_mutex_unlock(&classes->lock);
    return status;
}

uint16_t davy_classes_of(davy_classes *classes, davy_signal_id signal)
{
    uint16_t id;

    pthread_mutex_lock(&classes->lock);
    id = signal < classes->signals ? classes->of_signal[signal] : 0;
    pthread_mutex_unlock(&classes->lock);
    return id;
}

bool davy_classes_find(davy_classes *classes, uint16_t class_id, davy_site_class *out)
{
    bool found = false;

    pthread_mutex_lock(&classes->lock);
    for (size_t i = 0; i < classes->count && !found; i++) {
        found = classes->ids[i] == class_id;
        if (found)
            *out = classes->items[i];
    }
    pthread_mutex_unlock(&classes->lock);
    return found;
}

int64_t davy_classes_rollups(davy_classes *classes)
{
    int64_t longest_ns = 0;
    bool is_for_ever = false, has_default = false;

    pthread_mutex_lock(&classes->lock);
    for (size_t i = 0; i < classes->count; i++) {
        const int64_t rollups_ns = classes->items[i].rollups_ns;

        has_default |= classes->ids[i] == 0;
        is_for_ever |= rollups_ns == 0;
        longest_ns = rollups_ns > longest_ns ? rollups_ns : longest_ns;
    }
    pthread_mutex_unlock(&classes->lock);
    return has_default && !is_for_ever ? longest_ns : 0;
}

int64_t davy_classes_when_full(davy_classes *classes)
{
    int64_t longest_ns = 0;

    pthread_mutex_lock(&classes->lock);
    for (size_t i = 0; i < classes->count; i++)
        if (classes->items[i].when_full_ns > longest_ns)
            longest_ns = classes->items[i].when_full_ns;
    pthread_mutex_unlock(&classes->lock);
    return longest_ns;
}
