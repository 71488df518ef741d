//! Logs of others and of our own, whole and broken.

mod vectors;
