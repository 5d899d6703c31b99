#pragma once
#include <gtest/gtest.h>

#include <functional>
#include <string>

#include "weft/base/check.h"

namespace weft::testing {

/// `act` must throw a UserError whose message contains `message`.
inline void expect_user_error(const std::function<void()>& act, const std::string& message) {
  try {
    act();
    ADD_FAILURE() << "no error: " << message;
  } catch (const UserError& error) {
    EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
  }
}

/// The message of the UserError that `act` throws; empty: none.
inline std::string message_of(const std::function<void()>& act) {
  try {
    act();
  } catch (const UserError& error) {
    return error.what();
  }
  return {};
}

/// An InternalError, as expect_user_error has it.
inline void expect_internal_error(const std::function<void()>& act, const std::string& message) {
  try {
    act();
    ADD_FAILURE() << "no error: " << message;
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
  }
}

}  // namespace weft::testing
