/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/pool.h"

#include <assert.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

/* Looks at memory before a thread sleeps: some ten microseconds, longer than most gaps between two
 * operators and shorter than a time slice. */
#define SPINS 4000

typedef struct davy_worker {
    davy_pool *pool;
    size_t number; /* 1 and more; the caller is 0 */
    pthread_t thread;
} davy_worker;

/*
 * The caller writes task, context and count, then `left`. Who lowers `left` owns one chunk, and the
 * caller cannot return before that chunk is done: so the fields stand still once a chunk is owned.
 * The upper half of `left` is the number of the run, so that a thread which slept through a run
 * does not lower the next one's counter by what it saw of the last.
 */
struct davy_pool {
    void (*task)(void *context, size_t chunk, size_t worker);
    void *context;
    size_t count;
    _Atomic uint64_t left;       /* number of the run, chunks that nobody owns */
    _Atomic uint32_t unfinished; /* chunks; the caller sleeps on it */
    _Atomic uint32_t runs;       /* workers sleep on it */
    _Atomic uint32_t sleepers;
    atomic_bool caller_sleeps, stopping;
    size_t threads; /* started, the caller included */
    unsigned spins;
    int cpu[DAVY_POOL_THREADS_MAX]; /* that a thread is bound to */
    davy_worker workers[DAVY_POOL_THREADS_MAX];
};

