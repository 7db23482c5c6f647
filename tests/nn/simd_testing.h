/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include "nn/simd/kernels.h"

#include <math.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

/**
 * @file
 * Tests of kernels without cmocka, so that a cross compiler can build them alone and an emulator
 * can run them. Every test runs for every instruction set of this CPU; a main() prints TAP.
 */
typedef struct kernel_test {
    const char *sentence;
    void (*run)(const davy_kernels *kernels);
} kernel_test;

static const char *const kernel_sets[] = {"baseline", "avx2", "avx512", "neon"};

static int kernel_faults;

/** Count and print a fault, the first ten of a test. */
static inline void __attribute__((format(printf, 2, 3))) expect(bool holds, const char *format, ...)
{
    va_list arguments;

    if (holds || ++kernel_faults > 10)
        return;
    (void) printf("# ");
    va_start(arguments, format);
    (void) vprintf(format, arguments);
    va_end(arguments);
    (void) printf("\n");
}

static inline int run_kernel_tests(const kernel_test *tests, size_t count)
{
    int number = 0, failed = 0;

    for (size_t set = 0; set < sizeof kernel_sets / sizeof *kernel_sets; set++) {
        const davy_kernels *kernels = davy_kernels_find(kernel_sets[set]);

        for (size_t i = 0; kernels && i < count; i++) {
            kernel_faults = 0;
            tests[i].run(kernels);
            failed += kernel_faults > 0;
            (void) printf("%s %d - %s: %s\n", kernel_faults ? "not ok" : "ok", ++number,
                          kernels->name, tests[i].sentence);
        }
    }
    (void) printf("1..%d\n", number);
    return failed > 0;
}

/** A number between -1 and 1, the same in every run. */
static inline float any_float(void)
{
    static uint64_t state = 1;

    state = state * 6364136223846793005U + 1442695040888963407U;
    return (float) (int32_t) (state >> 32) * 0x1p-31F;
}

/* The same bits: also both zeros are told apart, and a NaN is the same as itself. */
static inline bool same_numbers(const void *a, const void *b, size_t count)
{
    return memcmp(a, b, count * sizeof(float)) == 0;
}

static inline bool same_bits(float a, float b)
{
    return same_numbers(&a, &b, 1);
}

/** Memory between two pages that nobody may touch; it ends at the second, or starts at the first.
 */
typedef struct fenced {
    void *pages;
    size_t size;
    float *x;
} fenced;

static inline fenced fence(size_t count, bool at_end)
{
    const size_t page = 4096, inner = (count * sizeof(float) + page - 1) / page * page;
    fenced f = {.size = inner + 2 * page};
    char *pages;

    f.pages = mmap(NULL, f.size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    pages = f.pages;
    if (f.pages == MAP_FAILED || mprotect(pages, page, PROT_NONE) != 0 ||
        mprotect(pages + page + inner, page, PROT_NONE) != 0)
        abort();
    f.x = (float *) (void *) (pages + page + (at_end ? inner - count * sizeof(float) : 0));
    for (size_t i = 0; i < count; i++)
        f.x[i] = any_float();
    return f;
}

static inline void unfence(fenced f)
{
    (void) munmap(f.pages, f.size);
}
