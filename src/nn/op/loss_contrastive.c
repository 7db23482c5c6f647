/* SPDX-License-Identifier: Apache-2.0 */
/**
 * @file
 * Contrastive losses: what belongs together shall lie together. a and b are [N, D].
 *
 * With a third input `same` [N] (1 or 0): the mean over pairs, d the distance of a[i] and b[i], of
 *
 *     same d^2 / 2 + (1 - same) max(0, margin - d)^2 / 2
 *
 * Without: a[i] and b[i] are two views of sample i, and all other rows of both are strangers. Rows
 * are scaled to length 1; the loss is the cross-entropy of finding its partner among the 2N - 1
 * others by cosine / temperature, averaged over all 2N rows (NT-Xent). A row of zeros has no
 * direction: its cosines are 0, and it learns nothing.
 *
 * Sources: Hadsell, Chopra, LeCun, "Dimensionality Reduction by Learning an Invariant Mapping",
 * CVPR 2006; Chen et al., "A Simple Framework for Contrastive Learning", arXiv:2002.05709.
 */
#include "nn/op/rows.h"

#include "nn/op/loss.h"

#include <inttypes.h>
#include <math.h>
#include <string.h>

struct contrastive {
    size_t rows, width; /* N, D */
    float margin, temperature;
};

/* Where the second form works: scratch, the same forward and back. M = 2N. */
struct views {
    float *unit;    /* [M, D] rows of length 1 */
    float *turned;  /* [D, M] the same, transposed */
    float *cosines; /* [M, M] / temperature; on the way back their gradients */
    float *diff;    /* [M, D] */
    float *length;  /* [M] */
};

static struct views views_of(const davy_call *call)
{
    const struct contrastive *loss = call->state;
    const size_t m = 2 * loss->rows, block = m * loss->width;
    float *memory = call->scratch;

    return (struct views){.unit = memory,
                          .turned = memory + block,
                          .diff = memory + 2 * block,
                          .cosines = memory + 3 * block,
                          .length = memory + 3 * block + m * m};
}

static davy_status prepare_pairs(davy_call *call, struct contrastive *loss)
{
    davy_status status = davy_call_expect(call, 2, DAVY_TYPE_F32, 1);

    if (status != DAVY_OK)
        return status;
    if (call->in[2]->dims[0] != call->in[0]->dims[0])
        return davy_call_fail(call, DAVY_ERR_INVALID, "%" PRId64 " answers for %zu pairs",
                              call->in[2]->dims[0], loss->rows);
    loss->margin = davy_node_float(call->node, "margin", 1.0F);
    if (!(loss->margin > 0.0F) || !isfinite(loss->margin))
        return davy_call_fail(call, DAVY_ERR_INVALID, "margin %g is not above 0",
                              (double) loss->margin);
    return DAVY_OK;
}

static davy_status prepare_views(davy_call *call, struct contrastive *loss)
{
    const size_t m = 2 * loss->rows;

    loss->temperature = davy_node_float(call->node, "temperature", 0.1F);
    if (!(loss->temperature >= 1e-3F) || !isfinite(loss->temperature))
        return davy_call_fail(call, DAVY_ERR_INVALID, "temperature %g is not 0.001 or more",
                              (double) loss->temperature);
    if (loss->rows > 1U << 14)
        return davy_call_fail(call, DAVY_ERR_FULL, "%zu samples; 16384 at most", loss->rows);
    call->scratch_size = (3 * m * loss->width + m * m + m) * sizeof(float);
    return DAVY_OK;
}

static davy_status prepare(davy_call *call)
{
    struct contrastive *loss = call->state;
    davy_status status = davy_call_expect(call, 0, DAVY_TYPE_F32, 2);

    if (status == DAVY_OK)
        status = davy_loss_same(call, 1);
    if (status != DAVY_OK)
        return status;
    loss->rows = (size_t) call->in[0]->dims[0];
    loss->width = (size_t) call->in[0]->dims[1];
    status =
        call->in_count > 2 && call->in[2] ? prepare_pairs(call, loss) : prepare_views(call, loss);
    return status == DAVY_OK ? davy_loss_shape(call) : status;
}

/* First form. */

static double distance(const davy_call *call, size_t i)
{
    const struct contrastive *loss = call->state;
    const float *a = davy_f32(call->in[0]) + i * loss->width;
    const float *b = davy_f32(call->in[1]) + i * loss->width;
    double sum = 0.0;

    for (size_t k = 0; k < loss->width; k++)
        sum += ((double) a[k] - (double) b[k]) * ((double) a[k] - (double) b[k]);
    return sqrt(sum);
}

static double forward_pairs(const davy_call *call)
{
    const struct contrastive *loss = call->state;
    double sum = 0.0;

    for (size_t i = 0; i < loss->rows; i++) {
        const double same = (double) davy_f32(call->in[2])[i], d = distance(call, i);
        const double lacking = (double) loss->margin - d;

        sum += same * d * d / 2.0;
        if (!(lacking <= 0.0)) /* NaN counts */
            sum += (1.0 - same) * lacking * lacking / 2.0;
    }
    return sum / (double) loss->rows;
}

static void carry(const davy_call *call, size_t input, size_t at, float value)
{
    float *diff;

    if (!call->diff_in[input])
        return;
    diff = davy_f32(call->diff_in[input]) + at;
    *diff = (call->diff_add[input] ? *diff : 0.0F) + value;
}

