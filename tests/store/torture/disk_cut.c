/* SPDX-License-Identifier: Apache-2.0 */
#include "disk_private.h"

#include "core/buffer.h"

#include "../../testing.h"

#include <sys/stat.h>

#define SECTOR ((size_t) 512)

typedef struct image_file {
    uint64_t inode;
    size_t made_at; /* the number of the event that made it: inodes are used again */
    davy_buffer bytes;
    davy_buffer pending; /* const disk_note *[], changes that no sync has covered yet */
} image_file;

/* A name on the disk; folders have file SIZE_MAX. */
typedef struct image_name {
    char path[PATH_LENGTH];
    size_t file;
} image_name;

typedef struct disk_image {
    const disk_model *disk;
    disk_cut cut;
    uint64_t random;
    davy_buffer files;   /* file[] */
    davy_buffer names;   /* name[], as synced */
    davy_buffer changes; /* const note *[], of names, not synced */
} disk_image;

static bool toss(disk_image *image)
{
    if (image->cut.chance != DISK_BY_CHANCE)
        return image->cut.chance == DISK_KEEP_ALL;
    image->random ^= image->random << 13;
    image->random ^= image->random >> 7;
    image->random ^= image->random << 17;
    return image->random >> 40 & 1;
}

static size_t file_count(const disk_image *image)
{
    return image->files.length / sizeof(image_file);
}

static image_file *file_at(const disk_image *image, size_t index)
{
    return (image_file *) (void *) image->files.bytes + index;
}

/* The newest file of an inode; a file whose making was not heard of is none. */
static image_file *find_file(const disk_image *image, uint64_t inode)
{
    for (size_t i = file_count(image); i-- > 0;)
        if (file_at(image, i)->inode == inode)
            return file_at(image, i);
    return NULL;
}

static void resize(image_file *file, size_t length)
{
    if (file->bytes.length < length) {
        size_t more = length - file->bytes.length;
        char *room = davy_buffer_reserve(&file->bytes, more);

        assert_non_null(room);
        memset(room, 0, more);
    }
    file->bytes.length = length;
}

static void put(image_file *file, const shim_event *event, size_t from, size_t length)
{
    size_t at = (size_t) event->offset + from;

    if (file->bytes.length < at + length)
        resize(file, at + length);
    if (length > 0) /* an empty file has no bytes, and memcpy() wants some */
        memcpy(file->bytes.bytes + at, (const char *) event->bytes + from, length);
}

static shim_event event_of(const disk_note *note)
{
    shim_event event = note->event;

    event.path = note->path;
    event.to = note->to;
    event.bytes = note->bytes;
    return event;
}

static void apply_whole(image_file *file, const disk_note *note)
{
    shim_event event = event_of(note);

    if (event.kind == SHIM_CUT)
        resize(file, (size_t) event.offset);
    else
        put(file, &event, 0, event.length);
}

static const disk_note **pending_of(const image_file *file, size_t *count)
{
    *count = file->pending.length / sizeof(const disk_note *);
    return (const disk_note **) (void *) file->pending.bytes;
}

static void sync_file(image_file *file)
{
    size_t count;
    const disk_note **all = pending_of(file, &count);

    for (size_t i = 0; i < count; i++)
        apply_whole(file, all[i]);
    davy_buffer_reset(&file->pending);
}

/* Of how many of the changes the disk has seen when it wrote a sector the last time. */
static size_t seen_by(disk_image *image, const image_file *file, size_t sector, size_t count)
{
    uint64_t z = (image->random ^ file->inode) + sector * 0x9e3779b97f4a7c15ULL;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    z ^= z >> 31;
    if (image->cut.chance == DISK_BY_CHANCE && z % 4 < 2)
        return z % 4 == 0 ? 0 : (z >> 8) % (count + 1);
    return image->cut.chance == DISK_LOSE_ALL ? 0 : count;
}

static void settle_write(disk_image *image, image_file *file, const disk_note *note, size_t number,
                         size_t count)
{
    shim_event event = event_of(note);
    size_t length;

    for (size_t from = 0; from < event.length; from += length) {
        size_t at = (size_t) event.offset + from;

        length = SECTOR - at % SECTOR;
        if (length > event.length - from)
            length = event.length - from;
        if (number < seen_by(image, file, at / SECTOR, count))
            put(file, &event, from, length);
    }
}

/*
 * At a cut, and when a sync fails: what chance does not keep is gone, and no later sync brings it
 * back. A sector is as it was at one moment, and each may be of another.
 */
static void settle_file(disk_image *image, image_file *file)
{
    size_t count;
    const disk_note **all = pending_of(file, &count);

    for (size_t i = 0; i < count; i++)
        if (all[i]->event.kind != SHIM_CUT)
            settle_write(image, file, all[i], i, count);
        else if (toss(image))
            apply_whole(file, all[i]);
    (void) toss(image); /* the next file, or the same at the next failure, has other luck */
    davy_buffer_reset(&file->pending);
}

static size_t name_count(const disk_image *image)
{
    return image->names.length / sizeof(image_name);
}

static image_name *name_at(const disk_image *image, size_t index)
{
    return (image_name *) (void *) image->names.bytes + index;
}

static image_name *find_name(const disk_image *image, const char *path)
{
    for (size_t i = 0; i < name_count(image); i++)
        if (strcmp(name_at(image, i)->path, path) == 0)
            return name_at(image, i);
    return NULL;
}

