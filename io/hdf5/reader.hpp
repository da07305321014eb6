#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "io/hdf5/element_type.hpp"
#include "io/hdf5/handle.hpp"
#include "io/hdf5/slab.hpp"

namespace headroom {

/// One dataset, checked before anything of its size is allocated: hard links only, inside this file only, known
/// filters, exactly the type asked for, every chunk present.
class DatasetReader {
public:
    const std::string& path() const { return path_; }
    const Shape& shape() const { return shape_; }

    /// Throws InputError naming the dataset unless it has exactly this shape.
    void require_shape(const Shape& expected) const;

    /// Reads part of the dataset into memory that holds element_count(slab.count) values. Throws InputError when the
    /// slab lies outside or the stored data are damaged.
    void read(const Slab& slab, void* values) const;

    /// Words of the rows [first, first + count) of a text dataset: up to the first zero byte, which only zeros may
    /// follow.
    std::vector<std::string> read_text(std::uint64_t first, std::uint64_t count) const;

private:
    friend class Hdf5Reader;
    DatasetReader(std::string file, std::string path, ElementType type)
        : file_(std::move(file)), path_(std::move(path)), type_(type) {}
    [[noreturn]] void fail(const std::string& rule) const;
    void check_creation_list() const;
    void check_type() const;
    void check_storage(std::uint64_t file_bytes) const;
    void load_shape(std::size_t rank);

    std::string file_, path_;
    ElementType type_;
    Handle dataset_;
    Shape shape_;
};

/// Reads files that may be damaged or hostile. Looks names up, never walks; never follows soft or external links;
/// leaves alone what it is not asked for. Every fault is an InputError naming the file, the dataset and the rule.
class Hdf5Reader {
public:
    explicit Hdf5Reader(const std::filesystem::path& path);

    const std::string& name() const { return name_; }

    /// Is there an object of that name? A soft or external link on the way is an InputError.
    bool has(const std::string& path) const;

    /// @pre path is absolute
    DatasetReader dataset(const std::string& path, ElementType type, std::size_t rank) const;

    bool has_attribute(const std::string& object, const std::string& attribute) const;
    std::string text_attribute(const std::string& object, const std::string& attribute) const;
    std::int64_t integer_attribute(const std::string& object, const std::string& attribute) const;

    [[noreturn]] void fail(std::string_view path, std::string_view rule) const;

private:
    Handle open_object(const std::string& path) const;
    Handle open_attribute(const std::string& object, const std::string& attribute) const;

    std::string name_;
    std::uint64_t file_bytes_ = 0;
    Handle file_;
};

}  // namespace headroom
