/* The parts of a filled template, written: what changes is made anew, everything else is copied
 * byte for byte. */
#include "sheet/template_internal.h"

/* ---- writing the sheet ---- */

static const sheet_cell *shared_master(const sheet_model *m, int shared) {
  for (size_t i = 0; i < m->cell_count; i++)
    if (m->cells[i].shared == shared && m->cells[i].formula.bytes) return &m->cells[i];
  return NULL;
}

/* The formula of a cell as text of its own, though it may share that of another. */
static void own_formula(const writing *w, const sheet_cell *c, buf *ret) {
  const sheet_cell *master =
      c->shared >= 0 && !c->formula.bytes ? shared_master(w->m, c->shared) : NULL;
  if (master)
    ref_copy_formula(ret, master->formula, c->row - master->row, c->column - master->column);
  else
    buf_text(ret, c->formula);
}

static void put_style(const writing *w, int style) {
  if (style >= 0) buf_printf(w->b, " s=\"%d\"", style);
}

static void open_cell(const writing *w, int column, int64_t row, int style) {
  buf_char(w->b, '<');
  buf_text(w->b, w->m->prefix);
  buf_str(w->b, "c r=\"");
  ref_put_cell(w->b, column, row);
  buf_char(w->b, '"');
  put_style(w, style);
}

static void put_element(const writing *w, const char *name, const char *attributes, text content) {
  buf_char(w->b, '<');
  buf_text(w->b, w->m->prefix);
  buf_printf(w->b, "%s%s>", name, attributes);
  xml_escape(w->b, content);
  buf_str(w->b, "</");
  buf_text(w->b, w->m->prefix);
  buf_printf(w->b, "%s>", name);
}

static void close_cell(const writing *w) {
  buf_str(w->b, "</");
  buf_text(w->b, w->m->prefix);
  buf_str(w->b, "c>");
}

static void put_filled(const writing *w, const filled_cell *v, int column, int64_t row, int style) {
  const text t = {w->f->texts.at + v->at, v->bytes};
  open_cell(w, column, row, style);
  if (v->type == FILL_NUMBER) {
    buf_char(w->b, '>');
    put_element(w, "v", "", t);
  } else {
    buf_str(w->b, " t=\"inlineStr\"><");
    buf_text(w->b, w->m->prefix);
    buf_str(w->b, "is>");
    put_element(w, "t", " xml:space=\"preserve\"", t);
    buf_str(w->b, "</");
    buf_text(w->b, w->m->prefix);
    buf_str(w->b, "is>");
  }
  close_cell(w);
}

/* Without what it was last: it is computed anew. */
static void put_formula(writing *w, const sheet_cell *c, text formula, int64_t row) {
  w->had_formulas = true;
  open_cell(w, c->column, row, c->style);
  buf_char(w->b, '>');
  put_element(w, "f", "", formula);
  close_cell(w);
}

/* A cell with a formula where rows are put in: with the references it then has. */
static void put_moved_formula(writing *w, const sheet_cell *c, int64_t row, const row_shift *s) {
  AUTO_BUF buf own = {0}, moved = {0};
  own_formula(w, c, &own);
  if (!ref_shift_formula(&moved, buf_view(&own), w->name, true, s)) w->fails = true;
  w->changed_formulas = true;
  put_formula(w, c, buf_view(&moved), row);
  if (!buf_ok(&own) || !buf_ok(&moved)) w->b->failed = true;
}

/* The same cell at another row, every other byte kept. */
static void put_as_it_is(writing *w, const sheet_cell *c, int64_t row) {
  xml_tag tag;
  size_t at = c->from;
  char ref[16];
  AUTO_BUF buf r = {0};
  if (c->has_formula) {
    w->had_formulas = true;
    if (w->added) {
      put_moved_formula(w, c, row,
                        c->row <= w->last && c->row >= w->f->table->data_first ? &w->inner
                                                                               : &w->outer);
      return;
    }
    /* the formula as it stands, and no value of last time */
    xml_next(w->m->xml, &at, &tag);
    xml_put_tag(w->b, &tag, (xml_set[]){{"t", NULL}, {NULL, NULL}});
    while (at < c->to && xml_next(w->m->xml, &at, &tag)) {
      const size_t from = tag.from;
      if (tag.ends) break;
      xml_skip(w->m->xml, &at, &tag);
      if (xml_is(&tag, "f")) buf_add(w->b, w->m->xml.at + from, at - from);
    }
    close_cell(w);
    return;
  }
  if (row == c->row) {
    buf_add(w->b, w->m->xml.at + c->from, c->to - c->from);
    return;
  }
  ref_put_cell(&r, c->column, row);
  snprintf(ref, sizeof ref, "%s", r.at ? r.at : "");
  xml_next(w->m->xml, &at, &tag);
  xml_put_tag(w->b, &tag, (xml_set[]){{"r", ref}, {NULL, NULL}});
  buf_add(w->b, w->m->xml.at + at, c->to - at);
}

