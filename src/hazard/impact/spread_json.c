/* SPDX-License-Identifier: Apache-2.0 */
#include "core/json.h"
#include "hazard/impact/spread.h"

#include <math.h>

/* What is infinite is null, as JSON has no infinity. */
static void write_quantile(davy_buffer *out, const char *key, const davy_draws_quantile *quantile)
{
    davy_json_object(out, key);
    davy_json_number(out, "distance", quantile->distance);
    davy_json_number(out, "low", quantile->low);
    davy_json_number(out, "high", quantile->high);
    davy_json_object_end(out);
}

static void write_moves(davy_buffer *out, const davy_spread_zone *zone)
{
    davy_json_array(out, "moves");
    for (davy_spread_figure i = 0; i < DAVY_SPREAD_FIGURES; i++) {
        if (isnan(zone->moves[i]))
            continue;
        davy_json_object(out, NULL);
        davy_json_text(out, "figure", davy_spread_figure_name(i));
        davy_json_number(out, "correlation", zone->moves[i]);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
}

static void write_bars(davy_buffer *out, const davy_spread_zone *zone)
{
    davy_json_object(out, "histogram");
    davy_json_number(out, "from", zone->from);
    davy_json_number(out, "to", zone->to);
    davy_json_array(out, "counts");
    for (size_t i = 0; i < DAVY_SPREAD_BARS; i++)
        davy_json_unsigned(out, NULL, zone->bars[i]);
    davy_json_array_end(out);
    davy_json_object_end(out);
}

static void write_zone(davy_buffer *out, const davy_spread_zone *zone)
{
    davy_json_object(out, NULL);
    davy_json_text(out, "effect", davy_effect_name(zone->effect));
    davy_json_text(out, "endpoint", zone->endpoint);
    davy_json_number(out, "level", zone->level);
    davy_json_integer(out, "severity", zone->severity);
    davy_json_unsigned(out, "reached", zone->tally.reached);
    davy_json_unsigned(out, "not_reached", zone->tally.not_reached);
    davy_json_unsigned(out, "outside", zone->tally.outside);
    davy_json_unsigned(out, "unknown", zone->tally.unknown);
    write_quantile(out, "p5", &zone->low);
    write_quantile(out, "p50", &zone->median);
    write_quantile(out, "p95", &zone->high);
    write_moves(out, zone);
    write_bars(out, zone);
    davy_json_object_end(out);
}

void davy_spread_json(const davy_spread *spread, davy_buffer *out)
{
    davy_json_object(out, "spread");
    davy_json_unsigned(out, "draws", spread->draws);
    davy_json_unsigned(out, "seed", spread->seed);
    davy_json_number(out, "confidence", DAVY_SPREAD_CONFIDENCE);
    davy_json_array(out, "zones");
    for (size_t i = 0; i < spread->zone_count; i++)
        write_zone(out, &spread->zones[i]);
    davy_json_array_end(out);
    davy_json_object_end(out);
}
