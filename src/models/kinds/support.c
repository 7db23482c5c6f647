/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/support.h"

#include <libsvm/svm.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CACHE_MIB 256

/* A machine refers to the samples it was learnt from. */
typedef struct machine {
    struct svm_model *model;
    struct svm_node *nodes; /* [rows * (columns + 1)] */
    struct svm_node *asked; /* [columns + 1] */
    struct svm_node **rows; /* [rows] */
    double *y;              /* [rows] */
    size_t decisions;       /* that libsvm makes: of the pairs of classes that it met */
    double *decided;        /* [decisions] */
    size_t *slots;          /* [decisions] where they stand among ours */
    size_t *order;          /* [vectors] where they stand among ours */
} machine;

static void machine_clear(machine *m)
{
    if (!m)
        return;
    if (m->model)
        svm_free_and_destroy_model(&m->model);
    free(m->nodes);
    free(m->asked);
    free((void *) m->rows);
    free(m->y);
    free(m->decided);
    free(m->slots);
    free(m->order);
    free(m);
}

void davy_support_clear(davy_support *support)
{
    machine_clear(support->machine);
    free(support->x);
    free(support->coefficients);
    free(support->bias);
    free(support->known);
    *support = (davy_support){0};
}

static void be_quiet(const char *text)
{
    (void) text;
}

/* Every number is given, also zeros: a sum then has the same terms in the same order. */
static void fill_nodes(struct svm_node *nodes, const float *x, size_t columns)
{
    for (size_t j = 0; j < columns; j++)
        nodes[j] = (struct svm_node){.index = (int) j + 1, .value = (double) x[j]};
    nodes[columns] = (struct svm_node){.index = -1};
}

/* libsvm numbers classes as it meets them; in the order of the classes they keep their numbers. */
static void order_rows(const davy_support_problem *p, machine *m)
{
    const size_t kinds = p->classes > 0 ? p->classes : 1, width = p->columns + 1;
    size_t n = 0;

    for (size_t i = 0; i < p->rows; i++)
        fill_nodes(m->nodes + i * width, p->x + i * p->columns, p->columns);
    for (size_t k = 0; k < kinds; k++)
        for (size_t i = 0; i < p->rows; i++) {
            if (p->classes > 0 && p->y[i] != (double) k)
                continue;
            m->rows[n] = m->nodes + i * width;
            m->y[n++] = p->y ? p->y[i] : 1;
        }
}

static davy_status machine_create(const davy_support_problem *p, machine **out)
{
    machine *m;

    if (p->rows > DAVY_SUPPORT_VALUES_MAX / (p->columns + 1))
        return davy_fail(
            DAVY_ERR_FULL,
            "%zu samples of %zu numbers are too many for support vectors: say keep=%zu "
            "or less",
            p->rows, p->columns, DAVY_SUPPORT_VALUES_MAX / (p->columns + 1));
    m = calloc(1, sizeof *m);
    if (!m)
        return davy_fail(DAVY_ERR_NOMEM, "support vectors");
    m->nodes = malloc(p->rows * (p->columns + 1) * sizeof *m->nodes);
    m->asked = malloc((p->columns + 1) * sizeof *m->asked);
    m->rows = calloc(p->rows, sizeof *m->rows);
    m->y = calloc(p->rows, sizeof *m->y);
    if (!m->nodes || !m->asked || !m->rows || !m->y) {
        machine_clear(m);
        return davy_fail(DAVY_ERR_NOMEM, "%zu samples of %zu numbers", p->rows, p->columns);
    }
    order_rows(p, m);
    *out = m;
    return DAVY_OK;
}

static int type_of(davy_support_type type)
{
    static const int types[] = {C_SVC, NU_SVC, EPSILON_SVR, NU_SVR, ONE_CLASS};

    return types[type];
}

static int kernel_of(davy_support_kernel kernel)
{
    static const int kernels[] = {RBF, LINEAR, POLY};

    return kernels[kernel];
}

