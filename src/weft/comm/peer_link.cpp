#include "weft/comm/peer_link.h"

#include <array>
#include <climits>

#include "weft/base/check.h"
#include "weft/comm/group.h"

namespace weft {

namespace {

constexpr int kQuestionTag = 1;
constexpr int kFirstAnswerTag = 2;
// The standard promises tags up to 32767; ids that far apart are never under way together.
constexpr uint64_t kAnswerTags = 32000;

struct Wire {
  int64_t record;
  double patience_ms;
  int32_t tag;
  int32_t unused;
};

/// What goes before a record.
struct Head {
  uint64_t checksum = 0;
  double prepared_ms = 0;
};

/// A message made of a head and bytes that lie elsewhere, without a copy.
class TwoPieces {
 public:
  TwoPieces(Head* head, const std::byte* bytes, int count) {
    std::array<int, 2> lengths{sizeof(Head), count};
    std::array<MPI_Aint, 2> places{};
    check_mpi(MPI_Get_address(head, &places[0]), "MPI_Get_address");
    check_mpi(MPI_Get_address(bytes, &places[1]), "MPI_Get_address");
    check_mpi(MPI_Type_create_hindexed(count > 0 ? 2 : 1, lengths.data(), places.data(), MPI_BYTE, &type_),
              "MPI_Type_create_hindexed");
    check_mpi(MPI_Type_commit(&type_), "MPI_Type_commit");
  }
  // Messages under way keep the type alive.
  ~TwoPieces() { MPI_Type_free(&type_); }
  TwoPieces(const TwoPieces&) = delete;
  TwoPieces& operator=(const TwoPieces&) = delete;
  MPI_Datatype type() const { return type_; }

 private:
  MPI_Datatype type_ = MPI_DATATYPE_NULL;
};

/// What a request under way is for, and the small memory that it needs.
struct Operation {
  enum class Kind : uint8_t { question, answer, receive } kind = Kind::question;
  uint64_t id = 0;
  Head head;
  Wire wire{};
};

}  // namespace

struct PeerLink::Channel {
  MPI_Comm comm = MPI_COMM_NULL;
  int rank = 0;
  int size = 1;
  uint64_t next_id = 1;
  int64_t waiting = 0;
  int64_t bytes_sent = 0;
  std::vector<MPI_Request> requests;
  std::vector<std::unique_ptr<Operation>> operations;  ///< beside `requests`; their addresses are MPI's
  std::vector<int> done;
  std::vector<MPI_Status> statuses;
  MPI_Request leaving = MPI_REQUEST_NULL;
  bool leave_begun = false;
  bool left = false;

