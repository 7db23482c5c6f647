/* SPDX-License-Identifier: Apache-2.0 */
#include "site_print.h"

#include "signals.h"

#include <math.h>

typedef struct detector {
    const char *name, *signals, *priority, *on_delay;
} detector;

/* Each watches what one balance or one law ties together: docs/demo.md says which. */
static const detector detectors[] = {
    {"feed-tank-balance", "T-101/level_rate, T-101/inflow, T-101/outflow", "high", "10s"},
    {"product-tank-balance", "T-102/level_rate, T-102/inflow, T-102/outflow", "high", "30s"},
    {"feed-valve-health", "V-401/command, V-401/position", "medium", "10s"},
    {"feed-pump-health", "P-301/bearing_*, P-301/current, P-301/flow", "medium", "10s"},
    {"product-pump-health", "P-302/speed, P-302/flow, P-302/discharge_pressure", "medium", "30s"},
    {"reactor-health", "R-201/temperature, R-201/jacket_*, R-201/coolant_flow, V-401/flow", "high",
     "30s"},
};

/* Who and what is there on the day something escapes. Chosen: a small works beside a village. */
static const char emergency[] =
    "resources:\n"
    "  - {name: foam-engine-1, type: foam engine, at: [10, 20], crew: 6, capabilities: [foam, "
    "water], "
    "ppe: B, speed: 50 km/h}\n"
    "  - {name: hazmat-1, type: hazmat team, at: [20, 20], crew: 4, capabilities: [hazmat], ppe: "
    "A, "
    "speed: 50 km/h}\n"
    "  - {name: ambulance-1, type: ambulance, at: [-250, 10], crew: 2, capabilities: [medical], "
    "ppe: D, speed: 60 km/h}\n"
    "  - {name: maintenance-1, type: maintenance crew, at: [20, 10], crew: 2, ppe: C}\n"
    "weather: {wind_speed: yard/wind_speed, wind_from: yard/wind_from, temperature: yard/ambient, "
    "radiation: yard/radiation, ground: rural}\n"
    "emergency: {day: \"Mon-Fri 07:30-18:00\"}\n"
    "places:\n"
    "  - {name: control-room, title: Control room, kind: building, outline: [[20, 20], [50, 20], "
    "[50, 35], [20, 35]], people: {day: 9, night: 4}, air_changes: 0.5/h}\n"
    "  - {name: workshop, title: Workshop, kind: building, outline: [[150, 10], [190, 10], [190, "
    "40], "
    "[150, 40]], people: {day: 14, night: 0}, air_changes: 3/h}\n"
    "  - {name: village, title: Village, kind: open, outline: [[420, 330], [640, 330], [640, 520], "
    "[420, 520]], people: {day: 350, night: 620}, outside: true}\n"
    "  - {name: school, title: School, kind: building, outline: [[450, 290], [500, 290], [500, "
    "320], "
    "[450, 320]], people: {day: 240, night: 0}, air_changes: 1/h, outside: true, sensitive: true}\n"
    "  - {name: muster-west, title: Muster point west, kind: muster, at: [-60, 60], capacity: 60}\n"
    "  - {name: muster-south, title: Muster point south, kind: muster, at: [120, -90], "
    "capacity: 60}\n"
    "roads:\n"
    "  junctions: [{name: gate, at: [0, 0]}, {name: north-gate, at: [220, 160]}, {name: tank-farm, "
    "at: [40, 65]}, {name: reactor, at: [105, 40]}, {name: drums, at: [150, 95]}, {name: workshop, "
    "at: [170, 45]}, {name: town, at: [-300, 0]}, {name: crossroads, at: [300, 220]}]\n"
    "  stretches:\n"
    "    - {from: town, to: gate, speed: 60 km/h}\n"
    "    - {from: gate, to: tank-farm}\n"
    "    - {from: gate, to: reactor}\n"
    "    - {from: tank-farm, to: reactor, speed: 20 km/h}\n"
    "    - {from: reactor, to: workshop}\n"
    "    - {from: workshop, to: drums, speed: 20 km/h}\n"
    "    - {from: drums, to: north-gate}\n"
    "    - {from: north-gate, to: crossroads, speed: 50 km/h}\n"
    "    - {from: crossroads, to: town, speed: 60 km/h, length: 900 m}\n"
    "scenarios:\n"
    "  - name: C-501-leak\n"
    "    title: Leak of the chlorine drum\n"
    "    asset: C-501\n"
    "    release: {kind: liquid hole, hole: 8 mm, height: 1 m, pressure: 6.8 bar, temperature: 20 "
    "Cel, "
    "head: 0.4 m, duration: 20 min}\n"
    "    endpoints: [AEGL-2, {toxic: 20 ppm}]\n"
    "    frequency: 1e-5\n";

