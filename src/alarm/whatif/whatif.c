/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/whatif/whatif.h"

#include "alarm/whatif/side.h"
#include "detect/merged.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

struct run {
    const davy_whatif_question *question;
    davy_whatif_side before, after;
    davy_whatif_answer answer;
    davy_signal_id *ids; /* of both sides */
    size_t id_count;
    size_t parts, part; /* rehearsals one after the other, and the one that is on */
};

/* Samples that are taken before it is told how far it is. */
#define TELL_EVERY ((uint64_t) 8192)

/* A side ------------------------------------------------------------------------------------ */

/* Ids: those the store knows. What it does not know has no samples. */
static davy_status side_bind(davy_whatif_side *side, davy_store *store)
{
    for (size_t i = 0; i < side->site->signal_count; i++) {
        davy_site_signal *signal = &side->site->signals[i];

        if (davy_store_find(store, signal->path, &signal->id) != DAVY_OK)
            signal->id = DAVY_SIGNAL_NONE;
    }
    return davy_site_index(side->site);
}

static davy_status side_read(davy_whatif_side *side, davy_store *store)
{
    davy_status status = side_bind(side, store);

    if (status == DAVY_OK)
        status = davy_settings_write(side->site, &side->settings);
    if (status == DAVY_OK)
        davy_settings_hash(side->settings.bytes, side->settings.length, side->hash);
    return status;
}

/* Both -------------------------------------------------------------------------------------- */

static davy_status read_sites(struct run *run)
{
    const davy_whatif_question *question = run->question;
    davy_status status = side_read(&run->before, question->store);

    if (status == DAVY_OK)
        status = side_read(&run->after, question->store);
    if (status != DAVY_OK)
        return status;
    run->answer.changes =
        davy_settings_diff(run->before.settings.bytes ? run->before.settings.bytes : "",
                           run->after.settings.bytes ? run->after.settings.bytes : "");
    run->answer.whole = question->whole || run->before.events->count > 0 ||
                        question->current->suppression_count > 0 ||
                        question->proposed->suppression_count > 0;
    if (!run->answer.changes)
        return davy_fail(DAVY_ERR_NOMEM, "what differs");
    status = davy_concerned_make(question->current, run->answer.changes, run->answer.whole,
                                 &run->before.concerned);
    return status == DAVY_OK ? davy_concerned_make(question->proposed, run->answer.changes,
                                                   run->answer.whole, &run->after.concerned)
                             : status;
}

static int compare_ids(const void *a, const void *b)
{
    davy_signal_id left = *(const davy_signal_id *) a, right = *(const davy_signal_id *) b;

    return (left > right) - (left < right);
}

static void take_ids(struct run *run, const davy_site *site)
{
    for (size_t i = 0; i < site->signal_count; i++)
        if (site->signals[i].id != DAVY_SIGNAL_NONE)
            run->ids[run->id_count++] = site->signals[i].id;
}

/* The signals of both sides, each once. */
static davy_status join_ids(struct run *run)
{
    const davy_site *before = &run->before.concerned.site, *after = &run->after.concerned.site;
    size_t count = 0;

    run->ids = calloc(before->signal_count + after->signal_count + 1, sizeof *run->ids);
    if (!run->ids)
        return davy_fail(DAVY_ERR_NOMEM, "rehearsal of %zu signals", before->signal_count);
    take_ids(run, before);
    take_ids(run, after);
    qsort(run->ids, run->id_count, sizeof *run->ids, compare_ids);
    for (size_t i = 0; i < run->id_count; i++)
        if (i == 0 || run->ids[i] != run->ids[i - 1])
            run->ids[count++] = run->ids[i];
    run->id_count = count;
    return DAVY_OK;
}

/* From the first sample to the last one: what lies outside was not observed. */
static davy_status find_extent(struct run *run)
{
    const davy_whatif_question *question = run->question;
    int64_t first_ns = 0, last_ns = 0;
    davy_status status =
        davy_store_extent(question->store, run->ids, run->id_count, &first_ns, &last_ns);

    if (status != DAVY_OK && status != DAVY_ERR_NOT_FOUND)
        return status;
    run->answer.from_ns = first_ns > question->from_ns ? first_ns : question->from_ns;
    run->answer.to_ns = last_ns < question->to_ns ? last_ns + 1 : question->to_ns;
    if (status == DAVY_OK && run->answer.from_ns < run->answer.to_ns)
        return DAVY_OK;
    return davy_fail(DAVY_ERR_NOT_FOUND, "the store holds no sample of the signals concerned in "
                                         "that time; see what it has with 'davy query'");
}

/* How far --------------------------------------------------------------------------------- */

static davy_status tell(const struct run *run, int64_t time_ns)
{
    const davy_whatif_question *question = run->question;
    const davy_whatif_answer *answer = &run->answer;
    const uint64_t part_s = (uint64_t) (answer->to_ns - answer->from_ns) / DAVY_NS_PER_S;
    const uint64_t done_s = (uint64_t) (time_ns - answer->from_ns) / DAVY_NS_PER_S;

    if (!question->progress ||
        question->progress(question->context, run->part * part_s + done_s, run->parts * part_s))
        return DAVY_OK;
    return davy_fail(DAVY_ERR_TIMEOUT, "the question was ended before its answer");
}

