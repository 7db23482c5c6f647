/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Bytes as a segment of the hot log, with and without a header that fits them.
 */
#include "store/segment.h"

#include "core/file.h"
#include "store/bytes.h"

#include <stdlib.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static davy_status visit(void *context, const davy_frame *frame)
{
    davy_buffer samples = {0};
    davy_seal_mark *marks;
    davy_status status;
    size_t *total = context, count;

    if (frame->type == DAVY_FRAME_SEALED) {
        if (davy_frame_get_marks(frame, &marks, &count) != DAVY_OK)
            return DAVY_ERR_CORRUPT;
        free(marks);
    } else {
        status = davy_frame_get_samples(frame, &samples, &count);
        davy_buffer_clear(&samples);
        if (status != DAVY_OK)
            return DAVY_ERR_CORRUPT;
    }
    *total += count;
    return DAVY_OK;
}

/* Right checksums around the bytes, so that what is behind them is tried as well. */
static void try_as_payload(const uint8_t *data, size_t size, davy_frame_type type)
{
    davy_frame frame = {.type = type, .length = (uint32_t) size, .payload = data};
    size_t total = 0;

    (void) visit(&total, &frame);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_segment_report report;
    size_t total = 0;

    if (davy_segment_read_bytes(data, size, visit, &total, &report) != DAVY_OK ||
        report.good_size + report.torn > size)
        abort();
    try_as_payload(data, size, DAVY_FRAME_SAMPLES);
    try_as_payload(data, size, DAVY_FRAME_SEALED);
    return 0;
}