static void print_head(davy_buffer *out, int modbus_port, int mqtt_port)
{
    davy_buffer_printf(
        out,
        "# Site file of the simulated plant; written by `davy-sim site`.\n"
        "site: {name: demo, title: Demo tank farm, location: [30.657, 104.066], "
        "timezone: Asia/Shanghai}\n"
        "sources:\n"
        "  - {name: plc-1, kind: modbus, address: \"tcp://127.0.0.1:%d\", poll: 1s}\n"
        "  - {name: field, kind: mqtt, address: \"mqtt://127.0.0.1:%d\", "
        "topics: [\"plant/#\"]}\n",
        modbus_port, mqtt_port);
}

static void print_from(davy_buffer *out, const davy_sim_signal *signal)
{
    const char *asset = davy_sim_assets[signal->asset].name;

    davy_buffer_append_text(out, "\n         from: ");
    switch (signal->way) {
    case DAVY_SIM_HOLDING_ABCD:
        davy_buffer_printf(out, "{source: plc-1, register: holding %d, type: float32}",
                           signal->address);
        break;
    case DAVY_SIM_HOLDING_CDAB:
        davy_buffer_printf(out, "{source: plc-1, register: holding %d, type: float32, order: CDAB}",
                           signal->address);
        break;
    case DAVY_SIM_INPUT_ABCD:
        davy_buffer_printf(out, "{source: plc-1, register: input %d, type: float32}",
                           signal->address);
        break;
    case DAVY_SIM_INPUT_UINT16:
        davy_buffer_printf(out, "{source: plc-1, register: input %d, type: uint16, scale: %g}",
                           signal->address, 1.0 / davy_sim_signal_scale(signal));
        break;
    case DAVY_SIM_MQTT_JSON:
        davy_buffer_printf(out, "{source: field, topic: plant/%s, path: $.%s}", asset,
                           signal->name);
        break;
    case DAVY_SIM_MQTT_NUMBER:
        davy_buffer_printf(out, "{source: field, topic: plant/%s/%s}", asset, signal->name);
        break;
    }
}

static void print_limits(davy_buffer *out, const davy_sim_signal *signal)
{
    const double values[] = {signal->lolo, signal->lo, signal->hi, signal->hihi};
    static const char *const names[] = {"lolo", "lo", "hi", "hihi"};
    const char *between = ", limits: {";

    for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
        if (isnan(values[i]))
            continue;
        davy_buffer_printf(out, "%s%s: %g", between, names[i], values[i]);
        between = ", ";
    }
    if (between[2] == '\0') /* at least one was written */
        davy_buffer_append_text(out, "}, deadband: 1%, on_delay: 3s");
}

static void print_signal(davy_buffer *out, const davy_sim_signal *signal)
{
    davy_buffer_printf(out, "      - {name: %s, title: \"%s\", unit: \"%s\",", signal->name,
                       signal->title, signal->unit);
    print_from(out, signal);
    davy_buffer_printf(out, ",\n         range: [%g, %g]", signal->low, signal->high);
    print_limits(out, signal);
    if (signal->stuck_s > 0.0)
        davy_buffer_printf(out, ", stuck: %gs", signal->stuck_s);
    davy_buffer_append_text(out, ", deadline: 10s}\n");
}

static void print_asset(davy_buffer *out, size_t index)
{
    const davy_sim_asset *asset = &davy_sim_assets[index];

    davy_buffer_printf(out,
                       "  - name: %s\n"
                       "    kind: %s\n"
                       "    title: %s\n"
                       "    at: [%g, %g]\n",
                       asset->name, asset->kind, asset->title, asset->east, asset->north);
    if (asset->chemical)
        davy_buffer_printf(out, "    holds: {chemical: %s, amount: %s}\n", asset->chemical,
                           asset->amount);
    for (size_t i = 0, printed = 0; i < DAVY_SIM_SIGNALS; i++) {
        if (davy_sim_signals[i].asset != index)
            continue;
        if (printed++ == 0)
            davy_buffer_append_text(out, "    signals:\n");
        print_signal(out, &davy_sim_signals[i]);
    }
}

void davy_sim_site_print(davy_buffer *out, int modbus_port, int mqtt_port)
{
    print_head(out, modbus_port, mqtt_port);
    davy_buffer_append_text(out, "assets:\n");
    for (size_t i = 0; i < davy_sim_asset_count; i++)
        print_asset(out, i);
    davy_buffer_append_text(out, "detectors:\n");
    for (size_t i = 0; i < sizeof detectors / sizeof *detectors; i++)
        davy_buffer_printf(out,
                           "  - {name: %s, model: %s@champion, signals: [%s], budget: 1/day, "
                           "priority: %s, on_delay: %s}\n",
                           detectors[i].name, detectors[i].name, detectors[i].signals,
                           detectors[i].priority, detectors[i].on_delay);
    davy_buffer_append_text(out, emergency);
}
