/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "serve/call.h"

/**
 * @file
 * Samples asked for and given: the one way of `GET /api/v1/samples` and `davy query`.
 *
 * Stage: serve. A query is put together (davy_samples_select(), then a step, or a cut into pages),
 * and a form makes the answer of it, piece by piece in flat memory.
 */
typedef struct davy_samples_signal {
    davy_signal_id id;
    const char *path, *unit;
    int64_t from_ns, to_ns; /* of this signal, within those of the query */
} davy_samples_signal;

/** Bytes of a cursor with its zero. */
#define DAVY_SAMPLES_CURSOR_MAX 64

/** Most samples of one page: a second of work and some 60 MB as text. */
#define DAVY_SAMPLES_LIMIT_MAX 1000000

typedef struct davy_samples_query {
    davy_store *store;
    davy_wanted wanted;           /* who waits for the answer */
    davy_arena arena;             /* of the texts and the array; the producer clears it */
    davy_samples_signal *signals; /* by path */
    size_t count;
    int64_t from_ns, to_ns; /* from <= time < to */
    int64_t step_ns;        /* 0: raw samples */
    int64_t first_ns;       /* end of the first step, which may be shorter than the others */
    bool paged;             /* cut by davy_samples_cut() */
    char next[DAVY_SAMPLES_CURSOR_MAX]; /* of the page after this one; "": this is the last */
} davy_samples_query;

/** Fill in the signals that a pattern selects; store and times are set. DAVY_ERR_NOT_FOUND when it
 * selects none. */
DAVY_MUST_CHECK davy_status davy_samples_select(davy_samples_query *query, const char *pattern);

/**
 * Summarise: `step_ns` when it is above 0, else a step that gives at most `pixels` steps, the
 * shortest one below some minutes. Longer ones are whole tens of seconds, minutes or hours, at most
 * a twentieth longer than need be, and begin at multiples of their length, but the first, which
 * begins at the beginning: so rollups of the store answer, and a chart that goes on shows the same
 * steps again. DAVY_ERR_INVALID for more than DAVY_STORE_BUCKETS_MAX.
 */
DAVY_MUST_CHECK davy_status davy_samples_set_step(davy_samples_query *query, int64_t step_ns,
                                                  uint64_t pixels);

/**
 * Cut a selected query to one page of at most `limit` samples, by signal and then by time; what
 * comes late into its stretch of time while it is written is in it beside them.
 *
 * A cursor is a place, (signal, time), and a checksum over it and what was asked. The server keeps
 * nothing of it, so it outlives a restart and cannot pile up; it gives no right either. What
 * arrives behind it is in later pages, and what arrives before it in none.
 *
 * @param limit   1 to DAVY_SAMPLES_LIMIT_MAX
 * @param cursor  `next` of the page before; NULL for the first
 * @return DAVY_ERR_INVALID for a cursor that is broken or of another query
 */
DAVY_MUST_CHECK davy_status davy_samples_cut(davy_samples_query *query, const char *pattern,
                                             uint64_t limit, const char *cursor);

/**
 * Ask for times in state of a selected query: in steps, or as one step when `step_ns` is 0. The
 * last value stands to the end, so the end is brought back to now. DAVY_ERR_INVALID when it begins
 * later.
 */
DAVY_MUST_CHECK davy_status davy_samples_set_states(davy_samples_query *query, int64_t step_ns,
                                                    int64_t now_ns);

struct davy_samples_rows;
struct davy_states_form;

/** A form of answers. */
typedef struct davy_samples_form {
    const char *name;                      /* "csv" */
    const char *type;                      /* media type */
    const struct davy_samples_rows *rows;  /* how a row is written; NULL: JSON, which has columns */
    const struct davy_states_form *states; /* how times in state are; NULL: they are not */
} davy_samples_form;

/** json, csv, lines, columns, text; NULL for another name. */
const davy_samples_form *davy_samples_form_find(const char *name);

/** A producer for the answer; takes over the query's arena, also on failure. DAVY_ERR_INVALID when
 * the query is summarised and the form has no word for that. */
DAVY_MUST_CHECK davy_status davy_samples_producer(const davy_samples_query *query,
                                                  const davy_samples_form *form,
                                                  davy_producer *out);

/** The same for times in state; DAVY_ERR_INVALID when the form has no word for them. */
DAVY_MUST_CHECK davy_status davy_samples_states_producer(const davy_samples_query *query,
                                                         const davy_samples_form *form,
                                                         davy_producer *out);
