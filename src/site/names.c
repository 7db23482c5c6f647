/* SPDX-License-Identifier: Apache-2.0 */
#include "site/names.h"

#include "core/file.h"

#include <assert.h>
#include <stdint.h>
#include <string.h>

struct davy_name {
    const char *name;
    size_t number;
};

davy_status davy_names_init(davy_names *names, davy_arena *arena, size_t count)
{
    size_t slots = 8;

    while (slots / 2 < count)
        slots *= 2;
    names->mask = slots - 1;
    names->slots = davy_arena_array(arena, slots, sizeof *names->slots);
    return names->slots ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "a table of %zu names", count);
}

/* The slot that holds the name, or the free one where it belongs. At least half of them are free.
 */
static struct davy_name *slot_of(const davy_names *names, const char *name)
{
    uint64_t i = davy_checksum(name, strlen(name));

    for (;; i++) {
        struct davy_name *slot = &names->slots[i & names->mask];

        if (!slot->name || strcmp(slot->name, name) == 0)
            return slot;
    }
}

bool davy_names_add(davy_names *names, const char *name, size_t number, size_t *first)
{
    struct davy_name *slot = slot_of(names, name);

    if (slot->name) {
        *first = slot->number;
        return false;
    }
    *slot = (struct davy_name){name, number};
    return true;
}

bool davy_names_find(const davy_names *names, const char *name, size_t *number)
{
    const struct davy_name *slot = names->slots ? slot_of(names, name) : NULL;

    if (!slot || !slot->name)
        return false;
    *number = slot->number;
    return true;
}
