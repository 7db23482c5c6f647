/* SPDX-License-Identifier: Apache-2.0 */
#include "store/retain.h"

#include "core/log.h"
#include "store/compaction.h"
#include "store/private.h"
#include "store/rollup_make.h"

#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

/* What the site says of a file's class; of one that it does not have any more, as of the rest. */
static davy_site_class rule_of(davy_store *store, davy_day_file file)
{
    davy_site_class rule = {.name = "default"};

    if (!davy_classes_find(&store->classes, file.class_id, &rule))
        (void) davy_classes_find(&store->classes, 0, &rule);
    return rule;
}

static bool is_held(const davy_store_retention *retention, davy_day_file file)
{
    const int64_t from_ns = davy_day_start_ns(file.number),
                  to_ns = davy_day_start_ns(file.number + 1);

    for (size_t i = 0; i < retention->hold_count; i++)
        if (retention->holds[i].from_ns < to_ns && retention->holds[i].to_ns > from_ns)
            return true;
    return false;
}

/* True when the day has been over for so long; 0 is for ever. */
static bool is_over(const davy_store_retention *retention, davy_day_file file, int64_t kept_ns)
{
    const int64_t end_ns = davy_day_start_ns(file.number + 1);

    return kept_ns > 0 && file.number < davy_day_of(retention->now_ns) &&
           end_ns <= retention->now_ns - kept_ns;
}

/* What the file takes away with it, for the figures of the store. */
static davy_day_totals totals_of(davy_store *store, davy_day_file file)
{
    davy_day_totals totals = {0};
    davy_day *day;

    if (davy_days_get(store->days, file, &day) != DAVY_OK)
        return totals;
    if (davy_day_get_totals(day, &totals) != DAVY_OK)
        totals = (davy_day_totals){0};
    davy_days_put(store->days, day, false);
    return totals;
}

/* A file that did not say what it holds makes the store count anew when somebody asks. */
static void forget(davy_store *store, const davy_day_totals *gone)
{
    davy_store_totals *totals = &store->totals;

    pthread_mutex_lock(&store->totals_lock);
    if (gone->chunks == 0 || gone->chunks > totals->chunks || gone->samples > totals->samples ||
        gone->blob_bytes > totals->blob_bytes) {
        totals->known = false;
    } else {
        totals->chunks -= gone->chunks;
        totals->samples -= gone->samples;
        totals->blob_bytes -= gone->blob_bytes;
    }
    pthread_mutex_unlock(&store->totals_lock);
}

static uint64_t bytes_of(const char *path)
{
    struct stat about;

    return stat(path, &about) == 0 ? (uint64_t) about.st_blocks * 512 : 0;
}

/* Alone with the day files: no sealing, no backup. */
static davy_status begin(davy_store *store, int *held)
{
    char folder[PATH_MAX];
    davy_status status;

    (void) snprintf(folder, sizeof folder, "%s/days", store->folder);
    pthread_mutex_lock(&store->seal_lock);
    status = davy_compaction_hold(folder, true, held);
    if (status != DAVY_OK)
        pthread_mutex_unlock(&store->seal_lock);
    return status;
}

static void end(davy_store *store, int held)
{
    close(held);
    pthread_mutex_unlock(&store->seal_lock);
}

/* A walk over the files, and what it did. */
struct walk {
    davy_store *store;
    const davy_store_retention *retention;
    davy_store_removed *removed;
};

/* A disk without room for rollups needs the room of the samples more, and those that are damaged
 * cannot stay. */
static bool is_reason_to_keep(davy_status status)
{
    return status != DAVY_OK && status != DAVY_ERR_FULL && status != DAVY_ERR_CORRUPT;
}

/* What sums the samples up answers alone from the moment that they are gone, and no earlier. */
static davy_status remove_noted(davy_store *store, davy_day_file file, uint64_t *bytes)
{
    davy_status status = davy_rollups_note_gone(store, file);

    if (is_reason_to_keep(status))
        return status;
    status = davy_days_remove(store->days, file, bytes);
    if (status != DAVY_OK && davy_rollups_note_there(store, file) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "store",
                 "%s: before chunks of that day are merged it is tried again", davy_error());
    return status;
}

