/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/zone/map.h"

#include <float.h>
#include <math.h>

#define PI 3.14159265358979323846

/* WGS 84: half the long axis in m, and the flattening. */
static const double axis = 6378137.0, flattening = 1 / 298.257223563;

const davy_formula davy_map_formula = {
    "map-tangent",
    "Latitude and longitude of a place near the origin",
    "dphi = n/M - e^2 tan(phi0) / (2 M N); dlambda = e / (N cos(phi0 + dphi)); M, N: radii of "
    "curvature in the meridian and across it",
    "deg",
    "the Taylor series of the ellipsoid at the origin, in second order (derived here); axis and "
    "flattening of WGS 84: NIMA TR8350.2 (2000), table 3.1",
    "within 20 km of the origin and 70 degrees of latitude",
    "",
    {{"latitude", "deg", {-70, 70}, {-89, 89}},
     {"distance", "m", {0, 20000}, DAVY_NOT_NEGATIVE},
     {0}},
    "原点附近某处的经纬度"};

davy_map_place davy_map_of(double latitude, double longitude, davy_site_point point)
{
    const double phi = latitude * PI / 180;
    const double squared = flattening * (2 - flattening); /* of the eccentricity */
    const double root = sqrt(1 - squared * sin(phi) * sin(phi));
    const double across = axis / root, along = across * (1 - squared) / (root * root);
    const double rise =
        point.north / along - point.east * point.east * tan(phi) / (2 * along * across);

    return (davy_map_place){latitude + rise * 180 / PI,
                            longitude + point.east / (across * cos(phi + rise)) * 180 / PI};
}
