/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/served.h"
#include "serve/oip/json_reader.h"

/**
 * @file
 * Tables: rows with named columns, as people and their data frames have them.
 *
 * Stage: serve. A model that davy trained on signals takes its columns by their names, in any
 * order, with words where it learnt words; columns that it does not know are left aside, one that
 * it needs and is not there is an error. Another model takes a column for each input of that name,
 * or all columns in their order as the rows of its only input.
 *
 * Source: MLflow, scoring server (dataframe_split, dataframe_records); MLServer, content type pd.
 */
typedef struct davy_oip_cell {
    davy_bytes text; /* at == NULL: a number */
    double number;   /* NaN for a gap */
} davy_oip_cell;

#define DAVY_OIP_COLUMNS_MAX ((size_t) 4096)

typedef struct davy_oip_table {
    const char **columns;
    size_t column_count, row_count;
    davy_oip_cell *cells; /* [row_count][column_count] */
} davy_oip_table;

/** {"columns": ["a", "b"], "data": [[1, 2], [3, 4]]} */
DAVY_MUST_CHECK davy_status davy_oip_table_split(davy_json_reader *json, davy_oip_memory *memory,
                                                 davy_oip_table *table);
/** [{"a": 1, "b": 2}, {"a": 3}]: a key that a row does not have is a gap. */
DAVY_MUST_CHECK davy_status davy_oip_table_records(davy_json_reader *json, davy_oip_memory *memory,
                                                   davy_oip_table *table);
/** A column for each tensor; all have one element for each row. */
DAVY_MUST_CHECK davy_status davy_oip_table_tensors(const davy_named_tensor *tensors, size_t count,
                                                   davy_oip_memory *memory, davy_oip_table *table);

/** Whether a model was trained on named signals, a row at a time. */
bool davy_oip_has_signals(const davy_served_info *info);

/** The inputs that a model takes, made of a table. */
DAVY_MUST_CHECK davy_status davy_oip_table_fit(const davy_oip_table *table,
                                               const davy_served_info *info,
                                               davy_oip_memory *memory, davy_named_tensor **inputs,
                                               size_t *count);
