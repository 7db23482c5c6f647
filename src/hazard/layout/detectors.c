/* SPDX-License-Identifier: Apache-2.0 */
#include "hazard/layout/detectors.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const char distance_clause[] = "GB/T 50493-2019, horizontal distances";
static const char height_clause[] = "GB/T 50493-2019, 4.1.2 and mounting heights";

davy_gas_weight davy_gas_weight_of(double molar_mass)
{
    const double ratio = molar_mass / DAVY_LAYOUT_AIR;

    if (!(ratio > 0))
        return DAVY_GAS_WEIGHTS;
    if (ratio <= 0.8)
        return DAVY_GAS_LIGHT;
    if (ratio < 1)
        return DAVY_GAS_SLIGHTLY_LIGHT;
    return ratio < 1.2 ? DAVY_GAS_SLIGHTLY_HEAVY : DAVY_GAS_HEAVY;
}

double davy_layout_radius(davy_gas_danger danger, bool indoors)
{
    static const double radii[DAVY_GAS_DANGERS][2] = {
        [DAVY_GAS_FLAMMABLE] = {10, 5}, [DAVY_GAS_TOXIC] = {4, 2}}; /* in the open, indoors */

    return radii[danger][indoors];
}

davy_interval davy_layout_height(const davy_release_point *point)
{
    switch (davy_gas_weight_of(point->molar_mass)) {
    case DAVY_GAS_HEAVY:
        return (davy_interval){point->floor + 0.3, point->floor + 0.6};
    case DAVY_GAS_SLIGHTLY_HEAVY:
        return (davy_interval){point->height - 1, point->height - 0.5};
    case DAVY_GAS_SLIGHTLY_LIGHT:
        return (davy_interval){point->height + 0.5, point->height + 1};
    case DAVY_GAS_LIGHT:
        return (davy_interval){point->height, point->height + 2};
    default:
        return (davy_interval){NAN, NAN};
    }
}

static bool is_same(const char *a, const char *b)
{
    return a && b ? strcmp(a, b) == 0 : a == b;
}

/* Whether it measures what the place would leak, and breathes the same air. */
static bool could_see(const davy_gas_detector *detector, const davy_release_point *point,
                      davy_gas_danger danger)
{
    return point->watched[danger] && detector->danger == danger &&
           is_same(detector->room, point->room) &&
           (!detector->gas || is_same(detector->gas, point->gas));
}

static double between(const davy_gas_detector *detector, const davy_release_point *point)
{
    return hypot(detector->east - point->east, detector->north - point->north);
}

/* A place that is not known is not near: NaN is no distance within a radius. */
static bool is_near(double distance, double radius)
{
    /* What rounding adds to a distance that was laid out to be just so. */
    static const double rounding = 1e-9;

    return distance <= radius + rounding;
}

static bool hangs_right(const davy_gas_detector *detector, davy_interval heights)
{
    static const double rounding = 1e-9;

    return detector->height >= heights.low - rounding &&
           detector->height <= heights.high + rounding;
}

/* @return false when a detector watches the place as it should */
static bool look_at_point(const davy_release_point *point, davy_gas_danger danger,
                          const davy_gas_detector *detectors, size_t count,
                          davy_layout_finding *finding)
{
    const double radius = davy_layout_radius(danger, point->room != NULL);
    const davy_interval heights = davy_layout_height(point);

    *finding = (davy_layout_finding){DAVY_LAYOUT_BLIND, danger,         point, NULL, NAN,
                                     {0, radius},       distance_clause};
    for (size_t i = 0; i < count; i++) {
        const double distance = between(&detectors[i], point);

        if (!could_see(&detectors[i], point, danger))
            continue;
        if (is_near(distance, radius) && hangs_right(&detectors[i], heights))
            return false;
        if (distance < finding->distance || isnan(finding->distance)) {
            finding->detector = &detectors[i];
            finding->distance = distance;
        }
    }
    if (!is_near(finding->distance, radius))
        return true;
    finding->fault = isnan(heights.low) ? DAVY_LAYOUT_UNKNOWN : DAVY_LAYOUT_HEIGHT;
    finding->allowed = heights;
    finding->clause = height_clause;
    return true;
}

/* @return false when it is near a place that it could see */
static bool look_at_detector(const davy_gas_detector *detector, const davy_release_point *points,
                             size_t count, davy_layout_finding *finding)
{
    const double radius = davy_layout_radius(detector->danger, detector->room != NULL);

    for (size_t i = 0; i < count; i++)
        if (could_see(detector, &points[i], detector->danger) &&
            is_near(between(detector, &points[i]), radius))
            return false;
    *finding = (davy_layout_finding){DAVY_LAYOUT_IDLE, detector->danger, NULL, detector, NAN,
                                     {NAN, NAN},       distance_clause};
    return true;
}

size_t davy_layout_check(const davy_release_point *points, size_t point_count,
                         const davy_gas_detector *detectors, size_t detector_count,
                         davy_layout_finding *findings)
{
    size_t count = 0;

    for (size_t i = 0; i < point_count; i++)
        for (davy_gas_danger danger = 0; danger < DAVY_GAS_DANGERS; danger++)
            if (points[i].watched[danger])
                count +=
                    look_at_point(&points[i], danger, detectors, detector_count, &findings[count]);
    for (size_t i = 0; i < detector_count; i++)
        count += look_at_detector(&detectors[i], points, point_count, &findings[count]);
    return count;
}

static void write_blind(const davy_layout_finding *finding, const char *danger, char *text)
{
    if (finding->detector)
        (void) snprintf(text, DAVY_LAYOUT_TEXT_MAX,
                        "%s: no detector of %s gas within %.3g m; %s is %.3g m away",
                        finding->point->name, danger, finding->allowed.high,
                        finding->detector->name, finding->distance);
    else
        (void) snprintf(text, DAVY_LAYOUT_TEXT_MAX,
                        "%s: no detector of %s gas within %.3g m, and none for its gas %s",
                        finding->point->name, danger, finding->allowed.high,
                        finding->point->room ? "in its room" : "in the open");
}

const char *davy_layout_text(const davy_layout_finding *finding, char text[DAVY_LAYOUT_TEXT_MAX])
{
    static const char *const dangers[DAVY_GAS_DANGERS] = {"flammable", "toxic"};
    const char *danger = dangers[finding->danger];

    switch (finding->fault) {
    case DAVY_LAYOUT_BLIND:
        write_blind(finding, danger, text);
        break;
    case DAVY_LAYOUT_HEIGHT:
        (void) snprintf(text, DAVY_LAYOUT_TEXT_MAX,
                        "%s: %s hangs at %.3g m; for this gas it is to hang from %.3g to %.3g m",
                        finding->point->name, finding->detector->name, finding->detector->height,
                        finding->allowed.low, finding->allowed.high);
        break;
    case DAVY_LAYOUT_UNKNOWN:
        (void) snprintf(text, DAVY_LAYOUT_TEXT_MAX,
                        "%s: whether %s hangs at the right height needs the molar mass of the gas",
                        finding->point->name, finding->detector->name);
        break;
    default:
        (void) snprintf(text, DAVY_LAYOUT_TEXT_MAX,
                        "%s: near no place that may leak %s gas that it measures",
                        finding->detector->name, danger);
        break;
    }
    return text;
}
