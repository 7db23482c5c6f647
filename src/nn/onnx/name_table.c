/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/onnx/name_table.h"

#include "core/file.h"

#include <stdlib.h>
#include <string.h>

#define FIRST_CAPACITY 64

/* Where the name stands, or the free slot where it belongs. */
static davy_name *slot_of(const davy_name_table *names, const char *text)
{
    size_t at = (size_t) davy_checksum(text, strlen(text));

    for (;; at++) {
        davy_name *slot = &names->slots[at & (names->capacity - 1)];

        if (!slot->text || strcmp(slot->text, text) == 0)
            return slot;
    }
}

static bool grow(davy_name_table *names)
{
    const davy_name_table old = *names;

    names->capacity = old.capacity ? 2 * old.capacity : FIRST_CAPACITY;
    names->slots = calloc(names->capacity, sizeof *names->slots);
    if (!names->slots) {
        *names = old;
        return false;
    }
    for (size_t i = 0; i < old.capacity; i++)
        if (old.slots[i].text)
            *slot_of(names, old.slots[i].text) = old.slots[i];
    free(old.slots);
    return true;
}

davy_status davy_name_table_add(davy_name_table *names, const char *text, davy_value value)
{
    davy_name *slot;

    if (2 * names->count >= names->capacity && !grow(names))
        return davy_fail(DAVY_ERR_NOMEM, "name '%s'", text);
    slot = slot_of(names, text);
    if (slot->text)
        return davy_fail(DAVY_ERR_EXISTS, "'%s' is there twice", text);
    *slot = (davy_name){text, value};
    names->count++;
    return DAVY_OK;
}

bool davy_name_table_find(const davy_name_table *names, const char *text, davy_value *out)
{
    const davy_name *slot = names->capacity ? slot_of(names, text) : NULL;

    if (!slot || !slot->text)
        return false;
    if (out)
        *out = slot->value;
    return true;
}

void davy_name_table_clear(davy_name_table *names)
{
    free(names->slots);
    *names = (davy_name_table){0};
}
