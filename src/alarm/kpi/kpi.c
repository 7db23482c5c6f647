/* SPDX-License-Identifier: Apache-2.0 */
#include "alarm/kpi/kpi_private.h"

#include <stdlib.h>
#include <string.h>

davy_status davy_kpi_create(size_t positions, int64_t from_ns, int64_t to_ns, davy_kpi **out)
{
    davy_kpi *kpi = calloc(1, sizeof *kpi);

    if (!kpi)
        return davy_fail(DAVY_ERR_NOMEM, "figures of alarms");
    kpi->from_ns = from_ns;
    kpi->to_ns = to_ns;
    kpi->position_count = positions;
    kpi->standing = (davy_stale_list){.last = DAVY_STALE_NONE, .next = DAVY_STALE_NONE};
    kpi->positions = calloc(positions, sizeof *kpi->positions);
    if (!kpi->positions) {
        davy_kpi_destroy(kpi);
        return davy_fail(DAVY_ERR_NOMEM, "figures of %zu positions", positions);
    }
    *out = kpi;
    return DAVY_OK;
}

void davy_kpi_destroy(davy_kpi *kpi)
{
    if (!kpi)
        return;
    free(kpi->positions);
    free(kpi->alarms);
    free(kpi->places);
    free(kpi);
}

void davy_kpi_extend(davy_kpi *kpi, int64_t to_ns)
{
    if (to_ns > kpi->to_ns)
        kpi->to_ns = to_ns;
}

/* Time ------------------------------------------------------------------------------------- */

static void begin_position(struct davy_kpi_position *position, int64_t begin_ns, unsigned bar_days)
{
    davy_kpi_figures *figures = &position->figures;

    figures->begin_ns = begin_ns;
    figures->bar_days = bar_days;
    figures->days.length_ns = DAVY_KPI_DAY_NS;
    figures->hours.length_ns = DAVY_KPI_HOUR_NS;
    figures->hours.above = 30;
    figures->ten_minutes.length_ns = DAVY_TEN_MINUTES_S * DAVY_NS_PER_S;
    figures->ten_minutes.above = DAVY_FLOOD_BEGIN_ABOVE;
    davy_periods_begin(&figures->days, begin_ns);
    davy_periods_begin(&figures->hours, begin_ns);
    davy_periods_begin(&figures->ten_minutes, begin_ns);
    position->day = -1;
}

/* The first move that is seen: nobody watched before it. */
static void begin(davy_kpi *kpi, int64_t time_ns)
{
    int64_t days;

    kpi->begin_ns = time_ns > kpi->from_ns ? time_ns : kpi->from_ns;
    kpi->now_ns = time_ns;
    kpi->begun = true;
    days = (kpi->to_ns - kpi->begin_ns + DAVY_KPI_DAY_NS - 1) / DAVY_KPI_DAY_NS;
    for (size_t i = 0; i < kpi->position_count; i++)
        begin_position(&kpi->positions[i], kpi->begin_ns,
                       (unsigned) ((days + DAVY_KPI_BARS - 1) / DAVY_KPI_BARS));
}

void davy_kpi_count_flood(const davy_kpi *kpi, davy_kpi_floods *floods,
                          const davy_ten_minutes *window, int64_t ended_s)
{
    int64_t first_s = davy_kpi_second(kpi->begin_ns);
    int64_t seconds = ended_s - (window->began_s > first_s ? window->began_s : first_s);

    if (ended_s <= first_s)
        return;
    floods->count++;
    floods->seconds += seconds;
    floods->alarms += window->alarms;
    if (seconds > floods->longest_s)
        floods->longest_s = seconds;
    if (window->peak > floods->peak)
        floods->peak = window->peak;
}

static void pass_window(const davy_kpi *kpi, struct davy_kpi_position *position, int64_t now_ns)
{
    davy_ten_minutes *window = &position->window;

    if (davy_ten_minutes_pass(window, davy_kpi_second(now_ns)))
        davy_kpi_count_flood(kpi, &position->figures.floods, window, window->ended_s);
}

static void pass_periods(davy_kpi_figures *figures, int64_t now_ns)
{
    davy_periods_pass(&figures->days, now_ns);
    davy_periods_pass(&figures->hours, now_ns);
    davy_periods_pass(&figures->ten_minutes, now_ns);
}

/* Stale alarms ----------------------------------------------------------------------------- */

/* On to the day of now_ns: what is stale when a day begins is stale on that day. */
static void pass_days(const davy_kpi *kpi, struct davy_kpi_position *position, int64_t now_ns)
{
    int64_t day = now_ns < kpi->begin_ns ? -1 : (now_ns - kpi->begin_ns) / DAVY_KPI_DAY_NS;

    if (day <= position->day)
        return;
    position->day = day;
    position->day_stale = position->figures.now.stale;
    if (position->day_stale > position->figures.stale_most)
        position->figures.stale_most = position->day_stale;
}

