/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"
#include "site/retention.h"

#include <stddef.h>

/**
 * @file
 * Signals that other classes of retention would take than those that they are stored under.
 *
 * Stage: store. What is stored stays where it is, so a class that gets other patterns leaves days
 * of signals behind under the time of their old one.
 */

/** Signals that move from one class to another; the texts are borrowed for the call. */
typedef struct davy_moved {
    const char *from, *to; /* "default" for the rest */
    size_t signals;
    const char *example; /* path of one of them */
} davy_moved;

/**
 * Compare with the newest day that is stored; signals that are not in it are passed over.
 *
 * @return DAVY_ERR_NOT_FOUND when there is no store
 */
DAVY_MUST_CHECK davy_status davy_moved_find(const char *folder, const davy_site_class *classes,
                                            size_t count,
                                            void (*tell)(void *context, const davy_moved *moved),
                                            void *context);
