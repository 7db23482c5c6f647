/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "app/client.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * `davy alarms report`: the figures of the alarms of a running daemon, on the terminal, as JSON, or
 * as a page.
 *
 * Stage: app.
 */
typedef struct davy_alarms_report_wish {
    const char *from, *to; /* NULL: not given. Neither: the last 30 days, as they are kept */
    const char *position;  /* name of one; NULL for all */
    const char *page;      /* file for the page; NULL for none */
    bool json;
} davy_alarms_report_wish;

DAVY_MUST_CHECK davy_status davy_alarms_report(const davy_client *client,
                                               const davy_alarms_report_wish *wish);
