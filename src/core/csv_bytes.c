/* SPDX-License-Identifier: Apache-2.0 */
#include "core/csv_bytes.h"

#include <errno.h>
#include <iconv.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <zlib.h>

/* Bytes that are read to be converted at once. */
#define RAW ((size_t) 128 * 1024)

struct davy_csv_bytes {
    gzFile file;
    uint64_t file_size;
    char *encoding; /* NULL: as they are */
    iconv_t converter;
    char *raw; /* bytes [begin, end) are read and not converted yet */
    size_t capacity, begin, end;
    bool at_end; /* of the file */
};

#define NO_CONVERTER ((iconv_t) -1)

static davy_status open_file(davy_csv_bytes *bytes, const char *path)
{
    struct stat facts;

    if (stat(path, &facts) != 0)
        return errno == ENOENT ? davy_fail(DAVY_ERR_NOT_FOUND, "%s: there is no such file", path)
                               : davy_fail(DAVY_ERR_IO, "cannot open '%s'", path);
    if (!S_ISREG(facts.st_mode))
        return davy_fail(DAVY_ERR_INVALID, "%s: not a regular file", path);
    bytes->file_size = (uint64_t) facts.st_size;
    bytes->file = gzopen(path, "rbe");
    return bytes->file ? DAVY_OK : davy_fail(DAVY_ERR_IO, "cannot open '%s'", path);
}

static davy_status start_converter(davy_csv_bytes *bytes, const char *encoding)
{
    char *name = strdup(encoding);
    iconv_t converter = name ? iconv_open("UTF-8", name) : NO_CONVERTER;

    if (converter == NO_CONVERTER) {
        free(name);
        return name && errno == EINVAL
                   ? davy_fail(DAVY_ERR_INVALID,
                               "there is no encoding '%.40s'; `iconv -l` lists those that are",
                               encoding)
                   : davy_fail(DAVY_ERR_NOMEM, "encoding '%.40s'", encoding);
    }
    if (bytes->converter != NO_CONVERTER)
        (void) iconv_close(bytes->converter);
    free(bytes->encoding);
    bytes->encoding = name;
    bytes->converter = converter;
    return DAVY_OK;
}

/* Room for `length` bytes to be converted. */
static davy_status raw_reserve(davy_csv_bytes *bytes, size_t length)
{
    char *raw;

    if (length <= bytes->capacity)
        return DAVY_OK;
    raw = realloc(bytes->raw, length);
    if (!raw)
        return davy_fail(DAVY_ERR_NOMEM, "%zu bytes to convert", length);
    bytes->raw = raw;
    bytes->capacity = length;
    return DAVY_OK;
}

davy_status davy_csv_bytes_open(const char *path, const char *encoding, davy_csv_bytes **out)
{
    davy_csv_bytes *bytes = calloc(1, sizeof *bytes);
    davy_status status;

    if (!bytes)
        return davy_fail(DAVY_ERR_NOMEM, "%s", path);
    bytes->converter = NO_CONVERTER;
    status = open_file(bytes, path);
    if (status == DAVY_OK && encoding)
        status = davy_csv_bytes_convert(bytes, encoding, NULL, 0);
    if (status != DAVY_OK) {
        davy_csv_bytes_close(bytes);
        return status;
    }
    *out = bytes;
    return DAVY_OK;
}

void davy_csv_bytes_close(davy_csv_bytes *bytes)
{
    if (!bytes)
        return;
    if (bytes->file)
        (void) gzclose_r(bytes->file);
    if (bytes->converter != NO_CONVERTER)
        (void) iconv_close(bytes->converter);
    free(bytes->encoding);
    free(bytes->raw);
    free(bytes);
}

/* A gzip file that was cut short is not a shorter file. */
static davy_status read_file(davy_csv_bytes *bytes, char *to, size_t capacity, size_t *count)
{
    int error = Z_OK, got;

    errno = 0;
    got = gzread(bytes->file, to, (unsigned) capacity);
    (void) gzerror(bytes->file, &error);
    if (error == Z_ERRNO)
        return davy_fail(DAVY_ERR_IO, "cannot read");
    if (got < 0 || error != Z_OK)
        return davy_fail(DAVY_ERR_CORRUPT, "the gzip data is damaged or cut short");
    *count = (size_t) got;
    return DAVY_OK;
}

/* Bytes behind those that wait, such as the half of a character. */
static davy_status fill_raw(davy_csv_bytes *bytes)
{
    size_t count;
    davy_status status;

    if (bytes->end > bytes->begin)
        memmove(bytes->raw, bytes->raw + bytes->begin, bytes->end - bytes->begin);
    bytes->end -= bytes->begin;
    bytes->begin = 0;
    status = read_file(bytes, bytes->raw + bytes->end, bytes->capacity - bytes->end, &count);
    if (status != DAVY_OK)
        return status;
    bytes->end += count;
    bytes->at_end = count == 0;
    return DAVY_OK;
}

