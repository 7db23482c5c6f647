/* SPDX-License-Identifier: Apache-2.0 */
#pragma once
#include <stdbool.h>
#include <stdint.h>

/**
 * @file
 * Sun: how high it stands, and whether it is night in the sense of Pasquill's table.
 *
 * Stage: hazard, room air. Good to half a degree, without the bending of light by the air: a class
 * of stability needs no more. Bad at: mountains on the horizon.
 *
 * Source: declination and equation of time as Fourier series, J. W. Spencer, "Fourier Series
 * Representation of the Position of the Sun", Search 2(5), 1971, as NOAA's "General Solar Position
 * Calculations" prints them.
 */

/** rad above the horizon. @param latitude, longitude  degrees, north and east @param time_ns  UTC
 */
double davy_sun_elevation(double latitude, double longitude, int64_t time_ns);

/** From one hour before sunset to one hour after sunrise: the night of Pasquill's table. */
bool davy_sun_is_night(double latitude, double longitude, int64_t time_ns);
