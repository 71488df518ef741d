//! Status: one model, two encodings, and what a term's end does.
