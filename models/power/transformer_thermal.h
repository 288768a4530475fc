#pragma once
#include "sim/core/process.h"

namespace steppe::models {

/// Top-oil and hot-spot temperature of an oil-immersed transformer from its load and the outdoor
/// temperature, and the insulation life that they use up [IEC 60076-7 2018, §8.2, annex F].
///
///   k₁₁·τₒ·dθₒ/dt = θₐ + Δθₒᵣ·((1 + R·K²)/(1 + R))ˣ − θₒ
///   k₂₂·τ_w·dΔ₁/dt = k₂₁·Δθₕᵣ·Kʸ − Δ₁,   (τₒ/k₂₂)·dΔ₂/dt = (k₂₁ − 1)·Δθₕᵣ·Kʸ − Δ₂
///   θₕ = θₒ + Δ₁ − Δ₂                                    K: load, R: load loss over no-load loss
///   V = 2^((θₕ − 98 °C)/6 K), thermally upgraded paper: exp(15000/383 − 15000/(θₕ + 273))
///
/// K is held over a period; the exponentials are exact. At the first instant the temperatures are
/// those of rest at this load. Range: K up to 1.5 (larger power transformers: 1.3), else flagged;
/// hot spot above 140 °C gives bubbles: an event. Left out: dry-type transformers, stages of fans,
/// moisture. Checked by: tests/unit/power/transformer_thermal_test.cpp
core::ProcessType transformer_thermal_process();

}  // namespace steppe::models
