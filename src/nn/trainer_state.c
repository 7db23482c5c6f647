/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/trainer.h"

#include "core/file.h"
#include "nn/checkpoint.h"
#include "nn/trainer_private.h"

#include <assert.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

/* Longest text of a checkpoint, and what its head and the gaps between blocks take at most. */
#define ABOUT_MAX ((size_t) 64 << 20)
#define HEAD_MAX  ((size_t) 16 << 10)

/*
 * What must be the same for a training to go on, a line each: options, operators, parameters.
 * Frozen numbers are not in a checkpoint, so their checksums are.
 */

static void tell_options(const davy_trainer *trainer, davy_buffer *text)
{
    const davy_optimiser_options *o = davy_optimiser_used(trainer->optimiser);
    const davy_schedule *s = &trainer->options.schedule;
    const struct {
        const char *name;
        double value;
    } numbers[] = {
        {"rate", (double) o->rate},
        {"beta1", (double) o->beta1},
        {"beta2", (double) o->beta2},
        {"epsilon", (double) o->epsilon},
        {"momentum", (double) o->momentum},
        {"l1", (double) o->l1},
        {"l2", (double) o->l2},
        {"decay", (double) o->decay},
        {"clip", (double) o->clip},
        {"average", (double) trainer->options.average},
        {"bf16", (double) trainer->options.bf16},
        {"schedule gamma", s->gamma},
        {"schedule low", s->low},
    };

    davy_buffer_printf(text, "optimiser %s\n", davy_optimiser_name(o->kind));
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(numbers); i++)
        davy_buffer_printf(text, "%s %.9g\n", numbers[i].name, numbers[i].value);
    davy_buffer_printf(text, "seed %" PRIu64 "\nschedule %s %" PRIu64 " %" PRIu64 " %" PRIu64 "\n",
                       trainer->options.seed, davy_schedule_name(s->kind), s->steps, s->warmup,
                       s->every);
}

static void tell_value(const davy_trainer *trainer, size_t i, davy_buffer *text)
{
    const davy_edge *edge = &trainer->graph->values[i];
    const davy_role before = trainer->roles[i];
    char shape[DAVY_TENSOR_TEXT_MAX];

    if (before != DAVY_ROLE_PARAMETER && before != DAVY_ROLE_STATISTIC)
        return;
    davy_buffer_printf(text, "%s '%s' %s",
                       edge->role == DAVY_ROLE_CONSTANT ? "frozen"
                       : before == DAVY_ROLE_PARAMETER  ? "parameter"
                                                        : "statistic",
                       edge->name, davy_tensor_text(&edge->tensor, shape));
    if (edge->role == DAVY_ROLE_CONSTANT)
        davy_buffer_printf(text, " %016" PRIx64,
                           davy_checksum(edge->tensor.data, davy_tensor_bytes(&edge->tensor)));
    davy_buffer_append_text(text, "\n");
}

static davy_status tell(const davy_trainer *trainer, const char *about, davy_buffer *text)
{
    davy_buffer_append_text(text, about);
    tell_options(trainer, text);
    for (size_t i = 0; i < trainer->graph->node_count; i++)
        davy_buffer_printf(text, "operator %s\n", trainer->graph->nodes[i].op->name);
    for (size_t i = 0; i < trainer->role_count; i++)
        tell_value(trainer, i, text);
    return davy_buffer_ok(text);
}

/* The first line that differs. */
static davy_status compare_texts(const char *theirs, size_t length, const davy_buffer *ours)
{
    size_t start = 0, at = 0;

    while (at < length && at < ours->length && theirs[at] == ours->bytes[at])
        if (ours->bytes[at++] == '\n')
            start = at;
    if (at == length && at == ours->length)
        return DAVY_OK;
    return davy_fail(DAVY_ERR_INVALID,
                     "it is of another training: '%.*s' where this one has '%.*s'",
                     (int) strcspn(theirs + start, "\n"), theirs + start,
                     (int) strcspn(ours->bytes + start, "\n"), ours->bytes + start);
}

/* Blocks of floats that a checkpoint has of a trainer. */
struct list {
    const char *name;
    float *numbers;
    size_t count;
    bool positive; /* its root will be taken */
};

#define LIST_MAX ((size_t) 5)

