/* SPDX-License-Identifier: Apache-2.0 */

/*
 * Single bits that flip and files that are cut, in every file of a store: no value, name or record
 * is served that nobody sent, none that was corrected, and what is missing is told. (What a lost
 * frame of the log corrected cannot be known: there, the value before it is served, and the damage
 * is told.) What neither is missing nor told must
 * have changed nothing that anybody can ask for: free room in a page of SQLite, the writer's
 * process id. DAVY_TORTURE=1: a thousand flips and two hundred cuts.
 */
#include "history_private.h"

#include "core/file.h"

#include "../../testing.h"
#include "../temporary.h"

#include <dirent.h>
#include <math.h>
#include <stdlib.h>
#include <sys/stat.h>

#define DEEDS      70
#define FILES_MAX  32
#define FLIPS      160
#define FLIPS_LONG 1000
#define CUTS       40
#define CUTS_LONG  200
#define RECORDS    DEEDS

static history life;

/* The files of the store as they were written, by their paths beneath its folder. */
static struct kept_file {
    char path[128];
    davy_buffer bytes;
} files[FILES_MAX];
static size_t file_count;

/* What the store must hold. */
static struct truth {
    bool is_there[HISTORY_SIGNALS][HISTORY_PLACES];
    davy_sample samples[HISTORY_SIGNALS][HISTORY_PLACES];
    uint64_t count;
    uint32_t records[RECORDS + 1]; /* deed, by sequence */
    uint64_t record_count;
} truth;

/* What a look at a damaged store found. */
typedef struct findings {
    uint32_t signal;
    uint64_t samples, records, signals;
    uint64_t stale; /* samples whose correction is lost: what was sent before is served */
    bool is_told;
    char wrong[160]; /* a value that is served and is not what was sent; empty: none */
} findings;

static void keep_file(const char *path)
{
    struct kept_file *file = &files[file_count++];
    char whole[256];

    assert_true(file_count <= FILES_MAX);
    (void) snprintf(file->path, sizeof file->path, "%s", path);
    (void) snprintf(whole, sizeof whole, "%s/%s", temporary, path);
    assert_ok(davy_file_read(whole, (size_t) 1 << 26, &file->bytes));
}

static void keep_files(const char *within)
{
    char path[128];
    const struct dirent *entry;
    DIR *list;

    (void) snprintf(path, sizeof path, "%s/%.60s", temporary, within);
    list = opendir(path);
    assert_non_null(list);
    while ((entry = readdir(list))) {
        if (entry->d_name[0] == '.')
            continue;
        (void) snprintf(path, sizeof path, "%s%s%.60s", within, within[0] ? "/" : "",
                        entry->d_name);
        if (entry->d_type == DT_DIR)
            keep_files(path);
        else
            keep_file(path);
    }
    closedir(list);
}

static void put_back(void)
{
    char command[256], path[sizeof temporary + sizeof files[0].path + 1];

    (void) snprintf(command, sizeof command, "rm -rf '%s'/*", life.folder);
    assert_int_equal(system(command), 0);
    for (size_t i = 0; i < file_count; i++) {
        FILE *out;
        char *slash;

        (void) snprintf(path, sizeof path, "%s/%.127s", temporary, files[i].path);
        slash = strrchr(path, '/');
        *slash = '\0';
        (void) mkdir(path, 0700);
        *slash = '/';
        out = fopen(path, "w");
        assert_non_null(out);
        assert_int_equal(fwrite(files[i].bytes.bytes, 1, files[i].bytes.length, out),
                         files[i].bytes.length);
        assert_int_equal(fclose(out), 0);
    }
}

