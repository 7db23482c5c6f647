/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/sequence_private.h"

#include "core/clock.h"
#include "core/file.h"

#include <stdlib.h>
#include <string.h>

static void sequence_free(davy_sequences *sequences, davy_sequence *sequence)
{
    const size_t states = sequences->info->config->sequencing.state_count;

    if (!sequence)
        return;
    davy_place_close(&sequence->place, sequences->served);
    for (size_t i = 0; sequence->states && i < states; i++)
        free(sequence->states[i].data);
    free(sequence->states);
    free(sequence->client);
    free(sequence->id);
    (void) pthread_cond_destroy(&sequence->turn);
    free(sequence);
}

davy_status davy_sequences_create(const davy_served *served, davy_pool *pool, davy_sequences **out)
{
    const davy_served_info *info = davy_served_describe(served);
    davy_sequences *sequences = calloc(1, sizeof *sequences);
    davy_status status;

    if (!sequences)
        return davy_fail(DAVY_ERR_NOMEM, "sequences of '%s'", info->name);
    sequences->served = served;
    sequences->info = info;
    sequences->pool = pool;
    sequences->clock = davy_clock_system();
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(sequences->table); i++)
        LIST_INIT(&sequences->table[i]);
    TAILQ_INIT(&sequences->by_use);
    (void) pthread_mutex_init(&sequences->lock, NULL);
    status = davy_sequence_check_states(sequences);
    if (status != DAVY_OK) {
        davy_sequences_destroy(sequences);
        return status;
    }
    *out = sequences;
    return DAVY_OK;
}

static struct davy_sequence_list *chain(davy_sequences *sequences, const char *client,
                                        const char *id)
{
    const uint64_t hash =
        davy_checksum(client, strlen(client)) * 31 + davy_checksum(id, strlen(id));

    return &sequences->table[hash % DAVY_ARRAY_LENGTH(sequences->table)];
}

/* Nobody finds it any more; the last who is in it frees it. */
static void forget(davy_sequences *sequences, davy_sequence *sequence)
{
    if (!sequence->ended) {
        sequence->ended = true;
        LIST_REMOVE(sequence, same);
        TAILQ_REMOVE(&sequences->by_use, sequence, use);
        sequences->count--;
    }
    if (sequence->users == 0)
        sequence_free(sequences, sequence);
}

void davy_sequences_destroy(davy_sequences *sequences)
{
    davy_sequence *first;

    if (!sequences)
        return;
    while ((first = TAILQ_FIRST(&sequences->by_use)))
        forget(sequences, first);
    (void) pthread_mutex_destroy(&sequences->lock);
    free(sequences);
}

size_t davy_sequences_count(davy_sequences *sequences)
{
    size_t count;

    (void) pthread_mutex_lock(&sequences->lock);
    count = sequences->count;
    (void) pthread_mutex_unlock(&sequences->lock);
    return count;
}

/* From the one that was used longest ago. */
static void end_idle(davy_sequences *sequences)
{
    const uint64_t idle_us = sequences->info->config->sequencing.idle_us;
    const int64_t idle_ns = (int64_t) (idle_us > 0 ? idle_us : DAVY_SEQUENCE_IDLE_US) * 1000;
    const int64_t now = davy_monotonic_ns(sequences->clock);
    davy_sequence *sequence = TAILQ_FIRST(&sequences->by_use);

    while (sequence && now - sequence->used_ns >= idle_ns) {
        davy_sequence *next = TAILQ_NEXT(sequence, use);

        if (sequence->users == 0)
            forget(sequences, sequence);
        sequence = next;
    }
}

static davy_sequence *find(davy_sequences *sequences, const char *client, const char *id)
{
    davy_sequence *sequence;

    LIST_FOREACH(sequence, chain(sequences, client, id), same)
    if (strcmp(sequence->client, client) == 0 && strcmp(sequence->id, id) == 0)
        return sequence;
    return NULL;
}

