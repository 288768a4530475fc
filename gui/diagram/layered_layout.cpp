#include "gui/diagram/layered_layout.h"

#include <algorithm>
#include <cmath>
#include <deque>
#include <numeric>

namespace steppe::gui {

namespace {

class Builder {
 public:
  Builder(const LayoutGraph& g, const LayoutOptions& o) : g_(g), o_(o) {
    members_.resize(size_t(g.nets));
    for (size_t b = 0; b < g.boxes.size(); ++b)
      for (size_t p = 0; p < g.boxes[b].nets.size(); ++p)
        if (const int n = g.boxes[b].nets[p]; n >= 0)
          members_[size_t(n)].push_back({static_cast<int>(b), static_cast<int>(p)});
  }

  LayeredLayout run() {
    out_.boxes.resize(g_.boxes.size());
    out_.nets.resize(size_t(g_.nets));
    if (g_.boxes.empty()) return std::move(out_);
    assign_ranks();
    order_ranks();
    place_across();
    place_ports();
    route();
    return std::move(out_);
  }

 private:
  struct Member {
    int box, port;
  };
  int& rank(int box) { return out_.boxes[size_t(box)].rank; }
  double centre(int box) const {
    return out_.boxes[size_t(box)].across + g_.boxes[size_t(box)].middle();
  }

  void assign_ranks() {
    std::vector<int> distance(g_.boxes.size(), -1);
    std::deque<int> queue;
    auto flood = [&] {
      while (!queue.empty()) {
        const int b = queue.front();
        queue.pop_front();
        for (int n : g_.boxes[size_t(b)].nets) {
          if (n < 0) continue;
          for (const auto& m : members_[size_t(n)])
            if (distance[size_t(m.box)] < 0) {
              distance[size_t(m.box)] = distance[size_t(b)] + 1;
              queue.push_back(m.box);
            }
        }
      }
    };
    for (size_t b = 0; b < g_.boxes.size(); ++b)
      if (g_.boxes[b].root) {
        distance[b] = 0;
        queue.push_back(static_cast<int>(b));
      }
    flood();
    // Parts that no root reaches start at their first box.
    for (size_t b = 0; b < g_.boxes.size(); ++b)
      if (distance[b] < 0) {
        distance[b] = 0;
        queue.push_back(static_cast<int>(b));
        flood();
      }
    for (size_t b = 0; b < g_.boxes.size(); ++b) {
      out_.boxes[b].rank = distance[b];
      const auto r = size_t(distance[b]);
      if (r >= ranks_.size()) ranks_.resize(r + 1);
      ranks_[r].push_back(static_cast<int>(b));
    }
    channel_.assign(size_t(g_.nets), 0);
    for (size_t n = 0; n < members_.size(); ++n) {
      if (members_[n].empty()) continue;
      int lowest = rank(members_[n][0].box);
      for (const auto& m : members_[n]) lowest = std::min(lowest, rank(m.box));
      channel_[n] = lowest;
    }
  }

  /// Mean of f over the other boxes on the nets of `b`, towards lower or higher ranks; `fallback`
  /// when there is none.
  template <class F>
  double neighbours(int b, int direction, double fallback, F f) {
    double sum = 0.0;
    int count = 0;
    for (int n : g_.boxes[size_t(b)].nets) {
      if (n < 0) continue;
      for (const auto& m : members_[size_t(n)]) {
        if (m.box == b) continue;
        const int d = rank(m.box) - rank(b);
        if (d != 0 && direction != 0 && (d > 0) != (direction > 0)) continue;
        sum += f(m.box);
        ++count;
      }
    }
    return count ? sum / count : fallback;
  }

  void order_ranks() {
    std::vector<double> position(g_.boxes.size());
    auto number = [&](const std::vector<int>& r) {
      for (size_t i = 0; i < r.size(); ++i)
        position[size_t(r[i])] =
            (static_cast<double>(i) + 0.5) / static_cast<double>(std::max<size_t>(1, r.size()));
    };
    for (const auto& r : ranks_) number(r);
    constexpr int kSweeps = 12;
    for (int s = 0; s < kSweeps; ++s) {
      const int direction = s % 2 == 0 ? -1 : +1;
      for (size_t i = 0; i < ranks_.size(); ++i) {
        auto& r = ranks_[direction < 0 ? i : ranks_.size() - 1 - i];
        std::vector<std::pair<double, int>> keyed;
        for (int b : r)
          keyed.emplace_back(neighbours(b, direction, position[size_t(b)],
                                        [&](int o) { return position[size_t(o)]; }),
                             b);
        std::stable_sort(keyed.begin(), keyed.end(),
                         [](const auto& a, const auto& b) { return a.first < b.first; });
        for (size_t k = 0; k < r.size(); ++k) r[k] = keyed[k].second;
        number(r);
      }
    }
  }

