"""What a result was asked for, from its attributes (io/schema.md)."""
from collections import namedtuple

from .feeder import FLOWS
from .step import SHARES

CONCAVE = ("proportional", "weighted", "alpha", "total", "quadratic")
OPTIONS = {"--basis": "added", "--contain": "zero", "--insecure-base": "no-worse", "--monitor": "all",
           "--reactive": "joint", "--secure": "ac"}
ERRORS = ("--forecast-error", "--forecast-error-norm", "--impedance-error")
Question = namedtuple("Question", "flow policy alpha reference kw asked contain added no_worse everywhere joint secure "
                      "dust")


def question_of(about):
    """What was asked, from the attributes of a result."""
    (policy, _, alpha), words = about["policy"].partition("="), about["options"].split()
    (reference, _, kw), given = about["reference"].partition(":"), dict(zip(words[::2], words[1::2]))
    asked = {"both": (True, True), "export": (True, False), "import": (False, True)}.get(about["direction"])
    policy = {"alpha=0": "total", "alpha=1": "proportional"}.get(f"{policy}={float(alpha or 2):g}", policy)
    if robust := [name for name in given if name in ERRORS]:
        raise ValueError(f"{', '.join(robust)}: rows are derived without errors; robust envelopes are not judged")
    dust = float(given.pop("--dust", 1e-9))
    added, zero, no_worse, everywhere, joint, secure = (
        given.pop(name, None) == value for name, value in OPTIONS.items())
    unknown = given or not asked or about["flow"] not in (FLOWS[2:] if secure else FLOWS)
    if unknown or policy not in (*CONCAVE, *SHARES, "max-min"):
        raise ValueError(f"unknown question: {about}")
    return Question(about["flow"], policy, float(alpha or 1), "request" if policy == SHARES[1] else reference,
                    float(kw or 1), asked, not (zero or added), added, no_worse, everywhere, joint, secure, dust)
