#include "weft/data/decode/jpeg_reader.h"

#include <jerror.h>

#include <algorithm>
#include <array>
#include <csetjmp>

#include "weft/base/check.h"
#include "weft/data/decode/jpeg_memory.h"

namespace weft {

namespace {

/// Encoders write about ten scans; a small file can ask for thousands of passes over a large image.
constexpr int kMostScans = 200;
/// Columns next to a box that its chroma is interpolated from, and some.
constexpr int64_t kMargin = 16;

struct Errors {
  jpeg_error_mgr manager{};  // first: libjpeg knows its address
  std::jmp_buf jump{};
  std::array<char, JMSG_LENGTH_MAX> fatal{};
  std::array<char, JMSG_LENGTH_MAX> damage{};  ///< empty: none found
};

Errors& errors_of(j_common_ptr info) { return *reinterpret_cast<Errors*>(info->err); }

[[noreturn]] void leave(j_common_ptr info) {
  Errors& errors = errors_of(info);
  info->err->format_message(info, errors.fatal.data());
  std::longjmp(errors.jump, 1);
}

/// libjpeg fills in grey where data is missing or wrong, and warns. Real collections are full of files with
/// bytes between markers and odd headers, which leave the picture whole.
void warn(j_common_ptr info, int level) {
  if (level >= 0) return;
  switch (info->err->msg_code) {
    case JWRN_ADOBE_XFORM:
    case JWRN_BOGUS_PROGRESSION:
    case JWRN_EXTRANEOUS_DATA:
    case JWRN_JFIF_MAJOR:
    case JWRN_TOO_MUCH_DATA:
      break;
    default:
      if (errors_of(info).damage[0] == 0) {
        info->err->format_message(info, errors_of(info).damage.data());
      }
  }
}

void check_scans(j_common_ptr info) {
  if (reinterpret_cast<j_decompress_ptr>(info)->input_scan_number > kMostScans) {
    ERREXIT(info, JERR_BAD_PROGRESSION);
  }
}

/// Photographs for print: the share of each ink that is left out, or with Adobe's marker that is put on.
void rgb_from_cmyk(const PixelView& pixels, bool inverted) {
  for (int64_t y = pixels.rows.begin; y < pixels.rows.end; ++y) {
    uint8_t* pixel = pixels.at(y, pixels.columns.begin);
    for (int64_t x = 0; x < pixels.columns.size(); ++x, pixel += kPixelBytes) {
      const int black = inverted ? pixel[3] : 255 - pixel[3];
      for (int ink = 0; ink < 3; ++ink) {
        const int light = inverted ? pixel[ink] : 255 - pixel[ink];
        pixel[ink] = static_cast<uint8_t>((light * black + 127) / 255);
      }
    }
  }
}

}  // namespace

struct JpegReader::State {
  JpegMemory memory;
  Errors errors;
  jpeg_progress_mgr progress{};
  jpeg_decompress_struct info{};
  PixelBuffer pixels;

  State() {
    info.err = jpeg_std_error(&errors.manager);
    errors.manager.error_exit = leave;
    errors.manager.emit_message = warn;
    WEFT_CHECK(guarded([&] { jpeg_create_decompress(&info); }), "libjpeg: {}", errors.fatal.data());
    memory.attach(info);
    progress.progress_monitor = check_scans;
    info.progress = &progress;
  }
  ~State() { jpeg_destroy_decompress(&info); }
  State(const State&) = delete;
  State& operator=(const State&) = delete;

  /// Whether `body` ran to its end. It must own nothing: libjpeg leaves it by longjmp.
  template <class Body>
  bool guarded(const Body& body) {
    // libjpeg is C: an exception must not cross it.
    if (setjmp(errors.jump) != 0) return false;  // NOLINT(cert-err52-cpp)
    body();
    return true;
  }

