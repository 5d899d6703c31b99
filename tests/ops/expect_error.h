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

/// Likewise an InternalError.
inline void expect_internal_error(const std::function<void()>& act, const std::string& message) {
  try {
    act();
    ADD_FAILURE() << "no error: " << message;
  } catch (const InternalError& error) {
    EXPECT_NE(std::string(error.what()).find(message), std::string::npos) << error.what();
  }
}

}  // namespace weft::testing
