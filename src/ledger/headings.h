/* headings.h — which column of a table over the register (pack/model/ledger.h) a heading of
 * somebody else's table asks for.
 *
 * Known are the titles of fields, figures and ledgers' columns, and the headings under which packs
 * take rosters in. A heading that is one of these, and of one thing only, is sure; whatever may
 * mean something else is only likely and left to a person: a wrong cell is worse than an empty one.
 * A group over a heading counts ("联系人" over "姓名" is nobody's own name), so do a unit and
 * what stands in brackets.
 *
 * Everything lives in the arena given. Reads only. */
#ifndef JISHI_LEDGER_HEADINGS_H
#define JISHI_LEDGER_HEADINGS_H

#include "pack/model/ledger.h"
#include "sheet/table_write.h"
#include "sheet/template.h"

/* Something that can stand under a heading. */
typedef struct heading_target {
  text column; /* as ledger_read takes it, canonical: {"what":"birth"} */
  label title;
  label of; /* the kind or event that it is told of */
} heading_target;

typedef struct heading_book heading_book;
/* Of tables whose rows are a kind's records or events of a kind; `e` memory. NULL: no such rows. */
heading_book *heading_book_new(arena *a, const catalog *packs, text rows, err *e);
/* Of what groups of these rows come to, for a table whose rows are named: {"make":"count"}, those
 * of a choice or of which something is true, events, sums. A heading that merely says "how many" is
 * left to a person: of which of them, it does not say. */
heading_book *heading_groups_new(arena *a, const catalog *packs, text rows, err *e);
size_t heading_target_count(const heading_book *b);
const heading_target *heading_target_at(const heading_book *b, size_t i);
/* NULL: none is written so. */
const heading_target *heading_target_find(const heading_book *b, text column);

typedef enum heading_certainty { HEADING_UNKNOWN, HEADING_LIKELY, HEADING_SURE } heading_certainty;
enum { HEADING_OTHERS_MAX = 6 };
typedef struct heading_match {
  heading_certainty certainty;
  const heading_target *target;                     /* NULL: unknown */
  const heading_target *others[HEADING_OTHERS_MAX]; /* what else it might mean */
  size_t other_count;
  label why; /* why it is not sure */
} heading_match;
bool heading_match_columns(arena *a, const heading_book *b, const template_table *t,
                           heading_match *ret_matches, err *e);
/* How many of the columns are sure: which rows a table is of; *ret_own: of what these rows have
 * themselves, and not of what they belong to. */
size_t heading_count_sure(const heading_match *m, size_t count, size_t *ret_own);

/* ---- how a value is written under a heading ---- */

typedef struct heading_style {
  int64_t money_unit;   /* fen in the heading's unit: 100 for 元, 1000000 for 万元 */
  bool percent;         /* "65" under "%" */
  bool share;           /* the cell shows percents: 0.65 */
  bool day_number;      /* the cell shows dates */
  const char *day_form; /* otherwise: "Y-M-D", "YMD", "Y.M" … */
} heading_style;
/* Whether values of a column can stand there; *ret_why says why not. */
bool heading_fits(const template_table *t, const template_column *c, const ledger_column *column,
                  heading_style *ret, label *ret_why);
/* The cell as it goes into the file. */
bool heading_value(arena *a, const template *t, const heading_style *s, const table_value *v,
                   template_value *ret, err *e);

/* The heading in one line: "园主/姓名". */
text heading_path(arena *a, const template_column *c); /* at NULL: memory */
/* By which a head is known again: the same headings in the same order, whatever the title is; 64
 * hex digits. */
bool heading_fingerprint(const template_table *t, char ret[65], err *e);

#endif
