/* SPDX-License-Identifier: Apache-2.0 */
/* Determinants of matrices, by elimination with the greatest pivot, as double. */
#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/rows.h"

#include <math.h>

static davy_status det_prepare(davy_call *call)
{
    const davy_tensor *in = call->in[0];
    const int64_t side = in->rank >= 2 ? in->dims[in->rank - 1] : -1;

    if (side < 0 || in->dims[in->rank - 2] != side || !davy_type_is_float(in->type))
        return davy_call_fail(call, DAVY_ERR_INVALID, "square matrices of floats are wanted");
    call->scratch_size = (size_t) (side * side) * sizeof(double);
    return davy_result(call, 0, in->type, in->rank - 2, in->dims);
}

static void swap_rows(double *matrix, int64_t side, int64_t a, int64_t b)
{
    for (int64_t j = 0; j < side; j++) {
        const double kept = matrix[a * side + j];

        matrix[a * side + j] = matrix[b * side + j];
        matrix[b * side + j] = kept;
    }
}

static double determinant(double *matrix, int64_t side)
{
    double product = 1;

    for (int64_t k = 0; k < side; k++) {
        int64_t pivot = k;

        for (int64_t i = k + 1; i < side; i++)
            if (fabs(matrix[i * side + k]) > fabs(matrix[pivot * side + k]))
                pivot = i;
        if (pivot != k) {
            swap_rows(matrix, side, pivot, k);
            product = -product;
        }
        product *= matrix[k * side + k];
        if (matrix[k * side + k] == 0)
            return 0;
        for (int64_t i = k + 1; i < side; i++) {
            const double factor = matrix[i * side + k] / matrix[k * side + k];

            for (int64_t j = k; j < side; j++)
                matrix[i * side + j] -= factor * matrix[k * side + j];
        }
    }
    return product;
}

static davy_status det_forward(const davy_call *call)
{
    const davy_tensor *in = call->in[0];
    const int64_t side = in->dims[in->rank - 1];
    double *matrix = call->scratch;

    for (int64_t m = 0; m < davy_tensor_count(call->out[0]); m++) {
        for (int64_t i = 0; i < side * side; i++)
            matrix[i] = davy_tensor_at(in, m * side * side + i);
        davy_tensor_put(call->out[0], m, determinant(matrix, side));
    }
    return DAVY_OK;
}

const davy_op davy_op_det = {.name = "det",
                             .onnx = "Det",
                             .in_min = 1,
                             .in_max = 1,
                             .out_max = 1,
                             .prepare = det_prepare,
                             .forward = det_forward};
