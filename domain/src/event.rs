//! One normalised observation taken from a report.
