/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/alarm_json.h"
#include "app/prooftest_private.h"
#include "core/log.h"
#include "core/utf8.h"
#include "detect/proof.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/* After its last sample a deviation is found, recorded and announced within this time. */
#define FOUND_MAX_NS (10 * DAVY_NS_PER_S)

/* A receiver confirms a drill within this time. */
#define CONFIRMED_MAX_NS (30 * DAVY_NS_PER_S)

#define LOOK_NS (5 * DAVY_NS_PER_MS)

#define MESSAGES 100

/* Pieces that were handed over: when, and how many samples had been before its end. */
struct piece {
    size_t end;
    int64_t sent_ns, accepted_ns, durable_ns; /* monotonic */
};

struct run {
    const davy_prooftest_item *item;
    davy_proof *proof;
    davy_alarms *alarms;
    davy_condition condition; /* as its alarm knows it */
    davy_site_rule rule;
    char key[DAVY_CONDITION_KEY_MAX + 16];
    struct piece *pieces;
    size_t piece_count;
    int64_t ready_ns; /* monotonic: detection began to look */
    json_t *result;
    davy_status kept;      /* its samples are durable */
    char why[320];         /* "" as long as all is well */
    char receivers_id[40]; /* of the drill */

    /* Of the thread that detects, read when it has let go, or through the atomics. */
    size_t looked_at; /* samples of the proof */
    size_t decided;   /* of them when it was found */
    davy_finding finding;
    atomic_int_fast64_t found_ns, recorded_ns, announced_ns;
};

/* In the thread that detects ------------------------------------------------------------------- */

static void look_at_samples(void *context, const davy_sample *samples, size_t count, int64_t now_ns)
{
    struct run *run = context;
    const davy_site *site = davy_proof_site(run->proof);

    for (size_t i = 0; i < count; i++)
        if (davy_site_signal_by_id(site, samples[i].signal)) {
            run->looked_at++;
            davy_detect_samples(davy_proof_engine(run->proof), &samples[i], 1, now_ns);
        }
}

static void look_at_time(void *context, int64_t now_ns, int64_t wall_ns)
{
    struct run *run = context;

    davy_detect_tick(davy_proof_engine(run->proof), now_ns, wall_ns);
}

/* Only what begins, and only after it was made ready, is what was asked for. */
static void take_finding(void *context, const davy_finding *finding)
{
    struct run *run = context;
    davy_finding *own = &run->finding;

    if (!finding->active || finding->condition != davy_proof_index(run->proof) ||
        run->ready_ns == 0 || atomic_load(&run->found_ns) != 0)
        return;
    *own = *finding;
    own->condition = 0;
    own->proof = true;
    (void) snprintf(own->text, sizeof own->text, DAVY_PROOF_WORDS "%.*s",
                    (int) (sizeof own->text - sizeof DAVY_PROOF_WORDS), finding->text);
    davy_utf8_mend(own->text);
    run->decided = run->looked_at;
    atomic_store(&run->found_ns, davy_monotonic_ns(run->item->parts->clock));
    if (davy_alarms_take(run->alarms, own, 1) != DAVY_OK)
        davy_log(DAVY_LOG_WARNING, "prooftest", "%s: %s", run->key, davy_error());
}

static void announce(void *context, const davy_alarm *alarm, const char *transition)
{
    struct run *run = context;
    const davy_prooftest_parts *parts = run->item->parts;
    json_t *json = davy_alarm_json(alarm);
    char *text;

    if (alarm->durable && alarm->active)
        atomic_store(&run->recorded_ns, davy_monotonic_ns(parts->clock));
    (void) json_object_set_new(json, "proof", json_true());
    (void) json_object_set_new(json, "transition", json_string(transition));
    text = json ? json_dumps(json, JSON_COMPACT) : NULL;
    if (text)
        parts->publish(parts->context, "prooftest", text);
    if (text && alarm->active)
        atomic_store(&run->announced_ns, davy_monotonic_ns(parts->clock));
    free(text);
    json_decref(json);
}

/* Making --------------------------------------------------------------------------------------- */

static void fail(struct run *run, const char *what)
{
    if (!run->why[0])
        (void) snprintf(run->why, sizeof run->why, "%s%s%s", what, *what ? ": " : "", davy_error());
}

