#pragma once

#include "io/import/opendss/value.hpp"

namespace headroom::opendss {

/// Metres per unit of length; 0 stands for "none", which OpenDSS never converts.
double metres_per_unit(const Value& value);

}  // namespace headroom::opendss
