#' # thrombo from R
#'
#' One script from a first curve to a run on many machines. It needs the program thrombo and the package jsonlite;
#' `knitr::spin("r/vignette.R")` makes a page of it. For research; not for treating patients.

source("r/thrombo.R")

#' ## One patient
#'
#' Lusutrombopag, 3 mg once daily for 7 days, in chronic liver disease. Counts are in 10^9/L.

course <- thrombo_simulate("3 mg qd x7", every = "1 d")
course[which.max(course$plt_1e9_l), c("time_h", "plt_1e9_l")]

#' ## A model of one's own
#'
#' A model is a text with checked units (docs/model_language.md). It stands wherever a model is named.

writeLines(c(
  "model decay \"A drug that is eliminated\"",
  "language 1",
  "time h",
  "source \"invented for illustration\" grade assumed",
  "[parameters]",
  "cl = 2 L/h ~ lognormal(cv=30%) \"clearance\"",
  "vc = 20 L \"volume\"",
  "[dosing]",
  "dose iv into drug",
  "[states]",
  "drug = 0 mg \"drug\"",
  "[equations]",
  "d/dt(drug) = -cl/vc*drug",
  "[outputs]",
  "conc = drug/vc in ng/mL ~ proportional(cv=20%) \"concentration\""
), "decay.model")
own <- thrombo_simulate("10 mg iv once", model = "decay.model", until = "1 d", every = "6 h")
own

#' What is wrong comes as an error with fields.

wrong <- tryCatch(
  thrombo_simulate("10 mg iv once", model = "decay.model", set = "cl=-1"),
  thrombo_error = function(e) c(kind = e$kind, symbol = e$fields$symbol, range = e$fields$range)
)
wrong

#' ## A trial
#'
#' Ten replicates of L-PLUS 2: the power of its comparisons.

trial <- thrombo_trial("l_plus_2", replicates = 10)
trial$comparisons[, c("arm", "control", "endpoint", "power")]

#' ## A patient
#'
#' A baseline count of 40, doses for a week, and a count on day 5: the course to come.

records <- data.frame(
  ID = 1, TIME = c(0, 0, 120), AMT = c(NA, 3, NA), ADDL = c(NA, 6, NA), II = c(NA, 24, NA), DV = c(40, NA, 44)
)
forecast <- thrombo_forecast(records, parameters = "calibrated", individuals = 500, until = "14 d")
tail(forecast$courses[, c("time_h", "plt_q05", "plt_q50", "plt_q95", "p_at_least_level")], 2)

#' When to operate, for a measured baseline count of 35.

window <- thrombo_window(baseline = 35, subjects = 200, variant = "B")
window$windows

#' ## Many machines
#'
#' Two shards, as two machines compute them, and their merge: the numbers of one process (docs/many_machines.md).

for (k in 1:2) thrombo(c("trial", "l_plus_2", "--replicates", "4", "--shard", paste0(k, "/2"), "--out", paste0("shard_", k)))
merged <- thrombo_merge(c("shard_1", "shard_2"))
stopifnot(identical(merged$endpoints, thrombo_trial("l_plus_2", replicates = 4)$endpoints))
