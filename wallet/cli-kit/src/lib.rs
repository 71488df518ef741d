//! What the three command lines share: printer, exit codes, failures with hints, passphrases, sealed files.
