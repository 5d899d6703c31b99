#pragma once
// Starts and finishes the communication instructions of a Program.
#include <map>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "weft/comm/communicator.h"
#include "weft/plan/program.h"
#include "weft/tensor/box_copy.h"

namespace weft {

/// Everything that a communication needs is worked out when the runner is made: starting and finishing one
/// allocates nothing.
class CommRunner {
 public:
  /// Collective: makes one communicator for each group of mesh axes that the program uses.
  CommRunner(const Program& program, const Communicator& world);
  /// `staging` has the bytes that the plan gave the instruction.
  void start(const Instruction& instruction, int id, std::span<const View> inputs,
             std::span<const View> outputs, std::byte* staging);
  void wait(const Instruction& instruction, int id, std::span<const View> inputs,
            std::span<const View> outputs, std::byte* staging);
  /// Bytes handed to MPI since the start, by the mesh axes of the group (Communicator::bytes_handed()).
  std::map<std::vector<int>, int64_t> bytes_handed() const;
  /// Lets the transport make progress between instructions.
  void progress();

 private:
  /// A copy to or from a place in the staging memory.
  struct Piece {
    BoxCopy copy;
    int64_t offset = 0;
  };
  struct Part {
    int peer = 0;
    int64_t offset = 0;
    int64_t bytes = 0;
  };
  /// One communication, ready to be run.
  struct Prepared {
    const Communicator* group = nullptr;
    Element element = Element::f32;
    std::vector<int64_t> counts;  ///< reduce_scatter, all_gather: elements of each rank
    std::vector<Piece> pack;      ///< from the input to staging
    std::vector<Piece> unpack;    ///< from staging to the output
    std::optional<BoxCopy> own;   ///< exchange: from the input to the output
    std::vector<Part> sends;
    std::vector<Part> receives;
  };
  Prepared prepare(const CommSpec& spec, DType dtype) const;
  static CommRequest start_all_reduce(const Prepared& prepared, Combine combine, std::span<const View> inputs,
                                      std::span<const View> outputs, std::byte* staging);
  void start_exchange(const Prepared& prepared, int id, std::byte* staging);

  std::map<std::vector<int>, Communicator> groups_;
  std::unordered_map<const CommSpec*, Prepared> prepared_;
  std::vector<CommRequest> requests_;  ///< by number of the communication in its segment
  std::vector<int> open_;
  std::vector<Message> sends_;  ///< filled and emptied by every exchange
  std::vector<Message> receives_;
};

}  // namespace weft
