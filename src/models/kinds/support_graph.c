/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/classic.h"
#include "models/kinds/support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The numbers of one product: weights [columns * outputs] and bias [outputs]. */
typedef struct product {
    double *weights, *bias;
    size_t columns, outputs;
} product;

static bool product_init(product *p, size_t columns, size_t outputs)
{
    *p = (product){.weights = calloc(columns * outputs + 1, sizeof(double)),
                   .bias = calloc(outputs + 1, sizeof(double)),
                   .columns = columns,
                   .outputs = outputs};
    return p->weights && p->bias;
}

/* Its node, unless there was no memory; what it held is given back. */
static davy_value product_end(product *p, davy_graph *graph, const char *name, davy_value x)
{
    davy_value made = DAVY_VALUE_NONE;

    if (p->weights && p->bias)
        made = davy_classic_dense(graph, name, x, p->weights, p->bias, p->columns, p->outputs);
    else
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "a graph of support vectors"));
    free(p->weights);
    free(p->bias);
    return made;
}

/* x (scale e) + shift[s], s being 1, or |e|^2 times it, or a number. */
static davy_value build_product(const davy_support *s, davy_graph *graph, davy_value x,
                                double scale, double of_square, double shift)
{
    product p;

    if (product_init(&p, s->columns, s->vectors))
        for (size_t v = 0; v < s->vectors; v++) {
            p.bias[v] = shift;
            for (size_t j = 0; j < s->columns; j++) {
                const double e = (double) s->x[v * s->columns + j];

                p.weights[j * s->vectors + v] = scale * e;
                p.bias[v] += of_square * e * e;
            }
        }
    return product_end(&p, graph, "support", x);
}

