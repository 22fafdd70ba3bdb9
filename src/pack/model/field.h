/* field.h — one answer of a form: its type, limits, choices, and when it is asked. */
#ifndef JISHI_PACK_MODEL_FIELD_H
#define JISHI_PACK_MODEL_FIELD_H

#include "base/date.h"
#include "cel/cel.h"
#include "base/label.h"

typedef enum field_type {
  FIELD_TEXT,
  FIELD_INT,
  FIELD_MONEY,  /* fen */
  FIELD_RATE,   /* a share, × 10^8; told in percent */
  FIELD_NUMBER, /* a decimal, × 10^8; told with its unit */
  FIELD_DATE,   /* day */
  FIELD_BOOL,
  FIELD_CHOICE,  /* one code of `choices` */
  FIELD_CHOICES, /* several, kept sorted and distinct */
} field_type;
typedef enum field_format {
  FORMAT_NONE,
  FORMAT_RESIDENT_ID,
  FORMAT_DOCUMENT, /* any identity document */
  FORMAT_CREDIT_CODE,
  FORMAT_DISABILITY_CARD,
  FORMAT_PHONE,
  FORMAT_MEASURE,   /* the id of a measure of the same unit */
  FORMAT_TIME,      /* of the day: "09:30" */
  FORMAT_FOLLOW_UP, /* the id of what is to be done at the same unit (follow_ups.yaml) */
  FORMAT_OFFICER,   /* the login of one officer */
  FORMAT_OFFICERS,  /* logins of officers, one space between, in the order given */
  FORMAT_FILES,     /* attached files: their names (hashes), one space between */
  FORMAT_PLACE,     /* a point: "116.625100,35.430200", WGS-84 */
  FORMAT_ZONE       /* the code of a zone: an area beside the villages (base/ident.h) */
} field_format;
/* How a value is shown without the right to see it in clear. */
typedef enum field_privacy { PRIVACY_OPEN, PRIVACY_MASKED, PRIVACY_HIDDEN } field_privacy;
/* How one officer is shown a value (engine/rights.h): not at all, as stars, as it is. */
typedef enum how_shown { SHOWN_NOT, SHOWN_MASKED, SHOWN_CLEAR } how_shown;
/* What a value tells of: bits of field groups (pack.h), and of what is masked for everybody. */
enum { FIELD_GROUPS_MAX = 30 };
#define READS_PRIVATE (1u << 31)

typedef struct choice {
  const char *code;
  label title;
  const char *official;       /* code in the official table, or NULL */
  const char *const *aliases; /* other spellings an import accepts; NULL-terminated, may be NULL */
  label group;                /* heading it stands under; "" */
  const cel_program *applies_when; /* like a field's; NULL: always */
  day from, to;                    /* offered on these days; DAY_NONE: open */
} choice;

/* What writes a field of a subject: a step of a workflow, a measure when it is approved, an event.
 */
typedef enum owner_type { OWNER_TRANSITION, OWNER_MEASURE, OWNER_EVENT } owner_type;
typedef struct owner {
  owner_type type;
  const char *workflow; /* of a step; NULL */
  const char *name;
  label title;
} owner;
/* Whether people may type a field. By itself: unless something owns it. */
typedef enum field_typed { TYPED_UNLESS_OWNED, TYPED_ALWAYS, TYPED_NEVER } field_typed;

typedef struct field {
  const char *name;
  label title, help; /* help may be "" */
  field_type type;
  field_format format;
  field_privacy privacy;
  bool sealed;     /* cannot be read on the disk without the key: private, or said to be */
  bool identifies; /* tells who it is, though it is no text: goes when the record is forgotten */
  uint32_t groups; /* bits of the field groups it is in; 0: whoever sees the record sees it */
  bool required;
  bool long_text;   /* a box of several lines */
  int64_t min, max; /* numbers, money, dates: range; text: max characters. min > max: no limit */
  const choice *choices;
  size_t choice_count;
  const char *fact; /* on an event or form: the subject's field this answer becomes, or NULL */
  int fact_index;   /* in the subject kind's fields; -1 */
  const char *of;   /* text: the key of a subject of this kind, which must be there; NULL */
  /* Whether it is asked at all: over the record's own fields; of an event also over the subject it
   * is about, `on` and parameters. Unknown: it is. NULL: always. */
  const cel_program *applies_when;
  label empty_title;  /* several choices: what an empty list says; "": it says nothing (unknown) */
  const char *unit;   /* of a number, shown behind it; "" */
  int decimals;       /* of a number: at most so many are taken, exactly so many shown; -1: any */
  const char *serial; /* the engine numbers it: text with {n} and {year}; NULL: people fill it in */
  /* Of an event, bool: the engine says whether it counted in the duty of this name, for him whose
   * the subject was; NULL. */
  const char *counted_in;
  /* The same: whether what the follow-up of this name expects after it has come. */
  const char *fulfilled_in;
  cel_program
      *check; /* over the record's own fields (env of the record); must be true. NULL: none */
  label check_message;
  const cel_type *type_in_cel;
  /* Of a kind's field: */
  field_typed typed;
  const owner *owners;
  size_t owner_count;
  /* What it is when nothing is said and nothing is known, over the record's own fields (what an
   * identifier says of its bearer); NULL. */
  const cel_program *filled_from;
  const char *initial; /* the choice that a new subject has when nothing is said; NULL */
  int line;
} field;
/* Its groups, and READS_PRIVATE when it is not open. */
uint32_t field_reads(const field *f);
/* The engine fills it in when it is recorded; people leave it out. */
bool field_is_filled(const field *f);
/* Written by its owners alone: not typed, not imported, but at a first taking-in or by a correction
 * (engine/commands/amendment.c). */
bool field_is_owned(const field *f);
const field *field_find(const field *fields, size_t count, text name); /* NULL: none */
const choice *choice_find(const field *f, text code);
/* Whether a choice is offered on a day, its `applies_when` aside. */
bool choice_on(const choice *c, day on);

#endif
