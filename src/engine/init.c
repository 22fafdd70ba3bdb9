/* A county's first entries, and packs sent as entries. */
#include "engine/init.h"
#include "pack/load/load.h"

#include "base/ident.h"
#include "base/json_build.h"
#include "base/json_fields.h"
#include "base/json_map.h"
#include "engine/state.h"
#include "sheet/table_read.h"
#include "store/sealed.h"

#include <stdio.h>
#include <stdlib.h>

static void put_files(json_out *w, const char *key, const pack_file *files, size_t count) {
  json_key(w, key);
  json_open(w, '[');
  for (size_t i = 0; i < count; i++) {
    json_open(w, '{');
    json_field_str(w, "path", files[i].path);
    json_field_text(w, "body", files[i].body);
    json_close(w, '}');
  }
  json_close(w, ']');
}

/* The start of the chain when the instant is given: the same county at the same instant begins the
 * same journal. */
static uuid first_id(const engine *eng, int64_t at_ms) {
  char digits[24];
  snprintf(digits, sizeof digits, "%lld", (long long)at_ms);
  const text parts[] = {TEXT("start"), text_of(eng->head.code), text_of(eng->head.name),
                        text_of(digits)};
  hash h = hash_of(parts, sizeof parts / sizeof *parts);
  return uuid_v7(at_ms, h.b);
}

/* at_ms 0: now. */
static bool send_entry(engine *eng, arena *a, int64_t at_ms, verb v, const json *body, err *e) {
  answer ignored;
  AUTO_BUF buf name = {0};
  buf_printf(&name, "start/%s/%lld", verb_name(v), (long long)eng->head.seq);
  if (!buf_ok(&name)) return err_memory(e);
  command c = {.verb = v, .who = {.system = true}, .at_ms = at_ms, .body = body};
  c.id = eng->head.seq ? uuid_derived(&eng->head.last_id, buf_view(&name))
         : at_ms       ? first_id(eng, at_ms)
                       : uuid_v7_now();
  return engine_apply(eng, &c, a, &ignored, e);
}

pack *engine_read_pack(engine *eng, const char *folder, const char *overlay, faults *f) {
  pack *p = pack_load(folder, NULL, f);
  const pack_file *values = NULL;
  size_t count = 0;
  for (size_t i = 0; p && i < eng->packs.count; i++) {
    const pack *before = eng->packs.packs[i];
    if (strcmp(before->name, p->name) != 0) continue;
    values = before->overlay;
    count = before->overlay_count;
  }
  if (!p || (!overlay && !count)) return p;
  pack *whole = pack_with_values(p, values, count, overlay, f);
  pack_free(p);
  return whole;
}

bool engine_send_pack_at(engine *eng, int64_t at_ms, const char *folder, const char *overlay,
                         faults *f, err *e) {
  arena *a AUTO_ARENA = arena_new(0);
  if (!a) return err_memory(e);
  pack *p = engine_read_pack(eng, folder, overlay, f); /* checked here: all faults are told */
  if (!p) return f->count ? (*e = f->items[0], false) : err_memory(e);
  json_builder made = {.a = a};
  json_out w = json_to_tree(&made);
  json_open(&w, '{');
  json_field_str(&w, "name", p->name);
  put_files(&w, "files", p->files, p->file_count);
  put_files(&w, "overlay", p->overlay, p->overlay_count);
  json_close(&w, '}');
  pack_free(p);
  const json *body = json_built(&made, e);
  return body && send_entry(eng, a, at_ms, VERB_PACK, body, e);
}

bool engine_send_pack(engine *eng, const char *folder, const char *overlay, faults *f, err *e) {
  return engine_send_pack_at(eng, 0, folder, overlay, f, e);
}

static void put_area(json_out *w, const char *code, text name) {
  json_open(w, '[');
  json_put_str(w, code);
  json_put_text(w, name);
  json_close(w, ']');
}

/* Rows of the CSV (code,name) that stand in the county's subtree, as the body of an AREAS entry;
 * the county's own row is made when the table lacks it. */
static bool read_areas(const char *county_code, const char *county_name, const char *csv, arena *a,
                       const json **ret_body, err *e) {
  char code[13], lo[13], hi[13];
  if (!area_code_check(text_of(county_code), code, e)) return err_within(e, "--county");
  if (strcmp(code + 6, "000000") != 0)
    return err_set(e, ERR_BAD_INPUT, "--county", "“%s”不是区县的代码，应是六位数字，如 370871。",
                   "\"%s\" is no county's code; it has six digits, as 370871.", county_code);
  area_code_range(code, lo, hi);
  table_reader *t = table_open(csv, NULL, e);
  if (!t) return false;
  json_builder made = {.a = a};
  json_out w = json_to_tree(&made);
  json_open(&w, '{');
  json_field_open(&w, "rows", '[');
  table_row row;
  int got;
  int64_t rows = 0;
  bool own = false;
  while ((got = table_next(t, &row, e)) > 0) {
    char each[13];
    if (row.count < 2 || !area_code_check(row.cells[0].text, each, NULL)) continue; /* the header */
    if (strcmp(each, lo) < 0 || strcmp(each, hi) > 0) continue;
    put_area(&w, each, row.cells[1].text);
    own |= strcmp(each, code) == 0;
    rows++;
  }
  table_close(t);
  if (got < 0) return false;
  if (rows == 0)
    return err_set(e, ERR_BAD_FILE, csv,
                   "区划表里没有代码 %s 下面的区域。请核对 --county；别处的区县，用 --areas "
                   "给出自己的区划表（CSV：代码,名称）。",
                   "The area table has nothing under %s. Check --county; for a county elsewhere "
                   "give its own table (CSV: code,name) with --areas.",
                   county_code);
  if (!own) put_area(&w, code, text_of(county_name));
  json_close(&w, ']');
  json_close(&w, '}');
  const json *body = json_built(&made, e);
  if (body) *ret_body = body;
  return body != NULL;
}