static void know_truth(void)
{
    static history_deed deed;

    for (uint32_t number = 1; number <= DEEDS; number++) {
        history_make_deed(&life, number, &deed);
        assert_true((deed.kind != HISTORY_SAMPLES_KEPT && deed.kind != HISTORY_RECORD) ||
                    life.answers[number] == HISTORY_KEPT);
        if (deed.kind == HISTORY_RECORD)
            truth.records[++truth.record_count] = number;
        for (uint32_t i = 0; i < deed.count; i++) {
            const history_sample *sample = &deed.samples[i];

            truth.count += !truth.is_there[sample->signal][sample->place];
            truth.is_there[sample->signal][sample->place] = true;
            truth.samples[sample->signal][sample->place] =
                (davy_sample){history_time(sample->place), sample->value, 0, sample->quality};
        }
    }
}

static void make_store(void **state)
{
    assert_int_equal(temporary_make(state), 0);
    life = (history){.seed = 11, .deeds = DEEDS};
    (void) snprintf(life.folder, sizeof life.folder, "%s", temporary);
    history_live(&life, 1, DEEDS);
    know_truth();
    keep_files("");
    assert_true(truth.record_count > 2 && truth.count > 500);
}

/* Was it sent for this place at some time, and corrected later? */
static bool was_sent(uint32_t signal, int64_t place, double value, uint8_t quality)
{
    static history_deed deed;

    for (uint32_t number = 1; number <= DEEDS; number++) {
        history_make_deed(&life, number, &deed);
        for (uint32_t i = 0; i < deed.count; i++)
            if (deed.samples[i].signal == signal && deed.samples[i].place == place &&
                deed.samples[i].quality == quality &&
                memcmp(&deed.samples[i].value, &value, sizeof value) == 0)
                return true;
    }
    return false;
}

static davy_status look_at_run(void *context, const davy_store_run *run)
{
    findings *found = context;

    for (size_t i = 0; i < run->count; i++) {
        int64_t place = (run->times[i] - history_time(0)) / (history_time(1) - history_time(0));
        const davy_sample *sample;

        if (place < 0 || place >= HISTORY_PLACES || !truth.is_there[found->signal][place] ||
            truth.samples[found->signal][place].time_ns != run->times[i]) {
            (void) snprintf(found->wrong, sizeof found->wrong, "a time that nobody sent");
            break;
        }
        sample = &truth.samples[found->signal][place];
        if (memcmp(&sample->value, &run->values[i], sizeof sample->value) == 0 &&
            sample->quality == run->quality[i])
            found->samples++;
        else if (was_sent(found->signal, place, run->values[i], run->quality[i]))
            found->stale++;
        else
            (void) snprintf(found->wrong, sizeof found->wrong, "%g instead of %g at place %lld",
                            run->values[i], sample->value, (long long) place);
    }
    return DAVY_OK;
}

/* Hours, as rollups keep them. One that has as many samples as were sent has their extremes. */
static void look_at_summary(davy_store *store, davy_signal_id id, findings *found)
{
    enum { HOURS = HISTORY_PLACES * 61 / 3600 };
    static davy_store_bucket buckets[HOURS];
    const int64_t hour_ns = 3600 * DAVY_NS_PER_S;

    if (davy_store_summarise(store, id, history_time(0), history_time(0) + HOURS * hour_ns, hour_ns,
                             buckets, HOURS) != DAVY_OK)
        return;
    for (uint32_t k = 0; k < HOURS; k++) {
        double min = NAN, max = NAN;
        uint64_t count = 0;
        bool has_nan = false;

        for (uint32_t place = (k * 3600 + 60) / 61; place < ((k + 1) * 3600 + 60) / 61; place++) {
            const davy_sample *sample = &truth.samples[found->signal][place];

            if (!truth.is_there[found->signal][place] || sample->quality == DAVY_QUALITY_BAD)
                continue;
            count++;
            has_nan |= isnan(sample->value);
            min = fmin(min, sample->value);
            max = fmax(max, sample->value);
        }
        if ((buckets[k].count > count && found->stale == 0) ||
            (buckets[k].count == count && count > 0 && !has_nan && found->stale == 0 &&
             !(buckets[k].min == min && buckets[k].max == max)))
            (void) snprintf(found->wrong, sizeof found->wrong,
                            "a summary from %g to %g instead of %g to %g", buckets[k].min,
                            buckets[k].max, min, max);
    }
}