static void remove_name(disk_image *image, const char *path)
{
    image_name *name = find_name(image, path);

    if (name)
        *name = *name_at(image, name_count(image) - 1);
    if (name)
        image->names.length -= sizeof *name;
}

static void set_name(disk_image *image, const char *path, size_t file)
{
    image_name name = {.file = file};

    remove_name(image, path);
    (void) snprintf(name.path, sizeof name.path, "%s", path);
    davy_buffer_append(&image->names, &name, sizeof name);
}

static size_t made_by(const disk_image *image, const disk_note *note)
{
    for (size_t i = 0; i < file_count(image); i++)
        if (file_at(image, i)->made_at == (size_t) (note - image->disk->notes))
            return i;
    return SIZE_MAX;
}

static void change_name(disk_image *image, const disk_note *note)
{
    const image_name *from;

    switch (note->event.kind) {
    case SHIM_CREATED:
        set_name(image, note->path, made_by(image, note));
        break;
    case SHIM_MADE_FOLDER:
        set_name(image, note->path, SIZE_MAX);
        break;
    case SHIM_REMOVED:
        remove_name(image, note->path);
        break;
    default:
        from = find_name(image, note->path);
        if (from) {
            size_t file = from->file;

            remove_name(image, note->path);
            set_name(image, note->to, file);
        }
    }
}

static bool is_in(const char *path, const char *folder)
{
    size_t length = strlen(folder);
    const char *rest = path + (length > 0 ? length + 1 : 0);

    return (length == 0 || (strncmp(path, folder, length) == 0 && path[length] == '/')) &&
           !strchr(rest, '/');
}

static void sync_folder(disk_image *image, const char *folder)
{
    const disk_note **all = (const disk_note **) (void *) image->changes.bytes;
    size_t count = image->changes.length / sizeof *all, kept = 0;

    for (size_t i = 0; i < count; i++)
        if (is_in(all[i]->path, folder))
            change_name(image, all[i]);
        else
            all[kept++] = all[i];
    image->changes.length = kept * sizeof *all;
}

static void take_note(disk_image *image, size_t number)
{
    const disk_note *note = &image->disk->notes[number];
    image_file made = {.inode = note->event.file, .made_at = number};
    image_file *file = find_file(image, note->event.file);

    switch (note->event.kind) {
    case SHIM_CREATED:
        davy_buffer_append(&image->files, &made, sizeof made);
        davy_buffer_append(&image->changes, &note, sizeof note);
        break;
    case SHIM_WRITTEN:
    case SHIM_CUT:
        if (file)
            davy_buffer_append(&file->pending, &note, sizeof note);
        break;
    case SHIM_SYNCED:
        if (file && !image->cut.without_sync)
            sync_file(file);
        break;
    case SHIM_SYNC_FAILED:
        if (file)
            settle_file(image, file);
        break;
    case SHIM_FOLDER_SYNCED:
        if (!image->cut.without_sync)
            sync_folder(image, note->path);
        break;
    default:
        davy_buffer_append(&image->changes, &note, sizeof note);
    }
}

/* Names last up to some point, in the order in which they were changed. */
static void settle_names(disk_image *image)
{
    const disk_note **all = (const disk_note **) (void *) image->changes.bytes;
    size_t count = image->changes.length / sizeof *all;
    bool is_over = false;

    for (size_t i = 0; i < count && !is_over; i++) {
        is_over = image->cut.chance == DISK_LOSE_ALL || (!toss(image) && !toss(image));
        if (!is_over)
            change_name(image, all[i]);
    }
}

/* A file is there when its folder is. */
static bool has_folder(const disk_image *image, const char *path)
{
    const char *slash = strrchr(path, '/');
    char folder[PATH_LENGTH];

    if (!slash)
        return true;
    (void) snprintf(folder, sizeof folder, "%.*s", (int) (slash - path), path);
    return find_name(image, folder) != NULL;
}

static void write_names(const disk_image *image, const char *folder, bool folders)
{
    for (size_t i = 0; i < name_count(image); i++) {
        const image_name *name = name_at(image, i);
        char path[PATH_LENGTH * 2];

        (void) snprintf(path, sizeof path, "%s/%s", folder, name->path);
        if ((name->file == SIZE_MAX) != folders || !has_folder(image, name->path))
            continue;
        if (folders) {
            assert_int_equal(mkdir(path, 0700), 0);
        } else {
            const davy_buffer *bytes = &file_at(image, name->file)->bytes;
            FILE *out = fopen(path, "w");

            assert_non_null(out);
            assert_int_equal(fwrite(bytes->bytes ? bytes->bytes : "", 1, bytes->length, out),
                             bytes->length);
            assert_int_equal(fclose(out), 0);
        }
    }
}

void disk_write_out(disk_model *disk, const disk_cut *cut, const char *folder)
{
    disk_image image = {
        .disk = disk, .cut = *cut, .random = cut->seed * 2654435761U + 88172645463325252U};

    for (size_t i = 0; i < cut->at && i < disk->count; i++)
        take_note(&image, i);
    for (size_t i = 0; i < file_count(&image); i++)
        settle_file(&image, file_at(&image, i));
    settle_names(&image);
    write_names(&image, folder, true);
    write_names(&image, folder, false);
    for (size_t i = 0; i < file_count(&image); i++) {
        davy_buffer_clear(&file_at(&image, i)->bytes);
        davy_buffer_clear(&file_at(&image, i)->pending);
    }
    davy_buffer_clear(&image.files);
    davy_buffer_clear(&image.names);
    davy_buffer_clear(&image.changes);
}
