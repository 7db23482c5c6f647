/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/whatif/rehearsal.h"

#include "detect/engine.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

#define TICK_NS DAVY_NS_PER_S

/* Samples that are passed together at most, and so many at least that are looked at one by one
 * where they are not passed. */
#define BLOCK_MOST  ((size_t) 1024)
#define BLOCK_LEAST ((size_t) 16)

struct davy_rehearsal {
    davy_rehearsal_options options;
    davy_clock_fake clock; /* both of its clocks show the time of the samples */
    davy_detect *engine;
    davy_alarms *alarms;
    const davy_condition *conditions;
    size_t condition_count;
    size_t re_alarming; /* alarms that stand and would ring again by themselves */
    bool *stands;       /* [condition_count] */
    int64_t ticked_ns;  /* the last whole second that was looked at */
    davy_status status; /* a failure inside a callback */
};

static void set_clock(davy_rehearsal *rehearsal, int64_t now_ns)
{
    rehearsal->clock.wall_ns = now_ns;
    rehearsal->clock.monotonic_ns = now_ns;
}

static void keep_failure(davy_rehearsal *rehearsal, davy_status status)
{
    if (rehearsal->status == DAVY_OK)
        rehearsal->status = status;
}

/* An alarm book that begins empty gives its ids in the order of the conditions, from 1. */
static void take_announcement(void *context, const davy_alarm *alarm, const char *transition)
{
    davy_rehearsal *rehearsal = context;
    const size_t condition = (size_t) alarm->id - 1;
    const bool stands = alarm->active && alarm->state < DAVY_ALARM_SHELVED;

    (void) transition;
    assert(strcmp(rehearsal->conditions[condition].key, alarm->key) == 0);
    if (rehearsal->conditions[condition].rule->re_alarm_ns > 0) {
        rehearsal->re_alarming += stands;
        rehearsal->re_alarming -= rehearsal->stands[condition];
    }
    rehearsal->stands[condition] = stands;
    rehearsal->options.announced(rehearsal->options.context, condition,
                                 alarm->state == DAVY_ALARM_UNACKNOWLEDGED, stands,
                                 alarm->changed_ns);
}

static void take_finding(void *context, const davy_finding *finding)
{
    davy_rehearsal *rehearsal = context;

    keep_failure(rehearsal, davy_alarms_take(rehearsal->alarms, finding, 1));
}

static void take_suppression(void *context, size_t suppression, bool active, int64_t time_ns)
{
    davy_rehearsal *rehearsal = context;

    (void) time_ns;
    keep_failure(rehearsal, davy_alarms_suppress(rehearsal->alarms, suppression, active));
}

static davy_status open_engines(davy_rehearsal *rehearsal)
{
    const davy_rehearsal_options *options = &rehearsal->options;
    const davy_detect_callbacks detect = {rehearsal, take_finding, NULL, take_suppression};
    const davy_alarms_callbacks alarms = {rehearsal, take_announcement};
    davy_status status =
        davy_alarms_open(NULL, &rehearsal->clock.clock, &alarms, &rehearsal->alarms);

    if (status == DAVY_OK)
        status = davy_detect_create(options->site, options->registry, &detect, options->begin_ns,
                                    NULL, &rehearsal->engine);
    if (status != DAVY_OK)
        return status;
    rehearsal->conditions = davy_detect_conditions(rehearsal->engine, &rehearsal->condition_count);
    rehearsal->stands = calloc(rehearsal->condition_count + 1, sizeof *rehearsal->stands);
    if (!rehearsal->stands)
        return davy_fail(DAVY_ERR_NOMEM, "%zu conditions", rehearsal->condition_count);
    return davy_alarms_configure(rehearsal->alarms, options->site, rehearsal->conditions,
                                 rehearsal->condition_count);
}

