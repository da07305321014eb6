#include <cmath>
#include <complex>
#include <filesystem>
#include <fstream>
#include <numbers>

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <Eigen/LU>

#include "formulations/network/validate.hpp"
#include "io/import/opendss/opendss_import.hpp"
#include "tests/support/imports.hpp"
#include "tests/support/plain_power_flow.hpp"
#include "tests/support/temporary_directory.hpp"

namespace headroom {
namespace {

using Complex = std::complex<double>;

Region import_text(const std::string& text) {
    const test::TemporaryDirectory folder;
    const auto master = folder / "master.dss";
    std::ofstream(master) << text;
    OpenDssOptions options;
    options.active = "none";  // all loads keep their model
    return import_opendss(master, options).region;
}

/// Nodal equations of single-phase units as their data sheets say them: with the pairwise short-circuit impedances of
/// windings 1 and k, and of k and l, per unit,  v_1 - v_k = sum_l ZB_kl i_l,  ZB_kl = (z_1k + z_1l - z_kl) / 2.
class BankEquations {
public:
    struct Coil {
        int plus, minus;  ///< nodes; -1: ground
        double volt;      ///< rated
    };

    explicit BankEquations(int nodes) : y_(Eigen::MatrixXcd::Zero(nodes, nodes)) {}

    /// @param pairs  [winding, winding], zero on the diagonal
    void add_unit(const std::vector<Coil>& coils, double kva, const Eigen::MatrixXcd& pairs) {
        const auto others = static_cast<Eigen::Index>(coils.size()) - 1;
        Eigen::MatrixXcd zb(others, others);
        for (Eigen::Index k = 0; k < others; ++k)
            for (Eigen::Index l = 0; l < others; ++l)
                zb(k, l) = (pairs(0, k + 1) + pairs(0, l + 1) - pairs(k + 1, l + 1)) / 2.0;
        Eigen::MatrixXd drops = Eigen::MatrixXd::Zero(others, y_.rows());
        for (Eigen::Index k = 0; k < others; ++k) {
            place(drops, k, coils.front(), 1.0);
            place(drops, k, coils[static_cast<std::size_t>(k) + 1], -1.0);
        }
        y_ += 1000.0 * kva * drops.transpose() * zb.inverse() * drops;
    }

    /// A load of constant impedance.
    void add_load(int plus, int minus, double volt, Complex kva) {
        Eigen::MatrixXd across = Eigen::MatrixXd::Zero(1, y_.rows());
        place(across, 0, {plus, minus, 1.0}, 1.0);
        y_ += 1000.0 * std::conj(kva) / (volt * volt) * across.transpose() * across;
    }

    /// Voltages of the nodes behind the first ones, whose voltages are given.
    Eigen::VectorXcd solve(const Eigen::VectorXcd& given) const {
        const Eigen::Index free = y_.rows() - given.size();
        return y_.bottomRightCorner(free, free).partialPivLu().solve(-y_.bottomLeftCorner(free, given.size()) * given);
    }

private:
    static void place(Eigen::MatrixXd& rows, Eigen::Index row, const Coil& coil, double sign) {
        if (coil.plus >= 0) rows(row, coil.plus) += sign / coil.volt;
        if (coil.minus >= 0) rows(row, coil.minus) -= sign / coil.volt;
    }

