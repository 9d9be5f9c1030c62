# Independent reference values for the statistics of trials (src/statistics/).
#
# The script shares no code with the program that is tested against its output.
#
#     Rscript statistics.R        rewrites statistics.csv beside itself (seconds)
#
# Made with R 4.2.2 and metafor 3.8.1 (the latter for Sato's variance only).
#
# Methods
#     clopper_pearson      binom.test
#     wilson               prop.test without continuity correction, one sample
#     newcombe             method 10 of Newcombe 1998 (Stat Med 17:873) from those
#                          Wilson limits
#     cmh                  mantelhaen.test without continuity correction
#     mantel_haenszel      metafor rma.mh, measure "RD": Sato, Greenland & Robins 1989
#     quantile             quantile, type 2
#     order_statistics     ranks from qbinom, coverage from pbinom
#     mean                 t.test
#     chi_squared, student, binomial: pchisq, qt, pbinom
#
# A proportion is written events/n, a table of two arms "treated control", strata are
# separated by ";", values by blanks.  The level of an interval is two-sided.

suppressPackageStartupMessages(library(metafor))

rows <- character()
add <- function(method, level, input, quantity, value) {
  rows <<- c(rows, sprintf("%s,%s,%s,%s,%.17g", method, as.character(level), input, quantity, value))
}
limits <- function(method, level, input, interval) {
  add(method, level, input, "lower", interval[1])
  add(method, level, input, "upper", interval[2])
}

wilson <- function(k, n, level) {
  suppressWarnings(as.numeric(prop.test(k, n, correct = FALSE, conf.level = level)$conf.int))
}

proportions <- list(c(0, 1), c(1, 1), c(0, 10), c(10, 10), c(1, 2), c(3, 20), c(7, 9), c(27, 97),
                    c(81, 263), c(15, 148), c(0, 20), c(1, 29), c(66, 1000), c(9987, 10000),
                    c(1, 100000), c(123456, 1000000), c(10, 10000000))
for (level in c(0.8, 0.95, 0.99)) for (p in proportions) {
  input <- sprintf("%d/%d", p[1], p[2])
  limits("clopper_pearson", level, input, binom.test(p[1], p[2], conf.level = level)$conf.int)
  limits("wilson", level, input, wilson(p[1], p[2], level))
}

pairs <- list(c(56, 70, 48, 80), c(9, 10, 3, 10), c(6, 7, 2, 7), c(5, 56, 0, 29), c(0, 10, 0, 20),
              c(0, 10, 0, 10), c(10, 10, 0, 20), c(10, 10, 0, 10), c(1, 1, 0, 1), c(38, 49, 6, 48),
              c(68, 108, 31, 107))
for (level in c(0.9, 0.95)) for (x in pairs) {
  p1 <- x[1] / x[2]; p0 <- x[3] / x[4]
  w1 <- wilson(x[1], x[2], level); w0 <- wilson(x[3], x[4], level)
  input <- sprintf("%d/%d %d/%d", x[1], x[2], x[3], x[4])
  add("newcombe", level, input, "difference", p1 - p0)
  limits("newcombe", level, input, c(p1 - p0 - sqrt((p1 - w1[1])^2 + (w0[2] - p0)^2),
                                     p1 - p0 + sqrt((w1[2] - p1)^2 + (p0 - w0[1])^2)))
}

# Strata in rows: events and n of the treated arm, events and n of the control.
berkeley <- t(sapply(1:6, function(k) {
  x <- UCBAdmissions[, , k] + 0
  c(x[1, 1], sum(x[, 1]), x[1, 2], sum(x[, 2]))
}))
bcg <- with(dat.bcg, cbind(tpos, tpos + tneg, cpos, cpos + cneg)) + 0
sets <- list(berkeley, bcg,
             rbind(c(30, 55, 5, 54), c(20, 53, 4, 53)),
             rbind(c(56, 70, 48, 80)),
             rbind(c(3, 4, 1, 3), c(2, 2, 1, 5), c(5, 9, 0, 4)),
             rbind(c(8, 12, 3, 11), c(4, 4, 5, 5), c(0, 7, 0, 3)),
             rbind(c(1, 2, 0, 1), c(1, 1, 1, 3)))
for (x in sets) {
  input <- paste(sprintf("%d/%d %d/%d", x[, 1], x[, 2], x[, 3], x[, 4]), collapse = ";")
  tables <- array(apply(x, 1, function(s) c(s[1], s[3], s[2] - s[1], s[4] - s[3])),
                  c(2, 2, nrow(x)))
  if (nrow(x) > 1) {
    test <- mantelhaen.test(tables, correct = FALSE)
    add("cmh", ".", input, "statistic", test$statistic)
    add("cmh", ".", input, "p_value", test$p.value)
  }
  for (level in c(0.9, 0.95)) {
    fit <- suppressWarnings(rma.mh(ai = x[, 1], n1i = x[, 2], ci = x[, 3], n2i = x[, 4],
                                   measure = "RD", drop00 = FALSE, level = 100 * level))
    add("mantel_haenszel", level, input, "difference", fit$beta)
    add("mantel_haenszel", level, input, "standard_error", fit$se)
    limits("mantel_haenszel", level, input, c(fit$ci.lb, fit$ci.ub))
  }
}

samples <- list(c(5, 3.5, 9, 1, 7, 2), c(12, 5, 8, 14, 12, 10, 12), islands[1:20],
                precip[1:33], rivers)
for (x in samples) {
  x <- as.numeric(x); n <- length(x); sorted <- sort(x)
  input <- paste(x, collapse = " ")
  for (p in c(0.025, 0.1, 0.25, 0.5, 0.75, 0.975)) {
    add("quantile", p, input, "value", quantile(x, p, type = 2))
  }
  for (level in c(0.8, 0.95)) {
    interval <- t.test(x, conf.level = level)
    add("mean", level, input, "mean", interval$estimate)
    add("mean", level, input, "standard_error", interval$stderr)
    limits("mean", level, input, interval$conf.int)
    for (p in c(0.5, 0.75)) {
      lower <- qbinom((1 - level) / 2, n, p)
      upper <- qbinom((1 + level) / 2, n, p) + 1
      if (lower < 1 || upper > n) next
      method <- if (p == 0.5) "median" else "upper_quartile"
      limits(method, level, input, sorted[c(lower, upper)])
      add(method, level, input, "coverage", pbinom(upper - 1, n, p) - pbinom(lower - 1, n, p))
    }
  }
}

for (x in c(1e-8, 0.01, 0.5, 1, 3.84, 10, 30, 100, 600)) {
  add("chi_squared", ".", sprintf("%.17g", x), "tail", pchisq(x, 1, lower.tail = FALSE))
}
for (freedom in c(1, 2, 5, 30, 182, 1e4, 1e6)) for (level in c(0.5, 0.95, 0.999)) {
  add("student", level, sprintf("%d", freedom), "quantile", qt((1 + level) / 2, freedom))
}
for (level in c(0.5, 0.8, 0.95, 0.999)) {
  add("normal", level, ".", "quantile", qnorm((1 + level) / 2))
}
for (n in c(1, 6, 183, 1000)) for (k in unique(floor(c(0, 0.2, 0.5, 0.6) * n))) {
  add("binomial", 0.3, sprintf("%d/%d", k, n), "at_most", pbinom(k, n, 0.3))
}

arguments <- commandArgs(trailingOnly = FALSE)
here <- dirname(sub("^--file=", "", grep("^--file=", arguments, value = TRUE)))
writeLines(c("method,level,input,quantity,value", rows), file.path(here, "statistics.csv"))
