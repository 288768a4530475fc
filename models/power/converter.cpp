#include "models/power/converter.h"

namespace steppe::models {

LossCurve fit_loss(const EfficiencyPoint& low, const EfficiencyPoint& mid,
                   const EfficiencyPoint& high) {
  // loss(p) = p (1/η − 1) at three loads: the Lagrange polynomial of second order, by powers of p.
  const double x[3] = {low.load, mid.load, high.load};
  const double e[3] = {low.efficiency, mid.efficiency, high.efficiency};
  LossCurve f;
  for (int i = 0; i < 3; ++i) {
    const double xj = x[(i + 1) % 3], xk = x[(i + 2) % 3];
    const double w = x[i] * (1.0 / e[i] - 1.0) / ((x[i] - xj) * (x[i] - xk));
    f.a += w * xj * xk;
    f.b -= w * (xj + xk);
    f.c += w;
  }
  return f;
}

}  // namespace steppe::models