/* The caller agrees, and the file goes. */
static davy_status let_go(const struct walk *walk, davy_day_file file, int64_t kept_ns,
                          const davy_day_totals *totals)
{
    davy_days *days = walk->store->days;
    const char *class_name = davy_days_class_name(days, file.class_id);
    char name[DAVY_DAY_NAME_MAX], below[DAVY_DAY_NAME_MAX + 8], path[PATH_MAX];
    davy_store_removal removal = {.file = below,
                                  .class_name = class_name[0] ? class_name : "default",
                                  .from_ns = davy_day_start_ns(file.number),
                                  .to_ns = davy_day_start_ns(file.number + 1),
                                  .samples = totals->samples,
                                  .kept_ns = kept_ns};
    uint64_t bytes = 0;
    davy_status status;

    davy_day_name_format(file.number, class_name, name);
    (void) snprintf(below, sizeof below, "days/%s", name);
    davy_days_path(days, file, path, sizeof path);
    removal.bytes = bytes_of(path);
    status = walk->retention->removes(walk->retention->context, &removal);
    if (status == DAVY_OK)
        status = remove_noted(walk->store, file, &bytes);
    if (status != DAVY_OK)
        return status;
    forget(walk->store, totals);
    walk->removed->files++;
    walk->removed->bytes += bytes;
    return DAVY_OK;
}

/*
 * What sums the samples up is made first and stays. Making it may take long and holds nobody up; if
 * something is sealed into the file meanwhile, its turn comes again.
 */
static davy_status remove_summed(const struct walk *walk, davy_day_file file, int64_t kept_ns)
{
    davy_store *store = walk->store;
    const davy_day_totals before = totals_of(store, file);
    davy_status status = davy_rollups_outlive(store, file);
    davy_day_totals now;
    int held;

    if (is_reason_to_keep(status))
        return status == DAVY_ERR_NOT_FOUND ? DAVY_OK : status;
    status = begin(store, &held);
    if (status != DAVY_OK)
        return status;
    now = totals_of(store, file);
    if (now.chunks == before.chunks && now.sequence == before.sequence)
        status = let_go(walk, file, kept_ns, &now);
    end(store, held);
    return status;
}

static davy_status remove_file(const struct walk *walk, davy_day_file file, int64_t kept_ns)
{
    pthread_mutex_t *make_lock = &walk->store->keeper.make_lock;
    davy_status status;

    pthread_mutex_lock(make_lock);
    status = remove_summed(walk, file, kept_ns);
    pthread_mutex_unlock(make_lock);
    return status;
}

/* Rollups ------------------------------------------------------------------------------------- */

static bool has_samples(davy_store *store, int32_t number)
{
    davy_day_file *files;
    size_t count = 1;

    if (davy_days_files(store->days, number, number, &files, &count) == DAVY_OK)
        free(files);
    return count > 0;
}

static davy_status let_rollups_go(const struct walk *walk, int32_t number, int64_t kept_ns)
{
    char name[DAVY_DAY_NAME_MAX], below[DAVY_DAY_NAME_MAX + 8], path[PATH_MAX];
    davy_store_removal removal = {.file = below,
                                  .class_name = "rollups",
                                  .from_ns = davy_day_start_ns(number),
                                  .to_ns = davy_day_start_ns(number + 1),
                                  .kept_ns = kept_ns};
    uint64_t bytes = 0;
    davy_status status;

    davy_day_name_format(number, DAVY_ROLLUPS_NAME, name);
    (void) snprintf(below, sizeof below, "days/%s", name);
    (void) snprintf(path, sizeof path, "%s/%s", walk->store->folder, below);
    removal.bytes = bytes_of(path);
    status = walk->retention->removes(walk->retention->context, &removal);
    if (status == DAVY_OK)
        status = davy_rollups_remove(walk->store->rollups, number, &bytes);
    if (status != DAVY_OK)
        return status;
    walk->removed->files++;
    walk->removed->bytes += bytes;
    return DAVY_OK;
}

static davy_status remove_rollups(const struct walk *walk, int32_t number, int64_t kept_ns)
{
    int held;
    davy_status status = begin(walk->store, &held);

    if (status != DAVY_OK)
        return status;
    status = let_rollups_go(walk, number, kept_ns);
    end(walk->store, held);
    return status;
}

