/* qr.h — a text as a QR symbol (ISO/IEC 18004) in SVG: one path, four modules of quiet zone, error
 * correction M. */
#ifndef JISHI_SHEET_QR_H
#define JISHI_SHEET_QR_H

#include "base/err.h"
#include "base/text.h"

/* False: the text is too long for a symbol, or memory. */
bool qr_svg(text content, buf *out, err *e);

#endif