    Eigen::MatrixXcd y_;
};

Eigen::MatrixXcd short_circuits(Complex z12) { return Eigen::MatrixXcd{{0.0, z12}, {z12, 0.0}}; }

Eigen::MatrixXcd short_circuits(Complex z12, Complex z13, Complex z23) {
    return Eigen::MatrixXcd{{0.0, z12, z13}, {z12, 0.0, z23}, {z13, z23, 0.0}};
}

Complex turned(double volt, double degrees) { return std::polar(volt, degrees * std::numbers::pi / 180.0); }

const std::string stiff_source = "new circuit.c basekv=12.47 bus1=hv z1=[0 1e-5] z0=[0 1e-5]\n";
const double hv = 12470.0 / std::numbers::sqrt3;

void expect_voltages(const Region& region, const std::string& bus, const Eigen::VectorXcd& expected) {
    test::PlainPowerFlow flow(region, 0);
    ASSERT_TRUE(flow.solve(1e-12));
    for (Eigen::Index k = 0; k < expected.size(); ++k) {
        const Complex v = flow.voltage(test::row(region.bus.id, bus), static_cast<int>(k) + 1);
        EXPECT_NEAR(std::abs(v - expected[k]), 0.0, 1e-7 * expected.cwiseAbs().maxCoeff()) << bus << "." << k + 1;
    }
}

// The open wye to open delta bank of four-wire delta services: a lighting unit with a centre tap, a smaller power unit.
TEST(DssBank, ACentreTapAndAUnitBesideItAreOnePath) {
    const Region region = import_text(
        stiff_source
        + "new transformer.lighting phases=1 windings=3 xhl=2.04 xht=2.04 xlt=1.36 ppm=0\n"
          "~ wdg=1 bus=hv.1.0 kv=7.2 kva=25 %r=0.6\n~ wdg=2 bus=lv.1.0 kv=0.12 %r=1.2\n"
          "~ wdg=3 bus=lv.0.2 kv=0.12 %r=1.2\n"
          "new transformer.power phases=1 xhl=1.4 %rs=[0.8 0.8] kvas=[10 10] kvs=[7.2 0.24] "
          "buses=[hv.3.0 lv.3.1] ppm=0\n"
          "new load.l1 phases=1 bus1=lv.1.0 kv=0.12 kw=3 kvar=1 model=2\n"
          "new load.l12 phases=1 bus1=lv.1.2 kv=0.24 kw=8 kvar=4 model=2\n"
          "new load.l23 phases=1 bus1=lv.2.3 kv=0.24 kw=6 kvar=3 model=2\n");

    EXPECT_EQ(messages(validate(region)), std::vector<std::string>{});

    BankEquations bank(5);  // hv.1, hv.3, lv.1, lv.2, lv.3
    const Complex to_half(0.018, 0.0204), between(0.024, 0.0136);
    bank.add_unit({{0, -1, 7200}, {2, -1, 120}, {-1, 3, 120}}, 25, short_circuits(to_half, to_half, between));
    bank.add_unit({{1, -1, 7200}, {4, 2, 240}}, 10, short_circuits({0.016, 0.014}));
    bank.add_load(2, -1, 120, {3, 1});
    bank.add_load(2, 3, 240, {8, 4});
    bank.add_load(3, 4, 240, {6, 3});
    expect_voltages(region, "lv", bank.solve(Eigen::Vector2cd(turned(hv, 0), turned(hv, 120))));
}

TEST(DssBank, ThreeUnequalTanksWithATertiaryAreOnePath) {
    std::string text = stiff_source;
    BankEquations bank(9);  // hv, mv, lv
    const double xhl[3] = {7.5, 8.0, 6.0};
    for (int k = 0; k < 3; ++k) {
        const int a = k + 1, b = (k + 1) % 3 + 1;
        text += fmt::format(
            "new transformer.t{} phases=1 windings=3 xhl={} xht=36 xlt=28 %rs=[0.11 0.11 0.275] kvas=[500 500 160] "
            "kvs=[7.2 2.4 0.24] buses=[hv.{}.0 mv.{}.0 lv.{}.{}] conns=[wye wye delta] ppm=0\n",
            k, xhl[k], a, a, a, b);
        text += fmt::format("new load.m{} phases=1 bus1=mv.{}.0 kv=2.4 kw={} kvar=50 model=2\n", k, a, 100 + 40 * k);
        bank.add_unit({{k, -1, 7200}, {3 + k, -1, 2400}, {6 + k, 6 + b - 1, 240}}, 500,
                      short_circuits({0.0022, xhl[k] / 100}, {0.00385, 0.36}, {0.00385, 0.28}));
        bank.add_load(3 + k, -1, 2400, {100.0 + 40 * k, 50});
    }
    text +=
        "new load.d phases=1 bus1=lv.1.2 kv=0.24 kw=60 kvar=20 model=2\n"
        "new reactor.earth phases=1 bus1=lv.3 r=100 x=0\n";
    bank.add_load(6, 7, 240, {60, 20});
    bank.add_load(8, -1, 1000, {10, 0});  // 100 ohm: what earths the delta
    const Region region = import_text(text);

    EXPECT_EQ(messages(validate(region)), std::vector<std::string>{});
    const Eigen::VectorXcd v = bank.solve(Eigen::Vector3cd(turned(hv, 0), turned(hv, -120), turned(hv, 120)));
    expect_voltages(region, "mv", v.head(3));
    expect_voltages(region, "lv", v.tail(3));
}

TEST(DssBank, AUnitElsewhereKeepsItsTwoWindings) {
    const Region region = import_text(
        stiff_source
        + "new transformer.tap phases=1 windings=3 kvs=[7.2 0.12 0.12] kvas=[25 25 25] buses=[hv.1.0 lv.1.0 lv.0.2]\n"
          "new transformer.own phases=1 kvs=[7.2 0.24] kvas=[25 25] buses=[hv.3.0 shop.3.0]\n");
    EXPECT_GE(test::row(region.transformer.id, "own"), 0);
}

}  // namespace
}  // namespace headroom
