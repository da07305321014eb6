#include "solver/memory/huge_block.hpp"

#include <sys/mman.h>

#include <new>
#include <vector>

namespace headroom {
namespace {

constexpr std::align_val_t alignment{HugeBlock::size};

/// Blocks that a thread has given back.
class Kept {
public:
    Kept() { blocks_.reserve(HugeBlock::most_kept); }
    Kept(const Kept&) = delete;
    Kept& operator=(const Kept&) = delete;
    ~Kept() {
        for (std::byte* block : blocks_) ::operator delete(block, alignment);
    }

    std::byte* take() {
        if (blocks_.empty()) return nullptr;
        std::byte* block = blocks_.back();
        blocks_.pop_back();
        return block;
    }
    bool keep(std::byte* block) noexcept {
        if (blocks_.size() == HugeBlock::most_kept) return false;
        blocks_.push_back(block);
        return true;
    }

private:
    std::vector<std::byte*> blocks_;
};

thread_local Kept kept;

std::byte* new_block() {
    auto* block = static_cast<std::byte*>(::operator new(HugeBlock::size, alignment));
#ifdef MADV_HUGEPAGE
    // A wish: where the system grants none, small pages do.
    madvise(block, HugeBlock::size, MADV_HUGEPAGE);
#endif
    return block;
}

}  // namespace

HugeBlock::HugeBlock() : memory_(kept.take()) {
    if (!memory_) memory_.reset(new_block());
}

void HugeBlock::GiveBack::operator()(std::byte* memory) const noexcept {
    if (!kept.keep(memory)) ::operator delete(memory, alignment);
}

}  // namespace headroom
