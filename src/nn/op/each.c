/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/each.h"

#include "nn/op/arguments.h"
#include "nn/op/convert.h"
#include "nn/op/floats.h"

#include <string.h>

/* Blocks of one task of the pool. */
#define CHUNK_BLOCKS 16
#define CHUNK        ((int64_t) (CHUNK_BLOCKS * DAVY_BLOCK))

static const davy_function *function_of(const davy_call *call)
{
    return call->node->op->detail;
}

static davy_block *block_of(const davy_function *function, davy_type wide)
{
    switch (wide) {
    case DAVY_TYPE_F32:
        return function->f32;
    case DAVY_TYPE_F64:
        return function->f64;
    case DAVY_TYPE_I64:
        return function->i64;
    case DAVY_TYPE_U64:
        return function->u64;
    case DAVY_TYPE_BOOL:
        return function->boolean;
    default:
        return NULL;
    }
}

/* The types of operands that the function cannot tell apart must be equal. */
static davy_status check_types(const davy_call *call, const davy_function *function)
{
    const davy_type type = call->in[function->typed]->type;

    for (size_t i = 0; i < call->in_count; i++) {
        const davy_tensor *in = call->in[i];
        const davy_type wanted = i < function->typed ? DAVY_TYPE_BOOL : type;

        if (!in || (function->mixed && davy_type_wide(in->type) != DAVY_TYPE_NONE))
            continue;
        if (davy_floats_mixed(call) && davy_type_wide(in->type) == davy_type_wide(wanted))
            continue;
        if (in->type != wanted)
            return davy_call_fail(call, DAVY_ERR_INVALID, "input %zu is %s instead of %s", i,
                                  davy_type_name(in->type), davy_type_name(wanted));
    }
    return DAVY_OK;
}

/* Choose the block function; *wide is what the operands become. */
static davy_status choose(const davy_call *call, const davy_function *function, davy_each *each,
                          davy_type *wide)
{
    const davy_type type = call->in[function->typed]->type;

    *wide = davy_type_wide(type);
    for (size_t i = 0; function->mixed && i < call->in_count; i++)
        if (!davy_type_is_float(type) && davy_type_is_float(call->in[i]->type))
            *wide = DAVY_TYPE_F64;
    if (*wide == DAVY_TYPE_F32 && !function->f32)
        *wide = DAVY_TYPE_F64;
    each->block = block_of(function, *wide);
    if (!each->block)
        return davy_call_fail(call, DAVY_ERR_UNSUPPORTED, "numbers of type %s",
                              davy_type_name(type));
    each->result = function->result == DAVY_TYPE_NONE ? *wide : function->result;
    return DAVY_OK;
}

davy_status davy_each_prepare(davy_call *call)
{
    const davy_function *function = function_of(call);
    davy_each *each = call->state;
    davy_type wide = DAVY_TYPE_NONE, type;
    davy_tensor like;
    int rank;
    davy_status status;

    for (size_t i = 0; function->fold && i < call->in_count; i++)
        if (!call->in[i])
            return davy_call_fail(call, DAVY_ERR_INVALID, "input %zu is missing", i);
    status = check_types(call, function);
    if (status == DAVY_OK)
        status = choose(call, function, each, &wide);
    if (status == DAVY_OK)
        status = davy_broadcast_shape(call, 0, call->in_count, &rank, like.dims);
    type = function->result ? function->result : call->in[function->typed]->type;
    if (davy_floats_mixed(call) && (type == DAVY_TYPE_F32 || type == DAVY_TYPE_BF16))
        type = davy_floats_type(call);
    if (status == DAVY_OK)
        status = davy_result(call, 0, type, rank, like.dims);
    if (status != DAVY_OK)
        return status;

    like.rank = rank;
    each->operands = davy_call_keep(call, call->in_count * sizeof *each->operands);
    if (!each->operands)
        return davy_call_fail(call, DAVY_ERR_NOMEM, "operands");
    for (size_t i = 0; i < call->in_count; i++) {
        if (!call->in[i])
            continue;
        each->operands[i].wide = i < function->typed ? DAVY_TYPE_BOOL : wide;
        davy_walk_broadcast(&each->operands[i].walk, call->in[i], &like);
    }
    return DAVY_OK;
}

/* As davy_convert(); bf16 is what plans make of floats, and has kernels. */
static void convert(const davy_kernels *kernels, davy_type from, davy_type to, size_t count,
                    const void *src, void *dst)
{
    if (from == DAVY_TYPE_BF16 && to == DAVY_TYPE_F32)
        kernels->from_bf16(count, src, dst);
    else if (from == DAVY_TYPE_F32 && to == DAVY_TYPE_BF16)
        kernels->to_bf16(count, src, dst);
    else
        davy_convert(from, to, count, src, dst);
}

/* A block of an operand: where it lies, or widened and put together in `buffer`. */
static const void *operand_block(const davy_kernels *kernels, const davy_each_operand *operand,
                                 const davy_tensor *tensor, int64_t from, size_t count,
                                 void *buffer)
{
    const size_t size = operand->wide ? davy_type_size(tensor->type) : 0;
    uint64_t raw[DAVY_BLOCK] DAVY_UNSET;
    const char *src;

    if (!operand->wide)
        return NULL;
    src = (const char *) tensor->data + from * (int64_t) size;
    if (operand->walk.dense && tensor->type == operand->wide)
        return src;
    if (!operand->walk.dense) {
        void *whole = tensor->type == operand->wide ? buffer : raw;

        davy_walk_read(&operand->walk, size, tensor->data, from, count, whole);
        src = whole;
    }
    if (src != buffer)
        convert(kernels, tensor->type, operand->wide, count, src, buffer);
    return buffer;
}

