/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "core/status.h"
#include "core/wanted.h"
#include "site/retention.h"
#include "store/moves.h"
#include "store/room.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The store: samples kept, found again, and never lost once acknowledged.
 *
 * Stage: store. Samples go to the hot log and are in memory for queries; full or old stretches are
 * sealed into compressed chunks in one SQLite file per day. (signal, time) is the identity of a
 * sample: sending it again changes nothing, sending it with another value corrects it (the last one
 * written wins). Any order within retention is welcome. The acknowledgement contract is in
 * src/store/README.md.
 *
 * One process writes a store at a time (a lock file tells); others may open it for reading.
 * All functions may be called from any thread.
 */
typedef struct davy_store davy_store;

typedef struct davy_store_options {
    bool read_only; /* for `davy query` beside a running daemon: replays the log in memory */
    /* Most bytes of other writers that one sync waits for; 0: DAVY_STORE_GROUP_COMMIT_BYTES. There
     * is no time to set: a writer that finds nobody syncing syncs at once. */
    size_t group_commit_bytes;
    /* Samples are refused while less room than this is left on the disk; 0: a share of it (room.h).
     */
    uint64_t floor_bytes;
    const davy_site_class *classes; /* of retention, copied */
    size_t class_count;             /* 0: everything is kept for ever */
} davy_store_options;

#define DAVY_STORE_GROUP_COMMIT_BYTES ((size_t) 1024 * 1024)

/** Samples later than this past the wall clock are refused by intake: a clock is wrong somewhere.
 */
#define DAVY_STORE_FUTURE_MAX_NS (2 * 86400LL * DAVY_NS_PER_S)

/** Open or create. DAVY_ERR_EXISTS when another process writes it. `options` NULL: the defaults. */
DAVY_MUST_CHECK davy_status davy_store_open(const char *folder, const davy_store_options *options,
                                            davy_store **out);

/** Sync what waits and close. NULL is fine. */
void davy_store_close(davy_store *store);

/**
 * The id of a path, given on first use and kept for ever; `unit` is noted and may change, NULL
 * leaves it. Costs no sync: the id is on disk before the first sample under it is.
 */
DAVY_MUST_CHECK davy_status davy_store_signal(davy_store *store, const char *path, const char *unit,
                                              davy_signal_id *id);

/** The id of a known path, or DAVY_ERR_NOT_FOUND. */
DAVY_MUST_CHECK davy_status davy_store_find(davy_store *store, const char *path,
                                            davy_signal_id *id);

typedef struct davy_store_signal_info {
    davy_signal_id id;
    const char *path; /* borrowed for the call of the visitor */
    const char *unit;
} davy_store_signal_info;

/** Visit every signal, by path. A visitor's status other than DAVY_OK ends the walk and is given.
 */
DAVY_MUST_CHECK davy_status davy_store_signals(
    davy_store *store, davy_status (*visit)(void *context, const davy_store_signal_info *info),
    void *context);

/**
 * Keep samples. Returns after they are synced to disk: then, and only then, may a sender be
 * answered. Callers on several threads share one sync. All of a call's samples are kept, or none.
 *
 * @param count  at most DAVY_STORE_APPEND_MAX
 * @return DAVY_ERR_INVALID for an unknown signal, a quality that is none, or a time outside the
 *         years 1678 to 2261 (nothing kept); DAVY_ERR_FULL when the disk is full, or nearly so and
 *         the rest is for alarms (nothing kept);
 *         DAVY_ERR_IO when the disk failed: whether they were kept is unknown, and from then on the
 *         store refuses writes until it is opened again
 */
DAVY_MUST_CHECK davy_status davy_store_append(davy_store *store, const davy_sample *samples,
                                              size_t count);

/** What room is left, and below which samples are refused. */
davy_room_state davy_store_room(davy_store *store);

/** DAVY_ERR_FULL while samples are refused because the rest of the room is for alarms. */
DAVY_MUST_CHECK davy_status davy_store_check_room(davy_store *store);

#define DAVY_STORE_APPEND_MAX ((size_t) 2 * 1024 * 1024)

/** Up to DAVY_STORE_RUN_MAX samples of one signal in time order, without doubles. */
typedef struct davy_store_run {
    davy_signal_id signal;
    size_t count;
    const int64_t *times;
    const double *values;
    const uint8_t *quality; /* davy_quality */
} davy_store_run;

#define DAVY_STORE_RUN_MAX 4096

typedef davy_status (*davy_store_visit)(void *context, const davy_store_run *run);

