//! Runnable, tested programs and a fictional parliament.
