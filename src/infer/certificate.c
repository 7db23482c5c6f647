/* SPDX-License-Identifier: Apache-2.0 */
#include "infer/certificate.h"

#include "infer/histogram.h"

/* A size is run so often at most, and for no longer than this: the whole takes a second or two of
 * time that nobody else wants. */
#define RUNS_MAX   100
#define SIZE_NS    INT64_C(200000000)
#define RUNS_LEAST 3

/* A run holds a place that requests of other models wait for: a batch that would take longer is
 * neither measured nor, unless the config prefers its size, put together. */
#define RUN_LONGEST_NS INT64_C(50000000)

int64_t davy_certificate_ns(const davy_certificate *certificate, size_t rows)
{
    const size_t last = certificate->count - 1;

    if (certificate->count == 0)
        return 0;
    for (size_t i = 0; i < certificate->count; i++) {
        const size_t batch = certificate->at[i].batch;

        if (rows == batch || (i == 0 && rows < batch))
            return certificate->at[i].p50_ns;
        if (rows < batch) {
            const double share = (double) (rows - certificate->at[i - 1].batch) /
                                 (double) (batch - certificate->at[i - 1].batch);

            return certificate->at[i - 1].p50_ns +
                   (int64_t) (share *
                              (double) (certificate->at[i].p50_ns - certificate->at[i - 1].p50_ns));
        }
    }
    return (int64_t) ((double) certificate->at[last].p50_ns * (double) rows /
                      (double) certificate->at[last].batch);
}

/* @return whether a run succeeded and the size is measured */
static bool measure_size(size_t rows, davy_certificate_run run, void *context,
                         davy_histogram *times)
{
    int64_t spent = 0;

    for (size_t i = 0; i < RUNS_MAX && (i < RUNS_LEAST || spent < SIZE_NS); i++) {
        const int64_t ns = run(context, rows);

        if (ns < 0)
            return false;
        spent += ns;
        davy_histogram_add(times, ns);
    }
    return true;
}

void davy_certificate_measure(size_t batch_max, davy_certificate_run run, void *context,
                              davy_certificate *out)
{
    davy_certificate certificate = {0};

    for (size_t rows = 1; certificate.count < DAVY_PREFERRED_MAX; rows *= 2) {
        davy_histogram times = {0};
        const size_t size = rows < batch_max ? rows : batch_max;

        if (!measure_size(size, run, context, &times))
            break;
        certificate.at[certificate.count].batch = size;
        certificate.at[certificate.count].p50_ns = davy_histogram_quantile(&times, 0.5);
        certificate.at[certificate.count].p99_ns = davy_histogram_quantile(&times, 0.99);
        certificate.count++;
        if (size >= batch_max || 2 * certificate.at[certificate.count - 1].p50_ns > RUN_LONGEST_NS)
            break;
    }
    *out = certificate;
}
