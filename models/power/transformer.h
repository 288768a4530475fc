#pragma once
#include "models/power/converter.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// Two-winding transformer: ideal ratio, shunt no-load branch at the primary, series impedance
/// referred to the secondary.
///
///   I₂ = (V₁/n − V₂) / (R + jX)      R = load_loss/S_r · V₂ₙ²/S_r,   |R + jX| = uk · V₂ₙ²/S_r
///   I₁ = I₂/n + V₁ (G₀ − jB₀)        G₀ = P₀/V₁ₙ²,   |G₀ − jB₀| = i₀ · S_r/V₁ₙ²
///   loss = R|I₂|² + G₀|V₁|²          n = tap · V₁ₙ/V₂ₙ
///
/// Best load √(P₀/P_k). Assumes balanced phases and a linear core. Left out: inrush, saturation,
/// temperature of the windings (load loss is taken at the reference temperature of the data sheet,
/// so it is on the safe side), harmonics.
/// Source: [IEC 60076-1 2011]; loss of the defaults from a factory test of a 2500 kVA dry type.
/// Range: |V₁| within ±20 % of nominal (linear core).
/// Checked by: tests/unit/power/power_test.cpp
struct Transformer {
  struct Params {
    double rating, v_primary, v_secondary, uk, no_load_loss, load_loss, no_load_current, tap;
    double turns = 1.0, r = 0.0, x = 0.0, g0 = 0.0, b0 = 0.0;  ///< V/V, Ω, Ω, S, S
  };
  enum Port : int { kPrimary, kSecondary, kWaste };
  enum Output : int { kPower, kReactive, kLoss, kLoad };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    p.turns = p.tap * p.v_primary / p.v_secondary;
    const double z_base = p.v_secondary * p.v_secondary / p.rating;
    p.r = p.load_loss / p.rating * z_base;
    const double z = p.uk * z_base;
    p.x = std::sqrt(std::fmax(z * z - p.r * p.r, 1e-4 * z * z));
    const double y_base = p.rating / (p.v_primary * p.v_primary);
    p.g0 = p.no_load_loss / (p.v_primary * p.v_primary);
    const double y0 = p.no_load_current * y_base;
    p.b0 = std::sqrt(std::fmax(y0 * y0 - p.g0 * p.g0, 0.0));
  }
  static double guess(const Params& p, int local) {
    const double v[] = {p.v_primary, 0.0, p.v_secondary, 0.0};
    return local < 4 ? v[local] : std::nan("");
  }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S &a1 = x.v_re(kPrimary), &b1 = x.v_im(kPrimary);
    const double k = 1.0 / p.turns, y2 = 1.0 / (p.r * p.r + p.x * p.x);
    const S d_re = a1 * k - x.v_re(kSecondary), d_im = b1 * k - x.v_im(kSecondary);
    const S i_re = (d_re * p.r + d_im * p.x) * y2, i_im = (d_im * p.r - d_re * p.x) * y2;
    const S i1_re = i_re * k + a1 * p.g0 + b1 * p.b0, i1_im = i_im * k + b1 * p.g0 - a1 * p.b0;
    out.current(kPrimary, i1_re, i1_im);
    out.current(kSecondary, -i_re, -i_im);
    const S loss = p.r * (i_re * i_re + i_im * i_im) + p.g0 * (a1 * a1 + b1 * b1);
    out.heat(kWaste, -loss);
    out.book(core::kUseChain, loss);
    if (!out.wants_values()) return;
    out.value(kPower, a1 * i1_re + b1 * i1_im);
    out.value(kReactive, b1 * i1_re - a1 * i1_im);
    out.value(kLoss, loss);
    out.value(kLoad, sqrt(i_re * i_re + i_im * i_im) * p.v_secondary / p.rating);
  }
};

core::ComponentType transformer_model();

}  // namespace steppe::models
