/* What stands below the rows that are put in, and cannot be moved: said, not guessed. */
#include "sheet/template_internal.h"

static bool cannot(err *e, label what) {
  return err_set(e, ERR_NOT_ALLOWED, "sheet",
                 "要填的行比空行多，得插入行，可下面有%s，插入后会错位。请先在空表里多留些空行，"
                 "再上传。",
                 "More rows than the table has empty ones must be put in, but %s stands below and "
                 "would be misplaced. Leave more empty rows in the table and upload it again.",
                 LABEL(what));
}

/* The first "row" of an anchor in a drawing, from 0; those below the place are misplaced, those
 * that reach across it are stretched. */
static bool drawing_stands(text xml, int64_t at) {
  xml_tag tag;
  for (size_t i = 0; xml_next(xml, &i, &tag);) {
    int64_t n;
    if (!xml_is(&tag, "row") || tag.ends || tag.empty) continue;
    const char *end = memchr(xml.at + i, '<', xml.bytes - i);
    if (!end) return false;
    if (!text_to_int(text_trim((text){xml.at + i, (size_t)(end - xml.at) - i}), &n) || n + 1 >= at)
      return false;
  }
  return true;
}

static bool comments_stand(text xml, int64_t at) {
  xml_tag tag;
  text v;
  for (size_t i = 0; xml_next(xml, &i, &tag);) {
    int column;
    int64_t row;
    if (xml_attribute(&tag, "ref", &v) && ref_cell(v, &column, &row) && row >= at) return false;
  }
  return true;
}

static bool table_stands(text xml, int64_t at) {
  xml_tag tag;
  text v;
  ref_area a;
  for (size_t i = 0; xml_next(xml, &i, &tag);)
    if (xml_is(&tag, "table") && !tag.ends)
      return xml_attribute(&tag, "ref", &v) && ref_parse(v, &a) && a.r2 < at - 1;
  return false;
}

/* What a relation of the sheet may be, and when it stays where it is. */
static const struct {
  const char *type;
  label what;
  bool (*stands)(text xml, int64_t at); /* NULL: never */
} movable[] = {
    {"/drawing", {"图片或图形", "a picture or shape"}, drawing_stands},
    {"/comments", {"批注", "a comment"}, comments_stand},
    {"/threadedComment", {"批注", "a comment"}, comments_stand},
    {"/table", {"“表格”（列表对象）", "a list object (table)"}, table_stands},
    {"/pivotTable", {"数据透视表", "a pivot table"}, NULL},
    {"/control", {"控件", "a control"}, NULL},
    {"/oleObject", {"嵌入的对象", "an embedded object"}, NULL},
    {"/queryTable", {"外部查询", "an external query"}, NULL},
};

static bool target_path(const char *from, text target, char ret[TABLE_NAME_MAX_BYTES]) {
  const char *slash = strrchr(from, '/');
  size_t folder = slash ? (size_t)(slash - from) + 1 : 0;
  if (target.bytes && target.at[0] == '/') {
    folder = 0;
    target = (text){target.at + 1, target.bytes - 1};
  }
  while (text_starts(target, "../")) {
    target = (text){target.at + 3, target.bytes - 3};
    const char *up = folder < 2 ? NULL : memrchr(from, '/', folder - 1);
    folder = up ? (size_t)(up - from) + 1 : 0;
  }
  if (folder + target.bytes >= TABLE_NAME_MAX_BYTES) return false;
  memcpy(ret, from, folder);
  memcpy(ret + folder, target.at, target.bytes);
  ret[folder + target.bytes] = 0;
  return true;
}

static bool relation_stands(template *t, arena *a, const char *path, const xml_tag *tag, int64_t at,
                            err *e) {
  text type, target, xml;
  char part[TABLE_NAME_MAX_BYTES];
  bool there = false;
  if (!xml_attribute(tag, "Type", &type) || !xml_attribute(tag, "Target", &target)) return true;
  for (size_t i = 0; i < sizeof movable / sizeof *movable; i++) {
    if (!text_ends(type, movable[i].type)) continue;
    if (!movable[i].stands) return cannot(e, movable[i].what);
    if (!target_path(path, target, part) ||
        !template_part(t, a, part, TEMPLATE_PART_MAX, &there, &xml, e))
      return cannot(e, movable[i].what);
    if (there && (!xml_check(xml, e) || !movable[i].stands(xml, at)))
      return cannot(e, movable[i].what);
  }
  return true;
}

static bool relations_stand(template *t, size_t sheet, int64_t at, err *e) {
  const char *path = t->book->sheet_paths[sheet], *slash = strrchr(path, '/');
  char rels[2 * TABLE_NAME_MAX_BYTES];
  const int folder = slash ? (int)(slash - path) + 1 : 0;
  text xml;
  bool there = false;
  xml_tag tag;
  arena *a AUTO_ARENA = arena_new((size_t)4 * TEMPLATE_PART_MAX);
  if (!a) return err_memory(e);
  snprintf(rels, sizeof rels, "%.*s_rels/%s.rels", folder, path, path + folder);
  if (!template_part(t, a, rels, TEMPLATE_PART_MAX, &there, &xml, e)) return false;
  if (there && !xml_check(xml, e)) return false;
  for (size_t i = 0; there && xml_next(xml, &i, &tag);)
    if (xml_is(&tag, "Relationship") && !tag.ends && !relation_stands(t, a, path, &tag, at, e))
      return false;
  return true;
}

/* Charts and pivot caches of any sheet may draw from this one. */
static bool book_stands(template *t, err *e) {
  const zip_int64_t n = zip_get_num_entries(t->book->zip, 0);
  for (zip_int64_t i = 0; i < n; i++) {
    const char *name = zip_get_name(t->book->zip, (zip_uint64_t)i, 0);
    if (!name) continue;
    if (strstr(name, "xl/charts/") || strstr(name, "xl/chartsheets/"))
      return cannot(e, (label){"引用它的图表", "a chart that draws from it"});
    if (strstr(name, "xl/pivotCache/"))
      return cannot(e, (label){"引用它的数据透视表", "a pivot table that draws from it"});
  }
  return true;
}

static bool sheet_stands(const sheet_model *m, const row_shift *s, err *e) {
  static const struct {
    const char *tag;
    label what;
  } unmovable[] = {{"customSheetViews", {"自定义视图", "a custom view"}},
                   {"scenarios", {"方案", "a scenario"}},
                   {"dataConsolidate", {"合并计算", "a consolidation"}}};
  xml_tag tag;
  for (size_t at = m->data_to; xml_next(m->xml, &at, &tag);)
    for (size_t i = 0; i < sizeof unmovable / sizeof *unmovable; i++)
      if (xml_is(&tag, unmovable[i].tag)) return cannot(e, unmovable[i].what);
  for (size_t i = 0; i < m->cell_count; i++)
    if (m->cells[i].array) return cannot(e, (label){"数组公式", "an array formula"});
  const int64_t last = m->row_count ? m->rows[m->row_count - 1].number : 0;
  return last + s->by <= 1048576 || cannot(e, (label){"太多的行", "too many rows"});
}

bool template_may_move(template *t, size_t sheet, const row_shift *shift, err *e) {
  return sheet_stands(&t->model, shift, e) && book_stands(t, e) &&
         relations_stand(t, sheet, shift->at, e);
}
