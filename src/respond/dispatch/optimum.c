/* SPDX-License-Identifier: Apache-2.0 */
#include "respond/dispatch/optimum.h"

#include <coin/Cbc_C_Interface.h>
#include <errno.h>
#include <fcntl.h>
#include <math.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/clock.h"
#include "respond/dispatch/program.h"

/*
 * Cbc runs in a child of its own, a copy of this process for as long as it takes: it has state of
 * the process, takes Ctrl-C for itself, and stops the program where one of its assertions fails
 * (OsiClpSolverInterface::crunch() of 2.10.8 was seen to). A child that dies, or is late, is an
 * optimum that was not found.
 */

/** The child is killed when it has not answered after the limit so many times. */
static const double patience = 2.0;

_Static_assert(sizeof(CoinBigIndex) == sizeof(int), "columns begin at an int");

/** What the child writes, and then the choice. */
typedef struct davy_found {
    davy_optimum optimum;
    size_t choice[DAVY_DISPATCH_UNITS_MAX];
} davy_found;

_Static_assert(sizeof(davy_found) < 16384, "a pipe takes an answer at once");

/** Cbc takes a start by the names of columns. */
static void load(const davy_program *p, davy_arena *arena, Cbc_Model *model)
{
    int *all = davy_arena_array(arena, p->columns, sizeof *all);

    Cbc_loadProblem(model, (int) p->columns, (int) p->rows, p->start, p->index, p->value, p->low,
                    p->high, p->cost, p->row_low, p->row_high);
    for (size_t c = 0; c < p->columns; c++) {
        char name[24];

        (void) snprintf(name, sizeof name, "c%zu", c);
        Cbc_setColName(model, (int) c, name);
        if (c < p->pairs)
            Cbc_setInteger(model, (int) c);
        if (all)
            all[c] = (int) c;
    }
    if (all)
        Cbc_setMIPStartI(model, (int) p->columns, all, p->first);
}

static void read_choice(const davy_program *p, const double *solution, size_t units, size_t *choice)
{
    for (size_t u = 0; u < units; u++)
        choice[u] = DAVY_IDLE;
    for (size_t k = 0; k < p->pairs; k++)
        if (solution[k] > 0.5)
            choice[p->unit[k]] = p->task[k];
}

/** In the child: solve, and take the solution when it costs no more than the first answer. */
static void solve(const davy_problem *problem, const davy_program *p, davy_arena *arena,
                  const size_t *choice, davy_found *found)
{
    Cbc_Model *model = Cbc_newModel();
    const double before = davy_problem_cost(problem, choice);
    const double *solution;

    Cbc_setLogLevel(model, 0);
    Cbc_setParameter(model, "log", "0");
    Cbc_setParameter(model, "timeMode", "elapsed"); /* a person waits for it, not a processor */
    /* Cbc 2.10.8 fails ("Illegal index") where presolve took columns away that a start names. */
    Cbc_setParameter(model, "preprocess", "off");
    load(p, arena, model);
    Cbc_setMaximumSeconds(model, problem->question->limit_s);
    Cbc_solve(model);
    found->optimum.bound = Cbc_getBestPossibleObjValue(model);
    solution = Cbc_bestSolution(model);
    if (!solution)
        return;
    read_choice(p, solution, problem->question->unit_count, found->choice);
    found->optimum.found =
        davy_problem_cost(problem, found->choice) <= before + 1e-6 * fabs(before);
    found->optimum.proven = found->optimum.found && Cbc_isProvenOptimal(model);
}

/** In the child, which leaves no core and nothing on the terminal, and ends with its parent. */
_Noreturn static void be_the_child(const davy_problem *problem, const davy_program *p,
                                   davy_arena *arena, const size_t *choice, int to)
{
    const struct rlimit none = {0, 0};
    const int nowhere = open("/dev/null", O_RDWR | O_CLOEXEC);
    davy_found found = {.optimum = {.bound = NAN}};
    ssize_t written;

    (void) prctl(PR_SET_PDEATHSIG, SIGKILL);
    (void) setrlimit(RLIMIT_CORE, &none);
    for (int out = STDOUT_FILENO; nowhere >= 0 && out <= STDERR_FILENO; out++)
        (void) dup2(nowhere, out);
    (void) signal(SIGABRT, SIG_DFL);
    solve(problem, p, arena, choice, &found);
    written = write(to, &found, sizeof found);
    _exit(written == (ssize_t) sizeof found ? 0 : 1);
}

/** Whether the child has answered in time. */
static bool listen_to(int from, double seconds, davy_found *found)
{
    const davy_clock *clock = davy_clock_system();
    const int64_t until = davy_monotonic_ns(clock) + (int64_t) (seconds * 1e9);
    struct pollfd answer = {.fd = from, .events = POLLIN};

    for (;;) {
        const int64_t left_ms = (until - davy_monotonic_ns(clock)) / 1000000;
        const int ready = poll(&answer, 1, left_ms > 0 ? (int) left_ms : 0);

        if (ready > 0)
            return read(from, found, sizeof *found) == (ssize_t) sizeof *found;
        if (ready == 0 || errno != EINTR)
            return false;
    }
}

static bool ask_a_child(const davy_problem *problem, const davy_program *p, davy_arena *arena,
                        const size_t *choice, davy_found *found)
{
    int ends[2];
    bool answered;
    pid_t child;

    if (pipe2(ends, O_CLOEXEC) != 0)
        return false;
    child = fork();
    if (child == 0)
        be_the_child(problem, p, arena, choice, ends[1]);
    (void) close(ends[1]);
    answered = child > 0 && listen_to(ends[0], patience * problem->question->limit_s, found);
    (void) close(ends[0]);
    if (child > 0) {
        (void) kill(child, SIGKILL);
        while (waitpid(child, NULL, 0) < 0 && errno == EINTR)
            ;
    }
    return answered;
}

davy_optimum davy_optimise(const davy_problem *problem, size_t *choice)
{
    davy_found found = {.optimum = {.bound = NAN}};
    const davy_optimum nothing = found.optimum;
    davy_arena arena = {0};
    davy_program program;
    bool answered = false;

    if (davy_program_write(&program, problem, choice, &arena)) {
        if (program.pairs == 0) { /* nobody can be sent anywhere: there is one plan */
            davy_arena_clear(&arena);
            return (davy_optimum){true, true, davy_problem_cost(problem, choice)};
        }
        answered = ask_a_child(problem, &program, &arena, choice, &found);
    }
    davy_arena_clear(&arena);
    if (!answered)
        return nothing;
    for (size_t u = 0; found.optimum.found && u < problem->question->unit_count; u++)
        choice[u] = found.choice[u];
    return found.optimum;
}

const char *davy_optimum_version(void)
{
    return Cbc_getVersion();
}
