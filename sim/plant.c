/* SPDX-License-Identifier: Apache-2.0 */
#include "plant.h"

#include <math.h>

/* All numbers of this file are chosen, at the size of a small site, where no source is named. */
#define SUBSTEPS        4
#define SETTLE_S        INT64_C(21600) /* six hours */
#define SITE_EAST_S     INT64_C(28800) /* UTC+8 */
#define WIND_LEAST      0.3            /* m/s; chosen, as the sun at noon, W/m2 */
#define SUN_NOON        800.0
#define KG_H            3600.0 /* kg/s in kg/h */
#define BAR             1e5
#define WATER_DENSITY   998.0 /* kg/m3 at 20 Cel */
#define PRODUCT_DENSITY 1030.0

#define REACTOR_AREA   2.0                            /* m2 */
#define REACTOR_HEIGHT 2.0                            /* m */
#define REACTOR_LEVEL  60.0                           /* %, set point */
#define REACTOR_PA     60.0e3                         /* back pressure regulator */
#define REACTOR_UA     9000.0                         /* W/K, jacket and coil, clean */
#define WATER_RATIO    (DAVY_SIM_PRODUCT_RATIO - 1.0) /* kg of water per kg of anhydride */
#define COOLANT_FULL   (26000.0 / KG_H)               /* kg/s at 100 % */
#define COOLANT_TAU_S  3.0                            /* of the coolant valve */
#define FEED_TAU_S     1.0   /* of the flow transmitter the controller sees */
#define FEED_LINE      4.4e3 /* Pa per (m3/h)^2, pipe from P-301 to R-201 */
#define PRODUCT_LINE   5.3e3 /* Pa per (m3/h)^2, pipe from R-201 to T-102 */
#define PRODUCT_LIFT   3.0   /* m, T-102 is filled from above */

const davy_sim_tank_design davy_sim_t101 = {.area_m2 = 3.0,
                                            .height_m = 3.0,
                                            .density =
                                                1082.0, /* anhydride at 20 Cel, CRC Handbook */
                                            .heat_capacity = DAVY_SIM_ANHYDRIDE_CP,
                                            .ua = 60.0,
                                            .blanket_pa = 4.0e3,
                                            .blanket_gain = 2.0e-6};

const davy_sim_tank_design davy_sim_t102 = {.area_m2 = 9.0,
                                            .height_m = 3.0,
                                            .density = PRODUCT_DENSITY,
                                            .heat_capacity = DAVY_SIM_MIX_CP,
                                            .ua = 150.0,
                                            .blanket_pa = 4.0e3,
                                            .blanket_gain = 6.0e-6};

/* 0.75 kW, 2-pole, fixed speed, 400 V: 1 / (sqrt(3) * 400 V * 0.78) A/W. */
const davy_sim_pump_design davy_sim_p301 = {.head_shutoff_m = 36.0,
                                            .head_slope = 1.6,
                                            .density = 1082.0,
                                            .efficiency_best = 0.40,
                                            .flow_best = 2.2,
                                            .efficiency_width = 2.6,
                                            .current_idle = 0.9,
                                            .current_per_watt = 0.00185,
                                            .bearing_tau_s = 360.0,
                                            .rise_idle = {22.0, 18.0, 25.0},
                                            .rise_per_watt = {0.030, 0.020, 0.028},
                                            .vibration_base = 1.1,
                                            .vibration_off = 1.2};

/* 1.5 kW, 2-pole, speed by inverter. */
const davy_sim_pump_design davy_sim_p302 = {.head_shutoff_m = 30.0,
                                            .head_slope = 0.12,
                                            .density = PRODUCT_DENSITY,
                                            .efficiency_best = 0.48,
                                            .flow_best = 7.0,
                                            .efficiency_width = 8.5,
                                            .current_idle = 1.4,
                                            .current_per_watt = 0.00178,
                                            .bearing_tau_s = 420.0,
                                            .rise_idle = {20.0, 17.0, 24.0},
                                            .rise_per_watt = {0.024, 0.018, 0.022},
                                            .vibration_base = 1.2,
                                            .vibration_off = 1.0};

double davy_sim_plant_reactor_level(const davy_sim_plant *plant)
{
    return 100.0 * plant->r201.mass / (PRODUCT_DENSITY * REACTOR_AREA * REACTOR_HEIGHT);
}

static double level_percent(const davy_sim_tank *tank, const davy_sim_tank_design *design)
{
    return 100.0 * davy_sim_tank_level(tank, design) / design->height_m;
}

