/* SPDX-License-Identifier: Apache-2.0 */
#include "detect/aligner.h"

#include <math.h>
#include <stdlib.h>

/* No sample in this slot. */
#define EMPTY INT64_MIN

struct column {
    int64_t held_ns; /* time of the value that rows hold; EMPTY before the first */
    double held;
    int64_t passed_ns; /* newest time the column has shown, good or bad */
    int64_t cap_ns;
};

/* The newest good sample that belongs to one tick of one column and not to the tick before. */
struct slot {
    int64_t time_ns;
    double value;
};

struct davy_aligner {
    int64_t period_ns, wait_ns;
    size_t columns, ticks; /* ticks: length of the ring of waiting ticks */
    int64_t next;          /* number of the next tick to become a row */
    int64_t newest_ns;
    size_t behind; /* columns that have not passed the next tick */
    uint64_t late;
    bool started, gap;
    davy_aligner_emit emit;
    void *context;
    double *row;
    struct column *column;
    struct slot *slots; /* [ticks * columns] */
};

/* Number of the first tick at or after a time; times before 1970 are negative. */
static int64_t tick_of(const davy_aligner *aligner, int64_t time_ns)
{
    int64_t quotient = time_ns / aligner->period_ns;

    return time_ns % aligner->period_ns > 0 ? quotient + 1 : quotient;
}

static int64_t next_ns(const davy_aligner *aligner)
{
    return aligner->next * aligner->period_ns;
}

static struct slot *slot_at(davy_aligner *aligner, int64_t tick, size_t column)
{
    size_t ring = (size_t) tick & (aligner->ticks - 1);

    return &aligner->slots[ring * aligner->columns + column];
}

static void empty_slots(davy_aligner *aligner)
{
    for (size_t i = 0; i < aligner->ticks * aligner->columns; i++)
        aligner->slots[i].time_ns = EMPTY;
}

/* Length of the ring: every tick within the wait, the one a sample just reached, and the next. A
 * power of two, so that the ring also closes where tick numbers change their sign. */
static size_t ring_length(int64_t period_ns, int64_t wait_ns)
{
    size_t needed = (size_t) (wait_ns / period_ns) + 3;
    size_t length = 4;

    while (length < needed)
        length *= 2;
    return length;
}

static int64_t wait_for(int64_t period_ns)
{
    int64_t longest = period_ns < DAVY_ALIGNER_WAIT_NS ? period_ns * (DAVY_ALIGNER_TICKS_MAX - 3)
                                                       : DAVY_ALIGNER_WAIT_NS;

    return longest < DAVY_ALIGNER_WAIT_NS ? longest : DAVY_ALIGNER_WAIT_NS;
}

davy_status davy_aligner_create(int64_t period_ns, size_t columns, const int64_t *caps_ns,
                                davy_aligner_emit emit, void *context, davy_aligner **out)
{
    davy_aligner *aligner;

    if (period_ns <= 0 || columns == 0)
        return davy_fail(DAVY_ERR_INVALID, "rows of %zu columns every %lld ns", columns,
                         (long long) period_ns);
    aligner = calloc(1, sizeof *aligner);
    if (!aligner)
        return davy_fail(DAVY_ERR_NOMEM, "rows of %zu columns", columns);

    *aligner = (davy_aligner){
        .period_ns = period_ns, .columns = columns, .emit = emit, .context = context};
    aligner->wait_ns = wait_for(period_ns);
    aligner->ticks = ring_length(period_ns, aligner->wait_ns);
    aligner->row = calloc(columns, sizeof *aligner->row);
    aligner->column = calloc(columns, sizeof *aligner->column);
    aligner->slots = calloc(aligner->ticks * columns, sizeof *aligner->slots);
    if (!aligner->row || !aligner->column || !aligner->slots) {
        davy_aligner_destroy(aligner);
        return davy_fail(DAVY_ERR_NOMEM, "rows of %zu columns", columns);
    }
    for (size_t i = 0; i < columns; i++)
        aligner->column[i] = (struct column){EMPTY, NAN, EMPTY, caps_ns[i]};
    empty_slots(aligner);
    *out = aligner;
    return DAVY_OK;
}

void davy_aligner_destroy(davy_aligner *aligner)
{
    if (!aligner)
        return;
    free(aligner->slots);
    free(aligner->column);
    free(aligner->row);
    free(aligner);
}

void davy_aligner_rebind(davy_aligner *aligner, void *context)
{
    aligner->context = context;
}

static void count_behind(davy_aligner *aligner)
{
    int64_t time_ns = next_ns(aligner);

    aligner->behind = 0;
    for (size_t i = 0; i < aligner->columns; i++)
        if (aligner->column[i].passed_ns < time_ns)
            aligner->behind++;
}

