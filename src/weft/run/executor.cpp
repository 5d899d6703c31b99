#include "weft/run/executor.h"

#include <fmt/format.h>

#include <chrono>
#include <cmath>
#include <functional>
#include <set>

#include "weft/base/check.h"
#include "weft/tensor/with_dtype.h"

namespace weft {

namespace {

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

std::string_view kind_name(InstructionKind kind) {
  switch (kind) {
    case InstructionKind::compute:
      return "compute";
    case InstructionKind::comm_start:
      return "start";
    case InstructionKind::comm_wait:
      return "wait";
  }
  return "?";
}

template <class T>
bool all_finite(const View& view) {
  const T* data = view.as<T>();
  for (int64_t i = 0; i < view.elems(); ++i) {
    if (!std::isfinite(static_cast<double>(static_cast<float>(data[i])))) return false;
  }
  return true;
}

bool finite_on_host(const View& view) {
  bool finite = true;
  if (!is_floating(view.type.dtype)) return finite;
  with_floating(view.type.dtype, [&](auto element) { finite = all_finite<decltype(element)>(view); });
  return finite;
}

bool finite(const View& view, const DeviceMemoryPtr& memory) {
  if (!memory) return finite_on_host(view);
  const HostBuffer copy(view.type);
  memory->download(copy.view().data, view.data, view.bytes());
  return finite_on_host(copy.view());
}

/// A wrong order would end in a deadlock, long after its cause.
void check_same_order(const Program& program, const Communicator& world) {
  if (world.size() == 1) return;
  const std::string own = communication_order(program);
  const std::vector<std::string> all = world.all_gather_text(std::to_string(std::hash<std::string>{}(own)));
  for (int rank = 1; rank < world.size(); ++rank) {
    WEFT_CHECK(all[static_cast<size_t>(rank)] == all[0], "ranks 0 and {} communicate in different orders",
               rank);
  }
}

}  // namespace

Executor::Executor(Program program, StateStore& store, const Communicator& world)
    : program_(std::move(program)),
      states_([&] {
        if (!program_.memory) check_available(store.missing_bytes(program_) + program_.arena_bytes);
        return store.attach(program_);
      }()),
      arena_(program_.arena_bytes, program_.memory),
      comm_(program_, world) {
  check_same_order(program_, world);
  for (const SegmentProgram& code : program_.segments) bound_.push_back(bind(code));
  if (program_.memory) mirror();
  find_readers();
}

void Executor::mirror() {
  host_.emplace(program_.memory);
  for (const auto& [name, named] : program_.named) {
    if (named.kind == ValueKind::input) host_->add_input(name, at(named.slot));
  }
  for (size_t s = 0; s < bound_.size(); ++s) {
    for (const auto& [name, view] : bound_[s].results) {
      host_->add_output({static_cast<int32_t>(s)}, name, view);
    }
  }
}

Executor::Bound Executor::bind(const SegmentProgram& code) const {
  Bound bound;
  bound.ledger.resize(code.instructions.size());
  for (const Instruction& instruction : code.instructions) {
    std::vector<View> inputs;
    std::vector<View> outputs;
    for (const Slot& slot : instruction.inputs) inputs.push_back(at(slot));
    for (const Slot& slot : instruction.outputs) outputs.push_back(at(slot));
    bound.inputs.push_back(std::move(inputs));
    bound.outputs.push_back(std::move(outputs));
  }
  for (const auto& [name, slot] : code.outputs) bound.results.emplace(name, at(slot));
  return bound;
}

void Executor::find_readers() {
  for (const auto& [name, named] : program_.named) {
    if (named.kind != ValueKind::input) continue;
    const std::byte* begin = at(named.slot).data;
    const std::byte* end = begin + named.slot.type.bytes();
    std::vector<std::pair<View*, int64_t>>& readers = readers_[name];
    const auto add = [&](View& view) {
      if (view.data >= begin && view.data < end) readers.emplace_back(&view, view.data - begin);
    };
    for (Bound& bound : bound_) {
      for (auto& [result, view] : bound.results) add(view);
      for (auto* side : {&bound.inputs, &bound.outputs}) {  // a view's output is the input's memory too
        for (std::vector<View>& views : *side) {
          for (View& view : views) add(view);
        }
      }
    }
  }
}

void Executor::read_input_from(const std::string& name, const std::byte* memory) {
  const auto readers = readers_.find(name);
  WEFT_CHECK(readers != readers_.end(), "the program has no input named {}", name);
  if (host_) return host_->read_input_from(name, memory);
  std::byte* base = memory != nullptr ? const_cast<std::byte*>(memory) : view(name).data;
  for (const auto& [view, offset] : readers->second) view->data = base + offset;
}

void Executor::run(SegmentId segment) {
  const SegmentProgram& code = program_.segment(segment);
  Bound& bound = bound_[segment.at()];
  if (host_) host_->upload();
  for (size_t i = 0; i < code.instructions.size(); ++i) execute(code, bound, i);
  if (host_) host_->download(segment);
  now_ = nullptr;
}

void Executor::refresh() {
  for (const SegmentId id : program_.order) {
    if (program_.segment(id).refreshes) run(id);
  }
}

void Executor::execute(const SegmentProgram& code, Bound& bound, size_t index) {
  const Instruction& instruction = code.instructions[index];
  now_ = &instruction;
  started_.fetch_add(1, std::memory_order_relaxed);
  const int64_t start = now_ns();
  const int64_t trace_start = trace_ != nullptr ? trace_->now() : 0;
  std::byte* scratch = arena_.data() + instruction.scratch_offset;
  const std::vector<View>& inputs = bound.inputs[index];
  const std::vector<View>& outputs = bound.outputs[index];
  switch (instruction.kind) {
    case InstructionKind::compute:
      if (!instruction.kernel.run) return;  // a view
      instruction.kernel.run({inputs, outputs, scratch});
      comm_.progress();
      break;
    case InstructionKind::comm_start:
      comm_.start(instruction, instruction.comm, inputs, outputs, scratch);
      break;
    case InstructionKind::comm_wait: {
      const auto begun = static_cast<size_t>(instruction.wait_of);
      comm_.wait(instruction, instruction.comm, inputs, outputs,
                 arena_.data() + code.instructions[begun].scratch_offset);
      break;
    }
  }
  LedgerEntry& entry = bound.ledger[index];
  const int64_t spent = now_ns() - start;
  ++entry.calls;
  entry.nanoseconds += spent;
  if (trace_ != nullptr) {
    trace_->add({&instruction.label, instruction.op->name(), code.segment.name, kind_name(instruction.kind),
                 trace_start, spent});
  }
}

View Executor::view(const std::string& name) const {
  const auto found = program_.named.find(name);
  WEFT_CHECK(found != program_.named.end(), "the program has no input or state named {}", name);
  if (host_ && found->second.kind == ValueKind::input) return host_->input(name);
  WEFT_CHECK(!host_, "the state {} lies in memory of the device {}", name, program_.memory->name());
  return at(found->second.slot);
}

View Executor::output(SegmentId segment, std::string_view name) const {
  const auto& results = bound_[segment.at()].results;
  const auto found = results.find(name);
  WEFT_CHECK(found != results.end(), "the segment {} has no output named {}",
             program_.segment(segment).segment.name, name);
  return host_ ? host_->output(segment, name) : found->second;
}

double Executor::scalar(SegmentId segment, std::string_view name) const {
  const View value = output(segment, name);
  WEFT_CHECK(value.elems() == 1, "{} is no scalar", name);
  if (value.type.dtype == DType::f64) return *value.as<double>();
  if (value.type.dtype == DType::i64) return static_cast<double>(*value.as<int64_t>());
  WEFT_CHECK(value.type.dtype == DType::f32, "{} is {}", name, name_of(value.type.dtype));
  return static_cast<double>(*value.as<float>());
}

int64_t Executor::resident_bytes() const {
  std::set<const Arena*> arenas{&arena_};
  for (const std::shared_ptr<Arena>& memory : states_.memory) arenas.insert(memory.get());
  int64_t bytes = 0;
  for (const Arena* arena : arenas) bytes += arena->resident();
  return bytes;
}

std::optional<NonFinite> Executor::find_non_finite(SegmentId segment) {
  const SegmentProgram& code = program_.segment(segment);
  Bound& bound = bound_[segment.at()];
  std::optional<NonFinite> found;
  // All instructions run even after the first find: other ranks wait for our communication.
  for (size_t i = 0; i < code.instructions.size(); ++i) {
    execute(code, bound, i);
    if (found || code.instructions[i].kind == InstructionKind::comm_start) continue;
    for (size_t o = 0; o < bound.outputs[i].size() && !found; ++o) {
      if (finite(bound.outputs[i][o], program_.memory)) continue;
      found = NonFinite{std::string(code.instructions[i].op->name()), code.instructions[i].label,
                        static_cast<int>(o)};
    }
  }
  now_ = nullptr;
  return found;
}

std::string Executor::running() const {
  const Instruction* now = now_;
  if (now == nullptr) return {};
  // What is sent is often an op's result, and carries that op's label.
  const char* const waiting = now->kind == InstructionKind::comm_wait ? "waiting for " : "";
  return fmt::format("{}{} ({})", waiting, now->op->name(), now->label);
}

}  // namespace weft
