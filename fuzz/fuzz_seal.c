/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * What a stranger may have written into a registry: the first byte says whether the rest is a
 * manifest, or a history of aliases. What is read stays within its bounds, and names no file of
 * another folder.
 */
#include "models/registry/registry.h"
#include "models/registry/seal.h"

#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void read_manifest(const char *bytes, size_t length)
{
    davy_seal seal = {.is_signed = false};

    if (davy_seal_parse(bytes, length, &seal) == DAVY_OK) {
        assert(seal.is_signed && seal.version > 0 && seal.count <= DAVY_SEAL_FILES_MAX);
        assert(strlen(seal.author) == DAVY_AUTHOR_MAX - 1);
        for (size_t i = 0; i < seal.count; i++) {
            assert(seal.files[i].name[0] != '.' && !strchr(seal.files[i].name, '/'));
            assert(strlen(seal.files[i].hash) == 64);
            assert(i == 0 || strcmp(seal.files[i - 1].name, seal.files[i].name) < 0);
        }
        assert(davy_seal_covers(&seal, "model.json", bytes, length) != DAVY_OK || seal.count > 0);
    }
    davy_seal_clear(&seal);
}

static void read_history(const char *bytes, size_t length)
{
    davy_alias_move *moves = NULL;
    size_t count = 0;

    if (davy_registry_history_parse(bytes, length, &moves, &count) == DAVY_OK)
        for (size_t i = 0; i < count; i++)
            assert(moves[i].to > 0 && strlen(moves[i].alias) < sizeof moves[i].alias &&
                   strlen(moves[i].who) < sizeof moves[i].who);
    free(moves);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    if (size == 0)
        return 0;
    if (data[0] & 1)
        read_manifest((const char *) data + 1, size - 1);
    else
        read_history((const char *) data + 1, size - 1);
    return 0;
}
