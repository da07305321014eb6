#pragma once

#include <mutex>

namespace headroom {

/// Do all calls of MUMPS in this program pass dmumps_lock.cpp? Not if a program was linked in a way that hides our
/// dmumps_c from the shared library of Ipopt: then solutions have to follow one another.
bool mumps_is_locked();

/// Held during a whole solution where calls of MUMPS pass no lock; nothing where they do.
std::unique_lock<std::mutex> lock_unless_mumps_is_locked();

}  // namespace headroom