/* What a column says at a time: its held value, or NaN when that is none or too old. */
static double value_at(const struct column *column, int64_t time_ns)
{
    bool fresh = column->held_ns != EMPTY && time_ns - column->held_ns <= column->cap_ns;

    return fresh ? column->held : NAN;
}

/* Make the row of the next tick and go on to the one after. */
static void emit_next(davy_aligner *aligner)
{
    int64_t time_ns = next_ns(aligner);

    for (size_t i = 0; i < aligner->columns; i++) {
        struct column *column = &aligner->column[i];
        struct slot *slot = slot_at(aligner, aligner->next, i);

        if (slot->time_ns != EMPTY && slot->time_ns > column->held_ns) {
            column->held_ns = slot->time_ns;
            column->held = slot->value;
        }
        slot->time_ns = EMPTY;
        aligner->row[i] = value_at(column, time_ns);
    }
    aligner->emit(aligner->context, time_ns, aligner->row, aligner->gap);
    aligner->gap = false;
    aligner->next++;
    count_behind(aligner);
}

/* Go on at a tick far away: everything held is too old, or the clocks were set. */
static void restart(davy_aligner *aligner, int64_t tick)
{
    empty_slots(aligner);
    for (size_t i = 0; i < aligner->columns; i++) {
        aligner->column[i].held_ns = EMPTY;
        aligner->column[i].passed_ns = EMPTY;
    }
    aligner->next = tick;
    aligner->newest_ns = EMPTY;
    aligner->gap = aligner->started;
    aligner->started = true;
    count_behind(aligner);
}

/* True when no row between the newest sample and time_ns could hold a value. */
static bool all_too_old(const davy_aligner *aligner, int64_t time_ns)
{
    for (size_t i = 0; i < aligner->columns; i++)
        if (!isnan(value_at(&aligner->column[i], time_ns)))
            return false;
    return next_ns(aligner) > aligner->newest_ns;
}

/* Rows are made until the tick fits in the ring; after a long gap they are passed over. */
static void make_room(davy_aligner *aligner, int64_t tick)
{
    while (tick - aligner->next >= (int64_t) aligner->ticks) {
        if (all_too_old(aligner, next_ns(aligner))) {
            restart(aligner, tick);
            return;
        }
        emit_next(aligner);
    }
}

/* True when no column any more shows a time that has brought the grid to where it is. */
static bool nobody_there(const davy_aligner *aligner)
{
    int64_t time_ns = next_ns(aligner) - aligner->period_ns;

    for (size_t i = 0; i < aligner->columns; i++)
        if (aligner->column[i].passed_ns >= time_ns)
            return false;
    return true;
}

/*
 * The row of this sample is gone. It may still be the newest value of its column. When it is older
 * than what its column has shown before, the column's clock was set back: if no other column stands
 * by the grid, the grid goes back too.
 *
 * @return true when the grid has to begin again at this sample
 */
static bool take_late(davy_aligner *aligner, struct column *column, int64_t time_ns, bool good,
                      double value)
{
    aligner->late++;
    if (good && time_ns > column->held_ns) {
        column->held_ns = time_ns;
        column->held = value;
    }
    if (time_ns >= column->passed_ns)
        return false;
    column->passed_ns = time_ns;
    count_behind(aligner);
    return nobody_there(aligner);
}

static void keep(davy_aligner *aligner, size_t index, int64_t tick, int64_t time_ns, bool good,
                 double value)
{
    struct column *column = &aligner->column[index];
    struct slot *slot = slot_at(aligner, tick, index);

    if (good && time_ns >= slot->time_ns)
        *slot = (struct slot){time_ns, value};
    if (column->passed_ns < next_ns(aligner) && time_ns >= next_ns(aligner))
        aligner->behind--;
    if (time_ns > column->passed_ns)
        column->passed_ns = time_ns;
    if (time_ns > aligner->newest_ns)
        aligner->newest_ns = time_ns;
}

void davy_aligner_add(davy_aligner *aligner, size_t column, int64_t time_ns, bool good,
                      double value)
{
    int64_t tick = tick_of(aligner, time_ns);

    if (!aligner->started)
        restart(aligner, tick);
    if (tick < aligner->next) {
        if (!take_late(aligner, &aligner->column[column], time_ns, good, value))
            return;
        restart(aligner, tick);
    }
    make_room(aligner, tick);
    keep(aligner, column, tick, time_ns, good, value);
    while (aligner->behind == 0 || aligner->newest_ns - next_ns(aligner) >= aligner->wait_ns)
        emit_next(aligner);
}

void davy_aligner_flush(davy_aligner *aligner)
{
    while (aligner->started && aligner->newest_ns >= next_ns(aligner))
        emit_next(aligner);
}

uint64_t davy_aligner_late(const davy_aligner *aligner)
{
    return aligner->late;
}
