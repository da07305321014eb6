#include "io/hdf5/handle.hpp"

#include <hdf5.h>

namespace headroom {
namespace {

herr_t close_identifier(hid_t id) {
    switch (H5Iget_type(id)) {
        case H5I_FILE: return H5Fclose(id);
        case H5I_GROUP: return H5Gclose(id);
        case H5I_DATATYPE: return H5Tclose(id);
        case H5I_DATASPACE: return H5Sclose(id);
        case H5I_DATASET: return H5Dclose(id);
        case H5I_ATTR: return H5Aclose(id);
        case H5I_GENPROP_LST: return H5Pclose(id);
        default: return -1;
    }
}

herr_t keep_first(unsigned, const H5E_error2_t* error, void* text) {
    auto& reason = *static_cast<std::string*>(text);
    if (reason.empty() && error->desc != nullptr) reason = error->desc;
    return 0;
}

}  // namespace

bool Handle::close() noexcept {
    if (id_ < 0) return true;
    return close_identifier(std::exchange(id_, -1)) >= 0;
}

std::string hdf5_error_reason() {
    std::string reason;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &reason);
    // System errors read "..., errno = 28, error message = 'No space left on device', buf = 0x55..., ...".
    constexpr std::string_view opening = "error message = '";
    if (const auto begin = reason.find(opening); begin != std::string::npos) {
        const auto first = begin + opening.size();
        return reason.substr(first, reason.find('\'', first) - first);
    }
    return reason.empty() ? "unknown reason" : reason;
}

}  // namespace headroom
