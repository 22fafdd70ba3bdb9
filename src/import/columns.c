/* Which column is what: what was chosen, what is remembered, and what the cells themselves say. */
#include "import/roster.h"

#include "base/ident.h"
#include "store/rows/mappings.h"

enum { SAMPLED_ROWS = 60, SAMPLE_POINTS = 16 };

/* ---- chosen and remembered ---- */

static bool is_decided(const roster *r, text heading) {
  for (size_t i = 0; i < r->decided_count; i++)
    if (same_heading(r->decided[i].heading, heading)) return true;
  return false;
}

static bool decide(roster *r, text heading, const import_target *target, column_how how, err *e) {
  column_choice *more =
      ARENA_GROW(r->a, r->decided, r->decided_count, &r->decided_room, column_choice);
  if (!more) return err_memory(e);
  r->decided = more;
  r->decided[r->decided_count++] = (column_choice){heading, target, how};
  return true;
}

/* {heading: word}. What a memory says of a field that the pack has no more is passed over. */
static bool decide_map(roster *r, const json *map, column_how how, err *e) {
  for (size_t i = 0; map && i < map->count; i++) {
    const json *to = &map->items[i];
    const import_target *t =
        to->type == JSON_TEXT ? import_target_find(r->targets, r->target_count, to->s) : NULL;
    if (is_decided(r, map->keys[i]) || (!t && how == HOW_MEMORY)) continue;
    if (!t)
      return err_set(e, ERR_UNKNOWN_NAME, "map", "“%.*s”对应的内容，这种名册里没有。",
                     "What \"%.*s\" is to be is not in this layout.", (int)map->keys[i].bytes,
                     map->keys[i].at);
    if (!decide(r, map->keys[i], t, how, e)) return false;
  }
  return true;
}

static bool decide_remembered(roster *r, err *e) {
  mapping *m = NULL;
  const char *layout = arena_printf(r->a, "%s.%s", r->pack->name, r->layout->name);
  if (!layout || !header_row_fingerprint(&r->header, r->fingerprint)) return err_memory(e);
  if (!store_mapping_of(r->s, r->a, layout, r->fingerprint, &m, e)) return false;
  if (!m) return true;
  const json *map = json_parse(r->a, m->map, e);
  return map && decide_map(r, map, HOW_MEMORY, e);
}

/* ---- by content ---- */

typedef struct column_look {
  size_t cells, ids, phones, villages;
} column_look;

static bool is_mobile(text t) {
  char room[16];
  err ignored;
  return phone_check(t, room, &ignored) && room[0] == '1';
}

static void look_at(roster *r, const table_row *row, column_look *looks) {
  char room[32];
  err ignored;
  for (size_t c = 0; c < r->header.count && c < row->count; c++) {
    text t = text_trim(row->cells[c].text);
    if (!t.bytes || r->header.columns[c].how != HOW_NOT) continue;
    looks[c].cells++;
    looks[c].ids += resident_id_check(t, r->today, room, &ignored);
    looks[c].phones += is_mobile(t);
    looks[c].villages += t.bytes > 3 && t.bytes < 60 && (t.at[0] & 0x80) &&
                         area_book_find(r->areas, TEXT(""), TEXT(""), t, room, &ignored);
  }
}

/* The first cells of a column that nobody knows, long numbers not whole. */
static bool keep_sample(roster *r, const table_row *row, err *e) {
  for (size_t c = 0; c < r->header.count && c < row->count; c++) {
    text t = text_cut(text_trim(row->cells[c].text), SAMPLE_POINTS);
    if (!t.bytes || r->header.columns[c].how != HOW_NOT || r->column_samples[c].cells[2].bytes)
      continue;
    char *kept = arena_copy(r->a, t.at, t.bytes);
    if (!kept) return err_memory(e);
    size_t digits = 0, n = 0;
    for (size_t i = 0; i < t.bytes; i++) digits += kept[i] >= '0' && kept[i] <= '9';
    for (size_t i = 0, seen = 0; digits > 7 && i < t.bytes; i++)
      if (kept[i] >= '0' && kept[i] <= '9' && ++seen > 3) kept[i] = '*';
    while (r->column_samples[c].cells[n].bytes) n++;
    r->column_samples[c].cells[n] = (text){kept, t.bytes};
  }
  return true;
}

