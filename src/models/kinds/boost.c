/* SPDX-License-Identifier: Apache-2.0 */

/**
 * @file
 * Kind `boost`: gradient boosting, each tree learning what those before it got wrong.
 *
 * Stage: models. After every round the watched samples are asked; the model is that of the round
 * in which their loss was least, and a training ends when `patience` rounds have not bettered it.
 * Scores are margins: the softmax of them, with the margin of the first of two classes 0, is what
 * was learnt.
 *
 * Source: Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", Annals of
 * Statistics 29(5), 2001; Chen and Guestrin, KDD 2016.
 */
#include "models/kinds/blend.h"
#include "models/kinds/booster.h"

#include "core/bulk.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUNDS_WATCHED   1000
#define ROUNDS_UNWATCHED 100 /* nobody tells when it is enough */

/* Samples that were learnt from whose loss is told, about so many of them: nothing is chosen by it,
 * and that of all takes a tenth of the learning. */
#define ROWS_TOLD ((size_t) 2048)

/* Samples of a purpose. */
typedef struct boost_part {
    davy_classic_matrix matrix;
    double *labels; /* [rows] class index, or the target in deviations of those learnt */
    davy_booster_rows *rows;
} boost_part;

typedef struct boost_fitting {
    const davy_lesson *lesson;
    davy_lesson_result *result;
    boost_part learn, watch; /* no rows are watched when none are held out */
    size_t outputs, groups;
    double mean, spread; /* of numbers */
    double bend; /* of numbers: error, in deviations, from which it costs less than its square;
                  * 0: never */
    size_t rounds, best; /* at most; rounds that are kept */
    davy_booster *booster;
    davy_trees trees;
} boost_fitting;

static void part_clear(boost_part *part)
{
    davy_classic_clear(&part->matrix);
    davy_booster_rows_destroy(part->rows);
    davy_bulk_free(part->labels);
}

static void fitting_clear(boost_fitting *f)
{
    davy_booster_destroy(f->booster);
    davy_trees_clear(&f->trees);
    part_clear(&f->learn);
    part_clear(&f->watch);
}

/* ---------------------------------------------------------------------------------------- losses
 */

/* Cross entropy of a row of two classes, whose margin is that of the second, and whether its class
 * is the likelier one. */
static double binary_loss(float margin, bool second, bool *right)
{
    const float largest = fmaxf(margin, 0), own = second ? margin : 0;

    *right = own >= largest;
    return (double) largest + log(1 + (double) expf(-fabsf(margin))) - (double) own;
}

/* The same of more classes. */
static double class_loss(const boost_fitting *f, const float *margins, size_t label, bool *right)
{
    float largest = margins[0];
    double sum;

    for (size_t k = 1; k < f->groups; k++)
        largest = fmaxf(largest, margins[k]);
    sum = (double) expf(margins[0] - largest);
    for (size_t k = 1; k < f->groups; k++)
        sum += (double) expf(margins[k] - largest);
    *right = margins[label] >= largest;
    return (double) largest + log(sum) - (double) margins[label];
}

/* The square of an error; with a bend the pseudo-Huber loss, which is the square for small errors
 * and grows as the error does for large ones. */
static double number_loss(const boost_fitting *f, float said, double label)
{
    const double error = f->spread * ((double) said - label), bend = f->spread * f->bend;

    if (f->bend <= 0)
        return error * error;
    return 2 * bend * bend * (sqrt(1 + error * error / (bend * bend)) - 1);
}

/* Of a row; numbers are never right. */
static double loss_of(const boost_fitting *f, const float *said, double label, bool *right)
{
    *right = false;
    if (f->learn.matrix.classes == 0)
        return number_loss(f, *said, label);
    return f->groups == 1 ? binary_loss(*said, label > 0, right)
                          : class_loss(f, said, (size_t) label, right);
}

/* Mean loss of every `step`th row of a part: cross entropy, or the squared error in the unit of the
 * targets. Classes have a metric, their accuracy. */
static davy_status measure(boost_fitting *f, boost_part *part, size_t step, double *loss,
                           double *metric)
{
    const size_t rows = part->matrix.rows;
    const float *said;
    double sum = 0, weights = 0, rights = 0;
    size_t asked = 0;
    davy_status status =
        davy_booster_predict(f->booster, part->rows, 0, 0, rows * f->groups, &said);

    for (size_t i = 0; i < rows && status == DAVY_OK; i += step, asked++) {
        const double weight = part->matrix.weights[i];
        bool right;

        sum += weight * loss_of(f, said + i * f->groups, part->labels[i], &right);
        weights += weight;
        rights += right;
    }
    *loss = sum / weights;
    *metric = f->learn.matrix.classes > 0 ? rights / (double) asked : NAN;
    return status;
}

/* ----------------------------------------------------------------------------------------- learn
 */

