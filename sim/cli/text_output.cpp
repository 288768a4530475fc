#include "sim/cli/text_output.h"

#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cmath>
#include <cstring>
#include <filesystem>

#include "sim/app/scenario.h"
#include "sim/base/error.h"

namespace steppe::cli {

namespace fs = std::filesystem;

TextOutput::TextOutput(std::string path) : path_(std::move(path)) {
  if (path_ == "-") {
    file_ = stdout;
    return;
  }
  std::error_code ec;
  const auto status = fs::status(path_, ec);
  if (fs::is_directory(status)) throw IoError(fmt::format("{} is a folder", path_));
  if (!fs::exists(status) || fs::is_regular_file(status))
    temporary_ = fmt::format("{}.{}.part", path_, getpid());
  file_ = std::fopen(temporary_.empty() ? path_.c_str() : temporary_.c_str(), "wb");
  if (!file_) {
    temporary_.clear();
    fail();
  }
}

TextOutput::~TextOutput() {
  if (file_ && file_ != stdout) std::fclose(file_);
  if (!temporary_.empty()) std::remove(temporary_.c_str());
}

void TextOutput::fail() {
  throw IoError(fmt::format("{} cannot be written: {}", path_ == "-" ? "standard output" : path_,
                            std::strerror(errno)));
}

void TextOutput::write(std::string_view text) {
  if (std::fwrite(text.data(), 1, text.size(), file_) != text.size()) fail();
}

void TextOutput::finish() {
  if (std::fflush(file_) != 0) fail();
  if (file_ == stdout) return;
  std::FILE* f = file_;
  file_ = nullptr;
  if (std::fclose(f) != 0) fail();
  if (!temporary_.empty() && std::rename(temporary_.c_str(), path_.c_str()) != 0) fail();
  temporary_.clear();
}

std::string csv_field(std::string_view text) {
  if (text.find_first_of(",\"\r\n") == std::string_view::npos) return std::string(text);
  std::string out = "\"";
  for (char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  return out + '"';
}

std::string csv_number(double value, bool single_precision) {
  if (std::isnan(value)) return {};
  return single_precision ? fmt::format("{}", static_cast<float>(value)) : fmt::format("{}", value);
}

std::string iso_time(double epoch) {
  const double ms = std::round(epoch * 1e3), whole = std::floor(ms / 1e3);
  std::string out = app::format_date(whole);
  out[10] = 'T';
  const int rest = static_cast<int>(ms - whole * 1e3);
  return rest == 0 ? out : out + fmt::format(".{:03}", rest);
}

}  // namespace steppe::cli
