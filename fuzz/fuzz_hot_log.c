/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Bytes as a segment of the hot log, with and without a header that fits them.
 */
#include "store/segment.h"

#include "core/file.h"
#include "store/bytes.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

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

static davy_status count_marks(void *context, const davy_frame *frame)
{
    *(size_t *) context += frame->type == DAVY_FRAME_SEALED;
    return DAVY_OK;
}

/* The same bytes as a file, of which only the heads and the marks are read. */
static size_t marks_in_file(const uint8_t *data, size_t size)
{
    static davy_buffer bytes;
    static int file = -1;
    char path[32];
    size_t marks = 0;
    uint64_t length;

    if (file < 0)
        file = memfd_create("segment", MFD_CLOEXEC);
    if (file < 0 || ftruncate(file, 0) != 0 || pwrite(file, data, size, 0) != (ssize_t) size)
        abort();
    (void) snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    if (davy_segment_read_type(path, false, DAVY_FRAME_SEALED, &bytes, count_marks, &marks,
                               &length) != DAVY_OK ||
        length != size)
        abort();
    return marks;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_segment_report report;
    size_t total = 0, marks = 0, in_file;

    if (davy_segment_read_bytes(data, size, visit, &total, &report) != DAVY_OK ||
        report.good_size + report.torn > size ||
        davy_segment_read_bytes(data, size, count_marks, &marks, &report) != DAVY_OK)
        abort();
    in_file = marks_in_file(data, size);
    if (report.damage == 0 && (in_file < marks || (in_file > 0) != (marks > 0)))
        abort();
    try_as_payload(data, size, DAVY_FRAME_SAMPLES);
    try_as_payload(data, size, DAVY_FRAME_SEALED);
    return 0;
}
