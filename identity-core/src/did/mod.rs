//! Decentralised identifiers: DIDs, DID URLs, DID documents and the methods resolved without a network.
