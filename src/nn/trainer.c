/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/trainer.h"

#include "nn/network.h"
#include "nn/trainer_private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static davy_status check_options(const davy_trainer_options *options)
{
    if (!(options->average >= 0.0F && options->average < 1.0F))
        return davy_fail(DAVY_ERR_INVALID, "an average that keeps %g of the past; 0 to below 1",
                         (double) options->average);
    return davy_schedule_check(&options->schedule);
}

static davy_status check_loss(davy_graph *graph, davy_value loss)
{
    const davy_tensor *tensor;
    davy_status status = davy_graph_status(graph);

    if (status != DAVY_OK)
        return status;
    if (loss >= graph->value_count || graph->values[loss].role != DAVY_ROLE_MADE)
        return davy_fail(DAVY_ERR_INVALID, "'%s' has no loss", graph->name);
    tensor = davy_graph_tensor(graph, loss);
    status = davy_graph_status(graph);
    if (status != DAVY_OK)
        return status;
    if (tensor->type != DAVY_TYPE_F32 || tensor->rank != 0)
        return davy_fail(DAVY_ERR_INVALID, "the loss of '%s' is not one number", graph->name);
    return davy_graph_status(graph);
}

/* Parameters and statistics that are learnt, each in one vector, and all of them finite. */
static davy_status gather(davy_trainer *trainer)
{
    davy_graph *graph = trainer->graph;
    const char *sick;
    davy_status status = davy_vector_gather(graph, DAVY_ROLE_PARAMETER, &trainer->weights);

    if (status == DAVY_OK)
        status = davy_vector_gather(graph, DAVY_ROLE_STATISTIC, &trainer->statistics);
    if (status != DAVY_OK)
        return status;
    if (trainer->weights.value_count == 0)
        return davy_fail(DAVY_ERR_INVALID, "'%s' has nothing to learn", graph->name);
    sick = davy_vector_sick(&trainer->weights, graph, trainer->weights.data);
    if (!sick)
        sick = davy_vector_sick(&trainer->statistics, graph, trainer->statistics.data);
    if (sick)
        return davy_fail(DAVY_ERR_INVALID, "'%s' of '%s' is not finite", sick, graph->name);
    return DAVY_OK;
}

static davy_status take_memory(davy_trainer *trainer)
{
    const size_t count = trainer->weights.count;
    bool enough;

    trainer->statistics_before = calloc(trainer->statistics.count + 1, sizeof(float));
    enough =
        trainer->statistics_before && davy_memory_reserve(&trainer->diff, count * sizeof(float));
    if (enough)
        memset(trainer->diff.data, 0, count * sizeof(float)); /* what no step writes stays 0 */
    if (enough && trainer->options.average > 0.0F) {
        trainer->average = malloc(count * sizeof(float));
        enough = trainer->average != NULL;
        if (enough)
            memcpy(trainer->average, trainer->weights.data, count * sizeof(float));
    }
    return enough ? DAVY_OK
                  : davy_fail(DAVY_ERR_NOMEM, "training %zu parameters", trainer->weights.count);
}

static davy_status set_up(davy_trainer *trainer)
{
    davy_graph *graph = trainer->graph;
    davy_status status;

    trainer->roles = calloc(graph->value_count + 1, sizeof *trainer->roles);
    if (!trainer->roles)
        return davy_fail(DAVY_ERR_NOMEM, "a trainer of '%s'", graph->name);
    status = davy_graph_freeze(graph, trainer->options.frozen, trainer->options.frozen_count,
                               trainer->roles);
    if (status != DAVY_OK)
        return status;
    trainer->role_count = graph->value_count;
    status = gather(trainer);
    if (status == DAVY_OK)
        status = davy_optimiser_create(&trainer->options.optimiser, trainer->weights.count,
                                       &trainer->optimiser);
    if (status == DAVY_OK)
        status = take_memory(trainer);
    return status;
}

davy_status davy_trainer_create(davy_graph *graph, davy_value loss,
                                const davy_trainer_options *options, davy_pool *pool,
                                davy_trainer **out)
{
    davy_trainer *trainer;
    davy_status status = check_loss(graph, loss);

    if (status == DAVY_OK)
        status = check_options(options);
    if (status != DAVY_OK)
        return status;
    trainer = calloc(1, sizeof *trainer);
    if (!trainer)
        return davy_fail(DAVY_ERR_NOMEM, "a trainer of '%s'", graph->name);
    trainer->graph = graph;
    trainer->loss = loss;
    trainer->options = *options;
    trainer->pool = pool;
    if (trainer->options.memory_max == 0)
        trainer->options.memory_max = DAVY_RUN_MEMORY_MAX;
    status = set_up(trainer);
    if (status != DAVY_OK) {
        davy_trainer_destroy(trainer);
        return status;
    }
    *out = trainer;
    return DAVY_OK;
}

