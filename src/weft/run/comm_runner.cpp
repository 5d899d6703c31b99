#include "weft/run/comm_runner.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "weft/base/check.h"
#include "weft/plan/arena_layout.h"

namespace weft {

namespace {

Element element_of(DType dtype) {
  switch (dtype) {
    case DType::f64:
      return Element::f64;
    case DType::f32:
      return Element::f32;
    case DType::bf16:
      return Element::bf16;
    case DType::i64:
      return Element::i64;
    case DType::i32:
      return Element::i32;
    case DType::u8:
      return Element::u8;
  }
  return Element::u8;
}

Reduce reduce_of(Combine combine) { return combine == Combine::sum ? Reduce::sum : Reduce::max; }

View part_view(std::byte* data, DType dtype, const Region& region) { return {data, {dtype, region.shape()}}; }

}  // namespace

CommRunner::CommRunner(const Program& program, const Communicator& world) {
  std::set<std::vector<int>> wanted;
  size_t most = 0;
  size_t messages = 0;
  for (const auto& [phase, code] : program.phases) {
    most = std::max(most, code.instructions.size());
    for (const Instruction& instruction : code.instructions) {
      const CommSpec* spec = instruction.op->communication();
      if (spec == nullptr) continue;
      wanted.insert(spec->mesh_axes);
      messages = std::max({messages, spec->sends.size(), spec->receives.size(), spec->parts.size()});
    }
  }
  for (const std::vector<int>& axes : wanted) {
    const std::vector<int> group = program.mesh.group(program.rank, axes);
    groups_.emplace(axes, world.split(group.front(), program.rank));
  }
  requests_.resize(most);
  open_.reserve(most);
  sends_.reserve(messages);
  receives_.reserve(messages);
  counts_.reserve(messages);
}

void CommRunner::start(const Instruction& instruction, int id, const View& input, const View& output,
                       std::byte* staging) {
  const CommSpec& spec = *instruction.op->communication();
  const Communicator& group = groups_.at(spec.mesh_axes);
  const Element element = element_of(input.type.dtype);
  CommRequest& request = requests_[static_cast<size_t>(id)];
  counts_.clear();
  for (const Region& part : spec.parts) counts_.push_back(part.elems());
  switch (spec.kind) {
    case CommKind::all_reduce:
      if (output.data != input.data) std::memcpy(output.data, input.data, static_cast<size_t>(input.bytes()));
      request = group.all_reduce(output.data, output.elems(), element, reduce_of(spec.combine));
      break;
    case CommKind::reduce_scatter: {
      std::byte* at = staging;
      for (const Region& part : spec.parts) {
        const View view = part_view(at, input.type.dtype, part);
        copy_region(input, spec.source, view, part, part);
        at += view.bytes();
      }
      request = group.reduce_scatter(staging, output.data, counts_, element, reduce_of(spec.combine));
      break;
    }
    case CommKind::all_gather:
      request = group.all_gather(input.data, staging, counts_, element);
      break;
    case CommKind::exchange:
      start_exchange(spec, id, input, staging);
      break;
  }
  open_.push_back(id);
}

void CommRunner::start_exchange(const CommSpec& spec, int id, const View& input, std::byte* staging) {
  sends_.clear();
  receives_.clear();
  std::byte* at = staging;
  for (const Transfer& send : spec.sends) {
    const View view = part_view(at, input.type.dtype, send.region);
    copy_region(input, spec.source, view, send.region, send.region);
    sends_.push_back({send.peer, at, view.bytes()});
    at += aligned(view.bytes());
  }
  for (const Transfer& receive : spec.receives) {
    const int64_t bytes = receive.region.elems() * bytes_of(input.type.dtype);
    receives_.push_back({receive.peer, at, bytes});
    at += aligned(bytes);
  }
  requests_[static_cast<size_t>(id)] = groups_.at(spec.mesh_axes).exchange(sends_, receives_, id);
}

void CommRunner::finish_exchange(const CommSpec& spec, const View& input, const View& output,
                                 std::byte* staging) const {
  copy_region(input, spec.source, output, spec.target, intersect(spec.source, spec.target));
  std::byte* at = staging;
  for (const Transfer& send : spec.sends) at += aligned(send.region.elems() * bytes_of(input.type.dtype));
  for (const Transfer& receive : spec.receives) {
    const View view = part_view(at, input.type.dtype, receive.region);
    copy_region(view, receive.region, output, spec.target, receive.region);
    at += aligned(view.bytes());
  }
}

void CommRunner::wait(const Instruction& instruction, int id, const View& input, const View& output,
                      std::byte* staging) {
  const CommSpec& spec = *instruction.op->communication();
  requests_[static_cast<size_t>(id)].wait();
  std::erase(open_, id);
  if (spec.kind == CommKind::all_gather) {
    std::byte* at = staging;
    for (const Region& part : spec.parts) {
      const View view = part_view(at, input.type.dtype, part);
      copy_region(view, part, output, spec.target, intersect(part, spec.target));
      at += view.bytes();
    }
  } else if (spec.kind == CommKind::exchange) {
    finish_exchange(spec, input, output, staging);
  }
}

void CommRunner::progress() {
  for (const int id : open_) requests_[static_cast<size_t>(id)].test();
}

}  // namespace weft
