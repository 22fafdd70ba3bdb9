/* Cells of a row, whatever the row is. */
#include "import/roster.h"
#include "pack/model/field_value.h"

bool roster_fault(roster *r, const table_row *row, text column, text cell, const char *code,
                  const err *why) {
  report_told(r, &r->errors, row->number, column, cell, code, why);
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

/* ---- what people write, and does not stand in the field's own way ---- */

/* "13805370001/13905370002", "13805370001（本人）", "13805370001转801": the first number. */
static bool first_phone(roster *r, const field *f, text cell, arena *a, value *ret) {
  size_t at = 0, start = 0, end = 0;
  bool in = false;
  for (int32_t c = 0; c >= 0;) {
    const size_t before = at;
    c = text_next(cell, &at);
    const int32_t plain = c >= 0xFF01 && c <= 0xFF5E ? c - 0xFEE0 : c;
    const bool part = (plain >= '0' && plain <= '9') || plain == '-' || plain == '+';
    if (part && !in) start = before;
    if (part) end = at;
    if (!part && in) {
      const text one = {cell.at + start, end - start};
      err ignored = {0};
      if (field_read_text(f, a, one, r->today, ret, &ignored) && ret->type == VALUE_STRING) {
        return true;
      }
    }
    in = part;
  }
  return false;
}

/* "1968-04-12 00:00:00", "1968-04-12T08:30:00.0+08:00": the day. */
static bool day_of_instant(roster *r, const field *f, text cell, arena *a, value *ret,
                           bool *ret_has_time) {
  size_t cut = 0;
  while (cut < cell.bytes && cell.at[cut] != ' ' && cell.at[cut] != 'T') cut++;
  if (cut < 6 || cut == cell.bytes) return false;
  err ignored = {0};
  size_t digits = 0, colons = 0;
  for (size_t i = cut + 1; i < cell.bytes; i++) {
    const char c = cell.at[i];
    if (!strchr("0123456789:.+-Z ", c)) return false;
    *ret_has_time |= c >= '1' && c <= '9' && colons < 3 && !memchr(cell.at + cut, '+', i - cut);
    digits += c >= '0' && c <= '9';
    colons += c == ':';
  }
  return digits >= 2 && colons >= 1 &&
         field_read_text(f, a, (text){cell.at, cut}, r->today, ret, &ignored) &&
         ret->type == VALUE_INT;
}

static void note(roster *r, const table_row *row, size_t column, const char *code, label what) {
  err e;
  err_set(&e, ERR_BAD_INPUT, NULL, "%s", "%s", LABEL(what));
  report_told(r, &r->notes, row->number, r->header.columns[column].header, row->cells[column].text,
              code, &e);
}

/* What the field's own reader refused and a person would understand; it is noted. */
static bool read_loosely(roster *r, const table_row *row, size_t column, const field *f, arena *a,
                         value *ret) {
  const table_cell *cell = &row->cells[column];
  bool has_time = false;
  if (f->format == FORMAT_PHONE && first_phone(r, f, cell->text, a, ret)) {
    note(r, row, column, "first_phone",
         (label){"只登记了第一个电话号码，其余的没有登记。",
                 "Only the first phone number is recorded, and nothing of the rest."});
    return true;
  }
  if (f->type != FIELD_DATE) return false;
  if (day_of_instant(r, f, cell->text, a, ret, &has_time)) {
    if (has_time)
      note(r, row, column, "time_dropped",
           (label){"只登记了日期，时刻没有登记。", "Only the day is recorded, not the time."});
    return true;
  }
  char shown[11];
  err ignored = {0};
  if (cell->as_day == DAY_NONE || cell->as_day > r->today + 36525) return false;
  day_format(cell->as_day, shown);
  if (!field_read_text(f, a, text_of(shown), r->today, ret, &ignored)) return false;
  err e;
  err_set(&e, ERR_BAD_INPUT, NULL, "这一格的格式是“常规”，不是日期，按 %s 读，请核对。",
          "The cell is formatted as a number and not as a date; it was read as %s, check it.",
          shown);
  report_told(r, &r->notes, row->number, r->header.columns[column].header, cell->text,
              "number_as_day", &e);
  return true;
}

/* ---- a cell ---- */

bool roster_may_leave_out(const roster *r, int kind_index, const field *f) {
  const import_layout *l = r->layout;
  if (l->compare) return true;
  if (kind_index == OF_EVENT || l->event >= 0)
    return !f->required && r->file->take_rest && kind_index == OF_EVENT;
  const kind *k = &r->pack->kinds[kind_index];
  const bool names_it = k->key >= 0 && f == &k->fields[k->key];
  /* Of a parent, another row may say what must be there, or the register. */
  if (kind_index == l->parent_kind) return !names_it;
  return !f->required && (!names_it || r->file->take_rest);
}

static const char *code_of(const field *f) {
  switch (f->type) {
  case FIELD_TEXT:
    return f->format == FORMAT_NONE ? "text" : f->format == FORMAT_PHONE ? "phone" : "number_wrong";
  case FIELD_DATE:
    return "date";
  case FIELD_BOOL:
    return "yes_or_no";
  case FIELD_CHOICE:
  case FIELD_CHOICES:
    return "choice";
  default:
    return "amount";
  }
}

/* Left out and told where the row may go on without it; else the row's fault. */
typedef struct cell_fault {
  const char *code; /* of its kind */
  err why;
} cell_fault;

static bool leave_out(roster *r, const table_row *row, size_t column, const field *f, arena *a,
                      const cell_fault *is, value *ret_value) {
  const import_column *to = r->header.columns[column].to;
  const text header = r->header.columns[column].header;
  err ignored = {0};
  if (!to || to->is_day || !roster_may_leave_out(r, to->kind, f))
    return roster_fault(r, row, header, row->cells[column].text, is->code, &is->why);
  report_told(r, &r->cells, row->number, header, row->cells[column].text, is->code, &is->why);
  return field_read_text(f, a, TEXT(""), r->today, ret_value, &ignored);
}

static const struct {
  const char *code;
  label what;
} bad_cells[] = {
    {"digits_lost",
     {"Excel 把这个号码变成了科学记数法，后几位已丢失。请把这一列设为“文本”，重新填写号码。",
      "Excel turned this number into scientific form and its last digits are lost. Format the "
      "column as text and enter it again."}},
    {"formula_fault",
     {"这一格是出错的公式，没有值，按没填算。请改好公式，或直接填写。",
      "This cell is a formula that failed and has no value; it counts as empty. Mend the formula "
      "or enter the value."}},
    {"no_result",
     {"这一格是没有算过的公式，按没填算。请用 Excel 或 WPS 打开，保存一次再导入。",
      "This cell is a formula that was never calculated; it counts as empty. Open the file in a "
      "spreadsheet program, save it, and import it again."}},
};

/* Which of them the cell is; -1: none. */
static int bad_cell(const table_cell *cell, const field *f) {
  if (cell->error) return 1;
  if (cell->no_result) return 2;
  return cell->damaged_number && f->type == FIELD_TEXT ? 0 : -1;
}

bool roster_read_cell(roster *r, const table_row *row, size_t column, const field *f, arena *a,
                      value *ret_value) {
  const table_cell *cell = &row->cells[column];
  const import_column *to = r->header.columns[column].to;
  const int bad = bad_cell(cell, f);
  cell_fault is = {.code = bad >= 0 ? bad_cells[bad].code : code_of(f)};
  err *e = &is.why, ignored;
  if (bad >= 0) {
    err_set(e, ERR_BAD_INPUT, f->name, "%s", "%s", LABEL(bad_cells[bad].what));
    return leave_out(r, row, column, f, a, &is, ret_value);
  }
  if (to && import_missing(r->layout, to, f, cell->text)) {
    r->marks += !r->quiet;
    return field_read_text(f, a, TEXT(""), r->today, ret_value, e) ||
           roster_fault(r, row, r->header.columns[column].header, cell->text, is.code, e);
  }
  if (to && !f->required && import_is_nothing(f, cell->text)) {
    note(r, row, column, "nothing", (label){"这样写按没填算。", "It counts as not filled in."});
    return field_read_text(f, a, TEXT(""), r->today, ret_value, &ignored);
  }
  if (f->format == FORMAT_ZONE ? read_zone(r, row, f, cell->text, a, ret_value, e)
                               : field_read_text(f, a, cell->text, r->today, ret_value, e))
    return true;
  return read_loosely(r, row, column, f, a, ret_value) ||
         leave_out(r, row, column, f, a, &is, ret_value);
}

/* ---- columns by their fields ---- */

/* -1: the file has none. */
static int column_of(const roster *r, int kind_index, int field_index) {
  for (size_t c = 0; c < r->header.count; c++) {
    const import_column *to = r->header.columns[c].to;
    if (to && !to->is_day && to->kind == kind_index && to->field == field_index) return (int)c;
  }
  return -1;
}

text roster_header_of(const roster *r, int kind_index, int field_index) {
  const int c = column_of(r, kind_index, field_index);
  return c < 0 ? TEXT("") : r->header.columns[c].header;
}

text roster_cell_of(const roster *r, const table_row *row, int kind_index, int field_index) {
  const int c = column_of(r, kind_index, field_index);
  return c < 0 || (size_t)c >= row->count ? TEXT("") : row->cells[c].text;
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
    good =
        roster_fault(r, row, header.bytes ? header : text_of(f->title.zh), TEXT(""), "empty", &e);
  }
  return good;
}
