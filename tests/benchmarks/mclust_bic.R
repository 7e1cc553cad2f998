# mclust's own sweep over all structures: mclust_bic.R FOLDER MAX_G SEED
# Writes the seconds it took by the clock and of processor time, and -BIC (so that lower is better)
# of every cell, NA for a gap.
suppressMessages(library(mclust))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
shape <- scan(file.path(folder, "x.shape"), quiet = TRUE)
x <- matrix(readBin(file.path(folder, "x.f64"), "double", prod(shape)), shape[1], shape[2])
set.seed(as.integer(arguments[3]))
taken <- system.time(bic <- mclustBIC(x, G = 1:as.integer(arguments[2]), verbose = FALSE))
lines <- "structure\tcomponents\tbic"
lines <- c(lines, sprintf("clock\t0\t%.6f", taken[["elapsed"]]),
           sprintf("work\t0\t%.6f", taken[["user.self"]] + taken[["sys.self"]]))
for (model in colnames(bic)) {
  for (k in rownames(bic)) lines <- c(lines, sprintf("%s\t%s\t%.17g", model, k, -bic[k, model]))
}
writeLines(lines, file.path(folder, "result.tsv"))