/* @param limit  most files */
static davy_status remove_old_rollups(const struct walk *walk, int64_t kept_ns, uint64_t limit)
{
    const uint64_t before = walk->removed->files;
    int32_t *numbers;
    size_t count;
    davy_status status =
        davy_rollups_list(walk->store->rollups, INT32_MIN, INT32_MAX, &numbers, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK && walk->removed->files - before < limit;
         i++) {
        const davy_day_file day = {numbers[i], 0};

        if (is_over(walk->retention, day, kept_ns) && !is_held(walk->retention, day) &&
            !has_samples(walk->store, numbers[i]))
            status = remove_rollups(walk, numbers[i], kept_ns);
    }
    free(numbers);
    return status;
}

/* Walks --------------------------------------------------------------------------------------- */

static davy_status remove_all(const struct walk *walk)
{
    davy_store *store = walk->store;
    davy_day_file *files;
    size_t count;
    davy_status status = davy_days_files(store->days, INT32_MIN, INT32_MAX, &files, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count && status == DAVY_OK; i++) {
        const int64_t kept_ns = rule_of(store, files[i]).keep_ns;

        if (!is_over(walk->retention, files[i], kept_ns))
            continue;
        if (is_held(walk->retention, files[i]))
            walk->removed->held++;
        else
            status = remove_file(walk, files[i], kept_ns);
    }
    free(files);
    return status;
}

static davy_status remove_first(const struct walk *walk)
{
    davy_store *store = walk->store;
    davy_day_file *files;
    size_t count, first = 0;
    davy_status status = davy_days_files(store->days, INT32_MIN, INT32_MAX, &files, &count);

    if (status != DAVY_OK)
        return status;
    while (first < count &&
           (!is_over(walk->retention, files[first], rule_of(store, files[first]).when_full_ns) ||
            is_held(walk->retention, files[first])))
        first++;
    if (first < count)
        status = remove_file(walk, files[first], rule_of(store, files[first]).when_full_ns);
    free(files);
    return status;
}

davy_status davy_store_remove_expired(davy_store *store, const davy_store_retention *retention,
                                      davy_store_removed *removed)
{
    const struct walk walk = {store, retention, removed};
    davy_status status;

    *removed = (davy_store_removed){0};
    status = remove_all(&walk);
    return status == DAVY_OK
               ? remove_old_rollups(&walk, davy_classes_rollups(&store->classes), UINT64_MAX)
               : status;
}

davy_status davy_store_remove_oldest(davy_store *store, const davy_store_retention *retention,
                                     davy_store_removed *removed)
{
    const struct walk walk = {store, retention, removed};
    davy_status status;

    *removed = (davy_store_removed){0};
    status = remove_first(&walk);
    if (status == DAVY_OK && removed->files == 0)
        status = remove_old_rollups(&walk, davy_classes_when_full(&store->classes), 1);
    if (status == DAVY_OK && removed->files == 0)
        status = davy_fail(DAVY_ERR_NOT_FOUND, "'%s': no day may go", store->folder);
    return status;
}

davy_status davy_store_newest_day(davy_store *store, int64_t *end_ns)
{
    int32_t *numbers;
    size_t count;
    davy_status status = davy_days_list(store->days, INT32_MIN, INT32_MAX, &numbers, &count);

    if (status != DAVY_OK)
        return status;
    if (count > 0)
        *end_ns = davy_day_start_ns(numbers[count - 1] + 1);
    free(numbers);
    return count > 0 ? DAVY_OK : davy_fail(DAVY_ERR_NOT_FOUND, "no day has been sealed");
}

davy_status davy_store_visit_classes(davy_store *store, davy_store_class_visit visit, void *context)
{
    uint64_t bytes[DAVY_DAYS_CLASSES_MAX] = {0};
    char path[PATH_MAX];
    davy_day_file *files;
    size_t count;
    davy_status status = davy_days_files(store->days, INT32_MIN, INT32_MAX, &files, &count);

    if (status != DAVY_OK)
        return status;
    for (size_t i = 0; i < count; i++) {
        davy_days_path(store->days, files[i], path, sizeof path);
        bytes[files[i].class_id] += bytes_of(path);
    }
    free(files);
    for (uint16_t id = 0; id < DAVY_DAYS_CLASSES_MAX; id++)
        if (bytes[id] > 0)
            visit(context, id == 0 ? "default" : davy_days_class_name(store->days, id), bytes[id]);
    return DAVY_OK;
}
