#include "models/registry.h"

#include "models/battery/battery.h"
#include "models/battery/battery_ageing.h"
#include "models/battery/battery_container.h"
#include "models/battery/battery_life.h"
#include "models/battery/bms.h"
#include "models/battery/cell_runaway.h"
#include "models/battery/fleet_dispatch.h"
#include "models/battery/hybrid_split.h"
#include "models/battery/supercapacitor.h"
#include "models/controls/dust_filter.h"
#include "models/controls/free_cooling.h"
#include "models/controls/freeze_guard.h"
#include "models/controls/pi.h"
#include "models/controls/schedule.h"
#include "models/controls/setpoint_reset.h"
#include "models/controls/staging.h"
#include "models/cooling/air_economiser.h"
#include "models/cooling/check_valve.h"
#include "models/cooling/chiller.h"
#include "models/cooling/chiller_water_cooled.h"
#include "models/cooling/closed_tower.h"
#include "models/cooling/cooling_tower.h"
#include "models/cooling/crah.h"
#include "models/cooling/dry_cooler.h"
#include "models/cooling/expansion_vessel.h"
#include "models/cooling/heat_pump.h"
#include "models/cooling/heat_user.h"
#include "models/cooling/indirect_evaporative_ahu.h"
#include "models/cooling/pipe.h"
#include "models/cooling/plate_heat_exchanger.h"
#include "models/cooling/pump.h"
#include "models/cooling/rear_door.h"
#include "models/cooling/storage_tank.h"
#include "models/cooling/valve.h"
#include "models/dispatch/optimal_dispatch.h"
#include "models/dispatch/tou_dispatch.h"
#include "models/dispatch/virtual_plant.h"
#include "models/economics/green_supply.h"
#include "models/economics/growth_plan.h"
#include "models/economics/meter.h"
#include "models/economics/spot_market.h"
#include "models/environment/epw.h"
#include "models/environment/weather.h"
#include "models/grid/bess_control.h"
#include "models/grid/genset.h"
#include "models/grid/genset_control.h"
#include "models/grid/grid_frequency.h"
#include "models/grid/reclosing.h"
#include "models/grid/recording.h"
#include "models/grid/renewable_plant.h"
#include "models/grid/utility.h"
#include "models/power/ac_load.h"
#include "models/power/breaker.h"
#include "models/power/cable.h"
#include "models/power/dc_breaker.h"
#include "models/power/dc_capacitor.h"
#include "models/power/dc_line.h"
#include "models/power/dc_load.h"
#include "models/power/dcdc.h"
#include "models/power/inverter.h"
#include "models/power/pcs.h"
#include "models/power/pcs_forming.h"
#include "models/power/pdu.h"
#include "models/power/rectifier.h"
#include "models/power/server.h"
#include "models/power/transfer_switch.h"
#include "models/power/transformer.h"
#include "models/power/transformer_thermal.h"
#include "models/power/ups.h"
#include "models/properties/medium.h"
#include "models/properties/moist_air.h"
#include "models/thermal/hall_humidity.h"
#include "models/thermal/hall_monitor.h"
#include "models/thermal/rack.h"
#include "models/thermal/room.h"

namespace steppe::models {

core::Registry registry() {
  core::Registry r;
  r.medium = circuit_medium;
  r.media = medium_names();
  r.pressure = [](double altitude) { return moist_air::pressure(altitude); };
  r.elevation = epw_elevation;
  // One line per model, by folder. An explicit list: the linker drops what nobody names.
  r.add(battery_model());
  r.add(optimal_dispatch_process());
  r.add(battery_ageing_process());
  r.add(battery_container_model());
  r.add(battery_life_process());
  r.add(bms_process());
  r.add(cell_runaway_model());
  r.add(fleet_dispatch_process());
  r.add(hybrid_split_process());
  r.add(supercapacitor_model());
  r.add(meter_process());
  r.add(tou_dispatch_process());
  r.add(virtual_plant_process());
  r.add(green_supply_process());
  r.add(growth_plan_process());
  r.add(spot_market_process());
  r.add(weather_type());
  r.add(bess_control_process());
  r.add(genset_model());
  r.add(renewable_plant_model());
  r.add(genset_control_process());
  r.add(grid_frequency_model());
  r.add(reclosing_process());
  r.add(recording_process());
  r.add(utility_model());
  r.add(ac_load_model());
  r.add(breaker_model());
  r.add(cable_model());
  r.add(dc_breaker_model());
  r.add(dc_capacitor_model());
  r.add(dc_line_model());
  r.add(dc_load_model());
  r.add(dcdc_model());
  r.add(inverter_model());
  r.add(pcs_model());
  r.add(pcs_forming_model());
  r.add(pdu_model());
  r.add(rectifier_model());
  r.add(server_ac_model());
  r.add(server_dc_model());
  r.add(transfer_switch_model());
  r.add(transformer_model());
  r.add(transformer_thermal_process());
  r.add(ups_model());
  r.add(dust_filter_process());
  r.add(free_cooling_process());
  r.add(freeze_guard_process());
  r.add(pi_model());
  r.add(pi_temperature_model());
  r.add(pi_pressure_model());
  r.add(schedule_process());
  r.add(setpoint_reset_process());
  r.add(staging_process());
  r.add(air_economiser_model());
  r.add(check_valve_model());
  r.add(chiller_model());
  r.add(chiller_water_cooled_model());
  r.add(closed_tower_model());
  r.add(cooling_tower_model());
  r.add(crah_model());
  r.add(dry_cooler_model());
  r.add(expansion_vessel_model());
  r.add(heat_pump_model());
  r.add(heat_user_model());
  r.add(indirect_evaporative_ahu_model());
  r.add(pipe_model());
  r.add(plate_heat_exchanger_model());
  r.add(pump_model());
  r.add(rear_door_model());
  r.add(hall_humidity_model());
  r.add(valve_model());
  r.add(rack_model());
  r.add(room_model());
  r.add(hall_monitor_process());
  r.add(storage_tank_model());
  return r;
}

}  // namespace steppe::models
