/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/op/walk.h"

#include "nn/op/arguments.h"

#include <string.h>

/* Elements that one task of the pool copies. */
#define CHUNK ((int64_t) 16384)

void davy_walk_of(davy_walk *walk, const davy_tensor *tensor)
{
    int64_t stride = 1;

    walk->rank = tensor->rank;
    walk->origin = 0;
    for (int i = tensor->rank; i-- > 0;) {
        walk->dims[i] = tensor->dims[i];
        walk->strides[i] = stride;
        stride *= tensor->dims[i];
    }
}

void davy_walk_broadcast(davy_walk *walk, const davy_tensor *tensor, const davy_tensor *like)
{
    const int more = like->rank - tensor->rank;
    int64_t stride = 1;

    walk->rank = like->rank;
    walk->origin = 0;
    for (int i = like->rank; i-- > 0;) {
        const int64_t own = i < more ? 1 : tensor->dims[i - more];

        walk->dims[i] = like->dims[i];
        walk->strides[i] = own == 1 ? 0 : stride;
        stride *= own;
    }
    davy_walk_merge(walk);
}

void davy_walk_merge(davy_walk *walk)
{
    int kept = 0;

    walk->count = 1;
    for (int i = 0; i < walk->rank; i++)
        walk->count *= walk->dims[i];
    for (int i = 0; i < walk->rank; i++) {
        const int64_t dim = walk->dims[i], stride = walk->strides[i];

        if (dim == 1)
            continue;
        if (kept > 0 && walk->strides[kept - 1] == dim * stride) {
            walk->dims[kept - 1] *= dim;
            walk->strides[kept - 1] = stride;
        } else {
            walk->dims[kept] = dim;
            walk->strides[kept++] = stride;
        }
    }
    if (kept == 0) {
        walk->dims[0] = 1;
        walk->strides[0] = 1;
        kept = 1;
    }
    walk->rank = kept;
    walk->dense = kept == 1 && walk->strides[0] == 1 && walk->origin == 0;
}

/* A place in a walk: the index of every dim and the element it stands for. */
typedef struct place {
    int64_t index[DAVY_WALK_RANK_MAX];
    int64_t element;
} place;

static void place_at(const davy_walk *walk, int64_t position, place *at)
{
    at->element = walk->origin;
    for (int i = walk->rank; i-- > 0;) {
        at->index[i] = position % walk->dims[i];
        position /= walk->dims[i];
        at->element += at->index[i] * walk->strides[i];
    }
}

int64_t davy_walk_element(const davy_walk *walk, int64_t position)
{
    place at;

    place_at(walk, position, &at);
    return at.element;
}

/* The elements left in the run of the last dim, `most` at most. */
static int64_t place_run(const davy_walk *walk, const place *at, size_t most)
{
    const int64_t left = walk->dims[walk->rank - 1] - at->index[walk->rank - 1];

    return left < (int64_t) most ? left : (int64_t) most;
}

static void place_move(const davy_walk *walk, int64_t run, place *at)
{
    int i = walk->rank - 1;

    at->index[i] += run;
    at->element += run * walk->strides[i];
    while (i > 0 && at->index[i] == walk->dims[i]) {
        at->element -= at->index[i] * walk->strides[i];
        at->index[i--] = 0;
        at->index[i]++;
        at->element += walk->strides[i];
    }
}

/* Copy `count` elements between strided places; one loop for each size of an element. */
#define STRIDED(type)                                                   \
    do {                                                                \
        const type *s = src;                                            \
        type *d = dst; /* NOLINT(bugprone-macro-parentheses): a type */ \
        for (int64_t i = 0; i < count; i++)                             \
            d[i * dst_stride] = s[i * src_stride];                      \
    } while (0)

static void copy_run(size_t size, int64_t count, const void *src, int64_t src_stride, void *dst,
                     int64_t dst_stride)
{
    if (src_stride == 1 && dst_stride == 1)
        memcpy(dst, src, (size_t) count * size);
    else if (size == 4)
        STRIDED(uint32_t);
    else if (size == 8)
        STRIDED(uint64_t);
    else if (size == 1)
        STRIDED(uint8_t);
    else
        STRIDED(uint16_t);
}

void davy_walk_read(const davy_walk *walk, size_t size, const void *src, int64_t from, size_t count,
                    void *dst)
{
    const int64_t stride = walk->strides[walk->rank - 1];
    char *out = dst;
    place at;

    if (count == 0)
        return;
    place_at(walk, from, &at);
    while (count > 0) {
        const int64_t run = place_run(walk, &at, count);

        copy_run(size, run, (const char *) src + at.element * (int64_t) size, stride, out, 1);
        out += run * (int64_t) size;
        count -= (size_t) run;
        place_move(walk, run, &at);
    }
}

void davy_walk_write(const davy_walk *walk, size_t size, void *dst, int64_t from, size_t count,
                     const void *src)
{
    const int64_t stride = walk->strides[walk->rank - 1];
    const char *in = src;
    place at;

    if (count == 0)
        return;
    place_at(walk, from, &at);
    while (count > 0) {
        const int64_t run = place_run(walk, &at, count);

        copy_run(size, run, in, 1, (char *) dst + at.element * (int64_t) size, stride);
        in += run * (int64_t) size;
        count -= (size_t) run;
        place_move(walk, run, &at);
    }
}