static davy_status label(const boost_fitting *f, boost_part *part)
{
    part->labels = davy_bulk_alloc(part->matrix.rows + 1, sizeof *part->labels);
    if (!part->labels)
        return davy_fail_in(DAVY_ERR_NOMEM, "%zu targets", part->matrix.rows);
    for (size_t i = 0; i < part->matrix.rows; i++)
        part->labels[i] = (part->matrix.targets[i] - f->mean) / f->spread;
    return DAVY_OK;
}

/* Mean and deviation of the numbers that are learnt from: 0 and 1 for classes. */
static davy_status measure_targets(boost_fitting *f)
{
    double *scaled = NULL;
    davy_status status = DAVY_OK;

    f->spread = 1;
    f->bend = davy_lesson_number(f->lesson, "bend");
    if (f->learn.matrix.classes == 0)
        status = davy_classic_scale_targets(&f->learn.matrix, &f->mean, &f->spread, &scaled);
    davy_bulk_free(scaled);
    return status;
}

static davy_status prepare(boost_fitting *f)
{
    davy_status status = davy_classic_read(f->lesson, DAVY_PURPOSE_LEARN, &f->learn.matrix);

    if (status == DAVY_OK)
        status = davy_classic_read(f->lesson, DAVY_PURPOSE_WATCH, &f->watch.matrix);
    if (status == DAVY_OK)
        status = measure_targets(f);
    if (status == DAVY_OK)
        status = label(f, &f->learn);
    if (status == DAVY_OK)
        status = label(f, &f->watch);
    if (status != DAVY_OK)
        return status;
    if (davy_classic_balanced(f->lesson))
        davy_classic_balance(&f->learn.matrix);
    f->outputs = davy_classic_outputs(&f->learn.matrix);
    f->groups = f->outputs == 2 ? 1 : f->outputs;
    status = davy_booster_open_gaps(&f->learn.matrix, f->lesson->samples->rounding);
    if (status == DAVY_OK)
        status = davy_booster_rows_create(&f->learn.matrix, f->learn.labels, &f->learn.rows);
    if (status == DAVY_OK && f->watch.matrix.rows > 0)
        status = davy_booster_rows_create(&f->watch.matrix, f->watch.labels, &f->watch.rows);
    return status;
}

static davy_status start(boost_fitting *f)
{
    const davy_lesson *lesson = f->lesson;
    const size_t classes = f->learn.matrix.classes;
    const davy_booster_setting settings[] = {
        {"objective",
         classes == 0   ? "reg:squarederror"
         : classes == 2 ? "binary:logistic"
                        : "multi:softprob",
         0},
        {"num_class", NULL, classes > 2 ? (double) classes : 0},
        {"base_score", NULL, classes == 2 ? 0.5 : 0}, /* a margin of 0 */
        {"eta", NULL, davy_lesson_number(lesson, "learning_rate")},
        {"max_depth", NULL, davy_lesson_number(lesson, "depth")},
        {"min_child_weight", NULL, davy_lesson_number(lesson, "leaf")},
        {"lambda", NULL, davy_lesson_number(lesson, "penalty")},
        {"subsample", NULL, davy_lesson_number(lesson, "samples")},
        {"colsample_bynode", NULL, davy_lesson_number(lesson, "columns")},
        {"max_bin", NULL, davy_lesson_number(lesson, "bins")},
    };
    const double rounds = davy_lesson_number(lesson, "rounds");

    f->rounds = rounds > 0 ? (size_t) rounds : f->watch.rows ? ROUNDS_WATCHED : ROUNDS_UNWATCHED;
    f->result->epochs = calloc(f->rounds + 1, sizeof *f->result->epochs);
    if (!f->result->epochs)
        return davy_fail(DAVY_ERR_NOMEM, "%zu rounds", f->rounds);
    return davy_booster_create(f->learn.rows, f->watch.rows, lesson->seed, settings,
                               DAVY_ARRAY_LENGTH(settings), &f->booster);
}

/* What an error counts: its share of the square's gradient. Trees that are grown by gradients of w
 * e and curvatures of w have leaves of weighted means, which step surely towards the least
 * pseudo-Huber loss; its own curvature, next to 0 far out, makes steps that are too long. */
static double weight_of(const boost_fitting *f, double error)
{
    return 1 / sqrt(1 + error * error / (f->bend * f->bend));
}

/* One more round with the bend. */
static davy_status grow_bent(boost_fitting *f)
{
    const boost_part *part = &f->learn;
    const size_t rows = part->matrix.rows;
    float *gradients = davy_bulk_alloc(rows + 1, sizeof *gradients);
    float *curvatures = davy_bulk_alloc(rows + 1, sizeof *curvatures);
    const float *said;
    davy_status status = gradients && curvatures
                             ? davy_booster_predict(f->booster, part->rows, 0, 0, rows, &said)
                             : davy_fail_in(DAVY_ERR_NOMEM, "gradients of %zu samples", rows);

    for (size_t i = 0; i < rows && status == DAVY_OK; i++) {
        const double error = (double) said[i] - part->labels[i];
        const double weight = part->matrix.weights[i] * weight_of(f, error);

        gradients[i] = (float) (weight * error);
        curvatures[i] = (float) weight;
    }
    if (status == DAVY_OK)
        status = davy_booster_round_by(f->booster, part->rows, gradients, curvatures, rows);
    davy_bulk_free(gradients);
    davy_bulk_free(curvatures);
    return status;
}

