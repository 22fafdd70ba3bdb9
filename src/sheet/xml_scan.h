/* xml_scan.h — the tags of an XML text with their places, so that one can be changed and every
 * other byte kept.
 *
 * For texts that xml_check has let pass: UTF-8, well-formed, without a document type. Names are
 * compared without their prefix. */
#ifndef JISHI_SHEET_XML_SCAN_H
#define JISHI_SHEET_XML_SCAN_H

#include "base/err.h"
#include "base/text.h"

typedef struct xml_tag {
  size_t from, to; /* the bytes of "<…>" */
  text name;       /* with its prefix: "x:row" */
  text attributes; /* what stands between the name and the end */
  bool ends;       /* "</row>" */
  bool empty;      /* "<row/>" */
} xml_tag;

bool xml_check(text xml, err *e); /* ERR_BAD_FILE, ERR_MEMORY */
/* The next tag from *at on, which moves behind it; false: there is none. */
bool xml_next(text xml, size_t *at, xml_tag *ret);
text xml_local(text name);
bool xml_is(const xml_tag *t, const char *local);
/* The value as it stands, still escaped; false: absent. */
bool xml_attribute(const xml_tag *t, const char *local, text *ret);
/* Moves *at behind the end of the element that `t` opens. */
void xml_skip(text xml, size_t *at, const xml_tag *t);

void xml_unescape(buf *b, text raw); /* &amp; &#x4E00; and CDATA */
void xml_escape(buf *b, text plain); /* for a text or a value; control characters as _x0007_ */

/* The tag again with attributes set: `values` may hold NULL ones, which leave out. The new ones
 * come last. */
typedef struct xml_set {
  const char *local; /* NULL: the end of the list */
  const char *value; /* already escaped; NULL: the attribute goes */
} xml_set;
void xml_put_tag(buf *b, const xml_tag *t, const xml_set *sets);

#endif
