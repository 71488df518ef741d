use core::time::Duration;

use super::{
    super::{
        ListReference, StatusListToken, StatusType, TYP, TokenDraft, TokenError, TokenIssuers,
        TokenSigner, TtlSeconds,
    },
    budget,
};
use crate::{
    Code,
    did::LocalResolver,
    encoding::{
        base64url,
        strict_json::{Limits, Value, parse},
    },
    key::{Algorithm, PublicKey, Signer as _},
    proof::{
        SignerDid,
        jose::{Header, Unsigned},
    },
    status::{
        Instant, SlotBits, StatusList,
        w3c::{ListDelegation, ListIssuers},
    },
    testing::world::{World, did_of, key},
};

const LIST: &str = "https://parliament.example/status/3";

fn now() -> Instant {
    World::now().into()
}

/// A list of two bits in which slot 7 is suspended.
fn list() -> StatusList {
    let mut list = StatusList::new(SlotBits::Two);
    list.set(7, 2).unwrap();
    list
}

fn draft() -> TokenDraft {
    TokenDraft {
        uri: LIST.to_owned(),
        issued_at: World::days(-1).into(),
        expires: Some(World::days(6).into()),
        ttl: Some(TtlSeconds::from_secs(43_200)),
        aggregation_uri: Some("https://parliament.example/status".to_owned()),
    }
}

/// Signs claims by the key of that seed, under that `typ`.
fn signed(claims: &[u8], typ: &str, seed: u8) -> String {
    let did = did_of(seed);
    let kid = did.with_fragment(did.specific_id()).unwrap();
    let header = Header::with_kid(Algorithm::EdDsa, typ, &kid);
    Unsigned::new(&header, claims).sign(&key(seed)).unwrap()
}

fn token(draft: &TokenDraft, seed: u8) -> StatusListToken {
    let did = did_of(seed);
    let kid = did.with_fragment(did.specific_id()).unwrap();
    let text = draft.sign(&list(), &kid, &key(seed)).unwrap();
    StatusListToken::verify(&text, &LocalResolver::new(), &mut budget()).unwrap()
}

fn signer(seed: u8) -> SignerDid {
    match token(&draft(), seed).signer() {
        TokenSigner::Did(signer) => *signer.clone(),
        TokenSigner::Key(_) => panic!("verified by a DID"),
    }
}

fn place(idx: u64) -> ListReference {
    let uri = LIST.to_owned();
    ListReference { idx, uri }
}

/// What the token says of slot 7 to a credential by key 1, now.
fn asked(token: &StatusListToken) -> Result<StatusType, Code> {
    let (signer, others) = (&signer(1), ListIssuers::SameDid);
    let status = token.status(&place(7), &TokenIssuers::Did { signer, others }, now());
    status.map_err(|error| error.code())
}

/// The code with which claims are refused whose member is changed, or taken out.
fn refused(within: Option<&str>, member: &'static str, value: Option<&str>) -> Code {
    let claims = draft().claims(&list());
    let mut claims = parse(&claims, &Limits::small()).unwrap().into_owned();
    let Value::Object(object) = &mut claims else {
        panic!("claims are an object")
    };
    let object = match within {
        None => object,
        Some(name) => match object.get_mut(name) {
            Some(Value::Object(object)) => object,
            _ => panic!("no {name}"),
        },
    };
    let parsed = value.map(|text| parse(text.as_bytes(), &Limits::small()).unwrap());
    match parsed {
        Some(value) => object.insert(member, value.into_owned()),
        None => object.remove(member),
    };
    // Numbers go out as they were written, which canonical JSON would change.
    let text = signed(write(&claims).as_bytes(), TYP, 1);
    let read = StatusListToken::verify(&text, &LocalResolver::new(), &mut budget());
    let shown = format!("{member} {value:?}");
    read.map(|_| ()).expect_err(&shown).code()
}