static void set(struct run *run, const char *key, json_t *value)
{
    (void) json_object_set_new(run->result, key, value);
}

/* The model at work is the one to prove: a newer one may lie in the registry already. */
static davy_status find_model(const struct run *run, char model[192])
{
    const davy_condition *condition = run->item->condition;
    davy_detect_status status;
    davy_status result;

    model[0] = '\0';
    if (condition->kind != DAVY_CONDITION_MODEL)
        return DAVY_OK;
    result = davy_live_detector(run->item->parts->live, condition->detector, &status);
    if (result != DAVY_OK)
        return result;
    if (!status.model)
        return davy_fail(DAVY_ERR_UNAVAILABLE, "the detector at work has no model: %s",
                         status.message);
    (void) snprintf(model, 192, "%s@%u", status.model->name, status.model->version);
    return DAVY_OK;
}

static davy_status make_proof(struct run *run)
{
    const davy_prooftest_parts *parts = run->item->parts;
    char model[192];
    davy_status status = find_model(run, model);
    const davy_proof_parts own = {
        .site = run->item->site,
        .condition = run->item->condition,
        .model = model[0] ? model : NULL,
        .registry = parts->registry,
        .store = parts->store,
        .callbacks = {.context = run, .finding = take_finding},
        .wall_ns = davy_wall_ns(parts->clock),
        .now_ns = davy_monotonic_ns(parts->clock),
    };

    if (status == DAVY_OK)
        status = davy_proof_create(&own, &run->proof);
    if (status == DAVY_OK && davy_proof_borrows(run->proof))
        status = davy_live_lend(parts->live, davy_proof_site(run->proof)->signals[0].path,
                                davy_proof_engine(run->proof), 0);
    return status;
}

static davy_status make_alarm(struct run *run)
{
    const davy_alarms_callbacks callbacks = {run, announce};
    davy_status status = davy_alarms_open_proof(run->item->parts->records, run->item->parts->clock,
                                                &callbacks, &run->alarms);

    if (status != DAVY_OK)
        return status;
    run->condition = *davy_proof_condition(run->proof);
    (void) snprintf(run->key, sizeof run->key, DAVY_PROOFTEST_SUBJECT " %s", run->condition.key);
    run->condition.key = run->key;
    /* Logic is not asked, and the alarm of a test must end by itself. */
    run->rule = *run->condition.rule;
    run->rule.suppression = DAVY_SITE_NONE;
    run->rule.latch = false;
    run->condition.rule = &run->rule;
    return davy_alarms_configure(run->alarms, davy_proof_site(run->proof), &run->condition, 1);
}

/* Sending -------------------------------------------------------------------------------------- */

static bool is_over(const struct run *run)
{
    return atomic_load(&run->found_ns) != 0 || atomic_load(run->item->stopping);
}

static davy_status send_piece(struct run *run, const davy_sample *samples, size_t count)
{
    const davy_prooftest_parts *parts = run->item->parts;
    struct piece *piece = &run->pieces[run->piece_count++];
    davy_intake_times times = {0};
    davy_status status;

    piece->end = count + (piece > run->pieces ? piece[-1].end : 0);
    piece->sent_ns = davy_monotonic_ns(parts->clock);
    status = davy_intake_prove(parts->intake, davy_proof_site(run->proof), samples, count, &times);
    piece->accepted_ns = times.accepted_ns;
    piece->durable_ns = times.durable_ns;
    return status;
}

static davy_status send_all(struct run *run, const davy_proof_samples *all)
{
    davy_status status = DAVY_OK;

    run->pieces = calloc(all->count / all->batch + 1, sizeof *run->pieces);
    if (!run->pieces)
        return davy_fail(DAVY_ERR_NOMEM, "%zu samples", all->count);
    for (size_t i = 0; i < all->count && status == DAVY_OK && !is_over(run); i += all->batch)
        status = send_piece(run, all->samples + i,
                            all->count - i < all->batch ? all->count - i : all->batch);
    return status;
}

