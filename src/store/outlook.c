/* SPDX-License-Identifier: Apache-2.0 */
#include "store/outlook.h"

#include "store/day.h"

#include <limits.h>
#include <string.h>

#define DAY_NS (86400 * DAVY_NS_PER_S)

static davy_outlook_class *class_of(davy_outlook *outlook, const char *class_name)
{
    for (size_t i = 0; i < outlook->count; i++)
        if (strcmp(outlook->classes[i].class_name, class_name) == 0)
            return &outlook->classes[i];
    return NULL;
}

static void add_class(davy_outlook *outlook, const char *class_name)
{
    davy_outlook_class *added;

    if (class_of(outlook, class_name) || outlook->count == DAVY_ARRAY_LENGTH(outlook->classes))
        return;
    added = &outlook->classes[outlook->count++];
    *added = (davy_outlook_class){.asked = true, .first_day = INT32_MAX, .last_day = INT32_MIN};
    (void) strncpy(added->class_name, class_name, sizeof added->class_name - 1);
}

/* The terms' classes in their order, those that only have files, the rollups. */
static void add_classes(davy_outlook *outlook, const davy_holding *holding, const davy_terms *terms)
{
    for (size_t i = 0; i < terms->count; i++)
        add_class(outlook, terms->items[i].class_name);
    for (size_t i = 0; i < holding->count; i++)
        if (strcmp(holding->files[i].class_name, DAVY_HOLDING_ROLLUPS) != 0)
            add_class(outlook, holding->files[i].class_name);
    add_class(outlook, DAVY_HOLDING_ROLLUPS);
}

static int64_t when_full_of(const davy_terms *terms, const davy_holding_file *file)
{
    const davy_term *term = davy_terms_find(terms, file->class_name);

    return term ? term->when_full_ns : 0;
}

/* Rollups go after the last samples, and are not named here. */
static bool may_go(const davy_terms *terms, const davy_holding_file *file, int64_t now_ns)
{
    const int64_t kept_ns = when_full_of(terms, file);

    return kept_ns > 0 && file->day < davy_day_of(now_ns) &&
           davy_day_start_ns(file->day + 1) <= now_ns - kept_ns;
}

static void add_file(davy_outlook_class *to, const davy_holding_file *file, int32_t today)
{
    const int32_t slot = file->day - (today - DAVY_OUTLOOK_DAYS);

    to->files++;
    to->bytes += file->bytes;
    to->samples += file->samples;
    to->asked = to->asked && file->asked;
    to->first_day = file->day < to->first_day ? file->day : to->first_day;
    to->last_day = file->day > to->last_day ? file->day : to->last_day;
    if (slot >= 0 && slot < DAVY_OUTLOOK_DAYS) {
        to->day_bytes[slot] = file->bytes;
        to->day_samples[slot] = file->samples;
    }
}

/* A class that began on Monday has no growth of Sunday. */
static void find_growth(davy_outlook_class *of, int32_t today)
{
    const int64_t age = of->files > 0 ? (int64_t) today - of->first_day : 0;
    uint64_t bytes = 0;

    of->growth_days = age > DAVY_OUTLOOK_DAYS ? DAVY_OUTLOOK_DAYS : age > 0 ? (int) age : 0;
    for (int i = 0; i < DAVY_OUTLOOK_DAYS; i++)
        bytes += of->day_bytes[i];
    of->bytes_a_day = of->growth_days > 0 ? (double) bytes / of->growth_days : 0;
}

/* Rollups of a day go when no class wants them any more. */
static int64_t kept_of(const davy_terms *terms, const char *class_name)
{
    const bool rollups = strcmp(class_name, DAVY_HOLDING_ROLLUPS) == 0;
    const davy_term *term = davy_terms_find(terms, class_name);
    int64_t longest_ns = 0;

    if (!rollups)
        return term ? term->next_keep_ns : 0;
    for (size_t i = 0; i < terms->count; i++) {
        if (terms->items[i].next_rollups_ns == 0)
            return 0;
        longest_ns = terms->items[i].next_rollups_ns > longest_ns ? terms->items[i].next_rollups_ns
                                                                  : longest_ns;
    }
    return longest_ns;
}

/* Does it still grow in so many days, or go as many days as come? */
static bool grows(const davy_terms *terms, const davy_outlook_class *of, int32_t day)
{
    const int64_t kept_ns = kept_of(terms, of->class_name);

    return of->bytes_a_day > 0 && (kept_ns == 0 || day - of->first_day <= kept_ns / DAY_NS);
}

static double growth_on(const davy_outlook *outlook, const davy_terms *terms, int32_t day)
{
    double bytes = 0;

    for (size_t i = 0; i < outlook->count; i++)
        if (grows(terms, &outlook->classes[i], day))
            bytes += outlook->classes[i].bytes_a_day;
    return bytes;
}

static int room_days(const davy_outlook *outlook, const davy_terms *terms, davy_room_state room,
                     int32_t today)
{
    double spare = (double) room.free_bytes - (double) room.floor_bytes * DAVY_OUTLOOK_FLOORS;

    for (int day = 0; day < DAVY_OUTLOOK_FAR_DAYS; day++) {
        spare -= growth_on(outlook, terms, today + day);
        if (spare < 0)
            return day;
    }
    return -1;
}

void davy_outlook_make(const davy_holding *holding, const davy_terms *terms, davy_room_state room,
                       int64_t now_ns, davy_outlook *out)
{
    const int32_t today = davy_day_of(now_ns);

    out->count = 0;
    out->bytes_a_day = 0;
    add_classes(out, holding, terms);
    for (size_t i = 0; i < holding->count; i++) {
        davy_outlook_class *to = class_of(out, holding->files[i].class_name);

        if (!to)
            continue;
        add_file(to, &holding->files[i], today);
        if (may_go(terms, &holding->files[i], now_ns)) {
            to->may_go_files++;
            to->may_go_bytes += holding->files[i].bytes;
        }
    }
    for (size_t i = 0; i < out->count; i++)
        find_growth(&out->classes[i], today);
    out->bytes_a_day = growth_on(out, terms, today);
    out->room_days = room_days(out, terms, room, today);
}

size_t davy_outlook_first(const davy_holding *holding, const davy_terms *terms, int64_t now_ns,
                          const davy_holding_file **files, size_t capacity)
{
    size_t count = 0;

    for (size_t i = 0; i < holding->count && count < capacity; i++)
        if (may_go(terms, &holding->files[i], now_ns))
            files[count++] = &holding->files[i];
    return count;
}