static void backward_pairs(const davy_call *call)
{
    const struct contrastive *loss = call->state;
    const double factor = (double) davy_loss_factor(call) / (double) loss->rows;

    for (size_t i = 0; i < loss->rows; i++) {
        const double same = (double) davy_f32(call->in[2])[i], d = distance(call, i);
        const double lacking = (double) loss->margin - d;
        /* Where a and b are one point, no direction leads away. */
        const double push = lacking > 0.0 && d > 0.0 ? (1.0 - same) * lacking / d : 0.0;

        for (size_t j = i * loss->width; j < (i + 1) * loss->width; j++) {
            const double between =
                (double) davy_f32(call->in[0])[j] - (double) davy_f32(call->in[1])[j];
            const float pull = (float) (factor * (same - push) * between);

            carry(call, 0, j, pull);
            carry(call, 1, j, -pull);
        }
    }
    if (call->diff_in[2] && !call->diff_add[2])
        memset(call->diff_in[2]->data, 0, davy_tensor_bytes(call->diff_in[2]));
}

/* Second form. */

static void find_cosines(const davy_call *call, const struct views *views)
{
    const struct contrastive *loss = call->state;
    const size_t n = loss->rows, m = 2 * n, width = loss->width;

    for (size_t i = 0; i < m; i++) {
        const float *row = davy_f32(call->in[i >= n]) + (i < n ? i : i - n) * width;
        const float length = sqrtf(call->env->kernels->dot(width, row, row));

        views->length[i] = length;
        for (size_t k = 0; k < width; k++) {
            views->unit[i * width + k] = length == 0.0F ? 0.0F : row[k] / length;
            views->turned[k * m + i] = views->unit[i * width + k];
        }
    }
    call->env->kernels->gemm(&(davy_gemm){.m = m,
                                          .n = m,
                                          .k = width,
                                          .segments = 1,
                                          .a = views->unit,
                                          .a_row = (ptrdiff_t) width,
                                          .a_column = 1,
                                          .b = views->turned,
                                          .b_row = (ptrdiff_t) m,
                                          .c = views->cosines,
                                          .c_row = (ptrdiff_t) m});
    call->env->kernels->scale(m * m, 1.0F / loss->temperature, views->cosines, views->cosines);
}

/* ln sum exp over the others of row i. */
static double others(const float *row, size_t i, size_t m)
{
    double most = -INFINITY, sum = 0.0;

    for (size_t j = 0; j < m; j++)
        if (j != i && (double) row[j] > most)
            most = (double) row[j];
    for (size_t j = 0; j < m; j++)
        if (j != i)
            sum += exp((double) row[j] - most);
    return most + log(sum);
}

static double forward_views(const davy_call *call)
{
    const struct contrastive *loss = call->state;
    const struct views views = views_of(call);
    const size_t m = 2 * loss->rows;
    double sum = 0.0;

    find_cosines(call, &views);
    for (size_t i = 0; i < m; i++) {
        const float *row = views.cosines + i * m;

        sum += others(row, i, m) - (double) row[(i + loss->rows) % m];
    }
    return sum / (double) m;
}

/* The gradient of unit row i through the scaling to length 1. */
static void carry_row(const davy_call *call, const struct views *views, size_t i)
{
    const struct contrastive *loss = call->state;
    const size_t n = loss->rows, width = loss->width;
    const float *unit = views->unit + i * width, *diff = views->diff + i * width;
    const float along = call->env->kernels->dot(width, unit, diff);
    const float inverse = views->length[i] == 0.0F ? 0.0F : 1.0F / views->length[i];

    for (size_t k = 0; k < width; k++)
        carry(call, i >= n, i % n * width + k, (diff[k] - along * unit[k]) * inverse);
}

static void backward_views(const davy_call *call)
{
    const struct contrastive *loss = call->state;
    const struct views views = views_of(call);
    const size_t m = 2 * loss->rows;
    const double factor =
        (double) davy_loss_factor(call) / ((double) m * (double) loss->temperature);
    davy_gemm gemm = {.m = m,
                      .n = loss->width,
                      .k = m,
                      .segments = 1,
                      .a = views.cosines,
                      .a_row = (ptrdiff_t) m,
                      .a_column = 1,
                      .b = views.unit,
                      .b_row = (ptrdiff_t) loss->width,
                      .c = views.diff,
                      .c_row = (ptrdiff_t) loss->width};

    find_cosines(call, &views);
    for (size_t i = 0; i < m; i++) {
        float *row = views.cosines + i * m;
        const double normal = others(row, i, m);

        for (size_t j = 0; j < m; j++)
            row[j] = j == i ? 0.0F : (float) (factor * exp((double) row[j] - normal));
        row[(i + loss->rows) % m] -= (float) factor;
    }
    call->env->kernels->gemm(&gemm); /* the row's own end of each cosine, then the other end */
    gemm.a_row = 1;
    gemm.a_column = (ptrdiff_t) m;
    gemm.add = true;
    call->env->kernels->gemm(&gemm);
    for (size_t i = 0; i < m; i++)
        carry_row(call, &views, i);
}

static davy_status forward(const davy_call *call)
{
    const bool pairs = ((const struct contrastive *) call->state)->margin > 0.0F;

    davy_loss_set(call, pairs ? forward_pairs(call) : forward_views(call));
    return DAVY_OK;
}

static void backward(const davy_call *call)
{
    if (((const struct contrastive *) call->state)->margin > 0.0F)
        backward_pairs(call);
    else
        backward_views(call);
}

const davy_op davy_op_contrastive = {
    .name = "contrastive",
    .in_min = 2,
    .in_max = 3,
    .out_max = 1,
    .flags = DAVY_OP_LOSS,
    .needs = DAVY_NEEDS_INS,
    .state_size = sizeof(struct contrastive),
    .prepare = prepare,
    .forward = forward,
    .backward = backward,
};
