/* Cells of a row, whatever the row is. */
#include "import/roster.h"
#include "pack/model/field_value.h"

bool roster_fault(roster *r, const table_row *row, text column, text cell, const err *why) {
  report_fault(r, row->number, column, cell, why);
  return false;
}

static text cell_used_as(const roster *r, const table_row *row, column_use use) {
  for (size_t i = 0; i < r->header.count && i < row->count; i++)
    if (r->header.columns[i].use == use) return row->cells[i].text;
  return TEXT("");
}

/* By name or code. */
static bool read_zone(roster *r, const table_row *row, const field *f, text cell, arena *a,
                      value *ret_value, err *e) {
  char code[13] = "";
  if (text_trim(cell).bytes && !area_book_zone(r->areas, cell_used_as(r, row, USE_AREA_CODE),
                                               cell_used_as(r, row, USE_TOWN), cell, code, e))
    return false;
  return field_read_text(f, a, text_of(code), r->today, ret_value, e);
}

bool roster_read_cell(roster *r, const table_row *row, size_t column, const field *f, arena *a,
                      value *ret_value) {
  const table_cell *cell = &row->cells[column];
  const import_column *to = r->header.columns[column].to;
  err e = {0};
  if (to && import_missing(r->layout, to, f, cell->text)) {
    r->marks++;
    return field_read_text(f, a, TEXT(""), r->today, ret_value, &e) ||
           roster_fault(r, row, r->header.columns[column].header, cell->text, &e);
  }
  if (cell->damaged_number && f->type == FIELD_TEXT)
    err_set(&e, ERR_BAD_INPUT, f->name,
            "Excel 把这个号码变成了科学记数法，后几位已丢失。请把这一列设为“文本”，重新填写号码。",
            "Excel turned this number into scientific form and its last digits are lost. Format "
            "the column as text and enter it again.");
  else if (f->format == FORMAT_ZONE ? read_zone(r, row, f, cell->text, a, ret_value, &e)
                                    : field_read_text(f, a, cell->text, r->today, ret_value, &e))
    return true;
  return roster_fault(r, row, r->header.columns[column].header, cell->text, &e);
}

text roster_header_of(const roster *r, int kind_index, int field_index) {
  for (size_t c = 0; c < r->header.count; c++) {
    const import_column *to = r->header.columns[c].to;
    if (to && to->kind == kind_index && to->field == field_index && !to->is_day)
      return r->header.columns[c].header;
  }
  return TEXT("");
}

bool roster_has_required(roster *r, const table_row *row, int kind_index, const field *fields,
                         size_t count, const value *values) {
  bool good = true;
  for (size_t i = 0; i < count; i++) {
    const field *f = &fields[i];
    if (!f->required || values[i].type != VALUE_UNKNOWN) continue;
    text header = roster_header_of(r, kind_index, (int)i);
    err e;
    err_set(&e, ERR_BAD_INPUT, f->name, "“%s”没有填，请补上。", "\"%s\" is empty; fill it in.",
            LABEL(f->title));
    good = roster_fault(r, row, header.bytes ? header : text_of(f->title.zh), TEXT(""), &e);
  }
  return good;
}
