/* SPDX-License-Identifier: Apache-2.0 */
#include "core/random.h"
#include "models/features/feature_merit.h"
#include "models/kinds/booster.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define ROUNDS        60
#define STREAM_GROUPS 0xfea7U /* of random numbers: which groups are asked */
#define STREAM_ORDER  0xfea8U /* how a column is shuffled */

/* Trees learnt on some groups, and the samples of the others to ask them. */
typedef struct asking {
    const davy_feature_matrix *m;
    davy_classic_matrix learn, asked;
    double *learn_labels, *asked_labels;
    size_t groups; /* of the trees */
    davy_booster *booster;
} asking;

static void asking_clear(asking *a)
{
    davy_booster_destroy(a->booster);
    davy_classic_clear(&a->learn);
    davy_classic_clear(&a->asked);
    free(a->learn_labels);
    free(a->asked_labels);
}

/* Whether a sample is asked, and not learnt from. */
typedef bool (*asked_rule)(const davy_lesson *lesson, const davy_feature_matrix *m, size_t row);

static bool in_a_third_of_the_groups(const davy_lesson *lesson, const davy_feature_matrix *m,
                                     size_t row)
{
    return davy_random_below(lesson->seed, STREAM_GROUPS, lesson->samples->groups[m->members[row]],
                             3) == 0;
}

static bool in_the_last_group(const davy_lesson *lesson, const davy_feature_matrix *m, size_t row)
{
    const uint32_t *groups = lesson->samples->groups;

    return groups[m->members[row]] == groups[m->members[m->rows - 1]];
}

static bool in_the_last_third(const davy_lesson *lesson, const davy_feature_matrix *m, size_t row)
{
    (void) lesson;
    return 3 * row >= 2 * m->rows;
}

/* A third of the groups is drawn; of few groups that may be none or all. */
static asked_rule find_rule(const davy_lesson *lesson, const davy_feature_matrix *m)
{
    static const asked_rule rules[] = {in_a_third_of_the_groups, in_the_last_group};

    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(rules) && lesson->samples->group_count > 2; i++) {
        size_t asked = 0;

        for (size_t row = 0; row < m->rows; row++)
            asked += rules[i](lesson, m, row);
        if (asked > 1 && m->rows - asked > 1)
            return rules[i];
    }
    return in_the_last_third;
}

static davy_status part_init(const davy_feature_matrix *m, davy_classic_matrix *part,
                             double **labels)
{
    *part = (davy_classic_matrix){.columns = m->columns, .channels = m->columns};
    part->values = malloc((m->rows * m->columns + 1) * sizeof *part->values);
    part->weights = malloc((m->rows + 1) * sizeof *part->weights);
    *labels = malloc((m->rows + 1) * sizeof **labels);
    return part->values && part->weights && *labels ? DAVY_OK
                                                    : davy_fail(DAVY_ERR_NOMEM, "features");
}

static davy_status deal(const davy_lesson *lesson, const davy_feature_matrix *m, asking *a)
{
    const asked_rule is_asked = find_rule(lesson, m);
    davy_status status = part_init(m, &a->learn, &a->learn_labels);

    if (status == DAVY_OK)
        status = part_init(m, &a->asked, &a->asked_labels);
    for (size_t i = 0; i < m->rows && status == DAVY_OK; i++) {
        const bool asked = is_asked(lesson, m, i);
        davy_classic_matrix *part = asked ? &a->asked : &a->learn;

        memcpy(part->values + part->rows * m->columns, m->values + i * m->columns,
               m->columns * sizeof *m->values);
        part->weights[part->rows] = 1;
        (asked ? a->asked_labels : a->learn_labels)[part->rows++] = m->targets[i];
    }
    if (status == DAVY_OK && (a->learn.rows < 2 || a->asked.rows < 2))
        status = davy_fail(DAVY_ERR_INVALID, "%zu samples are too few to leave some out", m->rows);
    return status;
}