static size_t list_numbers(davy_trainer *trainer, struct list list[LIST_MAX])
{
    const size_t count = trainer->weights.count;
    const struct list all[LIST_MAX] = {
        {"weights", trainer->weights.data, count, false},
        {"statistics", trainer->statistics.data, trainer->statistics.count, false},
        {"moment", davy_optimiser_moment(trainer->optimiser), count, false},
        {"square", davy_optimiser_square(trainer->optimiser), count, true},
        {"average", trainer->average, count, false},
    };
    size_t used = 0;

    for (size_t i = 0; i < LIST_MAX; i++)
        if (all[i].numbers)
            list[used++] = all[i];
    return used;
}

struct counters {
    uint64_t steps, runs;
};

static davy_block block_of(const char *name, const void *bytes, size_t length)
{
    davy_block block = {.bytes = bytes, .length = length};

    memcpy(block.name, name, strlen(name));
    return block;
}

static size_t kept_count(const davy_trainer *trainer)
{
    return trainer->weights.count + trainer->statistics.count;
}

/* A model that is not finite is never saved: no step makes one, and this is the last look. */
static davy_status check_finite(davy_trainer *trainer)
{
    struct list list[LIST_MAX];
    const size_t count = list_numbers(trainer, list);
    const char *sick = davy_vector_sick(&trainer->weights, trainer->graph, trainer->weights.data);

    if (sick)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not finite and is not saved", sick);
    for (size_t i = 0; i < count; i++)
        if (!davy_all_finite(list[i].numbers, list[i].count))
            return davy_fail(DAVY_ERR_INVALID, "'%s' is not finite and is not saved", list[i].name);
    return DAVY_OK;
}

static davy_status write_file(davy_trainer *trainer, const char *path, const davy_buffer *text,
                              const void *extra, size_t extra_size)
{
    const struct counters counters = {.steps = trainer->steps, .runs = trainer->runs};
    davy_block blocks[LIST_MAX + 4];
    struct list list[LIST_MAX];
    const size_t lists = list_numbers(trainer, list);
    size_t count = 0;

    blocks[count++] = block_of("about", text->bytes, text->length);
    blocks[count++] = block_of("counters", &counters, sizeof counters);
    blocks[count++] = block_of("extra", extra_size ? extra : "", extra_size);
    for (size_t i = 0; i < lists; i++)
        blocks[count++] = block_of(list[i].name, list[i].numbers, list[i].count * sizeof(float));
    if (trainer->kept)
        blocks[count++] = block_of("kept", trainer->kept, kept_count(trainer) * sizeof(float));
    return davy_checkpoint_write(path, blocks, count);
}

davy_status davy_trainer_save(davy_trainer *trainer, const char *path, const char *about,
                              const void *extra, size_t extra_size)
{
    davy_buffer text = {0};
    davy_status status = davy_trainer_ready(trainer);

    assert(extra_size <= DAVY_TRAINER_EXTRA_MAX);
    if (status == DAVY_OK && trainer->begun)
        status = davy_fail(DAVY_ERR_INVALID, "a step that has begun cannot be saved");
    if (status == DAVY_OK)
        status = check_finite(trainer);
    if (status == DAVY_OK)
        status = tell(trainer, about, &text);
    if (status == DAVY_OK)
        status = write_file(trainer, path, &text, extra, extra_size);
    davy_buffer_clear(&text);
    return status;
}

/* Most bytes that a checkpoint of this trainer can have. */
static size_t size_limit(davy_trainer *trainer)
{
    struct list list[LIST_MAX];
    const size_t lists = list_numbers(trainer, list);
    size_t limit =
        HEAD_MAX + ABOUT_MAX + DAVY_TRAINER_EXTRA_MAX + kept_count(trainer) * sizeof(float);

    for (size_t i = 0; i < lists; i++)
        limit += list[i].count * sizeof(float);
    return limit;
}

/* A block of as many bytes as it must have. */
static davy_status expect(const davy_checkpoint *checkpoint, const char *name, size_t length,
                          const void **bytes)
{
    const davy_block *block = davy_checkpoint_find(checkpoint, name);

    if (!block || block->length != length)
        return davy_fail(DAVY_ERR_CORRUPT, "it has no '%s' of %zu bytes", name, length);
    *bytes = block->bytes;
    return DAVY_OK;
}

static bool any_negative(const float *numbers, size_t count)
{
    for (size_t i = 0; i < count; i++)
        if (numbers[i] < 0.0F)
            return true;
    return false;
}

