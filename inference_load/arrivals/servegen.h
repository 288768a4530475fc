#pragma once
// Client sets as ServeGen publishes them [Xiang 2025]: per client a rate and a shape of arrivals in
// windows of some minutes, and distributions of prompt and answer lengths in windows of some hours.
#include <string>
#include <vector>

#include "inference_load/arrivals/trace.h"
#include "sim/base/rng.h"

namespace steppe::load {

/// Token counts with their probabilities.
class LengthPdf {
 public:
  /// `text`: "{45: 0.0097, 46: 0.0117, …}". False when it is not that; nothing drawn from an empty
  /// one.
  bool parse(std::string_view text);
  bool empty() const { return length_.empty(); }
  double mean() const { return mean_; }
  uint32_t draw(Rng& rng) const;

 private:
  std::vector<uint32_t> length_;
  std::vector<double> up_to_;  ///< cumulative probability
  double mean_ = 0.0;
};

struct Client {
  struct Window {
    double rate = 0.0;   ///< requests/s
    double shape = 1.0;  ///< of the gamma or Weibull distributed gaps
    bool weibull = false;
  };
  struct Lengths {
    double from = 0.0;  ///< s
    LengthPdf input, output;
  };
  double window = 600.0;  ///< s, length of a window
  std::vector<Window> windows;
  std::vector<Lengths> lengths;  ///< by time
};

/// True for a folder, which must be such a set, and for a file of one (chunk-N-trace.csv).
bool is_client_set(const std::string& path);
/// All clients of the folder, or of the folder that the file lies in, by number. chunk-N-trace.csv,
/// no header: start of the window [s], rate [1/s], coefficient of variation, Gamma | Weibull |
/// empty, shape, scale. chunk-N-dataset.json: {"start s": {"input_tokens": "{n: p, …}",
/// "output_tokens": …}, …}. UserError with file, line and column for every bad row.
std::vector<Client> read_clients(const std::string& path);

/// Every client a renewal process in its own operational time, with streams of its own: leaving one
/// out does not change the others.
class ClientArrivals : public ArrivalSource {
 public:
  ClientArrivals(std::vector<Client> clients, const ReplayConfig& config, uint64_t seed,
                 std::string_view stream);
  bool next(double until, Arrival& a) override;
  void thin(double) override {}  ///< as a trace, never sampled
  double rate(double t) const override;
  void save(core::StateWriter& w) const override;
  void load(core::StateReader& r) override;

 private:
  struct State {
    Rng times, lengths;
    double now = 0.0;    ///< s of the set's own clock
    double left = -1.0;  ///< gap left in units of the mean gap; < 0: not drawn
    double at = 0.0;     ///< next arrival; infinite: none
  };
  void advance(size_t i);
  bool later(uint32_t x, uint32_t y) const {
    return state_[x].at != state_[y].at ? state_[x].at > state_[y].at : x > y;
  }
  double gap(const Client::Window& w, Rng& rng) const;

  std::vector<Client> clients_;
  ReplayConfig config_;
  std::vector<State> state_;
  std::vector<uint32_t> heap_;  ///< clients by their next arrival
  double span_ = 0.0;           ///< of one pass, s of the set's clock
};

}  // namespace steppe::load
