/* SPDX-License-Identifier: Apache-2.0 */
#include "store/records_head.h"

#include "core/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define AT     "-head"
#define BROKEN "-head.broken"

/* A line that is half written is whole at the next look; three tell that it is not one. */
#define LOOKS 3

/* "00000000000000000042 <64 hex digits>\n": one length, so that one write replaces the other. */
#define DIGITS 20
#define HEX    ((size_t) DAVY_RECORDS_HASH * 2)
#define LENGTH (DIGITS + 1 + HEX + 1)

static bool name_file(char path[PATH_MAX], const char *file, const char *suffix)
{
    return snprintf(path, PATH_MAX, "%s%s", file, suffix) < PATH_MAX;
}

static void write_line(char line[LENGTH + 1], const davy_records_head *head)
{
    char hex[HEX + 1];

    sodium_bin2hex(hex, sizeof hex, head->hash, sizeof head->hash);
    (void) snprintf(line, LENGTH + 1, "%0*" PRIu64 " %s\n", DIGITS, head->sequence, hex);
}

int davy_records_head_open(const char *file, const davy_records_head *end)
{
    char path[PATH_MAX], line[LENGTH + 1];

    if (!name_file(path, file, AT))
        return -1;
    write_line(line, end);
    if (access(path, F_OK) != 0 && davy_file_replace(path, line, LENGTH, 0640) != DAVY_OK)
        return -1;
    return open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
}

void davy_records_head_write(int descriptor, const davy_records_head *head)
{
    char line[LENGTH + 1];
    size_t done = 0;
    ssize_t written = 1;

    if (descriptor < 0)
        return;
    write_line(line, head);
    /* A line of which half is old would accuse records that are all there. */
    while (done < LENGTH && (written > 0 || (written < 0 && errno == EINTR))) {
        written = pwrite(descriptor, line + done, LENGTH - done, (off_t) done);
        done += written > 0 ? (size_t) written : 0;
    }
}

static bool parse(const char *line, davy_records_head *head)
{
    size_t bytes = 0;
    char *end;

    errno = 0;
    head->sequence = strtoull(line, &end, 10);
    return errno == 0 && end == line + DIGITS && *end == ' ' &&
           sodium_hex2bin(head->hash, sizeof head->hash, end + 1, HEX, NULL, &bytes, NULL) == 0 &&
           bytes == sizeof head->hash;
}

/* One look at a file; a reader may meet a line that is half written. */
static davy_status read_once(const char *path, davy_records_head *head)
{
    char line[LENGTH + 1] = {0};
    int descriptor = open(path, O_RDONLY | O_CLOEXEC);
    ssize_t length;
    int error;

    if (descriptor < 0)
        return errno == ENOENT ? davy_fail(DAVY_ERR_NOT_FOUND, "there is no '%s'", path)
                               : davy_fail(DAVY_ERR_IO, "cannot open '%s'", path);
    length = pread(descriptor, line, LENGTH, 0);
    error = errno;
    close(descriptor);
    errno = error;
    if (length < 0)
        return davy_fail(DAVY_ERR_IO, "cannot read '%s'", path);
    if (length == (ssize_t) LENGTH && parse(line, head))
        return DAVY_OK;
    return davy_fail(DAVY_ERR_CORRUPT, "'%s' does not say where records end", path);
}

static davy_status read_head(const char *path, davy_records_head *head)
{
    davy_status status = DAVY_ERR_CORRUPT;

    for (int look = 0; look < LOOKS && status != DAVY_OK && status != DAVY_ERR_NOT_FOUND; look++)
        status = read_once(path, head);
    if (status != DAVY_OK)
        *head = (davy_records_head){0};
    return status;
}

davy_status davy_records_head_read(const char *file, davy_records_head *head)
{
    char path[PATH_MAX];

    *head = (davy_records_head){0};
    if (!name_file(path, file, AT))
        return davy_fail(DAVY_ERR_INVALID, "path '%.80s...' is too long", file);
    return read_head(path, head);
}

/* Evidence that a head was missing. */
static bool make_empty(const char *path)
{
    int descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0640);

    if (descriptor < 0)
        return false;
    close(descriptor);
    return true;
}

bool davy_records_head_accuse(const char *file)
{
    char from[PATH_MAX], to[PATH_MAX];

    if (!name_file(from, file, AT) || !name_file(to, file, BROKEN))
        return false;
    if (access(to, F_OK) == 0 || rename(from, to) == 0)
        return true;
    return errno == ENOENT && make_empty(to);
}

bool davy_records_head_accused(const char *file, davy_records_head *head)
{
    char path[PATH_MAX];

    *head = (davy_records_head){0};
    if (!name_file(path, file, BROKEN) || access(path, F_OK) != 0)
        return false;
    (void) read_head(path, head);
    return true;
}
