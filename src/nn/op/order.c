/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/order.h"

static void swap(int64_t *order, int64_t a, int64_t b)
{
    const int64_t kept = order[a];

    order[a] = order[b];
    order[b] = kept;
}

/* Move the element at `top` down until none below it stands after it. */
static void sink(int64_t *order, int64_t top, int64_t count, davy_before *before,
                 const void *context)
{
    for (int64_t below = 2 * top + 1; below < count; below = 2 * top + 1) {
        if (below + 1 < count && before(context, order[below], order[below + 1]))
            below++;
        if (!before(context, order[top], order[below]))
            return;
        swap(order, top, below);
        top = below;
    }
}

void davy_order_sort(int64_t *order, int64_t count, davy_before *before, const void *context)
{
    for (int64_t i = count / 2; i-- > 0;)
        sink(order, i, count, before, context);
    for (int64_t last = count - 1; last > 0; last--) {
        swap(order, 0, last);
        sink(order, 0, last, before, context);
    }
}
