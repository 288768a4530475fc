#include "models/battery/lfp_cell.h"

namespace steppe::models::lfp {
namespace {
constexpr double kZero = 273.15;
}

const Curve& ocv() {
  static const Curve c({{0.00, 2.286},
                        {0.05, 3.065},
                        {0.10, 3.197},
                        {0.15, 3.212},
                        {0.20, 3.234},
                        {0.25, 3.255},
                        {0.30, 3.270},
                        {0.40, 3.292},
                        {0.50, 3.2995},
                        {0.60, 3.3035},
                        {0.70, 3.3108},
                        {0.75, 3.3185},
                        {0.80, 3.3345},
                        {0.90, 3.3425},
                        {0.95, 3.3447},
                        {1.00, 3.400}},
                       25.0, 3.0);
  return c;
}

const Curve& hysteresis() {
  static const Curve c({{0.00, 0.0300},
                        {0.10, 0.0251},
                        {0.15, 0.0242},
                        {0.30, 0.0288},
                        {0.40, 0.0226},
                        {0.50, 0.0187},
                        {0.65, 0.0197},
                        {0.85, 0.0170},
                        {1.00, 0.0300}},
                       0.0, 0.0);
  return c;
}

const Curve& entropy() {
  static const Curve c({{0.0, -0.490e-3},
                        {0.1, -0.164e-3},
                        {0.2, -0.118e-3},
                        {0.3, -0.044e-3},
                        {0.4, 0.098e-3},
                        {0.5, 0.110e-3},
                        {0.7, 0.145e-3},
                        {0.9, 0.084e-3},
                        {1.0, 0.118e-3}},
                       0.0, 0.0);
  return c;
}

const Curve& resistance_shape() {
  static const Curve c({{0.00, 1.30}, {0.10, 1.25}, {0.20, 1.05}, {0.50, 1.00}, {1.00, 1.00}}, 0.0,
                       0.0);
  return c;
}

const Curve& charge_derating() {
  static const Curve c({{kZero + 0.0, 0.0},
                        {kZero + 5.0, 0.10},
                        {kZero + 10.0, 0.32},
                        {kZero + 15.0, 0.60},
                        {kZero + 20.0, 1.0},
                        {kZero + 45.0, 1.0},
                        {kZero + 55.0, 0.0}},
                       0.0, 0.0);
  return c;
}

const Curve& discharge_derating() {
  static const Curve c({{kZero - 30.0, 0.0},
                        {kZero - 20.0, 0.2},
                        {kZero - 10.0, 0.6},
                        {kZero + 0.0, 1.0},
                        {kZero + 50.0, 1.0},
                        {kZero + 55.0, 0.0}},
                       0.0, 0.0);
  return c;
}

}  // namespace steppe::models::lfp
