# thrombo from R: source("r/thrombo.R"). Needs the package jsonlite and the program thrombo, on the PATH or
# named by options(thrombo = "/path/to/thrombo").
#
#   course <- thrombo_simulate("3 mg qd x7", every = "1 d")
#   plot(course$time_h, course$plt_1e9_l, type = "l")

# Runs thrombo with arguments, a vector of strings, and returns its tables: a list of data frames by name. Missing
# values are NA. All else that the program reports is in attr(.., "document"). Errors of the program are errors of R, of
# class thrombo_error, with the kind and the fields of the error (docs/formats.md, JSON): tryCatch(.., thrombo_error =
# function(e) e$fields).
thrombo <- function(args) {
  program <- getOption("thrombo", Sys.which("thrombo")[["thrombo"]])
  if (!nzchar(Sys.which(program))) {
    stop("there is no program thrombo: put it on the PATH or set options(thrombo = \"/path/to/thrombo\")", call. = FALSE)
  }
  output <- tempfile()
  messages <- tempfile()
  on.exit(unlink(c(output, messages)))
  status <- system2(program, shQuote(c("--json", args)), stdout = output, stderr = messages)
  # 3: the answer is there, and it is that the search did not converge.
  if (!status %in% c(0, 3)) {
    stop(thrombo_condition(messages, status))
  }
  document <- jsonlite::fromJSON(output, simplifyVector = FALSE)
  tables <- lapply(document$tables, thrombo_frame)
  document$tables <- NULL
  structure(tables, document = document)
}

# One subject or many: the table of samples.
thrombo_simulate <- function(regimen, ...) thrombo(c("simulate", "--regimen", regimen, thrombo_options(...)))$samples

# A trial by the name of a shipped design or by file: the tables endpoints and comparisons.
thrombo_trial <- function(trial, ...) thrombo(c("trial", trial, thrombo_options(...)))

# When to operate: the tables windows, days and starts.
thrombo_window <- function(...) thrombo(c("window", thrombo_options(...)))

# Forecasts from what was observed: the tables subjects, answers, courses and parameters. data is a file of counts or of
# records in the form of NONMEM, or a data frame with its columns.
thrombo_forecast <- function(data, ...) {
  if (is.data.frame(data)) {
    file <- tempfile(fileext = ".csv")
    on.exit(unlink(file))
    write.csv(data, file, row.names = FALSE, na = ".", quote = FALSE)
    data <- file
  }
  thrombo(c("forecast", "--data", data, thrombo_options(...)))
}

# The result of shards, computed with shard = "1/2" and out = "shards/1" and so on: the tables of the run that was cut.
thrombo_merge <- function(folders, ...) thrombo(c("merge", folders, thrombo_options(...)))

# Options as arguments: every = "1 d" is --every "1 d", states = TRUE is --states, set = c("kc=300", "tmk=4") is --set
# twice, and an underscore is a hyphen. Nothing is written for FALSE or NULL.
thrombo_options <- function(...) {
  given <- list(...)
  if (length(given) && (is.null(names(given)) || !all(nzchar(names(given))))) {
    stop("every option of thrombo needs its name, as in every = \"1 d\"", call. = FALSE)
  }
  flags <- paste0("--", gsub("_", "-", names(given)))
  words <- function(flag, value) {
    if (isTRUE(value)) flag
    else if (isFALSE(value)) NULL
    else as.vector(rbind(rep(flag, length(value)), vapply(value, format, "", digits = 15, scientific = FALSE)))
  }
  unlist(Map(words, flags, given), use.names = FALSE)
}

# A list of rows as a data frame: columns by name and in order, NA for null.
thrombo_frame <- function(rows) {
  columns <- unique(unlist(lapply(rows, names)))
  column <- function(name) {
    unlist(lapply(rows, function(row) if (is.null(row[[name]])) NA else row[[name]]))
  }
  as.data.frame(sapply(columns, column, simplify = FALSE), check.names = FALSE, optional = TRUE)
}

# The error of the program as a condition, or the end of what it wrote instead.
thrombo_condition <- function(file, status) {
  text <- readLines(file, warn = FALSE)
  error <- tryCatch(jsonlite::fromJSON(text[length(text)], simplifyVector = FALSE)$error, error = function(e) NULL)
  message <- error$message
  if (is.null(message)) message <- paste(c(sprintf("thrombo ended with status %d", status), text), collapse = "\n")
  fields <- error[!names(error) %in% c("message", "exit_code", "kind")]
  structure(
    class = c("thrombo_error", "error", "condition"),
    list(message = message, call = NULL, kind = error$kind, fields = fields)
  )
}