/**
 * Visit the samples of one signal with from_ns <= time < to_ns, in time order. What is damaged on
 * disk is left out and counted in davy_store_stats.damaged_chunks; the rest is answered. A
 * visitor's status other than DAVY_OK ends the scan and is given.
 */
DAVY_MUST_CHECK davy_status davy_store_scan(davy_store *store, davy_signal_id signal,
                                            int64_t from_ns, int64_t to_ns, davy_store_visit visit,
                                            void *context);

/** Samples of one signal with no other between them, all of them bad, or all numbers and none bad,
 * as a sealed chunk tells them without being decoded. A value of -0 may be told as 0. */
typedef struct davy_store_stretch {
    davy_signal_id signal;
    size_t count;
    bool bad; /* all of them: the values say nothing */
    int64_t first_ns, last_ns;
    int64_t shortest_gap_ns, longest_gap_ns; /* between two of them; INT64_MAX and 0 of one alone */
    double min, max, first, last;
    davy_moves moves; /* not known of a chunk of format 1 */
} davy_store_stretch;

/** True: its samples need not be visited. */
typedef bool (*davy_store_offer)(void *context, const davy_store_stretch *stretch);

/**
 * As davy_store_scan(), and stretches are offered before their samples are visited, in the order of
 * times.
 */
DAVY_MUST_CHECK davy_status davy_store_scan_stretches(davy_store *store, davy_signal_id signal,
                                                      int64_t from_ns, int64_t to_ns,
                                                      davy_store_offer offer,
                                                      davy_store_visit visit, void *context);

/** What happened to one signal in one step of time. */
typedef struct davy_store_bucket {
    int64_t time_ns;    /* start of the step */
    uint64_t count;     /* samples that are not bad */
    uint64_t bad;       /* samples of quality bad */
    uint64_t uncertain; /* of the samples that are not bad, those of quality uncertain */
    /* Of the samples that are not bad; NaN when count is 0. -0 is told as 0. The last digits of the
     * sum depend on the order of adding: on what is sealed, merged and rolled up by then. */
    double min, max, sum, first, last;
    int64_t min_time_ns, max_time_ns; /* when min and max were, for one line per pixel */
} davy_store_bucket;

/** Most steps of one summary: wider than any screen. */
#define DAVY_STORE_BUCKETS_MAX ((size_t) 100000)

/**
 * Summarise [from_ns, to_ns) in steps of step_ns; step k begins at from_ns + k step_ns. What lies
 * in whole steps of 10 s, 1 min or 1 h is answered from rollups where they are current, chunks that
 * lie whole in one step from their headers, the rest from samples: it is quickest where from_ns and
 * step_ns are whole minutes or hours. Damage as in davy_store_scan().
 *
 * @param buckets  [ceil((to - from) / step)], all are written
 */
DAVY_MUST_CHECK davy_status davy_store_summarise(davy_store *store, davy_signal_id signal,
                                                 int64_t from_ns, int64_t to_ns, int64_t step_ns,
                                                 davy_store_bucket *buckets, size_t count);

/** The same for somebody who may stop waiting: then it ends soon, with DAVY_ERR_TIMEOUT. */
DAVY_MUST_CHECK davy_status davy_store_summarise_wanted(davy_store *store, davy_signal_id signal,
                                                        int64_t from_ns, int64_t to_ns,
                                                        int64_t step_ns, davy_store_bucket *buckets,
                                                        size_t count, const davy_wanted *wanted);

/** Most different values of a signal whose time in state is told. */
#define DAVY_STORE_STATES_MAX 8

/** Whole days before a range that are looked through for what stands when it begins: a valve may
 * not move for weeks; and an older value is more likely one of a source that is gone. */
#define DAVY_STORE_STATES_DAYS 31

/** How long a signal stood at each of its values in one step of time. */
typedef struct davy_store_state_step {
    int64_t time_ns;                        /* start of the step */
    int64_t held_ns[DAVY_STORE_STATES_MAX]; /* at values[i] */
} davy_store_state_step;

/**
 * Time in state of a signal with few values, in [from_ns, to_ns) in steps of step_ns. A value
 * stands from its sample to the next one, whatever its quality; a sample that is bad or no number
 * stands for no state. What stands when the range begins is the newest sample before it, looked for
 * through DAVY_STORE_STATES_DAYS days and the one that it begins in; without one nothing is known
 * until the first sample. The last one stands to the range's end, so let that not be in the future.
 * Where samples are gone and rollups answer alone, samples that came later are not seen, and what
 * begins or ends within 10 s counts where those begin.
 *
 * @param values  [DAVY_STORE_STATES_MAX], the *states values that were found, in any order
 * @param steps   [ceil((to - from) / step)], all are written
 * @param wanted  who waits for it, or NULL
 * @return DAVY_ERR_UNSUPPORTED when the signal has more different values in the range;
 *         DAVY_ERR_TIMEOUT when nobody waits any more
 */
