/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#if defined(__x86_64__)
#include <immintrin.h>
#endif

/**
 * @file
 * Vectors of floats as GCC and Clang have them in the language, for whatever the build compiles.
 *
 * Stage: nn, private to nn/simd. Operators + - * / and comparisons work lane by lane; a comparison
 * gives a mask of all ones or zeros. A sum of a product fuses where the CPU can (-ffp-contract).
 */
#if defined(__AVX512F__)
#define LANES 16
#elif defined(__AVX__)
#define LANES 8
#else
#define LANES 4
#endif

/** A loop of a constant number of rounds, unrolled, so that the arrays in it are registers. */
#if defined(__clang__)
#define foreach(i, count) _Pragma("unroll") for (size_t i = 0; (i) < (count); (i)++)
#else
#define foreach(i, count) _Pragma("GCC unroll 16") for (size_t i = 0; (i) < (count); (i)++)
#endif

/** Inlined wherever it is called with constants. */
#define INLINE static inline __attribute__((always_inline))

/** Memory that is written before it is read, whatever -ftrivial-auto-var-init says. */
#define UNSET __attribute__((uninitialized))

typedef float vec __attribute__((vector_size(4 * LANES)));
typedef int32_t ivec __attribute__((vector_size(4 * LANES)));
typedef uint32_t uvec __attribute__((vector_size(4 * LANES)));

/* As it lies in memory: at any address of a float. */
typedef float vec_stored __attribute__((vector_size(4 * LANES), aligned(4), may_alias));

static inline vec vec_load(const float *p)
{
    return *(const vec_stored *) p;
}

static inline void vec_store(float *p, vec v)
{
    *(vec_stored *) p = v;
}

/** The first `count` lanes, below LANES, the others zero; reads nothing behind them. */
static inline vec vec_load_some(const float *p, size_t count)
{
    vec v = {0};

    memcpy(&v, p, count * sizeof *p);
    return v;
}

static inline void vec_store_some(float *p, size_t count, vec v)
{
    memcpy(p, &v, count * sizeof *p);
}

/** The same number in all lanes; x - 0 is x, also for -0. */
static inline vec vec_splat(float x)
{
    return x - (vec){0};
}

/* One instruction each, which no expression of the language gives. */
#if defined(__AVX512F__)
#define VEC_BUILTIN(name) _mm512_##name##_ps
#elif defined(__AVX__)
#define VEC_BUILTIN(name) _mm256_##name##_ps
#elif defined(__SSE__)
#define VEC_BUILTIN(name) _mm_##name##_ps
#endif

/**
 * mask ? a : b in each lane. GCC would make ((a ^ b) & mask) ^ b of the expression for AVX: the
 * same bits, but valgrind takes them for unset where b is.
 */
static inline vec vec_select(ivec mask, vec a, vec b)
{
#if defined(__AVX__) && !defined(__AVX512F__)
    return (vec) VEC_BUILTIN(blendv)(b, a, (vec) mask);
#else
    return (vec) ((mask & (ivec) a) | (~mask & (ivec) b));
#endif
}

/** The greater in each lane; b where one of them is not a number. */
static inline vec vec_max(vec a, vec b)
{
#if defined(VEC_BUILTIN)
    return (vec) VEC_BUILTIN(max)(a, b);
#else
    return vec_select(a > b, a, b);
#endif
}

/** The smaller in each lane; b where one of them is not a number. */
static inline vec vec_min(vec a, vec b)
{
#if defined(VEC_BUILTIN)
    return (vec) VEC_BUILTIN(min)(a, b);
#else
    return vec_select(a < b, a, b);
#endif
}

/** All ones in the lanes that are no numbers: they alone are unlike themselves. */
static inline ivec vec_nan(vec v)
{
    return v != v; /* NOLINT(misc-redundant-expression) */
}

static inline vec vec_abs(vec v)
{
    return (vec) ((ivec) v & INT32_MAX);
}

/** The size of v with the sign of `sign`. */
static inline vec vec_copysign(vec v, vec sign)
{
    return (vec) (((ivec) v & INT32_MAX) | ((ivec) sign & INT32_MIN));
}

/** `count` lanes, LANES or fewer: a constant where it matters, so that whole vectors cost nothing.
 */
static inline vec vec_take(const float *p, size_t count)
{
    return count == LANES ? vec_load(p) : vec_load_some(p, count);
}

static inline void vec_put(float *p, size_t count, vec v)
{
    if (count == LANES)
        vec_store(p, v);
    else
        vec_store_some(p, count, v);
}

#if LANES == 16
typedef float vec8 __attribute__((vector_size(32)));
#endif
typedef float vec4 __attribute__((vector_size(16)));

/** Halves are added until one lane is left: one order for all. */
static inline float vec_sum(vec v)
{
    union {
        vec whole;
#if LANES == 16
        vec8 eights[2];
#endif
        vec4 fours[LANES / 4];
        float lanes[LANES];
    } part = {v};

#if LANES == 16
    part.eights[0] += part.eights[1];
#endif
#if LANES >= 8
    part.fours[0] += part.fours[1];
#endif
    return (part.lanes[0] + part.lanes[2]) + (part.lanes[1] + part.lanes[3]);
}
