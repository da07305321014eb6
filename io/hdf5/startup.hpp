#pragma once

namespace headroom {

/// Prepares the HDF5 library, once; the first HDF5 call of a process, best as the first line of main.
///
/// No clean-up at exit (HDF5 crashes there after a full disk), no plugins (an unknown filter would load foreign code),
/// no printing. Throws std::runtime_error when the library linked is not the thread-safe serial one.
void hdf5_startup();

}  // namespace headroom
