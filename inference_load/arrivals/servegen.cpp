#include "inference_load/arrivals/servegen.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <limits>
#include <map>
#include <nlohmann/json.hpp>

#include "inference_load/arrivals/lines.h"
#include "inference_load/arrivals/synthetic.h"
#include "sim/base/error.h"

namespace steppe::load {
namespace {

constexpr double kNever = std::numeric_limits<double>::infinity();

/// N of chunk-N-SUFFIX; -1 when the name is another.
int client_number(const std::string& name, std::string_view suffix) {
  if (!name.starts_with("chunk-") || !name.ends_with(suffix)) return -1;
  double n = 0.0;
  const size_t digits = name.size() - 6 - suffix.size();
  if (!number(std::string_view(name).substr(6, digits), n) || n < 0 || n != std::floor(n))
    return -1;
  return static_cast<int>(n);
}

std::vector<Client::Window> read_windows(const std::string& path, double& length) {
  LineReader lines(path);
  Problems problems(path);
  std::vector<Client::Window> out;
  std::vector<Field> f;
  std::string line;
  double last = -1.0;
  while (lines.next(line)) {
    if (trim(line).empty()) continue;
    split(line, f);
    const int n = lines.number();
    if (f.size() != 6) {
      problems.add(n, line, 0, line.size(), fmt::format("{} fields, expected 6", f.size()),
                   "start s, rate 1/s, variation, Gamma or Weibull, shape, scale");
      continue;
    }
    double start = 0.0, rate = 0.0, shape = 1.0;
    if (!number(f[0].text, start) || !(start > last)) {
      problems.add(n, line, f[0],
                   "the start of a window must be a number of seconds above the last");
      continue;
    }
    if (!number(f[1].text, rate) || !(rate >= 0.0 && rate < 1e9)) {
      problems.add(n, line, f[1], "the rate must be requests per second from 0");
      continue;
    }
    const std::string pattern = plain_name(f[3].text);
    if (rate > 0 && pattern != "gamma" && pattern != "weibull") {
      problems.add(n, line, f[3], fmt::format("'{}' is no pattern of arrivals", f[3].text),
                   "Gamma or Weibull");
      continue;
    }
    if (rate > 0 && (!number(f[4].text, shape) || !(shape > 1e-4 && shape < 1e4))) {
      problems.add(n, line, f[4], "the shape must be a number from 1e-4 to 1e4");
      continue;
    }
    if (out.empty() && start != 0.0)
      problems.add(n, line, f[0], "the first window must start at 0");
    if (out.size() == 1) length = start;
    if (out.size() > 1 && std::abs(start - static_cast<double>(out.size()) * length) > 1e-6)
      problems.add(n, line, f[0], fmt::format("windows are {:g} s long up to here", length));
    last = start;
    out.push_back({rate, shape, pattern == "weibull"});
  }
  if (problems.any()) problems.raise();
  if (out.empty()) problems.raise("no windows in the file");
  return out;
}

std::vector<Client::Lengths> read_lengths(const std::string& path) {
  std::ifstream in(path);
  Problems problems(path);
  if (!in) problems.raise("cannot be opened", "the lengths of the client's requests");
  nlohmann::json j;
  try {
    in >> j;
  } catch (const nlohmann::json::exception& e) {
    problems.raise(fmt::format("is no JSON: {}", e.what()));
  }
  if (!j.is_object()) problems.raise("must be an object of windows");
  std::map<double, Client::Lengths> by_time;
  for (const auto& [key, window] : j.items()) {
    Client::Lengths l;
    if (!number(key, l.from))
      problems.raise(fmt::format("'{}' is not the start of a window in s", key));
    for (auto [name, pdf] : {std::pair{"input_tokens", &l.input}, {"output_tokens", &l.output}})
      if (!window.is_object() || !window.contains(name) || !window[name].is_string() ||
          !pdf->parse(window[name].get<std::string>()))
        problems.raise(
            fmt::format("window {}: '{}' must be \"{{tokens: probability, …}}\"", key, name));
    by_time[l.from] = std::move(l);
  }
  std::vector<Client::Lengths> out;
  for (auto& [from, l] : by_time) out.push_back(std::move(l));
  return out;
}

/// The distributions in force at t; null when the set gives none.
const Client::Lengths* lengths_at(const Client& c, double t) {
  const Client::Lengths* l = nullptr;
  for (const auto& x : c.lengths)
    if (x.from <= t) l = &x;
  return l && !l->input.empty() && !l->output.empty() ? l : nullptr;
}

}  // namespace

bool LengthPdf::parse(std::string_view text) {
  text = trim(text);
  if (text.size() < 2 || text.front() != '{' || text.back() != '}') return false;
  text = text.substr(1, text.size() - 2);
  std::vector<Field> entries;
  if (!trim(text).empty()) split(text, entries);
  double sum = 0.0, weighted = 0.0;
  for (const Field& e : entries) {
    const size_t colon = e.text.find(':');
    double n = 0.0, p = 0.0;
    if (colon == std::string_view::npos || !number(trim(e.text.substr(0, colon)), n) ||
        !number(trim(e.text.substr(colon + 1)), p) || !(n >= 0.0 && n < 1e8) || !(p >= 0.0))
      return false;
    if (p <= 0.0) continue;
    // A request without a token on one side still is one: the engine needs at least one.
    length_.push_back(static_cast<uint32_t>(std::max(1.0, std::round(n))));
    sum += p;
    weighted += p * length_.back();
    up_to_.push_back(sum);
  }
  if (sum > 0) mean_ = weighted / sum;
  for (double& u : up_to_) u /= sum;
  return true;
}

uint32_t LengthPdf::draw(Rng& rng) const {
  const auto it = std::upper_bound(up_to_.begin(), up_to_.end(), rng.uniform());
  return length_[std::min(static_cast<size_t>(it - up_to_.begin()), length_.size() - 1)];
}

bool is_client_set(const std::string& path) {
  std::error_code none;
  return std::filesystem::is_directory(path, none) ||
         client_number(std::filesystem::path(path).filename().string(), "-trace.csv") >= 0;
}

std::vector<Client> read_clients(const std::string& path) {
  const bool whole = std::filesystem::is_directory(path);
  const auto folder =
      whole ? std::filesystem::path(path) : std::filesystem::path(path).parent_path();
  std::map<int, std::string> files;
  for (const auto& f : std::filesystem::directory_iterator(folder.empty() ? "." : folder)) {
    const int n = client_number(f.path().filename().string(), "-trace.csv");
    if (n >= 0) files[n] = f.path().string();
  }
  if (files.empty())
    Problems(path).raise("no chunk-N-trace.csv in this folder",
                         "a ServeGen client set: chunk-N-trace.csv and chunk-N-dataset.json");
  std::vector<Client> out;
  for (const auto& [n, file] : files) {
    Client c;
    c.windows = read_windows(file, c.window);
    c.lengths = read_lengths((folder / fmt::format("chunk-{}-dataset.json", n)).string());
    for (size_t i = 0; i < c.windows.size(); ++i)
      if (c.windows[i].rate > 0 && !lengths_at(c, static_cast<double>(i) * c.window))
        Problems(file).raise(
            fmt::format("requests from {:g} s on, but no lengths for that time in "
                        "chunk-{}-dataset.json",
                        static_cast<double>(i) * c.window, n));
    if (!out.empty() && (c.windows.size() != out[0].windows.size() || c.window != out[0].window))
      Problems(file).raise(
          fmt::format("{} windows of {:g} s where the first client has {} of {:g} s",
                      c.windows.size(), c.window, out[0].windows.size(), out[0].window));
    out.push_back(std::move(c));
  }
  return out;
}

ClientArrivals::ClientArrivals(std::vector<Client> clients, const ReplayConfig& config,
                               uint64_t seed, std::string_view stream)
    : clients_(std::move(clients)), config_(config) {
  span_ = static_cast<double>(clients_.at(0).windows.size()) * clients_[0].window;
  for (size_t i = 0; i < clients_.size(); ++i) {
    State s;
    s.times = Rng(seed, fmt::format("{}/client-{}/times", stream, i));
    s.lengths = Rng(seed, fmt::format("{}/client-{}/lengths", stream, i));
    state_.push_back(s);
    advance(i);
    heap_.push_back(static_cast<uint32_t>(i));
  }
  std::make_heap(heap_.begin(), heap_.end(), [&](uint32_t x, uint32_t y) { return later(x, y); });
}

double ClientArrivals::gap(const Client::Window& w, Rng& rng) const {
  if (w.weibull) return weibull_variate(rng, w.shape);
  return gamma_variate(rng, w.shape) / w.shape;
}

/// Time of the next kept request of client i.
void ClientArrivals::advance(size_t i) {
  const Client& c = clients_[i];
  State& s = state_[i];
  const auto count = c.windows.size();
  size_t empty = 0;  // windows without requests in a row
  for (;;) {
    if (!config_.loop && s.now >= span_) break;
    const auto index = static_cast<size_t>(s.now / c.window + 1e-9);
    const Client::Window& w = c.windows[index % count];
    const double end = (static_cast<double>(index) + 1.0) * c.window;
    if (w.rate <= 0.0) {
      if (++empty > count) break;  // a client that never asks
      s.now = end;
      continue;
    }
    empty = 0;
    if (s.left < 0.0) s.left = gap(w, s.times);
    const double time = s.now + s.left / w.rate;
    if (time >= end) {
      s.left -= (end - s.now) * w.rate;
      s.now = end;
      continue;
    }
    s.now = time;
    s.left = -1.0;
    if (config_.keep < 1.0 && s.times.uniform() >= config_.keep) continue;
    s.at = time;
    return;
  }
  s.at = kNever;
}

bool ClientArrivals::next(double until, Arrival& a) {
  const auto order = [&](uint32_t x, uint32_t y) { return later(x, y); };
  const uint32_t i = heap_.front();
  State& s = state_[i];
  if (s.at / config_.speed >= until) return false;
  const Client::Lengths* l = lengths_at(clients_[i], std::fmod(s.at, span_));
  a = {s.at / config_.speed, l->input.draw(s.lengths), l->output.draw(s.lengths), 0};
  std::pop_heap(heap_.begin(), heap_.end(), order);
  advance(i);
  std::push_heap(heap_.begin(), heap_.end(), order);
  return true;
}

double ClientArrivals::rate(double t) const {
  const double own = t * config_.speed;
  if (!config_.loop && own >= span_) return 0.0;
  double sum = 0.0;
  for (const Client& c : clients_)
    sum += c.windows[static_cast<size_t>(own / c.window) % c.windows.size()].rate;
  return sum * config_.keep * config_.speed;
}

void ClientArrivals::save(core::StateWriter& w) const {
  for (const State& s : state_) {
    w.put(s.times.counter());
    w.put(s.lengths.counter());
    for (double v : {s.now, s.left, s.at}) w.put(v);
  }
  w.put(heap_);
}

void ClientArrivals::load(core::StateReader& r) {
  for (State& s : state_) {
    for (Rng* g : {&s.times, &s.lengths}) {
      uint64_t c = 0;
      r.get(c);
      g->set_counter(c);
    }
    for (double* v : {&s.now, &s.left, &s.at}) r.get(*v);
  }
  r.get(heap_);
}

}  // namespace steppe::load
