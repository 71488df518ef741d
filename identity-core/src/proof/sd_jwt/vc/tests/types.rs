//! Type metadata: documents, integrity, extension, and credentials held against it.

use proptest::prelude::*;

use super::*;
use crate::proof::sd_jwt::vc::types::{
    ClaimPath, Disclosability, PathPart, Shown, TypeDocuments, TypeMetadata,
};

fn code<T>(found: Result<T, TypeError>) -> Result<(), Code> {
    found.map(|_| ()).map_err(|e| e.code())
}

#[test]
fn a_document_says_what_a_type_is() {
    let read = TypeMetadata::parse(
        br##"{"vct":"https://types.example/degree","name":"Degree","description":"d","new":1,
        "display":[{"locale":"en-GB","name":"Degree","description":"x","rendering":{
           "simple":{"logo":{"uri":"https://types.example/l.png","uri#integrity":
             "sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU=","alt_text":"x"},
             "background_image":{"uri":"data:image/png;base64,AA"},"background_color":"#fff"},
           "svg_templates":[{"uri":"https://types.example/a.svg","properties":{}}],"other":{}}}],
        "claims":[{"path":["name"],"sd":"always","mandatory":true,"svg_id":"name_1",
            "display":[{"locale":"de","label":"Name","description":"y"}]},
          {"path":["degrees",null,"type"]},{"path":["degrees",0],"sd":"never"}]}"##,
    )
    .unwrap();
    assert_eq!(read.name.as_deref(), Some("Degree"));
    let display = &read.display.unwrap()[0];
    assert_eq!(
        (display.locale.as_str(), display.name.as_str()),
        ("en-GB", "Degree")
    );
    let [name, kind, first] = &read.claims[..] else {
        panic!("{:?}", read.claims)
    };
    assert_eq!(
        (name.sd, name.mandatory),
        (Some(Disclosability::Always), Some(true))
    );
    assert_eq!(name.display.as_ref().unwrap()[0].label, "Name");
    assert_eq!((kind.sd, kind.mandatory), (None, None));
    assert_eq!(kind.path.to_string(), "degrees[*].type");
    assert_eq!(first.path.parts()[1], PathPart::Index(0));
}

