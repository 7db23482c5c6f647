/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "alarm/flood/ten_minutes.h"
#include "alarm/kpi/move.h"
#include "alarm/kpi/periods.h"

/**
 * @file
 * The figures of IEC 62682 / ISA-18.2 for the alarms of each operator position.
 *
 * Stage: alarm. Takes moves in the order of the records, of any length of time, in one pass: what
 * it keeps is a few kilobytes for each position and about a hundred bytes for each alarm, however
 * many moves come. Moves before the range only tell where the alarms are. Pure: no clock, no disk,
 * no lock.
 *
 * Days, hours and periods of ten minutes are counted from the begin of what was observed: the begin
 * of the range, or the first move when that is later, because before it nobody watched.
 *
 * Words (all are of annunciated alarms, so a shelved one is in none):
 *   annunciated   became unacknowledged, or was announced again
 *   chattering    annunciated and returned three times within a minute
 *   fleeting      returned within a minute of its annunciation, before anybody acknowledged
 *   stale         in alarm for more than 24 hours; a shelf does not end that, suppression by design
 *                 and out of service do
 *
 * Source: ANSI/ISA-18.2-2016, clause 16, and IEC 62682:2014, clause 16. How short fleeting is the
 * standards leave open; we take the minute of chattering.
 */
#define DAVY_KPI_CHATTER_CYCLES 3
#define DAVY_KPI_MINUTE_NS      (60 * DAVY_NS_PER_S)
#define DAVY_KPI_HOUR_NS        (3600 * DAVY_NS_PER_S)
#define DAVY_KPI_DAY_NS         (24 * DAVY_KPI_HOUR_NS)
#define DAVY_KPI_STALE_NS       DAVY_KPI_DAY_NS

/** Days before which nothing should be judged. Source: facts of chemicalprocessing.com on IEC 62682
 * reports, "at least 30 days". */
#define DAVY_KPI_DAYS 30

/** Alarms of the list of the most frequent. */
#define DAVY_KPI_TOP 10

/** Most bars of alarms over time: a longer range has days in one bar. */
#define DAVY_KPI_BARS 366

#define DAVY_KPI_PRIORITIES (DAVY_PRIORITY_CRITICAL + 1)

/** One of the most frequent alarms. */
typedef struct davy_kpi_frequent {
    size_t alarm;
    uint64_t count;
} davy_kpi_frequent;

/** Floods of the range. */
typedef struct davy_kpi_floods {
    uint64_t count;
    int64_t seconds, longest_s;
    uint32_t peak; /* most alarms in ten minutes of a flood */
    uint64_t alarms;
    bool now;
} davy_kpi_floods;

/** How many alarms of a position are where. */
typedef struct davy_kpi_standing {
    size_t active, unacknowledged, shelved, suppressed, out_of_service, stale;
} davy_kpi_standing;

/** All that is known of one position. */
typedef struct davy_kpi_figures {
    int64_t begin_ns, end_ns;                  /* observed */
    uint64_t annunciated;                      /* in all */
    uint64_t by_priority[DAVY_KPI_PRIORITIES]; /* of them */
    davy_periods days, hours, ten_minutes;     /* all closed */
    uint32_t most_in_ten_minutes;              /* in any 600 seconds */
    davy_kpi_floods floods;                    /* time in flood within the range */
    size_t chattering, fleeting;               /* alarms that ever were */
    uint64_t chatter_episodes, fleeting_times; /* how often */
    uint64_t stale_most;                       /* alarms that were stale on one day */
    uint64_t unauthorised;                     /* silenced by nobody */
    davy_tally acknowledge_s;                  /* from annunciation to acknowledgement */
    davy_kpi_frequent top[DAVY_KPI_TOP];
    size_t top_count;
    davy_kpi_standing now;
    uint64_t bars[DAVY_KPI_BARS]; /* annunciated over time */
    size_t bar_count;
    unsigned bar_days;
} davy_kpi_figures;

typedef struct davy_kpi davy_kpi;

/**
 * @param positions  how many the site has
 * @param from_ns    begin of the range
 * @param to_ns      end, not included; later moves are passed over
 */
DAVY_MUST_CHECK davy_status davy_kpi_create(size_t positions, int64_t from_ns, int64_t to_ns,
                                            davy_kpi **out);
/** NULL is fine. */
void davy_kpi_destroy(davy_kpi *kpi);

/** One move. @return DAVY_ERR_NOMEM */
DAVY_MUST_CHECK davy_status davy_kpi_take(davy_kpi *kpi, const davy_alarm_move *move);

/** So many alarms were silenced and nobody stands for it: in the range they are counted. */
void davy_kpi_silence(davy_kpi *kpi, size_t position, int64_t time_ns, uint64_t count);

/** Move the end of a range that runs on; never back. */
void davy_kpi_extend(davy_kpi *kpi, int64_t to_ns);

/** Let time pass up to now_ns or the end of the range: floods end, alarms become stale. */
void davy_kpi_pass(davy_kpi *kpi, int64_t now_ns);

/** The figures of a position as of the last pass; the kpi goes on as if nobody had asked. */
void davy_kpi_look(const davy_kpi *kpi, size_t position, davy_kpi_figures *figures);

/** What is quick to have of a position: for figures that are read all the time. */
typedef struct davy_kpi_live {
    davy_kpi_standing standing;
    uint32_t ten_minutes; /* alarms in the last ten */
    bool flood;
    uint64_t annunciated[DAVY_KPI_PRIORITIES];
    uint64_t chatter_episodes, fleeting_times, floods;
} davy_kpi_live;

void davy_kpi_look_live(const davy_kpi *kpi, size_t position, davy_kpi_live *live);
