// TLS for the server: 1.3 only (RFC 8446), so no renegotiation and no compression exist; no resumption and so no early
// data, which a stranger could send again; ALPN knows http/1.1 alone (RFC 7301).
#pragma once

#include <memory>

#include "base/error.hpp"
#include "http/server.hpp"

struct ssl_ctx_st;

namespace florin::http {

using ServerTls = std::shared_ptr<ssl_ctx_st>;

// Reads the chain and its key. A refusal names the file and what is wrong with it.
Checked<ServerTls> load_server_tls(const TlsFiles& files);

}  // namespace florin::http
