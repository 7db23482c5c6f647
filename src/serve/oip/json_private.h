/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "serve/oip/json_reader.h"

/**
 * @file
 * What json_reader.c (structure) and json_scalar.c (texts, numbers, words) share.
 *
 * Stage: serve.
 */

/** To the closing quote; *escaped when there was a backslash. NULL for a bare control character or
 * no end. */
const char *davy_json_quote(const char *at, const char *end, bool *escaped);

/** The escape behind a backslash. Never longer than what it is written as. False for none. */
bool davy_json_escape(const char **at, const char *end, char **out);

/** Is this word next? Then step over it. */
bool davy_json_word(davy_json_reader *reader, const char *word);
