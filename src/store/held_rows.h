/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/codec.h"
#include "store/rollup_block.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Time in state: how long a signal with few values was at each of them, in steps of time.
 *
 * Stage: store. A value stands from its sample to the next one, whatever its quality. A row knows
 * the samples of its step alone: what stood from its first sample to its last one. What stands
 * between two rows is the last state of the earlier one, so rows add up to any step, and late
 * samples change no row but their own.
 */

/** Of a sample that is bad or no number; and how many places held_ns has. */
#define DAVY_HELD_NONE   DAVY_STORE_STATES_MAX
#define DAVY_HELD_PLACES (DAVY_STORE_STATES_MAX + 1)

typedef struct davy_held_row {
    int64_t time_ns;                   /* start of the step */
    int64_t first_ns, last_ns;         /* of its samples */
    int64_t held_ns[DAVY_HELD_PLACES]; /* they add up to last_ns - first_ns */
    uint8_t last;                      /* state of the last sample */
} davy_held_row;

/** Rows of one block, and what their states are. */
typedef struct davy_held_block {
    double values[DAVY_STORE_STATES_MAX];
    size_t states;
    davy_held_row rows[DAVY_ROLLUP_ROWS_MAX];
    size_t count;
} davy_held_block;

/** The state of a value, which is noted when it is new; false when there are too many. */
bool davy_held_find(double values[DAVY_STORE_STATES_MAX], size_t *states, double value,
                    uint8_t quality, uint8_t *state);

/** Append the content of a block of a tier that begins at start_ns. */
void davy_held_encode(davy_codec_work *work, davy_rollup_tier tier, int64_t start_ns,
                      const double *values, size_t states, const davy_held_row *rows, size_t count,
                      davy_buffer *out);

/** Undo it. False when the bytes are no such block; then it is of no use. */
bool davy_held_decode(davy_codec_work *work, davy_rollup_tier tier, int64_t start_ns,
                      const uint8_t *bytes, size_t length, davy_held_block *block);

/** The states of one signal and one day while they are made. */
typedef struct davy_held_day {
    double values[DAVY_STORE_STATES_MAX];
    size_t states;
    bool too_many;                          /* it is no signal with few values */
    davy_held_row *rows[DAVY_ROLLUP_TIERS]; /* one block of memory, about 1 MB */
    size_t counts[DAVY_ROLLUP_TIERS];
} davy_held_day;

DAVY_MUST_CHECK davy_status davy_held_day_init(davy_held_day *day);
void davy_held_day_clear(davy_held_day *day);
void davy_held_day_reset(davy_held_day *day);

/** Add samples, later than all before them. */
void davy_held_day_add(davy_held_day *day, const davy_store_run *run);

/** No more samples come: fill the coarse tiers. */
void davy_held_day_finish(davy_held_day *day);
