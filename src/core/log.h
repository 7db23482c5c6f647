/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

/**
 * @file
 * Log of what the program does, one line per event, to standard error.
 *
 * Stage: core. For operators and support, in the form `time level stage: sentence`; what happens in
 * the plant goes into records, not here. Only src/app and threads without a caller log; all other
 * code returns a status. Any thread may log; a line is written in one piece.
 */

typedef enum davy_log_level {
    DAVY_LOG_DEBUG,
    DAVY_LOG_INFO,
    DAVY_LOG_WARNING,
    DAVY_LOG_ERROR
} davy_log_level;

/** Lines below this level are left out; DAVY_LOG_INFO at start. */
void davy_log_set_level(davy_log_level level);

/** Write one line. `stage` is a word such as "collect". Control characters become spaces. */
void davy_log(davy_log_level level, const char *stage, const char *format, ...) DAVY_PRINTF(3, 4);
