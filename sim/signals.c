/* SPDX-License-Identifier: Apache-2.0 */
#include "signals.h"

#include <math.h>
#include <stdio.h>

enum { T101, T102, R201, V401, P301, P302, C501, YARD, ASSETS };

const davy_sim_asset davy_sim_assets[ASSETS] = {
    [T101] = {"T-101", "tank", "Anhydride tank", 40, 85, "acetic anhydride", "9 t"},
    [T102] = {"T-102", "tank", "Acetic acid tank", 165, 80, "acetic acid", "25 t"},
    [R201] = {"R-201", "reactor", "Hydrolysis reactor", 105, 55, "acetic acid", "3 t"},
    [V401] = {"V-401", "valve", "Feed control valve", 85, 62, NULL, NULL},
    [P301] = {"P-301", "pump", "Feed pump", 60, 70, NULL, NULL},
    [P302] = {"P-302", "pump", "Product pump", 135, 62, NULL, NULL},
    [C501] = {"C-501", "cylinder", "Chlorine drum of the cooling water", 150, 105, "chlorine",
              "1 t"},
    [YARD] = {"yard", "weather", "Weather mast", 100, 110, NULL, NULL},
};
const size_t davy_sim_asset_count = ASSETS;

/* Limits stand where a person would have to act; ordinary operation keeps well inside them. */
#define NONE NAN
const davy_sim_signal davy_sim_signals[DAVY_SIM_SIGNALS] = {
    [DAVY_SIM_T101_LEVEL] = {T101, "level", "Level", "%", 2, 0, 100, 10, 20, 90, 95, 0, 0, 300,
                             DAVY_SIM_HOLDING_ABCD, 0},
    [DAVY_SIM_T101_LEVEL_RATE] = {T101, "level_rate", "Level rate of the gauge, last minute",
                                  "mm/min", 2, -60, 60, NONE, -50, 50, NONE, 0, 0, 0,
                                  DAVY_SIM_HOLDING_ABCD, 2},
    [DAVY_SIM_T101_PRESSURE] = {T101, "pressure", "Blanket pressure", "kPa", 3, 0, 10, 0.5, 1.5, 7,
                                8.5, 0.01, 2, 0, DAVY_SIM_HOLDING_ABCD, 4},
    [DAVY_SIM_T101_TEMPERATURE] = {T101, "temperature", "Liquid temperature", "Cel", 2, 0, 60, NONE,
                                   NONE, 40, 50, 0.03, 20, 0, DAVY_SIM_HOLDING_ABCD, 6},
    [DAVY_SIM_T101_INFLOW] = {T101, "inflow", "Flow from the pipeline, mean of the last minute",
                              "kg/h", 1, 0, 10000, NONE, NONE, 9000, NONE, 0, 0, 0,
                              DAVY_SIM_HOLDING_ABCD, 8},
    [DAVY_SIM_T101_OUTFLOW] = {T101, "outflow", "Flow to P-301, mean of the last minute", "kg/h", 1,
                               0, 4000, NONE, 1000, 2900, NONE, 0, 0, 0, DAVY_SIM_HOLDING_ABCD, 10},

    [DAVY_SIM_T102_LEVEL] = {T102, "level", "Level", "%", 2, 0, 100, 8, 15, 90, 95, 0, 0, 300,
                             DAVY_SIM_HOLDING_CDAB, 100},
    [DAVY_SIM_T102_LEVEL_RATE] = {T102, "level_rate", "Level rate of the gauge, last minute",
                                  "mm/min", 2, -60, 60, NONE, -50, 50, NONE, 0, 0, 0,
                                  DAVY_SIM_HOLDING_CDAB, 102},
    [DAVY_SIM_T102_PRESSURE] = {T102, "pressure", "Blanket pressure", "kPa", 3, 0, 10, 0.5, 1.5, 7,
                                8.5, 0.01, 2, 0, DAVY_SIM_HOLDING_CDAB, 104},
    [DAVY_SIM_T102_TEMPERATURE] = {T102, "temperature", "Liquid temperature", "Cel", 2, 0, 100,
                                   NONE, NONE, 60, 70, 0.05, 20, 0, DAVY_SIM_HOLDING_CDAB, 106},
    [DAVY_SIM_T102_INFLOW] = {T102, "inflow", "Flow from P-302, mean of the last minute", "kg/h", 1,
                              0, 12000, NONE, 2500, 9500, NONE, 0, 0, 0, DAVY_SIM_HOLDING_CDAB,
                              108},
    [DAVY_SIM_T102_OUTFLOW] = {T102, "outflow", "Flow to the pipeline, mean of the last minute",
                               "kg/h", 1, 0, 24000, NONE, NONE, 21000, NONE, 0, 0, 0,
                               DAVY_SIM_HOLDING_CDAB, 110},

    [DAVY_SIM_R201_TEMPERATURE] = {R201, "temperature", "Reactor temperature", "Cel", 2, 0, 120,
                                   NONE, 42, 58, 65, 0.03, 4, 0, DAVY_SIM_INPUT_ABCD, 0},
    [DAVY_SIM_R201_PRESSURE] = {R201, "pressure", "Reactor pressure", "kPa", 2, 0, 200, NONE, 25,
                                100, 130, 0.2, 1, 0, DAVY_SIM_INPUT_ABCD, 2},
    [DAVY_SIM_R201_LEVEL] = {R201, "level", "Reactor level", "%", 2, 0, 100, 30, 45, 75, 85, 0.05,
                             1, 300, DAVY_SIM_INPUT_ABCD, 4},
    [DAVY_SIM_R201_JACKET_INLET] = {R201, "jacket_inlet", "Cooling water in", "Cel", 2, 0, 60, NONE,
                                    NONE, 30, 35, 0.03, 4, 0, DAVY_SIM_INPUT_ABCD, 6},
    [DAVY_SIM_R201_JACKET_OUTLET] = {R201, "jacket_outlet", "Cooling water out", "Cel", 2, 0, 80,
                                     NONE, NONE, 45, 52, 0.03, 4, 0, DAVY_SIM_INPUT_ABCD, 8},
    [DAVY_SIM_R201_COOLANT_FLOW] = {R201, "coolant_flow", "Cooling water flow", "kg/h", 0, 0, 30000,
                                    1000, 2000, NONE, NONE, 40, 1, 0, DAVY_SIM_INPUT_ABCD, 10},
    [DAVY_SIM_R201_COOLANT_VALVE] = {R201, "coolant_valve", "Cooling water valve command", "%", 2,
                                     0, 100, NONE, NONE, 97, NONE, 0, 0, 0, DAVY_SIM_INPUT_UINT16,
                                     12},

    [DAVY_SIM_V401_COMMAND] = {V401, "command", "Valve command", "%", 2, 0, 100, NONE, 30, 92, NONE,
                               0, 0, 0, DAVY_SIM_INPUT_UINT16, 100},
    [DAVY_SIM_V401_POSITION] = {V401, "position", "Valve position", "%", 2, 0, 100, NONE, 30, 92,
                                NONE, 0.05, 0.3, 0, DAVY_SIM_INPUT_UINT16, 101},
    [DAVY_SIM_V401_FLOW] = {V401, "flow", "Feed flow", "kg/h", 1, 0, 4000, 800, 1200, 2800, 3200, 5,
                            1, 0, DAVY_SIM_INPUT_UINT16, 102},

    [DAVY_SIM_P301_FLOW] = {P301, "flow", "Flow", "kg/h", 1, 0, 4000, NONE, 1000, 2900, NONE, 2, 1,
                            0, DAVY_SIM_MQTT_JSON, 0},
    [DAVY_SIM_P301_DISCHARGE] = {P301, "discharge_pressure", "Discharge pressure", "kPa", 1, 0, 600,
                                 200, 250, 450, NONE, 0.6, 1, 0, DAVY_SIM_MQTT_JSON, 0},
    [DAVY_SIM_P301_CURRENT] = {P301, "current", "Motor current", "A", 3, 0, 3, NONE, 0.95, 1.6, 1.8,
                               0.0015, 1, 0, DAVY_SIM_MQTT_JSON, 0},
    [DAVY_SIM_P301_BEARING_DRIVE] = {P301, "bearing_drive_end", "Pump bearing, drive end", "Cel", 2,
                                     0, 120, NONE, NONE, 90, 100, 0.06, 15, 0, DAVY_SIM_MQTT_JSON,
                                     0},
    [DAVY_SIM_P301_BEARING_FREE] = {P301, "bearing_free_end", "Pump bearing, free end", "Cel", 2, 0,
                                    120, NONE, NONE, 90, 100, 0.06, 15, 0, DAVY_SIM_MQTT_JSON, 0},
    [DAVY_SIM_P301_BEARING_MOTOR] = {P301, "bearing_motor", "Motor bearing, drive end", "Cel", 2, 0,
                                     120, NONE, NONE, 90, 100, 0.06, 15, 0, DAVY_SIM_MQTT_JSON, 0},
    /* Limits: class I machine, zone boundaries B/C and C/D of ISO 10816-1:1995, annex B. */
    [DAVY_SIM_P301_VIBRATION] = {P301, "vibration", "Vibration velocity", "mm/s", 3, 0, 10, NONE,
                                 NONE, 1.8, 4.5, 0.03, 2, 0, DAVY_SIM_MQTT_JSON, 0},

    [DAVY_SIM_P302_FLOW] = {P302, "flow", "Flow", "kg/h", 1, 0, 12000, NONE, 2500, 9500, NONE, 20,
                            1, 0, DAVY_SIM_MQTT_JSON, 0},
    [DAVY_SIM_P302_SPEED] = {P302, "speed", "Speed of the inverter", "%", 2, 0, 120, NONE, 40, 105,
                             NONE, 0.05, 0, 0, DAVY_SIM_MQTT_JSON, 0},
    [DAVY_SIM_P302_DISCHARGE] = {P302, "discharge_pressure", "Discharge pressure", "kPa", 1, 0, 600,
                                 NONE, 80, 420, NONE, 0.6, 1, 0, DAVY_SIM_MQTT_JSON, 0},
    [DAVY_SIM_P302_CURRENT] = {P302, "current", "Motor current", "A", 3, 0, 6, NONE, NONE, 3.4, 4.0,
                               0.008, 1, 0, DAVY_SIM_MQTT_JSON, 0},

    [DAVY_SIM_YARD_AMBIENT] = {YARD, "ambient", "Air temperature", "Cel", 2, -40, 60, NONE, NONE,
                               NONE, NONE, 0.05, 30, 0, DAVY_SIM_MQTT_NUMBER, 0},
    [DAVY_SIM_YARD_WIND_SPEED] = {YARD, "wind_speed", "Wind speed at 10 m", "m/s", 2, 0, 50, NONE,
                                  NONE, NONE, NONE, 0.1, 5, 0, DAVY_SIM_MQTT_NUMBER, 0},
    [DAVY_SIM_YARD_WIND_FROM] = {YARD, "wind_from", "Wind direction at 10 m, from", "deg", 1, 0,
                                 360, NONE, NONE, NONE, NONE, 2, 5, 0, DAVY_SIM_MQTT_NUMBER, 0},
    [DAVY_SIM_YARD_RADIATION] = {YARD, "radiation", "Sun on level ground", "W/m2", 0, 0, 1400, NONE,
                                 NONE, NONE, NONE, 2, 10, 0, DAVY_SIM_MQTT_NUMBER, 0},
};

void davy_sim_signal_path(davy_sim_signal_id id, char path[DAVY_SIM_PATH_MAX])
{
    const davy_sim_signal *signal = &davy_sim_signals[id];

    (void) snprintf(path, DAVY_SIM_PATH_MAX, "%s/%s", davy_sim_assets[signal->asset].name,
                    signal->name);
}

double davy_sim_signal_scale(const davy_sim_signal *signal)
{
    static const double scales[] = {1.0, 10.0, 100.0, 1000.0};

    return scales[signal->decimals];
}