  /// Boxes of a rank as near to where they want to be as their order and sizes allow: groups that
  /// would overlap move together.
  void settle(const std::vector<int>& r, const std::vector<double>& wish) {
    struct Group {
      size_t first, count;
      double sum;    ///< of (wish − offset within the group)
      double start;  ///< of the first box
      double size;
    };
    std::vector<Group> groups;
    for (size_t i = 0; i < r.size(); ++i) {
      const double width = g_.boxes[size_t(r[i])].across + o_.gap_across;
      groups.push_back({i, 1, wish[i], wish[i], width});
      while (groups.size() > 1) {
        auto& a = groups[groups.size() - 2];
        const auto& b = groups.back();
        if (a.start + a.size <= b.start + 1e-9) break;
        a.sum += b.sum - static_cast<double>(b.count) * a.size;
        a.count += b.count;
        a.size += b.size;
        a.start = a.sum / static_cast<double>(a.count);
        groups.pop_back();
      }
    }
    for (const auto& group : groups) {
      double at = group.start;
      for (size_t i = group.first; i < group.first + group.count; ++i) {
        out_.boxes[size_t(r[i])].across = at;
        at += g_.boxes[size_t(r[i])].across + o_.gap_across;
      }
    }
  }

  void place_across() {
    for (const auto& r : ranks_) {
      double at = 0.0;
      for (int b : r) {
        out_.boxes[size_t(b)].across = at;
        at += g_.boxes[size_t(b)].across + o_.gap_across;
      }
    }
    constexpr int kSweeps = 16;
    for (int s = 0; s < kSweeps; ++s) {
      const int direction = s + 1 == kSweeps ? 0 : s % 2 == 0 ? -1 : +1;
      for (size_t i = 0; i < ranks_.size(); ++i) {
        const auto& r = ranks_[direction <= 0 ? i : ranks_.size() - 1 - i];
        std::vector<double> wish;
        for (int b : r)
          wish.push_back(neighbours(b, direction, centre(b), [&](int o) { return centre(o); }) -
                         g_.boxes[size_t(b)].middle());
        settle(r, wish);
      }
    }
    double least = 1e300;
    for (const auto& b : out_.boxes) least = std::min(least, b.across);
    for (size_t b = 0; b < out_.boxes.size(); ++b) {
      out_.boxes[b].across -= least;
      out_.across = std::max(out_.across, out_.boxes[b].across + g_.boxes[b].across);
    }
  }

  void place_ports() {
    for (size_t n = 0; n < out_.nets.size(); ++n) out_.nets[n].used = !members_[n].empty();
    for (size_t b = 0; b < g_.boxes.size(); ++b) {
      // Far side: nets of the channel behind this rank; near side: those of the one before.
      for (const bool far : {false, true}) {
        struct Wanted {
          double at;
          int net, port;
        };
        std::vector<Wanted> side;
        for (size_t p = 0; p < g_.boxes[b].nets.size(); ++p) {
          const int n = g_.boxes[b].nets[p];
          if (n < 0 || (channel_[size_t(n)] == out_.boxes[b].rank) != far) continue;
          double sum = 0.0;
          int count = 0;
          for (const auto& m : members_[size_t(n)])
            if (m.box != static_cast<int>(b)) {
              sum += centre(m.box);
              ++count;
            }
          side.push_back(
              {count ? sum / count : centre(static_cast<int>(b)), n, static_cast<int>(p)});
        }
        std::stable_sort(side.begin(), side.end(),
                         [](const Wanted& x, const Wanted& y) { return x.at < y.at; });
        const auto& box = g_.boxes[b];
        const double width = box.port_width > 0.0 ? box.port_width : box.across;
        for (size_t k = 0; k < side.size(); ++k) {
          PlacedPort p;
          p.box = static_cast<int>(b);
          p.port = side[k].port;
          p.across =
              out_.boxes[b].across + box.port_begin +
              width * (static_cast<double>(k) + 1.0) / (static_cast<double>(side.size()) + 1.0);
          out_.nets[size_t(side[k].net)].ports.push_back(p);
        }
      }
    }
  }

