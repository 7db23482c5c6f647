/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "core/status.h"

#include <stddef.h>

/**
 * @file
 * Pool of threads for one training or one batch: bound to CPUs, no lock and no allocation a call.
 *
 * Stage: nn. Work is cut into chunks that do not depend on the number of threads, and what chunks
 * compute is put together in the order of the chunks, so one thread and many give the same bits.
 * Each thread flushes denormals (x86: FTZ and DAZ; arm64: FZ). Workers spin shortly, then sleep on
 * a futex: a spinning thread whose core was taken away would hold everybody up. Threads are bound
 * because some virtual machines pack unbound threads onto one CPU.
 */
typedef struct davy_pool davy_pool;

/** Most threads of a pool. */
#define DAVY_POOL_THREADS_MAX 256

/** Start `threads` - 1 workers (the caller is one too); 0: as many as this process has CPUs. */
DAVY_MUST_CHECK davy_status davy_pool_create(size_t threads, davy_pool **out);
/** NULL is fine. */
void davy_pool_destroy(davy_pool *pool);

/** Threads that take part, the caller included; 1 for NULL. */
size_t davy_pool_threads(const davy_pool *pool);

/**
 * Call task(context, chunk, worker) for every chunk of 0 .. count-1 and return when all are done.
 * One caller at a time. A NULL pool runs all chunks in the caller.
 *
 * @param worker  in the task: 0 .. threads-1, to choose scratch memory by
 */
void davy_pool_run(davy_pool *pool, size_t count,
                   void (*task)(void *context, size_t chunk, size_t worker), void *context);

/**
 * Make this thread take denormal numbers for zero, which are a hundred times slower and mean
 * nothing to a network. davy_pool_run() does it for its chunks; who runs kernels without a pool
 * does it around the whole run, so that both give the same bits.
 *
 * @return for davy_denormals_restore(), which puts back what was before
 */
unsigned davy_denormals_flush(void);
void davy_denormals_restore(unsigned before);
