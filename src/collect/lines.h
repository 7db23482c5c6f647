/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/sample.h"
#include "core/status.h"

#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Influx line protocol: text lines into samples. measurement = asset, field = signal.
 *
 * Stage: collect. Tags are read and left aside, but `davy_quality` (good, uncertain, bad), which is
 * the quality of the line's samples: `davy query --lines` writes it. Field types: float, integer
 * (i), unsigned (u), boolean (1 or 0). A body that is not line protocol anywhere is refused whole,
 * with the line and column of the fault. A field that is well formed but cannot be taken (unknown
 * signal, text, nan, a number past the largest double or of more than 128 characters) is refused
 * alone, and a line whose time cannot be taken (past the future limit, past the year 2261) with all
 * its fields; both are counted and told. Nothing is refused unsaid.
 *
 * Integers are rounded to the nearest double: exact up to 2^53.
 *
 * Source: InfluxData, "Line protocol", InfluxDB v2 documentation (syntax, escapes, types).
 */

/** Longest line, most fields of a line: Telegraf's largest are far below. */
#define DAVY_LINES_LINE_MAX   ((size_t) 64 * 1024)
#define DAVY_LINES_FIELDS_MAX ((size_t) 1024)

/** Refusals that are told one by one; the rest are counted. */
#define DAVY_LINES_REFUSALS_MAX 20

typedef struct davy_lines_refusal {
    size_t line; /* from 1 */
    char reason[200];
} davy_lines_refusal;

typedef struct davy_lines_result {
    size_t taken;   /* samples */
    size_t refused; /* fields */
    size_t told;    /* of refusals[] */
    davy_lines_refusal refusals[DAVY_LINES_REFUSALS_MAX];
} davy_lines_result;

typedef struct davy_lines_options {
    int64_t precision_ns; /* 1, 1000, 1000000 or 1000000000: unit of the time stamps */
    int64_t now_ns;       /* for lines without a time */
    int64_t latest_ns;    /* times past this are refused */
    /* The signal of an asset and field; DAVY_SIGNAL_NONE when unknown. Names are not zero-ended. */
    davy_signal_id (*find)(void *context, const char *asset, size_t asset_length, const char *field,
                           size_t field_length);
    void *context;
} davy_lines_options;

/**
 * Read a body whole before a sample is given: on DAVY_ERR_INVALID nothing was taken, and the first
 * refusal names the line, its reason the column (in bytes, from 1).
 *
 * @param samples  on success the samples in the order of the body, for the caller to free(); NULL
 *                 when there are none
 */
DAVY_MUST_CHECK davy_status davy_lines_parse(const char *text, size_t length,
                                             const davy_lines_options *options,
                                             davy_sample **samples, size_t *count,
                                             davy_lines_result *result);
