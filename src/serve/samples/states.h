/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/samples/samples.h"

/**
 * @file
 * Times in state as an answer: signal after signal, in flat memory.
 *
 * Stage: serve. Private to this room. A signal is asked for once, as a whole; then it is written in
 * strides.
 */

/** An answer under way, as those who write it see it. */
typedef struct davy_states_writer {
    davy_samples_query query;
    const struct davy_states_form *form;
    const davy_samples_signal *signal; /* the one being written */
    bool too_many;                     /* it has more values than DAVY_STORE_STATES_MAX */
    double values[DAVY_STORE_STATES_MAX];
    size_t places[DAVY_STORE_STATES_MAX]; /* in held_ns, of values in rising order */
    size_t states;
    davy_store_state_step *steps;
    size_t step_count;
    size_t shown;  /* of its steps: none when it has too many values */
    size_t next;   /* step that is to be written */
    size_t column; /* and where, of a form that has columns */
} davy_states_writer;

/** How a signal is written. */
typedef struct davy_states_form {
    void (*begin)(davy_states_writer *writer, davy_buffer *out);
    void (*begin_signal)(davy_states_writer *writer, davy_buffer *out);
    /* Some steps from writer->next on; false when nothing of the signal is left. */
    bool (*write)(davy_states_writer *writer, davy_buffer *out);
    void (*end)(davy_states_writer *writer, davy_buffer *out);
} davy_states_form;

extern const davy_states_form davy_states_csv;
extern const davy_states_form davy_states_text; /* for people at a terminal */
extern const davy_states_form davy_states_json;

/** How long a step is: the last one may be cut. */
int64_t davy_states_length(const davy_states_writer *writer, const davy_store_state_step *step);

/** How long of a step no state is known; all of it: the step is left out. */
int64_t davy_states_unknown(const davy_states_writer *writer, const davy_store_state_step *step);

/** Steps that are written between two looks at the length of the output. */
#define DAVY_STATES_STRIDE ((size_t) 256)
