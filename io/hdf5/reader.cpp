#include "io/hdf5/reader.hpp"

#include <fmt/format.h>
#include <hdf5.h>

#include <algorithm>
#include <array>
#include <system_error>

#include "formulations/network/utf8.hpp"
#include "io/errors.hpp"
#include "io/hdf5/file_header.hpp"
#include "io/hdf5/startup.hpp"

namespace headroom {
namespace {

constexpr std::size_t attribute_bytes_max = 4096;

Handle open_read_only(const std::filesystem::path& path) {
    const Handle access(H5Pcreate(H5P_FILE_ACCESS));
    H5Pset_file_locking(access.get(), 1, 1);
    H5Pset_fclose_degree(access.get(), H5F_CLOSE_STRONG);
    return Handle(H5Fopen(path.c_str(), H5F_ACC_RDONLY, access.get()));
}

}  // namespace

Hdf5Reader::Hdf5Reader(const std::filesystem::path& path) : name_(path.string()) {
    hdf5_startup();
    if (const auto fault = header_fault(path)) throw InputError(fmt::format("'{}' {}", name_, *fault));
    std::error_code failure;
    file_bytes_ = std::filesystem::file_size(path, failure);
    file_ = open_read_only(path);
    if (failure || !file_) throw InputError(fmt::format("'{}' cannot be opened: {}", name_, hdf5_error_reason()));
}

void Hdf5Reader::fail(std::string_view path, std::string_view rule) const {
    throw InputError(fmt::format("'{}': {}: {}", name_, path, rule));
}

bool Hdf5Reader::has(const std::string& path) const {
    for (std::size_t end = path.find('/', 1);; end = path.find('/', end + 1)) {
        const std::string prefix = path.substr(0, end);
        const htri_t there = H5Lexists(file_.get(), prefix.c_str(), H5P_DEFAULT);
        if (there < 0) fail(prefix, "cannot be looked up: " + hdf5_error_reason());
        if (there == 0) return false;
        H5L_info_t link{};
        if (H5Lget_info(file_.get(), prefix.c_str(), &link, H5P_DEFAULT) < 0)
            fail(prefix, "cannot be looked up: " + hdf5_error_reason());
        if (link.type != H5L_TYPE_HARD) fail(prefix, "is a soft or external link; only hard links are accepted");
        if (end == std::string::npos) return true;
        H5O_info_t object{};
        if (H5Oget_info_by_name2(file_.get(), prefix.c_str(), &object, H5O_INFO_BASIC, H5P_DEFAULT) < 0)
            fail(prefix, "cannot be read: " + hdf5_error_reason());
        if (object.type != H5O_TYPE_GROUP) fail(prefix, "must be a group");
    }
}

Handle Hdf5Reader::open_object(const std::string& path) const {
    if (path != "/" && !has(path)) fail(path, "is missing");
    Handle object(H5Oopen(file_.get(), path.c_str(), H5P_DEFAULT));
    if (!object) fail(path, "cannot be read: " + hdf5_error_reason());
    return object;
}

DatasetReader Hdf5Reader::dataset(const std::string& path, ElementType type, std::size_t rank) const {
    DatasetReader reader(name_, path, type);
    reader.dataset_ = open_object(path);
    if (H5Iget_type(reader.dataset_.get()) != H5I_DATASET) fail(path, "must be a dataset");
    reader.check_creation_list();
    reader.check_type();
    reader.load_shape(rank);
    reader.check_storage(file_bytes_);
    return reader;
}

bool Hdf5Reader::has_attribute(const std::string& object, const std::string& attribute) const {
    const htri_t there = H5Aexists(open_object(object).get(), attribute.c_str());
    if (there < 0) fail(object, fmt::format("attribute {} cannot be looked up: {}", attribute, hdf5_error_reason()));
    return there > 0;
}

Handle Hdf5Reader::open_attribute(const std::string& object, const std::string& attribute) const {
    if (!has_attribute(object, attribute)) fail(object, fmt::format("attribute {} is missing", attribute));
    Handle opened(H5Aopen(open_object(object).get(), attribute.c_str(), H5P_DEFAULT));
    if (!opened) fail(object, fmt::format("attribute {} cannot be read: {}", attribute, hdf5_error_reason()));
    const Handle space(H5Aget_space(opened.get()));
    if (!space || H5Sget_simple_extent_npoints(space.get()) != 1)
        fail(object, fmt::format("attribute {} must hold one value", attribute));
    return opened;
}

std::string Hdf5Reader::text_attribute(const std::string& object, const std::string& attribute) const {
    const Handle opened = open_attribute(object, attribute);
    const Handle type(H5Aget_type(opened.get()));
    if (!type || H5Tget_class(type.get()) != H5T_STRING || H5Tis_variable_str(type.get()) != 0)
        fail(object, fmt::format("attribute {} must be text of fixed length", attribute));
    const std::size_t size = H5Tget_size(type.get());
    if (size == 0 || size > attribute_bytes_max)
        fail(object,
             fmt::format("attribute {} has {} bytes, at most {} are accepted", attribute, size, attribute_bytes_max));
    std::string text(size, '\0');
    if (H5Aread(opened.get(), type.get(), text.data()) < 0)
        fail(object, fmt::format("attribute {} cannot be read: {}", attribute, hdf5_error_reason()));
    text.resize(std::min(size, text.find('\0')));
    if (!is_utf8(text)) fail(object, fmt::format("attribute {} must be UTF-8", attribute));
    return text;
}

std::int64_t Hdf5Reader::integer_attribute(const std::string& object, const std::string& attribute) const {
    const Handle opened = open_attribute(object, attribute);
    const Handle type(H5Aget_type(opened.get()));
    if (!type || H5Tget_class(type.get()) != H5T_INTEGER || H5Tget_size(type.get()) > 8)
        fail(object, fmt::format("attribute {} must be an integer", attribute));
    std::int64_t value = 0;
    if (H5Aread(opened.get(), H5T_NATIVE_INT64, &value) < 0)
        fail(object, fmt::format("attribute {} cannot be read: {}", attribute, hdf5_error_reason()));
    return value;
}

}  // namespace headroom