static davy_status look_at_signal(void *context, const davy_store_signal_info *info)
{
    findings *found = context;
    char path[16];

    for (uint32_t signal = 0; signal <= HISTORY_SIGNALS; signal++) {
        history_path(signal, path);
        if (strcmp(path, info->path) == 0 && strcmp(info->unit, "bar") == 0) {
            found->signals++;
            return DAVY_OK;
        }
    }
    if (strncmp(info->path, "damaged/", 8) == 0)
        return DAVY_OK;
    (void) snprintf(found->wrong, sizeof found->wrong, "a signal '%.40s' in '%.40s'", info->path,
                    info->unit);
    return DAVY_OK;
}

static void note_told(void *context, const davy_store_fault *fault)
{
    findings *found = context;

    (void) fault;
    found->is_told = true;
}

static void look_at_store(findings *found)
{
    uint64_t checked, damaged = 0;
    davy_store_stats stats;
    davy_store *store;
    davy_signal_id id;
    char path[16];

    if (davy_store_open(life.folder, NULL, &store) != DAVY_OK) {
        found->is_told = true;
        return;
    }
    if (davy_store_signals(store, look_at_signal, found) != DAVY_OK)
        found->is_told = true;
    for (found->signal = 0; found->signal < HISTORY_SIGNALS; found->signal++) {
        history_path(found->signal, path);
        if (davy_store_find(store, path, &id) != DAVY_OK)
            continue;
        if (davy_store_scan(store, id, INT64_MIN, INT64_MAX, look_at_run, found) != DAVY_OK)
            found->is_told = true;
        look_at_summary(store, id, found);
    }
    found->is_told |=
        davy_store_verify_faults(store, &checked, &damaged, note_told, found) != DAVY_OK;
    davy_store_get_stats(store, &stats);
    found->is_told |= damaged > 0 || stats.damaged_chunks > 0 || stats.cut_bytes > 0;
    davy_store_close(store);
}

static davy_status look_at_record(void *context, const davy_record *record)
{
    findings *found = context;
    char body[32];

    if (record->sequence > 0 && record->sequence <= truth.record_count) {
        uint32_t deed = truth.records[record->sequence];

        (void) snprintf(body, sizeof body, "{\"deed\":%u}", deed);
        if (strcmp(body, record->body) == 0 && strcmp(record->subject, "pump") == 0 &&
            record->kind == DAVY_RECORD_ALARM && record->time_ns == history_time(deed)) {
            found->records++;
            return DAVY_OK;
        }
    }
    (void) snprintf(found->wrong, sizeof found->wrong, "record %llu is '%.80s'",
                    (unsigned long long) record->sequence, record->body);
    return DAVY_OK;
}

/* A record that was changed is served, and the chain tells of it: it proves what happened, and
 * nothing is computed from it. @return false: it is told */
static void look_at_records(findings *found)
{
    davy_records *records;
    char path[192];
    uint64_t checked;

    (void) snprintf(path, sizeof path, "%s/records.db", life.folder);
    if (davy_records_open(path, &records) != DAVY_OK) {
        found->is_told = true;
        return;
    }
    if (davy_records_verify(records, &checked) != DAVY_OK)
        found->is_told = true;
    else if (davy_records_scan(records, 0, "pump", 0, 0, look_at_record, found) != DAVY_OK)
        found->is_told = true;
    davy_records_close(records);
}

