#include "weft/comm/communicator.h"

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstring>
#include <exception>
#include <numeric>
#include <utility>

#include "weft/base/check.h"
#include "weft/comm/group.h"

namespace weft {
namespace {

std::byte* at(void* data, int64_t bytes) { return static_cast<std::byte*>(data) + bytes; }
const std::byte* at(const void* data, int64_t bytes) { return static_cast<const std::byte*>(data) + bytes; }

void copy_bytes(std::byte* to, const void* from, int64_t bytes) {
  if (bytes > 0 && to != from) std::memcpy(to, from, static_cast<size_t>(bytes));
}

/// Calls body(offset, count) on consecutive pieces of at most `limit` of `count`.
template <class Body>
void for_pieces(int64_t count, int64_t limit, Body body) {
  for (int64_t done = 0; done < count; done += limit) {
    body(done, static_cast<int>(std::min(limit, count - done)));
  }
}

int64_t checked_total(std::span<const int64_t> counts, int size, const char* what) {
  WEFT_CHECK(std::ssize(counts) == size, "{} got {} counts for {} ranks", what, counts.size(), size);
  for (const int64_t count : counts) WEFT_CHECK(count >= 0, "{} got the count {}", what, count);
  return std::reduce(counts.begin(), counts.end(), int64_t{0});
}

void check_messages(std::span<const Message> messages, int size) {
  for (const Message& message : messages) {
    WEFT_CHECK(message.peer >= 0 && message.peer < size, "a message names rank {} of {}", message.peer, size);
    WEFT_CHECK(message.bytes >= 0, "a message has {} bytes", message.bytes);
  }
}

/// Copies what a rank sends to itself.
void copy_to_self(std::span<const Message> sends, std::span<const Message> receives, int self) {
  auto receive = receives.begin();
  for (const Message& send : sends) {
    if (send.peer != self || send.bytes == 0) continue;
    while (receive != receives.end() && (receive->peer != self || receive->bytes == 0)) ++receive;
    WEFT_CHECK(receive != receives.end(), "rank {} sends itself {} bytes that it does not receive", self,
               send.bytes);
    WEFT_CHECK(receive->bytes == send.bytes, "rank {} sends itself {} bytes where it expects {}", self,
               send.bytes, receive->bytes);
    copy_bytes(receive->data, send.data, send.bytes);
    ++receive;
  }
  for (; receive != receives.end(); ++receive) {
    WEFT_CHECK(receive->peer != self || receive->bytes == 0,
               "rank {} expects {} bytes from itself that it does not send", self, receive->bytes);
  }
}

}  // namespace

CommRequest::CommRequest() = default;
CommRequest::CommRequest(std::unique_ptr<State> state) {
  if (state->requests.empty()) {
    State::give_back(std::move(state));
  } else {
    state_ = std::move(state);
  }
}
CommRequest::CommRequest(CommRequest&&) noexcept = default;

CommRequest& CommRequest::operator=(CommRequest&& other) noexcept {
  if (this != &other) {
    finish();
    state_ = std::move(other.state_);
  }
  return *this;
}

CommRequest::~CommRequest() { finish(); }

void CommRequest::finish() noexcept {
  if (!state_) return;
  const bool unwinding = std::uncaught_exceptions() > 0;
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(1);
  try {
    if (!unwinding) return wait();
    while (!test() && std::chrono::steady_clock::now() < deadline) {
    }
  } catch (const std::exception& error) {
    // The exception under way, if any, came first and is the one to report.
    if (unwinding) return;
    std::fprintf(stderr, "weft: %s\n", error.what());
    Communicator::abort_job(1);
  }
}

bool CommRequest::test() {
  if (state_ && state_->test()) State::give_back(std::move(state_));
  return state_ == nullptr;
}

void CommRequest::wait() {
  if (!state_) return;
  // Moved out first: a failed operation is over too, and must not be waited for again.
  std::unique_ptr<State> state = std::move(state_);
  state->wait();
  State::give_back(std::move(state));
}

Communicator::Communicator(std::shared_ptr<const Group> group) : group_(std::move(group)) {}

Communicator Communicator::world() {
  if (mpi_is_running()) return Communicator(std::make_shared<Group>(MPI_COMM_WORLD, false));
  WEFT_CHECK(launched_processes() == 1,
             "Communicator::world() without a CommSession in a job of several ranks");
  return Communicator(std::make_shared<Group>());
}

int Communicator::rank() const { return group_->rank; }
int Communicator::size() const { return group_->size; }

Communicator Communicator::split(int color, int key) const {
  WEFT_CHECK(color >= 0, "split got the color {}", color);
  if (group_->comm == MPI_COMM_NULL) return *this;
  MPI_Comm part = MPI_COMM_NULL;
  check_mpi(MPI_Comm_split(group_->comm, color, key, &part), "MPI_Comm_split");
  Communicator group(std::make_shared<Group>(part, true));
  group.piece_limit_ = piece_limit_;
  return group;
}

Communicator Communicator::with_piece_limit(int64_t elems) const {
  WEFT_CHECK(elems > 0 && elems <= piece_limit_, "the piece limit {} is not in [1, {}]", elems, piece_limit_);
  Communicator twin = *this;
  twin.piece_limit_ = elems;
  return twin;
}

CommRequest Communicator::all_reduce(void* data, int64_t count, Element element, Reduce reduce) const {
  WEFT_CHECK(count >= 0, "all_reduce got the count {}", count);
  if (size() == 1) return {};
  const int64_t item = bytes_of(element);
  auto state = CommRequest::State::take(group_);
  for_pieces(count, piece_limit_, [&](int64_t offset, int length) {
    check_mpi(MPI_Iallreduce(MPI_IN_PLACE, at(data, offset * item), length, mpi_type(element),
                             group_->op(element, reduce), group_->comm, state->add()),
              "MPI_Iallreduce");
    group_->count_handed(length, mpi_type(element));
  });
  return CommRequest(std::move(state));
}

CommRequest Communicator::reduce_scatter(const void* send, void* receive, std::span<const int64_t> counts,
                                         Element element, Reduce reduce) const {
  const int64_t total = checked_total(counts, size(), "reduce_scatter");
  const int64_t item = bytes_of(element);
  if (total == 0) return {};
  if (size() == 1) {
    copy_bytes(at(receive, 0), send, total * item);
    return {};
  }
  auto state = CommRequest::State::take(group_);
  const MPI_Op op = group_->op(element, reduce);
  if (total <= piece_limit_) {
    state->parts.assign(counts.begin(), counts.end());
    check_mpi(MPI_Ireduce_scatter(send, receive, state->parts.data(), mpi_type(element), op, group_->comm,
                                  state->add()),
              "MPI_Ireduce_scatter");
    for (const int part : state->parts) group_->count_handed(part, mpi_type(element));
  } else {
    // Too much for MPI's int counts: one reduction, in pieces, to each rank.
    int64_t part = 0;
    for (int root = 0; root < size(); ++root) {
      for_pieces(counts[root], piece_limit_, [&](int64_t offset, int length) {
        check_mpi(MPI_Ireduce(at(send, (part + offset) * item),
                              rank() == root ? at(receive, offset * item) : nullptr, length,
                              mpi_type(element), op, root, group_->comm, state->add()),
                  "MPI_Ireduce");
        group_->count_handed(length, mpi_type(element));
      });
      part += counts[root];
    }
  }
  return CommRequest(std::move(state));
}

CommRequest Communicator::all_gather(const void* send, void* receive, std::span<const int64_t> counts,
                                     Element element) const {
  const int64_t total = checked_total(counts, size(), "all_gather");
  const int64_t item = bytes_of(element);
  if (total == 0) return {};
  const int64_t own = counts[rank()];
  const int64_t own_offset = std::reduce(counts.begin(), counts.begin() + rank(), int64_t{0});
  copy_bytes(at(receive, own_offset * item), send, own * item);
  if (size() == 1) return {};
  auto state = CommRequest::State::take(group_);
  if (total <= piece_limit_) {
    state->parts.assign(counts.begin(), counts.end());
    state->offsets.resize(counts.size());
    std::exclusive_scan(state->parts.begin(), state->parts.end(), state->offsets.begin(), 0);
    check_mpi(MPI_Iallgatherv(MPI_IN_PLACE, 0, mpi_type(element), receive, state->parts.data(),
                              state->offsets.data(), mpi_type(element), group_->comm, state->add()),
              "MPI_Iallgatherv");
    group_->count_handed(state->parts[rank()], mpi_type(element));
  } else {
    // Too much for MPI's int counts: one broadcast, in pieces, from each rank.
    int64_t part = 0;
    for (int root = 0; root < size(); ++root) {
      for_pieces(counts[root], piece_limit_, [&](int64_t offset, int length) {
        check_mpi(MPI_Ibcast(at(receive, (part + offset) * item), length, mpi_type(element), root,
                             group_->comm, state->add()),
                  "MPI_Ibcast");
        if (root == rank()) group_->count_handed(length, mpi_type(element));
      });
      part += counts[root];
    }
  }
  return CommRequest(std::move(state));
}

CommRequest Communicator::exchange(std::span<const Message> sends, std::span<const Message> receives,
                                   int tag) const {
  check_messages(sends, size());
  check_messages(receives, size());
  copy_to_self(sends, receives, rank());
  if (size() == 1) return {};
  auto state = CommRequest::State::take(group_);
  // Receives first: a message that finds its receive waiting is written in place.
  for (const Message& message : receives) {
    if (message.peer == rank()) continue;
    for_pieces(message.bytes, piece_limit_, [&](int64_t offset, int length) {
      check_mpi(MPI_Irecv(message.data + offset, length, MPI_BYTE, message.peer, tag, group_->comm,
                          state->add(length)),
                "MPI_Irecv");
    });
  }
  for (const Message& message : sends) {
    if (message.peer == rank()) continue;
    for_pieces(message.bytes, piece_limit_, [&](int64_t offset, int length) {
      check_mpi(
          MPI_Isend(message.data + offset, length, MPI_BYTE, message.peer, tag, group_->comm, state->add()),
          "MPI_Isend");
      group_->count_handed(length, MPI_BYTE);
    });
  }
  return CommRequest(std::move(state));
}

void Communicator::reserve_requests(int count) const {
  std::vector<std::unique_ptr<CommRequest::State>> states;
  for (int i = 0; i < count; ++i) states.push_back(CommRequest::State::take(group_));
  for (std::unique_ptr<CommRequest::State>& state : states) CommRequest::State::give_back(std::move(state));
}

void Communicator::broadcast(void* data, int64_t bytes, int root) const {
  WEFT_CHECK(root >= 0 && root < size(), "broadcast names rank {} of {}", root, size());
  WEFT_CHECK(bytes >= 0, "broadcast got {} bytes", bytes);
  if (size() == 1) return;
  for_pieces(bytes, piece_limit_, [&](int64_t offset, int length) {
    check_mpi(MPI_Bcast(at(data, offset), length, MPI_BYTE, root, group_->comm), "MPI_Bcast");
    if (root == rank()) group_->count_handed(length, MPI_BYTE);
  });
}

void Communicator::barrier() const {
  if (size() > 1) check_mpi(MPI_Barrier(group_->comm), "MPI_Barrier");
}

std::vector<std::string> Communicator::all_gather_text(const std::string& text) const {
  const auto own = std::ssize(text);
  const std::vector<int64_t> ones(size(), 1);
  std::vector<int64_t> lengths(size());
  all_gather(&own, lengths.data(), ones, Element::i64).wait();
  std::string all(static_cast<size_t>(std::reduce(lengths.begin(), lengths.end())), '\0');
  all_gather(text.data(), all.data(), lengths, Element::u8).wait();
  std::vector<std::string> texts;
  size_t offset = 0;
  for (const int64_t length : lengths) {
    texts.push_back(all.substr(offset, static_cast<size_t>(length)));
    offset += static_cast<size_t>(length);
  }
  return texts;
}

int64_t Communicator::bytes_handed() const { return group_->handed_bytes; }

}  // namespace weft