/* @param stop  EINVAL: in the middle of a character; EILSEQ: at what is none; E2BIG: no room */
static size_t convert_some(davy_csv_bytes *bytes, char *to, size_t capacity, int *stop)
{
    char *from = bytes->raw + bytes->begin, *at = to;
    size_t left = bytes->end - bytes->begin, room = capacity;

    errno = 0;
    *stop = iconv(bytes->converter, &from, &left, &at, &room) == (size_t) -1 ? errno : 0;
    bytes->begin = bytes->end - left;
    return capacity - room;
}

/* What is converted before a fault is given first: the fault belongs to the row in which it is. */
static davy_status read_converted(davy_csv_bytes *bytes, char *to, size_t capacity, size_t *count)
{
    int stop = EINVAL;
    davy_status status;

    for (*count = 0; *count == 0;) {
        if (bytes->begin < bytes->end)
            *count = convert_some(bytes, to, capacity, &stop);
        if (*count > 0 || (bytes->begin == bytes->end && bytes->at_end))
            return DAVY_OK;
        if (bytes->begin < bytes->end && (stop != EINVAL || bytes->at_end))
            return davy_fail(DAVY_ERR_INVALID, "the text is not %s", bytes->encoding);
        status = fill_raw(bytes);
        if (status != DAVY_OK)
            return status;
    }
    return DAVY_OK;
}

davy_status davy_csv_bytes_read(davy_csv_bytes *bytes, char *to, size_t capacity, size_t *count)
{
    return bytes->encoding ? read_converted(bytes, to, capacity, count)
                           : read_file(bytes, to, capacity, count);
}

davy_status davy_csv_bytes_convert(davy_csv_bytes *bytes, const char *encoding, const char *unused,
                                   size_t length)
{
    davy_status status = start_converter(bytes, encoding);

    if (status == DAVY_OK)
        status = raw_reserve(bytes, length + RAW);
    if (status != DAVY_OK)
        return status;
    if (length > 0)
        memcpy(bytes->raw, unused, length);
    bytes->begin = 0;
    bytes->end = length;
    return DAVY_OK;
}

davy_status davy_csv_bytes_rewind(davy_csv_bytes *bytes)
{
    if (gzrewind(bytes->file) != 0)
        return davy_fail(DAVY_ERR_IO, "cannot go back to the start");
    bytes->begin = bytes->end = 0;
    bytes->at_end = false;
    if (bytes->converter != NO_CONVERTER)
        (void) iconv(bytes->converter, NULL, NULL, NULL, NULL);
    return DAVY_OK;
}

void davy_csv_bytes_position(const davy_csv_bytes *bytes, size_t waiting, uint64_t *done,
                             uint64_t *total)
{
    z_off_t offset = gzoffset(bytes->file);
    uint64_t unused = waiting + (bytes->end - bytes->begin);

    *total = bytes->file_size;
    *done = offset > 0 ? (uint64_t) offset : 0;
    if (gzdirect(bytes->file))
        *done -= unused < *done ? unused : *done;
}

bool davy_csv_bytes_gzip(const davy_csv_bytes *bytes)
{
    return !gzdirect(bytes->file);
}

const char *davy_csv_bytes_encoding(const davy_csv_bytes *bytes)
{
    return bytes->encoding;
}

static bool in(unsigned char byte, unsigned char low, unsigned char high)
{
    return byte >= low && byte <= high;
}

/* Bytes of the character of GB18030 at the start; 0 when there is none. */
static size_t chinese_length(const unsigned char *text, size_t length)
{
    if (text[0] < 0x80)
        return 1;
    if (length < 2 || !in(text[0], 0x81, 0xFE))
        return 0;
    if (in(text[1], 0x40, 0x7E) || in(text[1], 0x80, 0xFE))
        return 2;
    return length >= 4 && in(text[1], 0x30, 0x39) && in(text[2], 0x81, 0xFE) &&
                   in(text[3], 0x30, 0x39)
               ? 4
               : 0;
}

bool davy_csv_bytes_chinese(const char *text, size_t length)
{
    const unsigned char *at = (const unsigned char *) text;
    size_t characters = 0, common = 0, step;

    for (size_t i = 0; i < length; i += step) {
        step = chinese_length(at + i, length - i);
        if (step == 0)
            return false;
        characters += step > 1;
        common +=
            step == 2 && at[i + 1] >= 0xA1 && (in(at[i], 0xA1, 0xA9) || in(at[i], 0xB0, 0xD7));
    }
    return characters > 0 && common * 2 >= characters;
}
