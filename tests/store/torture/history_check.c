/* SPDX-License-Identifier: Apache-2.0 */
#include "history_private.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define STEP_PLACES 37 /* of a summary */
#define STEPS_MAX   (HISTORY_PLACES / STEP_PLACES)

typedef struct spot {
    bool is_there;
    uint8_t quality;
    double value;
} spot;

/* What a store must hold, and where the look at it stands. */
typedef struct inspection {
    history *of;
    davy_store *store;
    char *why; /* [256] empty while all is well */
    bool kept[HISTORY_DEEDS_MAX + 2];
    spot places[HISTORY_SIGNALS][HISTORY_PLACES];
    uint32_t signal, next;
    uint64_t excused; /* faults that are no loss */
    char fault[192];  /* the last of the others */
} inspection;

#define COMPLAIN(look, ...) ((void) snprintf((look)->why, 256, __VA_ARGS__))

static bool fine(const inspection *look)
{
    return look->why[0] == '\0';
}

static davy_status read_marks(void *context, const davy_store_run *run)
{
    inspection *look = context;

    for (size_t i = 0; i < run->count; i++) {
        uint32_t deed = (uint32_t) run->values[i];

        if (deed > HISTORY_DEEDS_MAX + 1 || run->times[i] != history_time(deed))
            COMPLAIN(look, "a mark of %g is where none was sent", run->values[i]);
        else
            look->kept[deed] = true;
    }
    return DAVY_OK;
}

static void judge_answer(inspection *look, uint32_t number, const char *what)
{
    switch ((history_answer) look->of->answers[number]) {
    case HISTORY_KEPT:
        if (!look->kept[number])
            COMPLAIN(look, "deed %u (%s) was acknowledged and is lost", number, what);
        break;
    case HISTORY_REFUSED:
    case HISTORY_NOT_SENT:
        if (look->kept[number])
            COMPLAIN(look, "deed %u (%s) was refused and is there", number, what);
        break;
    case HISTORY_UNKNOWN:
        break;
    }
}

static void apply(inspection *look, const history_deed *deed)
{
    for (uint32_t i = 0; i < deed->count; i++) {
        const history_sample *sample = &deed->samples[i];

        look->places[sample->signal][sample->place] = (spot){true, sample->quality, sample->value};
    }
}

/* What the deeds that were kept make of the places. */
static void build(inspection *look)
{
    static history_deed deed;

    for (uint32_t number = 1; number <= look->of->deeds && fine(look); number++) {
        history_make_deed(look->of, number, &deed);
        if (deed.kind != HISTORY_SAMPLES_KEPT)
            continue;
        judge_answer(look, number, "samples");
        if (look->kept[number])
            apply(look, &deed);
    }
}

static void skip_empty(inspection *look)
{
    while (look->next < HISTORY_PLACES && !look->places[look->signal][look->next].is_there)
        look->next++;
}

static davy_status compare_run(void *context, const davy_store_run *run)
{
    inspection *look = context;

    for (size_t i = 0; i < run->count && fine(look); i++, look->next++) {
        const spot *expected;

        skip_empty(look);
        expected = &look->places[look->signal][look->next % HISTORY_PLACES];
        if (look->next >= HISTORY_PLACES || run->times[i] != history_time(look->next))
            COMPLAIN(look, "signal %u: place %u is missing, or %g is there, which nobody sent",
                     look->signal, look->next, run->values[i]);
        else if (memcmp(&run->values[i], &expected->value, sizeof expected->value) != 0 ||
                 run->quality[i] != expected->quality)
            COMPLAIN(look, "signal %u: place %u has %g (quality %d) instead of %g (%d)",
                     look->signal, look->next, run->values[i], run->quality[i], expected->value,
                     expected->quality);
    }
    return fine(look) ? DAVY_OK : DAVY_ERR_INVALID;
}

static bool same(double a, double b)
{
    return a == b || (isnan(a) && isnan(b));
}

/* A NaN of good quality is counted and is no extreme, so steps with one are passed over. */
static void compare_step(inspection *look, uint32_t from, uint32_t to,
                         const davy_store_bucket *bucket)
{
    double min = NAN, max = NAN, last = NAN;
    uint64_t count = 0, bad = 0;
    bool has_nan = false;

    for (uint32_t i = from; i < to; i++) {
        const spot *place = &look->places[look->signal][i];

        bad += place->is_there && place->quality == DAVY_QUALITY_BAD;
        if (!place->is_there || place->quality == DAVY_QUALITY_BAD)
            continue;
        count++;
        has_nan |= isnan(place->value);
        min = fmin(min, place->value);
        max = fmax(max, place->value);
        last = place->value;
    }
    if (has_nan)
        return;
    if (bucket->count != count || bucket->bad != bad || !same(bucket->min, min) ||
        !same(bucket->max, max) || !same(bucket->last, last))
        COMPLAIN(look,
                 "signal %u: summary of places %u to %u: %llu good from %g to %g, not %llu from %g "
                 "to %g",
                 look->signal, from, to, (unsigned long long) bucket->count, bucket->min,
                 bucket->max, (unsigned long long) count, min, max);
}

