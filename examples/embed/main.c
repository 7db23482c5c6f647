/* SPDX-License-Identifier: Apache-2.0 */
/* Ask a model about a row of numbers:  cc main.c $(pkg-config --cflags --libs davy) -o ask
 *                                      ./ask /var/lib/davy/models/pump@champion 101.3 20.5 0.2 */
#include <davy.h>
#include <stdio.h>
#include <stdlib.h>

int main(int argc, char **argv)
{
    const size_t width = argc > 2 && argc < 66 ? (size_t) argc - 2 : 0;
    double doubles[64]; /* as a model that watches takes them */
    float floats[64];   /* and one that answers */
    davy_session *session;
    const davy_reasons *why;
    davy *model;

    for (size_t i = 0; i < width; i++)
        floats[i] = (float) (doubles[i] = strtod(argv[i + 2], NULL));
    if (width == 0 || davy_open(argv[1], &model) || davy_session_open(model, 1, &session))
        return fprintf(stderr, "ask MODEL NUMBER...: %s\n", davy_error()), EXIT_FAILURE;

    davy_array row = davy_describe(model)->inputs[0]; /* [-1, ..., width] */
    row.shape[0] = 1;
    row.data = row.type == DAVY_FP64 ? (void *) doubles : floats;
    row.bytes = width * (row.type == DAVY_FP64 ? sizeof *doubles : sizeof *floats);
    if (davy_run(session, &row, 1) || davy_explain(session, 0, 3, &why))
        return fprintf(stderr, "%s\n", davy_error()), EXIT_FAILURE;
    printf("%s %g%s%s\n", why->output, why->score, *why->answer ? " for " : "", why->answer);
    for (size_t i = 0; i < why->count; i++)
        printf("because of %s %+g\n", why->names[i], why->shares[i]);
    davy_session_close(session);
    davy_close(model);
    return EXIT_SUCCESS;
}
