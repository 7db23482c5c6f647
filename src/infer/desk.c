/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/backend.h"
#include "infer/doubt.h"
#include "infer/explaining.h"
#include "infer/host_private.h"

#include "core/clock.h"

#include <stdlib.h>
#include <string.h>

static int64_t now_ns(void)
{
    return davy_monotonic_ns(davy_clock_system());
}

/* Rows of a watcher's request are one run in order: no other request may come among them. */
static bool runs_alone(const davy_visit *visit)
{
    return visit->request->explain || visit->desk->info->watcher;
}

/* Samples that cannot be judged are looked at as they came, and not as they were run. */
static void note(const davy_visit *visit, const davy_tensor *outputs, size_t first)
{
    const davy_drift_rows rows = {.inputs = visit->left_out ? &visit->request->inputs[0].tensor
                                                            : visit->matched.inputs,
                                  .outputs = outputs,
                                  .first = first,
                                  .left_out = visit->left_out};

    davy_desk_note(visit->desk, &rows);
}

/* The part of each request in a batch that was run. */
static void hand_out(const davy_place *place, davy_ask *const *asks, size_t count, size_t rows)
{
    size_t first = 0;

    for (size_t i = 0; i < count; i++) {
        davy_visit *visit = asks[i]->context;
        davy_status status = davy_reply_take(visit, place->outputs, first, rows);

        visit->response->batch = rows;
        if (status == DAVY_OK && visit->desk->info->watcher)
            status = davy_doubts_of_run(visit, place->instance);
        if (status == DAVY_OK && visit->request->explain)
            status = davy_explaining_reply(visit, place->instance);
        if (status == DAVY_OK)
            note(visit, place->outputs, first);
        else
            davy_ask_fail(asks[i], status);
        first += asks[i]->rows;
    }
}

/* One execution. A failure of the run is that of all who are in it. */
static davy_status execute(davy_desk *desk, davy_place *place, davy_ask *const *asks, size_t count)
{
    const int64_t started_ns = now_ns();
    davy_infer_times times = {.input = started_ns, .started_ns = started_ns};
    size_t rows = 0;
    davy_status status = davy_place_gather(place, asks, count);

    for (size_t i = 0; i < count; i++)
        rows += asks[i]->rows;
    times.compute = now_ns();
    times.input = times.compute - times.input;
    if (status == DAVY_OK)
        status = davy_place_run(place, place->inputs);
    times.output = now_ns();
    times.compute = times.output - times.compute;
    if (status != DAVY_OK)
        return status;
    hand_out(place, asks, count, rows);
    times.output = now_ns() - times.output;
    for (size_t i = 0; i < count; i++) {
        davy_visit *visit = asks[i]->context;

        visit->response->times = times;
        visit->response->times.arrived_ns = asks[i]->arrived_ns;
        visit->response->times.queue = asks[i]->started_ns - asks[i]->arrived_ns;
    }
    davy_stats_add_execution(&desk->stats, rows, &times);
    return DAVY_OK;
}

/* A batch that fails is run again one by one: company must not make a request fail. */
void davy_desk_execute(davy_desk *desk, davy_place *place, davy_ask *const *asks, size_t count)
{
    davy_status status = davy_place_open(place, desk->served, desk->host->pool);

    for (size_t i = 0; i < count; i++)
        ((davy_visit *) asks[i]->context)->ran = true;
    if (status == DAVY_OK)
        status = execute(desk, place, asks, count);
    if (status == DAVY_OK)
        return;
    if (count == 1) {
        davy_ask_fail(asks[0], status);
        return;
    }
    for (size_t i = 0; i < count; i++) {
        asks[i]->status = DAVY_OK;
        davy_desk_execute(desk, place, &asks[i], 1);
    }
}

static void run_batch(void *context, size_t at, davy_ask *const *asks, size_t count)
{
    davy_desk *desk = context;
    davy_place *place = &desk->places[at];

    if (desk->info->watcher && place->instance)
        davy_instance_reset(place->instance);
    davy_desk_execute(desk, place, asks, count);
}

static int64_t forecast_ns(const void *context, size_t rows)
{
    return davy_certificate_ns(context, rows);
}

void davy_desk_certify(davy_desk *desk, const davy_certificate *certificate)
{
    desk->certificate = *certificate;
    atomic_store_explicit(&desk->certified, true, memory_order_release);
    davy_queue_set_forecast(desk->queue,
                            (davy_forecast){.ns = forecast_ns,
                                            .context = &desk->certificate,
                                            .most = certificate->at[certificate->count - 1].batch});
}

/* A config of its own says whether requests are put together; without one they are where they can
 * be. */
