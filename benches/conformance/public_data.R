# Writes public data sets of R in the form of NONMEM, for a look at what the reader says of real files.
#
#     Rscript benches/conformance/public_data.R FOLDER
#     thrombo check FOLDER/*.csv
#
# Needs the packages datasets, nlme and survival, which come with R (Debian: r-base-core, r-recommended).
# The files differ as those of users do: some have no EVID, no MDV or columns that no model needs, and they
# mark missing values in different ways.

folder <- commandArgs(trailingOnly = TRUE)
if (length(folder) != 1) stop("name the folder that the files are to be written into")
dir.create(folder, recursive = TRUE, showWarnings = FALSE)

# Writes rows in the order of subject and time, doses first.
write_records <- function(rows, name, na, has_evid = FALSE) {
  rows <- rows[order(rows$ID, rows$TIME, -rows$EVID), ]
  if (!has_evid) rows$EVID <- NULL
  write.csv(rows, file.path(folder, name), na = na, row.names = FALSE, quote = FALSE)
}

# Theophylline, oral, 12 subjects (datasets): no EVID, no MDV, "." for missing; the dose in mg per kg.
theoph <- within(as.data.frame(datasets::Theoph), ID <- as.integer(as.character(Subject)))
observed <- with(theoph, data.frame(ID, TIME = Time, AMT = NA, DV = conc, EVID = 0, WT = Wt))
first <- theoph[!duplicated(theoph$ID), ]
doses <- with(first, data.frame(ID, TIME = 0, AMT = Dose * Wt, DV = NA, EVID = 1, WT = Wt))
write_records(rbind(doses, observed), "theoph.csv", ".")

# Indometacin, intravenous, 6 subjects (datasets): EVID, CMT and MDV, "NA" for missing, columns without use.
indometh <- within(as.data.frame(datasets::Indometh), ID <- as.integer(as.character(Subject)))
observed <- with(indometh, data.frame(ID, TIME = time, AMT = 0, DV = conc, EVID = 0, MDV = 0))
doses <- data.frame(ID = 1:6, TIME = 0, AMT = 25, DV = NA, EVID = 1, MDV = 1)
rows <- within(rbind(doses, observed), {
  STUDY <- "IV-1"
  CMT <- 1
})
write_records(rows, "indometh.csv", "NA", has_evid = TRUE)

# Phenobarbital in 59 newborns (nlme): sparse, doses at irregular times, empty cells for missing, no EVID.
pheno <- as.data.frame(nlme::Phenobarb)
rows <- with(pheno, data.frame(
  ID = as.integer(as.character(Subject)), TIME = time, AMT = dose, DV = conc,
  EVID = as.integer(!is.na(dose)), WT = Wt, APGR = Apgar
))
write_records(rows, "phenobarb.csv", "")

# Primary biliary cholangitis, 312 patients (survival): platelet counts and bilirubin by DVID, times in days over
# years, no AMT, a covariate that changes and one that is a word.
pbc <- survival::pbcseq
of <- function(value, dvid) {
  with(pbc, data.frame(
    ID = id, TIME = day, DV = value, DVID = dvid, EVID = 0, AGE = round(age, 1),
    ALBUMIN = albumin, SEX = sex, TRT = trt
  ))
}
rows <- rbind(of(pbc$platelet, "plt"), of(pbc$bili, "bili"))
write_records(rows, "pbcseq.csv", ".")
