//! Issuer and verifier cards: who an organisation is, as one file handed over in person.
