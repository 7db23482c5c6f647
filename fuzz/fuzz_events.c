/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Any bytes as a CSV file of labelled events: a list in order, each with a name and an end behind
 * its begin, or a sentence.
 */
#include "alarm/whatif/events.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_list(const davy_event_list *list)
{
    if (list->count > DAVY_EVENTS_MAX)
        abort();
    for (size_t i = 0; i < list->count; i++) {
        const davy_event *event = &list->items[i];

        if (!event->name || event->to_ns <= event->from_ns || (event->asset && !event->asset[0]) ||
            davy_event_is_nuisance(event) || event->lead_ns != 0)
            abort();
        if (i > 0 && list->items[i - 1].from_ns > event->from_ns)
            abort();
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    const int file = memfd_create("events", MFD_CLOEXEC);
    davy_event_list list = {0};
    davy_status status;
    char path[64];

    if (file < 0 || write(file, data, size) != (ssize_t) size)
        abort();
    (void) snprintf(path, sizeof path, "/proc/self/fd/%d", file);
    status = davy_event_list_read(path, &list);
    if (status != DAVY_OK && davy_error()[0] == '\0')
        abort();
    if (status == DAVY_OK)
        check_list(&list);
    davy_event_list_clear(&list);
    close(file);
    return 0;
}
