/* SPDX-License-Identifier: Apache-2.0 */
#include "decimal.h"

#include <math.h>

char *davy_sim_decimal_write(char *out, double value, int decimals)
{
    static const double scales[] = {1.0, 10.0, 100.0, 1000.0};
    char digits[DAVY_SIM_DECIMAL_MAX] = {0};
    long long scaled = llrint(fabs(value) * scales[decimals]);
    int count = 0;

    if (value < 0.0 && scaled != 0)
        *out++ = '-';
    while (scaled != 0 || count <= decimals) {
        digits[count++] = (char) ('0' + scaled % 10);
        scaled /= 10;
        if (count == decimals)
            digits[count++] = '.';
    }
    if (decimals > 0 && digits[count - 1] == '.') /* 0.5 has a digit before its point */
        digits[count++] = '0';
    while (count > 0)
        *out++ = digits[--count];
    return out;
}
