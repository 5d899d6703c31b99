#include "weft/train/evaluate.h"

#include <algorithm>

#include "weft/base/check.h"

namespace weft {

namespace {

double element(const View& view, int64_t at) {
  switch (view.type.dtype) {
    case DType::f64:
      return view.as<double>()[at];
    case DType::f32:
      return static_cast<double>(view.as<float>()[at]);
    case DType::bf16:
      return static_cast<double>(static_cast<float>(view.as<BFloat16>()[at]));
    case DType::i64:
    case DType::i32:
    case DType::u8:
      break;
  }
  internal_error(__FILE__, __LINE__, "logits of type {}", name_of(view.type.dtype));
}

int64_t count_correct(const View& logits, const std::vector<int32_t>& labels) {
  const int64_t classes = logits.type.shape.back();
  int64_t correct = 0;
  for (size_t row = 0; row < labels.size(); ++row) {
    if (labels[row] < 0) continue;
    int64_t best = 0;
    const int64_t first = static_cast<int64_t>(row) * classes;
    for (int64_t c = 1; c < classes; ++c) {
      if (element(logits, first + c) > element(logits, first + best)) best = c;
    }
    correct += best == labels[row] ? 1 : 0;
  }
  return correct;
}

}  // namespace

Evaluation evaluate(Session& session, int64_t batches) {
  const TrainingData& data = session.data();
  const int64_t count = batches > 0 ? std::min(batches, data.validation_batches) : data.validation_batches;
  const std::string target = batch_inputs(session.recipe())[1];
  const TensorType global = session.executor().program().named.at(target).where.global_type;
  const TensorType samples =
      session.executor().program().named.at(batch_inputs(session.recipe())[0]).where.global_type;
  const bool images = session.recipe().model.kind == ModelSection::Kind::resnet;
  std::vector<int32_t> labels(static_cast<size_t>(global.elems()));
  const View label_view{reinterpret_cast<std::byte*>(labels.data()), global};
  Region no_samples = Region::all(samples.shape);
  for (Range& range : no_samples.ranges) range.end = range.begin;
  Evaluation result;
  double loss = 0;
  int64_t correct = 0;
  session.executor().run(Phase::refresh);
  for (int64_t batch = 0; batch < count; ++batch) {
    session.feed(*data.validation, batch);
    session.executor().run(Phase::evaluate);
    loss += session.executor().scalar(Phase::evaluate, "loss_sum");
    // Which rows count is known to every rank: the targets of the whole batch, without its samples.
    const View nothing{nullptr, {samples.dtype, no_samples.shape()}};
    data.validation->fill(batch, std::vector<View>{nothing, label_view},
                          std::vector<Region>{no_samples, Region::all(global.shape)});
    result.rows += std::count_if(labels.begin(), labels.end(), [](int32_t label) { return label >= 0; });
    if (images) correct += count_correct(session.executor().output(Phase::evaluate, "logits"), labels);
  }
  result.loss = loss / static_cast<double>(std::max<int64_t>(1, result.rows));
  if (images) {
    result.accuracy = static_cast<double>(correct) / static_cast<double>(std::max<int64_t>(1, result.rows));
  }
  return result;
}

}  // namespace weft
