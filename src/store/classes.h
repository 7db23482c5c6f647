/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/arena.h"
#include "core/sample.h"
#include "core/status.h"
#include "site/retention.h"
#include "store/days.h"

#include <pthread.h>
#include <stdint.h>

/**
 * @file
 * Under which class of retention is each signal sealed? Private to the stage.
 *
 * Stage: store. Without classes everything is under the default. A class changes with the site
 * file: what was sealed stays where it is, and the next day of a signal goes to its new class.
 * Any thread may call.
 */
typedef struct davy_classes {
    pthread_mutex_t lock; /* for all that follows */
    davy_arena arena;     /* the copy of the site's classes */
    davy_site_class *items;
    uint16_t *ids; /* of each, in the pool of day files */
    size_t count;
    uint16_t *of_signal;
    size_t signals, capacity;
} davy_classes;

void davy_classes_init(davy_classes *classes);
void davy_classes_clear(davy_classes *classes);

/** Take these from now on, as a copy; every signal must be named again. On failure nothing changed.
 */
DAVY_MUST_CHECK davy_status davy_classes_set(davy_classes *classes, davy_days *days,
                                             const davy_site_class *items, size_t count);

/** Name a signal. */
DAVY_MUST_CHECK davy_status davy_classes_name(davy_classes *classes, davy_signal_id signal,
                                              const char *path);

/** The class of a signal; the default of one that was never named. */
uint16_t davy_classes_of(davy_classes *classes, davy_signal_id signal);

/** How long rollups are kept: the longest time of any class; 0, for ever, when one has no end. */
int64_t davy_classes_rollups(davy_classes *classes);

/** After which time rollups may go when the disk is full: the longest of any class that has one; 0,
 * never, when none has. */
int64_t davy_classes_when_full(davy_classes *classes);

/** What the site says of a class, false for one that it does not have. The texts are not copied:
 * davy_classes_set() must not be called meanwhile. */
bool davy_classes_find(davy_classes *classes, uint16_t class_id, davy_site_class *out);
