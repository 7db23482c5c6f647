/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/minimise.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#define MEMORY       10   /* steps that the curvature is guessed from */
#define HALVINGS_MAX 40   /* of one step, before no step can do better */
#define DECREASE     1e-4 /* of what the slope promises: Armijo's condition */
#define CURVATURE    1e-10

typedef struct search {
    const davy_minimise_problem *problem;
    size_t count;
    double *x, *gradient, *pseudo; /* here */
    double *next, *next_gradient;  /* one step on */
    double *direction;
    double *steps[MEMORY], *turns[MEMORY]; /* differences of x and of the gradient, newest last */
    double rho[MEMORY];                    /* 1 / (step . turn) */
    size_t kept;
    double value; /* with the penalty */
    double *memory;
} search;

static double dot(const search *s, const double *a, const double *b)
{
    return cblas_ddot((int) s->count, a, 1, b, 1);
}

static double with_penalty(const search *s, const double *x, double *gradient)
{
    const davy_minimise_problem *p = s->problem;
    double value = p->value(p->context, x, gradient);

    for (size_t i = 0; i < p->l1_count && p->l1 > 0; i++)
        value += p->l1 * fabs(x[i]);
    return value;
}

/* The gradient of least size that the corner of |x| at 0 allows. */
static double pseudo_gradient(const search *s, const double *x, const double *gradient, size_t i)
{
    const double l1 = i < s->problem->l1_count ? s->problem->l1 : 0;

    if (x[i] != 0 || l1 == 0)
        return gradient[i] + (x[i] > 0 ? l1 : x[i] < 0 ? -l1 : 0);
    return copysign(fmax(fabs(gradient[i]) - l1, 0), gradient[i]);
}

static double largest_slope(search *s)
{
    double largest = 0;

    for (size_t i = 0; i < s->count; i++) {
        s->pseudo[i] = pseudo_gradient(s, s->x, s->gradient, i);
        largest = fmax(largest, fabs(s->pseudo[i]));
    }
    return largest;
}

/* The two loops of Nocedal: minus the guessed inverse curvature times the gradient. */
static void find_direction(search *s)
{
    const int n = (int) s->count;
    double alpha[MEMORY];

    for (size_t i = 0; i < s->count; i++)
        s->direction[i] = -s->pseudo[i];
    for (size_t m = s->kept; m-- > 0;) {
        alpha[m] = s->rho[m] * dot(s, s->steps[m], s->direction);
        cblas_daxpy(n, -alpha[m], s->turns[m], 1, s->direction, 1);
    }
    if (s->kept > 0) {
        const double *turn = s->turns[s->kept - 1];

        cblas_dscal(n, 1 / (s->rho[s->kept - 1] * dot(s, turn, turn)), s->direction, 1);
    }
    for (size_t m = 0; m < s->kept; m++) {
        const double beta = s->rho[m] * dot(s, s->turns[m], s->direction);

        cblas_daxpy(n, alpha[m] - beta, s->steps[m], 1, s->direction, 1);
    }
    for (size_t i = 0; i < s->problem->l1_count && s->problem->l1 > 0; i++)
        if (s->direction[i] * s->pseudo[i] >= 0)
            s->direction[i] = 0; /* not downhill for this number by itself */
}

/* One step of this length; a number does not cross 0, where its penalty turns around. */
static double try_step(search *s, double length)
{
    for (size_t i = 0; i < s->count; i++) {
        s->next[i] = s->x[i] + length * s->direction[i];
        if (i < s->problem->l1_count && s->problem->l1 > 0) {
            const double side = s->x[i] != 0 ? s->x[i] : -s->pseudo[i];

            if (s->next[i] * side <= 0)
                s->next[i] = 0;
        }
    }
    return with_penalty(s, s->next, s->next_gradient);
}

static double promised(const search *s)
{
    double slope = 0;

    for (size_t i = 0; i < s->count; i++)
        slope += s->pseudo[i] * (s->next[i] - s->x[i]);
    return slope;
}

/* Halve the step until it goes down enough. @return false when none does */
static bool line_search(search *s, double *value)
{
    double length = s->kept > 0 ? 1 : 1 / fmax(sqrt(dot(s, s->pseudo, s->pseudo)), 1);

    for (int halving = 0; halving < HALVINGS_MAX; halving++) {
        double slope;

        *value = try_step(s, length);
        slope = promised(s);
        if (slope < 0 && *value <= s->value + DECREASE * slope)
            return true;
        length /= 2;
    }
    return false;
}

/* Keep the difference of two places; the oldest gives way. */
static void remember(search *s)
{
    double *step, *turn;
    double along, size;

    if (s->kept == MEMORY) {
        step = s->steps[0];
        turn = s->turns[0];
        for (size_t m = 1; m < MEMORY; m++) {
            s->steps[m - 1] = s->steps[m];
            s->turns[m - 1] = s->turns[m];
            s->rho[m - 1] = s->rho[m];
        }
        s->steps[--s->kept] = step;
        s->turns[s->kept] = turn;
    }
    step = s->steps[s->kept];
    turn = s->turns[s->kept];
    for (size_t i = 0; i < s->count; i++) {
        step[i] = s->next[i] - s->x[i];
        turn[i] = s->next_gradient[i] - s->gradient[i];
    }
    along = dot(s, step, turn);
    size = dot(s, turn, turn);
    if (along > CURVATURE * size)
        s->rho[s->kept++] = 1 / along;
}

static davy_status search_init(search *s, double *x)
{
    const size_t arrays = 5 + 2 * MEMORY;
    double *at = s->memory = calloc(arrays * s->count, sizeof *at);

    if (!at)
        return davy_fail(DAVY_ERR_NOMEM, "a minimum over %zu numbers", s->count);
    s->x = x;
    s->gradient = at;
    s->pseudo = at + s->count;
    s->next = at + 2 * s->count;
    s->next_gradient = at + 3 * s->count;
    s->direction = at + 4 * s->count;
    for (size_t m = 0; m < MEMORY; m++) {
        s->steps[m] = at + (5 + m) * s->count;
        s->turns[m] = at + (5 + MEMORY + m) * s->count;
    }
    return DAVY_OK;
}

/* @return false when no step goes down, even along the gradient */
static bool take_step(search *s)
{
    double value;

    find_direction(s);
    if (!line_search(s, &value)) {
        if (s->kept == 0)
            return false;
        s->kept = 0; /* the guess was bad: begin anew from the gradient */
        return true;
    }
    remember(s);
    memcpy(s->x, s->next, s->count * sizeof *s->x);
    memcpy(s->gradient, s->next_gradient, s->count * sizeof *s->x);
    s->value = value;
    return true;
}

davy_status davy_minimise(const davy_minimise_problem *problem, double *x, davy_minimum *out)
{
    search s = {.problem = problem, .count = problem->count};
    davy_minimum found = {0};
    davy_status status = search_init(&s, x);

    if (status != DAVY_OK)
        return status;
    s.value = with_penalty(&s, x, s.gradient);
    while (isfinite(s.value) && found.iterations < problem->iterations) {
        found.arrived = largest_slope(&s) <= problem->tolerance;
        found.stopped = problem->stop && problem->stop(problem->context, found.iterations);
        if (found.arrived || found.stopped)
            break;
        found.arrived = !take_step(&s);
        if (found.arrived)
            break;
        found.iterations++;
    }
    found.value = s.value;
    free(s.memory);
    if (!isfinite(s.value))
        return davy_fail(DAVY_ERR_INVALID, "what is to be minimised is not finite");
    *out = found;
    return DAVY_OK;
}
