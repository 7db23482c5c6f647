/* SPDX-License-Identifier: Apache-2.0 */
/* Gates of recurrent cells. The sums of a step become what the gates let through, and back. */
#include "nn/simd/isa.h"

#include "nn/simd/formulas.h"

/* A sigmoid is 1 / (1 + e^-x) and a tanh (1 - e^-2x) / (1 + e^-2x). Beyond this both are 0 or 1 as
 * far as a float can tell beside the other terms, and a product of three denominators is finite, so
 * that one division serves three gates. */
#define FARTHEST 28.0F

/* e^-x, x cut to +-FARTHEST; NaN stays. */
static inline vec decay(vec x)
{
    return vec_share(-vec_max(vec_splat(-FARTHEST), vec_min(vec_splat(FARTHEST), x)));
}

/* Numbers of one vector, or of what is left of a row. */
static inline vec take(const float *p, size_t count)
{
    return count == LANES ? vec_load(p) : vec_load_some(p, count);
}

static inline void put(float *p, size_t count, vec v)
{
    if (count == LANES)
        vec_store(p, v);
    else
        vec_store_some(p, count, v);
}

/* Call body(gates, row, unit, count) for every vector; count is a constant for whole ones. */
#define FOR_EACH_VECTOR(gates, body)                          \
    for (size_t row = 0; row < (gates)->rows; row++) {        \
        size_t unit = 0;                                      \
                                                              \
        for (; unit + LANES <= (gates)->units; unit += LANES) \
            body((gates), row, unit, LANES);                  \
        if (unit < (gates)->units)                            \
            body((gates), row, unit, (gates)->units - unit);  \
    }

/* ---------------------------------------------------------------------------------------- LSTM */

/* In two loops, as one would be a single chain of 200 cycles that leaves the CPU little else to do
 * meanwhile: c = f c_before + i g, ... */
INLINE void lstm_memory(const davy_gates *g, size_t row, size_t unit, size_t count)
{
    const size_t units = g->units, at = row * units + unit;
    float *kept = g->kept + row * g->width * units + unit;
    const vec ei = 1.0F + decay(take(kept, count)), ef = 1.0F + decay(take(kept + units, count));
    const vec en = decay(2.0F * take(kept + 2 * units, count)), en1 = 1.0F + en;
    const vec inverse = 1.0F / (ei * ef * en1);
    const vec i = inverse * (ef * en1), f = inverse * (ei * en1);
    const vec n = inverse * (ei * ef) * (1.0F - en);

    put(kept, count, i);
    put(kept + units, count, f);
    put(kept + 2 * units, count, n);
    put(g->c + at, count, f * take(g->c_before + at, count) + i * n);
}

/* ... and h = o tanh(c). */
INLINE void lstm_state(const davy_gates *g, size_t row, size_t unit, size_t count)
{
    const size_t units = g->units, at = row * units + unit;
    float *kept = g->kept + row * g->width * units + unit;
    const vec eo = 1.0F + decay(take(kept + 3 * units, count));
    const vec ec = decay(2.0F * take(g->c + at, count)), ec1 = 1.0F + ec;
    const vec inverse = 1.0F / (eo * ec1), o = inverse * ec1, tanh_c = inverse * eo * (1.0F - ec);

    put(kept + 3 * units, count, o);
    put(kept + 4 * units, count, tanh_c);
    put(g->h + at, count, o * tanh_c);
}

void ISA(lstm)(const davy_gates *gates){FOR_EACH_VECTOR(gates, lstm_memory)
                                            FOR_EACH_VECTOR(gates, lstm_state)}

INLINE void lstm_back(const davy_gates *g, size_t row, size_t unit, size_t count)
{
    const size_t units = g->units, at = row * units + unit;
    float *kept = g->kept + row * g->width * units + unit;
    const vec i = take(kept, count), f = take(kept + units, count);
    const vec n = take(kept + 2 * units, count), o = take(kept + 3 * units, count);
    const vec tanh_c = take(kept + 4 * units, count), diff_h = take(g->diff_h + at, count);
    const vec diff_c = take(g->diff_c + at, count) + diff_h * o * (1.0F - tanh_c * tanh_c);

    put(kept, count, diff_c * n * i * (1.0F - i));
    put(kept + units, count, diff_c * take(g->c_before + at, count) * f * (1.0F - f));
    put(kept + 2 * units, count, diff_c * i * (1.0F - n * n));
    put(kept + 3 * units, count, diff_h * tanh_c * o * (1.0F - o));
    put(g->diff_c + at, count, diff_c * f);
}

