/* SPDX-License-Identifier: Apache-2.0 */
#include "truth.h"

#include "core/buffer.h"
#include "core/file.h"
#include "core/sample.h"
#include "core/timestamp.h"
#include "faults.h"

#include <stdlib.h>

davy_status davy_sim_truth_begin(davy_sim_truth *truth, size_t fault, int64_t time_s)
{
    if (truth->count == truth->capacity) {
        size_t capacity = truth->capacity ? 2 * truth->capacity : 64;
        davy_sim_truth_line *lines = realloc(truth->lines, capacity * sizeof *lines);

        if (!lines)
            return davy_fail(DAVY_ERR_NOMEM, "ground truth");
        truth->lines = lines;
        truth->capacity = capacity;
    }
    truth->lines[truth->count++] = (davy_sim_truth_line){.fault = fault, .start_s = time_s};
    truth->changes++;
    return DAVY_OK;
}

void davy_sim_truth_end(davy_sim_truth *truth, size_t fault, int64_t time_s)
{
    for (size_t i = truth->count; i-- > 0;) {
        davy_sim_truth_line *line = &truth->lines[i];

        if (line->fault == fault && line->end_s == 0) {
            line->end_s = time_s;
            truth->changes++;
            return;
        }
    }
}

davy_status davy_sim_truth_write(const davy_sim_truth *truth, const char *path)
{
    davy_buffer text = {0};
    davy_status status;

    davy_buffer_append_text(&text, "time_start,time_end,fault,asset,signals\n");
    for (size_t i = 0; i < truth->count; i++) {
        const davy_sim_truth_line *line = &truth->lines[i];
        const davy_sim_fault *fault = &davy_sim_faults[line->fault];
        char start[DAVY_TIMESTAMP_MAX], end[DAVY_TIMESTAMP_MAX] = "";
        char signals[DAVY_SIM_FAULT_SIGNALS * DAVY_SIM_PATH_MAX];

        davy_timestamp_format(line->start_s * DAVY_NS_PER_S, 0, start);
        if (line->end_s)
            davy_timestamp_format(line->end_s * DAVY_NS_PER_S, 0, end);
        davy_sim_fault_signals(fault, signals, sizeof signals);
        davy_buffer_printf(&text, "%s,%s,%s,%s,%s\n", start, end, fault->name, fault->asset,
                           signals);
    }
    status = davy_buffer_ok(&text);
    if (status == DAVY_OK)
        status = davy_file_replace(path, text.bytes, text.length, 0644);
    davy_buffer_clear(&text);
    return status;
}

void davy_sim_truth_clear(davy_sim_truth *truth)
{
    free(truth->lines);
    *truth = (davy_sim_truth){0};
}