/* @return true when the damage was told */
static bool judge(const char *what, size_t where)
{
    findings found = {0};
    bool is_whole;

    look_at_store(&found);
    look_at_records(&found);
    is_whole = found.samples == truth.count && found.records == truth.record_count &&
               found.signals == HISTORY_SIGNALS + 1;
    if (found.wrong[0])
        fail_msg("%s %zu: %s", what, where, found.wrong);
    if (found.stale > 0 && strncmp(what, "hot/", 4) != 0)
        fail_msg("%s %zu: %llu values that were corrected are served again", what, where,
                 (unsigned long long) found.stale);
    if (found.stale > 0 && !found.is_told)
        fail_msg("%s %zu: a correction is lost, and nothing is told", what, where);
    if (!is_whole && !found.is_told)
        fail_msg(
            "%s %zu: nothing is told, and there are %llu of %llu samples, %llu of %llu records,"
            " %llu signals",
            what, where, (unsigned long long) found.samples, (unsigned long long) truth.count,
            (unsigned long long) found.records, (unsigned long long) truth.record_count,
            (unsigned long long) found.signals);
    return found.is_told;
}

static void change_file(const struct kept_file *file, size_t bit, size_t length)
{
    char path[256];
    FILE *out;

    put_back();
    (void) snprintf(path, sizeof path, "%s/%s", temporary, file->path);
    if (bit < SIZE_MAX)
        file->bytes.bytes[bit / 8] ^= (char) (1U << bit % 8);
    out = fopen(path, "w");
    assert_non_null(out);
    assert_int_equal(fwrite(file->bytes.bytes, 1, length, out), length);
    assert_int_equal(fclose(out), 0);
    if (bit < SIZE_MAX)
        file->bytes.bytes[bit / 8] ^= (char) (1U << bit % 8);
}

static size_t all_bytes(void)
{
    size_t bytes = 0;

    for (size_t i = 0; i < file_count; i++)
        bytes += files[i].bytes.length;
    return bytes;
}

/* Half of the flips fall on files as they are long, half on each file alike: a head of 86 bytes is
 * as worthy as a day. */
static void a_flipped_bit_of_any_file_is_told_or_changes_nothing(void **state)
{
    size_t flips = getenv("DAVY_TORTURE") ? FLIPS_LONG : FLIPS, told = 0, of_file;

    make_store(state);
    assert_false(judge("nothing changed", 0));
    srand(4711);
    for (size_t i = 0; i < flips; i++) {
        size_t at = (size_t) rand() % all_bytes(), number = i % file_count;

        for (of_file = 0; i % 2 && at >= files[of_file].bytes.length; of_file++)
            at -= files[of_file].bytes.length;
        number = i % 2 ? of_file : number;
        if (files[number].bytes.length == 0)
            continue;
        at = (size_t) rand() % (files[number].bytes.length * 8);
        change_file(&files[number], at, files[number].bytes.length);
        told += judge(files[number].path, at);
    }
    print_message("# %zu flips in %zu files, %zu of them told, the others changed nothing\n", flips,
                  file_count, told);
    assert_true(told > flips / 4);
}

static void a_file_that_is_cut_is_told_or_nothing_is_missing(void **state)
{
    size_t cuts = getenv("DAVY_TORTURE") ? CUTS_LONG : CUTS, told = 0;

    (void) state;
    for (size_t i = 0; i < cuts; i++) {
        const struct kept_file *file = &files[i % file_count];
        size_t length = file->bytes.length ? (size_t) rand() % file->bytes.length : 0;

        length = i < file_count ? 0 : length; /* each to nothing once */

        change_file(file, SIZE_MAX, length);
        told += judge(file->path, length);
    }
    print_message("# %zu cuts, %zu of them told\n", cuts, told);
    assert_true(told > cuts / 2);
}

static int clear(void **state)
{
    for (size_t i = 0; i < file_count; i++)
        davy_buffer_clear(&files[i].bytes);
    return temporary_remove(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_flipped_bit_of_any_file_is_told_or_changes_nothing),
        cmocka_unit_test(a_file_that_is_cut_is_told_or_nothing_is_missing),
    };

    return cmocka_run_group_tests(tests, NULL, clear);
}
