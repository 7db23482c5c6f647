/* SPDX-License-Identifier: Apache-2.0 */
#include "core/file.h"
#include "core/timestamp.h"
#include "models/registry/registry_private.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define HISTORY     "history.jsonl"
#define HISTORY_MAX ((size_t) 64 * 1024 * 1024)

/* A line that a crash cut short is closed first, so that the next one begins on its own. */
static davy_status append_line(const char *path, const char *line)
{
    const int descriptor = open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
    davy_status status = DAVY_OK;
    char last = '\n';

    if (descriptor < 0)
        return davy_fail(DAVY_ERR_IO, "cannot open '%s'", path);
    if (lseek(descriptor, -1, SEEK_END) >= 0 && read(descriptor, &last, 1) != 1)
        status = davy_fail(DAVY_ERR_IO, "cannot read '%s'", path);
    if (status == DAVY_OK && last != '\n')
        status = davy_file_write_all(descriptor, "\n", 1);
    if (status == DAVY_OK)
        status = davy_file_write_all(descriptor, line, strlen(line));
    if (status == DAVY_OK && fsync(descriptor) != 0)
        status = davy_fail(DAVY_ERR_IO, "cannot sync '%s'", path);
    close(descriptor);
    return status;
}

davy_status davy_registry_record(const char *folder, const char *name, const davy_alias_move *move)
{
    char path[DAVY_REGISTRY_PATH], time[DAVY_TIMESTAMP_MAX];
    davy_buffer line = {0};
    json_t *root;
    char *text;
    davy_status status = davy_registry_path(path, folder, name, HISTORY);

    if (status != DAVY_OK)
        return status;
    davy_timestamp_format(move->time_ns, 3, time);
    root = json_pack("{ss ss si si ss ss}", "time", time, "alias", move->alias, "from",
                     (int) move->from, "to", (int) move->to, "why", move->why, "who", move->who);
    text = root ? json_dumps(root, JSON_COMPACT) : NULL;
    if (text)
        davy_buffer_printf(&line, "%s\n", text);
    status = text ? davy_buffer_ok(&line) : davy_fail(DAVY_ERR_NOMEM, "history");
    if (status == DAVY_OK)
        status = append_line(path, line.bytes);
    davy_buffer_clear(&line);
    free(text);
    json_decref(root);
    return status;
}

static void keep_text(char *out, size_t capacity, const json_t *root, const char *key)
{
    const char *text = json_string_value(json_object_get(root, key));

    (void) snprintf(out, capacity, "%s", text ? text : "");
}

static unsigned keep_version(const json_t *root, const char *key)
{
    const json_int_t version = json_integer_value(json_object_get(root, key));

    return version > 0 && version <= INT_MAX ? (unsigned) version : 0;
}

/* False for a line that is none: one that a crash cut short. */
static bool read_move(const char *line, size_t length, davy_alias_move *move)
{
    json_error_t error;
    json_t *root = json_loadb(line, length, JSON_REJECT_DUPLICATES, &error);
    const char *time = json_string_value(json_object_get(root, "time"));

    *move = (davy_alias_move){.from = keep_version(root, "from"), .to = keep_version(root, "to")};
    keep_text(move->alias, sizeof move->alias, root, "alias");
    keep_text(move->why, sizeof move->why, root, "why");
    keep_text(move->who, sizeof move->who, root, "who");
    if (!time || davy_timestamp_parse(time, &move->time_ns) != DAVY_OK)
        move->to = 0;
    json_decref(root);
    return move->to > 0;
}

davy_status davy_registry_history_parse(const char *bytes, size_t length, davy_alias_move **moves,
                                        size_t *count)
{
    size_t capacity = 0;

    *moves = NULL;
    *count = 0;
    for (size_t at = 0; at < length;) {
        const char *end = memchr(bytes + at, '\n', length - at);
        const size_t size = end ? (size_t) (end - bytes) - at : length - at;
        davy_alias_move move;

        if (*count == capacity) {
            davy_alias_move *grown = realloc(*moves, (capacity + 64) * sizeof *grown);

            if (!grown)
                return davy_fail(DAVY_ERR_NOMEM, "history");
            *moves = grown;
            capacity += 64;
        }
        if (read_move(bytes + at, size, &move))
            (*moves)[(*count)++] = move;
        at += size + 1;
    }
    return DAVY_OK;
}

davy_status davy_registry_history(const char *folder, const char *name, davy_alias_move **moves,
                                  size_t *count)
{
    char path[DAVY_REGISTRY_PATH];
    davy_buffer text = {0};
    davy_status status = davy_registry_path(path, folder, name, HISTORY);

    *moves = NULL;
    *count = 0;
    if (status == DAVY_OK)
        status = davy_file_read(path, HISTORY_MAX, &text);
    if (status == DAVY_ERR_NOT_FOUND)
        return DAVY_OK; /* of before there were histories */
    if (status == DAVY_OK)
        status = davy_registry_history_parse(text.bytes, text.length, moves, count);
    davy_buffer_clear(&text);
    return status;
}
