/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/engine.h"

#include "alarm/state.h"

#include <stdlib.h>

/* Alarms made known in one transaction: a site of 100,000 signals would else hold the records of
 * all its alarms at once. */
#define MEET_BATCH ((size_t) 1024)

static bool describe(davy_alarm_entry *entry, const davy_site *site,
                     const davy_condition *condition)
{
    entry->kind = condition->kind;
    entry->priority = condition->priority;
    entry->rule = condition->rule;
    entry->shelve_max_ns = condition->rule->shelve_max_ns;
    entry->configured = true;
    return davy_text_replace(&entry->department, condition->rule->department) &&
           davy_text_replace(&entry->signal, condition->signal == DAVY_SITE_NONE
                                                 ? NULL
                                                 : site->signals[condition->signal].path) &&
           davy_text_replace(&entry->detector, condition->detector == DAVY_SITE_NONE
                                                   ? NULL
                                                   : site->detectors[condition->detector].name) &&
           davy_text_replace(&entry->source, condition->source == DAVY_SITE_NONE
                                                 ? NULL
                                                 : site->sources[condition->source].name) &&
           davy_text_replace(&entry->asset, condition->asset == DAVY_SITE_NONE
                                                ? NULL
                                                : site->assets[condition->asset].name);
}

/* The alarm of a condition, which gets its id for ever when it is seen for the first time. */
static davy_status meet(davy_alarms *alarms, const davy_site *site, const davy_condition *condition,
                        davy_alarm_entry **out)
{
    const davy_alarm_note known = {.transition = DAVY_ALARM_KNOWN};
    davy_alarm_entry *entry = davy_alarm_book_find(&alarms->book, condition->key);
    bool is_new = !entry;
    davy_status status = DAVY_OK;

    if (is_new)
        status = davy_alarm_book_add(&alarms->book, condition->key, &entry);
    if (status == DAVY_OK && is_new)
        entry->id = ++alarms->book.last_id;
    if (status == DAVY_OK && !describe(entry, site, condition))
        status = davy_fail(DAVY_ERR_NOMEM, "alarm '%s'", condition->key);
    if (status == DAVY_OK && is_new)
        status = davy_alarms_note(alarms, entry, &known, false);
    *out = entry;
    return status;
}

/* No alarm may look at the site before. */
static void forget_site(davy_alarms *alarms)
{
    for (size_t i = 0; i < alarms->book.count; i++) {
        alarms->book.entries[i]->configured = false;
        alarms->book.entries[i]->rule = &davy_site_rule_plain;
    }
}

static davy_status meet_all(davy_alarms *alarms, const davy_site *site,
                            const davy_condition *conditions, size_t count,
                            davy_alarm_entry **by_condition)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        status = meet(alarms, site, &conditions[i], &by_condition[i]);
        if (alarms->outbox.count >= MEET_BATCH)
            (void) davy_alarms_commit(alarms); /* what fails stays in the outbox */
    }
    return status;
}

/* No shelf goes on for longer than the new site grants. Told, so that lists have its new end. */
static davy_status shorten_shelf(davy_alarms *alarms, davy_alarm_entry *entry)
{
    const davy_alarm_note note = {.transition = DAVY_ALARM_RESTORED,
                                  .text = "the site grants a shorter shelf"};
    const int64_t most_ns = entry->shelve_max_ns;
    const int64_t now_ns = davy_monotonic_ns(alarms->clock);

    if (entry->phase.shown != DAVY_ALARM_SHELVED || entry->until_monotonic_ns - now_ns <= most_ns)
        return DAVY_OK;
    entry->until_monotonic_ns = now_ns + most_ns;
    entry->until_ns = davy_wall_ns(alarms->clock) + most_ns;
    return davy_alarms_note(alarms, entry, &note, true);
}

/* What the new site means for one alarm: its condition may be gone, or the logic over it. */
static davy_status follow(davy_alarms *alarms, davy_alarm_entry *entry)
{
    const davy_alarm_note gone = {.text = "the site no longer has this condition"};
    const davy_alarm_note free = {.text = "the site no longer suppresses this alarm"};
    davy_status status = DAVY_OK;

    davy_alarms_set_timers(alarms, entry);
    if (!entry->configured)
        return davy_alarms_happen(alarms, entry, DAVY_ALARM_IS_REMOVED, gone);
    if (entry->rule->suppression == DAVY_SITE_NONE)
        status = davy_alarms_happen(alarms, entry, DAVY_ALARM_UNSUPPRESSES, free);
    return davy_alarms_first_of(status, shorten_shelf(alarms, entry));
}

static davy_status follow_site(davy_alarms *alarms)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < alarms->book.count; i++)
        status = davy_alarms_first_of(status, follow(alarms, alarms->book.entries[i]));
    return status;
}

/* From here on findings index these conditions. */
static void use(davy_alarms *alarms, const davy_site *site, const davy_condition *conditions,
                size_t count, davy_alarm_entry **by_condition)
{
    free(alarms->by_condition);
    alarms->by_condition = by_condition;
    alarms->condition_count = count;
    alarms->conditions = conditions;
    alarms->site = site;
}

static davy_status configure(davy_alarms *alarms, const davy_site *site,
                             const davy_condition *conditions, size_t count)
{
    davy_alarm_entry **by_condition = calloc(count + 1, sizeof(davy_alarm_entry *));
    davy_status status;

    forget_site(alarms);
    if (!by_condition)
        status = davy_fail(DAVY_ERR_NOMEM, "%zu alarms", count);
    else
        status = meet_all(alarms, site, conditions, count, by_condition);
    if (status == DAVY_OK) {
        use(alarms, site, conditions, count, by_condition);
        status = davy_alarms_sort_suppressed(alarms);
    } else {
        free(by_condition);
    }
    if (status == DAVY_OK)
        return follow_site(alarms);
    /* No finding may be taken for one of the conditions before. */
    forget_site(alarms);
    use(alarms, NULL, NULL, 0, NULL);
    return status;
}

davy_status davy_alarms_configure(davy_alarms *alarms, const davy_site *site,
                                  const davy_condition *conditions, size_t count)
{
    davy_status status;

    pthread_mutex_lock(&alarms->lock);
    status = configure(alarms, site, conditions, count);
    (void) davy_alarms_commit(
        alarms); /* a disk that fails is told by the ticks; alarms must work without */
    pthread_mutex_unlock(&alarms->lock);
    return status;
}
