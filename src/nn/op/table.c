/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/rows.h"

#include <stdlib.h>
#include <string.h>

/* Sorted by name, closed by NULL. */
static const davy_op *const table[] = {
    &davy_op_attention,
    &davy_op_bce,
    &davy_op_contrastive,
    &davy_op_cross_entropy,
    &davy_op_gru,
    &davy_op_huber,
    &davy_op_linear_recurrence,
    &davy_op_lstm,
    &davy_op_mae,
    &davy_op_mse,
    &davy_op_pinball,
    &davy_op_rnn,
    NULL,
};

static int compare(const void *name, const void *row)
{
    return strcmp(name, (*(const davy_op *const *) row)->name);
}

const davy_op *davy_op_find(const char *name)
{
    const davy_op *const *found =
        bsearch(name, table, DAVY_ARRAY_LENGTH(table) - 1, sizeof(const davy_op *), compare);

    return found ? *found : NULL;
}

const davy_op *const *davy_op_table(void)
{
    return table;
}
