/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "store/chunk.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * A day file: the chunks of one UTC day and one class of retention, DIR/days/YYYY-MM-DD.db.
 *
 * Stage: store. SQLite, so that the heads can be read with any tool. Heads lie together, by signal
 * and time, and are small, so a summary reads few pages; blobs lie apart, in the order of sealing,
 * and fill their pages. A connection belongs to one thread at a time; see days.h for the pool.
 */
typedef struct davy_day davy_day;

/** Number of the UTC day of a time, 0 for 1970-01-01, and the first nanosecond of a day. */
int32_t davy_day_of(int64_t time_ns);
int64_t davy_day_start_ns(int32_t day);

/** Which day file: of a day, and of a class of retention as the pool counts them, 0 the default. */
typedef struct davy_day_file {
    int32_t number;
    uint16_t class_id;
} davy_day_file;

/**
 * Open or create. DAVY_ERR_CORRUPT: the file is damaged as a whole.
 *
 * @param epoch  of the pool, given back by davy_day_epoch()
 */
DAVY_MUST_CHECK davy_status davy_day_open(const char *path, davy_day_file file, unsigned epoch,
                                          bool read_only, davy_day **out);

/** NULL is fine. */
void davy_day_close(davy_day *day);

int32_t davy_day_number(const davy_day *day);
davy_day_file davy_day_which(const davy_day *day);
unsigned davy_day_epoch(const davy_day *day);

/** End a reading; fine without one. The pool does it when the connection comes back. */
void davy_day_rest(davy_day *day);

/** Scratch memory for decoding, the connection's own. */
davy_codec_work *davy_day_work(davy_day *day);

/** Chunks added between the two are kept together or not at all. */
DAVY_MUST_CHECK davy_status davy_day_begin(davy_day *day);
DAVY_MUST_CHECK davy_status davy_day_end(davy_day *day, davy_status status);

/** Add a blob; its content is closed with its checksum and gets an id. */
DAVY_MUST_CHECK davy_status davy_day_add_blob(davy_day *day, davy_buffer *content, int64_t *id);

/** Add a head. A chunk of the same signal, time and sequence is there already: nothing is done. */
DAVY_MUST_CHECK davy_status davy_day_add(davy_day *day, const davy_chunk_head *head);

/** Take a chunk out, with its data and without times that it may share. */
DAVY_MUST_CHECK davy_status davy_day_remove(davy_day *day, const davy_chunk_head *head);

/** Take shared times out when no chunk needs them any more. It may look at every head. */
DAVY_MUST_CHECK davy_status davy_day_remove_times(davy_day *day, int64_t id);

/** True when this chunk was sealed before, in a run that ended before its mark was logged. */
DAVY_MUST_CHECK davy_status davy_day_has(davy_day *day, const davy_chunk_head *head, bool *found);

/** True when any chunk is of this signal. */
DAVY_MUST_CHECK davy_status davy_day_has_signal(davy_day *day, davy_signal_id signal, bool *found);

/** The highest signal below this one that has a chunk; DAVY_SIGNAL_NONE when none has. */
DAVY_MUST_CHECK davy_status davy_day_find_below(davy_day *day, davy_signal_id below,
                                                davy_signal_id *signal);

/** The chunks of one signal in a day file. */
typedef struct davy_day_newest {
    davy_signal_id signal;
    uint64_t chunks;
    uint64_t sequence, oldest; /* highest and lowest of them */
} davy_day_newest;

/** Of one signal; chunks is 0 when there are none. */
DAVY_MUST_CHECK davy_status davy_day_get_newest(davy_day *day, davy_signal_id signal,
                                                davy_day_newest *newest);

/** Of the first signals from `from` on that have any, ascending. */
DAVY_MUST_CHECK davy_status davy_day_list_newest(davy_day *day, davy_signal_id from,
                                                 davy_day_newest *items, size_t capacity,
                                                 size_t *count);

/**
 * Heads of a signal that touch [from_ns, to_ns), by first time, then sequence. A head with a count
 * of 0 stands for a late chunk whose head is lost: what is written earlier than its sequence is not
 * to be served between its first and last time, it may have been corrected.
 */
typedef struct davy_chunk_heads {
    davy_chunk_head *items;
    size_t count, capacity;
    size_t damaged; /* heads that do not fit their checksum, left out, and those that are lost */
} davy_chunk_heads;

/** By first time, then sequence: below, at or above 0 as strcmp() answers. */
int davy_chunk_head_compare(const davy_chunk_head *a, const davy_chunk_head *b);

/** Fill an empty list. What is damaged is counted; DAVY_ERR_CORRUPT: SQLite gave up on the file.
 * From here on until davy_day_rest() the file is read as it is at this moment. */
DAVY_MUST_CHECK davy_status davy_day_heads(davy_day *day, davy_signal_id signal, int64_t from_ns,
                                           int64_t to_ns, davy_chunk_heads *heads);

/** Heads from `begin` on that overlap each other. @return the first that does not; *last_ns: the
 * last time of them */
size_t davy_chunk_heads_cluster(const davy_chunk_heads *heads, size_t begin, int64_t *last_ns);

void davy_chunk_heads_clear(davy_chunk_heads *heads);

/** Decode a chunk into an empty set. DAVY_ERR_CORRUPT when it is damaged. */
DAVY_MUST_CHECK davy_status davy_day_decode(davy_day *day, const davy_chunk_head *head,
                                            davy_points *out);

/** The times between the points of a chunk. Its blobs are read and checked, and its values not
 * decoded. DAVY_ERR_CORRUPT when it is damaged. */
DAVY_MUST_CHECK davy_status davy_day_get_gaps(davy_day *day, const davy_chunk_head *head,
                                              davy_gaps *gaps);

/** What is in a day file. */
typedef struct davy_day_totals {
    uint64_t chunks, samples, blob_bytes;
    uint64_t sequence; /* highest of any chunk */
} davy_day_totals;

DAVY_MUST_CHECK davy_status davy_day_get_totals(davy_day *day, davy_day_totals *totals);

/** Between begin and end: as it will be. */
davy_day_totals davy_day_pending(const davy_day *day);

/** A damage. @param head  of a chunk whose samples cannot be read, or NULL. @param what  of no
 * chunk: a sentence, borrowed for the call */
typedef void (*davy_day_tell)(void *context, const davy_chunk_head *head, const char *what);

/**
 * Check everything: the file's structure, every head, every blob, and that none is missing.
 *
 * @param damaged  chunks that cannot be answered; structure that does not hold counts as one. Of
 * each is told
 */
DAVY_MUST_CHECK davy_status davy_day_verify(davy_day *day, uint64_t *checked, uint64_t *damaged,
                                            davy_day_tell tell, void *context);
