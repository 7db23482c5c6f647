/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/engine.h"

#include "alarm/state.h"
#include "core/utf8.h"
#include "site/logic.h"

#include <stdio.h>
#include <stdlib.h>

/* Suppression by design: which alarms a logic is over, and what its answers do to them. */

static size_t suppression_of(const davy_alarms *alarms, size_t condition)
{
    return alarms->by_condition[condition]->rule->suppression;
}

/* A counting sort: how many each has, where its first one is, and then they are put there. */
static void sort(davy_alarms *alarms, size_t count)
{
    size_t *first = alarms->first_suppressed;

    for (size_t i = 0; i < alarms->condition_count; i++)
        if (suppression_of(alarms, i) < count)
            first[suppression_of(alarms, i) + 2]++;
    for (size_t i = 2; i < count + 2; i++)
        first[i] += first[i - 1];
    for (size_t i = 0; i < alarms->condition_count; i++)
        if (suppression_of(alarms, i) < count)
            alarms->suppressed[first[suppression_of(alarms, i) + 1]++] = alarms->by_condition[i];
}

static size_t count_suppressed(const davy_alarms *alarms)
{
    size_t count = 0;

    for (size_t i = 0; i < alarms->condition_count; i++)
        count += suppression_of(alarms, i) != DAVY_SITE_NONE ? 1 : 0;
    return count;
}

davy_status davy_alarms_sort_suppressed(davy_alarms *alarms)
{
    const size_t count = alarms->site->suppression_count;

    free(alarms->suppressing);
    free(alarms->suppressed);
    free(alarms->first_suppressed);
    alarms->suppressing = calloc(count + 1, sizeof *alarms->suppressing);
    alarms->suppressed = calloc(count_suppressed(alarms) + 1, sizeof(davy_alarm_entry *));
    alarms->first_suppressed = calloc(count + 2, sizeof *alarms->first_suppressed);
    if (!alarms->suppressing || !alarms->suppressed || !alarms->first_suppressed)
        return davy_fail(DAVY_ERR_NOMEM, "%zu suppressions", count);
    sort(alarms, count);
    return DAVY_OK;
}

/* The logic stays with the alarm and its record; without memory for it the alarm is suppressed all
 * the same. */
static davy_status suppress(davy_alarms *alarms, davy_alarm_entry *entry, bool active)
{
    const char *logic = alarms->site->suppressions[entry->rule->suppression].logic->text;
    const bool comes_out = !active && davy_alarm_phase_active(&entry->phase);
    char text[160];

    (void) snprintf(text, sizeof text, "%s: %.120s",
                    active ? "suppressed by design" : "no longer suppressed", logic);
    davy_utf8_mend(text);
    if (active)
        (void) davy_text_replace(&entry->suppressed_by, logic);
    return davy_alarms_happen(alarms, entry,
                              active ? DAVY_ALARM_SUPPRESSES : DAVY_ALARM_UNSUPPRESSES,
                              (davy_alarm_note){.text = text, .with_reason = comes_out});
}

davy_status davy_alarms_suppress_again(davy_alarms *alarms, davy_alarm_entry *entry)
{
    const size_t suppression = entry->rule->suppression;

    if (suppression == DAVY_SITE_NONE || !alarms->suppressing[suppression])
        return DAVY_OK;
    return suppress(alarms, entry, true);
}

static davy_status suppress_all(davy_alarms *alarms, size_t suppression, bool active)
{
    davy_status status = DAVY_OK;

    alarms->suppressing[suppression] = active;
    for (size_t i = alarms->first_suppressed[suppression];
         i < alarms->first_suppressed[suppression + 1]; i++)
        status = davy_alarms_first_of(status, suppress(alarms, alarms->suppressed[i], active));
    return davy_alarms_first_of(status, davy_alarms_commit(alarms));
}

davy_status davy_alarms_suppress(davy_alarms *alarms, size_t suppression, bool active)
{
    davy_status status;

    pthread_mutex_lock(&alarms->lock);
    if (alarms->site && suppression < alarms->site->suppression_count)
        status = suppress_all(alarms, suppression, active);
    else
        status = davy_fail(DAVY_ERR_INVALID, "there is no suppression %zu", suppression);
    pthread_mutex_unlock(&alarms->lock);
    return status;
}
