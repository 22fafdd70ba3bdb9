/* The tables. One description makes them, extends them and compares them. */
#include "store/rows/schema.h"

#include <inttypes.h>

#include "store/sql.h"
#include "store/store_internal.h"

#define COLUMNS(...)                                                                               \
  (const db_column[]){__VA_ARGS__}, sizeof((const db_column[]){__VA_ARGS__}) / sizeof(db_column)
#define INDEXES(...)                                                                               \
  (const char *const[]) {                                                                          \
    __VA_ARGS__, NULL                                                                              \
  }

const db_table fixed_tables[] = {
    {"county_state", COLUMNS({"name", 'T'}, {"last_tick", 'i'}), "", NULL, true},
    {"pack_source", COLUMNS({"name", 'T'}, {"seq", 'I'}, {"body", 'T'}), "name", NULL, true},
    {"holiday_notice", COLUMNS({"year", 'I'}, {"seq", 'I'}, {"body", 'T'}), "year", NULL, true},
    {"journal",
     COLUMNS({"seq", 'I'}, {"id", 'B'}, {"at", 'I'}, {"officer", 'b'}, {"verb", 'T'},
             {"subject", 'b'}, {"root", 'b'}, {"via", 'b'}, {"area", 'T'}, {"body", 'T'},
             {"link", 'B'}),
     "seq", INDEXES("!id", "via, seq"), false},
    {"area", COLUMNS({"code", 'T'}, {"name", 'T'}), "code", NULL, true},
    {"officer",
     COLUMNS({"id", 'B'}, {"login", 'T'}, {"name", 'T'}, {"active", 'I'}, {"posts", 'T'}), "id",
     INDEXES("!login"), true},
    {"credential",
     COLUMNS({"officer", 'B'}, {"password_hash", 'T'}, {"failures", 'I'}, {"last_failure", 'I'},
             {"changed", 'i'}),
     "officer", NULL, false},
    {"fact",
     COLUMNS({"subject", 'B'}, {"field", 'T'}, {"seq", 'I'}, {"since", 'I'}, {"value", 't'},
             {"source", 'T'}, {"withdrawn", 'I'}, {"officer", 'b'}, {"at", 'i'}),
     "subject, field, seq", NULL, true},
    {"finding",
     COLUMNS({"id", 'B'}, {"root", 'B'}, {"subject", 'B'}, {"kind", 'T'}, {"rule", 'T'},
             {"area", 'T'}, {"colour", 'I'}, {"since", 'I'}, {"until", 'i'}, {"case_id", 'b'},
             {"says_zh", 'T'}, {"says_en", 'T'}, {"reasons", 'T'}),
     "id", INDEXES("root, since, id", "since, id"), true},
    {"casework",
     COLUMNS({"id", 'B'}, {"root", 'B'}, {"subject", 'B'}, {"kind", 'T'}, {"process", 'T'},
             {"workflow", 'T'}, {"state", 'T'}, {"area", 'T'}, {"opened", 'I'}, {"since", 'I'},
             {"deadline", 'i'}, {"closed", 'I'}, {"withdrawn", 'I'}, {"relapses", 'I'},
             {"version", 'I'}, {"deadline_provisional", 'I'}),
     "id", INDEXES("root", "closed, deadline, id"), true},
    {"step",
     COLUMNS({"case_id", 'B'}, {"seq", 'I'}, {"transition", 'T'}, {"from_state", 'T'},
             {"to_state", 'T'}, {"at", 'I'}, {"officer", 'b'}, {"form", 'T'}, {"note", 'T'}),
     "case_id, seq, to_state", NULL, true},
    {"measure",
     COLUMNS({"id", 'B'}, {"root", 'B'}, {"subject", 'B'}, {"case_id", 'b'}, {"kind", 'T'},
             {"state", 'T'}, {"area", 'T'}, {"amount", 'i'}, {"form", 'T'}, {"note", 'T'},
             {"trace", 'T'}, {"since", 'I'}, {"version", 'I'}, {"fund", 'T'}),
     "id", INDEXES("root", "state, id"), true},
    {"payment",
     COLUMNS({"id", 'B'}, {"kind", 'T'}, {"root", 'B'}, {"subject", 'B'}, {"area", 'T'},
             {"fund", 'T'}, {"measure", 'b'}, {"period", 'T'}, {"amount", 'I'}, {"day", 'I'},
             {"withdrawn", 'I'}),
     "id", INDEXES("fund, day, id", "measure", "root"), true},
    {"officer_past",
     COLUMNS({"officer", 'B'}, {"seq", 'I'}, {"day", 'I'}, {"login", 'T'}, {"name", 'T'},
             {"active", 'I'}, {"posts", 'T'}),
     "officer, seq", NULL, true},
    {"duty_member",
     COLUMNS({"root", 'B'}, {"duty", 'T'}, {"since", 'I'}, {"until", 'i'}, {"area", 'T'},
             {"least", 'I'}, {"owner", 'T'}),
     "root, duty, since", INDEXES("duty, area, root", "duty, owner, area, root"), true},
    {"duty_act",
     COLUMNS({"duty", 'T'}, {"root", 'B'}, {"day", 'I'}, {"officer", 'B'}, {"part", 'T'},
             {"n", 'I'}),
     "duty, root, day, officer, part", INDEXES("duty, officer, day"), true},
    {"condition_day",
     COLUMNS({"event", 'B'}, {"name", 'T'}, {"root", 'B'}, {"lo", 'T'}, {"hi", 'T'}, {"since", 'I'},
             {"until", 'I'}),
     "event, name", INDEXES("name, until, since"), true},
    {"excuse",
     COLUMNS({"id", 'B'}, {"duty", 'T'}, {"officer", 'b'}, {"root", 'b'}, {"area", 'T'},
             {"since", 'I'}, {"until", 'I'}, {"reason", 'T'}, {"stand_in", 'b'}, {"said_by", 'b'},
             {"seq", 'I'}, {"withdrawn", 'I'}),
     "id", INDEXES("until, since"), true},
    {"serial", COLUMNS({"series", 'T'}, {"year", 'I'}, {"last", 'I'}), "series, year", NULL, true},
    {"file", COLUMNS({"name", 'T'}, {"type", 'T'}, {"bytes", 'I'}, {"at", 'I'}, {"body", 'B'}),
     "name", NULL, false},
    {"upload",
     COLUMNS({"id", 'B'}, {"officer", 'b'}, {"layout", 'T'}, {"file", 'T'}, {"state", 'T'},
             {"body", 'B'}, {"report", 'T'}),
     "id", NULL, false},
};
const size_t fixed_table_count = sizeof fixed_tables / sizeof *fixed_tables;

