/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "store/catalogue.h"

#include <stdint.h>

/**
 * @file
 * The file of the catalogue: names of signals with a checksum each, their number and a fold of all.
 *
 * Stage: store, inside. A name that was damaged would put right values under a wrong name, and a
 * last one that is lost would be given to another signal; so a name counts when it fits its
 * checksum, and the number of all is kept beside them. Format 1 had neither; a writer brings such a
 * file to format 2 in one transaction, which is done or not done, whenever it is killed. A reader
 * reads it as it is.
 */
typedef struct davy_catalogue_file davy_catalogue_file;

DAVY_MUST_CHECK davy_status davy_catalogue_file_open(const char *path, bool read_only,
                                                     davy_catalogue_file **out);

/** NULL is fine. */
void davy_catalogue_file_close(davy_catalogue_file *file);

/** Called for ids 0, 1, 2, ...; `path` NULL: there was such a signal and its name is damaged. */
typedef davy_status (*davy_catalogue_visit)(void *context, const char *path, const char *unit);

/** Visit all, once. @param damaged  names and sums that are not as they were written */
DAVY_MUST_CHECK davy_status davy_catalogue_file_load(davy_catalogue_file *file,
                                                     davy_catalogue_visit visit, void *context,
                                                     uint64_t *damaged);

/** Keep entries [first, count), in one transaction; those that were damaged are left alone. */
DAVY_MUST_CHECK davy_status davy_catalogue_file_save(davy_catalogue_file *file,
                                                     const davy_catalogue_entry *entries,
                                                     size_t first, size_t count);
