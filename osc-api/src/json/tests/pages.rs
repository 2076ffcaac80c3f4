//! Pages of a listing.

use super::*;

const PAGE: DecodeOptions = DecodeOptions { strictness: Strictness::WholePage, ..LENIENT };

#[derive(Debug, Default, PartialEq)]
struct NestedPage {
    items: Vec<Node>,
    names: Option<Vec<String>>,
    token: Option<String>,
    has_more: Option<bool>,
    limit: Option<i64>,
    inner: Option<Box<NestedPage>>,
}

__private::received!(NestedPage {
    items: "Items",
    names: "Names",
    token: "NextPageToken",
    has_more: "HasMoreItems",
    limit: "MaxResultsLimit",
    inner: "Inner",
});

#[derive(Debug, Default, PartialEq)]
struct Outer {
    page: Option<NestedPage>,
    other: Option<Node>,
    lists: Vec<i64>,
}

__private::received!(Outer { page: "Page", other: "Other", lists: "Lists" });

/// Whether a page is whole: with all of its lists and its link to the next page. Elsewhere, a value that does not fit is
/// ignored.
#[test]
fn a_page_that_lost_a_list_or_its_link_is_an_error_of_its_listing() {
    for (member, is_lost) in [
        (r#""Items":true"#, true),
        (r#""Items":"x""#, true),
        (r#""Names":true"#, true),
        (r#""NextPageToken":{}"#, true),
        (r#""NextPageToken":["x"]"#, true),
        (r#""NextPageToken":true"#, true),
        (r#""HasMoreItems":"yes""#, true),
        (r#""HasMoreItems":2"#, true),
        (r#""Inner":[]"#, true),
        (r#""Inner":{"Items":true}"#, true),
        (r#""Items":[true,{"Items":7,"Nodes":8}]"#, false),
        (r#""Items":[{"Nodes":true}]"#, false),
        (r#""MaxResultsLimit":"x""#, false),
    ] {
        let text = format!(r#"{{"Names":["kept"],{member}}}"#);
        let names: Vec<_> = member.split('"').collect();
        assert!(read::<NestedPage>(text.as_bytes(), LENIENT).unwrap().ignored.is_some(), "{text}");
        match read::<NestedPage>(text.as_bytes(), PAGE) {
            Ok(page) => assert!(!is_lost && page.ignored.is_some(), "{text}"),
            Err(Failure::Invalid { path: Some(path), .. }) => {
                assert!(is_lost && names.contains(&path.as_str()), "{text}: {path}");
            }
            Err(failure) => panic!("{text}: {failure:?}"),
        }
        // In a response that is not a page itself, and whose only lists are its own.
        let text = format!(r#"{{"Page":{{{member}}},"Other":{{{member}}}}}"#);
        assert_eq!(read::<Outer>(text.as_bytes(), PAGE).is_err(), is_lost, "{text}");
        let text = format!(r#"{{"Other":{{{member}}}}}"#);
        assert!(read::<Outer>(text.as_bytes(), PAGE).is_ok(), "{text}");
    }
    for text in [r#"{"Page":5}"#, r#"{"Lists":true}"#] {
        assert!(read::<Outer>(text.as_bytes(), LENIENT).is_ok(), "{text}");
        assert!(read::<Outer>(text.as_bytes(), PAGE).is_err(), "{text}");
    }
    // Conversions that lose nothing, and null.
    for text in [
        r#"{"Items":{"Id":"x"},"Names":"x","NextPageToken":5,"HasMoreItems":"true"}"#,
        r#"{"Items":null,"Names":null,"NextPageToken":null,"HasMoreItems":null}"#,
        r#"{"Items":"","Names":{}}"#,
    ] {
        assert!(read::<NestedPage>(text.as_bytes(), PAGE).unwrap().ignored.is_none(), "{text}");
    }
}