/* exp(2 gamma x e - gamma |e|^2 - gamma |x|^2) */
static davy_value build_rbf(const davy_support *s, davy_graph *graph, davy_value x)
{
    davy_value squares = davy_classic_sum(graph, davy_neural_binary(graph, "mul", x, x), 1);
    davy_value k = build_product(s, graph, x, 2 * s->gamma, -s->gamma, 0);
    const davy_node *node;

    squares = davy_classic_number(graph, "mul", squares, "minus_gamma", -s->gamma);
    squares = davy_layer_reshape(graph, squares, 2, (const int64_t[]){0, 1});
    k = davy_neural_binary(graph, "add", k, squares);
    node = davy_graph_node(graph, "exp", &k, 1, 1);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

static davy_value build_poly(const davy_support *s, davy_graph *graph, davy_value x)
{
    const davy_value base = build_product(s, graph, x, s->gamma, 0, s->coef0);

    x = base;
    for (int degree = 1; degree < s->degree; degree++) /* faster than a power, and as exact */
        x = davy_neural_binary(graph, "mul", x, base);
    return x;
}

static double times(const double *factor, size_t p)
{
    return factor ? factor[p] : 1;
}

static double plus(const double *shift, size_t p)
{
    return shift ? shift[p] : 0;
}

/* The sum over the vectors is done once and for all: weights are coefficients times e. */
static davy_value build_linear(const davy_support *s, davy_graph *graph, davy_value x,
                               const double *factor, const double *shift)
{
    product p;

    if (product_init(&p, s->columns, s->decisions))
        for (size_t d = 0; d < s->decisions; d++) {
            p.bias[d] = times(factor, d) * s->bias[d] + plus(shift, d);
            for (size_t v = 0; v < s->vectors; v++)
                for (size_t j = 0; j < s->columns; j++)
                    p.weights[j * s->decisions + d] += times(factor, d) *
                                                       s->coefficients[v * s->decisions + d] *
                                                       (double) s->x[v * s->columns + j];
        }
    return product_end(&p, graph, "decisions", x);
}

davy_value davy_support_build(const davy_support *support, davy_graph *graph, davy_value x,
                              const double *factor, const double *shift)
{
    product p;

    if (support->kernel == DAVY_SUPPORT_LINEAR)
        return build_linear(support, graph, x, factor, shift);
    x = support->kernel == DAVY_SUPPORT_RBF ? build_rbf(support, graph, x)
                                            : build_poly(support, graph, x);
    if (product_init(&p, support->vectors, support->decisions))
        for (size_t d = 0; d < support->decisions; d++) {
            p.bias[d] = times(factor, d) * support->bias[d] + plus(shift, d);
            for (size_t v = 0; v < support->vectors; v++)
                p.weights[v * support->decisions + d] =
                    times(factor, d) * support->coefficients[v * support->decisions + d];
        }
    return product_end(&p, graph, "decisions", x);
}

/* ---------------------------------------------------------------------------------- in doubles */

/* Vectors that one decision weighs. The file holds floats: what a coefficient is more than one is
 * the coefficient of the same vector once more. */
typedef struct weighed {
    float *x, *coefficients;
    size_t count;
} weighed;

static void add_vector(const davy_support *s, size_t vector, double coefficient, weighed *w)
{
    memcpy(w->x + w->count * s->columns, s->x + vector * s->columns, s->columns * sizeof *w->x);
    w->coefficients[w->count++] = (float) coefficient;
}

static bool weighed_init(const davy_support *s, size_t decision, double factor, weighed *w)
{
    *w = (weighed){.x = calloc((2 * s->vectors + 1) * s->columns, sizeof *w->x),
                   .coefficients = calloc(2 * s->vectors + 1, sizeof *w->coefficients)};
    if (!w->x || !w->coefficients)
        return false;
    for (size_t v = 0; v < s->vectors; v++) {
        const double whole = factor * s->coefficients[v * s->decisions + decision];
        const double rest = whole - (double) (float) whole;

        if (whole != 0)
            add_vector(s, v, whole, w);
        if (rest != 0)
            add_vector(s, v, rest, w);
    }
    w->count += w->count == 0; /* a decision without any: one that counts nothing */
    return true;
}

/* One decision, multiplied and moved before it becomes a float: a steep curve leaves few digits of
 * it. */
static davy_value build_machine(const davy_support *s, davy_graph *graph, davy_value x,
                                size_t decision, double factor, float bias)
{
    const float kernel[] = {(float) s->gamma, (float) s->coef0, (float) s->degree};
    weighed w;
    davy_node *node = NULL;

    if (weighed_init(s, decision, factor, &w))
        node = davy_graph_node(graph, "svm_regressor", &x, 1, 1);
    else
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "a graph of support vectors"));
    if (node) {
        davy_node_set_text(graph, node, "kernel_type",
                           s->kernel == DAVY_SUPPORT_RBF    ? "RBF"
                           : s->kernel == DAVY_SUPPORT_POLY ? "POLY"
                                                            : "LINEAR");
        davy_node_set_floats(graph, node, "kernel_params", kernel, 3);
        davy_node_set_int(graph, node, "n_supports", (int64_t) w.count);
        davy_node_set_floats(graph, node, "support_vectors", w.x, w.count * s->columns);
        davy_node_set_floats(graph, node, "coefficients", w.coefficients, w.count);
        davy_node_set_floats(graph, node, "rho", &bias, 1);
    }
    free(w.x);
    free(w.coefficients);
    return node ? node->out[0] : DAVY_VALUE_NONE;
}

davy_value davy_support_build_exact(const davy_support *support, davy_graph *graph, davy_value x,
                                    const double *factor, const double *shift)
{
    davy_value *decided = calloc(support->decisions, sizeof *decided);
    double *rest = calloc(support->decisions + 1, sizeof *rest); /* of a bias, beyond a float */

    if (!decided || !rest) {
        davy_graph_fail(graph, davy_fail(DAVY_ERR_NOMEM, "a graph of support vectors"));
        x = DAVY_VALUE_NONE;
    } else {
        for (size_t d = 0; d < support->decisions; d++) {
            const double bias = times(factor, d) * support->bias[d] + plus(shift, d);

            rest[d] = bias - (double) (float) bias;
            decided[d] = build_machine(support, graph, x, d, times(factor, d), (float) bias);
        }
        x = support->decisions > 1 ? davy_layer_concat(graph, decided, support->decisions, 1)
                                   : decided[0];
        x = davy_classic_vector(graph, "add", x, "rest", rest, support->decisions);
    }
    free(decided);
    free(rest);
    return x;
}
