/* ledger_internal.h — what the files of a ledger share. */
#ifndef JISHI_LEDGER_LEDGER_INTERNAL_H
#define JISHI_LEDGER_LEDGER_INTERNAL_H

#include "ledger/ledger.h"

/* A value as a cell; choices in words, fields as they are shown. Texts live in `a`. False:
 * memory. *ret_why: why it could not be computed; NULL: it was, or is not known. */
bool ledger_cell(arena *a, const ledger *l, const ledger_column *c, how_shown how, const value *v,
                 table_value *ret, const err **ret_why);

/* Who recorded it; "" for nobody. */
text ledger_officer_of(const ledger_names *n, const uuid *id);

#endif
