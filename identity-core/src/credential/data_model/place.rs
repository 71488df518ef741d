//! Where in a document something stands.

use core::fmt;

/// A place in a document, written as a JSON Pointer (RFC 6901) such as `/credentialSubject/1/id`.
///
/// It is a chain of borrowed steps, so that walking a document costs nothing until there is something
/// to say.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Place<'p> {
    parent: Option<&'p Self>,
    step: Step<'p>,
}

#[derive(Clone, Copy, Debug)]
enum Step<'p> {
    Index(usize),
    Name(&'p str),
    Root,
}

/// Longest pointer written; names come from outside.
const MAX: usize = 256;

impl<'p> Place<'p> {
    /// The whole document.
    pub(crate) const ROOT: Self = Self {
        parent: None,
        step: Step::Root,
    };

    /// The member of that name.
    pub(crate) const fn member<'s: 'q, 'q>(&'s self, name: &'q str) -> Place<'q>
    where
        'p: 'q,
    {
        Place {
            parent: Some(self),
            step: Step::Name(name),
        }
    }

    /// The element at that index.
    pub(crate) const fn element<'s: 'q, 'q>(&'s self, index: usize) -> Place<'q>
    where
        'p: 'q,
    {
        Place {
            parent: Some(self),
            step: Step::Index(index),
        }
    }

    /// Writes the pointer, cut to 256 characters.
    pub(crate) fn pointer(&self) -> String {
        let mut pointer = self.to_string();
        if let Some((end, _)) = pointer.char_indices().nth(MAX) {
            pointer.truncate(end);
        }
        pointer
    }
}

impl fmt::Display for Place<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match self.step {
            Step::Index(index) => write!(f, "/{index}"),
            Step::Name(name) => write!(f, "/{}", name.replace('~', "~0").replace('/', "~1")),
            Step::Root => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_as_a_pointer() {
        let subject = Place::ROOT.member("credentialSubject");
        let second = subject.element(1);
        assert_eq!(second.member("id").pointer(), "/credentialSubject/1/id");
        assert_eq!(
            second.member("a/b~c").pointer(),
            "/credentialSubject/1/a~1b~0c"
        );
        assert_eq!(Place::ROOT.pointer(), "");
    }

    #[test]
    fn a_long_name_is_cut() {
        let name = "é".repeat(1000);
        assert_eq!(Place::ROOT.member(&name).pointer().chars().count(), MAX);
    }
}
