/* SPDX-License-Identifier: Apache-2.0 */
#include "models/vitals.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SEEN_MAX  64 /* rows that gaps are counted in: the bits of a number */
#define SEEN_MIN  16 /* fewer say nothing */
#define GAPS_TOLD 0.25
#define GAPS_MAX  0.5

struct pulse {
    double last;      /* newest number */
    size_t still;     /* rows in a row that had it */
    uint64_t missing; /* newest row first */
};

struct davy_vitals {
    const davy_habit *habits;
    size_t signals, seen;
    bool ordered;
    struct pulse *pulses; /* [signals] */
    size_t count;
    davy_ailment found[DAVY_VITALS_MAX];
};

davy_status davy_vitals_create(const davy_habit *habits, size_t signals, bool ordered,
                               davy_vitals **out)
{
    davy_vitals *vitals = calloc(1, sizeof *vitals);

    if (vitals)
        vitals->pulses = calloc(signals, sizeof *vitals->pulses);
    if (!vitals || !vitals->pulses) {
        davy_vitals_destroy(vitals);
        return davy_fail(DAVY_ERR_NOMEM, "%zu signals", signals);
    }
    vitals->habits = habits;
    vitals->signals = signals;
    vitals->ordered = ordered;
    *out = vitals;
    return DAVY_OK;
}

void davy_vitals_destroy(davy_vitals *vitals)
{
    if (!vitals)
        return;
    free(vitals->pulses);
    free(vitals);
}

void davy_vitals_reset(davy_vitals *vitals)
{
    memset(vitals->pulses, 0, vitals->signals * sizeof *vitals->pulses);
    vitals->seen = 0;
}

static void feel(struct pulse *pulse, double value)
{
    pulse->missing = pulse->missing << 1 | !isfinite(value);
    if (!isfinite(value))
        return;
    pulse->still = pulse->still > 0 && value == pulse->last ? pulse->still + 1 : 1;
    pulse->last = value;
}

/* What blinds goes to the front, and pushes out what does not. */
static void add(davy_vitals *vitals, const davy_ailment *ailment)
{
    davy_ailment *found = vitals->found;
    size_t place = vitals->count;

    while (ailment->blinds && place > 0 && !found[place - 1].blinds)
        place--;
    if (place == DAVY_VITALS_MAX)
        return;
    if (vitals->count < DAVY_VITALS_MAX)
        vitals->count++;
    memmove(&found[place + 1], &found[place], (vitals->count - place - 1) * sizeof *found);
    found[place] = *ailment;
}

static void check_gaps(davy_vitals *vitals, size_t signal, double value)
{
    const size_t missing = (size_t) __builtin_popcountll(vitals->pulses[signal].missing);
    const double share = (double) missing / (double) vitals->seen;
    const double usual = vitals->habits ? vitals->habits[signal].gaps : 0;

    if (vitals->ordered && vitals->seen >= SEEN_MIN && share >= GAPS_TOLD && share > 2 * usual)
        add(vitals, &(davy_ailment){.vital = DAVY_VITAL_GAPS,
                                    .signal = signal,
                                    .blinds = share >= GAPS_MAX,
                                    .value = value,
                                    .rows = missing,
                                    .among = vitals->seen});
}

static void check_range(davy_vitals *vitals, size_t signal, double value)
{
    const davy_signal_range *range = &vitals->habits[signal].range;

    if (isfinite(value) && range->low <= range->high && (value > range->high || value < range->low))
        add(vitals, &(davy_ailment){.vital = DAVY_VITAL_OUTSIDE,
                                    .signal = signal,
                                    .value = value,
                                    .bound = value > range->high ? range->high : range->low});
}

/* @return whether the signal lives, as far as can be said */
static bool check_rest(davy_vitals *vitals, size_t signal, bool all)
{
    const davy_habit *habit = &vitals->habits[signal];
    const struct pulse *pulse = &vitals->pulses[signal];
    const bool at_end = davy_habit_is_end(&habit->range, pulse->last);
    const size_t usual = at_end ? habit->at_end : habit->still;

    if (!davy_habit_moves(habit))
        return false;
    if (pulse->still <= 2 * usual + DAVY_REST)
        return true;
    add(vitals, &(davy_ailment){.vital = at_end ? DAVY_VITAL_CLIPPED : DAVY_VITAL_STUCK,
                                .signal = signal,
                                .blinds = all || (!at_end && usual <= DAVY_REST),
                                .value = pulse->last});
    return false;
}

/* Whether one of the signals that moved in training moves. */
static bool any_lives(davy_vitals *vitals)
{
    bool alive = false;

    for (size_t j = 0; j < vitals->signals && !alive; j++)
        alive = check_rest(vitals, j, false);
    vitals->count = 0;
    return alive;
}

size_t davy_vitals_look(davy_vitals *vitals, const double *row, const davy_ailment **out)
{
    bool still;

    for (size_t j = 0; j < vitals->signals; j++)
        feel(&vitals->pulses[j], row[j]);
    vitals->seen += vitals->seen < SEEN_MAX;
    vitals->count = 0;
    still = vitals->ordered && vitals->habits && !any_lives(vitals);
    for (size_t j = 0; j < vitals->signals; j++) {
        if (vitals->habits && vitals->ordered)
            (void) check_rest(vitals, j, still);
        check_gaps(vitals, j, row[j]);
        if (vitals->habits)
            check_range(vitals, j, row[j]);
    }
    *out = vitals->found;
    return vitals->count;
}

void davy_ailment_say(const davy_ailment *ailment, const char *signal, char *text, size_t size)
{
    switch (ailment->vital) {
    case DAVY_VITAL_STUCK:
        (void) snprintf(text, size, "stuck: %.200s at %g", signal, ailment->value);
        break;
    case DAVY_VITAL_CLIPPED:
        (void) snprintf(text, size, "clipped: %.200s at %g", signal, ailment->value);
        break;
    case DAVY_VITAL_OUTSIDE:
        (void) snprintf(text, size, "outside: %.200s %g %s %g", signal, ailment->value,
                        ailment->value > ailment->bound ? "above" : "below", ailment->bound);
        break;
    case DAVY_VITAL_GAPS:
        (void) snprintf(text, size, "gaps: %.200s is missing in %zu of %zu rows", signal,
                        ailment->rows, ailment->among);
        break;
    }
}
