/* SPDX-License-Identifier: Apache-2.0 */
#include "store/records_head.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#define AT     "-head"
#define BROKEN "-head.broken"

/* "00000000000000000042 <64 hex digits>\n": one length, so that one write replaces the other. */
#define DIGITS 20
#define HEX    ((size_t) DAVY_RECORDS_HASH * 2)
#define LENGTH (DIGITS + 1 + HEX + 1)

static bool name_file(char path[PATH_MAX], const char *file, const char *suffix)
{
    return snprintf(path, PATH_MAX, "%s%s", file, suffix) < PATH_MAX;
}

int davy_records_head_open(const char *file)
{
    char path[PATH_MAX];

    if (!name_file(path, file, AT))
        return -1;
    return open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0640);
}

void davy_records_head_write(int descriptor, const davy_records_head *head)
{
    char line[LENGTH + 1], hex[HEX + 1];
    ssize_t written;

    if (descriptor < 0)
        return;
    sodium_bin2hex(hex, sizeof hex, head->hash, sizeof head->hash);
    (void) snprintf(line, sizeof line, "%0*" PRIu64 " %s\n", DIGITS, head->sequence, hex);
    written = pwrite(descriptor, line, LENGTH, 0);
    (void) written;
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

static bool read_head(const char *file, const char *suffix, davy_records_head *head)
{
    char path[PATH_MAX], line[LENGTH + 1] = {0};
    int descriptor = name_file(path, file, suffix) ? open(path, O_RDONLY | O_CLOEXEC) : -1;
    ssize_t length;

    *head = (davy_records_head){0};
    if (descriptor < 0)
        return false;
    length = pread(descriptor, line, LENGTH, 0);
    close(descriptor);
    if (length != (ssize_t) LENGTH || !parse(line, head))
        *head = (davy_records_head){0};
    return true;
}

void davy_records_head_read(const char *file, davy_records_head *head)
{
    (void) read_head(file, AT, head);
}

bool davy_records_head_accuse(const char *file)
{
    char from[PATH_MAX], to[PATH_MAX];

    return name_file(from, file, AT) && name_file(to, file, BROKEN) &&
           (access(to, F_OK) == 0 || rename(from, to) == 0);
}

bool davy_records_head_accused(const char *file, davy_records_head *head)
{
    return read_head(file, BROKEN, head);
}
