/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/suppress.h"

#include "site/condition.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define NOT_WATCHED UINT32_MAX

/* A signal that a logic names, or whose condition it names. */
struct watched {
    size_t signal;
    double value;     /* NaN: none, or not a good one */
    int64_t heard_ns; /* owner's clock at the newest sample */
    int64_t time_ns;  /* of the sample itself: it may have been old when it came */
    uint32_t first;   /* its logics are logics[first ...], up to those of the next */
};

struct state {
    bool told, active;
    int64_t first_ns; /* owner's clock from which a first answer may be "not known" */
};

struct davy_suppressor {
    const davy_site *site;
    davy_suppressor_callbacks callbacks;
    uint32_t *place; /* [signals of the site] in watched, or NOT_WATCHED */
    struct watched *watched;
    size_t watched_count;
    uint32_t *logics;      /* of all that are watched, one after the other */
    struct state *states;  /* [suppressions] */
    bool knows_wall;       /* there was a tick */
    int64_t wall_ahead_ns; /* wall clock less owner's clock, at the last tick */
    size_t bytes;
};

/* Making ------------------------------------------------------------------------------------ */

/* Signals of a logic in turn: those it compares, then those of its conditions. */
static size_t signal_of(const davy_logic *logic, size_t index)
{
    const davy_logic_condition *condition;

    if (index < logic->signal_count)
        return logic->signals[index];
    condition = &logic->conditions[index - logic->signal_count];
    return condition->kind <= DAVY_CONDITION_DEADLINE ? condition->of : DAVY_SITE_NONE;
}

static size_t signals_of(const davy_logic *logic)
{
    return logic->signal_count + logic->condition_count;
}

static size_t count_links(const davy_site *site)
{
    size_t count = 0;

    for (size_t i = 0; i < site->suppression_count; i++)
        count += signals_of(site->suppressions[i].logic);
    return count;
}

/* Every signal that any logic has to do with, each once. */
static void list_signals(davy_suppressor *suppressor)
{
    const davy_site *site = suppressor->site;

    for (size_t i = 0; i < site->signal_count; i++)
        suppressor->place[i] = NOT_WATCHED;
    for (size_t i = 0; i < site->suppression_count; i++)
        for (size_t k = 0; k < signals_of(site->suppressions[i].logic); k++) {
            size_t signal = signal_of(site->suppressions[i].logic, k);

            if (signal >= site->signal_count || suppressor->place[signal] != NOT_WATCHED)
                continue;
            suppressor->place[signal] = (uint32_t) suppressor->watched_count;
            suppressor->watched[suppressor->watched_count++] =
                (struct watched){.signal = signal, .value = NAN};
        }
}

/* A counting sort of logics by signal. One that names a signal and its condition stands there
 * twice, and answers the same both times. */
static void link_logics(davy_suppressor *suppressor)
{
    const davy_site *site = suppressor->site;
    struct watched *watched = suppressor->watched;
    uint32_t total = 0;

    for (size_t i = 0; i < site->suppression_count; i++)
        for (size_t k = 0; k < signals_of(site->suppressions[i].logic); k++)
            if (signal_of(site->suppressions[i].logic, k) < site->signal_count)
                watched[suppressor->place[signal_of(site->suppressions[i].logic, k)]].first++;
    for (size_t i = 0; i <= suppressor->watched_count; i++) {
        total += watched[i].first;
        watched[i].first = total;
    }
    for (size_t i = site->suppression_count; i-- > 0;)
        for (size_t k = 0; k < signals_of(site->suppressions[i].logic); k++) {
            size_t signal = signal_of(site->suppressions[i].logic, k);

            if (signal < site->signal_count)
                suppressor->logics[--watched[suppressor->place[signal]].first] = (uint32_t) i;
        }
}

