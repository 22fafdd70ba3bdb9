/* The web apps' files. */
#include "http/answer_headers.h"
#include "http/server_internal.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

static const struct {
  const char *ending, *type;
} types[] = {
    {".html", "text/html; charset=utf-8"},
    {".js", "text/javascript; charset=utf-8"},
    {".css", "text/css; charset=utf-8"},
    {".svg", "image/svg+xml"},
    {".png", "image/png"},
    {".ico", "image/x-icon"},
    {".json", "application/json"},
    {".webmanifest", "application/manifest+json"},
    {".woff2", "font/woff2"},
    {".txt", "text/plain; charset=utf-8"},
};

static const char *media_type_of(const char *path) {
  for (size_t i = 0; i < sizeof types / sizeof *types; i++)
    if (text_ends(text_of(path), types[i].ending)) return types[i].type;
  return "application/octet-stream";
}

/* Only plain path parts: no "..", no hidden files, no backslash. */
static bool is_plain(const char *path) {
  return path[0] == '/' && !strstr(path, "/.") && !strstr(path, "\\") && strlen(path) < 512;
}

static int open_file(const char *root, const char *path, const char *more, off_t *bytes) {
  char full[4096];
  struct stat st;
  int n = snprintf(full, sizeof full, "%s%s%s", root, path, more);
  if (n < 0 || (size_t)n >= sizeof full) return -1;
  int fd = open(full, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
  if (fd < 0) return -1;
  if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode)) {
    close(fd);
    return -1;
  }
  *bytes = st.st_size;
  return fd;
}

static enum MHD_Result send_words(request *q, unsigned status, const char *type,
                                  const char *words) {
  struct MHD_Response *r = MHD_create_response_from_buffer(strlen(words), (void *)(uintptr_t)words,
                                                           MHD_RESPMEM_PERSISTENT);
  if (!r) return MHD_NO;
  MHD_add_response_header(r, "Content-Type", type);
  answer_headers(r, q->tls, CSP_OF_DATA);
  enum MHD_Result sent = MHD_queue_response(q->connection, status, r);
  MHD_destroy_response(r);
  return sent;
}

static enum MHD_Result send_plain(request *q, unsigned status, const char *words) {
  return send_words(q, status, "text/plain; charset=utf-8", words);
}

/* To whoever opens the address in a browser while the pages are not built. */
static enum MHD_Result send_no_pages(request *q) {
  return send_words(
      q, 404, "text/html; charset=utf-8",
      "<!doctype html><html lang=\"zh\"><meta charset=\"utf-8\"><title>即时 Jishi</title>"
      "<h1>网页还没有编译</h1><p>服务在运行，只是没有网页。请在源码目录里运行 ./run --build，"
      "装在系统里的再执行一次 meson install -C build，然后重新启动。</p>"
      "<h1 lang=\"en\">The pages are not built</h1><p lang=\"en\">The service runs, but without "
      "its "
      "pages. Run ./run --build in the sources (and meson install -C build again when it is "
      "installed), then start it anew.</p></html>\n");
}

static void add_headers(struct MHD_Response *r, bool tls, const char *path, bool zipped) {
  bool hashed = strncmp(path, "/assets/", 8) == 0;
  MHD_add_response_header(r, "Content-Type", media_type_of(path));
  MHD_add_response_header(r, "Cache-Control",
                          hashed ? "public, max-age=31536000, immutable" : "no-cache");
  MHD_add_response_header(r, "Vary", "Accept-Encoding");
  if (zipped) MHD_add_response_header(r, "Content-Encoding", "gzip");
  answer_headers(r, tls, CSP_OF_PAGES);
}

enum MHD_Result static_send(request *q) {
  const server *s = q->loop->server;
  const char *url = q->path;
  if (strcmp(q->method, "GET") != 0 && strcmp(q->method, "HEAD") != 0)
    return send_plain(q, 405, "405");
  if (!is_plain(url)) return send_plain(q, 404, "404");
  char path[1024];
  /* A path without a dot is a page of the app, which finds its own way. */
  bool page = !strchr(url, '.');
  if (!s->config.web_root) return page ? send_no_pages(q) : send_plain(q, 404, "404");
  snprintf(path, sizeof path, "/office%s", page ? "/index.html" : url);
  const char *accepts =
      MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, "Accept-Encoding");
  off_t bytes = 0;
  int fd =
      accepts && strstr(accepts, "gzip") ? open_file(s->config.web_root, path, ".gz", &bytes) : -1;
  bool zipped = fd >= 0;
  if (fd < 0) fd = open_file(s->config.web_root, path, "", &bytes);
  if (fd < 0) return page ? send_no_pages(q) : send_plain(q, 404, "404");
  struct MHD_Response *r = MHD_create_response_from_fd((size_t)bytes, fd);
  if (!r) {
    close(fd);
    return MHD_NO;
  }
  add_headers(r, q->tls, page ? ".html" : url, zipped);
  enum MHD_Result sent = MHD_queue_response(q->connection, 200, r);
  MHD_destroy_response(r);
  return sent;
}
