# %% [markdown]
# Question: what would a trial show, and when should a patient be operated on?
# Look for: the power of the comparison, and the day with the largest probability of a sufficient count.

# %%
import thrombo

trial = thrombo.trial("l_plus_2", replicates=10)
frame = trial.comparisons.to_pandas()
print(frame[["arm", "control", "endpoint", "power", "power_lower", "power_upper"]])

# %% The record says how to get the same numbers again.
print(trial.record["command"], trial.record["seed"])

# %% A measured baseline count of 35 x 10^9/L, 3 mg for 7 days.
window = thrombo.window(baseline=35, subjects=300, variant="B")
print(window.windows.to_pandas().T)