static void stir_up(davy_sim_plant *plant)
{
    plant->weather = (davy_sim_drift){.sigma = 0.6, .tau_s = 3600.0};
    plant->gust = (davy_sim_drift){.sigma = 0.8, .tau_s = 600.0};
    plant->veer = (davy_sim_drift){.sigma = 25.0, .tau_s = 1800.0};
    plant->back_pressure = (davy_sim_drift){.sigma = 5.0e3, .tau_s = 60.0};
    plant->coolant_supply = (davy_sim_drift){.sigma = 0.015, .tau_s = 120.0};
    plant->water_ratio = (davy_sim_drift){.sigma = 0.004, .tau_s = 90.0};
    plant->suction = (davy_sim_drift){.sigma = 0.6e3, .tau_s = 30.0};
    plant->supply_flow = (davy_sim_drift){.sigma = 0.006, .tau_s = 30.0};
    plant->export_flow = (davy_sim_drift){.sigma = 0.006, .tau_s = 30.0};
    for (int tank = 0; tank < 2; tank++)
        plant->blanket[tank] = (davy_sim_drift){.sigma = 100.0, .tau_s = 300.0};
}

/* Vessels and machines near where an ordinary day has them. */
static void fill(davy_sim_plant *plant)
{
    plant->t101 = (davy_sim_tank){.mass = 6000.0, .temperature = 19.0, .pressure = 4.0e3};
    plant->t102 = (davy_sim_tank){.mass = 13000.0, .temperature = 44.0, .pressure = 4.0e3};
    plant->r201 =
        (davy_sim_reactor){.mass = 2472.0, .anhydride = 420.0, .temperature = 50.0, .jacket = 30.0};
    plant->v401 = (davy_sim_valve){
        .kvs = 4.0, .rangeability = 50.0, .tau_s = 1.5, .target = 69.0, .position = 69.0};
    plant->p301 = (davy_sim_pump){.bearing = {53.0, 44.0, 55.0}};
    plant->p302 = (davy_sim_pump){.bearing = {55.0, 48.0, 58.0}};
    plant->speed = 0.8;
    plant->coolant_opening = 50.0;
    plant->feed_measured = plant->regime.feed * KG_H;
    plant->ambient = 18.0;
    plant->reactor_pressure = REACTOR_PA;
}

static void set_up_controllers(davy_sim_plant *plant)
{
    plant->feed_control = (davy_sim_pi){
        .gain = 0.008, .integral_s = 6.0, .high = 100.0, .integral = 69.0}; /* % per kg/h */
    plant->temperature_control = (davy_sim_pi){
        .gain = -4.0, .integral_s = 240.0, .high = 100.0, .integral = 50.0}; /* % per K */
    plant->level_control = (davy_sim_pi){
        .gain = -0.05, .integral_s = 1000.0, .low = 0.3, .high = 1.1, .integral = 0.8}; /* per % */
}

void davy_sim_plant_start(davy_sim_plant *plant, uint64_t seed, int64_t time_s, int calm)
{
    *plant = (davy_sim_plant){.time_s = time_s};
    davy_sim_random_init(&plant->random, seed, DAVY_SIM_STREAM_PLANT);
    davy_sim_random_init(&plant->wind_random, seed, DAVY_SIM_STREAM_WIND);
    davy_sim_regime_init(&plant->regime, seed);
    if (!calm)
        stir_up(plant);
    fill(plant);
    set_up_controllers(plant);
}

void davy_sim_plant_init(davy_sim_plant *plant, uint64_t seed, int64_t time_s)
{
    const davy_sim_upset healthy = DAVY_SIM_HEALTHY;

    davy_sim_plant_start(plant, seed, time_s - SETTLE_S, 0);
    while (plant->time_s < time_s)
        davy_sim_plant_step(plant, &healthy);
}

