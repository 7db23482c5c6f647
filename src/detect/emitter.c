/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/emitter.h"

#include "core/utf8.h"

#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

davy_finding *davy_emitter_begin(davy_emitter *emitter, size_t condition, bool active,
                                 int64_t time_ns, double value)
{
    davy_finding *finding = &emitter->finding;

    memset(finding, 0, sizeof *finding);
    finding->condition = condition;
    finding->active = active;
    finding->time_ns = time_ns;
    finding->value = value;
    finding->limit = emitter->conditions[condition].limit;
    return finding;
}

void davy_emitter_say(davy_emitter *emitter, const char *format, ...)
{
    char whole[1024];
    va_list arguments;

    va_start(arguments, format);
    /* NOLINTNEXTLINE(clang-analyzer-valist.Uninitialized): va_start is the line above */
    (void) vsnprintf(whole, sizeof whole, format, arguments);
    va_end(arguments);
    (void) davy_utf8_show(whole, strlen(whole), emitter->finding.text,
                          sizeof emitter->finding.text);
}

void davy_emitter_send(davy_emitter *emitter)
{
    if (emitter->callbacks.finding)
        emitter->callbacks.finding(emitter->callbacks.context, &emitter->finding);
}

const char *davy_value_text(char text[DAVY_VALUE_TEXT_MAX], double value, const char *unit)
{
    bool has_unit = unit && unit[0] != '\0' && strcmp(unit, "1") != 0;

    int digits = fabs(value) >= 1e5 && fabs(value) < 1e15 ? 15 : 5;

    (void) snprintf(text, DAVY_VALUE_TEXT_MAX, "%.*g%s%s", digits,
                    digits == 15 ? rint(value) : value, has_unit ? " " : "", has_unit ? unit : "");
    return text;
}

const char *davy_lasted_text(char text[DAVY_LASTED_TEXT_MAX], int64_t ns)
{
    double seconds = (double) ns * 1e-9;

    if (seconds < 120.0)
        (void) snprintf(text, DAVY_LASTED_TEXT_MAX, "%.3g s", seconds);
    else if (seconds < 7200.0)
        (void) snprintf(text, DAVY_LASTED_TEXT_MAX, "%.3g min", seconds / 60.0);
    else
        (void) snprintf(text, DAVY_LASTED_TEXT_MAX, "%.4g h", seconds / 3600.0);
    return text;
}
