// Progressive filling in lanes; filling.hpp states the problem, filling.md the method. Compiled once per instruction
// set.

#include "solver/packing/filling_kernel.hpp"

#include "solver/lanes/lanes.hpp"

namespace headroom::HEADROOM_SIMD_NAMESPACE {
namespace {

constexpr int W = 8;
constexpr int pass_max = 2000;  // passes over A per pack; a handful is usual
constexpr double tight_share =
    1e-13;  // a row is tight when less than this share of what it carries is left: rounding only
constexpr double cap_rounding = 1e-14;  // (cap / reference) * reference may miss the cap by a unit in the last place
constexpr double infinity = __builtin_inf();

/// What one pass over A at the level t tells about every lane.
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

Lanes filled(Lanes t, Lanes first, Lanes cap, Lanes reference) { return minimum(maximum(first, t * reference), cap); }

/// w(t) into limit, dw/dt into rise; frozen limits keep what they have. The slope is the one to the right, what rising
/// further would cost; in lanes at their top level it is the one to the left, as there is no further.
void set_level(const FillingView& v, Lanes t, Mask at_top, Mask running) {
    const Lanes zero = spread(0);
    for (int c = 0; c < v.limit_count; ++c) {
        const Lanes first = load(v.first + c * W), cap = load(v.cap + c * W), reference = load(v.reference + c * W);
        const Mask fixed = (load(v.frozen + c * W) > zero) | ~running;
        const Lanes raised = t * reference;
        store(v.limit + c * W, select(fixed, load(v.limit + c * W), filled(t, first, cap, reference)));
        const Mask rises = (raised >= first) & ((raised < cap) | (at_top & (raised <= cap))) & ~fixed;
        store(v.rise + c * W, select(rises, reference, zero));
    }
}

/// One pass over A: used = A w, slope = A dw/dt, and the ratio tests. Fractions are compared crosswise: no division.
PassResult pass(const FillingView& v) {
    const Lanes zero = spread(0);
    PassResult result{.inside = zero == zero, .stopped = zero != zero, .step_up = zero, .step_down = zero};
    Lanes up_room = spread(infinity), up_slope = spread(1), down_excess = zero, down_slope = spread(1);
    for (int r = 0; r < v.row_count; ++r) {
        Lanes used = zero, slope = zero;
        for (int e = v.start[r]; e < v.start[r + 1]; ++e) {
            const Lanes a = spread(v.value[e]);
            const int slot = v.column[e] * W;
            used = fused(a, load(v.limit + slot), used);
            slope = fused(a, load(v.rise + slot), slope);
        }
        store(v.used + r * W, used);
        store(v.slope + r * W, slope);
        const Lanes left = load(v.room + r * W) - used, margin = spread(tight_share) * used;
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

/// Level at which the last free limit reaches its cap.
Lanes cap_level(const FillingView& v) {
    const Lanes zero = spread(0);
    Lanes level = zero;
    for (int c = 0; c < v.limit_count; ++c) {
        const Mask fixed = load(v.frozen + c * W) > zero;
        level = maximum(level, select(fixed, zero, load(v.cap + c * W) / load(v.reference + c * W)));
    }
    return level;
}

/// Stops the limits in tight rows (of the lanes in `finished`) and those at their cap.
void freeze(const FillingView& v, Lanes t, Mask finished) {
    const Lanes zero = spread(0), one = spread(1);
    for (int c = 0; c < v.limit_count; ++c) {
        const Lanes cap = load(v.cap + c * W), first = load(v.first + c * W);
        const Lanes old = load(v.frozen + c * W);
        const Mask reached = (t * load(v.reference + c * W) >= spread(1 - cap_rounding) * cap) | (first >= cap);
        const Mask at_cap = reached & finished & ~(old > zero);
        store(v.frozen + c * W, select(at_cap, one, old));
        store(v.limit + c * W, select(at_cap, cap, load(v.limit + c * W)));
        for (int lane = 0; lane < W; ++lane)
            if (at_cap[lane]) v.stop[c * W + lane] = -1;
    }
    for (int r = 0; r < v.row_count; ++r) {
        const Lanes room = load(v.room + r * W), used = load(v.used + r * W);
        const Mask tight = (room - used <= spread(tight_share) * used) & finished;
        if (!any(tight)) continue;
        for (int e = v.start[r]; e < v.start[r + 1]; ++e) {
            const int slot = v.column[e] * W;
            const Lanes old = load(v.frozen + slot);
            const Mask newly = tight & ~(old > zero);
            store(v.frozen + slot, select(newly, one, old));
            for (int lane = 0; lane < W; ++lane)
                if (newly[lane]) v.stop[slot + lane] = r;
        }
    }
}

Mask all_frozen(const FillingView& v) {
    const Lanes zero = spread(0);
    Mask all = zero == zero;
    for (int c = 0; c < v.limit_count; ++c) all &= load(v.frozen + c * W) > zero;
    return all;
}

Search begin(const FillingView& v) {
    const Lanes zero = spread(0);
    for (int c = 0; c < v.limit_count; ++c) {
        store(v.frozen + c * W, zero);
        store(v.limit + c * W, zero);
        for (int lane = 0; lane < W; ++lane) v.stop[c * W + lane] = -4;
    }
    for (int lane = 0; lane < W; ++lane) v.rounds[lane] = 0;
    const Mask live = load(v.live) > zero;
    return {.lower = zero, .upper = cap_level(v), .trial = zero, .open = live, .running = live};
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
void end_round(const FillingView& v, Search& s, Mask finished) {
    for (int lane = 0; lane < W; ++lane) v.rounds[lane] += finished[lane] ? 1 : 0;
    store(v.level, select(finished, s.trial, load(v.level)));
    freeze(v, s.trial, finished);
    const Mask done = v.lexicographic ? finished & all_frozen(v) : finished;
    s.running &= ~done;
    s.lower = select(finished, s.trial, s.lower);
    s.upper = select(finished, cap_level(v), s.upper);
    s.open |= finished;
}

}  // namespace

void fill_kernel(const FillingView& v) {
    Search s = begin(v);
    store(v.level, spread(0));
    for (int k = 0; k < pass_max && any(s.running); ++k) {
        const Mask at_top = s.open & (s.trial >= s.upper);
        set_level(v, s.trial, at_top, s.running);
        const PassResult p = pass(v);
        // The bracket has shrunk to neighbouring numbers: lower is the answer to the last bit.
        const Lanes middle = spread(0.5) * (s.lower + s.upper);
        const Mask shut = p.inside & ~s.open & ((middle <= s.lower) | (middle >= s.upper));
        const Mask finished = (p.stopped | (p.inside & at_top) | shut) & s.running;
        const Mask go_on = s.running & ~finished;
        if (any(finished)) end_round(v, s, finished);
        const Mask running = s.running;
        s.running = go_on;
        advance(s, p);
        s.running = running;
    }
    for (int lane = 0; lane < W; ++lane)
        if (s.running[lane]) v.rounds[lane] = -1;
}

void multiply_kernel(const ProductView& v) {
    for (int r = 0; r < v.row_count; ++r) {
        Lanes sum = spread(0);
        for (int e = v.start[r]; e < v.start[r + 1]; ++e)
            sum = fused(spread(v.value[e]), load(v.w + v.column[e] * W), sum);
        store(v.product + r * W, sum);
    }
}

}  // namespace headroom::HEADROOM_SIMD_NAMESPACE
