/* A row that is a subject: its cells, and where its unit may stand. */
#include "import/subject_row.h"

#include "engine/areas.h"

const kind *roster_row_kind(const roster *r) {
  return &r->pack->kinds[r->layout->row_kind];
}

const kind *roster_parent_kind(const roster *r) {
  return r->layout->parent_kind < 0 ? NULL : &r->pack->kinds[r->layout->parent_kind];
}

text subject_row_key(const roster *r, const subject_row *v) {
  return r->layout->row_key < 0 ? TEXT("") : value_text(&v->child[r->layout->row_key]);
}

row_result subject_row_read(roster *r, const table_row *row, arena *a, subject_row *ret_row,
                            err *fatal) {
  const kind *child = roster_row_kind(r), *parent = roster_parent_kind(r);
  const record *c = record_new(a, child), *p = parent ? record_new(a, parent) : NULL;
  subject_row v = {.row = row};
  bool good = true;
  if (!c || (parent && !p)) return err_memory(fatal), ROW_ABORT;
  v.child = c->fields;
  v.parent = p ? p->fields : NULL;
  v.county = v.town = v.village = v.area_code = TEXT("");
  for (size_t i = 0; i < r->header.count && i < row->count; i++) {
    const header_column *h = &r->header.columns[i];
    text cell = row->cells[i].text;
    switch (h->use) {
    case USE_FIELD: {
      bool of_parent = parent && h->to->kind == parent->index;
      const kind *k = of_parent ? parent : child;
      value *to = of_parent ? v.parent : v.child;
      good = roster_read_cell(r, row, i, &k->fields[h->to->field], a, &to[h->to->field]) && good;
      break;
    }
    case USE_COUNTY:
      v.county = cell;
      break;
    case USE_TOWN:
      v.town = cell;
      break;
    case USE_VILLAGE:
      v.village = cell;
      break;
    case USE_AREA_CODE:
      v.area_code = cell;
      break;
    case USE_NOTHING:
      break;
    }
  }
  *ret_row = v;
  return good ? ROW_OK : ROW_REFUSED;
}

bool subject_row_has_required(roster *r, const table_row *row, const kind *k, const value *values) {
  return roster_has_required(r, row, k->index, k->fields, k->field_count, values);
}

row_result subject_row_area(roster *r, const subject_row *v, char ret_area[13], err *fatal) {
  err e;
  const kind *root = roster_parent_kind(r) ? roster_parent_kind(r) : roster_row_kind(r);
  if (area_book_find(r->areas, v->area_code, v->town, v->village, ret_area, &e) &&
      area_level_fits(root, ret_area, &e))
    return ROW_OK;
  if (e.code != ERR_BAD_INPUT) {
    *fatal = e;
    return ROW_ABORT;
  }
  roster_fault(r, v->row, TEXT("区域"), v->area_code.bytes ? v->area_code : v->village, "area", &e);
  return ROW_REFUSED;
}

bool subject_row_may_register(roster *r, const subject_row *v, const char *area, const uuid *root) {
  err e;
  const catalog *packs = store_packs(r->s);
  const bool takes_in = !r->file->taking_in ||
                        actor_may_unit(r->who, packs, RIGHT_TAKE_IN, r->pack, r->s, area, root) ||
                        (r->set_up_until == DAY_NONE &&
                         actor_may_unit(r->who, packs, RIGHT_IMPORT, r->pack, r->s, area, root));
  if (takes_in && actor_registers_unit(r->who, packs, roster_row_kind(r), r->s, area, root))
    return true;
  err_set(&e, ERR_DENIED, "area", "这个村（居）不在您的管辖范围内，请由管辖的人导入。",
          "This village is outside your areas; somebody in charge of it must import it.");
  return roster_fault(r, v->row, TEXT("区域"), v->village, "denied", &e);
}

void subject_row_drop_far_zone(roster *r, const subject_row *v, const kind *k, value *values,
                               const char *area) {
  value *zone = k->zone_field < 0 ? NULL : &values[k->zone_field];
  err e;
  if (!zone || zone->type != VALUE_STRING || area_zone_in_town(zone->s.at, area)) return;
  const field *f = &k->fields[k->zone_field];
  err_set(&e, ERR_BAD_INPUT, f->name, "“%s”不在这个对象所在的乡镇（街道），没有登记，请改正。",
          "\"%s\" is in another town than the object and is left out; correct it.",
          LABEL(f->title));
  report_told(r, &r->cells, v->row->number, roster_header_of(r, k->index, k->zone_field), zone->s,
              "zone", &e);
  *zone = (value){.type = VALUE_UNKNOWN};
}

void subject_keep_key(const kind *k, value *said, const record *stored) {
  if (stored && k->key >= 0 && stored->fields[k->key].type == VALUE_STRING)
    said[k->key] = stored->fields[k->key];
}