static void open_row(const writing *w, const sheet_row *r, int64_t row, bool empty) {
  char number[24];
  xml_tag tag;
  snprintf(number, sizeof number, "%lld", (long long)row);
  if (!r) {
    buf_char(w->b, '<');
    buf_text(w->b, w->m->prefix);
    buf_printf(w->b, "row r=\"%s\">", number);
    return;
  }
  size_t at = r->from;
  xml_next(w->m->xml, &at, &tag);
  tag.empty = empty;
  xml_put_tag(w->b, &tag, (xml_set[]){{"r", number}, {NULL, NULL}});
}

static void close_row(const writing *w) {
  buf_str(w->b, "</");
  buf_text(w->b, w->m->prefix);
  buf_str(w->b, "row>");
}

/* A row of the table's own, or one put in (`copy`: it looks like r, and its formulas are those of r
 * so many rows further up). `filled` NULL: it stays empty. */
static void put_data_row(writing *w, const sheet_row *r, int64_t row, const filled_cell *filled,
                         bool copy) {
  size_t i = 0, k = 0;
  const size_t cells = r ? r->count : 0, values = filled ? w->f->count : 0;
  const sheet_cell *of_row = r ? &w->m->cells[r->first] : NULL;
  open_row(w, r, row, false);
  while (i < cells || k < values) {
    const sheet_cell *c = i < cells ? &of_row[i] : NULL;
    const int at = k < values ? w->f->columns[k] : INT32_MAX;
    if (c && c->column <= at) i++;
    if (c && c->column > at) c = NULL;
    const bool here = k < values && (!c || c->column == at);
    const filled_cell *v = here ? &filled[k] : NULL;
    if (here) k++;
    if (v && v->type != FILL_NOTHING) {
      put_filled(w, v, at, row, c ? c->style : -1);
    } else if (c && c->has_formula && copy) {
      AUTO_BUF buf own = {0}, moved = {0};
      own_formula(w, c, &own);
      ref_copy_formula(&moved, buf_view(&own), row - c->row, 0);
      put_formula(w, c, buf_view(&moved), row);
      w->changed_formulas = true;
      if (!buf_ok(&own) || !buf_ok(&moved)) w->b->failed = true;
    } else if (c && copy) {
      if (c->style < 0) continue;
      open_cell(w, c->column, row, c->style);
      buf_str(w->b, "/>");
    } else if (c) {
      put_as_it_is(w, c, row);
    }
  }
  close_row(w);
}

static void put_other_row(writing *w, const sheet_row *r, int64_t row) {
  bool plain = row == r->number;
  for (size_t i = 0; i < r->count && plain; i++) plain = !w->m->cells[r->first + i].has_formula;
  if (plain) {
    buf_add(w->b, w->m->xml.at + r->from, r->to - r->from);
    return;
  }
  open_row(w, r, row, r->empty_tag);
  if (r->empty_tag) return;
  for (size_t i = 0; i < r->count; i++) put_as_it_is(w, &w->m->cells[r->first + i], row);
  close_row(w);
}

/* What is filled into row `row` of the finished sheet; NULL: nothing. */
static const filled_cell *filled_of(const writing *w, int64_t row) {
  const template_fill *f = w->f;
  if (f->table->label_count) {
    for (size_t i = 0; i < f->rows; i++)
      if (f->row_of[i] == row) return &f->cells[i * f->count];
    return NULL;
  }
  const int64_t at = row - f->table->data_first;
  return at >= 0 && (uint64_t)at < f->rows ? &f->cells[(size_t)at * f->count] : NULL;
}

static void put_added(writing *w) {
  const sheet_row *like = w->like ? model_row(w->m, w->like) : NULL;
  for (int64_t i = 0; i < w->added; i++)
    put_data_row(w, like, w->outer.at + i, filled_of(w, w->outer.at + i), true);
}

