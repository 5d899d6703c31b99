#include "weft/parallel/mesh.h"

#include <fmt/format.h>

#include <algorithm>

namespace weft {

Mesh::Mesh(std::vector<MeshAxis> axes) : axes_(std::move(axes)), strides_(axes_.size(), 1) {
  for (size_t a = axes_.size(); a-- > 0;) {
    strides_[a] = ranks_;
    ranks_ *= axes_[a].size;
  }
}

int Mesh::find(const std::string& name) const {
  for (int a = 0; a < axes(); ++a) {
    if (axis(a).name == name) return a;
  }
  return -1;
}

int Mesh::coordinate(int rank, int axis) const {
  return rank / strides_[static_cast<size_t>(axis)] % axes_[static_cast<size_t>(axis)].size;
}

std::vector<int> Mesh::group(int rank, const std::vector<int>& axes) const {
  std::vector<int> ranks{rank};
  for (const int a : axes) {
    const int stride = strides_[static_cast<size_t>(a)];
    std::vector<int> wider;
    for (const int r : ranks) {
      const int base = r - coordinate(r, a) * stride;
      for (int i = 0; i < axis(a).size; ++i) wider.push_back(base + i * stride);
    }
    ranks = std::move(wider);
  }
  std::sort(ranks.begin(), ranks.end());
  return ranks;
}

int Mesh::first_of_group(int rank, const std::vector<int>& axes) const {
  int first = rank;
  for (const int a : axes) first -= coordinate(rank, a) * strides_[static_cast<size_t>(a)];
  return first;
}

int Mesh::group_size(const std::vector<int>& axes) const {
  int size = 1;
  for (const int a : axes) size *= axis(a).size;
  return size;
}

std::string Mesh::to_string() const {
  std::string text;
  for (const MeshAxis& axis : axes_) {
    if (axis.size > 1) text += fmt::format("{}{}={}", text.empty() ? "" : " ", axis.name, axis.size);
  }
  return text.empty() ? "1 rank" : text;
}

}  // namespace weft
