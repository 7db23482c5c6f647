/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * Classes of retention: how long samples of which signals are kept.
 *
 * Stage: site. The first class of the file one of whose patterns matches a signal's path has it;
 * "default", which has no patterns, has the rest. Records (alarms, actions, audit) belong to none
 * and are kept for ever.
 */

/** Most classes of a site. */
#define DAVY_SITE_CLASSES_MAX ((size_t) 32)

/** Longest name of a class, with its end: small letters, digits and hyphens, no hyphen first. */
#define DAVY_SITE_CLASS_NAME_MAX ((size_t) 33)

typedef struct davy_site_class {
    const char *name;
    const char *const *match; /* patterns over paths */
    size_t match_count;
    int64_t keep_ns;      /* samples, from the end of their UTC day on; 0: for ever */
    int64_t rollups_ns;   /* what sums them up; 0: for ever */
    int64_t when_full_ns; /* days older than this may go when the disk is full; 0: none may */
    size_t line;
} davy_site_class;
