/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Bytes as the file of a catalogue, opened as a daemon does. Whatever names it gives are found
 * under their ids, and a new name that is kept is there when the file is opened again.
 */
#include "store/catalogue.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *folder(void)
{
    static char made[] = "/tmp/davy-fuzz-catalogue-XXXXXX";
    static bool is_made;

    if (!is_made && !mkdtemp(made))
        abort();
    is_made = true;
    return made;
}

static void write_file(const char *path, const uint8_t *data, size_t size)
{
    FILE *file = fopen(path, "wb");

    if (!file || (size > 0 && fwrite(data, 1, size, file) != size) || fclose(file) != 0)
        abort();
}

static void check_names(davy_catalogue *catalogue)
{
    davy_catalogue_entry *entries;
    size_t count;

    if (davy_catalogue_list(catalogue, &entries, &count) != DAVY_OK)
        return;
    for (size_t i = 0; i < count; i++) {
        davy_signal_id id;

        if (davy_catalogue_find(catalogue, entries[i].path, &id) != DAVY_OK || id != entries[i].id)
            abort();
    }
    free(entries);
}

/* The id of a new name, or SIZE_MAX when the file does not take it. */
static size_t add_name(const char *path)
{
    davy_catalogue *catalogue;
    davy_signal_id id;
    size_t kept = SIZE_MAX;

    if (davy_catalogue_open(path, false, &catalogue) != DAVY_OK)
        return SIZE_MAX;
    check_names(catalogue);
    if (davy_catalogue_put(catalogue, "fuzz/new", "kPa", &id) == DAVY_OK &&
        davy_catalogue_flush(catalogue) == DAVY_OK)
        kept = id;
    davy_catalogue_close(catalogue);
    return kept;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char *const beside[] = {"-wal", "-shm", "-journal"};
    char path[PATH_MAX];
    davy_catalogue *catalogue;
    davy_signal_id id;
    size_t kept;

    (void) snprintf(path, sizeof path, "%s/catalogue.db", folder());
    write_file(path, data, size);
    kept = add_name(path);
    if (kept != SIZE_MAX && davy_catalogue_open(path, true, &catalogue) == DAVY_OK) {
        if (davy_catalogue_find(catalogue, "fuzz/new", &id) != DAVY_OK || id != kept)
            abort();
        davy_catalogue_close(catalogue);
    }
    (void) unlink(path);
    for (size_t i = 0; i < sizeof beside / sizeof *beside; i++) {
        (void) snprintf(path, sizeof path, "%s/catalogue.db%s", folder(), beside[i]);
        (void) unlink(path);
    }
    return 0;
}
