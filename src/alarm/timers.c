/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/engine.h"

#include "alarm/state.h"

/* What time alone brings about: the end of a shelf or an outage, and a re-alarm. */

static bool is_set_aside(const davy_alarm_entry *entry)
{
    return entry->phase.shown == DAVY_ALARM_SHELVED ||
           entry->phase.shown == DAVY_ALARM_OUT_OF_SERVICE;
}

static bool can_re_alarm(const davy_alarm_entry *entry)
{
    return entry->rule->re_alarm_ns > 0 && entry->phase.shown < DAVY_ALARM_SHELVED &&
           davy_alarm_phase_active(&entry->phase);
}

void davy_alarms_set_timers(davy_alarms *alarms, davy_alarm_entry *entry)
{
    if (!is_set_aside(entry)) {
        entry->until_ns = 0;
        entry->one_shot = false;
    }
    davy_alarm_book_time(&alarms->book, entry, is_set_aside(entry) || can_re_alarm(entry));
}

/* After a restart only the wall clock is left. One that stands before the alarm's last record, or
 * that leaves more than was granted, cannot be trusted: what it measures is over now. */
static int64_t left_ns(const davy_alarms *alarms, const davy_alarm_entry *entry)
{
    const int64_t most_ns =
        entry->phase.shown == DAVY_ALARM_SHELVED ? DAVY_ALARM_SHELVE_MAX_NS : DAVY_ALARM_OUT_MAX_NS;
    const int64_t wall_ns = davy_wall_ns(alarms->clock);
    const int64_t left_ns = entry->until_ns - wall_ns;

    return wall_ns < entry->changed_ns || left_ns > most_ns || left_ns > entry->granted_ns
               ? 0
               : left_ns;
}

/* Longer than any re-alarm time. */
#define LONG_AGO_NS (INT64_MAX / 2)

/* A wall clock that stands before the announcement cannot tell how long ago it was: it is due. */
static int64_t announced_ago_ns(const davy_alarms *alarms, const davy_alarm_entry *entry)
{
    const int64_t ago_ns = davy_wall_ns(alarms->clock) - entry->announced_ns;

    return ago_ns < 0 ? LONG_AGO_NS : ago_ns;
}

void davy_alarms_resume_timers(davy_alarms *alarms, davy_alarm_entry *entry)
{
    const int64_t now_ns = davy_monotonic_ns(alarms->clock);

    if (is_set_aside(entry))
        entry->until_monotonic_ns = now_ns + left_ns(alarms, entry);
    entry->announced_monotonic_ns = now_ns - announced_ago_ns(alarms, entry);
    davy_alarms_set_timers(alarms, entry);
}

static bool is_over(const davy_alarms *alarms, const davy_alarm_entry *entry)
{
    return davy_monotonic_ns(alarms->clock) >= entry->until_monotonic_ns ||
           davy_wall_ns(alarms->clock) >= entry->until_ns;
}

static davy_status end_outage(davy_alarms *alarms, davy_alarm_entry *entry)
{
    const davy_alarm_note note = {.text = "its time out of service is over"};
    davy_status status = davy_alarms_happen(alarms, entry, DAVY_ALARM_OUT_OF_SERVICE_ENDS, note);

    return davy_alarms_first_of(status, davy_alarms_suppress_again(alarms, entry));
}

static davy_status end_silence(davy_alarms *alarms, davy_alarm_entry *entry)
{
    if (!is_over(alarms, entry))
        return DAVY_OK;
    if (entry->phase.shown == DAVY_ALARM_OUT_OF_SERVICE)
        return end_outage(alarms, entry);
    return davy_alarms_happen(alarms, entry, DAVY_ALARM_SHELF_ENDS, (davy_alarm_note){0});
}

/* Measured on the clock that nobody sets; after a restart it goes on where the wall clock says. */
static davy_status re_alarm(davy_alarms *alarms, davy_alarm_entry *entry)
{
    const int64_t active_ns = davy_monotonic_ns(alarms->clock) - entry->announced_monotonic_ns;

    if (active_ns < entry->rule->re_alarm_ns)
        return DAVY_OK;
    entry->re_alarms++;
    return davy_alarms_happen(alarms, entry, DAVY_ALARM_RE_ALARMS, (davy_alarm_note){0});
}

/* From the end: a step may take the entry out of the list, and the last one comes in its place. */
davy_status davy_alarms_look_at_time(davy_alarms *alarms)
{
    davy_status status = DAVY_OK;

    for (size_t i = alarms->book.timed_count; i-- > 0;) {
        davy_alarm_entry *entry = alarms->book.timed[i];

        status = davy_alarms_first_of(status, is_set_aside(entry) ? end_silence(alarms, entry)
                                                                  : re_alarm(alarms, entry));
    }
    return status;
}