static void relax(void)
{
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

unsigned davy_denormals_flush(void)
{
#if defined(__x86_64__)
    const unsigned before = __builtin_ia32_stmxcsr();

    __builtin_ia32_ldmxcsr(before | 0x8040U); /* FTZ and DAZ */
    return before;
#elif defined(__aarch64__)
    uint64_t before;

    __asm__ volatile("mrs %0, fpcr" : "=r"(before));
    __asm__ volatile("msr fpcr, %0" ::"r"(before | 1U << 24)); /* FZ */
    return (unsigned) before;
#else
    return 0;
#endif
}

void davy_denormals_restore(unsigned before)
{
#if defined(__x86_64__)
    __builtin_ia32_ldmxcsr(before);
#elif defined(__aarch64__)
    __asm__ volatile("msr fpcr, %0" ::"r"((uint64_t) before));
#else
    (void) before;
#endif
}

/* Sleep while *word is `value`. */
static void futex_wait(_Atomic uint32_t *word, uint32_t value)
{
    (void) syscall(SYS_futex, word, FUTEX_WAIT_PRIVATE, value, NULL, NULL, 0);
}

static void futex_wake(_Atomic uint32_t *word, uint32_t threads)
{
    (void) syscall(SYS_futex, word, FUTEX_WAKE_PRIVATE, threads, NULL, NULL, 0);
}

/* @return whether *word changed while we looked */
static bool spin(const davy_pool *pool, const _Atomic uint32_t *word, uint32_t value)
{
    for (unsigned i = 0; i < pool->spins; i++) {
        if (atomic_load(word) != value)
            return true;
        relax();
    }
    return false;
}

/* Take chunks until none is left. */
static void work(davy_pool *pool, size_t number)
{
    uint64_t left = atomic_load(&pool->left);

    while ((uint32_t) left != 0) {
        if (!atomic_compare_exchange_weak(&pool->left, &left, left - 1))
            continue;
        pool->task(pool->context, pool->count - (uint32_t) left, number);
        if (atomic_fetch_sub(&pool->unfinished, 1) == 1 && atomic_load(&pool->caller_sleeps))
            futex_wake(&pool->unfinished, 1);
        left = atomic_load(&pool->left);
    }
}

static void *worker_run(void *argument)
{
    const davy_worker *worker = argument;
    davy_pool *pool = worker->pool;

    (void) davy_denormals_flush();
    while (!atomic_load(&pool->stopping)) {
        const uint32_t runs = atomic_load(&pool->runs);

        work(pool, worker->number);
        if (spin(pool, &pool->runs, runs))
            continue;
        atomic_fetch_add(&pool->sleepers, 1);
        futex_wait(&pool->runs, runs);
        atomic_fetch_sub(&pool->sleepers, 1);
    }
    return NULL;
}

/* Tell the workers that there is a run, or that all is over. */
static void call_workers(davy_pool *pool, size_t wanted)
{
    atomic_fetch_add(&pool->runs, 1);
    if (atomic_load(&pool->sleepers) > 0)
        futex_wake(&pool->runs, (uint32_t) wanted);
}

static void await_chunks(davy_pool *pool)
{
    uint32_t unfinished;

    for (unsigned i = 0; i < pool->spins && atomic_load(&pool->unfinished) != 0; i++)
        relax();
    atomic_store(&pool->caller_sleeps, true);
    while ((unfinished = atomic_load(&pool->unfinished)) != 0)
        futex_wait(&pool->unfinished, unfinished);
    atomic_store(&pool->caller_sleeps, false);
}

/*
 * A caller that stands on a worker's CPU would wait for itself. The caller is not bound, as threads
 * that it starts later would inherit that: it is sent to its own CPU and set free again.
 */
static void leave_workers_alone(const davy_pool *pool)
{
    const int here = sched_getcpu();
    cpu_set_t own, before;
    size_t i = 1;

    while (i < pool->threads && pool->cpu[i] != here)
        i++;
    if (pool->spins == 0 || i == pool->threads || sched_getaffinity(0, sizeof before, &before) != 0)
        return;
    CPU_ZERO(&own);
    CPU_SET(pool->cpu[0], &own);
    (void) sched_setaffinity(0, sizeof own, &own);
    (void) sched_setaffinity(0, sizeof before, &before);
}

void davy_pool_run(davy_pool *pool, size_t count,
                   void (*task)(void *context, size_t chunk, size_t worker), void *context)
{
    const unsigned mode = davy_denormals_flush();

    assert(count <= UINT32_MAX);
    if (davy_pool_threads(pool) == 1 || count <= 1) {
        for (size_t chunk = 0; chunk < count; chunk++)
            task(context, chunk, 0);
    } else {
        leave_workers_alone(pool);
        pool->task = task;
        pool->context = context;
        pool->count = count;
        atomic_store(&pool->unfinished, (uint32_t) count);
        atomic_store(&pool->left, ((atomic_load(&pool->left) >> 32) + 1) << 32 | (uint64_t) count);
        call_workers(pool, count - 1);
        work(pool, 0);
        await_chunks(pool);
    }
    davy_denormals_restore(mode);
}

size_t davy_pool_threads(const davy_pool *pool)
{
    return pool ? pool->threads : 1;
}

/* Thread i belongs to the i-th CPU of the process, round and round. */
static size_t choose_cpus(davy_pool *pool)
{
    cpu_set_t ours;
    size_t cpus = 0;

    if (sched_getaffinity(0, sizeof ours, &ours) != 0)
        return 0; /* more CPUs than a cpu_set_t holds: threads stay unbound */
    for (int cpu = 0; cpu < CPU_SETSIZE && cpus < DAVY_POOL_THREADS_MAX; cpu++)
        if (CPU_ISSET(cpu, &ours))
            pool->cpu[cpus++] = cpu;
    for (size_t i = cpus; cpus > 0 && i < DAVY_POOL_THREADS_MAX; i++)
        pool->cpu[i] = pool->cpu[i - cpus];
    return cpus;
}

static davy_status start_worker(davy_pool *pool, size_t number, bool bound)
{
    davy_worker *worker = &pool->workers[number];
    cpu_set_t own;

    *worker = (davy_worker){.pool = pool, .number = number};
    if (pthread_create(&worker->thread, NULL, worker_run, worker) != 0)
        return davy_fail(DAVY_ERR_NOMEM, "cannot start thread %zu of a pool", number);
    if (bound) {
        CPU_ZERO(&own);
        CPU_SET(pool->cpu[number], &own);
        (void) pthread_setaffinity_np(worker->thread, sizeof own, &own); /* unbound is slower */
    }
    return DAVY_OK;
}

davy_status davy_pool_create(size_t threads, davy_pool **out)
{
    davy_status status = DAVY_OK;
    davy_pool *pool;
    size_t cpus;

    if (threads > DAVY_POOL_THREADS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "a pool of %zu threads; %d at most", threads,
                         DAVY_POOL_THREADS_MAX);
    pool = calloc(1, sizeof *pool);
    if (!pool)
        return davy_fail(DAVY_ERR_NOMEM, "pool of threads");
    cpus = choose_cpus(pool);
    if (threads == 0)
        threads = cpus > 0 ? cpus : 1;
    pool->spins = threads <= cpus ? SPINS : 0; /* who waits must not keep a CPU from who works */
    pool->threads = 1;
    while (status == DAVY_OK && pool->threads < threads) {
        status = start_worker(pool, pool->threads, cpus > 0);
        if (status == DAVY_OK)
            pool->threads++;
    }
    if (status != DAVY_OK) {
        davy_pool_destroy(pool);
        return status;
    }
    *out = pool;
    return DAVY_OK;
}

void davy_pool_destroy(davy_pool *pool)
{
    if (!pool)
        return;
    atomic_store(&pool->stopping, true);
    call_workers(pool, pool->threads);
    for (size_t i = 1; i < pool->threads; i++)
        (void) pthread_join(pool->workers[i].thread, NULL);
    free(pool);
}
