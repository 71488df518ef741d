//! The file: what is read, and what is not.

use proptest::prelude::*;

use super::*;
use crate::status::inflate::{from_zlib, to_zlib};

fn parts() -> Parts {
    let bundle = |n: u8| SignedBundle {
        protected: "cA".to_owned(),
        payload: format!("{{\"n\":{n}}}\nbundle 3"),
        signature: "c2ln".to_owned(),
    };
    Parts {
        policies: vec!["{}".to_owned(), "[1]".to_owned()],
        did_log: Some("a\nb\n".to_owned()),
        did_witness: Some("w".to_owned()),
        snapshot: "s.n.p".to_owned(),
        list: "{\"l\":1}".to_owned(),
        bundles: vec![bundle(1), bundle(2)],
    }
}

fn read(text: &str) -> Result<Parts, Code> {
    Parts::from_bytes(&to_zlib(text.as_bytes()), &mut Budget::network()).map_err(|e| e.code())
}

#[test]
fn every_part_comes_back() {
    for parts in [
        parts(),
        Parts {
            did_log: None,
            did_witness: None,
            ..parts()
        },
        Parts {
            bundles: Vec::new(),
            ..parts()
        },
    ] {
        let file = parts.to_bytes();
        assert_eq!(Parts::from_bytes(&file, &mut Budget::network()), Ok(parts));
    }
}

#[test]
fn what_is_out_of_shape_is_refused() {
    let text = |parts: &Parts| {
        String::from_utf8(from_zlib(&parts.to_bytes(), &mut Budget::network()).unwrap()).unwrap()
    };
    let good = text(&parts());
    assert!(read(&good).is_ok());
    for (from, to) in [
        ("mandate.network/1", "mandate.network/2"),
        ("policy 2", "policy 02"),
        ("policy 2", "policy +2"),
        ("policy 2", "policy 1"),
        ("policy 2", "policy 3"),
        ("policy 2", "policy 0"),
        ("policy 2", "policy 99999999999999999999"),
        ("policy 2", "policies 2"),
        ("policy 2\n{}\n", ""),
        ("list 7", "list 9999"),
        ("cA.c2ln", "cAc2ln"),
    ] {
        let wrong = good.replacen(from, to, 1);
        assert_ne!(wrong, good, "{from}");
        // One policy less is still a file; all others are none.
        let expected = if to.is_empty() {
            Ok(())
        } else {
            Err(Code::NetworkMalformed)
        };
        assert_eq!(read(&wrong).map(|_| ()), expected, "{from} {to}");
    }
    for missing in [
        "policy 2\n{}\npolicy 3\n[1]\n",
        "snapshot 5\ns.n.p\n",
        "list 7\n{\"l\":1}\n",
    ] {
        let without = good.replacen(missing, "", 1);
        assert_ne!(without, good, "{missing}");
        assert_eq!(read(&without), Err(Code::NetworkMalformed), "{missing}");
    }
    let snapshot = "snapshot 5\ns.n.p\n";
    let twice = good.replacen(snapshot, &snapshot.repeat(2), 1);
    assert_eq!(read(&twice), Err(Code::NetworkMalformed));
    let late = good.replacen(snapshot, "", 1) + snapshot;
    assert_eq!(read(&late), Err(Code::NetworkMalformed));
}

#[test]
fn a_bomb_is_refused_before_it_has_grown() {
    let bomb = to_zlib(&vec![b'a'; 4 << 20]);
    let mut budget = Budget::presentation();
    budget.spend_list_bytes(63 << 20).unwrap();
    let refused = Parts::from_bytes(&bomb, &mut budget).unwrap_err();
    assert_eq!(refused.code(), Code::BudgetExhausted);
}

#[test]
fn a_file_that_was_cut_off_or_is_none_is_refused() {
    let file = parts().to_bytes();
    for end in 0..file.len() {
        let refused = Parts::from_bytes(&file[..end], &mut Budget::network());
        assert_eq!(refused.unwrap_err().code(), Code::NetworkMalformed);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_read_without_a_panic(text in "(policy|list|snapshot|bundle|did-log| |\n|[0-9]{1,3}|[a-z.{}]){0,40}") {
        let _ = read(&format!("mandate.network/1\n{text}"));
    }
}

/// The line says what the bundle says of itself, and has a digest of what was signed alone.
#[test]
fn a_bundle_has_a_line_of_its_own_in_a_snapshot() {
    let house = House::new(10);
    let signed = SignedBundle::from_json(house.bundle(|_| ()).as_bytes()).unwrap();
    let line = signed.entry().unwrap();
    assert_eq!((&line.issuer, line.seq), (&house.did, 5));
    let opened = house.opened(|_| ());
    assert_eq!(
        line.digest,
        crate::encoding::base64url::encode(opened.digest())
    );
    let other = SignedBundle {
        signature: "AAAA".to_owned(),
        ..signed.clone()
    };
    assert_eq!(other.entry().unwrap(), line);
    for (member, otherwise) in [("\"issuer\"", "\"issued\""), ("\"seq\"", "\"sequence\"")] {
        let nameless = SignedBundle {
            payload: signed.payload.replacen(member, otherwise, 1),
            ..signed.clone()
        };
        let refused = nameless.entry().unwrap_err();
        assert_eq!(refused.code(), Code::NetworkMalformed, "{member}");
    }
}
