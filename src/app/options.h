/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Command-line options as a table: what a verb accepts, where it goes, what the help says.
 *
 * Stage: app. `--name value` and `--name=value`; a list takes words until the next option and may
 * be given again. What is no option is a positional argument. `--` ends the options.
 */

typedef enum davy_option_type {
    DAVY_OPTION_FLAG,     /* bool */
    DAVY_OPTION_TEXT,     /* const char * */
    DAVY_OPTION_LIST,     /* davy_option_list: words until the next option, may repeat */
    DAVY_OPTION_WORDS,    /* davy_option_list: one word each time it is given */
    DAVY_OPTION_TIME,     /* int64_t UTC nanoseconds; also "now" and "-2h" (before now) */
    DAVY_OPTION_DURATION, /* int64_t nanoseconds */
    DAVY_OPTION_RATE,     /* double, events per day */
    DAVY_OPTION_INTEGER   /* uint64_t */
} davy_option_type;

/** Words of an option that may have many; zeroed at first. Borrowed from argv. */
typedef struct davy_option_list {
    const char **items;
    size_t count;
} davy_option_list;

typedef struct davy_option {
    const char *name; /* without the dashes */
    davy_option_type type;
    void *value;          /* keeps what it held when the option is not given */
    const char *argument; /* what the help calls the value: "FILE"; NULL for a flag */
    const char *help;
} davy_option;

/** A verb's call, for its help and its parsing. */
typedef struct davy_usage {
    const char *verb;
    const char *positional; /* "NAME", "SITE.yaml", "" */
    const char *summary;
    const char *more; /* further lines of help, or NULL */
} davy_usage;

/**
 * Read argv[1..argc). Positional words go to `words` in order.
 *
 * @return DAVY_ERR_INVALID with the option and the remedy in the sentence. `*help` is set when
 *         --help was asked for; the help is then on standard output.
 */
DAVY_MUST_CHECK davy_status davy_options_parse(const davy_usage *usage, const davy_option *options,
                                               size_t option_count, int argc, char **argv,
                                               davy_option_list *words, bool *help);

/** A time as DAVY_OPTION_TIME has it: "now", "-2h" (before now), or as davy_timestamp_parse(). */
DAVY_MUST_CHECK davy_status davy_option_time(const char *text, int64_t *time_ns);

/** Give the lists back. */
void davy_options_clear(const davy_option *options, size_t option_count, davy_option_list *words);
