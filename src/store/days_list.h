/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * The list of day files that ought to be there, DIR/days/list: without it a file that is gone whole
 * is not missed. Private to the stage.
 *
 * Stage: store. Text, a name a line, closed by a checksum. It is written after a file is made and
 * before one is removed, so a crash leaves a file that is not listed and never a name without one.
 */
typedef struct davy_days_names {
    davy_buffer text; /* names, each ended by a zero */
    size_t count;
    bool there;
} davy_days_names;

/** Longest list: ten years of 32 classes take a tenth of it. */
#define DAVY_DAYS_LIST_MAX ((size_t) 64 * 1024 * 1024)

/** Read a list from its bytes. DAVY_ERR_CORRUPT: it is not as it was written. */
DAVY_MUST_CHECK davy_status davy_days_list_parse(const char *bytes, size_t length,
                                                 davy_days_names *out);

/** Read the list of a folder; `there` tells whether it has one. */
DAVY_MUST_CHECK davy_status davy_days_list_read(const char *folder, davy_days_names *out);

bool davy_days_list_has(const davy_days_names *list, const char *name);

void davy_days_list_clear(davy_days_names *list);

/** Put a name into a text that becomes a list. */
void davy_days_list_add(davy_buffer *text, const char *name);

/** Replace the list of a folder. */
DAVY_MUST_CHECK davy_status davy_days_list_write(const char *folder, davy_buffer *text);
