/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>

/**
 * @file
 * Decimal numbers out of foreign text, fast and strict.
 *
 * Stage: core. Only plain decimals count: no hexadecimal, no "inf", no "nan", no blanks, whatever
 * the locale of the process. The answer is always the double nearest to the decimal.
 *
 * Source: W. D. Clinger, "How to Read Floating Point Numbers Accurately", PLDI 1990: up to 2^53
 * times or by 10^22 is exact in one rounding. D. Lemire, "Number Parsing at a Gigabyte per Second",
 * Software: Practice and Experience 51, 2021 (after M. Eisel): up to 19 digits from 10^-64 to
 * 10^64. The rest goes to strtod().
 */

/** Most characters of one number: the exact value of any measured double is far shorter. */
#define DAVY_DECIMAL_MAX ((size_t) 128)

typedef enum davy_decimal {
    DAVY_DECIMAL_OK,
    DAVY_DECIMAL_WRONG,       /* not a decimal number */
    DAVY_DECIMAL_LONG,        /* longer than DAVY_DECIMAL_MAX; its form was not looked at */
    DAVY_DECIMAL_OUT_OF_RANGE /* past the largest double */
} davy_decimal;

/** Read the number that fills text[0..length); `value` is written on DAVY_DECIMAL_OK only. */
davy_decimal davy_decimal_read(const char *text, size_t length, double *value);

/** The same with another sign than a point before the fraction, such as a comma. */
davy_decimal davy_decimal_read_as(const char *text, size_t length, char point, double *value);
