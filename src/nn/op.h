/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/graph.h"
#include "nn/pool.h"
#include "nn/simd/kernels.h"
#include "nn/tensor.h"

/**
 * @file
 * Operators: one constant table a row, and everything else of the engine is generic.
 *
 * Stage: nn. An operator says what shape comes out (prepare), computes it (forward), and, where it
 * can be trained, carries the gradient back (backward). Rows stand at the end of the files of
 * nn/op/ and are listed in nn/op/table.c. Names and attributes are ONNX's, operator set 17, where
 * the meaning is ONNX's; `onnx` then holds the name and the exporter writes the node as it is.
 *
 * Rules of an operator:
 * 1. prepare() checks everything: types, shapes, attributes. forward() meets no surprise but data
 *    (an index out of range), which it reports as a status.
 * 2. forward() and backward() allocate nothing, lock nothing, and write `state` never: threads
 *    share it. Memory comes as `saved` and `scratch`, sized in prepare().
 * 3. Work in parallel is cut into chunks that do not depend on the number of threads, and sums over
 *    chunks are added in the order of the chunks; a row of a batch is computed in the same order of
 *    operations whatever the size of the batch. So one thread and two, batch and single, agree to
 *    the bit in f32.
 * 4. backward() sets diff_in[i] when `diff_add[i]` is false, and adds to it when true. It reads
 * only what `needs` names.
 */

/** What a plan asks of all its operators. */
typedef struct davy_env {
    const davy_kernels *kernels;
    davy_pool *pool; /* NULL: one thread */
    bool training;
    bool bf16;         /* f32 sums of bf16 products are allowed, and AMX is here */
    uint64_t seed;     /* of dropout */
    uint64_t step;     /* of training: dropout draws anew each step */
    size_t threads;    /* davy_pool_threads(pool) */
    size_t memory_max; /* bytes that one tensor made at run time may take */
} davy_env;

/** One node with what it works on. Mutable in prepare(), constant afterwards. */
typedef struct davy_call {
    const davy_node *node;
    const davy_env *env;
    davy_tensor **in;  /* [in_count] NULL: absent */
    davy_tensor **out; /* [out_count] NULL: nobody wants it */
    size_t in_count, out_count;
    size_t index; /* of the node in its graph: stream of its random numbers */
    void *state;  /* op->state_size bytes, zero before prepare() */
    /* Memory; prepare() sets the sizes. */
    void *saved;   /* from forward() to backward(); only when training */
    void *scratch; /* lost after the call; one block for all threads */
    size_t saved_size, scratch_size;
    /* Gradients, in backward(). */
    davy_tensor **diff_out; /* [out_count] NULL: no gradient arrives */
    davy_tensor **diff_in;  /* [in_count] NULL: not wanted */
    const bool *diff_add;   /* [in_count] */
    /* prepare() in a plan: */
    bool late;                /* set by davy_call_constant(): prepare again when data is there */
    davy_arena *memory;       /* where davy_call_keep() takes from */
    struct davy_packs *packs; /* for davy_call_keep_shared(); NULL: nothing is shared */
    void **held; /* a late node's: what prepare() leaves for the next run; NULL: nothing stays */
} davy_call;

/** The input that DAVY_OP_ADDS speaks of. */
#define DAVY_ADDED_INPUT 3

/** What backward() reads besides diff_out and parameters. */
#define DAVY_NEEDS_IN(i)  (1U << (i))   /* input i, i below 8 */
#define DAVY_NEEDS_OUT(i) (256U << (i)) /* output i, i below 8 */
#define DAVY_NEEDS_INS    0xffU

typedef enum davy_op_flag {
    DAVY_OP_VIEW = 1,       /* out[0] is in[0] with another shape: no work, no memory */
    DAVY_OP_IN_PLACE = 2,   /* out[0] may lie where in[0] lies, same type and size */
    DAVY_OP_RANDOM = 4,     /* another answer at each run: never folded */
    DAVY_OP_SHAPE_ONLY = 8, /* reads shapes, not numbers, of its inputs */
    DAVY_OP_BF16 = 16, /* takes DAVY_TYPE_BF16 as input 0 where it says DAVY_TYPE_F32, and gives
                        * it where the plan offers that as the type of an output */
    DAVY_OP_LOSS = 32, /* out[0] is a loss of rank 0 */
    DAVY_OP_BF16_SERVED = 64, /* as DAVY_OP_BF16, but its way back is one of floats */
    DAVY_OP_BF16_ALL = 128,   /* so with all inputs, each by itself */
    DAVY_OP_BF16_MOVED = 256, /* numbers pass through, so what comes out has the type of what came
                               * in; all of it, with DAVY_OP_BF16_ALL. A view does that too */
    DAVY_OP_ADDS = 512 /* input 3 is added to out[0], which may lie where it lies, same type and
                        * size; in service it may be bf16 */
} davy_op_flag;

struct davy_op {
    const char *name;
    const char *onnx; /* exported as this operator with the same inputs and attributes; or NULL */
    size_t in_min, in_max, out_max;
    unsigned flags, needs;
    size_t state_size;
    /* Set type and shape of out[] (those that are not NULL), fill `state`, set saved_size and
     * scratch_size. in[i]->data is there for constants alone. */
    davy_status (*prepare)(davy_call *call);
    davy_status (*forward)(const davy_call *call);
    void (*backward)(const davy_call *call); /* NULL: cannot be trained through */
    void (*clear)(void *state);              /* optional: give back what `state` owns */
    void (*release)(void *held);             /* optional: give back what was left in *call->held */
    const void *detail; /* optional: in what rows that share these functions differ */
};

/** The operator with this name, or NULL. */
const davy_op *davy_op_find(const char *name);
/** All operators, closed by NULL, for tests and documents. */
const davy_op *const *davy_op_table(void);

/** Check the count of inputs and outputs and the types that are known, then call op->prepare(). */
DAVY_MUST_CHECK davy_status davy_call_prepare(davy_call *call);

/**
 * A block of numbers on the stack that is written before it is read. The build clears what is not
 * set at once, which for such a block takes as long as an addition of its numbers.
 */
#define DAVY_UNSET __attribute__((uninitialized))

/* For prepare(). */

/**
 * Whether input i's numbers can be read now. If not, the plan calls prepare() again when they are
 * there, so the caller returns DAVY_OK at once.
 */
bool davy_call_constant(davy_call *call, size_t i);

/** Fail with the node's name and operator in front: "conv 'block1/conv': ...". */
davy_status davy_call_fail(const davy_call *call, davy_status status, const char *format, ...)
    DAVY_PRINTF(3, 4);

/** DAVY_ERR_INVALID unless input i is there and has this type and rank (-1: any). */
DAVY_MUST_CHECK davy_status davy_call_expect(const davy_call *call, size_t i, davy_type type,
                                             int rank);

/** Memory that lives as long as `state`, zeroed and aligned; NULL without. */
void *davy_call_keep(davy_call *call, size_t bytes);

/**
 * Memory shared by all plans of a network, for a rearranged copy of the constant input i.
 *
 * @param tag    tells rearrangements apart; a constant address
 * @param fresh  set when the caller must fill it
 * @return NULL when input i is no constant, or without memory: then rearrange at each run
 */
void *davy_call_keep_shared(davy_call *call, size_t i, const void *tag, size_t bytes, bool *fresh);
