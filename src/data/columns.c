/* SPDX-License-Identifier: Apache-2.0 */
#include "data/columns.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "columns are written as they lie");

static const char magic[8] = {'D', 'A', 'V', 'Y', 'C', 'O', 'L', '1'};

enum { KIND_SIGNAL = 1, KIND_SAMPLES = 2, KIND_END = 3 };

typedef struct block_head {
    uint32_t kind;
    uint32_t checksum; /* CRC-32 of the payload */
    uint64_t length;   /* of the payload, without the zeros behind it */
} block_head;

/* A sample: time, value, quality. */
#define SAMPLE_BYTES (sizeof(int64_t) + sizeof(double) + sizeof(uint8_t))

#define PAYLOAD_MAX (sizeof(uint64_t) + DAVY_COLUMNS_BLOCK_MAX * SAMPLE_BYTES)

/** Bytes of a unit with its zero; those of a site are far shorter. */
#define UNIT_MAX 256

struct davy_columns {
    FILE *file;
    uint64_t at; /* place in the file, of the block that is read */
    uint64_t signals, samples;
    char path[DAVY_PATH_MAX], unit[UNIT_MAX];
    uint8_t *payload; /* [PAYLOAD_MAX + 8], 8 bytes aligned */
};

static size_t padded(uint64_t length)
{
    return (size_t) ((length + 7) & ~UINT64_C(7));
}

/* -- Out ------------------------------------------------------------------------------------------
 */

/* Room for a block; its head is put in when the payload is there. */
static size_t begin_block(davy_buffer *out)
{
    const size_t begin = out->length;
    const block_head head = {0};

    davy_buffer_append(out, &head, sizeof head);
    return begin;
}

static void end_block(davy_buffer *out, size_t begin, uint32_t kind)
{
    block_head head = {.kind = kind};

    if (out->failed)
        return;
    head.length = out->length - begin - sizeof head;
    head.checksum =
        (uint32_t) crc32(0, (const uint8_t *) out->bytes + begin + sizeof head, (uInt) head.length);
    memcpy(out->bytes + begin, &head, sizeof head);
    davy_buffer_append(out, (const char[8]){0}, padded(head.length) - head.length);
}

void davy_columns_begin(davy_buffer *out)
{
    davy_buffer_append(out, magic, sizeof magic);
}

void davy_columns_signal(davy_buffer *out, const char *path, const char *unit)
{
    const size_t begin = begin_block(out);
    const uint32_t lengths[] = {(uint32_t) strlen(path), (uint32_t) strlen(unit)};

    davy_buffer_append(out, lengths, sizeof lengths);
    davy_buffer_append(out, path, lengths[0]);
    davy_buffer_append(out, unit, lengths[1]);
    end_block(out, begin, KIND_SIGNAL);
}

void davy_columns_samples(davy_buffer *out, const davy_store_run *run)
{
    const uint64_t count = run->count;
    size_t begin;

    assert(count <= DAVY_COLUMNS_BLOCK_MAX);
    if (count == 0)
        return;
    begin = begin_block(out);
    davy_buffer_append(out, &count, sizeof count);
    davy_buffer_append(out, run->times, run->count * sizeof run->times[0]);
    davy_buffer_append(out, run->values, run->count * sizeof run->values[0]);
    davy_buffer_append(out, run->quality, run->count);
    end_block(out, begin, KIND_SAMPLES);
}

void davy_columns_end(davy_buffer *out, uint64_t signals, uint64_t samples)
{
    const size_t begin = begin_block(out);
    const uint64_t counts[] = {signals, samples};

    davy_buffer_append(out, counts, sizeof counts);
    end_block(out, begin, KIND_END);
}

/* -- In -------------------------------------------------------------------------------------------
 */

static davy_status broken(const davy_columns *columns, const char *what)
{
    return davy_fail(DAVY_ERR_CORRUPT, "block at byte %" PRIu64 ": %s", columns->at, what);
}

static davy_status read_bytes(davy_columns *columns, void *bytes, size_t length)
{
    if (fread(bytes, 1, length, columns->file) == length)
        return DAVY_OK;
    return ferror(columns->file) ? davy_fail(DAVY_ERR_IO, "cannot read")
                                 : broken(columns, "the file ends before its end block");
}

davy_status davy_columns_open(FILE *file, davy_columns **out)
{
    davy_columns *columns = calloc(1, sizeof *columns);
    char begin[sizeof magic];
    davy_status status;

    if (!columns)
        return davy_fail(DAVY_ERR_NOMEM, "a file of columns");
    columns->file = file;
    columns->payload = malloc(PAYLOAD_MAX + 8);
    status = columns->payload ? read_bytes(columns, begin, sizeof begin)
                              : davy_fail(DAVY_ERR_NOMEM, "a block of columns");
    if (status == DAVY_OK && memcmp(begin, magic, sizeof magic) != 0)
        status = davy_fail(DAVY_ERR_CORRUPT, "this is no file of columns that davy knows");
    if (status != DAVY_OK) {
        davy_columns_close(columns);
        return status;
    }
    columns->at = sizeof magic;
    *out = columns;
    return DAVY_OK;
}

