// Progressive filling in lanes; filling.hpp states the problem, filling.md the method. Compiled once per instruction
// set.

#include "solver/packing/filling_kernel.hpp"

#include "solver/lanes/lanes.hpp"
#include "solver/packing/nested_lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr int W = 8;
constexpr int pass_max = 2000;          // passes over the rows in play per search; a handful is usual
constexpr double tight_share = 1e-13;   // a row is tight when less than this share of what it carries is left: rounding
constexpr double cap_rounding = 1e-14;  // (cap / reference) * reference may miss the cap by a unit in the last place
constexpr double infinity = __builtin_inf();
constexpr double by_cap = -1, with_others = -4;  // filling.hpp: stopped_by_cap, stopped_with_others

/// What one pass over the rows in play at the level t tells about every lane.
struct PassResult {
    Mask inside;      // no row is exceeded
    Mask stopped;     // inside, and some tight row would be exceeded by rising further
    Lanes step_up;    // distance to the first row that fills up, if all goes on as it does at t
    Lanes step_down;  // distance back to where the last exceeded row fits, likewise
};

/// The state of every lane's search for the level.
struct Search {
    Lanes lower, upper;  // A w(lower) <= room; upper: not so, or everything is at its cap
    Lanes trial;
    Mask open;  // upper is only the cap level, not known to be exceeded
    Mask running;
};

/// The rows that the searches look at, in increasing order. A lane looks at those that are in play for it.
struct ActiveRows {
    int* rows;
    int count;
};

Mask is_set(const double* flags) { return load(flags) > spread(0); }

Lanes filled(Lanes t, Lanes first, Lanes cap, Lanes reference) { return minimum(maximum(first, t * reference), cap); }

/// w(t) into limit, dw/dt into rise; frozen limits keep what they have. The slope is the one to the right, what rising
/// further would cost; in lanes at their top level it is the one to the left, as there is no further.
void set_level(const FillingView& v, Lanes t, Mask at_top, Mask running) {
    for (int c = 0; c < v.limit_count; ++c) {
        const Lanes first = load(v.first + c * W), cap = load(v.cap + c * W), reference = load(v.reference + c * W);
        const Mask moves = ~is_set(v.frozen + c * W) & running;
        const Lanes raised = t * reference;
        store(v.limit + c * W, select(moves, filled(t, first, cap, reference), load(v.limit + c * W)));
        const Mask rises = (raised >= first) & ((raised < cap) | (at_top & (raised <= cap))) & moves;
        store(v.rise + c * W, select(rises, reference, spread(0)));
    }
}

/// Room of a row for the lanes that look at it; rows out of play have no end.
Lanes room_in_play(const FillingView& v, int row) {
    return select(is_set(v.in_play + row * W), load(v.room + row * W), spread(infinity));
}

struct RowSums {
    Lanes used, slope;
};

/// (A w)_r and (A dw/dt)_r. Two partial sums each, because a multiply-add would wait for the one before it.
RowSums sum_row(const FillingView& v, int row) {
    Lanes used = spread(0), slope = used, other_used = used, other_slope = used;
    const int end = v.start[row + 1];
    int e = v.start[row];
    for (; e + 2 <= end; e += 2) {
        const Lanes a = spread(v.value[e]), b = spread(v.value[e + 1]);
        const int slot = v.column[e] * W, other = v.column[e + 1] * W;
        used = fused(a, load(v.limit + slot), used);
        slope = fused(a, load(v.rise + slot), slope);
        other_used = fused(b, load(v.limit + other), other_used);
        other_slope = fused(b, load(v.rise + other), other_slope);
    }
    if (e < end) {
        const Lanes a = spread(v.value[e]);
        const int slot = v.column[e] * W;
        used = fused(a, load(v.limit + slot), used);
        slope = fused(a, load(v.rise + slot), slope);
    }
    return {used + other_used, slope + other_slope};
}

