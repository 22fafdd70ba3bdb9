/* list_file.h — any list of the API as a file, as it stands on the screen: ?format=xlsx or csv,
 * with the same filter; &encoding=gb18030, &columns=subject,state (lists.h), &sort="2 -1" (numbers
 * of the columns, as in pack/model/ledger.h). What the list does not tell the file does not.
 *
 * The handler of the list is asked on a thread, page by page in one snapshot, so that memory stays
 * flat; who took how many rows stands in the journal before he gets them. */
#ifndef JISHI_HTTP_LIST_FILE_H
#define JISHI_HTTP_LIST_FILE_H

#include "http/lists.h"

bool list_file_asked(request *q);         /* of a route with a list: ?format= names a file */
bool list_file_begin(request *q, err *e); /* hands the request on */

#endif
