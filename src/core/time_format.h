/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * Times as plant files write them, one format for all of a column.
 *
 * Stage: core. 01/02/2026 is the second of January or the first of February, and 1767322800 is
 * seconds: what a text means is known from its neighbours or from who wrote the file. Each text
 * tells which formats it can be; those that remain for all of a column are its format, and when
 * there are two the answer is to ask. Times without an offset are UTC.
 */
typedef enum davy_time_format {
    DAVY_TIME_YMD,     /* RFC 3339, and 2026/1/2 3:04:05 */
    DAVY_TIME_DMY,     /* 02.01.2026 03:04, 2/1/26 3:04 PM, 02-Jan-2026 */
    DAVY_TIME_MDY,     /* 1/2/2026 3:04:05 PM */
    DAVY_TIME_COMPACT, /* 20260102, 20260102T030405, 20260102030405.5 */
    DAVY_TIME_SECONDS, /* since 1970, and those below */
    DAVY_TIME_MILLISECONDS,
    DAVY_TIME_MICROSECONDS,
    DAVY_TIME_NANOSECONDS,
    DAVY_TIME_FORMATS /* how many there are; also: not known */
} davy_time_format;

/** Sets of formats. */
#define DAVY_TIME_BIT(format) (1U << (unsigned) (format))
#define DAVY_TIME_ALL         (DAVY_TIME_BIT(DAVY_TIME_FORMATS) - 1)

/** "ymd", "dmy", "mdy", "compact", "s", "ms", "us", "ns". Never NULL. */
const char *davy_time_format_name(davy_time_format format);
/** How it looks, for a sentence: "day/month/year". Never NULL. */
const char *davy_time_format_look(davy_time_format format);
/** False when there is no such format. */
bool davy_time_format_find(const char *name, davy_time_format *out);

/**
 * The set of formats, of those in `among`, that a text can be. A number tells its unit by its size:
 * seconds below 10^10, milliseconds from 10^11, microseconds from 10^14, nanoseconds from 10^17.
 */
unsigned davy_time_formats(const char *text, unsigned among);

/** Read a text in a format that is known. False when it is none. Blanks around it are ignored. */
bool davy_time_read(const char *text, davy_time_format format, int64_t *time_ns);