static size_t batch_max(const davy_served_info *info)
{
    const davy_infer_config *config = info->config;
    const bool together = config->batching.dynamic || config->batch_max == 0;

    return together && !info->watcher && info->batch_max > 0 ? info->batch_max : 1;
}

static davy_status desk_create(davy_host *host, const davy_served *served, davy_desk **out)
{
    const davy_served_info *info = davy_served_describe(served);
    const size_t wanted = info->config->instances;
    davy_desk *desk = calloc(1, sizeof *desk);
    davy_queue_options options = {.model = info->name,
                                  .batching = &info->config->batching,
                                  .waiting_max = host->queue_max,
                                  .promise_ms = info->config->latency_ms,
                                  .gate = host->gate,
                                  .run = run_batch};
    davy_status status;

    if (!desk)
        return davy_fail(DAVY_ERR_NOMEM, "what is kept of '%s'", info->name);
    desk->host = host;
    desk->served = served;
    desk->info = info;
    desk->place_count = wanted > 0 && wanted < host->places ? wanted : host->places;
    desk->batch_max = batch_max(info);
    options.batch_max = desk->batch_max;
    options.places = desk->place_count;
    options.context = desk;
    status = davy_queue_create(&options, &desk->queue);
    if (status == DAVY_OK && (info->watcher || info->config->sequencing.on))
        status = davy_sequences_create(served, host->pool, &desk->sequences);
    if (status == DAVY_OK)
        status = davy_drift_create(served, &desk->drift);
    if (status == DAVY_OK && info->predictor)
        status = davy_habits_learn(info->predictor, davy_served_background(served), &desk->memory,
                                   &desk->habits);
    if (status != DAVY_OK) {
        davy_desk_destroy(desk);
        return status;
    }
    *out = desk;
    return DAVY_OK;
}

void davy_desk_destroy(void *context)
{
    davy_desk *desk = context;

    if (!desk)
        return;
    davy_queue_destroy(desk->queue);
    davy_sequences_destroy(desk->sequences);
    davy_drift_destroy(desk->drift);
    for (size_t i = 0; i < desk->place_count; i++)
        davy_place_close(&desk->places[i], desk->served);
    davy_place_close(&desk->explainer, desk->served);
    davy_arena_clear(&desk->memory);
    free(desk);
}

davy_status davy_desk_of(davy_host *host, davy_lease *lease, davy_desk **out)
{
    davy_desk *desk = NULL;
    davy_status status = DAVY_OK;
    void **slot;

    (void) pthread_mutex_lock(&host->lock);
    slot = davy_lease_slot(lease, davy_desk_destroy);
    if (!*slot) {
        status = desk_create(host, davy_lease_served(lease), &desk);
        *slot = desk;
    }
    desk = *slot;
    (void) pthread_mutex_unlock(&host->lock);
    if (status == DAVY_OK)
        *out = desk;
    return status;
}

/* The turn of a sequence whose past is in an instance of its own. */
static davy_status run_watcher(davy_visit *visit)
{
    davy_ask *const asks[] = {&visit->ask};
    davy_ask *ask = &visit->ask;

    ask->arrived_ns = now_ns();
    if (!davy_gate_enter(visit->desk->host->gate, davy_ask_until(ask))) {
        ask->refusal = DAVY_REFUSAL_TIMEOUT;
        return davy_fail(DAVY_ERR_TIMEOUT, "model '%s': the request waited longer than it may",
                         visit->desk->info->name);
    }
    ask->started_ns = now_ns();
    davy_desk_execute(visit->desk, davy_sequence_place(visit->sequence), asks, 1);
    davy_gate_leave(visit->desk->host->gate);
    return ask->status == DAVY_OK ? DAVY_OK : davy_fail(ask->status, "%s", ask->sentence);
}

/* A thread that must not wait may run this long: for the time of a hand-over, about. */
#define QUICK_NS INT64_C(100000)

/* What a picture's bytes are unpacked to, a window's rows and a sequence's past cost more than the
 * run that was measured. */
static bool is_plain(const davy_served_info *info)
{
    const bool picture = info->config->image.input ||
                         (info->predictor && info->predictor->form.kind == DAVY_FORM_IMAGE);

    return !picture && !info->watcher && !info->stateful && !info->config->sequencing.on &&
           info->config->step_count == 0;
}

bool davy_desk_is_quick(davy_desk *desk, size_t rows)
{
    return is_plain(desk->info) && atomic_load_explicit(&desk->certified, memory_order_acquire) &&
           davy_certificate_ns(&desk->certificate, rows) <= QUICK_NS &&
           davy_queue_is_idle(desk->queue);
}

static davy_status refuse_to_wait(davy_visit *visit)
{
    visit->ask.refusal = DAVY_REFUSAL_WAIT;
    return davy_fail(DAVY_ERR_UNAVAILABLE, "model '%s': it takes its time",
                     visit->desk->info->name);
}