/// One pass over the rows in play: used = A w, slope = A dw/dt, and the ratio tests. Fractions are compared crosswise:
/// no division.
PassResult pass(const FillingView& v, const ActiveRows& active) {
    const Lanes zero = spread(0);
    PassResult result{.inside = all_lanes(), .stopped = no_lanes(), .step_up = zero, .step_down = zero};
    Lanes up_room = spread(infinity), up_slope = spread(1), down_excess = zero, down_slope = spread(1);
    for (int k = 0; k < active.count; ++k) {
        const int r = active.rows[k];
        const auto [used, slope] = sum_row(v, r);
        store(v.used + r * W, used);
        const Lanes left = room_in_play(v, r) - used, margin = spread(tight_share) * used;
        const Mask rises = slope > zero, exceeded = left < -margin, tight = (left <= margin) & rises;
        result.inside &= ~exceeded;
        result.stopped |= tight;
        const Mask nearer = rises & (left * up_slope < up_room * slope);
        up_room = select(nearer, left, up_room);
        up_slope = select(nearer, slope, up_slope);
        const Mask farther = exceeded & (-left * down_slope > down_excess * slope);
        down_excess = select(farther, -left, down_excess);
        down_slope = select(farther, slope, down_slope);
    }
    result.stopped &= result.inside;
    result.step_up = up_room / up_slope;
    result.step_down = down_excess / down_slope;  // +inf where an exceeded row does not move: bisection follows
    return result;
}

/// What is left to do after some limits have stopped.
struct Remaining {
    Lanes cap_level;  // where the last free limit reaches its cap
    Mask none;        // every limit has stopped
};

Remaining remaining(const FillingView& v) {
    Remaining result{spread(0), all_lanes()};
    for (int c = 0; c < v.limit_count; ++c) {
        const Mask frozen = is_set(v.frozen + c * W);
        result.cap_level = maximum(result.cap_level, select(frozen, spread(0), load(v.top + c * W)));
        result.none &= frozen;
    }
    return result;
}

/// Marks the limit as stopped in the lanes of `newly`.
void stop(const FillingView& v, int slot, Mask newly, double reason) {
    store(v.frozen + slot, select(newly, spread(1), load(v.frozen + slot)));
    store(v.stop_row + slot, select(newly, spread(reason), load(v.stop_row + slot)));
}

/// Stops the limits in tight rows (of the lanes in `finished`) and those at their cap.
void freeze(const FillingView& v, const ActiveRows& active, Lanes t, Mask finished) {
    for (int c = 0; c < v.limit_count; ++c) {
        const int slot = c * W;
        const Lanes cap = load(v.cap + slot), first = load(v.first + slot);
        const Mask reached = (t * load(v.reference + slot) >= spread(1 - cap_rounding) * cap) | (first >= cap);
        const Mask newly = reached & finished & ~is_set(v.frozen + slot);
        store(v.limit + slot, select(newly, cap, load(v.limit + slot)));
        stop(v, slot, newly, by_cap);
    }
    for (int k = 0; k < active.count; ++k) {
        const int r = active.rows[k];
        const Lanes used = load(v.used + r * W);
        const Mask tight = (room_in_play(v, r) - used <= spread(tight_share) * used) & finished;
        if (!any(tight)) continue;
        for (int e = v.start[r]; e < v.start[r + 1]; ++e) {
            const int slot = v.column[e] * W;
            stop(v, slot, tight & ~is_set(v.frozen + slot), r);
        }
    }
}

/// A new search for the lanes of `which`; the others keep their answer.
Search begin(const FillingView& v, Mask which) {
    const Lanes zero = spread(0);
    for (int c = 0; c < v.limit_count; ++c) {
        const int slot = c * W;
        store(v.frozen + slot, select(which, zero, load(v.frozen + slot)));
        store(v.stop_row + slot, select(which, spread(with_others), load(v.stop_row + slot)));
    }
    for (int lane = 0; lane < W; ++lane)
        if (which[lane]) v.rounds[lane] = 0;
    return {.lower = zero, .upper = remaining(v).cap_level, .trial = zero, .open = which, .running = which};
}

