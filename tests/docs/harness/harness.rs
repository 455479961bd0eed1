// Calls the functions of docs/apps/rust.md: a line of JSON in, a line of JSON out.
fn call(name: &str, given: &[Value]) -> Result<Value, String> {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    let now = since.map_or(0, |since| since.as_secs() as i64);
    let nothing = json!({});
    let text = |at: usize| given[at].as_str().unwrap_or("");
    let more = |at: usize| given.get(at).unwrap_or(&nothing);
    match name {
        "read_license" => return read_license(text(0), &given[1], now),
        "read_revocations" => return read_revocations(text(0), &given[1], now),
        "newest_revocations" => {
            return Ok(json!(newest_revocations(text(0), text(1), &given[2], now)))
        }
        "is_revoked" => return Ok(json!(is_revoked(text(0), &given[1]))),
        "read_answer" => return read_answer(text(0), text(1), &given[2]),
        "newest_keys" => return Ok(json!(newest_keys(text(0), text(1), &given[2]))),
        "first_kept" => return Ok(first_kept(text(0))),
        "fetch" => return Ok(json!(fetch(text(0), None).0)),
        _ => {}
    }
    let shop = Shop {
        url: given[0]["url"].as_str().unwrap_or("").into(),
        product: given[0]["product"].as_str().unwrap_or("").into(),
        jwks: given[0]["jwks"].clone(),
    };
    if name == "ask" {
        return Ok(json!(ask(&shop, &given[1], text(2), more(3)).0));
    }
    let (mut kept, at) = (given[1].clone(), given[2].as_i64().unwrap_or(0));
    match name {
        "check" => {
            let verb = given.get(3).and_then(Value::as_str).unwrap_or("validate");
            let (code, told) = check(&shop, &mut kept, at, verb, more(4));
            Ok(json!([[code, told], kept]))
        }
        "refresh_revocations" => {
            refresh_revocations(&shop, &mut kept, at);
            Ok(json!([null, kept]))
        }
        "offline" => Ok(json!(offline(&shop, &kept, at))),
        "licensed" => Ok(json!(licensed(&shop, &kept, at))),
        _ => panic!("{name}"),
    }
}

fn main() {
    for line in std::io::stdin().lines() {
        let asked: Value = serde_json::from_str(&line.expect("a line")).expect("JSON");
        let given = asked[1].as_array().expect("a list");
        match call(asked[0].as_str().expect("a name"), given) {
            Ok(given) => println!("{}", json!({"given": given})),
            Err(refused) => println!("{}", json!({"refused": refused})),
        }
    }
}