static void put_rows(writing *w) {
  const template_table *o = w->f->table;
  bool added = w->added == 0;
  int64_t want = o->data_first; /* the next of the table's rows that is to be there */
  const int64_t end = o->label_count ? o->data_last
                      : o->open_ended && o->data_last < o->data_first && w->f->rows
                          ? o->data_first + (int64_t)w->f->rows - 1
                          : w->last;
  for (size_t i = 0; i <= w->m->row_count; i++) {
    const sheet_row *r = i < w->m->row_count ? &w->m->rows[i] : NULL;
    const int64_t number = r ? r->number : INT64_MAX;
    /* rows of the table that the file has no element for */
    for (; want <= end && want < number; want++) {
      if (!added && want >= w->outer.at) break;
      if (filled_of(w, want)) put_data_row(w, NULL, want, filled_of(w, want), false);
    }
    if (!added && number >= w->outer.at) {
      put_added(w);
      added = true;
      for (; want <= end && want < number; want++) {
        const int64_t to = ref_shift_row(want, &w->outer);
        if (filled_of(w, to)) put_data_row(w, NULL, to, filled_of(w, to), false);
      }
    }
    if (!r) break;
    const int64_t to = ref_shift_row(number, &w->outer);
    if (number >= o->data_first && number <= end) {
      put_data_row(w, r, to, filled_of(w, to), false);
      want = number + 1;
    } else {
      put_other_row(w, r, to);
    }
  }
}

/* ---- what names cells outside the rows ---- */

/* Elements of which an attribute names cells of the sheet. */
static const char *const ref_attributes[] = {"ref", "sqref", "activeCell", "topLeftCell", NULL};

static void put_shifted_tag(writing *w, const xml_tag *tag) {
  buf values[4] = {{0}, {0}, {0}, {0}};
  xml_set sets[6];
  size_t n = 0;
  char id[24];
  text v;
  int64_t row;
  for (size_t i = 0; ref_attributes[i]; i++) {
    if (!xml_attribute(tag, ref_attributes[i], &v)) continue;
    ref_shift_list(&values[n], v, &w->outer);
    if (!buf_ok(&values[n])) w->b->failed = true;
    sets[n] = (xml_set){ref_attributes[i], values[n].at ? values[n].at : ""};
    n++;
  }
  if (xml_is(tag, "brk") && xml_attribute(tag, "id", &v) && text_to_int(v, &row)) {
    /* the break stands beneath this row */
    snprintf(id, sizeof id, "%lld", (long long)(ref_shift_row(row + 1, &w->outer) - 1));
    sets[n++] = (xml_set){"id", id};
  }
  sets[n] = (xml_set){NULL, NULL};
  if (n)
    xml_put_tag(w->b, tag, sets);
  else
    buf_add(w->b, w->m->xml.at + tag->from, tag->to - tag->from);
  for (size_t i = 0; i < 4; i++) buf_release(&values[i]);
}

/* Merges of the row that is copied, once for each row put in. */
static size_t count_copied_merges(const writing *w) {
  size_t n = 0;
  for (size_t i = 0; i < w->m->merge_count; i++)
    n += w->like && w->m->merges[i].r1 == w->like && w->m->merges[i].r2 == w->like;
  return n;
}

static void put_merge(const writing *w, const ref_area *a) {
  buf_char(w->b, '<');
  buf_text(w->b, w->m->prefix);
  buf_str(w->b, "mergeCell ref=\"");
  ref_put_cell(w->b, a->c1, a->r1);
  buf_char(w->b, ':');
  ref_put_cell(w->b, a->c2, a->r2);
  buf_str(w->b, "\"/>");
}

static void put_merges(writing *w) {
  for (size_t i = 0; i < w->m->merge_count; i++) {
    ref_area a = w->m->merges[i];
    const bool own_row = a.r1 == a.r2;
    const bool copied = own_row && a.r1 == w->like;
    row_shift s = w->outer;
    if (own_row) s.grows = false;
    a.r1 = ref_shift_row(a.r1, &s);
    a.r2 = s.grows && a.r2 == s.at - 1 ? a.r2 + s.by : ref_shift_row(a.r2, &s);
    put_merge(w, &a);
    for (int64_t k = 0; copied && k < w->added; k++)
      put_merge(w, &(ref_area){a.c1, a.c2, w->outer.at + k, w->outer.at + k});
  }
}

