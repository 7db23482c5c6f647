/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/threat/frozen.h"

#include "alarm/change/settings.h"

#include <jansson.h>
#include <math.h>
#include <string.h>

_Static_assert(DAVY_FROZEN_HASH_MAX == DAVY_SETTINGS_HASH_MAX, "one hash for both");

/* A number of a structure, by its key. */
struct number {
    const char *key;
    size_t offset;
};

#define RELEASE(key, field)                         \
    {                                               \
        key, offsetof(davy_scenario_release, field) \
    }
#define WEATHER(key, field)                         \
    {                                               \
        key, offsetof(davy_scenario_weather, field) \
    }

static const struct number scenario_numbers[] = {
    {"east", offsetof(davy_scenario, east)},
    {"north", offsetof(davy_scenario, north)},
    {"amount_kg", offsetof(davy_scenario, amount_kg)},
    {"frequency", offsetof(davy_scenario, frequency)},
};
static const struct number release_numbers[] = {
    RELEASE("hole_m", hole_m),
    RELEASE("rate_kg_s", rate_kg_s),
    RELEASE("duration_s", duration_s),
    RELEASE("height_m", height_m),
    RELEASE("pressure_pa", pressure_pa),
    RELEASE("temperature_k", temperature_k),
    RELEASE("head_m", head_m),
    RELEASE("pool_m2", pool_m2),
    RELEASE("pool_depth_m", pool_depth_m),
    RELEASE("volume_m3", volume_m3),
    RELEASE("tnt_yield", tnt_yield),
};
static const struct number weather_numbers[] = {
    WEATHER("wind", wind),           WEATHER("wind_height_m", wind_height_m),
    WEATHER("wind_from", wind_from), WEATHER("temperature_k", temperature_k),
    WEATHER("humidity", humidity),   WEATHER("radiation", radiation),
    WEATHER("cloud", cloud),
};
static const struct number input_numbers[] = {
    {"latitude", offsetof(davy_impact_input, latitude)},
    {"longitude", offsetof(davy_impact_input, longitude)},
    {"likelihood", offsetof(davy_impact_input, likelihood)},
};

/* Freezing --------------------------------------------------------------------------------- */

/* Infinity is not in JSON; no figure of a scenario is. */
static json_t *number_or_null(double value)
{
    return isfinite(value) ? json_real(value) : json_null();
}

static json_t *text_or_null(const char *text)
{
    return text ? json_string(text) : json_null();
}

static void put_numbers(json_t *object, const struct number *numbers, size_t count,
                        const void *from)
{
    for (size_t i = 0; i < count; i++)
        (void) json_object_set_new(
            object, numbers[i].key,
            number_or_null(
                *(const double *) (const void *) ((const char *) from + numbers[i].offset)));
}

#define PUT(object, numbers, from) put_numbers(object, numbers, DAVY_ARRAY_LENGTH(numbers), from)

static json_t *freeze_release(const davy_scenario_release *release)
{
    json_t *object = json_pack("{s:i, s:i}", "kind", (int) release->kind, "congestion",
                               (int) release->congestion);

    PUT(object, release_numbers, release);
    return object;
}

static json_t *freeze_weather(const davy_scenario_weather *weather)
{
    json_t *object = json_pack("{s:i, s:b, s:b}", "stability", (int) weather->stability, "night",
                               (int) weather->night, "urban", (int) weather->urban);

    PUT(object, weather_numbers, weather);
    return object;
}

static json_t *freeze_endpoints(const davy_scenario *scenario)
{
    json_t *list = json_array();

    for (size_t i = 0; i < scenario->endpoint_count; i++) {
        const davy_scenario_endpoint *endpoint = &scenario->endpoints[i];

        (void) json_array_append_new(list, json_pack("{s:i, s:o, s:o}", "quantity",
                                                     (int) endpoint->quantity, "name",
                                                     text_or_null(endpoint->name), "level",
                                                     number_or_null(endpoint->level)));
    }
    return list;
}

static json_t *freeze_scenario(const davy_scenario *scenario)
{
    json_t *object =
        json_pack("{s:o, s:o, s:o, s:o, s:o, s:o}", "name", text_or_null(scenario->name), "title",
                  text_or_null(scenario->title), "chemical", text_or_null(scenario->chemical),
                  "release", freeze_release(&scenario->release), "weather",
                  freeze_weather(&scenario->weather), "endpoints", freeze_endpoints(scenario));

    PUT(object, scenario_numbers, scenario);
    return object;
}

static json_t *freeze_badges(const davy_impact_input *input)
{
    json_t *list;

    if (!input->badges || !input->site)
        return json_null();
    list = json_array();
    for (size_t i = 0; i < input->site->emergency.place_count; i++)
        (void) json_array_append_new(list, number_or_null(input->badges[i]));
    return list;
}

