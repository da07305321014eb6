#pragma once

#include <cstdint>
#include <string>
#include <utility>

namespace headroom {

/// Owner of one HDF5 identifier (file, group, dataset, type, space, attribute, property list); negative owns nothing.
class Handle {
public:
    Handle() = default;
    explicit Handle(std::int64_t id) : id_(id) {}
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)) {}
    Handle& operator=(Handle&& other) noexcept {
        std::swap(id_, other.id_);
        return *this;
    }
    Handle(const Handle&) = delete;
    Handle& operator=(const Handle&) = delete;
    ~Handle() { close(); }

    std::int64_t get() const { return id_; }
    explicit operator bool() const { return id_ >= 0; }

    /// False when the library reports a failure, for files: data that did not reach the disk. Owns nothing afterwards.
    bool close() noexcept;

private:
    std::int64_t id_ = -1;
};

/// What the library says about its last failed call on this thread, with the system's words where there are any.
/// Ask at once: the next call forgets it.
std::string hdf5_error_reason();

}  // namespace headroom
