/* Temporary locations: the overlay of a case's parameters as files, the county, the pack. */
#include "packtest/temporary_county.h"

#include "engine/init.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static bool disk_failed(const char *path, err *e) {
  return err_set(e, ERR_STORE, path, "不能写入临时文件夹：%s。请检查磁盘空间和权限。",
                 "The temporary folder cannot be written: %s. Check space and permissions.",
                 strerror(errno));
}

static void put_text(buf *b, text s) {
  json_out w = json_to(b); /* a JSON text is a YAML text */
  json_put_text(&w, s);
}

void overlay_put_yaml(buf *b, const yaml *node) {
  if (node->type == YAML_TEXT) {
    if (node->quoted)
      put_text(b, node->s);
    else
      buf_text(b, node->s);
    return;
  }
  bool map = node->type == YAML_MAP;
  buf_char(b, map ? '{' : '[');
  for (size_t i = 0; i < node->count; i++) {
    if (i) buf_str(b, ", ");
    if (map) {
      buf_text(b, node->keys[i].s);
      buf_str(b, ": ");
    }
    overlay_put_yaml(b, &node->items[i]);
  }
  buf_char(b, map ? '}' : ']');
}

static bool write_file(const char *path, const buf *b, err *e) {
  if (!buf_ok(b)) return err_memory(e);
  FILE *f = fopen(path, "wb");
  if (!f) return disk_failed(path, e);
  bool wrote = fwrite(b->at, 1, b->bytes, f) == b->bytes;
  if (fclose(f) != 0 || !wrote) return disk_failed(path, e);
  return true;
}

/* How a value of a parameter is written into the overlay. */
typedef struct overlay_value {
  const parameter *of; /* NULL: not known */
  const char *reference;
} overlay_value;

static void put_row(buf *b, const overlay_value *o, text on, const yaml *v) {
  buf_printf(b, "%.*s: {value: ", (int)on.bytes, on.at);
  if (yaml_is_null(v))
    buf_str(b, "null");
  else
    overlay_put_yaml(b, v);
  buf_printf(b, ", metadata: {reference: %s}}", o->reference);
}

/* A plain value takes the place of every value that the pack has. */
static void put_always(buf *b, const overlay_value *o, const yaml *v) {
  char on[11];
  buf_char(b, '{');
  put_row(b, o, TEXT("1900-01-01"), v);
  for (size_t i = 0; o->of && i < o->of->value_count; i++) {
    day_format(o->of->values[i].from, on);
    buf_str(b, ", ");
    put_row(b, o, text_of(on), v);
  }
  buf_char(b, '}');
}

static void put_dated(buf *b, const overlay_value *o, const yaml *node) {
  if (node->type != YAML_MAP) {
    put_always(b, o, node);
    return;
  }
  buf_char(b, '{');
  for (size_t i = 0; i < node->count; i++) {
    if (i) buf_str(b, ", ");
    if (node->items[i].type == YAML_TEXT) {
      put_row(b, o, node->keys[i].s, &node->items[i]);
      continue;
    }
    buf_printf(b, "%.*s: ", (int)node->keys[i].s.bytes, node->keys[i].s.at);
    overlay_put_yaml(b, &node->items[i]);
  }
  buf_char(b, '}');
}

static void put_values(buf *b, const overlay_value *o, const yaml *node) {
  day d;
  bool map = node->type == YAML_MAP && node->count;
  if (map && (yaml_has(node, "values") || yaml_has(node, "keys") || yaml_has(node, "brackets"))) {
    overlay_put_yaml(b, node);
  } else if (!map || day_parse(node->keys[0].s, &d)) {
    buf_str(b, "values: ");
    put_dated(b, o, node);
  } else {
    buf_str(b, "keys:");
    for (size_t i = 0; i < node->count; i++) {
      buf_printf(b, "\n  %.*s: {values: ", (int)node->keys[i].s.bytes, node->keys[i].s.at);
      put_dated(b, o, &node->items[i]);
      buf_char(b, '}');
    }
  }
  buf_char(b, '\n');
}

