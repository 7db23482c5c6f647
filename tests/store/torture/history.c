/* SPDX-License-Identifier: Apache-2.0 */
#include "history_private.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* A deed's own row of random numbers. Source: Steele, Lea, Flood, "Fast splittable pseudorandom
 * number generators", OOPSLA 2014 (SplitMix64). */
static uint64_t next(uint64_t *state)
{
    uint64_t z = *state += 0x9e3779b97f4a7c15ULL;

    z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9ULL;
    z = (z ^ z >> 27) * 0x94d049bb133111ebULL;
    return z ^ z >> 31;
}

static uint64_t below(uint64_t *state, uint64_t bound)
{
    return next(state) % bound;
}

/* What plants send, and now and then what is hard to keep. */
static double value_of(uint64_t *state)
{
    switch (below(state, 30)) {
    case 0:
        return -0.0;
    case 1:
        return (double) below(state, 1000) / 3;
    case 2:
        return below(state, 20) == 0 ? NAN : 7;
    default:
        return (double) below(state, 500) / 10;
    }
}

/* Later deeds know more signals. */
static uint32_t signals_of(uint32_t number)
{
    uint32_t known = 2 + number / 12;

    return known < HISTORY_SIGNALS ? known : HISTORY_SIGNALS;
}

static void make_samples(history_deed *deed, uint32_t number, uint64_t *state)
{
    bool is_late = below(state, 4) == 0, is_long = below(state, 12) == 0;
    uint32_t front = number * 40 % HISTORY_PLACES, signals = signals_of(number);

    deed->count = 1 + (uint32_t) below(state, is_long ? HISTORY_SAMPLES : 40);
    for (uint32_t i = 0; i < deed->count; i++) {
        history_sample *sample = &deed->samples[i];

        sample->signal = (uint32_t) below(state, signals);
        sample->place = is_late ? (uint32_t) below(state, HISTORY_PLACES)
                                : (front + i / signals) % HISTORY_PLACES;
        sample->value = value_of(state);
        sample->quality = below(state, 15) == 0 ? (uint8_t) below(state, 3) : 0;
    }
}

void history_make_deed(const history *of, uint32_t number, history_deed *deed)
{
    uint64_t state = of->seed * 0x2545f4914f6cdd1dULL + number;
    uint64_t kind = below(&state, 16);

    deed->kind = kind < 10   ? HISTORY_SAMPLES_KEPT
                 : kind < 12 ? HISTORY_RECORD
                 : kind < 14 ? HISTORY_SEAL
                 : kind < 15 ? HISTORY_ROLL_UP
                             : HISTORY_AGAIN;
    deed->count = 0;
    if (deed->kind == HISTORY_SAMPLES_KEPT)
        make_samples(deed, number, &state);
}

davy_status history_open(history_life *life)
{
    char path[160];
    davy_status status;

    (void) snprintf(path, sizeof path, "%s/records.db", life->of->folder);
    status = davy_store_open(life->of->folder, NULL, &life->store);
    if (status == DAVY_OK)
        status = davy_records_open(path, &life->records);
    if (status != DAVY_OK)
        history_close(life);
    return status;
}

void history_close(history_life *life)
{
    davy_records_close(life->records);
    davy_store_close(life->store);
    life->records = NULL;
    life->store = NULL;
}

static davy_status name_signals(davy_store *store, const history_deed *deed,
                                davy_signal_id ids[HISTORY_SIGNALS + 1])
{
    bool is_used[HISTORY_SIGNALS + 1] = {[HISTORY_SIGNALS] = true}; /* the mark */
    davy_status status = DAVY_OK;

    for (uint32_t i = 0; i < deed->count; i++)
        is_used[deed->samples[i].signal] = true;
    for (uint32_t i = 0; i <= HISTORY_SIGNALS && status == DAVY_OK; i++) {
        char path[16];

        history_path(i, path);
        if (is_used[i])
            status = davy_store_signal(store, path, "bar", &ids[i]);
    }
    return status;
}

