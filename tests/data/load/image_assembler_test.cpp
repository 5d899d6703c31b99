#include "weft/data/load/image_assembler.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "tests/data/decode/image_files.h"
#include "tests/data/source/source_fixture.h"

namespace weft {
namespace {

using ImageAssemblerTest = SourceTest;

TEST_F(ImageAssemblerTest, AnImageWithoutALabelIsBadWhereLabelsAreNeeded) {
  const std::vector<std::byte> picture = testing::as_jpeg(testing::make_picture(4, 4));
  const std::string_view bytes(reinterpret_cast<const char*>(picture.data()), picture.size());
  for (const char* name : {"1.jpg", "2.jpg"}) write(folder_ / "tree" / name, bytes);
  write(folder_ / "tree/1.cls", "3");
  const std::string command =
      fmt::format("cd '{}' && tar -cf ../a.tar 1.jpg 1.cls 2.jpg", (folder_ / "tree").string());
  ASSERT_EQ(std::system(command.c_str()), 0);
  const auto source = open(folder_ / "a.tar");
  const auto label_of = [&](int64_t sample, bool needs_labels) {
    ImageTransform transform;
    transform.height = transform.width = 4;
    ImageAssembler assembler(*source, {.transform = transform, .part = {}, .needs_labels = needs_labels});
    std::vector<float> pixels(4 * 4 * 3);
    int32_t label = -7;
    assembler.assemble(0, 0, sample, plain_record(*source, sample, {}),
                       std::vector{View{reinterpret_cast<std::byte*>(pixels.data()), {DType::f32, {4, 4, 3}}},
                                   View{reinterpret_cast<std::byte*>(&label), {DType::i32, {}}}});
    return label;
  };
  EXPECT_EQ(label_of(0, true), 3);
  EXPECT_EQ(label_of(1, false), -1);
  EXPECT_EQ(message_of([&] { label_of(1, true); }),
            (folder_ / "a.tar").string() + ": 2.jpg: has no label, expected a class id");
}

}  // namespace
}  // namespace weft
