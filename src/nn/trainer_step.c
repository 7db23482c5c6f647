/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/trainer.h"

#include "nn/trainer_private.h"

#include <inttypes.h>
#include <math.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

/* Numbers of a batch that one thread looks at, at a time. */
#define LOOK_CHUNK ((size_t) 1 << 16)

/* What a failed step says after its number. */
#define HELP "the weights stay as they were; a lower learning rate or clipping may help"

/* Whether all numbers of an input are finite. */

struct look {
    const float *numbers;
    size_t count;
    atomic_bool sick;
};

static void look_at_chunk(void *context, size_t chunk, size_t worker)
{
    struct look *look = context;
    const size_t from = chunk * LOOK_CHUNK, rest = look->count - from;

    (void) worker;
    if (!davy_all_finite(look->numbers + from, rest < LOOK_CHUNK ? rest : LOOK_CHUNK))
        atomic_store_explicit(&look->sick, true, memory_order_relaxed);
}

static davy_status check_inputs(const davy_trainer *trainer, const davy_tensor *inputs)
{
    for (size_t i = 0; i < trainer->graph->input_count; i++) {
        struct look look = {.numbers = inputs[i].data};

        if (inputs[i].type != DAVY_TYPE_F32)
            continue;
        look.count = (size_t) davy_tensor_count(&inputs[i]);
        davy_pool_run(trainer->pool, (look.count + LOOK_CHUNK - 1) / LOOK_CHUNK, look_at_chunk,
                      &look);
        if (atomic_load_explicit(&look.sick, memory_order_relaxed))
            return davy_fail(DAVY_ERR_INVALID, "input '%s' holds a number that is not finite",
                             trainer->graph->values[trainer->graph->inputs[i]].name);
    }
    return DAVY_OK;
}

/* Plans: one for each set of shapes, in training or not. */

static bool fits(const davy_trainer *trainer, const davy_trainer_plan *plan,
                 const davy_tensor *inputs, bool training)
{
    if (!plan->plan || plan->training != training)
        return false;
    for (size_t i = 0; i < trainer->graph->input_count; i++)
        if (plan->shapes[i].type != inputs[i].type ||
            !davy_tensor_same_shape(&plan->shapes[i], &inputs[i]))
            return false;
    return true;
}

/* The plan that fits, else a place for it: free, or that of the plan used longest ago. */
static davy_trainer_plan *find_place(davy_trainer *trainer, const davy_tensor *inputs,
                                     bool training)
{
    davy_trainer_plan *place = &trainer->plans[0];

    for (size_t i = 0; i < DAVY_TRAINER_PLANS_MAX; i++) {
        davy_trainer_plan *plan = &trainer->plans[i];

        if (fits(trainer, plan, inputs, training))
            return plan;
        if (place->plan && (!plan->plan || plan->used < place->used))
            place = plan;
    }
    return place;
}

static void clear_place(davy_trainer *trainer, davy_trainer_plan *place)
{
    if (trainer->last == place)
        trainer->last = NULL;
    davy_runner_destroy(place->runner);
    davy_plan_destroy(place->plan);
    /* NOLINTNEXTLINE(clang-analyzer-unix.Malloc): it takes two places in bind_all() for one */
    free(place->shapes);
    *place = (davy_trainer_plan){.plan = NULL};
}

/* Where the arena lies may have changed with its size. */
static davy_status bind_all(davy_trainer *trainer, size_t bytes)
{
    void *arena = davy_memory_reserve(&trainer->arena, bytes);

    if (!arena) {
        for (size_t i = 0; i < DAVY_TRAINER_PLANS_MAX; i++)
            clear_place(trainer, &trainer->plans[i]); /* they are bound to what is gone */
        return davy_fail(DAVY_ERR_NOMEM, "a batch of '%s' takes %zu bytes", trainer->graph->name,
                         bytes);
    }
    for (size_t i = 0; i < DAVY_TRAINER_PLANS_MAX; i++)
        if (trainer->plans[i].runner)
            davy_runner_bind(trainer->plans[i].runner, arena, trainer->diff.data);
    return DAVY_OK;
}