fn write(value: &Value<'_>) -> String {
    match value {
        Value::Object(object) => {
            let members = object
                .iter()
                .map(|(name, value)| format!("{name:?}:{}", write(value)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => {
            let items = items.iter().map(write).collect::<Vec<_>>();
            format!("[{}]", items.join(","))
        }
        Value::String(text) => format!("{text:?}"),
        Value::Number(text) => text.to_string(),
        Value::Bool(b) => b.to_string(),
        Value::Null => "null".to_owned(),
    }
}

/// The draft's signed token. Its key, whose `kid` there is 12, stands in the draft's sources.
#[test]
fn the_drafts_token_verifies() {
    let Some(folder) = testkit::vectors("token-status-list") else {
        return;
    };
    let file = std::fs::read(folder.join("tsl-vectors.json")).unwrap();
    let file = parse(&file, &Limits::small()).unwrap();
    let text = file.get("status_list_jwt").and_then(Value::as_str).unwrap();
    let key = br#"{"kty": "EC", "crv": "P-256",
        "x": "I3HWm_0Ds1dPMI-IWmf4mBmH-YaeAVbPVu7vB27CxXo",
        "y": "6N_d5Elj9bs1htgV3okJKIdbHEpkgTmAluYKJemzn1M"}"#;
    let key = PublicKey::from_jwk(&parse(key, &Limits::small()).unwrap()).unwrap();
    let token = StatusListToken::verify_with_key(text, &key, &mut budget()).unwrap();
    assert_eq!(token.uri(), "https://example.com/statuslists/1");
    assert_eq!(token.issued_at().as_second(), 1_686_920_170);
    assert_eq!(token.expires().unwrap().as_second(), 2_291_720_170);
    assert_eq!(token.ttl().unwrap().duration(), Duration::from_secs(43_200));
    let issuers = TokenIssuers::SameKey(&key);
    let statuses = [1, 0, 0, 1, 1, 1, 0, 1, 1, 1, 0, 0, 0, 1, 0, 1];
    for (idx, value) in (0..).zip(statuses) {
        let uri = "https://example.com/statuslists/1".to_owned();
        let found = token.status(&ListReference { idx, uri }, &issuers, now());
        assert_eq!(found, Ok(StatusType::from(value)), "slot {idx}");
    }
    let changed = text.replacen("2lKU", "2lKV", 1);
    let refused = StatusListToken::verify_with_key(&changed, &key, &mut budget());
    assert_eq!(
        refused.map(|_| ()).unwrap_err().code(),
        Code::SignatureInvalid
    );
}

#[test]
fn what_is_published_is_read_back() {
    let token = token(&draft(), 1);
    assert_eq!(token.uri(), LIST);
    assert_eq!(token.issued_at(), World::days(-1).into());
    assert_eq!(token.expires(), Some(World::days(6).into()));
    assert_eq!(token.ttl(), Some(TtlSeconds::from_secs(43_200)));
    assert_eq!(
        token.ttl(),
        Some(TtlSeconds::from_duration(Duration::from_secs(43_200)))
    );
    assert_eq!(
        token.aggregation_uri(),
        Some("https://parliament.example/status")
    );
    assert_eq!(asked(&token), Ok(StatusType::Suspended));
    let bare = TokenDraft {
        expires: None,
        ttl: None,
        aggregation_uri: None,
        ..draft()
    };
    let bare = self::token(&bare, 1);
    assert_eq!(
        (bare.expires(), bare.ttl(), bare.aggregation_uri()),
        (None, None, None)
    );
    assert_eq!(asked(&bare), Ok(StatusType::Suspended));
}

#[test]
fn refuses_a_document_of_another_kind_and_a_signature_of_another_key() {
    let claims = draft().claims(&list());
    let read = |text: &str| {
        let read = StatusListToken::verify(text, &LocalResolver::new(), &mut budget());
        read.map(|_| ()).map_err(|error| error.code())
    };
    assert_eq!(read(&signed(&claims, TYP, 1)), Ok(()));
    for typ in ["JWT", "application/statuslist+jwt", "statuslist+cwt", ""] {
        assert_eq!(read(&signed(&claims, typ, 1)), Err(Code::JwsType), "{typ}");
    }
    let mut text = signed(&claims, TYP, 1);
    let other = signed(&claims, TYP, 2);
    text.truncate(text.rfind('.').unwrap());
    text.push_str(&other[other.rfind('.').unwrap()..]);
    assert_eq!(read(&text), Err(Code::SignatureInvalid));
    let with_key = StatusListToken::verify_with_key(&other, key(1).public_key(), &mut budget());
    assert_eq!(
        with_key.map(|_| ()).unwrap_err().code(),
        Code::SignatureInvalid
    );
    assert_eq!(read("not.a.jws"), Err(Code::JwsMalformed));
}

#[test]
fn refuses_a_list_of_somebody_else() {
    let foreign = token(&draft(), 9);
    assert_eq!(asked(&foreign), Err(Code::StatusListForeign));
    let ask = |token: &StatusListToken, issuers: &TokenIssuers<'_>| {
        let status = token.status(&place(7), issuers, now());
        status.map_err(|error| error.code())
    };
    let did = |delegations: &[ListDelegation]| {
        let (signer, others) = (&signer(1), ListIssuers::Delegated(delegations));
        ask(&foreign, &TokenIssuers::Did { signer, others })
    };
    let keeps = |keeper, issuer| ListDelegation::new(did_of(issuer), did_of(keeper));
    let others = [keeps(8, 1), keeps(9, 2), keeps(1, 9)];
    assert_eq!(did(&others), Err(Code::StatusListForeign));
    assert_eq!(did(&[keeps(8, 1), keeps(9, 1)]), Ok(StatusType::Suspended));
    let (one, nine) = (key(1), key(9));
    let same = |key| ask(&foreign, &TokenIssuers::SameKey(key));
    assert_eq!(same(nine.public_key()), Ok(StatusType::Suspended));
    assert_eq!(same(one.public_key()), Err(Code::StatusListForeign));

    let claims = signed(&draft().claims(&list()), TYP, 1);
    let by_key = StatusListToken::verify_with_key(&claims, one.public_key(), &mut budget());
    let by_key = by_key.unwrap();
    let same = |key| ask(&by_key, &TokenIssuers::SameKey(key));
    assert_eq!(same(one.public_key()), Ok(StatusType::Suspended));
    assert_eq!(same(nine.public_key()), Err(Code::StatusListForeign));
    // That the key is the DID's was not verified.
    assert_eq!(asked(&by_key), Err(Code::StatusListForeign));
}

#[test]
fn refuses_another_list_of_the_same_issuer() {
    let other = TokenDraft {
        uri: format!("{LIST}0"),
        ..draft()
    };
    assert_eq!(asked(&token(&other, 1)), Err(Code::StatusListForeign));
}

#[test]
fn a_list_counts_from_its_beginning_until_its_end() {
    let after = |seconds| Instant::floor(World::now() + jiff::SignedDuration::from_secs(seconds));
    let period = |issued_at, expires| {
        let draft = TokenDraft {
            issued_at: after(issued_at),
            expires: Some(after(expires)),
            ..draft()
        };
        asked(&token(&draft, 1))
    };
    assert_eq!(period(0, 1), Ok(StatusType::Suspended));
    assert_eq!(period(-9, 0), Err(Code::StatusListExpired));
    assert_eq!(period(300, 900), Ok(StatusType::Suspended));
    assert_eq!(period(301, 900), Err(Code::StatusListNotYetValid));
    let not_before = |seconds: i64| {
        let nbf = now().as_second() + seconds;
        let claims = String::from_utf8(draft().claims(&list())).unwrap();
        let claims = claims.replacen('{', &format!("{{\"nbf\":{nbf},"), 1);
        let text = signed(claims.as_bytes(), TYP, 1);
        asked(&StatusListToken::verify(&text, &LocalResolver::new(), &mut budget()).unwrap())
    };
    assert_eq!(not_before(300), Ok(StatusType::Suspended));
    assert_eq!(not_before(301), Err(Code::StatusListNotYetValid));
}

#[test]
fn refuses_an_index_beyond_the_end() {
    let token = token(&draft(), 1);
    let ask = |idx| {
        let (signer, others) = (&signer(1), ListIssuers::SameDid);
        token.status(&place(idx), &TokenIssuers::Did { signer, others }, now())
    };
    let slots = list().slots();
    assert_eq!(ask(slots - 1), Ok(StatusType::Valid));
    for index in [slots, u64::MAX] {
        assert_eq!(ask(index), Err(TokenError::IndexOutOfRange { index }));
        assert_eq!(ask(index).unwrap_err().code(), Code::StatusIndexOutOfRange);
    }
}

#[test]
fn refuses_a_token_whose_claims_break_a_rule() {
    let malformed = [
        (None, "sub", None),
        (None, "sub", Some("1")),
        (None, "sub", Some(r#""status/3""#)),
        (None, "iat", None),
        (None, "iat", Some(r#""1800000000""#)),
        (None, "iat", Some("1e300")),
        (None, "exp", Some("null")),
        (None, "exp", Some("9223372036854775807")),
        (None, "nbf", Some("true")),
        (None, "ttl", Some("0")),
        (None, "ttl", Some("-5")),
        (None, "ttl", Some(r#""43200""#)),
        (None, "aud", Some(r#""did:example:somebody""#)),
        (None, "status_list", None),
        (None, "status_list", Some(r#""eNrbuRgAAhcBXQ""#)),
        (Some("status_list"), "bits", None),
        (Some("status_list"), "bits", Some("3")),
        (Some("status_list"), "bits", Some(r#""1""#)),
        (Some("status_list"), "lst", None),
        (Some("status_list"), "lst", Some("7")),
        (Some("status_list"), "lst", Some(r#""eNrbuRgAAhcBXA""#)),
        (Some("status_list"), "aggregation_uri", Some(r#""status""#)),
        (Some("status_list"), "aggregation_uri", Some("1")),
    ];
    for (within, member, value) in malformed {
        let code = refused(within, member, value);
        assert_eq!(code, Code::StatusListMalformed, "{member} {value:?}");
    }
    let twice = signed(br#"{"sub":"urn:a","sub":"urn:b"}"#, TYP, 1);
    let twice = StatusListToken::verify(&twice, &LocalResolver::new(), &mut budget());
    assert_eq!(
        twice.map(|_| ()).unwrap_err().code(),
        Code::JsonDuplicateName
    );
}

#[test]
fn dates_may_have_a_fraction() {
    let claims = br#"{"sub":"urn:a","iat":1.75,"exp":2000000000.5,"ttl":0.25,
        "status_list":{"bits":1.0,"lst":"eNrbuRgAAhcBXQ"},"iss":"https://example.com"}"#;
    let text = signed(claims, TYP, 1);
    let token = StatusListToken::verify(&text, &LocalResolver::new(), &mut budget()).unwrap();
    assert_eq!(token.issued_at().as_second(), 1);
    assert_eq!(token.expires().unwrap().as_second(), 2_000_000_000);
    assert_eq!(token.ttl(), Some(TtlSeconds::from_secs(1)));
}

#[test]
fn a_token_costs_a_signature_and_its_length_before_it_is_read() {
    // The list inside is shorter than the token, so that it is not what goes over the budget.
    let claims = br#"{"sub":"urn:a","iat":1,"status_list":{"bits":1,"lst":"eNrbuRgAAhcBXQ"}}"#;
    let text = signed(claims, TYP, 1);
    let verify = |left: &mut crate::verify::Budget| {
        let read = StatusListToken::verify(&text, &LocalResolver::new(), left);
        read.map(|_| ()).map_err(|error| error.code())
    };
    let mut left = budget();
    for _ in 0..64 {
        assert_eq!(verify(&mut left), Ok(()));
    }
    assert_eq!(verify(&mut left), Err(Code::BudgetExhausted));
    let mut left = budget();
    left.spend_list_bytes(left.list_bytes_left() - text.len() + 1)
        .unwrap();
    assert_eq!(verify(&mut left), Err(Code::BudgetExhausted));
    assert_eq!(left.list_bytes_left(), text.len() - 1);
}

#[test]
fn the_list_inside_is_bounded_too() {
    let bomb = crate::status::inflate::to_zlib(&vec![0; 65 << 20]);
    let claims = format!(
        r#"{{"sub":"urn:a","iat":1,"status_list":{{"bits":1,"lst":"{}"}}}}"#,
        base64url::encode(&bomb)
    );
    let text = signed(claims.as_bytes(), TYP, 1);
    let read = StatusListToken::verify(&text, &LocalResolver::new(), &mut budget());
    assert_eq!(read.map(|_| ()).unwrap_err().code(), Code::BudgetExhausted);
}
