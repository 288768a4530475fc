#pragma once
#include "sim/core/batch.h"

namespace steppe::models {

/// Distribution of a dc chain from the plant to the racks: cabinet, busway and cables as one
/// resistance.
///
///   I = (V_in − V_out) / R   into `in` [A],   R = loss_fraction · voltage² / rating,   loss = R·I²
///   standing = standby · (V_in/voltage)²   meters, relays, insulation monitors
///
/// Left out: inductance (see dc_line), breakers of the branches. Source: engineering (0.3 … 0.5 %
/// at full load). Range: any voltage.   Checked by: tests/unit/power/power_test.cpp
struct Pdu {
  struct Params {
    double voltage, rating, loss_fraction, standby;
    double r = 1.0, g = 0.0;  ///< Ω, S
  };
  enum Port : int { kIn, kOut, kWaste };
  enum Output : int { kPower, kLoss, kLoad };

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup&) {
    p.r = p.loss_fraction * p.voltage * p.voltage / p.rating;
    p.g = p.standby / (p.voltage * p.voltage);
  }
  static double guess(const Params& p, int local) { return local < 2 ? p.voltage : std::nan(""); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    const S &v_in = x.v(kIn), &v_out = x.v(kOut);
    const S i = (v_in - v_out) / p.r, i_standing = v_in * p.g;
    out.current(kIn, i + i_standing);
    out.current(kOut, -i);
    const S loss = p.r * i * i + v_in * i_standing;
    out.heat(kWaste, -loss);
    out.book(core::kUseChain, loss);
    if (!out.wants_values()) return;
    out.value(kPower, v_in * (i + i_standing));
    out.value(kLoss, loss);
    out.value(kLoad, i * p.voltage / p.rating);
  }
};

core::ComponentType pdu_model();

}  // namespace steppe::models
