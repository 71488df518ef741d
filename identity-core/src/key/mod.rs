//! Public and secret keys as different types, and their multikey and JWK forms.