/* The longest deadline of its signals, within bounds. */
static int64_t patience_of(const davy_site *site, const davy_logic *logic)
{
    int64_t longest_ns = 0;

    for (size_t i = 0; i < signals_of(logic); i++) {
        size_t signal = signal_of(logic, i);

        if (signal < site->signal_count && site->signals[signal].deadline_ns > longest_ns)
            longest_ns = site->signals[signal].deadline_ns;
    }
    return longest_ns < DAVY_SUPPRESS_FIRST_NS ? longest_ns : DAVY_SUPPRESS_FIRST_NS;
}

static void *take(davy_suppressor *suppressor, size_t count, size_t size)
{
    suppressor->bytes += count * size;
    return calloc(count + 1, size);
}

static davy_status take_memory(davy_suppressor *suppressor)
{
    const davy_site *site = suppressor->site;
    const size_t links = count_links(site);

    suppressor->place = take(suppressor, site->signal_count, sizeof *suppressor->place);
    suppressor->watched = take(suppressor, links, sizeof *suppressor->watched);
    suppressor->logics = take(suppressor, links, sizeof *suppressor->logics);
    suppressor->states = take(suppressor, site->suppression_count, sizeof *suppressor->states);
    if (!suppressor->place || !suppressor->watched || !suppressor->logics || !suppressor->states)
        return davy_fail(DAVY_ERR_NOMEM, "%zu suppressions", site->suppression_count);
    return DAVY_OK;
}

davy_status davy_suppressor_create(const davy_site *site,
                                   const davy_suppressor_callbacks *callbacks, int64_t now_ns,
                                   davy_suppressor **out)
{
    davy_suppressor *suppressor = NULL;
    davy_status status;

    *out = NULL;
    if (site->suppression_count == 0)
        return DAVY_OK;
    suppressor = calloc(1, sizeof *suppressor);
    if (!suppressor)
        return davy_fail(DAVY_ERR_NOMEM, "%zu suppressions", site->suppression_count);
    suppressor->site = site;
    suppressor->callbacks = *callbacks;
    suppressor->bytes = sizeof *suppressor;
    status = take_memory(suppressor);
    if (status != DAVY_OK) {
        davy_suppressor_destroy(suppressor);
        return status;
    }
    list_signals(suppressor);
    link_logics(suppressor);
    for (size_t i = 0; i < site->suppression_count; i++)
        suppressor->states[i].first_ns = now_ns + patience_of(site, site->suppressions[i].logic);
    *out = suppressor;
    return DAVY_OK;
}

void davy_suppressor_destroy(davy_suppressor *suppressor)
{
    if (!suppressor)
        return;
    free(suppressor->place);
    free(suppressor->watched);
    free(suppressor->logics);
    free(suppressor->states);
    free(suppressor);
}

void davy_suppressor_adopt(davy_suppressor *suppressor, const davy_suppressor *previous)
{
    if (!suppressor || !previous)
        return;
    suppressor->knows_wall = previous->knows_wall;
    suppressor->wall_ahead_ns = previous->wall_ahead_ns;
    for (size_t i = 0; i < suppressor->watched_count; i++) {
        struct watched *watched = &suppressor->watched[i];
        const davy_site_signal *signal = &suppressor->site->signals[watched->signal];
        const davy_site_signal *old = davy_site_find_signal(previous->site, signal->path);
        const uint32_t place = old ? previous->place[old - previous->site->signals] : NOT_WATCHED;

        if (place == NOT_WATCHED ||
            !davy_site_signal_equal(suppressor->site, signal, previous->site, old))
            continue;
        watched->value = previous->watched[place].value;
        watched->heard_ns = previous->watched[place].heard_ns;
        watched->time_ns = previous->watched[place].time_ns;
    }
}

size_t davy_suppressor_bytes(const davy_suppressor *suppressor)
{
    return suppressor ? suppressor->bytes : 0;
}

/* Values ------------------------------------------------------------------------------------ */

bool davy_suppressor_watches(const davy_suppressor *suppressor, size_t signal)
{
    return suppressor && suppressor->place[signal] != NOT_WATCHED;
}

