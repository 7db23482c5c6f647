/* SPDX-License-Identifier: Apache-2.0 */
#include "serve/http/budget.h"

bool davy_budget_take(davy_budget *budget, size_t more)
{
    size_t used = atomic_load(budget->used);

    do {
        if (used > budget->most || more > budget->most - used)
            return false;
    } while (!atomic_compare_exchange_weak(budget->used, &used, used + more));
    budget->held += more;
    return true;
}

void davy_budget_release(davy_budget *budget)
{
    if (budget->held > 0)
        atomic_fetch_sub(budget->used, budget->held);
    budget->held = 0;
}
