/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * UBJSON as XGBoost writes it: a model whose numbers do not become text and back.
 *
 * Stage: models. A value is borrowed bytes; nothing is copied or allocated. Of the format there is
 * what XGBoost writes: objects without a count, arrays with one, names and lengths of eight bytes.
 * All else, and what is cut off, is no value.
 *
 * Source: Universal Binary JSON, draft 12 (ubjson.org).
 */
typedef struct davy_ubj {
    const uint8_t *at;  /* NULL: no value */
    const uint8_t *end; /* of all bytes */
} davy_ubj;

/** An array of numbers of one type. */
typedef struct davy_ubj_list {
    const uint8_t *numbers;
    size_t count;
    char type;
} davy_ubj_list;

/** The value of this name. */
davy_ubj davy_ubj_member(davy_ubj object, const char *name);

/** The first value of an array of values of any type, none if it is empty. @param count  set */
davy_ubj davy_ubj_first(davy_ubj array, size_t *count);

/** The value behind this one in an array that has more. */
davy_ubj davy_ubj_next(davy_ubj value);

/** A whole number; `otherwise` if it is none. */
int64_t davy_ubj_integer(davy_ubj value, int64_t otherwise);

/** The numbers of an array of one type; empty if it is none. */
davy_ubj_list davy_ubj_numbers(davy_ubj array);

/** A number of it, which holds any float and any integer of 32 bits. */
double davy_ubj_number(const davy_ubj_list *list, size_t i);