/* The one column of which at least that share of the cells, in tenths, is so; -1: none, or several.
 */
static int one_column(const roster *r, const column_look *looks, size_t at, size_t tenths) {
  int found = -1;
  for (size_t c = 0; c < r->header.count; c++) {
    const size_t hits = *(const size_t *)((const char *)&looks[c] + at);
    if (!hits || hits * 10 < looks[c].cells * tenths) continue;
    if (found >= 0) return -1;
    found = (int)c;
  }
  return found;
}

static bool has_use(const roster *r, column_use use) {
  for (size_t c = 0; c < r->header.count; c++)
    if (r->header.columns[c].use == use) return true;
  return false;
}

static bool has_target(const roster *r, const import_target *t) {
  for (size_t c = 0; c < r->header.count; c++)
    if (r->header.columns[c].use == USE_FIELD && r->header.columns[c].to == t->to) return true;
  return false;
}

/* The layout's own column of such a field, which the file lacks; those of the row itself first. */
static const import_target *lacking(const roster *r, field_format one, field_format other) {
  const import_target *found = NULL;
  for (size_t i = 0; i < r->target_count; i++) {
    const import_target *t = &r->targets[i];
    if (t->use != USE_FIELD || !t->to->headers) continue;
    const field *f = import_field(r->pack, r->layout, t->to);
    if (f->format != one && f->format != other) continue;
    const bool own = t->to->kind == r->layout->row_kind || t->to->kind < 0;
    if (own && has_target(r, t)) return NULL;
    if (own || !found) found = has_target(r, t) ? found : t;
  }
  return found;
}

static bool decide_content(roster *r, int column, const import_target *t, err *e) {
  return column < 0 || !t || decide(r, r->header.columns[column].header, t, HOW_CONTENT, e);
}

static bool decide_by_content(roster *r, table_reader *t, err *e) {
  column_look *looks = ARENA_ARRAY(r->a, HEADER_COLUMNS_MAX, column_look);
  r->column_samples = ARENA_ARRAY(r->a, HEADER_COLUMNS_MAX, column_sample);
  if (!looks || !r->column_samples) return err_memory(e);
  table_row row;
  int got = 0;
  for (int i = 0; i < SAMPLED_ROWS && (got = table_next(t, &row, e)) > 0; i++) {
    look_at(r, &row, looks);
    if (!keep_sample(r, &row, e)) return false;
  }
  if (got < 0) return false;
  const int id = one_column(r, looks, offsetof(column_look, ids), 9),
            phone = one_column(r, looks, offsetof(column_look, phones), 9),
            village =
                one_column(r, looks, offsetof(column_look, villages), 5) /* names are misspelt */;
  const bool no_area =
      r->layout->event < 0 && !has_use(r, USE_VILLAGE) && !has_use(r, USE_AREA_CODE);
  return decide_content(r, id, lacking(r, FORMAT_RESIDENT_ID, FORMAT_DOCUMENT), e) &&
         decide_content(r, phone, lacking(r, FORMAT_PHONE, FORMAT_PHONE), e) &&
         decide_content(
             r, village,
             no_area ? import_target_find(r->targets, r->target_count, TEXT("area.village")) : NULL,
             e);
}

/* ---- all of it ---- */

static bool find_head(roster *r, table_reader *t, size_t sheet, err *e) {
  const import_choices *x = r->file->choices;
  const header_search search = {.layout = r->layout,
                                .pack = r->pack,
                                .choices = r->decided,
                                .choice_count = r->decided_count,
                                .number = x ? x->head : 0,
                                .told = true};
  return header_row_find(t, sheet, &search, r->a, &r->header, e);
}

/* A head that is known from left to right, or by what was chosen, needs no look at its rows. */
static bool decide_sheet(roster *r, table_reader *t, size_t sheet, err *e) {
  const size_t before = r->decided_count;
  if (!find_head(r, t, sheet, e)) return false;
  if (r->header.number && !decide_remembered(r, e)) return false;
  if (r->decided_count > before && !find_head(r, t, sheet, e)) return false;
  if (!r->header.number || (!r->header.unknown[0] && r->header.fault.code == ERR_NONE)) return true;
  return decide_by_content(r, t, e) && find_head(r, t, sheet, e);
}

