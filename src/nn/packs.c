/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/packs.h"

struct davy_pack {
    struct davy_pack *next;
    davy_value value;
    const void *tag;
    size_t bytes;
    void *data;
};

void *davy_packs_get(davy_packs *packs, davy_value value, const void *tag, size_t bytes,
                     bool *fresh)
{
    struct davy_pack *pack;

    *fresh = false;
    for (pack = packs->first; pack; pack = pack->next)
        if (pack->value == value && pack->tag == tag && pack->bytes == bytes)
            return pack->data;
    pack = davy_arena_alloc(&packs->memory, sizeof *pack);
    if (!pack)
        return NULL;
    *pack = (struct davy_pack){.next = packs->first,
                               .value = value,
                               .tag = tag,
                               .bytes = bytes,
                               .data = davy_arena_alloc(&packs->memory, bytes)};
    if (!pack->data)
        return NULL;
    packs->first = pack;
    *fresh = true;
    return pack->data;
}

void davy_packs_clear(davy_packs *packs)
{
    davy_arena_clear(&packs->memory);
    packs->first = NULL;
}
