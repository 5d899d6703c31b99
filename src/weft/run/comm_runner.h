#pragma once
// Starts and finishes the communication instructions of a Program.
#include <map>
#include <vector>

#include "weft/comm/communicator.h"
#include "weft/plan/program.h"

namespace weft {

class CommRunner {
 public:
  /// Collective: makes one communicator for each group of mesh axes that the program uses.
  CommRunner(const Program& program, const Communicator& world);
  /// `staging` has the bytes that the plan gave the instruction.
  void start(const Instruction& instruction, int id, const View& input, const View& output,
             std::byte* staging);
  void wait(const Instruction& instruction, int id, const View& input, const View& output,
            std::byte* staging);
  /// Lets the transport make progress between instructions.
  void progress();

 private:
  void prepare(const Program& program);
  void start_exchange(const CommSpec& spec, int id, const View& input, std::byte* staging);
  void finish_exchange(const CommSpec& spec, const View& input, const View& output, std::byte* staging) const;

  std::map<std::vector<int>, Communicator> groups_;
  std::vector<CommRequest> requests_;  ///< by instruction id
  std::vector<int> open_;
  // Filled and emptied by every exchange; kept so that nothing is allocated in a step.
  std::vector<Message> sends_;
  std::vector<Message> receives_;
  std::vector<int64_t> counts_;
};

}  // namespace weft
