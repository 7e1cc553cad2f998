# EM from given responsibilities:
# mclust_me.R FOLDER MODEL:ITERATIONS:ROUNDS:SOLUTION:LIMIT:PATIENCE ...
# Writes for each the seconds an iteration (a long run less a short one, best of the rounds), the
# log-likelihood after ITERATIONS, the seconds of a whole run of SOLUTION iterations (if not 0, and
# if it takes no longer than LIMIT seconds) and its log-likelihood. No round is begun once PATIENCE
# seconds are over.
suppressMessages(library(mclust))
arguments <- commandArgs(trailingOnly = TRUE)
folder <- arguments[1]
read <- function(name) {
  shape <- scan(file.path(folder, paste0(name, ".shape")), quiet = TRUE)
  values <- readBin(file.path(folder, paste0(name, ".f64")), "double", prod(shape))
  matrix(values, shape[1], shape[2])
}
x <- read("x")
if (ncol(x) == 1) x <- x[, 1]
z <- read("z")

now <- function() as.numeric(Sys.time())

run <- function(model, iterations) {
  control <- emControl(tol = c(0, 0), itmax = c(iterations, .Machine$integer.max))
  began <- now()
  done <- suppressWarnings(me(x, modelName = model, z = z, control = control))
  seconds <- now() - began
  list(seconds = seconds, made = abs(attr(done, "info")[["iterations"]]), loglik = done$loglik)
}

best_of <- function(rounds, patience, model, iterations) {
  began <- now()
  best <- run(model, iterations)
  for (i in seq_len(rounds - 1)) {
    if (now() - began > patience) break
    again <- run(model, iterations)
    if (again$seconds < best$seconds) best <- again
  }
  best
}

lines <- "model\titeration\tloglik\tsolution\tsolution_loglik"
for (job in strsplit(arguments[-1], ":")) {
  model <- job[1]
  numbers <- as.numeric(job[-1])
  iterations <- numbers[1]; rounds <- numbers[2]; solution <- numbers[3]
  limit <- numbers[4]; patience <- numbers[5]
  short <- best_of(rounds, patience, model, 1)
  long <- best_of(rounds, patience, model, iterations)
  each <- (long$seconds - short$seconds) / max(long$made - short$made, 1)
  whole <- list(seconds = NaN, loglik = NaN)
  if (solution > 0 && solution * each <= limit) whole <- best_of(rounds, patience, model, solution)
  lines <- c(lines, sprintf("%s\t%.17g\t%.17g\t%.17g\t%.17g", model, each, long$loglik,
                            whole$seconds, whole$loglik))
}
writeLines(lines, file.path(folder, "result.tsv"))
