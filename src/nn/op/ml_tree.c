/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tree_ensemble_regressor and tree_ensemble_classifier: forests and boosted trees of any library.
 *
 * Where ONNX's text leaves a choice, ours is ONNX Runtime's, but for two, where it contradicts the
 * attributes: a transform is applied to a single target too, and a classifier of two classes whose
 * leaves speak of both gives the class of the greater score.
 *
 * Source: ONNX 1.12, docs/Operators-ml.md, ai.onnx.ml version 3.
 */
#include "nn/op/ml_tree.h"
#include "nn/op/ml_scores.h"
#include "nn/op/rows.h"

#include "nn/op/arguments.h"
#include "nn/packs.h"

#include <math.h>

/* How sums become scores. */
typedef enum ending {
    ENDING_EACH,      /* each target is a score */
    ENDING_SIGN,      /* one sum s for two classes: -s and s */
    ENDING_COMPLEMENT /* one probability p for two classes: 1 - p and p */
} ending;

/* What the attributes make, once for all plans of a network. */
typedef struct planted {
    bool done;
    davy_forest forest;
    ending ending;
    size_t spoken; /* not ENDING_EACH: the class that all leaves speak of */
} planted;

typedef struct ensemble {
    const planted *planted;
    davy_aggregate aggregate;
    davy_ml_transform transform;
    davy_ml_labels labels;
    const double *base; /* [targets] */
    size_t rows, features;
    size_t worker_bytes; /* of scratch */
} ensemble;

/* ------------------------------------------------------------------------------------- prepare */

/* One value for each target, or none; for two classes with one sum also the one of that sum. */
static davy_status read_base(davy_call *call, ensemble *state)
{
    const planted *trees = state->planted;
    const size_t targets = trees->forest.targets;
    double *base = davy_call_keep(call, targets * sizeof *base);
    size_t count;
    const float *values = davy_node_floats(call->node, "base_values", &count);

    if (!base)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "%zu targets", targets);
    if (count != 0 && count != targets && (trees->ending == ENDING_EACH || count != 1))
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu base_values for %zu targets", count,
                              targets);
    for (size_t i = 0; i < count; i++)
        if (!isfinite(values[i]))
            return davy_call_fail(call, DAVY_ERR_INVALID, "base value %zu is no finite number", i);
    for (size_t i = 0; i < count; i++)
        base[i] = (double) values[i];
    if (count > 0 && trees->ending != ENDING_EACH)
        base[trees->spoken] = (double) values[count - 1];
    state->base = base;
    return DAVY_OK;
}

/* Whether all leaves speak of the same of two classes, and if they give its probability. */
static void find_ending(const davy_tree_source *source, const ensemble *state, planted *out)
{
    bool one = source->weights > 0, positive = true;

    for (size_t i = 0; i < source->weights; i++) {
        one &= source->weight_targets[i] == source->weight_targets[0];
        positive &= source->weight_values[i] >= 0.0F;
    }
    if (!one || state->labels.count != 2)
        return;
    out->spoken = (size_t) source->weight_targets[0];
    out->ending =
        state->transform == DAVY_ML_PROBIT || (state->transform == DAVY_ML_NONE && positive)
            ? ENDING_COMPLEMENT
            : ENDING_SIGN;
}

/* Where all plans of the network find the forest; it lies in `arena`. NULL without memory. */
static planted *find_planted(davy_call *call, davy_arena **arena)
{
    bool fresh;

    *arena = call->packs ? &call->packs->memory : call->memory;
    if (!call->packs)
        return davy_call_keep(call, sizeof(planted));
    return davy_packs_get(call->packs, DAVY_VALUE_NONE, call->node, sizeof(planted), &fresh);
}

static davy_status plant(davy_call *call, const char *of, size_t targets)
{
    davy_arena scratch = {0}, *arena;
    planted *trees = find_planted(call, &arena);
    davy_tree_source source;
    davy_status status;

    if (!trees)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "trees");
    ((ensemble *) call->state)->planted = trees;
    if (trees->done)
        return DAVY_OK;
    status = davy_tree_read(call, of, (int64_t) targets, &scratch, &source);
    if (status == DAVY_OK)
        status = davy_forest_create(call, &source, targets, arena, &trees->forest);
    if (status == DAVY_OK)
        find_ending(&source, call->state, trees);
    trees->done = status == DAVY_OK;
    davy_arena_clear(&scratch);
    return status;
}

static davy_status check_features(const davy_call *call)
{
    const ensemble *state = call->state;

    if (state->planted->forest.features <= state->features)
        return DAVY_OK;
    return davy_call_fail(call, DAVY_ERR_INVALID, "a tree asks for feature %u of %zu",
                          state->planted->forest.features - 1, state->features);
}

/* Scratch of a worker: rows as floats, keys, sums, and one row of scores. */
static void size_scratch(davy_call *call)
{
    ensemble *state = call->state;

    state->worker_bytes = DAVY_FOREST_ROWS * (state->features * sizeof(float) +
                                              state->planted->forest.targets * sizeof(double)) +
                          davy_forest_scratch(&state->planted->forest);
    state->worker_bytes = (state->worker_bytes + 63) & ~(size_t) 63;
    call->scratch_size = call->env->threads * state->worker_bytes;
}

