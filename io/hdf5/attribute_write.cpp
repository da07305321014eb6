#include "io/hdf5/attribute_write.hpp"

#include <hdf5.h>

#include <algorithm>

#include "io/hdf5/element_type.hpp"

namespace headroom {
namespace {

bool write(const Handle& object, const std::string& name, hid_t type, const Handle& space, const void* value) {
    Handle attribute(H5Acreate2(object.get(), name.c_str(), type, space.get(), H5P_DEFAULT, H5P_DEFAULT));
    return attribute && H5Awrite(attribute.get(), type, value) >= 0 && attribute.close();
}

bool write_value(const Handle& object, const std::string& name, const std::string& text) {
    const Handle type(H5Tcopy(H5T_C_S1));
    const bool ready = type && H5Tset_size(type.get(), std::max<std::size_t>(1, text.size())) >= 0
                       && H5Tset_strpad(type.get(), H5T_STR_NULLPAD) >= 0
                       && H5Tset_cset(type.get(), H5T_CSET_UTF8) >= 0;
    return ready && write(object, name, type.get(), Handle(H5Screate(H5S_SCALAR)), text.c_str());
}

template <class T> bool write_value(const Handle& object, const std::string& name, const std::vector<T>& numbers) {
    const hsize_t length = numbers.size();
    return write(object, name, element_identifier(element_type_of<T>()), Handle(H5Screate_simple(1, &length, nullptr)),
                 numbers.data());
}

}  // namespace

bool write_attribute(const Handle& object, const Attribute& attribute) {
    return std::visit([&](const auto& value) { return write_value(object, attribute.name, value); }, attribute.value);
}

}  // namespace headroom