davy_status davy_rehearsal_create(const davy_rehearsal_options *options, davy_rehearsal **out)
{
    davy_status status;
    davy_rehearsal *rehearsal = calloc(1, sizeof *rehearsal);

    if (!rehearsal)
        return davy_fail(DAVY_ERR_NOMEM, "rehearsal");
    rehearsal->options = *options;
    davy_clock_fake_init(&rehearsal->clock, options->begin_ns);
    set_clock(rehearsal, options->begin_ns);
    rehearsal->ticked_ns = options->begin_ns - options->begin_ns % TICK_NS;
    status = open_engines(rehearsal);
    if (status != DAVY_OK) {
        davy_rehearsal_destroy(rehearsal);
        return status;
    }
    *out = rehearsal;
    return DAVY_OK;
}

void davy_rehearsal_destroy(davy_rehearsal *rehearsal)
{
    if (!rehearsal)
        return;
    davy_alarms_close(rehearsal->alarms);
    davy_detect_destroy(rehearsal->engine);
    free(rehearsal->stands);
    free(rehearsal);
}

/* Every whole second up to this moment. */
static void pass_time(davy_rehearsal *rehearsal, int64_t now_ns)
{
    while (now_ns - rehearsal->ticked_ns >= TICK_NS) {
        rehearsal->ticked_ns += TICK_NS;
        set_clock(rehearsal, rehearsal->ticked_ns);
        davy_detect_tick(rehearsal->engine, rehearsal->ticked_ns, rehearsal->ticked_ns);
        keep_failure(rehearsal, davy_alarms_tick(rehearsal->alarms));
    }
    set_clock(rehearsal, now_ns);
}

davy_status davy_rehearsal_sample(davy_rehearsal *rehearsal, const davy_sample *sample)
{
    pass_time(rehearsal, sample->time_ns);
    davy_detect_samples(rehearsal->engine, sample, 1, sample->time_ns);
    return rehearsal->status;
}

/* No second of it brings anything about, so none has to be looked at. */
bool davy_rehearsal_pass(davy_rehearsal *rehearsal, davy_signal_id signal,
                         const davy_passage *stretch)
{
    if (rehearsal->re_alarming > 0 || !davy_detect_pass(rehearsal->engine, signal, stretch))
        return false;
    rehearsal->ticked_ns = stretch->last_ns - stretch->last_ns % TICK_NS;
    set_clock(rehearsal, stretch->last_ns);
    return true;
}

static davy_status look_at_each(davy_rehearsal *rehearsal, const davy_store_run *run, size_t from,
                                size_t count)
{
    davy_status status = DAVY_OK;

    for (size_t i = from; i < from + count && status == DAVY_OK; i++) {
        const davy_sample sample = {run->times[i], run->values[i], run->signal, run->quality[i]};

        status = davy_rehearsal_sample(rehearsal, &sample);
    }
    return status;
}

static bool pass_block(davy_rehearsal *rehearsal, const davy_store_run *run, size_t from,
                       size_t count)
{
    davy_passage stretch;

    davy_passage_look(&stretch, run->times + from, run->values + from, run->quality + from, count);
    return davy_rehearsal_pass(rehearsal, run->signal, &stretch);
}

/* The block is halved until it passes or is small, so that little around what happens is looked at
 * one by one; then it grows again. */
davy_status davy_rehearsal_run(davy_rehearsal *rehearsal, const davy_store_run *run)
{
    davy_status status = DAVY_OK;
    size_t block = BLOCK_MOST;

    for (size_t from = 0; from < run->count && status == DAVY_OK;) {
        const size_t count = run->count - from < block ? run->count - from : block;
        const bool passed = pass_block(rehearsal, run, from, count);

        if (!passed && count > BLOCK_LEAST) {
            block = count / 2;
            continue;
        }
        if (!passed)
            status = look_at_each(rehearsal, run, from, count);
        from += count;
        if (passed && block < BLOCK_MOST)
            block *= 2;
    }
    return status;
}

davy_status davy_rehearsal_end(davy_rehearsal *rehearsal, int64_t end_ns)
{
    pass_time(rehearsal, end_ns);
    davy_detect_flush(rehearsal->engine);
    return rehearsal->status;
}
