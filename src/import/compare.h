/* compare.h — a list of people or things beside the register: who of it is registered and how, who
 * is not, and who is registered otherwise than the list says. Nothing of it is stored.
 *
 * For layouts with `compare` (pack/model/import_layout.h). A row finds its subject by the key. Else
 * whoever has the same name, agrees in one more thing at least (what the kind calls `alike`, the
 * area) and contradicts in none is possible, and never taken for found. Who is not his to see is
 * not there for him. Fields that he is shown masked or not at all are not compared: a list of
 * guesses would tell them. */
#ifndef JISHI_IMPORT_COMPARE_H
#define JISHI_IMPORT_COMPARE_H

#include "import/import.h"

typedef enum compared_result {
  COMPARED_FOUND,
  COMPARED_POSSIBLE,
  COMPARED_ABSENT,
  COMPARED_UNCLEAR /* the row says too little to tell */
} compared_result;
enum { COMPARED_RESULTS = 4 };
static inline const char *compared_word(compared_result r) {
  static const char *const words[COMPARED_RESULTS] = {"found", "possible", "absent", "unclear"};
  return words[r];
}

/* What the list says and the register says otherwise. */
typedef struct compared_difference {
  text column; /* its heading */
  text told, registered;
} compared_difference;
typedef struct compared_row {
  text sheet; /* "" where there is one only */
  int64_t row;
  text name, key; /* as the list says; the key masked where its field is */
  compared_result result;
  /* Of one that is found, and of the first that is possible; NULL. `root`: itself or its parent. */
  const record *subject, *root;
  const char *area;  /* its name */
  size_t likely;     /* how many are possible */
  bool managed;      /* it has an open case */
  const text *shown; /* by import_compare.shown */
  const compared_difference *differences;
  size_t difference_count;
  text why; /* what could not be read, and what is too little; "" */
} compared_row;
typedef struct compare_sink {
  bool english;
  bool (*take)(void *context, const compared_row *row, err *e); /* what is given lives until then */
  void *context;
} compare_sink;
/* Each row once, in the order of the file. Errors: those of import_check. */
bool import_compare_rows(store *s, arena *a, const import_file *file, day today,
                         const compare_sink *sink, err *e);

#endif
