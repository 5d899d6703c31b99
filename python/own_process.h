#pragma once
#include <unistd.h>

#include <memory>

namespace weft {

/// A value of one process. In a process that was forked from it nothing of the value may be touched, because
/// its threads are not there and its io_uring is the other's: there it is neither given out nor destroyed.
template <class T>
class OwnProcess {
 public:
  OwnProcess() = default;
  explicit OwnProcess(std::unique_ptr<T> value) : value_(std::move(value)), maker_(::getpid()) {}
  OwnProcess(OwnProcess&& other) noexcept : value_(std::move(other.value_)), maker_(other.maker_) {}
  OwnProcess& operator=(OwnProcess&& other) noexcept {
    std::swap(value_, other.value_);
    std::swap(maker_, other.maker_);
    return *this;
  }
  OwnProcess(const OwnProcess&) = delete;
  OwnProcess& operator=(const OwnProcess&) = delete;
  ~OwnProcess() {
    if (!is_here()) static_cast<void>(value_.release());
  }

  explicit operator bool() const { return value_ != nullptr; }
  /// Whether it was made in this process.
  bool is_here() const { return maker_ == ::getpid(); }
  pid_t maker() const { return maker_; }
  /// Only where is_here(), but for what never changes.
  T& operator*() const { return *value_; }
  T* operator->() const { return value_.get(); }

 private:
  std::unique_ptr<T> value_;
  pid_t maker_ = ::getpid();
};

}  // namespace weft
