/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "infer/tensors.h"
#include "serve/oip/memory.h"

/**
 * @file
 * JSON from a stranger, read value by value where it lies: no tree is made of it.
 *
 * Stage: serve. The body of an inference is one long list of numbers, and a tree of it would be
 * twenty times as large as the tensor. The reader walks with its caller, without recursion:
 *
 *     status = davy_json_enter(&reader, '{');
 *     while (status == DAVY_OK && (status = davy_json_next(&reader, &more)) == DAVY_OK && more)
 *         status = davy_json_key(&reader, &memory, &key) ... read or skip the value
 *
 * After a failure the reader must not be used any more; the sentence tells the byte. Texts point
 * into the body unless they have escapes; they are UTF-8, and may hold a zero byte ("\u0000").
 *
 * Source: RFC 8259, to the letter: no NaN, no comments, no bare control characters.
 */

/** Nesting that is read, as in Triton: real requests have eight. */
#define DAVY_JSON_DEPTH_MAX 100

typedef struct davy_json_reader {
    const char *begin, *at, *end;
    unsigned depth;
    bool fresh; /* just behind an opening bracket */
    char closing[DAVY_JSON_DEPTH_MAX];
} davy_json_reader;

void davy_json_reader_init(davy_json_reader *reader, const char *bytes, size_t length);

/** What comes: '{' '[' '"' 't' 'f' 'n', '0' for a number, 0 for the end or what is no value. */
char davy_json_peek(davy_json_reader *reader);

/** Go into an object or an array. @param bracket  '{' or '[' */
DAVY_MUST_CHECK davy_status davy_json_enter(davy_json_reader *reader, char bracket);
/** Go to the next member; `more` is false when the bracket was closed instead. */
DAVY_MUST_CHECK davy_status davy_json_next(davy_json_reader *reader, bool *more);
/** The key of a member, and its colon. */
DAVY_MUST_CHECK davy_status davy_json_key(davy_json_reader *reader, davy_oip_memory *memory,
                                          davy_bytes *key);

/** @param memory  takes a text that has escapes */
DAVY_MUST_CHECK davy_status davy_json_string(davy_json_reader *reader, davy_oip_memory *memory,
                                             davy_bytes *text);
/** A number's text, in the form that JSON has. */
DAVY_MUST_CHECK davy_status davy_json_number_text(davy_json_reader *reader, davy_bytes *text);
/** The nearest double; DAVY_ERR_INVALID past the largest. */
DAVY_MUST_CHECK davy_status davy_json_double(davy_json_reader *reader, double *value);
/** A whole number within [low, high], low <= 0; 1.0 and 1e3 are whole. */
DAVY_MUST_CHECK davy_status davy_json_integer_within(davy_json_reader *reader, int64_t low,
                                                     int64_t high, int64_t *value);
DAVY_MUST_CHECK davy_status davy_json_unsigned_within(davy_json_reader *reader, uint64_t high,
                                                      uint64_t *value);
DAVY_MUST_CHECK davy_status davy_json_truth(davy_json_reader *reader, bool *value);
DAVY_MUST_CHECK davy_status davy_json_nothing(davy_json_reader *reader);
/** Any value, to its end. @param leaves  counts numbers, texts and words; NULL is fine */
DAVY_MUST_CHECK davy_status davy_json_skip(davy_json_reader *reader, size_t *leaves);
/** Nothing but blanks is left. */
DAVY_MUST_CHECK davy_status davy_json_finish(davy_json_reader *reader);

/** Say that what stands here is not what was expected: "byte 12: expected a number". */
davy_status davy_json_fail(const davy_json_reader *reader, const char *expected);

/** Is a text this word? */
bool davy_bytes_are(davy_bytes bytes, const char *word);
