/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/csv.h"
#include "core/time_format.h"

/**
 * @file
 * How CSV files are written, as people say it: on the command line, and in a site file.
 *
 * Stage: core. Whoever reads CSV files takes the same words; what is not said is found.
 */
typedef enum davy_column_type {
    DAVY_COLUMN_FOUND, /* of a setting: none, it is found */
    DAVY_COLUMN_NUMBER,
    DAVY_COLUMN_CATEGORY, /* words that come again */
    DAVY_COLUMN_TIME,
    DAVY_COLUMN_LABEL,
    DAVY_COLUMN_GROUP, /* tells runs apart */
    DAVY_COLUMN_TEXT,  /* words that hardly come again, or no cells at all: left out */
    DAVY_COLUMN_MIXED  /* numbers and words, and not clear which: reading it fails */
} davy_column_type;

/** "number", "category", ...; what is left out is "text". Never NULL. */
const char *davy_column_type_name(davy_column_type type);

/** A type that was set. Zeroed is none. */
typedef struct davy_column_setting {
    char *name;
    davy_column_type type;   /* NUMBER, CATEGORY, TIME, or TEXT: leave it out */
    davy_time_format format; /* of a TIME; DAVY_TIME_FORMATS: found */
} davy_column_setting;

/** Settings as they are written: "port=number,service=category,id=skip,when=time:dmy". */
typedef struct davy_column_settings {
    davy_column_setting *items;
    size_t count;
} davy_column_settings;

/** DAVY_ERR_INVALID names what is no type. @param text  NULL: none */
DAVY_MUST_CHECK davy_status davy_column_settings_parse(const char *text, davy_column_settings *out);
void davy_column_settings_clear(davy_column_settings *settings);
/** NULL when the column is not set. */
const davy_column_setting *davy_column_settings_find(const davy_column_settings *settings,
                                                     const char *name);

/** NULL: not said. */
typedef struct davy_csv_words {
    const char *delimiter; /* davy_csv_delimiter_parse() */
    const char *encoding;
    const char *decimal; /* point or comma */
    const char *header;  /* row or none */
    const char *types;   /* davy_column_settings_parse() */
} davy_csv_words;

/** What they come to; clear it, also after a failure. */
typedef struct davy_csv_reading {
    davy_csv_options csv; /* its encoding is borrowed from the words */
    char decimal;         /* '.', ',' or 0 */
    davy_column_settings types;
} davy_csv_reading;

/** DAVY_ERR_INVALID names the word and what it may say. */
DAVY_MUST_CHECK davy_status davy_csv_words_read(const davy_csv_words *words, davy_csv_reading *out);
void davy_csv_reading_clear(davy_csv_reading *reading);
