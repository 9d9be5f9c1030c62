# Rscript tests/r/check.R PROGRAM: the functions of r/thrombo.R against the program, and the README's Python lines.
# Run by tests/program/languages.rs from a folder that holds copies of the repository's r/ and README.md.
options(warn = 2, thrombo = commandArgs(trailingOnly = TRUE)[[1]])
source("r/thrombo.R")

refusal <- function(expression) tryCatch({ expression; "nothing was refused" }, error = conditionMessage)

course <- thrombo_simulate("3 mg qd x7", every = "10 d")
stopifnot(is.data.frame(course), nrow(course) == 5, identical(names(course)[1:3], c("time_h", "conc_ng_ml", "plt_1e9_l")))
stopifnot(identical(course$time_h, c(0L, 240L, 480L, 720L, 960L)), is.double(course$plt_1e9_l), course$plt_1e9_l[1] == 39.2)

# The same numbers as the CSV file, to the last digit.
written <- thrombo(c("simulate", "--regimen", "3 mg qd x7", "--every", "10 d", "--out", "a file's name.csv"))
csv <- read.csv("a file's name.csv", comment.char = "#", check.names = FALSE)
stopifnot(identical(csv$plt_1e9_l, course$plt_1e9_l))

# Options: several values, flags, underscores, numbers without an exponent.
stopifnot(identical(
  thrombo_options(set = c("kc=300", "tmk=4"), states = TRUE, quiet = FALSE, too_high = 150.5, subjects = 1e5, seed = NULL),
  c("--set", "kc=300", "--set", "tmk=4", "--states", "--too-high", "150.5", "--subjects", "100000")
))
stopifnot(grepl("needs its name", refusal(thrombo_simulate("placebo", "1 d"))))

# Missing values stay in their rows, a column of them too.
rows <- jsonlite::fromJSON('[{"a":1,"b c":null,"d":null},{"a":null,"b c":"x","d":null}]', simplifyVector = FALSE)
frame <- thrombo_frame(rows)
stopifnot(identical(names(frame), c("a", "b c", "d")), identical(is.na(frame$a), c(FALSE, TRUE)))
stopifnot(identical(frame$"b c", c(NA, "x")), all(is.na(frame$d)))

trial <- thrombo_trial("l_plus_2", replicates = 1)
stopifnot(identical(sort(names(trial)), c("comparisons", "endpoints")), nrow(trial$endpoints) > 1)
window <- thrombo_window(baseline = 35, subjects = 100)
stopifnot(all(c("windows", "days", "starts") %in% names(window)), is.character(attr(window, "document")$command))

# Errors of the program are errors of R, in its own words.
stopifnot(grepl("`qx` is not an interval", refusal(thrombo_simulate("3 mg qx")), fixed = TRUE))
stopifnot(grepl("unexpected argument '--nope'", refusal(thrombo_simulate("placebo", nope = TRUE)), fixed = TRUE))
caught <- tryCatch(thrombo_simulate("placebo", set = "kc=-1"), thrombo_error = identity)
stopifnot(caught$kind == "out_of_range", caught$fields$symbol == "kc", caught$fields$value == -1)

options(thrombo = "/nowhere/thrombo")
stopifnot(grepl("there is no program", refusal(thrombo_simulate("placebo"))))
cat("r/thrombo.R: 9 kinds of checks passed\n")
