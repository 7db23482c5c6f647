/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stdbool.h>
#include <stddef.h>

/**
 * @file
 * A checksum in a JSON text: a bit that flips in a small file must not become another number or
 * another role.
 *
 * Stage: core. The last member of the object is "checksum", a string of 16 hexadecimal digits: XXH3
 * of the whole text with zeros in their place. Who edits such a file by hand takes the member out.
 * It finds damage and proves nothing against an attacker.
 */

/** Value of the member before davy_json_sum_set(). */
#define DAVY_JSON_SUM_NONE "0000000000000000"

/** Put the checksum of a text in the place of the zeros in it. */
void davy_json_sum_set(char *text, size_t length);

/** DAVY_ERR_CORRUPT: the text is not as it was written. One without the member passes, as earlier
 * programs wrote them. @param has  optional: whether it is there */
DAVY_MUST_CHECK davy_status davy_json_sum_check(const char *text, size_t length, bool *has);