static bool wait_for(struct run *run, const atomic_int_fast64_t *moment)
{
    const struct timespec pause = {0, LOOK_NS};
    int64_t until_ns = davy_monotonic_ns(run->item->parts->clock) + FOUND_MAX_NS;

    while (atomic_load(moment) == 0 && !atomic_load(run->item->stopping) &&
           davy_monotonic_ns(run->item->parts->clock) < until_ns)
        (void) nanosleep(&pause, NULL);
    return atomic_load(moment) != 0;
}

static void expose(struct run *run)
{
    const davy_live_lane lane = {run, look_at_samples, look_at_time};
    davy_proof_samples samples;

    if (davy_proof_prepare(run->proof, &samples) != DAVY_OK) {
        fail(run, "");
        return;
    }
    run->ready_ns = davy_monotonic_ns(run->item->parts->clock);
    davy_live_set_lane(run->item->parts->live, &lane);
    run->kept = send_all(run, &samples);
    if (run->kept != DAVY_OK)
        fail(run, "the samples are not kept");
    else if (!wait_for(run, &run->found_ns))
        (void) snprintf(run->why, sizeof run->why, "%s",
                        atomic_load(run->item->stopping) ? "the test was broken off"
                                                         : "detection has not found it");
    davy_live_set_lane(run->item->parts->live, NULL);
}

/* Telling -------------------------------------------------------------------------------------- */

static void set_time(struct run *run, const char *key, int64_t begin_ns, int64_t at_ns)
{
    set(run, key, at_ns == 0 ? json_null() : json_real((double) (at_ns - begin_ns) * 1e-6));
}

static const struct piece *deciding(const struct run *run)
{
    for (size_t i = 0; i < run->piece_count; i++)
        if (run->pieces[i].end >= run->decided && run->decided > 0)
            return &run->pieces[i];
    return NULL;
}

/* All in milliseconds after the piece that decided was handed over; without samples, after the
 * thread that detects could look. */
static void tell_times(struct run *run)
{
    const struct piece *piece = deciding(run);
    int64_t begin_ns = piece ? piece->sent_ns : run->ready_ns;

    set_time(run, "accepted_ms", begin_ns, piece ? piece->accepted_ns : 0);
    set_time(run, "durable_ms", begin_ns, piece ? piece->durable_ns : 0);
    set_time(run, "found_ms", begin_ns, atomic_load(&run->found_ns));
    set_time(run, "recorded_ms", begin_ns, atomic_load(&run->recorded_ns));
    set_time(run, "announced_ms", begin_ns, atomic_load(&run->announced_ns));
}

/* State of the message of this id, or NULL. */
static const char *state_of(const json_t *messages, const char *id)
{
    const json_t *message;
    size_t index;

    json_array_foreach(messages, index, message)
    {
        const char *own = json_string_value(json_object_get(message, "id"));

        if (own && strcmp(own, id) == 0)
            return json_string_value(json_object_get(message, "state"));
    }
    return NULL;
}

static bool has_confirmed(const struct run *run, const char *name)
{
    json_t *messages = NULL;
    const char *state;
    bool confirmed = false;

    if (davy_notify_messages_json(run->item->parts->notify, name, MESSAGES, &messages) == DAVY_OK) {
        state = state_of(messages, run->receivers_id);
        confirmed = state && strcmp(state, "confirmed") == 0;
    }
    json_decref(messages);
    return confirmed;
}

static json_t *await_receiver(struct run *run, const char *name, int64_t sent_ns)
{
    const struct timespec pause = {0, 4 * LOOK_NS};
    const davy_clock *clock = run->item->parts->clock;
    bool confirmed = has_confirmed(run, name);

    while (!confirmed && !atomic_load(run->item->stopping) &&
           davy_monotonic_ns(clock) - sent_ns < CONFIRMED_MAX_NS) {
        (void) nanosleep(&pause, NULL);
        confirmed = has_confirmed(run, name);
    }
    if (!confirmed && !run->why[0])
        (void) snprintf(run->why, sizeof run->why, "receiver '%s' has not confirmed within %lld s",
                        name, (long long) (CONFIRMED_MAX_NS / DAVY_NS_PER_S));
    return json_pack("{s:s, s:s, s:o}", "name", name, "state", confirmed ? "confirmed" : "waiting",
                     "confirmed_ms",
                     confirmed ? json_real((double) (davy_monotonic_ns(clock) - sent_ns) * 1e-6)
                               : json_null());
}