void davy_suppressor_sample(davy_suppressor *suppressor, size_t signal, const davy_sample *sample,
                            int64_t now_ns)
{
    struct watched *watched = &suppressor->watched[suppressor->place[signal]];

    watched->value = sample->quality == DAVY_QUALITY_GOOD ? sample->value : NAN;
    watched->heard_ns = now_ns;
    watched->time_ns = sample->time_ns;
}

/* Since it was heard, or since its own time when it came late: what a gateway kept for an hour says
 * nothing of now. A sample from the future is as old as when it was heard. */
static int64_t age_of(const davy_suppressor *suppressor, const struct watched *watched,
                      int64_t now_ns)
{
    const int64_t heard_ns = now_ns - watched->heard_ns;
    const int64_t own_ns = now_ns + suppressor->wall_ahead_ns - watched->time_ns;

    return suppressor->knows_wall && own_ns > heard_ns ? own_ns : heard_ns;
}

/* The newest value while it is good and not too old. */
static double value_of(const davy_suppressor *suppressor, size_t signal, int64_t now_ns)
{
    const struct watched *watched;

    if (signal >= suppressor->site->signal_count)
        return NAN;
    watched = &suppressor->watched[suppressor->place[signal]];
    return age_of(suppressor, watched, now_ns) <= suppressor->site->signals[signal].deadline_ns
               ? watched->value
               : NAN;
}

/* What a signal does not say itself, its conditions say: that it is silent, or bad. */
static davy_truth truth_of(const davy_suppressor *suppressor, davy_logic_condition condition,
                           int64_t now_ns)
{
    if (condition.kind < DAVY_CONDITION_QUALITY &&
        isnan(value_of(suppressor, condition.of, now_ns)))
        return DAVY_UNKNOWN;
    return suppressor->callbacks.holds(suppressor->callbacks.context, condition);
}

/* Answers ----------------------------------------------------------------------------------- */

static davy_truth evaluate(const davy_suppressor *suppressor, const davy_logic *logic,
                           int64_t now_ns)
{
    double values[DAVY_LOGIC_STEPS_MAX];
    davy_truth truths[DAVY_LOGIC_STEPS_MAX];

    for (size_t i = 0; i < logic->signal_count; i++)
        values[i] = value_of(suppressor, logic->signals[i], now_ns);
    for (size_t i = 0; i < logic->condition_count; i++)
        truths[i] = truth_of(suppressor, logic->conditions[i], now_ns);
    return davy_logic_evaluate(logic, values, truths);
}

static void answer(davy_suppressor *suppressor, size_t suppression, int64_t time_ns, int64_t now_ns)
{
    struct state *state = &suppressor->states[suppression];
    davy_truth truth =
        evaluate(suppressor, suppressor->site->suppressions[suppression].logic, now_ns);
    bool active = truth == DAVY_TRUE;

    if (state->told && state->active == active)
        return;
    if (!state->told && truth == DAVY_UNKNOWN && now_ns < state->first_ns)
        return;
    state->told = true;
    state->active = active;
    suppressor->callbacks.tell(suppressor->callbacks.context, suppression, active, time_ns);
}

void davy_suppressor_look(davy_suppressor *suppressor, size_t signal, int64_t time_ns,
                          int64_t now_ns)
{
    const struct watched *watched = &suppressor->watched[suppressor->place[signal]];

    for (uint32_t i = watched->first; i < watched[1].first; i++)
        answer(suppressor, suppressor->logics[i], time_ns, now_ns);
}

void davy_suppressor_tick(davy_suppressor *suppressor, int64_t time_ns, int64_t now_ns)
{
    if (!suppressor)
        return;
    suppressor->knows_wall = true;
    suppressor->wall_ahead_ns = time_ns - now_ns;
    for (size_t i = 0; i < suppressor->site->suppression_count; i++)
        answer(suppressor, i, time_ns, now_ns);
}