/// The next level to try, from what the pass at s.trial said. Newton where it lands inside the bracket, else its
/// middle.
void advance(Search& s, const PassResult& p) {
    const Mask rise = p.inside & s.running, fall = ~p.inside & s.running;
    s.lower = select(rise, s.trial, s.lower);
    s.upper = select(fall, s.trial, s.upper);
    s.open &= ~fall;
    const Lanes newton = select(p.inside, s.trial + p.step_up, s.trial - p.step_down);
    const Mask at_top = s.open & (newton >= s.upper);
    const Mask lands = (newton > s.lower) & (newton < s.upper);
    const Lanes middle = spread(0.5) * (s.lower + s.upper);
    s.trial = select(s.running, select(at_top, s.upper, select(lands, newton, middle)), s.trial);
}

/// Ends the round of the lanes in `finished`: stops their limits and opens the next round for those that have one.
void end_round(const FillingView& v, const ActiveRows& active, Search& s, Mask finished) {
    for (int lane = 0; lane < W; ++lane) v.rounds[lane] += finished[lane] ? 1 : 0;
    store(v.level, select(finished, s.trial, load(v.level)));
    freeze(v, active, s.trial, finished);
    const Remaining left = remaining(v);
    const Mask done = v.lexicographic ? finished & left.none : finished;
    s.running &= ~done;
    s.lower = select(finished, s.trial, s.lower);
    s.upper = select(finished, left.cap_level, s.upper);
    s.open |= finished;
}

/// Fills the lanes of `which` under the rows in play. Those that have an answer; the others have given up.
Mask search(const FillingView& v, const ActiveRows& active, Mask which) {
    Search s = begin(v, which);
    for (int k = 0; k < pass_max && any(s.running); ++k) {
        const Mask at_top = s.open & (s.trial >= s.upper);
        set_level(v, s.trial, at_top, s.running);
        const PassResult p = pass(v, active);
        // The bracket has shrunk to neighbouring numbers: lower is the answer to the last bit.
        const Lanes middle = spread(0.5) * (s.lower + s.upper);
        const Mask shut = p.inside & ~s.open & ((middle <= s.lower) | (middle >= s.upper));
        const Mask finished = (p.stopped | (p.inside & at_top) | shut) & s.running;
        const Mask go_on = s.running & ~finished;
        if (any(finished)) end_round(v, active, s, finished);
        const Mask running = s.running;
        s.running = go_on;
        advance(s, p);
        s.running = running;
    }
    for (int lane = 0; lane < W; ++lane)
        if (s.running[lane]) v.rounds[lane] = -1;
    return which & ~s.running;
}

constexpr int block_rows = 8;  // RowBlocks::rows_per_block

/// A w for rows [first, first + count) of a block into product [#row of the block]; as many sums at a time as there are
/// registers for.
template <int first, int count>
inline __attribute__((always_inline)) void multiply_rows(const BlockView& blocks, int block, const double* w,
                                                         double* product) {
    Lanes sum[count];
    for (Lanes& s : sum) s = spread(0);
    for (int e = blocks.start[block]; e < blocks.start[block + 1]; ++e) {
        const Lanes x = load(w + blocks.column[e] * W);
        const double* value = blocks.value + block_rows * e + first;
#pragma GCC unroll 8
        for (int k = 0; k < count; ++k) sum[k] = fused(spread(value[k]), x, sum[k]);
    }
#pragma GCC unroll 8
    for (int k = 0; k < count; ++k) store(product + (first + k) * W, sum[k]);
}

void multiply_block(const BlockView& blocks, int block, const double* w, double* product) {
    if constexpr (Lanes::part_count == 1) {
        multiply_rows<0, 8>(blocks, block, w, product);
    } else {
        multiply_rows<0, 4>(blocks, block, w, product);
        multiply_rows<4, 4>(blocks, block, w, product);
    }
}