  void route() {
    std::vector<std::vector<int>> channels(ranks_.size());
    for (size_t n = 0; n < members_.size(); ++n)
      if (!members_[n].empty()) channels[size_t(channel_[n])].push_back(static_cast<int>(n));
    std::vector<int> track(members_.size(), 0);
    double along = 0.0;
    for (size_t r = 0; r < ranks_.size(); ++r) {
      double deepest = 0.0;
      for (int b : ranks_[r]) deepest = std::max(deepest, g_.boxes[size_t(b)].along);
      // Boxes are centred in their rank.
      for (int b : ranks_[r])
        out_.boxes[size_t(b)].along = along + 0.5 * (deepest - g_.boxes[size_t(b)].along);
      along += deepest;
      const int tracks = assign_tracks(channels[r], static_cast<int>(r), track);
      for (int n : channels[r])
        out_.nets[size_t(n)].trunk = along + o_.channel_edge + o_.track * track[size_t(n)];
      if (tracks > 0 || r + 1 < ranks_.size())
        along += 2 * o_.channel_edge + o_.track * std::max(0, tracks - 1);
    }
    out_.along = along;
    for (auto& net : out_.nets)
      for (auto& p : net.ports) {
        const auto& box = out_.boxes[size_t(p.box)];
        const bool far = net.trunk > box.along;
        p.along = far ? box.along + g_.boxes[size_t(p.box)].along : box.along;
      }
    for (const auto& net : out_.nets)
      for (const auto& p : net.ports)
        for (const auto& other : out_.nets) {
          if (&other == &net || other.straight()) continue;
          if (p.across > other.begin && p.across < other.end &&
              other.trunk > std::min(p.along, net.trunk) &&
              other.trunk < std::max(p.along, net.trunk))
            ++out_.crossings;
        }
  }

  /// Left-edge algorithm under the condition that stubs of two nets from opposite sides at the same
  /// place must not lie on each other: the net from the near side then takes the nearer track.
  int assign_tracks(const std::vector<int>& nets, int r, std::vector<int>& track) {
    for (int n : nets) {
      auto& net = out_.nets[size_t(n)];
      net.begin = 1e300;
      net.end = -1e300;
      for (const auto& p : net.ports) {
        net.begin = std::min(net.begin, p.across);
        net.end = std::max(net.end, p.across);
      }
    }
    auto conflicts = [&](int first, int second) {
      // `first` has a port on the near rank where `second` has one on the far rank.
      for (const auto& a : out_.nets[size_t(first)].ports) {
        if (rank(a.box) != r) continue;
        for (const auto& b : out_.nets[size_t(second)].ports)
          if (rank(b.box) != r && std::abs(a.across - b.across) < 5.0) return true;
      }
      return false;
    };
    std::vector<int> open = nets;
    std::stable_sort(open.begin(), open.end(), [&](int a, int b) {
      return out_.nets[size_t(a)].begin < out_.nets[size_t(b)].begin;
    });
    int current = 0;
    while (!open.empty()) {
      std::vector<int> taken;
      double edge = -1e300;
      for (int n : open) {
        if (out_.nets[size_t(n)].begin < edge + 8.0) continue;
        const bool blocked =
            std::any_of(open.begin(), open.end(), [&](int o) { return o != n && conflicts(o, n); });
        if (blocked) continue;
        taken.push_back(n);
        edge = out_.nets[size_t(n)].end;
      }
      if (taken.empty()) taken.push_back(open.front());  // the conditions go round in a circle
      for (int n : taken) {
        track[size_t(n)] = current;
        open.erase(std::find(open.begin(), open.end(), n));
      }
      ++current;
    }
    return current;
  }

  const LayoutGraph& g_;
  const LayoutOptions& o_;
  std::vector<std::vector<Member>> members_;  // per net
  std::vector<std::vector<int>> ranks_;
  std::vector<int> channel_;  // per net: the rank in front of it
  LayeredLayout out_;
};

}  // namespace

LayeredLayout layered_layout(const LayoutGraph& g, const LayoutOptions& o) {
  return Builder(g, o).run();
}

}  // namespace steppe::gui
