/* SPDX-License-Identifier: Apache-2.0 */
#include "core/bulk.h"
#include "data/clean_kind.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/*
 * Spikes by the Hampel identifier: a value that is further than `sigmas` times 1.4826 MAD from the
 * median of a window is one, and becomes that median, or missing. 1.4826 makes the median of the
 * absolute deviations estimate the standard deviation of a normal distribution.
 *
 * `hampel` looks back: its window is the value and the ones before it, so it can run live, and a
 * true step of the signal is taken for spikes until it fills half of the window. `centred` looks at
 * both sides and knows a step from a spike, in histories. Missing values are passed over: a window
 * holds values, not rows.
 *
 * Where the MAD is 0 nothing is a spike. A signal that mostly stands still would lose every move,
 * and the move is what one wants to see.
 *
 * Sources: Hampel, "The influence curve and its role in robust estimation", JASA 69, 1974; Pearson,
 * "Outliers in process modeling and identification", IEEE Trans. Control Systems Technology 10(1),
 * 2002, from which the moving form is.
 */
#define MAD_SIGMA  1.4826
#define WINDOW_MAX 501

enum { WINDOW, SIGMAS, GONE };

/* The values of a window in the order of their size. */
typedef struct sorted {
    double *values;
    size_t count;
} sorted;

/* Place of the first value that is not less. */
static size_t find(const sorted *window, double value)
{
    size_t low = 0, high = window->count;

    while (low < high) {
        const size_t middle = (low + high) / 2;

        if (window->values[middle] < value)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static void insert(sorted *window, double value)
{
    const size_t at = find(window, value);

    memmove(window->values + at + 1, window->values + at,
            (window->count++ - at) * sizeof *window->values);
    window->values[at] = value;
}

static void discard(sorted *window, double value)
{
    const size_t at = find(window, value);

    memmove(window->values + at, window->values + at + 1,
            (--window->count - at) * sizeof *window->values);
}

static double median(const sorted *window)
{
    const size_t half = window->count / 2;

    return window->count % 2 ? window->values[half]
                             : 0.5 * (window->values[half - 1] + window->values[half]);
}

/* Median of the distances from `middle`: they grow to both sides of it, so two walks merge. */
static double deviation(const sorted *window, double middle)
{
    const size_t half = window->count / 2;
    size_t right = find(window, middle), left = right;
    double before = 0, distance = 0;

    for (size_t n = 0; n <= half; n++) {
        const double down = left > 0 ? middle - window->values[left - 1] : INFINITY;
        const double up = right < window->count ? window->values[right] - middle : INFINITY;

        before = distance;
        distance = down < up ? down : up;
        if (down < up)
            left--;
        else
            right++;
    }
    return window->count % 2 ? distance : 0.5 * (before + distance);
}

static bool is_spike(const davy_clean_step *step, const sorted *window, double value)
{
    const double middle = median(window), mad = deviation(window, middle);

    return mad > 0 && fabs(value - middle) > step->arguments[SIGMAS] * MAD_SIGMA * mad;
}

static double instead_of(const davy_clean_step *step, const sorted *window)
{
    return step->arguments[GONE] > 0 ? NAN : median(window);
}

/* state: how many values, which place is next, the values as they came, and in order. */
static size_t hampel_state(const davy_clean_step *step)
{
    return 2 + 2 * (size_t) step->arguments[WINDOW];
}

static void begin_hampel(const davy_clean_step *step, double *state)
{
    (void) step;
    state[0] = state[1] = 0;
}

static bool push_hampel(const davy_clean_step *step, const davy_clean_cell *cell, double *state)
{
    const size_t length = (size_t) step->arguments[WINDOW];
    const size_t next = (size_t) state[1];
    const double value = *cell->value;
    double *came = state + 2;
    sorted window = {came + length, (size_t) state[0]};

    if (!isfinite(value))
        return false;
    if (window.count == length)
        discard(&window, came[next]);
    insert(&window, value);
    came[next] = value;
    state[0] = (double) window.count;
    state[1] = (double) ((next + 1) % length);
    if (window.count < length || !is_spike(step, &window, value))
        return false;
    *cell->value = instead_of(step, &window);
    return true;
}

static void push_finite(sorted *window, double value)
{
    if (isfinite(value))
        insert(window, value);
}

/* One stretch of a column. @param raw  [rows] its values as they were  @return spikes */
static size_t centre_stretch(const davy_clean_step *step, const double *raw, double *values,
                             size_t rows, sorted *window)
{
    const size_t half = (size_t) step->arguments[WINDOW] / 2;
    size_t spikes = 0;

    window->count = 0;
    for (size_t row = 0; row < half && row < rows; row++)
        push_finite(window, raw[row]);
    for (size_t row = 0; row < rows; row++) {
        if (row + half < rows)
            push_finite(window, raw[row + half]);
        if (row > half && isfinite(raw[row - half - 1]))
            discard(window, raw[row - half - 1]);
        if (!isfinite(raw[row]) || window->count <= half || !is_spike(step, window, raw[row]))
            continue;
        values[row] = instead_of(step, window);
        spikes++;
    }
    return spikes;
}

static davy_status apply_centred(const davy_clean_step *step, const davy_clean_sheet *sheet)
{
    davy_table *table = sheet->table;
    double *raw = davy_bulk_alloc(table->rows, sizeof *raw);
    sorted window = {davy_bulk_alloc((size_t) step->arguments[WINDOW] + 2, sizeof(double)), 0};

    if (!raw || !window.values) {
        davy_bulk_free(raw);
        davy_bulk_free(window.values);
        return davy_fail_in(DAVY_ERR_NOMEM, "spikes of %zu rows", table->rows);
    }
    for (size_t c = 0; c < table->columns; c++) {
        double *values = table->values + c * table->rows;

        if (!davy_clean_takes_column(step, sheet->cleaning, sheet->columns[c]))
            continue;
        memcpy(raw, values, table->rows * sizeof *raw);
        for (size_t row = 0, end; row < table->rows; row = end) {
            end = davy_clean_stretch_end(table, row, sheet->period_ns);
            sheet->changed[c] += centre_stretch(step, raw + row, values + row, end - row, &window);
        }
    }
    davy_bulk_free(raw);
    davy_bulk_free(window.values);
    return DAVY_OK;
}

#define PARAMETERS(meaning)                                                                      \
    {                                                                                            \
        {"window", DAVY_CLEAN_NUMBER, 11, 3, WINDOW_MAX, meaning},                               \
            {"sigmas", DAVY_CLEAN_NUMBER, 3, 0.1, 100, "deviations beyond which it is a spike"}, \
            {"missing", DAVY_CLEAN_FLAG, 0, 0, 1, "a spike becomes missing, not the median"},    \
    }

const davy_clean_kind davy_clean_hampel = {
    .name = "hampel",
    .what = {"spikes", "尖峰"},
    .meaning = "spikes against the values before them (Hampel)",
    .parameters = PARAMETERS("values in the window, the newest included"),
    .back = true,
    .takes = true,
    .state = hampel_state,
    .begin = begin_hampel,
    .push = push_hampel,
};

const davy_clean_kind davy_clean_centred = {
    .name = "centred",
    .what = {"spikes", "尖峰"},
    .meaning = "spikes against the rows on both sides (Hampel); for histories alone",
    .parameters = PARAMETERS("rows in the window, half before and half after; an odd number"),
    .back = true,
    .takes = true,
    .apply = apply_centred,
};
