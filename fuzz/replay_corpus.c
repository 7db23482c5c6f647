/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Runs a fuzz target over every file of its corpus folder: the target as an ordinary test.
 */
#include "core/file.h"

#include <dirent.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define INPUT_MAX ((size_t) 64 * 1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static int run_file(const char *folder, const char *name)
{
    davy_buffer input = {0};
    char path[4096];

    (void) snprintf(path, sizeof path, "%s/%s", folder, name);
    if (davy_file_read(path, INPUT_MAX, &input) != DAVY_OK) {
        (void) fprintf(stderr, "%s\n", davy_error());
        return EXIT_FAILURE;
    }
    LLVMFuzzerTestOneInput((const uint8_t *) input.bytes, input.length);
    davy_buffer_clear(&input);
    return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
    DIR *folder = argc == 2 ? opendir(argv[1]) : NULL;
    const struct dirent *entry;
    size_t count = 0;

    if (!folder) {
        (void) fprintf(stderr, "usage: %s CORPUS-FOLDER\n", argv[0]);
        return EXIT_FAILURE;
    }
    while ((entry = readdir(folder)))
        if (entry->d_name[0] != '.') {
            if (run_file(argv[1], entry->d_name) != EXIT_SUCCESS)
                return EXIT_FAILURE;
            count++;
        }
    closedir(folder);
    (void) printf("%zu inputs\n", count);
    return count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
