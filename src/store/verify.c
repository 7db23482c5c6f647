/* SPDX-License-Identifier: Apache-2.0 */
#include "core/timestamp.h"
#include "store/days_list.h"
#include "store/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* A walk over everything. */
struct verify {
    davy_store *store;
    uint64_t *checked, *damaged;
    davy_store_tell tell;
    void *context;
};

static void say(const struct verify *verify, const char *where, const char *what, const char *means)
{
    const davy_store_fault fault = {where, what, means};

    verify->tell(verify->context, &fault);
}

static void tell_segment(const struct verify *verify, uint64_t number,
                         const davy_segment_report *report)
{
    char where[40], what[DAVY_LOG_DAMAGE_TEXT];

    (void) snprintf(where, sizeof where, "hot/%010llu.log", (unsigned long long) number);
    davy_log_damage_describe(report, what);
    say(verify, where, what,
        "samples that were answered and not yet sealed are lost; those around them are kept");
}

static void tell_log(const struct verify *verify)
{
    const davy_log_damage *damage = &verify->store->log_damage;
    const size_t named = davy_log_damage_named(damage);
    char what[96];

    (void) snprintf(what, sizeof what, "%llu bytes at the end of the log are no whole frame",
                    (unsigned long long) verify->store->cut_bytes);
    if (verify->store->cut_bytes > 0) /* no damage as far as anybody can tell */
        say(verify, "hot", what,
            "a crash in the middle of a write leaves that, and nobody was answered; damage to the "
            "last frame looks the same");
    (void) snprintf(what, sizeof what, "%llu segments of the log have no byte",
                    (unsigned long long) verify->store->empty_segments);
    if (verify->store->empty_segments > 0)
        say(verify, "hot", what,
            "a crash while one is begun leaves that, and nobody was answered; one that was cut to "
            "nothing looks the same");
    for (size_t i = 0; i < named; i++)
        tell_segment(verify, damage->named[i].number, &damage->named[i].report);
    if (damage->segments == named)
        return;
    (void) snprintf(what, sizeof what, "%llu more segments are not as they were written",
                    (unsigned long long) (damage->segments - named));
    say(verify, "hot", what, "as with those above");
}

static void tell_names(const struct verify *verify)
{
    uint64_t damaged = davy_catalogue_damaged(verify->store->catalogue);
    char what[96];

    if (damaged == 0)
        return;
    (void) snprintf(what, sizeof what, "%llu names of signals are not as they were written",
                    (unsigned long long) damaged);
    say(verify, "catalogue.db", what,
        "their samples are kept under 'damaged/ID': a backup has the names");
}

static void name_file(const struct verify *verify, davy_day_file file, char *where)
{
    char name[DAVY_DAY_NAME_MAX];

    davy_day_name_format(file.number, davy_days_class_name(verify->store->days, file.class_id),
                         name);
    (void) snprintf(where, DAVY_DAY_NAME_MAX + 8, "days/%s", name);
}

/* Damages of one file that are told one by one. */
#define TOLD_MAX 20

/* A file that is looked at. */
struct file_walk {
    const struct verify *verify;
    char where[DAVY_DAY_NAME_MAX + 8];
    uint64_t told;
};

struct name_wanted {
    davy_signal_id id;
    char *path;
    size_t capacity;
};

static davy_status take_name(void *context, const davy_store_signal_info *info)
{
    const struct name_wanted *wanted = context;

    if (info->id == wanted->id)
        (void) snprintf(wanted->path, wanted->capacity, "%s", info->path);
    return DAVY_OK;
}

/* Whose samples, of when, and why. */
static void name_chunk(const struct verify *verify, const davy_chunk_head *head, const char *why,
                       char *what, size_t capacity)
{
    char from[DAVY_TIMESTAMP_MAX], to[DAVY_TIMESTAMP_MAX], path[256] = "?";
    struct name_wanted wanted = {head->signal, path, sizeof path};

    if (davy_store_signals(verify->store, take_name, &wanted) != DAVY_OK)
        (void) snprintf(path, sizeof path, "signal %u", head->signal);
    davy_timestamp_format(head->first_ns, 3, from);
    davy_timestamp_format(head->last_ns, 3, to);
    (void) snprintf(what, capacity, "%u samples of '%s' from %s to %s cannot be read: %s",
                    head->count, path, from, to, why);
}

static void tell_damage(void *context, const davy_chunk_head *head, const char *why)
{
    struct file_walk *walk = context;
    char what[640];

    if (walk->told++ >= TOLD_MAX)
        return;
    (void) snprintf(what, sizeof what, "%s", why);
    if (head)
        name_chunk(walk->verify, head, why, what, sizeof what);
    say(walk->verify, walk->where, what,
        head ? "they are left out of every answer, with those that they may have corrected; the "
               "rest "
               "is whole. A backup from before the damage has them"
             : "samples may be left out of answers, none is answered wrong; a backup from before "
               "the "
               "damage has all");
}

