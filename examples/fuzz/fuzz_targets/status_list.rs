//! Compressed status lists of both standards: never more than the budget allows.

#![no_main]

use identity_core::{
    encoding::base64url,
    status::{SlotBits, bitstring, token_list},
    verify::Budget,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let Some((which, input)) = input.split_first() else {
        return;
    };
    let text = base64url::encode(input);
    let mut budget = Budget::presentation();
    let before = budget.list_bytes_left();
    let bits = if which & 2 == 0 {
        SlotBits::One
    } else {
        SlotBits::Two
    };
    if which & 1 == 0 {
        if let Ok(list) = token_list::decode(&text, bits, &mut budget) {
            assert!(before - budget.list_bytes_left() <= before);
            let written = token_list::encode(&list);
            let again = token_list::decode(&written, bits, &mut Budget::bundle());
            let again = again.expect("what is written can be read");
            assert_eq!(token_list::encode(&again), written);
            assert_eq!(list.get(9), again.get(9));
        }
    } else {
        let _ = bitstring::decode(&format!("u{text}"), bits, &mut budget);
    }
});
