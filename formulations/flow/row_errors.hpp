#pragma once

#include <cstdint>

namespace headroom {

/// Which deviations of forecasts occur together: each as large as it may be (infinity norm), or all as one vector of
/// length 1 in units of their largest values (Euclidean norm).
enum class ErrorNorm : std::int8_t { box, ball };

/// What security rows must hold in spite of (security_rows.md, "Errors"). All zero: nothing.
struct RowErrors {
    double forecast_share = 0;  ///< passive customers: P and Q together by this share of themselves
    double forecast_kw = 0;     ///< and P alone by so much more
    ErrorNorm norm = ErrorNorm::box;
    double impedance = 0;  ///< in [0, 1): r and x of every branch, each by this share of itself

    bool has_forecast() const { return forecast_share > 0 || forecast_kw > 0; }
    bool any() const { return has_forecast() || impedance > 0; }
};

}  // namespace headroom
