/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/api/training.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * What is kept and told of a job: an object of the API's schema Job or Whatif, and its file.
 *
 * Stage: app. A record is a JSON object from its order to its end; setting a key without memory
 * leaves the old value there, which the next change mends.
 */

/** States, in words. */
#define DAVY_JOB_QUEUED      "queued"
#define DAVY_JOB_RUNNING     "running"
#define DAVY_JOB_DONE        "done"
#define DAVY_JOB_FAILED      "failed"
#define DAVY_JOB_CANCELLED   "cancelled"
#define DAVY_JOB_INTERRUPTED "interrupted"

/** Why a job was interrupted. */
#define DAVY_JOB_ENDED_BEFORE "davy was ended before the job"

#define DAVY_JOB_LOG_LINES 100 /* the last ones are kept */

/** A job that waits. @param command  what it will run, for people. NULL without memory */
json_t *davy_job_record_make(uint64_t id, const davy_training_order *order, const char *command,
                             int64_t now_ns);

bool davy_job_record_is(const json_t *record, const char *state);
uint64_t davy_job_record_id(const json_t *record);
/** Queued or running. */
bool davy_job_record_is_open(const json_t *record);

void davy_job_record_set_text(json_t *record, const char *key, const char *text);
void davy_job_record_set_time(json_t *record, const char *key, int64_t time_ns);
/** NaN is null. */
void davy_job_record_set_number(json_t *record, const char *key, double value);

/** When the phase that is told began: what is left of it follows. Zeroed before the first. */
typedef struct davy_job_phase {
    int64_t begun_ns;  /* monotonic */
    double begun_done; /* of its units, at that time */
} davy_job_phase;

/** Take a folder out of the paths in a line: what is told names files and not where the server has
 * them. */
void davy_job_record_hide(char *line, const char *folder);

/** A line of its standard error: progress, or a line for the log. @param now_ns  monotonic */
void davy_job_record_take_line(json_t *record, davy_job_phase *phase, const char *line,
                               int64_t now_ns);

/** Its standard output when it was done: the version and what there is to say about it. False when
 * it says no version. */
bool davy_job_record_take_result(json_t *record, const char *output);

/** It has ended. @param message  why; "" when it was done */
void davy_job_record_end(json_t *record, const char *state, const char *message, int64_t now_ns);

/** The last line of the log without the program's name before it; "" for none. Borrowed. */
const char *davy_job_record_last_words(const json_t *record);

/** Write FOLDER/ID.json, synced. */
DAVY_MUST_CHECK davy_status davy_job_record_save(const char *folder, const json_t *record);

/** Read a file of the folder; what does not look like a record is DAVY_ERR_CORRUPT. */
DAVY_MUST_CHECK davy_status davy_job_record_load(const char *folder, const char *file,
                                                 json_t **record);
