//! See `tests/`: ours and others' implementations over the same inputs.
