#include "weft/comm/group.h"

#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "weft/base/check.h"

namespace weft {
namespace {

// The same rounding as BFloat16 of tensor/, which this folder must not know.
float float_of(uint16_t bits) { return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16); }

uint16_t bf16_of(float value) {
  const auto word = std::bit_cast<uint32_t>(value);
  if ((word & 0x7fffffffu) > 0x7f800000u) return static_cast<uint16_t>((word >> 16) | 0x40u);
  return static_cast<uint16_t>((word + 0x7fffu + ((word >> 16) & 1u)) >> 16);
}

}  // namespace

void check_mpi(int status, const char* call) {
  if (status == MPI_SUCCESS) return;
  std::array<char, MPI_MAX_ERROR_STRING> text{};
  int length = 0;
  MPI_Error_string(status, text.data(), &length);
  WEFT_CHECK(false, "{} failed: {}", call, std::string(text.data(), static_cast<size_t>(length)));
}

MPI_Datatype mpi_type(Element element) {
  switch (element) {
    case Element::f64:
      return MPI_DOUBLE;
    case Element::f32:
      return MPI_FLOAT;
    case Element::bf16:
      return MPI_UINT16_T;
    case Element::i64:
      return MPI_INT64_T;
    case Element::i32:
      return MPI_INT32_T;
    case Element::u8:
      return MPI_UINT8_T;
  }
  WEFT_CHECK(false, "element type {} is unknown", static_cast<int>(element));
  return MPI_DATATYPE_NULL;
}

int64_t bytes_of(Element element) {
  switch (element) {
    case Element::f64:
    case Element::i64:
      return 8;
    case Element::f32:
    case Element::i32:
      return 4;
    case Element::bf16:
      return 2;
    case Element::u8:
      return 1;
  }
  WEFT_CHECK(false, "element type {} is unknown", static_cast<int>(element));
  return 0;
}

void add_bf16(void* in, void* inout, int* count, MPI_Datatype* /*type*/) {
  const auto* from = static_cast<const uint16_t*>(in);
  auto* to = static_cast<uint16_t*>(inout);
  for (int64_t i = 0; i < *count; ++i) to[i] = bf16_of(float_of(from[i]) + float_of(to[i]));
}

/// The greatest, or the least, of two; NaN where either is, which MPI's own operations may lose.
template <class T, class Read, bool kGreatest>
void furthest(void* in, void* inout, int* count, MPI_Datatype* /*type*/) {
  const auto* from = static_cast<const T*>(in);
  auto* to = static_cast<T*>(inout);
  for (int64_t i = 0; i < *count; ++i) {
    const auto a = Read()(from[i]);
    const auto b = Read()(to[i]);
    if ((kGreatest ? a > b : a < b) || a != a) to[i] = from[i];
  }
}

struct AsItIs {
  template <class T>
  T operator()(T value) const {
    return value;
  }
};
struct FromBf16 {
  float operator()(uint16_t value) const { return float_of(value); }
};

template <class T, class Read>
void create_extremes(Communicator::Group::Extremes& ops) {
  constexpr int kCommutes = 1;
  check_mpi(MPI_Op_create(furthest<T, Read, true>, kCommutes, &ops.max), "MPI_Op_create");
  check_mpi(MPI_Op_create(furthest<T, Read, false>, kCommutes, &ops.min), "MPI_Op_create");
}

Communicator::Group::Group(MPI_Comm mpi_comm, bool owns) : comm(mpi_comm), owns_comm(owns) {
  check_mpi(MPI_Comm_set_errhandler(comm, MPI_ERRORS_RETURN), "MPI_Comm_set_errhandler");
  check_mpi(MPI_Comm_rank(comm, &rank), "MPI_Comm_rank");
  check_mpi(MPI_Comm_size(comm, &size), "MPI_Comm_size");
  constexpr int kCommutes = 1;
  check_mpi(MPI_Op_create(add_bf16, kCommutes, &bf16_sum), "MPI_Op_create");
  create_extremes<uint16_t, FromBf16>(of_bf16);
  create_extremes<float, AsItIs>(of_f32);
  create_extremes<double, AsItIs>(of_f64);
}

