/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/kpi/kpi.h"
#include "alarm/kpi/stale.h"

/**
 * @file
 * The inside of davy_kpi, shared by the pass over the moves and by those who look at it.
 *
 * Stage: alarm, inside.
 */

/** What is kept of one alarm. Times are 0 where nothing is open. */
struct davy_kpi_alarm {
    uint32_t position;
    bool seen, open;      /* open: annunciated, and its condition holds */
    bool chattered, fled; /* in the range */
    davy_alarm_phase phase;
    int64_t raised_ns;                          /* begin of the cycle that is open */
    int64_t announced_ns;                       /* last annunciation that nobody acknowledged */
    int64_t cycles_ns[DAVY_KPI_CHATTER_CYCLES]; /* begins of the last closed ones, in a ring */
    uint64_t cycles;
    int64_t chattered_ns; /* end of the last cycle that was chatter */
    uint64_t count;
};

/** What is kept of one position; the periods of the figures are open. */
struct davy_kpi_position {
    davy_kpi_figures figures;
    davy_ten_minutes window;
    int64_t day;        /* whose stale alarms are counted; -1 before the range */
    uint64_t day_stale; /* that were stale at any time of it */
};

struct davy_kpi {
    int64_t from_ns, to_ns;
    int64_t begin_ns; /* of what is observed */
    int64_t now_ns;   /* of the last move or pass */
    bool begun;
    struct davy_kpi_position *positions; /* [position_count] */
    size_t position_count;
    struct davy_kpi_alarm *alarms; /* [capacity] */
    davy_stale_place *places;      /* [capacity] */
    size_t count, capacity;
    davy_stale_list standing;
};

static inline int64_t davy_kpi_second(int64_t time_ns)
{
    return time_ns / DAVY_NS_PER_S;
}

/** A flood that is over, or that lasts until ended_s: what of it lies in the range. */
void davy_kpi_count_flood(const davy_kpi *kpi, davy_kpi_floods *floods,
                          const davy_ten_minutes *window, int64_t ended_s);
