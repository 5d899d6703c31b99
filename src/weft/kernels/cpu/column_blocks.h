#pragma once
// Sums over the rows of a matrix, for each column: how the work is cut. Internal.
#include <algorithm>
#include <cstdint>

#include "weft/base/threads.h"

namespace weft::kernels {

constexpr int64_t kColumnsAtOnce = 256;

/// Rows [row_begin, row_end) and columns [begin, end) of a matrix of `columns` columns; at most
/// kColumnsAtOnce columns.
struct ColumnBlock {
  int64_t columns;
  int64_t begin;
  int64_t end;
  int64_t row_begin;
  int64_t row_end;
  int64_t width() const { return end - begin; }
};

/// Two sums a column of a block: first[j] and second[j] belong to column begin + j.
struct ColumnSums {
  alignas(64) double first[kColumnsAtOnce];
  alignas(64) double second[kColumnsAtOnce];
};

/// fill(block, sums) sets the sums of one block; finish(column, first, second) takes each column's total,
/// once. Many columns are split among the threads; of few, each thread takes some of the rows.
template <class Fill, class Finish>
void for_column_sums(int64_t rows, int64_t columns, const Fill& fill, const Finish& finish) {
  constexpr int64_t kNarrow = 64;
  constexpr int64_t kMostPieces = 16;
  const auto finish_block = [&](const ColumnBlock& block, const ColumnSums& sums) {
    for (int64_t j = 0; j < block.width(); ++j) finish(block.begin + j, sums.first[j], sums.second[j]);
  };
  if (columns > kNarrow) {
    parallel_for(columns, kNarrow, [&](int64_t begin, int64_t end) {
      for (int64_t at = begin; at < end; at += kColumnsAtOnce) {
        ColumnSums sums;
        const ColumnBlock block{columns, at, std::min(end, at + kColumnsAtOnce), 0, rows};
        fill(block, sums);
        finish_block(block, sums);
      }
    });
    return;
  }
  const int64_t pieces = std::clamp<int64_t>(rows / 64, 1, std::min<int64_t>(kMostPieces, threads()));
  ColumnSums parts[kMostPieces];
  parallel_for(pieces, 1, [&](int64_t begin, int64_t end) {
    for (int64_t p = begin; p < end; ++p) {
      fill(ColumnBlock{columns, 0, columns, rows * p / pieces, rows * (p + 1) / pieces}, parts[p]);
    }
  });
  for (int64_t p = 1; p < pieces; ++p) {
    for (int64_t j = 0; j < columns; ++j) {
      parts[0].first[j] += parts[p].first[j];
      parts[0].second[j] += parts[p].second[j];
    }
  }
  finish_block(ColumnBlock{columns, 0, columns, 0, rows}, parts[0]);
}

}  // namespace weft::kernels
