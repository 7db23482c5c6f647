/* SPDX-License-Identifier: Apache-2.0 */
#include "app/dataset_answers.h"

#include "core/bulk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static void blank(davy_table *table, size_t row)
{
    for (size_t column = 0; column < table->columns; column++)
        table->values[column * table->rows + row] = NAN;
    table->labels[row] = 0;
}

/* Rows of one verdict. Those of known work come last, so that nothing covers them. */
static void mark(davy_table *table, const davy_labels *labels, davy_alarm_verdict verdict)
{
    for (size_t i = 0; i < labels->count; i++)
        for (size_t row = 0; labels->items[i].verdict == verdict && row < table->rows; row++) {
            if (table->times[row] < labels->items[i].from_ns ||
                table->times[row] >= labels->items[i].to_ns)
                continue;
            if (verdict == DAVY_ALARM_TRUE)
                table->labels[row] = 1;
            else
                blank(table, row);
        }
}

davy_status davy_dataset_read_labels(const davy_dataset *dataset, davy_labels *labels)
{
    davy_records *records;
    char path[4096];
    davy_status status;

    *labels = (davy_labels){0};
    (void) snprintf(path, sizeof path, "%s/records.db", dataset->data);
    status = davy_records_open_read_only(path, &records);
    if (status != DAVY_OK)
        return status;
    status = davy_labels_read(records, dataset->label_column, labels);
    davy_records_close(records);
    return status;
}

davy_status davy_dataset_take_answers(const davy_dataset *dataset, davy_table *table)
{
    davy_labels labels = {0};
    davy_status status;

    if (dataset->categories || dataset->classes)
        return davy_fail(DAVY_ERR_INVALID, "answers to alarms label signals for task anomaly; "
                                           "another task takes its labels from --csv FILE...");
    status = davy_dataset_read_labels(dataset, &labels);
    if (status == DAVY_OK && labels.count == 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND,
                           "nobody has answered an alarm that matches --label '%s': davy alarms "
                           "judge ID true|false|known-work",
                           dataset->label_column);
    if (status == DAVY_OK) {
        table->labels = davy_bulk_alloc(table->rows, sizeof *table->labels);
        if (!table->labels)
            status = davy_fail(DAVY_ERR_NOMEM, "labels of %zu rows", table->rows);
    }
    if (status == DAVY_OK) {
        for (size_t row = 0; row < table->rows; row++)
            table->labels[row] = 0;
        mark(table, &labels, DAVY_ALARM_TRUE);
        mark(table, &labels, DAVY_ALARM_KNOWN_WORK);
    }
    davy_labels_clear(&labels);
    return status;
}