/* Faults of the packs, before anything is made. */
static bool check_packs(const county_setup *c, faults *f, err *e) {
  for (size_t i = 0; i < c->pack_count; i++) {
    pack *p = pack_load(c->pack_folders[i], c->overlay, f);
    if (!p) return f->count ? (*e = f->items[0], false) : err_memory(e);
    pack_free(p);
  }
  return true;
}

static const json *notices_body(const calendar_notices *notices, arena *a, err *e) {
  json_builder made = {.a = a};
  json_out w = json_to_tree(&made);
  json_open(&w, '{');
  json_key(&w, "notices");
  calendar_write_json(&w, notices);
  json_close(&w, '}');
  return json_built(&made, e);
}

bool notices_command(const calendar_notices *notices, arena *a, command *ret, err *e) {
  const json *body = notices_body(notices, a, e);
  if (!body) return false;
  *ret =
      (command){.verb = VERB_CALENDAR, .id = uuid_v7_now(), .who = {.system = true}, .body = body};
  return true;
}

static bool send_notices(engine *eng, arena *a, const county_setup *c,
                         const calendar_notices *notices, err *e) {
  const json *body = notices_body(notices, a, e);
  return body && send_entry(eng, a, c->at_ms, VERB_CALENDAR, body, e);
}

static bool send_county(engine *eng, arena *a, const county_setup *c, err *e) {
  json *body = json_map_new(a);
  if (!json_set_text(a, body, "code", text_of(eng->head.code)) ||
      !json_set_text(a, body, "name", text_of(c->name)))
    return err_memory(e);
  return send_entry(eng, a, c->at_ms, VERB_COUNTY, body, e);
}

static bool first_entries(engine *eng, arena *a, const county_setup *c,
                          const calendar_notices *notices, const json *areas, faults *f, err *e) {
  if (!send_county(eng, a, c, e) || !send_entry(eng, a, c->at_ms, VERB_AREAS, areas, e) ||
      !send_notices(eng, a, c, notices, e))
    return false;
  for (size_t i = 0; i < c->pack_count; i++)
    if (!engine_send_pack_at(eng, c->at_ms, c->pack_folders[i], c->overlay, f, e)) return false;
  return true;
}

static bool fill_place(engine *eng, arena *a, const county_setup *c,
                       const calendar_notices *notices, const json *areas, faults *f, err *e) {
  db *d = store_db(eng->store);
  char code[13];
  if (!area_code_check(text_of(c->code), code, e) || !db_begin(d, e)) return false;
  if (store_vacant(eng->store, e) && store_make(eng->store, code, c->name, e) &&
      sealed_make(eng->store, c->wrapped, e) && store_county_get(eng->store, &eng->head, e) &&
      first_entries(eng, a, c, notices, areas, f, e) && db_commit(d, e)) {
    store_note_head(eng->store, eng->head.seq, &eng->head.link);
    return true;
  }
  db_rollback(d);
  return false;
}

bool engine_init(const county_setup *c, faults *f, err *e) {
  char code[13];
  const json *areas = NULL;
  arena *a AUTO_ARENA = arena_new(0);
  calendar_notices notices;
  if (!a) return err_memory(e);
  if (!text_trim(text_of(c->name)).bytes)
    return err_set(e, ERR_BAD_INPUT, "--name", "请写明区县的名称。", "The county needs a name.");
  if (!read_areas(c->code, c->name, c->areas_csv, a, &areas, e) ||
      !calendar_read_file(a, c->calendar_file, &notices, e) || !check_packs(c, f, e) ||
      !area_code_check(text_of(c->code), code, e))
    return false;
  engine eng = {.last_scanned_day = DAY_NONE, .calendar = calendar_new()};
  if (!eng.calendar) return err_memory(e);
  eng.store = store_open(c->location, DB_CREATE, code, e);
  bool ok = eng.store && fill_place(&eng, a, c, &notices, areas, f, e);
  if (ok)
    store_close(eng.store);
  else
    store_discard(eng.store);
  free(eng.stale_summaries);
  packs_release(&eng.loaded);
  calendar_free(eng.calendar);
  return ok;
}