void ISA(lstm_back)(const davy_gates *gates){FOR_EACH_VECTOR(gates, lstm_back)}

/* --------------------------------------------------------------------------------------- blend */

INLINE void blend(const davy_gates *g, size_t row, size_t unit, size_t count, size_t a, size_t v,
                  bool squash)
{
    const size_t units = g->units, at = row * units + unit;
    float *kept = g->kept + row * g->width * units + unit;
    const vec ea = 1.0F + decay(take(kept + a * units, count));
    vec gate = 1.0F / ea, value = take(kept + v * units, count);

    if (squash) {
        const vec ev = decay(2.0F * value), ev1 = 1.0F + ev, both = 1.0F / (ea * ev1);

        gate = both * ev1;
        value = (1.0F - ev) * (both * ea);
        put(kept + v * units, count, value);
    }
    put(kept + a * units, count, gate);
    put(g->h + at, count, value + gate * (take(g->h_before + at, count) - value));
}

void ISA(blend)(const davy_gates *gates, size_t a, size_t v, bool squash)
{
#define BLEND(g, row, unit, count)       blend(g, row, unit, count, a, v, true)
#define BLEND_PLAIN(g, row, unit, count) blend(g, row, unit, count, a, v, false)
    if (squash)
        FOR_EACH_VECTOR(gates, BLEND)
    else
        FOR_EACH_VECTOR(gates, BLEND_PLAIN)
}

INLINE void blend_back(const davy_gates *g, size_t row, size_t unit, size_t count, size_t a,
                       size_t v, bool squash)
{
    const size_t units = g->units, at = row * units + unit;
    float *kept = g->kept + row * g->width * units + unit;
    const vec gate = take(kept + a * units, count), value = take(kept + v * units, count);
    const vec diff_h = take(g->diff_h + at, count), slope = gate * (1.0F - gate);
    const vec diff_v = diff_h * (1.0F - gate);

    put(kept + a * units, count, diff_h * (take(g->h_before + at, count) - value) * slope);
    put(kept + v * units, count, squash ? diff_v * (1.0F - value * value) : diff_v);
    put(g->diff_h + at, count, diff_h * gate);
}

void ISA(blend_back)(const davy_gates *gates, size_t a, size_t v, bool squash){
#define BLEND_BACK(g, row, unit, count) blend_back(g, row, unit, count, a, v, squash)
    FOR_EACH_VECTOR(gates, BLEND_BACK)}

/* --------------------------------------------------------------------------------------- reset */

INLINE void reset(const davy_gates *g, size_t row, size_t unit, size_t count, size_t r, size_t n,
                  size_t m)
{
    const size_t units = g->units;
    float *kept = g->kept + row * g->width * units + unit;
    const vec gate = 1.0F / (1.0F + decay(take(kept + r * units, count)));

    put(kept + r * units, count, gate);
    put(kept + n * units, count,
        take(kept + n * units, count) + gate * take(kept + m * units, count));
}

void ISA(reset)(const davy_gates *gates, size_t r, size_t n, size_t m){
#define RESET(g, row, unit, count) reset(g, row, unit, count, r, n, m)
    FOR_EACH_VECTOR(gates, RESET)}

INLINE void reset_back(const davy_gates *g, size_t row, size_t unit, size_t count, size_t r,
                       size_t n, size_t m)
{
    const size_t units = g->units;
    float *kept = g->kept + row * g->width * units + unit;
    const vec gate = take(kept + r * units, count), diff = take(kept + n * units, count);
    const vec slope = gate * (1.0F - gate);

    put(kept + r * units, count, diff * take(kept + m * units, count) * slope);
    put(kept + m * units, count, diff * gate);
}

void ISA(reset_back)(const davy_gates *gates, size_t r, size_t n, size_t m)
{
#define RESET_BACK(g, row, unit, count) reset_back(g, row, unit, count, r, n, m)
    FOR_EACH_VECTOR(gates, RESET_BACK)
}
