/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/routes/heap.h"

static void put(davy_heap *heap, uint32_t place, uint32_t thing)
{
    heap->things[place] = thing;
    heap->places[thing] = place;
}

void davy_heap_offer(davy_heap *heap, uint32_t thing)
{
    uint32_t place = heap->places[thing] == UINT32_MAX ? heap->count++ : heap->places[thing];

    while (place > 0) {
        const uint32_t above = (place - 1) / 2;

        if (heap->keys[heap->things[above]] <= heap->keys[thing])
            break;
        put(heap, place, heap->things[above]);
        place = above;
    }
    put(heap, place, thing);
}

uint32_t davy_heap_take(davy_heap *heap)
{
    const uint32_t top = heap->things[0], last = heap->things[--heap->count];
    uint32_t place = 0;

    heap->places[top] = UINT32_MAX;
    if (heap->count == 0)
        return top;
    for (;;) {
        uint32_t below = 2 * place + 1;

        if (below >= heap->count)
            break;
        if (below + 1 < heap->count &&
            heap->keys[heap->things[below + 1]] < heap->keys[heap->things[below]])
            below++;
        if (heap->keys[last] <= heap->keys[heap->things[below]])
            break;
        put(heap, place, heap->things[below]);
        place = below;
    }
    put(heap, place, last);
    return top;
}