/* Air, cooling and process water, back pressure. The site lies at UTC+8; warmest at 15:00. */
static void surroundings_step(davy_sim_plant *plant)
{
    double hour = (double) ((plant->time_s + SITE_EAST_S) % 86400) / 3600.0;
    double day = cos((hour - 15.0) / 24.0 * 2.0 * M_PI);

    davy_sim_drift_step(&plant->weather, &plant->random, 1.0);
    davy_sim_drift_step(&plant->back_pressure, &plant->random, 1.0);
    davy_sim_drift_step(&plant->coolant_supply, &plant->random, 1.0);
    davy_sim_drift_step(&plant->water_ratio, &plant->random, 1.0);
    davy_sim_drift_step(&plant->suction, &plant->random, 1.0);
    davy_sim_drift_step(&plant->supply_flow, &plant->random, 1.0);
    davy_sim_drift_step(&plant->export_flow, &plant->random, 1.0);
    for (int tank = 0; tank < 2; tank++)
        davy_sim_drift_step(&plant->blanket[tank], &plant->random, 1.0);
    davy_sim_drift_step(&plant->gust, &plant->wind_random, 1.0);
    davy_sim_drift_step(&plant->veer, &plant->wind_random, 1.0);
    plant->ambient = 18.0 + 6.0 * day + plant->weather.value;
    plant->wind = fmax(WIND_LEAST, 3.5 + 0.8 * day + plant->gust.value);
    plant->wind_from = fmod(225.0 + plant->veer.value + 360.0, 360.0);
    plant->radiation = fmax(0.0, SUN_NOON * cos((hour - 12.0) / 12.0 * M_PI));
    /* A cooling tower follows the air with about half its swing; the main hardly notices it. */
    plant->coolant_temperature = 19.0 + 0.4 * (plant->ambient - 18.0);
    plant->supply_temperature = 20.0 + 0.5 * (plant->ambient - 20.0);
    plant->water_temperature = 15.0 + 0.05 * (plant->ambient - 18.0);
    plant->reactor_pressure = REACTOR_PA + plant->back_pressure.value;
}

static void controllers_step(davy_sim_plant *plant)
{
    double feed = plant->regime.feed * KG_H - plant->feed_measured;
    double temperature = plant->regime.reactor - plant->r201.temperature;
    double level = REACTOR_LEVEL - davy_sim_plant_reactor_level(plant);

    plant->feed_command = davy_sim_pi_step(&plant->feed_control, feed, 1.0);
    plant->coolant_command = davy_sim_pi_step(&plant->temperature_control, temperature, 1.0);
    plant->speed = davy_sim_pi_step(&plant->level_control, level, 1.0);
}

/* Flow in m3/h at which the pressure a pump gives equals what the way takes. */
static double balanced_flow(double drive_pa, double loss)
{
    return drive_pa > 0.0 ? sqrt(drive_pa / loss) : 0.0;
}

/* T-101 -> P-301 -> V-401 -> R-201. */
static double feed_flow(davy_sim_plant *plant, double *discharge)
{
    const davy_sim_pump_design *pump = &davy_sim_p301;
    double weight = pump->density * DAVY_SIM_GRAVITY;
    double kv = davy_sim_valve_kv(&plant->v401);
    double suction = plant->t101.pressure + plant->suction.value +
                     weight * davy_sim_tank_level(&plant->t101, &davy_sim_t101);
    double drive = suction + weight * pump->head_shutoff_m - plant->reactor_pressure;
    double valve = BAR * pump->density / WATER_DENSITY / (kv * kv);
    double flow = balanced_flow(drive, weight * pump->head_slope + FEED_LINE + valve);

    *discharge = suction + weight * davy_sim_pump_head(pump, flow, 1.0);
    return flow;
}

/* R-201 -> P-302 -> T-102. */
static double product_flow(davy_sim_plant *plant, double strainer, double *discharge)
{
    const davy_sim_pump_design *pump = &davy_sim_p302;
    double weight = pump->density * DAVY_SIM_GRAVITY;
    double fill = davy_sim_plant_reactor_level(plant) / 100.0 * REACTOR_HEIGHT;
    double suction = plant->reactor_pressure + weight * fill;
    double shutoff = pump->head_shutoff_m * plant->speed * plant->speed;
    double drive = suction + weight * (shutoff - PRODUCT_LIFT) - plant->t102.pressure;
    double flow = balanced_flow(drive, weight * pump->head_slope + PRODUCT_LINE + strainer);

    *discharge =
        suction - strainer * flow * flow + weight * davy_sim_pump_head(pump, flow, plant->speed);
    return flow;
}

static void tanks_step(davy_sim_plant *plant, const davy_sim_flows *now, double dt_s)
{
    davy_sim_tank_step(&plant->t101, &davy_sim_t101,
                       &(davy_sim_tank_flows){.in = now->supply,
                                              .out = now->feed,
                                              .leak = now->leak,
                                              .in_temperature = plant->supply_temperature,
                                              .blanket_shift = plant->blanket[0].value,
                                              .ambient = plant->ambient},
                       dt_s);
    davy_sim_tank_step(&plant->t102, &davy_sim_t102,
                       &(davy_sim_tank_flows){.in = now->product,
                                              .out = now->export,
                                              .in_temperature = plant->r201.temperature,
                                              .blanket_shift = plant->blanket[1].value,
                                              .ambient = plant->ambient},
                       dt_s);
}

