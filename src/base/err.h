/* err.h — errors as values.
 *
 * A function that can fail returns bool (or a pointer) and takes `err *e` last: true/non-NULL means
 * done and *e untouched; false/NULL means not done, outputs untouched, and *e says why. The text is
 * made where the knowledge is, in Chinese and English, and spoken once, at the edge (HTTP answer,
 * terminal).
 *
 * Knows nobody. */
#ifndef JISHI_BASE_ERR_H
#define JISHI_BASE_ERR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

/* One list; the name after ERR_ in lower case is the `code` a client sees. Second column: HTTP
 * status. */
#define ERR_CODES(X)                                                                               \
  X(NONE, none, 200)                                                                               \
  X(BAD_JSON, bad_json, 400)         /* not RFC 8259 */                                            \
  X(BAD_ADDRESS, bad_address, 400)   /* no address of HTTP */                                      \
  X(BAD_INPUT, bad_input, 422)       /* well-formed, but a value is wrong; where = the field */    \
  X(BAD_FILE, bad_file, 422)         /* a file that is damaged or of another format */             \
  X(BAD_PACK, bad_pack, 422)         /* a fault in a pack; where = file:line:column */             \
  X(BAD_EXPR, bad_expr, 422)         /* a fault in an expression; where = column */                \
  X(UNKNOWN_NAME, unknown_name, 404) /* no such kind, field, route, id */                          \
  X(SIGN_IN, sign_in, 401)           /* no session, or an ended one */                             \
  X(LOCKED, locked, 423)             /* the session is locked; the password opens it */            \
  X(PASSWORD_FIRST, password_first, 403) /* the first password must be changed before all else */  \
  X(CODE_NEEDED, code_needed, 401)       /* the password was right; a one-time code, too */        \
  X(CODE_FIRST, code_first, 403)         /* one-time codes must be set up before all else */       \
  X(DENIED, denied, 403)                 /* outside the officer's areas or rights */               \
  X(CONFLICT, conflict, 409)             /* same id with other content; key already taken */       \
  X(STALE, stale, 412)                   /* If-Match does not hold any more */                     \
  X(NEEDS_MATCH, needs_match, 428)       /* a change without If-Match */                           \
  X(NOT_ALLOWED, not_allowed, 409)       /* a guard or state forbids it now */                     \
  X(METHOD, method, 405)                                                                           \
  X(MEDIA_TYPE, media_type, 415) /* a body that does not say it is JSON */                         \
  X(TOO_LARGE, too_large, 413)   /* over a named limit */                                          \
  X(TOO_MANY, too_many, 429)     /* slow down */                                                   \
  X(BUSY, busy, 503)             /* queue full, shutting down */                                   \
  X(STANDBY, standby, 503)       /* another program writes this county */                          \
  X(CLOCK, clock, 503)           /* the clock is far from the last entry; nothing is written */    \
  X(MEMORY, memory, 503)         /* no memory */                                                   \
  X(STORE, store, 503)           /* disk or database failed; nothing was changed */                \
  X(UNCERTAIN, uncertain, 503)   /* it failed while saving; who sends it again learns whether */   \
  X(USAGE, usage, 400)           /* wrong use of a command */                                      \
  X(INTERNAL, internal, 500)     /* ours to mend */

typedef enum err_code {
#define X(upper, lower, status) ERR_##upper,
  ERR_CODES(X)
#undef X
} err_code;

enum { ERR_TEXT_MAX = 480, ERR_WHERE_MAX = 200 };

typedef struct err {
  err_code code;
  char where[ERR_WHERE_MAX]; /* where: "file:line:column", a JSON pointer, "row 12", or "" */
  char zh[ERR_TEXT_MAX];     /* one plain sentence with the remedy, UTF-8, cut at a character */
  char en[ERR_TEXT_MAX];
} err;

/* Fills *e and is false, so that a caller can write `return err_set(e, code, where, "中文 %s",
 * "English %s", …)`. Both texts are printf formats over the same arguments. Where an argument
 * itself has two languages it is LABEL(x) or ZH_EN(zh, en), told with %s:
 *
 *   err_set(e, ERR_BAD_INPUT, f->name, "“%s”不能为空。", "\"%s\" may not be empty.",
 * LABEL(f->title));
 *
 * `where` may be NULL. `e` may be NULL (the caller does not care).
 *
 * A macro that says each sentence in a call of its own: so the compiler checks both formats (a
 * conversion of our own would be unknown to it) and knows that the value is false. The price: the
 * arguments after `where` are evaluated once a language, so they must have no side effects. */
#define err_set(e, code, where, ...)                                                               \
  (__extension__({                                                                                 \
    err *const err_begun_ = err_begin((e), (code), (where));                                       \
    if (err_begun_) {                                                                              \
      {                                                                                            \
        enum { err_in_english_ = 0 };                                                              \
        err_say_zh(err_begun_, __VA_ARGS__);                                                       \
      }                                                                                            \
      {                                                                                            \
        enum { err_in_english_ = 1 };                                                              \
        err_say_en(err_begun_, __VA_ARGS__);                                                       \
      }                                                                                            \
    }                                                                                              \
    false;                                                                                         \
  }))

/* Arguments of err_set in the language of its sentence: of two texts; of a label, an err or any
 * other struct with `zh` and `en`. */
#define ZH_EN(zh_, en_) (err_in_english_ ? (en_) : (zh_))
#define LABEL(x) ZH_EN((x).zh, (x).en)

/* The steps of err_set, for nobody else. err_begin returns `e`. */
err *err_begin(err *e, err_code code, const char *where);
void err_say_zh(err *e, const char *zh, const char *en, ...) __attribute__((format(printf, 2, 4)));
void err_say_en(err *e, const char *zh, const char *en, ...) __attribute__((format(printf, 3, 4)));

/* The one error for a failed allocation. */
#define err_memory(e)                                                                              \
  (__extension__({                                                                                 \
    err_fill_memory(e);                                                                            \
    false;                                                                                         \
  }))
void err_fill_memory(err *e);

/* Puts `outer` in front of `where`, e.g. "rules.yaml:12:5" before "column 4". Returns false. */
bool err_within(err *e, const char *outer);

const char *err_name(err_code code); /* "bad_input" */
int err_status(err_code code);       /* 422 */

/* Collects many faults, so that one run names them all. Keeps at most `FAULTS_MAX`; counts on. */
enum { FAULTS_MAX = 500 };
typedef struct faults {
  err *items; /* owned */
  size_t count, room, total;
  bool memory_failed;
} faults;
void faults_add(faults *f, const err *e);
void faults_release(faults *f);

#endif
