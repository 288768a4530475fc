#include "models/registry.h"

#include "models/battery/battery.h"
#include "models/environment/weather.h"
#include "models/grid/bess_control.h"
#include "models/grid/utility.h"
#include "models/power/ac_load.h"
#include "models/power/breaker.h"
#include "models/power/cable.h"
#include "models/power/dc_breaker.h"
#include "models/power/dcdc.h"
#include "models/power/inverter.h"
#include "models/power/pcs.h"
#include "models/power/pdu.h"
#include "models/power/rectifier.h"
#include "models/power/transformer.h"
#include "models/properties/medium.h"
#include "models/properties/moist_air.h"

namespace steppe::models {

core::Registry registry() {
  core::Registry r;
  r.medium = circuit_medium;
  r.media = medium_names();
  r.pressure = [](double altitude) { return moist_air::pressure(altitude); };
  // One line per model, by folder. An explicit list: the linker drops what nobody names.
  r.add(battery_model());
  r.add(weather_type());
  r.add(bess_control_process());
  r.add(utility_model());
  r.add(ac_load_model());
  r.add(breaker_model());
  r.add(cable_model());
  r.add(dc_breaker_model());
  r.add(dcdc_model());
  r.add(inverter_model());
  r.add(pcs_model());
  r.add(pdu_model());
  r.add(rectifier_model());
  r.add(transformer_model());
  return r;
}

}  // namespace steppe::models
