/* SPDX-License-Identifier: Apache-2.0 */
#include "store/log_damage.h"

#include "core/buffer.h"
#include "core/log.h"

#include <inttypes.h>
#include <stdio.h>

void davy_log_damage_note(davy_log_damage *damage, uint64_t number,
                          const davy_segment_report *report)
{
    if (report->damage == 0)
        return;
    if (damage->segments < DAVY_LOG_DAMAGE_NAMED)
        damage->named[damage->segments] = (struct davy_log_damage_segment){number, *report};
    damage->segments++;
    damage->places += report->damage;
}

size_t davy_log_damage_named(const davy_log_damage *damage)
{
    return damage->segments < DAVY_LOG_DAMAGE_NAMED ? (size_t) damage->segments
                                                    : DAVY_LOG_DAMAGE_NAMED;
}

void davy_log_damage_describe(const davy_segment_report *report, char text[DAVY_LOG_DAMAGE_TEXT])
{
    char missing[40] = "";

    if (report->missing > 0)
        (void) snprintf(missing, sizeof missing, "%" PRIu64 " missing, ", report->missing);
    (void) snprintf(text, DAVY_LOG_DAMAGE_TEXT,
                    "damaged places: %" PRIu64 "; frames: %s%" PRIu64 " kept", report->damage,
                    missing, report->frames);
}

void davy_log_damage_log(const davy_log_damage *damage, const char *folder)
{
    const size_t named = davy_log_damage_named(damage);
    davy_buffer list = {0};

    if (damage->segments == 0)
        return;
    for (size_t i = 0; i < named; i++) {
        char text[DAVY_LOG_DAMAGE_TEXT];

        davy_log_damage_describe(&damage->named[i].report, text);
        davy_buffer_printf(&list, "%s%010" PRIu64 ".log (%s)", i > 0 ? ", " : "",
                           damage->named[i].number, text);
    }
    if (damage->segments > named)
        davy_buffer_printf(&list, " and %" PRIu64 " more", damage->segments - named);
    davy_log(DAVY_LOG_ERROR, "store",
             "'%s': the log is not as it was written: %s; samples that were answered and not yet "
             "sealed are lost, those around them are kept, and the segments stay as *.log.damaged",
             folder,
             davy_buffer_ok(&list) == DAVY_OK ? list.bytes : "no memory to name the segments");
    davy_buffer_clear(&list);
}