static void reactor_step(davy_sim_plant *plant, const davy_sim_flows *now,
                         const davy_sim_upset *upset, double dt_s)
{
    davy_sim_reactor_step(&plant->r201,
                          &(davy_sim_reactor_flows){
                              .anhydride = now->feed,
                              .water = now->water,
                              .out = now->product,
                              .anhydride_temperature = plant->t101.temperature,
                              .water_temperature = plant->water_temperature,
                              .coolant = now->coolant,
                              .coolant_temperature = plant->coolant_temperature,
                              .ua = REACTOR_UA * upset->jacket_factor,
                          },
                          dt_s);
}

static void pumps_step(davy_sim_plant *plant, davy_sim_flows *now, const davy_sim_upset *upset,
                       double dt_s)
{
    now->power[0] = davy_sim_pump_power(&davy_sim_p301, now->pump_flow[0], 1.0, upset->bearing_w);
    now->power[1] = davy_sim_pump_power(&davy_sim_p302, now->pump_flow[1], plant->speed, 0.0);
    davy_sim_pump_step(&plant->p301, &davy_sim_p301, now->power[0], plant->ambient,
                       upset->bearing_k, dt_s);
    davy_sim_pump_step(&plant->p302, &davy_sim_p302, now->power[1], plant->ambient, 0.0, dt_s);
}

static void add_flows(davy_sim_flows *sum, const davy_sim_flows *now, double share)
{
    sum->supply += share * now->supply;
    sum->feed += share * now->feed;
    sum->leak += share * now->leak;
    sum->water += share * now->water;
    sum->product += share * now->product;
    sum->export += share * now->export;
    sum->coolant += share * now->coolant;
    for (int pump = 0; pump < 2; pump++) {
        sum->pump_flow[pump] += share * now->pump_flow[pump];
        sum->discharge[pump] += share * now->discharge[pump];
        sum->power[pump] += share * now->power[pump];
    }
}

/* One short step: flows from the state, then the state from the flows. */
static void substep(davy_sim_plant *plant, const davy_sim_upset *upset, double dt_s)
{
    davy_sim_flows now = {.supply = plant->regime.supply.rate * (1.0 + plant->supply_flow.value),
                          .export = plant->regime.export.rate * (1.0 + plant->export_flow.value)};

    davy_sim_valve_step(&plant->v401, plant->feed_command, upset->stiction_static,
                        upset->stiction_kinetic, dt_s);
    plant->coolant_opening +=
        (plant->coolant_command - plant->coolant_opening) * dt_s / COOLANT_TAU_S;
    now.pump_flow[0] = feed_flow(plant, &now.discharge[0]);
    now.pump_flow[1] = product_flow(plant, upset->strainer, &now.discharge[1]);
    now.feed = now.pump_flow[0] * davy_sim_p301.density / 3600.0;
    now.product = now.pump_flow[1] * davy_sim_p302.density / 3600.0;
    now.leak = davy_sim_tank_leak(&plant->t101, &davy_sim_t101, upset->leak_m2);
    now.water = WATER_RATIO * plant->feed_measured / KG_H * (1.0 + plant->water_ratio.value);
    now.coolant = COOLANT_FULL * plant->coolant_opening / 100.0 *
                  (1.0 + plant->coolant_supply.value) * upset->coolant_factor;
    plant->feed_measured += (now.feed * KG_H - plant->feed_measured) * dt_s / FEED_TAU_S;

    pumps_step(plant, &now, upset, dt_s);
    reactor_step(plant, &now, upset, dt_s);
    tanks_step(plant, &now, dt_s);

    add_flows(&plant->flows, &now, 1.0 / SUBSTEPS);
}

void davy_sim_plant_step(davy_sim_plant *plant, const davy_sim_upset *upset)
{
    surroundings_step(plant);
    davy_sim_regime_step(&plant->regime, level_percent(&plant->t101, &davy_sim_t101),
                         level_percent(&plant->t102, &davy_sim_t102));
    controllers_step(plant);
    plant->flows = (davy_sim_flows){0};
    for (int i = 0; i < SUBSTEPS; i++)
        substep(plant, upset, 1.0 / SUBSTEPS);
    plant->time_s++;
}
