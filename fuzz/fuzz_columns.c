/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Fuzzes the reader of binary columns: a block that is given has a signal, times that rise and
 * qualities that exist; what is written of it again reads as the same.
 */
#include "data/columns.h"

#include <assert.h>
#include <string.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void check_block(const davy_columns_block *block)
{
    assert(block->path[0] && strlen(block->path) < DAVY_PATH_MAX);
    assert(block->run.count <= DAVY_COLUMNS_BLOCK_MAX);
    for (size_t i = 0; i < block->run.count; i++) {
        assert(block->run.quality[i] <= DAVY_QUALITY_BAD);
        assert(i == 0 || block->run.times[i] > block->run.times[i - 1]);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    FILE *file = size > 0 ? fmemopen((void *) data, size, "rb") : NULL;
    davy_buffer again = {0};
    davy_columns *columns = NULL;
    davy_columns_block block;
    uint64_t signals = 0, samples = 0;
    bool ended = false;

    if (!file)
        return 0;
    davy_columns_begin(&again);
    if (davy_columns_open(file, &columns) == DAVY_OK)
        while (davy_columns_next(columns, &block, &ended) == DAVY_OK && !ended) {
            check_block(&block);
            if (block.run.count == 0) {
                davy_columns_signal(&again, block.path, block.unit);
                signals++;
            }
            davy_columns_samples(&again, &block.run);
            samples += block.run.count;
        }
    davy_columns_end(&again, signals, samples);
    if (ended)
        assert(again.failed ||
               (again.length <= size && memcmp(again.bytes, data, again.length) == 0));
    davy_columns_close(columns);
    davy_buffer_clear(&again);
    (void) fclose(file);
    return 0;
}