static davy_status make_plan(davy_trainer *trainer, const davy_tensor *inputs, bool training,
                             davy_trainer_plan *place)
{
    const size_t count = trainer->graph->input_count;
    const davy_plan_options options = {.env = {.kernels = davy_kernels_best(),
                                               .training = training,
                                               .bf16 = trainer->options.bf16,
                                               .threads = davy_pool_threads(trainer->pool),
                                               .memory_max = trainer->options.memory_max},
                                       .loss = trainer->loss,
                                       .changing = true};
    davy_status status;

    place->training = training;
    place->shapes = calloc(count + 1, sizeof *place->shapes);
    if (!place->shapes)
        return davy_fail(DAVY_ERR_NOMEM, "a plan of '%s'", trainer->graph->name);
    if (count)
        memcpy(place->shapes, inputs, count * sizeof *inputs);
    status = davy_plan_create(trainer->graph, inputs, &options, &place->plan);
    if (status == DAVY_OK)
        status = davy_runner_create(place->plan, trainer->pool, &place->runner);
    if (status == DAVY_OK)
        status = bind_all(trainer, place->plan->arena_bytes);
    return status;
}

/* A runner for these inputs, ready to go forward. */
static davy_status choose(davy_trainer *trainer, const davy_tensor *inputs, bool training,
                          davy_runner **out)
{
    davy_trainer_plan *place = find_place(trainer, inputs, training);

    if (!fits(trainer, place, inputs, training)) {
        davy_status status;

        clear_place(trainer, place);
        status = make_plan(trainer, inputs, training, place);
        if (status != DAVY_OK) {
            clear_place(trainer, place);
            return status;
        }
    }
    place->used = ++trainer->clock;
    trainer->last = place;
    *out = place->runner;
    return DAVY_OK;
}

/* Forward, and the loss, which is finite. */
static davy_status forward(davy_trainer *trainer, davy_runner *runner, const davy_tensor *inputs,
                           float *loss)
{
    davy_status status = check_inputs(trainer, inputs);
    float value;

    if (status == DAVY_OK)
        status = davy_runner_forward(runner, inputs);
    if (status != DAVY_OK)
        return status;
    value = *davy_f32(davy_runner_value(runner, trainer->loss));
    if (!isfinite(value))
        return davy_fail(DAVY_ERR_INVALID, "the loss is %g", (double) value);
    if (loss)
        *loss = value;
    return DAVY_OK;
}

/* Batches that count as one step. */

static float *floats(const davy_memory *memory)
{
    return memory->data;
}

static void begin(davy_trainer *trainer)
{
    if (trainer->begun)
        return;
    trainer->begun = true;
    trainer->batches = 0;
    trainer->samples = 0.0;
    trainer->runs_before = trainer->runs;
    memcpy(trainer->statistics_before, trainer->statistics.data,
           trainer->statistics.count * sizeof(float));
}

void davy_trainer_drop(davy_trainer *trainer)
{
    if (!trainer->begun)
        return;
    trainer->begun = false;
    trainer->batches = 0;
    trainer->runs = trainer->runs_before;
    memcpy(trainer->statistics.data, trainer->statistics_before,
           trainer->statistics.count * sizeof(float));
}

/* The step under way has failed; say which it is. */
static davy_status fail_step(davy_trainer *trainer, davy_status status)
{
    davy_trainer_drop(trainer);
    return davy_fail_in(status, "step %" PRIu64 " of '%s'", trainer->steps + 1,
                        trainer->graph->name);
}

/* The second batch of a step: the gradient of the first moves on, times its samples. */
static davy_status carry_over(davy_trainer *trainer)
{
    const size_t count = trainer->weights.count;

    if (trainer->batches != 1)
        return DAVY_OK;
    if (!davy_memory_reserve(&trainer->total, count * sizeof(float)))
        return davy_fail(DAVY_ERR_NOMEM, "gradients of more than one batch");
    davy_kernels_best()->scale(count, (float) trainer->samples, floats(&trainer->diff),
                               floats(&trainer->total));
    return DAVY_OK;
}

static void count_batch(davy_trainer *trainer, const davy_tensor *inputs)
{
    const bool many = trainer->graph->input_count > 0 && inputs[0].rank > 0;
    const int64_t samples = many ? inputs[0].dims[0] : 1;

    if (trainer->batches > 0)
        davy_kernels_best()->axpy(trainer->weights.count, (float) samples, floats(&trainer->diff),
                                  floats(&trainer->total));
    trainer->batches++;
    trainer->samples += (double) samples;
    trainer->runs++;
}

