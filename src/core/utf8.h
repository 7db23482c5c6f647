/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Text from outside: is it UTF-8, and how is a piece of it shown in a sentence.
 *
 * Stage: core.
 */

/**
 * True when all bytes are well-formed UTF-8 without a zero byte: no overlong forms, no surrogates,
 * nothing past U+10FFFF. Runs of ASCII cost one step per eight bytes.
 *
 * Source: The Unicode Standard 15.0, table 3-7, "Well-Formed UTF-8 Byte Sequences".
 */
bool davy_utf8_valid(const char *bytes, size_t length);

/**
 * The next character of text that is well-formed, which the pointer then passes over; 0 at its end,
 * where the pointer stays.
 */
uint32_t davy_utf8_next(const char **text);

/** Take away what a cut has left of a last character. */
void davy_utf8_mend(char *text);

/**
 * Copy a piece of foreign text into a sentence: control characters and broken bytes become `?`, and
 * what does not fit is cut between characters, with "..." to say so.
 *
 * @param capacity  of `out`, at least 5; `out` is always zero-ended
 * @return out
 */
const char *davy_utf8_show(const char *bytes, size_t length, char *out, size_t capacity);
