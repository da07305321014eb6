#pragma once

#include <complex>
#include <Eigen/Core>
#include <Eigen/LU>

namespace headroom::pgm {

using Complex = std::complex<double>;
using PhaseMatrix = Eigen::Matrix3cd;

/// The matrix over phases a, b, c with these values in the positive and negative and in the zero sequence.
inline PhaseMatrix from_sequences(Complex one, Complex zero) {
    PhaseMatrix matrix = PhaseMatrix::Constant((zero - one) / 3.0);
    matrix.diagonal().setConstant((2.0 * one + zero) / 3.0);
    return matrix;
}

/// What a pi section of series impedance z and shunt y (half at each end) is at one end while the other is open:
/// y / 2 + (z + (y / 2)^-1)^-1, also where y has no inverse.
inline PhaseMatrix open_end(const PhaseMatrix& z, const PhaseMatrix& y) {
    const PhaseMatrix half = 0.5 * y;
    const PhaseMatrix through = half * (PhaseMatrix::Identity() + z * half).inverse();
    return half + 0.5 * (through + through.transpose());
}
inline Complex open_end(Complex z, Complex y) { return 0.5 * y + 0.5 * y / (1.0 + 0.5 * z * y); }

}  // namespace headroom::pgm
