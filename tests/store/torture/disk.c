/* SPDX-License-Identifier: Apache-2.0 */
#include "disk_private.h"

#include "core/file.h"

#include "../../testing.h"

#include <dirent.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static disk_note *add_note(disk_model *disk)
{
    if (disk->count == disk->capacity) {
        disk->capacity = disk->capacity ? 2 * disk->capacity : 1024;
        disk->notes = realloc(disk->notes, disk->capacity * sizeof *disk->notes);
        assert_non_null(disk->notes);
    }
    disk->notes[disk->count] = (disk_note){0};
    return &disk->notes[disk->count++];
}

void disk_hear(void *context, const shim_event *event)
{
    disk_note *note = add_note(context);

    note->event = *event;
    if (event->path)
        (void) snprintf(note->path, sizeof note->path, "%s", event->path);
    if (event->to)
        (void) snprintf(note->to, sizeof note->to, "%s", event->to);
    if (event->length > 0) {
        note->bytes = malloc(event->length);
        assert_non_null(note->bytes);
        memcpy(note->bytes, event->bytes, event->length);
    }
}

uint64_t disk_now(const disk_model *disk)
{
    return disk->count;
}

/* What stands on a disk at the start is told as if it had been written and synced. */
static void tell_file(disk_model *disk, const char *folder, const char *path)
{
    char whole[PATH_LENGTH * 4];
    davy_buffer bytes = {0};
    struct stat about;

    (void) snprintf(whole, sizeof whole, "%s/%s", folder, path);
    assert_int_equal(stat(whole, &about), 0);
    if (S_ISDIR(about.st_mode)) {
        disk_hear(disk, &(shim_event){.kind = SHIM_MADE_FOLDER, .path = path});
        return;
    }
    assert_ok(davy_file_read(whole, (size_t) 1 << 30, &bytes));
    disk_hear(disk, &(shim_event){.kind = SHIM_CREATED, .file = about.st_ino, .path = path});
    disk_hear(disk, &(shim_event){.kind = SHIM_WRITTEN,
                                  .file = about.st_ino,
                                  .bytes = bytes.bytes,
                                  .length = bytes.length});
    disk_hear(disk, &(shim_event){.kind = SHIM_SYNCED, .file = about.st_ino});
    davy_buffer_clear(&bytes);
}

static void tell_folder(disk_model *disk, const char *folder, const char *within)
{
    char path[PATH_LENGTH * 2];
    const struct dirent *entry;
    DIR *list;

    (void) snprintf(path, sizeof path, "%s/%s", folder, within);
    list = opendir(path);
    assert_non_null(list);
    while ((entry = readdir(list))) {
        if (entry->d_name[0] == '.')
            continue;
        (void) snprintf(path, sizeof path, "%s%s%.100s", within, within[0] ? "/" : "",
                        entry->d_name);
        tell_file(disk, folder, path);
        if (entry->d_type == DT_DIR)
            tell_folder(disk, folder, path);
    }
    closedir(list);
    disk_hear(disk, &(shim_event){.kind = SHIM_FOLDER_SYNCED, .path = within});
}

disk_model *disk_create(const char *folder)
{
    disk_model *disk = calloc(1, sizeof *disk);

    assert_non_null(disk);
    tell_folder(disk, folder, "");
    return disk;
}

void disk_destroy(disk_model *disk)
{
    if (!disk)
        return;
    for (size_t i = 0; i < disk->count; i++)
        free(disk->notes[i].bytes);
    free(disk->notes);
    free(disk);
}
