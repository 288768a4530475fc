#include "sim/io/csv.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <utility>

#include "sim/base/error.h"

namespace steppe::io {
namespace {

void append_text(std::string& line, std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) {
    line += text;
    return;
  }
  line += '"';
  for (char c : text) {
    if (c == '"') line += '"';
    line += c;
  }
  line += '"';
}

}  // namespace

CsvWriter::CsvWriter(std::string path) : path_(std::move(path)) {
  if (path_ == "-") {
    file_ = stdout;
    return;
  }
  std::error_code ec;
  const auto status = std::filesystem::status(path_, ec);
  if (std::filesystem::is_directory(status))
    throw IoError(fmt::format("{}: cannot be written: is a directory", path_));
  // A pipe or a device is written to as it is; a file is replaced when the new one is complete.
  const bool plain = !std::filesystem::exists(status) || std::filesystem::is_regular_file(status);
  temporary_ = plain ? fmt::format("{}.{}.new", path_, ::getpid()) : "";
  file_ = std::fopen(plain ? temporary_.c_str() : path_.c_str(), "wb");
  if (!file_) throw IoError(fmt::format("{}: cannot be written: {}", path_, std::strerror(errno)));
}

CsvWriter::~CsvWriter() {
  if (!file_ || file_ == stdout) return;
  std::fclose(file_);
  if (!temporary_.empty()) std::remove(temporary_.c_str());
}

void CsvWriter::texts(const std::vector<std::string>& names) {
  line_.clear();
  for (size_t i = 0; i < names.size(); ++i) {
    if (i > 0) line_ += ',';
    append_text(line_, names[i]);
  }
  line_ += "\r\n";
  put(line_);
}

void CsvWriter::row(const std::vector<double>& values, std::string_view first,
                    const std::vector<bool>& from_float) {
  line_.clear();
  append_text(line_, first);
  bool comma = !first.empty();
  for (size_t i = 0; i < values.size(); ++i) {
    if (comma) line_ += ',';
    comma = true;
    const auto end = std::back_inserter(line_);
    if (std::isnan(values[i])) continue;
    if (i < from_float.size() && from_float[i])
      fmt::format_to(end, "{}", static_cast<float>(values[i]));
    else
      fmt::format_to(end, "{}", values[i]);
  }
  line_ += "\r\n";
  put(line_);
}

void CsvWriter::close() {
  if (!file_) return;
  if (std::fflush(file_) != 0) fail();
  FILE* const file = std::exchange(file_, nullptr);
  if (file == stdout) return;
  if (std::fclose(file) != 0) {
    const std::string why = std::strerror(errno);
    std::remove(temporary_.c_str());
    throw IoError(fmt::format("{}: cannot be written: {}", path_, why));
  }
  if (!temporary_.empty() && std::rename(temporary_.c_str(), path_.c_str()) != 0) {
    const std::string why = std::strerror(errno);
    std::remove(temporary_.c_str());
    throw IoError(fmt::format("{}: cannot be written: {}", path_, why));
  }
}

void CsvWriter::put(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail();
}

void CsvWriter::fail() {
  throw IoError(fmt::format("{}: cannot be written: {}", path_ == "-" ? "standard output" : path_,
                            std::strerror(errno)));
}

}  // namespace steppe::io
