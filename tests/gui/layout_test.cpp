#include <doctest/doctest.h>

#include <cmath>
#include <random>

#include "gui/diagram/layered_layout.h"

using namespace steppe::gui;

namespace {

void check_sound(const LayoutGraph& g, const LayeredLayout& l) {
  REQUIRE(l.boxes.size() == g.boxes.size());
  for (size_t a = 0; a < g.boxes.size(); ++a) {
    CHECK(l.boxes[a].along >= -1e-9);
    CHECK(l.boxes[a].across >= -1e-9);
    CHECK(l.boxes[a].along + g.boxes[a].along <= l.along + 1e-9);
    CHECK(l.boxes[a].across + g.boxes[a].across <= l.across + 1e-9);
    for (size_t b = 0; b < a; ++b) {
      const bool apart = l.boxes[a].along >= l.boxes[b].along + g.boxes[b].along - 1e-9 ||
                         l.boxes[b].along >= l.boxes[a].along + g.boxes[a].along - 1e-9 ||
                         l.boxes[a].across >= l.boxes[b].across + g.boxes[b].across - 1e-9 ||
                         l.boxes[b].across >= l.boxes[a].across + g.boxes[a].across - 1e-9;
      CHECK(apart);
    }
  }
  size_t ports = 0, placed = 0;
  for (const auto& b : g.boxes)
    for (int n : b.nets) ports += n >= 0;
  for (const auto& n : l.nets) {
    placed += n.ports.size();
    for (const auto& p : n.ports) {
      CHECK(p.across >= n.begin - 1e-9);
      CHECK(p.across <= n.end + 1e-9);
      // No stub runs through a box.
      for (size_t b = 0; b < g.boxes.size(); ++b) {
        const double lo = std::min(p.along, n.trunk), hi = std::max(p.along, n.trunk);
        const bool through = p.across > l.boxes[b].across + 1e-6 &&
                             p.across < l.boxes[b].across + g.boxes[b].across - 1e-6 &&
                             lo < l.boxes[b].along + g.boxes[b].along - 1e-6 &&
                             hi > l.boxes[b].along + 1e-6;
        // A stub in its own rank may pass beside the smaller box it belongs to.
        if (static_cast<int>(b) != p.box) CHECK_FALSE(through);
      }
    }
  }
  CHECK(ports == placed);
}

}  // namespace

TEST_CASE("a feeder, a bus and three loads") {
  LayoutGraph g;
  g.nets = 2;
  g.boxes = {
      {60, 120, {0}, true}, {60, 120, {0, 1}}, {60, 120, {1}}, {60, 120, {1}}, {60, 120, {1}}};
  const auto l = layered_layout(g);
  check_sound(g, l);
  CHECK(l.boxes[0].rank == 0);
  CHECK(l.boxes[1].rank == 1);
  CHECK(l.boxes[4].rank == 2);
  CHECK(l.nets[0].straight());
  CHECK(l.nets[1].end - l.nets[1].begin > 200);
  CHECK(l.crossings == 0);
}

TEST_CASE("random graphs: nothing overlaps and nothing is lost") {
  std::mt19937 rng(42);
  for (int k = 0; k < 200; ++k) {
    LayoutGraph g;
    const int boxes = 1 + static_cast<int>(rng() % 30);
    g.nets = 1 + static_cast<int>(rng() % 30);
    for (int b = 0; b < boxes; ++b) {
      LayoutBox box;
      box.along = 40;
      box.across = 60.0 + static_cast<double>(rng() % 100);
      box.root = rng() % 8 == 0;
      const unsigned n = rng() % 4;
      for (unsigned p = 0; p < n; ++p)
        box.nets.push_back(rng() % 10 ? static_cast<int>(rng() % unsigned(g.nets)) : -1);
      g.boxes.push_back(box);
    }
    check_sound(g, layered_layout(g));
  }
}

TEST_CASE("the layout of nothing is nothing") { CHECK(layered_layout({}).boxes.empty()); }