/* Forward and back; the gradient is in `diff`. */
static davy_status run(davy_trainer *trainer, const davy_tensor *inputs, float *loss)
{
    davy_runner *runner;
    const char *sick;
    davy_status status = choose(trainer, inputs, true, &runner);

    if (status == DAVY_OK)
        status = carry_over(trainer);
    if (status != DAVY_OK)
        return status;
    davy_runner_seed(runner, trainer->options.seed, trainer->runs);
    status = forward(trainer, runner, inputs, loss);
    if (status != DAVY_OK)
        return status;
    sick = davy_vector_sick(&trainer->statistics, trainer->graph, trainer->statistics.data);
    if (sick)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not finite; " HELP, sick);
    davy_runner_backward(runner, 1.0F);
    return DAVY_OK;
}

davy_status davy_trainer_accumulate(davy_trainer *trainer, const davy_tensor *inputs, float *loss)
{
    davy_status status = davy_trainer_ready(trainer);
    unsigned mode;

    if (status != DAVY_OK)
        return status;
    begin(trainer);
    mode = davy_denormals_flush();
    status = run(trainer, inputs, loss);
    davy_denormals_restore(mode);
    if (status != DAVY_OK)
        return fail_step(trainer, status);
    count_batch(trainer, inputs);
    return DAVY_OK;
}

/* The optimiser refused a gradient: by which parameter. */
static davy_status explain(const davy_trainer *trainer, davy_status status)
{
    const char *sick = davy_vector_sick(&trainer->weights, trainer->graph, floats(&trainer->diff));

    if (sick)
        return davy_fail(status, "the gradient of '%s' is not finite; " HELP, sick);
    sick = davy_vector_sick(&trainer->weights, trainer->graph, trainer->weights.data);
    return sick ? davy_fail_in(status, "'%s'", sick) : status;
}

static davy_status take_step(davy_trainer *trainer)
{
    const double past = (double) trainer->steps;
    const davy_kernels *kernels = davy_kernels_best();
    davy_optimiser_step step = {
        .kernels = kernels,
        .pool = trainer->pool,
        .w = trainer->weights.data,
        .d = floats(&trainer->diff),
        .rate = davy_trainer_rate(trainer),
        .t = trainer->steps + 1,
        .average = trainer->average,
        .keep = (float) fmin((double) trainer->options.average, (1.0 + past) / (10.0 + past))};
    davy_status status;

    if (trainer->batches > 1)
        kernels->scale(trainer->weights.count, (float) (1.0 / trainer->samples),
                       floats(&trainer->total), floats(&trainer->diff));
    step.norm = davy_optimiser_norm(trainer->optimiser, kernels, trainer->pool, step.d);
    status = davy_optimiser_take(trainer->optimiser, &step);
    if (status == DAVY_OK)
        trainer->norm = (float) step.norm;
    return status;
}

davy_status davy_trainer_update(davy_trainer *trainer)
{
    davy_status status;
    unsigned mode;

    if (!trainer->begun)
        return DAVY_OK;
    mode = davy_denormals_flush();
    status = take_step(trainer);
    davy_denormals_restore(mode);
    if (status != DAVY_OK)
        return fail_step(trainer, explain(trainer, status));
    trainer->steps++;
    trainer->begun = false;
    return DAVY_OK;
}

davy_status davy_trainer_step(davy_trainer *trainer, const davy_tensor *inputs, float *loss)
{
    davy_status status = davy_trainer_accumulate(trainer, inputs, loss);

    return status == DAVY_OK ? davy_trainer_update(trainer) : status;
}

davy_status davy_trainer_evaluate(davy_trainer *trainer, const davy_tensor *inputs, float *loss)
{
    davy_runner *runner;
    davy_status status = choose(trainer, inputs, false, &runner);
    unsigned mode;

    if (status != DAVY_OK)
        return status;
    mode = davy_denormals_flush();
    status = forward(trainer, runner, inputs, loss);
    davy_denormals_restore(mode);
    return status;
}

const davy_tensor *davy_trainer_output(const davy_trainer *trainer, size_t i)
{
    static const davy_tensor none = {.type = DAVY_TYPE_NONE};

    if (!trainer->last || i >= trainer->graph->output_count)
        return &none;
    return davy_runner_value(trainer->last->runner, trainer->graph->outputs[i]);
}