static davy_status read_head(davy_columns *columns, block_head *head)
{
    davy_status status = read_bytes(columns, head, sizeof *head);

    if (status == DAVY_OK &&
        (head->length > PAYLOAD_MAX || head->kind < KIND_SIGNAL || head->kind > KIND_END))
        status = broken(columns, "its head is damaged, or of a later version of davy");
    return status;
}

static davy_status read_payload(davy_columns *columns, const block_head *head)
{
    davy_status status = read_bytes(columns, columns->payload, padded(head->length));

    if (status == DAVY_OK &&
        crc32(0, columns->payload, (uInt) head->length) != (uLong) head->checksum)
        status = broken(columns, "its checksum does not fit: the file is damaged");
    for (size_t i = (size_t) head->length; status == DAVY_OK && i < padded(head->length); i++)
        if (columns->payload[i] != 0)
            status = broken(columns, "the zeros behind it are none: the file is damaged");
    return status;
}

static davy_status take_signal(davy_columns *columns, uint64_t length)
{
    uint32_t lengths[2];

    if (length < sizeof lengths)
        return broken(columns, "a signal without a name");
    memcpy(lengths, columns->payload, sizeof lengths);
    if (lengths[0] == 0 || lengths[0] >= sizeof columns->path ||
        lengths[1] >= sizeof columns->unit || sizeof lengths + lengths[0] + lengths[1] != length ||
        memchr(columns->payload + sizeof lengths, 0, lengths[0] + lengths[1]))
        return broken(columns, "the name or unit of a signal is empty, too long or broken");
    memcpy(columns->path, columns->payload + sizeof lengths, lengths[0]);
    columns->path[lengths[0]] = '\0';
    memcpy(columns->unit, columns->payload + sizeof lengths + lengths[0], lengths[1]);
    columns->unit[lengths[1]] = '\0';
    columns->signals++;
    return DAVY_OK;
}

static davy_status check_run(const davy_columns *columns, const davy_store_run *run)
{
    for (size_t i = 0; i < run->count; i++)
        if (run->quality[i] > DAVY_QUALITY_BAD || (i > 0 && run->times[i] <= run->times[i - 1]))
            return broken(columns, "a quality that is none, or times that do not rise");
    return DAVY_OK;
}

static davy_status take_samples(davy_columns *columns, uint64_t length, davy_store_run *run)
{
    uint64_t count;

    if (length < sizeof count || !columns->path[0])
        return broken(columns, "samples of no signal");
    memcpy(&count, columns->payload, sizeof count);
    if (count == 0 || count > DAVY_COLUMNS_BLOCK_MAX ||
        length != sizeof count + count * SAMPLE_BYTES)
        return broken(columns, "its length does not fit its number of samples");
    run->count = (size_t) count;
    run->times = (const int64_t *) (const void *) (columns->payload + sizeof count);
    run->values = (const double *) (const void *) (run->times + count);
    run->quality = (const uint8_t *) (run->values + count);
    columns->samples += count;
    return check_run(columns, run);
}

static davy_status take_end(const davy_columns *columns, uint64_t length)
{
    const uint64_t counts[] = {columns->signals, columns->samples};

    if (length != sizeof counts || memcmp(columns->payload, counts, sizeof counts) != 0)
        return broken(columns, "its numbers of signals and samples are not those of the file");
    return DAVY_OK;
}

davy_status davy_columns_next(davy_columns *columns, davy_columns_block *block, bool *ended)
{
    block_head head;
    davy_status status = read_head(columns, &head);

    *ended = false;
    *block = (davy_columns_block){.path = columns->path, .unit = columns->unit};
    if (status == DAVY_OK)
        status = read_payload(columns, &head);
    if (status != DAVY_OK)
        return status;
    if (head.kind == KIND_SIGNAL) {
        status = take_signal(columns, head.length);
    } else if (head.kind == KIND_SAMPLES) {
        status = take_samples(columns, head.length, &block->run);
    } else {
        status = take_end(columns, head.length);
        *ended = status == DAVY_OK;
    }
    columns->at += sizeof head + padded(head.length);
    return status;
}

void davy_columns_close(davy_columns *columns)
{
    if (!columns)
        return;
    free(columns->payload);
    free(columns);
}

bool davy_columns_is(FILE *file)
{
    char begin[sizeof magic];
    const bool is = fread(begin, 1, sizeof begin, file) == sizeof begin &&
                    memcmp(begin, magic, sizeof magic) == 0;

    rewind(file);
    return is;
}