static davy_status grow(const davy_lesson *lesson, asking *a)
{
    const size_t classes = a->m->classes;
    const davy_booster_setting settings[] = {
        {"objective",
         classes == 0   ? "reg:squarederror"
         : classes == 2 ? "binary:logistic"
                        : "multi:softprob",
         0},
        {"num_class", NULL, classes > 2 ? (double) classes : 0},
        {"eta", NULL, 0.2},
        {"max_depth", NULL, 5},
        {"subsample", NULL, 0.8},
        {"colsample_bynode", NULL, 0.5},
    };
    davy_booster_rows *rows = NULL;
    davy_status status = davy_booster_rows_create(&a->learn, a->learn_labels, &rows);

    a->groups = classes > 2 ? classes : 1;
    if (status == DAVY_OK)
        status = davy_booster_create(rows, NULL, lesson->seed, settings,
                                     DAVY_ARRAY_LENGTH(settings), &a->booster);
    for (size_t r = 0; r < ROUNDS && status == DAVY_OK; r++) {
        status = davy_booster_round(a->booster, rows, r);
        if (status == DAVY_OK)
            status = davy_classic_go_on(lesson);
    }
    davy_booster_rows_destroy(rows);
    return status;
}

/* Loss of one answer: -log p of its class, or the squared error. */
static double loss_of(const asking *a, const float *said, double label)
{
    double largest = 0, sum = 1, own = 0;

    if (a->m->classes == 0)
        return ((double) said[0] - label) * ((double) said[0] - label);
    if (a->groups == 1) {
        own = label > 0 ? (double) said[0] : 0;
        largest = fmax((double) said[0], 0);
        return largest + log(exp(-largest) + exp((double) said[0] - largest)) - own;
    }
    largest = (double) said[0];
    for (size_t k = 1; k < a->groups; k++)
        largest = fmax(largest, (double) said[k]);
    sum = 0;
    for (size_t k = 0; k < a->groups; k++)
        sum += exp((double) said[k] - largest);
    return largest + log(sum) - (double) said[(size_t) label];
}

static davy_status ask(const asking *a, double *loss)
{
    davy_booster_rows *rows = NULL;
    const float *said;
    davy_status status = davy_booster_rows_create(&a->asked, a->asked_labels, &rows);

    *loss = 0;
    if (status == DAVY_OK)
        status = davy_booster_predict(a->booster, rows, 0, 0, a->asked.rows * a->groups, &said);
    for (size_t i = 0; i < a->asked.rows && status == DAVY_OK; i++)
        *loss += loss_of(a, said + i * a->groups, a->asked_labels[i]);
    davy_booster_rows_destroy(rows);
    return status;
}

/* The loss with one column in another order. @param order, held  [rows] scratch */
static davy_status ask_shuffled(asking *a, size_t column, const uint32_t *order, float *held,
                                double *loss)
{
    const size_t columns = a->asked.columns;
    float *x = a->asked.values + column;
    davy_status status;

    for (size_t i = 0; i < a->asked.rows; i++)
        held[i] = x[i * columns];
    for (size_t i = 0; i < a->asked.rows; i++)
        x[i * columns] = held[order[i]];
    status = ask(a, loss);
    for (size_t i = 0; i < a->asked.rows; i++)
        x[i * columns] = held[i];
    return status;
}

davy_status davy_merit_permutation(const davy_lesson *lesson, const davy_feature_matrix *m,
                                   size_t keep, double *merit)
{
    asking a = {.m = m};
    uint32_t *order = malloc((m->rows + 1) * sizeof *order);
    float *held = malloc((m->rows + 1) * sizeof *held);
    double usual = 0, shuffled;
    davy_status status =
        order && held ? deal(lesson, m, &a) : davy_fail(DAVY_ERR_NOMEM, "features");

    (void) keep;
    if (status == DAVY_OK)
        status = grow(lesson, &a);
    if (status == DAVY_OK)
        status = ask(&a, &usual);
    for (size_t j = 0; j < m->columns && status == DAVY_OK; j++) {
        davy_classic_tell(lesson, "choosing features", j, m->columns);
        davy_random_shuffle(lesson->seed, STREAM_ORDER + (uint32_t) j, order, a.asked.rows);
        status = ask_shuffled(&a, j, order, held, &shuffled);
        merit[j] = fmax(shuffled - usual, 0);
        if (status == DAVY_OK)
            status = davy_classic_go_on(lesson);
    }
    asking_clear(&a);
    free(order);
    free(held);
    return status;
}
