/* SPDX-License-Identifier: Apache-2.0 */
/* What stands on the ground, who is there, and what may happen: see site/emergency.h. */
#include "serve/api/describe.h"
#include "serve/api/json.h"
#include "serve/handlers.h"
#include "site/scenario.h"

static const char *const place_kinds[] = {
    [DAVY_PLACE_BUILDING] = "building",
    [DAVY_PLACE_OPEN] = "open",
    [DAVY_PLACE_MUSTER] = "muster",
};

static const char *const release_kinds[] = {
    [DAVY_RELEASE_LIQUID_HOLE] = "liquid hole",
    [DAVY_RELEASE_GAS_HOLE] = "gas hole",
    [DAVY_RELEASE_RATE] = "rate",
    [DAVY_RELEASE_ALL] = "all",
    [DAVY_RELEASE_POOL] = "pool",
    [DAVY_RELEASE_CHARGE] = "charge",
};

static const char *const congestions[] = {
    [DAVY_CONGESTION_LOW] = "low",
    [DAVY_CONGESTION_MEDIUM] = "medium",
    [DAVY_CONGESTION_HIGH] = "high",
};

static const char *const quantities[] = {
    [DAVY_ENDPOINT_TOXIC] = "toxic",
    [DAVY_ENDPOINT_HEAT] = "heat",
    [DAVY_ENDPOINT_BLAST] = "blast",
    [DAVY_ENDPOINT_FLAMMABLE] = "flammable",
};

static void write_signal_path(davy_buffer *out, const char *key, const davy_site *site, size_t i)
{
    davy_json_text(out, key, i == DAVY_SITE_NONE ? NULL : site->signals[i].path);
}

static void write_place(davy_buffer *out, const davy_site *site, const davy_site_place *place)
{
    davy_json_object(out, NULL);
    davy_json_text(out, "name", place->name);
    davy_json_text(out, "title", place->title ? place->title : place->name);
    davy_json_text(out, "kind", place_kinds[place->kind]);
    davy_json_array(out, "outline");
    for (size_t i = 0; i < place->outline_count; i++)
        davy_write_pair(out, NULL, place->outline[i].east, place->outline[i].north);
    davy_json_array_end(out);
    davy_json_number(out, "day", place->day);
    davy_json_number(out, "night", place->night);
    write_signal_path(out, "badges", site, place->badges);
    davy_json_number(out, "air_changes", place->air_changes);
    davy_json_number(out, "capacity", place->capacity);
    davy_json_boolean(out, "outside", place->outside);
    davy_json_boolean(out, "sensitive", place->sensitive);
    davy_json_object_end(out);
}

static void write_road(davy_buffer *out, const davy_site_emergency *emergency,
                       const davy_site_road *road)
{
    const davy_site_junction *from = &emergency->junctions[road->from];
    const davy_site_junction *to = &emergency->junctions[road->to];

    davy_json_object(out, NULL);
    davy_json_text(out, "from", from->name);
    davy_json_text(out, "to", to->name);
    davy_write_pair(out, "from_at", from->east, from->north);
    davy_write_pair(out, "to_at", to->east, to->north);
    davy_json_number(out, "length", road->length_m);
    davy_json_number(out, "speed", road->speed);
    davy_json_boolean(out, "one_way", road->one_way);
    davy_json_object_end(out);
}

static void write_resource(davy_buffer *out, const davy_site_resource *resource)
{
    const char ppe[] = {resource->ppe, '\0'};

    davy_json_object(out, NULL);
    davy_json_text(out, "name", resource->name);
    davy_json_text(out, "type", resource->type);
    davy_write_pair(out, "at", resource->east, resource->north);
    davy_json_integer(out, "crew", resource->crew);
    davy_json_array(out, "capabilities");
    for (size_t i = 0; i < resource->capability_count; i++)
        davy_json_text(out, NULL, resource->capabilities[i]);
    davy_json_array_end(out);
    davy_json_text(out, "ppe", resource->ppe ? ppe : NULL);
    davy_json_number(out, "speed", resource->speed);
    davy_json_object_end(out);
}

