#pragma once
// Writes COMTRADE records and CSV files of known waveforms into a folder that goes with the object.
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace steppe::test {

struct RecordShape {
  std::string format = "BINARY";  ///< ASCII, BINARY, BINARY32, FLOAT32
  int revision = 1999;
  double rate = 3200.0;  ///< Hz; 0: time stamps in the data
  double seconds = 0.5;
  size_t missing_bytes = 0;  ///< cut off the end of the data
  std::function<double(double t, int phase)> volts;
};

class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  /// Path of the .cfg; three voltages UA, UB, UC in kV and one current.
  std::string comtrade(const std::string& name, const RecordShape& shape) const;
  std::string file(const std::string& name, const std::string& text) const;

 private:
  std::filesystem::path path_;
};

}  // namespace steppe::test
