/* SPDX-License-Identifier: Apache-2.0 */
#include "nn/simd/kernels.h"

#include "core/status.h"

#include <string.h>

#if defined(__x86_64__)
extern const davy_kernels davy_avx512_kernels, davy_avx2_kernels, davy_baseline_kernels;

static bool has_avx512(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
           __builtin_cpu_supports("avx512vl") && __builtin_cpu_supports("avx512dq") &&
           __builtin_cpu_supports("fma");
}

static bool has_avx2(void)
{
    return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
}
#elif defined(__aarch64__)
extern const davy_kernels davy_neon_kernels;
#else
extern const davy_kernels davy_baseline_kernels;
#endif

static bool has_all(void)
{
    return true; /* what every CPU of this architecture runs */
}

/* The best first. */
static const struct {
    const davy_kernels *kernels;
    bool (*runs)(void);
} sets[] = {
#if defined(__x86_64__)
    {&davy_avx512_kernels, has_avx512},
    {&davy_avx2_kernels, has_avx2},
    {&davy_baseline_kernels, has_all},
#elif defined(__aarch64__)
    {&davy_neon_kernels, has_all},
#else
    {&davy_baseline_kernels, has_all},
#endif
};

const davy_kernels *davy_kernels_best(void)
{
    size_t i = 0;

    while (!sets[i].runs())
        i++;
    return sets[i].kernels;
}

const davy_kernels *davy_kernels_find(const char *name)
{
    for (size_t i = 0; i < DAVY_ARRAY_LENGTH(sets); i++)
        if (strcmp(sets[i].kernels->name, name) == 0)
            return sets[i].runs() ? sets[i].kernels : NULL;
    return NULL;
}

/* At most 128 products, so that B's part of 64 columns takes 32 KB and stays in an L1 cache while
 * tile after tile of rows reads it. With 256 a Transformer's products are 3 to 7 % slower. */
size_t davy_gemm_chain(size_t n, size_t depth)
{
    const size_t side_by_side = n <= 64 ? 4 : n <= 128 ? 2 : 1;
    const size_t share = (depth + side_by_side - 1) / side_by_side;

    return share < 64 ? 64 : share > 128 ? 128 : share;
}
