/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The values of line protocol: floats, integers, booleans and times.
 *
 * Stage: collect. Source: InfluxData, "Line protocol", data types and format.
 */

typedef enum davy_line_form {
    DAVY_LINE_TAKEN,
    DAVY_LINE_REFUSED,  /* well formed, or what other systems write, and no finite double */
    DAVY_LINE_MALFORMED /* not line protocol */
} davy_line_form;

/**
 * Read a field's value that is not in quotes.
 *
 * @param reason  why it is refused, a constant text; meaningful after DAVY_LINE_REFUSED only
 */
davy_line_form davy_line_number(const char *text, size_t length, double *value,
                                const char **reason);

/** Read digits with an optional sign; refused when past `limit`, which is at least 9. */
davy_line_form davy_line_whole(const char *text, size_t length, uint64_t limit, bool *negative,
                               uint64_t *magnitude);