Communicator::Group::~Group() {
  // A handle may outlive the session: MPI_Finalize has freed everything by then.
  if (comm == MPI_COMM_NULL || !mpi_is_running()) return;
  MPI_Op_free(&bf16_sum);
  for (Extremes* ops : {&of_bf16, &of_f32, &of_f64}) {
    MPI_Op_free(&ops->max);
    MPI_Op_free(&ops->min);
  }
  if (owns_comm) MPI_Comm_free(&comm);
}

MPI_Op Communicator::Group::op(Element element, Reduce reduce) const {
  if (reduce == Reduce::sum) return element == Element::bf16 ? bf16_sum : MPI_SUM;
  const bool greatest = reduce == Reduce::max;
  switch (element) {
    case Element::bf16:
      return greatest ? of_bf16.max : of_bf16.min;
    case Element::f32:
      return greatest ? of_f32.max : of_f32.min;
    case Element::f64:
      return greatest ? of_f64.max : of_f64.min;
    case Element::i64:
    case Element::i32:
    case Element::u8:
      return greatest ? MPI_MAX : MPI_MIN;
  }
  WEFT_CHECK(false, "element type {} is unknown", static_cast<int>(element));
  return MPI_OP_NULL;
}

void Communicator::Group::count_handed(int length, MPI_Datatype type) const {
  int item = 0;
  check_mpi(MPI_Type_size(type, &item), "MPI_Type_size");
  handed_bytes += int64_t{length} * item;
}

std::unique_ptr<CommRequest::State> CommRequest::State::take(
    const std::shared_ptr<const Communicator::Group>& its_group) {
  std::vector<std::unique_ptr<State>>& idle = its_group->idle;
  std::unique_ptr<State> state;
  if (idle.empty()) {
    state = std::make_unique<State>();
    idle.reserve(idle.capacity() + 1);  // room to give it back
    // Whatever it serves first, and later: one message to and from each rank, or one count for each.
    const auto ranks = static_cast<size_t>(its_group->size);
    state->requests.reserve(2 * ranks);
    state->expected_bytes.reserve(2 * ranks);
    state->statuses.reserve(2 * ranks);
    state->parts.reserve(ranks);
    state->offsets.reserve(ranks);
  } else {
    state = std::move(idle.back());
    idle.pop_back();
  }
  state->group = its_group;
  return state;
}

void CommRequest::State::give_back(std::unique_ptr<State> state) {
  const std::shared_ptr<const Communicator::Group> its_group = std::move(state->group);
  state->requests.clear();
  state->expected_bytes.clear();
  its_group->idle.push_back(std::move(state));
}

MPI_Request* CommRequest::State::add(int64_t receive_bytes) {
  expected_bytes.push_back(receive_bytes);
  return &requests.emplace_back(MPI_REQUEST_NULL);
}

bool CommRequest::State::test() {
  statuses.resize(requests.size());
  int done = 0;
  const int status = MPI_Testall(static_cast<int>(requests.size()), requests.data(), &done, statuses.data());
  if (done != 0 || status != MPI_SUCCESS) check_statuses(status, "MPI_Testall");
  return done != 0;
}

void CommRequest::State::wait() {
  statuses.resize(requests.size());
  check_statuses(MPI_Waitall(static_cast<int>(requests.size()), requests.data(), statuses.data()),
                 "MPI_Waitall");
}

void CommRequest::State::check_statuses(int status, const char* call) const {
  if (status == MPI_ERR_IN_STATUS) {
    for (const MPI_Status& one : statuses) {
      if (one.MPI_ERROR != MPI_ERR_PENDING) check_mpi(one.MPI_ERROR, call);
    }
  }
  check_mpi(status, call);
  for (size_t i = 0; i < requests.size(); ++i) {
    if (expected_bytes[i] < 0) continue;
    int got = 0;
    check_mpi(MPI_Get_count(&statuses[i], MPI_BYTE, &got), "MPI_Get_count");
    WEFT_CHECK(got == expected_bytes[i], "a message from rank {} has {} bytes where {} were expected",
               statuses[i].MPI_SOURCE, got, expected_bytes[i]);
  }
}

}  // namespace weft