/* One round, and what came of it. */
static davy_status learn_round(boost_fitting *f, davy_epoch *epoch)
{
    davy_status status =
        f->learn.matrix.classes == 0 && f->bend > 0
            ? grow_bent(f)
            : davy_booster_round(f->booster, f->learn.rows, f->result->epoch_count);

    *epoch = (davy_epoch){.watch_loss = NAN, .watch_metric = NAN};
    if (status == DAVY_OK)
        status = measure(f, &f->learn, 1 + f->learn.matrix.rows / ROWS_TOLD, &epoch->loss,
                         &epoch->metric);
    if (status == DAVY_OK && f->watch.rows)
        status = measure(f, &f->watch, 1, &epoch->watch_loss, &epoch->watch_metric);
    if (status == DAVY_OK)
        f->result->epoch_count++;
    return status;
}

static davy_status learn(boost_fitting *f)
{
    const size_t patience = (size_t) davy_lesson_number(f->lesson, "patience");
    double least = INFINITY;
    davy_status status = start(f);

    for (size_t r = 0; r < f->rounds && r < f->best + patience && status == DAVY_OK; r++) {
        davy_epoch *epoch = &f->result->epochs[r];

        davy_classic_tell(f->lesson, "learning", r, f->rounds);
        status = davy_classic_go_on(f->lesson);
        if (status == DAVY_OK)
            status = learn_round(f, epoch);
        if (status == DAVY_OK && (!f->watch.rows || epoch->watch_loss < least)) {
            least = epoch->watch_loss;
            f->best = r + 1;
        }
    }
    if (status == DAVY_OK && f->best == 0)
        status = davy_fail(DAVY_ERR_INVALID, "the loss of the watched samples is no number: a "
                                             "smaller rate may help");
    return status == DAVY_OK ? davy_booster_trees(f->booster, f->best, &f->trees) : status;
}

/* ----------------------------------------------------------------------------------------- graph
 */

static davy_status build(const boost_fitting *f)
{
    const davy_trees_ending ending = {
        .groups = f->groups, .outputs = f->outputs, .factor = f->spread, .base = f->mean};
    davy_graph *graph = NULL;
    davy_value x;
    davy_status status = davy_graph_create("boost", 0, &graph);

    if (status != DAVY_OK)
        return status;
    x = davy_classic_begin(graph, &f->lesson->samples->form, NULL);
    return davy_classic_end(graph, davy_trees_build(&f->trees, graph, x, &ending), f->result);
}

static davy_status check(boost_fitting *f)
{
    const size_t rows = davy_classic_checked(&f->learn.matrix), first = f->outputs - f->groups;
    double *expected = calloc(rows * f->outputs, sizeof *expected);
    const float *said;
    davy_status status = expected ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "self-check");

    if (status == DAVY_OK)
        status = davy_booster_predict(f->booster, f->learn.rows, 0, f->best,
                                      f->learn.matrix.rows * f->groups, &said);
    for (size_t i = 0; i < rows * f->groups && status == DAVY_OK; i++)
        expected[i / f->groups * f->outputs + first + i % f->groups] =
            f->mean + f->spread * (double) said[i];
    if (status == DAVY_OK)
        status = davy_classic_check(f->lesson, &f->learn.matrix, f->result, expected);
    free(expected);
    return status;
}

static void note(const boost_fitting *f)
{
    davy_say(&f->result->note, "%zu trees of %zu nodes in %zu rounds",
             "%zu 棵树，共 %zu 个节点，%zu 轮", f->trees.trees, f->trees.count, f->best);
    if (f->watch.rows)
        davy_say(&f->result->note, ", the best for the watched samples", "（对监看样本最佳）");
    davy_say(&f->result->note, ", from %zu samples; XGBoost %s.", "，学自 %zu 个样本；XGBoost %s。",
             f->learn.matrix.rows, davy_booster_version());
}

static davy_status fit_boost(const davy_lesson *lesson, davy_lesson_result *result)
{
    boost_fitting f = {.lesson = lesson, .result = result};
    davy_status status = prepare(&f);

    if (status == DAVY_OK)
        status = learn(&f);
    if (status == DAVY_OK)
        status = build(&f);
    if (status == DAVY_OK)
        status = check(&f);
    if (status == DAVY_OK)
        note(&f);
    fitting_clear(&f);
    return status;
}

static const davy_setting settings[] = {DAVY_BOOST_SETTINGS, DAVY_CLASSIC_BALANCE};

const davy_predictor_kind davy_predictor_boost = {
    .name = "boost",
    .tasks = DAVY_CLASSIC_TASKS,
    .forms = DAVY_CLASSIC_FORMS,
    .settings = settings,
    .setting_count = DAVY_ARRAY_LENGTH(settings),
    .fit = fit_boost,
};