static void become_stale(davy_kpi *kpi, size_t alarm)
{
    struct davy_kpi_position *position = &kpi->positions[kpi->alarms[alarm].position];

    pass_days(kpi, position, kpi->places[alarm].since_ns + DAVY_KPI_STALE_NS);
    position->figures.now.stale++;
    position->day_stale++;
    if (position->day >= 0 && position->day_stale > position->figures.stale_most)
        position->figures.stale_most = position->day_stale;
}

static void pass_stale(davy_kpi *kpi, int64_t now_ns)
{
    size_t alarm;

    while (davy_stale_next(&kpi->standing, kpi->places, DAVY_KPI_STALE_NS, now_ns, &alarm))
        become_stale(kpi, alarm);
}

static void end_standing(davy_kpi *kpi, size_t alarm, int64_t now_ns)
{
    struct davy_kpi_position *position = &kpi->positions[kpi->alarms[alarm].position];

    if (kpi->places[alarm].stale) {
        pass_days(kpi, position, now_ns);
        position->figures.now.stale--;
    }
    davy_stale_leave(&kpi->standing, kpi->places, alarm);
}

/* A shelf does not end that it is in alarm; design suppression and out of service do. */
static bool is_in_alarm(const davy_alarm_phase *phase)
{
    return davy_alarm_phase_active(phase) && phase->shown != DAVY_ALARM_SUPPRESSED &&
           phase->shown != DAVY_ALARM_OUT_OF_SERVICE;
}

void davy_kpi_pass(davy_kpi *kpi, int64_t now_ns)
{
    if (now_ns > kpi->to_ns)
        now_ns = kpi->to_ns;
    if (!kpi->begun || now_ns <= kpi->now_ns)
        return;
    kpi->now_ns = now_ns;
    pass_stale(kpi, now_ns);
    for (size_t i = 0; i < kpi->position_count; i++) {
        pass_window(kpi, &kpi->positions[i], now_ns);
        pass_days(kpi, &kpi->positions[i], now_ns - 1);
    }
}

/* Moves ------------------------------------------------------------------------------------ */

static davy_status make_room(davy_kpi *kpi, size_t alarm)
{
    size_t capacity = kpi->capacity ? kpi->capacity : 64;
    struct davy_kpi_alarm *alarms;
    davy_stale_place *places;

    if (alarm < kpi->capacity)
        return DAVY_OK;
    while (capacity <= alarm)
        capacity *= 2;
    alarms = realloc(kpi->alarms, capacity * sizeof *alarms);
    if (alarms)
        kpi->alarms = alarms;
    places = realloc(kpi->places, capacity * sizeof *places);
    if (places)
        kpi->places = places;
    if (!alarms || !places)
        return davy_fail(DAVY_ERR_NOMEM, "figures of %zu alarms", capacity);
    memset(alarms + kpi->capacity, 0, (capacity - kpi->capacity) * sizeof *alarms);
    memset(places + kpi->capacity, 0, (capacity - kpi->capacity) * sizeof *places);
    kpi->capacity = capacity;
    return DAVY_OK;
}

/* Add to, or with by = -1 take from, the places that a phase counts in. */
static void count_phase(davy_kpi_standing *standing, const davy_alarm_phase *phase, int by)
{
    size_t change = (size_t) by; /* wraps as unsigned numbers do */

    if (davy_alarm_phase_active(phase))
        standing->active += change;
    if (phase->shown == DAVY_ALARM_SHELVED)
        standing->shelved += change;
    else if (phase->shown == DAVY_ALARM_SUPPRESSED)
        standing->suppressed += change;
    else if (phase->shown == DAVY_ALARM_OUT_OF_SERVICE)
        standing->out_of_service += change;
    else if (!davy_alarm_phase_acknowledged(phase))
        standing->unacknowledged += change;
}

static void take_phase(davy_kpi *kpi, size_t index, const davy_alarm_move *move)
{
    struct davy_kpi_alarm *alarm = &kpi->alarms[index];
    davy_kpi_standing *standing = &kpi->positions[alarm->position].figures.now;
    bool was = kpi->places[index].in_alarm, is = is_in_alarm(&move->after);

    count_phase(standing, &alarm->phase, -1);
    alarm->phase = move->after;
    count_phase(standing, &alarm->phase, 1);
    if (was && !is)
        end_standing(kpi, index, move->time_ns);
    else if (is && !was)
        davy_stale_enter(&kpi->standing, kpi->places, index, move->time_ns);
}

static void annunciate(const davy_kpi *kpi, struct davy_kpi_position *position,
                       struct davy_kpi_alarm *alarm, const davy_alarm_move *move)
{
    davy_kpi_figures *figures = &position->figures;
    int64_t bar = (move->time_ns - kpi->begin_ns) / DAVY_KPI_DAY_NS;

    (void) davy_ten_minutes_add(&position->window);
    if (!alarm->open)
        alarm->raised_ns = move->time_ns;
    alarm->open = true;
    alarm->announced_ns = move->time_ns;
    if (move->time_ns < kpi->begin_ns)
        return;
    pass_periods(figures, move->time_ns);
    alarm->count++;
    figures->annunciated++;
    figures->by_priority[move->priority]++;
    davy_periods_add(&figures->days);
    davy_periods_add(&figures->hours);
    davy_periods_add(&figures->ten_minutes);
    if (position->window.count > figures->most_in_ten_minutes)
        figures->most_in_ten_minutes = position->window.count;
    bar /= figures->bar_days;
    figures->bars[bar < DAVY_KPI_BARS ? bar : DAVY_KPI_BARS - 1]++;
}

