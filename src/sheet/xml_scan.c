#include "sheet/xml_scan.h"

#include <expat.h>
#include <stdlib.h>

static void on_doctype(void *context, const char *name, const char *system, const char *public,
                       int internal) {
  (void)name;
  (void)system;
  (void)public;
  (void)internal;
  XML_StopParser(context, XML_FALSE);
}

static bool damaged(err *e) {
  return err_set(e, ERR_BAD_FILE, "file", "文件已损坏，请用 Excel 或 WPS 打开后另存为 .xlsx。",
                 "The file is damaged; open it in a spreadsheet program and save it as .xlsx.");
}

bool xml_check(text xml, err *e) {
  if (xml.bytes > INT32_MAX / 2 || !text_valid_utf8(xml)) return damaged(e);
  XML_Parser p = XML_ParserCreate("UTF-8");
  if (!p) return err_memory(e);
  XML_SetUserData(p, p);
  XML_SetStartDoctypeDeclHandler(p, on_doctype);
  bool ok = XML_Parse(p, xml.at, (int)xml.bytes, 1) == XML_STATUS_OK;
  bool no_memory = !ok && XML_GetErrorCode(p) == XML_ERROR_NO_MEMORY;
  XML_ParserFree(p);
  return ok || (no_memory ? err_memory(e) : damaged(e));
}

static bool starts(text xml, size_t at, const char *with) {
  const size_t n = strlen(with);
  return xml.bytes - at >= n && memcmp(xml.at + at, with, n) == 0;
}

static size_t behind(text xml, size_t at, const char *end) {
  const char *found = at < xml.bytes ? memmem(xml.at + at, xml.bytes - at, end, strlen(end)) : NULL;
  return found ? (size_t)(found - xml.at) + strlen(end) : xml.bytes;
}

static bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Behind the '>' that no quotes hold. */
static size_t tag_end(text xml, size_t at) {
  char quote = 0;
  for (; at < xml.bytes; at++) {
    const char c = xml.at[at];
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '>') {
      return at + 1;
    }
  }
  return xml.bytes;
}

bool xml_next(text xml, size_t *at, xml_tag *ret) {
  while (*at < xml.bytes) {
    const char *found = memchr(xml.at + *at, '<', xml.bytes - *at);
    if (!found) break;
    const size_t from = (size_t)(found - xml.at);
    if (starts(xml, from, "<!--")) {
      *at = behind(xml, from + 4, "-->");
    } else if (starts(xml, from, "<![CDATA[")) {
      *at = behind(xml, from + 9, "]]>");
    } else if (starts(xml, from, "<?")) {
      *at = behind(xml, from + 2, "?>");
    } else {
      const size_t to = tag_end(xml, from + 1);
      size_t name = from + 1, end, last = to - 1;
      *ret = (xml_tag){.from = from, .to = to};
      if (name < last && xml.at[name] == '/') {
        ret->ends = true;
        name++;
      }
      if (!ret->ends && last > name && xml.at[last - 1] == '/') {
        ret->empty = true;
        last--;
      }
      for (end = name; end < last && !is_space(xml.at[end]);) end++;
      ret->name = (text){xml.at + name, end - name};
      ret->attributes = (text){xml.at + end, last - end};
      *at = to;
      return true;
    }
  }
  *at = xml.bytes;
  return false;
}

text xml_local(text name) {
  const char *colon = memchr(name.at, ':', name.bytes);
  if (!colon) return name;
  return (text){colon + 1, name.bytes - (size_t)(colon + 1 - name.at)};
}

bool xml_is(const xml_tag *t, const char *local) {
  return text_is(xml_local(t->name), local);
}

/* Takes the next attribute off *rest. */
static bool next_attribute(text *rest, text *ret_name, text *ret_value) {
  size_t i = 0, n = rest->bytes;
  const char *s = rest->at;
  while (i < n && is_space(s[i])) i++;
  const size_t name = i;
  while (i < n && s[i] != '=' && !is_space(s[i])) i++;
  *ret_name = (text){s + name, i - name};
  while (i < n && s[i] != '"' && s[i] != '\'') i++;
  if (i >= n) return false;
  const char *end = memchr(s + i + 1, s[i], n - i - 1);
  if (!end) return false;
  *ret_value = (text){s + i + 1, (size_t)(end - s) - i - 1};
  *rest = (text){end + 1, n - (size_t)(end + 1 - s)};
  return true;
}