static void write_release(davy_buffer *out, const davy_scenario_release *release)
{
    davy_json_object(out, "release");
    davy_json_text(out, "kind", release_kinds[release->kind]);
    davy_json_number(out, "hole", release->hole_m);
    davy_json_number(out, "rate", release->rate_kg_s);
    davy_json_number(out, "duration", release->duration_s);
    davy_json_number(out, "height", release->height_m);
    davy_json_number(out, "pressure", release->pressure_pa);
    davy_json_number(out, "temperature", release->temperature_k);
    davy_json_number(out, "head", release->head_m);
    davy_json_number(out, "dike", release->pool_m2);
    davy_json_number(out, "depth", release->pool_depth_m);
    davy_json_number(out, "volume", release->volume_m3);
    davy_json_text(out, "congestion", congestions[release->congestion]);
    davy_json_object_end(out);
}

static void write_scenario(davy_buffer *out, const davy_site *site, const davy_scenario *scenario)
{
    const davy_site_asset *asset =
        scenario->asset == DAVY_SITE_NONE ? NULL : &site->assets[scenario->asset];

    davy_json_object(out, NULL);
    davy_json_text(out, "name", scenario->name);
    davy_json_text(out, "title", scenario->title ? scenario->title : scenario->name);
    davy_json_text(out, "asset", asset ? asset->name : NULL);
    davy_write_pair(out, "at", scenario->east, scenario->north);
    davy_json_text(out, "chemical", scenario->chemical);
    davy_json_number(out, "amount_kg", scenario->amount_kg);
    davy_json_text(out, "when", scenario->when);
    davy_json_number(out, "frequency", scenario->frequency);
    write_release(out, &scenario->release);
    davy_json_array(out, "endpoints");
    for (size_t i = 0; i < scenario->endpoint_count; i++) {
        davy_json_object(out, NULL);
        davy_json_text(out, "quantity", quantities[scenario->endpoints[i].quantity]);
        davy_json_text(out, "name", scenario->endpoints[i].name);
        davy_json_number(out, "level", scenario->endpoints[i].level);
        davy_json_object_end(out);
    }
    davy_json_array_end(out);
    davy_json_object_end(out);
}

static void write_weather(davy_buffer *out, const davy_site *site)
{
    const davy_site_weather *weather = &site->emergency.weather;

    if (weather->line == 0) {
        davy_json_null(out, "weather");
        return;
    }
    davy_json_object(out, "weather");
    write_signal_path(out, "wind_speed", site, weather->speed);
    write_signal_path(out, "wind_from", site, weather->from);
    write_signal_path(out, "temperature", site, weather->temperature);
    write_signal_path(out, "humidity", site, weather->humidity);
    write_signal_path(out, "radiation", site, weather->radiation);
    write_signal_path(out, "cloud", site, weather->cloud);
    davy_json_number(out, "height", weather->height_m);
    davy_json_boolean(out, "urban", weather->urban);
    davy_json_object_end(out);
}

davy_status davy_handle_ground(davy_call *call)
{
    const davy_server_system *system = call->system;
    const davy_site *site = system->acquire_site(system->context);
    const davy_site_emergency *emergency = &site->emergency;
    davy_buffer *out = &call->answer.body;

    davy_json_object(out, NULL);
    davy_write_pair(out, "location", site->latitude, site->longitude);
    write_weather(out, site);
    davy_json_array(out, "places");
    for (size_t i = 0; i < emergency->place_count; i++)
        write_place(out, site, &emergency->places[i]);
    davy_json_array_end(out);
    davy_json_array(out, "roads");
    for (size_t i = 0; i < emergency->road_count; i++)
        write_road(out, emergency, &emergency->roads[i]);
    davy_json_array_end(out);
    davy_json_array(out, "resources");
    for (size_t i = 0; i < site->resource_count; i++)
        write_resource(out, &site->resources[i]);
    davy_json_array_end(out);
    davy_json_array(out, "scenarios");
    for (size_t i = 0; i < emergency->scenario_count; i++)
        write_scenario(out, site, &emergency->scenarios[i]);
    davy_json_array_end(out);
    davy_json_object_end(out);
    system->release_site(system->context, site);
    return davy_reply_json(call);
}
