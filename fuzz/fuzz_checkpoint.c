/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * A checkpoint from a stranger: its checksums are put right first, so that what stands behind them
 * is reached. What loads must be finite, train on, and be saved again.
 */
#include "core/file.h"
#include "nn/checkpoint.h"
#include "nn/trainer.h"

#include <assert.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

/* As checkpoint.h draws the file. */
#define HEAD ((size_t) 24)
#define ROW  (DAVY_CHECKPOINT_NAME_MAX + 24)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void repair_block(uint8_t *row, const uint8_t *bytes, size_t size)
{
    uint64_t offset, length, checksum;

    memcpy(&offset, row + DAVY_CHECKPOINT_NAME_MAX, sizeof offset);
    memcpy(&length, row + DAVY_CHECKPOINT_NAME_MAX + 8, sizeof length);
    if (offset > size || length > size - offset)
        return;
    checksum = davy_checksum(bytes + offset, (size_t) length);
    memcpy(row + DAVY_CHECKPOINT_NAME_MAX + 16, &checksum, sizeof checksum);
}

static void repair(uint8_t *bytes, size_t size)
{
    const uint64_t length = size;
    uint64_t checksum;
    uint32_t blocks;
    size_t end;

    if (size < HEAD + sizeof checksum)
        return;
    memcpy(bytes + 16, &length, sizeof length);
    memcpy(&blocks, bytes + 12, sizeof blocks);
    end = HEAD + blocks * ROW;
    if (blocks > DAVY_CHECKPOINT_BLOCKS_MAX || end > size - sizeof checksum)
        return;
    for (size_t i = 0; i < blocks; i++)
        repair_block(bytes + HEAD + i * ROW, bytes, size);
    checksum = davy_checksum(bytes, end);
    memcpy(bytes + end, &checksum, sizeof checksum);
}

/* y = x w, squared error. */
static davy_graph *build(davy_value *loss)
{
    davy_graph *graph;
    davy_value in[2], x, t;

    if (davy_graph_create("fuzz", 0, &graph) != DAVY_OK)
        abort();
    x = davy_graph_input(graph, "x", DAVY_TYPE_F32, 2, (const int64_t[]){-1, 2});
    t = davy_graph_input(graph, "t", DAVY_TYPE_F32, 2, (const int64_t[]){-1, 1});
    in[0] = x;
    in[1] = davy_graph_parameter(graph, "w", DAVY_ROLE_PARAMETER, 2, (const int64_t[]){2, 1});
    in[0] = davy_graph_node(graph, "matmul", in, 2, 1)->out[0];
    in[1] = t;
    *loss = davy_graph_node(graph, "mse", in, 2, 1)->out[0];
    return graph;
}

static void go_on(davy_trainer *trainer, const char *path)
{
    float x[] = {1.0F, -1.0F}, t[] = {0.5F}, loss;
    const davy_tensor inputs[] = {
        {.type = DAVY_TYPE_F32, .rank = 2, .dims = {1, 2}, .data = x},
        {.type = DAVY_TYPE_F32, .rank = 2, .dims = {1, 1}, .data = t},
    };

    if (davy_trainer_step(trainer, inputs, &loss) == DAVY_OK && !isfinite(loss))
        abort();
    if (davy_trainer_recall(trainer) != DAVY_OK) /* nothing was kept */
        assert(strstr(davy_error(), "kept"));
    if (davy_trainer_save(trainer, path, "", NULL, 0) != DAVY_OK &&
        strstr(davy_error(), "finite")) /* a rename over /proc fails, and may */
        abort();
}

static void load(const uint8_t *bytes, size_t size)
{
    davy_value loss;
    davy_graph *graph = build(&loss);
    davy_trainer *trainer;
    davy_buffer extra = {0};
    char path[64];
    int descriptor = memfd_create("checkpoint", MFD_CLOEXEC);

    if (descriptor < 0 || davy_file_write_all(descriptor, bytes, size) != DAVY_OK ||
        davy_trainer_create(graph, loss, &(davy_trainer_options){.average = 0.5F}, NULL,
                            &trainer) != DAVY_OK)
        abort();
    (void) snprintf(path, sizeof path, "/proc/self/fd/%d", descriptor);
    if (davy_trainer_load(trainer, path, "", &extra) == DAVY_OK)
        go_on(trainer, path);
    davy_buffer_clear(&extra);
    davy_trainer_destroy(trainer);
    davy_graph_destroy(graph);
    close(descriptor);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    davy_checkpoint checkpoint;
    uint8_t *bytes = malloc(size + 1);

    if (!bytes)
        return 0;
    if (davy_checkpoint_parse(data, size, &checkpoint) == DAVY_OK)
        assert(checkpoint.count <= DAVY_CHECKPOINT_BLOCKS_MAX);
    if (size)
        memcpy(bytes, data, size);
    repair(bytes, size);
    load(bytes, size);
    free(bytes);
    return 0;
}