static davy_status keep_samples(history_life *life, const history_deed *deed, uint32_t number)
{
    static davy_sample samples[HISTORY_SAMPLES + 1];
    davy_signal_id ids[HISTORY_SIGNALS + 1] = {0};
    davy_status status = name_signals(life->store, deed, ids);

    if (status != DAVY_OK)
        return status;
    for (uint32_t i = 0; i < deed->count; i++)
        samples[i] = (davy_sample){history_time(deed->samples[i].place), deed->samples[i].value,
                                   ids[deed->samples[i].signal], deed->samples[i].quality};
    samples[deed->count] =
        (davy_sample){history_time(number), number, ids[HISTORY_SIGNALS], DAVY_QUALITY_GOOD};
    return davy_store_append(life->store, samples, deed->count + 1);
}

static davy_status keep_record(history_life *life, uint32_t number)
{
    char body[32];
    davy_record record = {.time_ns = history_time(number),
                          .kind = DAVY_RECORD_ALARM,
                          .subject = "pump",
                          .body = body};

    (void) snprintf(body, sizeof body, "{\"deed\":%u}", number);
    return davy_records_append(life->records, &record, 1);
}

static void note(history *of, uint32_t number, history_answer before, davy_status status)
{
    history_answer answer = status == DAVY_OK                                    ? HISTORY_KEPT
                            : status == DAVY_ERR_IO || before == HISTORY_UNKNOWN ? HISTORY_UNKNOWN
                                                                                 : HISTORY_REFUSED;

    of->answers[number] = (uint8_t) answer;
    if (of->told)
        of->told(of->context, number, answer);
}

davy_status history_do(history_life *life, uint32_t number)
{
    static history_deed deed;
    history_answer before = (history_answer) life->of->answers[number];
    davy_status status;

    history_make_deed(life->of, number, &deed);
    switch (deed.kind) {
    case HISTORY_SEAL:
        status = davy_store_seal(life->store);
        return status == DAVY_OK && number % 2 == 0 ? davy_store_compact(life->store) : status;
    case HISTORY_ROLL_UP:
        return davy_store_roll_up(life->store, history_time(HISTORY_PLACES));
    case HISTORY_AGAIN:
        history_close(life);
        return history_open(life);
    default:
        /* Whoever dies from here on has not been told. */
        life->of->answers[number] = HISTORY_UNKNOWN;
        status = deed.kind == HISTORY_RECORD ? keep_record(life, number)
                                             : keep_samples(life, &deed, number);
        note(life->of, number, before, status);
        return status;
    }
}

/* A failed sync of the log is final: what is acknowledged before the store was opened again is a
 * lie. Told by the sentence, for what the store says of itself may be the error. */
static void try_after_failure(history_life *life)
{
    const char *why = davy_error();
    davy_sample sample = {history_time(HISTORY_DEEDS_MAX + 1), HISTORY_DEEDS_MAX + 1, 0,
                          DAVY_QUALITY_GOOD};

    if (!strstr(why, "cannot sync") || !strstr(why, "/hot/") ||
        davy_store_find(life->store, "mark", &sample.signal) != DAVY_OK)
        return;
    if (davy_store_append(life->store, &sample, 1) == DAVY_OK)
        life->of->answered_after_failure = true;
}

/* Samples may be sent again whatever became of them; a record would be there twice. */
static bool may_be_sent_again(const history *of, uint32_t number)
{
    static history_deed deed;

    history_make_deed(of, number, &deed);
    return deed.kind != HISTORY_RECORD || of->answers[number] == HISTORY_REFUSED;
}

/* @return false: it did not become better */
static bool open_again(history_life *life)
{
    history_close(life);
    for (int attempt = 0; attempt < HISTORY_ATTEMPTS; attempt++)
        if (history_open(life) == DAVY_OK)
            return true;
    return false;
}

void history_live(history *of, uint32_t first, uint32_t last)
{
    history_life life = {.of = of};
    int attempts = 0;

    if (!open_again(&life))
        return;
    for (uint32_t number = first; number <= last; number++) {
        davy_status status = history_do(&life, number);

        if (status == DAVY_OK) {
            attempts = 0;
            continue;
        }
        if (life.store && status == DAVY_ERR_IO)
            try_after_failure(&life);
        if (++attempts > HISTORY_ATTEMPTS || !open_again(&life))
            break;
        if (may_be_sent_again(of, number))
            number--;
    }
    history_close(&life);
}
