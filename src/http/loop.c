/* What other threads may do to a loop: wake it, give a request back. */
#include "http/inside.h"

#include <unistd.h>

void loop_wake(loop *l) {
  uint64_t one = 1;
  ssize_t wrote = write(l->wake_fd, &one, sizeof one);
  (void)wrote; /* a full counter wakes as well */
}

void loop_take_back(request *q) {
  loop *l = q->loop;
  pthread_mutex_lock(&l->lock);
  q->next_done = NULL;
  if (l->done_last)
    l->done_last->next_done = q;
  else
    l->done = q;
  l->done_last = q;
  pthread_mutex_unlock(&l->lock);
  loop_wake(l);
}