static void column_ddl(buf *b, const db_column *c) {
  const char *word = c->type == 'i' || c->type == 'I'   ? "{int}"
                     : c->type == 'b' || c->type == 'B' ? "{blob}"
                                                        : "{text}";
  buf_printf(b, "%s %s%s", c->name, word, c->type < 'a' ? " NOT NULL" : "");
}

bool db_table_make(db *d, const db_table *t, err *e) {
  AUTO_BUF buf b = {0};
  buf_printf(&b, "CREATE TABLE IF NOT EXISTS %s (county {text} NOT NULL", t->name);
  for (size_t i = 0; i < t->count; i++) {
    buf_str(&b, ", ");
    column_ddl(&b, &t->columns[i]);
  }
  buf_printf(&b, ", PRIMARY KEY (county%s%s)){strict};\n", t->key[0] ? ", " : "", t->key);
  for (size_t i = 0; t->indexes && t->indexes[i]; i++) {
    const char *columns = t->indexes[i];
    bool unique = columns[0] == '!';
    buf_printf(&b, "CREATE %sINDEX IF NOT EXISTS %s_%zu ON %s (county, %s);\n",
               unique ? "UNIQUE " : "", t->name, i + 1, t->name, columns + unique);
  }
  return buf_ok(&b) ? db_script(d, b.at, e) : err_memory(e);
}

bool db_table_extend(db *d, const db_table *t, err *e) {
  for (size_t i = 0; i < t->count; i++) {
    if (t->columns[i].type < 'a')
      continue; /* only a pack's own columns can be new, and those may be NULL */
    int there = db_has_column(d, t->name, t->columns[i].name, e);
    if (there < 0) return false;
    if (there) continue;
    AUTO_BUF buf b = {0};
    buf_printf(&b, "ALTER TABLE %s ADD COLUMN ", t->name);
    column_ddl(&b, &t->columns[i]);
    if (!buf_ok(&b)) return err_memory(e);
    if (!db_script(d, b.at, e)) return false;
  }
  return true;
}

/* Folds the row into the digest: each column with its length in front, so that no two rows can look
 * alike. */
static bool digest_row(table_digest *g, db_stmt *q, const db_table *t, buf *b) {
  buf_clear(b);
  for (size_t c = 0; c < t->count; c++) {
    int n = (int)c;
    char type = t->columns[c].type;
    if (db_null(q, n)) {
      buf_str(b, "null;");
    } else if (type == 'i' || type == 'I') {
      buf_printf(b, "i%" PRId64 ";", db_int(q, n));
    } else {
      text cell = type == 'b' || type == 'B' ? db_blob(q, n) : db_text(q, n);
      buf_printf(b, "%zu:", cell.bytes);
      buf_text(b, cell);
    }
  }
  if (!buf_ok(b)) return false;
  text parts[] = {{(const char *)g->digest.b, HASH_BYTES}, buf_view(b)};
  g->digest = hash_of(parts, 2);
  g->rows++;
  return true;
}

bool store_digest(store *s, arena *a, table_digest **out, size_t *count, err *e) {
  size_t n = 0, all = fixed_table_count + s->kind_count + s->event_count;
  const db_table **tables = ARENA_ARRAY(a, all, const db_table *);
  if (!tables) return err_memory(e);
  for (size_t i = 0; i < fixed_table_count; i++)
    if (fixed_tables[i].derived) tables[n++] = &fixed_tables[i];
  for (size_t i = 0; i < s->kind_count; i++) tables[n++] = &s->kinds[i].table;
  for (size_t i = 0; i < s->event_count; i++) tables[n++] = &s->events[i].table;
  table_digest *digests = ARENA_ARRAY(a, n, table_digest);
  if (!digests) return err_memory(e);
  AUTO_BUF buf b = {0};
  for (size_t i = 0; i < n; i++) {
    const db_table *t = tables[i];
    buf_clear(&b);
    buf_str(&b, "SELECT ");
    for (size_t c = 0; c < t->count; c++) buf_printf(&b, "%s%s", c ? ", " : "", t->columns[c].name);
    buf_printf(&b, " FROM %s WHERE county = $1 ORDER BY county%s%s", t->name, t->key[0] ? ", " : "",
               t->key);
    if (!buf_ok(&b)) return err_memory(e);
    db_stmt *q = sql(s, b.at, e);
    if (!q) return false;
    digests[i].table = t->name;
    int got;
    while ((got = db_next(q, e)) > 0) {
      if (!digest_row(&digests[i], q, t, &b)) {
        db_done(q);
        return err_memory(e);
      }
    }
    if (got < 0) return false;
  }
  *out = digests;
  *count = n;
  return true;
}
