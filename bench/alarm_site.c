/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm_site.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

void check(davy_status status)
{
    if (status == DAVY_OK)
        return;
    (void) fprintf(stderr, "%s\n", davy_error());
    exit(1);
}

double cpu_seconds(void)
{
    struct timespec now;

    clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
    return (double) now.tv_sec + (double) now.tv_nsec * 1e-9;
}

davy_site *take_site(davy_buffer *text)
{
    davy_site_faults faults = {0};
    davy_site *site = NULL;

    check(davy_buffer_ok(text));
    check(davy_site_parse("bench.yaml", text->bytes, text->length, &faults, &site));
    davy_buffer_clear(text);
    return site;
}