static void put_shifted_formula(writing *w, text raw) {
  AUTO_BUF buf plain = {0}, moved = {0};
  xml_unescape(&plain, raw);
  if (!ref_shift_formula(&moved, buf_view(&plain), w->name, true, &w->outer)) w->fails = true;
  xml_escape(w->b, buf_view(&moved));
  if (!buf_ok(&plain) || !buf_ok(&moved)) w->b->failed = true;
}

static bool holds_formula(const xml_tag *t) {
  return xml_is(t, "formula") || xml_is(t, "formula1") || xml_is(t, "formula2") || xml_is(t, "f");
}

/* What stands before or behind the rows, with all its references moved. */
static void put_around(writing *w, size_t from, size_t to) {
  const text xml = {w->m->xml.at, to};
  size_t kept = from;
  xml_tag tag;
  for (size_t at = from; xml_next(xml, &at, &tag);) {
    buf_add(w->b, xml.at + kept, tag.from - kept);
    kept = tag.to;
    if (xml_is(&tag, "mergeCells") && !tag.ends) {
      char count[24];
      snprintf(count, sizeof count, "%zu",
               w->m->merge_count + count_copied_merges(w) * (size_t)w->added);
      xml_put_tag(w->b, &tag, (xml_set[]){{"count", count}, {NULL, NULL}});
      if (tag.empty) continue;
      put_merges(w);
      xml_skip(xml, &at, &tag);
      const char *end = memrchr(xml.at, '<', at);
      kept = (size_t)(end - xml.at);
    } else if (tag.ends) {
      buf_add(w->b, xml.at + tag.from, tag.to - tag.from);
    } else {
      put_shifted_tag(w, &tag);
      if (tag.empty || !(holds_formula(&tag) || xml_is(&tag, "sqref"))) continue;
      const char *end = memchr(xml.at + at, '<', to - at);
      const text inside = {xml.at + at, (size_t)(end - xml.at) - at};
      if (xml_is(&tag, "sqref"))
        ref_shift_list(w->b, inside, &w->outer);
      else
        put_shifted_formula(w, inside);
      kept = at + inside.bytes;
    }
  }
  buf_add(w->b, xml.at + kept, to - kept);
}

/* The least box around all cells, as the sheet tells it: rows past it are counted in. */
static void put_front(writing *w) {
  const text xml = {w->m->xml.at, w->m->data_from};
  xml_tag tag;
  text v;
  ref_area a;
  size_t kept = 0;
  if (w->added) {
    put_around(w, 0, w->m->data_from);
    return;
  }
  const int64_t last = w->f->table->data_first + (int64_t)w->f->rows - 1;
  for (size_t at = 0; xml_next(xml, &at, &tag);) {
    if (!xml_is(&tag, "dimension") || tag.ends || !xml_attribute(&tag, "ref", &v) ||
        !ref_parse(v, &a) || w->f->table->label_count || last <= a.r2)
      continue;
    AUTO_BUF buf ref = {0};
    ref_put_cell(&ref, a.c1, a.r1);
    buf_char(&ref, ':');
    ref_put_cell(&ref, a.c2, last);
    if (!buf_ok(&ref)) w->b->failed = true;
    buf_add(w->b, xml.at, tag.from);
    xml_put_tag(w->b, &tag, (xml_set[]){{"ref", ref.at ? ref.at : ""}, {NULL, NULL}});
    kept = tag.to;
  }
  buf_add(w->b, xml.at + kept, xml.bytes - kept);
}

void template_put_sheet(writing *w) {
  const text xml = w->m->xml;
  put_front(w);
  buf_char(w->b, '<');
  buf_text(w->b, w->m->prefix);
  buf_str(w->b, "sheetData>");
  put_rows(w);
  buf_str(w->b, "</");
  buf_text(w->b, w->m->prefix);
  buf_str(w->b, "sheetData>");
  if (w->added)
    put_around(w, w->m->data_to, xml.bytes);
  else
    buf_add(w->b, xml.at + w->m->data_to, xml.bytes - w->m->data_to);
}

/* ---- other parts ---- */