struct drill {
    struct run *run;
    json_t *names;
};

static davy_status ask_routes(void *context, const davy_alarm *alarm)
{
    struct drill *drill = context;
    struct run *run = drill->run;

    return davy_notify_drill(run->item->parts->notify, alarm, "raised", run->item->notify,
                             run->receivers_id, &drill->names);
}

static void tell_receivers(struct run *run)
{
    struct drill drill = {run, NULL};
    int64_t sent_ns = davy_monotonic_ns(run->item->parts->clock);
    json_t *receivers = json_array();
    const json_t *name;
    size_t index;

    if (davy_alarms_visit(run->alarms, DAVY_ALARMS_ACTIVE, ask_routes, &drill) != DAVY_OK)
        fail(run, "no message");
    json_array_foreach(drill.names, index, name)
    {
        const char *text = json_string_value(name);

        (void) json_array_append_new(
            receivers, run->item->notify ? await_receiver(run, text, sent_ns)
                                         : json_pack("{s:s, s:s, s:n}", "name", text, "state",
                                                     "not told", "confirmed_ms"));
    }
    json_decref(drill.names);
    set(run, "receivers", receivers);
}

/* The alarm of a test ends with it. */
static void end_alarm(struct run *run)
{
    davy_finding end = {.time_ns = davy_wall_ns(run->item->parts->clock),
                        .value = NAN,
                        .limit = NAN,
                        .proof = true,
                        .text = DAVY_PROOF_WORDS "the test is over"};

    if (davy_alarms_take(run->alarms, &end, 1) != DAVY_OK)
        fail(run, "the end of the test's alarm is not recorded");
}

struct standing {
    const char *key;
    davy_alarm_state state;
};

static davy_status find_state(void *context, const davy_alarm *alarm)
{
    struct standing *standing = context;

    if (strcmp(alarm->key, standing->key) == 0)
        standing->state = alarm->state;
    return DAVY_OK;
}

/* One that is shelved, suppressed or out of service would be told to nobody. */
static void tell_state(struct run *run)
{
    struct standing standing = {run->item->condition->key, DAVY_ALARM_NORMAL};

    if (davy_alarms_visit(run->item->parts->alarms, DAVY_ALARMS_STANDING, find_state, &standing) ==
        DAVY_OK)
        set(run, "alarm_state", json_string(davy_alarm_state_name(standing.state)));
}

static void check_records(struct run *run)
{
    if (!wait_for(run, &run->announced_ns) && !run->why[0])
        (void) snprintf(run->why, sizeof run->why, "the alarm was not announced");
    else if (atomic_load(&run->recorded_ns) == 0 && !run->why[0])
        (void) snprintf(run->why, sizeof run->why, "the alarm was announced and is not recorded");
}

static void prove(struct run *run)
{
    if (make_proof(run) != DAVY_OK || make_alarm(run) != DAVY_OK) {
        fail(run, "");
        return;
    }
    expose(run);
    if (atomic_load(&run->found_ns) == 0)
        return;
    check_records(run);
    set(run, "text", json_string(run->finding.text));
    set(run, "value", isfinite(run->finding.value) ? json_real(run->finding.value) : json_null());
    set(run, "model", run->finding.model[0] ? json_string(run->finding.model) : json_null());
    tell_receivers(run);
    end_alarm(run);
}

davy_status davy_prooftest_prove(const davy_prooftest_item *item, json_t **result)
{
    struct run run = {.item = item};

    run.result = json_pack("{s:s}", "condition", item->condition->key);
    if (!run.result)
        return davy_fail(DAVY_ERR_NOMEM, "proof of '%s'", item->condition->key);
    tell_state(&run);
    prove(&run);
    tell_times(&run);
    set(&run, "outcome", json_string(run.why[0] ? "failed" : "passed"));
    set(&run, "why", run.why[0] ? json_string(run.why) : json_null());
    davy_alarms_close(run.alarms);
    davy_proof_destroy(run.proof);
    free(run.pieces);
    if (run.kept == DAVY_ERR_FULL) {
        json_decref(run.result);
        return davy_fail(DAVY_ERR_FULL, "%s", run.why);
    }
    *result = run.result;
    return DAVY_OK;
}