static const parameter *parameter_of(const pack *p, text name) {
  for (size_t i = 0; p && i < p->parameter_count; i++)
    if (text_is(name, p->parameters[i].name)) return &p->parameters[i];
  return NULL;
}

/* p.alert.self_paid_year → overlay/parameters/alert/self_paid_year.yaml */
static bool put_parameter(const char *overlay, text name, const yaml *node, const overlay_value *o,
                          err *e) {
  if (!text_starts(name, "p.") || name.bytes > 200 || memchr(name.at, '/', name.bytes))
    return err_set(e, ERR_BAD_INPUT, "parameters", "参数名应以 p. 开头：%.*s。",
                   "A parameter begins with p.: %.*s.", (int)text_cut(name, 60).bytes, name.at);
  AUTO_BUF buf path = {0}, body = {0};
  buf_printf(&path, "%s/parameters/", overlay);
  for (size_t i = 2; i < name.bytes; i++) {
    if (name.at[i] != '.') {
      buf_char(&path, name.at[i]);
      continue;
    }
    if (!buf_ok(&path)) return err_memory(e);
    if (mkdir(path.at, 0700) != 0 && errno != EEXIST) return disk_failed(path.at, e);
    buf_char(&path, '/');
  }
  buf_str(&path, ".yaml");
  put_values(&body, o, node);
  return buf_ok(&path) ? write_file(path.at, &body, e) : err_memory(e);
}

bool overlay_write(const char *overlay, const yaml *parameters, const pack *p,
                   const char *reference, err *e) {
  AUTO_BUF buf inner = {0};
  buf_printf(&inner, "%s/parameters", overlay);
  if (!buf_ok(&inner)) return err_memory(e);
  if (mkdir(overlay, 0700) != 0 || mkdir(inner.at, 0700) != 0) return disk_failed(overlay, e);
  for (size_t i = 0; parameters->type == YAML_MAP && i < parameters->count; i++) {
    text name = parameters->keys[i].s;
    overlay_value o = {parameter_of(p, name), reference};
    if (!put_parameter(overlay, name, &parameters->items[i], &o, e)) return false;
  }
  return true;
}

bool temporary_folder_make(char folder[TEMPORARY_FOLDER_MAX], err *e) {
  const char *tmp = getenv("TMPDIR");
  snprintf(folder, TEMPORARY_FOLDER_MAX, "%.200s/jishi-trial-XXXXXX", tmp && tmp[0] ? tmp : "/tmp");
  if (mkdtemp(folder)) return true;
  disk_failed(folder, e);
  folder[0] = '\0';
  return false;
}

bool temporary_county_make(temporary_county *p, const temporary_county_setup *s, faults *f,
                           err *e) {
  char overlay[TEMPORARY_FOLDER_MAX + 16], location[TEMPORARY_FOLDER_MAX + 16];
  if (!temporary_folder_make(p->folder, e)) return false;
  snprintf(overlay, sizeof overlay, "%s/overlay", p->folder);
  snprintf(location, sizeof location, "%s/county",
           p->folder); /* a county shares its folder with nobody */
  bool local = s->parameters && s->parameters->count;
  if (local && !overlay_write(overlay, s->parameters, s->pack, "test", e)) return false;
  county_setup c = {.location = location,
                    .code = s->county,
                    .name = s->county,
                    .at_ms = s->at_ms,
                    .calendar_file = s->calendar_path,
                    .areas_csv = s->areas_csv,
                    .pack_folders = &s->pack_folder,
                    .pack_count = 1,
                    .overlay = local ? overlay : NULL};
  if (!engine_init(&c, f, e)) return false;
  p->g = engine_open(location, e);
  return p->g != NULL;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at) {
  (void)st, (void)type, (void)at;
  return remove(path);
}

void temporary_folder_remove(const char *folder) {
  if (folder[0]) nftw(folder, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void temporary_county_remove(temporary_county *p) {
  engine_close(p->g);
  temporary_folder_remove(p->folder);
  *p = (temporary_county){0};
}
