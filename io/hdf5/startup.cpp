#include "io/hdf5/startup.hpp"

#include <hdf5.h>

#include <stdexcept>

namespace headroom {
namespace {

bool start() {
    H5dont_atexit();
    hbool_t threadsafe = 0;
    const bool ready = H5open() >= 0 && H5is_library_threadsafe(&threadsafe) >= 0 && H5PLset_loading_state(0) >= 0;
    if (!ready || !threadsafe) throw std::runtime_error("needs the thread-safe, serial HDF5 library");
    return true;
}

}  // namespace

void hdf5_startup() {
    static const bool started = start();
    static_cast<void>(started);
    H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);  // the error stack, and so this switch, belongs to the thread
}

}  // namespace headroom
