/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "detect/finding.h"

#include <stdint.h>

/**
 * @file
 * Which conditions a site asks for, and how they are found again: the list every finding indexes.
 *
 * Stage: detect. The conditions of one signal stand together, in the order of their kinds, so a
 * signal needs only where its own begin and a bit for each kind. After them come two of each
 * detector (model, verdict) and one of each source.
 */

/** A bit for each kind. */
#define DAVY_KIND_BIT(kind) ((uint32_t) 1 << (kind))

/** The kinds of condition this signal asks for, as bits. */
uint32_t davy_signal_conditions(const davy_site_signal *signal);

/**
 * All conditions of a site, with their keys in the same piece of memory.
 *
 * @param out    an array of `count`; the caller frees it
 * @param bytes  size of that piece
 */
DAVY_MUST_CHECK davy_status davy_conditions_make(const davy_site *site, davy_condition **out,
                                                 size_t *count, size_t *bytes);
