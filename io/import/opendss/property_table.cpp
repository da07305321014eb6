#include "io/import/opendss/property_table.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <unordered_map>

namespace headroom::opendss {
namespace {

using Name = std::string_view;

namespace of {

constexpr Name vsource[] = {"bus1",   "basekv", "pu",       "angle",    "frequency", "phases",  "mvasc3",
                            "mvasc1", "x1r1",   "x0r0",     "isc3",     "isc1",      "r1",      "x1",
                            "r0",     "x0",     "scantype", "sequence", "bus2",      "z1",      "z0",
                            "z2",     "puz1",   "puz0",     "puz2",     "basemva",   "yearly",  "daily",
                            "duty",   "model",  "puzideal", "spectrum", "basefreq",  "enabled", "like"};
constexpr Name linecode[] = {"nphases",   "r1",      "x1",      "r0",      "x0",       "c1",       "c0",
                             "units",     "rmatrix", "xmatrix", "cmatrix", "basefreq", "normamps", "emergamps",
                             "faultrate", "pctperm", "repair",  "kron",    "rg",       "xg",       "rho",
                             "neutral",   "b1",      "b0",      "seasons", "ratings",  "linetype", "like"};
constexpr Name line[] = {"bus1",     "bus2",       "linecode", "length",    "phases",    "r1",      "x1",
                         "r0",       "x0",         "c1",       "c0",        "rmatrix",   "xmatrix", "cmatrix",
                         "switch",   "rg",         "xg",       "rho",       "geometry",  "units",   "spacing",
                         "wires",    "earthmodel", "cncables", "tscables",  "b1",        "b0",      "seasons",
                         "ratings",  "linetype",   "normamps", "emergamps", "faultrate", "pctperm", "repair",
                         "basefreq", "enabled",    "like"};
constexpr Name transformer[] = {
    "phases",   "windings",  "wdg",      "bus",     "conn",     "kv",        "kva",       "tap",       "%r",
    "rneut",    "xneut",     "buses",    "conns",   "kvs",      "kvas",      "taps",      "xhl",       "xht",
    "xlt",      "xscarray",  "thermal",  "n",       "m",        "flrise",    "hsrise",    "%loadloss", "%noloadloss",
    "normhkva", "emerghkva", "sub",      "maxtap",  "mintap",   "numtaps",   "subname",   "%imag",     "ppm_antifloat",
    "%rs",      "bank",      "xfmrcode", "xrconst", "x12",      "x13",       "x23",       "leadlag",   "wdgcurrents",
    "core",     "rdcohms",   "seasons",  "ratings", "normamps", "emergamps", "faultrate", "pctperm",   "repair",
    "basefreq", "enabled",   "like"};
constexpr Name xfmrcode[] = {"phases", "windings", "wdg",       "conn",          "kv",       "kva",       "tap",
                             "%r",     "rneut",    "xneut",     "conns",         "kvs",      "kvas",      "taps",
                             "xhl",    "xht",      "xlt",       "xscarray",      "thermal",  "n",         "m",
                             "flrise", "hsrise",   "%loadloss", "%noloadloss",   "normhkva", "emerghkva", "maxtap",
                             "mintap", "numtaps",  "%imag",     "ppm_antifloat", "%rs",      "x12",       "x13",
                             "x23",    "rdcohms",  "seasons",   "ratings",       "like"};
constexpr Name load[] = {"phases",    "bus1",
                         "kv",        "kw",
                         "pf",        "model",
                         "yearly",    "daily",
                         "duty",      "growth",
                         "conn",      "kvar",
                         "rneut",     "xneut",
                         "status",    "class",
                         "vminpu",    "vmaxpu",
                         "vminnorm",  "vminemerg",
                         "xfkva",     "allocationfactor",
                         "kva",       "%mean",
                         "%stddev",   "cvrwatts",
                         "cvrvars",   "kwh",
                         "kwhdays",   "cfactor",
                         "cvrcurve",  "numcust",
                         "zipv",      "%seriesrl",
                         "relweight", "vlowpu",
                         "puxharm",   "xrharm",
                         "spectrum",  "basefreq",
                         "enabled",   "like"};
constexpr Name loadshape[] = {"npts",    "interval",  "mult",          "hour",      "mean",  "stddev",
                              "csvfile", "sngfile",   "dblfile",       "action",    "qmult", "useactual",
                              "pmax",    "qmax",      "sinterval",     "minterval", "pbase", "qbase",
                              "pmult",   "pqcsvfile", "memorymapping", "like"};
constexpr Name generator[] = {"phases",   "bus1",      "kv",       "kw",         "pf",        "kvar",      "model",
                              "vminpu",   "vmaxpu",    "yearly",   "daily",      "duty",      "dispmode",  "dispvalue",
                              "conn",     "status",    "class",    "vpu",        "maxkvar",   "minkvar",   "pvfactor",
                              "forceon",  "kva",       "mva",      "xd",         "xdp",       "xdpp",      "h",
                              "d",        "usermodel", "userdata", "shaftmodel", "shaftdata", "dutystart", "debugtrace",
                              "balanced", "xrdp",      "usefuel",  "fuelkwh",    "%fuel",     "%reserve",  "refuel",
                              "spectrum", "basefreq",  "enabled",  "like"};
constexpr Name pvsystem[] = {"phases",       "bus1",         "kv",
                             "irradiance",   "pmpp",         "%pmpp",
                             "temperature",  "pf",           "conn",
                             "kvar",         "kva",          "%cutin",
                             "%cutout",      "effcurve",     "p-tcurve",
                             "%r",           "%x",           "model",
                             "vminpu",       "vmaxpu",       "balanced",
                             "limitcurrent", "yearly",       "daily",
                             "duty",         "tyearly",      "tdaily",
                             "tduty",        "class",        "usermodel",
                             "userdata",     "debugtrace",   "varfollowinverter",
                             "dutystart",    "wattpriority", "pfpriority",
                             "%pminnovars",  "%pminkvarmax", "kvarmax",
                             "kvarmaxabs",   "kvdc",         "kp",
                             "pitol",        "safevoltage",  "safemode",
                             "dynamiceq",    "dynout",       "controlmode",
                             "spectrum",     "basefreq",     "enabled",
                             "like"};
constexpr Name storage[] = {"phases",
                            "bus1",
                            "kv",
                            "conn",
                            "kw",
                            "kvar",
                            "pf",
                            "kva",
                            "%cutin",
                            "%cutout",
                            "effcurve",
                            "varfollowinverter",
                            "kvarmax",
                            "kvarmaxabs",
                            "wattpriority",
                            "pfpriority",
                            "%pminnovars",
                            "%pminkvarmax",
                            "kwrated",
                            "%kwrated",
                            "kwhrated",
                            "kwhstored",
                            "%stored",
                            "%reserve",
                            "state",
                            "%discharge",
                            "%charge",
                            "%effcharge",
                            "%effdischarge",
                            "%idlingkw",
                            "%idlingkvar",
                            "%r",
                            "%x",
                            "model",
                            "vminpu",
                            "vmaxpu",
                            "balanced",
                            "limitcurrent",
                            "yearly",
                            "daily",
                            "duty",
                            "dispmode",
                            "dischargetrigger",
                            "chargetrigger",
                            "timechargetrig",
                            "class",
                            "dynadll",
                            "dynadata",
                            "usermodel",
                            "userdata",
                            "debugtrace",
                            "kvdc",
                            "kp",
                            "pitol",
                            "safevoltage",
                            "safemode",
                            "dynamiceq",
                            "dynout",
                            "controlmode",
                            "amplimit",
                            "amplimitgain",
                            "spectrum",
                            "basefreq",
                            "enabled",
                            "like"};
constexpr Name capacitor[] = {"bus1",      "bus2",      "phases",  "kvar",   "kv",       "conn",    "cmatrix",
                              "cuf",       "r",         "xl",      "harm",   "numsteps", "states",  "normamps",
                              "emergamps", "faultrate", "pctperm", "repair", "basefreq", "enabled", "like"};
constexpr Name reactor[] = {"bus1",      "bus2",     "phases", "kvar",     "kv",      "conn",     "rmatrix",
                            "xmatrix",   "parallel", "r",      "x",        "rp",      "z1",       "z2",
                            "z0",        "z",        "rcurve", "lcurve",   "lmh",     "normamps", "emergamps",
                            "faultrate", "pctperm",  "repair", "basefreq", "enabled", "like"};
constexpr Name regcontrol[] = {"transformer", "winding",    "vreg",          "band",     "ptratio",      "ctprim",
                               "r",           "x",          "bus",           "delay",    "reversible",   "revvreg",
                               "revband",     "revr",       "revx",          "tapdelay", "debugtrace",   "maxtapchange",
                               "inversetime", "tapwinding", "vlimit",        "ptphase",  "revthreshold", "revdelay",
                               "revneutral",  "eventlog",   "remoteptratio", "tapnum",   "reset",        "ldc_z",
                               "rev_z",       "cogen",      "basefreq",      "enabled",  "like"};
constexpr Name xycurve[] = {"npts", "points", "yarray", "xarray", "csvfile", "sngfile", "dblfile",
                            "x",    "y",      "xshift", "yshift", "xscale",  "yscale",  "like"};
constexpr Name invcontrol[] = {"derlist",
                               "mode",
                               "combimode",
                               "vvc_curve1",
                               "hysteresis_offset",
                               "voltage_curvex_ref",
                               "avgwindowlen",
                               "voltwatt_curve",
                               "dbvmin",
                               "dbvmax",
                               "argralowv",
                               "argrahiv",
                               "dynreacavgwindowlen",
                               "deltaq_factor",
                               "voltagechangetolerance",
                               "varchangetolerance",
                               "voltwattyaxis",
                               "rateofchangemode",
                               "lpftau",
                               "risefalllimit",
                               "deltap_factor",
                               "eventlog",
                               "refreactivepower",
                               "activepchangetolerance",
                               "monvoltagecalc",
                               "monbus",
                               "monbusesvbase",
                               "voltwattch_curve",
                               "wattpf_curve",
                               "wattvar_curve",
                               "vv_refreactivepower",
                               "pvsystemlist",
                               "vsetpoint",
                               "controlmodel",
                               "basefreq",
                               "enabled",
                               "like"};
constexpr Name swtcontrol[] = {"switchedobj", "switchedterm", "action",   "lock",    "delay", "normal",
                               "state",       "reset",        "basefreq", "enabled", "like"};
constexpr Name wiredata[] = {"rdc",      "rac",       "runits", "gmrac",   "gmrunits", "radius",    "radunits",
                             "normamps", "emergamps", "diam",   "seasons", "ratings",  "capradius", "like"};
constexpr Name cndata[] = {"k",        "diastrand", "gmrstrand", "rstrand",  "epsr",      "inslayer",
                           "diains",   "diacable",  "rdc",       "rac",      "runits",    "gmrac",
                           "gmrunits", "radius",    "radunits",  "normamps", "emergamps", "diam",
                           "seasons",  "ratings",   "capradius", "like"};
constexpr Name tsdata[] = {"diashield", "tapelayer", "tapelap", "epsr",    "inslayer", "diains",    "diacable",
                           "rdc",       "rac",       "runits",  "gmrac",   "gmrunits", "radius",    "radunits",
                           "normamps",  "emergamps", "diam",    "seasons", "ratings",  "capradius", "like"};
constexpr Name linespacing[] = {"nconds", "nphases", "x", "h", "units", "like"};
constexpr Name linegeometry[] = {"nconds",   "nphases",   "cond",    "wire",    "x",        "h",       "units",
                                 "normamps", "emergamps", "reduce",  "spacing", "wires",    "cncable", "tscable",
                                 "cncables", "tscables",  "seasons", "ratings", "linetype", "like"};

}  // namespace of

const std::unordered_map<Name, std::span<const Name>>& imported_classes() {
    static const std::unordered_map<Name, std::span<const Name>> table = {
        {"vsource", of::vsource},         {"linecode", of::linecode},   {"line", of::line},
        {"transformer", of::transformer}, {"xfmrcode", of::xfmrcode},   {"load", of::load},
        {"loadshape", of::loadshape},     {"generator", of::generator}, {"pvsystem", of::pvsystem},
        {"capacitor", of::capacitor},     {"reactor", of::reactor},     {"regcontrol", of::regcontrol},
        {"swtcontrol", of::swtcontrol},   {"wiredata", of::wiredata},   {"linegeometry", of::linegeometry},
        {"storage", of::storage},         {"cndata", of::cndata},       {"tsdata", of::tsdata},
        {"linespacing", of::linespacing}, {"xycurve", of::xycurve},     {"invcontrol", of::invcontrol}};
    return table;
}

constexpr Name ignored_classes[] = {"monitor",       "energymeter", "sensor",     "spectrum",
                                    "growthshape",   "tcc_curve",   "relay",      "recloser",
                                    "fuse",          "capcontrol",  "expcontrol", "storagecontroller",
                                    "gendispatcher", "tshape",      "priceshape", "espvlcontrol",
                                    "dynamicexp",    "upfccontrol", "fault",      "fmonitor"};
constexpr Name refused_classes[] = {"autotrans", "indmach012", "vccs",    "upfc",        "gictransformer", "gicline",
                                    "gicsource", "isource",    "windgen", "vsconverter", "generic5"};

}  // namespace

ClassTreatment treatment(Name class_name) {
    if (imported_classes().contains(class_name)) return ClassTreatment::imported;
    const auto among = [&](std::span<const Name> list) { return std::ranges::find(list, class_name) != list.end(); };
    if (among(ignored_classes)) return ClassTreatment::ignored;
    return among(refused_classes) ? ClassTreatment::refused : ClassTreatment::unknown;
}

std::span<const Name> properties(Name class_name) {
    const auto found = imported_classes().find(class_name);
    return found == imported_classes().end() ? std::span<const Name>{} : found->second;
}

int find_property(std::span<const Name> names, Name name) {
    const auto exact = std::ranges::find(names, name);
    if (exact != names.end()) return static_cast<int>(exact - names.begin());
    if (name.empty()) return -1;
    const auto abbreviated = std::ranges::find_if(names, [&](Name whole) { return whole.starts_with(name); });
    return abbreviated == names.end() ? -1 : static_cast<int>(abbreviated - names.begin());
}

}  // namespace headroom::opendss
