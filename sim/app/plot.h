#pragma once
// Figures of a result for papers and reports: PNG, SVG or PDF, without a display.
#include <string>
#include <vector>

#include "sim/io/result_file.h"

namespace steppe::app {

/// One line of a figure.
struct PlotCurve {
  std::string signal;  ///< name in the file
  int unit = 0;        ///< column of a signal with several units
  std::string label;
  int panel = -1;  ///< panels are numbered from the top; −1: signals of one unit share one
};

struct PlotRequest {
  std::vector<PlotCurve> curves;
  double from = 0.0, to = 0.0;  ///< s; to 0: the end
  std::string title;
  double width = 180.0;  ///< mm
  double height = 0.0;   ///< mm; 0: follows from the number of panels
  double dpi = 200.0;    ///< of a PNG
};

/// Writes the figure; the ending of `output` says which format. Means carry a band between their
/// least and largest values where the file has them. Throws UserError for another ending, IoError
/// when the file cannot be written.
void plot(const io::ResultFile&, const PlotRequest&, const std::string& output);

}  // namespace steppe::app
