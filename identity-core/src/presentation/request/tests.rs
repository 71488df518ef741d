use super::*;
use crate::{
    did,
    key::{Algorithm, SecretKey},
};

fn key(seed: u8) -> (SecretKey, DidUrl) {
    let key = SecretKey::from_secret_bytes(Algorithm::EdDsa, &[seed; 32]).unwrap();
    let did = did::key::create(key.public_key());
    let kid = did.with_fragment(did.specific_id()).unwrap();
    (key, kid)
}

fn instant(second: i64) -> Timestamp {
    Timestamp::from_second(second).unwrap()
}

fn request() -> Request {
    Request {
        verifier: key(5).1.did().clone(),
        name: "Chamber e-voting".to_owned(),
        purpose: "Vote on bill 12".to_owned(),
        nonce: base64url::encode(&[7; 16]),
        issued_at: instant(1_000),
        expires: instant(4_600),
        asked: vec![Asked::from_flag("MemberMandate:name,constituency?").unwrap()],
    }
}

#[test]
fn what_was_asked_comes_out() {
    let (key, kid) = key(5);
    let request = request();
    assert_eq!(
        Request::open(&request.sign(&kid, &key).unwrap()),
        Ok(request)
    );
}

#[test]
fn a_request_in_anothers_name_is_refused() {
    let ((_, theirs), (mine, my_kid)) = (key(5), key(6));
    let request = request();
    let refused = request.sign(&my_kid, &mine).map_err(|e| e.code());
    assert_eq!(refused, Err(Code::RequestVerifierMismatch));
    let payload = jcs::canonicalize(&request.to_value()).unwrap();
    let code = |kid: &DidUrl, typ: &str| {
        let header = Header::with_kid(Algorithm::EdDsa, typ, kid);
        let text = Unsigned::new(&header, &payload).sign(&mine).unwrap();
        Request::open(&text).map_err(|e| e.code())
    };
    assert_eq!(code(&my_kid, TYP), Err(Code::RequestVerifierMismatch));
    assert_eq!(code(&theirs, TYP), Err(Code::RequestSignature));
    assert_eq!(code(&my_kid, "kb+jwt"), Err(Code::RequestSignature));
}

#[test]
fn an_unsigned_request_is_refused() {
    let payload = String::from_utf8(jcs::canonicalize(&request().to_value()).unwrap()).unwrap();
    let none = base64url::encode(br#"{"alg":"none","typ":"mandate-request+jwt"}"#);
    let none = format!("{none}.{}.", base64url::encode(payload.as_bytes()));
    for text in [payload.as_str(), &none] {
        assert_eq!(
            Request::open(text).map_err(|e| e.code()),
            Err(Code::RequestSignature)
        );
    }
}

#[test]
fn what_is_asked_twice_of_one_type_is_asked_once() {
    let flag = |text| Asked::from_flag(text).unwrap();
    let mut asked = flag("MemberMandate:name,group?,email?");
    asked.join(flag("MemberMandate:group,name?,role,email?,seat?"));
    assert_eq!(asked, flag("MemberMandate:name,group,role,email?,seat?"));
}

#[test]
fn the_interval_is_half_open() {
    let request = request();
    let code = |second| request.check_time(instant(second)).map_err(|e| e.code());
    assert_eq!(code(699), Err(Code::RequestNotYetIssued));
    assert_eq!(code(700), Ok(()));
    assert_eq!(code(1_000), Ok(()));
    assert_eq!(code(4_599), Ok(()));
    assert_eq!(code(4_600), Err(Code::RequestExpired));
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|n| format!("n{n}")).collect()
}

fn types(count: usize) -> Vec<Asked> {
    let names = names(count).into_iter();
    names
        .map(|name| Asked::new(name, Vec::new(), Vec::new()))
        .collect()
}

#[test]
fn as_much_as_may_be_asked_is_read() {
    let (key, kid) = key(5);
    let most: [fn(&mut Request); 4] = [
        |r| r.nonce = base64url::encode(&[7; 64]),
        |r| r.asked = types(MOST),
        |r| r.asked[0].required = names(MOST),
        |r| r.asked[0] = Asked::new("T".to_owned(), Vec::new(), names(MOST)),
    ];
    for (i, change) in most.into_iter().enumerate() {
        let mut request = request();
        change(&mut request);
        let found = Request::open(&request.sign(&kid, &key).unwrap());
        assert_eq!(found, Ok(request), "case {i}");
    }
}

#[test]
fn requests_that_ask_wrongly_are_refused_on_both_sides() {
    let (key, kid) = key(5);
    let broken: [fn(&mut Request); 10] = [
        |r| r.nonce = base64url::encode(&[7; 15]),
        |r| r.nonce = "not base64url!".to_owned(),
        |r| r.expires = r.issued_at,
        |r| r.purpose = " ".to_owned(),
        |r| r.asked.clear(),
        |r| r.asked.push(r.asked[0].clone()),
        |r| r.nonce = base64url::encode(&[7; 65]),
        |r| r.asked = types(MOST + 1),
        |r| r.asked[0].required = names(MOST + 1),
        |r| r.asked[0].optional = names(MOST + 1),
    ];
    for (i, break_it) in broken.into_iter().enumerate() {
        let mut request = request();
        break_it(&mut request);
        let found = Request::open(&request.sign(&kid, &key).unwrap()).map_err(|e| e.code());
        assert_eq!(found, Err(Code::RequestMalformed), "case {i}");
    }
    for flag in [
        "",
        ":name",
        "T:",
        "T:a,,b",
        "T:a,a?",
        "T:?",
        "T:a b",
        "T:\u{1b}[2J",
    ] {
        assert_eq!(Asked::from_flag(flag).is_err(), flag != "T:", "{flag:?}");
    }
}
