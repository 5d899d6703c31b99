#include "weft/data/decode/png_reader.h"

#include <png.h>

#include <array>
#include <csetjmp>
#include <cstdio>
#include <cstring>

#include "weft/base/check.h"
#include "weft/data/decode/scratch_arena.h"

namespace weft {

namespace {

constexpr png_uint_32 kMostSide = 1 << 20;
/// Larger ancillary chunks are no part of a picture.
constexpr png_alloc_size_t kMostChunkBytes = 8 << 20;

}  // namespace

struct PngReader::State {
  ScratchArena arena;
  PixelBuffer pixels;
  std::span<const std::byte> rest;
  std::array<char, 256> fatal{};
  png_structp png = nullptr;
  png_infop info = nullptr;

  ~State() { close(); }

  void close() {
    if (png != nullptr) png_destroy_read_struct(&png, &info, nullptr);
    arena.clear();
  }
  bool create();
  bool read_header();
  bool read_rows(const PixelView& view);
};

namespace {

void leave(png_structp png, png_const_charp message) {
  auto& fatal = *static_cast<std::array<char, 256>*>(png_get_error_ptr(png));
  std::snprintf(fatal.data(), fatal.size(), "%s", message);
  png_longjmp(png, 1);
}

void ignore(png_structp, png_const_charp) {}

void* take(png_structp png, png_alloc_size_t bytes) {
  return static_cast<ScratchArena*>(png_get_mem_ptr(png))->take(bytes);
}

/// The arena takes everything back at the end.
void give_back(png_structp, png_voidp) {}

void copy_bytes(png_structp png, png_bytep target, size_t count) {
  auto& rest = *static_cast<std::span<const std::byte>*>(png_get_io_ptr(png));
  if (count > rest.size()) png_error(png, "the file ends too early");
  std::memcpy(target, rest.data(), count);
  rest = rest.subspan(count);
}

/// Text, profiles and the like: read, they would only cost memory.
void skip_what_is_no_picture(png_structp png) {
  // Each name is four letters and a zero.
  static constexpr png_byte kNames[] = "iCCP\0iTXt\0tEXt\0zTXt\0sPLT\0eXIf\0hIST\0tIME\0pCAL\0sCAL";
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, nullptr, 0);
  png_set_keep_unknown_chunks(png, PNG_HANDLE_CHUNK_NEVER, kNames, static_cast<int>(sizeof(kNames) / 5));
}

/// Whatever it is, it becomes four bytes a pixel.
void ask_for_rgbx(png_structp png, png_infop info) {
  png_set_scale_16(png);
  png_set_expand(png);
  png_set_gray_to_rgb(png);
  png_set_strip_alpha(png);
  png_set_filler(png, 0xff, PNG_FILLER_AFTER);
  png_set_interlace_handling(png);
  png_read_update_info(png, info);
}

}  // namespace

bool PngReader::State::create() {
  close();
  fatal[0] = 0;
  png = png_create_read_struct_2(PNG_LIBPNG_VER_STRING, &fatal, leave, ignore, &arena, take, give_back);
  if (png == nullptr) return false;
  info = png_create_info_struct(png);
  return info != nullptr;
}

bool PngReader::State::read_header() {
  // libpng is C: an exception must not cross it.
  if (setjmp(png_jmpbuf(png)) != 0) return false;  // NOLINT(cert-err52-cpp)
  png_set_user_limits(png, kMostSide, kMostSide);
  png_set_chunk_malloc_max(png, kMostChunkBytes);
  skip_what_is_no_picture(png);
  png_set_read_fn(png, &rest, copy_bytes);
  png_read_info(png, info);
  return true;
}

bool PngReader::State::read_rows(const PixelView& view) {
  if (setjmp(png_jmpbuf(png)) != 0) return false;  // NOLINT(cert-err52-cpp)
  const int passes = png_get_interlace_type(png, info) == PNG_INTERLACE_NONE ? 1 : PNG_INTERLACE_ADAM7_PASSES;
  ask_for_rgbx(png, info);
  if (png_get_rowbytes(png, info) != static_cast<size_t>(view.row_bytes)) {
    png_error(png, "its rows have an unexpected size");
  }
  for (int pass = 0; pass < passes; ++pass) {
    for (int64_t y = 0; y < view.rows.end; ++y) png_read_row(png, view.at(y, 0), nullptr);
  }
  png_read_end(png, nullptr);
  return true;
}

PngReader::PngReader() : state_(std::make_unique<State>()) {}
PngReader::~PngReader() = default;

ImageSize PngReader::open(std::span<const std::byte> file, const std::string& name) {
  State& state = *state_;
  state.rest = file;
  if (!state.create() || !state.read_header()) {
    user_error("{}: no PNG image that can be read ({})", name, state.fatal.data());
  }
  const ImageSize size{png_get_image_height(state.png, state.info),
                       png_get_image_width(state.png, state.info)};
  if (size.height * size.width > kMostPixels) {
    user_error("{}: a PNG image of {}x{} pixels, and at most {} pixels are read", name, size.width,
               size.height, kMostPixels);
  }
  return size;
}

PixelView PngReader::read(const std::string& name) {
  State& state = *state_;
  const PixelView view = state.pixels.resize({0, png_get_image_height(state.png, state.info)},
                                             {0, png_get_image_width(state.png, state.info)});
  const bool done = state.read_rows(view);
  state.close();
  if (!done) user_error("{}: the PNG image is damaged ({})", name, state.fatal.data());
  return view;
}

}  // namespace weft
