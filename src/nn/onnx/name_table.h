/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "nn/graph.h"

#include <stdbool.h>

/**
 * @file
 * Names: which value of a graph a name of an ONNX model stands for.
 *
 * Stage: nn. A hash table with open addressing; names are borrowed. A zeroed one is empty.
 */
typedef struct davy_name {
    const char *text; /* NULL: free */
    davy_value value;
} davy_name;

typedef struct davy_name_table {
    davy_name *slots;
    size_t count, capacity; /* a power of two */
} davy_name_table;

/** DAVY_ERR_EXISTS when the name is taken. */
DAVY_MUST_CHECK davy_status davy_name_table_add(davy_name_table *names, const char *text,
                                                davy_value value);
/** Whether there is such a name; `out` may be NULL. */
bool davy_name_table_find(const davy_name_table *names, const char *text, davy_value *out);
void davy_name_table_clear(davy_name_table *names);
