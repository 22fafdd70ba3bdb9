#include "http/answer_headers.h"

#include <microhttpd.h>

void answer_headers(struct MHD_Response *r, bool tls, const char *content_security_policy) {
  MHD_add_response_header(r, "Content-Security-Policy", content_security_policy);
  MHD_add_response_header(r, "X-Content-Type-Options", "nosniff");
  MHD_add_response_header(r, "Referrer-Policy", "same-origin");
  MHD_add_response_header(r, "Cross-Origin-Opener-Policy", "same-origin");
  MHD_add_response_header(r, "Cross-Origin-Resource-Policy", "same-origin");
  /* Only what the office app asks for: where a photograph was taken, and the camera. */
  MHD_add_response_header(r, "Permissions-Policy",
                          "geolocation=(self), camera=(self), microphone=(), payment=(), usb=(), "
                          "serial=(), display-capture=(), browsing-topics=()");
  if (tls) MHD_add_response_header(r, "Strict-Transport-Security", "max-age=31536000");
}
