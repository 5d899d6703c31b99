#include "weft/run/comm_runner.h"

#include <algorithm>
#include <cstring>
#include <set>

#include "weft/base/alignment.h"
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
    case DType::bit:  // moved as whole bytes, never reduced
      return Element::u8;
  }
  return Element::u8;
}

Reduce reduce_of(Combine combine) {
  WEFT_CHECK(combine != Combine::gather, "what is gathered was to be reduced");
  return combine == Combine::sum ? Reduce::sum : combine == Combine::max ? Reduce::max : Reduce::min;
}

}  // namespace

CommRunner::CommRunner(const Program& program, const Communicator& world) {
  std::set<std::vector<int>> wanted;
  size_t most = 0;
  for (const SegmentProgram& code : program.segments) {
    most = std::max(most, code.instructions.size());
    for (const Instruction& instruction : code.instructions) {
      const CommSpec* spec = instruction.op->communication();
      if (spec != nullptr) wanted.insert(spec->mesh_axes);
    }
  }
  for (const std::vector<int>& axes : wanted) {
    const std::vector<int> group = program.mesh.group(program.rank, axes);
    groups_.emplace(axes, world.split(group.front(), program.rank));
  }
  // How many are under way at once depends on the transport's mood; all of a segment is the most.
  for (const auto& entry : groups_) {
    const std::vector<int>& axes = entry.first;
    std::ptrdiff_t at_once = 0;
    for (const SegmentProgram& code : program.segments) {
      at_once = std::max(at_once, std::count_if(code.instructions.begin(), code.instructions.end(),
                                                [&](const Instruction& instruction) {
                                                  const CommSpec* spec = instruction.op->communication();
                                                  return spec != nullptr && spec->mesh_axes == axes;
                                                }));
    }
    entry.second.reserve_requests(static_cast<int>(at_once));
  }
  size_t messages = 0;
  for (const SegmentProgram& code : program.segments) {
    for (const Instruction& instruction : code.instructions) {
      const CommSpec* spec = instruction.op->communication();
      if (spec == nullptr || prepared_.contains(spec)) continue;
      messages = std::max({messages, spec->sends.size(), spec->receives.size()});
      prepared_.emplace(spec, prepare(*spec, instruction.inputs[0].type.dtype));
    }
  }
  requests_.resize(most);
  open_.reserve(most);
  sends_.reserve(messages);
  receives_.reserve(messages);
}

CommRunner::Prepared CommRunner::prepare(const CommSpec& spec, DType dtype) const {
  const bool reduces = spec.kind == CommKind::all_reduce || spec.kind == CommKind::reduce_scatter;
  WEFT_CHECK(dtype != DType::bit || !reduces, "bits are combined over ranks");
  Prepared made;
  made.group = &groups_.at(spec.mesh_axes);
  made.element = element_of(dtype);
  int64_t offset = 0;
  for (const Region& part : spec.parts) {
    const int64_t bytes = bytes_of(dtype, part.elems());
    made.counts.push_back(dtype == DType::bit ? bytes : part.elems());
    if (spec.kind == CommKind::reduce_scatter) {
      made.pack.push_back({BoxCopy(spec.source, part, part, dtype), offset});
    } else {
      made.unpack.push_back({BoxCopy(part, spec.target, intersect(part, spec.target), dtype), offset});
    }
    offset += bytes;
  }
  if (spec.kind != CommKind::exchange) return made;
  made.own.emplace(spec.source, spec.target, intersect(spec.source, spec.target), dtype);
  for (const Transfer& send : spec.sends) {
    const int64_t bytes = bytes_of(dtype, send.region.elems());
    made.pack.push_back({BoxCopy(spec.source, send.region, send.region, dtype), offset});
    made.sends.push_back({send.peer, offset, bytes});
    offset += aligned(bytes);
  }
  for (const Transfer& receive : spec.receives) {
    const int64_t bytes = bytes_of(dtype, receive.region.elems());
    made.unpack.push_back({BoxCopy(receive.region, spec.target, receive.region, dtype), offset});
    made.receives.push_back({receive.peer, offset, bytes});
    offset += aligned(bytes);
  }
  return made;
}

/// One operand is reduced where its result lies; several are put together in the staging memory.
CommRequest CommRunner::start_all_reduce(const Prepared& prepared, Combine combine,
                                         std::span<const View> inputs, std::span<const View> outputs,
                                         std::byte* staging) {
  std::byte* const data = inputs.size() == 1 ? outputs[0].data : staging;
  int64_t offset = 0;
  int64_t elems = 0;
  for (const View& input : inputs) {
    std::byte* const to = data + offset;
    if (to != input.data) std::memcpy(to, input.data, static_cast<size_t>(input.bytes()));
    offset += input.bytes();
    elems += input.elems();
  }
  return prepared.group->all_reduce(data, elems, prepared.element, reduce_of(combine));
}

void CommRunner::start(const Instruction& instruction, int id, std::span<const View> inputs,
                       std::span<const View> outputs, std::byte* staging) {
  const CommSpec& spec = *instruction.op->communication();
  const Prepared& prepared = prepared_.at(&spec);
  CommRequest& request = requests_[static_cast<size_t>(id)];
  for (const Piece& piece : prepared.pack) piece.copy.run(inputs[0].data, staging + piece.offset);
  switch (spec.kind) {
    case CommKind::all_reduce:
      request = start_all_reduce(prepared, spec.combine, inputs, outputs, staging);
      break;
    case CommKind::reduce_scatter:
      request = prepared.group->reduce_scatter(staging, outputs[0].data, prepared.counts, prepared.element,
                                               reduce_of(spec.combine));
      break;
    case CommKind::all_gather:
      request = prepared.group->all_gather(inputs[0].data, staging, prepared.counts, prepared.element);
      break;
    case CommKind::exchange:
      start_exchange(prepared, id, staging);
      break;
  }
  open_.push_back(id);
}

void CommRunner::start_exchange(const Prepared& prepared, int id, std::byte* staging) {
  sends_.clear();
  receives_.clear();
  for (const Part& part : prepared.sends) sends_.push_back({part.peer, staging + part.offset, part.bytes});
  for (const Part& part : prepared.receives)
    receives_.push_back({part.peer, staging + part.offset, part.bytes});
  requests_[static_cast<size_t>(id)] = prepared.group->exchange(sends_, receives_, id);
}

void CommRunner::wait(const Instruction& instruction, int id, std::span<const View> inputs,
                      std::span<const View> outputs, std::byte* staging) {
  const Prepared& prepared = prepared_.at(instruction.op->communication());
  requests_[static_cast<size_t>(id)].wait();
  std::erase(open_, id);
  if (prepared.own) prepared.own->run(inputs[0].data, outputs[0].data);
  for (const Piece& piece : prepared.unpack) piece.copy.run(staging + piece.offset, outputs[0].data);
  if (instruction.op->communication()->kind != CommKind::all_reduce || outputs.size() == 1) return;
  for (int64_t offset = 0; const View& output : outputs) {
    std::memcpy(output.data, staging + offset, static_cast<size_t>(output.bytes()));
    offset += output.bytes();
  }
}

std::map<std::vector<int>, int64_t> CommRunner::bytes_handed() const {
  std::map<std::vector<int>, int64_t> bytes;
  for (const auto& [axes, group] : groups_) bytes[axes] = group.bytes_handed();
  return bytes;
}

void CommRunner::progress() {
  for (const int id : open_) requests_[static_cast<size_t>(id)].test();
}

}  // namespace weft