static davy_status train(const davy_support_problem *p, machine *m)
{
    struct svm_problem samples = {.l = (int) p->rows, .y = m->y, .x = m->rows};
    struct svm_parameter how = {.svm_type = type_of(p->type),
                                .kernel_type = kernel_of(p->kernel),
                                .degree = p->degree,
                                .gamma = p->gamma,
                                .coef0 = p->coef0,
                                .cache_size = CACHE_MIB,
                                .eps = p->tolerance,
                                .C = p->c,
                                .nu = p->nu,
                                .p = p->epsilon,
                                .shrinking = 1};
    int *labels = calloc(p->classes + 1, sizeof *labels);
    double *weights = calloc(p->classes + 1, sizeof *weights);
    const char *wrong;
    davy_status status = DAVY_OK;

    for (size_t k = 0; labels && weights && p->class_weights && k < p->classes; k++) {
        labels[k] = (int) k;
        weights[k] = p->class_weights[k];
        how.nr_weight = (int) k + 1;
    }
    how.weight_label = labels;
    how.weight = weights;
    svm_set_print_string_function(be_quiet);
    wrong = labels && weights ? svm_check_parameter(&samples, &how) : "no memory";
    if (wrong)
        status = davy_fail(DAVY_ERR_INVALID, "libsvm: %s%s", wrong,
                           p->type == DAVY_SUPPORT_NU_CLASSES
                               ? ": a smaller nu fits classes of such different sizes"
                               : "");
    else
        m->model = svm_train(&samples, &how);
    free(labels);
    free(weights);
    if (status == DAVY_OK && !m->model)
        status = davy_fail(DAVY_ERR_NOMEM, "support vectors");
    return status;
}

/* Where the pair a, b, a < b, of `classes` stands. */
static size_t pair_at(size_t a, size_t b, size_t classes)
{
    return a * classes - a * (a + 1) / 2 + b - a - 1;
}

static davy_status find_slots(const davy_support_problem *p, machine *m, davy_support *out)
{
    const struct svm_model *model = m->model;
    const size_t met = p->classes > 0 ? (size_t) model->nr_class : 0;
    size_t n = 0;

    m->decisions = p->classes > 0 ? met * (met - 1) / 2 : 1;
    m->decided = calloc(m->decisions + 1, sizeof *m->decided);
    m->slots = calloc(m->decisions + 1, sizeof *m->slots);
    if (!m->decided || !m->slots)
        return davy_fail(DAVY_ERR_NOMEM, "%zu decisions", m->decisions);
    for (size_t a = 0; a < met; a++)
        for (size_t b = a + 1; b < met; b++)
            m->slots[n++] = pair_at((size_t) model->label[a], (size_t) model->label[b], p->classes);
    for (n = 0; n < m->decisions; n++) {
        out->known[m->slots[n]] = true;
        out->bias[m->slots[n]] = -model->rho[n];
    }
    return DAVY_OK;
}

/* libsvm keeps for every vector one coefficient less than classes: those of its own pairs. */
static void keep_coefficients(const davy_support_problem *p, const machine *m, davy_support *out)
{
    const struct svm_model *model = m->model;
    const size_t met = p->classes > 0 ? (size_t) model->nr_class : 0;
    size_t n = 0, from_a = 0;

    for (size_t s = 0; s < out->vectors && met == 0; s++)
        out->coefficients[m->order[s]] = model->sv_coef[0][s];
    for (size_t a = 0; a < met; from_a += (size_t) model->nSV[a++]) {
        size_t from_b = from_a + (size_t) model->nSV[a];

        for (size_t b = a + 1; b < met; from_b += (size_t) model->nSV[b++]) {
            double *to = out->coefficients + m->slots[n++];

            for (size_t s = from_a; s < from_a + (size_t) model->nSV[a]; s++)
                to[m->order[s] * out->decisions] = model->sv_coef[b - 1][s];
            for (size_t s = from_b; s < from_b + (size_t) model->nSV[b]; s++)
                to[m->order[s] * out->decisions] = model->sv_coef[a][s];
        }
    }
}

/* Of numbers: a vector that pulls up and one that pulls down, in turn, as long as there are both.
 */
static void alternate_signs(const struct svm_model *model, size_t *order)
{
    const double *coefficients = model->sv_coef[0];
    const size_t vectors = (size_t) model->l;
    size_t next[2] = {0, 0};

    for (size_t place = 0; place < vectors; place++) {
        size_t side = place % 2;

        for (size_t turn = 0; turn < 2; turn++, side = 1 - side) {
            while (next[side] < vectors && (coefficients[next[side]] > 0) != (side == 0))
                next[side]++;
            if (next[side] < vectors)
                break;
        }
        order[next[side]++] = place;
    }
}

