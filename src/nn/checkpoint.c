/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/checkpoint.h"

#include "core/file.h"

#include <assert.h>
#include <string.h>

#define MAGIC     "davyckpt"
#define ALIGNMENT ((size_t) 64)

struct head {
    char magic[8];
    uint32_t version, blocks;
    uint64_t length;
};

struct row {
    char name[DAVY_CHECKPOINT_NAME_MAX];
    uint64_t offset, length, checksum;
};

static size_t aligned(size_t length)
{
    return (length + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
}

/* Bytes before the first block, without the zeros that fill up. */
static size_t head_length(size_t count)
{
    return sizeof(struct head) + count * sizeof(struct row) + sizeof(uint64_t);
}

/* The head of a file of these blocks. @return its length */
static size_t write_head(const davy_block *blocks, size_t count, char *bytes)
{
    const size_t length = head_length(count);
    struct head head = {.version = DAVY_CHECKPOINT_VERSION, .blocks = (uint32_t) count};
    size_t offset = aligned(length), end = length;
    uint64_t checksum;

    for (size_t i = 0; i < count; i++) {
        struct row row = {.offset = offset,
                          .length = blocks[i].length,
                          .checksum = davy_checksum(blocks[i].bytes, blocks[i].length)};

        memcpy(row.name, blocks[i].name, sizeof row.name);
        memcpy(bytes + sizeof head + i * sizeof row, &row, sizeof row);
        end = offset + blocks[i].length;
        offset += aligned(blocks[i].length);
    }
    memcpy(head.magic, MAGIC, sizeof head.magic);
    head.length = end;
    memcpy(bytes, &head, sizeof head);
    checksum = davy_checksum(bytes, length - sizeof checksum);
    memcpy(bytes + length - sizeof checksum, &checksum, sizeof checksum);
    return length;
}

davy_status davy_checkpoint_write(const char *path, const davy_block *blocks, size_t count)
{
    static const char zeros[ALIGNMENT];
    char head[sizeof(struct head) + DAVY_CHECKPOINT_BLOCKS_MAX * sizeof(struct row) +
              sizeof(uint64_t)];
    davy_file_part parts[2 * DAVY_CHECKPOINT_BLOCKS_MAX + 1];
    size_t part = 0, at;

    assert(count <= DAVY_CHECKPOINT_BLOCKS_MAX);
    at = write_head(blocks, count, head);
    parts[part++] = (davy_file_part){head, at};
    for (size_t i = 0; i < count; i++) {
        parts[part++] = (davy_file_part){zeros, aligned(at) - at};
        parts[part++] = (davy_file_part){blocks[i].bytes, blocks[i].length};
        at = aligned(at) + blocks[i].length;
    }
    return davy_file_replace_parts(path, parts, part, 0600);
}

static davy_status check_head(const char *bytes, size_t length, struct head *head)
{
    uint64_t checksum;
    size_t end;

    if (length < sizeof *head || memcmp(bytes, MAGIC, sizeof head->magic) != 0)
        return davy_fail(DAVY_ERR_CORRUPT, "this is no checkpoint");
    memcpy(head, bytes, sizeof *head);
    if (head->version != DAVY_CHECKPOINT_VERSION)
        return davy_fail(DAVY_ERR_UNSUPPORTED, "a checkpoint of version %u; this is version %u",
                         head->version, DAVY_CHECKPOINT_VERSION);
    if (head->length != length)
        return davy_fail(DAVY_ERR_CORRUPT, "a checkpoint of %zu bytes that says it has %llu",
                         length, (unsigned long long) head->length);
    end = head_length(head->blocks <= DAVY_CHECKPOINT_BLOCKS_MAX ? head->blocks : 0);
    if (head->blocks > DAVY_CHECKPOINT_BLOCKS_MAX || end > length)
        return davy_fail(DAVY_ERR_CORRUPT, "a checkpoint of %u blocks; %zu at most", head->blocks,
                         DAVY_CHECKPOINT_BLOCKS_MAX);
    memcpy(&checksum, bytes + end - sizeof checksum, sizeof checksum);
    if (checksum != davy_checksum(bytes, end - sizeof checksum))
        return davy_fail(DAVY_ERR_CORRUPT,
                         "the head of the checkpoint does not match its checksum");
    return DAVY_OK;
}

/* One block, which begins at `at` if all is well. */
static davy_status take_block(davy_checkpoint *checkpoint, const char *bytes, size_t length,
                              size_t at)
{
    davy_block *block = &checkpoint->blocks[checkpoint->count];
    struct row row;

    memcpy(&row, bytes + sizeof(struct head) + checkpoint->count * sizeof row, sizeof row);
    if (!memchr(row.name, 0, sizeof row.name) || davy_checkpoint_find(checkpoint, row.name))
        return davy_fail(DAVY_ERR_CORRUPT, "a name of a block is damaged or there twice");
    if (row.offset != at || at > length || row.length > length - at)
        return davy_fail(DAVY_ERR_CORRUPT, "block '%s' lies outside of the checkpoint", row.name);
    if (row.checksum != davy_checksum(bytes + at, (size_t) row.length))
        return davy_fail(DAVY_ERR_CORRUPT, "block '%s' does not match its checksum", row.name);
    memcpy(block->name, row.name, sizeof row.name);
    block->bytes = bytes + at;
    block->length = (size_t) row.length;
    checkpoint->count++;
    return DAVY_OK;
}

davy_status davy_checkpoint_parse(const void *bytes, size_t length, davy_checkpoint *out)
{
    struct head head;
    davy_status status = check_head(bytes, length, &head);
    size_t at;

    out->count = 0;
    if (status != DAVY_OK)
        return status;
    at = aligned(head_length(head.blocks));
    for (size_t i = 0; i < head.blocks; i++) {
        status = take_block(out, bytes, length, at);
        if (status != DAVY_OK) {
            out->count = 0;
            return status;
        }
        at += aligned(out->blocks[i].length);
    }
    return DAVY_OK;
}

davy_status davy_checkpoint_read(const char *path, size_t limit, davy_checkpoint *out)
{
    davy_status status;

    *out = (davy_checkpoint){.count = 0};
    status = davy_file_read(path, limit, &out->file);
    if (status == DAVY_OK) {
        status = davy_checkpoint_parse(out->file.bytes, out->file.length, out);
        if (status != DAVY_OK)
            davy_fail_in(status, "'%s'", path);
    }
    if (status != DAVY_OK)
        davy_checkpoint_clear(out);
    return status;
}

const davy_block *davy_checkpoint_find(const davy_checkpoint *checkpoint, const char *name)
{
    for (size_t i = 0; i < checkpoint->count; i++)
        if (strcmp(checkpoint->blocks[i].name, name) == 0)
            return &checkpoint->blocks[i];
    return NULL;
}

void davy_checkpoint_clear(davy_checkpoint *checkpoint)
{
    davy_buffer_clear(&checkpoint->file);
    checkpoint->count = 0;
}
