use super::*;
use crate::encoding::strict_json::{Limits, Value, parse};

mod canonical;
mod contexts;
mod meaning;
mod nquads;
mod refused;

const V2: &str = "https://www.w3.org/ns/credentials/v2";

fn object(text: &str) -> Object<'static> {
    match parse(text.as_bytes(), &Limits::small())
        .unwrap()
        .into_owned()
    {
        Value::Object(object) => object,
        other => panic!("{other:?}"),
    }
}

/// The canonical form of a document under the contexts compiled in.
fn canonical(text: &str) -> Result<String, LdError> {
    let document = object(text);
    canonicalize(
        &document,
        &Contexts::standard(),
        &mut Budget::presentation(),
    )
}

fn code(text: &str) -> Option<Code> {
    canonical(text).err().map(|error| error.code())
}
