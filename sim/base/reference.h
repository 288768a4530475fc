#pragma once
// A number that a model gives beside the one that somebody published or measured.
#include <cmath>
#include <string>

namespace steppe {

struct Reference {
  /// closed form: must agree to rounding of the printed value; predicted: no coefficient was chosen
  /// by this number; calibrated: it was used to choose one, so that it shows only that the model
  /// can represent it.
  enum class Basis { closed_form, predicted, calibrated };

  std::string area, what, unit;  ///< unit in which both values are printed, "1" for none
  double value = 0.0, reference = 0.0;
  double tolerance =
      0.0;  ///< relative; half a digit of the printed value or the spread of the data
  Basis basis = Basis::closed_form;
  std::string source;  ///< key in models/REFERENCES.md, with the place

  double difference() const { return value / reference - 1.0; }
  bool holds() const { return std::abs(difference()) <= tolerance; }
};

}  // namespace steppe