static void compare_summary(inspection *look, davy_signal_id id, int64_t step_ns, uint32_t steps)
{
    static davy_store_bucket buckets[STEPS_MAX];
    int64_t place_ns = history_time(1) - history_time(0);
    davy_status status =
        davy_store_summarise(look->store, id, history_time(0), history_time(0) + steps * step_ns,
                             step_ns, buckets, steps);

    if (status != DAVY_OK)
        COMPLAIN(look, "signal %u: no summary: %.200s", look->signal, davy_error());
    for (uint32_t i = 0; i < steps && fine(look); i++)
        compare_step(look, (uint32_t) ((i * step_ns + place_ns - 1) / place_ns),
                     (uint32_t) (((i + 1) * step_ns + place_ns - 1) / place_ns), &buckets[i]);
}

/* In steps that no rollup fits, and in hours. */
static void compare_summaries(inspection *look, davy_signal_id id)
{
    int64_t place_ns = history_time(1) - history_time(0), hour_ns = 3600 * DAVY_NS_PER_S;

    compare_summary(look, id, STEP_PLACES * place_ns, HISTORY_PLACES / STEP_PLACES);
    if (fine(look))
        compare_summary(look, id, hour_ns, (uint32_t) (HISTORY_PLACES * place_ns / hour_ns));
}

static void compare_signal(inspection *look, uint32_t signal)
{
    davy_signal_id id;
    char path[16];

    look->signal = signal;
    look->next = 0;
    history_path(signal, path);
    if (davy_store_find(look->store, path, &id) == DAVY_OK) {
        if (davy_store_scan(look->store, id, INT64_MIN, INT64_MAX, compare_run, look) != DAVY_OK &&
            fine(look))
            COMPLAIN(look, "signal %u: no scan: %.200s", signal, davy_error());
        if (fine(look))
            compare_summaries(look, id);
    }
    skip_empty(look);
    if (fine(look) && look->next < HISTORY_PLACES)
        COMPLAIN(look, "signal %u: samples from place %u on are missing", signal, look->next);
}

static void note_fault(void *context, const davy_store_fault *fault)
{
    inspection *look = context;

    if (look->of->failed_for_good && strstr(fault->where, ".rollups.db"))
        look->excused++;
    else
        (void) snprintf(look->fault, sizeof look->fault, "%.60s: %.120s", fault->where,
                        fault->what);
}

static void check_store(inspection *look)
{
    uint64_t checked, damaged = 0;
    davy_store_stats stats;
    davy_signal_id mark;

    if (davy_store_find(look->store, "mark", &mark) == DAVY_OK &&
        davy_store_scan(look->store, mark, INT64_MIN, INT64_MAX, read_marks, look) != DAVY_OK)
        COMPLAIN(look, "no marks: %.200s", davy_error());
    if (fine(look) && look->kept[HISTORY_DEEDS_MAX + 1])
        COMPLAIN(look, "what was sent after the disk failed is there");
    if (fine(look))
        build(look);
    for (uint32_t signal = 0; signal < HISTORY_SIGNALS && fine(look); signal++)
        compare_signal(look, signal);
    if (fine(look) &&
        davy_store_verify_faults(look->store, &checked, &damaged, note_fault, look) != DAVY_OK)
        COMPLAIN(look, "no verdict: %.200s", davy_error());
    davy_store_get_stats(look->store, &stats);
    if (fine(look) &&
        (damaged > look->excused || stats.damaged_chunks > 0 || stats.damaged_frames > 0))
        COMPLAIN(look, "%llu places are damaged, %llu of chunks and %llu of frames were met; %s",
                 (unsigned long long) damaged, (unsigned long long) stats.damaged_chunks,
                 (unsigned long long) stats.damaged_frames, look->fault);
}

static davy_status read_record(void *context, const davy_record *record)
{
    inspection *look = context;
    const char *number = strchr(record->body, ':');
    uint32_t deed = number ? (uint32_t) strtoul(number + 1, NULL, 10) : 0;

    if (deed == 0 || deed > HISTORY_DEEDS_MAX)
        COMPLAIN(look, "record %llu is none that was sent", (unsigned long long) record->sequence);
    else if (look->kept[deed])
        COMPLAIN(look, "record of deed %u is there twice", deed);
    else
        look->kept[deed] = true;
    return DAVY_OK;
}

static void check_records(inspection *look, davy_records *records)
{
    static history_deed deed;
    uint64_t checked;

    memset(look->kept, 0, sizeof look->kept);
    if (davy_records_scan(records, 0, NULL, 0, 0, read_record, look) != DAVY_OK)
        COMPLAIN(look, "no records: %.200s", davy_error());
    for (uint32_t number = 1; number <= look->of->deeds && fine(look); number++) {
        history_make_deed(look->of, number, &deed);
        if (deed.kind == HISTORY_RECORD)
            judge_answer(look, number, "record");
    }
    /* "Nothing vouches for the end" is true of a disk that never took the note that would. */
    if (fine(look) && davy_records_verify(records, &checked) != DAVY_OK &&
        !(look->of->failed_for_good && strstr(davy_error(), "vouches for its end")))
        COMPLAIN(look, "records: %.200s", davy_error());
}

bool history_holds(history *of, char why[256])
{
    history_life life = {.of = of};
    inspection *look = calloc(1, sizeof *look);

    why[0] = '\0';
    if (!look || history_open(&life) != DAVY_OK) {
        (void) snprintf(why, 256, "cannot open: %.200s", davy_error());
    } else {
        look->of = of;
        look->why = why;
        look->store = life.store;
        check_store(look);
        if (fine(look))
            check_records(look, life.records);
        if (fine(look) && of->answered_after_failure)
            COMPLAIN(look, "a sample was acknowledged after the disk failed");
    }
    free(look);
    history_close(&life);
    return why[0] == '\0';
}
