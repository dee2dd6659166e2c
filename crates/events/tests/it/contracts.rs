//! Contracts only gain fields: `proto/contracts.lock` records each with its number, type and label.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::{env, fs};

use prost_types::field_descriptor_proto::{Label, Type};
use prost_types::{DescriptorProto, EnumDescriptorProto, FieldDescriptorProto};

const FILES: [&str; 7] = [
    "stores/tenants/v1/events.proto",
    "stores/catalog/v1/events.proto",
    "stores/orders/v1/events.proto",
    "stores/payments/v1/events.proto",
    "stores/invoicing/v1/events.proto",
    "stores/mail/v1/events.proto",
    "stores/migration/v1/events.proto",
];

const HEAD: &str = "# What the contracts promise. Lines are only added:\n\
                    # UPDATE_CONTRACTS=1 cargo test -p events\n";

#[test]
fn contracts_only_gain_fields() {
    let now = contracts();
    let file = proto().join("contracts.lock");
    let then = read(&fs::read_to_string(&file).unwrap_or_default());
    let broken = broken(&then, &now);
    assert!(
        broken.is_empty(),
        "a contract was broken; make a v2 message instead: {broken:#?}"
    );
    if env::var_os("UPDATE_CONTRACTS").is_some() {
        let lines = now
            .iter()
            .map(|(name, promise)| format!("{name} = {promise}\n"));
        fs::write(&file, HEAD.to_owned() + &lines.collect::<String>()).unwrap();
    } else {
        let new: Vec<&String> = now
            .keys()
            .filter(|name| !then.contains_key(*name))
            .collect();
        assert!(
            new.is_empty(),
            "not written down yet (UPDATE_CONTRACTS=1): {new:#?}"
        );
    }
}

#[test]
fn removal_renumbering_and_another_type_are_refused_and_additions_are_not() {
    let line = |text: &str| read(text);
    let then = line("a.M.id = 1 string\na.M.n = 2 int64\n");
    assert!(
        broken(
            &then,
            &line("a.M.id = 1 string\na.M.n = 2 int64\na.M.x = 3 bool\n")
        )
        .is_empty()
    );
    for now in [
        "a.M.id = 1 string",
        "a.M.id = 1 string\na.M.n = 3 int64",
        "a.M.id = 1 string\na.M.n = 2 int32",
    ] {
        assert_eq!(broken(&then, &line(now)).len(), 1, "{now}");
    }
    assert_eq!(
        broken(
            &then,
            &line("a.M.id = 1 string\na.M.n = 2 int64\na.M.x = 2 bool")
        )
        .len(),
        1
    );
}

fn broken(then: &BTreeMap<String, String>, now: &BTreeMap<String, String>) -> Vec<String> {
    let changed = then
        .iter()
        .filter(|(name, promise)| now.get(*name) != Some(promise))
        .map(|(name, promise)| format!("{name} was {promise}, is {:?}", now.get(name)));
    let mut numbers = BTreeMap::new();
    let mut twice = Vec::new();
    for (name, promise) in now {
        let owner = name.rsplit_once('.').map_or("", |(owner, _)| owner);
        let number = promise.split(' ').next().unwrap();
        if let Some(other) = numbers.insert((owner, number), name) {
            twice.push(format!("{name} and {other} are both number {number}"));
        }
    }
    changed.chain(twice).collect()
}

fn read(lock: &str) -> BTreeMap<String, String> {
    lock.lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_once(" = "))
        .map(|(name, promise)| (name.to_owned(), promise.to_owned()))
        .collect()
}

fn contracts() -> BTreeMap<String, String> {
    let mut promises = BTreeMap::new();
    for file in protox::compile(FILES, [proto()]).unwrap().file {
        let package = file.package().to_owned();
        for message in &file.message_type {
            add_message(&mut promises, &package, message);
        }
        for choice in &file.enum_type {
            add_enum(&mut promises, &package, choice);
        }
    }
    promises
}

fn add_message(promises: &mut BTreeMap<String, String>, path: &str, message: &DescriptorProto) {
    let path = format!("{path}.{}", message.name());
    for field in &message.field {
        let promise = format!("{} {}", field.number(), kind(field));
        promises.insert(format!("{path}.{}", field.name()), promise);
    }
    for nested in &message.nested_type {
        add_message(promises, &path, nested);
    }
    for choice in &message.enum_type {
        add_enum(promises, &path, choice);
    }
}

fn add_enum(promises: &mut BTreeMap<String, String>, path: &str, choice: &EnumDescriptorProto) {
    for value in &choice.value {
        let name = format!("{path}.{}.{}", choice.name(), value.name());
        promises.insert(name, format!("{} value", value.number()));
    }
}

fn kind(field: &FieldDescriptorProto) -> String {
    let name = match field.r#type() {
        Type::Message | Type::Enum => field.type_name().to_owned(),
        plain => plain
            .as_str_name()
            .trim_start_matches("TYPE_")
            .to_lowercase(),
    };
    match field.label() {
        Label::Repeated => format!("repeated {name}"),
        Label::Optional | Label::Required => name,
    }
}

fn proto() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../proto")
}
