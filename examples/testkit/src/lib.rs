//! Test fixtures: a fixed clock, a seeded generator, published vectors, a small parliament.