/* Of several the first that is as it should be, else the one that comes nearest. */
static bool is_nearer(const header_row *now, const header_row *shown) {
  if (!shown || !now->number) return !shown;
  if (!shown->number) return true;
  const bool wrong = shown->fault.code != ERR_NONE;
  return wrong && (now->fault.code == ERR_NONE || (strcmp(shown->fault.where, "no_header") == 0 &&
                                                   strcmp(now->fault.where, "header") == 0));
}

bool roster_decide_columns(roster *r, table_reader *t, err *e) {
  const import_choices *x = r->file->choices;
  if (!import_targets(r->pack, r->layout, r->a, &r->targets, &r->target_count, e) ||
      !decide_map(r, x ? x->map : NULL, HOW_CHOICE, e))
    return false;
  column_sample *samples = NULL;
  char print[65] = "";
  for (size_t i = 0; i < r->sheet_count; i++) {
    if (!roster_wants_sheet(r, i)) continue;
    r->column_samples = NULL;
    if (!decide_sheet(r, t, i, e)) return false;
    if (!is_nearer(&r->header, r->shown_header)) continue;
    if (!r->shown_header) r->shown_header = ARENA_NEW(r->a, header_row);
    if (!r->shown_header) return err_memory(e);
    *r->shown_header = r->header;
    samples = r->column_samples;
    memcpy(print, r->fingerprint, sizeof print);
  }
  r->column_samples = samples;
  memcpy(r->fingerprint, print, sizeof print);
  return true;
}

bool roster_is_to_choose(const roster *r) {
  return r->file->asks && r->shown_header && r->shown_header->number &&
         r->shown_header->fault.code != ERR_NONE;
}

/* ---- told ---- */

static const char *word_of(const roster *r, const header_column *c) {
  for (size_t i = 0; i < r->target_count; i++) {
    const import_target *t = &r->targets[i];
    if (t->use == c->use && (c->use != USE_FIELD || t->to == c->to)) return t->word;
  }
  return "";
}

const char *roster_target_of(const roster *r, text heading) {
  const header_row *h = r->shown_header;
  for (size_t c = 0; h && c < h->count; c++)
    if (text_equal(h->columns[c].header, heading)) return word_of(r, &h->columns[c]);
  return "";
}

/* As it is chosen for: with its letters where several columns have that heading. */
static void put_heading(const header_row *h, size_t column, json_out *w) {
  const text heading = h->columns[column].header;
  char letters[4];
  bool several = false;
  AUTO_BUF buf b = {0};
  for (size_t c = 0; c < h->count; c++)
    several |= c != column && same_heading(h->columns[c].header, heading);
  header_letters(column, letters);
  if (several) buf_printf(&b, "%s:", letters);
  buf_text(&b, heading);
  json_field_buf(w, "heading", &b);
}

void roster_put_columns(const roster *r, json_out *w) {
  static const char *const hows[] = {"unknown", "title", "ignored", "choice", "memory", "content"};
  const header_row *h = r->shown_header;
  json_field_str(w, "fingerprint", r->fingerprint);
  json_field_int(w, "head", h ? h->number : 0);
  if (h && h->fault.code != ERR_NONE)
    json_field_label(w, "head_fault", (label){h->fault.zh, h->fault.en});
  json_field_open(w, "columns", '[');
  for (size_t c = 0; h && c < h->count; c++) {
    const header_column *x = &h->columns[c];
    if (!x->header.bytes) continue;
    json_open(w, '{');
    put_heading(h, c, w);
    json_field_str(w, "to", word_of(r, x));
    json_field_str(w, "how", hows[x->how]);
    json_field_open(w, "sample", '[');
    for (size_t i = 0;
         r->column_samples && !r->layout->compare && i < 3 && r->column_samples[c].cells[i].bytes;
         i++)
      json_put_text(w, r->column_samples[c].cells[i]);
    json_close(w, ']');
    json_close(w, '}');
  }
  json_close(w, ']');
}
