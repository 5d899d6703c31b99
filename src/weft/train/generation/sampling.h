#pragma once
// Which token comes next, of the logits of all of them. The tokens that are left to choose from are those of
// Hugging Face's transformers: the temperature is applied, then top-k, then top-p.
#include <cstdint>
#include <span>
#include <vector>

namespace weft {

struct Sampling {
  double temperature = 0.8;  ///< 0: always the likeliest token, of equals the first
  int64_t top_k = 0;  ///< the k likeliest tokens, and whatever is as likely as the last of them; 0: all
  /// The fewest tokens that together have at least this probability, the likeliest first, of equals the first
  /// in order of ids; at least one. 1: all.
  double top_p = 1;
};

/// A pure function of logits; it keeps memory from one call to the next, because fresh memory costs more than
/// the arithmetic.
class NextToken {
 public:
  explicit NextToken(const Sampling& sampling) : sampling_(sampling) {}

  /// How likely each token comes next, by id: 0 where it may not. Linear in the number of `logits`, of which
  /// there is at least one. Valid until the next call. UserError where one of them is NaN or +infinity, or
  /// all are -infinity.
  std::span<const double> probabilities(std::span<const double> logits);

 private:
  struct Candidate {
    double weight = 0;
    int32_t id = 0;
  };
  static bool is_likelier(const Candidate& a, const Candidate& b);
  double least_of_top(std::span<const double> logits);
  double weigh(std::span<const double> logits, double top);
  void find_likely(double sum);
  Candidate last_needed(double mass);
  double leave_likely(double sum);

  Sampling sampling_;
  std::vector<double> weights_;
  std::vector<double> sorted_;
  std::vector<Candidate> likely_;
};

/// The token in whose part of [0, 1) the number `u` lies; tokens lie there in order of their ids.
int32_t draw(std::span<const double> probabilities, double u);

}  // namespace weft
