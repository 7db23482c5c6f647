/* SPDX-License-Identifier: Apache-2.0 */
#include "core/log.h"

#include "core/clock.h"
#include "core/timestamp.h"

#include <stdarg.h>
#include <stdatomic.h>
#include <stdio.h>
#include <unistd.h>

#define LINE_MAX_BYTES 2048

static atomic_int lowest = DAVY_LOG_INFO;

void davy_log_set_level(davy_log_level level)
{
    atomic_store(&lowest, (int) level);
}

/* A sentence may quote outside bytes: they must not move the cursor or fake a line. */
static void blank_control_characters(char *text)
{
    for (; *text; text++)
        if ((unsigned char) *text < ' ' || *text == 0x7f)
            *text = ' ';
}

void davy_log(davy_log_level level, const char *stage, const char *format, ...)
{
    static const char *const names[] = {"debug", "info", "warning", "error"};
    char sentence[LINE_MAX_BYTES - 128];
    char line[LINE_MAX_BYTES];
    char time[DAVY_TIMESTAMP_MAX];
    va_list arguments;
    int length;

    if ((int) level < atomic_load(&lowest))
        return;
    va_start(arguments, format);
    (void) vsnprintf(sentence, sizeof sentence, format, arguments);
    va_end(arguments);
    blank_control_characters(sentence);
    davy_timestamp_format(davy_wall_ns(davy_clock_system()), 3, time);
    length = snprintf(line, sizeof line, "%s %s %s: %s\n", time, names[level], stage, sentence);
    if (length > 0)
        (void) !write(STDERR_FILENO, line, (size_t) length);
}