/*
 * Where each of libsvm's vectors goes: one of each class in turn. libsvm has all of a class first,
 * whose coefficients have one sign; a sum of floats in that order climbs to a hundred times its
 * result and loses as many digits on the way.
 */
static davy_status find_order(const davy_support_problem *p, machine *m)
{
    const struct svm_model *model = m->model;
    const size_t met = p->classes > 0 ? (size_t) model->nr_class : 0;
    const size_t vectors = (size_t) model->l;
    size_t place = 0;

    m->order = calloc(vectors + 1, sizeof *m->order);
    if (!m->order)
        return davy_fail(DAVY_ERR_NOMEM, "%zu support vectors", vectors);
    if (met == 0)
        alternate_signs(model, m->order);
    for (size_t round = 0; place < vectors && met > 0; round++)
        for (size_t k = 0, from = 0; k < met; from += (size_t) model->nSV[k++])
            if (round < (size_t) model->nSV[k])
                m->order[from + round] = place++;
    return DAVY_OK;
}

static davy_status keep(const davy_support_problem *p, machine *m, davy_support *out)
{
    const struct svm_model *model = m->model;
    davy_status status;

    out->vectors = (size_t) model->l;
    out->decisions = p->classes > 0 ? p->classes * (p->classes - 1) / 2 : 1;
    out->x = calloc(out->vectors * out->columns + 1, sizeof *out->x);
    out->coefficients = calloc(out->vectors * out->decisions + 1, sizeof *out->coefficients);
    out->bias = calloc(out->decisions, sizeof *out->bias);
    out->known = calloc(out->decisions, sizeof *out->known);
    if (!out->x || !out->coefficients || !out->bias || !out->known)
        return davy_fail(DAVY_ERR_NOMEM, "%zu support vectors", out->vectors);
    status = find_slots(p, m, out);
    if (status == DAVY_OK)
        status = find_order(p, m);
    if (status != DAVY_OK)
        return status;
    for (size_t s = 0; s < out->vectors; s++)
        for (size_t j = 0; j < out->columns; j++)
            out->x[m->order[s] * out->columns + j] = (float) model->SV[s][j].value;
    keep_coefficients(p, m, out);
    return DAVY_OK;
}

davy_status davy_support_fit(const davy_support_problem *problem, davy_support *out)
{
    davy_support found = {.kernel = problem->kernel,
                          .gamma = problem->gamma,
                          .coef0 = problem->coef0,
                          .degree = problem->degree,
                          .columns = problem->columns};
    machine *m = NULL;
    davy_status status = machine_create(problem, &m);

    found.machine = m;
    if (status == DAVY_OK)
        status = train(problem, m);
    if (status == DAVY_OK)
        status = keep(problem, m, &found);
    if (status == DAVY_OK)
        *out = found;
    else
        davy_support_clear(&found);
    return status;
}

davy_status davy_support_decide(const davy_support *support, const float *x, double *decisions)
{
    const machine *m = support->machine;

    memset(decisions, 0, support->decisions * sizeof *decisions);
    fill_nodes(m->asked, x, support->columns);
    (void) svm_predict_values(m->model, m->asked, m->decided);
    for (size_t n = 0; n < m->decisions; n++) {
        if (!isfinite(m->decided[n]))
            return davy_fail(DAVY_ERR_INVALID, "libsvm gives no finite decision");
        decisions[m->slots[n]] = m->decided[n];
    }
    return DAVY_OK;
}

double davy_support_gamma(const float *x, size_t rows, size_t columns)
{
    const size_t count = rows * columns;
    double mean = 0, squares = 0;

    for (size_t i = 0; i < count; i++)
        mean += (double) x[i] / (double) count;
    for (size_t i = 0; i < count; i++)
        squares += ((double) x[i] - mean) * ((double) x[i] - mean) / (double) count;
    return squares > 0 ? 1 / ((double) columns * squares) : 1;
}

const char *davy_support_version(void)
{
    static char text[16];

    (void) snprintf(text, sizeof text, "%d.%02d", libsvm_version / 100, libsvm_version % 100);
    return text;
}
