#include "weft/expression/simplify.h"

namespace weft {

namespace {

// No law says x * 0 = 0 or x - x = 0: infinity and NaN must stay visible. The exception are the two laws of a
// product with a selection of 1 and 0: that is how derivatives write "where p, this", and what is not
// selected must not come back as 0 * infinity.
constexpr Law kLaws[] = {
    {"add-zero", "a + 0.0", "a"},
    {"add-same", "a + a", "a * 2.0"},
    {"sub-zero", "a - 0.0", "a"},
    {"zero-sub", "0.0 - a", "-a"},
    {"add-negative", "a + (-b)", "a - b"},
    {"sub-negative", "a - (-b)", "a + b"},
    {"negative-sub", "-(a - b)", "b - a"},
    {"sub-constant", "a - k", "a + -(k)"},
    {"negative-negative", "-(-a)", "a"},
    {"mul-one", "a * 1.0", "a"},
    {"mul-minus-one", "a * -1.0", "-a"},
    {"mul-negative", "a * (-b)", "-(a * b)"},
    {"negative-mul-constant", "-(a * k)", "a * -(k)"},
    {"mul-constants", "(a * k) * l", "a * (k * l)"},
    {"constant-outwards", "(a * k) * b", "(a * b) * k"},
    {"div-one", "a / 1.0", "a"},
    {"negative-div", "(-a) / b", "-(a / b)"},
    {"mul-quotient", "a * (k / b)", "(a * k) / b"},
    {"inverse-sqrt", "1.0 / sqrt(a)", "rsqrt(a)"},
    {"pow-zero", "pow(a, 0.0)", "1.0"},
    {"pow-half", "pow(a, 0.5)", "sqrt(a)"},
    {"pow-one", "pow(a, 1.0)", "a"},
    {"pow-two", "pow(a, 2.0)", "a * a"},
    {"pow-minus-one", "pow(a, -1.0)", "1.0 / a"},
    {"select-same", "select(p, a, a)", "a"},
    {"select-true", "select(true, a, b)", "a"},
    {"select-false", "select(false, a, b)", "b"},
    {"mul-select-one", "a * select(p, 1.0, 0.0)", "select(p, a, 0.0)"},
    {"mul-select-zero", "a * select(p, 0.0, 1.0)", "select(p, 0.0, a)"},
    {"scale-selected", "select(p, a, 0.0) * k", "select(p, a * k, 0.0)"},
    {"scale-unselected", "select(p, 0.0, a) * k", "select(p, 0.0, a * k)"},
    {"max-above", "max(a, b) > b", "a > b"},
    {"min-below", "min(a, b) < b", "a < b"},
    {"integer-add-zero", "i + 0", "i"},
    {"integer-mul-one", "i * 1", "i"},
};

}  // namespace

std::span<const Law> laws() { return kLaws; }

}  // namespace weft
