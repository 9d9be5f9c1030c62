# %% [markdown]
# Question: how will a patient's count go on, and how is a large run spread over machines?
# Look for: narrower quantiles after the second count, and equal tables from shards and from one process.

# %%
import numpy as np
import pandas as pd

import thrombo

records = pd.DataFrame(
    {
        "ID": [1, 1, 1],
        "TIME": [0.0, 0.0, 120.0],
        "AMT": [np.nan, 3.0, np.nan],
        "ADDL": [np.nan, 6.0, np.nan],
        "II": [np.nan, 24.0, np.nan],
        "DV": [40.0, np.nan, 44.0],
    }
)
for counts in (records.iloc[:2], records):
    forecast = thrombo.forecast(None, counts, parameters="calibrated", individuals=500, days=14, every="2 d")
    day_12 = forecast.courses.to_pandas().set_index("time_h").loc[288.0]
    print(f"day 12: {day_12.plt_q05:.0f} to {day_12.plt_q95:.0f}, P(at least 50) {day_12.p_at_least_level:.2f}")

# %% Two shards, as two machines would compute them, and their merge.
for k in (1, 2):
    thrombo.trial("l_plus_2", replicates=4, shard=(k, 2), threads=1, out=f"shards/{k}")
merged = thrombo.merge(["shards/1", "shards/2"])
whole = thrombo.trial("l_plus_2", replicates=4)
print("same numbers:", bool(np.array_equal(merged.endpoints["mean"], whole.endpoints["mean"], equal_nan=True)))
