/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdio.h>
#include <stdlib.h>

/**
 * @file
 * Where the benchmarks find the public data sets: in $DAVY_DATA (skab/, tep/), else beside the
 * repository. A set that is not there is left out, with a line that says so; it is no failure.
 */
static inline const char *bench_data_folder(void)
{
    const char *folder = getenv("DAVY_DATA");

    return folder ? folder : "../shared/data";
}

static inline void bench_left_out(const char *figure, const char *set)
{
    (void) printf(
        "%s: left out, no files in '%s/%s'; set DAVY_DATA to the folder of the data sets\n", figure,
        bench_data_folder(), set);
}
