//! A valid document, and small changes of it, each with its code.
