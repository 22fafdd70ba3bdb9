/* heading_words.h — a heading taken apart: its words, its unit, and what stands in brackets. */
#ifndef JISHI_LEDGER_HEADING_WORDS_H
#define JISHI_LEDGER_HEADING_WORDS_H

#include "base/arena.h"
#include "base/label.h"
#include "base/text.h"

/* What the brackets of a heading want of its cells. */
typedef enum heading_note {
  NOTE_NONE,   /* nothing is said, or nothing that matters ("必填") */
  NOTE_UNIT,   /* "万元" */
  NOTE_DAY,    /* "yyyy-mm-dd", "如2020.01" */
  NOTE_YES_NO, /* "是/否" */
  NOTE_CODES,  /* "1男2女", "打√": not words */
  NOTE_OTHER   /* "监护人": it may be somebody else's */
} heading_note;

typedef struct heading_words {
  text whole; /* without white space, ASCII brackets: "务工时间(月)" */
  text core;  /* without brackets, numbers in front and marks: "务工时间" */
  text note;  /* the first brackets' content */
  heading_note kind;
} heading_words;
bool heading_words_of(arena *a, text heading, heading_words *ret); /* false: memory */

/* Fen in one "万元"; 0: no unit of money. */
int64_t heading_money_unit(text unit);
bool heading_is_counting_word(text unit); /* 人, 次, 个 … */
bool heading_same_unit(text a, text b);   /* "㎡" and "平方米" */
/* How a date is to be written, as Y M D with signs between: "Y.M.D", "YM"; NULL: nothing is said.
 */
const char *heading_day_form(const heading_words *w);
/* "基本信息": a group that says nothing of whose its columns are. */
bool heading_is_plain_group(text core);

#endif
