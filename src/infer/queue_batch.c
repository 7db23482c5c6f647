/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/queue_private.h"

#include <string.h>

/* One batch takes what differs in the first dimension only. */
static bool same_form(const davy_ask *a, const davy_ask *b)
{
    for (size_t i = 0; i < a->input_count; i++) {
        const davy_tensor *x = &a->inputs[i], *y = &b->inputs[i];

        if (x->type != y->type || x->rank != y->rank || x->rank == 0 ||
            memcmp(x->dims + 1, y->dims + 1, (size_t) (x->rank - 1) * sizeof x->dims[0]) != 0)
            return false;
    }
    return true;
}

static bool preferred(const davy_batching *batching, size_t rows)
{
    for (size_t i = 0; i < batching->preferred_count; i++)
        if (batching->preferred[i] == rows)
            return true;
    return false;
}

size_t davy_queue_most(const davy_queue *queue)
{
    const size_t most = queue->options.batch_max, bearable = queue->forecast.most;
    const bool bounded = bearable > 0 && queue->options.batching->preferred_count == 0;

    return bounded && bearable < most ? bearable : most;
}

/*
 * As Triton composes: the largest preferred size that can be reached now; without one, all that
 * fits, and then the delay decides whether to wait for more.
 */
size_t davy_queue_company(davy_queue *queue, const davy_ask *leader, bool *complete)
{
    const davy_batching *batching = queue->options.batching;
    const size_t most = davy_queue_most(queue);
    size_t rows = leader->rows, count = 0, best = 0;
    bool reached = preferred(batching, rows), blocked = false;
    davy_ask *next = davy_queue_next(queue, NULL);

    *complete = true;
    if (leader->alone || rows >= most)
        return 0;
    for (; next; next = davy_queue_next(queue, next)) {
        blocked = next->alone || rows + next->rows > most || !same_form(leader, next);
        if (blocked)
            break;
        rows += next->rows;
        count++;
        if (preferred(batching, rows)) {
            reached = true;
            best = count;
        }
    }
    *complete = reached || blocked || rows == most;
    return reached ? best : count;
}