DAVY_MUST_CHECK davy_status davy_store_states(davy_store *store, davy_signal_id signal,
                                              int64_t from_ns, int64_t to_ns, int64_t step_ns,
                                              double *values, size_t *states,
                                              davy_store_state_step *steps, size_t count,
                                              const davy_wanted *wanted);

/** First and last time that any of these signals has a sample; DAVY_ERR_NOT_FOUND when none has.
 * Where samples are gone and rollups answer alone there is none. */
DAVY_MUST_CHECK davy_status davy_store_extent(davy_store *store, const davy_signal_id *signals,
                                              size_t count, int64_t *first_ns, int64_t *last_ns);

/** The same of what davy_store_summarise() answers: with what only rollups tell, to the hour. */
DAVY_MUST_CHECK davy_status davy_store_summary_extent(davy_store *store,
                                                      const davy_signal_id *signals, size_t count,
                                                      int64_t *first_ns, int64_t *last_ns);

/** Newest sample of a signal, from memory; DAVY_ERR_NOT_FOUND when it has none. */
DAVY_MUST_CHECK davy_status davy_store_latest(davy_store *store, davy_signal_id signal,
                                              davy_sample *sample);

/**
 * From now on samples are kept by these classes of retention, which are copied. What is sealed
 * already stays under the class that it was sealed under.
 */
DAVY_MUST_CHECK davy_status davy_store_set_retention(davy_store *store,
                                                     const davy_site_class *classes, size_t count);

/** Seal everything that can be sealed now, whatever its age or fill. For tools and tests. */
DAVY_MUST_CHECK davy_status davy_store_seal(davy_store *store);

/**
 * Make the rollups of all days that ended at or before this time and lack them. The store does so
 * by itself, in the background and up to yesterday. For tools and tests.
 */
DAVY_MUST_CHECK davy_status davy_store_roll_up(davy_store *store, int64_t before_ns);

/**
 * Merge chunks that overlap and join small ones now, in all day files: what is done in steps in the
 * background, minutes after samples came late. For tools and tests. Nothing that is read changes.
 *
 * @return DAVY_ERR_UNAVAILABLE while a backup is made
 */
DAVY_MUST_CHECK davy_status davy_store_compact(davy_store *store);

/** Figures for /metrics and benchmarks. */
typedef struct davy_store_stats {
    uint64_t samples_appended, syncs, bytes_logged;
    uint64_t chunks, chunk_samples; /* sealed, over all day files */
    uint64_t chunk_bytes;           /* of their data, without heads and free space */
    uint64_t rollup_bytes;          /* of their files */
    uint64_t hot_samples;           /* in memory, not sealed yet */
    uint64_t hot_segments;
    int64_t sync_ns_last;
    uint64_t recovered_frames, cut_bytes; /* of the log, when it was opened */
    uint64_t damaged_frames;              /* and damaged stretches before good ones, then */
    uint64_t missed_files;                /* day files that are set aside or gone, until a person
                                           * removes what stands in their place */
    uint64_t damaged_chunks;              /* chunks, day files, names, found since it was opened */
    bool failed;                          /* the disk failed; see davy_store_append() */
} davy_store_stats;

void davy_store_get_stats(davy_store *store, davy_store_stats *stats);

/**
 * Check every chunk and every day file, also for chunks that are missing. Damage is an answer and
 * not a failure.
 *
 * @param damaged  chunks, day files (also those set aside or gone), and places of the log as it was
 *                 when the store was opened
 */
DAVY_MUST_CHECK davy_status davy_store_verify(davy_store *store, uint64_t *checked,
                                              uint64_t *damaged);

/** One thing that is wrong with a store; the texts are borrowed for the call of the visitor. */
typedef struct davy_store_fault {
    const char *where; /* file below the data folder */
    const char *what;  /* what was found */
    const char *means; /* for who asks for samples */
} davy_store_fault;

/** The same, and tell of each fault. */
typedef void (*davy_store_tell)(void *context, const davy_store_fault *fault);
DAVY_MUST_CHECK davy_status davy_store_verify_faults(davy_store *store, uint64_t *checked,
                                                     uint64_t *damaged, davy_store_tell tell,
                                                     void *context);