/* By time ----------------------------------------------------------------------------------- */

static davy_status take_sample(void *context, const davy_sample *sample)
{
    struct run *run = context;
    davy_status status = davy_rehearsal_sample(run->before.rehearsal, sample);

    if (status == DAVY_OK && run->answer.samples++ % TELL_EVERY == 0)
        status = tell(run, sample->time_ns);
    return status == DAVY_OK ? davy_rehearsal_sample(run->after.rehearsal, sample) : status;
}

static davy_status rehearse_together(struct run *run)
{
    const davy_whatif_question *question = run->question;
    const davy_whatif_answer *answer = &run->answer;
    davy_status status = davy_whatif_side_start(&run->before, question->registry, answer->from_ns);

    if (status == DAVY_OK)
        status = davy_whatif_side_start(&run->after, question->registry, answer->from_ns);
    if (status == DAVY_OK)
        status = davy_merged_scan(question->store, run->ids, run->id_count, answer->from_ns,
                                  answer->to_ns, take_sample, run);
    if (status == DAVY_OK)
        status = davy_whatif_side_end(&run->before, answer->to_ns);
    return status == DAVY_OK ? davy_whatif_side_end(&run->after, answer->to_ns) : status;
}

/* By signal --------------------------------------------------------------------------------- */

static davy_status take_run(void *context, const davy_store_run *samples)
{
    struct run *run = context;
    davy_status status = tell(run, samples->times[0]);

    run->answer.samples += samples->count;
    if (status == DAVY_OK)
        status = davy_whatif_side_run(&run->before, samples);
    return status == DAVY_OK ? davy_whatif_side_run(&run->after, samples) : status;
}

/* A chunk in which nothing happens on either side is not even decoded. */
static bool pass_stretch(void *context, const davy_store_stretch *stretch)
{
    struct run *run = context;
    const davy_passage passage = davy_passage_of(stretch);
    const bool before = davy_whatif_side_pass(&run->before, stretch->signal, &passage);
    const bool after = davy_whatif_side_pass(&run->after, stretch->signal, &passage);

    if (!before || !after)
        return false;
    run->answer.samples += stretch->count;
    return true;
}

static davy_status rehearse_alone(struct run *run, davy_signal_id signal)
{
    const davy_whatif_answer *answer = &run->answer;
    davy_status status = tell(run, answer->from_ns);

    if (status == DAVY_OK)
        status = davy_whatif_side_start_alone(&run->before, signal, answer->from_ns);
    if (status == DAVY_OK)
        status = davy_whatif_side_start_alone(&run->after, signal, answer->from_ns);
    if (status == DAVY_OK)
        status = davy_store_scan_stretches(run->question->store, signal, answer->from_ns,
                                           answer->to_ns, pass_stretch, take_run, run);
    if (status == DAVY_OK || status == DAVY_ERR_NOT_FOUND)
        status = davy_whatif_side_end(&run->before, answer->to_ns);
    return status == DAVY_OK ? davy_whatif_side_end(&run->after, answer->to_ns) : status;
}

/* Without models and logic no signal has to do with another one. */
static bool are_apart(const struct run *run)
{
    const davy_site *before = &run->before.concerned.site, *after = &run->after.concerned.site;

    return before->detector_count + before->suppression_count + after->detector_count +
               after->suppression_count ==
           0;
}

static davy_status rehearse_all(struct run *run)
{
    davy_status status = DAVY_OK;

    run->parts = are_apart(run) ? run->id_count : 1;
    if (!are_apart(run))
        return rehearse_together(run);
    for (; run->part < run->parts && status == DAVY_OK; run->part++)
        status = rehearse_alone(run, run->ids[run->part]);
    return status;
}

static davy_status rehearse(struct run *run)
{
    davy_status status = find_extent(run);

    if (status != DAVY_OK)
        return status;
    run->before.rings.begin_s = run->after.rings.begin_s = run->answer.from_ns / DAVY_NS_PER_S;
    status = rehearse_all(run);
    davy_whatif_rings_sort(&run->before.rings);
    davy_whatif_rings_sort(&run->after.rings);
    return status;
}

davy_status davy_whatif_ask(const davy_whatif_question *question, json_t **out)
{
    static const davy_event_list none;
    const davy_event_list *events = question->events ? question->events : &none;
    struct run run = {.question = question,
                      .before = {.site = question->current, .events = events},
                      .after = {.site = question->proposed, .events = events}};
    davy_status status = read_sites(&run);

    run.answer.before = &run.before;
    run.answer.after = &run.after;
    if (status == DAVY_OK)
        status = join_ids(&run);
    if (status == DAVY_OK)
        status = davy_whatif_side_open(&run.before);
    if (status == DAVY_OK)
        status = davy_whatif_side_open(&run.after);
    if (status == DAVY_OK && json_array_size(run.answer.changes) > 0)
        status = rehearse(&run);
    if (status == DAVY_OK) {
        *out = davy_whatif_answer_json(&run.answer);
        status = *out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "the answer");
    }
    free(run.ids);
    json_decref(run.answer.changes);
    davy_whatif_side_clear(&run.before);
    davy_whatif_side_clear(&run.after);
    return status;
}