/* A block of finite numbers. */
static davy_status expect_numbers(const davy_checkpoint *checkpoint, const struct list *list)
{
    const void *bytes;
    davy_status status = expect(checkpoint, list->name, list->count * sizeof(float), &bytes);

    if (status == DAVY_OK && !davy_all_finite(bytes, list->count))
        status = davy_fail(DAVY_ERR_CORRUPT, "'%s' is not finite", list->name);
    if (status == DAVY_OK && list->positive && any_negative(bytes, list->count))
        status = davy_fail(DAVY_ERR_CORRUPT, "a number of '%s' is negative", list->name);
    return status;
}

/* Everything that could be wrong, before anything is changed. */
static davy_status check_file(const davy_trainer *trainer, const davy_checkpoint *checkpoint,
                              const davy_buffer *ours, const struct list *list, size_t lists)
{
    const davy_block *about = davy_checkpoint_find(checkpoint, "about");
    const struct list kept = {.name = "kept", .count = kept_count(trainer)};
    const void *bytes;
    davy_status status = expect(checkpoint, "counters", sizeof(struct counters), &bytes);

    if (status == DAVY_OK && (!about || !davy_checkpoint_find(checkpoint, "extra")))
        status = davy_fail(DAVY_ERR_CORRUPT, "it does not say what it is of");
    if (status == DAVY_OK)
        status = compare_texts(about->bytes, about->length, ours);
    for (size_t i = 0; status == DAVY_OK && i < lists; i++)
        status = expect_numbers(checkpoint, &list[i]);
    if (status == DAVY_OK && davy_checkpoint_find(checkpoint, "kept"))
        status = expect_numbers(checkpoint, &kept);
    return status;
}

/* Room for what may fail, before anything is changed. */
static davy_status make_room(davy_trainer *trainer, const davy_checkpoint *checkpoint,
                             davy_buffer *extra)
{
    const davy_block *theirs = davy_checkpoint_find(checkpoint, "extra");

    if (extra)
        davy_buffer_append(extra, theirs->bytes, theirs->length);
    if (extra && davy_buffer_ok(extra) != DAVY_OK)
        return davy_fail(DAVY_ERR_NOMEM, "what the checkpoint has besides");
    if (davy_checkpoint_find(checkpoint, "kept") && !trainer->kept)
        return davy_trainer_keep(trainer);
    return DAVY_OK;
}

static void take_over(davy_trainer *trainer, const davy_checkpoint *checkpoint,
                      const struct list *list, size_t lists)
{
    const davy_block *kept = davy_checkpoint_find(checkpoint, "kept");
    struct counters counters;

    davy_trainer_drop(trainer);
    memcpy(&counters, davy_checkpoint_find(checkpoint, "counters")->bytes, sizeof counters);
    trainer->steps = counters.steps;
    trainer->runs = counters.runs;
    for (size_t i = 0; i < lists; i++) {
        const davy_block *block = davy_checkpoint_find(checkpoint, list[i].name);

        memcpy(list[i].numbers, block->bytes, block->length);
    }
    if (kept) {
        memcpy(trainer->kept, kept->bytes, kept->length);
    } else {
        free(trainer->kept);
        trainer->kept = NULL;
    }
    davy_optimiser_changed(trainer->optimiser);
}

davy_status davy_trainer_load(davy_trainer *trainer, const char *path, const char *about,
                              davy_buffer *extra)
{
    davy_checkpoint checkpoint = {.count = 0};
    davy_buffer text = {0};
    struct list list[LIST_MAX];
    const size_t lists = list_numbers(trainer, list);
    davy_status status = davy_trainer_ready(trainer);

    if (status == DAVY_OK)
        status = tell(trainer, about, &text);
    if (status == DAVY_OK)
        status = davy_checkpoint_read(path, size_limit(trainer), &checkpoint);
    if (status == DAVY_OK) {
        status = check_file(trainer, &checkpoint, &text, list, lists);
        if (status == DAVY_OK)
            status = make_room(trainer, &checkpoint, extra);
        if (status != DAVY_OK)
            davy_fail_in(status, "'%s'", path);
    }
    if (status == DAVY_OK)
        take_over(trainer, &checkpoint, list, lists);
    davy_checkpoint_clear(&checkpoint);
    davy_buffer_clear(&text);
    return status;
}