/* One block of a fold: what was made so far is the first operand of the next step. */
static void fold_block(const davy_call *call, int64_t from, size_t count, void *made)
{
    const davy_each *each = call->state;
    uint64_t buffer[DAVY_BLOCK] DAVY_UNSET;
    const void *first =
        operand_block(call->env->kernels, &each->operands[0], call->in[0], from, count, made);

    if (first != made)
        memcpy(made, first, count * davy_type_size(each->result));
    for (size_t i = 1; i < call->in_count; i++) {
        const void *in[2] = {made, operand_block(call->env->kernels, &each->operands[i],
                                                 call->in[i], from, count, buffer)};

        each->block(call, count, in, made);
    }
    if (function_of(call)->finish)
        function_of(call)->finish(call, count, (const void *const[]){made}, made);
}

static void each_block(const davy_call *call, int64_t from, size_t count)
{
    const davy_each *each = call->state;
    const davy_tensor *out = call->out[0];
    char *dst = (char *) out->data + from * (int64_t) davy_type_size(out->type);
    uint64_t buffers[DAVY_EACH_MAX][DAVY_BLOCK] DAVY_UNSET, narrowed[DAVY_BLOCK] DAVY_UNSET;
    const void *in[DAVY_EACH_MAX] = {NULL};
    void *made = out->type == each->result ? (void *) dst : narrowed;

    if (function_of(call)->fold) {
        fold_block(call, from, count, made);
    } else {
        for (size_t i = 0; i < call->in_count; i++)
            in[i] = operand_block(call->env->kernels, &each->operands[i], call->in[i], from, count,
                                  buffers[i]);
        each->block(call, count, in, made);
    }
    if (made == narrowed)
        convert(call->env->kernels, each->result, out->type, count, narrowed, dst);
}

static void each_chunk(void *context, size_t chunk, size_t worker)
{
    const davy_call *call = context;
    const int64_t total = davy_tensor_count(call->out[0]), end = ((int64_t) chunk + 1) * CHUNK;

    (void) worker;
    for (int64_t from = end - CHUNK; from < end && from < total; from += (int64_t) DAVY_BLOCK) {
        const int64_t left = total - from;

        each_block(call, from, left < (int64_t) DAVY_BLOCK ? (size_t) left : DAVY_BLOCK);
    }
}

davy_status davy_each_forward(const davy_call *call)
{
    const int64_t total = davy_tensor_count(call->out[0]);
    davy_call copy = *call; /* the pool's context is not const */

    davy_pool_run(call->env->pool, (size_t) ((total + CHUNK - 1) / CHUNK), each_chunk, &copy);
    return DAVY_OK;
}

/* The gradient of operand `input` in one block; *diff_in must be zeros before where it repeats. */
static void back_block(const davy_call *call, size_t input, int64_t from, size_t count)
{
    const davy_each *each = call->state;
    const davy_walk *walk = &each->operands[input].walk;
    const unsigned needs = call->node->op->needs;
    float *diff_in = davy_f32(call->diff_in[input]);
    float made[DAVY_BLOCK] DAVY_UNSET;
    uint64_t buffers[DAVY_EACH_MAX][DAVY_BLOCK] DAVY_UNSET;
    const void *in[DAVY_EACH_MAX] = {NULL};
    const bool set = walk->dense && !call->diff_add[input];

    for (size_t i = 0; i < call->in_count; i++)
        if (needs & DAVY_NEEDS_IN(i))
            in[i] = operand_block(call->env->kernels, &each->operands[i], call->in[i], from, count,
                                  buffers[i]);
    function_of(call)->back(call, input, count, in,
                            needs & DAVY_NEEDS_OUT(0) ? davy_f32(call->out[0]) + from : NULL,
                            davy_f32(call->diff_out[0]) + from, set ? diff_in + from : made);
    if (!set)
        davy_walk_add(walk, call->env->kernels, diff_in, from, count, made);
}

typedef struct back {
    const davy_call *call;
    size_t input;
} back;

static void back_chunk(void *context, size_t chunk, size_t worker)
{
    const back *job = context;
    const int64_t total = davy_tensor_count(job->call->diff_out[0]);
    const int64_t end = ((int64_t) chunk + 1) * CHUNK;

    (void) worker;
    for (int64_t from = end - CHUNK; from < end && from < total; from += (int64_t) DAVY_BLOCK) {
        const int64_t left = total - from;

        back_block(job->call, job->input, from,
                   left < (int64_t) DAVY_BLOCK ? (size_t) left : DAVY_BLOCK);
    }
}

void davy_each_backward(const davy_call *call)
{
    const davy_each *each = call->state;

    for (size_t i = 0; i < call->in_count; i++) {
        back job = {call, i};
        size_t chunks;

        if (!call->diff_in[i] || !call->diff_out[0])
            continue;
        chunks = (size_t) ((davy_tensor_count(call->diff_out[0]) + CHUNK - 1) / CHUNK);
        if (each->operands[i].walk.dense) {
            davy_pool_run(call->env->pool, chunks, back_chunk, &job);
            continue;
        }
        /* An operand that repeats takes sums over positions: in one thread, in their order. */
        if (!call->diff_add[i])
            memset(call->diff_in[i]->data, 0, davy_tensor_bytes(call->diff_in[i]));
        davy_pool_run(NULL, chunks, back_chunk, &job);
    }
}