static davy_status verify_open_file(const struct verify *verify, davy_day *day)
{
    struct file_walk walk = {.verify = verify};
    char what[64];
    davy_status status;

    name_file(verify, davy_day_which(day), walk.where);
    status = davy_day_verify(day, verify->checked, verify->damaged, tell_damage, &walk);
    if (walk.told > TOLD_MAX) {
        (void) snprintf(what, sizeof what, "and %llu damages more",
                        (unsigned long long) (walk.told - TOLD_MAX));
        say(verify, walk.where, what, "as above");
    }
    davy_days_put(verify->store->days, day, status != DAVY_OK);
    return status;
}

static davy_status verify_file(const struct verify *verify, davy_day_file file)
{
    char where[DAVY_DAY_NAME_MAX + 8];
    davy_day *day;
    davy_status status = davy_days_get(verify->store->days, file, &day);

    if (status == DAVY_OK)
        return verify_open_file(verify, day);
    if (status == DAVY_ERR_NOT_FOUND)
        return DAVY_OK; /* its time is over since it was listed */
    if (status != DAVY_ERR_CORRUPT && status != DAVY_ERR_UNSUPPORTED)
        return status;
    ++*verify->damaged;
    name_file(verify, file, where);
    say(verify, where, davy_error(),
        "its samples are left out of every answer; the daemon sets it aside");
    return DAVY_OK;
}

static void tell_rollups(void *context, int32_t number, uint64_t damaged)
{
    const struct verify *verify = context;
    char name[DAVY_DAY_NAME_MAX], where[DAVY_DAY_NAME_MAX + 8], what[96];

    *verify->damaged += damaged;
    davy_day_name_format(number, "rollups", name);
    (void) snprintf(where, sizeof where, "days/%s", name);
    (void) snprintf(what, sizeof what, "%llu damaged places", (unsigned long long) damaged);
    say(verify, where, what,
        "summaries are made of the samples themselves there: slower, and right; where retention "
        "has removed the samples, those steps are missing");
}

static davy_status tell_missed(void *context, const char *name, uint64_t bytes)
{
    const struct verify *verify = context;
    char where[512];

    ++*verify->damaged;
    (void) snprintf(where, sizeof where, "days/%s", name);
    if (bytes > 0)
        say(verify, where, "a file that was damaged and is set aside",
            "what it holds is left out of every answer until it is restored from a backup; remove "
            "it when that is done, or when it is given up");
    else
        say(verify, where, "a day file that ought to be there is gone",
            "its samples are missing until it is restored from a backup; remove what stands in "
            "its place when that is done, or when it is given up");
    return DAVY_OK;
}

/* A writer sets a damaged list aside, and that is told as missed; a reader leaves it in its place.
 */
static davy_status verify_list(const struct verify *verify, size_t files)
{
    char folder[PATH_MAX];
    davy_days_names list;
    davy_status status;

    (void) snprintf(folder, sizeof folder, "%s/days", verify->store->folder);
    status = davy_days_list_read(folder, &list);
    if (status == DAVY_OK && !list.there && files > 0) /* no damage as far as anybody can tell */
        say(verify, "days/list", "the list of day files is not there",
            "before a daemon of a version that keeps one has run that is so, and after it somebody "
            "took it away: whether day files are gone cannot be told, those that are there answer");
    if (status == DAVY_OK)
        davy_days_list_clear(&list);
    if (status != DAVY_ERR_CORRUPT)
        return status;
    ++*verify->damaged;
    say(verify, "days/list", davy_error(),
        "whether day files are gone cannot be told: compare with a backup; those that are there "
        "answer");
    return DAVY_OK;
}

davy_status davy_store_verify_faults(davy_store *store, uint64_t *checked, uint64_t *damaged,
                                     davy_store_tell tell, void *context)
{
    struct verify verify = {store, checked, damaged, tell, context};
    davy_day_file *files;
    size_t count;
    davy_status status = davy_days_files(store->days, INT32_MIN, INT32_MAX, &files, &count);

    if (status != DAVY_OK)
        return status;
    *checked = 0;
    *damaged = store->log_damage.places + davy_catalogue_damaged(store->catalogue);
    tell_log(&verify);
    tell_names(&verify);
    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = verify_file(&verify, files[i]);
    free(files);
    if (status == DAVY_OK)
        status = verify_list(&verify, count);
    if (status == DAVY_OK)
        status = davy_rollups_verify(store->rollups, tell_rollups, &verify);
    return status == DAVY_OK ? davy_days_visit_missed(store->days, tell_missed, &verify) : status;
}

static void say_nothing(void *context, const davy_store_fault *fault)
{
    (void) context, (void) fault;
}

davy_status davy_store_verify(davy_store *store, uint64_t *checked, uint64_t *damaged)
{
    return davy_store_verify_faults(store, checked, damaged, say_nothing, NULL);
}