/* The third cycle within a minute is chatter, and so is each that follows within a minute. */
static void close_cycle(const davy_kpi *kpi, davy_kpi_figures *figures,
                        struct davy_kpi_alarm *alarm, int64_t now_ns)
{
    int64_t first_ns;

    alarm->cycles_ns[alarm->cycles++ % DAVY_KPI_CHATTER_CYCLES] = alarm->raised_ns;
    first_ns = alarm->cycles_ns[alarm->cycles % DAVY_KPI_CHATTER_CYCLES];
    if (alarm->cycles < DAVY_KPI_CHATTER_CYCLES || now_ns - first_ns > DAVY_KPI_MINUTE_NS)
        return;
    if (now_ns >= kpi->begin_ns) {
        figures->chattering += !alarm->chattered;
        figures->chatter_episodes +=
            !alarm->chattered_ns || now_ns - alarm->chattered_ns > DAVY_KPI_MINUTE_NS;
        alarm->chattered = true;
    }
    alarm->chattered_ns = now_ns;
}

static void return_to_normal(const davy_kpi *kpi, davy_kpi_figures *figures,
                             struct davy_kpi_alarm *alarm, const davy_alarm_move *move)
{
    bool fleeting = move->before.shown == DAVY_ALARM_UNACKNOWLEDGED &&
                    move->time_ns - alarm->raised_ns <= DAVY_KPI_MINUTE_NS;

    alarm->open = false;
    if (fleeting && move->time_ns >= kpi->begin_ns) {
        figures->fleeting += !alarm->fled;
        figures->fleeting_times++;
        alarm->fled = true;
    }
    close_cycle(kpi, figures, alarm, move->time_ns);
}

/* Nobody can acknowledge or hear what is silenced. */
static void silence(struct davy_kpi_alarm *alarm)
{
    alarm->open = false;
    alarm->announced_ns = 0;
}

static void take_words(const davy_kpi *kpi, struct davy_kpi_position *position,
                       struct davy_kpi_alarm *alarm, const davy_alarm_move *move)
{
    davy_kpi_figures *figures = &position->figures;
    bool in_range = move->time_ns >= kpi->begin_ns;

    if (move->annunciated)
        annunciate(kpi, position, alarm, move);
    else if (move->after.shown >= DAVY_ALARM_SHELVED)
        silence(alarm);
    else if (alarm->open && !davy_alarm_phase_active(&move->after))
        return_to_normal(kpi, figures, alarm, move);
    if (move->acknowledged && alarm->announced_ns != 0) {
        if (in_range && move->time_ns >= alarm->announced_ns)
            davy_tally_add(&figures->acknowledge_s,
                           (uint64_t) davy_kpi_second(move->time_ns - alarm->announced_ns), 1);
        alarm->announced_ns = 0;
    }
    if (move->unauthorised && in_range)
        figures->unauthorised++;
}

void davy_kpi_silence(davy_kpi *kpi, size_t position, int64_t time_ns, uint64_t count)
{
    if (kpi->begun && position < kpi->position_count && time_ns >= kpi->begin_ns &&
        time_ns < kpi->to_ns)
        kpi->positions[position].figures.unauthorised += count;
}

/* What stands before the first record and was written after it is of a clock that was set back: it
 * was observed, so it counts as of the begin. */
static davy_alarm_move in_order(const davy_kpi *kpi, const davy_alarm_move *move)
{
    davy_alarm_move next = *move;

    if (kpi->begin_ns > kpi->from_ns && next.time_ns < kpi->begin_ns)
        next.time_ns = kpi->begin_ns;
    return next;
}

static void take_in_order(davy_kpi *kpi, const davy_alarm_move *move)
{
    struct davy_kpi_position *position = &kpi->positions[move->position];
    struct davy_kpi_alarm *alarm = &kpi->alarms[move->alarm];

    if (move->time_ns > kpi->now_ns)
        kpi->now_ns = move->time_ns;
    if (!alarm->seen)
        *alarm = (struct davy_kpi_alarm){.seen = true, .position = (uint32_t) move->position};
    if (move->alarm >= kpi->count)
        kpi->count = move->alarm + 1;

    pass_stale(kpi, move->time_ns);
    pass_window(kpi, position, move->time_ns);
    take_words(kpi, position, alarm, move);
    take_phase(kpi, move->alarm, move);
}

davy_status davy_kpi_take(davy_kpi *kpi, const davy_alarm_move *move)
{
    davy_status status = make_room(kpi, move->alarm);
    davy_alarm_move next;

    if (status != DAVY_OK || move->time_ns >= kpi->to_ns || move->position >= kpi->position_count)
        return status;
    if (!kpi->begun)
        begin(kpi, move->time_ns);
    next = in_order(kpi, move);
    take_in_order(kpi, &next);
    return DAVY_OK;
}
