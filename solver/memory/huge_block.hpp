#pragma once

#include <cstddef>
#include <memory>

namespace headroom {

/// Two megabytes, aligned so that the system may back them by one page: the first touch of each of 512 small ones can
/// cost more than what is written there. Not set. A thread keeps a few that it has given back, and gets these first.
class HugeBlock {
public:
    static constexpr std::size_t size = std::size_t{2} << 20;  ///< bytes
    static constexpr std::size_t most_kept = 16;               ///< blocks of a thread that nobody uses

    HugeBlock();  ///< @throws std::bad_alloc
    std::byte* data() const { return memory_.get(); }

private:
    struct GiveBack {
        void operator()(std::byte* memory) const noexcept;
    };
    std::unique_ptr<std::byte, GiveBack> memory_;
};

}  // namespace headroom
