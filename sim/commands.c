/* SPDX-License-Identifier: Apache-2.0 */
#include "commands.h"

#include "core/log.h"

#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

void davy_sim_commands_init(davy_sim_commands *commands)
{
    struct stat input;

    *commands = (davy_sim_commands){.descriptor = -1};
    if (fstat(STDIN_FILENO, &input) == 0 && (S_ISFIFO(input.st_mode) || S_ISSOCK(input.st_mode)))
        commands->descriptor = STDIN_FILENO;
}

davy_status davy_sim_command(davy_sim *sim, const char *line)
{
    char word[16], name[64], edge[16], rest[2];
    size_t fault;
    davy_status status;

    if (sscanf(line, "%15s %63s %15s %1s", word, name, edge, rest) != 3 ||
        strcmp(word, "fault") != 0 || (strcmp(edge, "start") != 0 && strcmp(edge, "stop") != 0))
        return davy_fail(DAVY_ERR_INVALID, "'%.60s' is not 'fault NAME start|stop'", line);
    status = davy_sim_fault_find(name, &fault);
    if (status == DAVY_OK)
        status = davy_sim_set_fault(sim, fault, strcmp(edge, "start") == 0);
    return status;
}

/* Do the lines that are whole and keep the rest. */
static void do_lines(davy_sim_commands *commands, davy_sim *sim)
{
    char *line = commands->text, *end;

    while ((end = memchr(line, '\n', commands->used - (size_t) (line - commands->text)))) {
        *end = '\0';
        if (*line && davy_sim_command(sim, line) != DAVY_OK)
            davy_log(DAVY_LOG_WARNING, "sim", "%s", davy_error());
        line = end + 1;
    }
    commands->used -= (size_t) (line - commands->text);
    memmove(commands->text, line, commands->used);
}

void davy_sim_commands_read(davy_sim_commands *commands, davy_sim *sim)
{
    ssize_t got = read(commands->descriptor, commands->text + commands->used,
                       sizeof commands->text - commands->used);

    if (got <= 0) {
        commands->descriptor = -1; /* the writer has gone; the plant runs on */
        return;
    }
    commands->used += (size_t) got;
    do_lines(commands, sim);
    if (commands->used == sizeof commands->text) {
        davy_log(DAVY_LOG_WARNING, "sim", "a command longer than %d characters is left out",
                 DAVY_SIM_COMMAND_MAX);
        commands->used = 0;
    }
}
