#include "weft/kernels/embedding.h"

#include "tests/kernels/tensor.h"
#include "weft/kernels/embedding_naive.h"

namespace weft::kernels {
namespace {

using testing::expect_close;
using testing::expect_equal;
using testing::Tensor;

Tensor random_ids(int64_t count, int64_t low, int64_t high) {
  Tensor result(DType::i32, {count});
  std::mt19937 source(7);
  std::uniform_int_distribution<int64_t> uniform(low, high - 1);
  for (int64_t i = 0; i < count; ++i) result.set(i, static_cast<double>(uniform(source)));
  return result;
}

TEST(Embedding, AgreesWithItsDefinitionOnOddShapes) {
  for (const DType dtype : testing::kFastTypes) {
    for (const int64_t width : {1, 3, 17, 300}) {
      for (const int64_t count : {0, 1, 501}) {
        // The part of the vocabulary is 40 to 171; ids lie around it too.
        const Tensor ids = random_ids(count, 0, 200);
        const Tensor table = Tensor::random(DType::f32, {131, width}, 1),
                     dy = Tensor::random(dtype, {count, width}, 2);
        Tensor out(dtype, {count, width}), plain(dtype, {count, width});
        embedding(table, ids, 40, out);
        naive::embedding(table, ids, 40, plain);
        expect_equal(out, plain);
        Tensor dtable = Tensor::random(DType::f32, {131, width}, 3), plain_dtable(DType::f32, {131, width});
        embedding_backward(dy, ids, 40, dtable);
        naive::embedding_backward(dy, ids, 40, plain_dtable);
        expect_equal(dtable, plain_dtable);
        const Tensor base = Tensor::random(DType::f32, {131, width}, 4);
        Tensor in_place = Tensor::random(DType::f32, {131, width}, 4);
        add_embedding_backward(dy, ids, 40, base, dtable);
        naive::add_embedding_backward(dy, ids, 40, base, plain_dtable);
        add_embedding_backward(dy, ids, 40, in_place, in_place);
        expect_equal(dtable, plain_dtable);
        expect_equal(dtable, in_place);
      }
    }
  }
}

TEST(Embedding, ReadsATableOfItsOwnDtype) {
  const Tensor table = Tensor::random(DType::bf16, {5, 19}, 1), ids = random_ids(9, 0, 5);
  Tensor out(DType::bf16, {9, 19});
  embedding(table, ids, 0, out);
  for (int64_t i = 0; i < out.elems(); ++i) {
    ASSERT_EQ(out.get(i), table.get(static_cast<int64_t>(ids.get(i / 19)) * 19 + i % 19));
  }
}

TEST(Embedding, AnEmptyPartOfTheVocabularyGivesZeros) {
  const Tensor table(DType::f32, {0, 5}), ids = random_ids(3, 0, 5);
  Tensor out = Tensor::random(DType::f32, {3, 5}, 1);
  embedding(table, ids, 2, out);
  expect_equal(out, Tensor(DType::f32, {3, 5}));
}

}  // namespace
}  // namespace weft::kernels