static davy_status begin(davy_sequences *sequences, const char *client, const char *id,
                         davy_sequence **out)
{
    davy_sequence *sequence;
    davy_status status = DAVY_OK;

    if (sequences->count >= sequences->most)
        return davy_fail(DAVY_ERR_FULL,
                         "model '%s': %zu sequences are open, which is all it keeps: end some",
                         sequences->info->name, sequences->count);
    sequence = calloc(1, sizeof *sequence);
    if (!sequence)
        return davy_fail(DAVY_ERR_NOMEM, "a sequence of '%s'", sequences->info->name);
    (void) pthread_cond_init(&sequence->turn, NULL);
    sequence->client = strdup(client);
    sequence->id = strdup(id);
    if (!sequence->client || !sequence->id)
        status = davy_fail(DAVY_ERR_NOMEM, "a sequence of '%s'", sequences->info->name);
    if (status == DAVY_OK && sequences->info->watcher)
        status = davy_place_open(&sequence->place, sequences->served, sequences->pool);
    if (status == DAVY_OK)
        status = davy_sequence_make_states(sequences->info, sequence);
    if (status != DAVY_OK) {
        sequence_free(sequences, sequence);
        return status;
    }
    LIST_INSERT_HEAD(chain(sequences, client, id), sequence, same);
    TAILQ_INSERT_TAIL(&sequences->by_use, sequence, use);
    sequence->used_ns = davy_monotonic_ns(sequences->clock);
    sequences->count++;
    *out = sequence;
    return DAVY_OK;
}

static davy_status find_or_begin(davy_sequences *sequences, const davy_infer_request *request,
                                 const char *client, davy_sequence **out)
{
    *out = find(sequences, client, request->sequence);
    if (*out)
        return DAVY_OK;
    if (request->sequence_start)
        return begin(sequences, client, request->sequence, out);
    return davy_fail(DAVY_ERR_INVALID,
                     "model '%s' does not know the sequence '%.100s': it ended, was idle for too "
                     "long, or began with another version. Begin it anew with sequence_start",
                     sequences->info->name, request->sequence);
}

/* Wait for one's turn, in the order of arrival. @return false when it ended meanwhile */
static bool take_turn(davy_sequences *sequences, davy_sequence *sequence)
{
    const uint64_t ticket = sequence->tickets++;

    sequence->users++;
    while (sequence->serving != ticket)
        (void) pthread_cond_wait(&sequence->turn, &sequences->lock);
    if (!sequence->ended)
        return true;
    sequence->serving++;
    sequence->users--;
    (void) pthread_cond_broadcast(&sequence->turn);
    if (sequence->users == 0)
        sequence_free(sequences, sequence);
    return false;
}

static void start_again(davy_sequence *sequence)
{
    if (sequence->place.instance)
        davy_instance_reset(sequence->place.instance);
    davy_sequence_clear_states(sequence);
}

davy_status davy_sequence_enter(davy_sequences *sequences, const davy_infer_request *request,
                                davy_sequence **out)
{
    const char *client = request->client ? request->client : "";
    davy_sequence *sequence = NULL;
    davy_status status;

    (void) pthread_mutex_lock(&sequences->lock);
    end_idle(sequences);
    do
        status = find_or_begin(sequences, request, client, &sequence);
    while (status == DAVY_OK && !take_turn(sequences, sequence));
    (void) pthread_mutex_unlock(&sequences->lock);
    if (status != DAVY_OK)
        return status;
    if (request->sequence_start)
        start_again(sequence);
    *out = sequence;
    return DAVY_OK;
}

void davy_sequence_leave(davy_sequences *sequences, davy_sequence *sequence, bool ends)
{
    (void) pthread_mutex_lock(&sequences->lock);
    sequence->users--;
    sequence->serving++;
    sequence->used_ns = davy_monotonic_ns(sequences->clock);
    (void) pthread_cond_broadcast(&sequence->turn);
    if (ends) {
        forget(sequences, sequence);
    } else {
        TAILQ_REMOVE(&sequences->by_use, sequence, use);
        TAILQ_INSERT_TAIL(&sequences->by_use, sequence, use);
    }
    (void) pthread_mutex_unlock(&sequences->lock);
}

davy_place *davy_sequence_place(davy_sequence *sequence)
{
    return sequence->place.instance ? &sequence->place : NULL;
}
