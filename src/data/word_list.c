/* SPDX-License-Identifier: Apache-2.0 */
#include "data/word_list.h"

#include <stdlib.h>
#include <string.h>

#define SLOTS_FIRST 64

/* Source: G. Fowler, L. C. Noll, K.-P. Vo, "The FNV Non-Cryptographic Hash Algorithm", 1a. */
static uint64_t hash_of(const char *word, size_t length)
{
    uint64_t hash = UINT64_C(14695981039346656037);

    for (size_t i = 0; i < length; i++)
        hash = (hash ^ (unsigned char) word[i]) * UINT64_C(1099511628211);
    return hash ^ (hash >> 32);
}

static int is_word(const char *name, const char *word, size_t length)
{
    return strncmp(name, word, length) == 0 && name[length] == '\0';
}

/* The slot of a word, or the free one where it would stand. */
static size_t slot_of(const davy_word_list *list, const char *word, size_t length)
{
    size_t slot = hash_of(word, length) & (list->slot_count - 1);

    while (list->slots[slot] && !is_word(list->names[list->slots[slot] - 1], word, length))
        slot = (slot + 1) & (list->slot_count - 1);
    return slot;
}

size_t davy_word_list_find(const davy_word_list *list, const char *word, size_t length)
{
    uint32_t found = list->slot_count > 0 ? list->slots[slot_of(list, word, length)] : 0;

    return found ? found - 1 : list->count;
}

/* Put all words into `slot_count` fresh slots. */
static void fill_slots(davy_word_list *list)
{
    memset(list->slots, 0, list->slot_count * sizeof *list->slots);
    for (size_t i = 0; i < list->count; i++)
        list->slots[slot_of(list, list->names[i], strlen(list->names[i]))] = (uint32_t) i + 1;
}

/* At most half of the slots are taken. */
static davy_status grow(davy_word_list *list)
{
    const size_t slot_count = list->slot_count ? list->slot_count * 2 : SLOTS_FIRST;
    uint32_t *slots;
    char **names;

    if (list->count * 2 < list->slot_count)
        return DAVY_OK;
    slots = reallocarray(list->slots, slot_count, sizeof *slots);
    if (slots)
        list->slots = slots;
    names = reallocarray((void *) list->names, slot_count / 2, sizeof *names);
    if (names)
        list->names = names;
    if (!slots || !names)
        return davy_fail(DAVY_ERR_NOMEM, "%zu words", list->count);
    list->slot_count = slot_count;
    fill_slots(list);
    return DAVY_OK;
}

davy_status davy_word_list_add(davy_word_list *list, const char *word, size_t length, size_t most,
                               size_t *index)
{
    davy_status status;
    char *name;

    *index = davy_word_list_find(list, word, length);
    if (*index < list->count)
        return DAVY_OK;
    if (list->count >= most)
        return DAVY_ERR_FULL;
    status = grow(list);
    name = status == DAVY_OK ? strndup(word, length) : NULL;
    if (!name)
        return davy_fail(DAVY_ERR_NOMEM, "%zu words", list->count);
    list->slots[slot_of(list, word, length)] = (uint32_t) list->count + 1;
    list->names[list->count++] = name;
    return DAVY_OK;
}

/* A word and where it stood. */
typedef struct placed {
    char *name;
    size_t place;
} placed;

static int by_name(const void *a, const void *b)
{
    return strcmp(((const placed *) a)->name, ((const placed *) b)->name);
}

davy_status davy_word_list_sort(davy_word_list *list, size_t *places)
{
    placed *order = calloc(list->count + 1, sizeof *order);

    if (!order)
        return davy_fail(DAVY_ERR_NOMEM, "%zu words", list->count);
    for (size_t i = 0; i < list->count; i++)
        order[i] = (placed){list->names[i], i};
    qsort(order, list->count, sizeof *order, by_name);
    for (size_t i = 0; i < list->count; i++) {
        list->names[i] = order[i].name;
        if (places)
            places[order[i].place] = i;
    }
    if (list->count > 0)
        fill_slots(list);
    free(order);
    return DAVY_OK;
}

void davy_word_list_clear(davy_word_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->names[i]);
    free((void *) list->names);
    free(list->slots);
    *list = (davy_word_list){0};
}