bool xml_attribute(const xml_tag *t, const char *local, text *ret) {
  text rest = t->attributes, name, value;
  while (next_attribute(&rest, &name, &value))
    if (text_is(xml_local(name), local)) {
      *ret = value;
      return true;
    }
  return false;
}

void xml_skip(text xml, size_t *at, const xml_tag *t) {
  xml_tag inner;
  int depth = t->empty || t->ends ? 0 : 1;
  while (depth > 0 && xml_next(xml, at, &inner)) {
    if (inner.ends)
      depth--;
    else if (!inner.empty)
      depth++;
  }
}

/* ---- characters ---- */

static bool put_entity(buf *b, text name) {
  static const struct {
    const char *name;
    char is;
  } known[] = {{"amp", '&'}, {"lt", '<'}, {"gt", '>'}, {"quot", '"'}, {"apos", '\''}};
  char utf8[4], digits[12] = "";
  for (size_t i = 0; i < sizeof known / sizeof *known; i++)
    if (text_is(name, known[i].name)) {
      buf_char(b, known[i].is);
      return true;
    }
  if (name.bytes < 2 || name.at[0] != '#' || name.bytes > sizeof digits) return false;
  const bool hex = name.at[1] == 'x';
  memcpy(digits, name.at + 1 + hex, name.bytes - 1 - hex);
  const size_t n = text_encode((uint32_t)strtoul(digits, NULL, hex ? 16 : 10), utf8);
  buf_add(b, utf8, n);
  return n > 0;
}

void xml_unescape(buf *b, text raw) {
  for (size_t i = 0; i < raw.bytes;) {
    const char *end = raw.at[i] == '&' ? memchr(raw.at + i, ';', raw.bytes - i) : NULL;
    if (end && put_entity(b, (text){raw.at + i + 1, (size_t)(end - raw.at) - i - 1})) {
      i = (size_t)(end - raw.at) + 1;
    } else if (starts(raw, i, "<![CDATA[")) {
      const size_t to = behind(raw, i + 9, "]]>");
      buf_add(b, raw.at + i + 9, to - i - 12);
      i = to;
    } else {
      buf_char(b, raw.at[i++]);
    }
  }
}

void xml_escape(buf *b, text plain) {
  for (size_t i = 0; i < plain.bytes; i++) {
    const char c = plain.at[i];
    switch (c) {
    case '&':
      buf_str(b, "&amp;");
      break;
    case '<':
      buf_str(b, "&lt;");
      break;
    case '>':
      buf_str(b, "&gt;");
      break;
    case '"':
      buf_str(b, "&quot;");
      break;
    default:
      if ((unsigned char)c < ' ' && c != '\n' && c != '\t')
        buf_printf(b, "_x%04X_", (unsigned)(unsigned char)c);
      else
        buf_char(b, c);
    }
  }
}

static const xml_set *find_set(const xml_set *sets, text local) {
  for (; sets->local; sets++)
    if (text_is(local, sets->local)) return sets;
  return NULL;
}

void xml_put_tag(buf *b, const xml_tag *t, const xml_set *sets) {
  text rest = t->attributes, name, value, seen;
  buf_char(b, '<');
  buf_text(b, t->name);
  while (next_attribute(&rest, &name, &value)) {
    const xml_set *s = find_set(sets, name);
    if (s && !s->value) continue;
    buf_char(b, ' ');
    buf_text(b, name);
    buf_str(b, "=\"");
    if (s) {
      buf_str(b, s->value);
    } else {
      for (size_t i = 0; i < value.bytes; i++) /* it may have stood in single quotes */
        if (value.at[i] == '"')
          buf_str(b, "&quot;");
        else
          buf_char(b, value.at[i]);
    }
    buf_char(b, '"');
  }
  for (; sets->local; sets++)
    if (sets->value && !xml_attribute(t, sets->local, &seen))
      buf_printf(b, " %s=\"%s\"", sets->local, sets->value);
  buf_str(b, t->empty ? "/>" : ">");
}
