#include "formulations/generate/tree_growth.hpp"

#include <algorithm>
#include <cmath>

#include "formulations/generate/quantile_table.hpp"

namespace headroom {
namespace {

constexpr QuantileTable<10> main_length{{0, .05, .1, .25, .5, .75, .9, .95, .99, 1},
                                        {1, 1.3, 1.8, 3.9, 8, 12.2, 17.4, 23.8, 54, 130}};
constexpr QuantileTable<11> service_length{{0, .05, .1, .25, .5, .75, .9, .95, .98, .99, 1},
                                           {1.1, 3.1, 3.8, 5.2, 8.5, 13.5, 17.8, 23, 40, 91, 116}};
constexpr QuantileTable<8> stub_length{{0, .25, .5, .75, .9, .95, .99, 1}, {1, 1.4, 2.9, 7.2, 13.8, 17.8, 38, 60}};
constexpr QuantileTable<7> lead_length{{0, .1, .25, .5, .75, .9, 1}, {8, 22, 30, 48, 75, 115, 300}};
/// One less than the pieces of a branch between two joints, as drawn with pieces below 1 m joined.
constexpr QuantileTable<7> main_vertices{{0, .55, .75, .9, .95, .99, 1}, {0, 1, 3, 5, 8, 16, 30}};
constexpr QuantileTable<7> service_vertices{{0, .45, .75, .9, .95, .99, 1}, {0, 1, 3, 5, 6, 9, 13}};
constexpr QuantileTable<6> stub_vertices{{0, .78, .9, .95, .99, 1}, {0, 1, 3, 5, 10, 20}};
constexpr QuantileTable<9> smaller_side{{0, .05, .1, .25, .5, .75, .9, .95, 1},
                                        {.01, .03, .06, .11, .18, .33, .42, .5, .5}};

constexpr double two_services = 0.34, joint_between = 0.56, stub_at_service = 0.65, street_parts = 0.38;

/// Streets still to be built: customers behind a bus.
struct Street {
    std::int32_t at;
    int customers;
};

class Growth {
public:
    Growth(RandomStream& random, const TreeScale& scale) : random_(random), scale_(scale) {}

    GrownTree grow(int customers) {
        add(-1, 0, BranchRole::main);
        const double lead = scale_.length * lead_length.at(random_.uniform());
        std::vector<Street> streets{{extend(0, lead, 3 * pieces(main_vertices), BranchRole::main), customers}};
        while (!streets.empty()) {
            const Street street = streets.back();
            streets.pop_back();
            build(street, streets);
        }
        return std::move(tree_);
    }

private:
    void build(Street street, std::vector<Street>& streets) {
        while (street.customers > 0) {
            if (random_.chance(joint_between)) add_stub(street.at = add_main(street.at));
            street.at = add_main(street.at);
            const int service_count = std::min(street.customers, random_.chance(two_services) ? 2 : 1);
            for (int k = 0; k < service_count; ++k) add_service(street.at);
            if (random_.chance(stub_at_service)) add_stub(street.at);
            street.customers -= service_count;
            if (street.customers < 2 || !random_.chance(street_parts)) continue;
            const int beside = std::max(1, static_cast<int>(smaller_side.at(random_.uniform()) * street.customers));
            streets.push_back({street.at, beside});
            street.customers -= beside;
        }
    }

    template <std::size_t N> int pieces(const QuantileTable<N>& vertices) {
        return 1 + static_cast<int>(scale_.vertices * vertices.at(random_.uniform()));
    }

    std::int32_t add_main(std::int32_t from) {
        const double length = scale_.length * main_length.at(random_.uniform());
        return extend(from, length, pieces(main_vertices), BranchRole::main);
    }
    void add_stub(std::int32_t from) {
        const double length = scale_.length * stub_length.at(random_.uniform());
        extend(from, length, pieces(stub_vertices), BranchRole::stub);
    }
    void add_service(std::int32_t from) {
        const double length = service_length.at(random_.uniform());
        tree_.customer_bus.push_back(extend(from, length, pieces(service_vertices), BranchRole::service));
    }

    /// A branch of so many pieces of random shares of its length; pieces stay about 1 m long at least.
    std::int32_t extend(std::int32_t from, double length, int count, BranchRole role) {
        count = std::min(count, std::max(1, static_cast<int>(length)));
        share_.clear();
        double sum = 0;
        for (int k = 0; k < count; ++k) {
            share_.push_back(random_.between(0.2, 1));
            sum += share_.back();
        }
        for (const double share : share_) from = add(from, length * share / sum, role);
        return from;
    }

    std::int32_t add(std::int32_t parent, double length, BranchRole role) {
        tree_.parent.push_back(parent);
        tree_.length.push_back(length);
        tree_.role.push_back(role);
        return static_cast<std::int32_t>(tree_.size()) - 1;
    }

    RandomStream& random_;
    TreeScale scale_;
    GrownTree tree_;
    std::vector<double> share_;  ///< of the branch in hand
};

}  // namespace

GrownTree grow_tree(RandomStream& random, int customers, const TreeScale& scale) {
    return Growth(random, scale).grow(customers);
}

}  // namespace headroom