static davy_status run_visit(davy_visit *visit)
{
    davy_ask *ask = &visit->ask;

    if (visit->request->at_once && (visit->request->explain || visit->sequence ||
                                    !davy_desk_is_quick(visit->desk, visit->matched.rows)))
        return refuse_to_wait(visit);

    ask->inputs = visit->matched.inputs;
    ask->input_count = visit->desk->info->input_count;
    ask->rows = visit->matched.rows;
    ask->alone = runs_alone(visit);
    ask->at_once = visit->request->at_once;
    ask->more_ns = davy_explaining_expect(visit);
    ask->priority = visit->request->priority;
    ask->timeout_us = visit->request->timeout_us;
    ask->context = visit;
    if (visit->sequence && davy_sequence_place(visit->sequence))
        return run_watcher(visit);
    if (davy_explaining_takes(visit))
        return davy_explaining_run(visit);
    return davy_queue_ask(visit->desk->queue, ask);
}

/* A request of a sequence has it for itself until its new state is kept. */
static davy_status run_in_sequence(davy_visit *visit)
{
    davy_desk *desk = visit->desk;
    davy_status status = davy_sequence_enter(desk->sequences, visit->request, &visit->sequence);

    if (status != DAVY_OK)
        return status;
    status = davy_sequence_fill(visit->sequence, desk->info, visit->request,
                                &visit->response->arena, &visit->matched);
    if (status == DAVY_OK)
        status = run_visit(visit);
    if (status == DAVY_OK && visit->states)
        status = davy_sequence_keep(visit->sequence, visit->states);
    davy_sequence_leave(desk->sequences, visit->sequence, visit->request->sequence_end);
    visit->sequence = NULL;
    return status;
}

static davy_status check_sequence(const davy_visit *visit)
{
    const davy_served_info *info = visit->desk->info;
    const bool named = visit->request->sequence && visit->request->sequence[0];

    if (named && !visit->desk->sequences && !visit->part)
        return davy_fail(DAVY_ERR_INVALID,
                         "model '%s' keeps no state: leave the parameter sequence_id away",
                         info->name);
    if (!named && info->config->sequencing.on)
        return davy_fail(DAVY_ERR_INVALID,
                         "inference request to model '%s' must specify a non-zero or non-empty "
                         "correlation ID: its answers depend on the requests before",
                         info->name);
    return DAVY_OK;
}

static davy_status answer(davy_visit *visit)
{
    davy_desk *desk = visit->desk;
    const bool sequence =
        desk->sequences && visit->request->sequence && visit->request->sequence[0];
    davy_status status = check_sequence(visit);

    if (status == DAVY_OK && visit->request->explain)
        status = davy_served_check_explain(desk->served, visit->request->explain_method);
    if (status == DAVY_OK)
        status = davy_match(desk->info, visit->request,
                            desk->info->config->sequencing.on ? davy_sequence_keeps : NULL,
                            &visit->response->arena, &visit->matched);
    if (status == DAVY_OK)
        status = davy_doubts_before(visit);
    if (status == DAVY_OK)
        status = sequence ? run_in_sequence(visit) : run_visit(visit);
    return status == DAVY_OK ? davy_doubts_after(visit) : status;
}

static davy_failure failure_of(const davy_visit *visit)
{
    if (visit->ask.refusal != DAVY_REFUSAL_NONE)
        return DAVY_FAILURE_REJECTED;
    return visit->ran ? DAVY_FAILURE_BACKEND : DAVY_FAILURE_OTHER;
}

/* An answer without an explanation costs one. */
static double cost_of(const davy_visit *visit)
{
    const int64_t run = visit->response->times.compute;

    return visit->explain_ns > 0 && run > 0 ? 1 + (double) visit->explain_ns / (double) run : 1;
}

davy_status davy_desk_ask(davy_desk *desk, const davy_infer_request *request,
                          davy_infer_response *response, bool part)
{
    const int64_t started = now_ns();
    davy_visit visit = {.desk = desk, .request = request, .response = response, .part = part};
    davy_status status = answer(&visit);

    if (status == DAVY_OK) {
        response->cost = cost_of(&visit);
        davy_stats_add_success(&desk->stats, visit.matched.rows, now_ns() - started,
                               &response->times);
    } else {
        if (visit.ask.refusal != DAVY_REFUSAL_WAIT) /* it comes again at once */
            davy_stats_add_failure(&desk->stats, failure_of(&visit), now_ns() - started);
        response->refusal = visit.ask.refusal;
        response->retry_after_ms = visit.ask.retry_after_ms;
    }
    return status;
}
