/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as a layout of gas detectors: what is read is within its limits, and every finding
 * points to it and has a sentence.
 */
#include "hazard/layout/layout_file.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void look(const davy_layout_file *file)
{
    const size_t room = DAVY_LAYOUT_FINDINGS(file->point_count, file->detector_count);
    davy_layout_finding *findings = calloc(room + 1, sizeof *findings);
    const size_t count = findings
                             ? davy_layout_check(file->points, file->point_count, file->detectors,
                                                 file->detector_count, findings)
                             : 0;
    char text[DAVY_LAYOUT_TEXT_MAX];

    if (count > room)
        abort();
    for (size_t i = 0; i < count; i++)
        if (!findings[i].clause || (!findings[i].point && !findings[i].detector) ||
            !davy_layout_text(&findings[i], text)[0])
            abort();
    free(findings);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_layout_file file = {0};
    char path[64];
    int descriptor = memfd_create("layout", MFD_CLOEXEC);

    if (descriptor < 0 || write(descriptor, data, size) != (ssize_t) size)
        abort();
    (void) snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    if (davy_layout_load(path, &file) == DAVY_OK)
        look(&file);
    else if (!davy_error()[0])
        abort();
    davy_layout_clear(&file);
    close(descriptor);
    return 0;
}
