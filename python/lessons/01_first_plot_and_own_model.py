# %% [markdown]
# Question: how does a platelet count respond to 3 mg daily for a week, and to a model of one's own?
# Look for: the maximum near day 12, and where the two curves differ.

# %%
import matplotlib.pyplot as plt

import thrombo
from thrombo import plots

course = thrombo.simulate("mechanistic", "3 mg qd x7", days=40)
value, day = course.maximum()
print(f"maximum {value:.1f} x 10^9/L at day {day:.1f}; {course.days_at_or_above(50):.1f} days at or above 50")

# %% Another potency: the parameters have units and sources.
stronger = thrombo.Model("mechanistic", values={"kc": 60})
axes = plots.course(course)
plots.course(thrombo.simulate(stronger, "3 mg qd x7"), axes)
axes.legend(["as published", "50", "kc = 60"])
plt.savefig("course.svg")

# %% A model of one's own is a text with checked units.
OWN = """\
model decay "A drug that is eliminated"
language 1
time h
source "invented for illustration" grade assumed

[parameters]
cl = 2 L/h "clearance"
vc = 20 L "volume"

[dosing]
dose iv into drug

[states]
drug = 0 mg "drug"

[equations]
d/dt(drug) = -cl/vc*drug

[outputs]
conc = drug/vc in ng/mL "concentration"
"""
own = thrombo.Model.from_text(OWN)
print(thrombo.simulate(own, "10 mg iv once", days=2).table(12).to_pandas())

# %% A wrong unit is found before anything is computed.
try:
    thrombo.Model.from_text(OWN.replace("cl = 2 L/h", "cl = 2 L"))
except thrombo.errors.ModelText as error:
    print(error.problems[0])
