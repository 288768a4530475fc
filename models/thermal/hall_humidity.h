#pragma once
// Water in the air of a hall: infiltration, outdoor air, humidifier, condensation on coils.
#include "models/cooling/motor_supply.h"
#include "models/properties/moist_air.h"
#include "sim/core/batch.h"

namespace steppe::models {

/// One well-mixed humidity ratio W at the temperature of its air node:
///   M·dW/dt = ṁ_i (W_amb − W) + ṁ_o (W_o − W) + ṁ_h − ṁ_c
///   ṁ_h = ṁ_max·clamp((W_min − W)/b + 1, 0, 1),  W_min = W(dew point limit),  b = 5 % of W_min
///   ṁ_c = (1 − bypass)·ṁ_coil·max(W − W_s(T_coil), 0)
/// Adiabatic humidifiers take the heat of evaporation from the air (booked to water); steam ones
/// take it from the supply. P = ṁ_h·e. Heat of condensation on the coil and of vapour exchanged
/// with outdoors is left out: the air circuit is sensible. Limits: [ASHRAE TC9.9 2021] recommended
/// −9 to 15 °C dew point; the allowable lower one is the higher of −12 °C and 8 % relative
/// humidity.
struct HallHumidity {
  enum class Kind { adiabatic, steam };
  struct Params : MotorSupply {
    double air_mass, infiltration, dew_point_min, dew_point_max, capacity, adiabatic_energy,
        steam_energy, coil_bypass;
    Kind kind;
    double pressure = 0.0, w_min = 0.0, w_max = 0.0;
  };
  enum Port : int { kAir, kSupply };
  enum Var : int { kHumidity };
  enum Input : int {
    kAmbientHumidity,
    kOutdoorFlow,
    kOutdoorHumidity,
    kCoilTemp,
    kCoilFlow,
    kEnable
  };
  enum Output : int {
    kRelative,
    kDewPoint,
    kWater,
    kPower,
    kCondensate,
    kTooDry,
    kTooHumid,
    kCondensing
  };
  static constexpr double kBand = 0.05;           // of w_min
  static constexpr double kEvaporation = 2.45e6;  // J/kg

  static const core::ParamTable<Params>& params();
  static core::Layout layout();
  static void prepare(Params& p, const core::Setup& s);
  static double guess(const Params& p, int local) { return local == 4 ? p.w_min : std::nan(""); }
  static void on_event(const Params& p, core::EventContext& e) { p.handle(e, 2); }

  template <class S>
  static void eval(const Params& p, const core::Local<S>& x, core::LocalOut<S>& out) {
    namespace ma = moist_air;
    const bool on = MotorSupply::turning(x.mode(0));
    const S& w = x.var(kHumidity);
    const double band = kBand * p.w_min;
    const S wanted = smooth_clamp(S((p.w_min - w) * (1.0 / band) + 1.0), 0.0, 1.0, 1e-3);
    const S sprayed = on ? p.capacity * x.in(kEnable)*wanted : S(0.0);
    const S saturated = ma::saturation_humidity_ratio(x.in(kCoilTemp), p.pressure);
    const S condensate = (1.0 - p.coil_bypass) * x.in(kCoilFlow)*smooth_pos(S(w - saturated), 1e-5);
    const bool steam = p.kind == Kind::steam;
    const S drawn = p.draw(out, kSupply, sprayed * (steam ? p.steam_energy : p.adiabatic_energy));
    const S share = drawn / (sprayed * (steam ? p.steam_energy : p.adiabatic_energy) + 1e-3);
    const S given = sprayed * share;  // less water at low voltage
    out.balance(kHumidity, p.air_mass,
                p.infiltration * (x.in(kAmbientHumidity)-w) +
                    x.in(kOutdoorFlow) * (x.in(kOutdoorHumidity)-w) + given - condensate);
    const S latent = steam ? drawn : S(given * kEvaporation);
    // Adiabatic: evaporation cools the air, the pump's power warms it. Steam leaves the sensible
    // heat of the air alone.
    out.port_heat(kAir, steam ? S(0.0) : S(latent - drawn));
    out.book(core::kUseCooling, drawn);
    out.book(core::kToWater, latent);
    if (out.wants_values()) {
      const double temp = core::value(x.temp(kAir)), wv = std::max(core::value(w), 1e-6);
      out.value(kRelative, S(ma::relative_humidity(temp, wv, p.pressure)));
      out.value(kDewPoint, S(ma::dew_point(wv, p.pressure)));
      out.value(kWater, given);
      out.value(kPower, drawn);
      out.value(kCondensate, condensate);
      out.value(kTooDry, S(wv < p.w_min * (1.0 - kBand) ? 1.0 : 0.0));
      out.value(kTooHumid, S(wv > p.w_max ? 1.0 : 0.0));
      out.value(kCondensing, S(core::value(condensate) > 1e-5 ? 1.0 : 0.0));
    }
    p.set_guards(x, out, kSupply);
  }
};

core::ComponentType hall_humidity_model();

}  // namespace steppe::models
