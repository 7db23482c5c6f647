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
    const vec ei = 1.0F + decay(vec_take(kept, count)),
              ef = 1.0F + decay(vec_take(kept + units, count));
    const vec en = decay(2.0F * vec_take(kept + 2 * units, count)), en1 = 1.0F + en;
    const vec inverse = 1.0F / (ei * ef * en1);
    const vec i = inverse * (ef * en1), f = inverse * (ei * en1);
    const vec n = inverse * (ei * ef) * (1.0F - en);

    vec_put(kept, count, i);
    vec_put(kept + units, count, f);
    vec_put(kept + 2 * units, count, n);
    vec_put(g->c + at, count, f * vec_take(g->c_before + at, count) + i * n);
}

/* ... and h = o tanh(c). */
INLINE void lstm_state(const davy_gates *g, size_t row, size_t unit, size_t count)
{
    const size_t units = g->units, at = row * units + unit;
    float *kept = g->kept + row * g->width * units + unit;
    const vec eo = 1.0F + decay(vec_take(kept + 3 * units, count));
    const vec ec = decay(2.0F * vec_take(g->c + at, count)), ec1 = 1.0F + ec;
    const vec inverse = 1.0F / (eo * ec1), o = inverse * ec1, tanh_c = inverse * eo * (1.0F - ec);

    vec_put(kept + 3 * units, count, o);
    vec_put(kept + 4 * units, count, tanh_c);
    vec_put(g->h + at, count, o * tanh_c);
}

void ISA(lstm)(const davy_gates *gates){FOR_EACH_VECTOR(gates, lstm_memory)
                                            FOR_EACH_VECTOR(gates, lstm_state)}

INLINE void lstm_back(const davy_gates *g, size_t row, size_t unit, size_t count)
{
    const size_t units = g->units, at = row * units + unit;
    float *kept = g->kept + row * g->width * units + unit;
    const vec i = vec_take(kept, count), f = vec_take(kept + units, count);
    const vec n = vec_take(kept + 2 * units, count), o = vec_take(kept + 3 * units, count);
    const vec tanh_c = vec_take(kept + 4 * units, count), diff_h = vec_take(g->diff_h + at, count);
    const vec diff_c = vec_take(g->diff_c + at, count) + diff_h * o * (1.0F - tanh_c * tanh_c);

    vec_put(kept, count, diff_c * n * i * (1.0F - i));
    vec_put(kept + units, count, diff_c * vec_take(g->c_before + at, count) * f * (1.0F - f));
    vec_put(kept + 2 * units, count, diff_c * i * (1.0F - n * n));
    vec_put(kept + 3 * units, count, diff_h * tanh_c * o * (1.0F - o));
    vec_put(g->diff_c + at, count, diff_c * f);
}

void ISA(lstm_back)(const davy_gates *gates){FOR_EACH_VECTOR(gates, lstm_back)}

/* --------------------------------------------------------------------------------------- blend */

INLINE void blend(const davy_gates *g, size_t row, size_t unit, size_t count, size_t a, size_t v,
                  bool squash)
{
    const size_t units = g->units, at = row * units + unit;
    float *kept = g->kept + row * g->width * units + unit;
    const vec ea = 1.0F + decay(vec_take(kept + a * units, count));
    vec gate = 1.0F / ea, value = vec_take(kept + v * units, count);

    if (squash) {
        const vec ev = decay(2.0F * value), ev1 = 1.0F + ev, both = 1.0F / (ea * ev1);

        gate = both * ev1;
        value = (1.0F - ev) * (both * ea);
        vec_put(kept + v * units, count, value);
    }
    vec_put(kept + a * units, count, gate);
    vec_put(g->h + at, count, value + gate * (vec_take(g->h_before + at, count) - value));
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
    const vec gate = vec_take(kept + a * units, count), value = vec_take(kept + v * units, count);
    const vec diff_h = vec_take(g->diff_h + at, count), slope = gate * (1.0F - gate);
    const vec diff_v = diff_h * (1.0F - gate);

    vec_put(kept + a * units, count, diff_h * (vec_take(g->h_before + at, count) - value) * slope);
    vec_put(kept + v * units, count, squash ? diff_v * (1.0F - value * value) : diff_v);
    vec_put(g->diff_h + at, count, diff_h * gate);
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
    const vec gate = 1.0F / (1.0F + decay(vec_take(kept + r * units, count)));

    vec_put(kept + r * units, count, gate);
    vec_put(kept + n * units, count,
            vec_take(kept + n * units, count) + gate * vec_take(kept + m * units, count));
}

void ISA(reset)(const davy_gates *gates, size_t r, size_t n, size_t m){
#define RESET(g, row, unit, count) reset(g, row, unit, count, r, n, m)
    FOR_EACH_VECTOR(gates, RESET)}

INLINE void reset_back(const davy_gates *g, size_t row, size_t unit, size_t count, size_t r,
                       size_t n, size_t m)
{
    const size_t units = g->units;
    float *kept = g->kept + row * g->width * units + unit;
    const vec gate = vec_take(kept + r * units, count), diff = vec_take(kept + n * units, count);
    const vec slope = gate * (1.0F - gate);

    vec_put(kept + r * units, count, diff * vec_take(kept + m * units, count) * slope);
    vec_put(kept + m * units, count, diff * gate);
}

void ISA(reset_back)(const davy_gates *gates, size_t r, size_t n, size_t m)
{
#define RESET_BACK(g, row, unit, count) reset_back(g, row, unit, count, r, n, m)
    FOR_EACH_VECTOR(gates, RESET_BACK)
}
