#pragma once

#include "io/hdf5/attribute.hpp"
#include "io/hdf5/handle.hpp"

namespace headroom {

/// False when the library refuses. Text becomes one fixed-length UTF-8 string, numbers an array.
bool write_attribute(const Handle& object, const Attribute& attribute);

}  // namespace headroom
