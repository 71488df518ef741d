//! An accreditor whose DID has a history: its log stands in the file, and is believed as far as it goes.

use super::{updates::why, *};
use crate::trust::NetworkSeen;

const SEAT: u8 = 220;

/// The accreditor, a house that it accredits, and the file.
fn seated(seat: &House, change: impl FnOnce(&mut Union)) -> Result<Network, Code> {
    let house = House::new(10);
    let mut union = Union::with_log(seat);
    union.accredit(&house);
    change(&mut union);
    open(&union.file(&[house.bundle(|_| ())]))
}

#[test]
fn an_accreditor_with_a_log_is_known_by_it() {
    let seat = House::new(SEAT);
    let network = seated(&seat, |_| ()).unwrap();
    assert_eq!(*network.accreditor(), seat.did);
    let history = network.history().unwrap();
    assert_eq!((history.did(), history.head().0), (&seat.did, 1));
    let mut trust = TrustSet::new([seat.did.as_str().parse().unwrap()]).unwrap();
    assert_eq!(trust.add_network(network), Added::Used);
    assert_eq!(why(&trust, &House::new(10)), None);
    // A did:key has no log, and no history.
    let (union, houses) = union();
    let plain = open(&union.file(&bundles(&houses))).unwrap();
    assert!(plain.history().is_none());
}

#[test]
fn the_log_belongs_to_the_did_and_the_did_goes_on() {
    let seat = House::new(SEAT);
    let mixed = Err(Code::NetworkMixed);
    let without = seated(&seat, |union| union.log = None);
    assert_eq!(without.map(drop), mixed);
    let silent = Union {
        log: None,
        ..Union::with_log(&seat)
    };
    let told = Network::open(&silent.file(&[]), &mut Budget::network()).unwrap_err();
    assert!(told.to_string().ends_with("is missing"), "{told}");
    let foreign = seated(&seat, |union| union.log = Some(House::new(30).log));
    assert_eq!(foreign.map(drop), Err(Code::DidLogOther));
    let mut ended = seat.clone();
    ended.end(-20);
    assert_eq!(seated(&ended, |_| ()).map(drop), mixed);
    // Moved: whoever pinned the former name has to be told, not led on.
    let mut moved = seat.clone();
    moved.move_to("moved220.example", -20);
    let former = seated(&seat, |union| union.log = Some(moved.log.clone()));
    assert_eq!(former.map(drop), mixed);
    // A log beside a did:key.
    let (mut union, houses) = union();
    union.log = Some(seat.log);
    assert_eq!(open(&union.file(&bundles(&houses))).map(drop), mixed);
}

/// The first officers are named by who controlled the DID at that time, and by nobody else.
#[test]
fn whoever_does_not_control_the_did_names_no_officers() {
    let seat = House::new(SEAT);
    let by = |control: u8, log: &House| {
        let signer = House {
            seed: control,
            ..log.clone()
        };
        let house = House::new(10);
        let mut union = Union::with_log(&signer);
        union.accredit(&house);
        open(&union.file(&[house.bundle(|_| ())])).map(drop)
    };
    assert_eq!(by(SEAT, &seat), Ok(()));
    // The issuing key, and the next control key before its time.
    for control in [SEAT + 2, SEAT + 1] {
        assert_eq!(by(control, &seat), Err(Code::PolicyStranger), "{control}");
    }
    let mut rotated = seat;
    rotated.rotate(-395);
    assert_eq!(by(SEAT + 1, &rotated), Ok(()));
    assert_eq!(by(SEAT, &rotated), Err(Code::PolicyStranger));
}

#[test]
fn the_log_of_an_accreditor_is_not_cut_back_nor_forked() {
    let short = House::new(SEAT);
    let (mut long, mut fork) = (short.clone(), short.clone());
    long.rotate(-10);
    fork.rotate(-5);
    let set = || TrustSet::new([short.did.as_str().parse().unwrap()]).unwrap();
    let mut trust = set();
    trust.add_network(seated(&long, |_| ()).unwrap());
    let seen: Vec<NetworkSeen> = trust
        .networks_seen(World::now())
        .map(|(_, seen)| seen)
        .collect();
    assert_eq!(seen[0].log.map(|log| log.number), Some(2));
    for (seat, added, code) in [
        (&long, Added::Used, None),
        (&short, Added::Older, Some(Code::NetworkRollback)),
        (&fork, Added::Fork, Some(Code::NetworkFork)),
    ] {
        let mut after = set();
        after.remember_network(&short.did, seen[0]);
        let later = seated(seat, |union| union.seq = 9).unwrap();
        assert_eq!(after.add_network(later), added);
        assert_eq!(why(&after, &House::new(10)), code);
    }
}
