/* SPDX-License-Identifier: Apache-2.0 */
#pragma once

/**
 * @file
 * What a function that can fail answers: a status and a sentence.
 *
 * Stage: core. The status is the kind of failure and is what a caller decides by; the sentence
 * names the file, line, signal or host and the remedy and is what a person reads. The sentence
 * belongs to the thread that failed and lasts until its next failure.
 */

/** Kinds of failure; DAVY_OK is 0, all others are negative. */
typedef enum davy_status {
    DAVY_OK = 0,
    DAVY_ERR_INVALID = -1,     /* an argument, file, packet or setting is wrong */
    DAVY_ERR_NOMEM = -2,       /* no memory */
    DAVY_ERR_IO = -3,          /* a file, disk or socket failed; the sentence has errno's words */
    DAVY_ERR_NOT_FOUND = -4,   /* the thing named does not exist */
    DAVY_ERR_EXISTS = -5,      /* the thing named exists already, or is held by another process */
    DAVY_ERR_CORRUPT = -6,     /* bytes at rest do not match their checksum or their format */
    DAVY_ERR_FULL = -7,        /* a disk, ring or named limit is full; nothing was taken */
    DAVY_ERR_UNSUPPORTED = -8, /* well formed, and not something this build can do */
    DAVY_ERR_DENIED = -9,      /* the caller may not do this */
    DAVY_ERR_TIMEOUT = -10,    /* a peer did not answer in time, or a wait was interrupted */
    DAVY_ERR_UNAVAILABLE = -11 /* a peer or service is not there now; trying again may help */
} davy_status;

#define DAVY_MUST_CHECK __attribute__((warn_unused_result))
#define DAVY_PRINTF(format_index, first_argument) \
    __attribute__((format(printf, format_index, first_argument)))
#define DAVY_ARRAY_LENGTH(array) (sizeof(array) / sizeof((array)[0]))

/** Bytes of a sentence kept for davy_error(); the rest is cut, with "..." to say so. */
#define DAVY_ERROR_MAX 1024

/**
 * Keep a sentence for davy_error() and return the status, so that a failure is one line:
 *
 *     return davy_fail(DAVY_ERR_NOMEM, "segment '%s'", path);
 *
 * For DAVY_ERR_IO a non-zero errno is added to the sentence in words.
 */
davy_status davy_fail(davy_status status, const char *format, ...) DAVY_PRINTF(2, 3);

/** Put words in front of the sentence of the last failure: "site.yaml: line 3: ...". */
davy_status davy_fail_in(davy_status status, const char *format, ...) DAVY_PRINTF(2, 3);

#ifdef __clang_analyzer__
/* The analyzer sees one file at a time: without this it follows failures that return DAVY_OK. */
#define davy_fail(status, ...)    davy_analyzer_status(davy_fail, status, __VA_ARGS__)
#define davy_fail_in(status, ...) davy_analyzer_status(davy_fail_in, status, __VA_ARGS__)
#define davy_analyzer_status(fail, status, ...)         \
    __extension__({                                     \
        const davy_status status_of_failure = (status); \
        (void) (fail) (status_of_failure, __VA_ARGS__); \
        status_of_failure;                              \
    })
#endif

/** The sentence of this thread's last failure; "" before the first. Never NULL. */
const char *davy_error(void);

/** A status in words, for example "not found". Never NULL. */
const char *davy_status_name(davy_status status);

/** The exit code of sysexits.h that fits a status; 0 for DAVY_OK. */
int davy_status_exit_code(davy_status status);