json_t *davy_impact_freeze(const davy_impact_input *input, const char *site_hash)
{
    const davy_scenario *scenario = input->scenario;
    const char *asset = input->site && scenario->asset < input->site->asset_count
                            ? input->site->assets[scenario->asset].name
                            : NULL;
    json_t *object =
        json_pack("{s:i, s:o, s:o, s:o, s:b, s:o, s:I}", "version", DAVY_FROZEN_VERSION, "scenario",
                  freeze_scenario(scenario), "site", text_or_null(site_hash), "asset",
                  text_or_null(asset), "day", (int) input->day, "badges", freeze_badges(input),
                  "computed_ns", (json_int_t) input->computed_ns);

    if (object)
        PUT(object, input_numbers, input);
    return object;
}

/* Thawing ---------------------------------------------------------------------------------- */

static davy_status take_number(const json_t *object, const char *key, double *value)
{
    const json_t *found = json_object_get(object, key);

    if (!json_is_number(found) && !json_is_null(found))
        return davy_fail(DAVY_ERR_INVALID, "'%s' is no number and not null", key);
    *value = json_is_null(found) ? NAN : json_number_value(found);
    return DAVY_OK;
}

static davy_status take_numbers(const json_t *object, const struct number *numbers, size_t count,
                                void *to)
{
    davy_status status = DAVY_OK;

    for (size_t i = 0; i < count && status == DAVY_OK; i++)
        status = take_number(object, numbers[i].key,
                             (double *) (void *) ((char *) to + numbers[i].offset));
    return status;
}

#define TAKE(object, numbers, to) take_numbers(object, numbers, DAVY_ARRAY_LENGTH(numbers), to)

static davy_status take_integer(const json_t *object, const char *key, json_int_t high, int *value)
{
    const json_t *found = json_object_get(object, key);

    if (!json_is_integer(found) || json_integer_value(found) < 0 ||
        json_integer_value(found) > high)
        return davy_fail(DAVY_ERR_INVALID, "'%s' is not from 0 to %d", key, (int) high);
    *value = (int) json_integer_value(found);
    return DAVY_OK;
}

static davy_status take_boolean(const json_t *object, const char *key, bool *value)
{
    const json_t *found = json_object_get(object, key);

    if (!json_is_boolean(found))
        return davy_fail(DAVY_ERR_INVALID, "'%s' is neither true nor false", key);
    *value = json_is_true(found);
    return DAVY_OK;
}

static davy_status take_text(davy_thawed *thawed, const json_t *object, const char *key,
                             const char **text)
{
    const json_t *found = json_object_get(object, key);

    *text = NULL;
    if (json_is_null(found))
        return DAVY_OK;
    if (!json_is_string(found))
        return davy_fail(DAVY_ERR_INVALID, "'%s' is no text and not null", key);
    *text = davy_arena_text(&thawed->arena, json_string_value(found), json_string_length(found));
    return *text ? DAVY_OK : davy_fail(DAVY_ERR_NOMEM, "frozen impact");
}

static davy_status thaw_release(const json_t *object, davy_scenario_release *release)
{
    int kind = 0, congestion = 0;
    davy_status status = take_integer(object, "kind", DAVY_RELEASE_CHARGE, &kind);

    if (status == DAVY_OK)
        status = take_integer(object, "congestion", DAVY_CONGESTION_HIGH, &congestion);
    release->kind = (davy_release_kind) kind;
    release->congestion = (davy_congestion) congestion;
    return status == DAVY_OK ? TAKE(object, release_numbers, release) : status;
}

static davy_status thaw_weather(const json_t *object, davy_scenario_weather *weather)
{
    int stability = 0;
    davy_status status = take_integer(object, "stability", 'F', &stability);

    if (status == DAVY_OK && stability != 0 && stability < 'A')
        status = davy_fail(DAVY_ERR_INVALID, "'stability' is no class");
    weather->stability = (char) stability;
    if (status == DAVY_OK)
        status = take_boolean(object, "night", &weather->night);
    if (status == DAVY_OK)
        status = take_boolean(object, "urban", &weather->urban);
    return status == DAVY_OK ? TAKE(object, weather_numbers, weather) : status;
}

static davy_status thaw_endpoints(davy_thawed *thawed, const json_t *list)
{
    davy_scenario *scenario = &thawed->scenario;
    davy_status status = DAVY_OK;

    if (!json_is_array(list) || json_array_size(list) > DAVY_SCENARIO_ENDPOINTS_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'endpoints' is no list of at most %zu",
                         DAVY_SCENARIO_ENDPOINTS_MAX);
    for (size_t i = 0; i < json_array_size(list) && status == DAVY_OK; i++) {
        davy_scenario_endpoint *endpoint = &scenario->endpoints[scenario->endpoint_count++];
        const json_t *entry = json_array_get(list, i);
        int quantity = 0;

        status = take_integer(entry, "quantity", DAVY_ENDPOINT_FLAMMABLE, &quantity);
        endpoint->quantity = (davy_endpoint_quantity) quantity;
        if (status == DAVY_OK)
            status = take_text(thawed, entry, "name", &endpoint->name);
        if (status == DAVY_OK)
            status = take_number(entry, "level", &endpoint->level);
    }
    return status;
}