void template_put_other(writing *w, text xml, bool *ret_changed) {
  size_t kept = 0;
  xml_tag tag;
  *ret_changed = false;
  for (size_t at = 0; xml_next(xml, &at, &tag);) {
    if (!(holds_formula(&tag)) || tag.ends || tag.empty) continue;
    const char *end = memchr(xml.at + at, '<', xml.bytes - at);
    const text inside = {xml.at + at, (size_t)(end - xml.at) - at};
    AUTO_BUF buf plain = {0}, moved = {0};
    xml_unescape(&plain, inside);
    if (!buf_ok(&plain)) w->b->failed = true;
    if (!ref_names_sheet(buf_view(&plain), w->name)) continue;
    *ret_changed = true;
    if (w->added && !ref_shift_formula(&moved, buf_view(&plain), w->name, false, &w->outer))
      w->fails = true;
    if (!buf_ok(&moved)) w->b->failed = true;
    buf_add(w->b, xml.at + kept, at - kept);
    if (w->added)
      xml_escape(w->b, buf_view(&moved));
    else
      buf_text(w->b, inside);
    kept = at + inside.bytes;
    if (!xml_is(&tag, "f")) continue;
    at = kept;
    xml_tag next;
    if (!xml_next(xml, &at, &next)) break; /* </f> */
    buf_add(w->b, xml.at + kept, at - kept);
    kept = at;
    if (xml_next(xml, &at, &next) && xml_is(&next, "v") && !next.ends) {
      buf_add(w->b, xml.at + kept, next.from - kept);
      xml_skip(xml, &at, &next);
      kept = at;
    } else {
      at = kept;
    }
  }
  buf_add(w->b, xml.at + kept, xml.bytes - kept);
}

void template_put_workbook(writing *w, text xml, bool compute) {
  size_t kept = 0, behind = 0;
  bool said = false;
  xml_tag tag;
  text prefix = TEXT("");
  for (size_t at = 0; xml_next(xml, &at, &tag);) {
    if (xml_is(&tag, "workbook") && !tag.ends)
      prefix = (text){tag.name.at, tag.name.bytes - strlen("workbook")};
    if (xml_is(&tag, "definedName") && !tag.ends && !tag.empty && w->added) {
      const char *end = memchr(xml.at + at, '<', xml.bytes - at);
      const text inside = {xml.at + at, (size_t)(end - xml.at) - at};
      AUTO_BUF buf plain = {0}, moved = {0};
      xml_unescape(&plain, inside);
      if (!ref_shift_formula(&moved, buf_view(&plain), w->name, false, &w->outer)) w->fails = true;
      buf_add(w->b, xml.at + kept, at - kept);
      xml_escape(w->b, buf_view(&moved));
      if (!buf_ok(&plain) || !buf_ok(&moved)) w->b->failed = true;
      kept = at + inside.bytes;
    }
    if ((xml_is(&tag, "sheets") || xml_is(&tag, "functionGroups") ||
         xml_is(&tag, "externalReferences") || xml_is(&tag, "definedNames")) &&
        (tag.ends || tag.empty))
      behind = tag.to;
    if (xml_is(&tag, "calcPr") && !tag.ends && compute) {
      buf_add(w->b, xml.at + kept, tag.from - kept);
      xml_put_tag(w->b, &tag, (xml_set[]){{"fullCalcOnLoad", "1"}, {NULL, NULL}});
      kept = tag.to;
      said = true;
    }
    if (xml_is(&tag, "workbook") && tag.ends && compute && !said && behind >= kept) {
      buf_add(w->b, xml.at + kept, behind - kept);
      buf_char(w->b, '<');
      buf_text(w->b, prefix);
      buf_str(w->b, "calcPr fullCalcOnLoad=\"1\"/>");
      kept = behind;
    }
  }
  buf_add(w->b, xml.at + kept, xml.bytes - kept);
}

void template_put_unchained(writing *w, text xml, bool unused) {
  (void)unused;
  size_t kept = 0;
  xml_tag tag;
  text v;
  for (size_t at = 0; xml_next(xml, &at, &tag);) {
    const bool target = (xml_is(&tag, "Relationship") && xml_attribute(&tag, "Target", &v)) ||
                        (xml_is(&tag, "Override") && xml_attribute(&tag, "PartName", &v));
    if (!target || tag.ends || !text_ends(v, "calcChain.xml")) continue;
    buf_add(w->b, xml.at + kept, tag.from - kept);
    xml_skip(xml, &at, &tag);
    kept = at;
  }
  buf_add(w->b, xml.at + kept, xml.bytes - kept);
}
