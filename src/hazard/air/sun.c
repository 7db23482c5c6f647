/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/air/sun.h"

#include <math.h>

#define SECOND_NS INT64_C(1000000000)
#define DAY_S     INT64_C(86400)
#define HOUR_NS   (3600 * SECOND_NS)

/* Days of a year on the average, so that no calendar is needed: the error stays below half a day,
 * which is 0.2 degrees of declination. 1970 began at midnight. */
static const double year_days = 365.2425;

/* rad, and minutes that the sun is ahead of the clock. @param angle  of the year, rad */
static double declination(double angle)
{
    return 0.006918 - 0.399912 * cos(angle) + 0.070257 * sin(angle) - 0.006758 * cos(2 * angle) +
           0.000907 * sin(2 * angle) - 0.002697 * cos(3 * angle) + 0.00148 * sin(3 * angle);
}

static double equation_of_time(double angle)
{
    return 229.18 * (0.000075 + 0.001868 * cos(angle) - 0.032077 * sin(angle) -
                     0.014615 * cos(2 * angle) - 0.040849 * sin(2 * angle));
}

double davy_sun_elevation(double latitude, double longitude, int64_t time_ns)
{
    const int64_t second = time_ns / SECOND_NS - (time_ns % SECOND_NS < 0);
    const double days = (double) second / DAY_S;
    const double angle = 2 * M_PI * fmod(days, year_days) / year_days;
    const double minutes = fmod((double) (((second % DAY_S) + DAY_S) % DAY_S) / 60 +
                                    equation_of_time(angle) + 4 * longitude,
                                1440);
    const double hour_angle = (minutes / 4 - 180) * M_PI / 180;
    const double north = latitude * M_PI / 180, tilt = declination(angle);

    return asin(sin(north) * sin(tilt) + cos(north) * cos(tilt) * cos(hour_angle));
}

bool davy_sun_is_night(double latitude, double longitude, int64_t time_ns)
{
    return davy_sun_elevation(latitude, longitude, time_ns - HOUR_NS) < 0 ||
           davy_sun_elevation(latitude, longitude, time_ns + HOUR_NS) < 0;
}