static davy_status thaw_scenario(davy_thawed *thawed, const json_t *object)
{
    davy_scenario *scenario = &thawed->scenario;
    davy_status status = take_text(thawed, object, "name", &scenario->name);

    scenario->asset = DAVY_SITE_NONE;
    if (status == DAVY_OK)
        status = take_text(thawed, object, "title", &scenario->title);
    if (status == DAVY_OK)
        status = take_text(thawed, object, "chemical", &scenario->chemical);
    if (status == DAVY_OK)
        status = TAKE(object, scenario_numbers, scenario);
    if (status == DAVY_OK)
        status = thaw_release(json_object_get(object, "release"), &scenario->release);
    if (status == DAVY_OK)
        status = thaw_weather(json_object_get(object, "weather"), &scenario->weather);
    return status == DAVY_OK ? thaw_endpoints(thawed, json_object_get(object, "endpoints"))
                             : status;
}

static davy_status thaw_badges(davy_thawed *thawed, const json_t *list)
{
    const size_t count = json_array_size(list);
    double *badges;

    if (json_is_null(list))
        return DAVY_OK;
    if (!json_is_array(list) || count > DAVY_SITE_PLACES_MAX)
        return davy_fail(DAVY_ERR_INVALID, "'badges' is no list of places");
    badges = davy_arena_array(&thawed->arena, count, sizeof *badges);
    if (!badges)
        return davy_fail(DAVY_ERR_NOMEM, "frozen impact");
    for (size_t i = 0; i < count; i++) {
        const json_t *one = json_array_get(list, i);

        if (!json_is_number(one) && !json_is_null(one))
            return davy_fail(DAVY_ERR_INVALID, "'badges' holds what is no number and not null");
        badges[i] = json_is_number(one) ? json_number_value(one) : NAN;
    }
    thawed->input.badges = badges;
    thawed->badge_count = count;
    return DAVY_OK;
}

static davy_status thaw_site(davy_thawed *thawed, const json_t *hash)
{
    const char *text = json_string_value(hash);

    if (json_is_null(hash))
        return DAVY_OK;
    if (!text || strlen(text) != DAVY_FROZEN_HASH_MAX - 1 ||
        strspn(text, "0123456789abcdef") != DAVY_FROZEN_HASH_MAX - 1)
        return davy_fail(DAVY_ERR_INVALID, "'site' is no hash");
    memcpy(thawed->site, text, DAVY_FROZEN_HASH_MAX);
    return DAVY_OK;
}

davy_status davy_impact_thaw(const json_t *frozen, davy_thawed *thawed)
{
    const json_t *computed = json_object_get(frozen, "computed_ns");
    int version = 0;
    davy_status status = take_integer(frozen, "version", DAVY_FROZEN_VERSION, &version);

    davy_arena_init(&thawed->arena, 0);
    thawed->input.scenario = &thawed->scenario;
    if (status == DAVY_OK && !json_is_integer(computed))
        status = davy_fail(DAVY_ERR_INVALID, "'computed_ns' is no time");
    thawed->input.computed_ns = json_integer_value(computed);
    if (status == DAVY_OK)
        status = TAKE(frozen, input_numbers, &thawed->input);
    if (status == DAVY_OK)
        status = take_boolean(frozen, "day", &thawed->input.day);
    if (status == DAVY_OK)
        status = take_text(thawed, frozen, "asset", &thawed->asset);
    if (status == DAVY_OK)
        status = thaw_site(thawed, json_object_get(frozen, "site"));
    if (status == DAVY_OK)
        status = thaw_badges(thawed, json_object_get(frozen, "badges"));
    if (status == DAVY_OK)
        status = thaw_scenario(thawed, json_object_get(frozen, "scenario"));
    return status;
}

void davy_thawed_clear(davy_thawed *thawed)
{
    davy_arena_clear(&thawed->arena);
    *thawed = (davy_thawed){0};
}

davy_status davy_thawed_place(davy_thawed *thawed, const davy_site *site)
{
    thawed->input.site = site;
    if (!site)
        return thawed->site[0] || thawed->asset
                   ? davy_fail(DAVY_ERR_INVALID, "the impact was computed in a site")
                   : DAVY_OK;
    if (thawed->input.badges && thawed->badge_count != site->emergency.place_count)
        return davy_fail(DAVY_ERR_INVALID, "the site has %zu places, and had %zu",
                         site->emergency.place_count, thawed->badge_count);
    if (!thawed->asset)
        return DAVY_OK;
    for (size_t i = 0; i < site->asset_count; i++)
        if (strcmp(site->assets[i].name, thawed->asset) == 0)
            thawed->scenario.asset = i;
    return thawed->scenario.asset != DAVY_SITE_NONE
               ? DAVY_OK
               : davy_fail(DAVY_ERR_INVALID, "the site has no asset '%.60s'", thawed->asset);
}

void davy_frozen_hash(const char *text, size_t length, char hash[DAVY_FROZEN_HASH_MAX])
{
    davy_settings_hash(text, length, hash);
}
