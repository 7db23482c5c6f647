/* SPDX-License-Identifier: Apache-2.0 */
#include "store/moved.h"

#include "core/buffer.h"
#include "store/catalogue.h"
#include "store/classes.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

/* Signals of a file that are asked for at a time. */
#define PAGE ((size_t) 1024)

/* From one class to another, as the pool of day files counts them. */
struct move {
    uint16_t from, to;
    davy_moved told;
};

struct search {
    davy_days *days;
    davy_classes classes;
    davy_catalogue_entry *signals; /* by path */
    size_t signal_count;
    davy_buffer moves; /* struct move */
};

static const char *name_of(const struct search *search, uint16_t class_id)
{
    return class_id == 0 ? "default" : davy_days_class_name(search->days, class_id);
}

static const char *path_of(const struct search *search, davy_signal_id signal)
{
    for (size_t i = 0; i < search->signal_count; i++)
        if (search->signals[i].id == signal)
            return search->signals[i].path;
    return "";
}

static davy_status add_move(struct search *search, uint16_t from, davy_signal_id signal)
{
    struct move *moves = (struct move *) (void *) search->moves.bytes;
    const size_t count = search->moves.length / sizeof *moves;
    const uint16_t to = davy_classes_of(&search->classes, signal);
    struct move move = {from, to, {name_of(search, from), name_of(search, to), 1, NULL}};

    if (from == to)
        return DAVY_OK;
    for (size_t i = 0; i < count; i++)
        if (moves[i].from == from && moves[i].to == to) {
            moves[i].told.signals++;
            return DAVY_OK;
        }
    move.told.example = path_of(search, signal);
    davy_buffer_append(&search->moves, &move, sizeof move);
    return davy_buffer_ok(&search->moves);
}

static davy_status look_into(struct search *search, davy_day_file file)
{
    davy_day_newest page[PAGE];
    davy_signal_id from = 0;
    size_t count = PAGE;
    davy_day *day;
    davy_status status = davy_days_get(search->days, file, &day);

    if (status != DAVY_OK) /* damaged or gone: told elsewhere */
        return DAVY_OK;
    while (status == DAVY_OK && count == PAGE) {
        status = davy_day_list_newest(day, from, page, PAGE, &count);
        for (size_t i = 0; i < count && status == DAVY_OK; i++)
            status = add_move(search, file.class_id, page[i].signal);
        if (count > 0)
            from = page[count - 1].signal + 1;
    }
    davy_days_put(search->days, day, status != DAVY_OK);
    return status == DAVY_ERR_NOMEM ? status : DAVY_OK;
}

static davy_status look_at_newest(struct search *search)
{
    davy_day_file *files;
    size_t count;
    davy_status status = davy_days_files(search->days, INT32_MIN, INT32_MAX, &files, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = count; i > 0 && files[i - 1].number == files[count - 1].number; i--)
        if (status == DAVY_OK)
            status = look_into(search, files[i - 1]);
    free(files);
    return status;
}

static davy_status name_signals(struct search *search)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < search->signal_count && status == DAVY_OK; i++)
        status =
            davy_classes_name(&search->classes, search->signals[i].id, search->signals[i].path);
    return status;
}

static davy_status open_parts(struct search *search, const char *folder, davy_catalogue **catalogue)
{
    char path[PATH_MAX];
    struct stat about;
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/catalogue.db", folder);
    if (stat(path, &about) != 0)
        return davy_fail(DAVY_ERR_NOT_FOUND, "there is no store in '%s'", folder);
    status = davy_catalogue_open(path, true, catalogue);
    (void) snprintf(path, sizeof path, "%s/days", folder);
    if (status == DAVY_OK)
        status = davy_days_open(path, true, &search->days);
    if (status == DAVY_OK)
        status = davy_catalogue_list(*catalogue, &search->signals, &search->signal_count);
    return status;
}

davy_status davy_moved_find(const char *folder, const davy_site_class *classes, size_t count,
                            void (*tell)(void *context, const davy_moved *moved), void *context)
{
    struct search search = {.days = NULL};
    davy_catalogue *catalogue = NULL;
    const struct move *moves;
    davy_status status;

    davy_classes_init(&search.classes);
    status = open_parts(&search, folder, &catalogue);
    if (status == DAVY_OK)
        status = davy_classes_set(&search.classes, search.days, classes, count);
    if (status == DAVY_OK)
        status = name_signals(&search);
    if (status == DAVY_OK)
        status = look_at_newest(&search);
    moves = (const struct move *) (const void *) search.moves.bytes;
    for (size_t i = 0; status == DAVY_OK && i < search.moves.length / sizeof *moves; i++)
        tell(context, &moves[i].told);
    davy_buffer_clear(&search.moves);
    davy_classes_clear(&search.classes);
    free(search.signals);
    davy_days_close(search.days);
    davy_catalogue_close(catalogue);
    return status;
}
