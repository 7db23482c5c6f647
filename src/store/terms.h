/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/buffer.h"
#include "site/retention.h"
#include "store/holding.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/**
 * @file
 * The terms of retention: how long each class is kept as things stand, DIR/retention.
 *
 * Stage: store. A site file may be changed by mistake, and what is removed does not come back. So a
 * class for which a shorter time would remove day files at once keeps its longer one for
 * DAVY_TERMS_WAIT_NS, in which somebody may put it back; a longer time counts at once. So does
 * every other change. Text, a class a line, closed by a checksum. Without the file, or with a
 * damaged one, nobody knows what was promised: what is there was to be kept for ever.
 */

/** How long a shorter time waits: a day, in which somebody looks. */
#define DAVY_TERMS_WAIT_NS (86400 * DAVY_NS_PER_S)

/** Classes of the site file and of earlier ones that still have day files. */
#define DAVY_TERMS_MAX ((size_t) 256)

/** One class; 0 is for ever, of when_full_ns never. */
typedef struct davy_term {
    char class_name[DAVY_SITE_CLASS_NAME_MAX]; /* "default" for the rest */
    int64_t keep_ns, rollups_ns, when_full_ns; /* that count now */
    int64_t next_keep_ns, next_rollups_ns;     /* that count from from_ns on */
    int64_t from_ns;                           /* wall; 0: nothing waits */
} davy_term;

typedef struct davy_terms {
    davy_term
        items[DAVY_TERMS_MAX]; /* in the order of the site file; default and earlier ones last */
    size_t count;
    bool known; /* there was a file, and it was as it was written */
} davy_terms;

/** Longest file: a line of the longest name and six numbers. */
#define DAVY_TERMS_BYTES_MAX ((size_t) 64 * 1024)

/** Read terms from bytes. DAVY_ERR_CORRUPT: they are not as they were written. */
DAVY_MUST_CHECK davy_status davy_terms_parse(const char *bytes, size_t length, davy_terms *out);

/** Read those of a data folder; `known` is false when it has none. DAVY_ERR_CORRUPT as above, then
 * as if there were none. */
DAVY_MUST_CHECK davy_status davy_terms_read(const char *folder, davy_terms *out);

DAVY_MUST_CHECK davy_status davy_terms_write(const char *folder, const davy_terms *terms);

/** The term of a class, or NULL. */
const davy_term *davy_terms_find(const davy_terms *terms, const char *class_name);

/** What a shorter time of a class would remove that the term as it stands keeps. */
typedef struct davy_terms_loss {
    uint64_t days, files, bytes, samples; /* of day files; samples of those that say */
    uint64_t rollups;                     /* days whose sums go too */
} davy_terms_loss;

/** What goes when the waiting time of a term counts, at `now_ns`. */
davy_terms_loss davy_terms_lose(const davy_terms *terms, const davy_term *term,
                                const davy_holding *holding, int64_t now_ns);

/**
 * The terms that follow from the classes of a site file.
 *
 * @param before   as they stand
 * @param holding  what there is
 * @param out      may be `before`
 */
void davy_terms_follow(const davy_terms *before, const davy_site_class *classes, size_t count,
                       const davy_holding *holding, int64_t now_ns, davy_terms *out);

/** Let what has waited long enough count. True when there was any. */
bool davy_terms_ripen(davy_terms *terms, int64_t now_ns);