  PixelView start(int reduction, Range rows, Range columns);
  void read_rows(const PixelView& view);
  void skip_to(int64_t row) {
    if (row > info.output_scanline) {
      jpeg_skip_scanlines(&info, static_cast<JDIMENSION>(row) - info.output_scanline);
    }
  }
  /// Decodes what is left. libjpeg would not look at rows that are skipped to the very end.
  void check_rest(const PixelView& view) {
    const auto last = static_cast<int64_t>(info.output_height) - 1;
    skip_to(last);
    if (info.output_scanline > last) return;
    JSAMPROW spare = view.data + view.rows.size() * view.row_bytes;
    jpeg_read_scanlines(&info, &spare, 1);
  }
  /// Memory for these, and a row behind them that check_rest() may use.
  PixelView take_pixels(Range rows, Range columns) {
    PixelView view = pixels.resize({rows.begin, rows.end + 1}, columns);
    view.rows = rows;
    return view;
  }
};

PixelView JpegReader::State::start(int reduction, Range rows, Range columns) {
  info.scale_num = 1;
  info.scale_denom = static_cast<unsigned>(reduction);
  const bool inks = info.jpeg_color_space == JCS_CMYK || info.jpeg_color_space == JCS_YCCK;
  info.out_color_space = inks ? JCS_CMYK : JCS_EXT_RGBX;
  jpeg_start_decompress(&info);
  const auto width = static_cast<int64_t>(info.output_width);
  const int64_t left = std::max<int64_t>(0, columns.begin - kMargin);
  const int64_t right = std::min(width, columns.end + kMargin);
  if (right - left + kMargin >= width) return take_pixels(rows, {0, width});
  auto offset = static_cast<JDIMENSION>(left);
  auto count = static_cast<JDIMENSION>(right - left);
  jpeg_crop_scanline(&info, &offset, &count);
  return take_pixels(rows, {offset, static_cast<int64_t>(offset) + count});
}

void JpegReader::State::read_rows(const PixelView& view) {
  constexpr int64_t kRowsAtOnce = 16;
  std::array<JSAMPROW, kRowsAtOnce> pointers{};
  for (int64_t row = view.rows.begin; row < view.rows.end;) {
    const int64_t count = std::min(kRowsAtOnce, view.rows.end - row);
    for (int64_t i = 0; i < count; ++i) {
      pointers[static_cast<size_t>(i)] = view.at(row + i, view.columns.begin);
    }
    row += jpeg_read_scanlines(&info, pointers.data(), static_cast<JDIMENSION>(count));
  }
}

JpegReader::JpegReader() : state_(std::make_unique<State>()) {}
JpegReader::~JpegReader() = default;

ImageSize JpegReader::open(std::span<const std::byte> file, const std::string& name) {
  State& state = *state_;
  jpeg_abort_decompress(&state.info);
  state.errors.damage[0] = 0;
  const bool done = state.guarded([&] {
    jpeg_mem_src(&state.info, reinterpret_cast<const unsigned char*>(file.data()), file.size());
    jpeg_read_header(&state.info, TRUE);
  });
  if (!done) user_error("{}: no JPEG image that can be read ({})", name, state.errors.fatal.data());
  const ImageSize size{state.info.image_height, state.info.image_width};
  if (size.height * size.width > kMostPixels) {
    user_error("{}: a JPEG image of {}x{} pixels, and at most {} pixels are read", name, size.width,
               size.height, kMostPixels);
  }
  return size;
}

PixelView JpegReader::read(int reduction, Range rows, Range columns, const std::string& name) {
  State& state = *state_;
  PixelView view;
  bool done = state.guarded([&] { view = state.start(reduction, rows, columns); });
  done = done && state.guarded([&] {
    state.skip_to(view.rows.begin);
    state.read_rows(view);
    state.check_rest(view);
  });
  const char* why = !done ? state.errors.fatal.data() : state.errors.damage.data();
  const bool inks = state.info.out_color_space == JCS_CMYK;
  const bool inverted = state.info.saw_Adobe_marker != FALSE;
  jpeg_abort_decompress(&state.info);
  if (why[0] != 0) user_error("{}: the JPEG image is damaged ({})", name, why);
  if (inks) rgb_from_cmyk(view, inverted);
  return view;
}

}  // namespace weft
