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
};

/* A side ------------------------------------------------------------------------------------ */

static bool concerns(const davy_whatif_side *side, size_t condition, const davy_event *event)
{
    size_t asset = side->conditions[condition].asset;

    if (!event->asset)
        return true;
    return asset != DAVY_SITE_NONE && strcmp(side->site->assets[asset].name, event->asset) == 0;
}

static void hear(void *context, size_t condition, int64_t time_ns)
{
    davy_whatif_side *side = context;
    const davy_event_list *events = side->events;

    side->heard[condition]++;
    while (side->first_open < events->count && events->items[side->first_open].to_ns <= time_ns)
        side->first_open++;
    for (size_t i = side->first_open; i < events->count && events->items[i].from_ns <= time_ns; i++)
        if (time_ns < events->items[i].to_ns && side->finds[i].at_ns == 0 &&
            concerns(side, condition, &events->items[i])) {
            side->finds[i].at_ns = time_ns;
            side->finds[i].condition = condition;
        }
}

/* An alarm that stands when an event begins tells nobody of it. */
static void begin_events(davy_whatif_side *side, int64_t time_ns)
{
    const davy_event_list *events = side->events;

    for (; side->next_event < events->count && events->items[side->next_event].from_ns <= time_ns;
         side->next_event++)
        for (size_t i = 0; i < side->condition_count; i++)
            if (davy_rehearsal_stands(side->rehearsal, i) &&
                concerns(side, i, &events->items[side->next_event]))
                side->finds[side->next_event].stood = true;
}

static davy_status side_sample(davy_whatif_side *side, const davy_sample *sample)
{
    begin_events(side, sample->time_ns);
    return davy_rehearsal_sample(side->rehearsal, sample);
}

static davy_status side_start(davy_whatif_side *side, const char *registry, int64_t begin_ns)
{
    const davy_rehearsal_options options = {&side->concerned.site, registry, begin_ns, side, hear};
    davy_status status = davy_rehearsal_create(&options, &side->rehearsal);

    if (status != DAVY_OK)
        return status;
    side->conditions = davy_rehearsal_conditions(side->rehearsal, &side->condition_count);
    side->heard = calloc(side->condition_count + 1, sizeof *side->heard);
    side->finds = calloc(side->events->count + 1, sizeof *side->finds);
    if (!side->heard || !side->finds)
        return davy_fail(DAVY_ERR_NOMEM, "%zu conditions", side->condition_count);
    return DAVY_OK;
}

static davy_status side_end(davy_whatif_side *side, int64_t end_ns)
{
    begin_events(side, end_ns);
    return davy_rehearsal_end(side->rehearsal, end_ns);
}

static void side_clear(davy_whatif_side *side)
{
    davy_rehearsal_destroy(side->rehearsal);
    davy_concerned_clear(&side->concerned);
    davy_buffer_clear(&side->settings);
    free(side->heard);
    free(side->finds);
}

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
        davy_settings_hash(&side->settings, side->hash);
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
    run->answer.whole = run->before.events->count > 0 || question->current->suppression_count > 0 ||
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

static davy_status take_sample(void *context, const davy_sample *sample)
{
    struct run *run = context;
    davy_status status = side_sample(&run->before, sample);

    run->answer.samples++;
    return status == DAVY_OK ? side_sample(&run->after, sample) : status;
}

static davy_status rehearse(struct run *run)
{
    const davy_whatif_question *question = run->question;
    const davy_whatif_answer *answer = &run->answer;
    davy_status status = side_start(&run->before, question->registry, answer->from_ns);

    if (status == DAVY_OK)
        status = side_start(&run->after, question->registry, answer->from_ns);
    if (status == DAVY_OK)
        status = davy_merged_scan(question->store, run->ids, run->id_count, answer->from_ns,
                                  answer->to_ns, take_sample, run);
    if (status == DAVY_OK)
        status = side_end(&run->before, answer->to_ns);
    return status == DAVY_OK ? side_end(&run->after, answer->to_ns) : status;
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
    if (status == DAVY_OK && json_array_size(run.answer.changes) > 0) {
        status = find_extent(&run);
        if (status == DAVY_OK)
            status = rehearse(&run);
    }
    if (status == DAVY_OK) {
        *out = davy_whatif_answer_json(&run.answer);
        status = *out ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "the answer");
    }
    free(run.ids);
    json_decref(run.answer.changes);
    side_clear(&run.before);
    side_clear(&run.after);
    return status;
}