void davy_trainer_destroy(davy_trainer *trainer)
{
    if (!trainer)
        return;
    davy_trainer_show_average(trainer, false);
    for (size_t i = 0; i < DAVY_TRAINER_PLANS_MAX; i++) {
        davy_runner_destroy(trainer->plans[i].runner);
        davy_plan_destroy(trainer->plans[i].plan);
        free(trainer->plans[i].shapes);
    }
    davy_graph_thaw(trainer->graph, trainer->roles, trainer->role_count);
    davy_vector_clear(&trainer->weights);
    davy_vector_clear(&trainer->statistics);
    davy_optimiser_destroy(trainer->optimiser);
    davy_memory_clear(&trainer->arena);
    davy_memory_clear(&trainer->diff);
    davy_memory_clear(&trainer->total);
    free(trainer->roles);
    free(trainer->average);
    free(trainer->statistics_before);
    free(trainer->kept);
    free(trainer);
}

const davy_graph *davy_trainer_graph(const davy_trainer *trainer)
{
    return trainer->graph;
}

uint64_t davy_trainer_steps(const davy_trainer *trainer)
{
    return trainer->steps;
}

float davy_trainer_rate(const davy_trainer *trainer)
{
    const double rate = (double) davy_optimiser_used(trainer->optimiser)->rate;

    return (float) (rate * davy_schedule_factor(&trainer->options.schedule, trainer->steps));
}

float davy_trainer_gradient_norm(const davy_trainer *trainer)
{
    return trainer->norm;
}

size_t davy_trainer_parameter_count(const davy_trainer *trainer)
{
    size_t count = 0;

    for (size_t i = 0; i < trainer->weights.value_count; i++)
        count +=
            (size_t) davy_tensor_count(&trainer->graph->values[trainer->weights.values[i]].tensor);
    return count;
}

void davy_trainer_memory(const davy_trainer *trainer, size_t *arena, size_t *without_reuse)
{
    *arena = trainer->arena.bytes;
    *without_reuse = 0;
    for (size_t i = 0; i < DAVY_TRAINER_PLANS_MAX; i++)
        if (trainer->plans[i].plan && trainer->plans[i].plan->naive_bytes > *without_reuse)
            *without_reuse = trainer->plans[i].plan->naive_bytes;
}

davy_status davy_trainer_ready(const davy_trainer *trainer)
{
    if (trainer->average_shown)
        return davy_fail(DAVY_ERR_INVALID, "the average stands in the place of the weights of '%s'",
                         trainer->graph->name);
    return DAVY_OK;
}

void davy_trainer_show_average(davy_trainer *trainer, bool average)
{
    if (!trainer->average || trainer->average_shown == average)
        return;
    for (size_t i = 0; i < trainer->weights.count; i++) {
        const float weight = trainer->weights.data[i];

        trainer->weights.data[i] = trainer->average[i];
        trainer->average[i] = weight;
    }
    trainer->average_shown = average;
}

void davy_trainer_adopt_average(davy_trainer *trainer)
{
    const float *average = trainer->average;

    davy_trainer_show_average(trainer, false);
    davy_trainer_drop(trainer);
    if (average)
        memcpy(trainer->weights.data, average, trainer->weights.count * sizeof *average);
    davy_optimiser_changed(trainer->optimiser);
}

davy_status davy_trainer_keep(davy_trainer *trainer)
{
    const size_t weights = trainer->weights.count, statistics = trainer->statistics.count;

    if (!trainer->kept)
        trainer->kept = malloc((weights + statistics) * sizeof(float));
    if (!trainer->kept)
        return davy_fail(DAVY_ERR_NOMEM, "a copy of the weights of '%s'", trainer->graph->name);
    memcpy(trainer->kept, trainer->weights.data, weights * sizeof(float));
    memcpy(trainer->kept + weights, trainer->statistics.data, statistics * sizeof(float));
    return DAVY_OK;
}

davy_status davy_trainer_recall(davy_trainer *trainer)
{
    const size_t weights = trainer->weights.count, statistics = trainer->statistics.count;
    davy_status status = davy_trainer_ready(trainer);

    if (status != DAVY_OK)
        return status;
    if (!trainer->kept)
        return davy_fail(DAVY_ERR_NOT_FOUND, "no weights of '%s' were kept", trainer->graph->name);
    davy_trainer_drop(trainer);
    memcpy(trainer->weights.data, trainer->kept, weights * sizeof(float));
    memcpy(trainer->statistics.data, trainer->kept + weights, statistics * sizeof(float));
    davy_optimiser_changed(trainer->optimiser);
    return DAVY_OK;
}
