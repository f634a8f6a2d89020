#include "http/edit_key.hpp"

#include <openssl/evp.h>

#include "domain/error.hpp"

namespace chat {

std::optional<SecretDigest> edit_key_of(const Request& request) {
  if (!request.edit_key) return std::nullopt;
  validate_edit_key(*request.edit_key);
  SecretDigest digest{};
  unsigned size = 0;
  const int ok = EVP_Digest(request.edit_key->data(), request.edit_key->size(), digest.data(),
                            &size, EVP_sha256(), nullptr);
  if (ok != 1 || size != digest.size()) {
    throw Error(ErrorCode::internal, "Internal error: The Chat-Edit-Key could not be digested");
  }
  return digest;
}

}  // namespace chat