  Operation& add(Operation::Kind kind, uint64_t id) {
    operations.push_back(std::make_unique<Operation>());
    requests.push_back(MPI_REQUEST_NULL);
    operations.back()->kind = kind;
    operations.back()->id = id;
    return *operations.back();
  }
  void remove_finished();
};

PeerLink::PeerLink(const Communicator& comm) : channel_(std::make_unique<Channel>()) {
  channel_->rank = comm.rank();
  channel_->size = comm.size();
  if (comm.size() == 1) return;
  WEFT_CHECK(CommSession::threads_may_communicate(), "this MPI serves one thread at a time");
  check_mpi(MPI_Comm_dup(comm.group_->comm, &channel_->comm), "MPI_Comm_dup");
}

PeerLink::~PeerLink() {
  if (channel_->comm == MPI_COMM_NULL || !mpi_is_running()) return;
  for (size_t i = 0; i < channel_->requests.size(); ++i) {
    if (channel_->operations[i]->kind == Operation::Kind::receive) MPI_Cancel(&channel_->requests[i]);
    if (channel_->requests[i] != MPI_REQUEST_NULL) MPI_Request_free(&channel_->requests[i]);
  }
  // MPI may still read from what could not be finished: a few bytes are left to it.
  if (!channel_->left) {
    for (auto& operation : channel_->operations) static_cast<void>(operation.release());
    return;
  }
  MPI_Comm_free(&channel_->comm);
}

int PeerLink::rank() const { return channel_->rank; }
int PeerLink::size() const { return channel_->size; }
int64_t PeerLink::waiting() const { return channel_->waiting; }
int64_t PeerLink::bytes_sent() const { return channel_->bytes_sent; }

uint64_t PeerLink::ask(int peer, int64_t record, double patience_ms, std::byte* into, int64_t bytes) {
  Channel& channel = *channel_;
  WEFT_CHECK(peer >= 0 && peer < channel.size && peer != channel.rank, "rank {} asks rank {} of {}",
             channel.rank, peer, channel.size);
  WEFT_CHECK(bytes >= 0 && bytes < INT_MAX, "rank {} asks for a record of {} bytes", channel.rank, bytes);
  const uint64_t id = channel.next_id++;
  const int tag = kFirstAnswerTag + static_cast<int>(id % kAnswerTags);
  // The receive first: an answer that finds it waiting is written in place.
  Operation& receive = channel.add(Operation::Kind::receive, id);
  const TwoPieces pieces(&receive.head, into, static_cast<int>(bytes));
  check_mpi(MPI_Irecv(MPI_BOTTOM, 1, pieces.type(), peer, tag, channel.comm, &channel.requests.back()),
            "MPI_Irecv");
  Operation& question = channel.add(Operation::Kind::question, id);
  question.wire = {record, patience_ms, tag, 0};
  check_mpi(MPI_Isend(&question.wire, sizeof(Wire), MPI_BYTE, peer, kQuestionTag, channel.comm,
                      &channel.requests.back()),
            "MPI_Isend");
  ++channel.waiting;
  return id;
}

void PeerLink::take_questions(std::vector<Question>& questions) {
  Channel& channel = *channel_;
  if (channel.comm == MPI_COMM_NULL) return;
  while (true) {
    int there = 0;
    MPI_Status status;
    check_mpi(MPI_Iprobe(MPI_ANY_SOURCE, kQuestionTag, channel.comm, &there, &status), "MPI_Iprobe");
    if (there == 0) return;
    Wire wire{};
    check_mpi(MPI_Recv(&wire, sizeof(Wire), MPI_BYTE, status.MPI_SOURCE, kQuestionTag, channel.comm,
                       MPI_STATUS_IGNORE),
              "MPI_Recv");
    questions.push_back(
        {status.MPI_SOURCE, wire.tag, wire.record, wire.patience_ms, std::chrono::steady_clock::now()});
  }
}

uint64_t PeerLink::answer(const Question& question, std::span<const std::byte> bytes, uint64_t checksum) {
  Channel& channel = *channel_;
  Operation& answer = channel.add(Operation::Kind::answer, channel.next_id++);
  const std::chrono::duration<double, std::milli> prepared = std::chrono::steady_clock::now() - question.came;
  answer.head = {checksum, prepared.count()};
  const TwoPieces pieces(&answer.head, bytes.data(), static_cast<int>(bytes.size()));
  check_mpi(MPI_Isend(MPI_BOTTOM, 1, pieces.type(), question.peer, question.tag, channel.comm,
                      &channel.requests.back()),
            "MPI_Isend");
  channel.bytes_sent += std::ssize(bytes);
  return answer.id;
}

uint64_t PeerLink::refuse(const Question& question) {
  // No head at all: a record may have no bytes, and is no refusal then.
  Channel& channel = *channel_;
  Operation& refusal = channel.add(Operation::Kind::answer, channel.next_id++);
  check_mpi(
      MPI_Isend(nullptr, 0, MPI_BYTE, question.peer, question.tag, channel.comm, &channel.requests.back()),
      "MPI_Isend");
  return refusal.id;
}

void PeerLink::collect(std::vector<Answer>& answers, std::vector<uint64_t>& sent) {
  Channel& channel = *channel_;
  if (channel.requests.empty()) return;
  channel.done.resize(channel.requests.size());
  channel.statuses.resize(channel.requests.size());
  int count = 0;
  check_mpi(MPI_Testsome(static_cast<int>(channel.requests.size()), channel.requests.data(), &count,
                         channel.done.data(), channel.statuses.data()),
            "MPI_Testsome");
  if (count == MPI_UNDEFINED || count == 0) return;
  for (size_t i = 0; i < static_cast<size_t>(count); ++i) {
    const Operation& operation = *channel.operations[static_cast<size_t>(channel.done[i])];
    switch (operation.kind) {
      case Operation::Kind::question:
        break;
      case Operation::Kind::answer:
        sent.push_back(operation.id);
        break;
      case Operation::Kind::receive: {
        int got = 0;
        check_mpi(MPI_Get_count(&channel.statuses[i], MPI_BYTE, &got), "MPI_Get_count");
        const int head = sizeof(Head);
        Answer& answer = answers.emplace_back();
        answer.id = operation.id;
        if (got >= head) answer.bytes = int64_t{got} - head;
        answer.checksum = operation.head.checksum;
        answer.prepared_ms = operation.head.prepared_ms;
        --channel.waiting;
        break;
      }
    }
  }
  channel.remove_finished();
}

void PeerLink::Channel::remove_finished() {
  size_t kept = 0;
  for (size_t i = 0; i < requests.size(); ++i) {
    if (requests[i] == MPI_REQUEST_NULL) continue;
    if (kept != i) {
      requests[kept] = requests[i];
      operations[kept] = std::move(operations[i]);
    }
    ++kept;
  }
  requests.resize(kept);
  operations.resize(kept);
}

bool PeerLink::leave() {
  Channel& channel = *channel_;
  if (channel.left || channel.comm == MPI_COMM_NULL) return channel.left = true;
  if (!channel.leave_begun) {
    check_mpi(MPI_Ibarrier(channel.comm, &channel.leaving), "MPI_Ibarrier");
    channel.leave_begun = true;
  }
  int done = 0;
  check_mpi(MPI_Test(&channel.leaving, &done, MPI_STATUS_IGNORE), "MPI_Test");
  return channel.left = done != 0;
}

}  // namespace weft
