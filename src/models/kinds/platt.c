/* SPDX-License-Identifier: Apache-2.0 */
#include "models/kinds/platt.h"

#include "models/kinds/minimise.h"

#include <math.h>

#define TOLERANCE  1e-9
#define ITERATIONS 200

typedef struct platt_work {
    const double *decisions;
    const bool *positive;
    size_t count;
    double high, low; /* what a sample that is so, and one that is not, count */
} platt_work;

static double log_loss(void *context, const double *x, double *gradient)
{
    const platt_work *work = context;
    double loss = 0;

    gradient[0] = gradient[1] = 0;
    for (size_t i = 0; i < work->count; i++) {
        const double t = x[0] * work->decisions[i] + x[1];
        const double so = work->positive[i] ? work->high : work->low;
        const double p = t >= 0 ? exp(-t) / (1 + exp(-t)) : 1 / (1 + exp(t));

        loss += t >= 0 ? so * t + log1p(exp(-t)) : (so - 1) * t + log1p(exp(t));
        gradient[0] += (so - p) * work->decisions[i];
        gradient[1] += so - p;
    }
    gradient[0] /= (double) work->count;
    gradient[1] /= (double) work->count;
    return loss / (double) work->count;
}

davy_status davy_platt_fit(const double *decisions, const bool *positive, size_t count,
                           davy_platt *out)
{
    platt_work work = {.decisions = decisions, .positive = positive, .count = count};
    const davy_minimise_problem problem = {.count = 2,
                                           .value = log_loss,
                                           .context = &work,
                                           .tolerance = TOLERANCE,
                                           .iterations = ITERATIONS};
    double x[2] = {0, 0}, so = 0;
    davy_minimum minimum;
    davy_status status;

    for (size_t i = 0; i < count; i++)
        so += positive[i];
    *out = (davy_platt){-1, 0};
    if (so == 0 || so == (double) count)
        return DAVY_OK;
    work.high = (so + 1) / (so + 2);
    work.low = 1 / ((double) count - so + 2);
    x[1] = log(((double) count - so + 1) / (so + 1));
    status = davy_minimise(&problem, x, &minimum);
    if (status == DAVY_OK)
        *out = (davy_platt){x[0], x[1]};
    return status;
}