/// The row that a lane exceeds most so far, in share of what it carries.
struct Worst {
    Lanes row = spread(-1), excess = spread(0), used = spread(1);
};

void look_at(const FillingView& v, int r, Lanes used, Mask which, Worst& worst) {
    const Lanes excess = used - load(v.room + r * W);
    const Mask exceeded = (excess > spread(tight_share) * used) & which;
    if (!any(exceeded)) return;
    const Mask worse = exceeded & ~is_set(v.in_play + r * W) & (excess * worst.used > worst.excess * used);
    worst.row = select(worse, spread(r), worst.row);
    worst.excess = select(worse, excess, worst.excess);
    worst.used = select(worse, used, worst.used);
}

/// The row that each lane of `which` exceeds most among those not yet in play for it; -1 where the answer holds
/// everywhere.
Lanes most_exceeded(const FillingView& v, Mask which) {
    Worst worst;
    if (v.nested != nullptr) {
        find_sums(*v.nested);
        for (int r = 0; r < v.row_count; ++r) look_at(v, r, nested_row(*v.nested, r), which, worst);
        return worst.row;
    }
    for (int block = 0; block < v.blocks.count; ++block) {
        alignas(64) double product[block_rows * W];
        multiply_block(v.blocks, block, v.limit, product);
        for (int k = 0; k < block_rows; ++k)
            look_at(v, v.blocks.row[block_rows * block + k], load(product + k * W), which, worst);
    }
    return worst.row;
}

/// Inserts a row, which keeps the order: what a lane computes must not depend on which lane brought a row first.
void insert(ActiveRows& active, int row) {
    int at = active.count;
    while (at > 0 && active.rows[at - 1] > row) --at;
    if (at > 0 && active.rows[at - 1] == row) return;
    for (int k = active.count++; k > at; --k) active.rows[k] = active.rows[k - 1];
    active.rows[at] = row;
}

/// Brings the most exceeded row of every lane into play for that lane. Lanes without one have their answer.
Mask add_rows(const FillingView& v, ActiveRows& active, Mask which) {
    const Lanes worst = most_exceeded(v, which);
    const Mask added = worst >= spread(0);
    if (!any(added)) return added;
    double rows[W] __attribute__((aligned(64)));
    store(rows, worst);
    for (int lane = 0; lane < W; ++lane) {
        if (rows[lane] < 0) continue;
        const int row = static_cast<int>(rows[lane]);
        insert(active, row);
        v.in_play[row * W + lane] = 1;
    }
    return added;
}

void start_with_first_rows(const FillingView& v, ActiveRows& active) {
    for (int r = 0; r < v.row_count; ++r) store(v.in_play + r * W, spread(0));
    for (int k = 0; k < v.first_count; ++k) {
        insert(active, v.first_rows[k]);
        store(v.in_play + v.first_rows[k] * W, spread(1));
    }
}

}  // namespace

void fill_kernel(const FillingView& v) {
    ActiveRows active{v.active, 0};
    start_with_first_rows(v, active);
    for (int c = 0; c < v.limit_count; ++c) {
        store(v.limit + c * W, spread(0));
        store(v.frozen + c * W, spread(1));
        store(v.stop_row + c * W, spread(with_others));
        store(v.top + c * W, load(v.cap + c * W) / load(v.reference + c * W));
    }
    for (int lane = 0; lane < W; ++lane) v.rounds[lane] = 0;
    store(v.level, spread(0));
    Mask open = load(v.live) > spread(0);
    while (any(open)) open = add_rows(v, active, search(v, active, open));
    for (int k = 0; k < v.limit_count * W; ++k) v.stop[k] = static_cast<int>(v.stop_row[k]);
}

void multiply_kernel(const ProductView& v) {
    for (int block = 0; block < v.blocks.count; ++block) {
        alignas(64) double product[block_rows * W];
        multiply_block(v.blocks, block, v.w, product);
        for (int k = 0; k < block_rows; ++k)
            store(v.product + v.blocks.row[block_rows * block + k] * W, load(product + k * W));
    }
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