#[test]
fn documents_that_are_not_of_the_form_are_refused() {
    let claim = |claim: &str| format!(r#"{{"vct":"a","claims":[{claim}]}}"#);
    let display = |display: &str| format!(r#"{{"vct":"a","display":[{display}]}}"#);
    let picture = |picture: &str| {
        display(&format!(
            r#"{{"locale":"en","name":"x","rendering":{{"simple":{{"logo":{picture}}}}}}}"#
        ))
    };
    let many = |n: usize| {
        let claims: Vec<_> = (0..n).map(|n| format!(r#"{{"path":["{n}"]}}"#)).collect();
        claims.join(",")
    };
    let displays = |n: usize| vec![r#"{"locale":"en","name":"x"}"#; n].join(",");
    for good in [claim(&many(256)), display(&displays(256))] {
        assert_eq!(code(TypeMetadata::parse(good.as_bytes())), Ok(()));
    }
    let long = vec![r#""a""#; 17].join(",");
    for wrong in [
        "[]".to_owned(),
        "{}".to_owned(),
        r#"{"vct":7}"#.to_owned(),
        r#"{"vct":""}"#.to_owned(),
        r#"{"vct":"a","name":7}"#.to_owned(),
        r#"{"vct":"a","extends":7}"#.to_owned(),
        r#"{"vct":"a","extends#integrity":"sha256-47DEQpj8HBSa+/TImW+5JCeuQeRkm5NMpJWZG3hSuFU="}"#
            .to_owned(),
        r#"{"vct":"a","extends":"b","extends#integrity":"x"}"#.to_owned(),
        r#"{"vct":"a","claims":{}}"#.to_owned(),
        r#"{"vct":"a","display":{}}"#.to_owned(),
        claim("7"),
        claim("{}"),
        claim(r#"{"path":"a"}"#),
        claim(r#"{"path":[]}"#),
        claim(r#"{"path":[-1]}"#),
        claim(r#"{"path":[-0]}"#),
        claim(r#"{"path":[1.0]}"#),
        claim(r#"{"path":[1e3]}"#),
        claim(r#"{"path":[99999999999999999999]}"#),
        claim(r#"{"path":[true]}"#),
        claim(r#"{"path":[["a"]]}"#),
        claim(&format!(r#"{{"path":[{long}]}}"#)),
        claim(r#"{"path":["a"],"sd":"sometimes"}"#),
        claim(r#"{"path":["a"],"sd":true}"#),
        claim(r#"{"path":["a"],"mandatory":"true"}"#),
        claim(r#"{"path":["a"],"svg_id":""}"#),
        claim(r#"{"path":["a"],"svg_id":"1a"}"#),
        claim(r#"{"path":["a"],"svg_id":"a-b"}"#),
        claim(r#"{"path":["a"],"display":{}}"#),
        claim(r#"{"path":["a"],"display":[7]}"#),
        claim(r#"{"path":["a"],"display":[{"locale":"en"}]}"#),
        claim(r#"{"path":["a"],"display":[{"label":"x"}]}"#),
        claim(r#"{"path":["a"],"display":[{"lang":"en","label":"x"}]}"#),
        claim(r#"{"path":["a"],"display":[{"locale":"e_n","label":"x"}]}"#),
        claim(r#"{"path":["a"],"display":[{"locale":"","label":"x"}]}"#),
        claim(r#"{"path":["a"]},{"path":["a"],"sd":"never"}"#),
        claim(r#"{"path":["a"],"svg_id":"x"},{"path":["b"],"svg_id":"x"}"#),
        claim(&many(257)),
        display(&displays(257)),
        display("7"),
        display(r#"{"locale":"en"}"#),
        display(r#"{"name":"x"}"#),
        display(r#"{"locale":"en","name":"x","rendering":7}"#),
        display(r#"{"locale":"en","name":"x","rendering":{"svg_templates":{}}}"#),
        picture("7"),
        picture("{}"),
        picture(r#"{"uri":"http://types.example/l.png"}"#),
        picture(r#"{"uri":"javascript:x"}"#),
        picture(r#"{"uri":"https://types.example/l.png","uri#integrity":"x"}"#),
    ] {
        let found = code(TypeMetadata::parse(wrong.as_bytes()));
        assert_eq!(found, Err(Code::SdJwtVcType), "{wrong}");
    }
    let twice = code(TypeMetadata::parse(br#"{"vct":"a","vct":"b"}"#));
    assert_eq!(twice, Err(Code::JsonDuplicateName));
    let large = format!(r#"{{"vct":"a","x":"{}"}}"#, "x".repeat(256 << 10));
    assert_eq!(
        code(TypeMetadata::parse(large.as_bytes())),
        Err(Code::JsonTooLarge)
    );
}

#[test]
fn integrity_is_over_the_bytes_in_the_strongest_function_known() {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    use sha2::{Digest as _, Sha256, Sha384, Sha512};

    let document = b"{\"vct\": \"a\"}";
    let (short, middle, long) = (
        format!("sha256-{}", STANDARD.encode(Sha256::digest(document))),
        format!("sha384-{}", STANDARD.encode(Sha384::digest(document))),
        format!("sha512-{}", STANDARD.encode(Sha512::digest(document))),
    );
    let wrong = format!("sha512-{}", STANDARD.encode(Sha512::digest("x")));
    let check = |text: &str| Integrity::parse(text)?.check(document);
    assert_eq!(Integrity::of(document), short);
    let url = long
        .replace('+', "-")
        .replace('/', "_")
        .replacen("sha512_", "sha512-", 1);
    for good in [
        short.clone(),
        middle.clone(),
        long.clone(),
        short.trim_end_matches('=').to_owned(),
        url,
        format!("{short}?opt=x"),
        format!("  {short}\t"),
        // Of one function, any; a weaker one does not count; an unknown one is passed over.
        format!("{wrong} {long}"),
        format!("sha256-{} {long}", STANDARD.encode(Sha256::digest("x"))),
        format!("md5-AAAA {short} blake3-AAAA"),
    ] {
        assert_eq!(check(&good), Ok(()), "{good}");
    }
    for bad in [
        String::new(),
        "x".to_owned(),
        "md5-AAAA".to_owned(),
        "sha256-".to_owned(),
        "sha256-AAAA".to_owned(),
        "SHA256-AAAA".to_owned(),
        wrong.clone(),
        format!("{short} {wrong}"),
        format!("{middle} {wrong}"),
        format!("{short} sha512-AAAA"),
        format!("{short} {}", " ".repeat(5000)),
    ] {
        assert_eq!(check(&bad), Err(TypeError::Integrity), "{bad}");
    }
    let padded = |length: usize| short.clone() + &" ".repeat(length - short.len());
    assert_eq!(check(&padded(4096)), Ok(()));
    assert_eq!(check(&padded(4097)), Err(TypeError::Integrity));
    let read = Integrity::parse(&short).unwrap();
    assert_eq!(read.check(b"{\"vct\":\"a\"}"), Err(TypeError::Integrity));
}

#[test]
fn a_path_has_1_to_16_steps_and_plain_indexes() {
    let read = |text: &str| {
        let value = parse(text.as_bytes(), &Limits::small()).unwrap();
        ClaimPath::read(&value).map(|path| path.parts().len())
    };
    let long = |many: usize| format!("[{}]", vec!["null"; many].join(","));
    assert_eq!([read(&long(1)), read(&long(16))], [Ok(1), Ok(16)]);
    assert_eq!(read(r#"["a",0,12,null]"#), Ok(4));
    for wrong in [
        "[]",
        &long(17),
        "[-1]",
        "[-0]",
        "[1.0]",
        "[1e1]",
        "[true]",
        "7",
    ] {
        assert!(read(wrong).is_err(), "{wrong}");
    }
}

fn documents(texts: &[&str]) -> TypeDocuments {
    let mut documents = TypeDocuments::new();
    for text in texts {
        documents.insert(text.as_bytes()).unwrap();
    }
    documents
}

#[test]
fn what_a_type_says_goes_over_what_it_extends() {
    // In the manner of the draft's example of section 5.6.5.2, with display and demands.
    let base = r#"{"vct":"base","display":[{"locale":"en","name":"Base"}],"claims":[
        {"path":["name"],"mandatory":true,"sd":"always","display":[{"label":"Full name","locale":"en"}]},
        {"path":["address","city"],"svg_id":"city","display":[{"label":"City","locale":"en"},{"label":"Stadt","locale":"de"}]}]}"#;
    let child = r#"{"vct":"child","extends":"base","claims":[
        {"path":["address","city"],"sd":"never","display":[{"label":"Town","locale":"en"}]},
        {"path":["nationalities"],"display":[{"label":"Nationalities","locale":"en"}]}]}"#;
    let resolved = documents(&[child, base])
        .resolve_type("child", None)
        .unwrap();
    assert_eq!(resolved.chain(), ["child", "base"]);
    assert_eq!(resolved.display()[0].name, "Base");
    let [name, city, nations] = resolved.claims() else {
        panic!("{:?}", resolved.claims())
    };
    assert_eq!(
        (name.mandatory, name.sd),
        (Some(true), Some(Disclosability::Always))
    );
    // Its own display alone, the rest combined.
    let labels: Vec<_> = city
        .display
        .iter()
        .flatten()
        .map(|d| d.label.as_str())
        .collect();
    assert_eq!(labels, ["Town"]);
    assert_eq!(
        (city.svg_id.as_deref(), city.sd),
        (Some("city"), Some(Disclosability::Never))
    );
    assert_eq!(nations.path, ClaimPath::of_name("nationalities"));
    let own = child.replacen('{', r#"{"display":[],"#, 1);
    let resolved = documents(&[&own, base])
        .resolve_type("child", None)
        .unwrap();
    assert!(resolved.display().is_empty(), "it defines its own");
}

#[test]
fn an_extending_type_takes_nothing_back() {
    let resolve = |base: &str, child: &str| {
        let base = format!(r#"{{"vct":"base","claims":[{{"path":["a"]{base}}}]}}"#);
        let child =
            format!(r#"{{"vct":"child","extends":"base","claims":[{{"path":["a"]{child}}}]}}"#);
        code(documents(&[&base, &child]).resolve_type("child", None))
    };
    let (always, never, allowed) = (
        r#","sd":"always""#,
        r#","sd":"never""#,
        r#","sd":"allowed""#,
    );
    let (must, may) = (r#","mandatory":true"#, r#","mandatory":false"#);
    for (base, child) in [
        ("", always),
        ("", never),
        (allowed, always),
        (allowed, never),
        (allowed, ""),
        (always, ""),
        (always, always),
        (never, never),
        ("", must),
        (may, must),
        (must, ""),
        (must, must),
    ] {
        assert_eq!(resolve(base, child), Ok(()), "{base} {child}");
    }
    for (base, child) in [
        (always, never),
        (always, allowed),
        (never, always),
        (never, allowed),
        (must, may),
    ] {
        let found = resolve(base, child);
        assert_eq!(found, Err(Code::SdJwtVcType), "{base} {child}");
    }
    // Nor does one further down, behind one that is silent.
    let texts = [
        r#"{"vct":"a","claims":[{"path":["x"],"mandatory":true}]}"#,
        r#"{"vct":"b","extends":"a","claims":[{"path":["x"],"sd":"never"}]}"#,
        r#"{"vct":"c","extends":"b","claims":[{"path":["x"],"mandatory":false}]}"#,
    ];
    let found = documents(&texts).resolve_type("c", None);
    assert!(matches!(found, Err(TypeError::Relaxed { .. })), "{found:?}");
    let ids = [
        r#"{"vct":"a","claims":[{"path":["x"],"svg_id":"i"}]}"#,
        r#"{"vct":"b","extends":"a","claims":[{"path":["y"],"svg_id":"i"}]}"#,
    ];
    assert_eq!(
        code(documents(&ids).resolve_type("b", None)),
        Err(Code::SdJwtVcType)
    );
}

#[test]
fn types_that_go_in_a_circle_or_too_far_are_refused() {
    let extends =
        |vct: &str, extended: &str| format!(r#"{{"vct":"{vct}","extends":"{extended}"}}"#);
    let loops = [
        documents(&[&extends("a", "a")]),
        documents(&[&extends("a", "b"), &extends("b", "a")]),
        documents(&[&extends("a", "b"), &extends("b", "c"), &extends("c", "b")]),
    ];
    for documents in loops {
        let found = documents.resolve_type("a", None);
        assert!(matches!(found, Err(TypeError::Loop { .. })), "{found:?}");
    }
    let mut long = TypeDocuments::new();
    for n in 0..8 {
        let text = extends(&format!("t{n}"), &format!("t{}", n + 1));
        long.insert(text.as_bytes()).unwrap();
    }
    long.insert(br#"{"vct":"t8"}"#).unwrap();
    assert_eq!(long.resolve_type("t1", None).unwrap().chain().len(), 8);
    let found = long.resolve_type("t0", None);
    assert!(matches!(found, Err(TypeError::Loop { .. })), "{found:?}");
}

#[test]
fn documents_are_the_ones_referred_to_or_missing() {
    let base = r#"{"vct":"base"}"#;
    let other = r#"{"vct":"base","name":"other"}"#;
    let child = format!(
        r#"{{"vct":"child","extends":"base","extends#integrity":"{}"}}"#,
        Integrity::of(base.as_bytes())
    );
    let both = documents(&[&child, base, other]);
    let resolved = both.resolve_type("child", None);
    assert_eq!(
        code(resolved),
        Ok(()),
        "the one with the digest, not the last"
    );
    let swapped = documents(&[&child, other]).resolve_type("child", None);
    assert_eq!(swapped, Err(TypeError::Integrity));
    let missing = documents(&[&child])
        .resolve_type("child", None)
        .unwrap_err();
    assert_eq!(
        (missing.code(), missing.is_undecided()),
        (Code::SdJwtVcTypeMissing, true)
    );
    assert!(!TypeError::Integrity.is_undecided());
    // The digest in the credential.
    let payload = format!(
        r#"{{"vct":"child","vct#integrity":"{}"}}"#,
        Integrity::of(child.as_bytes())
    );
    let credential = by_did(&issued(&payload, &[])).unwrap();
    assert_eq!(code(both.resolve(credential.registered())), Ok(()));
    let spaced = child.replace(',', ", ");
    let found = documents(&[&spaced, base]).resolve(credential.registered());
    assert_eq!(found, Err(TypeError::Integrity));
}

/// A credential whose claims are a document of their own with digests, and its disclosures.
fn checked(payload: &str, disclosures: &[String], claims: &str, shown: Shown) -> Result<(), Code> {
    let text = issued(&payload.replacen('{', r#"{"vct":"a","#, 1), disclosures);
    let credential = by_did(&text).unwrap();
    let documents = documents(&[&format!(r#"{{"vct":"a","claims":[{claims}]}}"#)]);
    let resolved = documents.resolve(credential.registered()).unwrap();
    code(resolved.check(&credential, shown))
}

#[test]
fn claims_are_selectively_disclosable_as_their_type_says() {
    let (shown, digest) = disclosure(r#"["c2FsdA","x",{"y":1}]"#);
    let concealed = (format!(r#"{{"_sd":["{digest}"]}}"#), vec![shown]);
    let plain = (r#"{"x":{"y":1}}"#.to_owned(), Vec::new());
    let rules = Err(Code::SdJwtVcTypeRules);
    for (sd, when_concealed, when_plain) in [
        (r#","sd":"always""#, Ok(()), rules),
        (r#","sd":"never""#, rules, Ok(())),
        (r#","sd":"allowed""#, Ok(()), Ok(())),
        ("", Ok(()), Ok(())),
    ] {
        let claim = format!(r#"{{"path":["x"]{sd}}}"#);
        let found = checked(&concealed.0, &concealed.1, &claim, Shown::Part);
        assert_eq!(found, when_concealed, "{sd}");
        assert_eq!(
            checked(&plain.0, &plain.1, &claim, Shown::Part),
            when_plain,
            "{sd}"
        );
        // Not by what it stands in.
        let inner = format!(r#"{{"path":["x","y"]{sd}}}"#);
        let found = checked(&concealed.0, &concealed.1, &inner, Shown::Part);
        assert_eq!(found, when_plain, "{sd}");
    }
}

#[test]
fn elements_that_are_withheld_count_by_their_places() {
    let (first, first_digest) = disclosure(r#"["c2FsdA",{"k":1}]"#);
    let (_, last_digest) = disclosure(r#"["c2FsdA",{"k":2}]"#);
    let (inner, inner_digest) = disclosure(r#"["c2FsdA","k",3]"#);
    // As issued: 0 shown, 1 withheld, 2 plain with a member of its own disclosure, 3 withheld.
    let payload = format!(
        r#"{{"l":[{{"...":"{first_digest}"}},{{"...":"{last_digest}"}},{{"_sd":["{inner_digest}"]}},{{"...":"AAAA"}}]}}"#
    );
    let disclosures = [first, inner];
    let found = |path: &str, sd: &str| {
        let claim = format!(r#"{{"path":{path},"sd":"{sd}"}}"#);
        checked(&payload, &disclosures, &claim, Shown::Part).is_ok()
    };
    for (path, always, never) in [
        (r#"["l"]"#, false, true),
        (r#"["l",0]"#, true, false),
        (r#"["l",1]"#, true, false),
        (r#"["l",2]"#, false, true),
        (r#"["l",3]"#, true, false),
        // Nothing is selected: nothing is wrong.
        (r#"["l",4]"#, true, true),
        (r#"["l",null]"#, false, false),
        (r#"["l",0,"k"]"#, false, true),
        (r#"["l",1,"k"]"#, true, true),
        (r#"["l",2,"k"]"#, true, false),
        (r#"["l",null,"k"]"#, false, false),
        (r#"["l",null,"z"]"#, true, true),
        (r#"["m",0]"#, true, true),
    ] {
        assert_eq!(found(path, "always"), always, "{path} always");
        assert_eq!(found(path, "never"), never, "{path} never");
    }
}

#[test]
fn a_path_that_does_not_fit_is_refused() {
    let payload = r#"{"t":"x","o":{"a":1},"l":[{"a":1},7],"n":null}"#;
    for (path, fits) in [
        (r#"["t"]"#, true),
        (r#"["t","a"]"#, false),
        (r#"["t",null]"#, false),
        (r#"["t",0]"#, false),
        (r#"["o",null]"#, false),
        (r#"["o",0]"#, false),
        (r#"["l","a"]"#, false),
        (r#"["l",0,"a"]"#, true),
        (r#"["l",1,"a"]"#, false),
        (r#"["l",null,"a"]"#, false),
        (r#"["n","a"]"#, false),
        (r#"["z","a",null,0]"#, true),
        ("[null]", false),
        ("[0]", false),
    ] {
        let found = checked(payload, &[], &format!(r#"{{"path":{path}}}"#), Shown::Part);
        let expected = if fits {
            Ok(())
        } else {
            Err(Code::SdJwtVcTypeRules)
        };
        assert_eq!(found, expected, "{path}");
    }
}

#[test]
fn a_mandatory_claim_is_missed_only_where_it_is_known_to_be_missing() {
    let (shown, digest) = disclosure(r#"["c2FsdA","x",1]"#);
    let (object, object_digest) = disclosure(r#"["c2FsdA","o",{"_sd":["BBBB"]}]"#);
    let rules = Err(Code::SdJwtVcTypeRules);
    let must = |path: &str| format!(r#"{{"path":{path},"mandatory":true}}"#);
    let with = format!(r#"{{"_sd":["{digest}"]}}"#);
    let x = must(r#"["x"]"#);
    for (payload, disclosures, claim, part, everything) in [
        (r#"{"x":1}"#.to_owned(), vec![], x.clone(), Ok(()), Ok(())),
        (with.clone(), vec![shown.clone()], x.clone(), Ok(()), Ok(())),
        // Withheld, or a decoy: only the holder knows.
        (with.clone(), vec![], x.clone(), Ok(()), rules),
        (r#"{"y":1}"#.to_owned(), vec![], x.clone(), rules, rules),
        (
            r#"{"y":{"_sd":["AAAA"]}}"#.to_owned(),
            vec![],
            x,
            rules,
            rules,
        ),
        // In something that is withheld, and in something shown that may withhold it.
        (with.clone(), vec![], must(r#"["o","x"]"#), Ok(()), rules),
        (
            format!(r#"{{"_sd":["{object_digest}"]}}"#),
            vec![object.clone()],
            must(r#"["o","x"]"#),
            Ok(()),
            rules,
        ),
        (
            r#"{"o":{}}"#.to_owned(),
            vec![],
            must(r#"["o","x"]"#),
            rules,
            rules,
        ),
        // Every element is withheld, or there is none.
        (
            r#"{"l":[{"...":"AAAA"}]}"#.to_owned(),
            vec![],
            must(r#"["l",null,"x"]"#),
            Ok(()),
            rules,
        ),
        (
            r#"{"l":[]}"#.to_owned(),
            vec![],
            must(r#"["l",null,"x"]"#),
            rules,
            rules,
        ),
        (
            r#"{"l":[{"...":"AAAA"}]}"#.to_owned(),
            vec![],
            must(r#"["l",0]"#),
            Ok(()),
            Ok(()),
        ),
        // What may not be disclosable is not among what is withheld beside it.
        (
            with,
            vec![],
            r#"{"path":["z"],"mandatory":true,"sd":"never"}"#.to_owned(),
            rules,
            rules,
        ),
        (
            format!(r#"{{"_sd":["{digest}"]}}"#),
            vec![],
            r#"{"path":["o","z"],"mandatory":true,"sd":"never"}"#.to_owned(),
            Ok(()),
            rules,
        ),
        (
            r#"{"y":1}"#.to_owned(),
            vec![],
            r#"{"path":["x"],"mandatory":false}"#.to_owned(),
            Ok(()),
            Ok(()),
        ),
    ] {
        let found = checked(&payload, &disclosures, &claim, Shown::Part);
        assert_eq!(found, part, "{payload} {claim}");
        let found = checked(&payload, &disclosures, &claim, Shown::Everything);
        assert_eq!(found, everything, "{payload} {claim}, all shown");
    }
}

#[test]
fn a_credential_of_another_type_is_not_held_against_this_one() {
    let credential = by_did(&issued(r#"{"vct":"b","aka_vcts":["a"]}"#, &[])).unwrap();
    let resolved = documents(&[r#"{"vct":"a"}"#])
        .resolve_type("a", None)
        .unwrap();
    let found = code(resolved.check(&credential, Shown::Part));
    assert_eq!(found, Err(Code::SdJwtVcTypeRules));
}

#[test]
fn paths_lead_to_so_many_parts_and_no_more() {
    let list = vec!["1"; 8000].join(",");
    let payload = format!(r#"{{"l":[{list}]}}"#);
    let all = r#"{"path":["l",null]}"#;
    assert_eq!(checked(&payload, &[], all, Shown::Part), Ok(()));
    let each: Vec<String> = (7900..7940)
        .map(|n| format!(r#"{{"path":["l",{n}]}}"#))
        .collect();
    let found = checked(&payload, &[], &each.join(","), Shown::Part);
    assert_eq!(found, Err(Code::BudgetExhausted));
}

proptest! {
    #[test]
    fn nothing_panics(text in "\\PC{0,60}", path in r#"\[(null|0|"a"|"l"|1)(,(null|0|"a"|"l"|1)){0,3}\]"#) {
        let _ = TypeMetadata::parse(text.as_bytes());
        let _ = Integrity::parse(&text);
        let claim = format!(r#"{{"path":{path},"sd":"always","mandatory":true}}"#);
        let payload = r#"{"l":[[{"a":1}],{"...":"AAAA"},{"a":{"_sd":["BBBB"]}}],"a":{"l":[0]}}"#;
        let _ = checked(payload, &[], &claim, Shown::Part);
    }
}
