#pragma once
// Binary state of processes inside a checkpoint: plain values and vectors of plain values, in a
// fixed order.
#include <cstring>
#include <string>
#include <type_traits>
#include <vector>

#include "sim/base/error.h"

namespace steppe::core {

class StateWriter {
 public:
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void put(const T& v) {
    const auto* p = reinterpret_cast<const char*>(&v);
    bytes_.insert(bytes_.end(), p, p + sizeof(T));
  }
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void put(const std::vector<T>& v) {
    put(v.size());
    const auto* p = reinterpret_cast<const char*>(v.data());
    bytes_.insert(bytes_.end(), p, p + v.size() * sizeof(T));
  }
  const std::vector<char>& bytes() const { return bytes_; }

 private:
  std::vector<char> bytes_;
};

class StateReader {
 public:
  explicit StateReader(const std::vector<char>& bytes) : bytes_(bytes) {}
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void get(T& v) { std::memcpy(&v, take(sizeof(T)), sizeof(T)); }
  template <class T>
  requires std::is_trivially_copyable_v<T>
  void get(std::vector<T>& v) {
    size_t n = 0;
    get(n);
    if (n > (bytes_.size() - at_) / sizeof(T)) throw IoError("checkpoint is cut short");
    v.resize(n);
    if (n > 0) std::memcpy(v.data(), take(n * sizeof(T)), n * sizeof(T));
  }
  bool done() const { return at_ == bytes_.size(); }

 private:
  const char* take(size_t n) {
    if (n > bytes_.size() - at_) throw IoError("checkpoint is cut short");
    const char* p = bytes_.data() + at_;
    at_ += n;
    return p;
  }
  const std::vector<char>& bytes_;
  size_t at_ = 0;
};

}  // namespace steppe::core
