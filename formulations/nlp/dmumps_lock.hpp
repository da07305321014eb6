#pragma once

namespace headroom {

/// Do all calls of MUMPS in this program pass dmumps_lock.cpp? Not if a program was linked in a way that hides our
/// dmumps_c from the shared library of Ipopt: then solutions have to follow one another.
bool mumps_is_locked();

}  // namespace headroom
