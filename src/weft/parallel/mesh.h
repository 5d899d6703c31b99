#pragma once
// The mesh: ranks arranged in a box whose axes have names ("data", "tensor", "height", …).
#include <cstdint>
#include <string>
#include <vector>

namespace weft {

struct MeshAxis {
  std::string name;
  int size = 1;
};

class Mesh {
 public:
  /// The last axis varies fastest with the rank.
  explicit Mesh(std::vector<MeshAxis> axes);
  Mesh() : Mesh(std::vector<MeshAxis>{}) {}

  int ranks() const { return ranks_; }
  int axes() const { return static_cast<int>(axes_.size()); }
  const MeshAxis& axis(int index) const { return axes_[static_cast<size_t>(index)]; }
  /// Index of the axis of this name, or -1.
  int find(const std::string& name) const;
  int coordinate(int rank, int axis) const;
  /// Ranks that share all coordinates of `rank` but those on `axes`, in order of rank.
  std::vector<int> group(int rank, const std::vector<int>& axes) const;
  /// The first of them.
  int first_of_group(int rank, const std::vector<int>& axes) const;
  /// Number of ranks in such a group.
  int group_size(const std::vector<int>& axes) const;
  /// "data=2 tensor=2"; "1 rank" for the mesh without axes.
  std::string to_string() const;

 private:
  std::vector<MeshAxis> axes_;
  std::vector<int> strides_;
  int ranks_ = 1;
};

}  // namespace weft