static davy_status prepare(davy_call *call, const char *of, size_t targets)
{
    ensemble *state = call->state;
    davy_status status;

    if (targets < 1 || targets > DAVY_ML_TARGETS_MAX)
        return davy_call_fail(call, DAVY_ERR_INVALID, "%zu targets; 1 to %d", targets,
                              DAVY_ML_TARGETS_MAX);
    status = davy_ml_rows(call, &state->rows, &state->features);
    if (status == DAVY_OK)
        status = davy_ml_transform_read(call, &state->transform);
    if (status == DAVY_OK)
        status = plant(call, of, targets);
    if (status == DAVY_OK)
        status = check_features(call);
    if (status == DAVY_OK)
        status = read_base(call, state);
    if (status == DAVY_OK)
        size_scratch(call);
    return status;
}

static davy_status regressor_prepare(davy_call *call)
{
    static const char *const words[] = {[DAVY_AGGREGATE_SUM] = "SUM",
                                        [DAVY_AGGREGATE_AVERAGE] = "AVERAGE",
                                        [DAVY_AGGREGATE_MIN] = "MIN",
                                        [DAVY_AGGREGATE_MAX] = "MAX",
                                        NULL};
    ensemble *state = call->state;
    const int64_t targets = davy_node_int(call->node, "n_targets", 1);
    int word = 0;
    davy_status status = davy_ml_word(call, "aggregate_function", words, &word);

    if (status == DAVY_OK)
        status = prepare(call, "target", targets > 0 ? (size_t) targets : 0);
    state->aggregate = (davy_aggregate) word;
    if (status == DAVY_OK)
        status = davy_result(call, 0, DAVY_TYPE_F32, 2,
                             (const int64_t[]){(int64_t) state->rows, targets});
    return status;
}

static davy_status classifier_prepare(davy_call *call)
{
    ensemble *state = call->state;
    davy_status status = davy_ml_labels_read(call, "classlabels_int64s", &state->labels);

    if (status == DAVY_OK)
        status = prepare(call, "class", state->labels.count);
    return status == DAVY_OK ? davy_ml_classes_result(call, &state->labels, state->rows) : status;
}

/* ------------------------------------------------------------------------------------- forward */

/* The sums of a row become its class, and for two classes that share a sum, two scores. */
static size_t choose(const ensemble *state, double *sums)
{
    const double sum = sums[state->planted->spoken];

    if (state->planted->ending == ENDING_EACH)
        return davy_ml_greatest(state->planted->forest.targets, sums);
    sums[0] = state->planted->ending == ENDING_SIGN ? -sum : 1.0 - sum;
    sums[1] = sum;
    return state->planted->ending == ENDING_SIGN ? sum > 0.0 : sum > 0.5;
}

static void write_rows(const davy_call *call, size_t from, size_t count, double *sums)
{
    const ensemble *state = call->state;
    const size_t targets = state->planted->forest.targets;
    const bool classifies = state->labels.count > 0;
    davy_tensor *label = davy_ml_output(call, 0);
    davy_tensor *scores = davy_ml_output(call, classifies ? 1 : 0);

    for (size_t row = 0; row < count; row++, sums += targets) {
        for (size_t i = 0; i < targets; i++)
            sums[i] += state->base[i];
        if (classifies)
            davy_ml_label_write(&state->labels, choose(state, sums), label, from + row);
        if (scores)
            davy_ml_transform_write(state->transform, targets, sums,
                                    davy_f32(scores) + (from + row) * targets);
    }
}

static void score_block(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const ensemble *state = call->state;
    const size_t from = chunk * DAVY_FOREST_ROWS;
    const size_t left = state->rows - from,
                 count = left < DAVY_FOREST_ROWS ? left : DAVY_FOREST_ROWS;
    double *sums = (double *) (void *) ((char *) call->scratch + worker * state->worker_bytes);
    float *buffer = (void *) (sums + DAVY_FOREST_ROWS * state->planted->forest.targets);
    const float *x = davy_ml_read(call, from, count, buffer);

    davy_forest_score(&state->planted->forest, call->env->kernels, state->aggregate, count,
                      state->features, x, buffer + DAVY_FOREST_ROWS * state->features, sums);
    write_rows(call, from, count, sums);
}

static davy_status forward(const davy_call *call)
{
    const ensemble *state = call->state;
    davy_call copy = *call; /* the pool's context is not const */

    davy_pool_run(call->env->pool, (state->rows + DAVY_FOREST_ROWS - 1) / DAVY_FOREST_ROWS,
                  score_block, &copy);
    return DAVY_OK;
}

const davy_op davy_op_tree_ensemble_regressor = {.name = "tree_ensemble_regressor",
                                                 .onnx = "ai.onnx.ml.TreeEnsembleRegressor",
                                                 .in_min = 1,
                                                 .in_max = 1,
                                                 .out_max = 1,
                                                 .state_size = sizeof(ensemble),
                                                 .prepare = regressor_prepare,
                                                 .forward = forward};
const davy_op davy_op_tree_ensemble_classifier = {.name = "tree_ensemble_classifier",
                                                  .onnx = "ai.onnx.ml.TreeEnsembleClassifier",
                                                  .in_min = 1,
                                                  .in_max = 1,
                                                  .out_max = 2,
                                                  .state_size = sizeof(ensemble),
                                                  .prepare = classifier_prepare,
                                                  .forward = forward};