void davy_walk_add(const davy_walk *walk, const davy_kernels *kernels, float *dst, int64_t from,
                   size_t count, const float *src)
{
    const int64_t stride = walk->strides[walk->rank - 1];
    place at;

    if (count == 0)
        return;
    place_at(walk, from, &at);
    while (count > 0) {
        const int64_t run = place_run(walk, &at, count);
        float *to = dst + at.element;

        if (stride == 1)
            kernels->add((size_t) run, to, src, to);
        else if (stride == 0)
            *to += kernels->sum((size_t) run, src);
        else
            for (int64_t i = 0; i < run; i++)
                to[i * stride] += src[i];
        src += run;
        count -= (size_t) run;
        place_move(walk, run, &at);
    }
}

typedef struct copy {
    const davy_walk *walk;
    size_t size;
    const char *src;
    char *dst;
} copy;

static size_t chunk_length(const davy_walk *walk, size_t chunk)
{
    const int64_t left = walk->count - (int64_t) chunk * CHUNK;

    return (size_t) (left < CHUNK ? left : CHUNK);
}

static void copy_chunk(void *context, size_t chunk, size_t worker)
{
    const copy *job = context;
    const int64_t from = (int64_t) chunk * CHUNK;

    (void) worker;
    davy_walk_read(job->walk, job->size, job->src, from, chunk_length(job->walk, chunk),
                   job->dst + from * (int64_t) job->size);
}

static void paste_chunk(void *context, size_t chunk, size_t worker)
{
    const copy *job = context;
    const int64_t from = (int64_t) chunk * CHUNK;

    (void) worker;
    davy_walk_write(job->walk, job->size, job->dst, from, chunk_length(job->walk, chunk),
                    job->src + from * (int64_t) job->size);
}

static size_t chunks(const davy_walk *walk)
{
    return (size_t) ((walk->count + CHUNK - 1) / CHUNK);
}

void davy_walk_copy(const davy_walk *walk, const davy_env *env, size_t size, const void *src,
                    void *dst)
{
    copy job = {walk, size, src, dst};

    davy_pool_run(env->pool, chunks(walk), copy_chunk, &job);
}

void davy_walk_paste(const davy_walk *walk, const davy_env *env, size_t size, const void *src,
                     void *dst)
{
    copy job = {walk, size, src, dst};

    davy_pool_run(env->pool, chunks(walk), paste_chunk, &job);
}

void davy_walk_copy_back(const davy_walk *walk, const davy_env *env, const davy_tensor *diff_src,
                         bool add, davy_tensor *diff_dst)
{
    float block[512];

    if (!add) {
        davy_walk_copy(walk, env, sizeof(float), diff_src->data, diff_dst->data);
        return;
    }
    for (int64_t from = 0; from < walk->count; from += (int64_t) DAVY_ARRAY_LENGTH(block)) {
        const int64_t left = walk->count - from;
        const size_t count =
            left < (int64_t) DAVY_ARRAY_LENGTH(block) ? (size_t) left : DAVY_ARRAY_LENGTH(block);

        davy_walk_read(walk, sizeof(float), diff_src->data, from, count, block);
        env->kernels->add(count, davy_f32(diff_dst) + from, block, davy_f32(diff_dst) + from);
    }
}

void davy_walk_paste_back(const davy_walk *walk, const davy_env *env, const davy_tensor *diff_src,
                          bool add, davy_tensor *diff_dst)
{
    if (!add)
        memset(diff_dst->data, 0, davy_tensor_bytes(diff_dst));
    davy_walk_add(walk, env->kernels, davy_f32(diff_dst), 0, (size_t) walk->count,
                  davy_f32(diff_src));
}

davy_status davy_walk_forward(const davy_call *call)
{
    davy_walk_copy(call->state, call->env, davy_type_size(call->in[0]->type), call->in[0]->data,
                   call->out[0]->data);
    return DAVY_OK;
}

void davy_walk_backward(const davy_call *call)
{
    if (call->diff_in[0])
        davy_walk_paste_back(call->state, call->env, call->diff_out[0], call->diff_add[0],
                             call->diff_in[0]);
}

davy_status davy_broadcast_shape(const davy_call *call, size_t first, size_t count, int *rank,
                                 int64_t dims[DAVY_RANK_MAX])
{
    char text[DAVY_TENSOR_TEXT_MAX];

    *rank = 0;
    for (size_t i = first; i < first + count; i++) {
        const davy_tensor *in = davy_argument(call, i);
        int64_t merged[DAVY_RANK_MAX];
        int high = *rank;

        if (!in) /* optional */
            continue;
        if (in->rank > high)
            high = in->rank;
        for (int d = 0; d < high; d++) { /* from the last dimension on */
            const int64_t a = d < *rank ? dims[*rank - 1 - d] : 1;
            const int64_t b = d < in->rank ? in->dims[in->rank - 1 - d] : 1;

            if (a != b && a != 1 && b != 1)
                return davy_call_fail(call, DAVY_ERR_INVALID,
                                      "%s does not broadcast with what stands before it",
                                      davy_tensor_text(in, text));
            merged[high - 1 - d] = a == 1 ? b : a;
        }
        *rank = high;
        memcpy(dims, merged, (size_t) high * sizeof dims[0]);
    }
    return DAVY_OK;
}
